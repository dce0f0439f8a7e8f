"""The secretariat's work with referrals and replies."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Schema
from pydantic import StrictBool

from backend.cases import actions
from backend.cases.answers import days_late
from backend.cases.filters import ReferralFilter
from backend.cases.lifecycle import CASE_OUTCOMES, REFERRAL_MOVES, Outcome, available
from backend.cases.models import Case, Referral, ReferralMessage, Reply
from backend.cases.wordings import is_reworded
from backend.organisations.permissions import moment

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
    "acknowledge": "record_reply",
    "answer_body": "record_reply",
    "reply": "record_reply",
    "correct_reply": "record_reply",
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
    med_discussed_date: datetime.date | None
    plan_url: str | None
    channel: str
    signed_name: str
    signed_title: str
    received_date: datetime.date
    held_until: datetime.date | None
    held_note: str
    supersedes: UUID | None
    files: list[str]
    released_at: datetime.datetime | None
    taken_back_at: datetime.datetime | None
    implemented_date: datetime.date | None
    evidence: str


class MessageOut(Schema):
    """What is said beside a reply: the body corrects the description, or we answer its question."""

    id: UUID
    kind: str
    text: str
    on_date: datetime.date
    signed_name: str
    signed_title: str
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
    rule: str | None
    overrides_rule: str | None
    prepared_date: datetime.date
    sent_date: datetime.date | None
    acknowledged_date: datetime.date | None
    paused_date: datetime.date | None
    due_at: datetime.datetime | None
    is_overdue: bool
    is_reworded: bool
    replies: list[ReplyOut]
    messages: list[MessageOut]
    allowed_moves: list[str]


class ReferralList(Schema):
    count: int
    items: list[ReferralOut]


class ReplyBase(Input):
    """Who signed, how it came, and when; left out: today."""

    text: str | None = limited(8000)
    channel: str | None = limited(20, "mail, letter, phone, meeting or secretariat")
    med_discussed_date: datetime.date | None = None
    plan_url: str | None = limited(500, "https only")
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


class TickedReply(ReplyChoice):
    """`no_personal_data`: the tick, needed where something in the text looks like a name, a number or an address."""

    no_personal_data: StrictBool = False


class HoldIn(Input):
    """Until when a reply is held back, and why; null: no longer."""

    reply: UUID
    held_until: datetime.date | None
    held_note: str | None = limited(200)


class CorrectionIn(ReplyIn):
    """A reply entered anew: the new one waits to be released, the old one stays until then."""

    reply: UUID


class SeenIn(Input):
    """When the body said that it had seen it; left out: today."""

    acknowledged_date: datetime.date | None = None


class AnswerIn(Input):
    text: str = limited(4000, default=...)


class MessageChoice(Input):
    """Which correction."""

    message: UUID
    no_personal_data: StrictBool = False


class MessageWithdrawal(WhyIn):
    message: UUID


class ReplyWithdrawal(WhyIn):
    reply: UUID


ReferralQuery: Any = query_for(ReferralFilter, "ReferralQuery")


def visible(request: HttpRequest) -> QuerySet:
    """The referrals that the user may see, with all that a list prints."""
    return (
        in_one(Referral.objects.visible_to(request.user), request.user, "case__organisation")
        .select_related("body", "case__organisation", "case__merged_into")
        .prefetch_related(
            "body__periods",
            Prefetch("replies", Reply.objects.filter(is_proposal=False).prefetch_related("files__file")),
            "messages",
            "wordings",
        )
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
        Reply.objects.filter(referral=referral, pk=pk, is_proposal=False)
        .select_related("referral__case__organisation")
        .first()
    )
    if reply is None:
        raise Http404
    return reply


def find_message(referral: Referral, pk: UUID) -> ReferralMessage:
    """A correction of the referral's body; else there is none."""
    message = referral.messages.filter(pk=pk, kind="correction").select_related("referral__case").first()
    if message is None:
        raise Http404
    return message


def show_referral(referral: Referral, case: Case, case_moves: list[str]) -> dict:
    """A referral with its replies; `case_moves` are the moves that the user may make with its case now."""
    replies = list(referral.replies.all())
    moves = [
        name
        for name, case_move in DESK_MOVES.items()
        if case_move in case_moves and referral.status in REFERRAL_MOVES[name][0]
    ]
    is_changed = is_reworded(referral)
    if is_changed and "refer" in case_moves and referral.status in REFERRAL_MOVES["send_wording"][0]:
        moves.append("send_wording")
    replaced = {reply.supersedes_id for reply in replies}
    waiting = [
        reply
        for reply in replies
        if reply.released_at is None and reply.taken_back_at is None and reply.pk not in replaced
    ]
    if "release_reply" in case_moves and waiting:
        moves += ["release_reply", "hold_reply"]
    is_out = any(reply.released_at is not None and reply.answer in CASE_OUTCOMES for reply in replies)
    if "withdraw_reply" in case_moves and any(
        reply.answer not in CASE_OUTCOMES or not is_out for reply in waiting
    ):
        moves.append("take_back_reply")
    if "withdraw_reply" in case_moves and any(reply.released_at is not None for reply in replies):
        moves.append("withdraw_reply")
    corrections = [message for message in referral.messages.all() if message.kind == "correction"]
    if "release_reply" in case_moves and any(message.released_at is None for message in corrections):
        moves.append("release_message")
    if "withdraw_reply" in case_moves and any(message.released_at is not None for message in corrections):
        moves.append("withdraw_message")
    return {
        "id": referral.pk,
        "case": case.reference,
        "body": {"key": referral.body.key, "name": referral.body_name_then},
        "status": referral.status,
        "status_label": referral.get_status_display(),
        "question": referral.question,
        "reason": referral.reason,
        "rule": referral.rule_key or None,
        "overrides_rule": referral.overrides_rule or None,
        "prepared_date": referral.prepared_date,
        "sent_date": referral.sent_date,
        "acknowledged_date": referral.acknowledged_date,
        "paused_date": referral.paused_date,
        "due_at": referral.due_at,
        "is_overdue": days_late(referral, at=moment(None)) > 0,
        "is_reworded": is_changed,
        "replies": [show_reply(reply) for reply in replies],
        "messages": [show_message(message) for message in referral.messages.all()],
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
        "med_discussed_date": reply.med_discussed_date,
        "plan_url": reply.plan_url or None,
        "channel": reply.channel,
        "signed_name": reply.signed_name,
        "signed_title": reply.signed_title,
        "received_date": reply.received_date,
        "held_until": reply.held_until,
        "held_note": reply.held_note,
        "supersedes": reply.supersedes_id,
        "files": [row.file.name for row in reply.files.all()],
        "released_at": reply.released_at,
        "taken_back_at": reply.taken_back_at,
        "implemented_date": reply.implemented_date,
        "evidence": reply.evidence,
    }


