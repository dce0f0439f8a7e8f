"""The OpenAPI document is fresh, whole and served from here."""

import re

import pytest
from django.core.management import call_command

from backend.api.api import api as ninja_api
from backend.cases.lifecycle import MOVES as CASE_MOVES
from backend.examples.lifecycle import MOVES as EXAMPLE_MOVES
from backend.examples.lifecycle import SUBMITTER

from .conftest import API

pytestmark = pytest.mark.django_db


def operations():
    for path, methods in ninja_api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield path.removeprefix(API), method, operation


def test_the_snapshot_is_fresh():
    call_command("openapi", check=True)


def test_every_operation_documents_its_errors():
    for path, method, operation in operations():
        statuses = {int(status) for status in operation["responses"]}
        assert {400, 404, 422, 429, 500, 503} <= statuses, (method, path)
        if path.startswith("/desk/"):
            assert {401, 403} <= statuses, (method, path)
            assert operation["security"], path
        if method == "post":
            assert {413, 415} <= statuses, (method, path)
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
        assert operation["description"], path


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _path, _method, operation in operations()]
    assert len(names) == len(set(names))


def test_every_named_move_has_its_endpoint():
    paths = {path for path, _method, _operation in operations()}
    for move in EXAMPLE_MOVES.values():
        if move.permission != SUBMITTER:
            assert f"/desk/examples/{{reference}}/{move.name}" in paths
    for name in CASE_MOVES:
        assert f"/desk/cases/{{reference}}/{name}" in paths


def test_the_document_and_its_page_ask_no_other_host(api):
    document = api.get(API + "/openapi.json")
    assert document.json()["openapi"].startswith("3.")
    page = api.get(API + "/docs")
    assert page.status_code == 200
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.content.decode())
    assert not page.cookies
