"""A file that somebody sent or that we made: its bytes lie in the storage, outside the web root."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.organisations.models import Organisation

# In the storage; the web root serves "images/" alone (backend.media).
FOLDER = "attachments"


def _random_name(stored, _filename):
    """Where the bytes lie: never under the sender's name, and not to be guessed."""
    return f"{FOLDER}/{uuid.uuid4().hex}"


class StoredFile(models.Model):
    """A cleaned file. `name` is ours, such as «bilag-1.pdf»; the sender's file name is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=_random_name, max_length=200)
    stored_date = models.DateField()

    class Meta:
        ordering = ["stored_date", "id"]
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self):
        return self.name
