from dataclasses import fields, replace
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.examples import models
from backend.examples.validation import (
    AUDIENCES,
    PERIODS,
    FieldError,
    InvalidInput,
    Submission,
    check_submission,
    check_text,
    check_time,
    clean_text,
    parse_decimal,
    unknown_choice,
)

PROBLEM = "Vi skriver det samme i to systemer."


def errors_of(**values):
    """(pointer, code) of everything wrong with a submission that is right but for `values`."""
    try:
        check_submission(replace(Submission(problem=PROBLEM), **values))
    except InvalidInput as invalid:
        return [(error.pointer, error.code) for error in invalid.errors]
    return []


def text_error(value, **rules):
    with pytest.raises(InvalidInput) as caught:
        check_text(value, **{"pointer": "/text", "maximum": 100, **rules})
    [error] = caught.value.errors
    return error


def test_a_full_submission_comes_back_cleaned():
    cleaned = check_submission(
        Submission(
            problem="  Vi skriver det samme\r\ni to systemer. \n",
            title=" To systemer ",
            proposal="Lad det første\rsende til det andet.",
            legislation="Serviceloven § 83",
            area="aeldre",
            cause="ukendt",
            workplace="Plejecentret",
            role="Sygeplejerske",
            minutes=15.5,
            times=3,
            period="week",
            people=12,
            contact_email=" mig@example.org ",
            contact_name="Mig",
            audience="bodies",
            spare_my_workplace=False,
            preview_wording=True,
        )
    )
    assert cleaned == Submission(
        problem="Vi skriver det samme\ni to systemer.",
        title="To systemer",
        proposal="Lad det første\nsende til det andet.",
        legislation="Serviceloven § 83",
        area="aeldre",
        cause="ukendt",
        workplace="Plejecentret",
        role="Sygeplejerske",
        minutes=Decimal("15.50"),
        times=3,
        period="week",
        people=12,
        contact_email="mig@example.org",
        contact_name="Mig",
        audience="bodies",
        spare_my_workplace=False,
        preview_wording=True,
    )
    assert type(cleaned.minutes) is Decimal


def test_the_problem_alone_is_enough_and_null_is_nothing():
    optional = {field.name for field in fields(Submission)} - {
        "problem",
        "audience",
        "spare_my_workplace",
        "preview_wording",
        "about_one_citizen",
    }
    cleaned = check_submission(Submission(problem=PROBLEM, **dict.fromkeys(optional)))
    assert cleaned == Submission(problem=PROBLEM)


def test_everything_wrong_is_told_at_once():
    assert errors_of(
        problem="For kort",
        title="To\nlinjer",
        minutes=-1,
        times=1001,
        people=0,
        period="fortnight",
        contact_email="ikke en adresse",
        contact_name="x" * 201,
        audience="nobody",
        spare_my_workplace="yes",
    ) == [
        ("/problem", "too_short"),
        ("/title", "line_break"),
        ("/minutes", "out_of_range"),
        ("/times", "out_of_range"),
        ("/people", "out_of_range"),
        ("/period", "unknown_choice"),
        ("/contact/email", "invalid_email"),
        ("/contact/name", "too_long"),
        ("/audience", "unknown_choice"),
        ("/spare_my_workplace", "invalid_type"),
    ]


@pytest.mark.parametrize(
    ("name", "maximum"),
    [
        ("problem", 8000),
        ("proposal", 8000),
        ("legislation", 1000),
        ("title", 120),
        ("workplace", 200),
        ("role", 200),
        ("contact_name", 200),
    ],
)
def test_texts_have_room_for_what_the_api_says_counted_after_trimming(name, maximum):
    assert errors_of(**{name: f"  {'æ' * maximum}\n"}) == []
    assert [code for _, code in errors_of(**{name: "æ" * (maximum + 1)})] == ["too_long"]


