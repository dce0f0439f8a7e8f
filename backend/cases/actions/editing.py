"""The case's own way: its wording, who sees it, ready, closed and reopened."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.cited import recognised
from backend.cases.lifecycle import Status
from backend.cases.models import CaseLaw, FormTable, Visibility
from backend.examples.models import Audience
from backend.examples.validation import check_text
from backend.organisations.permissions import moment

from .gathering import case_stems, check_wording
from .steps import begin, check_may_leave_secretariat, check_own, record, refuse, save, settle

# What `edit_case` may change; everything else has a move of its own.
EDITABLE = (
    "title",
    "problem",
    "proposal",
    "legislation_text",
    "area",
    "area_text",
    "core_task",
    "flag",
    "workplace",
    "rule_level",
    "really_law",
    "really_law_paragraph",
    "table",
    "table_reason",
    "hours",
    "hours_note",
)
# All working hours of a hundred thousand people come to less than this.
MOST_HOURS = 100_000_000
MAXIMUM_SECTIONS = 100
# What others than the secretariat read: a change of it needs the tick again, and the writer's look again.
WORDING = {"title", "problem", "proposal", "legislation_text", "area_text", "laws"}


class StaleVersion(Exception):
    """Somebody saved after the form was opened; `current` is the case as it stands now. Doors answer 409."""

    def __init__(self, current):
        self.current = current
        super().__init__(current.reference)


@transaction.atomic
def edit_case(*, case, version, by, no_personal_data=False, causes=None, laws=None, at=None, **values):
    """Change the fields of EDITABLE; `causes` (main one first) and `laws` replace what was there.

    `laws` is a list of dicts: law (Law or None), cited_text, paragraphs. `version` is the one the editor opened:
    StaleVersion if the case has been saved since. A published wording changes only with the tick
    `no_personal_data`. Returns the names of what changed.
    """
    at = moment(at)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    _move, from_status, _why = begin(case, "edit", by=by)
    if version != case.version:
        raise StaleVersion(case)
    values = check_wording(values)
    _check_numbers(values)
    check_own(case.organisation_id, core_task=values.get("core_task"), workplace=values.get("workplace"))
    changed = [name for name, value in values.items() if getattr(case, name) != value]
    if causes is not None and list(causes) != [row.cause for row in case.case_causes.all()]:
        changed.append("causes")
    if laws is not None:
        changed.extend(_changed_laws(case, laws))
    if not changed:
        return []
    if WORDING & set(changed):
        if case.visibility != Visibility.INTERNAL and not no_personal_data:
            raise refuse(
                "/no_personal_data",
                "required",
                _("Others can see this case. Tick that the new text holds no personal data."),
            )
        _check_nobody_reads_it_first(case)
        _show_wording_again(case, at)
    for name in set(changed) & set(values):
        setattr(case, name, values[name])
    if "hours" in changed:
        case.hours_basis = case.organisation.periods()
    if case.visibility != Visibility.INTERNAL and no_personal_data:
        case.checked_by = by
    case.stems = case_stems(case)
    save(case, *(set(changed) & set(values)), "hours_basis", "checked_by", "stems")
    if "causes" in changed:
        case.case_causes.all().delete()
        for position, cause in enumerate(causes):
            case.case_causes.create(cause=cause, is_main=position == 0)
    if "laws" in changed:
        _write_laws(case, laws, timezone.localdate(at))
    record(case, "edit", from_status=from_status, by=by, at=at, fields=sorted(changed))
    return changed


def _write_laws(case, laws, today):
    """The rules in the order given; one that stood there already keeps who found it and when."""
    known = {
        (row.law_id, row.cited_text, row.paragraphs): {
            "found_by": row.found_by,
            "cited_date": row.cited_date,
        }
        for row in case.case_laws.all()
    }
    case.case_laws.all().delete()
    for law in laws:
        key = (law["law"].pk if law["law"] else None, law["cited_text"], law["paragraphs"])
        found = known.get(key, {"found_by": "person", "cited_date": today})
        CaseLaw.objects.create(case=case, **found, **law)


def _check_nobody_reads_it_first(case):
    """Where a writer asked to see the wording, nobody reads a new one on the web before. A body reads what it was sent.

    Raises InvalidInput.
    """
    if case.visibility != Visibility.INTERNAL and _awaited(case).exists():
        raise refuse(
            "/visibility",
            "waits_for_writer",
            _("The writer asked to see the wording first. Take the case off the web before you change it."),
        )


def _check_numbers(values):
    """Raises InvalidInput unless hours and table can be stored."""
    hours, table = values.get("hours"), values.get("table")
    if hours is not None and not 0 <= hours <= MOST_HOURS:
        raise refuse("/hours", "out_of_range", _("Write a number from 0 to 100,000,000."))
    if table is not None and table not in FormTable.values:
        raise refuse("/table", "unknown_choice", _("Choose one of the options on the list."))


def _recognise(laws):
    """Give each rule without a law the one that its words are, and its sections where none are told. Words stay."""
    unknown = [law for law in laws if law["law"] is None and law["cited_text"]]
    found = recognised({law["cited_text"] for law in unknown}) if unknown else {}
    for law in unknown:
        if law["cited_text"] in found:
            law["law"], sections = found[law["cited_text"]]
            # Longer than a case keeps: they still stand in what was cited.
            law["paragraphs"] = law["paragraphs"] or (sections if len(sections) <= MAXIMUM_SECTIONS else "")


def _changed_laws(case, laws):
    for number, law in enumerate(laws):
        law["cited_text"] = check_text(
            law.get("cited_text"),
            pointer=f"/laws/{number}/cited_text",
            maximum=300,
            required=True,
            single_line=True,
        )
        law["paragraphs"] = check_text(
            law.get("paragraphs"),
            pointer=f"/laws/{number}/paragraphs",
            maximum=MAXIMUM_SECTIONS,
            single_line=True,
        )
        law.setdefault("law", None)
    _recognise(laws)
    then = [(row.law_id, row.cited_text, row.paragraphs) for row in case.case_laws.all()]
    now = [(law["law"].pk if law["law"] else None, law["cited_text"], law["paragraphs"]) for law in laws]
    return ["laws"] if then != now else []


def _awaited(case):
    """The examples whose writers asked to see the wording before it goes further."""
    return case.case_examples.filter(is_source=True, example__preview_wording=True)


def _show_wording_again(case, at):
    """A writer who asked to see the wording sees the new one, with the days counted from now."""
    _awaited(case).exclude(wording_shown_date=None).update(
        wording_shown_date=timezone.localdate(at), wording_accepted_date=None
    )


@transaction.atomic
def mark_ready(*, case, by, at=None):
    """The wording is done. Writers who asked to see it first find it under their code from now."""
    at = moment(at)
    move, from_status, _why = begin(case, "mark_ready", by=by)
    case.status = move.target
    save(case, "status")
    _awaited(case).filter(wording_shown_date=None).update(wording_shown_date=timezone.localdate(at))
    record(case, "mark_ready", from_status=from_status, by=by, at=at, is_public=True)


@transaction.atomic
def back_to_draft(*, case, by, at=None):
    """Undo `mark_ready`."""
    move, from_status, _why = begin(case, "back_to_draft", by=by)
    case.status = move.target
    save(case, "status")
    record(case, "back_to_draft", from_status=from_status, by=by, at=moment(at))


@transaction.atomic
def set_visibility(*, case, visibility, by, no_personal_data=False, at=None):
    """Choose who sees the case: beyond the secretariat only with a person's tick, and as far as its writers allow."""
    at = moment(at)
    _move, from_status, _why = begin(case, "set_visibility", by=by)
    if visibility not in Visibility:
        raise refuse("/visibility", "unknown_choice", _("Choose one of the options on the list."))
    if visibility == case.visibility:
        return
    if visibility != Visibility.INTERNAL:
        if not no_personal_data:
            raise refuse("/no_personal_data", "required", _("Tick that the text holds no personal data."))
        if visibility == Visibility.PUBLIC and case.limit() == Audience.BODIES:
            raise refuse(
                "/visibility",
                "limited_by_writer",
                _(
                    "The writer wants only those who can do something about it to see this. It cannot be made public."
                ),
            )
        check_may_leave_secretariat(case, at=at, pointer="/visibility")
        case.checked_by = by
    if visibility == Visibility.PUBLIC:
        case.published_date = timezone.localdate(at)
    case.visibility = visibility
    save(case, "visibility", "checked_by", "published_date")
    record(
        case,
        "set_visibility",
        from_status=from_status,
        by=by,
        at=at,
        why=visibility,
        is_public=visibility == Visibility.PUBLIC,
    )


