"""What outsiders see of what bodies said: a person reads it and releases it, holds it back, or withdraws it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import CASE_OUTCOMES, DOABLE_OUTCOMES, Status
from backend.cases.models import ReferralMessage, Reply
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput, check_text
from backend.organisations.permissions import moment

from .steps import begin, check_ticked, record, refuse, save, settle

# The parts of a reply that are read for personal data; `by_whom` and the signature name officials as such.
SCREENED = ("text", "what", "place", "points_to")


def take_outcome(case, reply=None):
    """The case's outcome: that of `reply`, else of the latest released reply that has one."""
    released = Reply.objects.filter(referral__case=case, answer__in=CASE_OUTCOMES).released()
    reply = reply or released.order_by("-released_at", "-received_date", "id").first()
    case.outcome = reply.answer if reply else ""
    if case.outcome not in DOABLE_OUTCOMES:
        case.implemented_date = None


@transaction.atomic
def release_reply(*, reply, by, no_personal_data=False, at=None):
    """Let writers, committee and public see a reply, after a person has read it. The case takes its outcome.

    `no_personal_data`: the tick, needed where something in the reply looks like a name, a number or an address; who
    ticked and when stand in `released_by` and `released_at`.
    """
    at = moment(at)
    referral = reply.referral
    case = referral.case
    _move, from_status, _why = begin(case, "release_reply", by=by)
    reply.refresh_from_db()
    if reply.released_at is not None:
        raise refuse("", "already_released", _("This reply has already been released."))
    if reply.is_proposal:
        raise refuse("", "proposal", _("This is a draft at the body and no answer yet."))
    if reply.superseded_by.exists():
        raise refuse("", "superseded", _("There is already a newer version of this reply."))
    check_ticked([getattr(reply, name) for name in SCREENED], no_personal_data)
    reply.released_at, reply.released_by = at, by
    reply.held_until, reply.held_note = None, ""
    reply.save(update_fields=["released_at", "released_by", "held_until", "held_note"])
    settle(case)
    if case.status in (Status.REFERRED, Status.ANSWERED):
        take_outcome(case, reply if reply.answer in CASE_OUTCOMES else None)
        save(case, "outcome", "implemented_date")
    record(case, "release_reply", from_status=from_status, by=by, at=at, referral=referral, is_public=True)


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
    for reply in replies:
        case = reply.referral.case
        _move, from_status, _why = begin(case, "release_reply", by=by)
        waiting = Reply.objects.select_for_update(of=("self",)).waiting().filter(pk=reply.pk).first()
        if waiting is None:
            raise refuse("", "not_waiting", _("Only a reply that waits can be held back."))
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
        raise refuse("", "not_released", _("This reply has not been released."))
    reply.released_at = reply.released_by = None
    reply.save(update_fields=["released_at", "released_by"])
    take_outcome(case)
    save(case, "outcome", "implemented_date")
    settle(case)
    record(case, "withdraw_reply", from_status=from_status, by=by, at=at, why=why, referral=referral)


@transaction.atomic
def release_message(*, message, by, no_personal_data=False, at=None):
    """Show the body's correction beside the case's description, after a person has read it."""
    at = moment(at)
    case = message.referral.case
    _move, from_status, _why = begin(case, "release_reply", by=by)
    message = ReferralMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.kind != "correction" or message.released_at is not None:
        raise refuse("", "already_released", _("This has already been released."))
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
    message = ReferralMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.released_at is None:
        raise refuse("", "not_released", _("This reply has not been released."))
    message.released_at = message.released_by = None
    message.save(update_fields=["released_at", "released_by"])
    record(
        case, "withdraw_message", from_status=from_status, by=by, at=at, why=why, referral=message.referral
    )
