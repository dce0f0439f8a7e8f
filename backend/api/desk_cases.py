"""The secretariat's work with cases: the list, one case with its history and suggestions."""

import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest
from ninja import Query, Schema

from backend.cases.answers import current_replies, shown_referrals, shown_status
from backend.cases.effects import documented_effect
from backend.cases.filters import CaseFilter
from backend.cases.followup import not_solved
from backend.cases.lifecycle import available
from backend.cases.models import Case, CaseEvent, Change, Referral, ReferralFile, Reply
from backend.cases.queries import shown, with_counts
from backend.cases.suggestions import core_tasks_of, suggestions
from backend.organisations.permissions import can, check_permission

from .cases import EffectOut, label_of, show_effect
from .desk_referrals import ReferralOut, show_message, show_referral, show_reply
from .filtering import filtered, page_of, query_for
from .routing import Router
from .schemas import Named, named
from .tenants import check_own, in_one

router = Router(tags=["desk: cases"], is_staff=True)


class CauseOut(Named):
    is_main: bool


class LawOut(Schema):
    """A rule that the case hits: as cited, and the law it was recognised as."""

    law: Named | None
    cited_text: str
    paragraphs: str
    cited_date: datetime.date | None
    found_by: str


class DeskCase(Schema):
    """A case as the secretariat sees it. A committee member sees less: what is theirs alone is null or empty."""

    reference: str
    organisation: str
    campaign: str | None
    version: int
    title: str
    problem: str
    proposal: str
    legislation_text: str
    area: Named | None
    area_text: str
    core_task: Named | None
    causes: list[CauseOut]
    laws: list[LawOut]
    rule_level: Named | None
    really_law: str | None
    really_law_paragraph: str
    flag: str | None
    workplace: Named | None
    table: int
    table_reason: str
    hours: int | None
    hours_note: str
    hours_basis: dict[str, Any]
    visibility: str
    status: str
    status_label: str
    outcome: str | None
    outcome_label: str | None
    implemented_date: datetime.date | None
    open_promises: int
    evidence: str
    created_date: datetime.date
    published_date: datetime.date | None
    checked_by: str | None
    closed_reason: str
    parent: str | None
    merged_into: str | None
    examples_count: int | None
    supports: int | None
    referrals: list[ReferralOut]
    allowed_moves: list[str]


class DeskCaseList(Schema):
    count: int
    items: list[DeskCase]


class CaseEventOut(Schema):
    """One move: who, when, why, and which fields an edit changed."""

    move: str
    from_status: str
    to_status: str
    by: str | None
    on_date: datetime.date
    at: datetime.datetime | None
    why: str
    fields: list[str]
    referral: str | None


class Gathered(Schema):
    """An example of the case. `is_source`: the wording was made from it, so its writer limits how far it goes."""

    reference: str
    is_source: bool
    audience: str
    wording_shown_date: datetime.date | None
    wording_accepted_date: datetime.date | None


class DeskCaseDetail(DeskCase):
    limit: str
    examples: list[Gathered]
    events: list[CaseEventOut]


class ChangeOut(Schema):
    """How many said that it is gone, takes less time, is the same or is worse."""

    change: str
    label: str
    count: int


class DeskEffect(Schema):
    """What the writers said of the effect. `effect` and `counts` are empty while fewer than five have answered;
    `is_unsolved`: one of them says that it is the same or worse, and nobody has noted it (`note_effect`)."""

    implemented_date: datetime.date | None
    asked_date: datetime.date | None
    effect: EffectOut | None
    counts: list[ChangeOut]
    is_unsolved: bool


class SuggestedTable(Schema):
    value: int
    label: str
    reason: str


class Suggested(Named):
    reason: str


class SuggestedBody(Suggested):
    """A body, the number of the rule that points at it, and what is said beside its name («kendt pr. …»)."""

    rule: str
    note: str


class WayOut(Schema):
    """What the rules say for one cause. `is_suggested`: nobody has confirmed what the rule was found by.

    No body and no `halt`: a person decides; `missing` says which table to fill.
    """

    cause: Named | None
    rule: str | None
    reason: str
    is_suggested: bool
    trigger: str
    bodies: list[SuggestedBody]
    halt: str | None
    missing: list[str]


class SuggestedFlag(Schema):
    """A question for a person: a flag is never set from a text."""

    value: str
    label: str
    reason: str


class SuggestionsOut(Schema):
    """What the software suggests, each with its reason. A person decides."""

    table: SuggestedTable
    laws: list[Suggested]
    bodies: list[SuggestedBody]
    causes: list[Suggested]
    rule_level: Suggested | None
    flags: list[SuggestedFlag]
    ways: list[WayOut]