def test_the_minimum_is_counted_after_trimming_and_can_be_lowered_for_imports():
    assert errors_of(problem="1234567890") == []
    assert errors_of(problem="  123456789  ") == [("/problem", "too_short")]
    assert errors_of(problem="abc" + "\u200b" * 20 + "d") == [("/problem", "too_short")]
    assert check_submission(Submission(problem="Tid"), minimum=1).problem == "Tid"


@pytest.mark.parametrize(
    "empty", ["", "   ", "\n\t", "\u200b\u200d", "\ufeff", "\u3164\u2800", "\u202e", "\u00ad", "\u0301"]
)
def test_a_text_that_cannot_be_seen_is_empty(empty):
    assert errors_of(problem=empty) == [("/problem", "required")]
    assert check_text(empty, pointer="/text", maximum=10) == ""


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x01",
        "\x08",
        "\x0b",
        "\x0c",
        "\x1b",
        "\x1f",
        "\x7f",
        "\x80",
        "\x9f",
        "\ud800",
        chr(0xDFFF),
        "\ufffe",
        "\uffff",
        "\ufdd0",
        "\U0001fffe",
        "\U0010ffff",
    ],
    ids=ascii,
)
def test_what_cannot_be_stored_everywhere_is_refused_with_its_place(char):
    error = text_error(f"Tekst med {char} i")
    assert (error.code, error.span) == ("control_character", (10, 11))


@pytest.mark.parametrize(
    "text", ["æøå ÆØÅ é ß", "👩‍⚕️ 🧑🏽", "a\tb", "a\nb", "«»“”–—", "नमस्ते", "\ufffd", "<b>&amp;</b>", "=1+1"]
)
def test_ordinary_characters_are_kept_as_they_are(text):
    assert check_text(text, pointer="/text", maximum=100) == text


def test_direction_marks_are_taken_out_and_line_ends_made_alike():
    assert clean_text("\u202egnp.exe\u202c\r\nb\rc\u2028d\x85e\ufeff") == "gnp.exe\nb\nc\nd\ne"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\u2029", "\x85"])
def test_a_single_line_holds_no_line_end(end):
    assert text_error(f"a{end}b", single_line=True).code == "line_break"


@pytest.mark.parametrize("value", [1, 1.5, True, b"bytes", ["a"], {"a": 1}, object()])
def test_only_a_text_is_a_text(value):
    assert text_error(value).code == "invalid_type"


# --- CPR ---


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("problem", "/problem"),
        ("title", "/title"),
        ("proposal", "/proposal"),
        ("legislation", "/legislation"),
        ("area", "/area"),
        ("cause", "/cause"),
        ("workplace", "/workplace"),
        ("role", "/role"),
        ("contact_name", "/contact/name"),
        ("contact_email", "/contact/email"),
    ],
)
def test_a_personal_number_is_refused_in_every_text_field(name, pointer):
    assert (pointer, "cpr_number") in errors_of(**{name: "x0101901234@example.org"})


def test_the_span_is_of_the_text_as_sent_and_the_number_is_never_repeated():
    typed = "\r\n  \u202eBorgeren 010190-1234 og 020290-1234\r\n"
    with pytest.raises(InvalidInput) as caught:
        check_text(typed, pointer="/text", maximum=100)
    assert [typed[slice(*error.span)] for error in caught.value.errors] == ["010190-1234", "020290-1234"]
    for told in [str(caught.value), repr(caught.value), *(repr(error) for error in caught.value.errors)]:
        assert "0190" not in told
        assert "1234" not in told.replace("01234", "")


def test_the_messages_say_in_danish_what_to_do():
    with override("da"):
        assert str(text_error("kort", minimum=10).detail) == "Skriv lidt mere. Der skal være mindst 10 tegn."
        long = text_error("x" * 8001, maximum=8000)
        assert str(long.detail) == "Gør teksten kortere. Der er plads til 8.000 tegn."
        cpr = str(text_error("0101901234").detail)
        assert cpr.startswith("Det ligner et CPR-nummer. Fjern det.")
        # The advice itself can be followed: it is no personal number.
        assert check_text(cpr, pointer="/text", maximum=500) == cpr
    with override("en"):
        assert "8,000" in str(long.detail)


