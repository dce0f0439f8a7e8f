"""Recognises a file by its first bytes, never by its name."""

from .refusing import Unfit

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_BEGINNINGS = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"PK\x03\x04": "zip"}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognise(data: bytes) -> str:
    """Return "pdf", "png", "jpg" or "zip" (DOCX and XLSX are told apart by what they hold)."""
    for beginning, kind in _BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    if data.startswith(_COMPOUND):
        # Office keeps a document with a password in the old container.
        raise Unfit("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_format")
    raise Unfit("unknown_type")
