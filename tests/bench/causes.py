"""`python -m tests.bench.causes PATH` – each clear red-tape statement beside what is suggested for it.

PATH is the folder with `red_tape.csv` and `statements.csv` (../shared/data/camps). Nothing is asserted: a person reads
the lines and judges. Every third statement was held out while the lexicon was written (column H).
"""

import csv
import sys
from pathlib import Path

from backend.cases.understanding import understand

NAMES = {
    "local_work_organisation": "lokal_tilrettelaeggelse",
    "municipal_rules": "kommunale_regler",
    "sector_legislation": "sektorlovgivning",
    "cross_cutting_legislation": "tvaergaaende_lovgivning",
    "unclear": "ukendt",
}


def rows(path):
    with open(path, encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def judged(folder):
    """(number, is held out, statement, expected cause, Understanding) of each clear statement."""
    texts = {row["id"]: row["text"] for row in rows(folder / "statements.csv")}
    clear = [row for row in rows(folder / "red_tape.csv") if row["comment"].startswith("clear:")]
    for number, row in enumerate(clear):
        text = texts[row["id"]]
        yield number, number % 3 == 2, text, NAMES[row["cause"]], understand({"problem": text})


def main(folder):
    same: dict = {True: [0, 0, 0], False: [0, 0, 0]}
    for number, is_held_out, text, expected, found in judged(folder):
        keys = [one.key for one in found.causes]
        words = "; ".join(f"{one.key}: {', '.join(one.words)}" for one in found.causes)
        level = found.rule_level.key if found.rule_level else "–"
        print(
            f"{number:2} {'H' if is_held_out else ' '} wanted {expected}; level {level}; {words or 'silent'}"
        )
        print(f"     {text}")
        kind = 0 if expected in keys or (expected == "ukendt" and not keys) else 1 if keys else 2
        same[is_held_out][kind] += 1
    for is_held_out, (hit, other, silent) in same.items():
        print(
            f"{'held out' if is_held_out else 'developed on'}: {hit} as wanted, {other} other, {silent} silent"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
