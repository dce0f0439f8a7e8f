"""What may name a person in a text: e-mail, phone, address, a likely name, and health told of one person.

A hint makes a warning and marks the words; it never refuses anything. The rules stand in data/marks/rules.json, which
the browser reads too (cms/static/js/marks.js): both find the same, and are tried on one table of texts.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

KINDS = ("email", "phone", "address", "name", "health")

# In the browser's reading this folder is the static files' "marks".
FOLDER = Path(__file__).parent / "data" / "marks"
# How far is looked: before a number for what kind it is, and around health for whom it is told of.
_NUMBER_BEFORE, _PERSON_BEFORE, _PERSON_AFTER, _WORD_AFTER, _SENTENCE_BEFORE = 20, 100, 60, 20, 10


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may identify a person: `kind` is one of KINDS, the range in code points."""

    kind: str
    start: int
    end: int


class _Rules:
    """The rules, compiled."""

    def __init__(self, data: dict) -> None:
        self.letters = {f"{{{name}}}": letters for name, letters in data["letters"].items()}
        self.letters["{NAME}"] = self._filled(data["name"])
        self.letters["{NUMBER}"] = self._filled(data["house_number"])
        self.patterns = [
            (
                rule["kind"],
                re.compile(self._filled(rule["pattern"])),
                re.compile(f"(?:{rule['not_after']})\\Z", re.IGNORECASE) if "not_after" in rule else None,
            )
            for rule in data["patterns"]
        ]
        self.full_name = re.compile(self._filled(data["full_name"]))
        self.one_name = re.compile(self._filled(data["one_name"]))
        self.health = re.compile(self._filled(data["health"]), re.IGNORECASE)
        self.one_person = re.compile(self._filled(data["one_person"]), re.IGNORECASE)
        self.sentence_ends = data["sentence_ends"]
        self.not_streets = tuple(data["not_streets"])
        self.not_persons = frozenset(data["not_persons"])
        self.surname_endings = tuple(data["surname_endings"])
        self.given_names = frozenset(data["given_names"])

    def _filled(self, pattern: str) -> str:
        for name, letters in self.letters.items():
            pattern = pattern.replace(name, letters)
        return pattern


_RULES = _Rules(json.loads((FOLDER / "rules.json").read_text(encoding="utf-8")))


def find_personal_hints(text: str) -> list[Hint]:
    """What may name a person, in the order it stands; of what overlaps, the first and longest.

    Meant for a warning, so it would rather miss a name than stop at every capital letter.
    """
    # A hard space is a space; one character for one, so that the places stay.
    text = text.replace("\xa0", " ")
    hints = [
        *_by_patterns(text),
        *(hint for match in _RULES.full_name.finditer(text) if (hint := _full_name(match))),
        *(
            Hint("name", *match.span())
            for match in _RULES.one_name.finditer(text)
            if _is_given_name(text, match)
        ),
        *(
            Hint("health", *match.span())
            for match in _RULES.health.finditer(text)
            if _is_about_one_person(text, match)
        ),
    ]
    apart: list[Hint] = []
    for hint in sorted(hints, key=lambda hint: (hint.start, -hint.end)):
        if not apart or hint.start >= apart[-1].end:
            apart.append(hint)
    return apart


def in_pieces(text: str) -> list[tuple[str, str]]:
    """`text` in pieces: [(piece, kind of hint or "")], so that a page can mark what may name a person."""
    pieces, at = [], 0
    for hint in find_personal_hints(text):
        pieces += [(text[at : hint.start], ""), (text[hint.start : hint.end], hint.kind)]
        at = hint.end
    return [piece for piece in [*pieces, (text[at:], "")] if piece[0]]


def _by_patterns(text: str) -> list[Hint]:
    """What a pattern alone finds: its last group where it has one, else all of it."""
    found = []
    for kind, pattern, not_after in _RULES.patterns:
        for match in pattern.finditer(text):
            start = match.start(1) if pattern.groups else match.start()
            if not_after and not_after.search(text[max(start - _NUMBER_BEFORE, 0) : start]):
                continue
            if kind == "address" and text[start : match.end()].lower().startswith(_RULES.not_streets):
                continue
            found.append(Hint(kind, start, match.end()))
    return found


def _full_name(match: re.Match[str]) -> Hint | None:
    """Capitalised words in a row, from a given name on, or all of them where they end in -sen."""
    words = match[0].split(" ")
    if not _RULES.not_persons.isdisjoint(words):
        return None
    start = match.start()
    for word in words[:-1]:
        if word.partition("-")[0] in _RULES.given_names:
            return Hint("name", start, match.end())
        start += len(word) + 1
    is_surname = match[0].lower().endswith(_RULES.surname_endings)
    return Hint("name", *match.span()) if is_surname else None


def _is_given_name(text: str, match: re.Match[str]) -> bool:
    """A common given name inside a sentence, where Danish writes no other word with a capital."""
    if match[0].partition("-")[0] not in _RULES.given_names:
        return False
    following = text[match.end() : match.end() + _WORD_AFTER].split()
    if following and following[0].strip(".,") in _RULES.not_persons:
        return False
    before = text[max(match.start() - _SENTENCE_BEFORE, 0) : match.start()]
    said = before.rstrip(" \t")
    return bool(said) and said[-1] not in _RULES.sentence_ends


def _is_about_one_person(text: str, match: re.Match[str]) -> bool:
    """Whether the sentence speaks of one person, as «borgeren», «hun» or «en elev» do and «borgere» does not."""
    before = text[max(match.start() - _PERSON_BEFORE, 0) : match.start()]
    after = text[match.end() : match.end() + _PERSON_AFTER]
    before = re.split("[.!?\n]", before)[-1]
    after = re.split("[.!?\n]", after)[0]
    return bool(_RULES.one_person.search(before) or _RULES.one_person.search(after))
