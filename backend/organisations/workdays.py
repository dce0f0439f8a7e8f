"""Working days in Denmark: Monday to Friday but the public holidays (the `holidays` library)."""

import datetime
import functools

import holidays


@functools.cache
def _danish_holidays():
    return holidays.country_holidays("DK")


def is_working_day(date):
    return date.weekday() < 5 and date not in _danish_holidays()


def add_working_days(date, days):
    """The date `days` working days after `date`; with 0 the same date."""
    while days > 0:
        date += datetime.timedelta(days=1)
        days -= is_working_day(date)
    return date


def working_days_before(date, days):
    """The date `days` working days before `date`; with 0 the same date."""
    while days > 0:
        date -= datetime.timedelta(days=1)
        days -= is_working_day(date)
    return date


def working_days_between(start, end):
    """How many working days lie after `start` up to and including `end`; 0 when `end` is not later."""
    count = 0
    while start < end:
        start += datetime.timedelta(days=1)
        count += is_working_day(start)
    return count
