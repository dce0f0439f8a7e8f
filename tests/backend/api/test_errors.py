"""Every error is problem details, whatever went wrong and wherever."""

import json

import pytest
from django.db import OperationalError, connection

from .conftest import API, ApiClient, example

pytestmark = pytest.mark.django_db


def problem(response, status):
    assert response.status_code == status, response.content[:300]
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    return body


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1", "/api/v1/", "/api/v1/nope", "/api/v2/cases", "/api/v1/cases/", "/api/v1/cases/a/b", "/api/x"],
)  # fmt: skip
def test_unknown_addresses(world, api, path):
    for method in (api.get, api.post, api.delete, api.put, api.options):
        problem(method(path), 404)


@pytest.mark.parametrize(
    "path", ["/cases", "/examples", "/tracking", "/desk/cases", "/cases/F-AAAA-AAAA/supports"]
)
def test_other_methods_are_not_allowed(world, api, path):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "FOO"):
        response = api.generic(method, API + path, b"{}", content_type="application/json")
        problem(response, 405)
        assert "OPTIONS" in response.headers["Allow"]


def test_head_and_options(world, api):
    got = api.get(API + "/cases")
    head = api.head(API + "/cases")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["ETag"] == got.headers["ETag"]
    assert api.head(API + "/cases.csv").status_code == 200
    assert api.head(API + "/cases/F-AAAA-AAAA").status_code == 404
    assert api.head(API + "/examples").status_code == 405
    options = api.options(API + "/cases")
    assert (options.status_code, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "Access-Control-Allow-Origin" not in options.headers


def test_too_large_a_body(world, api):
    problem(api.send("/examples", example(problem="x" * 2_000_000)), 413)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "", "application/json; charset=utf-16"]
)
def test_only_json_is_read(world, api, content_type):
    body = json.dumps(example()).encode()
    problem(api.post(API + "/examples", body, content_type=content_type), 415)
    api.post(API + "/examples", body, content_type="application/json; charset=UTF-8")


def test_a_database_that_does_not_answer(world, api):
    def gone(execute, sql, params, many, context):
        raise OperationalError("database is locked")

    signed_in = ApiClient()
    signed_in.force_login(world.coordinator)
    with connection.execute_wrapper(gone):
        for response in (
            api.get(API + "/cases"),
            api.send("/examples", example()),
            # The session is asked for before any operation.
            signed_in.get(API + "/desk/cases"),
        ):
            body = problem(response, 503)
            assert int(response.headers["Retry-After"]) > 0
            assert "locked" not in str(body)


def test_an_unexpected_error_tells_nothing(world, api, caplog):
    def broken(execute, sql, params, many, context):
        raise RuntimeError("hemmeligheden")

    with connection.execute_wrapper(broken):
        body = problem(api.get(API + "/cases"), 500)
    assert "hemmeligheden" not in str(body)


def test_a_host_that_is_not_ours(world, settings):
    settings.ALLOWED_HOSTS = ["lejre.localhost"]
    problem(ApiClient(host="evil.example").get(API + "/cases"), 400)


def test_own_machine_by_either_name(world):
    world.lejre.hostname = "127.0.0.1"
    world.lejre.save()
    for host in ("127.0.0.1:8000", "localhost:8000", "localhost"):
        assert ApiClient(host=host).get(API + "/cases").status_code == 200
