"""Answers that wait: read beside the case, held back, released one by one or together, withdrawn, entered anew."""

import datetime
import uuid

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from backend.attachments.serving import file_response
from backend.cases import actions
from backend.cases.lifecycle import CASE_OUTCOMES, REFERRAL_MOVES, available
from backend.cases.models import Referral, ReferralMessage, Reply, ReplyFile
from backend.examples.lifecycle import IllegalMove
from backend.examples.personal_hints import in_pieces
from backend.examples.validation import InvalidInput
from backend.organisations.actions import log_access
from backend.organisations.permissions import moment
from backend.registry.citations import find_citations, read_names
from cms.desk.access import desk_view, forget_draft, move_view
from cms.desk.forms.examples import add_errors
from cms.desk.forms.replies import EnterReplyForm, HoldForm, ReleaseForm, WithdrawForm
from cms.desk.views.listing import page_of

TABS = {
    "waiting": gettext_lazy("Waiting"),
    "old": gettext_lazy("More than five days old"),
    "held": gettext_lazy("Held back"),
    "corrections": gettext_lazy("Corrections from bodies"),
}
EMPTY = {
    "waiting": gettext_lazy("No answer waits to be read."),
    "old": gettext_lazy("No answer has waited for more than five days."),
    "held": gettext_lazy("No answer is held back."),
    "corrections": gettext_lazy("No correction waits to be read."),
}
# An answer that has lain so long wants somebody.
OLD_AFTER = datetime.timedelta(days=5)
OWNER = "referral__case__organisation"
# One request and one transaction each: more than this is done in two goes.
MOST = 100


def waiting_replies(user):
    """Received answers that nobody outside sees yet, of the cases that `user` sees."""
    visible = Referral.objects.visible_to(user)
    return Reply.objects.waiting().filter(referral__in=visible).select_related("supersedes")


def tab_rows(user, tab, *, at):
    """The rows of one tab. A reply whose meeting has been held waits again."""
    today = timezone.localdate(at)
    if tab == "corrections":
        return ReferralMessage.objects.filter(
            kind="correction", released_at=None, referral__in=Referral.objects.visible_to(user)
        )
    rows = waiting_replies(user)
    if tab == "held":
        return rows.filter(held_until__gt=today)
    rows = rows.exclude(held_until__gt=today)
    return rows.filter(received_date__lt=today - OLD_AFTER) if tab == "old" else rows


@desk_view("case.view")
def reply_list(request):
    """What waits to be read and released, the oldest first."""
    at = moment(None)
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "waiting"
    order = {"corrections": ("on_date", "pk"), "held": ("held_until", "pk")}.get(tab, ("received_date", "pk"))
    rows = (
        tab_rows(request.user, tab, at=at)
        .select_related("referral__body", "referral__case")
        .prefetch_related("referral__body__periods")
        .order_by(*order)
    )
    page = page_of(request, rows, path=OWNER)
    context = {
        "title": _("Answers that wait"),
        "tab": tab,
        "tabs": TABS.items(),
        "page": page,
        "rows": page.object_list,
        "empty": EMPTY[tab],
        "is_filtered": False,
    }
    return render(request, "desk/replies/list.html", context)


def find_reply(request, reply_id):
    """The answer, if it is one of the user's; a body's own drafts are nobody's here."""
    rows = Reply.objects.filter(referral__in=Referral.objects.visible_to(request.user), is_proposal=False)
    rows = rows.select_related("referral__case__organisation", "referral__body", "supersedes", "released_by")
    return get_object_or_404(rows.prefetch_related("referral__body__periods"), pk=reply_id)


@desk_view("case.view")
def reply(request, reply_id):
    """One answer beside the case it answers."""
    return reply_page(request, find_reply(request, reply_id))


