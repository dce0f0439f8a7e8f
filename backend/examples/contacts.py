"""A writer's address after it has been stored: confirmed, told of news, and taken away with one click (P-7, P-27).

The token in a mail is an HMAC of the contact with a key outside the database, so that it is the same in every mail and
nothing but its SHA-256 is kept. It opens nothing but this: to say yes to mail, or to have the address deleted.
"""

import datetime
import hashlib

from django.db import transaction
from django.utils import timezone

from backend.organisations.permissions import moment
from backend.organisations.sealing import fingerprint

from .models import Contact

# A confirmed address is kept until its writer has been asked whether it helped; this is for the case that never ends.
CONFIRMED_DAYS = 730


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
    same_address(contact).filter(confirmed_date=None).update(
        confirmed_date=today, delete_after=today + datetime.timedelta(days=CONFIRMED_DAYS)
    )
    return True


@transaction.atomic
def forget_address(*, token, organisation):
    """Delete the address wherever it stands in the organisation; the examples stay. Whether the token was known."""
    contact = contact_for_token(token, organisation=organisation)
    if contact is None:
        return False
    same_address(contact).delete()
    return True


def _digest(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
