"""What outsiders see of what bodies said: a person reads it and releases it, holds it back, or withdraws it."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import DOABLE_OUTCOMES, Outcome
from backend.cases.models import ReferralMessage, Reply
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput, check_text
from backend.organisations.permissions import moment

from .replies import TAKEN_BACK
from .steps import begin, check_ticked, lock_cases, not_now, record, refuse, settle

# The parts of a reply that are read for personal data; `by_whom` and the signature name officials as such.
SCREENED = ("text", "what", "place", "points_to")


@transaction.atomic
def release_reply(*, reply, by, no_personal_data=False, at=None):
    """Let writers, committee and public see a reply, after a person has read it.

    What the case takes from it stands in `steps.follow_replies`.

    `no_personal_data`: the tick, needed where something in the reply looks like a name, a number or an address; who
    ticked and when stand in `released_by` and `released_at`.
    """
    at = moment(at)
    referral = reply.referral
    case = referral.case
    _move, from_status, _why = begin(case, "release_reply", by=by)
    reply.refresh_from_db()
    if reply.released_at is not None:
        raise not_now("already_released", _("This reply has already been released."))
    if reply.taken_back_at is not None:
        raise not_now("taken_back", TAKEN_BACK)
    if reply.is_proposal:
        raise not_now("proposal", _("This is a draft at the body and no answer yet."))
    if reply.superseded_by.exists():
        raise not_now("superseded", _("There is already a newer version of this reply."))
    check_ticked([getattr(reply, name) for name in SCREENED], no_personal_data)
    reply.released_at, reply.released_by = at, by
    reply.held_until, reply.held_note = None, ""
    _take_place(reply)
    reply.save(update_fields=["released_at", "released_by", "held_until", "held_note"])
    done_then = case.implemented_date
    settle(case)
    record(case, "release_reply", from_status=from_status, by=by, at=at, referral=referral, is_public=True)
    _record_done(case, done_then, by=by, at=at, referral=referral)


def _standing_answer(referral_id):
    """The answer of the referral that holds now, or None; a question is none."""
    answers = Reply.objects.standing().filter(referral=referral_id)
    return answers.exclude(answer=Outcome.LACKS_FACTS).first()


def _take_place(reply):
    """Let the reply stand in the place of the answer that is out: released after it, also by a clock that was set
    back, and as done as it was where this is a promise too. Where nothing is out any more, what it corrects was."""
    if reply.answer == Outcome.LACKS_FACTS:
        return
    former = _standing_answer(reply.referral_id)
    if former is not None:
        reply.released_at = max(reply.released_at, former.released_at + datetime.timedelta(microseconds=1))
    if reply.implemented_date is None:
        _hand_over_done(former or _done_before(reply), reply)


def _done_before(reply):
    """The nearest earlier version that was marked as done, or None."""
    former = reply.supersedes
    while former is not None and former.implemented_date is None:
        former = former.supersedes
    return former


def _hand_over_done(former, reply):
    """Move what was done of a promise to the version of it that stands now: one only holds it, so what is undone there
    does not come back from another."""
    if former is None or not {former.answer, reply.answer} <= set(DOABLE_OUTCOMES):
        return
    reply.implemented_date, reply.evidence = former.implemented_date, former.evidence
    former.implemented_date, former.evidence = None, ""
    for each in (former, reply):
        each.save(update_fields=["implemented_date", "evidence"])


def _record_done(case, done_then, *, by, at, referral, why=""):
    """Write in the history that the case's date of doing changed with a reply that was released or withdrawn."""
    if case.implemented_date != done_then:
        move = "mark_done" if case.implemented_date else "undo_done"
        status = case.status
        record(case, move, from_status=status, by=by, at=at, why=why, referral=referral, is_public=True)


