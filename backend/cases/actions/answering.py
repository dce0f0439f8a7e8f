"""Asking bodies and taking their answers: referrals, replies, what was promised and what was done.

State and outcome are two fields: a case's status follows from its referrals, its outcome from a released reply.
"""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.lifecycle import (
    CASE_OUTCOMES,
    DOABLE_OUTCOMES,
    Outcome,
    ReferralStatus,
    Status,
    check_referral_move,
)
from backend.cases.models import SMALL_GROUP, Referral, Reply
from backend.examples.models import Audience
from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.permissions import moment

from .steps import begin, check_may_leave_secretariat, record, refuse, save

# Where a reply of each outcome leaves its referral: two of them are no answer (api.md).
_REFERRAL_MOVE = {Outcome.LACKS_FACTS: "ask_back", Outcome.NOT_OURS: "hand_back"}

# What each outcome needs to be whole (api.md, «outcome of a reply»).
NEEDS = {
    Outcome.FOLLOW: ("what", "by_whom", "promised_date"),
    Outcome.PARTLY: ("what", "by_whom", "promised_date", "reason_code", "text"),
    Outcome.NOT: ("reason_code", "text"),
    Outcome.TRIAL: ("what", "place", "from_date", "to_date"),
    Outcome.EXEMPTION: ("what", "by_whom", "promised_date"),
    Outcome.ALREADY_ALLOWED: ("by_whom", "promised_date"),
    Outcome.LACKS_FACTS: ("text",),
    Outcome.NOT_OURS: ("points_to",),
}
# The level of workplaces and their boards in the registry.
INSTITUTION = "institution"
_TEXTS = {
    "text": 8000,
    "what": 1000,
    "by_whom": 200,
    "place": 200,
    "points_to": 200,
    "signed_name": 120,
    "signed_title": 120,
}


@transaction.atomic
def prepare_referral(*, case, body, by, question="", reason="", at=None):
    """Choose a body for the case; nothing is sent and the case does not move. Returns the Referral."""
    at = moment(at)
    _move, from_status, _why = begin(case, "prepare_referral", by=by)
    _check_not_secretariat_only(case)
    referral = _new_referral(case, body, question, reason, at)
    record(case, "prepare_referral", from_status=from_status, by=by, at=at, referral=referral)
    return referral


def _check_not_secretariat_only(case):
    """Preparing is planning: only the writer's «sekretariatet» bars it, not the days a wording waits."""
    if case.limit() == Audience.SECRETARIAT:
        raise refuse(
            "/body",
            "limited_by_writer",
            _("The writer wants only the secretariat to see this. The case stays internal."),
        )


def _check_workplace_spared(case, body, pointer):
    """A workplace is asked only with five or more examples behind the case, where a writer wants it spared."""
    if body.level != INSTITUTION:
        return
    current = case.case_examples.current()
    if current.count() < SMALL_GROUP and current.filter(example__spare_my_workplace=True).exists():
        raise refuse(
            pointer,
            "spares_workplace",
            _(
                "A writer wants the workplace spared. Choose the centre, or wait until five examples say the same."
            ),
        )


def _new_referral(case, body, question, reason, at, **fields):
    _check_workplace_spared(case, body, "/body")
    if body.is_type or body.organisation_id not in (None, case.organisation_id):
        raise refuse("/body", "unknown_choice", _("Choose one of the options on the list."))
    referral = Referral(
        case=case,
        body=body,
        question=check_text(question, pointer="/question", maximum=2000),
        reason=check_text(reason, pointer="/reason", maximum=500),
        prepared_date=timezone.localdate(at),
        **fields,
    )
    try:
        referral.validate_constraints()
    except ValidationError:
        raise refuse(
            "/body", "already_chosen", _("This body has already been chosen for the case.")
        ) from None
    referral.save(force_insert=True)
    return referral


@transaction.atomic
def refer(*, case, by, referrals=None, at=None):
    """Record that the prepared referrals (or those given) have been sent. Returns them."""
    at = moment(at)
    move, from_status, _why = begin(case, "refer", by=by)
    check_may_leave_secretariat(case, at=at, pointer="/referrals")
    prepared = case.referrals.filter(status=ReferralStatus.PREPARED)
    if referrals is not None:
        prepared = prepared.filter(pk__in=[referral.pk for referral in referrals])
    prepared = list(prepared)
    if not prepared:
        raise refuse("/referrals", "required", _("Choose a body first."))
    for referral in prepared:
        _mark_sent(referral, timezone.localdate(at))
    case.status = move.target
    save(case, "status")
    for referral in prepared:
        record(case, "refer", from_status=from_status, by=by, at=at, referral=referral, is_public=True)
    return prepared


def _mark_sent(referral, sent_date):
    _check_workplace_spared(referral.case, referral.body, "/referrals")
    referral.status = check_referral_move("refer", referral)
    referral.sent_date = sent_date
    referral.save(update_fields=["status", "sent_date"])


@transaction.atomic
def refer_to_body(*, case, body, by, reason="", sent_date=None, at=None):
    """Record that `body` has been asked, as when a submission has been sent to it. Returns the sent Referral.

    A prepared referral to the same body is the one that is sent; an open one stays as it is.
    """
    at = moment(at)
    move, from_status, _why = begin(case, "refer", by=by)
    check_may_leave_secretariat(case, at=at, pointer="/body")
    referral = case.referrals.open().filter(body=body).first()
    if referral is not None:
        return referral
    referral = case.referrals.filter(body=body, status=ReferralStatus.PREPARED).first()
    if referral is None:
        referral = _new_referral(case, body, "", reason, at)
    _mark_sent(referral, sent_date or timezone.localdate(at))
    case.status = move.target
    save(case, "status")
    record(case, "refer", from_status=from_status, by=by, at=at, referral=referral, is_public=True)
    return referral


