"""What is published: the list, a case's page, the feed, and «Det sker også hos mig»."""

import datetime
import xml.etree.ElementTree as ElementTree

import pytest
from django.core.cache import cache
from django.utils import timezone

from backend.campaigns.models import Campaign
from backend.cases.actions import (
    close,
    record_reply,
    refer_to_body,
    release_reply,
    set_visibility,
    support_case,
    unpublish,
)
from backend.cases.models import Support
from backend.examples.throttle import CEILINGS, Ceiling, counter
from tests.cms.worlds import World, make_world
from tests.factories import make_area, make_body, make_case, make_core_task, make_published_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def case(world, coordinator):
    task = make_core_task(world.organisation)
    area = make_area(organisation=world.organisation, core_task=task)
    return make_published_case(world.campaign, coordinator, title="Vægten skrives tre steder", area=area)


def get(client, world, address="/forslag/", **query) -> str:
    response = client.get(address, query, **world.host)
    assert response.status_code == 200
    return response.content.decode()


def page_of(case) -> str:
    return f"/forslag/{case.reference}/"


def test_a_network_that_reads_too_much_waits(client, world, case, monkeypatch):
    monkeypatch.setitem(CEILINGS, "read", Ceiling(network=1))
    assert client.get("/forslag/", **world.host).status_code == 200
    page = client.get("/forslag/", **world.host)
    assert (page.status_code, int(page["Retry-After"]) > 0) == (429, True)


def test_only_what_is_published_is_shown(client, world, coordinator, case):
    hidden = make_case(world.campaign, coordinator, title="En kladde, ingen må se")
    page = get(client, world)
    assert case.title in page
    assert hidden.title not in page
    for address in (page_of(hidden), "/forslag/F-XXXX-XXXX/", "/forslag/æøå/", "/forslag/%00/"):
        assert client.get(address, **world.host).status_code == 404
    set_visibility(case=hidden, visibility="committee", no_personal_data=True, by=coordinator)
    assert client.get(page_of(hidden), **world.host).status_code == 404


def test_unpublishing_takes_effect_at_once_everywhere(client, world, coordinator, case):
    for address in ("/forslag/", "/forslag/feed.xml", page_of(case), "/"):
        assert case.title in get(client, world, address)
    unpublish(case=case, why="En fejl i teksten.", by=coordinator)
    for address in ("/forslag/", "/forslag/feed.xml", "/"):
        assert case.title not in get(client, world, address)
    assert client.get(page_of(case), **world.host).status_code == 404


def test_another_organisations_case_is_not_found(client, case):
    other = make_world("noerreby", slug="anden")
    assert client.get(page_of(case), **other.host).status_code == 404
    assert case.title not in get(client, other)
    assert client.post(page_of(case), **other.host).status_code == 404


def test_the_page_tells_the_story(client, world, coordinator, case):
    body = make_body(name="Økonomiudvalget", organisation=world.organisation)
    referral = refer_to_body(case=case, body=body, by=coordinator)
    reply = record_reply(
        referral=referral,
        answer="follow",
        text="Vi er enige.",
        what="Regnearket udgår.",
        by_whom="Center for Velfærd",
        promised_date=datetime.date(2090, 3, 1),
        by=coordinator,
    )
    page = get(client, world, page_of(case))
    assert "Økonomiudvalget" in page
    assert "Vi er enige." not in page
    release_reply(reply=reply, by=coordinator)
    page = get(client, world, page_of(case))
    for words in (
        case.problem,
        "Lovet",
        "Vi er enige.",
        "Regnearket udgår.",
        "1. marts 2090",
        "Center for Velfærd",
    ):
        assert words in page
    assert "Aktivt &amp; selvstændigt liv" in page


def test_dates_are_months(client, world, coordinator, case):
    today = timezone.localdate()
    page = get(client, world, page_of(case))
    assert f"{today.day}. " not in page.split('class="kt-dl"')[1].split("Nummer")[0]