def test_unknown_keys_have_the_same_form_of_error():
    error = unknown_choice("/area")
    assert isinstance(error, FieldError)
    assert (error.pointer, error.code, error.span) == ("/area", "unknown_choice", None)


# --- Numbers ---


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("minutes", 0, Decimal(0)),
        ("minutes", 10_000, Decimal(10_000)),
        ("minutes", 0.1, Decimal("0.10")),
        ("minutes", Decimal("7.25"), Decimal("7.25")),
        ("times", 0, 0),
        ("times", 1000, 1000),
        ("times", 3.0, 3),
        ("people", 1, 1),
        ("people", 100_000, 100_000),
    ],
)
def test_numbers_within_bounds(name, value, stored):
    assert getattr(check_submission(Submission(problem=PROBLEM, **{name: value})), name) == stored


@pytest.mark.parametrize("name", ["minutes", "times", "people"])
@pytest.mark.parametrize(
    "value",
    [
        -1, 100_001, 10**400, -(10**5000), 2**63, 1e308, -1e-9, float("nan"), float("inf"), float("-inf"), True, False,
        "3", "", [], {}, b"1", 1j, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1E+999999"),
        Decimal("1E-999999"), Decimal("0.123"), Decimal("-0.001"), 1.23456789, object(),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_any_other_number_is_a_field_error_and_no_crash(name, value):
    [(pointer, code)] = errors_of(**{name: value})
    assert pointer == f"/{name}"
    assert code in {"invalid_type", "out_of_range", "too_many_decimals"}


def test_part_of_the_time_is_accepted():
    assert errors_of(minutes=5) == []
    assert errors_of(times=5, people=3) == []
    assert errors_of(period="day") == []
    assert check_time(None, None, None) == (None, None, "")
    assert check_time(5, 2.0, "month") == (Decimal("5.00"), 2, "month")
    with pytest.raises(InvalidInput) as caught:
        check_time(float("nan"), 1001, "x")
    assert [error.pointer for error in caught.value.errors] == ["/minutes", "/times", "/period"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("", None), ("  ", None), ("12", "12"), ("12,5", "12.5"), ("12.5", "12.5"), (" 1.250 ", "1250"),
        ("1.250,75", "1250.75"), ("1 250", "1250"), ("1\u00a0250,5", "1250.5"), ("0,25", "0.25"), (",5", "0.5"),
        ("-3", "-3"), ("0.125", "0.125"), ("１５", "15"),
    ],
)  # fmt: skip
def test_numbers_as_typed_in_danish(typed, number):
    assert parse_decimal(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "typed", ["x", "NaN", "inf", "1e5", "1,2,3", "--1", "1_000", "9" * 30, "0x10", "½", "12 min", "\x00", "."]
)
def test_what_is_no_number_is_a_value_error(typed):
    with pytest.raises(ValueError, match="no number"):
        parse_decimal(typed)


# --- Anything ---

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.decimals(), st.text(st.characters(), max_size=40),
    st.binary(max_size=5), st.lists(st.integers(), max_size=2),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({field.name: ANYTHING for field in fields(Submission)}))
def test_whatever_comes_is_cleaned_or_refused(values):
    try:
        cleaned = check_submission(Submission(**values))
    except InvalidInput as refused:
        errors = refused.errors
    else:
        errors = []
        assert check_submission(cleaned) == cleaned
    assert all(error.pointer.startswith("/") and str(error.detail) for error in errors)


def test_the_choices_are_those_of_the_models():
    assert set(PERIODS) == set(models.Period.values)
    assert set(AUDIENCES) == set(models.Audience.values)
