"""The moves of a referral, one endpoint each; the answer is the referral as it is afterwards."""

import datetime
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja.decorators import decorate_view
from pydantic import StrictBool

from backend.cases import actions
from backend.cases.lifecycle import Outcome
from backend.cases.models import Referral, ReferralMessage, Reply
from backend.examples.attaching import check_attachments
from backend.organisations.permissions import check_permission

from .desk_referrals import ReferralOut, find_referral, show
from .errors import Problem
from .reading import files_in_openapi, with_files
from .routing import Router
from .schemas import Input, Nothing, WhyIn, limited

router = Router(tags=["desk: referrals"], is_staff=True)


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


class FilesTick(Input):
    """The tick, which files need: whoever attaches them has read them, and they hold no personal data."""

    no_personal_data: StrictBool = False


class FileChoice(Input):
    """Which file of the referral."""

    file: UUID


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


def show_again(request: HttpRequest, referral: Referral) -> dict:
    """The referral as it is after a move."""
    return show(find_referral(request, referral.pk), request.user)


def _move(path: str):
    return router.post(f"/desk/referrals/{{uuid:pk}}/{path}", response={200: ReferralOut, 409: Problem})


MULTIPART = files_in_openapi(
    "tick",
    "FilesTick",
    required=["tick", "files"],
    description="PDF, PNG, JPEG, DOCX or XLSX, at most 15 MB together. They are cleaned of what tells who made them;"
    " what cannot be cleaned is refused.",
)


@router.post(
    "/desk/referrals/{uuid:pk}/attach_files",
    response={200: ReferralOut, 409: Problem},
    openapi_extra=MULTIPART,
)
@decorate_view(with_files("tick", "files"))
def attach_referral_files(request: HttpRequest, pk: UUID, body: FilesTick):
    """Let files go along with a row that is prepared: multipart, with the JSON in the part `tick`."""
    referral = find_referral(request, pk)
    check_permission(request.user, "case.edit", referral.case.organisation_id)
    files = check_attachments(request.FILES.getlist("files"), pointer="/files")
    actions.attach_files(
        referral=referral, files=files, no_personal_data=body.no_personal_data, by=request.user
    )
    return show_again(request, referral)


@_move("remove_file")
def remove_referral_file(request: HttpRequest, pk: UUID, body: FileChoice):
    """Take a file off again; the others are numbered anew."""
    referral = find_referral(request, pk)
    actions.remove_file(referral=referral, file=body.file, by=request.user)
    return show_again(request, referral)


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
