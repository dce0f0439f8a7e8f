"""Looking for what must not be kept: in every row of every table, in files and in the log."""

import base64
import io
import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

from backend.log_redaction import JsonFormatter


def every_row() -> Iterator[tuple[str, str]]:
    """Every row of every table as (table, its values as text); what a session packs is unpacked."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield table, " ".join(map(as_text, row))
    for session in Session.objects.all():
        yield "django_session", str(session.get_decoded())
    yield from every_cached()


def every_cached() -> Iterator[tuple[str, str]]:
    """What the cache's table has packed, unpacked."""
    table = settings.CACHES["default"]["LOCATION"]
    if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {connection.ops.quote_name(table)}")
            for (value,) in cursor.fetchall():
                yield table, str(pickle.loads(base64.b64decode(value)))


def as_text(value: object) -> str:
    """A column's value as text, bytes too."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def every_file(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file under `folder` but the database, as (path, name and content)."""
    for path in folder.rglob("*"):
        if path.is_file() and ".sqlite3" not in path.name:
            yield str(path), path.name + path.read_bytes().decode("utf-8", "replace")


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """What every logger writes meanwhile, in the product's own format."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(), *map(logging.getLogger, settings.LOGGING["loggers"])]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)
