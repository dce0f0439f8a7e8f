"""«Det sker også hos mig»: a flood is set aside and not deleted, the good ones stay, and a person decides (P-26)."""

import datetime

import pytest
from django.test import RequestFactory

from backend.cases import actions
from backend.cases.models import CaseEvent, Support
from backend.cases.queries import with_supports
from backend.examples.throttle import admit
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from tests.factories import make_campaign, make_organisation, make_published_case, make_user

pytestmark = pytest.mark.django_db
FLOOD = 5_000
TODAY = datetime.date(2026, 11, 20)
AT = datetime.datetime(2026, 11, 20, 11, tzinfo=datetime.UTC)


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def by(campaign):
    return make_user("coordinator", campaign.organisation)


@pytest.fixture
def case(campaign, by):
    return make_published_case(campaign, by)


def number_of(case):
    """How many the public reads."""
    return with_supports(type(case).objects.all()).get(pk=case.pk).support_count


def passage(case, address):
    """What the guard says to one more from `address`."""
    return admit("support", RequestFactory().post("/", REMOTE_ADDR=address), subject=case.reference)


def click(case, address):
    """One person who presses the button."""
    support = actions.support_case(
        case=case, is_quarantined=passage(case, address).is_quarantined, minutes=5, at=AT
    )
    return support.is_quarantined


def flood(case, addresses):
    """FLOOD times the button, from each of `addresses` in turn; returns how many of them were counted."""
    passages = [passage(case, addresses[number % len(addresses)]) for number in range(FLOOD)]
    Support.objects.bulk_create(
        Support(case=case, on_date=TODAY, is_quarantined=one.is_quarantined)
        for one in passages
        if one.retry_after is None
    )
    return sum(not one.is_quarantined and one.retry_after is None for one in passages)


def test_a_flood_from_one_network_leaves_the_good_ones_counted(case, by):
    good = [click(case, f"198.51.100.{n}") for n in range(3)]
    counted = flood(case, ["203.0.113.9"])
    good += [click(case, f"198.51.100.{n}") for n in range(3, 6)]
    assert good == [False] * 6
    # What one town hall may send in ten minutes, and no more.
    assert counted <= 0.08 * FLOOD
    assert number_of(case) == counted + 6
    assert Support.objects.waiting().count() > 2_000
    # The rest of it is a person's to take away, for the whole day; nothing is deleted.
    before = Support.objects.count()
    assert actions.set_supports_aside(case=case, on_date=TODAY, by=by) == counted + 6
    assert (number_of(case), Support.objects.count()) == (0, before)


def test_a_flood_from_everywhere_loses_nobody(case, by):
    """From many networks the flood looks like anybody: what comes with it waits for a person, none is lost."""
    before = [click(case, f"198.51.100.{n}") for n in range(4)]
    counted = flood(case, [f"203.0.{n}.9" for n in range(250)])
    among = [click(case, f"198.51.100.{n}") for n in range(10, 14)]
    assert before == [False] * 4
    assert counted <= 0.12 * FLOOD
    assert among == [True] * 4
    assert Support.objects.count() == FLOOD + 8
    assert actions.accept_supports(case=case, on_date=TODAY, by=by) == FLOOD + 8 - counted - 4
    assert number_of(case) == FLOOD + 8
    # Another case is not touched by it.
    other = make_published_case(case.campaign, by, title="Et andet forslag")
    assert not click(other, "198.51.100.99")


def test_a_person_refuses_takes_back_and_is_written_down(case, by):
    for aside in (False, True, True):
        actions.support_case(case=case, is_quarantined=aside, at=AT)
    assert actions.refuse_supports(case=case, on_date=TODAY, by=by) == 2
    assert (number_of(case), Support.objects.waiting().count(), Support.objects.count()) == (1, 0, 3)
    with pytest.raises(InvalidInput, match="nothing_there"):
        actions.refuse_supports(case=case, on_date=TODAY, by=by)
    assert actions.accept_supports(case=case, on_date=TODAY, by=by) == 2
    assert number_of(case) == 3
    moves = CaseEvent.objects.filter(move__endswith="_supports").order_by("id")
    assert [(event.move, event.by, event.why) for event in moves] == [
        ("refuse_supports", by, "2 · 20. november 2026"),
        ("accept_supports", by, "2 · 20. november 2026"),
    ]
    reader = make_user("reader", case.organisation)
    for decide in (actions.accept_supports, actions.refuse_supports, actions.set_supports_aside):
        with pytest.raises(NotAllowed):
            decide(case=case, on_date=TODAY, by=reader)
