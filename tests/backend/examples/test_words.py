"""The word list of the tracking code: 2,048 words that can be read aloud and typed without mistakes."""

import re
from pathlib import Path

import backend.examples

WORDS = (Path(backend.examples.__file__).parent / "data" / "words.txt").read_text("utf-8").splitlines()
ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"


def plain(word):
    """The word as somebody without Danish keys would write it."""
    return word.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")


def test_there_are_exactly_2048_words():
    assert len(WORDS) == 2048
    assert len(set(WORDS)) == 2048


def test_words_are_three_to_eight_small_danish_letters():
    assert [word for word in WORDS if not re.fullmatch("[a-zæøå]{3,8}", word)] == []


def test_words_are_sorted_as_danes_sort():
    assert sorted(WORDS, key=lambda word: [ALPHABET.index(letter) for letter in word]) == WORDS


def test_no_two_words_are_the_same_without_danish_keys():
    assert len({plain(word) for word in WORDS}) == 2048


def test_no_two_words_differ_by_a_final_s_or_e():
    words = {plain(word) for word in WORDS}
    assert sorted(word + ending for word in words for ending in "se" if word + ending in words) == []


def test_no_word_is_another_with_an_inflection():
    words = {plain(word) for word in WORDS}
    assert (
        sorted(
            word + ending
            for word in words
            for ending in ("r", "n", "t", "er", "en", "et")
            if word + ending in words
        )
        == []
    )
