"""The error pages as people meet them: in Danish, and the last two with neither database nor request."""

import pytest
from django.test import RequestFactory
from django.urls import path

from backend import error_pages
from backend import urls as real_urls
from tests.cms.worlds import make_world

HEADINGS = {
    400: "Det forstod vi ikke",
    403: "Du har ikke adgang til det her",
    404: "Vi kan ikke finde siden",
    413: "Der er for meget tekst",
    429: "Der er trængsel lige nu",
    500: "Noget gik galt hos os",
    503: "Vi holder lukket et øjeblik",
}


def break_down(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [path("gaa-i-stykker/", break_down), *real_urls.urlpatterns]
handler500 = error_pages.server_error


@pytest.mark.parametrize("status", HEADINGS)
def test_each_has_its_page_in_danish(db, status):
    make_world(is_default=True)
    page = error_pages.error_html(RequestFactory().get("/"), status)
    assert HEADINGS[status] in page
    assert '<html lang="da">' in page
    assert ("Lejre" in page) is (400 < status < 500)


@pytest.mark.parametrize("status", [400, 500, 503])
def test_a_failing_server_asks_nothing_of_the_database(status):
    # Without the `db` fixture a query would fail the test.
    assert HEADINGS[status] in error_pages.error_html(RequestFactory().get("/"), status)


def test_a_house_without_sites_says_kindly_that_nothing_is_here(client, db):
    for address in ("/", "/forslag/", "/forslag/feed.xml", "/forslag/F-AAAA-AAAA/", "/kampagner/x/", "/was"):
        response = client.get(address)
        assert response.status_code == 404
        assert HEADINGS[404] in response.content.decode()
    assert client.get("/spor/").status_code == 200


@pytest.mark.urls("tests.cms.test_error_pages")
def test_a_fault_of_ours_is_answered_with_its_page(client, db):
    client.raise_request_exception = False
    response = client.get("/gaa-i-stykker/")
    assert response.status_code == 500
    assert HEADINGS[500] in response.content.decode()
    assert not client.cookies
