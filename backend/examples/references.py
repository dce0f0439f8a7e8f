"""References and tracking codes: what a person can read aloud, and what nobody can guess."""

import functools
import re
import secrets
import unicodedata
from pathlib import Path

from backend.organisations.sealing import fingerprint

# No 0 O 1 I L U: nothing that is read or typed as something else.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
WORDS_PER_CODE = 8


def new_reference(prefix):
    """A random reference such as `E-7K3M-2QXH`: it says nothing about order or time."""
    chars = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{chars[:4]}-{chars[4:]}"


@functools.cache
def words():
    """Our own list of 2,048 Danish words."""
    return tuple((Path(__file__).parent / "data" / "words.txt").read_text(encoding="utf-8").split())


def new_code():
    """Eight random words (88 bits), shown once."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS_PER_CODE))


def normalise_code(code):
    """A typed code as it was given: case, hyphens, commas, line breaks and doubled spaces aside."""
    return " ".join(re.split(r"[\s,.\-–—_]+", unicodedata.normalize("NFC", code).strip().lower())).strip()


def code_hmac(code):
    """What is stored of a code: its HMAC with a key outside the database."""
    return fingerprint(normalise_code(code))
