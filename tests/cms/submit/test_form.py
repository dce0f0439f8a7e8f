"""The campaign page's form, at its address: what a visitor without JavaScript meets."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from backend.examples.models import Example
from backend.examples.throttle import CEILINGS, Ceiling, counter
from cms.pages.models import CampaignPage
from tests.cms.worlds import World, make_world
from tests.factories import make_area
from tests.hostile import REFUSED_TEXTS

pytestmark = pytest.mark.django_db

PROBLEM = "Vi skriver borgerens vægt tre steder, og ingen af tallene passer sammen."


@pytest.fixture
def world() -> World:
    cache.clear()
    counter.forget()
    return make_world()


def get(client: Client, world: World):
    return client.get(world.address, **world.host)


def send(client: Client, world: World, problem: str = PROBLEM, headers: dict | None = None, **fields: str):
    return client.post(world.address, {"problem": problem, **fields}, headers=headers, **world.host)


def text(response) -> str:
    return response.content.decode()


def words(response) -> list[str]:
    return re.findall(r"<li>(\w+)</li>", text(response).split('id="code"')[1].split("</ol>")[0])


def hidden_key(response) -> str:
    return re.search(r'name="key" value="([^"]+)"', text(response))[1]


def test_the_form_stands_on_the_page_with_send_right_under_the_first_field(client, world):
    page = text(get(client, world))
    assert (
        page.index("Hvad bøvler eller spænder ben")
        < page.index('name="problem"')
        < page.index(">Send</button>")
    )
    assert page.index(">Send</button>") < page.index('name="proposal"')
    assert '<html lang="da">' in page


def test_the_page_says_what_is_true(client, world):
    page = text(get(client, world))
    for truth in (
        "skriver dit eksempel om, før andre ser det",
        "netværk kan vise, at siden er besøgt",
        "aktindsigt",
        "En mistet kode kan ikke genskabes",
        "Vi gemmer intet om din computer eller telefon",
        "To år efter kampagnens slutning.",
        "https://example.org/whistleblower",
        'href="/privatliv/"',
        "dpo@example.org",
        'href="/tilgaengelighed/"',
    ):
        assert truth in page


def test_nothing_is_promised_about_the_machine_before_the_proxy_is_confirmed(client, world):
    world.organisation.is_proxy_logging_confirmed = False
    world.organisation.save()
    page = text(get(client, world))
    assert "intet om din computer" not in page
    assert "Kampagnen er ikke åben endnu" in page
    assert 'name="problem"' not in page


def test_no_cookie_no_cache_and_a_fresh_key_each_time(client, world):
    first, second = get(client, world), get(client, world)
    assert not client.cookies
    assert "no-store" in first.headers["Cache-Control"]
    assert hidden_key(first) != hidden_key(second)
    assert "Cookie" not in first.headers.get("Vary", "")


@pytest.mark.parametrize("areas", [1, 3])
def test_the_page_asks_the_database_as_often_however_much_there_is(
    client, world, areas, django_assert_num_queries
):
    for number in range(areas):
        make_area(f"omraade-{number}", f"Område {number}")
    get(client, world)
    with django_assert_num_queries(14):
        get(client, world)


def test_a_sent_example_is_answered_with_its_receipt(client, world):
    response = send(client, world)
    example = Example.objects.get()
    assert response.status_code == 200
    assert len(words(response)) == 8
    assert example.reference in text(response)
    assert f"{example.read_by_date().day}. " in text(response)
    assert example.problem == PROBLEM
    assert example.submitted_date == timezone.localdate()
    assert not client.cookies
    assert "no-store" in response.headers["Cache-Control"]


def test_everything_optional_comes_along(client, world):
    make_area("aeldre", "Ældreområdet")
    response = send(
        client,
        world,
        proposal="Skriv det ét sted.",
        legislation="Serviceloven § 83",
        area="aeldre",
        minutes="12,5",
        times="3",
        period="week",
        people="1.200",
        workplace="Plejecenter Bøgen",
        role="SOSU-assistent",
        audience="bodies",
        preview_wording="on",
        contact_email="anna@example.org",
        contact_name="Anna",
    )
    assert response.status_code == 200, text(response)
    example = Example.objects.get()
    assert (float(example.minutes), example.times, example.people) == (12.5, 3, 1200)
    assert (example.area.key, example.period, example.audience) == ("aeldre", "week", "bodies")
    assert example.preview_wording is True
    assert example.spare_my_workplace is False  # the tick was taken away
    assert "anna" not in example.contact.email_encrypted


def test_every_fault_is_told_at_its_field_and_nothing_typed_is_lost(client, world):
    response = send(
        client,
        world,
        "kort",
        minutes="tolv",
        contact_email="ingen",
        proposal="Skriv det ét sted.",
        audience="bodies",
    )
    page = text(response)
    assert response.status_code == 422
    assert Example.objects.count() == 0
    for typed in ("kort", "tolv", "ingen", "Skriv det ét sted."):
        assert typed in page
    for name in ("problem", "minutes", "contact_email"):
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}-error"' in page
    assert re.search(r'value="bodies" checked', page)
    assert "<title>Fejl:" in page


def test_a_cpr_number_is_refused_without_being_repeated_in_a_message(client, world):
    response = send(client, world, "Borgeren 010190-1234 fik to breve om det samme.")
    messages = re.findall(r'class="form-error-message".*?</span>.*?</span>', text(response), re.S)
    assert response.status_code == 422
    assert messages
    assert all("0190" not in message for message in messages)
    assert Example.objects.count() == 0


@pytest.mark.parametrize("hostile", REFUSED_TEXTS.values(), ids=REFUSED_TEXTS)
def test_hostile_text_is_refused_and_never_breaks_the_page(client, world, hostile):
    body = "problem=" + "".join(f"%{byte:02X}" for byte in hostile.encode("utf-8", "surrogatepass"))
    response = client.post(
        world.address, body, content_type="application/x-www-form-urlencoded", **world.host
    )
    # A lone surrogate is no UTF-8: what reaches us is its replacement character, an ordinary text.
    is_surrogate = any("\ud800" <= char <= "\udfff" for char in hostile)
    assert response.status_code == (200 if is_surrogate else 422)
    assert Example.objects.count() == int(is_surrogate)


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": "1" * 400},
        {"minutes": "1e400"},
        {"minutes": "NaN"},
        {"minutes": "-5"},
        {"times": "2,5"},
        {"times": "9999999999999999999"},
        {"people": "0"},
        {"period": "århundrede"},
        {"area": "findes-ikke"},
        {"area": "x" * 5000},
        {"audience": "alle-undtagen-chefen"},
        {"cause": "\x00"},
        {"proposal": "x" * 8001},
        {"workplace": "to\nlinjer"},
        {"contact_email": "a@b@c"},
        {"contact_name": "Anna"},
    ],
    ids=str,
)
def test_what_is_out_of_bounds_is_a_422(client, world, fields):
    assert send(client, world, **fields).status_code == 422
    assert Example.objects.count() == 0


def test_a_broken_body_is_no_server_error(client, world):
    for content_type in (
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "application/json",
    ):
        response = client.post(world.address, b"\xff\xfe{", content_type=content_type, **world.host)
        assert response.status_code in (400, 415, 422)
    assert Example.objects.count() == 0


def test_a_double_click_and_a_reload_give_the_same_receipt(client, world):
    key = hidden_key(get(client, world))
    first, second = send(client, world, key=key), send(client, world, key=key)
    assert Example.objects.count() == 1
    assert words(first) == words(second)


def test_another_text_under_the_same_key_is_asked_about_and_can_then_be_sent(client, world):
    key = hidden_key(get(client, world))
    send(client, world, key=key)
    response = send(client, world, PROBLEM + " Og en ting til.", key=key)
    assert response.status_code == 409
    assert "Og en ting til." in text(response)
    assert "allerede sendt et eksempel" in text(response)
    again = send(client, world, PROBLEM + " Og en ting til.", key=hidden_key(response))
    assert again.status_code == 200
    assert Example.objects.count() == 2


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": "https://ond.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://lejre.localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
    ids=str,
)
def test_only_our_own_page_may_send(world, headers, status):
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, world, headers=headers).status_code == status
    assert Example.objects.count() == int(status == 200)


def test_a_signed_in_person_leaves_no_trace_on_the_example(client, world, django_user_model):
    person = django_user_model.objects.create_user("ansat@example.org", "hemmeligt")
    client.force_login(person)
    send(client, world)
    event = Example.objects.get().events.get()
    assert event.by is None
    assert event.at is None


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(client, world, method):
    assert getattr(client, method)(world.address, **world.host).status_code == 405


class TestWhenItIsNotOpen:
    def test_before_opening_it_says_when(self, client):
        world = make_world(opens_date=datetime.date(2090, 2, 1), closes_date=datetime.date(2090, 3, 1))
        page = text(get(client, world))
        assert "Kampagnen åbner den 1. februar 2090" in page
        assert 'name="problem"' not in page

    def test_after_closing_it_says_when(self, client):
        world = make_world(opens_date=datetime.date(2020, 2, 1), closes_date=datetime.date(2020, 3, 1))
        page = text(get(client, world))
        assert "Kampagnen lukkede den 1. marts 2020" in page
        assert 'name="problem"' not in page

    def test_while_something_is_missing_the_public_learns_only_that_it_is_not_open(self, client):
        world = make_world(med_discussed_date=None)
        page = text(get(client, world))
        assert "Kampagnen er ikke åben endnu" in page
        assert "MED" not in page
        assert send(client, world).status_code == 409

    def test_what_was_typed_at_midnight_is_not_lost(self, client, world):
        page = CampaignPage.objects.get(pk=world.page.pk)
        page.closes_date = timezone.localdate() - datetime.timedelta(days=1)
        page.save_revision().publish()
        response = send(
            client, world, proposal="Skriv det ét sted.", workplace="Bøgen", contact_email="a@example.org"
        )
        shown = text(response)
        assert response.status_code == 409
        assert "Kampagnen lukkede, mens du skrev" in shown
        for kept in (PROBLEM, "Skriv det ét sted.", "Bøgen", "a@example.org", "Mette Holm, 46 46 46 40"):
            assert kept in shown
        assert "no-store" in response.headers["Cache-Control"]
        assert Example.objects.count() == 0

    def test_an_unpublished_page_is_not_found(self, client, world):
        CampaignPage.objects.get(pk=world.page.pk).unpublish()
        assert get(client, world).status_code == 404
        assert send(client, world).status_code == 404


class TestFloods:
    def test_a_network_over_its_ceiling_keeps_its_text(self, client, world, monkeypatch):
        monkeypatch.setitem(CEILINGS, "submit", Ceiling(network=1))
        send(client, world)
        response = send(client, world, "En anden tekst, der ikke må gå tabt.")
        assert response.status_code == 429
        assert int(response.headers["Retry-After"]) > 0
        assert "En anden tekst, der ikke må gå tabt." in text(response)
        assert Example.objects.count() == 1

    def test_a_flood_to_one_campaign_is_set_aside_not_refused(self, client, world, monkeypatch):
        monkeypatch.setitem(CEILINGS, "submit", Ceiling(network=100, subject_aside=2))
        answers = [send(client, world, f"{PROBLEM} Nummer {number}.") for number in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert Example.objects.filter(is_quarantined=True).count() == 1


def test_the_wrong_host_shows_the_other_organisations_campaign_never(client, world):
    other = make_world("noerreby", slug="anden")
    assert client.get(other.address, **world.host).status_code == 404
    assert client.post(other.address, {"problem": PROBLEM}, **world.host).status_code == 404


def test_what_is_said_of_personal_numbers_is_true_of_pictures(client, world):
    assert "Vi kan ikke læse billeder" in client.get(world.address, **world.host).content.decode()
    assert "Vi kan ikke læse billeder" in client.get("/hvad-vi-gemmer/", **world.host).content.decode()
