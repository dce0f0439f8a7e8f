"""Finds Danish personal numbers (CPR) in free text, in any spelling: they are refused wherever a text is stored.

What only may name a person, and makes a warning, is found by `personal_hints`.
"""

import re
import unicodedata
from calendar import monthrange
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

# What is said where one is refused; the number itself is never repeated.
REFUSED = _(
    "This looks like a personal number (CPR). Take it out. If it is another number with"
    " ten digits, write letters or a word between the digits, for instance"
    " “case 01019 and 01234”."
)


class Span(NamedTuple):
    """A half-open range of code points in the text that was searched."""

    start: int
    end: int


# --- Reading a text the way a person sees it ------------------------------------------------

# Blank to the eye although Unicode calls them letters or symbols.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_SLASHES = "/\\|\u2044\u2215\u29f8\u2571\u00a6"
_DOTS = "._\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\u3002"
_MINUSES = "\u2212\u2043\u02d7\u00af\u02c9\u30fc\u2500\u2501\u207b\u208b~"


def _one_class(char: str) -> str:
    """One character as the pattern below reads it: a digit, a letter, or a kind of separator."""
    digit = unicodedata.digit(char, -1)
    if digit >= 0:
        return str(digit)
    category = unicodedata.category(char)
    if char in "\n\r\u2028\u2029\x85\x0b\x0c":
        return "\n"
    if char == "\t" or category == "Zs":
        return " "
    if category in {"Cc", "Cf", "Cs", "Mn", "Me", "Cn"} or char in _BLANK_LETTERS:
        return ""
    if category == "Pd" or char in _MINUSES:
        return "-"
    if char in _SLASHES:
        return "/"
    if char in _DOTS:
        return "."
    if char == ",":
        return ","  # a decimal comma joins two numbers of another kind
    if category[0] == "L":
        lower = char.lower()
        return lower if "a" <= lower <= "z" else "z"
    return "#"


@lru_cache(maxsize=4096)
def _classes(char: str) -> str:
    """The classes of a character; one may become several (NFKC) or none."""
    if unicodedata.digit(char, -1) >= 0 or char in _MINUSES:
        return _one_class(char)
    return "".join(_one_class(part) for part in unicodedata.normalize("NFKC", char))


_ASCII = {code: _classes(chr(code)) or None for code in range(128)}
_ASCII_DROPPED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def _seen(text: str) -> tuple[str, list[int] | range]:
    """The text in classes, and for each class the index of its character in the text."""
    if text.isascii() and not _ASCII_DROPPED.search(text):
        return text.translate(_ASCII), range(len(text))
    classes: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        found = _classes(char)
        if len(found) == 1:
            classes.append(found)
            origin.append(index)
        else:
            classes.extend(found)
            origin.extend([index] * len(found))
    return "".join(classes), origin


# --- CPR ------------------------------------------------------------------------------------

# Every pattern starts where a group of digits starts and ends where one ends, all repeats are
# bounded: the time is linear in the text.
_GAP = r"[ \-./]{0,12}"
_LAST_GAP = r"[ \n\-./#]{0,12}"
_GROUPED = re.compile(
    rf"(?<![0-9])(?P<day>[0-9]{{2}})(?P<a>{_GAP})(?P<month>[0-9]{{2}})(?P<b>{_GAP})"
    rf"(?P<year>(?:18|19|20)?[0-9]{{2}})(?P<c>{_LAST_GAP})"
    r"(?P<serial>[0-9]{4}|[0-9]{2}(?P<d>[ \-./]{1,3})[0-9]{2})(?![0-9])"
)
_UNPADDED = re.compile(
    r"(?<![0-9])(?<![0-9][\-./])(?P<day>[0-9]{1,2})(?P<a> ?[./\-] ?)(?P<month>[0-9]{1,2})"
    r"(?P<b> ?[./\-] ?)(?P<year>(?:18|19|20)?[0-9]{2})(?P<c> ?- ?)(?P<serial>[0-9]{4})"
    r"(?P<d>)(?![0-9])"
)
_ONE_BY_ONE = re.compile(r"(?<![0-9])[0-9](?:[ \-./]{1,3}[0-9]){9}(?![0-9])")
_DIGIT_GROUP = re.compile(r"[0-9]+")
_HEX = frozenset("0123456789abcdef-")
_LONGEST_ID = 40


