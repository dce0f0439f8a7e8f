"""The documented effect: what the same writers' time was before, and what it is now."""

import datetime
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q
from django.utils import timezone

from backend.cases.actions.effects import ask_effect
from backend.cases.lifecycle import Status
from backend.cases.models import SMALL_GROUP, Case, Change, Effect
from backend.examples.hours import hours_label, hours_per_year

MONTHS = 3


def months_before(date, months):
    """The same day of the month `months` earlier; the last day of a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def due_for_question(*, today):
    """Cases done three months ago or more whose writers have not been asked since."""
    return Case.objects.filter(
        Q(effect_asked_date=None) | Q(effect_asked_date__lt=F("implemented_date")),
        merged_into=None,
        status__in=[Status.ANSWERED, Status.CLOSED],
        implemented_date__lte=months_before(today, MONTHS),
    )


def ask_due(*, at):
    """Ask about every case whose three months are over. Returns how many."""
    return sum(ask_effect(case=case, at=at) for case in due_for_question(today=timezone.localdate(at)))


@dataclass(frozen=True)
class DocumentedEffect:
    """What the writers behind a case answered. Under five, only the number that have answered is known: too few.

    `counts`: [(label, how many)]. `before` and `now`: hours a year of those whose times are known both then and now;
    None where they are too few.
    """

    answers: int
    counts: tuple
    before: Decimal | None
    now: Decimal | None

    @property
    def is_shown(self):
        """Whether the group is large enough to be told of (P-5)."""
        return self.answers >= SMALL_GROUP

    @property
    def freed(self):
        """Hours a year that came back; negative where it has become worse. None when it is not known."""
        return None if self.before is None or self.now is None else self.before - self.now

    @property
    def label(self):
        """«ca. 30–40 timer om året (skøn)» that came back, or empty."""
        return hours_label(self.freed) if self.freed is not None and self.freed > 0 else ""


def documented_effect(case):
    """The DocumentedEffect of what was asked last about `case`."""
    if case.effect_asked_date is None:
        return DocumentedEffect(0, (), None, None)
    effects = list(
        Effect.objects.filter(case=case, on_date__gte=case.effect_asked_date).select_related(
            "example__organisation"
        )
    )
    pairs = [pair for pair in map(_hours, effects) if pair is not None]
    found = Counter(effect.change for effect in effects)
    if len(effects) < SMALL_GROUP:
        return DocumentedEffect(len(effects), (), None, None)
    is_enough = len(pairs) >= SMALL_GROUP
    return DocumentedEffect(
        len(effects),
        tuple((change.label, found[change]) for change in Change),
        sum((before for before, _now in pairs), Decimal(0)) if is_enough else None,
        sum((now for _before, now in pairs), Decimal(0)) if is_enough else None,
    )


def _hours(effect):
    """(hours a year before, hours a year now) of one writer, or None where a part is unknown."""
    example = effect.example
    year = example.organisation.periods()
    before = hours_per_year(example.minutes, example.times, example.period, example.people, **year)
    times, period = (effect.times, effect.period) if effect.period else (example.times, example.period)
    now = hours_per_year(effect.minutes, times, period, example.people, **year)
    return None if before is None or now is None else (before, now)
