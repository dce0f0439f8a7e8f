from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.examples.stems import query_stems, stems


def test_stems_stand_once_each_between_spaces():
    assert stems("Kravene til dokumentationen. Og krav!") == " krav til dokumentation og "
    assert stems("Krav", "", "kravene og skemaer") == " krav og skema "
    assert stems("") == stems("… – !") == stems("a b c") == ""


@pytest.mark.parametrize(
    ("inflected", "plain"),
    [
        ("dokumentationskravene", "dokumentationskrav"),
        ("sygefraværet", "sygefravær"),
        ("indberetninger", "indberetning"),
        ("trivselsmålingerne", "trivselsmåling"),
        ("magtanvendelser", "magtanvendelse"),
        ("SKEMAERNE", "skema"),
        ("plejehjemmenes", "plejehjem"),
        ("Ærøskøbings", "ærøskøbing"),
    ],
)
def test_inflections_share_a_stem(inflected, plain):
    assert stems(inflected) == stems(plain)


def test_the_same_word_typed_in_other_characters_has_the_same_stem():
    assert stems("A\u030arsplan") == stems("årsplan")
    assert stems("doku\u00admen\u200btation") == stems("dokumentation")
    assert stems("ｓｋｅｍａ") == stems("skema")


def test_a_query_leaves_out_fillers_unless_it_has_nothing_else():
    assert query_stems("Krav om dokumentation") == [("krav",), ("dokumentation",)]
    assert query_stems("hvad er det") == [("hvad",), ("er",), ("det",)]
    assert query_stems(" § - ") == []


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("regel", "regler"),
        ("kørsel", "kørslen"),
        ("middel", "midler"),
        ("artikel", "artiklerne"),
        ("barn", "børnene"),
        ("bog", "bøger"),
        ("mand", "mændene"),
    ],
)
def test_words_that_change_inside_ask_for_each_other(word, other):
    [asked] = query_stems(word)
    assert stems(other).strip() in asked
    [asked] = query_stems(other)
    assert stems(word).strip() in asked


def test_a_long_query_is_cut():
    assert len(query_stems(" ".join(f"ord{number}" for number in range(500)))) == 8
    assert len(query_stems("x" * 10_000)[0][0]) == 50


def test_threads_do_not_mix_their_words():
    words = [
        f"{start}{end}"
        for start in ("skole", "pleje", "syge", "bygge")
        for end in ("planerne", "kravene", "huset")
    ]
    expected = [stems(f"{word}s{number}erne") for number in range(500) for word in words]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(stems, (f"{word}s{number}erne" for number in range(500) for word in words)))
    assert got == expected


@given(st.text(st.characters(), max_size=60))
def test_any_text_has_stems(text):
    stored = stems(text)
    assert stored == "" or (stored[0] == stored[-1] == " " and "  " not in stored)
    assert all(isinstance(stem, str) for asked in query_stems(text) for stem in asked)
