"""What a body said and nobody here has released is in no page, feed, file, API answer or tracking page."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Reply
from backend.examples.throttle import counter
from tests.cms.worlds import make_world
from tests.factories import make_body, make_case, make_example, make_user

pytestmark = pytest.mark.django_db
MARK = "Zebrafisk"
PROMISE = {
    "answer": "follow",
    "what": f"{MARK} i det, der sker",
    "by_whom": f"{MARK}kontoret",
    "promised_date": datetime.date(2027, 1, 1),
    "text": f"{MARK} i svaret",
    "signed_name": MARK,
    "signed_title": MARK,
}
API = "/api/v1"
PUBLIC = (
    "/",
    "/forslag/",
    "/forslag/?outcome=follow",
    "/forslag/?q=zebrafisk",
    "/forslag/feed.xml",
    "/modtagere/",
    f"{API}/cases",
    f"{API}/cases?outcome=follow",
    f"{API}/cases.csv",
    f"{API}/cases.json",
    f"{API}/statistics",
    f"{API}/bodies",
)


@pytest.fixture
def world():
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def seen_by_the_public(client, world, case, code):
    """Everything that anybody outside gets to read about the case."""
    addresses = [*PUBLIC, f"/forslag/{case.reference}/", f"{API}/cases/{case.reference}"]
    addresses += [f"/modtagere/body{number}/" for number in range(6)]
    found = {}
    for address in addresses:
        response = client.get(address, **world.host)
        assert response.status_code == 200, address
        found[address] = content(response).decode()
    found["similar"] = content(
        client.post(
            f"{API}/examples/similar",
            {"campaign": world.campaign.slug, "text": case.problem},
            content_type="application/json",
            **world.host,
        )
    ).decode()
    found["tracking page"] = content(client.post("/spor/", {"code": code}, **world.host)).decode()
    found["tracking API"] = content(
        client.get(f"{API}/tracking", headers={"X-Tracking-Code": code}, **world.host)
    ).decode()
    return found


def test_nothing_unreleased_leaves_the_desk(client, world, coordinator):
    example, code = make_example(world.campaign)
    case = make_case(world.campaign, coordinator, example=example)
    actions.mark_ready(case=case, by=coordinator)
    actions.set_visibility(case=case, visibility="public", no_personal_data=True, by=coordinator)
    asked = [
        actions.refer_to_body(case=case, body=make_body(f"body{number}", f"Udvalg {number}"), by=coordinator)
        for number in range(6)
    ]
    today = timezone.localdate()
    waiting = actions.record_reply(referral=asked[0], by=coordinator, **PROMISE)
    held = actions.record_reply(referral=asked[1], by=coordinator, **PROMISE)
    actions.hold_replies(replies=[held], until=today, note=MARK, by=coordinator)
    actions.record_reply(referral=asked[2], answer="lacks_facts", text=MARK, by=coordinator)
    actions.answer_body(referral=asked[2], text=f"{MARK} er vores svar", by=coordinator)
    actions.record_reply(referral=asked[3], answer="not_ours", points_to=f"{MARK}rådet", by=coordinator)
    Reply.objects.create(referral=asked[4], is_proposal=True, received_date=today, **PROMISE)
    asked[5].messages.create(kind="correction", text=MARK, on_date=today)

    seen = seen_by_the_public(client, world, case, code)
    told = {where for where, text in seen.items() if MARK.lower() in text.lower() and "q=zebra" not in where}
    assert told == set()
    statuses = {
        row["status"] for row in client.get(f"{API}/cases/{case.reference}", **world.host).json()["bodies"]
    }
    assert statuses == {"sent", "acknowledged"}
    assert "Besvaret" not in seen[f"/forslag/{case.reference}/"]

    actions.release_reply(reply=waiting, by=coordinator)
    seen = seen_by_the_public(client, world, case, code)
    for where in (f"/forslag/{case.reference}/", "/modtagere/body0/", f"{API}/cases/{case.reference}"):
        assert f"{MARK} i svaret" in seen[where]
    actions.withdraw_reply(reply=waiting, why="Et navn var med.", by=coordinator)
    seen = seen_by_the_public(client, world, case, code)
    told = {where for where, text in seen.items() if MARK.lower() in text.lower() and "q=zebra" not in where}
    assert told == set()
