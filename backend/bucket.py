"""The storage for STORAGE=s3://…"""

from typing import Any

from django.conf import settings
from storages.backends.s3 import S3Storage


class PrivateBucket(S3Storage):
    """A bucket that nobody outside reads: pages point at our own address, and backend.media fetches the file."""

    default_acl = "private"
    file_overwrite = False

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Return the address under our own host, so that a page asks no other."""
        return settings.MEDIA_URL + name
