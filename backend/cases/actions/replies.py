"""Taking in what bodies answered: each answer is whole by its outcome's own measure, and waits until it is released.

State and outcome are two fields: a case's status follows from its referrals, its outcome from a released reply.
"""

import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.attachments.actions import store_file
from backend.cases.lifecycle import (
    CASE_OUTCOMES,
    OPEN_REFERRALS,
    Outcome,
    ReferralStatus,
    Status,
    check_referral_move,
)
from backend.cases.models import Referral, Reply, ReplyFile
from backend.cases.terms import moved_on
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import FieldError, InvalidInput, check_text
from backend.organisations.permissions import moment

from .steps import begin, lock_referral, not_now, record, refuse, save, settle

# Where a reply of each outcome leaves its referral: two of them are no answer (api.md).
_REFERRAL_MOVE = {Outcome.LACKS_FACTS: "ask_back", Outcome.NOT_OURS: "hand_back"}

# What a row that has been answered was answered with.
ANSWERS_IN = {
    ReferralStatus.ASKED_BACK: (Outcome.LACKS_FACTS,),
    ReferralStatus.ANSWERED: CASE_OUTCOMES,
    ReferralStatus.RETURNED: (Outcome.NOT_OURS,),
}

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
TAKEN_BACK = _("This reply has been taken back. Enter the answer from the start.")
BEFORE_SENT = _("The body had not been asked then. Write the day it was asked, or a later one.")
_TEXTS = {
    "text": 8000,
    "what": 1000,
    "by_whom": 200,
    "place": 200,
    "points_to": 200,
    "signed_name": 120,
    "signed_title": 120,
    "plan_url": 500,
}


@transaction.atomic
def record_reply(
    *, referral, answer, by, received_date=None, channel="secretariat", files=(), at=None, **values
):
    """Enter what a body answered, by letter, phone or mail. Nobody outside the desk sees it until it is released.

    `values`: text, reason_code, what, by_whom, promised_date, place, from_date, to_date, points_to, signed_name,
    signed_title, med_discussed_date, plan_url (https). InvalidInput names every part that the outcome needs (NEEDS).
    `files`: cleaned ones (`check_attachments`). Returns the Reply.
    """
    at = moment(at)
    case = referral.case
    begin(case, "record_reply", by=by)
    reply = take_reply(
        case=case,
        referral=referral,
        answer=answer,
        by=by,
        received_date=received_date or timezone.localdate(at),
        channel=channel,
        at=at,
        **values,
    )
    _attach(reply, files, at)
    return reply


def _attach(reply, files, at, first=1):
    """Store the cleaned files with the reply, numbered from `first`."""
    for number, clean in enumerate(files, start=first):
        stored = store_file(organisation=reply.referral.case.organisation, clean=clean, number=number, at=at)
        ReplyFile.objects.create(reply=reply, file=stored)


def take_reply(*, case, referral, answer, by, received_date, channel, at, link=None, **values):
    """Store an answer to one referral of `case` (locked by the caller) and move referral and case along.

    `by` None: the body itself, under `link`. Whether they may is the caller's question. Returns the Reply.
    """
    from_status = case.status
    referral = lock_referral(referral)
    reply = new_reply(
        referral=referral,
        answer=answer,
        received_date=received_date,
        at=at,
        entered_by=by,
        channel=channel,
        link=link,
        **values,
    )
    referral.status = check_referral_move(_REFERRAL_MOVE.get(answer, "reply"), referral)
    reply.save(force_insert=True)
    if answer == Outcome.LACKS_FACTS:
        referral.open_question = reply
        # One question after another: the clock has stood since the first.
        referral.paused_date = referral.paused_date or received_date
    else:
        end_pause(referral, received_date)
    referral.save(update_fields=["status", "due_at", "paused_date", "open_question"])
    if answer not in _REFERRAL_MOVE and case.status == Status.ANSWERED:
        case.status = Status.REFERRED
        save(case, "status")
    elif answer in _REFERRAL_MOVE:
        settle(case)
    record(case, "record_reply", from_status=from_status, by=by, at=at, referral=referral)
    return reply


def reopen(row):
    """Stand where the body stood before it answered: nobody outside the desk has seen that answer."""
    if row.status != ReferralStatus.ASKED_BACK and _is_asked_anew(row):
        raise IllegalMove("take_back_reply", row.status)
    row.status = check_referral_move("take_back_reply", row)
    row.save(update_fields=["status"])
    if row.case.status != Status.REFERRED:
        row.case.status = Status.REFERRED
        save(row.case, "status")


def _is_asked_anew(row):
    """Whether the same body has meanwhile been asked again about the same case."""
    others = Referral.objects.filter(case=row.case_id, body=row.body_id).exclude(pk=row.pk)
    return others.filter(status__in=[ReferralStatus.PREPARED, *OPEN_REFERRALS]).exists()


def stands_by(row, reply):
    """Whether the row is where it is because of `reply`: its open question, or the answer that it was given."""
    if reply.answer == Outcome.LACKS_FACTS:
        return reply.pk == row.open_question_id
    return reply.answer in ANSWERS_IN.get(row.status, ())


