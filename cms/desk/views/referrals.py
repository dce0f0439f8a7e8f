"""Bodies asked: the list of referrals, one referral with what passed to and fro, and a body's own record."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases.actions import acknowledge, answer_body, record_reply, send_wording
from backend.cases.filters import ReferralFilter
from backend.cases.lifecycle import OPEN_REFERRALS, REFERRAL_MOVES, ReferralStatus, available
from backend.cases.models import Referral
from backend.cases.reminding import reminded_dates
from backend.cases.wordings import is_reworded
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import moment
from backend.registry.models import Body
from cms.desk.access import desk_view, forget_draft, move_view
from cms.desk.forms.examples import add_errors
from cms.desk.forms.replies import AnswerBodyForm, AttachFilesForm, EnterReplyForm
from cms.desk.views.listing import filtered, is_filtered, page_of, shown_filters

FILTERS = ("body", "case", "answer", "status", "campaign", "sent_from", "sent_to", "organisation")
SHOWN_FILTERS = ("body", "answer", "campaign", "ordering")
TABS = {
    "open": gettext_lazy("Wait for an answer"),
    "overdue": gettext_lazy("Late"),
    "asked_back": gettext_lazy("Ask back"),
    "answered": gettext_lazy("Answered"),
    "all": gettext_lazy("All"),
}
EMPTY = {
    "open": gettext_lazy("No body owes an answer."),
    "overdue": gettext_lazy("No answer is late."),
    "asked_back": gettext_lazy("No body has asked a question that waits."),
    "answered": gettext_lazy("No body has answered yet."),
    "all": gettext_lazy("No body has been asked yet."),
}
# From a referral to whose it is.
OWNER = "case__organisation"
RUNNING = (ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED)


def tab_rows(user, tab, *, at):
    """The referrals of one tab, for `user`."""
    rows = Referral.objects.visible_to(user)
    match tab:
        case "open":
            return rows.open()
        case "overdue":
            return rows.overdue(at=at)
        case "asked_back" | "answered":
            return rows.filter(status=tab)
        case _:
            return rows


def with_row_parts(rows):
    """`rows` with all that a line of the list prints, in a fixed number of queries."""
    return rows.select_related("body", "case", "case__organisation", "batch").prefetch_related(
        "body__periods", "replies"
    )


def count_days(referrals, *, at):
    """Put on each `days_left` where its term runs (negative: late), when it was reminded, the answer that holds, and
    the status as the desk reads it."""
    today = timezone.localdate(at)
    reminded = reminded_dates(referrals)
    for referral in referrals:
        referral.shown_status = ReferralStatus(referral.status)
        referral.reminded = reminded.get(referral.pk, [])
        runs = referral.status in RUNNING and referral.due_at is not None
        referral.days_left = (timezone.localdate(referral.due_at) - today).days if runs else None
        referral.days_late = -referral.days_left if runs and referral.days_left < 0 else 0
        replies = [
            reply for reply in referral.replies.all() if not reply.is_proposal and reply.taken_back_at is None
        ]
        replaced = {reply.supersedes_id for reply in replies}
        referral.newest = next((reply for reply in reversed(replies) if reply.pk not in replaced), None)
    return referrals


@desk_view("case.view")
def referral_list(request):
    """Whom we have asked what, fifty rows a page."""
    at = moment(None)
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "open"
    filterset = ReferralFilter(request.GET, tab_rows(request.user, tab, at=at), request=request)
    found = filtered(filterset)
    if not request.GET.get("ordering"):
        found = (
            found.order_by("due_at", "pk")
            if tab in ("open", "overdue")
            else found.order_by("-sent_date", "pk")
        )
    page = page_of(request, with_row_parts(found), path=OWNER)
    context = {
        "title": _("Referrals"),
        "tab": tab,
        "tabs": TABS.items(),
        "shown_filters": shown_filters(request, filterset, SHOWN_FILTERS),
        "page": page,
        "referrals": count_days(list(page.object_list), at=at),
        "is_filtered": is_filtered(request, FILTERS),
        "empty": EMPTY[tab],
    }
    return render(request, "desk/replies/referrals.html", context)


def find_referral(request, referral_id):
    """The referral, if it is one of the user's."""
    rows = Referral.objects.visible_to(request.user).select_related("body", "case__organisation", "batch")
    return get_object_or_404(rows.prefetch_related("body__periods"), pk=referral_id)


@desk_view("case.view")
def referral(request, referral_id):
    """One body asked about one case: what was asked, what was said since, and what can be done now."""
    return referral_page(request, find_referral(request, referral_id))


