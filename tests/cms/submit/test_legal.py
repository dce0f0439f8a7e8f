"""The privacy notice and the accessibility statement: what the law wants, filled in by an administrator."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from backend.organisations.models import Organisation
from cms.pages.sites import sync_groups
from tests.cms.worlds import make_world
from tests.factories import make_letter, make_user

pytestmark = pytest.mark.django_db
BLANK = "Ikke udfyldt endnu."
FILLED = {
    "controller": "Lejre Kommune\nMøllebjergvej 4, 4330 Hvalsø",
    "privacy_date": "2026-11-20",
    "accessibility_status": "partly",
    "accessibility_gaps": "Plakaten er et billede.",
    "accessibility_contact": "web@lejre.example, 46 46 46 46",
    "accessibility_date": "2026-11-21",
    "was_url": "",
    "privacy_url": "",
}


@pytest.fixture
def world():
    return make_world(is_default=True)


@pytest.fixture
def administrator(world):
    user = make_user("administrator", world.organisation)
    sync_groups(user)
    client = Client(HTTP_HOST=world.organisation.hostname)
    client.force_login(user)
    return client


def read(client, world, address):
    response = client.get(address, **world.host)
    assert response.status_code == 200
    return response.content.decode()


def fill(administrator, **values):
    page = administrator.get("/admin/organisation/")
    data = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    return administrator.post("/admin/organisation/", data | values)


def test_a_new_organisation_has_both_pages_with_the_blanks_flagged(client):
    call_command(
        "create_organisation",
        key="testby",
        name="Testby Kommune",
        host="testby.localhost",
        admin_email="chef@testby.example",
    )
    host = {"HTTP_HOST": "testby.localhost"}
    notice = client.get("/privatliv/", **host).content.decode()
    statement = client.get("/tilgaengelighed/", **host).content.decode()
    assert "Testby Kommune har pligt til at gøre sit websted tilgængeligt" in statement
    assert "Plakaten og papirskemaet er PDF-filer uden opmærkning" in statement
    assert "Forslag i sekretariatets egne ord sendes til dem" in notice
    assert (notice.count(BLANK), statement.count(BLANK)) == (4, 3)
    organisation = Organisation.objects.get()
    assert [name for name, _label in organisation.blanks_in_privacy_notice()] == [
        "controller",
        "dpo_contact",
        "retention",
        "privacy_date",
    ]


def test_what_an_administrator_fills_in_stands_on_the_pages(administrator, client, world):
    assert fill(administrator, **FILLED).status_code == 302
    notice, statement = read(client, world, "/privatliv/"), read(client, world, "/tilgaengelighed/")
    assert BLANK not in notice + statement
    for words in (
        "Møllebjergvej 4",
        "dpo@example.org",
        "To år efter kampagnens slutning",
        "20. november 2026",
    ):
        assert words in notice
    for right in ("begrænset brugen", "gøre indsigelse", "klage til Datatilsynet", "/hvad-vi-gemmer/"):
        assert right in notice
    for words in (
        "Delvist i overensstemmelse",
        "Plakaten er et billede",
        "web@lejre.example",
        "klage dér: digst.dk",
    ):
        assert words in statement


def test_a_site_that_is_fully_accessible_names_no_gaps(administrator, client, world):
    fill(administrator, **FILLED | {"accessibility_status": "full", "accessibility_gaps": ""})
    assert "Hvad er ikke tilgængeligt" not in read(client, world, "/tilgaengelighed/")
    assert Organisation.objects.get().blanks_in_accessibility_statement() == []


def test_only_whoever_can_fill_it_in_is_told_what_is_missing(administrator, client, world):
    told = "Loven kræver mere i privatlivspolitikken"
    assert told in administrator.get("/admin/").content.decode()
    coordinator = make_user("coordinator", world.organisation)
    sync_groups(coordinator)
    client.force_login(coordinator)
    assert told not in client.get("/admin/", **world.host).content.decode()
    fill(administrator, **FILLED)
    assert told not in administrator.get("/admin/").content.decode()


def test_was_leads_to_the_statement_of_the_laws_tool_or_to_ours(client, world):
    organisation = world.organisation
    assert client.get("/was", **world.host).headers["Location"] == organisation.was_url
    Organisation.objects.update(was_url="")
    assert client.get("/was", **world.host).headers["Location"] == "/tilgaengelighed/"
    assert client.get("/en/was", **world.host).headers["Location"] == "/en/tilgaengelighed/"


def test_a_campaign_opens_with_pages_of_our_own(administrator, world):
    Organisation.objects.update(privacy_url="", was_url="")
    campaign = type(world.campaign).objects.get()
    assert [name for name, _label in campaign.missing()] == ["privacy_url", "was_url"]
    fill(administrator, **FILLED)
    campaign = type(world.campaign).objects.get()
    assert campaign.state(at=timezone.now()) == "open"


def test_both_are_linked_at_the_foot_of_every_page(administrator, client, world):
    _batch, _rows, _link, secret = make_letter(
        world.campaign, make_user("coordinator", world.organisation), rows=1
    )
    pages = [read(client, world, address) for address in ("/", world.address, "/spor/", "/svar/")]
    pages.append(client.post("/svar/", {"link": secret}, **world.host).content.decode())
    pages.append(client.get("/admin/login/", **world.host).content.decode())
    pages += [administrator.get(address).content.decode() for address in ("/admin/", "/admin/organisation/")]
    for page in pages:
        assert 'href="/privatliv/"' in page
        assert 'href="/tilgaengelighed/"' in page
