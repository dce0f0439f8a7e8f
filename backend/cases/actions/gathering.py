"""Examples into cases and out again: making, joining, parting, merging and splitting. All of it can be undone."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import OPEN_REFERRALS, ReferralStatus, Status
from backend.cases.models import Case, CaseExample, Reply
from backend.examples.actions import add_message, lock_example, step
from backend.examples.hours import hours_per_year
from backend.examples.references import new_reference
from backend.examples.stems import stems
from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.permissions import moment

from .effects import may_ask_again
from .steps import begin, check_own, lock, lock_cases, record, refuse, save


def check_wording(values):
    """The cleaned wording (title, problem, proposal, legislation_text, …) or InvalidInput with every fault."""
    rules: dict[str, dict[str, Any]] = {
        "title": {"maximum": 120, "required": True, "single_line": True},
        "problem": {"maximum": 8000, "required": True},
        "proposal": {"maximum": 8000},
        "legislation_text": {"maximum": 1000},
        "area_text": {"maximum": 120, "single_line": True},
        "table_reason": {"maximum": 300},
        "hours_note": {"maximum": 500},
        "really_law_paragraph": {"maximum": 200, "single_line": True},
        "evidence": {"maximum": 1000},
    }
    cleaned, errors = {}, []
    for name, value in values.items():
        if name not in rules:
            cleaned[name] = value
            continue
        try:
            cleaned[name] = check_text(value, pointer=f"/{name}", **rules[name])
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    if errors:
        raise InvalidInput(errors)
    return cleaned


def case_stems(case):
    """What the case is found by."""
    return stems(case.title, case.problem, case.proposal, case.legislation_text)


def _estimate(example):
    """Hours a year that the writer's own numbers come to, as whole hours, or None."""
    hours = hours_per_year(
        example.minutes, example.times, example.period, example.people, **example.organisation.periods()
    )
    return None if hours is None else round(hours)


@transaction.atomic
def make_case(
    *, example, title, problem, by, proposal="", legislation_text="", area=None, core_task=None, at=None
):
    """Make a draft case in the secretariat's wording from one example. Returns the Case.

    `area` None takes the example's. The table stays open until a person chooses.
    """
    at = moment(at)
    wording = check_wording(
        {"title": title, "problem": problem, "proposal": proposal, "legislation_text": legislation_text}
    )
    check_own(example.organisation_id, core_task=core_task)
    step(example, "make_case", by=by, at=at)
    case = Case(
        organisation=example.organisation,
        campaign=example.campaign,
        reference=new_reference("F"),
        area=area or example.area,
        core_task=core_task or example.core_task,
        # The writer's own answer to one of the form's questions; a person may take it off again.
        flag=example.flag,
        hours=_estimate(example),
        hours_basis=example.organisation.periods(),
        created_date=timezone.localdate(at),
        **wording,
    )
    case.stems = case_stems(case)
    case.save(force_insert=True)
    CaseExample.objects.create(case=case, example=example, is_source=True, joined_at=at, joined_by=by)
    record(case, "make_case", from_status="", by=by, at=at, why=example.reference)
    return case


@transaction.atomic
def add_to_case(*, example, case, by, at=None):
    """Let `example` join `case`. It is counted; the wording, and how far it goes, is not changed by it."""
    at = moment(at)
    lock_example(example)
    current = lock(case)
    if current.organisation_id != example.organisation_id:
        raise Case.DoesNotExist
    if current.merged_into_id is not None:
        raise refuse("/case", "merged", _("This case has been merged into another. Choose that one."))
    step(example, "add_to_case", by=by, at=at)
    CaseExample.objects.create(case=current, example=example, joined_at=at, joined_by=by)
    record(current, "add_to_case", from_status=current.status, by=by, at=at, why=example.reference)


def part(example, *, by, at):
    """Close the example's open row in its case, and return the case (or None)."""
    row = CaseExample.objects.current().filter(example=example).select_related("case").first()
    if row is None:
        return None
    row.left_at, row.left_by = at, by
    row.save(update_fields=["left_at", "left_by"])
    return row.case


@transaction.atomic
def leave_case(*, example, why, by, at=None):
    """Take `example` out of its case: it is unread again, and the case stays."""
    at = moment(at)
    why = check_text(why, pointer="/why", maximum=1000, required=True)
    step(example, "leave_case", by=by, at=at, why=why, is_public=False)
    case = part(example, by=by, at=at)
    record(case, "leave_case", from_status=case.status, by=by, at=at, why=example.reference)


@transaction.atomic
def merge_into(*, case, other, by, at=None):
    """Let `case` be counted and answered with `other`. Its text, history and address stay; `unmerge` undoes it.

    InvalidInput (/other) where something of its own is under way, which nobody could follow in a merged case.
    """
    at = moment(at)
    locked = lock_cases([case.pk, other.pk])
    _move, from_status, _why = begin(case, "merge_into", by=by)
    other = locked[other.pk]
    if other.organisation_id != case.organisation_id:
        raise Case.DoesNotExist
    if other.pk == case.pk or other.merged_into_id is not None:
        raise refuse("/other", "not_mergeable", _("Choose another case that has not itself been merged."))
    if case.merged.exists():
        raise refuse(
            "/other", "has_merged", _("Other cases have been merged into this one. Undo that first.")
        )
    _check_nothing_under_way(case)
    case.merged_into = other
    save(case, "merged_into")
    record(case, "merge_into", from_status=from_status, by=by, at=at, why=other.reference)
    record(other, "merged", from_status=other.status, by=by, at=at, why=case.reference)


