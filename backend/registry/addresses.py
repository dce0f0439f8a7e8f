"""The last part of a law's address: its key in letters that an address can hold as they are."""

import re

_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"})
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_of(key):
    """`ældreloven` → `aeldreloven`; `STU-loven` → `stu-loven`. Empty where the key holds no letter or digit."""
    return _OTHER.sub("-", key.lower().translate(_LETTERS)).strip("-")
