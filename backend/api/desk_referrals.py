"""The secretariat's work with referrals and replies."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Schema

from backend.cases import actions
from backend.cases.filters import ReferralFilter
from backend.cases.lifecycle import REFERRAL_MOVES, Outcome, available
from backend.cases.models import Case, Referral, Reply

from .cases import label_of
from .errors import Problem
from .filtering import filtered, page_of, query_for
from .routing import Router
from .schemas import Input, Named, Nothing, WhyIn, limited
from .tenants import check_own, in_one

router = Router(tags=["desk: referrals"], is_staff=True)

# A referral's moves that a person at the desk makes, and the case's move that must be open for it.
DESK_MOVES = {
    "refer": "refer",
    "reply": "record_reply",
    "ask_back": "record_reply",
    "hand_back": "record_reply",
    "cancel_referral": "cancel_referral",
}


class ReplyOut(Schema):
    """A body's answer; outside the desk it shows once it is released."""

    id: UUID
    answer: str
    answer_label: str
    reason_code: str | None
    text: str
    what: str
    by_whom: str
    promised_date: datetime.date | None
    place: str
    from_date: datetime.date | None
    to_date: datetime.date | None
    points_to: str
    channel: str
    signed_name: str
    signed_title: str
    received_date: datetime.date
    released_at: datetime.datetime | None


class ReferralOut(Schema):
    """One body asked about one case, under the name it had then."""

    id: UUID
    case: str
    body: Named
    status: str
    status_label: str
    question: str
    reason: str
    prepared_date: datetime.date
    sent_date: datetime.date | None
    due_at: datetime.datetime | None
    replies: list[ReplyOut]
    allowed_moves: list[str]


class ReferralList(Schema):
    count: int
    items: list[ReferralOut]


class ReplyBase(Input):
    """Who signed, and when it came; left out: today."""

    text: str | None = limited(8000)
    signed_name: str | None = limited(120)
    signed_title: str | None = limited(120)
    received_date: datetime.date | None = None


class ReplyIn(ReplyBase):
    """What a body answered. What each answer needs stands in the contract (`outcome of a reply`)."""

    answer: str = limited(16, "follow, partly, not, trial, exemption or already_allowed", default=...)
    reason_code: str | None = limited(16, "law_requires, safety, cost, other_priority, disagree or other")
    what: str | None = limited(1000)
    by_whom: str | None = limited(200)
    promised_date: datetime.date | None = None
    place: str | None = limited(200)
    from_date: datetime.date | None = None
    to_date: datetime.date | None = None


class AskBackIn(ReplyBase):
    """The body lacks facts: its question."""


class HandBackIn(ReplyBase):
    """Not with this body: whom to try instead."""

    points_to: str = limited(200, default=...)


class ReplyChoice(Input):
    """Which reply."""

    reply: UUID


class ReplyWithdrawal(WhyIn):
    reply: UUID


ReferralQuery: Any = query_for(ReferralFilter, "ReferralQuery")


def visible(request: HttpRequest) -> QuerySet:
    """The referrals that the user may see, with all that a list prints."""
    return (
        in_one(Referral.objects.visible_to(request.user), request.user, "case__organisation")
        .select_related("body", "case__organisation", "case__merged_into")
        .prefetch_related("body__periods", Prefetch("replies", Reply.objects.all()))
    )


def find_referral(request: HttpRequest, pk: UUID) -> Referral:
    """The referral, if it is one of the user's; else there is none."""
    referral = visible(request).filter(pk=pk).first()
    if referral is None:
        raise Http404
    return referral


def find_reply(referral: Referral, pk: UUID) -> Reply:
    """A reply of the referral; else there is none."""
    reply = (
        Reply.objects.filter(referral=referral, pk=pk).select_related("referral__case__organisation").first()
    )
    if reply is None:
        raise Http404
    return reply


def show_referral(referral: Referral, case: Case, case_moves: list[str]) -> dict:
    """A referral with its replies; `case_moves` are the moves that the user may make with its case now."""
    replies = list(referral.replies.all())
    moves = [
        name
        for name, case_move in DESK_MOVES.items()
        if case_move in case_moves and referral.status in REFERRAL_MOVES[name][0]
    ]
    if "release_reply" in case_moves and any(reply.released_at is None for reply in replies):
        moves.append("release_reply")
    if "withdraw_reply" in case_moves and any(reply.released_at is not None for reply in replies):
        moves.append("withdraw_reply")
    return {
        "id": referral.pk,
        "case": case.reference,
        "body": {"key": referral.body.key, "name": referral.body_name_then},
        "status": referral.status,
        "status_label": referral.get_status_display(),
        "question": referral.question,
        "reason": referral.reason,
        "prepared_date": referral.prepared_date,
        "sent_date": referral.sent_date,
        "due_at": referral.due_at,
        "replies": [show_reply(reply) for reply in replies],
        "allowed_moves": moves,
    }


