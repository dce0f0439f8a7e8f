"""Ceilings without addresses: P-1, P-26."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from backend.examples import throttle
from backend.examples.throttle import CEILINGS, Ceiling, Counter, admit, client_address, network_key

pytestmark = pytest.mark.django_db


def request(address="203.0.113.7", **headers):
    return RequestFactory().get("/", REMOTE_ADDR=address, headers=headers)


@pytest.fixture
def low(monkeypatch):
    monkeypatch.setitem(throttle.CEILINGS, "submit", Ceiling(network=6, network_aside=3, subject_aside=5))


def test_a_network_is_first_set_aside_and_then_refused(low):
    passages = [admit("submit", request()) for _ in range(8)]
    assert [passage.is_quarantined for passage in passages] == [False] * 3 + [True] * 3 + [False] * 2
    assert [passage.retry_after is None for passage in passages] == [True] * 6 + [False] * 2
    assert 0 < passages[-1].retry_after <= throttle.WINDOW
    assert admit("submit", request("203.0.113.8")).retry_after is None


def test_a_subject_is_set_aside_and_never_refused(low):
    passages = [admit("submit", request(f"203.0.113.{n}"), subject="campaign") for n in range(20)]
    assert all(passage.retry_after is None for passage in passages)
    assert [passage.is_quarantined for passage in passages] == [False] * 5 + [True] * 15
    assert not admit("submit", request("203.0.113.99"), subject="another").is_quarantined


def test_off_lifts_every_ceiling(low, settings):
    settings.THROTTLES = False
    assert all(admit("submit", request()) == throttle.Passage() for _ in range(20))


def test_a_new_window_begins_anew(low, monkeypatch):
    now = 1_000_000_000.0
    monkeypatch.setattr(throttle.time, "time", lambda: now)
    for _ in range(7):
        last = admit("submit", request())
    assert last.retry_after
    now += throttle.WINDOW
    assert admit("submit", request()) == throttle.Passage()


# --- Whose address --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "proxies, forwarded, expected",
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "", "203.0.113.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        (2, "192.0.2.66, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "198.51.100.1"),
        (1, " , ,", "203.0.113.7"),
    ],
)
def test_a_forged_forwarded_header_is_not_believed(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(**{"X-Forwarded-For": forwarded})) == expected


def test_a_rotating_header_does_not_pass_the_ceiling(low):
    passages = [admit("submit", request(**{"X-Forwarded-For": f"192.0.2.{n}"})) for n in range(10)]
    assert passages[-1].retry_after


def test_an_ipv6_network_is_one_network():
    assert network_key(request("2001:db8::1")) == network_key(request("2001:db8::ffff:1"))
    assert network_key(request("2001:db8::1")) != network_key(request("2001:db8:0:1::1"))
    assert network_key(request("not an address")) == network_key(request(""))


def test_the_key_is_no_address_and_is_new_every_day(settings, monkeypatch):
    first = network_key(request())
    assert "203.0.113.7" not in first
    monkeypatch.setattr(throttle.timezone, "localdate", lambda: "2001-01-01")
    other_day = network_key(request())
    settings.THROTTLE_KEY = "another"
    assert len({first, other_day, network_key(request())}) == 3


# --- With and without a shared cache --------------------------------------------------------------


def test_processes_share_their_counts_through_the_cache():
    one, other = Counter(), Counter()
    for _ in range(50):
        one.add("k", 100, now=0)
    for _ in range(50):
        seen = other.add("k", 100, now=0)
    assert seen == 100
    # An ordinary visitor, far below the step, tells the cache nothing.
    Counter().add("quiet", 1000, now=0)
    assert cache.get("throttle:0:quiet") is None


class GoneCache:
    """A cache whose server is away."""

    asked = 0

    def get(self, *args):
        GoneCache.asked += 1
        raise ConnectionError("no cache")

    set = get


def test_without_a_cache_each_process_holds_the_ceiling(low, monkeypatch):
    monkeypatch.setattr(throttle, "cache", GoneCache())
    passages = [admit("submit", request()) for _ in range(10)]
    assert passages[0].retry_after is None
    assert passages[-1].retry_after
    assert GoneCache.asked == 1


def test_a_town_hall_stays_below_every_ceiling():
    assert CEILINGS["submit"].network_aside >= 2 * 300
    assert CEILINGS["read"].network >= 30 * 300
