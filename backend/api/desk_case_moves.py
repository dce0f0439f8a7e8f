"""The moves of a case, one endpoint each; the answer is the case as it is afterwards."""

import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

from backend.cases import actions
from backend.cases.lifecycle import IllegalMove
from backend.cases.models import Case, CaseExample, FormTable, ReallyLaw, Referral, Reply
from backend.examples.models import Example, Flag
from backend.examples.validation import FieldError, InvalidInput, unknown_choice
from backend.organisations.permissions import check_permission
from backend.registry.models import Area, Body, Cause, CoreTask, Law, RuleLevel
from exports import actions as submissions
from exports.models import Submission

from .desk_cases import DeskCase, find_case, show_one
from .desk_referral_moves import ReplyIn, ReplyWithdrawal, TickedReply, given
from .errors import Problem
from .routing import Router
from .schemas import Input, Nothing, WhyIn, find, limited

router = Router(tags=["desk: cases"], is_staff=True)

MOST_HOURS = 100_000_000


class LawIn(Input):
    """A rule that the case hits."""

    law: str | None = limited(120, "The law's key, if it is known.")
    cited_text: str = limited(300, default=...)
    paragraphs: str | None = limited(100)


class EditIn(Input):
    """What is changed; a field left out stays as it is. `version` is the one that was read."""

    version: StrictInt
    no_personal_data: StrictBool = Field(
        False,
        description="The tick: the wording holds no personal data. Needed where others can see the case.",
    )
    title: str | None = limited(120)
    problem: str | None = limited(8000)
    proposal: str | None = limited(8000)
    legislation_text: str | None = limited(1000)
    area: str | None = limited(60, "An area's key.")
    area_text: str | None = limited(120)
    core_task: str | None = limited(60, "A core task's key; null: it follows from the area.")
    flag: str | None = limited(24, "whistleblower, enkeltsag or utilsigtet_haendelse")
    workplace: str | None = limited(60, "A body's key.")
    rule_level: str | None = limited(60, "A rule level's key.")
    really_law: str | None = limited(10, "required, stricter, habit or not_found")
    really_law_paragraph: str | None = limited(200)
    table: StrictInt | None = Field(None, description="0, 1 or 2")
    table_reason: str | None = limited(300)
    hours: StrictInt | None = Field(None, ge=0, le=MOST_HOURS)
    hours_note: str | None = limited(500)
    causes: list[str] | None = Field(None, max_length=20, description="Keys of causes, the main one first.")
    laws: list[LawIn] | None = Field(None, max_length=50)


class TableIn(Input):
    table: StrictInt | None = Field(
        None, description="1 or 2; left out: the case's own, else the suggested one."
    )


class VisibilityIn(Input):
    """Committee and public need the tick."""

    visibility: str = limited(10, "internal, committee or public", default=...)
    no_personal_data: StrictBool = False


class BodyIn(Input):
    body: str = limited(60, "A body's key.", default=...)
    question: str | None = limited(2000)
    reason: str | None = limited(500)
    rule: str | None = limited(20, "The rule whose suggestion is set aside, where several suggest.")


class ReferIn(Input):
    """Which prepared referrals have been sent; left out: all. Mail is sent as a letter: POST /desk/batches."""

    referrals: list[UUID] | None = Field(None, max_length=100)
    channel: str | None = limited(10, "How: letter (when left out), phone or meeting.")


class CancelIn(WhyIn):
    referral: UUID


class CaseReplyIn(ReplyIn):
    """What a body answered; also `lacks_facts` (in `text`) and `not_ours` (in `points_to`)."""

    referral: UUID
    points_to: str | None = limited(200)


class DoneIn(Input):
    """When it was done, and what shows it: a sentence that everybody may read."""

    reply: UUID | None = Field(
        None, description="The promise that was done; left out: every one that is not done."
    )
    implemented_date: datetime.date
    evidence: str = limited(1000, default=...)
    no_personal_data: bool = False


class NotDoneIn(WhyIn):
    reply: UUID | None = Field(None, description="The promise that was not done; left out: none of them was.")


