"""Terms as sets of words, found in a sentence in whatever order and also in part; each word weighs by how rare it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from claimwright.coding.ranking.words import Text

WIDTH = 8  # words of a term at most
ENOUGH = 0.55  # of a term's weight in one sentence
WHOLE = 0.99


class Found(msgspec.Struct):
    """Terms found in part or whole, each at the sentence that holds most of it."""

    term: np.ndarray
    sentence: np.ndarray
    matched: np.ndarray  # weight of the words found
    share: np.ndarray  # of the term's weight
    sentences: np.ndarray  # how many hold as much
    rival: np.ndarray  # weight of the heaviest whole term that has all its found words, by its own


class Loose:
    """Terms by their words."""

    def __init__(self, terms: Sequence[str], weights: dict[str, float]) -> None:
        """Terms are roots with a space between, at most WIDTH; weights by root."""
        self.words: dict[str, int] = {}
        self.held = np.full((len(terms), WIDTH), -1, dtype=np.int32)
        for number, term in enumerate(terms):
            for place, word in enumerate(term.split(" ")):
                self.held[number, place] = self.words.setdefault(word, len(self.words))
        self.weight = np.array([weights[word] for word in self.words], dtype=np.float64)
        self.term_weight = np.where(self.held >= 0, np.append(self.weight, 0.0)[self.held], 0.0)
        self.total = self.term_weight.sum(1)
        rows, places = np.nonzero(self.held >= 0)
        by_word = np.argsort(self.held[rows, places], kind="stable")
        self.posting = rows[by_word].astype(np.int64)
        self.start = np.append(0, np.cumsum(np.bincount(self.held[rows, places], minlength=len(self.words)))).astype(np.int64)

    def find(self, text: Text) -> Found | None:
        """Terms that a sentence holds enough of."""
        numbers = np.array([self.words.get(word, -1) for word in text.words], dtype=np.int64)
        present = np.unique(numbers[numbers >= 0])
        if not len(present):
            return None
        starts, sizes = self.start[present], self.start[present + 1] - self.start[present]
        offsets = np.repeat(starts - np.append(0, np.cumsum(sizes)[:-1]), sizes) + np.arange(sizes.sum())
        sums = np.bincount(self.posting[offsets], weights=np.repeat(self.weight[present], sizes), minlength=len(self.total))
        term = np.flatnonzero(sums >= ENOUGH * self.total)
        local = np.full(len(self.words) + 1, len(present))
        local[present] = np.arange(len(present))
        inside = np.zeros((len(text.bounds), len(present) + 1), dtype=bool)
        known = numbers >= 0
        inside[text.sentences[known], local[numbers[known]]] = True
        words = local[self.held[term]]
        words[self.held[term] < 0] = len(present)
        weights = self.term_weight[term]
        matched = np.zeros((len(text.bounds), len(term)))
        for place in range(WIDTH):
            matched += inside[:, words[:, place]] * weights[:, place]
        best = matched.argmax(0)
        most = matched[best, np.arange(len(term))]
        share = most / self.total[term]
        kept = np.flatnonzero(share >= ENOUGH)
        if not len(kept):
            return None
        best, most, share = best[kept], most[kept], share[kept]
        times = (matched[:, kept] >= most - 1e-6).sum(0)
        rival = _rivals(inside, words[kept], best, most, share >= WHOLE)
        return Found(term[kept], best, most, share, times, rival)


def _rivals(inside: np.ndarray, words: np.ndarray, best: np.ndarray, most: np.ndarray, whole: np.ndarray) -> np.ndarray:
    explained = np.zeros(inside.shape)
    for place in range(WIDTH):
        np.maximum.at(explained, (best[whole], words[whole, place]), most[whole])
    seen = np.where(inside[best[:, None], words], explained[best[:, None], words], np.inf)
    lowest = seen.min(1)
    relative: np.ndarray = np.where(np.isfinite(lowest), lowest, 0.0) / most
    return relative
