"""The documented effect: what the same writers' time was before, and what it is now."""

import datetime
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q
from django.utils import timezone

from backend.cases.actions.effects import ask_effect
from backend.cases.lifecycle import Status
from backend.cases.models import SMALL_GROUP, Case, Change, Effect
from backend.cases.queries import closed_groups
from backend.examples.hours import hours_label
from backend.organisations.permissions import moment

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
    """What the writers behind a case answered, in groups of five or more (`closed_groups`).

    `answers`: how many are told of; 0 while they are too few. `counts`: [(label, how many)]. `before` and `now`: hours
    a year of those whose times are known both then and now, in groups of their own; None where they are too few.
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


def documented_effect(case, *, at=None):
    """The DocumentedEffect at `at` of what was asked last about `case`."""
    return documented_effects([case], at=at)[case.pk]


def documented_effects(cases, *, at=None):
    """{case id: its DocumentedEffect at `at`}, in one query."""
    today = timezone.localdate(moment(at))
    answered = defaultdict(list)
    asked = {case.pk: case.effect_asked_date for case in cases if case.effect_asked_date is not None}
    for effect in Effect.objects.filter(case__in=asked, on_date__lt=today).order_by("on_date", "id"):
        if effect.on_date >= asked[effect.case_id]:
            answered[effect.case_id].append(effect)
    return {case.pk: _told(answered[case.pk], today=today) for case in cases}


def _told(effects, *, today):
    """The DocumentedEffect of one case's answers."""
    told = closed_groups(effects, today=today)
    known = [effect for effect in effects if effect.hours_before is not None and effect.hours_now is not None]
    pairs = closed_groups(known, today=today)
    found = Counter(effect.change for effect in told)
    return DocumentedEffect(
        len(told),
        tuple((change.label, found[change]) for change in Change) if told else (),
        sum((effect.hours_before for effect in pairs), Decimal(0)) if pairs else None,
        sum((effect.hours_now for effect in pairs), Decimal(0)) if pairs else None,
    )