def find_cpr(text: str) -> list[Span]:
    """Every Danish personal number in the text, in any spelling; spans are of the text itself.

    No modulus 11 (not valid since 2007); days 61-91 are replacement numbers. A date that does
    not exist makes no personal number. The serial 0000 is never issued, but is refused as well:
    it is ten digits that begin with somebody's birthday.
    """
    seen, origin = _seen(text)
    spans: list[Span] = []
    for group in _DIGIT_GROUP.finditer(seen):
        start = group.start()
        if spans and origin[start] < spans[-1].end:
            continue
        end = _cpr_end(seen, start)
        if end is not None:
            spans.append(Span(origin[start], origin[end - 1] + 1))
    return spans


def _cpr_end(seen: str, start: int) -> int | None:
    for pattern in (_GROUPED, _UNPADDED):
        match = pattern.match(seen, start)
        if (
            match
            and _is_date(int(match["day"]), int(match["month"]), match["year"])
            and _is_written_as_cpr(seen, match)
            and not _is_inside_id(seen, start, match.end())
        ):
            return match.end()
    match = _ONE_BY_ONE.match(seen, start)
    if match and _stands_alone(seen, start, match.end()):
        digits = "".join(_DIGIT_GROUP.findall(match[0]))
        if _is_date(int(digits[:2]), int(digits[2:4]), digits[4:6]):
            return match.end()
    return None


def _is_date(day: int, month: int, year: str) -> bool:
    if day > 60:
        day -= 60
    if not 1 <= month <= 12:
        return False
    # Two digits do not tell the century; 2000 was a leap year, so 00 gets the benefit.
    full = int(year) if len(year) == 4 else 2000 + int(year)
    return 1 <= day <= monthrange(full, month)[1]


def _is_written_as_cpr(seen: str, match: re.Match[str]) -> bool:
    a, b, c, d = match["a"], match["b"], match["c"], match["d"]
    is_compact = not a and not b
    if "\n" in c and not (is_compact or "-" in c):
        return False  # a date at the end of a line, a number on the next
    if "#" in c and not is_compact:
        return False
    # "01.01.2017 1500 kr." is a date and an amount; "01.01.1990-1234" is not.
    if len(match["year"]) == 4 and (d or not (is_compact or not c or "-" in c)):
        return False
    if d:
        # "12.03.17 14.30" and "12.03.17 12-14" are moments; "010190 12 34" is not.
        is_even = is_compact or bool(a and b)
        return bool(is_even and c and (d == c or d.isspace())) and _stands_alone(
            seen, match.start(), match.end()
        )
    if is_compact or (a.strip() and b.strip()):
        return True
    return _stands_alone(seen, match.start(), match.end())


def _stands_alone(seen: str, start: int, end: int) -> bool:
    """No further digits right beside it, as in a telephone or EAN number written in groups."""
    before, after = seen[max(start - 2, 0) : start], seen[end : end + 2]
    is_joined_before = len(before) == 2 and before[0].isdigit() and before[1] in " -./"
    is_joined_after = len(after) == 2 and after[1].isdigit() and after[0] in " -./"
    return not is_joined_before and not is_joined_after


def _is_inside_id(seen: str, start: int, end: int) -> bool:
    """Digits within a hexadecimal or mixed id, such as a UUID, are no personal number."""
    left, right = seen[start - 1 : start], seen[end : end + 1]
    if not (left.isalpha() or right.isalpha()):
        return False
    low, high = max(start - _LONGEST_ID, 0), min(end + _LONGEST_ID, len(seen))
    hex_from, hex_to = start, end
    while hex_from > low and seen[hex_from - 1] in _HEX:
        hex_from -= 1
    while hex_to < high and seen[hex_to] in _HEX:
        hex_to += 1
    is_whole_word = not (seen[hex_from - 1 : hex_from].isalpha() or seen[hex_to : hex_to + 1].isalpha())
    if is_whole_word and len(seen[hex_from:hex_to].replace("-", "")) >= 12:
        return True
    return bool(
        re.search(r"[0-9][a-z]{1,2}\Z", seen[max(start - 3, 0) : start])
        or re.match(r"[a-z]{1,2}[0-9]", seen[end : end + 3])
    )
