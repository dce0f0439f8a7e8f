"""The outer shell that XLSX and DOCX share: a zip whose properties say nothing of who made it, when or where."""

import io
import zipfile
from collections.abc import Callable
from typing import IO
from xml.sax.saxutils import escape

from exports.document import Document

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = "docProps/core.xml"
_APP = "docProps/app.xml"


def core_properties(title: str, language: str) -> bytes:
    """The document's properties: a title and a language for screen readers; no person and no moment."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>{escape(language)}</dc:language>"
        "</cp:coreProperties>"
    ).encode()


_APP_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def seal(package: bytes, document: Document) -> bytes:
    """The same package with bare properties and fixed dates: the same document gives the same bytes."""
    target = io.BytesIO()
    copy_package(io.BytesIO(package), target, title=document.title, language=document.language)
    return target.getvalue()


def copy_package(
    source: IO[bytes],
    target: IO[bytes],
    *,
    title: str,
    language: str,
    written_by: dict[str, Callable[[bytes, IO[bytes]], None]] | None = None,
) -> None:
    """Copy a package member by member; a member named in `written_by` is written by its function instead."""
    written_by = written_by or {}
    bare = {_CORE: core_properties(title, language), _APP: _APP_PROPERTIES}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = bare[name] if name in bare else old.read(name)
            with new.open(entry, "w", force_zip64=name in written_by) as member:
                if name in written_by:
                    written_by[name](content, member)
                else:
                    member.write(content)