def referral_page(request, referral, *, forms=None, status=200):
    """Render the page; `forms`: those that were refused, by move."""
    forms = forms or {}
    moves = {move.name for move in available(referral.case, request.user)}
    may_record = "record_reply" in moves
    offered = {
        name
        for name, (sources, _target) in REFERRAL_MOVES.items()
        if may_record and referral.status in sources
    }
    count_days([referral], at=moment(None))
    context = {
        "title": referral.body_name_then,
        "crumbs": [
            (reverse("desk:referrals"), _("Referrals")),
            (reverse("desk:case", args=[referral.case.reference]), referral.case.reference),
        ],
        "referral": referral,
        "case": referral.case,
        "replies": [
            reply
            for reply in referral.replies.prefetch_related("files__file").order_by("received_date", "pk")
            if not reply.is_proposal
        ],
        "files": [row.file for row in referral.files.select_related("file")],
        "files_form": forms.get("attach_files", AttachFilesForm())
        if "prepare_referral" in moves and referral.status in REFERRAL_MOVES["attach_files"][0]
        else None,
        "said": list(referral.messages.order_by("on_date", "pk")),
        "name_now": str(referral.body),
        "may_release": "release_reply" in moves,
        "may_acknowledge": "acknowledge" in offered,
        "is_reworded": is_reworded(referral),
        "may_send_wording": "send_wording" in offered and "refer" in moves,
        "answer_form": forms.get("answer_body", AnswerBodyForm()) if "answer_body" in offered else None,
        "reply_form": forms.get("reply", EnterReplyForm()) if "reply" in offered else None,
        "draft_name": f"reply:{referral.pk}",
    }
    return render(request, "desk/replies/referral.html", context, status=status)


@sensitive_post_parameters()
@move_view("case.edit")
def enter_reply(request, referral_id):
    """Enter what came by letter, phone or mail."""
    referral = find_referral(request, referral_id)
    form = EnterReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            reply = record_reply(referral=referral, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"reply:{referral.pk}")
            messages.success(
                request, _("The reply is entered. Nobody outside sees it before it is released.")
            )
            return redirect("desk:reply", reply.pk)
    return referral_page(request, find_referral(request, referral_id), forms={"reply": form}, status=422)


@sensitive_post_parameters()
@move_view("case.edit")
def answer_question(request, referral_id):
    """Answer what the body asked."""
    referral = find_referral(request, referral_id)
    form = AnswerBodyForm(request.POST)
    if form.is_valid():
        try:
            answer_body(referral=referral, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The question is answered. The deadline runs again."))
            return redirect("desk:referral", referral_id)
    return referral_page(
        request, find_referral(request, referral_id), forms={"answer_body": form}, status=422
    )


@move_view("case.edit")
def mark_seen(request, referral_id):
    """Record that the body has seen it."""
    acknowledge(referral=find_referral(request, referral_id), by=request.user)
    messages.success(request, _("It is recorded that the body has seen it."))
    return redirect("desk:referral", referral_id)


@move_view("case.edit")
def send_new_wording(request, referral_id):
    """Let the body read what the case says now."""
    try:
        send_wording(referral=find_referral(request, referral_id), by=request.user)
    except InvalidInput as invalid:
        for error in invalid.errors:
            messages.error(request, str(error.detail))
    else:
        messages.success(request, _("The new wording is sent."))
    return redirect("desk:referral", referral_id)


@desk_view("case.view")
def body_record(request, body_id):
    """Everything that a body was asked and what became of it, for whoever is to speak with it."""
    at = moment(None)
    body = get_object_or_404(Body.objects.receivers().visible_to(request.user).with_names(), pk=body_id)
    rows = Referral.objects.visible_to(request.user).filter(body=body)
    asked = rows.exclude(status=ReferralStatus.PREPARED)
    newest_first = with_row_parts(rows).order_by("-sent_date", "-prepared_date", "pk")
    page = page_of(request, newest_first, path=OWNER)
    answered = asked.filter(status=ReferralStatus.ANSWERED)
    context = {
        "title": str(body),
        "crumbs": [(reverse("desk:referrals"), _("Referrals"))],
        "body": body,
        "names": [period for period in body.periods.all() if period.name != str(body)],
        "page": page,
        "referrals": count_days(list(page.object_list), at=at),
        "figures": [
            (_("asked about"), asked.count()),
            (_("wait for an answer"), asked.filter(status__in=OPEN_REFERRALS).count()),
            (_("of these late"), asked.overdue(at=at).count()),
            (_("answered"), answered.count()),
            (_("of these a no"), answered.filter(replies__answer="not").distinct().count()),
            (_("not with them"), asked.filter(status=ReferralStatus.RETURNED).count()),
        ],
        "empty": _("This body has not been asked yet."),
    }
    return render(request, "desk/replies/body.html", context)
