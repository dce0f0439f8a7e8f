"""What is published, and «the same happens to me»."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Schema
from ninja import Status as Answer

from backend.cases.actions import support_case
from backend.cases.answers import current_replies, days_late, name_now, shown_status, with_answers
from backend.cases.effects import documented_effect
from backend.cases.filters import PublicCaseFilter
from backend.cases.lifecycle import Outcome, ReasonCode, Status
from backend.cases.models import Case, CaseLaw, Referral, Reply
from backend.cases.queries import shown, with_supports
from backend.cases.suggestions import core_tasks_of
from backend.examples.hours import hours_label, interval
from backend.examples.throttle import admit
from backend.organisations.permissions import moment

from .errors import problem
from .filtering import OfOrganisation, filtered, page_of, query_for
from .routing import Router
from .schemas import Input, Minutes, Named, Times, limited, month, named
from .tenants import open_organisation

router = Router(tags=["cases"])


class Hours(Schema):
    """The secretariat's estimate of hours a year, as a rounded interval."""

    low: int
    high: int
    label: str


class LawCited(Schema):
    """A rule that the case hits: as cited, and the law it was recognised as."""

    key: str | None
    name: str | None
    cited_text: str
    paragraphs: str


class PublicReply(Schema):
    """A body's answer that has been released."""

    outcome: str
    outcome_label: str
    reason_code: str | None
    reason: str | None
    text: str
    what: str
    by_whom: str
    promised_date: datetime.date | None
    place: str
    from_date: datetime.date | None
    to_date: datetime.date | None
    points_to: str
    med_discussed_date: datetime.date | None
    plan_url: str | None
    signed_title: str
    received_month: str
    implemented_month: str | None


class BodyAsked(Schema):
    """A body that has been asked, under the name it had then. `corrections`: what it says is wrong in the
    description. `days_late`: null where the organisation does not tell of it."""

    key: str
    name: str
    name_now: str
    status: str
    status_label: str
    sent_month: str | None
    days_late: int | None
    corrections: list[str]
    replies: list[PublicReply]


class CaseOut(Schema):
    """A published case. Dates are months; `supports` is null while under five."""

    reference: str
    organisation: str
    campaign: str | None
    url: str
    title: str
    problem: str
    proposal: str
    legislation: str
    area: Named | None
    core_task: Named | None
    laws: list[LawCited]
    status: str
    status_label: str
    outcome: str | None
    outcome_label: str | None
    implemented_month: str | None
    evidence: str | None
    bodies: list[BodyAsked]
    hours_per_year: Hours | None
    supports: int | None
    published_month: str


class EffectOut(Schema):
    """What the writers behind a case answered three months after it was done. `hours_freed`: the secretariat's
    estimate of hours a year that came back; null where the times of five are not known, or none came back."""

    answers: int
    hours_freed: Hours | None


class CaseStory(CaseOut):
    """A published case by itself. `effect` is null while fewer than five have answered."""

    effect: EffectOut | None


class CaseList(Schema):
    count: int
    items: list[CaseOut]


class SupportIn(Input):
    """One's own time, if one wants to tell it."""

    organisation: str | None = limited(40, "An organisation's key; overrules the host.")
    minutes: Minutes | None = None
    times: Times | None = None
    period: str | None = limited(12, "day, week, school_week, month or year")


class SupportsOut(Schema):
    """How many it also happens to: null while under five."""

    supports: int | None


CaseQuery: Any = query_for(PublicCaseFilter, "CaseQuery")


def label_of(outcome: str) -> str | None:
    """The outcome in words."""
    return str(Outcome(outcome).label) if outcome else None


def latest_reply(case: Case) -> Reply | None:
    """The newest released answer that holds, a question only where nothing else does; `case` as `with_answers`."""
    replies = [reply for referral in case.asked for reply in current_replies(referral)]
    answers = [reply for reply in replies if reply.answer != Outcome.LACKS_FACTS]
    return max(answers or replies, key=lambda reply: (reply.received_date, reply.released_at), default=None)


def published_cases(organisation, query) -> QuerySet:
    """The organisation's published cases, narrowed by the query."""
    public = Case.objects.public().filter(organisation=organisation)
    found = filtered(PublicCaseFilter, public, query, organisation=organisation)
    if query.ordering is None:
        found = found.order_by("-published_date", "reference")
    return with_everything(found)


def with_everything(cases: QuerySet) -> QuerySet:
    """`cases` with all that `show_cases` prints."""
    laws = CaseLaw.objects.select_related("law").order_by("id")
    # Fetched once for many cases each, not once for every row.
    shared = ("organisation", "campaign", "area")
    return (
        with_answers(with_supports(cases))
        .defer("stems")
        .prefetch_related(*shared, Prefetch("case_laws", laws, to_attr="cited"))
    )


