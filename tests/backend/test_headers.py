import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from backend.headers import HeadersMiddleware

PUBLIC = [
    "/healthz",
    "/robots.txt",
    "/.well-known/security.txt",
    "/there-is-nothing-here/",
    "/api/v1/nothing",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC)
def test_public_answers_are_strict_and_set_no_cookie(client: Client, address: str):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    assert "camera=()" in response["Permissions-Policy"]
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


@pytest.mark.django_db
def test_desk_allows_the_inline_scripts_of_wagtail_and_is_not_cached(client: Client):
    response = client.get("/admin/login/")
    assert response.status_code == 200
    assert "script-src 'self' 'unsafe-inline'" in response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_unknown_address_of_the_desk_is_not_looser_than_the_desk(client: Client):
    response = client.get("/administration/")
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_a_view_may_set_its_own_policy():
    class Answer(dict):
        headers = {"Content-Type": "image/png"}
        _csp_config = {"sandbox": True}

    answer = Answer()
    HeadersMiddleware(lambda request: answer)(RequestFactory().get("/admin/images/"))
    assert answer._csp_config == {"sandbox": True}


def test_no_other_host_is_named_in_a_policy():
    for policy in (settings.SECURE_CSP, settings.ADMIN_CSP):
        values = {str(value) for group in policy.values() for value in group}
        assert values <= {"'none'", "'self'", "'unsafe-inline'", "data:", "blob:"}
