import hashlib
import socket
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from backend import translations
from backend.supervisor import Supervisor

FORM = "kulegravning_2017"
OUTPUT = "bidrag-til-kulegravning"


class Command(BaseCommand):
    """Prepare the demonstration and serve it as production would be served."""

    help = "Migrates, loads and serves the demonstration; `make demo` calls it. A second run keeps the data."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, tell where everything is, and serve until told to stop."""
        check_port(settings.PORT)
        make_database()
        for name, step in (
            ("Texts", translations.compile_all),
            ("Tables", lambda: call_command("migrate", verbosity=0, interactive=False)),
            ("Static files", collect_static),
            ("Registry", lambda: call_command("load_registry", verbosity=0)),
            ("Demonstration", lambda: call_command("load_demo", verbosity=0)),
            ("The ministry's form", self.export),
        ):
            started = time.monotonic()
            step()
            self.stdout.write(f"{name} ready ({time.monotonic() - started:.1f} s)")
        # The servers that follow open their own connections.
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
        self.stdout.flush()
        sys.exit(Supervisor(servers(), is_ready=answers, tell=self.tell).run())

    def export(self) -> None:
        """Write the form of the ready cases as an editor would download it."""
        folder = settings.BASE_DIR / "out"
        folder.mkdir(exist_ok=True)
        for suffix in ("xlsx", "docx"):
            call_command(
                "export_form",
                organisation="lejre",
                form=FORM,
                format=suffix,
                output=folder / f"{OUTPUT}.{suffix}",
                verbosity=0,
            )

    def tell(self) -> None:
        """Say where the site, the desk and the files are, and who can sign in."""
        base = settings.BASE_URL
        write = self.stdout.write
        write("")
        write(f"  Site        {base}/")
        write(f"              {base.replace('127.0.0.1', 'noerreby.localhost')}/   (Nørreby)")
        write(f"  Desk        {base}/admin/")
        write(f"  API         {base}/api/v1/docs")
        write(f"  The form    out/{OUTPUT}.xlsx and .docx")
        write(f"  Mail        {settings.MAIL_FOLDER or 'is sent by ' + settings.MAIL_HOST}")
        write("")
        for email, password in settings.DEMO_LOGINS.items():
            write(f"  {email:<32} {password or '(DEMO_PASSWORD_… is not set in .env)'}")
        write("")
        write("  Ctrl-C ends it.")
        write("")
        self.stdout.flush()


def check_port(port: int) -> None:
    """Stop before any work if something else serves there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Port {port} is taken. Choose another: PORT=8001 make demo") from None


def answers() -> bool:
    """Say whether the web server has begun to answer."""
    try:
        with urlopen(f"http://127.0.0.1:{settings.PORT}/healthz", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def make_database() -> None:
    """Make the database where it is missing, and say plainly where PostgreSQL does not answer."""
    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        return
    wanted = connection.settings_dict
    address: dict[str, Any] = {
        "host": wanted["HOST"] or None,
        "port": wanted["PORT"] or None,
        "user": wanted["USER"] or None,
        "password": wanted["PASSWORD"] or None,
        "connect_timeout": 5,
    }
    try:
        with psycopg.connect(dbname=wanted["NAME"], **address):
            return
    except psycopg.OperationalError:
        pass
    try:
        with psycopg.connect(dbname="postgres", autocommit=True, **address) as server:
            name = psycopg.sql.Identifier(wanted["NAME"])
            server.execute(
                psycopg.sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name)
            )
    except psycopg.Error as error:
        where = f"{wanted['HOST']}:{wanted['PORT'] or 5432}"
        raise CommandError(f"PostgreSQL at {where} gives no database {wanted['NAME']!r}: {error}") from None


def collect_static() -> None:
    """Collect the static files, unless nothing has changed since they were."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in ("cms", "exports"):
        for path in sorted((settings.BASE_DIR / folder).glob("**/static/**/*")):
            if path.is_file():
                digest.update(f"{path} {path.stat().st_mtime_ns}".encode())
    stamp = settings.STATIC_ROOT / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest.hexdigest())


def servers() -> dict[str, list[str]]:
    """Return the commands of the web server and the worker."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn", "backend.wsgi"]
    worker = [
        *manage,
        "db_worker",
        "--backend",
        "jobs",
        "--queue-name",
        "*",
        "--interval",
        "1",
        "--no-reload",
    ]
    clock = [*manage, "tick", "--every", "60", "--verbosity", "0"]
    return {"The web server": gunicorn, "The worker": worker, "The clock": clock}
