"""A body's page: the secret is posted and stands in no address; rows are saved one by one or several together."""

import pytest

from backend.cases.models import Reply
from tests.cms.worlds import make_world
from tests.factories import make_letter, make_user

pytestmark = pytest.mark.django_db
WHO = {"signed_name": "Bente Lund", "signed_title": "Centerchef"}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def letter(world):
    return make_letter(world.campaign, make_user("coordinator", world.organisation), rows=3)


def post(client, world, secret, **fields):
    return client.post("/svar/", {"link": secret, **fields}, **world.host)


def test_a_get_is_static_and_changes_nothing(client, world, letter):
    for _time in range(10):
        assert client.get("/svar/", **world.host).status_code == 200
        assert client.head("/svar/", **world.host).status_code == 200
    assert {row.status for row in letter[0].referrals.all()} == {"sent"}
    assert not client.cookies


def test_a_row_is_answered_and_another_keeps_what_was_typed(client, world, letter):
    _batch, rows, _link, secret = letter
    page = post(client, world, f"https://lejre.localhost/svar/#{secret}")
    assert page.status_code == 200
    assert "Forslag nummer 3" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    key, other = rows[0].pk.hex, rows[1].pk.hex
    fields = {
        "open": [f"{key}:answer", f"{other}:answer"],
        f"{other}-text": "Halvt skrevet",
        "do": f"save:{key}",
    }
    page = post(client, world, secret, **fields, **WHO)
    assert page.status_code == 422
    assert "Halvt skrevet" in page.content.decode()
    fields |= {f"{key}-answer": "not", f"{key}-reason_code": "cost", f"{key}-text": "For dyrt."}
    page = post(client, world, secret, **fields, **WHO)
    assert page.status_code == 200
    assert "Halvt skrevet" in page.content.decode()
    assert Reply.objects.get().text == "For dyrt."


def test_several_rows_are_answered_together(client, world, letter):
    _batch, rows, _link, secret = letter
    fields = {"together-answer": "not", "together-reason_code": "cost", "together-text": "For dyrt."}
    picks = [row.pk.hex for row in rows[:2]]
    page = post(
        client, world, secret, open="together:answer", do="save:together", pick=picks, **fields, **WHO
    )
    assert page.status_code == 200
    assert Reply.objects.count() == 2


def test_what_does_not_open_is_one_answer(client, world, letter):
    page = post(client, world, "forkert")
    assert page.status_code == 404
    assert post(client, world, "forkert", do="renew").status_code == 200
