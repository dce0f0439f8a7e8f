"""Queueing a message in the writer's own transaction, and delivering what is due.

At-least-once with a fixed Message-ID: a worker killed between sending and marking sends once more, and the
receiver's system knows the copy (security.md 4).

A mail's secret (a link's) is sealed in its own column until the mail is sent, and wiped then; the stored text has a
mark in its place, so that the list of mail can be read by staff.
"""

import datetime
import smtplib
import time
import uuid
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.organisations.permissions import moment
from backend.organisations.sealing import fingerprint, seal, unseal

from .models import WRITERS_MAIL, OutgoingAttachment, OutgoingMessage, State

LEASE = datetime.timedelta(minutes=2)
LONGEST_WAIT = datetime.timedelta(hours=24)
MOST_ATTEMPTS = 12
# No address gets more in an hour, whatever is queued to it; the rest waits (P-27).
MOST_PER_HOUR = 30
HOUR = datetime.timedelta(hours=1)
# How long a mail to a writer is counted and known as sent, by its address's fingerprint and its key.
KNOWN_FOR = datetime.timedelta(days=1)
# Stands in the stored text where the secret stands in the mail.
SECRET_MARK = "•" * 12


@transaction.atomic
def queue_message(
    *,
    organisation,
    kind,
    to,
    subject,
    body,
    reference="",
    once_key=None,
    attachments=(),
    headers=None,
    secret="",
    at=None,
):
    """Put a mail to one address in the outbox. With a `once_key` already used, nothing happens and None is returned.

    `attachments`: (name, content type, bytes). `headers`: more of the mail's headers; ValueError for a line break.
    `secret`: a part of `body` and of the headers that is never stored as it is, such as a link's.
    """
    for name, value in (headers or {}).items():
        if any(char in f"{name}{value}" for char in "\r\n\0"):
            raise ValueError(f"A line break in the header {name!r}.")
    if secret:
        body = body.replace(SECRET_MARK, "").replace(secret, SECRET_MARK)
        headers = {name: value.replace(secret, SECRET_MARK) for name, value in (headers or {}).items()}
    message = OutgoingMessage(
        organisation=organisation,
        kind=kind,
        to_encrypted=seal(to),
        to_hash=_to_hash(to),
        subject=" ".join(subject.split()),
        body=body,
        secret_encrypted=seal(secret) if secret else "",
        headers=dict(headers or {}),
        message_id=f"<{uuid.uuid4()}@{_domain()}>",
        once_key=once_key,
        not_before=moment(at),
        reference=reference,
    )
    if once_key is None:
        message.save(force_insert=True)
    else:
        OutgoingMessage.objects.bulk_create([message], ignore_conflicts=True)
        if not OutgoingMessage.objects.filter(pk=message.pk).exists():
            return None
    OutgoingAttachment.objects.bulk_create(
        OutgoingAttachment(message=message, name=name, content_type=content_type, content=content)
        for name, content_type, content in attachments
    )
    return message


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
        message = OutgoingMessage.objects.filter(pk=pk).first()
        if message is None:
            continue  # its receiver has been forgotten just now
        if _has_had_enough(message, at):
            message.not_before, message.lease_until = at + HOUR, None
            _write(message, "not_before", "lease_until")
            continue
        message.attempts += 1
        try:
            _send(message)
        except Exception as error:  # one message that cannot be sent must not stop the others
            _failed(message, error, at)
            failed += 1
        else:
            message.state, message.sent_at, message.last_error = State.SENT, at, ""
            sent += 1
        _keep(message)
    return sent, failed


def _has_had_enough(message, at):
    if not message.to_hash:
        return False
    lately = OutgoingMessage.objects.filter(to_hash=message.to_hash, sent_at__gt=at - HOUR, sent_at__lte=at)
    return lately.count() >= MOST_PER_HOUR


@transaction.atomic
def _keep(message):
    """Write how it went; what was sent leaves neither its secret nor its files behind, nor a writer's address."""
    message.lease_until = None
    names = ["state", "attempts", "sent_at", "last_error", "not_before", "lease_until"]
    if message.state == State.SENT:
        message.secret_encrypted = ""
        names.append("secret_encrypted")
        message.attachments.exclude(content=b"").update(content=b"")
        if message.kind in WRITERS_MAIL:
            message.to_encrypted = ""
            names.append("to_encrypted")
    _write(message, *names)


def _write(message, *names):
    """Save those fields of a mail; nothing happens where it has been deleted meanwhile with its receiver's address."""
    OutgoingMessage.objects.filter(pk=message.pk).update(**{name: getattr(message, name) for name in names})


@transaction.atomic
def forget_receiver(mails):
    """Let go of who got `mails`, a queryset: what has not been sent never is, and what was names nobody.

    Returns the kinds of the mails that were not sent.
    """
    unsent = mails.filter(state__in=(State.WAITING, State.FAILED))
    kinds = set(unsent.order_by().values_list("kind", flat=True))
    unsent.delete()
    mails.update(to_encrypted="", secret_encrypted="", to_hash="", once_key=None)
    return kinds


def forget_sent(*, at):
    """Let go of what sent mails to writers are known by, when KNOWN_FOR is over. Returns how many there were.

    Their `reference` stays as long as the address itself, see `backend.examples.contacts.forget_contacts`.
    """
    known = ~Q(to_hash="") | ~Q(once_key=None) | ~Q(to_encrypted="")
    sent = OutgoingMessage.objects.filter(known, kind__in=WRITERS_MAIL, state=State.SENT)
    return sent.filter(sent_at__lte=at - KNOWN_FOR).update(to_encrypted="", to_hash="", once_key=None)


def send_again(*, message, at=None):
    """A person asks for a failed message to be tried once more."""
    message.state, message.attempts, message.not_before = State.WAITING, 0, moment(at)
    message.save(update_fields=["state", "attempts", "not_before"])


def mark_bounced(*, message, at=None):
    """A person has seen that a sent mail came back. It is not sent again: its files and secret are gone."""
    if message.state != State.SENT:
        raise ValueError("Only a sent mail comes back.")
    message.state, message.bounced_date = State.BOUNCED, timezone.localdate(moment(at))
    message.save(update_fields=["state", "bounced_date"])


def _to_hash(to):
    return fingerprint(f"mail:{to.strip().lower()}")


def _domain():
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def _send(message):
    body, headers = message.body, message.headers
    if message.secret_encrypted:
        secret = unseal(message.secret_encrypted)
        body = body.replace(SECRET_MARK, secret)
        headers = {name: value.replace(SECRET_MARK, secret) for name, value in headers.items()}
    EmailMessage(
        subject=message.subject,
        body=body,
        to=[unseal(message.to_encrypted)],
        headers={
            **headers,
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Kernetid-Key": str(message.pk),
        },
        attachments=[
            (file.name, bytes(file.content), file.content_type) for file in message.attachments.all()
        ],
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
