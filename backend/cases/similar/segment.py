"""Texts as arrays: which word stands in which text, and how heavily. In memory, or a file that processes share.

A segment never changes once made. Its file is written aside and renamed, so a reader has the old one or the new one,
whole; it is mapped read-only, so that the workers of a machine share its pages.
"""

import json
import mmap
import os
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from .likeness import grams, likeness, terms

MAGIC = b"KERNETID SIMILAR"
EDITION = 1  # raised when the file, the stems or the weights are made in another way
_TITLE_WEIGHT = 2  # a word of the title counts as often in the text
_SATURATION = 1.2  # BM25's k1: how soon a word said again stops counting
_LENGTH_WEIGHT = 0.4  # BM25's b: how much a long text is held back
WEIGHT_UNIT = (_SATURATION + 1) / 255  # a word's weight in a text is stored in a byte
_MOST_TIMES = 250
_MOST_NEAR = 12  # words that stand in for one that is asked for
_MOST_COMPARED = 40  # words that are compared letter by letter
_FEW_WORDS = 5000
_FEWEST_PIECES = 3
_MOST_KEPT = 2000
_LEAST_LIKENESS = 0.4
_ALIGNED = 8


class Text(NamedTuple):
    """A case's words as they are indexed."""

    reference: str
    key: UUID
    version: int
    title: str
    body: str


class DamagedFile(Exception):
    """Not a segment, cut short, or of another edition."""