def reply_page(request, reply, *, forms=None, status=200):
    """Render the page; `forms`: those that were refused, by move."""
    forms = forms or {}
    referral, case = reply.referral, reply.referral.case
    moves = {move.name for move in available(case, request.user)}
    newer = reply.superseded_by.first()
    is_taken_back = reply.taken_back_at is not None
    is_waiting = reply.released_at is None and newer is None and not is_taken_back
    may_correct = (
        "record_reply" in moves
        and referral.status in REFERRAL_MOVES["correct_reply"][0]
        and newer is None
        and not is_taken_back
    )
    may_take_back = (
        is_waiting
        and "withdraw_reply" in moves
        and Reply.objects.waiting()
        .filter(Q(is_out=False) | ~Q(answer__in=CASE_OUTCOMES), pk=reply.pk, link=None)
        .exists()
    )
    hold_initial = {"held_until": reply.held_until, "held_note": reply.held_note}
    context = {
        "title": _("Answer from %(body)s") % {"body": referral.body_name_then},
        "crumbs": [
            (reverse("desk:replies"), _("Answers that wait")),
            (reverse("desk:case", args=[case.reference]), case.reference),
        ],
        "reply": reply,
        "referral": referral,
        "case": case,
        "text": in_pieces(reply.text),
        "what": in_pieces(reply.what),
        "has_marks": any(
            kind for name in ("text", "what") for _piece, kind in in_pieces(getattr(reply, name))
        ),
        "laws": cited_in(reply.text),
        "files": [row.file for row in reply.files.select_related("file")],
        "newer": newer,
        "can_be_released": is_waiting and "release_reply" in moves,
        "is_waiting": is_waiting,
        "is_held": is_waiting and reply.held_until and reply.held_until > timezone.localdate(),
        "release_form": forms.get("release", ReleaseForm()),
        "hold_form": forms.get("hold", HoldForm(initial=hold_initial)),
        "withdraw_form": forms.get("withdraw", WithdrawForm(auto_id="id_withdraw_%s"))
        if reply.released_at and "withdraw_reply" in moves
        else None,
        "take_back_form": forms.get("take_back", WithdrawForm(auto_id="id_take_back_%s"))
        if may_take_back
        else None,
        "correct_form": forms.get("correct", correct_form(reply)) if may_correct else None,
        "draft_name": f"correct:{reply.pk}",
    }
    return render(request, "desk/replies/reply.html", context, status=status)


def correct_form(reply, data=None, files=None):
    """The form for entering an answer anew, filled with what stands."""
    names = [name for name in EnterReplyForm.base_fields if name != "files"]
    initial = {name: getattr(reply, name) for name in names}
    return EnterReplyForm(data, files, initial=initial, is_correction=True, auto_id="id_correct_%s")


