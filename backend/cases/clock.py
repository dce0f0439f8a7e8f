"""What happens by itself, driven by `manage.py tick`: idempotent, so it catches up after downtime and never doubles."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.examples.actions import stop_waiting
from backend.examples.lifecycle import IllegalMove, Status
from backend.examples.models import Contact, Example, ExampleEvent, IdempotencyKey
from backend.organisations.addresses import address_of
from backend.organisations.models import Organisation, User
from backend.organisations.permissions import moment, roles_with
from backend.organisations.workdays import add_working_days
from backend.outbox.actions import deliver_due, queue_message
from backend.outbox.models import OutgoingMessage

# How long an example waits for its writer (api.md, stop_waiting).
ANSWER_WORKING_DAYS = 10
# A daily digest is there when the day begins.
DIGEST_HOUR = 7


def tick(*, at=None):
    """Everything that is due at `at`. Returns {what: how many}."""
    at = moment(at)
    done = {
        "stopped_waiting": _stop_waiting(at),
        "forgotten_keys": IdempotencyKey.objects.filter(delete_after__lt=timezone.localdate(at)).delete()[0],
        "forgotten_contacts": Contact.objects.filter(delete_after__lt=timezone.localdate(at)).delete()[0],
        "digests": sum(_digest(organisation, at) for organisation in Organisation.objects.all()),
    }
    done["sent"], done["failed"] = deliver_due(at=at)
    return done


def _stop_waiting(at):
    today = timezone.localdate(at)
    count = 0
    for example in Example.objects.filter(status=Status.AWAITING_SUBMITTER):
        asked = (
            ExampleEvent.objects.filter(example=example, move="ask")
            .order_by("-id")
            .values_list("on_date", flat=True)
        )
        if asked and add_working_days(asked[0], ANSWER_WORKING_DAYS) < today:
            try:
                stop_waiting(example=example, at=at)
            except IllegalMove:
                continue  # the writer answered in the meantime
            count += 1
    return count


def _digest(organisation, at):
    """One mail to each coordinator when examples have come since the last digest; never one mail per example."""
    slot = timezone.localtime(at).strftime(
        "%Y-%m-%d %H" if organisation.digest_every == "hour" else "%Y-%m-%d"
    )
    if organisation.digest_every == "day" and timezone.localtime(at).hour < DIGEST_HOUR:
        return 0
    received = Example.objects.filter(organisation=organisation, batch=None, is_quarantined=False).count()
    # The largest one told, whatever the mails' own fates: a mail that failed is tried again much later.
    told = OutgoingMessage.objects.filter(organisation=organisation, kind="digest").values_list(
        "reference", flat=True
    )
    last = max(map(int, told), default=0)
    new = received - last
    if new <= 0:
        return 0
    addresses = [organisation.digest_email] if organisation.digest_email else _coordinators(organisation)
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        unread = Example.objects.filter(organisation=organisation).unread().count()
        subject = ngettext("%(count)s new example", "%(count)s new examples", new) % {"count": new}
        body = _(
            "New examples since the last message: %(new)s.\nUnread in all: %(unread)s.\n\nRead them at %(address)s"
        ) % {"new": new, "unread": unread, "address": address_of(organisation, "/admin/")}
        queued = [
            queue_message(
                organisation=organisation,
                kind="digest",
                to=address,
                subject=f"Kernetid: {subject}",
                body=body,
                reference=str(received),
                once_key=f"digest:{organisation.pk}:{slot}:{number}",
                at=at,
            )
            for number, address in enumerate(addresses)
        ]
    return sum(message is not None for message in queued)


def _coordinators(organisation):
    return list(
        User.objects.filter(
            memberships__organisation=organisation,
            memberships__role__in=roles_with("example.move"),
            is_active=True,
        )
        .distinct()
        .order_by("email")
        .values_list("email", flat=True)
    )
