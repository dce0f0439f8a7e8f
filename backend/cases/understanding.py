"""What a text seems to be about: its causes, its rule level, and questions a person should ask. Only suggestions.

The words that count stand in `data/cues.csv`: kind (cause, level, flag), key, cue, weight. A cue is one or more words
that follow each other, compared by their stems; `*` at an end takes what a Danish compound puts there, and `=` wants
the very word («plejer» is not «pleje»). A weight of 2 is enough for a suggestion, two weak words of 1 are too. A flag
is never suggested, only a question is.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from backend.examples.stems import stem_list
from backend.registry.files import read

CUES = Path(__file__).parent / "data" / "cues.csv"
ENOUGH = 2
MOST_CAUSES = 3
# Laws of these areas bind every part of the municipality.
CROSS_CUTTING_AREAS = frozenset(
    {"journal_data", "it_digitalisering", "indkoeb", "personale", "demokrati", "oekonomi"}
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LAW_WEIGHT = 3
_GUESS_WEIGHT = 2


@dataclass(frozen=True)
class Cue:
    """One line of the lexicon."""

    kind: str
    key: str
    words: tuple[str, ...]
    weight: int


@dataclass(frozen=True)
class Span:
    """Where in which field the words stand."""

    name: str
    start: int
    end: int


@dataclass
class Found:
    """A key of one kind, what it weighs, and what in the text it rests on."""

    kind: str
    key: str
    weight: int = 0
    words: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    laws: list[str] = field(default_factory=list)
    guesses: int = 0


@dataclass(frozen=True)
class Understanding:
    """What was heavy enough: causes with the heaviest first, at most one level, and questions about flags."""

    causes: tuple[Found, ...] = ()
    rule_level: Found | None = None
    flag_questions: tuple[Found, ...] = ()


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    word: str
    stem: str


@lru_cache(maxsize=1)
def cues():
    """The lexicon, by the first word's stem; under "" those whose first word has none."""
    found: dict[str, list[Cue]] = {}
    for row in read(CUES, ["kind", "key", "cue", "weight"]):
        kind = row.one_of("kind", ["cause", "level", "flag"])
        words = tuple(_part(word) for word in row.text("cue", required=True).lower().split())
        cue = Cue(kind, row.text("key", required=True), words, row.whole("weight"))
        is_stem = not ("*" in words[0] or words[0].startswith("="))
        found.setdefault(words[0] if is_stem else "", []).append(cue)
    return found


def _part(word):
    """A word of a cue as it is compared: its stem, or itself where it has an open end or is the very word."""
    return word if "*" in word or word.startswith("=") else _stem(word)


def _stem(word):
    stems = stem_list(word)
    return stems[0] if len(stems) == 1 else word


def _tokens(text):
    return [
        _Token(match.start(), match.end(), word, _stem(word))
        for match in _WORD.finditer(text)
        for word in [match.group().lower()]
    ]


def _is(token, part):
    if part.startswith("="):
        return token.word == part[1:]
    if part.startswith("*"):
        core = part.strip("*")
        return (core in token.word) if part.endswith("*") else token.word.endswith(core)
    if part.endswith("*"):
        return token.word.startswith(part[:-1])
    return token.stem == part


def _matches(tokens):
    """(cue, first, last token) of every cue in the text."""
    lexicon = cues()
    for number, token in enumerate(tokens):
        for cue in (*lexicon.get(token.stem, ()), *lexicon[""]):
            there = tokens[number : number + len(cue.words)]
            if len(there) == len(cue.words) and all(map(_is, there, cue.words)):
                yield cue, number, number + len(cue.words)


def _weigh(name, text, found, counted):
    """Add what the field `name` says to `found`; each word counts once for a key, with its heaviest cue."""
    tokens = _tokens(text)
    taken = set()
    heaviest = sorted(_matches(tokens), key=lambda match: (-match[0].weight, match[1] - match[2], match[1]))
    for cue, first, last in heaviest:
        places = {(cue.kind, cue.key, number) for number in range(first, last)}
        if places & taken:
            continue
        taken |= places
        one = found.setdefault((cue.kind, cue.key), Found(cue.kind, cue.key))
        span = Span(name, tokens[first].start, tokens[last - 1].end)
        one.spans.append(span)
        said = (cue.kind, cue.key, *(token.stem for token in tokens[first:last]))
        if said not in counted:
            counted.add(said)
            one.weight += cue.weight
            one.words.append(text[span.start : span.end])


def understand(texts, *, laws=(), guesses=None):
    """The Understanding of `texts` ({field: text}); `laws` are those recognised, `guesses` {cause key: writers}.

    A recognised law is evidence for the law as cause; two for their interplay only together with words that say so.
    """
    found: dict = {}
    counted: set = set()
    for name, text in texts.items():
        _weigh(name, text, found, counted)
    for law in laws:
        is_cross_cutting = law.area is not None and law.area.key in CROSS_CUTTING_AREAS
        cause = "tvaergaaende_lovgivning" if is_cross_cutting else "sektorlovgivning"
        for kind, key, weight in (("cause", cause, _LAW_WEIGHT), ("level", "lov", ENOUGH)):
            one = found.setdefault((kind, key), Found(kind, key))
            one.weight += 0 if one.laws else weight
            one.laws.append(str(law))
    for key, writers in (guesses or {}).items():
        one = found.setdefault(("cause", key), Found("cause", key))
        one.guesses = writers
        one.weight += _GUESS_WEIGHT + (writers > 1)
    heavy = sorted((one for one in found.values() if one.weight >= ENOUGH), key=lambda one: -one.weight)
    causes = [one for one in heavy if one.kind == "cause"]
    levels = [one for one in heavy if one.kind == "level"]
    # Two levels that weigh the same say nothing.
    is_clear = levels and (len(levels) == 1 or levels[0].weight > levels[1].weight)
    return Understanding(
        causes=tuple(one for one in causes[:MOST_CAUSES] if 2 * one.weight >= causes[0].weight),
        rule_level=levels[0] if is_clear else None,
        flag_questions=tuple(one for one in heavy if one.kind == "flag"),
    )