@transaction.atomic
def cancel_referral(*, referral, why, by, at=None):
    """Take a referral back: the body no longer owes an answer."""
    at = moment(at)
    case = referral.case
    _move, from_status, why = begin(case, "cancel_referral", by=by, why=why)
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    referral.status = check_referral_move("cancel_referral", referral)
    referral.save(update_fields=["status"])
    _settle(case)
    record(case, "cancel_referral", from_status=from_status, by=by, at=at, why=why, referral=referral)


def _settle(case):
    """The status that follows from the referrals once somebody has been asked (api.md, `referred`)."""
    if case.status not in (Status.REFERRED, Status.ANSWERED):
        return
    waiting = Reply.objects.waiting().filter(referral__case=case, referral__status=ReferralStatus.ANSWERED)
    if case.referrals.open().exists() or waiting.exists():
        case.status = Status.REFERRED
    elif case.referrals.filter(status=ReferralStatus.ANSWERED).exists():
        case.status = Status.ANSWERED
    else:
        case.status = Status.READY
    save(case, "status")


@transaction.atomic
def record_reply(*, referral, answer, by, received_date=None, at=None, **values):
    """Enter what a body answered, by letter, phone or mail. Nobody outside the desk sees it until it is released.

    `values`: text, reason_code, what, by_whom, promised_date, place, from_date, to_date, points_to, signed_name,
    signed_title. InvalidInput names every part that the outcome needs (NEEDS). Returns the Reply.
    """
    at = moment(at)
    case = referral.case
    _move, from_status, _why = begin(case, "record_reply", by=by)
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    values = _check_reply(answer, values)
    referral.status = check_referral_move(_REFERRAL_MOVE.get(answer, "reply"), referral)
    reply = Reply(
        referral=referral,
        answer=answer,
        received_date=received_date or timezone.localdate(at),
        entered_by=by,
        **values,
    )
    try:
        reply.full_clean(exclude=["referral"])
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldError("" if name == NON_FIELD_ERRORS else f"/{name}", "invalid", message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from None
    reply.save(force_insert=True)
    referral.save(update_fields=["status"])
    if answer not in _REFERRAL_MOVE and case.status == Status.ANSWERED:
        case.status = Status.REFERRED
        save(case, "status")
    elif answer in _REFERRAL_MOVE:
        _settle(case)
    record(case, "record_reply", from_status=from_status, by=by, at=at, referral=referral)
    return reply


def _check_reply(answer, values):
    if answer not in Outcome:
        raise refuse("/answer", "unknown_choice", _("Choose one of the options on the list."))
    cleaned, errors = {}, []
    for name, value in values.items():
        try:
            cleaned[name] = (
                check_text(value, pointer=f"/{name}", maximum=_TEXTS[name])
                if name in _TEXTS
                else value or None
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
    cleaned["reason_code"] = cleaned.get("reason_code") or ""
    errors.extend(
        FieldError(f"/{name}", "required", _("This answer needs this field."))
        for name in NEEDS[answer]
        if not cleaned.get(name)
    )
    if errors:
        raise InvalidInput(errors)
    return cleaned


def _take_outcome(case, reply=None):
    """The case's outcome: that of `reply`, else of the latest released reply that has one."""
    released = Reply.objects.filter(referral__case=case, answer__in=CASE_OUTCOMES).released()
    reply = reply or released.order_by("-released_at", "-received_date", "id").first()
    case.outcome = reply.answer if reply else ""
    if case.outcome not in DOABLE_OUTCOMES:
        case.implemented_date = None


@transaction.atomic
def release_reply(*, reply, by, at=None):
    """Let writers, committee and public see a reply, after a person has read it. The case takes its outcome."""
    at = moment(at)
    referral = reply.referral
    case = referral.case
    _move, from_status, _why = begin(case, "release_reply", by=by)
    reply.refresh_from_db()
    if reply.released_at is not None:
        raise refuse("", "already_released", _("This reply has already been released."))
    reply.released_at, reply.released_by = at, by
    reply.save(update_fields=["released_at", "released_by"])
    _settle(case)
    if case.status in (Status.REFERRED, Status.ANSWERED):
        _take_outcome(case, reply if reply.answer in CASE_OUTCOMES else None)
        save(case, "outcome", "implemented_date")
    record(case, "release_reply", from_status=from_status, by=by, at=at, referral=referral, is_public=True)


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
    _take_outcome(case)
    save(case, "outcome", "implemented_date")
    _settle(case)
    record(case, "withdraw_reply", from_status=from_status, by=by, at=at, why=why, referral=referral)


@transaction.atomic
def mark_done(*, case, implemented_date, by, evidence="", at=None):
    """What was promised has been done, on `implemented_date`: yes is not done until somebody says so."""
    at = moment(at)
    _move, from_status, _why = begin(case, "mark_done", by=by)
    if implemented_date is None or implemented_date > timezone.localdate(at):
        raise refuse(
            "/implemented_date", "invalid", _("Write the day it was done. It cannot lie in the future.")
        )
    case.implemented_date = implemented_date
    case.evidence = check_text(evidence, pointer="/evidence", maximum=1000)
    save(case, "implemented_date", "evidence")
    record(case, "mark_done", from_status=from_status, by=by, at=at, is_public=True)


@transaction.atomic
def undo_done(*, case, why, by, at=None):
    """It was not done after all."""
    at = moment(at)
    _move, from_status, why = begin(case, "undo_done", by=by, why=why)
    case.implemented_date = None
    save(case, "implemented_date")
    record(case, "undo_done", from_status=from_status, by=by, at=at, why=why, is_public=True)
