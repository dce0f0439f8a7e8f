"""What may name a person: one table of texts, which the browser's reading is tried on too (tests/browser)."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.examples.personal_hints import KINDS, find_personal_hints

TABLE = json.loads((Path(__file__).parent / "data" / "personal_marks.json").read_text(encoding="utf-8"))


def marks(text):
    return [f"{hint.kind}: {text[hint.start : hint.end]}" for hint in find_personal_hints(text)]


@pytest.mark.parametrize(("text", "wanted"), TABLE)
def test_the_table_is_marked_as_it_says(text, wanted):
    assert marks(text) == wanted


def test_a_hard_space_is_a_space():
    assert marks("Ring 46\xa046\xa046\xa046") == ["phone: 46\xa046\xa046\xa046"]


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "a@", "1 ", "20 ", "Aa ", "Mette ", "fru ", "a.", "Aa-Aa", "x@a.", "+45", "@", "Aa de "),
        *(
            "Vej ",
            "Aavej 1",
            "Gl. ",
            "A. ",
            "på aavej ",
            "hun kræft ",
            "kræft",
            "demens ",
            "Bøgevej 1, 2. tv",
        ),
    ],
)
def test_hostile_text_is_read_in_linear_time(unit):
    text = unit * (50_000 // len(unit))
    took = []
    for _ in range(2):
        began = time.perf_counter()
        find_personal_hints(text)
        took.append(time.perf_counter() - began)
    assert min(took) < 1.0


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(), max_size=80)
    | st.text(st.sampled_from("Mette HansfruHr.@dk+452 -\nvejkræft"), max_size=60)
)
def test_any_text_can_be_read(text):
    end_before = 0
    for hint in find_personal_hints(text):
        assert hint.kind in KINDS
        assert end_before <= hint.start < hint.end <= len(text)
        end_before = hint.end
