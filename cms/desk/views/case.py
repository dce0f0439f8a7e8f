"""One case on one screen: its wording, where it belongs, whom it was sent to, who sees it, and its moves."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from backend.cases.actions import StaleVersion, edit_case, leave_case
from backend.cases.actions.resending import mails_of, newest_whole
from backend.cases.answers import current_replies, shown_referrals, shown_status
from backend.cases.followup import answers_to_question
from backend.cases.lifecycle import OPEN_REFERRALS, available, check_move
from backend.cases.models import Case
from backend.cases.queries import with_counts
from backend.cases.suggestions import core_task_of, suggestions
from backend.examples.hours import case_hours, hours_label, hours_per_year
from backend.examples.models import Audience
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import can, check_permission, moment
from backend.registry.models import Law
from cms.desk.access import desk_view, forget_draft, move_view, parameter
from cms.desk.forms.case_moves import MOVE_FORMS
from cms.desk.forms.cases import CaseForm, differences
from cms.desk.forms.examples import WhyForm, add_errors
from cms.desk.forms.who import ConfirmForm
from cms.desk.timeline import case_timeline
from cms.desk.views.referrals import count_days
from cms.desk.views.who import who_panel
from exports import actions as submission_actions
from exports.models import FormRow, Submission

LIMITS = {
    Audience.SECRETARIAT: gettext_lazy(
        "A writer behind the wording wants only the secretariat to see it: the case stays internal and is not sent on."
    ),
    Audience.BODIES: gettext_lazy(
        "A writer behind the wording wants only those who can do something about it to see it:"
        " it cannot be made public."
    ),
    Audience.PUBLIC: "",
}
# What one usually came for stands first; the rest below everything else.
FIRST = ("mark_ready", "mark_done", "reopen", "unmerge")
OFFERED_CASES = 100
# Moves that stand where they belong on the page, not in the list of buttons.
PLACED = {
    "edit",
    "prepare_referral",
    "refer",
    "cancel_referral",
    "record_reply",
    "release_reply",
    "withdraw_reply",
    "set_visibility",
    "unpublish",
    "split",
    "put_in_submission",
    "take_out_of_submission",
}


def get_case(request, reference):
    """The case, if the user may see it."""
    cases = Case.objects.visible_to(request.user).select_related(
        "organisation",
        "campaign",
        "area",
        "core_task",
        "rule_level",
        "workplace",
        "merged_into",
        "parent",
        "checked_by",
    )
    return get_object_or_404(cases, reference=reference)


@sensitive_post_parameters()
@desk_view("case.view_committee", methods=["GET", "HEAD", "POST"])
def case(request, reference):
    """The case's page; POST saves the edit form."""
    case = get_case(request, reference)
    if request.method != "POST":
        return case_page(request, case)
    check_permission(request.user, "case.edit", case.organisation_id)
    form = CaseForm(request.POST, case=case, user=request.user, suggestions=suggestions(case))
    if form.is_valid():
        try:
            changed = edit_case(
                case=case,
                version=form.cleaned_data["version"],
                by=request.user,
                no_personal_data=form.cleaned_data.get("no_personal_data", False),
                **form.values(),
            )
        except StaleVersion as stale:
            return stale_page(request, stale.current, form)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            forget_draft(request, f"case:{reference}")
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("desk:case", reference)
    return case_page(request, get_case(request, reference), form=form, status=422)


def stale_page(request, current, form):
    """Somebody saved in the meantime: both versions side by side, and this one still in the form to be kept or not."""
    current = get_case(request, current.reference)
    mine = CaseForm(
        request.POST,
        case=current,
        user=request.user,
        suggestions=suggestions(current),
        version=current.version,
    )
    mine.is_valid()
    return case_page(request, current, form=mine, stale=differences(form, current), status=409)