def test_a_closed_case_says_why(client, world, coordinator, case):
    close(case=case, why="Reglen er afskaffet.", by=coordinator)
    assert "Reglen er afskaffet." in get(client, world, page_of(case))


@pytest.mark.parametrize("number, shown", [(0, "under 5"), (4, "under 5"), (5, "5"), (7, "7")])
def test_supports_read_under_five_until_there_are_five(client, world, case, number, shown):
    for _ in range(number):
        support_case(case=case)
    assert f'<p class="kt-figure" data-number>{shown}</p>' in get(client, world, page_of(case))
    assert f"Sker også hos andre: <span data-number>{shown}<" in get(client, world)


class TestSupport:
    def test_every_card_has_the_button_as_a_form_of_its_own(self, client, world, case):
        assert f'<form class="kt-card__support" method="post" action="{page_of(case)}#ogsaa"' in get(
            client, world
        )

    def test_one_click_counts_and_stores_nobody(self, client, world, case):
        response = client.post(page_of(case), **world.host)
        assert response.status_code == 200
        assert "Tak, det er talt med" in response.content.decode()
        assert Support.objects.get().case == case
        assert not client.cookies

    def test_the_way_to_write_about_it_oneself_counts_nobody_twice(self, client, world, case):
        words = "Fortæl, hvordan det er hos dig"
        assert f'<a href="{world.address}?ligesom={case.reference}">{words}</a>' in get(
            client, world, page_of(case)
        )
        counted = client.post(page_of(case), **world.host).content.decode()
        assert f'<a href="{world.address}">{words}</a>' in counted
        Campaign.objects.update(opens_date="2020-01-01", closes_date="2020-02-01")
        assert words not in get(client, world, page_of(case))

    def test_own_time_in_danish_numbers(self, client, world, case):
        client.post(page_of(case), {"minutes": "7,5", "times": "2", "period": "week"}, **world.host)
        support = Support.objects.get()
        assert (float(support.minutes), support.times, support.period) == (7.5, 2, "week")

    @pytest.mark.parametrize(
        "fields",
        [{"minutes": "tolv"}, {"minutes": "99999999"}, {"times": "1,5"}, {"times": "-1"}, {"period": "x"}],
        ids=str,
    )
    def test_nonsense_is_a_422(self, client, world, case, fields):
        assert client.post(page_of(case), fields, **world.host).status_code == 422
        assert Support.objects.count() == 0

    def test_a_foreign_page_cannot_count(self, client, world, case):
        response = client.post(page_of(case), headers={"Origin": "https://ond.example"}, **world.host)
        assert response.status_code == 403

    def test_a_flood_is_set_aside(self, client, world, case, monkeypatch):
        monkeypatch.setitem(CEILINGS, "support", Ceiling(network=100, network_aside=2))
        for _ in range(4):
            assert client.post(page_of(case), **world.host).status_code == 200
        assert Support.objects.counted().count() == 2


