import pytest
from django.test import Client


def test_healthz_asks_no_database(client: Client):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.content == b"ok\n"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_a_probe_that_asks_by_another_host_name_is_answered(client: Client, settings, address):
    settings.ALLOWED_HOSTS = ["kernetid.lejre.dk"]
    assert client.get(address, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/spor/", headers={"host": "10.0.0.7:8000"}).status_code == 400


@pytest.mark.django_db
def test_readyz_tells_that_the_tables_are_those_of_the_program(client: Client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations_waiting": 0}


def test_robots_keeps_crawlers_from_desk_and_tracking(client: Client):
    text = client.get("/robots.txt").content.decode()
    assert {"Disallow: /admin/", "Disallow: /spor/", "Disallow: /svar/"} <= set(text.splitlines())


def test_security_txt_names_the_contact_and_an_end(client: Client):
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert lines[0] == "Contact: mailto:security@kernetid.example"
    assert lines[1].startswith("Expires: 20")


@pytest.mark.django_db
def test_security_txt_is_missing_without_a_contact(client: Client, settings):
    settings.SECURITY_CONTACT = ""
    response = client.get("/.well-known/security.txt")
    assert response.status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_only_reading_is_allowed(client: Client, method: str):
    assert getattr(client, method)("/healthz").status_code == 405
