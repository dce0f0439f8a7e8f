"""What a valid submission is: plain functions that page, API, import and desk share.

Every action that stores text asks `check_text`, which also refuses personal numbers (CPR).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import number_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.personal_numbers import REFUSED, Span, find_cpr

PERIODS = ("day", "week", "school_week", "month", "year")
AUDIENCES = ("secretariat", "bodies", "public")

MINIMUM_PROBLEM = 10
MAXIMUM_PROBLEM = 8000
MAXIMUM_PROPOSAL = 8000
MAXIMUM_LEGISLATION = 1000
MAXIMUM_TITLE = 120
MAXIMUM_LINE = 200
MAXIMUM_EMAIL = 254
MAXIMUM_KEY = 100
MAXIMUM_MINUTES = 10_000
MAXIMUM_TIMES = 1000
MAXIMUM_PEOPLE = 100_000

type Message = str | Promise


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, and what to do about it. Never repeats what was typed."""

    pointer: str
    code: str
    detail: Message
    span: Span | None = None


class InvalidInput(Exception):
    """Something cannot be stored as it is; `errors` says what, field by field."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        # The exception may reach a log: pointers and codes only, no text.
        super().__init__(", ".join(f"{error.pointer}: {error.code}" for error in errors))


class NotNow(InvalidInput):
    """Nothing was typed wrong: the thing itself is past the move, or not there yet, and other words would not help."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The fields of `POST /examples`, as typed or, from `check_submission`, cleaned."""

    problem: str = ""
    title: str = ""
    proposal: str = ""
    legislation: str = ""
    area: str = ""
    cause: str = ""
    workplace: str = ""
    role: str = ""
    minutes: Decimal | None = None
    times: int | None = None
    period: str = ""
    people: int | None = None
    contact_email: str = ""
    contact_name: str = ""
    audience: str = "public"
    spare_my_workplace: bool = True
    preview_wording: bool = False
    about_one_citizen: bool = False


# --- Messages -------------------------------------------------------------------------------

_number: Callable[[int], Promise] = lazy(
    lambda value: number_format(value, use_l10n=True, force_grouping=True), str
)


def _cpr_error(pointer: str, span: Span) -> FieldError:
    return FieldError(pointer, "cpr_number", REFUSED, span)


def missing(pointer: str) -> FieldError:
    """The field must be filled in."""
    return FieldError(pointer, "required", _("Write something here."))


def unknown_choice(pointer: str) -> FieldError:
    """The value is none of those offered: for keys that only the database knows as well."""
    return FieldError(pointer, "unknown_choice", _("Choose one of the options on the list."))


def _too_short(pointer: str, minimum: int) -> FieldError:
    detail = format_lazy(
        _("Write a little more. There must be at least {minimum} characters."),
        minimum=_number(minimum),
    )
    return FieldError(pointer, "too_short", detail)


def _too_long(pointer: str, maximum: int) -> FieldError:
    detail = format_lazy(
        _("Shorten the text. There is room for {maximum} characters."), maximum=_number(maximum)
    )
    return FieldError(pointer, "too_long", detail)


def _out_of_range(pointer: str, low: int, high: int) -> FieldError:
    detail = format_lazy(_("Write a number from {low} to {high}."), low=_number(low), high=_number(high))
    return FieldError(pointer, "out_of_range", detail)


def _not_a_text(pointer: str) -> FieldError:
    return FieldError(pointer, "invalid_type", _("This must be a text."))


# --- Text -----------------------------------------------------------------------------------

# Marks that turn or hide the reading direction, and the byte order mark: never part of a Danish
# text, at times pasted along with one. They are taken out rather than refused.
_DROPPED = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


# What database, XML (XLSX, DOCX) and JSON cannot all hold: control characters other than tab and line
# feed, lone surrogates, noncharacters.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def _is_visible(char: str) -> bool:
    return char not in _BLANK_LETTERS and unicodedata.category(char) not in {
        "Zs",
        "Zl",
        "Zp",
        "Cc",
        "Cf",
        "Mn",
        "Me",
    }


