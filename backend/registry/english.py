"""The English names of the shared lists (areas, causes, rule levels, burdens), for visitors who read English.

They are ours as the lists are, and follow the key. A row that somebody has added has its Danish name only.
"""

import csv
import functools
from pathlib import Path

FILE = Path(__file__).parent / "data" / "english.csv"


@functools.cache
def _names() -> dict[tuple[str, str], str]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["key"]): row["name"] for row in csv.DictReader(file)}


def english_name(table: str, key: str) -> str:
    """The English name of the row with `key` in `table` (the model's name in lower case); empty where it has none."""
    return _names().get((table, key), "")
