from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from backend import session_limits

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def now(self) -> Any:
        return self.at

    def move(self, **time: int) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(session_limits, "timezone", clock)
    return clock


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(
        get_user_model().objects.create_user(email="a@lejre.example", password="et langt kodeord")
    )
    return client


def is_signed_in(client: Client, address: str = "/admin/login/") -> bool:
    request = client.get(address).wsgi_request
    return not isinstance(request.user, AnonymousUser) and request.user.is_authenticated


def test_idle_for_half_an_hour_is_signed_out(signed_in: Client, clock: Clock):
    assert is_signed_in(signed_in)
    clock.move(minutes=29)
    assert is_signed_in(signed_in)
    clock.move(minutes=29)
    assert is_signed_in(signed_in)
    clock.move(minutes=30)
    assert not is_signed_in(signed_in)


def test_a_working_day_is_the_longest(signed_in: Client, clock: Clock):
    for _ in range(24):
        assert is_signed_in(signed_in)
        clock.move(minutes=20)
    assert not is_signed_in(signed_in)


def test_public_pages_do_not_keep_a_session_alive(signed_in: Client, clock: Clock):
    assert is_signed_in(signed_in)
    for _ in range(2):
        clock.move(minutes=15)
        signed_in.get("/robots.txt")
    assert not is_signed_in(signed_in)


def test_public_pages_leave_the_session_as_it_is(signed_in: Client, clock: Clock):
    assert is_signed_in(signed_in)
    before = Session.objects.values_list("session_data", flat=True).get()
    clock.move(minutes=5)
    signed_in.get("/robots.txt")
    assert Session.objects.values_list("session_data", flat=True).get() == before


def test_a_made_up_cookie_makes_no_session(client: Client):
    client.cookies["session"] = "made-up"
    response: HttpResponse = client.get("/robots.txt")
    assert response.status_code == 200
    assert Session.objects.count() == 0


def test_a_new_password_ends_the_other_sessions(signed_in: Client):
    assert is_signed_in(signed_in)
    user = get_user_model().objects.get()
    user.set_password("et helt andet kodeord")
    user.save()
    assert not is_signed_in(signed_in)
