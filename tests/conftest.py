"""Fixtures for every test: no network, Danish, Chromium, and Wagtail's root pages after transactional tests."""

import contextlib
import hashlib
import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils.translation.reloader import translation_file_changed
from pytest_django.plugin import DjangoDbBlocker

from backend import translations
from backend.examples import throttle

STARTING_ROWS = pytest.StashKey[tuple[str, DjangoDbBlocker]]()
LOOPBACK = ("127.", "::1", "localhost")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
]


def pytest_configure(config: pytest.Config) -> None:
    """Compile the Danish texts once, before any worker reads them."""
    if not hasattr(config, "workerinput") and translations.compile_all():
        # Django has looked for some already, while it was set up.
        translation_file_changed(None, translations.po_file().with_suffix(".mo"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs no database where another database has been tried already: it would say the same again."""
    if not os.environ.get("TESTS_OF_THE_DATABASE_ONLY"):
        return
    without = [item for item in items if not needs_database(item)]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if needs_database(item)]


class NetworkBlockedError(AssertionError):
    """A test asked for an address outside this machine."""


@pytest.fixture(autouse=True, scope="session")
def _blocked_network() -> Iterator[None]:
    """Let no test reach anything but this machine."""
    connect = socket.socket.connect
    connect_ex = socket.socket.connect_ex

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise NetworkBlockedError(f"The tests may not reach {address[0]}.")

    def guarded(sock: socket.socket, address: Any) -> None:
        check(sock, address)
        return connect(sock, address)

    def guarded_ex(sock: socket.socket, address: Any) -> int:
        check(sock, address)
        return connect_ex(sock, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _fresh_ceilings() -> None:
    """Let no test be throttled for what the ones before it sent."""
    throttle.counter.forget()


def migrated() -> Path:
    """Where a migrated SQLite database of this very code is kept: to migrate takes half a minute, to copy nothing."""
    root = Path(__file__).resolve().parents[1]
    code = hashlib.sha256((root / "requirements-dev.txt").read_bytes())
    for folder in ("backend", "cms", "exports"):
        for path in sorted((root / folder).rglob("migrations/*.py")):
            code.update(path.read_bytes())
    return root / "var" / f"migrated-{code.hexdigest()[:16]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """Begin from the kept database where there is one."""
    return django_db_keepdb or (connection.vendor == "sqlite" and migrated().exists())


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_keepdb: bool
) -> Iterator[None]:
    """Copy it under the name that this run, or this worker of it, has for its own."""
    own = Path(connection.settings_dict["TEST"]["NAME"] or "")
    if connection.vendor == "sqlite" and django_db_keepdb:
        shutil.copyfile(migrated(), own)
    yield
    if connection.vendor == "sqlite":
        own.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Remember what the migrations put into the database: Wagtail's root, its site, locale and groups."""
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = delete_all
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and not migrated().exists():
            keep(migrated())
        rows = json.loads(connection.creation.serialize_db_to_string())
        # Content types first: whatever listens to a saved row would else make them anew, under other numbers.
        rows.sort(key=lambda row: row["model"] != "contenttypes.contenttype")
        request.config.stash[STARTING_ROWS] = (json.dumps(rows), django_db_blocker)


def keep(path: Path) -> None:
    """Keep the migrated database for the next run, and no older one."""
    path.parent.mkdir(exist_ok=True)
    for older in path.parent.glob("migrated-*.sqlite3"):
        older.unlink(missing_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(partial)) as file:
        connection.connection.backup(file)
    partial.replace(path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put those rows back after a transactional test, whose end empties every table."""
    try:
        yield
    finally:  # A fixture that complains at its end has emptied the tables all the same.
        # After the last test the connection is no longer to the tests' database: nothing there may be emptied.
        if nextitem is not None and STARTING_ROWS in item.config.stash and is_transactional(item):
            put_back(*item.config.stash[STARTING_ROWS])


def put_back(rows: str, blocker: DjangoDbBlocker) -> None:
    """Fill the database with what the migrations put there, and nothing else."""
    with blocker.unblock():
        # Emptied once more: Django has just made content types anew, under other numbers than the rows know.
        call_command(
            "flush", verbosity=0, interactive=False, reset_sequences=False, inhibit_post_migrate=True
        )
        ContentType.objects.clear_cache()
        connection.creation.deserialize_db_from_string(rows)
        cache.clear()


def delete_all(
    style: Any, tables: list[str], *, reset_sequences: bool = False, allow_cascade: bool = False
) -> list[str]:
    """Empty PostgreSQL's tables by DELETE: for a few rows, TRUNCATE's syncing of every index takes seconds.

    Django's foreign keys are checked at the end of the transaction, so the order does not matter.
    """
    return [f"DELETE FROM {connection.ops.quote_name(table)};" for table in tables]


def needs_database(item: pytest.Item) -> bool:
    """Say whether the test may touch the database at all."""
    names = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or "db" in names or is_transactional(item)


def is_transactional(item: pytest.Item) -> bool:
    """Say whether the test writes for real instead of being rolled back."""
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        {"transactional_db", "live_server"} & set(names)
    )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the machine's own Chromium, told to call nobody."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET_CHROMIUM}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A Danish browser, so that a leaked browser language would show."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/Copenhagen"}
