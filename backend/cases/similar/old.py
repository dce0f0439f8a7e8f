"""Which texts are alike: BM25 over four-letter grams of Danish stems, in memory.

Grams find what stems miss: parts of compounds, misspellings, and words the stemmer cuts differently.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from heapq import nlargest

from backend.examples.stems import FILLERS, stem_list

_GRAM = 4
_SATURATION = 1.2  # BM25's k1: how soon a gram said again stops counting
_LENGTH_WEIGHT = 0.5  # BM25's b: how much a long text is held back
_LEAST_LIKENESS = 0.1  # share of the query's own weight under which a text only has odd letters in common
_FULL_QUERY = 60  # grams of a query of ordinary length; a longer one does not ask for more likeness
_MOST_GRAMS = 400  # of a query; a whole page pasted in still answers at once


def grams(text: str) -> list[str]:
    """Four-letter grams of the text's telling stems; a shorter stem is one gram with its edges."""
    found = []
    for stem in stem_list(text):
        if stem in FILLERS:
            continue
        edged = f" {stem} "
        found += [edged[i : i + _GRAM] for i in range(max(len(edged) - _GRAM + 1, 1))]
    return found


class Index[K: Hashable]:
    """Texts by key, asked for the ones most like a given text."""

    def __init__(self, pairs: Iterable[tuple[K, str]]) -> None:
        self._keys: list[K] = []
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counts = []
        for key, text in pairs:
            self._keys.append(key)
            counts.append(Counter(grams(text)))
        lengths = [count.total() for count in counts]
        average = sum(lengths) / len(lengths) if any(lengths) else 1.0
        for number, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            slack = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length / average)
            for gram, times in count.items():
                weight = times * (_SATURATION + 1) / (times + slack)
                self._postings[gram].append((number, weight))

    def __len__(self) -> int:
        return len(self._keys)

    def search(self, text: str, limit: int = 5) -> list[tuple[K, float]]:
        """The keys of the most alike texts and their scores, best first; the unlike are left out."""
        scores: dict[int, float] = defaultdict(float)
        asked = list(dict.fromkeys(grams(text)))[:_MOST_GRAMS]
        own_weight = 0.0
        for gram in asked:
            postings = self._postings.get(gram, ())
            rarity = math.log(1 + (len(self._keys) - len(postings) + 0.5) / (len(postings) + 0.5))
            own_weight += rarity
            for number, weight in postings:
                scores[number] += rarity * weight
        least = _LEAST_LIKENESS * own_weight * min(1, _FULL_QUERY / max(len(asked), 1))
        alike = ((number, score) for number, score in scores.items() if score >= least)
        # Equal scores keep the order in which the texts were given.
        best = nlargest(limit, alike, key=lambda item: (item[1], -item[0]))
        return [(self._keys[number], score) for number, score in best]