@transaction.atomic
def take_back_reply(*, reply, why, by, at=None):
    """It was no answer after all, such as one entered on the wrong row: the body owes its answer again.

    Only what waits to be released; the row is kept, and the desk alone reads it. A released one is withdrawn first, and
    one that corrects what is out is entered anew instead. What the body itself wrote on its page is the body's to
    correct. Returns the Referral.
    """
    at = moment(at)
    case = reply.referral.case
    _move, from_status, why = begin(case, "withdraw_reply", by=by, why=why)
    referral = lock_referral(reply.referral)
    referral.case = case
    waiting = Reply.objects.waiting().filter(pk=reply.pk).first()
    if waiting is None:
        raise not_now("not_waiting", _("Only a reply that waits to be released can be taken back."))
    if waiting.is_out and waiting.answer in CASE_OUTCOMES:
        raise not_now("answer_is_out", _("The body's answer is released already. Enter it anew instead."))
    if waiting.link_id is not None:
        raise not_now(
            "the_bodys_own",
            _(
                "The body wrote this on its own page and can correct it there until you release it. Write to the body"
                " instead."
            ),
        )
    reply.taken_back_at = at
    reply.save(update_fields=["taken_back_at"])
    if stands_by(referral, waiting):
        reopen(referral)
        end_pause(referral, timezone.localdate(at))
        referral.save(update_fields=["due_at", "paused_date", "open_question"])
    settle(case)
    record(case, "take_back_reply", from_status=from_status, by=by, at=at, why=why, referral=referral)
    return referral


def end_pause(referral, day):
    """Let the clock, which has stood since the body's question, go on from `day`; the caller saves."""
    if referral.paused_date is not None:
        referral.due_at = moved_on(referral.due_at, referral.paused_date, day)
    referral.paused_date = referral.open_question = None


def new_reply(
    *,
    referral,
    answer,
    received_date,
    at,
    entered_by,
    channel,
    link=None,
    is_proposal=False,
    supersedes=None,
    **values,
):
    """A checked Reply that is not saved yet, or InvalidInput with all that is wrong with it."""
    reply = Reply(
        referral=referral,
        answer=answer,
        received_date=received_date,
        entered_by=entered_by,
        channel=channel,
        link=link,
        is_proposal=is_proposal,
        supersedes=supersedes,
        **check_reply(
            answer,
            values,
            received_date=received_date,
            sent_date=referral.sent_date,
            today=timezone.localdate(at),
        ),
    )
    try:
        reply.full_clean(exclude=["referral", "link", "supersedes"])
    except ValidationError as error:
        raise InvalidInput(
            [
                FieldError("" if name == NON_FIELD_ERRORS else f"/{name}", "invalid", message)
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from None
    return reply


def check_reply(answer, values, *, received_date, today, sent_date=None):
    """The values of a reply, cleaned; or InvalidInput with everything that its outcome lacks, at once.

    `sent_date`: when the body was asked; it answered no earlier.
    """
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
    wrong = {error.pointer for error in errors}
    errors.extend(
        FieldError(f"/{name}", "required", _("This answer needs this field."))
        for name in NEEDS[answer]
        if not cleaned.get(name) and f"/{name}" not in wrong
    )
    errors.extend(_wrong_days(cleaned, received_date, today))
    if sent_date and isinstance(received_date, datetime.date) and received_date < sent_date:
        errors.append(FieldError("/received_date", "before_sent", BEFORE_SENT))
    if (plan := cleaned.get("plan_url")) and not plan.startswith("https://"):
        errors.append(FieldError("/plan_url", "invalid", _("Write an address that begins with https://.")))
    if errors:
        raise InvalidInput(errors)
    return cleaned


def _wrong_days(cleaned, received_date, today):
    """What is wrong with the days that are given: no trial ends before it begins, nothing came tomorrow."""
    given = {"received_date": received_date, "med_discussed_date": cleaned.get("med_discussed_date")}
    for name, day in given.items():
        if isinstance(day, datetime.date) and day > today:
            yield FieldError(f"/{name}", "invalid", _("The day cannot lie in the future."))
    first, last = cleaned.get("from_date"), cleaned.get("to_date")
    if first and last and last < first:
        yield FieldError("/to_date", "invalid", _("It ends before it begins."))


@transaction.atomic
def correct_reply(*, reply, answer, by, files=(), at=None, **values):
    """Enter an answer anew, such as a promise whose date was mistyped: the new one waits to be released.

    Until then the old one stays as it is, shown if it was. Takes what `record_reply` takes; the files that were there
    come along. Returns the new Reply.
    """
    at = moment(at)
    case = reply.referral.case
    _move, from_status, _why = begin(case, "record_reply", by=by)
    referral = lock_referral(reply.referral)
    check_referral_move("correct_reply", referral)
    if answer not in CASE_OUTCOMES:
        raise refuse("/answer", "unknown_choice", _("Choose one of the options on the list."))
    if reply.answer not in CASE_OUTCOMES:
        raise not_now("not_an_answer", _("Only an answer can be entered anew, not a question."))
    reply.refresh_from_db(fields=["taken_back_at"])
    if reply.taken_back_at is not None:
        raise not_now("taken_back", TAKEN_BACK)
    if reply.is_proposal or reply.superseded_by.exists():
        raise not_now("superseded", _("There is already a newer version of this reply."))
    new = new_reply(
        referral=referral,
        answer=answer,
        received_date=values.pop("received_date", None) or reply.received_date,
        at=at,
        entered_by=by,
        channel=values.pop("channel", reply.channel),
        supersedes=reply,
        **values,
    )
    new.save(force_insert=True)
    kept = list(reply.files.order_by("id").values_list("file", flat=True))
    ReplyFile.objects.bulk_create(ReplyFile(reply=new, file_id=file_id) for file_id in kept)
    _attach(new, files, at, first=len(kept) + 1)
    settle(case)
    record(case, "correct_reply", from_status=from_status, by=by, at=at, referral=referral)
    return new
