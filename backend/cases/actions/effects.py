"""Did the time come back? Asked once, three months after it was done; the answer comes under the tracking code."""

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.cases.models import CaseExample, Change, Effect
from backend.examples.contacts import forget_contacts
from backend.examples.hours import hours_per_year
from backend.examples.models import Contact
from backend.examples.validation import FieldError, InvalidInput, check_text, check_time, unknown_choice
from backend.organisations.permissions import check_permission, moment

from .steps import lock, not_now, record, save

# How long an address is kept after its question has been asked (P-7).
ADDRESS_DAYS = 30


@transaction.atomic
def ask_effect(*, case, at=None):
    """Ask everybody behind the case whether the time came back: under their code, and by mail where there is a
    confirmed address, which is then forgotten when its writer has answered, or after ADDRESS_DAYS."""
    at = moment(at)
    current = lock(case)
    if current.implemented_date is None or not may_ask_again(current):
        return False
    case.refresh_from_db()
    case.effect_asked_date = timezone.localdate(at)
    save(case, "effect_asked_date")
    # One that nobody has confirmed gets no such mail, and keeps its own thirty days.
    Contact.objects.filter(example__in=_examples_of(case), confirmed_date__isnull=False).update(
        delete_after=case.effect_asked_date + datetime.timedelta(days=ADDRESS_DAYS)
    )
    record(case, "ask_effect", from_status=case.status, by=None, at=at, is_public=True)
    return True


def may_ask_again(case):
    """Once per time that it was done: a case that was undone and done again is asked about again."""
    return case.effect_asked_date is None or case.effect_asked_date < case.implemented_date


def _examples_of(case):
    """The examples that stand behind the case now, with those of cases merged into it."""
    rows = CaseExample.objects.current()
    return (rows.filter(case=case) | rows.filter(case__merged_into=case)).values("example")


def case_to_answer(example):
    """The case that `example` is asked about now and has not answered, or None."""
    row = CaseExample.objects.current().filter(example=example).select_related("case__merged_into").first()
    if row is None:
        return None
    case = row.case.merged_into or row.case
    if case.effect_asked_date is None or case.implemented_date is None or may_ask_again(case):
        return None
    answered = Effect.objects.filter(case=case, example=example, on_date__gte=case.effect_asked_date)
    return None if answered.exists() else case


@transaction.atomic
def answer_effect(*, example, change, minutes=None, times=None, period="", at=None):
    """The writer says whether the time came back, and how long it takes now. The address is forgotten at once.

    `times` and `period` None or empty: as often as in the example. InvalidInput; "nothing_to_answer" where nothing
    is asked (any more).
    """
    at = moment(at)
    errors = [] if change in Change else [unknown_choice("/change")]
    try:
        minutes, times, period = check_time(minutes, times, period)
    except InvalidInput as invalid:
        errors.extend(invalid.errors)
    if errors:
        raise InvalidInput(errors)
    case = case_to_answer(example)
    if case is not None:
        lock(case)
        case = case_to_answer(example)
    if case is None:
        raise InvalidInput(
            [FieldError("", "nothing_to_answer", _("You have already answered, or are not asked now."))]
        )
    minutes = Decimal(0) if change == Change.GONE and minutes is None else minutes
    before, now = _hours(case, example, minutes, times, period)
    effect, _is_new = Effect.objects.update_or_create(
        case=case,
        example=example,
        defaults={
            "change": change,
            "minutes": minutes,
            "times": times,
            "period": period,
            "hours_before": before,
            "hours_now": now,
            "on_date": timezone.localdate(at),
            "is_noted": False,
        },
    )
    forget_contacts(Contact.objects.filter(example=example))
    record(case, "answer_effect", from_status=case.status, by=None, at=at)
    return effect


def _hours(case, example, minutes, times, period):
    """(hours a year before, hours a year now) of one writer, or (None, None) where a part of either is unknown."""
    year = case.hours_basis or case.organisation.periods()
    before = hours_per_year(example.minutes, example.times, example.period, example.people, **year)
    times, period = (times, period) if period else (example.times, example.period)
    now = hours_per_year(minutes, times, period, example.people, **year)
    return (None, None) if before is None or now is None else (before, now)


@transaction.atomic
def note_effect(*, case, why, by, at=None):
    """A person has looked at what the writers said about the effect, and writes what follows: off the list."""
    at = moment(at)
    current = lock(case)
    check_permission(by, "case.edit", current.organisation_id)
    why = check_text(why, pointer="/why", maximum=1000, required=True)
    if not Effect.objects.filter(case=case).update(is_noted=True):
        raise not_now("no_effect", _("Nobody has answered yet."))
    record(current, "note_effect", from_status=current.status, by=by, at=at, why=why)