def _trim(text: str) -> str:
    """Without what cannot be seen at either end; nothing is left of an invisible text."""
    start, end = 0, len(text)
    while start < end and not _is_visible(text[start]):
        start += 1
    while end > start and not _is_visible(text[end - 1]):
        # An accent or emoji selector belongs to the letter before it.
        if unicodedata.category(text[end - 1]) in {"Mn", "Me"}:
            break
        end -= 1
    return text[start:end]


def _has_at_least(text: str, minimum: int) -> bool:
    """Whether the text has so many characters, spaces included; ten zero-width joiners are none."""
    counted = (char for char in text if char not in _BLANK_LETTERS and unicodedata.category(char) != "Cf")
    return minimum == 0 or next(islice(counted, minimum - 1, None), None) is not None


def clean_text(value: str) -> str:
    """The text as it is stored: lines end in LF, no direction marks, trimmed."""
    return _trim(_LINE_ENDS.sub("\n", value).translate(_DROPPED))


def _examine(
    value: object,
    pointer: str,
    *,
    maximum: int,
    minimum: int = 0,
    required: bool = False,
    single_line: bool = False,
) -> tuple[str, list[FieldError]]:
    if value is None:
        value = ""
    if not isinstance(value, str):
        return "", [_not_a_text(pointer)]
    if len(value) > 4 * maximum + 1000:
        # Far too long even with its invisible characters: nothing more is worth telling, or reading.
        return "", [_too_long(pointer, maximum)]
    errors = []
    text = clean_text(value)
    if bad := _UNSTORABLE.search(value):
        detail = _("Take out the character that cannot be shown, or write the text again.")
        errors.append(FieldError(pointer, "control_character", detail, Span(*bad.span())))
    if single_line and "\n" in text:
        errors.append(FieldError(pointer, "line_break", _("Write it on one line.")))
    if not text:
        if required:
            errors.append(missing(pointer))
    elif not _has_at_least(text, minimum):
        errors.append(_too_short(pointer, minimum))
    if len(text) > maximum:
        errors.append(_too_long(pointer, maximum))
    # Spans are of the text as it was sent, so that the sender can find the place.
    errors.extend(_cpr_error(pointer, span) for span in find_cpr(value))
    return text, errors


def check_text(
    value: object,
    *,
    pointer: str,
    maximum: int,
    minimum: int = 0,
    required: bool = False,
    single_line: bool = False,
) -> str:
    """The cleaned text, or InvalidInput. Every action that stores a text asks this."""
    text, errors = _examine(
        value,
        pointer,
        maximum=maximum,
        minimum=minimum,
        required=required,
        single_line=single_line,
    )
    if errors:
        raise InvalidInput(errors)
    return text


# --- Numbers --------------------------------------------------------------------------------


def parse_decimal(text: str) -> Decimal | None:
    """A number as typed in Danish, "12,5" or "1.250": None when empty. Raises ValueError."""
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    if not compact:
        return None
    if "," in compact:
        compact = compact.replace(".", "").replace(",", ".")
    elif _has_thousands(compact):
        compact = compact.replace(".", "")
    if len(compact) > 20 or not all(char in "0123456789.-" for char in compact):
        raise ValueError("no number")
    try:
        return Decimal(compact)
    except InvalidOperation:
        raise ValueError("no number") from None


def _has_thousands(compact: str) -> bool:
    first, *groups = compact.split(".")
    return bool(groups) and 1 <= len(first) <= 3 and first != "0" and all(len(group) == 3 for group in groups)


