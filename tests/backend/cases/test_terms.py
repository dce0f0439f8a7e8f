"""Terms in working days: holidays, nights when the clock moves, and the days a question stood open."""

import datetime

import pytest

from backend.cases.terms import due_at, last_date, moved_on, term_of, terms_of
from backend.registry.models import BodyGroup, ResponseTerm
from tests.factories import make_body, make_organisation

pytestmark = pytest.mark.django_db

D = datetime.date


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.UTC)


@pytest.fixture
def lejre():
    return make_organisation()


@pytest.mark.parametrize(
    ("sent", "days", "due"),
    [
        # Summer time ends on the night to 25 October 2026: the evening is one hour later in UTC.
        (D(2026, 10, 23), 1, utc(2026, 10, 26, 22, 59, 59)),
        (D(2026, 10, 22), 1, utc(2026, 10, 23, 21, 59, 59)),
        # Summer time begins on the night to 28 March 2027, Easter Day.
        (D(2027, 3, 24), 1, utc(2027, 3, 30, 21, 59, 59)),
        (D(2027, 3, 23), 1, utc(2027, 3, 24, 22, 59, 59)),
        # Christmas: 25 and 26 December 2026 and 1 January are holidays; 24 and 31 December are not.
        (D(2026, 12, 23), 1, utc(2026, 12, 24, 22, 59, 59)),
        (D(2026, 12, 24), 1, utc(2026, 12, 28, 22, 59, 59)),
        (D(2026, 12, 1), 20, utc(2026, 12, 30, 22, 59, 59)),
        (D(2026, 12, 18), 20, utc(2027, 1, 19, 22, 59, 59)),
        # Store bededag was a holiday until 2023.
        (D(2023, 5, 4), 1, utc(2023, 5, 8, 21, 59, 59)),
        (D(2024, 4, 25), 1, utc(2024, 4, 26, 21, 59, 59)),
        # Grundlovsdag is no public holiday.
        (D(2026, 6, 4), 1, utc(2026, 6, 5, 21, 59, 59)),
        # Sent on a Saturday.
        (D(2026, 8, 1), 5, utc(2026, 8, 7, 21, 59, 59)),
    ],
)
def test_a_term_ends_with_the_last_working_day_in_copenhagen(lejre, sent, days, due):
    ResponseTerm.objects.create(organisation=lejre, group="ministry", working_days=days)
    assert due_at(body=make_body(), organisation=lejre, sent_date=sent) == due


def test_each_kind_of_body_has_its_own_term(lejre):
    ResponseTerm.objects.create(organisation=lejre, group="workplace", working_days=10)
    ResponseTerm.objects.create(organisation=make_organisation("greve"), group="ministry", working_days=99)
    school = make_body("skole", "Skolen", organisation=lejre, kind="workplace", level="institution")
    assert last_date(due_at(body=school, organisation=lejre, sent_date=D(2026, 8, 3))) == D(2026, 8, 17)
    assert last_date(due_at(body=make_body(), organisation=lejre, sent_date=D(2026, 8, 3))) == D(2026, 8, 31)


def test_without_own_rows_everybody_but_the_state_is_reminded(lejre):
    for group in BodyGroup:
        term = term_of(organisation=lejre, group=group)
        assert (term.working_days, term.remind_before, term.remind_after) == (20, 3, 5)
        assert term.is_automatic == (group not in ("ministry", "agency"))


def test_the_terms_of_all_kinds_take_one_query(lejre, django_assert_num_queries):
    ResponseTerm.objects.create(organisation=lejre, group="agency", working_days=30, is_automatic=True)
    with django_assert_num_queries(1):
        terms = terms_of(lejre)
    assert list(terms) == list(BodyGroup)
    assert (terms["agency"].working_days, terms["agency"].is_automatic) == (30, True)
    assert terms["ministry"].working_days == 20


@pytest.mark.parametrize(
    ("paused", "resumed", "last"),
    [
        (D(2026, 8, 10), D(2026, 8, 10), D(2026, 8, 31)),
        (D(2026, 8, 10), D(2026, 8, 12), D(2026, 9, 2)),
        (D(2026, 8, 14), D(2026, 8, 16), D(2026, 8, 31)),
        (D(2026, 8, 10), D(2026, 10, 23), D(2026, 11, 13)),
    ],
)
def test_the_days_that_a_question_stood_open_are_given_back(lejre, paused, resumed, last):
    first = due_at(body=make_body(), organisation=lejre, sent_date=D(2026, 8, 3))
    moved = moved_on(first, paused, resumed)
    assert last_date(moved) == last
    # Always the end of that day, whichever side of the clock's change.
    assert moved == due_at_end(last)
    assert moved_on(None, paused, resumed) is None


def due_at_end(date):
    offset = 2 if date < D(2026, 10, 25) else 1
    return utc(date.year, date.month, date.day, 23 - offset, 59, 59)
