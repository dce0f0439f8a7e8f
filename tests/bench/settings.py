"""The product's settings for the measurements: production's, on a database of their own, without throttles."""

import os

os.environ["ENV_FILE"] = ""
os.environ.setdefault("DATABASE_URL", "sqlite:///var/bench.sqlite3")
os.environ.setdefault("SECRET_KEY", "bench-" + "s" * 50)
os.environ.setdefault("CONTACT_KEY", "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMTI=")
os.environ.setdefault("CODE_KEY", "bench-" + "c" * 40)
os.environ.setdefault("THROTTLES", "off")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from backend.settings import *  # noqa: F403
from backend.settings import BASE_DIR, INSTALLED_APPS, STORAGES

INDEX_FOLDER = BASE_DIR / "var" / "bench-index"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.bench"]
ROOT_URLCONF = "tests.bench.floors"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
