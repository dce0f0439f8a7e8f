"""Danish word stems for search: plain text in a column, so every database finds the same.

A text's stems are stored once each, lower-case, with a space on either side (" dokumentationskrav skol ");
`backend.examples.search.matching` asks for them with LIKE.
"""

import re
import unicodedata
from functools import lru_cache
from threading import Lock

from snowballstemmer.danish_stemmer import DanishStemmer

_WORD = re.compile(r"[^\W_]{2,}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LONGEST_WORD = 50
_MOST_QUERY_WORDS = 8

# The stemmer keeps the word it works on in itself: one thread at a time.
_stemmer = DanishStemmer()
_stemming = Lock()

# Words that say nothing about what is looked for; only left out of a query that has others.
_FILLER_WORDS = """
af alle alt at blive bliver da de den der deres det dette dig din disse dog du efter eller en end er et for
fra før få får ham han hans har havde have hende her hos hun hvad hvis hvor i ikke ind ja jeg jer jo kan kun
kunne lige man mange med meget men mig min mod må ned nej nogen noget nok nu når og også om op os over på
selv sig sin skal skulle som så til ud under var ved vi vil ville vor være været
"""
FILLERS = frozenset(_FILLER_WORDS.split())
# Vowels change where no stemmer follows.
_PAIRS = (
    ("barn", "børn"),
    ("bog", "bøg"),
    ("far", "fædr"),
    ("fod", "fødd"),
    ("hånd", "hænd"),
    ("mand", "mænd"),
    ("mor", "mødr"),
)
_OTHER_VOWEL = {**dict(_PAIRS), **{plural: singular for singular, plural in _PAIRS}}


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    with _stemming:
        return _stemmer.stemWord(word)


def words(text: str) -> list[str]:
    """The words of a text, lower-case, in order; single letters are left out."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
    return [word[:_LONGEST_WORD] for word in _WORD.findall(plain)]


def stem_list(text: str) -> list[str]:
    """The stem of each word, in order, repeated as the words are."""
    return [_stem(word) for word in words(text)]


def stems(*texts: str) -> str:
    """The stems of the texts as they are stored: each once, between spaces; empty for no words."""
    found = dict.fromkeys(stem for text in texts for stem in stem_list(text))
    return f" {' '.join(found)} " if found else ""


def query_stems(q: str) -> list[tuple[str, ...]]:
    """What a query asks for: for each word the stems of which one must be there.

    At most eight words count. More than one stem where Danish changes the word inside ("regel" and
    "regler", "barn" and "børn").
    """
    asked = words(q)
    telling = [word for word in asked if word not in FILLERS] or asked
    found = dict.fromkeys(_stem(word) for word in telling)
    return [other_forms(stem) for stem in list(found)[:_MOST_QUERY_WORDS]]


@lru_cache(maxsize=5_000)
def other_forms(stem: str) -> tuple[str, ...]:
    if stem in _OTHER_VOWEL:
        return stem, _OTHER_VOWEL[stem]
    if re.search(r"[^aeiouyæøå\d]el\Z", stem) and len(stem) > 4:
        # «regel» is looked for as «regler» too, and «middel» as «midler».
        short = stem[:-2] + "l"
        return stem, re.sub(r"(.)\1l\Z", r"\1l", short)
    if re.search(r"[^aeiouyæøå\dl]l\Z", stem) and len(stem) > 3:
        # And the other way round.
        long = f"{stem[:-1]}el"
        return (stem, long, f"{stem[:-1]}{stem[-2]}el") if stem[-2] in "dkpt" else (stem, long)
    return (stem,)
