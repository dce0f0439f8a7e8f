"""The secretariat's referrals and what bodies said: the list, and one by itself."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Schema

from backend.cases.answers import days_late
from backend.cases.filters import ReferralFilter
from backend.cases.lifecycle import CASE_OUTCOMES, REFERRAL_MOVES, available
from backend.cases.models import Case, Referral, ReferralFile, ReferralMessage, Reply
from backend.cases.wordings import is_reworded
from backend.organisations.permissions import moment

from .cases import label_of
from .filtering import filtered, page_of, query_for
from .routing import Router
from .schemas import Named
from .tenants import check_own, in_one

router = Router(tags=["desk: referrals"], is_staff=True)

# A referral's moves that a person at the desk makes, and the case's move that must be open for it.
DESK_MOVES = {
    "attach_files": "prepare_referral",
    "remove_file": "prepare_referral",
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


class FileOut(Schema):
    """A file that goes along with the row; once sent, under the name that it went out under."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str


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
    files: list[FileOut]
    replies: list[ReplyOut]
    messages: list[MessageOut]
    allowed_moves: list[str]


class ReferralList(Schema):
    count: int
    items: list[ReferralOut]


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
            Prefetch("files", ReferralFile.objects.select_related("file")),
        )
    )


def find_referral(request: HttpRequest, pk: UUID) -> Referral:
    """The referral, if it is one of the user's; else there is none."""
    referral = visible(request).filter(pk=pk).first()
    if referral is None:
        raise Http404
    return referral


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
        reply.link_id is None and (reply.answer not in CASE_OUTCOMES or not is_out) for reply in waiting
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
        "files": [
            {name: getattr(row.file, name) for name in ("id", "name", "content_type", "size", "sha256")}
            for row in referral.files.all()
        ],
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