def case_page(request, case, *, form=None, bound=None, stale=None, confirm_form=None, status=200):
    """Render the page; `bound` is {move: its form with errors}."""
    user = request.user
    sees_all = can(user, "case.view", case.organisation_id)
    moves = {move.name: move for move in available(case, user)}
    suggested = suggestions(case) if moves else None
    forms = {
        name: MOVE_FORMS[name](case=case, user=user, suggestions=suggested, auto_id=f"id_{name}_%s")
        for name in moves
        if name in MOVE_FORMS and name != "split"
    } | (bound or {})
    if form is None and "edit" in moves:
        form = CaseForm(case=case, user=user, suggestions=suggested)
    examples = gathered(case)
    counted = with_counts(Case.objects.filter(pk=case.pk)).get()
    limit = case.limit()
    context = {
        "title": case.title,
        "crumbs": [(reverse("desk:cases"), _("Cases"))],
        "case": case,
        "form": form if "edit" in moves else None,
        "forms": forms,
        "moves": moves,
        "first_moves": [(moves[name], forms[name]) for name in moves if name in FIRST],
        "other_moves": [
            (moves[name], forms[name])
            for name in moves
            if name in forms and name not in PLACED and name not in FIRST
        ],
        "core_task": core_task_of(case),
        "suggested": suggested,
        "who": who_panel(case, suggested, moves, form=confirm_form),
        "other_cases": newest_others(case, user) if "merge_into" in moves else [],
        "examples": examples,
        "sees_examples": can(user, "example.view", case.organisation_id),
        "sees_all": sees_all,
        "leave_form": WhyForm() if can(user, "case.make", case.organisation_id) else None,
        "example_count": counted.example_count,
        "support_count": counted.support_count,
        "hours": hours_of(case, examples),
        "laws": Law.objects.only("popular_name") if "edit" in moves else [],
        "limit": LIMITS[limit],
        "is_limited": limit != Audience.PUBLIC,
        "waits_for_writer": any(row.waits for row in examples),
        "referrals": with_forms(
            referrals_of(case, released_only=not sees_all), case, user, moves, bound or {}
        ),
        "submissions": submissions_of(case, user)
        if can(user, "submission.view", case.organisation_id)
        else [],
        "draft_submission": draft_submission(case) if "put_in_submission" in moves else None,
        "merged": list(case.merged.all()) if sees_all else [],
        "children": list(case.children.all()) if sees_all else [],
        "timeline": case_timeline(case) if sees_all else [],
        "stale": stale,
        "question_answers": answers_to_question(case) if sees_all else [],
        "draft_name": f"case:{case.reference}",
    }
    return render(request, "desk/cases/case.html", context, status=status)


def newest_others(case, user):
    """The newest open cases that this one may be merged into, to choose by title."""
    others = (
        Case.objects.visible_to(user).open().filter(organisation=case.organisation_id).exclude(pk=case.pk)
    )
    return others.order_by("-created_date", "reference").only("reference", "title")[:OFFERED_CASES]


def gathered(case):
    """The examples in the case now; those its wording was made from first."""
    rows = list(
        case.case_examples.current()
        .select_related("example", "example__organisation", "joined_by")
        .defer(
            "example__title",
            "example__problem",
            "example__proposal",
            "example__legislation",
            "example__stems",
        )
        .order_by("-is_source", "joined_at", "id")
    )
    for row in rows:
        one = row.example
        row.hours = hours_per_year(
            one.minutes,
            one.times,
            one.period,
            one.people,
            **(case.hours_basis or case.organisation.periods()),
        )
        row.waits = row.is_source and one.preview_wording and row.wording_accepted_date is None
    return rows


def hours_of(case, examples):
    """What the hours rest on: the writers' numbers, the supporters' own time, and the working year counted with."""
    periods = case.hours_basis or case.organisation.periods()
    estimates = [row.hours for row in examples if row.hours is not None]
    supporters = [
        hours_per_year(one.minutes, one.times, one.period, **periods) for one in case.supports.counted()
    ]
    told = case_hours(max(estimates, default=None), supporters)
    return {
        "label": hours_label(case.hours),
        "estimate": hours_label(told.estimate),
        "supporters": hours_label(told.supporters),
        "basis": periods,
    }


def referrals_of(case, *, released_only):
    """The case's referrals with their replies; outside the secretariat only what is sent, and released."""
    return released_referrals_of(case) if released_only else all_referrals_of(case)


def all_referrals_of(case):
    """Every referral, also those not sent yet, with all that was said."""
    referrals = list(
        case.referrals.select_related("body", "batch")
        .prefetch_related("body__periods", "replies", "files__file")
        .annotate(message_count=Count("messages"))
        .order_by("prepared_date", "id")
    )
    mails = mails_of([referral.batch for referral in referrals if referral.batch])
    for referral in referrals:
        referral.mail = newest_whole(mails.get(referral.batch_id, []))
        referral.is_open = referral.status in OPEN_REFERRALS
        referral.shown_replies = [reply for reply in referral.replies.all() if not reply.is_proposal]
    return count_days(referrals, at=moment(None))


def released_referrals_of(case):
    """What a committee member sees of them, as everybody does of a published case."""
    referrals = count_days(list(shown_referrals().filter(case=case)), at=moment(None))
    for referral in referrals:
        referral.shown_status = shown_status(referral)
        referral.is_open = referral.shown_status in OPEN_REFERRALS
        referral.shown_replies = current_replies(referral)
    return referrals


def with_forms(referrals, case, user, moves, bound):
    """The same referrals, each and each reply with the forms of its own moves; a refused one keeps its form."""

    def form(name, of):
        refused = bound.get(name)
        if refused is not None and refused.data.get(
            "reply" if name == "withdraw_reply" else "referral"
        ) == str(of.pk):
            return refused
        return MOVE_FORMS[name](case=case, user=user, auto_id=f"id_{name}_{of.pk}_%s")

    for referral in referrals:
        if "cancel_referral" in moves and referral.status in ("prepared", *OPEN_REFERRALS):
            referral.cancel_form = form("cancel_referral", referral)
        for reply in referral.shown_replies:
            if "withdraw_reply" in moves and reply.released_at:
                reply.withdraw_form = form("withdraw_reply", reply)
    return referrals


