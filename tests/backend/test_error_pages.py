import json

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from backend import error_pages
from backend.error_pages import ErrorPagesMiddleware, bad_request, error_page, server_error
from backend.urls import handler400, handler403, handler404, handler500, urlpatterns


def broken_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("database or disk is full: INSERT … 'Hannes ord'")


urls_with_a_broken_view = (path("broken/", broken_database), *urlpatterns)


class Urls:
    """A url configuration whose database is away at /broken/."""

    urlpatterns = urls_with_a_broken_view
    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
def test_every_status_has_a_danish_page(rf: RequestFactory, status: int):
    response = error_page(rf.get("/kampagner/"), status)
    text = response.content.decode()
    assert response.status_code == status
    assert '<html lang="da">' in text
    assert text.count("<h1") == 1


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503])
def test_every_status_has_problem_details_under_api(rf: RequestFactory, status: int):
    response = error_page(rf.get("/api/v1/examples"), status)
    problem = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"]) == (status, status)
    assert {"type", "title", "detail"} <= set(problem)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_unknown_address_under_api_never_reaches_the_pages(client: Client, method: str):
    response = getattr(client, method)("/api/v9/nothing")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_too_large_a_form_is_refused_before_it_is_read(client: Client):
    response = client.post(
        "/kampagner/", data="x" * (1024 * 1024 + 1), content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413


def test_too_large_json_is_refused_with_problem_details(client: Client):
    response = client.post("/api/v1/examples", data="x" * (1024 * 1024 + 1), content_type="application/json")
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


def test_uploads_may_be_larger_but_not_without_limit(rf: RequestFactory):
    middleware = ErrorPagesMiddleware(lambda request: HttpResponse())
    request = rf.post("/", data={"name": "value"})
    assert middleware.limit(request) == 55 * 1024 * 1024


@pytest.mark.parametrize("claim", ["", "many", None])
def test_a_nonsense_length_counts_as_none(rf: RequestFactory, claim: str | None):
    request = rf.get("/")
    request.META["CONTENT_LENGTH"] = claim
    assert error_pages.content_length(request) == 0


@pytest.mark.parametrize("address", ["/broken/"])
def test_absent_database_is_503_with_retry_after(client: Client, address: str, caplog):
    with override_settings(ROOT_URLCONF=Urls):
        response = client.get(address)
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "Hannes ord" not in response.content.decode()


def test_a_wrong_host_is_told_so_without_being_asked_again(rf: RequestFactory):
    assert bad_request(rf.get("/", HTTP_HOST="evil..example")).status_code == 400


def test_a_page_that_cannot_be_shown_still_says_that_something_went_wrong(rf: RequestFactory, settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Noget gik galt hos os." in response.content.decode()
