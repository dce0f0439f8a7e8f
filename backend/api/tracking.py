"""The writer's own view and dialogue, opened by the tracking code in a header: never in an address, never in a log."""

import contextlib
import datetime
from decimal import Decimal
from urllib.parse import unquote

from django.http import Http404, HttpRequest
from ninja import Header, Schema

from backend.cases.actions import (
    accept_wording,
    accept_workplace,
    answer_effect,
    object_to_wording,
    withdraw,
)
from backend.cases.following import Followed, follow
from backend.cases.models import Case, CaseExample, Visibility
from backend.examples.actions import add_message, answer, delete_contact, open_example, replace_code
from backend.examples.lifecycle import Status, available_to_submitter
from backend.examples.models import Example, TrackingCode
from backend.organisations.permissions import moment

from .cases import BodyAsked, label_of, month, show_body
from .errors import Problem
from .routing import Router
from .schemas import Input, Minutes, Nothing, Times, limited
from .throttling import TRACKING

router = Router(tags=["tracking"], throttle=TRACKING)

Code = Header(
    None,
    alias="X-Tracking-Code",
    description="The eight words, in UTF-8, Latin-1 or percent-encoded. A wrong code and none: 404, alike.",
)
LONGEST_CODE = 300


class MessageIn(Input):
    """An answer to the secretariat's question, or something to add."""

    text: str = limited(8000, default=...)


class EffectIn(Input):
    """Whether the time came back, and how long it takes now."""

    change: str = limited(8, "gone, less, same or worse", default=...)
    minutes: Minutes | None = None
    times: Times | None = None
    period: str | None = limited(12, "day, week, school_week, month or year")


class WordingIn(Input):
    """Which wording the yes is to."""

    version: int | None = None


class NewCode(Schema):
    """The new tracking code. It is nowhere else."""

    tracking_code: str


class QuestionOut(Schema):
    """What a body would like to know; it is answered with a message."""

    body: str
    text: str


class MessageOut(Schema):
    """One turn of the dialogue."""

    from_submitter: bool
    text: str
    on_date: datetime.date


class EventOut(Schema):
    """Something that happened to the example."""

    move: str
    status: str
    status_label: str
    on_date: datetime.date
    why: str


class Wording(Schema):
    """The secretariat's wording, where the writer asked to see it before it goes further."""

    version: int
    title: str
    problem: str
    proposal: str
    shown_date: datetime.date
    accepted_date: datetime.date | None


class BodyFollowed(BodyAsked):
    """A body that has been asked, with the secretariat's reason for choosing it."""

    why: str


class TrackedCase(Schema):
    """The case that the example is part of; its reference and address once it is published."""

    status: str
    status_label: str
    outcome: str | None
    outcome_label: str | None
    implemented_month: str | None
    evidence: str | None
    closed_reason: str | None
    bodies: list[BodyFollowed]
    questions: list[QuestionOut]
    reference: str | None
    url: str | None


class TrackingOut(Schema):
    """What the writer may see. The example's own words are not repeated here."""

    reference: str
    status: str
    status_label: str
    campaign: str
    submitted_date: datetime.date
    read_by_date: datetime.date | None
    messages: list[MessageOut]
    events: list[EventOut]
    case: TrackedCase | None
    wording: Wording | None
    allowed_moves: list[str]


def as_typed(header: str) -> str:
    """The words of a header: Danish letters arrive as UTF-8 from some clients, as Latin-1 from others."""
    with contextlib.suppress(UnicodeError):
        header = header.encode("latin-1").decode("utf-8")
    return unquote(header)


def tracked(code: str | None) -> Example:
    """The example that the code opens; 404 for a wrong code and for none, at the same cost."""
    example = open_example(code=as_typed((code or "")[:LONGEST_CODE]))
    if example is None:
        raise Http404
    return example


def show(example: Example, request: HttpRequest) -> dict:
    """The writer's view of the example as it is now."""
    example.refresh_from_db(fields=["status"])
    followed = follow(example)
    row = followed.row
    moves = [move.name for move in available_to_submitter(example)]
    if example.status not in (Status.WITHDRAWN, Status.ERASED):
        moves.append("add_message")
    if row and row.wording_shown_date and row.wording_accepted_date is None:
        moves.extend(["accept_wording", "object_to_wording"])
    if followed.asks_workplace:
        moves.append("accept_workplace")
    if followed.asks_effect:
        moves.append("answer_effect")
    return {
        "reference": example.reference,
        "status": example.status,
        "status_label": example.get_status_display(),
        "campaign": example.campaign.slug,
        "submitted_date": example.submitted_date,
        "read_by_date": example.read_by_date() if example.status == Status.RECEIVED else None,
        "messages": list(example.messages.all()),
        "events": [
            {
                "move": event.move,
                "status": event.to_status,
                "status_label": str(event.get_to_status_display()),
                "on_date": event.on_date,
                "why": event.why,
            }
            for event in example.events.filter(is_public=True)
        ],
        "case": show_case(followed.case, followed, request) if followed.case else None,
        "wording": show_wording(row) if row and row.wording_shown_date else None,
        "allowed_moves": moves,
    }


