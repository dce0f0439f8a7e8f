"""Reads the configuration: the environment first, then the file ``.env``; says what to set where a value is missing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "on", "true", "yes"})
FALSE_WORDS = frozenset({"", "0", "off", "false", "no"})


def read_env_file(path: Path) -> dict[str, str]:
    """Return the ``NAME=value`` lines of a file; none if the file is not there."""
    if not path.is_file():
        return {}
    values = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise ImproperlyConfigured(f"Line {number} of {path.name} is not NAME=value.")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[name.strip()] = value
    return values


@dataclass(frozen=True)
class Env:
    """The values that settings.py asks for, by name."""

    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path) -> "Env":
        """Read ``.env`` in the directory (or the file ENV_FILE names; none if empty); the environment wins."""
        name = os.environ.get("ENV_FILE", ".env")
        from_file = read_env_file(directory / name) if name else {}
        return cls({**from_file, **os.environ})

    def text(self, name: str, default: str = "") -> str:
        """Return a text; an empty one counts as not given."""
        return self.values.get(name, "").strip() or default

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no."""
        if name not in self.values:
            return default
        word = self.values[name].strip().lower()
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise ImproperlyConfigured(f"{name} must be on or off, not {word!r}.")

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None

    def words(self, name: str, default: str = "") -> list[str]:
        """Return the parts of a comma-separated text."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def secret(self, name: str, hint: str, development: str | None = None) -> str:
        """Return a secret; where it is missing, the stand-in for development, else stop and say what to set."""
        value = self.text(name) or development
        if not value:
            raise ImproperlyConfigured(f"{name} is missing. Set it in the environment or in .env: {hint}")
        return value


def database(url: str, directory: Path, pool_size: int) -> dict[str, Any]:
    """Return Django's database settings for a ``sqlite:///`` or ``postgres://`` address."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        # Three slashes begin a path under the project, four an absolute one.
        path = unquote(parts.path.removeprefix("/"))
        if not path:
            raise ImproperlyConfigured("DATABASE_URL names no file: write sqlite:///var/kernetid.sqlite3.")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": directory / path,
            "OPTIONS": {
                # Without IMMEDIATE, two writers that have read first fail at once instead of waiting.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
                ),
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        options: dict[str, Any] = {
            "pool": {"min_size": 1, "max_size": pool_size, "timeout": 5},
            # Texts travel as parameters, so that no statement in the server's log carries one.
            "server_side_binding": True,
            "connect_timeout": 3,
            "tcp_user_timeout": 5000,
            "options": "-c statement_timeout=30000 -c lock_timeout=10000",
            **dict(parse_qsl(parts.query)),
        }
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,  # the pool keeps the connections
            "OPTIONS": options,
        }
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://.")


def cache(url: str) -> dict[str, Any]:
    """Return the cache that all workers share: Redis where an address is given, else a table of the database."""
    if url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }


def storage(url: str, directory: Path) -> dict[str, Any]:
    """Return where pictures and documents lie: ``s3://bucket/prefix?endpoint_url=…`` or a folder."""
    if url.startswith("s3://"):
        parts = urlsplit(url)
        options = {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            **dict(parse_qsl(parts.query)),
        }
        return {"BACKEND": "backend.bucket.PrivateBucket", "OPTIONS": options}
    if "://" in url:
        raise ImproperlyConfigured("STORAGE must be a folder or begin with s3://.")
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": directory / url},
    }


def mailer(url: str, directory: Path) -> dict[str, Any]:
    """Return how mail leaves: ``smtp://user:password@host:port`` (``smtps://`` for TLS from the start) or a folder."""
    parts = urlsplit(url)
    if parts.scheme in ("smtp", "smtps"):
        query = dict(parse_qsl(parts.query))
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": parts.hostname or "localhost",
                "port": parts.port or (465 if parts.scheme == "smtps" else 25),
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_ssl": parts.scheme == "smtps",
                "use_tls": query.get("starttls", "off") in TRUE_WORDS,
                "timeout": 20,
            },
        }
    if "://" in url:
        raise ImproperlyConfigured("MAIL_URL must be a folder or begin with smtp:// or smtps://.")
    return {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(directory / url)},
    }
