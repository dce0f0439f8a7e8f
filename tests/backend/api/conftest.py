"""A world with two organisations, and clients as visitors, sessions and tokens."""

import json

import pytest
from django.test import Client

from backend.organisations.actions import create_token
from tests.factories import (
    make_area,
    make_body,
    make_campaign,
    make_core_task,
    make_organisation,
    make_published_case,
    make_user,
)

API = "/api/v1"


class ApiClient(Client):
    """Speaks JSON to one host."""

    def __init__(self, host="lejre.localhost", token=None, **headers):
        if token:
            headers["Authorization"] = f"Bearer {token}"
        super().__init__(raise_request_exception=False, headers={"Host": host, **headers})

    def read(self, path, status=200, **options):
        response = self.get(API + path, **options)
        assert response.status_code == status, (path, response.status_code, response.content[:500])
        return response.json()

    def send(self, path, body=None, status=None, **options):
        if body is None:
            response = self.post(API + path, b"", content_type="", **options)
        else:
            response = self.post(API + path, json.dumps(body), content_type="application/json", **options)
        if status is not None:
            assert response.status_code == status, (path, response.status_code, response.content[:800])
        return response


class World:
    """Lejre with a case in public, and Nørreby, which must not be seen from Lejre."""

    def __init__(self):
        self.lejre = make_organisation("lejre")
        self.noerreby = make_organisation("noerreby")
        self.task = make_core_task(self.lejre)
        self.area = make_area(organisation=self.lejre, core_task=self.task)
        self.ministry = make_body()
        self.campaign = make_campaign(self.lejre)
        self.other_campaign = make_campaign(self.noerreby)
        self.coordinator = make_user("coordinator", self.lejre)
        self.stranger = make_user("coordinator", self.noerreby)
        self.case = make_published_case(self.campaign, self.coordinator, area=self.area)


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def api():
    return ApiClient()


@pytest.fixture
def staff(world):
    """The coordinator's client, by token."""
    return as_user(world.coordinator)


@pytest.fixture
def foreign(world):
    """The other organisation's coordinator."""
    return as_user(world.stranger)


def as_user(user, scope="write"):
    """A client with a personal token of `user`."""
    _row, token = create_token(user=user, name="test", scope=scope)
    return ApiClient(token=token)


def example(**fields):
    """The body of a good example."""
    return {"campaign": "mere-tid", "problem": "Vi skriver de samme oplysninger i to systemer.", **fields}


def not_now(response):
    """The codes of what a 409 says is in the way; its detail is the sentence itself."""
    assert response.status_code == 409, response.content[:500]
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["detail"] == " ".join(error["detail"] for error in told["errors"])
    return [error["code"] for error in told["errors"]]


def pointers(response):
    """Which fields a 422 names."""
    assert response.status_code == 422, response.content[:500]
    assert response.headers["Content-Type"] == "application/problem+json"
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}
