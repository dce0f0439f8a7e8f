"""Reads a file from standard input; writes one line of JSON, and after it the cleaned file, to standard output."""

import json
import resource
import sys

from . import documents, pictures
from .kinds import CONTENT_TYPES, recognise
from .refusing import Unfit

MEMORY = 550 * 1024 * 1024
PROCESSOR_SECONDS = 8
LONGEST_TEXT = 1_000_000


def scrub(data: bytes) -> tuple[str, bytes, str]:
    """Return the extension, the cleaned bytes and the text in them; raises Unfit."""
    kind = recognise(data)
    if kind in ("png", "jpg"):
        return kind, pictures.redraw(data, kind), ""
    return documents.scrub(data, kind)


def main() -> None:
    """Work under the ceilings; a verdict is an answer, everything else is the end of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        extension, cleaned, text = scrub(sys.stdin.buffer.read())
        told = {"extension": extension, "content_type": CONTENT_TYPES[extension], "text": text[:LONGEST_TEXT]}
    except Unfit as unfit:
        told, cleaned = {"refused": unfit.code}, b""
    except (MemoryError, RecursionError):
        told, cleaned = {"refused": "too_complex"}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + cleaned)


main()