class TestFilters:
    def test_they_are_links_and_lead_back(self, client, world, case):
        page = get(client, world)
        assert 'href="/forslag/?area=aeldre"' in page
        chosen = get(client, world, area="aeldre", status="ready")
        assert 'href="/forslag/?status=ready" aria-current="true"' in chosen
        assert case.title in chosen

    def test_each_link_tells_how_many_it_finds_and_none_leads_to_nothing(
        self, client, world, coordinator, case
    ):
        other = make_published_case(
            world.campaign, coordinator, title="Kørsel", area=make_area("skole", "Skole")
        )
        refer_to_body(case=other, body=make_body(), by=coordinator)
        page = " ".join(get(client, world).split())
        for words in (
            'href="/forslag/?area=aeldre">Ældreområdet <span class="kt-count">1<',
            'href="/forslag/?status=ready">Klar til at blive sendt <span class="kt-count">1<',
            'href="/forslag/?body=fm"><span>Finansministeriet</span> <span class="kt-count">1<',
        ):
            assert words in page, words
        assert "status=closed" not in page
        narrowed = " ".join(get(client, world, area="skole", q="kørsel").split())
        assert "status=ready" not in narrowed
        assert 'href="/forslag/?area=skole&amp;q=k%C3%B8rsel&amp;status=referred">' in narrowed
        # What was typed is taken away by a link too.
        assert 'href="/forslag/?area=skole">Søgt efter: ' in narrowed

    def test_the_order_is_a_link_that_keeps_the_filters(self, client, world, coordinator, case):
        make_published_case(world.campaign, coordinator, title="Aften")
        page = get(client, world, status="ready", ordering="title")
        assert page.index("Aften") < page.index(case.title)
        assert 'href="/forslag/?status=ready">Nyeste først</a>' in page

    @pytest.mark.parametrize(
        "query, is_found",
        [
            ({"q": "vægt"}, True),
            ({"q": "zebra"}, False),
            ({"status": "ready"}, True),
            ({"status": "closed"}, False),
            ({"outcome": "not"}, False),
            ({"core_task": "stoette"}, True),
            ({"campaign": "mere-tid"}, True),
        ],
        ids=str,
    )
    def test_they_narrow(self, client, world, case, query, is_found):
        assert (case.title in get(client, world, **query)) is is_found

    @pytest.mark.parametrize(
        "query",
        [
            {"area": "findes-ikke"},
            {"status": "x"},
            {"side": "x"},
            {"side": "99999999999999999999"},
            {"q": "\x00"},
            {"q": "x" * 5000},
            {"published_from": "i går"},
            {"area": "\x00"},
            {"side": "-1"},
        ],
        ids=lambda query: str(query)[:30],
    )
    def test_nonsense_is_no_error(self, client, world, case, query):
        get(client, world, **query)

    def test_nothing_found_says_so(self, client, world, case):
        assert "Der er ikke noget, der passer" in get(client, world, q="zebra")

    def test_nothing_published_says_so(self, client, world):
        assert "Der er ikke offentliggjort noget endnu" in get(client, world)

    def test_it_pages_without_losing_the_filter(self, client, world, coordinator):
        for number in range(21):
            make_published_case(world.campaign, coordinator, title=f"Forslag nummer {number}")
        first = get(client, world, status="ready")
        assert "21 forslag" in first
        assert 'href="?status=ready&amp;side=2"' in first
        assert get(client, world, status="ready", side=2).count('class="kt-card"') == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_with_more(client, world, coordinator, number, django_assert_num_queries):
    area = make_area()
    for n in range(number):
        make_published_case(world.campaign, coordinator, title=f"Forslag {n}", area=area)
    get(client, world)
    with django_assert_num_queries(20):
        get(client, world)


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_asks_as_often_with_more(client, world, coordinator, case, number, django_assert_num_queries):
    for n in range(number):
        body = make_body(f"modtager-{n}", f"Modtager {n}", organisation=world.organisation)
        refer_to_body(case=case, body=body, by=coordinator)
    get(client, world, page_of(case))
    with django_assert_num_queries(13):
        get(client, world, page_of(case))


def test_the_feed_is_atom_and_dates_are_months(client, world, case):
    response = client.get("/forslag/feed.xml", **world.host)
    feed = ElementTree.fromstring(response.content)
    entry = feed.find("{http://www.w3.org/2005/Atom}entry")
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    assert entry.find("{http://www.w3.org/2005/Atom}title").text == case.title
    assert entry.find("{http://www.w3.org/2005/Atom}updated").text.endswith("-01T00:00:00+00:00")
    assert not client.cookies


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}"]
)
def test_what_people_write_is_never_markup(client, world, coordinator, payload):
    case = make_published_case(
        world.campaign, coordinator, title=payload, problem=f"{payload} og noget mere."
    )
    for address in ("/forslag/", page_of(case), "/"):
        page = get(client, world, address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
