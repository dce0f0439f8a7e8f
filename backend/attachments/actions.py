"""Writes of files. The row and its bytes live and die together, a crash in between apart: see `sweep`."""

import datetime
import hashlib
import os

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backend.organisations.models import Organisation

from .cleaning import Clean
from .models import FOLDER, StoredFile


@transaction.atomic
def store_file(
    *, organisation: Organisation, clean: Clean, number: int = 1, at: datetime.datetime | None = None
) -> StoredFile:
    """Keep a cleaned file under a name of ours ("bilag-1.pdf", from `number`).

    Cleaning takes seconds and is done before, outside the transaction (`backend.examples.attaching`).
    """
    stored = StoredFile(
        organisation=organisation,
        name=own_name(number, clean.extension),
        content_type=clean.content_type,
        size=len(clean.data),
        sha256=hashlib.sha256(clean.data).hexdigest(),
        stored_date=timezone.localdate(at),
    )
    stored.file.save("", ContentFile(clean.data), save=False)
    _forget_time(stored.file.storage, stored.file.name, stored.stored_date)
    stored.save(force_insert=True)
    return stored


def own_name(number: int, extension: str) -> str:
    """The name that a file gets from us, such as "bilag-1.pdf": the same whatever language its sender reads (P-1)."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{_('attachment')}-{number}.{extension}"


def delete_file(*, stored: StoredFile) -> None:
    """Delete the row, and the bytes when the transaction has come through."""
    storage, name = stored.file.storage, stored.file.name
    stored.delete()
    transaction.on_commit(lambda: storage.delete(name))


def sweep(*, at: datetime.datetime | None = None) -> int:
    """Delete bytes that no row names: what a transaction left that was rolled back, or a crash before deleting.

    Two days are left to whoever is still at it. Returns how many were deleted.
    """
    storage: Storage = StoredFile._meta.get_field("file").storage
    limit = (at or timezone.now()) - datetime.timedelta(days=2)
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    kept = set(StoredFile.objects.values_list("file", flat=True))
    lost = [name for name in (f"{FOLDER}/{name}" for name in names) if name not in kept]
    lost = [name for name in lost if storage.get_modified_time(name) < limit]
    for name in lost:
        storage.delete(name)
    return len(lost)


def _forget_time(storage: Storage, name: str, day: datetime.date) -> None:
    """In a folder, set the file's time to midnight: no time of day is kept of what somebody sent."""
    try:
        path = storage.path(name)
    except NotImplementedError:
        return
    midnight = datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC).timestamp()
    os.utime(path, (midnight, midnight))
