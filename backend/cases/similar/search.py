"""The texts most like a given one, over several segments as if they were one: BM25 where kindred words count too."""

import math
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import NamedTuple
from uuid import UUID

import numpy as np

from .likeness import same_meaning, telling, terms
from .segment import WEIGHT_UNIT, Segment

_MOST_TERMS = 60  # of a query; a whole page pasted in still answers at once
_MOST_POSTINGS = 3_000_000  # words read in texts for a query: the rarest first, the commonest may be left out
_NEGLIGIBLE = 0.004  # share of the query's weight under which a word is not looked up
_LEAST_SCORE = 0.22  # share of the query's own weight under which a text only has odd words in common
_LEAST_OF_BEST = 0.4  # and share of the best one's score
_FULL_QUERY = 14  # telling words of a query of ordinary length; a longer one does not ask for more likeness


class Likely(NamedTuple):
    """A text that is like the query."""

    score: float
    reference: str
    key: UUID


class _Term(NamedTuple):
    """A word of the query: its weight, and per segment the words that stand for it as (weight, number)."""

    weight: float
    standing: list[list[tuple[float, int]]]
    postings: int


def search(
    segments: Sequence[Segment], text: str, *, hidden: Mapping[int, np.ndarray] | None = None
) -> Iterator[Likely]:
    """The texts like `text`, best first; equal ones in order of reference.

    `hidden`: for a segment's place in `segments` the numbers of texts that another segment tells anew.
    """
    total = sum(map(len, segments))
    words = dict.fromkeys(terms(text))
    if not total or not words:
        return iter(())
    asked = sorted((_term(word, segments, total) for word in words), key=lambda term: -term.weight)
    asked = asked[:_MOST_TERMS]
    scores = [np.zeros(len(segment), np.float32) for segment in segments]
    own_weight = sum(term.weight for term in asked)
    negligible = own_weight * _NEGLIGIBLE
    touched = 0
    for term in asked:
        touched += term.postings
        if touched > _MOST_POSTINGS:
            break
        for segment, standing, sums in zip(segments, term.standing, scores, strict=True):
            for weight, place in standing:
                if weight >= negligible:
                    texts, weights = segment.postings(place)
                    sums[texts] += weights * np.float32(weight * WEIGHT_UNIT)
    for place, numbers in (hidden or {}).items():
        scores[place][numbers] = 0
    best = max(float(sums.max(initial=0)) for sums in scores)
    least = max(_LEAST_SCORE * own_weight * min(1, _FULL_QUERY / len(asked)), _LEAST_OF_BEST * best)
    walks = [_walk(segment, sums, least) for segment, sums in zip(segments, scores, strict=True)]
    return merge(*walks, key=lambda likely: (-likely.score, likely.reference))


def _term(word: str, segments: Sequence[Segment], total: int) -> _Term:
    # Where each word stands in each segment; what a segment has found itself need not be looked up again.
    places: list[dict[str, int | None]] = [{word: segment.number_of(word)} for segment in segments]
    is_known = any(place[word] is not None for place in places)
    alike: dict[str, float] = {word: 1.0} if is_known else {}
    for segment, place_of in zip(segments, places, strict=True):
        for likeness, number, other in segment.near(word, is_known=is_known):
            alike.setdefault(other, likeness)
            place_of[other] = number
    for other, likeness in same_meaning(word):
        alike[other] = max(likeness, alike.get(other, 0.0))
    # A word that nobody uses is as rare as can be; what stands for another is no rarer than that.
    own = math.inf
    standing: list[list[tuple[float, int]]] = [[] for _ in segments]
    postings = 0
    for other, likeness in alike.items():
        numbers = [
            place_of[other] if other in place_of else segment.number_of(other)
            for segment, place_of in zip(segments, places, strict=True)
        ]
        count = sum(
            segment.count(number)
            for segment, number in zip(segments, numbers, strict=True)
            if number is not None
        )
        rarity = _rarity(total, count)
        own = rarity if other == word else own
        for place, there in zip(numbers, standing, strict=True):
            if place is not None:
                there.append((likeness * min(own, rarity) * telling(word), place))
        postings += count
    return _Term((own if is_known else _rarity(total, 0)) * telling(word), standing, postings)


def _rarity(total: int, count: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _walk(segment: Segment, sums: np.ndarray, least: float) -> Iterator[Likely]:
    numbers = np.flatnonzero(sums >= max(least, 1e-6))
    # Texts stand in order of reference, so a stable sort settles ties.
    for number in numbers[np.argsort(-sums[numbers], kind="stable")].tolist():
        key = UUID(bytes=segment.keys[number].tobytes())
        yield Likely(float(sums[number]), segment.references[number].decode(), key)
