"""Mail through a real SMTP server on a socket: refused, tried again, and never lost."""

import datetime
import socket
from email import message_from_string, policy

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.utils import timezone

from backend.outbox.actions import deliver_due, mark_bounced, queue_message, send_again
from backend.outbox.models import OutgoingMessage
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db


class Server:
    """Answers RCPT with the next of `answers` (then 250), and keeps what it took."""

    def __init__(self):
        self.answers, self.taken = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope.content.decode())
        return "250 OK"


@pytest.fixture
def server(settings):
    handler = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port},
        }
    }
    yield handler
    controller.stop()


def queue(**fields):
    values = {
        "kind": "invitation",
        "to": "navn@example.org",
        "subject": "Emne\r\nBcc: x@example.org",
        "body": "Tekst æøå",
    }
    return queue_message(organisation=make_organisation(), **{**values, **fields})


def test_a_message_arrives_with_its_fixed_id_and_one_subject_line(server):
    message = queue()
    assert deliver_due() == (1, 0)
    assert deliver_due() == (0, 0)
    (taken,) = server.taken
    assert f"Message-ID: {message.message_id}" in taken
    assert "\nBcc:" not in taken
    assert "navn@" not in message.to_encrypted


def test_a_temporary_refusal_is_tried_again_later(server):
    server.answers = ["451 later"]
    queue()
    now = timezone.now()
    assert deliver_due(at=now) == (0, 1)
    assert deliver_due(at=now) == (0, 0)
    assert deliver_due(at=now + datetime.timedelta(minutes=3)) == (1, 0)
    assert OutgoingMessage.objects.get().attempts == 2


def test_a_permanent_refusal_is_shown_and_can_be_sent_again(server):
    server.answers = ["550 no such person navn@example.org"]
    queue()
    deliver_due()
    message = OutgoingMessage.objects.get()
    assert (message.state, message.last_error) == ("failed", "SMTPRecipientsRefused 550")
    send_again(message=message)
    assert deliver_due() == (1, 0)


def test_what_another_worker_holds_is_left_until_its_lease_ends(server):
    message = queue()
    now = timezone.now()
    OutgoingMessage.objects.update(lease_until=now + datetime.timedelta(minutes=2))
    assert deliver_due(at=now) == (0, 0)
    assert deliver_due(at=now + datetime.timedelta(minutes=3)) == (1, 0)
    assert message.message_id in server.taken[0]


def test_a_message_of_an_undone_action_is_never_sent(server):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert deliver_due() == (0, 0)


def test_a_key_sends_once_only(server):
    organisation = make_organisation("noerreby")
    first, second = (
        queue_message(
            organisation=organisation, kind="digest", to="a@example.org", subject="s", body="b", once_key="k"
        )
        for _ in range(2)
    )
    assert first is not None
    assert second is None
    assert deliver_due() == (1, 0)


def test_files_and_headers_go_along_and_the_secret_only_in_the_mail(server):
    message = queue(
        body="Åbn https://example.org/#hemmeligt nu",
        secret="hemmeligt",
        headers={"Reply-To": "os@example.org", "List-Unsubscribe": "<https://example.org/fra>"},
        attachments=[("brev.txt", "text/plain", b"Brevet")],
    )
    assert "hemmeligt" not in str(OutgoingMessage.objects.values().get())
    assert deliver_due() == (1, 0)
    (taken,) = server.taken
    mail = message_from_string(taken, policy=policy.default)
    assert "https://example.org/#hemmeligt nu" in mail.get_body().get_content()
    assert (mail["Reply-To"], mail["X-Kernetid-Key"]) == ("os@example.org", str(message.pk))
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content().strip()) == ("brev.txt", "Brevet")
    message.refresh_from_db()
    assert (message.secret_encrypted, bytes(message.attachments.get().content)) == ("", b"")
    assert "hemmeligt" not in message.body


def test_a_failed_mail_keeps_its_secret_and_files_for_another_try(server):
    server.answers = ["550 no such person"]
    message = queue(body="hemmeligt", secret="hemmeligt", attachments=[("brev.txt", "text/plain", b"Brevet")])
    assert deliver_due() == (0, 1)
    send_again(message=message)
    assert deliver_due() == (1, 0)
    assert "hemmeligt" in server.taken[0]
    assert "brev.txt" in server.taken[0]


def test_a_line_break_in_a_header_is_refused(server):
    with pytest.raises(ValueError, match="line break"):
        queue(headers={"Reply-To": "a@example.org\r\nBcc: b@example.org"})
    assert not OutgoingMessage.objects.exists()


def test_one_address_gets_only_so_many_in_an_hour_and_the_rest_later(server, monkeypatch):
    monkeypatch.setattr("backend.outbox.actions.MOST_PER_HOUR", 2)
    now = timezone.now()
    organisation = make_organisation()
    for to in ("En@example.org", "en@example.org", "en@example.org", "anden@example.org"):
        queue_message(organisation=organisation, kind="digest", to=to, subject="s", body="b", at=now)
    assert deliver_due(at=now) == (3, 0)
    assert deliver_due(at=now + datetime.timedelta(minutes=30)) == (0, 0)
    assert deliver_due(at=now + datetime.timedelta(minutes=61)) == (1, 0)


def test_only_a_sent_mail_comes_back(server):
    message = queue()
    with pytest.raises(ValueError, match="sent"):
        mark_bounced(message=message)
    deliver_due()
    message.refresh_from_db()
    mark_bounced(message=message)
    assert OutgoingMessage.objects.get().state == "bounced"
    assert deliver_due() == (0, 0)