@transaction.atomic
def unpublish(*, case, why, by, at=None):
    """Take the case back to the secretariat at once: page, list, feed and open data no longer show it."""
    at = moment(at)
    _move, from_status, why = begin(case, "unpublish", by=by, why=why)
    case.visibility = Visibility.INTERNAL
    case.published_date = None
    save(case, "visibility", "published_date")
    record(case, "unpublish", from_status=from_status, by=by, at=at, why=why)


@transaction.atomic
def close(*, case, why, by, at=None):
    """End the case with a reason. Closed is not solved: outcome and date of doing stay as they are."""
    move, from_status, why = begin(case, "close", by=by, why=why)
    case.closed_from, case.status, case.closed_reason = from_status, move.target, why
    save(case, "closed_from", "status", "closed_reason")
    record(case, "close", from_status=from_status, by=by, at=moment(at), why=why, is_public=True)


@transaction.atomic
def reopen(*, case, why, by, at=None):
    """Undo `close`: back to the status it was closed from, or to what its referrals say now."""
    _move, from_status, why = begin(case, "reopen", by=by, why=why)
    case.status, case.closed_reason, case.closed_from = case.closed_from or Status.DRAFT, "", ""
    save(case, "status", "closed_reason", "closed_from")
    settle(case)  # its referrals may have been taken back while it was closed
    record(case, "reopen", from_status=from_status, by=by, at=moment(at), why=why, is_public=True)
