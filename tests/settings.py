"""The product's settings as the tests run them: fixed keys, quick hashes, a database of the run's own."""

import os
import tempfile
from pathlib import Path

# A developer's .env must not decide what the tests see.
os.environ["ENV_FILE"] = ""
os.environ.setdefault("SECRET_KEY", "tests-" + "s" * 50)
os.environ.setdefault("CONTACT_KEY", "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMTI=")
os.environ.setdefault("CODE_KEY", "tests-" + "c" * 40)
os.environ.setdefault("SECURITY_CONTACT", "mailto:security@kernetid.example")
# Chromium's driver runs an event loop in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from backend.settings import *  # noqa: F403
from backend.settings import DATABASES, STORAGES

FOLDER = Path(os.environ.get("TEST_FOLDER") or tempfile.mkdtemp(prefix="kernetid-tests-"))

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FOLDER / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
INDEX_FOLDER = FOLDER / "index"
STATIC_ROOT = FOLDER / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file, as in production: threads that share one connection in memory would behave otherwise.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / "test.sqlite3")}
    # Nobody needs a test's rows after a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-20000;"
    )
else:
    DATABASES["default"]["TEST"] = {}
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
# conftest.py keeps the starting rows itself.
DATABASES["default"]["TEST"]["SERIALIZE"] = False