DeskCaseQuery: Any = query_for(CaseFilter, "DeskCaseQuery")


def visible(request: HttpRequest) -> QuerySet:
    """What the user may see, with all that a list prints."""
    referrals = Referral.objects.select_related("body").prefetch_related(
        "body__periods",
        "messages",
        "wordings",
        Prefetch("replies", Reply.objects.filter(is_proposal=False).prefetch_related("files__file")),
        Prefetch("files", ReferralFile.objects.select_related("file")),
    )
    return (
        with_counts(in_one(Case.objects.visible_to(request.user), request.user))
        .select_related(
            "organisation",
            "campaign",
            "area",
            "rule_level",
            "workplace",
            "checked_by",
            "parent",
            "merged_into",
        )
        .prefetch_related(
            "case_causes__cause", "case_laws__law", "workplace__periods", Prefetch("referrals", referrals)
        )
    )


def find_case(request: HttpRequest, reference: str) -> Case:
    """The case, if it is one of the user's; else there is none."""
    case = visible(request).filter(reference=reference).first()
    if case is None:
        raise Http404
    return case


def show(rows: list[Case], user: Any) -> list[dict]:
    """Cases as lists print them."""
    core_tasks = core_tasks_of(rows)
    partly = [case for case in rows if not can(user, "case.view", case.organisation_id)]
    prefetch_related_objects(partly, Prefetch("referrals", shown_referrals(), to_attr="asked"))
    return [show_case(case, core_tasks[case.pk], user) for case in rows]


def show_case(case: Case, core_task: Any, user: Any) -> dict:
    """One case, as much of it as the user's role shows."""
    moves = [move.name for move in available(case, user)]
    shown_case = {
        "reference": case.reference,
        "organisation": case.organisation.key,
        "campaign": case.campaign.slug if case.campaign else None,
        "version": case.version,
        "title": case.title,
        "problem": case.problem,
        "proposal": case.proposal,
        "legislation_text": case.legislation_text,
        "area": named(case.area),
        "area_text": case.area_text,
        "core_task": named(core_task),
        "causes": [named(row.cause) | {"is_main": row.is_main} for row in case.case_causes.all()],
        "laws": [show_law(row) for row in case.case_laws.all()],
        "rule_level": named(case.rule_level),
        "really_law": case.really_law or None,
        "really_law_paragraph": case.really_law_paragraph,
        "flag": case.flag or None,
        "workplace": named(case.workplace) if can(user, "example.raw", case.organisation_id) else None,
        "table": case.table,
        "table_reason": case.table_reason,
        "hours": case.hours,
        "hours_note": case.hours_note,
        "hours_basis": case.hours_basis,
        "visibility": case.visibility,
        "status": case.status,
        "status_label": case.get_status_display(),
        "outcome": case.outcome or None,
        "outcome_label": label_of(case.outcome),
        "implemented_date": case.implemented_date,
        "open_promises": case.open_promises,
        "evidence": case.evidence,
        "created_date": case.created_date,
        "published_date": case.published_date,
        "checked_by": str(case.checked_by) if case.checked_by else None,
        "closed_reason": case.closed_reason,
        "parent": case.parent.reference if case.parent else None,
        "merged_into": case.merged_into.reference if case.merged_into else None,
        "examples_count": case.example_count,
        "supports": case.support_count,
        "referrals": [show_referral(referral, case, moves) for referral in case.referrals.all()],
        "allowed_moves": moves,
    }
    return shown_case if can(user, "case.view", case.organisation_id) else for_committee(shown_case, case)


def for_committee(shown_case: dict, case: Case) -> dict:
    """What a committee member sees: the wording and its way, small figures withheld, and of what bodies said the
    released that holds; `case` with `asked`."""
    hidden = {"flag": None, "table_reason": "", "hours_note": "", "checked_by": None, "parent": None}
    referrals = {referral["id"]: referral for referral in shown_case["referrals"]}
    return (
        shown_case
        | hidden
        | {
            "examples_count": shown(case.example_count),
            "supports": shown(case.support_count),
            "referrals": [referrals[asked.pk] | released_of(asked) for asked in case.asked],
        }
    )


