"""Of whoever writes nothing is kept: not the machine, not the moment, not who happened to be signed in (P-1 to P-3).

The API's own errors are in tests/backend/api/test_privacy.py; here page, tracking page and API are met in turn.
"""

import datetime
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from backend.attachments.models import StoredFile
from backend.cases.models import Case
from backend.examples.models import Example
from backend.examples.references import new_reference
from backend.examples.throttle import counter
from backend.outbox.models import OutgoingMessage
from cms.pages.sites import sync_groups
from tests.backend.attachments.files import MARK as FILE_MARK
from tests.backend.attachments.files import jpeg
from tests.cms.worlds import World, make_world
from tests.factories import make_published_case, make_user
from tests.traces import every_file, every_row, listening

pytestmark = pytest.mark.django_db

ADDRESSES = ["203.0.113.201", "198.51.100.202"]
MACHINE = {
    "User-Agent": "SporMaskine/7.3",
    "Referer": "http://lejre.localhost/henvist-herfra",
    "Accept-Language": "fo-FO,fo;q=0.9",
    "X-Forwarded-For": ADDRESSES[1],
    "X-Real-IP": ADDRESSES[1],
    "Cookie": "sporing=cookiemaerke",
}
MARKS = [*ADDRESSES, "SporMaskine", "henvist-herfra", "fo-FO", "cookiemaerke"]
CPR = "050585-4321"
WORDS = "Ordetsomingenandreskriver står i tre systemer"
WORD = "rdetsomingenandreskriver"
ADDED = "Tilføjelsesordet er også mit"


class Moment:
    """The clock of the test, which stands still between its moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now().replace(hour=3, minute=10, second=41)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def written(self) -> list[str]:
        """The moment's minute and second as a row could hold them."""
        local = timezone.localtime(self.now)
        minutes = [f"{moment:%Y-%m-%d}{gap}{moment:%H:%M}" for moment in (self.now, local) for gap in " T"]
        return [*minutes, str(int(self.now.timestamp()))]


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    return Moment(monkeypatch)


@pytest.fixture
def world(moment: Moment) -> World:
    cache.clear()
    counter.forget()
    return make_world()


