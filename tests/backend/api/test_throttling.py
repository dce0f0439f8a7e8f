"""The API under its ceilings."""

import pytest

from backend.cases.models import Support
from backend.examples import throttle
from backend.examples.models import Example
from backend.examples.throttle import Ceiling

from .conftest import API, example

pytestmark = pytest.mark.django_db


def test_three_hundred_people_behind_one_address_all_get_through(world, api):
    references = set()
    for number in range(300):
        for path in ("/campaigns/mere-tid", "/areas", "/causes"):
            api.read(path)
        answer = api.send("/examples", example(), 201, headers={"Idempotency-Key": f"person-{number}"}).json()
        api.read("/tracking", headers={"X-Tracking-Code": answer["tracking_code"]})
        references.add(answer["reference"])
    assert len(references) == 300
    assert Example.objects.filter(reference__in=references, is_quarantined=False).count() == 300


def test_a_flood_is_set_aside_then_refused(world, api, monkeypatch):
    monkeypatch.setitem(throttle.CEILINGS, "submit", Ceiling(network=5, network_aside=2, subject_aside=100))
    for _ in range(5):
        api.send("/examples", example(), 201)
    refused = api.send("/examples", example(), 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert Example.objects.filter(source="api", is_quarantined=True).count() == 3


@pytest.mark.parametrize(
    "kind, method, path",
    [
        ("read", "get", "/cases"),
        ("read", "get", "/desk/cases"),
        ("track", "get", "/tracking"),
        ("similar", "post", "/examples/similar"),
    ],
)
def test_reads_are_throttled(world, staff, monkeypatch, kind, method, path):
    monkeypatch.setitem(throttle.CEILINGS, kind, Ceiling(network=1))
    body = {"campaign": "mere-tid", "text": "x"}
    answers = [staff.get(API + path) if method == "get" else staff.send(path, body) for _ in range(2)]
    assert answers[0].status_code in (200, 404)
    assert answers[1].status_code == 429
    assert int(answers[1].headers["Retry-After"]) > 0


def test_stuffed_supports_do_not_count(world, api, monkeypatch):
    monkeypatch.setitem(throttle.CEILINGS, "support", Ceiling(network=8, network_aside=6))
    path = f"/cases/{world.case.reference}/supports"
    answers = [api.send(path, {}) for _ in range(9)]
    assert [answer.status_code for answer in answers] == [201] * 8 + [429]
    assert answers[7].json()["supports"] == 6
    assert Support.objects.count() == 8
