"""Tells the kinds of document apart and has each cleaned by its own module."""

from . import pdf, sheets, word
from .packages import Package
from .refusing import Unfit


def scrub(data: bytes, kind: str) -> tuple[str, bytes, str]:
    """Return the extension, the cleaned bytes and the text of a "pdf" or a "zip"; raises Unfit."""
    if kind == "pdf":
        return "pdf", *pdf.scrub(data)
    package = Package(data)
    main_type = package.main_type()
    if main_type == word.MAIN_TYPE:
        return "docx", *word.scrub(package)
    if main_type == sheets.MAIN_TYPE:
        return "xlsx", *sheets.scrub(package)
    raise Unfit("unknown_type")
