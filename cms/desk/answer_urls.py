"""The desk's addresses for bodies that were asked and for what they answered, under /admin/."""

from django.urls import path

from cms.desk.views import referral_files, referrals, replies

urlpatterns = [
    path("svar/", replies.reply_list, name="replies"),
    path("svar/valgte/", replies.replies_chosen, name="replies_chosen"),
    path("svar/fil/<uuid:file_id>/", replies.reply_file, name="reply_file"),
    path("svar/<uuid:reply_id>/", replies.reply, name="reply"),
    path("svar/<uuid:reply_id>/frigiv/", replies.release, name="release_reply"),
    path("svar/<uuid:reply_id>/hold/", replies.hold, name="hold_reply"),
    path("svar/<uuid:reply_id>/tag-tilbage/", replies.withdraw, name="withdraw_reply"),
    path("svar/<uuid:reply_id>/fortryd/", replies.take_back, name="take_back_reply"),
    path("svar/<uuid:reply_id>/ret/", replies.correct, name="correct_reply"),
    path("henvendelser/", referrals.referral_list, name="referrals"),
    path("henvendelser/<uuid:referral_id>/", referrals.referral, name="referral"),
    path("henvendelser/<uuid:referral_id>/svar/", referrals.enter_reply, name="enter_reply"),
    path("henvendelser/<uuid:referral_id>/spoergsmaal/", referrals.answer_question, name="answer_question"),
    path("henvendelser/<uuid:referral_id>/set/", referrals.mark_seen, name="mark_seen"),
    path("henvendelser/<uuid:referral_id>/ordlyd/", referrals.send_new_wording, name="send_wording"),
    path("henvendelser/<uuid:referral_id>/filer/", referral_files.attach, name="attach_files"),
    path("henvendelser/<uuid:referral_id>/fjern-fil/", referral_files.remove, name="remove_file"),
    path(
        "henvendelser/<uuid:referral_id>/fil/<uuid:enclosed_id>/",
        referral_files.download,
        name="referral_file",
    ),
    path("henvendelser/rettelse-<uuid:correction_id>/", replies.correction, name="correction"),
    path("modtagere/<uuid:body_id>/", referrals.body_record, name="body_record"),
]