def show_case(case: Case, followed: Followed, request: HttpRequest) -> dict:
    """The case as its writers follow it: who was asked, what they answered and what came of it."""
    is_public = case.visibility == Visibility.PUBLIC and case.merged_into_id is None
    return {
        "status": case.status,
        "status_label": case.get_status_display(),
        "outcome": case.outcome or None,
        "outcome_label": label_of(case.outcome),
        "implemented_month": month(case.implemented_date),
        "evidence": case.evidence if case.implemented_date else None,
        "closed_reason": case.closed_reason or None,
        "bodies": [{**show_body(referral), "why": referral.reason} for referral in followed.asked],
        "questions": [{"body": body, "text": reply.text} for body, reply in followed.questions],
        "reference": case.reference if is_public else None,
        "url": request.build_absolute_uri(f"/forslag/{case.reference}/") if is_public else None,
    }


def show_wording(row: CaseExample) -> dict:
    """The wording that was made from the example."""
    return {
        "version": row.case.version,
        "title": row.case.title,
        "problem": row.case.problem,
        "proposal": row.case.proposal,
        "shown_date": row.wording_shown_date,
        "accepted_date": row.wording_accepted_date,
    }


@router.get("/tracking", response=TrackingOut)
def get_tracking(request: HttpRequest, code: str | None = Code):
    """The status of one's own example, and the secretariat's questions."""
    return show(tracked(code), request)


@router.post("/tracking/messages", response={200: TrackingOut, 409: Problem})
def send_message(request: HttpRequest, body: MessageIn, code: str | None = Code):
    """Answer the secretariat's question, or add something."""
    example = tracked(code)
    act = answer if example.status == Status.AWAITING_SUBMITTER else add_message
    act(example=example, text=body.text, at=moment(None))
    return show(example, request)


@router.post("/tracking/withdraw", response={200: TrackingOut, 409: Problem})
def withdraw_example(request: HttpRequest, body: Nothing | None = None, code: str | None = Code):
    """Withdraw the example: the words are removed for good."""
    example = tracked(code)
    withdraw(example=example)
    return show(example, request)


@router.post("/tracking/accept_wording", response=TrackingOut)
def say_yes_to_wording(request: HttpRequest, body: WordingIn | None = None, code: str | None = Code):
    """Say yes to the secretariat's wording; with its `version`, only if it has not been changed since."""
    example = tracked(code)
    accept_wording(example=example, version=body.version if body else None)
    return show(example, request)


@router.post("/tracking/object_to_wording", response=TrackingOut)
def say_no_to_wording(request: HttpRequest, body: MessageIn, code: str | None = Code):
    """Say what is wrong with the wording; the case waits."""
    example = tracked(code)
    object_to_wording(example=example, text=body.text)
    return show(example, request)


@router.post("/tracking/accept_workplace", response=TrackingOut)
def say_yes_to_workplace(request: HttpRequest, body: Nothing | None = None, code: str | None = Code):
    """Say yes to one's workplace being asked, though it was to be spared."""
    example = tracked(code)
    accept_workplace(example=example)
    return show(example, request)


@router.post("/tracking/effect", response=TrackingOut)
def tell_effect(request: HttpRequest, body: EffectIn, code: str | None = Code):
    """Say whether the time came back. Asked once, three months after it was done."""
    example = tracked(code)
    answer_effect(
        example=example,
        change=body.change,
        minutes=None if body.minutes is None else Decimal(str(body.minutes)),
        times=body.times,
        period=body.period or "",
    )
    return show(example, request)


@router.post("/tracking/code", response=NewCode)
def give_new_code(request: HttpRequest, body: Nothing | None = None, code: str | None = Code):
    """A new tracking code on proof of the old one, which opens nothing once the new one has been used."""
    example = tracked(code)
    try:
        fresh = replace_code(example=example, code=as_typed((code or "")[:LONGEST_CODE]))
    except TrackingCode.DoesNotExist:
        raise Http404 from None
    return {"tracking_code": fresh}


@router.post("/tracking/contact/delete", response=TrackingOut)
def take_address_back(request: HttpRequest, body: Nothing | None = None, code: str | None = Code):
    """Delete the writer's address, if there is one."""
    example = tracked(code)
    delete_contact(example=example)
    return show(example, request)
