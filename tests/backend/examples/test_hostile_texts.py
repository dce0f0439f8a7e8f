"""The tables of tests/hostile.py say what is true of the one validation that page, API and desk share."""

import pytest

from backend.examples.validation import InvalidInput, check_text
from tests import hostile


def codes(text, **rules):
    try:
        check_text(text, pointer="/text", maximum=8000, **rules)
    except InvalidInput as refused:
        return {error.code for error in refused.errors}
    return set()


@pytest.mark.parametrize("text", hostile.REFUSED_TEXTS.values(), ids=hostile.REFUSED_TEXTS)
def test_texts_that_cannot_be_stored_are_refused(text):
    assert codes(text) == {"control_character"}


@pytest.mark.parametrize("text", hostile.EMPTY_TEXTS.values(), ids=hostile.EMPTY_TEXTS)
def test_texts_without_anything_to_see_are_empty(text):
    assert codes(text, required=True) == {"required"}
    assert check_text(text, pointer="/text", maximum=8000) == ""


@pytest.mark.parametrize("text", hostile.PERSONAL_NUMBERS.values(), ids=hostile.PERSONAL_NUMBERS)
def test_personal_numbers_are_refused(text):
    assert codes(text) == {"cpr_number"}


KEPT = {**hostile.SCRIPTS, **hostile.FORMULAS, **hostile.HARMLESS_TEXTS}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_texts_that_only_look_dangerous_are_kept_as_typed(text):
    assert check_text(text, pointer="/text", maximum=8000, minimum=5, required=True) == text