class Sender:
    """A browser with a marked machine, on the organisation's host."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client(raise_request_exception=False)

    def options(self, headers: dict[str, str] | None = None) -> dict:
        """What goes with every request. A browser that is signed in has its own cookie instead of the marked one."""
        machine = {**MACHINE, **(headers or {})}
        if self.client.cookies:
            del machine["Cookie"]
        return {"headers": machine, "REMOTE_ADDR": ADDRESSES[0], **self.world.host}

    def by_page(self, problem: str = WORDS, status: int = 200, **fields: str) -> str:
        """Send the campaign page's form; returns the answer's text."""
        data = {"problem": problem, **fields}
        response = self.client.post(self.world.address, data, **self.options())
        assert response.status_code == status
        return response.content.decode()

    def by_api(self, problem: str = WORDS, status: int = 201) -> dict:
        """Send by the API; returns the answer."""
        body = json.dumps({"campaign": self.world.campaign.slug, "problem": problem})
        response = self.client.post(
            "/api/v1/examples", body, content_type="application/json", **self.options()
        )
        assert response.status_code == status, response.content
        return response.json()

    def track(self, code: str, status: int = 200, **fields: str) -> None:
        """Ask at the tracking page."""
        response = self.client.post("/spor/", {"code": code, **fields}, **self.options())
        assert response.status_code == status

    def support(self, case: Case) -> None:
        """Say that it happens here too, by the page and by the API."""
        data = {"minutes": "7,5", "times": "2", "period": "week"}
        response = self.client.post(f"/forslag/{case.reference}/", data, **self.options())
        assert response.status_code == 200
        path = f"/api/v1/cases/{case.reference}/supports"
        response = self.client.post(path, "{}", content_type="application/json", **self.options())
        assert response.status_code == 201

    def code_of(self, receipt: str) -> str:
        """The eight words of a receipt page."""
        return " ".join(re.findall(r"<li>(\w+)</li>", receipt.split('id="code"')[1].split("</ol>")[0]))


def refused(sender: Sender, code: str) -> None:
    """Everything that can go wrong, in which words tend to be kept."""
    case = Case.objects.first()
    if case is not None:
        wrong = sender.client.post(f"/forslag/{case.reference}/", {"minutes": WORDS}, **sender.options())
        assert wrong.status_code == 422
    sender.by_page(f"{WORDS} {CPR}", 422)
    sender.by_api(f"{WORDS} {CPR}", 422)
    sender.by_page("", 422, proposal=WORDS, minutes=WORDS, area=WORDS, contact_email=WORDS)
    sender.track(f"{code} forkert", 422)
    sender.track(code, 422, do="message", text=f"{ADDED} {CPR}")
    client, world = sender.client, sender.world
    data = {"problem": WORDS, "code": code}
    foreign = sender.options({"Origin": "https://fremmed.example"})
    assert client.post(world.address, data, **foreign).status_code == 403
    assert client.put(world.address, WORDS, **sender.options()).status_code == 405
    assert client.get(f"/spor/{code.replace(' ', '-')}/", **sender.options()).status_code == 404
    client.get(f"{world.address}?problem={WORDS}&code={code}", **sender.options())
    too_much = {"problem": WORDS * 40_000}
    assert client.post(world.address, too_much, **sender.options()).status_code == 413
    with connection.execute_wrapper(broken):
        sender.by_page(status=500)
        sender.track(code, 500)


def broken(execute: object, sql: str, params: object, many: bool, context: dict) -> None:
    """A database that answers with what it was given, as databases do."""
    raise RuntimeError(f"{ADDRESSES[0]} {WORDS} {CPR}")


def places(marks: list[str]) -> set[tuple[str, str]]:
    """Where in the database any of `marks` stands."""
    return {(table, mark) for table, row in every_row() for mark in marks if mark.lower() in row.lower()}


@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "signed-in"])
def test_nothing_but_the_words_is_kept(world: World, moment: Moment, signed_in: bool) -> None:
    coordinator = make_user("coordinator", world.organisation, email="den.paalogne@example.org")
    case = make_published_case(world.campaign, coordinator)
    sync_groups(coordinator)
    sender = Sender(world)
    if signed_in:
        sender.client.force_login(coordinator)
        assert sender.client.get("/admin/eksempler/", **sender.options()).status_code == 200
    moment.now += datetime.timedelta(minutes=17, seconds=3)
    with listening() as log:
        codes = [sender.code_of(sender.by_page()), sender.by_api()["tracking_code"]]
        sender.track(codes[0])
        sender.track(codes[0], do="message", text=ADDED)
        sender.support(case)
        assert log.getvalue() == ""
        refused(sender, codes[0])
        written = log.getvalue()

    dashed = [code.replace(" ", dash) for code in codes for dash in (" ", "-", "+", "%20")]
    secret = [*MARKS, CPR, CPR.replace("-", ""), *dashed]
    assert places([*secret, *moment.written()]) == set()
    assert {table for table, _mark in places([WORD])} == {"examples_example"}
    assert {table for table, _mark in places([ADDED])} == {"examples_message"}
    assert written
    assert [mark for mark in [*secret, WORD, "ilføjelsesord"] if mark.lower() in written.lower()] == []
    files = every_file(Path(settings.STORAGES["default"]["OPTIONS"]["location"]).parent)
    assert [path for path, content in files for mark in [*secret, WORD] if mark in content] == []
    # No mail goes out for one example: it would tell the moment.
    assert (mail.outbox, OutgoingMessage.objects.count()) == ([], 0)

    supports = {row for table, row in every_row() if table == "cases_support"}
    assert len(supports) == 2
    assert [row for row in supports if coordinator.pk.hex in row or str(coordinator.pk) in row] == []
    examples = list(Example.objects.filter(case_examples=None))
    assert len(examples) == 2
    who = [str(coordinator.pk), coordinator.pk.hex, coordinator.email]
    for example in examples:
        about = [str(example.pk), example.pk.hex, example.reference]
        rows = [row for _table, row in every_row() if any(mark in row for mark in about)]
        assert rows
        assert [row for row in rows if any(mark in row for mark in who)] == []
        assert {event.by for event in example.events.all()} == {None}
        assert {event.at for event in example.events.all()} == {None}


def test_what_is_kept_would_be_found(world: World, moment: Moment) -> None:
    """The search itself: a moment and a number that do stand somewhere."""
    moment.now += datetime.timedelta(minutes=5)
    example = Example.objects.get(reference=Sender(world).by_api()["reference"])
    example.events.create(move="x", to_status="received", on_date=moment.now.date(), at=moment.now, why=CPR)
    assert {table for table, _mark in places(moment.written())} == {"examples_exampleevent"}
    assert {table for table, _mark in places([CPR])} == {"examples_exampleevent"}


def test_a_visitor_gets_no_cookie(world: World) -> None:
    sender = Sender(world)
    receipt = sender.by_page()
    sender.by_api()
    refused(sender, sender.code_of(receipt))
    assert not sender.client.cookies


def test_references_tell_nothing_of_the_order(world: World) -> None:
    """The rank correlation of when and which is small over 500 examples (P-3)."""
    references = [new_reference("E") for _ in range(500)]
    ranks = {reference: rank for rank, reference in enumerate(sorted(references))}
    squares = sum((ranks[reference] - number) ** 2 for number, reference in enumerate(references))
    assert len(ranks) == 500
    assert abs(1 - 6 * squares / (500 * (500**2 - 1))) < 0.2


def test_a_file_tells_nothing_of_who_sent_it(world: World, moment: Moment) -> None:
    """Neither its own name, nor what was in it besides the picture, nor when it came (P-4)."""
    sender = Sender(world)
    name = "Billede fra Sporkontoret.jpg"
    data = {"problem": WORDS, "files": SimpleUploadedFile(name, jpeg())}
    moment.now += datetime.timedelta(minutes=17, seconds=3)
    with listening() as log:
        assert sender.client.post(world.address, data, **sender.options()).status_code == 200
    secret = ["Sporkontoret", FILE_MARK]
    assert places([*secret, *MARKS, *moment.written()]) == set()
    folder = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    assert [path for path, content in every_file(folder.parent) for mark in secret if mark in content] == []
    assert log.getvalue() == ""
    [stored] = StoredFile.objects.all()
    kept = Path(stored.file.path)
    assert kept.exists()
    assert kept.stat().st_mtime % (24 * 60 * 60) == 0
    assert stored.stored_date == timezone.localdate()