def show_message(message: ReferralMessage) -> dict:
    """What was said beside the reply."""
    return {
        "id": message.pk,
        "kind": message.kind,
        "text": message.text,
        "on_date": message.on_date,
        "signed_name": message.signed_name,
        "signed_title": message.signed_title,
        "released_at": message.released_at,
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
    actions.record_reply(referral=referral, answer=answer, by=request.user, **given(body, "answer"))
    return show_again(request, referral)


def given(body: Input, *apart: str) -> dict:
    """What was sent of a reply; a null is as good as left out."""
    return body.model_dump(exclude=set(apart), exclude_none=True)


@_move("acknowledge")
def acknowledge(request: HttpRequest, pk: UUID, body: SeenIn | None = None):
    """Record that the body has seen the referral, as it said by phone or letter."""
    referral = find_referral(request, pk)
    seen = body.acknowledged_date if body else None
    actions.acknowledge(referral=referral, acknowledged_date=seen, by=request.user)
    return show_again(request, referral)


@_move("answer_body")
def answer_body(request: HttpRequest, pk: UUID, body: AnswerIn):
    """Answer the body's question; its deadline is moved on by the days that the question waited."""
    referral = find_referral(request, pk)
    actions.answer_body(referral=referral, text=body.text, by=request.user)
    return show_again(request, referral)


@_move("correct_reply")
def correct_reply(request: HttpRequest, pk: UUID, body: CorrectionIn):
    """Enter a reply anew. The new one waits to be released; until then the old one stays as it is."""
    referral = find_referral(request, pk)
    reply = find_reply(referral, body.reply)
    actions.correct_reply(reply=reply, answer=body.answer, by=request.user, **given(body, "answer", "reply"))
    return show_again(request, referral)


@_move("release_reply")
def release_reply(request: HttpRequest, pk: UUID, body: TickedReply):
    """Let writers, committee and public see a reply. The case takes its outcome."""
    referral = find_referral(request, pk)
    actions.release_reply(
        reply=find_reply(referral, body.reply), no_personal_data=body.no_personal_data, by=request.user
    )
    return show_again(request, referral)


@_move("take_back_reply")
def take_back_reply(request: HttpRequest, pk: UUID, body: ReplyWithdrawal):
    """It was no answer after all, such as one entered on the wrong row: the body owes its answer again."""
    referral = find_referral(request, pk)
    actions.take_back_reply(reply=find_reply(referral, body.reply), why=body.why, by=request.user)
    return show_again(request, referral)


@_move("hold_reply")
def hold_reply(request: HttpRequest, pk: UUID, body: HoldIn):
    """Hold a received reply back, or no longer. Nothing is released by itself on that day."""
    referral = find_referral(request, pk)
    actions.hold_replies(
        replies=[find_reply(referral, body.reply)],
        until=body.held_until,
        note=body.held_note or "",
        by=request.user,
    )
    return show_again(request, referral)


@_move("release_message")
def release_message(request: HttpRequest, pk: UUID, body: MessageChoice):
    """Show the body's correction beside the case's description."""
    referral = find_referral(request, pk)
    message = find_message(referral, body.message)
    actions.release_message(message=message, no_personal_data=body.no_personal_data, by=request.user)
    return show_again(request, referral)


@_move("withdraw_message")
def withdraw_message(request: HttpRequest, pk: UUID, body: MessageWithdrawal):
    """Take the body's correction off again."""
    referral = find_referral(request, pk)
    actions.withdraw_message(message=find_message(referral, body.message), why=body.why, by=request.user)
    return show_again(request, referral)


@_move("withdraw_reply")
def withdraw_reply(request: HttpRequest, pk: UUID, body: ReplyWithdrawal):
    """Take a released reply back from outside view."""
    referral = find_referral(request, pk)
    actions.withdraw_reply(reply=find_reply(referral, body.reply), why=body.why, by=request.user)
    return show_again(request, referral)


@_move("send_wording")
def send_wording(request: HttpRequest, pk: UUID, body: Nothing | None = None):
    """Let the body read what the case says now; until then it reads what it was sent."""
    referral = find_referral(request, pk)
    actions.send_wording(referral=referral, by=request.user)
    return show_again(request, referral)


@_move("cancel_referral")
def cancel_referral(request: HttpRequest, pk: UUID, body: WhyIn):
    """Take the referral back: the body no longer owes an answer."""
    referral = find_referral(request, pk)
    actions.cancel_referral(referral=referral, why=body.why, by=request.user)
    return show_again(request, referral)
