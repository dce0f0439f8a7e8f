"""What bodies answered."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.attachments.models import StoredFile
from backend.cases.lifecycle import CASE_OUTCOMES, DOABLE_OUTCOMES, Outcome, ReasonCode
from backend.organisations.models import User

from .referrals import AccessLink, Referral


class ReplyQuerySet(models.QuerySet):
    def released(self):
        return self.exclude(released_at=None)

    def newest(self):
        """The last version of each reply that has not been taken back, with `is_out`: whether an answer to the same
        referral has been released."""
        out = Reply.objects.released().filter(referral=OuterRef("referral"), answer__in=CASE_OUTCOMES)
        return self.filter(superseded_by=None, taken_back_at=None).annotate(is_out=Exists(out))

    def waiting(self):
        """Received answers that nobody outside the desk has seen yet; a superseded one no longer waits."""
        return self.newest().filter(released_at=None, is_proposal=False)

    def standing(self):
        """What holds of what was released: of each referral the answer released last, and every question.

        A correction stands in the place of what was released before it, however many versions lie between them, and
        what it replaced stands again when it is withdrawn. `standing_of` says the same of replies already read.
        """
        later = (
            Reply.objects.released()
            .exclude(answer=Outcome.LACKS_FACTS)
            .filter(referral=OuterRef("referral"), released_at__gt=OuterRef("released_at"))
        )
        return self.released().filter(Q(answer=Outcome.LACKS_FACTS) | ~Exists(later))

    def promises(self):
        """The standing answers that somebody must carry out before they are done."""
        return self.standing().filter(answer__in=DOABLE_OUTCOMES)


class Reply(models.Model):
    """A body's answer; outside the desk it shows only when a person has released it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="replies")
    answer = models.CharField(_("answer"), max_length=16, choices=Outcome)
    reason_code = models.CharField(_("reason"), max_length=16, choices=ReasonCode, blank=True)
    text = models.TextField(_("in words"), max_length=8000, blank=True)
    what = models.CharField(_("what will be done"), max_length=1000, blank=True)
    by_whom = models.CharField(_("by whom"), max_length=200, blank=True)
    promised_date = models.DateField(_("by when"), null=True, blank=True)
    place = models.CharField(_("where"), max_length=200, blank=True)
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    points_to = models.CharField(_("try instead"), max_length=200, blank=True)
    # How it came: on the body's page, by mail, letter, phone or meeting, or in the ministry's spreadsheet.
    channel = models.CharField(
        _("came by"),
        max_length=20,
        choices=[
            ("page", _("The body's page")),
            ("mail", _("E-mail")),
            ("letter", _("Letter")),
            ("phone", _("Phone")),
            ("meeting", _("Meeting")),
            ("spreadsheet", _("Spreadsheet")),
            ("secretariat", _("The secretariat")),
        ],
        default="secretariat",
    )
    link = models.ForeignKey(
        AccessLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    # Written under a sub-link: a draft for the one who passed the row on. It is no answer and moves nothing.
    is_proposal = models.BooleanField(default=False)
    med_discussed_date = models.DateField(_("discussed in MED"), null=True, blank=True)
    plan_url = models.URLField(_("annual plan"), max_length=500, blank=True)
    # Held back, so that answers can be released together after a meeting.
    held_until = models.DateField(_("held until"), null=True, blank=True)
    held_note = models.CharField(_("why it is held"), max_length=200, blank=True)
    signed_name = models.CharField(_("name"), max_length=120, blank=True)
    signed_title = models.CharField(_("title"), max_length=120, blank=True)
    received_date = models.DateField(_("received"))
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    # It was no answer after all, such as one entered on the wrong row: the desk alone still reads it. Of a draft: it
    # was used where an answer stood before.
    taken_back_at = models.DateTimeField(null=True, blank=True)
    # When the promise was carried out, and what shows it. The case's own date follows from these.
    implemented_date = models.DateField(_("done"), null=True, blank=True)
    evidence = models.CharField(_("what shows it"), max_length=1000, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["referral", "received_date", "id"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer__in=["follow", "partly", "exemption"])
                | (~Q(what="") & ~Q(by_whom="") & Q(promised_date__isnull=False)),
                name="reply_promise_is_whole",
                violation_error_message=_("A promise says what, by whom and by when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["partly", "not"]) | (~Q(reason_code="") & ~Q(text="")),
                name="reply_no_has_reason",
                violation_error_message=_("A no needs a reason and an explanation."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="trial")
                | (~Q(what="") & ~Q(place="") & Q(from_date__isnull=False, to_date__isnull=False)),
                name="reply_trial_is_whole",
                violation_error_message=_("A trial says what, where and from when to when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="already_allowed") | (~Q(by_whom="") & Q(promised_date__isnull=False)),
                name="reply_allowed_is_told",
                violation_error_message=_("Say who tells the workplaces, and by when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="lacks_facts") | ~Q(text=""),
                name="reply_question_asked",
                violation_error_message=_("Write what is missing."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="not_ours") | ~Q(points_to=""),
                name="reply_not_ours_points",
                violation_error_message=_("Write whom to try instead."),
            ),
            models.CheckConstraint(
                condition=Q(implemented_date=None) | Q(answer__in=DOABLE_OUTCOMES),
                name="reply_done_after_promise",
                violation_error_message=_("Only what was promised can be done."),
            ),
        ]

    def __str__(self):
        return f"{self.referral_id} {self.answer}"


def standing_of(replies):
    """Those of one referral's released `replies` that hold, in their order: as `ReplyQuerySet.standing`."""
    answers = [reply for reply in replies if reply.answer != Outcome.LACKS_FACTS]
    newest = max(answers, key=lambda reply: reply.released_at, default=None)
    return [reply for reply in replies if reply.answer == Outcome.LACKS_FACTS or reply is newest]


class ReplyFile(models.Model):
    """A file that came with a reply, cleaned before it was stored."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["reply", "id"]

    def __str__(self):
        return f"{self.reply_id} {self.file_id}"