class Segment:
    """Texts in order of reference, their words in alphabetical order, and for each word the texts that hold it.

    `mark` is (number of the newest history row, hex of its case) when the texts were read; `average` the usual length
    of a text in words; `built` seconds since 1970.
    """

    def __init__(
        self, arrays: dict[str, np.ndarray], *, average: float, mark: Any = None, built: float = 0.0
    ):
        self.arrays = arrays
        self.average, self.mark, self.built = average, mark, built
        self.keys, self.versions, self.references = arrays["keys"], arrays["versions"], arrays["references"]
        self._words, self._word_starts = arrays["words"].data, arrays["word_starts"]
        self._starts, self._texts, self._weights = arrays["starts"], arrays["texts"], arrays["weights"]
        self._grams, self._gram_starts, self._gram_words = (
            arrays["grams"],
            arrays["gram_starts"],
            arrays["gram_words"],
        )
        self._gram_counts = arrays["gram_counts"]
        self._by_key = arrays["by_key"]
        self._near: dict[tuple[str, bool], list[tuple[float, int, str]]] = {}

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def word_count(self) -> int:
        return len(self._word_starts) - 1

    def word(self, number: int) -> str:
        return str(self._words[self._word_starts[number] : self._word_starts[number + 1]], "utf-8")

    def number_of(self, word: str) -> int | None:
        """Where `word` stands among the words, or None."""
        sought = word.encode()
        low, high = 0, self.word_count
        starts, words = self._word_starts, self._words
        while low < high:
            middle = (low + high) // 2
            if bytes(words[starts[middle] : starts[middle + 1]]) < sought:
                low = middle + 1
            else:
                high = middle
        is_there = low < self.word_count and self.word(low) == word
        return low if is_there else None

    def count(self, number: int) -> int:
        """How many texts hold the word."""
        return int(self._starts[number + 1] - self._starts[number])

    def postings(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The texts that hold the word, and its weight in each, 0 to 255 for what it approaches when said often."""
        part = slice(self._starts[number], self._starts[number + 1])
        return self._texts[part], self._weights[part]

    def find(self, keys: Iterable[UUID]) -> dict[UUID, int]:
        """Which texts have these keys; the unknown are left out."""
        found = {}
        for key in keys:
            at = np.searchsorted(self.keys, np.void(key.bytes), sorter=self._by_key) if len(self) else 0
            if at < len(self) and self.keys[self._by_key[at]].tobytes() == key.bytes:
                found[key] = int(self._by_key[at])
        return found

    def near(self, asked: str, *, is_known: bool) -> list[tuple[float, int, str]]:
        """The words most like `asked`, itself left out: (likeness, number, word), best first.

        Kept for a while: who types asks for the same words again and again.
        """
        found = self._near.get((asked, is_known))
        if found is None:
            if len(self._near) >= _MOST_KEPT:
                self._near.clear()
            found = self._near[asked, is_known] = self._find_near(asked, is_known)
        return found

    def _find_near(self, asked: str, is_known: bool) -> list[tuple[float, int, str]]:
        if len(asked) < 3 or asked.isdigit() or not self.word_count:
            return []
        codes = np.array(sorted(map(_code, grams(asked))), dtype=np.uint64)
        places = np.searchsorted(self._grams, codes)
        places = places[places < len(self._grams)]
        places = places[np.isin(self._grams[places], codes)]
        sizes = self._gram_starts[places + 1].astype(np.int64) - self._gram_starts[places]
        # The commonest pieces («ing», «sk») tell least and cost most: those beyond a few are left out.
        order = np.argsort(sizes, kind="stable")
        enough = np.cumsum(sizes[order]) <= max(self.word_count // 16, _FEW_WORDS)
        enough[:_FEWEST_PIECES] = True
        used = places[order[enough]]
        if not len(used):
            return []
        held = [self._gram_words[self._gram_starts[at] : self._gram_starts[at + 1]] for at in used]
        likely, shared = np.unique(np.concatenate(held), return_counts=True)
        own = len(codes) - len(places) + len(used)
        is_enough = shared >= min(2, own)
        likely, shared = likely[is_enough], shared[is_enough]
        theirs = self._gram_counts[likely].astype(np.int64)
        rank = shared / np.minimum(theirs, own) + shared / (theirs + own)
        # Ties by the alphabet: the same on every machine.
        best = np.lexsort((likely, -rank))[:_MOST_COMPARED]
        found = []
        for number, pieces in zip(likely[best].tolist(), shared[best].tolist(), strict=True):
            word = self.word(number)
            if word == asked:
                continue
            alike = likeness(asked, word, is_known=is_known, missing=own - pieces)
            if alike >= _LEAST_LIKENESS:
                found.append((alike, number, word))
        return sorted(found, key=lambda item: (-item[0], item[1]))[:_MOST_NEAR]


def _code(gram: str) -> int:
    return ord(gram[0]) << 42 | ord(gram[1]) << 21 | ord(gram[2])


def build(
    texts: Iterable[Text], *, average: float | None = None, mark: Any = None, built: float = 0.0
) -> Segment:
    """A segment of `texts`. `average`: the length against which long and short are measured, else their own."""
    numbers: dict[str, int] = {}
    heads: list[tuple[str, UUID, int]] = []
    of_text, of_word, times, lengths = array("I"), array("I"), array("B"), array("I")
    for at, text in enumerate(texts):
        counts = Counter(terms(text.body))
        for word in terms(text.title):
            counts[word] += _TITLE_WEIGHT
        for word, count in counts.items():
            of_text.append(at)
            of_word.append(numbers.setdefault(word, len(numbers)))
            times.append(min(count, _MOST_TIMES))
        heads.append((text.reference, text.key, text.version))
        lengths.append(counts.total())
    # Texts in order of reference and words in order of the alphabet, whatever order the database gave.
    order = sorted(range(len(heads)), key=lambda at: heads[at][0])
    words = sorted(numbers, key=str.encode)
    lengths_ = np.frombuffer(lengths, dtype=np.uint32) if heads else np.zeros(0, np.uint32)
    if average is None:
        average = float(lengths_.mean()) if lengths_.any() else 1.0
    arrays = _vocabulary(words)
    arrays["references"] = np.array([heads[at][0].encode() for at in order], dtype="S20")
    arrays["keys"] = np.frombuffer(b"".join(heads[at][1].bytes for at in order), dtype="V16")
    arrays["by_key"] = np.argsort(arrays["keys"]).astype(np.uint32)
    arrays["versions"] = np.array([heads[at][2] for at in order], dtype=np.uint32)
    places = np.empty(len(order), np.uint32)
    places[order] = np.arange(len(order), dtype=np.uint32)
    ranks = np.empty(len(words), np.uint32)
    ranks[[numbers[word] for word in words]] = np.arange(len(words), dtype=np.uint32)
    if not of_text:
        arrays |= {"texts": np.zeros(0, np.uint32), "weights": np.zeros(0, np.uint8)}
        arrays["starts"] = np.zeros(len(words) + 1, np.uint32)
        return Segment(arrays, average=average, mark=mark, built=built)
    texts_, words_ = np.frombuffer(of_text, np.uint32), np.frombuffer(of_word, np.uint32)
    slack = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * lengths_[texts_] / average)
    said = np.frombuffer(times, np.uint8).astype(np.float32)
    weights = np.rint(said * 255 / (said + slack)).astype(np.uint8)
    del slack
    sorting = np.lexsort((places[texts_], ranks[words_]))
    arrays["texts"], arrays["weights"] = places[texts_][sorting], weights[sorting]
    counts_ = np.bincount(ranks[words_], minlength=len(words))
    arrays["starts"] = np.concatenate(([0], np.cumsum(counts_))).astype(np.uint32)
    return Segment(arrays, average=average, mark=mark, built=built)


def _vocabulary(words: list[str]) -> dict[str, np.ndarray]:
    """The words one after another, and for each three-letter piece the words that hold it."""
    encoded = [word.encode() for word in words]
    codes, holders, counts = array("Q"), array("I"), array("H")
    for number, word in enumerate(words):
        pieces = sorted(map(_code, grams(word)))
        codes.extend(pieces)
        holders.extend([number] * len(pieces))
        counts.append(len(pieces))
    codes_ = np.array(codes, dtype=np.uint64)
    sorting = np.argsort(codes_, kind="stable")
    unique, starts = np.unique(codes_[sorting], return_index=True)
    return {
        "words": np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8),
        "word_starts": np.cumsum([0, *map(len, encoded)]).astype(np.uint32),
        "grams": unique.astype(np.uint64),
        "gram_starts": np.concatenate((starts, [len(codes_)])).astype(np.uint32),
        "gram_words": np.array(holders, dtype=np.uint32)[sorting],
        "gram_counts": np.array(counts, dtype=np.uint16),
    }


def write(segment: Segment, path: Path) -> None:
    """Put the segment at `path`, whole or not at all; readable by its owner only."""
    places, parts, at = {}, [], 0
    for name, values in sorted(segment.arrays.items()):
        places[name] = [values.dtype.str, at, len(values)]
        part = values.tobytes()
        part += b"\0" * (-len(part) % _ALIGNED)
        parts.append(part)
        at += len(part)
    check = 0
    for part in parts:
        check = zlib.crc32(part, check)
    head = json.dumps(
        {
            "edition": EDITION,
            "arrays": places,
            "size": at,
            "check": check,
            "average": segment.average,
            "mark": segment.mark,
            "built": segment.built,
        }
    ).encode()
    head += b" " * (-len(head) % _ALIGNED)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made readable by its owner only.
    with NamedTemporaryFile(dir=path.parent, prefix=path.stem, suffix=".new", delete=False) as file:
        try:
            for part in (MAGIC, len(head).to_bytes(8, "little"), head, *parts):
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            os.rename(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def read(path: Path) -> Segment:
    """Map the file at `path`. Raises FileNotFoundError or DamagedFile."""
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            raise DamagedFile(path.name) from None
    begin = len(MAGIC) + 8
    try:
        if mapped[: len(MAGIC)] != MAGIC:
            raise DamagedFile(path.name)
        data = begin + int.from_bytes(mapped[len(MAGIC) : begin], "little")
        head = json.loads(mapped[begin:data])
        if head["edition"] != EDITION or len(mapped) != data + head["size"]:
            raise DamagedFile(path.name)
        if zlib.crc32(memoryview(mapped)[data:]) != head["check"]:
            raise DamagedFile(path.name)
        arrays = {
            name: np.frombuffer(mapped, dtype=kind, count=count, offset=data + at)
            for name, (kind, at, count) in head["arrays"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DamagedFile(path.name) from None
    return Segment(arrays, average=head["average"], mark=head["mark"], built=head["built"])
