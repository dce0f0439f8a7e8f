"""Hours a year: what minutes, times and people come to, and how an estimate is shown.

Days, weeks and months a year are the organisation's settings; they are handed in, so that a case can
keep the ones it was reckoned with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

_TENTH = Decimal("0.1")
_HOURS_OF_A_YEAR = 366 * 24


def periods_a_year(*, days: int, weeks: int, school_weeks: int, months: int) -> dict[str, int]:
    """How many times a year each period comes: {period: times}."""
    return {"day": days, "week": weeks, "school_week": school_weeks, "month": months, "year": 1}


def hours_per_year(
    minutes: Decimal | int | None,
    times: int | None,
    period: str | None,
    people: int | None = None,
    *,
    days: int,
    weeks: int,
    school_weeks: int,
    months: int,
) -> Decimal | None:
    """Minutes × times per period for one person, for all the people; None when a part is unknown.

    An unknown number of people counts as one: the person who wrote. None too where one person would spend
    more hours than the year has: then the numbers mean something else, and a person must look.
    """
    periods = periods_a_year(days=days, weeks=weeks, school_weeks=school_weeks, months=months)
    if minutes is None or times is None or period not in periods:
        return None
    each = Decimal(minutes) * times * periods[period] / 60
    if each > _HOURS_OF_A_YEAR:
        return None
    return (each * (1 if people is None else people)).quantize(_TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class CaseHours:
    """A case's hours: the workplace's estimate, the supporters' own time, and which one counts.

    The estimate may already count the supporters as colleagues, so the two are never added up.
    """

    estimate: Decimal | None
    supporters: Decimal | None

    @property
    def counted(self) -> Decimal | None:
        """The larger of the two; None when neither is known."""
        known = [hours for hours in (self.estimate, self.supporters) if hours is not None]
        return max(known, default=None)


def case_hours(estimate: Decimal | None, supporters: Iterable[Decimal | None]) -> CaseHours:
    """A case's hours from its estimate and each supporter's own hours a year (None = not told)."""
    told = [hours for hours in supporters if hours is not None]
    return CaseHours(estimate=estimate, supporters=sum(told, Decimal(0)) if told else None)


def interval(hours: Decimal | int) -> tuple[int, int]:
    """The rounded interval an estimate is shown as: 34 → (30, 40), 120 → (100, 150).

    The step follows the size (half a step below twenty, two hundred …), never finer than an hour.
    """
    hours = Decimal(hours)
    if hours < 1:
        return 0, 1
    magnitude = Decimal(10) ** hours.adjusted()
    step = max(magnitude / 2 if hours < 2 * magnitude else magnitude, Decimal(1))
    low = (hours / step).to_integral_value(rounding=ROUND_FLOOR) * step
    return int(low), int(low + step)


def hours_label(hours: Decimal | int | None) -> str:
    """The estimate in words, "ca. 30–40 timer om året (skøn)"; empty when it is not known."""
    if hours is None:
        return ""
    low, high = interval(hours)
    if high == 1:
        return _("under 1 hour a year (estimate)")
    return _("about %(low)s–%(high)s hours a year (estimate)") % {
        "low": number_format(low, force_grouping=True),
        "high": number_format(high, force_grouping=True),
    }
