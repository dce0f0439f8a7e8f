"""A worker that is killed loses no mail; a server that refuses or hangs stops nobody (security.md 4)."""

import collections
import datetime
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from email import message_from_string

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, transaction
from django.utils import timezone

from backend.outbox.actions import deliver_due, queue_message
from backend.outbox.models import OutgoingMessage
from tests.factories import make_organisation

MAILS, KILLS = 200, 12
# Between these, a killed worker's lease has ended.
STEP = datetime.timedelta(minutes=3)


class Server:
    """Takes mail. `kill_at`: how many it has taken when the worker is killed, before or after the mail is kept."""

    def __init__(self, kill_at=()):
        self.taken, self.pid = [], None
        self.kill_at, self.kills = set(kill_at), 0

    def _kill(self):
        self.kill_at.discard(len(self.taken))
        self.kills += 1
        os.kill(self.pid, signal.SIGKILL)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if len(self.taken) in self.kill_at and len(self.taken) % 2:
            self._kill()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        # The worst moment: the server has the mail, and the worker dies before it hears of it.
        self.taken.append(envelope.content.decode())
        if len(self.taken) in self.kill_at and len(self.taken) % 2 == 0:
            self._kill()
        return "250 OK"


def serve(handler):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    return controller, port


def queue_all(organisation, count, **fields):
    with transaction.atomic():
        for number in range(count):
            queue_message(
                organisation=organisation,
                kind="letter",
                to=f"modtager{number}@example.org",
                subject=f"Brev {number}",
                body=f"Tekst {number}",
                attachments=[("brev.txt", "text/plain", b"Brevet")],
                **fields,
            )


def database_url():
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_twelve_times_loses_no_mail(capsys):
    now = timezone.now()
    queue_all(make_organisation(), MAILS, at=now)
    server = Server(kill_at=range(7, 7 + 15 * KILLS, 15))
    controller, port = serve(server)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "MAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.backend.outbox.worker"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as workers:
        for run in range(MAILS):
            workers.stdin.write(f"{(now + STEP * run).isoformat()}\n")
            workers.stdin.flush()
            server.pid = int(workers.stdout.readline())
            assert workers.stdout.readline() == "ended\n"
            if not OutgoingMessage.objects.exclude(state="sent").exists():
                break
        workers.stdin.close()
    seconds = time.monotonic() - begun
    controller.stop()
    mails = [message_from_string(text) for text in server.taken]
    keys = collections.Counter(mail["X-Kernetid-Key"] for mail in mails)
    copies = sum(keys.values()) - len(keys)
    never = MAILS - len(keys)
    with capsys.disabled():
        print(
            f"\n{MAILS} mails, {server.kills} kills, {run + 1} runs: "
            f"{never} never, {copies} second copies, {seconds:.0f} s"
        )
    assert server.kills == KILLS
    assert never == 0
    assert copies <= KILLS
    # A copy is known as one: the same Message-ID.
    assert len({mail["Message-ID"] for mail in mails}) == MAILS
    assert all(mail["Auto-Submitted"] == "auto-generated" for mail in mails)


@pytest.fixture
def use(settings):
    controllers = []

    def start(handler):
        controller, port = serve(handler)
        controllers.append(controller)
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 1},
            }
        }
        return handler

    yield start
    for controller in controllers:
        controller.stop()


class Moody(Server):
    """Says 451 to every third."""

    asked = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.asked += 1
        if self.asked % 3 == 0:
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.mark.django_db
def test_where_every_third_is_told_to_come_back_all_arrive_once(use):
    server = use(Moody())
    now = timezone.now()
    queue_all(make_organisation(), 60, at=now)
    rounds = 0
    while OutgoingMessage.objects.exclude(state="sent").exists():
        deliver_due(at=now + datetime.timedelta(hours=rounds))
        rounds += 1
        assert rounds < 20
    keys = [message_from_string(text)["X-Kernetid-Key"] for text in server.taken]
    assert (len(keys), len(set(keys))) == (60, 60)


class Hanging(Server):
    """Never answers the first mail."""

    def __init__(self):
        super().__init__()
        self.released = threading.Event()

    async def handle_MAIL(self, server, session, envelope, address, options):
        if not self.taken and not self.released.is_set():
            self.released.set()
            time.sleep(2)
        envelope.mail_from = address
        return "250 OK"


@pytest.mark.django_db
def test_a_server_that_hangs_is_left_and_asked_again(use):
    use(Hanging())
    now = timezone.now()
    queue_all(make_organisation(), 1, at=now)
    started = time.monotonic()
    assert deliver_due(at=now) == (0, 1)
    assert time.monotonic() - started < 10
    assert OutgoingMessage.objects.get().last_error
    assert deliver_due(at=now + STEP) == (1, 0)
