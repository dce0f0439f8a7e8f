"""Of an example nothing is kept about the machine it came from (P-1 to P-3), nor its words where they do not belong."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection

from backend.organisations.actions import create_token
from tests.traces import every_row, listening

from .conftest import API, ApiClient, example

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"
MACHINE = {
    "User-Agent": "MaskinMarkoer/1.0",
    "Referer": "https://intranet.example/henvist-fra",
    "Accept-Language": "sv-FI,sv;q=0.9",
    "X-Forwarded-For": "198.51.100.99",
}
MARKS = [ADDRESS, "198.51.100.99", "MaskinMarkoer", "intranet.example", "sv-FI"]
WORDS = "Hemmeligtord i en tekst om dobbelt registrering"


@pytest.fixture
def log():
    """What every logger writes, as the product writes it."""
    with listening() as stream:
        yield stream


def test_nothing_about_the_machine_is_kept(world, log):
    client = ApiClient()
    options = {"headers": MACHINE, "REMOTE_ADDR": ADDRESS}
    for _ in range(60):
        answer = client.send("/examples", example(problem=WORDS), 201, **options).json()
    code = answer["tracking_code"]
    # The ways in which things go wrong write the most.
    client.send("/examples", example(problem="010190-1234"), 422, **options)
    client.post(API + "/examples", WORDS, content_type="text/plain", **options)
    client.get(API + "/tracking", headers={**MACHINE, "X-Tracking-Code": code}, REMOTE_ADDR=ADDRESS)
    client.get(API + "/tracking", headers={**MACHINE, "X-Tracking-Code": code + " x"}, REMOTE_ADDR=ADDRESS)
    client.get(API + f"/cases/{code.replace(' ', '-')}", **options)
    client.send("/examples/similar", {"campaign": "mere-tid", "text": WORDS}, 200, **options)
    with connection.execute_wrapper(broken):
        client.send("/examples", example(problem=WORDS), 500, **options)
    found = [(table, mark) for table, row in every_row() for mark in MARKS if mark in row]
    assert found == []
    assert [table for table, row in every_row() if code in row] == []
    stem = "hemmeligtord"
    assert {table for table, row in every_row() if stem in row.lower()} == {"examples_example"}
    written = log.getvalue()
    assert written
    assert [mark for mark in [*MARKS, code, "emmeligtord", "010190"] if mark in written] == []


def broken(execute, sql, params, many, context):
    raise RuntimeError(f"{ADDRESS} {WORDS}")


def test_no_time_of_day_is_kept(world):
    reference = ApiClient().send("/examples", example(), 201).json()["reference"]
    model = apps.get_model("examples", "Example")
    row = model.objects.get(reference=reference)
    moments = [
        field.name
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "DateTimeField" and getattr(row, field.name)
    ]
    assert moments == []
    assert row.events.get().at is None


def test_the_cache_knows_no_address(world):
    client = ApiClient()
    for _ in range(200):
        client.send("/examples", example(), 201, REMOTE_ADDR=ADDRESS)
    assert cache.get(f"throttle:{ADDRESS}") is None
    assert [row for table, row in every_row() if table == "cache" and ADDRESS in row] == []


def test_a_token_is_never_written(world, log):
    _row, token = create_token(user=world.coordinator, name="x")
    for sent in (token, token + "x"):
        client = ApiClient(token=sent)
        client.get(API + "/desk/cases")
        client.get(API + "/desk/nope")
        with connection.execute_wrapper(broken):
            client.get(API + "/desk/cases")
    assert log.getvalue()
    assert token not in log.getvalue()
    assert [table for table, row in every_row() if token in row] == []
