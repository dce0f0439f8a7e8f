"""What the secretariat is told in the morning: one mail for all that has come in and all that has run out."""

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.cases.actions.steps import lock, record
from backend.cases.followup import late_promises
from backend.cases.models import CaseEvent
from backend.examples.models import Example
from backend.organisations.addresses import address_of
from backend.organisations.models import User
from backend.organisations.permissions import roles_with
from backend.outbox.actions import queue_message
from backend.outbox.models import OutgoingMessage

# A daily digest is there when the day begins.
DIGEST_HOUR = 7
LATE = "promise_late"


def note_late_promises(*, at):
    """Write in the history, once per promise and date, that it was not done in time. Returns how many."""
    noted = CaseEvent.objects.filter(
        referral=OuterRef("referral"), move=LATE, on_date__gt=OuterRef("follow_date")
    )
    late = late_promises(at).exclude(Exists(noted))
    count = 0
    for reply in late.select_related("referral__case"):
        with transaction.atomic():
            case = lock(reply.referral.case)
            if not late.filter(pk=reply.pk).exists():
                continue  # another run of the clock was here first, or it has been done
            record(
                case,
                LATE,
                from_status=case.status,
                by=None,
                at=at,
                why=reply.follow_date.isoformat(),
                referral=reply.referral,
            )
            count += 1
    return count


def send_digest(organisation, *, at):
    """One mail to each coordinator when something has come or run out since the last; never one mail per thing."""
    slot = timezone.localtime(at).strftime(
        "%Y-%m-%d %H" if organisation.digest_every == "hour" else "%Y-%m-%d"
    )
    if organisation.digest_every == "day" and timezone.localtime(at).hour < DIGEST_HOUR:
        return 0
    received = Example.objects.filter(organisation=organisation, batch=None, is_quarantined=False).count()
    last, last_event = _told(organisation)
    late = CaseEvent.objects.filter(case__organisation=organisation, move=LATE)
    late_now = late.filter(pk__gt=last_event).count()
    newest_event = late.order_by("-id").values_list("id", flat=True).first() or 0
    new = received - last
    if new <= 0 and not late_now:
        return 0
    addresses = [organisation.digest_email] if organisation.digest_email else _coordinators(organisation)
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        subject, body = _words(organisation, max(new, 0), late_now)
        queued = [
            queue_message(
                organisation=organisation,
                kind="digest",
                to=address,
                subject=f"Kernetid: {subject}",
                body=body,
                reference=f"{max(received, last)}:{newest_event}",
                once_key=f"digest:{organisation.pk}:{slot}:{number}",
                at=at,
            )
            for number, address in enumerate(addresses)
        ]
    return sum(message is not None for message in queued)


def _told(organisation):
    """(examples, last event) of the largest ones told, whatever the mails' own fates: one that failed is tried again
    much later."""
    references = OutgoingMessage.objects.filter(organisation=organisation, kind="digest").values_list(
        "reference", flat=True
    )
    pairs = [reference.partition(":") for reference in references]
    return (
        max((int(received) for received, _colon, _event in pairs), default=0),
        max((int(event or 0) for _received, _colon, event in pairs), default=0),
    )


def _words(organisation, new, late):
    """Subject and text of a digest: numbers only."""
    parts, paragraphs = [], []
    if new:
        parts.append(ngettext("%(count)s new example", "%(count)s new examples", new) % {"count": new})
        unread = Example.objects.filter(organisation=organisation).unread().count()
        paragraphs.append(
            _(
                "New examples since the last message: %(new)s.\nUnread in all: %(unread)s.\n\nRead them at %(address)s"
            )
            % {"new": new, "unread": unread, "address": address_of(organisation, "/admin/")}
        )
    if late:
        parts.append(
            ngettext(
                "%(count)s promise that was not done in time",
                "%(count)s promises that were not done in time",
                late,
            )
            % {"count": late}
        )
        paragraphs.append(
            _("Promises whose date has passed since the last message: %(late)s.\n\nSee them at %(address)s")
            % {"late": late, "address": address_of(organisation, "/admin/opfoelgning/?tab=promised")}
        )
    return ", ".join(parts), "\n\n".join(paragraphs)


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