@move_view("case.edit")
def release(request, reply_id):
    """Release one answer, with the tick."""
    reply = find_reply(request, reply_id)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        try:
            actions.release_reply(reply=reply, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The reply is released: whoever may see the case may see it."))
            return redirect("desk:reply", reply.pk)
    return reply_page(request, reply, forms={"release": form}, status=422)


@move_view("case.edit")
def hold(request, reply_id):
    """Hold one answer back, or no longer."""
    reply = find_reply(request, reply_id)
    if "stop" in request.POST:
        actions.hold_replies(replies=[reply], by=request.user)
        messages.success(request, _("The reply is no longer held back."))
        return redirect("desk:reply", reply.pk)
    form = HoldForm(request.POST)
    if form.is_valid() and held(form, [reply], by=request.user):
        messages.success(request, _("The reply is held back."))
        return redirect("desk:reply", reply.pk)
    return reply_page(request, reply, forms={"hold": form}, status=422)


def held(form, replies, *, by):
    """Hold `replies` as the form says; False where it was refused, and the form says why."""
    data = form.cleaned_data
    try:
        actions.hold_replies(replies=replies, until=data["held_until"], note=data["held_note"], by=by)
    except InvalidInput as invalid:
        add_errors(form, invalid)
        return False
    return True


@move_view("case.edit")
def withdraw(request, reply_id):
    """Take a released answer back."""
    reply = find_reply(request, reply_id)
    form = WithdrawForm(request.POST, auto_id="id_withdraw_%s")
    if form.is_valid():
        try:
            actions.withdraw_reply(reply=reply, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The reply is withdrawn."))
            return redirect("desk:reply", reply.pk)
    return reply_page(request, reply, forms={"withdraw": form}, status=422)


@move_view("case.edit")
def take_back(request, reply_id):
    """It was no answer after all: the body owes its answer again."""
    reply = find_reply(request, reply_id)
    form = WithdrawForm(request.POST, auto_id="id_take_back_%s")
    if form.is_valid():
        try:
            actions.take_back_reply(reply=reply, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The reply is taken back. The body owes an answer again."))
            return redirect("desk:referral", reply.referral_id)
    return reply_page(request, reply, forms={"take_back": form}, status=422)


@sensitive_post_parameters()
@move_view("case.edit")
def correct(request, reply_id):
    """Enter the answer anew; the new one waits to be released."""
    reply = find_reply(request, reply_id)
    form = correct_form(reply, request.POST, request.FILES)
    if form.is_valid():
        try:
            new = actions.correct_reply(reply=reply, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"correct:{reply.pk}")
            messages.success(request, _("The new version waits to be released."))
            return redirect("desk:reply", new.pk)
    return reply_page(request, reply, forms={"correct": form}, status=422)


CHOSEN_FORMS: dict[str, type[forms.Form]] = {"release": ReleaseForm, "hold": HoldForm}


def ticked(request):
    """The waiting answers that were ticked, in the list's order."""
    ids = [value for value in request.POST.getlist("chosen")[:MOST] if is_uuid(value)]
    rows = waiting_replies(request.user).filter(pk__in=ids).select_related("referral__case", "referral__body")
    return list(rows.prefetch_related("referral__body__periods").order_by("received_date", "pk"))


def is_uuid(value):
    """Whether the value can be an answer's id: nothing else reaches the database."""
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


@move_view("case.edit")
def replies_chosen(request):
    """Several at once: what was ticked is shown whole before anything happens."""
    move = request.POST.get("move")
    rows = ticked(request)
    if move not in CHOSEN_FORMS or not rows:
        messages.warning(request, _("Tick the answers first."))
        return redirect("desk:replies")
    if "confirmed" not in request.POST:
        return preview(request, move, rows, CHOSEN_FORMS[move]())
    form = CHOSEN_FORMS[move](request.POST)
    if not form.is_valid():
        return preview(request, move, rows, form, status=422)
    if move == "release":
        tell_released(request, *actions.release_replies(replies=rows, by=request.user, no_personal_data=True))
    elif held(form, rows, by=request.user):
        told = ngettext("%(count)s answer is held back.", "%(count)s answers are held back.", len(rows))
        messages.success(request, told % {"count": len(rows)})
    else:
        return preview(request, move, rows, form, status=422)
    return redirect("desk:replies")


def preview(request, move, rows, form, status=200):
    """Render what will be released or held, every word of it."""
    for row in rows:
        row.marked_text, row.marked_what = in_pieces(row.text), in_pieces(row.what)
    titles = {"release": _("Release the answers"), "hold": _("Hold the answers back")}
    context = {
        "title": titles[move],
        "crumbs": [(reverse("desk:replies"), _("Answers that wait"))],
        "move": move,
        "rows": rows,
        "form": form,
    }
    return render(request, "desk/replies/chosen.html", context, status=status)


def tell_released(request, released, skipped):
    """Say how many were released, and which were not and why."""
    if released:
        told = ngettext("%(count)s answer is released.", "%(count)s answers are released.", len(released))
        messages.success(request, told % {"count": len(released)})
    if skipped:
        lines = "; ".join(f"{reply.referral.case.reference}: {why}" for reply, why in skipped)
        messages.warning(request, _("Skipped – %(lines)s") % {"lines": lines})


@move_view("case.edit")
def correction(request, correction_id):
    """Show the body's correction beside the description, or take it off again."""
    message = get_object_or_404(
        ReferralMessage.objects.filter(
            kind="correction", referral__in=Referral.objects.visible_to(request.user)
        ).select_related("referral__case"),
        pk=correction_id,
    )
    try:
        if "withdraw" in request.POST:
            actions.withdraw_message(message=message, why=request.POST.get("why", ""), by=request.user)
            messages.success(request, _("The correction is no longer shown."))
        else:
            actions.release_message(
                message=message, no_personal_data="no_personal_data" in request.POST, by=request.user
            )
            messages.success(request, _("The correction is shown beside the description."))
    except InvalidInput as invalid:
        messages.error(request, " ".join(str(error.detail) for error in invalid.errors))
    except IllegalMove:
        messages.error(request, _("The case is closed or merged into another."))
    return redirect("desk:referral", message.referral_id)


@desk_view("case.view")
def reply_file(request, file_id):
    """A file that came with an answer; each reading is logged."""
    # One file may hang on the answers to several rows; any of them that the person may see opens it.
    row = (
        ReplyFile.objects.filter(
            file=file_id,
            reply__is_proposal=False,
            reply__referral__in=Referral.objects.visible_to(request.user),
        )
        .select_related("file", "reply__referral__case__organisation")
        .first()
    )
    if row is None:
        raise Http404
    case = row.reply.referral.case
    log_access(
        by=request.user,
        organisation=case.organisation,
        kind="export",
        reference=case.reference,
        purpose="desk: file with an answer",
    )
    return file_response(row.file)


def cited_in(text):
    """The rules that the answer refers to, each as it was written, once."""
    return list(dict.fromkeys(found.text for found in find_citations(text, read_names())))
