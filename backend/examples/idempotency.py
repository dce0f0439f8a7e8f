"""The same key and body give the first answer again, and store nothing new (api.md, Idempotency-Key).

A key's row is written in the example's own transaction. The first answer is sealed with a key derived from the
raw key, which only the sender has: the row alone opens nothing, and is gone after the next day.
"""

import base64
import datetime
import hashlib
import json

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone

from backend.organisations.sealing import fingerprint

from .models import IdempotencyKey


class OtherBody(Exception):
    """The key was used before, with another body; doors answer 409."""


class Claim:
    """One presented key. Use inside the transaction that stores the example.

    `first_answer` is None when this request is the first; else the answer to give again.
    """

    def __init__(self, *, key, body, at):
        derived = HKDF(SHA256(), 64, salt=settings.CODE_KEY.encode(), info=b"idempotency").derive(
            key.encode("utf-8", "replace")
        )
        self._sealer = Fernet(base64.urlsafe_b64encode(derived[:32]))
        canonical = json.dumps(body, sort_keys=True, default=str).encode()
        body_hash = hashlib.sha256(derived[32:] + canonical).hexdigest()
        mine = IdempotencyKey(
            hash=fingerprint("idempotency:" + key),
            body_hash=body_hash,
            delete_after=timezone.localdate(at) + datetime.timedelta(days=1),
        )
        # ON CONFLICT DO NOTHING: a double click waits for the first to commit, and writes no statement log.
        IdempotencyKey.objects.bulk_create([mine], ignore_conflicts=True)
        self.row = IdempotencyKey.objects.get(hash=mine.hash)
        self.first_answer = None
        if self.row.pk != mine.pk:
            if self.row.body_hash != body_hash:
                raise OtherBody
            self.first_answer = json.loads(self._sealer.decrypt(self.row.sealed_answer.encode()))

    def keep(self, example, answer):
        """Seal `answer` (JSON-able) as what the same key gets from now on."""
        self.row.example = example
        self.row.sealed_answer = self._sealer.encrypt(json.dumps(answer).encode()).decode()
        self.row.save(update_fields=["example", "sealed_answer"])