def _as_decimal(value: object) -> Decimal | None:
    """A finite number as a Decimal, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def _examine_number(
    value: object, pointer: str, *, low: int, high: int, places: int
) -> tuple[Decimal | None, list[FieldError]]:
    if value is None:
        return None, []
    number = _as_decimal(value)
    if number is None:
        return None, [FieldError(pointer, "invalid_type", _("Write a number."))]
    if not low <= number <= high:
        return None, [_out_of_range(pointer, low, high)]
    rounded = number.quantize(Decimal(1).scaleb(-places))
    if rounded != number:
        detail = _("Write at most two decimals.") if places else _("Write a whole number.")
        return None, [FieldError(pointer, "too_many_decimals", detail)]
    return rounded, []


def _examine_minutes(value: object) -> tuple[Decimal | None, list[FieldError]]:
    return _examine_number(value, "/minutes", low=0, high=MAXIMUM_MINUTES, places=2)


def _examine_whole(value: object, pointer: str, low: int, high: int) -> tuple[int | None, list[FieldError]]:
    number, errors = _examine_number(value, pointer, low=low, high=high, places=0)
    return None if number is None else int(number), errors


def _examine_choice(
    value: object, pointer: str, choices: tuple[str, ...], *, may_be_empty: bool
) -> tuple[str, list[FieldError]]:
    if value is None or value == "":
        value = ""
    if isinstance(value, str) and (value in choices or (may_be_empty and not value)):
        return value, []
    return "", [unknown_choice(pointer)]


def _examine_email(value: object, pointer: str) -> tuple[str, list[FieldError]]:
    text, errors = _examine(value, pointer, maximum=MAXIMUM_EMAIL, single_line=True)
    if text and not errors:
        try:
            validate_email(text)
        except ValidationError:
            detail = _("Write an e-mail address like navn@eksempel.dk.")
            errors.append(FieldError(pointer, "invalid_email", detail))
    return text, errors


def check_email(value: object, *, pointer: str) -> str:
    """A cleaned address, empty where none was written, or InvalidInput."""
    text, errors = _examine_email(value, pointer)
    if errors:
        raise InvalidInput(errors)
    return text


def check_time(
    minutes: Decimal | None, times: int | None, period: str | None
) -> tuple[Decimal | None, int | None, str]:
    """A supporter's own time, cleaned, or InvalidInput; part of it is accepted."""
    (minutes, wrong_minutes), (times, wrong_times), (period, wrong_period) = (
        _examine_minutes(minutes),
        _examine_whole(times, "/times", 0, MAXIMUM_TIMES),
        _examine_choice(period, "/period", PERIODS, may_be_empty=True),
    )
    if errors := [*wrong_minutes, *wrong_times, *wrong_period]:
        raise InvalidInput(errors)
    return minutes, times, period


# --- The submission -------------------------------------------------------------------------


def check_submission(submission: Submission, *, minimum: int = MINIMUM_PROBLEM) -> Submission:
    """The cleaned submission, or InvalidInput with everything that is wrong at once.

    Whether the area, cause and campaign exist is the caller's question to the database. Part of
    the time (minutes without a period, say) is accepted: half an answer is worth keeping.
    """
    errors: list[FieldError] = []
    cleaned: dict[str, Any] = {}

    def take(name: str, examined: tuple[Any, list[FieldError]]) -> None:
        cleaned[name], found = examined
        errors.extend(found)

    def text(name: str, maximum: int, pointer: str = "", **rules: Any) -> None:
        value = getattr(submission, name)
        take(name, _examine(value, pointer or f"/{name}", maximum=maximum, **rules))

    text("problem", MAXIMUM_PROBLEM, minimum=minimum, required=True)
    text("title", MAXIMUM_TITLE, single_line=True)
    text("proposal", MAXIMUM_PROPOSAL)
    text("legislation", MAXIMUM_LEGISLATION)
    text("area", MAXIMUM_KEY, single_line=True)
    text("cause", MAXIMUM_KEY, single_line=True)
    text("workplace", MAXIMUM_LINE, single_line=True)
    text("role", MAXIMUM_LINE, single_line=True)
    take("minutes", _examine_minutes(submission.minutes))
    take("times", _examine_whole(submission.times, "/times", 0, MAXIMUM_TIMES))
    take("people", _examine_whole(submission.people, "/people", 1, MAXIMUM_PEOPLE))
    take("period", _examine_choice(submission.period, "/period", PERIODS, may_be_empty=True))
    take("contact_email", _examine_email(submission.contact_email, "/contact/email"))
    text("contact_name", MAXIMUM_LINE, "/contact/name", single_line=True)
    take("audience", _examine_choice(submission.audience, "/audience", AUDIENCES, may_be_empty=False))
    for name in ("spare_my_workplace", "preview_wording", "about_one_citizen"):
        if not isinstance(getattr(submission, name), bool):
            errors.append(FieldError(f"/{name}", "invalid_type", _("Answer true or false.")))
    if errors:
        raise InvalidInput(errors)
    return replace(submission, **cleaned)
