"""The production server itself keeps nothing of who writes: in files, cache and log, whole bytes of them (P-1, P-28).

test_traces.py asks the program; here a real gunicorn is asked over the wire, from an address that would be found, with
Redis behind it where the machine has one.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from django.conf import settings
from django.db import connection

from backend.cases.models import Support
from backend.examples.models import Example
from tests.cms.worlds import make_world
from tests.factories import make_published_case, make_user
from tests.traces import every_row

pytestmark = pytest.mark.django_db(transaction=True)

# Every address 127.x is this machine's own; this one stands nowhere else.
ADDRESS = "127.77.88.99"
FORWARDED = "198.51.100.202"
MACHINE = {
    "User-Agent": "SporMaskine/7.3",
    "Referer": "http://lejre.localhost/henvist-herfra",
    "Accept-Language": "fo-FO,fo;q=0.9",
    "X-Forwarded-For": FORWARDED,
    "Cookie": "sporing=cookiemaerke",
}
MARKS = [
    ADDRESS,
    FORWARDED,
    "SporMaskine",
    "henvist-herfra",
    "fo-FO",
    "cookiemaerke",
    "050585-4321",
    "0505854321",
]
WORDS = "Ordetsomingenandreskriver står i tre systemer"
UNSENT = "Detteblevaldrigsendt men kun skrevet i feltet"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(port: int) -> None:
    """Until somebody listens at `port`."""
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("Nothing listens")


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[None]:
    """A server, until its end."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=out, stderr=out)
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(30)


def ask(
    port: int, method: str, path: str, body: Any = None, kind: str = "application/json"
) -> tuple[int, str]:
    """Ask from ADDRESS with the marked machine; (status, text of the answer)."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(ADDRESS, 0))
    headers = {**MACHINE, "Host": "lejre.localhost", **({"Content-Type": kind} if body is not None else {})}
    caller.request(method, path, json.dumps(body) if isinstance(body, dict) else body, headers)
    answer = caller.getresponse()
    text = answer.read().decode()
    assert answer.headers.get("Set-Cookie") is None
    caller.close()
    return answer.status, text


def send_nonsense(port: int) -> None:
    """What no server understands, and names in its log with whoever sent it."""
    for line in (
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01nonsense\r\n\r\n",
        b"GET /spor/ HTTP/1.1\r\nBad Header\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), 10, source_address=(ADDRESS, 0)) as caller:
            caller.sendall(line)
            with contextlib.suppress(OSError):
                caller.recv(1000)


def write(port: int, page: str, case: str) -> list[str]:
    """All that a visitor may send, taken and refused; returns the tracking codes."""
    form = "application/x-www-form-urlencoded"
    status, receipt = ask(port, "POST", page, f"problem={quote_plus(WORDS)}".encode(), form)
    assert status == 200
    codes = [" ".join(re.findall(r"<li>(\w+)</li>", receipt.split('id="code"')[1].split("</ol>")[0]))]
    status, answer = ask(port, "POST", "/api/v1/examples", {"campaign": "mere-tid", "problem": WORDS})
    assert status == 201
    codes.append(json.loads(answer)["tracking_code"])
    tracked = f"code={quote_plus(codes[0])}".encode()
    assert ask(port, "POST", "/spor/", tracked, form)[0] == 200
    assert ask(port, "POST", f"/forslag/{case}/", b"minutes=5&times=2&period=week", form)[0] == 200
    assert ask(port, "POST", f"/api/v1/cases/{case}/supports", {})[0] == 201
    assert ask(port, "POST", "/api/v1/examples/similar", {"campaign": "mere-tid", "text": UNSENT})[0] == 200
    assert ask(port, "GET", f"/forslag/{case}/")[0] == 200
    return codes


def be_refused(port: int, page: str, case: str, code: str) -> None:
    """What goes wrong, and is named in a log by most programs."""
    form = "application/x-www-form-urlencoded"
    bad = f"problem={quote_plus(WORDS)}+050585-4321".encode()
    assert ask(port, "POST", page, bad, form)[0] == 422
    assert ask(port, "POST", f"/forslag/{case}/", b"minutes=tolv", form)[0] == 422
    assert ask(port, "POST", f"/api/v1/cases/{case}/supports", {"minutes": "050585-4321"})[0] == 422
    assert ask(port, "GET", f"/spor/{quote(code.replace(' ', '-'))}/")[0] == 404
    assert ask(port, "GET", f"/findes-ikke/?text={quote_plus(UNSENT)}")[0] == 404
    assert ask(port, "PUT", page, WORDS.encode(), form)[0] == 405
    send_nonsense(port)


def test_the_server_keeps_nothing_of_who_writes(tmp_path: Path) -> None:
    world = make_world()
    case = make_published_case(world.campaign, make_user("coordinator", world.organisation))
    before = set(every_row())
    port, log, redis_port = free_port(), tmp_path / "server.log", free_port()
    folder = Path(settings.INDEX_FOLDER).parent
    database = connection.settings_dict
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_FOLDER": str(folder),
        "PORT": str(port),
        "WORKERS": "1",
        "TRUSTED_PROXIES": "0",
        "DATABASE_URL": f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
    }
    with contextlib.ExitStack() as servers:
        if redis := shutil.which("redis-server"):
            kept = ["--dir", str(tmp_path), "--appendonly", "yes", "--appendfsync", "always", "--save", ""]
            servers.enter_context(
                running([redis, "--port", str(redis_port), *kept], redis_port, tmp_path / "redis.log")
            )
            environment["REDIS_URL"] = f"redis://127.0.0.1:{redis_port}/0"
        command = [sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn", "backend.wsgi"]
        servers.enter_context(running(command, port, log, **environment))
        # Answered once: the worker is there and has said so.
        assert ask(port, "GET", "/healthz")[0] == 200
        started = log.read_text()
        codes = write(port, world.address, case.reference)
        # Of what is taken not a line is written: it would tell the time.
        assert log.read_text() == started
        be_refused(port, world.address, case.reference, codes[0])

    assert (Example.objects.filter(problem=WORDS).count(), Support.objects.count()) == (2, 2)
    spelled = [code.replace(" ", gap) for code in codes for gap in (" ", "-")]
    spelled += [spell(code) for code in codes for spell in (quote, quote_plus)]
    secret = [*MARKS, *spelled, "Detteblevaldrigsendt"]
    # Whole files: the database with its journal, what the cache wrote, the index, and the logs.
    files = [path for root in (folder, tmp_path) for path in root.rglob("*") if path.is_file()]
    assert log in files
    found = [(path.name, mark) for path in files for mark in secret if mark.encode() in path.read_bytes()]
    assert found == []
    assert "rdetsomingenandreskriver" not in log.read_text()
    new = [(table, row) for table, row in every_row() if (table, row) not in before]
    assert {table for table, _row in new} >= {"examples_example", "cases_support"}
    assert [(table, mark) for table, row in new for mark in secret if mark in row] == []
    # A date, and no time of day.
    assert [table for table, row in new if re.search(r"\d\d:\d\d", row)] == []
