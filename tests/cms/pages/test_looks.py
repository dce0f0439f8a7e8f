"""A municipality's own colour and logo: readable, served from our own address, seen at once."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.images.tests.utils import get_test_image_file

from backend.organisations.permissions import NotAllowed
from cms.pages.colours import SUN, WHITE, contrast, nearest_that_passes, shades
from cms.pages.looks import save_look
from cms.pages.models import OrganisationSite
from cms.pages.sites import sync_groups
from tests.cms.worlds import make_world
from tests.factories import make_user

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcags():
    assert round(contrast("#000000", WHITE), 2) == 21
    assert round(contrast("#777777", WHITE), 2) == 4.48
    assert round(contrast(WHITE, "#0000ff"), 2) == 8.59


@given(COLOURS)
def test_whatever_is_suggested_passes_everywhere_that_it_is_used(colour):
    used = nearest_that_passes(colour)
    assert used == colour or contrast(colour, WHITE) < 4.5
    own, dark, pale = shades(used).values()
    assert contrast(own, WHITE) >= 4.5
    assert contrast(own, "#faf6ef") >= 3
    assert contrast(own, pale) >= 3
    assert contrast(dark, WHITE) >= 7
    assert contrast(dark, pale) >= 4.5
    assert contrast(dark, SUN) >= 4.5


@pytest.fixture
def world(db):
    return make_world(is_default=True)


@pytest.fixture
def administrator(world):
    user = make_user("administrator", world.organisation)
    sync_groups(user)
    client = Client(HTTP_HOST=world.organisation.hostname)
    client.force_login(user)
    return client


def picture(name="logo.png"):
    """An upload, read from its beginning."""
    file = get_test_image_file(name)
    file.seek(0)
    return file


def save(administrator, **values):
    return administrator.post("/admin/organisation/udseende/", {"colour": "", "logo_alt": "", **values})


def test_a_colour_is_served_as_a_style_sheet_that_may_be_kept(administrator, client, world):
    assert client.get("/udseende.css", **world.host).status_code == 404
    assert save(administrator, colour="#8A1538").status_code == 302
    page = client.get("/", **world.host)
    address = re.search(r'href="(/udseende\.css\?v=\w+)"', page.content.decode())[1]
    sheet = client.get(address, **world.host)
    assert sheet.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "--kt-green:#8a1538;" in sheet.content.decode()
    assert "style=" not in page.content.decode()
    save(administrator, colour="#003366")
    assert address not in client.get("/", **world.host).content.decode()


def test_a_colour_that_cannot_be_read_is_refused_with_the_ratio_and_the_nearest_that_can(administrator):
    page = save(administrator, colour="#ffcc00")
    assert page.status_code == 422
    told = re.search(
        r"kontrast på 1,5 til 1, og der skal 4,5 til 1\. .* er (#[0-9a-f]{6})\.", page.content.decode()
    )
    assert save(administrator, colour=told[1]).status_code == 302
    assert save(administrator, colour="rød").status_code == 422
    assert OrganisationSite.objects.get().colour == told[1]


def test_a_logo_is_drawn_anew_and_has_words(administrator, client, world):
    page = save(administrator, logo=picture())
    assert page.status_code == 422
    assert "Skriv med ord, hvad logoet viser" in page.content.decode()
    assert save(administrator, logo=picture(), logo_alt="Lejre Kommune").status_code == 302
    link = OrganisationSite.objects.get()
    assert link.logo.collection == link.collection
    assert 'alt="Lejre Kommune"' in client.get("/spor/", **world.host).content.decode()
    assert save(administrator, logo_alt="Byvåbnet").status_code == 302
    assert 'alt="Byvåbnet"' in client.get("/", **world.host).content.decode()
    save(administrator, logo_alt="Byvåbnet", is_logo_removed="on")
    assert "kt-brand__logo" not in client.get("/", **world.host).content.decode()


def test_what_is_no_picture_is_refused(administrator):
    assert save(administrator, logo=picture("logo.svg"), logo_alt="x").status_code == 422
    assert OrganisationSite.objects.get().logo is None


def test_another_organisation_keeps_its_own_look(administrator, client, world):
    theirs = make_world("noerreby")
    save(administrator, colour="#003366")
    assert "udseende.css" not in client.get("/", **theirs.host).content.decode()
    assert administrator.get("/admin/organisation/udseende/?organisation=noerreby").status_code == 404
    with pytest.raises(NotAllowed):
        save_look(
            site_link=theirs.organisation.site_link,
            by=make_user("administrator", world.organisation),
            colour="#003366",
            logo_alt="",
        )


def test_only_an_administrator_changes_it(client, world):
    for role in ("coordinator", "editor", "reader"):
        user = make_user(role, world.organisation)
        sync_groups(user)
        client.force_login(user)
        assert client.get("/admin/organisation/udseende/", **world.host).status_code in (403, 404)
