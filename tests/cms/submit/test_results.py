"""What came of it: rules that are gone, refusals with reasons, figures, open data and feeds."""

import csv
import datetime
import io
import json
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format

from backend.cases import actions
from backend.cases.models import Case, Effect
from backend.examples.throttle import counter
from backend.registry.models import Law
from exports.open_data import COLUMNS
from tests.cms.worlds import World, make_world
from tests.factories import make_body, make_example, make_published_case, make_user

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def world() -> World:
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def by(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def centre(world):
    return make_body("velfaerd", "Center for Velfærd", organisation=world.organisation, kind="centre")


def get(client, world, address, **query) -> str:
    response = client.get(address, query, **world.host)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"
    return response.content.decode()


def answered(world, by, body, *, title="Vægten skrives tre steder", answer="follow", **values):
    """A published case that `body` has answered, and the answer."""
    case = make_published_case(world.campaign, by, title=title)
    referral = actions.refer_to_body(case=case, body=body, by=by)
    promise = {
        "what": "Regnearket er væk.",
        "by_whom": "Centerchefen",
        "promised_date": datetime.date(2090, 1, 1),
    }
    fields = values or promise
    reply = actions.record_reply(referral=referral, answer=answer, by=by, **fields)
    actions.release_reply(reply=reply, by=by)
    case.refresh_from_db()
    return case


def done(world, by, body, *, answers=0, **values):
    """A case that is done; `answers` writers have each got 44 hours back, yesterday."""
    case = answered(world, by, body, **values)
    today = timezone.localdate()
    actions.mark_done(case=case, implemented_date=today, evidence="Det er væk.", by=by)
    asked = today - datetime.timedelta(days=2)
    Case.objects.filter(pk=case.pk).update(effect_asked_date=asked)
    Effect.objects.bulk_create(
        Effect(
            case=case,
            example=make_example(world.campaign)[0],
            change="gone",
            hours_before=Decimal(44),
            hours_now=Decimal(0),
            on_date=today - datetime.timedelta(days=1),
        )
        for _ in range(answers)
    )
    return case


class TestDone:
    def test_it_tells_what_changed_who_did_it_and_the_time_that_came_back(self, client, world, by, centre):
        case = done(world, by, centre, answers=5)
        law = Law.objects.create(key="serviceloven", popular_name="serviceloven")
        case.case_laws.create(law=law, cited_text="serviceloven § 83")
        today = timezone.localdate()
        month = date_format(today, "F Y")
        page = get(client, world, "/sluppet-af-med/")
        for words in (
            "Regler, vi er sluppet af med",
            case.title,
            "Regnearket er væk.",
            "Center for Velfærd",
            "serviceloven § 83",
            f"Gjort ({month})",
            "5 af dem, der skrev, har svaret. Tilsammen fik de ca. 200–300 timer om året (skøn) tilbage.",
        ):
            assert words in page, words
        assert f"{today.day}. {month}" not in page

    def test_no_time_is_told_of_four(self, client, world, by, centre):
        done(world, by, centre, answers=4)
        page = get(client, world, "/sluppet-af-med/")
        assert "timer om året" not in page
        assert "når mindst fem har svaret" in page
        assert "timer om året" not in get(client, world, "/tal/")

    def test_it_is_narrowed_by_body_and_leads_back(self, client, world, by, centre):
        other = make_body("skole", "Center for Skole", organisation=world.organisation, kind="centre")
        done(world, by, centre, title="Hos velfærd", answers=5)
        done(world, by, other, title="Hos skolen")
        page = get(client, world, "/sluppet-af-med/", modtager="skole")
        assert "Hos skolen" in page
        assert "Hos velfærd" not in page
        assert 'href="/sluppet-af-med/" aria-current="true"' in page
        assert "1 forslag · ca. 200–300 timer om året (skøn)" in page
        assert "Der er ikke noget, der passer" in get(client, world, "/sluppet-af-med/", modtager="\x00")

    def test_what_is_not_done_taken_off_or_anothers_is_not_there(self, client, world, by, centre):
        assert "Der er ikke gjort noget endnu" in get(client, world, "/sluppet-af-med/")
        answered(world, by, centre, title="Kun lovet")
        gone = done(world, by, centre, title="Taget af igen")
        actions.unpublish(case=gone, why="En fejl.", by=by)
        other = make_world("noerreby", slug="anden")
        for place in (world, other):
            page = get(client, place, "/sluppet-af-med/")
            assert "Kun lovet" not in page
            assert "Taget af igen" not in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_asks_as_often_with_more(self, client, world, by, centre, number, django_assert_num_queries):
        for n in range(number):
            done(world, by, centre, title=f"Forslag {n}")
        get(client, world, "/sluppet-af-med/")
        with django_assert_num_queries(16):
            get(client, world, "/sluppet-af-med/")


class TestRefusals:
    def test_they_stand_with_their_reasons_by_body(self, client, world, by, centre):
        answered(world, by, centre, answer="not", reason_code="cost", text="Det koster for meget.")
        answered(world, by, centre, title="Lovet")
        page = get(client, world, "/afslag/")
        for words in ("Center for Velfærd", "Det koster for meget.", "Bliver ikke ændret", "Økonomi</a>: 1"):
            assert words in page, words
        assert "Lovet</a>" not in page
        assert "Det koster for meget." in get(client, world, "/afslag/", modtager="velfaerd", grund="cost")
        for query in (
            {"grund": "safety"},
            {"grund": "x"},
            {"modtager": "\x00"},
            {"side": "x", "grund": "\x00"},
        ):
            assert "Det koster for meget." not in get(client, world, "/afslag/", **query)

    def test_nothing_refused_says_so(self, client, world):
        assert "Der er ikke afvist noget endnu" in get(client, world, "/afslag/")

    @pytest.mark.parametrize("number", [1, 3])
    def test_they_ask_as_often_with_more(self, client, world, by, number, django_assert_num_queries):
        for n in range(number):
            body = make_body(f"modtager-{n}", f"Modtager {n}", organisation=world.organisation)
            answered(world, by, body, title=f"Nej {n}", answer="not", reason_code="cost", text="Nej.")
        get(client, world, "/afslag/")
        with django_assert_num_queries(12):
            get(client, world, "/afslag/")


def test_figures_are_rounded_down_and_lead_to_the_cases(client, world, by, centre):
    answered(world, by, centre)
    assert '<dd class="kt-figure">under 5</dd>' in get(client, world, "/tal/")
    for _ in range(6):
        make_example(world.campaign)
    page = get(client, world, "/tal/")
    assert '<dd class="kt-figure">mindst 5</dd>' in page
    assert 'href="/forslag/?campaign=mere-tid&amp;outcome=follow"' in page


class TestOpenData:
    def test_the_dictionary_describes_the_very_columns_of_the_files(self, client, world, by, centre):
        answered(world, by, centre).case_laws.create(cited_text="serviceloven § 83")
        text = b"".join(client.get("/api/v1/cases.csv", **world.host).streaming_content).decode("utf-8-sig")
        heading, row = csv.reader(io.StringIO(text), delimiter=";")
        assert heading == [str(column.name) for column in COLUMNS]
        assert len(row) == len(heading) == len(set(heading))
        (case,) = json.loads(b"".join(client.get("/api/v1/cases.json", **world.host).streaming_content))[
            "items"
        ]
        page = get(client, world, "/aabne-data/")
        for column in COLUMNS:
            # Where the dictionary says that the same stands in the JSON, it does.
            value = case
            for part in column.field.split("."):
                if value is not None:
                    value = value[part.removesuffix("[]")]
                    value = value[0] if part.endswith("[]") and value else value
            assert f"<code>{column.field}</code>" in page
            assert f'<th scope="row">{column.name}</th>' in page
            assert all(map(str, (column.meaning, column.kind, column.source)))
        assert "CC BY 4.0" in page


class TestFeeds:
    def entries(self, client, world, address):
        response = client.get(address, **world.host)
        assert response.headers["Content-Type"].startswith("application/atom+xml")
        feed = ElementTree.fromstring(response.content)
        return [
            (entry.find(f"{ATOM}title").text, entry.find(f"{ATOM}updated").text)
            for entry in feed.iter(f"{ATOM}entry")
        ]

    def test_one_for_each_campaign_and_one_for_what_is_done(self, client, world, by, centre):
        case = done(world, by, centre)
        month = f"{timezone.localdate():%Y-%m}-01T00:00:00+00:00"
        assert self.entries(client, world, "/kampagner/mere-tid/feed.xml") == [(case.title, month)]
        assert self.entries(client, world, "/sluppet-af-med/feed.xml") == [(f"Gjort: {case.title}", month)]
        actions.unpublish(case=case, why="En fejl.", by=by)
        assert self.entries(client, world, "/kampagner/mere-tid/feed.xml") == []
        assert self.entries(client, world, "/sluppet-af-med/feed.xml") == []
        assert client.get("/kampagner/findes-ikke/feed.xml", **world.host).status_code == 404
        other = make_world("noerreby", slug="anden")
        assert client.get("/kampagner/mere-tid/feed.xml", **other.host).status_code == 404
