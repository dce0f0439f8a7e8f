"""Queueing a message in the writer's own transaction, and delivering what is due.

At-least-once with a fixed Message-ID: a worker killed between sending and marking sends once more, and the
receiver's system knows the copy (security.md 4).
"""

import datetime
import smtplib
import time
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from backend.organisations.permissions import moment
from backend.organisations.sealing import seal, unseal

from .models import OutgoingMessage, State

LEASE = datetime.timedelta(minutes=2)
LONGEST_WAIT = datetime.timedelta(hours=24)
MOST_ATTEMPTS = 12


def queue_message(*, organisation, kind, to, subject, body, reference="", once_key=None, at=None):
    """Put a mail to one address in the outbox. With a `once_key` already used, nothing happens and None is returned."""
    message = OutgoingMessage(
        organisation=organisation,
        kind=kind,
        to_encrypted=seal(to),
        subject=" ".join(subject.split()),
        body=body,
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        once_key=once_key,
        not_before=moment(at),
        reference=reference,
    )
    if once_key is None:
        message.save(force_insert=True)
        return message
    OutgoingMessage.objects.bulk_create([message], ignore_conflicts=True)
    return message if OutgoingMessage.objects.filter(pk=message.pk).exists() else None


def deliver_due(*, at=None, limit=100):
    """Send what is due, one lease at a time. Returns (sent, failed). Call outside a transaction."""
    begun, started = moment(at), time.monotonic()
    at = begun
    sent = failed = 0
    for pk in list(OutgoingMessage.objects.due(at=at).values_list("pk", flat=True)[:limit]):
        # Each lease begins when its message is taken: a slow mail server must not eat up the next one's.
        at = begun + datetime.timedelta(seconds=time.monotonic() - started)
        held = OutgoingMessage.objects.due(at=at).filter(pk=pk).order_by().update(lease_until=at + LEASE)
        if not held:
            continue
        message = OutgoingMessage.objects.get(pk=pk)
        message.attempts += 1
        try:
            _send(message)
        except Exception as error:  # one message that cannot be sent must not stop the others
            _failed(message, error, at)
            failed += 1
        else:
            message.state, message.sent_at, message.last_error = State.SENT, at, ""
            sent += 1
        message.lease_until = None
        message.save(
            update_fields=["state", "attempts", "sent_at", "last_error", "not_before", "lease_until"]
        )
    return sent, failed


def send_again(*, message, at=None):
    """A person asks for a failed message to be tried once more."""
    message.state, message.attempts, message.not_before = State.WAITING, 0, moment(at)
    message.save(update_fields=["state", "attempts", "not_before"])


def _domain():
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def _send(message):
    EmailMessage(
        subject=message.subject,
        body=message.body,
        to=[unseal(message.to_encrypted)],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    ).send()


def _failed(message, error, at):
    """A permanent refusal is shown to staff; anything else is tried again, at growing distances."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((refusal[0] for refusal in error.recipients.values()), default=None)
    # Only the kind and the code: a server's sentence may repeat the address.
    message.last_error = f"{type(error).__name__} {code or ''}".strip()
    if (code is not None and code >= 500) or message.attempts >= MOST_ATTEMPTS:
        message.state = State.FAILED
    else:
        wait = min(datetime.timedelta(minutes=2**message.attempts), LONGEST_WAIT)
        message.not_before = at + wait
