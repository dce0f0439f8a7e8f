import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend import login_delay
from backend.login_delay import delay_after

pytestmark = pytest.mark.django_db

EMAIL = "koordinator@lejre.example"
PASSWORD = "et ganske langt kodeord"


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(login_delay, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def person() -> None:
    user = get_user_model().objects.create_user(email=EMAIL, password=PASSWORD)
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))


def sign_in(client: Client, password: str, email: str = EMAIL, address: str = "10.0.0.1") -> HttpResponse:
    return client.post("/admin/login/", {"username": email, "password": password}, REMOTE_ADDR=address)


@pytest.mark.parametrize(
    "failures, seconds", [(0, 0), (4, 0), (5, 1), (6, 2), (8, 8), (10, 32), (11, 60), (500, 60)]
)
def test_delay_doubles_up_to_a_minute(failures: int, seconds: int):
    assert delay_after(failures, free=5) == seconds


def test_fifty_wrong_tries_delay_the_right_one_but_do_not_shut_it_out(client: Client, clock: Clock):
    answers = [sign_in(client, f"forkert {number}").status_code for number in range(50)]
    assert answers.count(429) >= 40
    response = sign_in(client, PASSWORD)
    assert response.status_code == 429
    clock.at += int(response["Retry-After"])
    assert sign_in(client, PASSWORD).status_code == 302


def test_guessing_does_not_hold_up_the_right_person_elsewhere(client: Client, clock: Clock):
    for number in range(20):
        sign_in(client, f"forkert {number}")
    assert sign_in(client, PASSWORD, address="10.9.9.9").status_code == 302


def test_guessing_does_not_hold_up_a_colleague_on_the_same_network(client: Client, clock: Clock):
    for number in range(20):
        sign_in(client, f"forkert {number}", email="redaktoer@lejre.example")
    assert sign_in(client, PASSWORD).status_code == 302


def test_many_accounts_from_one_network_are_slowed_too(client: Client, clock: Clock):
    answers = [
        sign_in(client, "forkert", email=f"person{number}@lejre.example").status_code for number in range(101)
    ]
    assert answers[:100].count(429) == 0
    assert answers[100] == 429


def test_signing_in_forgives_the_account(client: Client, clock: Clock):
    for number in range(4):
        sign_in(client, f"forkert {number}")
    assert sign_in(client, PASSWORD).status_code == 302
    assert [sign_in(Client(), "forkert").status_code for _ in range(4)] == [200] * 4


def test_neither_account_nor_address_is_kept(client: Client, clock: Clock, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as captured:
        sign_in(client, "forkert")
    assert isinstance(captured, CaptureQueriesContext)
    written = [query["sql"] for query in captured if "cache" in query["sql"]]
    assert written
    assert not any(EMAIL in sql or "10.0.0.1" in sql for sql in written)


def test_throttles_can_be_lifted(client: Client, clock: Clock, settings):
    settings.THROTTLES = False
    cache.clear()
    assert 429 not in [sign_in(client, "forkert").status_code for _ in range(10)]


def ask_for_a_new_password(client: Client, email: str, address: str = "10.0.0.1") -> HttpResponse:
    return client.post("/admin/password_reset/", {"email": email}, REMOTE_ADDR=address)


def test_nobody_is_drowned_in_mail_about_a_new_password(client: Client, clock: Clock, mailoutbox):
    # From wherever it is asked for, and always with the same answer, so that nothing is told of the account.
    answers = {
        (answer.status_code, answer.headers["Location"])
        for number in range(10)
        for answer in [ask_for_a_new_password(client, EMAIL.upper(), address=f"10.{number}.0.1")]
    }
    assert len(answers) == 1
    assert len(mailoutbox) == 3
    clock.at += 60 * 60
    ask_for_a_new_password(client, EMAIL)
    assert len(mailoutbox) == 4


def test_a_network_that_asks_for_everybodys_new_password_must_wait(client: Client, clock: Clock):
    answers = [ask_for_a_new_password(client, f"person{number}@lejre.example") for number in range(102)]
    assert [answer.status_code for answer in answers[99:]] == [302, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