def released_of(referral: Referral) -> dict:
    """What takes the place of the referral's own where only what is released may be read; `referral` as
    `shown_referrals` gives it. A reply's predecessor stays unnamed: nobody outside may have seen it."""
    status = shown_status(referral)
    return {
        "status": status.value,
        "status_label": str(status.label),
        "reason": "",
        "paused_date": None,
        "files": [],
        "replies": [show_reply(reply) | {"supersedes": None} for reply in current_replies(referral)],
        "messages": [show_message(message) for message in referral.corrections],
    }


def show_law(row: Any) -> dict:
    """A cited rule."""
    return {
        "law": named(row.law),
        "cited_text": row.cited_text,
        "paragraphs": row.paragraphs,
        "cited_date": row.cited_date,
        "found_by": row.found_by,
    }


def show_one(request: HttpRequest, reference: str) -> dict:
    """The case as it is now."""
    return show([find_case(request, reference)], request.user)[0]


def show_event(event: CaseEvent) -> dict:
    """One line of the history."""
    return {
        "move": event.move,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "by": str(event.by) if event.by else None,
        "on_date": event.on_date,
        "at": event.at,
        "why": event.why,
        "fields": event.fields,
        "referral": str(event.referral_id) if event.referral_id else None,
    }


def show_gathered(case: Case) -> list[dict]:
    """The examples of the case, by reference; nothing of what they say."""
    return [
        {
            "reference": row.example.reference,
            "is_source": row.is_source,
            "audience": row.example.audience,
            "wording_shown_date": row.wording_shown_date,
            "wording_accepted_date": row.wording_accepted_date,
        }
        for row in case.case_examples.current().select_related("example")
    ]


@router.get("/desk/cases", response=DeskCaseList)
def list_desk_cases(request: HttpRequest, query: Query[DeskCaseQuery]):
    """Every case that the user may see."""
    check_own(request, query.organisation)
    found = filtered(CaseFilter, visible(request), query, request=request)
    return page_of(found, query, lambda rows: show(rows, request.user))


@router.get("/desk/cases/{reference:reference}", response=DeskCaseDetail)
def get_desk_case(request: HttpRequest, reference: str):
    """One case with its history, its examples (for a coordinator) and the moves that the user may make now."""
    case = find_case(request, reference)
    is_full = can(request.user, "case.view", case.organisation_id)
    sees_examples = can(request.user, "example.view", case.organisation_id)
    events = case.events.select_related("by") if is_full else []
    return show([case], request.user)[0] | {
        "limit": case.limit(),
        "examples": show_gathered(case) if sees_examples else [],
        "events": [show_event(event) for event in events],
    }


@router.get("/desk/cases/{reference:reference}/suggestions", response=SuggestionsOut)
def get_suggestions(request: HttpRequest, reference: str):
    """What is suggested for the case, each with its reason; and what the rules say for each cause."""
    case = find_case(request, reference)
    check_permission(request.user, "case.view", case.organisation_id)
    found = suggestions(case)

    def show_value(one):
        return named(one.value) | {"reason": one.reason}

    def show_body(one):
        return show_value(one) | {"rule": one.rule, "note": one.note}

    return {
        "table": {
            "value": found.table.value,
            "label": str(found.table.value.label),
            "reason": found.table.reason,
        },
        "laws": [show_value(one) for one in found.laws],
        "bodies": [show_body(one) for one in found.bodies],
        "causes": [show_value(one) for one in found.causes],
        "rule_level": show_value(found.rule_level) if found.rule_level else None,
        "flags": [
            {"value": one.value, "label": str(one.value.label), "reason": one.reason} for one in found.flags
        ],
        "ways": [
            {
                "cause": named(way.routed.cause) if way.routed.cause else None,
                "rule": way.routed.rule.key if way.routed.rule else None,
                "reason": way.routed.reason,
                "is_suggested": way.is_suggested,
                "trigger": way.trigger,
                "bodies": [show_body(one) for one in way.bodies],
                "halt": way.routed.halt or None,
                "missing": list(way.missing),
            }
            for way in found.ways
        ],
    }


@router.get("/desk/cases/{reference:reference}/effect", response=DeskEffect)
def get_effect(request: HttpRequest, reference: str):
    """Whether the time came back, as those said who were asked three months after it was done."""
    case = find_case(request, reference)
    check_permission(request.user, "case.view", case.organisation_id)
    counts = documented_effect(case).counts
    return {
        "implemented_date": case.implemented_date,
        "asked_date": case.effect_asked_date,
        "effect": show_effect(case),
        "counts": [
            {"change": change.value, "label": str(label), "count": count}
            for change, (label, count) in zip(Change, counts, strict=False)
        ],
        "is_unsolved": not_solved().filter(pk=case.pk).exists(),
    }
