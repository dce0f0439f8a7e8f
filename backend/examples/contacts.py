"""A writer's address after it has been stored: confirmed, told of news, and taken away with one click (P-7, P-27).

The token in a mail is an HMAC of the contact with a key outside the database, so that it is the same in every mail and
nothing but its SHA-256 is kept. It opens nothing but this: to say yes to mail, or to have the address deleted.
"""

import datetime
import hashlib

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.organisations.permissions import moment
from backend.organisations.sealing import fingerprint
from backend.outbox.actions import forget_receiver
from backend.outbox.models import WRITERS_MAIL, OutgoingMessage

from .lifecycle import Status
from .models import Contact

# A confirmed address is kept until its writer has been asked whether it helped; this is for the case that never ends.
CONFIRMED_DAYS = 730
# Of an example that is set aside there is no more to tell.
SET_ASIDE_DAYS = 30


def mail_reference(email_hmac):
    """What the mails with news to one address are known by, as long as the address is kept."""
    return email_hmac[:60]


def confirm_key(contact):
    """The key by which one contact is asked once whether its owner wants mail."""
    return f"confirm:{contact.pk}"


def news_key(contact, day):
    """The key by which one contact gets one mail with news a day; with no day, how all of its keys begin."""
    return f"news:{contact.pk}:{day}"


def mail_token(contact):
    """The contact's token, the same each time; its hash is noted the first time."""
    token = fingerprint(f"unsubscribe:{contact.pk}:{contact.email_hmac}")
    if contact.unsubscribe_hash is None:
        contact.unsubscribe_hash = _digest(token)
        contact.save(update_fields=["unsubscribe_hash"])
    return token


def contact_for_token(token, *, organisation):
    """The Contact that a token of `organisation` stands for, or None. Writes nothing."""
    return (
        Contact.objects.filter(unsubscribe_hash=_digest(token), example__organisation=organisation)
        .select_related("example")
        .first()
    )


def same_address(contact):
    """Every contact of the same address in the same organisation."""
    return Contact.objects.filter(
        email_hmac=contact.email_hmac, example__organisation=contact.example.organisation_id
    )


@transaction.atomic
def confirm_address(*, token, organisation, at=None):
    """The owner of the address says yes to mail about what was written with it. Whether the token was known."""
    contact = contact_for_token(token, organisation=organisation)
    if contact is None:
        return False
    today = timezone.localdate(moment(at))
    new = same_address(contact).filter(confirmed_date=None)
    new.filter(example__status=Status.SET_ASIDE).update(confirmed_date=today)  # it keeps its thirty days
    new.update(confirmed_date=today, delete_after=today + datetime.timedelta(days=CONFIRMED_DAYS))
    return True


@transaction.atomic
def forget_address(*, token, organisation):
    """Delete the address wherever it stands in the organisation; the examples stay. Whether the token was known."""
    contact = contact_for_token(token, organisation=organisation)
    if contact is None:
        return False
    forget_contacts(same_address(contact))
    return True


@transaction.atomic
def forget_contacts(contacts):
    """Delete `contacts`, a queryset, here and in the mail: what waits to be sent to them is not sent, and what was sent
    cannot be led back to them. Returns how many. The only way in which a contact goes."""
    # Locked first, so that a mail that is being queued to one of them is there to be found.
    gone = list(contacts.select_for_update(of=("self",)).select_related("example").order_by("pk"))
    if not gone:
        return 0
    Contact.objects.filter(pk__in=[contact.pk for contact in gone]).delete()
    for contact in gone:
        _forget_mail(contact)
    return len(gone)


def _forget_mail(contact):
    """Take one deleted contact out of the mail, and the address when it stands nowhere else in the organisation."""
    mails = OutgoingMessage.objects.filter(
        organisation=contact.example.organisation_id, kind__in=WRITERS_MAIL
    )
    own = Q(once_key=confirm_key(contact)) | Q(once_key__startswith=news_key(contact, ""))
    unsent = forget_receiver(mails.filter(own))
    others = same_address(contact)
    if not others.exists():
        mails.filter(reference=mail_reference(contact.email_hmac)).update(reference="")
    elif "confirm_address" in unsent:
        # The address's one question was not sent after all: the next example with it asks.
        others.filter(confirmed_date=None).update(told_date=None)


def _digest(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
