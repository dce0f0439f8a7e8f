"""What passes between us and a body until it answers, and what was done of what it promised."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import check_referral_move
from backend.cases.models import ReferralMessage, Reply
from backend.examples.validation import check_text
from backend.organisations.permissions import moment

from .enclosing import drop_files
from .replies import BEFORE_SENT, end_pause
from .steps import (
    OF_REPLIES,
    begin,
    check_ticked,
    follow_replies,
    lock_referral,
    record,
    refuse,
    save,
    settle,
)


@transaction.atomic
def cancel_referral(*, referral, why, by, at=None):
    """Take a referral back: the body no longer owes an answer. Everybody sees it of one that had been sent."""
    at = moment(at)
    case = referral.case
    _move, from_status, why = begin(case, "cancel_referral", by=by, why=why)
    referral = lock_referral(referral)
    referral.status = check_referral_move("cancel_referral", referral)
    referral.save(update_fields=["status"])
    if referral.sent_date is None:
        drop_files([referral])
    settle(case)
    record(
        case,
        "cancel_referral",
        from_status=from_status,
        by=by,
        at=at,
        why=why,
        referral=referral,
        is_public=referral.sent_date is not None,
    )


@transaction.atomic
def acknowledge(*, referral, by, acknowledged_date=None, at=None):
    """Record that the body has seen the referral, as it said by phone or letter."""
    at = moment(at)
    case = referral.case
    _move, from_status, _why = begin(case, "record_reply", by=by)
    referral = lock_referral(referral)
    referral.status = check_referral_move("acknowledge", referral)
    day = acknowledged_date or timezone.localdate(at)
    if day > timezone.localdate(at):
        raise refuse("/acknowledged_date", "invalid", _("The day cannot lie in the future."))
    if referral.sent_date and day < referral.sent_date:
        raise refuse("/acknowledged_date", "before_sent", BEFORE_SENT)
    referral.acknowledged_date = day
    referral.save(update_fields=["status", "acknowledged_date"])
    record(case, "acknowledge", from_status=from_status, by=by, at=at, referral=referral)
    return referral


@transaction.atomic
def answer_body(*, referral, text, by, at=None):
    """Answer the body's question; the clock, which stood meanwhile, goes on. Returns the ReferralMessage."""
    at = moment(at)
    today = timezone.localdate(at)
    case = referral.case
    _move, from_status, _why = begin(case, "record_reply", by=by)
    referral = lock_referral(referral)
    text = check_text(text, pointer="/text", maximum=4000, required=True)
    referral.status = check_referral_move("answer_body", referral)
    end_pause(referral, today)
    referral.acknowledged_date = referral.acknowledged_date or today
    referral.save(update_fields=["status", "due_at", "paused_date", "open_question", "acknowledged_date"])
    message = ReferralMessage.objects.create(
        referral=referral, kind="answer", text=text, on_date=today, by=by
    )
    record(case, "answer_body", from_status=from_status, by=by, at=at, referral=referral)
    return message


@transaction.atomic
def mark_done(*, case, implemented_date, by, reply=None, evidence="", no_personal_data=False, at=None):
    """What was promised has been done, on `implemented_date`, and `evidence` shows it: a yes is not done until then.

    `reply`: the promise that was carried out; None: every one that stands and is not done. The evidence is read by
    everybody: `no_personal_data` is the tick, needed where something in it looks like personal data.
    """
    at = moment(at)
    _move, from_status, _why = begin(case, "mark_done", by=by)
    if implemented_date is None or implemented_date > timezone.localdate(at):
        raise refuse(
            "/implemented_date", "invalid", _("Write the day it was done. It cannot lie in the future.")
        )
    evidence = check_text(evidence, pointer="/evidence", maximum=1000, required=True)
    check_ticked([evidence], no_personal_data)
    promises = _promises(case, reply, is_done=False)
    for promise in promises:
        promise.implemented_date, promise.evidence = implemented_date, evidence
        promise.save(update_fields=["implemented_date", "evidence"])
    follow_replies(case)
    save(case, *OF_REPLIES)
    _record_each(case, "mark_done", promises, from_status=from_status, by=by, at=at)


def _promises(case, reply, *, is_done):
    """The case's standing promises that are done, or not; or only `reply`, which must be one of them."""
    promises = Reply.objects.promises().filter(referral__case=case, implemented_date__isnull=not is_done)
    if reply is None:
        return list(promises.select_related("referral"))
    found = promises.filter(pk=reply.pk).select_related("referral").first()
    if found is None:
        raise refuse("/reply", "unknown_choice", _("Choose one of the options on the list."))
    return [found]


def _record_each(case, move, promises, *, from_status, by, at, why=""):
    for promise in promises:
        record(
            case,
            move,
            from_status=from_status,
            by=by,
            at=at,
            why=why,
            referral=promise.referral,
            is_public=True,
        )


@transaction.atomic
def undo_done(*, case, why, by, reply=None, at=None):
    """It was not done after all. `reply`: the promise that was not; None: none of them."""
    at = moment(at)
    _move, from_status, why = begin(case, "undo_done", by=by, why=why)
    promises = _promises(case, reply, is_done=True)
    for promise in promises:
        promise.implemented_date, promise.evidence = None, ""
        promise.save(update_fields=["implemented_date", "evidence"])
    follow_replies(case)
    save(case, *OF_REPLIES)
    _record_each(case, "undo_done", promises, from_status=from_status, by=by, at=at, why=why)
