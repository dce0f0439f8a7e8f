"""A text as words, numbers and signs, each with its place: one pass, one small expression that never backtracks."""

import re
import unicodedata
from dataclasses import dataclass

# What a word processor leaves inside words: soft hyphen and zero-width characters.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_INSIDE = "\u0300-\u036f" + "".join(map(chr, _INVISIBLE))
_TOKEN = re.compile(
    rf"(?P<url>(?:https?://(?:www\.)?|www\.)[^\s<>\"]+|retsinformation\.dk/[^\s<>\"]+)"
    rf"|(?P<word>[^\W\d_][^\W\d_{_INSIDE}]*(?:[{_INSIDE}][^\W\d_{_INSIDE}]*)*)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<space>\s+)"
    r"|(?P<sign>[\s\S])",
    re.IGNORECASE,
)
# No name of a law holds a longer word; normalising a longer one could be made slow.
_LONGEST_WORD = 60
# No paragraph, act or year has more digits.
_LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text. `key` is how it is compared; `is_joined`: it follows the one before without a space."""

    kind: str
    key: str
    text: str
    start: int
    end: int
    is_joined: bool

    @property
    def value(self):
        """A number's value."""
        return int(self.key)


# Stands for what lies before the first and after the last token.
NOTHING = Token("nothing", "", "", 0, 0, False)


def word_key(text):
    """How a word is compared: small letters, composed, without invisible characters."""
    if text.isascii():
        return text.lower()
    if len(text) > _LONGEST_WORD:
        return ""
    return unicodedata.normalize("NFC", text.translate(_INVISIBLE)).casefold()


def tokens_of(text):
    """The tokens of `text`. An empty line is a token of kind «break»; other space only sets words apart."""
    found = []
    is_joined = False
    for match in _TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match.group()
        if kind == "space":
            is_joined = False
            if piece.count("\n") > 1:
                found.append(Token("break", "", "", match.start(), match.end(), False))
            continue
        key = piece
        if kind == "word":
            key = word_key(piece)
        elif kind == "number" and len(piece) > _LONGEST_NUMBER:
            kind, key = "sign", ""
        found.append(Token(kind, key, piece, match.start(), match.end(), is_joined))
        is_joined = True
    return found
