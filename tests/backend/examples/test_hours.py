from decimal import Decimal

import pytest
from django.utils.translation import override

from backend.examples.hours import case_hours, hours_label, hours_per_year, interval

SETTINGS = {"days": 220, "weeks": 44, "school_weeks": 40, "months": 11}


@pytest.mark.parametrize(
    ("minutes", "times", "period", "people", "hours"),
    [
        (30, 1, "day", 1, "110.0"),
        (Decimal("15.50"), 3, "week", 12, "409.2"),
        (15, 2, "school_week", 10, "200.0"),
        (60, 1, "month", 1, "11.0"),
        (90, 4, "year", 2, "12.0"),
        (30, 1, "day", None, "110.0"),
        (0, 1, "day", 1, "0.0"),
        (30, 0, "day", 1, "0.0"),
        (10_000, 52, "year", 100_000, "866666666.7"),
    ],
)
def test_hours_follow_from_minutes_times_period_and_people(minutes, times, period, people, hours):
    assert hours_per_year(minutes, times, period, people, **SETTINGS) == Decimal(hours)


@pytest.mark.parametrize(
    ("minutes", "times", "period"),
    [(None, 1, "day"), (30, None, "day"), (30, 1, ""), (30, 1, None), (30, 1, "fortnight")],
)
def test_hours_are_unknown_when_a_part_is(minutes, times, period):
    assert hours_per_year(minutes, times, period, 5, **SETTINGS) is None


def test_more_hours_than_a_year_has_are_nobodys_hours():
    assert hours_per_year(10_000, 1000, "day", 100_000, **SETTINGS) is None
    assert hours_per_year(60 * 24, 366, "year", 1, **SETTINGS) == 8784
    assert hours_per_year(60 * 24, 367, "year", 1, **SETTINGS) is None


def test_the_most_hours_fit_a_databases_integer():
    assert hours_per_year(60 * 24, 366, "year", 100_000, **SETTINGS) < 2**31


def test_the_organisations_own_year_counts():
    assert hours_per_year(60, 1, "day", 1, days=200, weeks=44, school_weeks=40, months=11) == 200
    assert hours_per_year(60, 1, "week", 1, days=220, weeks=46, school_weeks=40, months=11) == 46


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        ("0", (0, 1)),
        ("0.9", (0, 1)),
        ("1", (1, 2)),
        ("3.2", (3, 4)),
        ("9.9", (9, 10)),
        ("12", (10, 15)),
        ("34", (30, 40)),
        ("40", (40, 50)),
        ("99.9", (90, 100)),
        ("120", (100, 150)),
        ("199.9", (150, 200)),
        ("409.2", (400, 500)),
        ("1234", (1000, 1500)),
        ("3666666666666.7", (3_000_000_000_000, 4_000_000_000_000)),
    ],
)
def test_an_estimate_is_shown_as_a_rounded_interval(hours, shown):
    low, high = interval(Decimal(hours))
    assert (low, high) == shown
    assert low <= Decimal(hours) <= high


def test_the_estimate_in_danish():
    with override("da"):
        assert hours_label(Decimal("34")) == "ca. 30–40 timer om året (skøn)"
        assert hours_label(Decimal("1234")) == "ca. 1.000–1.500 timer om året (skøn)"
        assert hours_label(Decimal("0.2")) == "under 1 time om året (skøn)"
        assert hours_label(110) == "ca. 100–150 timer om året (skøn)"
        assert hours_label(None) == ""


@pytest.mark.parametrize(
    ("estimate", "supporters", "own", "counted"),
    [
        (100, [30, 20], 50, 100),
        (40, [30, 20], 50, 50),
        (None, [30, None], 30, 30),
        (40, [None, None], None, 40),
        (40, [], None, 40),
        (None, [], None, None),
        (0, [], None, 0),
    ],
)
def test_the_larger_counts_and_nothing_is_counted_twice(estimate, supporters, own, counted):
    hours = case_hours(
        None if estimate is None else Decimal(estimate),
        [None if value is None else Decimal(value) for value in supporters],
    )
    assert hours.supporters == own
    assert hours.counted == counted
