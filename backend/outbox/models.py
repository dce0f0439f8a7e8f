"""Messages waiting to be sent: a row in the writer's own transaction, sent after it, with lease and retries."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.organisations.models import Organisation
from backend.organisations.permissions import organisations_where

# Mail to writers: it keeps no address once it has been sent, and goes with the address (P-7).
WRITERS_MAIL = ("confirm_address", "news")


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    # The server took it, and it came back: only a person can know, from the mailbox.
    BOUNCED = "bounced", _("Came back")


class OutgoingMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user, "mail.view"))

    def due(self, *, at):
        """Waiting messages whose time has come and that no other worker holds."""
        return (
            self.filter(state=State.WAITING, not_before__lte=at)
            .filter(Q(lease_until=None) | Q(lease_until__lt=at))
            .order_by("not_before", "id")
        )


class OutgoingMessage(models.Model):
    """One mail to one address. `message_id` is fixed, so a second copy after a crash is known as the same."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="outgoing_messages"
    )
    kind = models.CharField(_("kind"), max_length=30)
    # Wiped from a writer's mail when it has been sent.
    to_encrypted = models.TextField()
    # By which mail to one address is counted without its being stored (P-27).
    to_hash = models.CharField(max_length=64, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    # Where a mail carries a secret, such as a link, a mark stands here in its place.
    body = models.TextField(_("text"))
    # Sealed until the mail is sent, then wiped: neither staff nor a stolen dump can use it.
    secret_encrypted = models.TextField(blank=True)
    # More headers of the mail, such as Reply-To and List-Unsubscribe.
    headers = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    # What must be sent once only, such as one digest per organisation and hour.
    once_key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    bounced_date = models.DateField(_("came back"), null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=60, blank=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-not_before", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["state", "not_before", "id"], name="outbox_due"),
            models.Index(fields=["reference"], name="outbox_reference"),
            models.Index(fields=["to_hash", "sent_at"], name="outbox_recipient"),
        ]

    def __str__(self):
        return self.subject


class OutgoingAttachment(models.Model):
    """A file that goes with a mail. Its bytes are kept until the mail is sent; then whoever made it keeps them."""

    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        ordering = ["message", "id"]

    def __str__(self):
        return self.name
