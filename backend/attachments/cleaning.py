"""Takes what identifies its sender out of a file, or refuses the file with a reason.

The work is done by `backend.attachments.scrubbing` in a process of its own, which has an empty environment and is
held to a ceiling of memory and of time: a hostile file can end that process and nothing else.
"""

import hashlib
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAXIMUM_SIZE = 10 * 1024 * 1024
MAXIMUM_FILES = 5
# The wall clock; the processor's time is counted in scrubbing/__main__.py.
PATIENCE_SECONDS = 20
# How long a file waits for a place: whoever waits holds one of the server's few threads.
PLACE_SECONDS = 2
ROOT = Path(__file__).resolve().parents[2]
# Each may take half a gigabyte: two at a time in each of the server's processes.
_places = threading.BoundedSemaphore(2)

REASONS: dict[str, str | Promise] = {
    "empty": _("The file is empty. Choose another one."),
    "too_large": _("The file is larger than 10 MB. Send the part that matters, or a smaller picture."),
    "unknown_type": _("This kind of file cannot be received. Send PDF, PNG, JPEG, DOCX or XLSX."),
    "old_format": _("This is an old Office format. Save the file as DOCX, XLSX or PDF, and send that."),
    "encrypted": _("The file is locked with a password. Save it without the password, and send that."),
    "damaged": _("The file is damaged and cannot be read. Save it again, or send it as PDF."),
    "too_complex": _("The file unpacks to too much. Send the part that matters, or print it as PDF."),
    "too_many_pixels": _("The picture is too large. Send it in a smaller size, at most 25 megapixels."),
    "animated": _("The picture has several frames. Send one picture as PNG or JPEG."),
    "macros": _("The file holds macros or programs. Save it without them, or as PDF, and send that."),
    "embedded": _("The file has other files inside it. Take them out, or print it as PDF, and send that."),
    "picture_inside": _(
        "A picture in the file cannot be cleaned. Replace it by a PNG or JPEG, or send a PDF."
    ),
    "unsafe_pdf": _("The PDF holds a form with scripts or a program. Print it to a new PDF, and send that."),
    "not_redacted": _("Text in the PDF is marked for removal but still there. Carry out the removal first."),
    "busy": _("Too many files are being received just now. Wait a minute, and send it again."),
}


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept. `extension` is ours ("pdf"); `text` is what could be read in it, cut off at 1 MB.

    `came_as`: SHA-256 of the bytes as they were sent, which tell two sendings of one file; it is not stored.
    """

    content_type: str
    extension: str
    data: bytes
    text: str
    came_as: str = ""


class Refused(Exception):
    """A file that cannot be cleaned; `detail` says why and what to do, and repeats nothing of the file."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.detail = REASONS[code]
        super().__init__(code)


def clean(data: bytes, *, name: str = "") -> Clean:
    """Return the file without what identifies its sender, or raise Refused.

    The kind is decided by the bytes alone: a name that says otherwise is not believed, and is not kept either.
    """
    if not data:
        raise Refused("empty")
    if len(data) > MAXIMUM_SIZE:
        raise Refused("too_large")
    if not _places.acquire(timeout=PLACE_SECONDS):
        raise Refused("busy")
    try:
        done = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "backend.attachments.scrubbing"],
            input=data,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            cwd=ROOT,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise Refused("too_complex") from None
    finally:
        _places.release()
    heading, _newline, cleaned = done.stdout.partition(b"\n")
    if done.returncode != 0 or not heading:
        # It was stopped by a ceiling, or fell over something nobody had thought of.
        raise Refused("too_complex" if done.returncode < 0 else "damaged")
    told = json.loads(heading)
    if "refused" in told:
        raise Refused(told["refused"])
    came_as = hashlib.sha256(data).hexdigest()
    return Clean(told["content_type"], told["extension"], cleaned, told["text"], came_as)