def show_cases(cases: list[Case], request: HttpRequest) -> list[dict]:
    """The cases as everyone sees them."""
    core_tasks = core_tasks_of(cases)
    # Said once for all that have it in common: open data is a hundred thousand of these.
    hours = {value: show_hours(value) for value in {case.hours for case in cases}}
    labels = {status: str(Status(status).label) for status in {case.status for case in cases}}
    address = request.build_absolute_uri("/forslag/")
    return [
        {
            **show_words(case),
            "url": f"{address}{case.reference}/",
            "core_task": named(core_tasks[case.pk]),
            "status_label": labels[case.status],
            "hours_per_year": hours[case.hours],
        }
        for case in cases
    ]


def show_words(case: Case) -> dict:
    """What stands on the case and what hangs on it."""
    return {
        "reference": case.reference,
        "organisation": case.organisation.key,
        "campaign": case.campaign.slug if case.campaign else None,
        "title": case.title,
        "problem": case.problem,
        "proposal": case.proposal,
        "legislation": case.legislation_text,
        "area": named(case.area),
        "laws": [show_law(row) for row in case.cited],
        "status": case.status,
        "outcome": case.outcome or None,
        "outcome_label": label_of(case.outcome),
        "implemented_month": month(case.implemented_date),
        "evidence": case.evidence or None,
        "bodies": [show_body(referral) for referral in case.asked],
        "supports": shown(case.support_count),
        "published_month": month(case.published_date),
    }


def show_law(row) -> dict:
    """A cited rule."""
    law = row.law
    return {
        "key": law.key if law else None,
        "name": law.popular_name if law else None,
        "cited_text": row.cited_text,
        "paragraphs": row.paragraphs,
    }


def show_hours(hours: int | None) -> dict | None:
    """The estimate as an interval."""
    if hours is None:
        return None
    low, high = interval(Decimal(hours))
    return {"low": low, "high": high, "label": hours_label(Decimal(hours))}


def show_effect(case: Case) -> dict | None:
    """The documented effect, once five have answered (P-5)."""
    effect = documented_effect(case)
    if not effect.is_shown:
        return None
    freed = effect.freed
    return {
        "answers": effect.answers,
        "hours_freed": show_hours(int(freed)) if freed is not None and freed > 0 else None,
    }


def show_body(referral: Referral) -> dict:
    """A body that was asked. An answer that waits for release does not show, nor that there is one."""
    status = shown_status(referral)
    then = referral.body_name_then
    is_told = referral.case.organisation.is_lateness_public
    return {
        "key": referral.body.key,
        "name": then,
        "name_now": name_now(referral.body, then) or then,
        "status": status.value,
        "status_label": str(status.label),
        "sent_month": month(referral.sent_date),
        "days_late": days_late(referral, at=moment(None)) if is_told else None,
        "corrections": [message.text for message in referral.corrections],
        "replies": [show_reply(reply) for reply in current_replies(referral)],
    }


def show_reply(reply: Reply) -> dict:
    """A released answer."""
    return {
        "outcome": reply.answer,
        "outcome_label": label_of(reply.answer),
        "reason_code": reply.reason_code or None,
        "reason": str(ReasonCode(reply.reason_code).label) if reply.reason_code else None,
        "text": reply.text,
        "what": reply.what,
        "by_whom": reply.by_whom,
        "promised_date": reply.promised_date,
        "place": reply.place,
        "from_date": reply.from_date,
        "to_date": reply.to_date,
        "points_to": reply.points_to,
        "med_discussed_date": reply.med_discussed_date,
        "plan_url": reply.plan_url or None,
        "signed_title": reply.signed_title,
        "received_month": month(reply.received_date),
        "implemented_month": month(reply.implemented_date),
    }


@router.get("/cases", response=CaseList)
def list_cases(request: HttpRequest, query: Query[CaseQuery]):
    """The organisation's published cases."""
    organisation = open_organisation(request, query.organisation)
    return page_of(published_cases(organisation, query), query, lambda rows: show_cases(rows, request))


@router.get("/cases/{reference:reference}", response=CaseStory)
def get_case(request: HttpRequest, reference: str, query: Query[OfOrganisation]):
    """One published case."""
    public = Case.objects.public().filter(organisation=open_organisation(request, query.organisation))
    found = list(with_everything(public.filter(reference=reference)))
    if not found:
        raise Http404
    return {**show_cases(found, request)[0], "effect": show_effect(found[0])}


@router.post("/cases/{reference:reference}/supports", response={201: SupportsOut}, throttle=[])
def support(
    request: HttpRequest, reference: str, query: Query[OfOrganisation], body: SupportIn | None = None
):
    """«The same happens to me». Nobody is stored, only that it was said."""
    body = body or SupportIn()
    organisation = open_organisation(request, body.organisation or query.organisation)
    public = Case.objects.public().filter(organisation=organisation)
    case = public.filter(reference=reference).first()
    if case is None:
        raise Http404
    passage = admit("support", request, subject=case.reference)
    if passage.retry_after:
        return problem(429, retry_after=passage.retry_after)
    support_case(
        case=case,
        minutes=body.minutes,
        times=body.times,
        period=body.period or "",
        is_quarantined=passage.is_quarantined,
    )
    return Answer(201, {"supports": shown(with_supports(public).get(pk=case.pk).support_count)})
