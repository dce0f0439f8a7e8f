"""What every file format needs to know about text: what cannot be written, and what a spreadsheet would compute."""

import re
import unicodedata

# Left out of every file: control characters (tab and line feed stay), lone surrogates, the
# non-characters that XML and Word refuse, and the marks that turn the direction of text.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
# The minus sign (U+2212) too: a spreadsheet may read it as a hyphen.
_TRIGGERS = frozenset("=+-@\u2212")


def clean(text: str) -> str:
    """The text without the characters that no file can hold; every kind of line break becomes a line feed."""
    return _UNWRITABLE.sub("", _LINE_BREAK.sub("\n", text))


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might compute the text instead of showing it.

    White space and invisible marks before the sign are looked through, and full-width signs count.
    """
    for character in text:
        if character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}:
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _TRIGGERS
    return False