class MergeIn(Input):
    other: str = limited(20, "The reference of the case that stays.", default=...)


class SplitIn(Input):
    """The examples that go to a new case, and its wording."""

    examples: list[str] = Field(max_length=200)
    title: str = limited(120, default=...)
    problem: str = limited(8000, default=...)
    proposal: str | None = limited(8000)


class SplitOut(Schema):
    """The case, and the new one."""

    case: DeskCase
    new: DeskCase


def _move(path: str, response: Any = DeskCase):
    return router.post(f"/desk/cases/{{reference:reference}}/{path}", response={200: response, 409: Problem})


def find_body(case: Case, key: str, errors: list[FieldError], pointer: str = "/body") -> Body | None:
    """A body by key: the organisation's own before a national one."""
    own = Body.objects.filter(organisation=case.organisation_id)
    if key.isprintable() and own.filter(key=key).exists():
        return find(own, key, pointer, errors)
    return find(Body.objects.filter(organisation=None), key, pointer, errors)


def find_referral(case: Case, pk: UUID) -> Referral:
    """A referral of the case; else there is none."""
    referral = Referral.objects.filter(case=case, pk=pk).select_related("case__organisation").first()
    if referral is None:
        raise InvalidInput([unknown_choice("/referral")])
    return referral


def find_reply(case: Case, pk: UUID) -> Reply:
    """A reply to one of the case's referrals; else there is none."""
    reply = (
        Reply.objects.filter(referral__case=case, pk=pk, is_proposal=False)
        .select_related("referral__case__organisation")
        .first()
    )
    if reply is None:
        raise InvalidInput([unknown_choice("/reply")])
    return reply


# Fields that are a key of a row: where it is looked up.
_ROWS = {
    "area": lambda case: Area.objects.all(),
    "core_task": lambda case: CoreTask.objects.filter(organisation=case.organisation_id),
    "rule_level": lambda case: RuleLevel.objects.all(),
}
# Fields that take one of a few values, and what null means for them.
_CHOICES = {"flag": Flag, "really_law": ReallyLaw, "table": FormTable}


def edited_values(case: Case, body: EditIn) -> dict[str, Any]:
    """The fields that were sent, as the action takes them. Raises InvalidInput with every unknown key."""
    sent = body.model_dump(include=body.model_fields_set - {"version", "no_personal_data"})
    errors: list[FieldError] = []
    for name, rows in _ROWS.items():
        if name in sent:
            sent[name] = find(rows(case), sent[name], f"/{name}", errors)
    for name, choices in _CHOICES.items():
        if sent.get(name) not in (None, "", *choices.values):
            errors.append(unknown_choice(f"/{name}"))
        elif name in sent:
            sent[name] = sent[name] or (FormTable.NONE if name == "table" else "")
    if sent.get("workplace"):
        sent["workplace"] = find_body(case, sent["workplace"], errors, "/workplace")
    elif "workplace" in sent:
        sent["workplace"] = None
    if sent.get("causes") is not None:
        keys = dict.fromkeys(sent["causes"])
        sent["causes"] = [
            find(Cause.objects.all(), key, f"/causes/{n}", errors) for n, key in enumerate(keys)
        ]
    if sent.get("laws") is not None:
        for position, law in enumerate(sent["laws"]):
            law["law"] = find(Law.objects.all(), law["law"], f"/laws/{position}/law", errors)
    if errors:
        raise InvalidInput(errors)
    return sent


@_move("edit")
def edit(request: HttpRequest, reference: str, body: EditIn):
    """Change the wording and the facts. 409 with the present version where somebody has saved meanwhile."""
    case = find_case(request, reference)
    values = edited_values(case, body)
    actions.edit_case(
        case=case,
        version=body.version,
        no_personal_data=body.no_personal_data,
        by=request.user,
        **values,
    )
    return show_one(request, reference)


@_move("mark_ready")
def mark_ready(request: HttpRequest, reference: str, body: Nothing | None = None):
    """The wording is done."""
    actions.mark_ready(case=find_case(request, reference), by=request.user)
    return show_one(request, reference)


