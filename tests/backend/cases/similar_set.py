"""The test set of «Similar while typing»: cases, what people write about them, and cases that only sound alike.

The sentences are written for Kernetid, in the everyday words of a municipality; none is anybody's. The weights were
chosen with the queries of every kind but «unseen», which were written afterwards and changed nothing. «none» has no
case.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "data"
SHOWN = 5
PLACES = [
    "På plejecentret",
    "I børnehaven",
    "På skolen",
    "I hjemmeplejen",
    "På jobcentret",
    "I byggeafdelingen",
    "I køkkenet",
    "På biblioteket",
    "I vejafdelingen",
    "Hos sundhedsplejen",
]
TROUBLES = [
    "er der for langt mellem {a} og {b}",
    "mangler vi tid til {a}, fordi {b} tager over",
    "skal {a} aftales på et møde om {b}",
    "bliver {a} glemt, når vi taler om {b}",
    "er reglerne for {a} og {b} svære at finde",
    "dokumenterer vi {a} på samme måde som {b}",
    "venter vi hver uge på {a} og på svar om {b}",
    "udfylder vi et skema om {a} og sender det med {b}",
    "skal {a} godkendes, før nogen må se på {b}",
    "findes {a} kun på papir, mens {b} står i systemet",
]
_THINGS = """
mad bad kørsel møder planer telefoner skemaer elever forældre vikarer nøgler indkøb medicin rengøring budgetter
borgere kolleger referater computere kurser ferie tøj legetøj ture fakturaer samtaler attester godkendelser
legepladser bøger lokaler mails hændelser foreninger billeder besøg sygefravær vagtplaner underskrifter
"""


def read(name: str) -> list[dict[str, str]]:
    """The rows of one of the set's files."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def cases() -> list[tuple[str, str, str]]:
    """The set's cases as (key, title, problem)."""
    return [(row["key"], row["title"], row["problem"]) for row in read("similar_cases")]


def queries() -> list[dict[str, str]]:
    """What people write: key (of the case that is meant; "" where there is none), kind, query."""
    return read("similar_queries")


def distractors(count: int = 400) -> Iterator[tuple[str, str, str]]:
    """Cases that use the same words about something else: 60 written by hand, and `count` put together."""
    for number, row in enumerate(read("similar_near")):
        yield f"near {number}", row["title"], row["problem"]
    rng = random.Random(4)
    things = _THINGS.split()
    for number in range(count):
        a, b, c, d = rng.sample(things, 4)
        trouble = rng.choice(TROUBLES).format(a=a, b=b)
        yield f"other {number}", f"{a} og {b}".capitalize(), f"{rng.choice(PLACES)} {trouble}. {c} og {d}."


class Figures:
    """Recall among the first five, mean reciprocal rank, and what was missed."""

    def __init__(self, ask: Callable[[str], list[str]]) -> None:
        """`ask`: the keys of at most five cases for a query, best first."""
        self.asked, self.found, self.reciprocal = Counter(), Counter(), Counter()
        self.missed: list[tuple[str, str, list[str]]] = []
        self.shown = 0
        self.shown_for_none: list[tuple[str, list[str]]] = []
        for row in queries():
            keys = ask(row["query"])[:SHOWN]
            if not row["key"]:
                self.shown_for_none.append((row["query"], keys))
                continue
            kind = row["kind"]
            self.shown += len(keys)
            self.asked[kind] += 1
            if row["key"] in keys:
                self.found[kind] += 1
                self.reciprocal[kind] += 1 / (keys.index(row["key"]) + 1)
            if keys[:1] != [row["key"]]:
                self.missed.append((row["key"], row["query"], keys))

    @property
    def recall(self) -> float:
        return self.found.total() / self.asked.total()

    @property
    def mrr(self) -> float:
        return sum(self.reciprocal.values()) / self.asked.total()