def submissions_of(case, user):
    """The submissions that the case stands in, each with the `row` where it stands."""
    rows = FormRow.objects.filter(case=case, submission__in=Submission.objects.visible_to(user))
    found = []
    for row in rows.select_related("submission", "submission__body").order_by("submission__created_at"):
        row.submission.row = row
        found.append(row.submission)
    return found


def draft_submission(case):
    """The organisation's draft of the form, which the case may be put into; None where there is none."""
    return Submission.objects.drafts().filter(organisation=case.organisation_id).first()


@sensitive_post_parameters()
@move_view("case.view_committee")
def case_move(request, reference, move):
    """Make one of the moves that the page offers."""
    case = get_case(request, reference)
    if move not in MOVE_FORMS:
        raise Http404
    check_move(move, case)
    form = MOVE_FORMS[move](
        request.POST, case=case, user=request.user, suggestions=suggestions(case), auto_id=f"id_{move}_%s"
    )
    if form.is_valid():
        try:
            made = form.make()
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, form.done)
            forget_draft(request, f"{move}:{request.POST.get('referral') or reference}")
            return redirect("desk:case", made.reference if isinstance(made, Case) else reference)
    if move == "split":
        return split_page(request, case, form, status=422)
    return case_page(request, get_case(request, reference), bound={move: form}, status=422)


@sensitive_post_parameters()
@move_view("case.edit")
def confirm(request, reference):
    """Confirm, or put right, what the rules are run on."""
    case = get_case(request, reference)
    form = ConfirmForm(request.POST, case=case, suggested=suggestions(case))
    if not form.is_valid():
        return case_page(request, case, confirm_form=form, status=422)
    try:
        edit_case(case=case, version=form.cleaned_data["version"], by=request.user, **form.values())
    except StaleVersion as stale:
        case = get_case(request, stale.current.reference)
        form.add_error(None, _("Somebody saved the case in the meantime. Look at it, and confirm again."))
        return case_page(request, case, confirm_form=with_version(form, case), status=409)
    except InvalidInput as invalid:
        add_errors(form, invalid)
        return case_page(request, get_case(request, reference), confirm_form=form, status=422)
    messages.success(request, _("Confirmed. The suggestions follow from it."))
    return redirect("desk:case", reference)


def with_version(form, case):
    """The same form, to be saved upon the version that stands now; what was chosen stays chosen."""
    form.data = form.data.copy()
    form.data["version"] = case.version
    return form


@desk_view("case.make")
def split(request, reference):
    """The page for splitting: which examples go, and the new wording."""
    case = get_case(request, reference)
    check_move("split", case)
    return split_page(request, case, MOVE_FORMS["split"](case=case, user=request.user))


def split_page(request, case, form, status=200):
    """Render the page for splitting."""
    context = {
        "title": _("Split the case"),
        "crumbs": [
            (reverse("desk:cases"), _("Cases")),
            (reverse("desk:case", args=[case.reference]), case.reference),
        ],
        "case": case,
        "form": form,
    }
    return render(request, "desk/cases/split.html", context, status=status)


@move_view("case.make")
def take_out(request, reference):
    """Take one of the case's examples out, with the reason."""
    case = get_case(request, reference)
    row = get_object_or_404(
        case.case_examples.current().select_related("example__organisation"),
        example__reference=parameter(request.POST, "example"),
    )
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why the example is taken out."))
        return redirect("desk:case", reference)
    try:
        leave_case(example=row.example, why=form.cleaned_data["why"], by=request.user)
    except InvalidInput as invalid:
        messages.error(request, " ".join(str(error.detail) for error in invalid.errors))
    else:
        messages.success(
            request, _("%(example)s is out of the case and unread again.") % {"example": row.example}
        )
    return redirect("desk:case", reference)


@move_view("submission.edit")
def put_in_submission(request, reference):
    """Put the case into the organisation's draft of the form, or take it out of it."""
    case = get_case(request, reference)
    draft = draft_submission(case)
    if draft is None:
        raise Http404
    try:
        if "out" in request.POST:
            submission_actions.remove_case(submission=draft, case=case, by=request.user)
            messages.success(request, _("The case is out of the submission."))
        else:
            submission_actions.add_case(submission=draft, case=case, by=request.user)
            messages.success(request, _("The case is in the submission."))
    except InvalidInput as invalid:
        messages.error(request, " ".join(str(error.detail) for error in invalid.errors))
    except FormRow.DoesNotExist:
        raise Http404 from None
    return redirect("desk:case", reference)
