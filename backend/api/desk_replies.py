"""Answers across cases: what waits to be read, and releasing or holding several together."""

import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field, StrictBool

from backend.cases import actions
from backend.cases.filters import ReplyFilter
from backend.cases.models import Referral, Reply
from backend.examples.validation import InvalidInput, unknown_choice

from .desk_referrals import ReplyOut, show_reply
from .errors import Problem
from .filtering import filtered, page_of, query_for
from .routing import Router
from .schemas import Input, Named, limited
from .tenants import check_own, in_one

router = Router(tags=["desk: replies"], is_staff=True)

MOST = 100


class ReplyRow(ReplyOut):
    """An answer with the referral, case and body it belongs to."""

    referral: UUID
    case: str
    body: Named


class ReplyList(Schema):
    count: int
    items: list[ReplyRow]


class RepliesIn(Input):
    """Which answers, at most a hundred."""

    replies: list[UUID] = Field(min_length=1, max_length=MOST)


class ReleaseIn(RepliesIn):
    """`no_personal_data`: the tick, needed where something in a text looks like a name, a number or an address."""

    no_personal_data: StrictBool = False


class HoldSeveralIn(RepliesIn):
    """Until when they are held back, and why; null: no longer."""

    held_until: datetime.date | None
    held_note: str | None = limited(200)


class Skipped(Schema):
    """An answer that was not released, and why."""

    reply: UUID
    case: str
    why: str


class ReleasedOut(Schema):
    """What was released and what was not: each answer stands for itself."""

    released: list[UUID]
    skipped: list[Skipped]


class HeldOut(Schema):
    held: list[UUID]


ReplyQuery: Any = query_for(ReplyFilter, "ReplyQuery")


def visible(request: HttpRequest) -> QuerySet:
    """The answers to the referrals that the user may see; a body's own drafts are nobody's here."""
    replies = Reply.objects.filter(referral__in=Referral.objects.visible_to(request.user), is_proposal=False)
    return (
        in_one(replies, request.user, "referral__case__organisation")
        .select_related("referral__body", "referral__case__organisation")
        .prefetch_related("referral__body__periods", "files__file")
    )


def find_replies(request: HttpRequest, ids: list[UUID]) -> list[Reply]:
    """All of them, in the order given; one that is none of the user's is said to be unknown."""
    found = {reply.pk: reply for reply in visible(request).filter(pk__in=ids)}
    errors = [unknown_choice(f"/replies/{place}") for place, pk in enumerate(ids) if pk not in found]
    if errors:
        raise InvalidInput(errors)
    return [found[pk] for pk in dict.fromkeys(ids)]


def show_row(reply: Reply) -> dict:
    """An answer in the list."""
    referral = reply.referral
    return {
        **show_reply(reply),
        "referral": referral.pk,
        "case": referral.case.reference,
        "body": {"key": referral.body.key, "name": referral.body_name_then},
    }


@router.get("/desk/replies", response=ReplyList)
def list_desk_replies(request: HttpRequest, query: Query[ReplyQuery]):
    """The answers of the cases that the user may see; `waiting=true`: those that nobody outside sees yet."""
    check_own(request, query.organisation)
    found = filtered(ReplyFilter, visible(request), query, request=request)
    if query.ordering is None:
        found = found.order_by("received_date", "pk")
    return page_of(found, query, lambda rows: [show_row(row) for row in rows])


@router.post("/desk/replies/release", response={200: ReleasedOut, 409: Problem})
def release_desk_replies(request: HttpRequest, body: ReleaseIn):
    """Release several together, as after a meeting. One that cannot be released holds none of the others back."""
    released, skipped = actions.release_replies(
        replies=find_replies(request, body.replies), no_personal_data=body.no_personal_data, by=request.user
    )
    return {
        "released": [reply.pk for reply in released],
        "skipped": [
            {"reply": reply.pk, "case": reply.referral.case.reference, "why": why} for reply, why in skipped
        ],
    }


@router.post("/desk/replies/hold", response={200: HeldOut, 409: Problem})
def hold_desk_replies(request: HttpRequest, body: HoldSeveralIn):
    """Hold several back, or no longer; all of them or none. Nothing is released by itself on that day."""
    replies = find_replies(request, body.replies)
    actions.hold_replies(replies=replies, until=body.held_until, note=body.held_note or "", by=request.user)
    return {"held": [reply.pk for reply in replies]}
