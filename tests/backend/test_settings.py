"""The settings as a fresh process sees them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {"SECRET_KEY": "s" * 50, "CONTACT_KEY": "k" * 43 + "=", "CODE_KEY": "c" * 40}
SHOW = """
import json, sys
from backend import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def load(names: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def values(*names: str, **environment: str) -> dict:
    result = load(list(names), **SECRETS, **environment)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_missing_secret_in_production_stops_with_a_sentence(name: str):
    result = load(["DEBUG"], **{key: value for key, value in SECRETS.items() if key != name})
    assert result.returncode != 0
    assert f"{name} is missing. Set it in the environment or in .env:" in result.stderr.splitlines()[-1]


def test_development_needs_no_secret():
    assert load(["DEBUG"], DEBUG="on").returncode == 0


def test_debug_is_off_unless_asked_for():
    assert values("DEBUG") == {"DEBUG": False}


def test_demonstration_signs_in_over_http():
    found = values(
        "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "ALLOWED_HOSTS", PORT="8123"
    )
    assert found["SESSION_COOKIE_SECURE"] is False
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert ".localhost" in found["ALLOWED_HOSTS"]


def test_https_makes_cookies_secure_and_bound_to_the_host():
    found = values(
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_NAME",
        "SECURE_SSL_REDIRECT",
        "ALLOWED_HOSTS",
        BASE_URL="https://kernetid.lejre.example/",
    )
    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
        "SECURE_SSL_REDIRECT": True,
        "ALLOWED_HOSTS": ["kernetid.lejre.example"],
    }


def test_proxy_is_believed_only_as_far_as_it_is_counted():
    assert values("NINJA_NUM_PROXIES") == {"NINJA_NUM_PROXIES": 0}
    assert values("NINJA_NUM_PROXIES", TRUSTED_PROXIES="1") == {"NINJA_NUM_PROXIES": 1}


def test_throttles_can_be_lifted():
    assert values("THROTTLES") == {"THROTTLES": True}
    assert values("THROTTLES", THROTTLES="off") == {"THROTTLES": False}


def test_example_file_names_every_variable_that_is_read():
    sources = [ROOT / "backend" / name for name in ("settings.py", "gunicorn.py")]
    read = set()
    for source in sources:
        read |= set(re.findall(r'env\.\w+\(\s*[\'"]([A-Z_]+)[\'"]', source.read_text()))
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(read) > 20
    assert read == listed