def show_reply(reply: Reply) -> dict:
    """A reply as the secretariat sees it."""
    return {
        "id": reply.pk,
        "answer": reply.answer,
        "answer_label": label_of(reply.answer),
        "reason_code": reply.reason_code or None,
        "text": reply.text,
        "what": reply.what,
        "by_whom": reply.by_whom,
        "promised_date": reply.promised_date,
        "place": reply.place,
        "from_date": reply.from_date,
        "to_date": reply.to_date,
        "points_to": reply.points_to,
        "channel": reply.channel,
        "signed_name": reply.signed_name,
        "signed_title": reply.signed_title,
        "received_date": reply.received_date,
        "released_at": reply.released_at,
    }


def show(referral: Referral, user: Any) -> dict:
    """A referral by itself."""
    return show_referral(referral, referral.case, [move.name for move in available(referral.case, user)])


def show_again(request: HttpRequest, referral: Referral) -> dict:
    """The referral as it is after a move."""
    return show(find_referral(request, referral.pk), request.user)


@router.get("/desk/referrals", response=ReferralList)
def list_desk_referrals(request: HttpRequest, query: Query[ReferralQuery]):
    """The referrals of the cases that the user may see."""
    check_own(request, query.organisation)
    found = filtered(ReferralFilter, visible(request), query, request=request)
    return page_of(found, query, lambda rows: [show(row, request.user) for row in rows])


@router.get("/desk/referrals/{uuid:pk}", response=ReferralOut)
def get_desk_referral(request: HttpRequest, pk: UUID):
    """One referral with its replies."""
    return show(find_referral(request, pk), request.user)


def _move(path: str):
    return router.post(f"/desk/referrals/{{uuid:pk}}/{path}", response={200: ReferralOut, 409: Problem})


@_move("refer")
def refer_one(request: HttpRequest, pk: UUID, body: Nothing | None = None):
    """Record that this prepared referral has been sent."""
    referral = find_referral(request, pk)
    actions.refer(case=referral.case, referrals=[referral], by=request.user)
    return show_again(request, referral)


@_move("reply")
def reply(request: HttpRequest, pk: UUID, body: ReplyIn):
    """Enter what the body answered. Nobody outside the desk sees it before it is released."""
    return _record(request, pk, body, body.answer)


@_move("ask_back")
def ask_back(request: HttpRequest, pk: UUID, body: AskBackIn):
    """The body asks back: it lacks facts."""
    return _record(request, pk, body, Outcome.LACKS_FACTS)


@_move("hand_back")
def hand_back(request: HttpRequest, pk: UUID, body: HandBackIn):
    """The body says that it is not with them, and whom to try."""
    return _record(request, pk, body, Outcome.NOT_OURS)


def _record(request: HttpRequest, pk: UUID, body: ReplyBase, answer: str) -> dict:
    referral = find_referral(request, pk)
    values = body.model_dump(exclude={"answer"}, exclude_unset=True)
    actions.record_reply(referral=referral, answer=answer, by=request.user, **values)
    return show_again(request, referral)


@_move("release_reply")
def release_reply(request: HttpRequest, pk: UUID, body: ReplyChoice):
    """Let writers, committee and public see a reply. The case takes its outcome."""
    referral = find_referral(request, pk)
    actions.release_reply(reply=find_reply(referral, body.reply), by=request.user)
    return show_again(request, referral)


@_move("withdraw_reply")
def withdraw_reply(request: HttpRequest, pk: UUID, body: ReplyWithdrawal):
    """Take a released reply back from outside view."""
    referral = find_referral(request, pk)
    actions.withdraw_reply(reply=find_reply(referral, body.reply), why=body.why, by=request.user)
    return show_again(request, referral)


@_move("cancel_referral")
def cancel_referral(request: HttpRequest, pk: UUID, body: WhyIn):
    """Take the referral back: the body no longer owes an answer."""
    referral = find_referral(request, pk)
    actions.cancel_referral(referral=referral, why=body.why, by=request.user)
    return show_again(request, referral)