def _check_nothing_under_way(case):
    """No body owes this case an answer, none waits to be released, and no promise is left; a closed case is over.
    The writers of what was done have been asked whether the time came back.
    """
    if case.implemented_date is not None and may_ask_again(case):
        raise refuse(
            "/other",
            "effect_not_asked",
            _(
                "This case is done, and its writers have not yet been asked whether the time came back. Merge the other"
                " case into this one."
            ),
        )
    if case.status == Status.CLOSED:
        return
    if case.referrals.filter(status__in=[ReferralStatus.PREPARED, *OPEN_REFERRALS]).exists():
        raise refuse(
            "/other",
            "has_referrals",
            _(
                "A body has been chosen or asked in this case. Take the referral back or wait for the answer – or merge"
                " the other case into this one."
            ),
        )
    if Reply.objects.waiting().filter(referral__case=case).exists():
        raise refuse(
            "/other",
            "has_waiting_reply",
            _(
                "An answer to this case waits to be released. Release it first, or merge the other case into this one."
            ),
        )
    if case.open_promises:
        raise refuse(
            "/other",
            "has_promise",
            _(
                "Something is promised in this case and not done yet, and it is followed up here. Merge the other case"
                " into this one."
            ),
        )


@transaction.atomic
def unmerge(*, case, by, at=None):
    """Undo `merge_into`."""
    at = moment(at)
    _move, from_status, _why = begin(case, "unmerge", by=by)
    other, case.merged_into = case.merged_into, None
    save(case, "merged_into")
    record(case, "unmerge", from_status=from_status, by=by, at=at, why=other.reference)
    record(other, "unmerged", from_status=other.status, by=by, at=at, why=case.reference)


@transaction.atomic
def split(*, case, examples, title, problem, by, proposal="", at=None):
    """Move some of the case's examples to a new draft case of its own wording. Returns the new Case.

    At least one example goes and at least one stays.
    """
    at = moment(at)
    _move, from_status, _why = begin(case, "split", by=by)
    wording = check_wording({"title": title, "problem": problem, "proposal": proposal})
    rows = {row.example_id: row for row in case.case_examples.current()}
    chosen = [rows[example.pk] for example in examples if example.pk in rows]
    if not chosen or len(chosen) != len(examples) or len(chosen) == len(rows):
        raise refuse(
            "/examples", "unknown_choice", _("Choose at least one of the case's examples, and leave one.")
        )
    child = Case(
        organisation=case.organisation,
        campaign=case.campaign,
        reference=new_reference("F"),
        area=case.area,
        core_task=case.core_task,
        flag=case.flag,
        parent=case,
        created_date=timezone.localdate(at),
        hours_basis=case.organisation.periods(),
        **wording,
    )
    child.stems = case_stems(child)
    child.save(force_insert=True)
    for row in chosen:
        row.left_at, row.left_by = at, by
        row.save(update_fields=["left_at", "left_by"])
        CaseExample.objects.create(
            case=child, example_id=row.example_id, is_source=True, joined_at=at, joined_by=by
        )
    # The text of the old case may still rest on what left it, so its rows keep `is_source` and limit it as before.
    record(case, "split", from_status=from_status, by=by, at=at, why=child.reference)
    record(child, "make_case", from_status="", by=by, at=at, why=case.reference)
    return child


@transaction.atomic
def accept_wording(*, example, version=None, at=None):
    """The writer's yes, under the code, to the wording made from the example.

    `version` is the case's version that the writer read: a yes to a wording that has changed since is no yes.
    """
    row = CaseExample.objects.current().filter(example=example).select_related("case").first()
    if row is None or row.wording_shown_date is None:
        raise InvalidInput([FieldError("", "nothing_to_accept", _("There is no wording to say yes to now."))])
    if version is not None and lock(row.case).version != version:
        raise refuse(
            "", "wording_changed", _("The text has been changed since you opened the page. Read it again.")
        )
    row.wording_accepted_date = timezone.localdate(moment(at))
    row.save(update_fields=["wording_accepted_date"])


@transaction.atomic
def accept_workplace(*, example, at=None):
    """The writer's yes, under the code, to the workplace being asked though the writer wanted it spared.

    It opens the way for this case only; nothing is sent by it. Raises InvalidInput where nothing waits for a yes.
    """
    row = CaseExample.objects.current().filter(example=example).first()
    if row is None or not example.spare_my_workplace:
        raise refuse("", "nothing_to_accept", _("There is nothing to say yes to now."))
    if row.workplace_accepted_date is None:
        row.workplace_accepted_date = timezone.localdate(moment(at))
        row.save(update_fields=["workplace_accepted_date"])


@transaction.atomic
def object_to_wording(*, example, text, at=None):
    """The writer says what is wrong with the wording: it reaches the secretariat, and the case waits as a draft."""
    at = moment(at)
    row = CaseExample.objects.current().filter(example=example).select_related("case").first()
    if row is None or row.wording_shown_date is None:
        raise InvalidInput([FieldError("", "nothing_to_accept", _("There is no wording to comment on now."))])
    add_message(example=example, text=text, at=at)
    case = lock(row.case)
    if case.status == Status.READY:
        case.status = Status.DRAFT
        save(case, "status")
        record(case, "object_to_wording", from_status=Status.READY, by=None, at=at)