@_move("back_to_draft")
def back_to_draft(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Undo `mark_ready`."""
    actions.back_to_draft(case=find_case(request, reference), by=request.user)
    return show_one(request, reference)


def find_draft(case: Case) -> Submission | None:
    """The organisation's draft of the ministry's form, or None."""
    return (
        Submission.objects.drafts()
        .filter(organisation=case.organisation_id)
        .order_by("created_at", "pk")
        .first()
    )


@_move("put_in_submission")
def put_in_submission(request: HttpRequest, reference: str, body: TableIn | None = None):
    """Put the case last in its table of the draft submission; a draft to the Ministry of Finance is begun if needed."""
    case = find_case(request, reference)
    check_permission(request.user, "submission.edit", case.organisation_id)
    with transaction.atomic():
        draft = find_draft(case)
        if draft is not None and draft.rows.filter(case=case).exists():
            raise IllegalMove("put_in_submission", case.status)
        if draft is None:
            receiver = find_body(case, "fm", [])
            if receiver is None:
                raise InvalidInput([FieldError("", "no_draft", _("Begin a submission first."))])
            draft = submissions.create_draft(organisation=case.organisation, body=receiver, by=request.user)
        submissions.add_case(submission=draft, case=case, table=body.table if body else None, by=request.user)
    return show_one(request, reference)


@_move("take_out_of_submission")
def take_out_of_submission(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Take the case out of the draft submission; what has been frozen stays."""
    case = find_case(request, reference)
    check_permission(request.user, "submission.edit", case.organisation_id)
    draft = find_draft(case)
    if draft is None or not draft.rows.filter(case=case).exists():
        raise IllegalMove("take_out_of_submission", case.status)
    submissions.remove_case(submission=draft, case=case, by=request.user)
    return show_one(request, reference)


@_move("set_visibility")
def set_visibility(request: HttpRequest, reference: str, body: VisibilityIn):
    """Choose who sees the case: only as far as its writers allow."""
    actions.set_visibility(
        case=find_case(request, reference),
        visibility=body.visibility,
        no_personal_data=body.no_personal_data,
        by=request.user,
    )
    return show_one(request, reference)


@_move("unpublish")
def unpublish(request: HttpRequest, reference: str, body: WhyIn):
    """Take the case back to the secretariat at once."""
    actions.unpublish(case=find_case(request, reference), why=body.why, by=request.user)
    return show_one(request, reference)


@_move("close")
def close(request: HttpRequest, reference: str, body: WhyIn):
    """End the case with a reason. Closed is not solved."""
    actions.close(case=find_case(request, reference), why=body.why, by=request.user)
    return show_one(request, reference)


@_move("reopen")
def reopen(request: HttpRequest, reference: str, body: WhyIn):
    """Undo `close`."""
    actions.reopen(case=find_case(request, reference), why=body.why, by=request.user)
    return show_one(request, reference)


@_move("prepare_referral")
def prepare_referral(request: HttpRequest, reference: str, body: BodyIn):
    """Choose a body for the case; nothing is sent."""
    case = find_case(request, reference)
    errors: list[FieldError] = []
    chosen = find_body(case, body.body, errors)
    if chosen is None:
        raise InvalidInput(errors or [unknown_choice("/body")])
    actions.prepare_referral(
        case=case,
        body=chosen,
        question=body.question or "",
        reason=body.reason or "",
        rule_key=body.rule or "",
        by=request.user,
    )
    return show_one(request, reference)


@_move("refer")
def refer(request: HttpRequest, reference: str, body: ReferIn | None = None):
    """Record that the prepared referrals have been sent."""
    case = find_case(request, reference)
    referrals = None
    if body is not None and body.referrals is not None:
        referrals = list(Referral.objects.filter(case=case, pk__in=body.referrals))
    channel = (body.channel if body else None) or "letter"
    actions.refer(case=case, referrals=referrals, channel=channel, by=request.user)
    return show_one(request, reference)


@_move("cancel_referral")
def cancel_case_referral(request: HttpRequest, reference: str, body: CancelIn):
    """Take a referral back: the body no longer owes an answer."""
    referral = find_referral(find_case(request, reference), body.referral)
    actions.cancel_referral(referral=referral, why=body.why, by=request.user)
    return show_one(request, reference)


@_move("record_reply")
def record_reply(request: HttpRequest, reference: str, body: CaseReplyIn):
    """Enter what a body answered. Nobody outside the desk sees it before it is released."""
    referral = find_referral(find_case(request, reference), body.referral)
    values = given(body, "answer", "referral")
    actions.record_reply(referral=referral, answer=body.answer, by=request.user, **values)
    return show_one(request, reference)


@_move("release_reply")
def release_case_reply(request: HttpRequest, reference: str, body: TickedReply):
    """Let writers, committee and public see a reply. The case takes its outcome."""
    reply = find_reply(find_case(request, reference), body.reply)
    actions.release_reply(reply=reply, no_personal_data=body.no_personal_data, by=request.user)
    return show_one(request, reference)


@_move("withdraw_reply")
def withdraw_case_reply(request: HttpRequest, reference: str, body: ReplyWithdrawal):
    """Take a released reply back from outside view."""
    reply = find_reply(find_case(request, reference), body.reply)
    actions.withdraw_reply(reply=reply, why=body.why, by=request.user)
    return show_one(request, reference)


@_move("mark_done")
def mark_done(request: HttpRequest, reference: str, body: DoneIn):
    """What was promised has been done."""
    case = find_case(request, reference)
    actions.mark_done(
        case=case,
        reply=find_reply(case, body.reply) if body.reply else None,
        implemented_date=body.implemented_date,
        evidence=body.evidence,
        no_personal_data=body.no_personal_data,
        by=request.user,
    )
    return show_one(request, reference)


@_move("undo_done")
def undo_done(request: HttpRequest, reference: str, body: NotDoneIn):
    """It was not done after all."""
    case = find_case(request, reference)
    reply = find_reply(case, body.reply) if body.reply else None
    actions.undo_done(case=case, reply=reply, why=body.why, by=request.user)
    return show_one(request, reference)


@_move("note_effect")
def note_effect(request: HttpRequest, reference: str, body: WhyIn):
    """Somebody has looked at what the writers said of the effect; `why` is what follows."""
    actions.note_effect(case=find_case(request, reference), why=body.why, by=request.user)
    return show_one(request, reference)


@_move("merge_into")
def merge_into(request: HttpRequest, reference: str, body: MergeIn):
    """Let the case be counted and answered with another; `unmerge` undoes it."""
    case = find_case(request, reference)
    try:
        other = find_case(request, body.other if body.other.isprintable() else "")
    except Http404:
        raise InvalidInput([unknown_choice("/other")]) from None
    if other.organisation_id != case.organisation_id:
        raise InvalidInput([unknown_choice("/other")])
    actions.merge_into(case=case, other=other, by=request.user)
    return show_one(request, reference)


@_move("unmerge")
def unmerge(request: HttpRequest, reference: str, body: Nothing | None = None):
    """Undo `merge_into`."""
    actions.unmerge(case=find_case(request, reference), by=request.user)
    return show_one(request, reference)


@_move("split", response=SplitOut)
def split(request: HttpRequest, reference: str, body: SplitIn):
    """Move some of the case's examples to a new draft case of its own wording."""
    case = find_case(request, reference)
    wanted = [name for name in dict.fromkeys(body.examples) if name.isprintable()]
    rows = CaseExample.objects.current().filter(case=case, example__reference__in=wanted)
    examples = list(Example.objects.filter(pk__in=rows.values("example")))
    if len(examples) != len(body.examples):
        raise InvalidInput([unknown_choice("/examples")])
    new = actions.split(
        case=case,
        examples=examples,
        title=body.title,
        problem=body.problem,
        proposal=body.proposal or "",
        by=request.user,
    )
    return {"case": show_one(request, reference), "new": show_one(request, new.reference)}
