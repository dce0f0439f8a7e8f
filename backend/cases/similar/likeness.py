"""How alike two Danish words are: inflection, parts of compounds, misspellings, and everyday words for the same."""

from pathlib import Path

from backend.examples.stems import FILLERS, other_forms, stem_list

DATA = Path(__file__).resolve().parent.parent / "data"
GRAM = 3
_SHORTEST_PART = 4  # letters of a word that is looked for inside a compound
_SHORTEST_REST = 3  # letters that the rest of the compound must have: «affald» is no kind of «fald»
_SHORTEST_BEGINNING = 5  # letters that two words begin with alike before they count as kin
_ONE_SLIP = 5  # letters from which one slip of the fingers is forgiven, and two
_TWO_SLIPS = 9
_OTHER_FORM = 0.95
_SAME_MEANING = 0.8
_COMMON = 1 / 3
_USUAL_LENGTH, _LONGEST = 5, 14


def _lines(name: str) -> list[list[str]]:
    """The stems of each line of a word list; lines that begin with # explain."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [stem_list(line) for line in lines if not line.startswith("#")]


def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _lines("alike_words.txt"):
        for stem in line:
            found.setdefault(stem, set()).update(line)
    return {stem: frozenset(others - {stem}) for stem, others in found.items()}


_COMMON_STEMS = frozenset(stem for line in _lines("common_words.txt") for stem in line)
_SAME = _groups()


def terms(text: str) -> list[str]:
    """The stems that tell what the text is about, in order, repeated as they are."""
    return [stem for stem in stem_list(text) if stem not in FILLERS]


def telling(stem: str) -> float:
    """How much the word says of what a text is about, 1 for five letters: long words say more, common ones little."""
    weight = (min(len(stem), _LONGEST) / _USUAL_LENGTH) ** 0.7
    return weight * _COMMON if stem in _COMMON_STEMS else weight


def same_meaning(stem: str) -> list[tuple[str, float]]:
    """The words used for the same in a municipality («sygehus», «hospital»), and how well they stand for it."""
    return [(other, _SAME_MEANING) for other in sorted(_SAME.get(stem, ()))]


def grams(stem: str) -> set[str]:
    """The three-letter pieces of a stem with its edges, by which words alike are found."""
    edged = f" {stem} "
    return {edged[i : i + GRAM] for i in range(len(edged) - GRAM + 1)}


def likeness(asked: str, word: str, *, is_known: bool, missing: int = 0) -> float:
    """From 0 to 1: how well `word` stands for `asked`, by their letters.

    `is_known`: the word asked for is itself in use, so that one letter's difference is hardly a slip. `missing`: how
    many of the pieces of `asked` the word has not, at least; it saves comparing what cannot be a slip.
    """
    if asked == word:
        return 1.0
    if word in other_forms(asked):
        return _OTHER_FORM
    short, long = sorted((asked, word), key=len)
    slip = _slip(asked, word, missing) * (0.5 if is_known else 1.0)
    return max(_part(short, long), _kin(short, long), slip)


def _part(short: str, long: str) -> float:
    """One word is a part of the other: «krav» of «dokumentationskrav»."""
    if len(short) < _SHORTEST_PART or len(long) - len(short) < _SHORTEST_REST or short not in long:
        return 0.0
    share = len(short) / len(long)
    if long.startswith(short) or long.endswith(short):
        return 0.45 + 0.5 * share
    return 0.3 + 0.4 * share


def _kin(short: str, long: str) -> float:
    """Both begin alike: «visitator» and «visitere», or compounds with the same first part."""
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    is_ending = same == len(short) >= _SHORTEST_PART and len(long) - same < _SHORTEST_REST
    return 0.85 * same / len(long) if same >= _SHORTEST_BEGINNING or is_ending else 0.0


def _slip(asked: str, word: str, missing: int) -> float:
    """A letter too many, too few, wrong or swapped; two in a long word."""
    length = min(len(asked), len(word))
    allowed = 2 if length >= _TWO_SLIPS else 1 if length >= _ONE_SLIP else 0
    # Two letters swapped change four pieces.
    if abs(len(asked) - len(word)) > allowed or missing > 4 * allowed or not allowed:
        return 0.0
    same = 0
    while same < length and asked[same] == word[same]:
        same += 1
    asked, word = asked[same:], word[same:]
    while asked and word and asked[-1] == word[-1]:
        asked, word = asked[:-1], word[:-1]
    slips = _distance(asked, word, allowed)
    return 0.0 if slips > allowed else 0.85 if slips == 1 else 0.7


def _distance(first: str, second: str, most: int) -> int:
    """How many letters must be added, left out, changed or swapped with the next; `most` + 1 for more."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