def release_replies(*, replies, by, no_personal_data=False, at=None):
    """Release several at once, as after a meeting. Returns (those released, [(reply, why it was skipped)]).

    Each stands for itself: one that cannot be released holds none of the others back.
    """
    at = moment(at)
    released, skipped = [], []
    for reply in replies:
        try:
            release_reply(reply=reply, by=by, no_personal_data=no_personal_data, at=at)
        except InvalidInput as invalid:
            skipped.append((reply, " ".join(str(error.detail) for error in invalid.errors)))
        except IllegalMove:
            skipped.append((reply, str(_("The case is closed or merged into another."))))
        else:
            released.append(reply)
    return released, skipped


@transaction.atomic
def hold_replies(*, replies, by, until=None, note="", at=None):
    """Keep received replies back, such as until a committee has met; `until` None: no longer.

    Holding is a note to ourselves: nothing is released by itself on that day. Refused whole where one is no longer
    waiting.
    """
    at = moment(at)
    note = check_text(note, pointer="/held_note", maximum=200, single_line=True)
    if until is not None and until < timezone.localdate(at):
        raise refuse("/held_until", "invalid", _("Choose today or a later day."))
    lock_cases([reply.referral.case_id for reply in replies])
    for reply in replies:
        case = reply.referral.case
        _move, from_status, _why = begin(case, "release_reply", by=by)
        waiting = (
            Reply.objects.select_for_update(of=("self",), no_key=True).waiting().filter(pk=reply.pk).first()
        )
        if waiting is None:
            raise not_now("not_waiting", _("Only a reply that waits can be held back."))
        reply.held_until, reply.held_note = until, note if until else ""
        reply.save(update_fields=["held_until", "held_note"])
        name = "hold_reply" if until else "stop_holding"
        record(
            case, name, from_status=from_status, by=by, at=at, referral=reply.referral, why=reply.held_note
        )


@transaction.atomic
def withdraw_reply(*, reply, why, by, at=None):
    """Take a released reply back from outside view; the case waits again."""
    at = moment(at)
    referral = reply.referral
    case = referral.case
    _move, from_status, why = begin(case, "withdraw_reply", by=by, why=why)
    reply.refresh_from_db()
    if reply.released_at is None:
        raise not_now("not_released", _("This reply has not been released."))
    stood = _standing_answer(referral.pk)
    reply.released_at = reply.released_by = None
    reply.save(update_fields=["released_at", "released_by"])
    stands_again = _standing_answer(referral.pk)
    if stood == reply and stands_again is not None:
        _hand_over_done(reply, stands_again)
    done_then = case.implemented_date
    settle(case)
    record(case, "withdraw_reply", from_status=from_status, by=by, at=at, why=why, referral=referral)
    _record_done(case, done_then, by=by, at=at, referral=referral, why=why)


@transaction.atomic
def release_message(*, message, by, no_personal_data=False, at=None):
    """Show the body's correction beside the case's description, after a person has read it."""
    at = moment(at)
    case = message.referral.case
    _move, from_status, _why = begin(case, "release_reply", by=by)
    message = ReferralMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    if message.kind != "correction" or message.released_at is not None:
        raise not_now("already_released", _("This has already been released."))
    check_ticked([message.text], no_personal_data)
    message.released_at, message.released_by = at, by
    message.save(update_fields=["released_at", "released_by"])
    record(case, "release_message", from_status=from_status, by=by, at=at, referral=message.referral)
    return message


@transaction.atomic
def withdraw_message(*, message, why, by, at=None):
    """Take the correction off again."""
    at = moment(at)
    case = message.referral.case
    _move, from_status, why = begin(case, "withdraw_reply", by=by, why=why)
    message = ReferralMessage.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    if message.released_at is None:
        raise not_now("not_released", _("This reply has not been released."))
    message.released_at = message.released_by = None
    message.save(update_fields=["released_at", "released_by"])
    record(
        case, "withdraw_message", from_status=from_status, by=by, at=at, why=why, referral=message.referral
    )
