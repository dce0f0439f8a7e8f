import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.examples.screening import find_personal_hints

FOUND = [
    ("Skriv til mette.hansen@lejre.example.", [("email", "mette.hansen@lejre.example")]),
    ("Ring 46 46 46 46 eller 20124050.", [("phone", "46 46 46 46"), ("phone", "20124050")]),
    ("Ring +45 2012 4050 eller 0045 20124050", [("phone", "+45 2012 4050"), ("phone", "0045 20124050")]),
    ("Vi hjælper fru Hansen og hr. Jensen hver dag", [("name", "Hansen"), ("name", "Jensen")]),
    ("Jeg spurgte Mette, om vi måtte", [("name", "Mette")]),
    ("Mette Hansen bestemmer det hele", [("name", "Mette Hansen")]),
    ("Borgeren Jens Peter Andersen-Holm klager", [("name", "Jens Peter Andersen-Holm")]),
    ("Anne-Marie Ø. Kjeldgaard har skrevet det", [("name", "Anne-Marie Ø. Kjeldgaard")]),
    ("Det siger Yrsa Bramsen", [("name", "Yrsa Bramsen")]),
]

NOT_FOUND = [
    "Hans mor bliver spurgt om det samme. Per måned er det tyve timer.",
    "Lejre Kommune og Region Sjælland bruger Nexus og Aula.",
    "Hvalsø Skole har Microsoft Teams og Kombit Snitflader.",
    "CVR-nr. 29189714, EAN 5790000123456, sag 24123456, J.nr. 17/6716",
    "LBK nr 1053 af 08/09/2015, § 83, stk. 2. Det koster 25.000.000 kr.",
    "Den 20170530 kl. 12.30 og den 30.05.2017 var der 220 dage.",
    "Serviceloven siger noget andet end Sundhedsloven. Det samme gælder Folkeskoleloven.",
    "Sankt Hans er den 23. juni. Lone Skole findes ikke.",
    "FMK, KMD og VISO svarer ikke. Stu og Ppr. heller ikke.",
    "",
]


@pytest.mark.parametrize(("text", "hints"), FOUND)
def test_hints_of_persons_are_named_with_their_place(text, hints):
    assert [(hint.kind, text[hint.start : hint.end]) for hint in find_personal_hints(text)] == hints


@pytest.mark.parametrize("text", NOT_FOUND)
def test_ordinary_text_gives_no_hint(text):
    assert find_personal_hints(text) == []


@pytest.mark.parametrize(
    "unit", ["a", "a@", "1 ", "20 ", "Aa ", "Mette ", "fru ", "a.", "Aa-Aa", "x@a.", "+45", "@", "Aa de "]
)
def test_hostile_text_is_read_in_linear_time(unit):
    text = unit * (100_000 // len(unit))
    took = []
    for _ in range(2):
        began = time.perf_counter()
        find_personal_hints(text)
        took.append(time.perf_counter() - began)
    assert min(took) < 1.0


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(), max_size=80)
    | st.text(st.sampled_from("Mette HansfruHr.@dk+452 -\n"), max_size=60)
)
def test_any_text_can_be_read(text):
    end_before = 0
    for hint in find_personal_hints(text):
        assert hint.kind in {"email", "phone", "name"}
        assert end_before <= hint.start < hint.end <= len(text)
        end_before = hint.end
