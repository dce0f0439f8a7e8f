"""Sealing of addresses: encrypted before they are stored, with a key outside the database (P-9)."""

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _cipher():
    # The first key encrypts; older ones, separated by commas, still open what they closed.
    return MultiFernet([Fernet(key.strip()) for key in settings.CONTACT_KEY.split(",")])


def seal(text):
    """`text` as an encrypted token."""
    return _cipher().encrypt(text.encode()).decode()


def unseal(token):
    """The text of a sealed token; InvalidToken where no key fits."""
    return _cipher().decrypt(token.encode()).decode()


def fingerprint(text):
    """An HMAC by which two equal values (addresses, codes) are known as equal without being stored."""
    return hmac.new(settings.CODE_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
