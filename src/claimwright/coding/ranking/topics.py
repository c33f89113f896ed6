"""What a text is about: a linear score for each frequent code from all its words and pairs of words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from claimwright.coding.ranking.words import Notes, Text


def bag(text: Text) -> set[str]:
    """Words and neighboring pairs of words of a text."""
    words, sentences = text.words, text.sentences
    together = (sentences[1:] == sentences[:-1]).tolist()
    pairs = (f"{one} {two}" for one, two, same in zip(words, words[1:], together, strict=False) if same)
    return {*(word for word in words if len(word) > 1), *pairs}


class Topics:
    """Weights by word and code."""

    def __init__(
        self, words: Sequence[str], rarity: np.ndarray, weights: np.ndarray, scale: np.ndarray, base: np.ndarray
    ) -> None:
        """Words or pairs; weights are small whole numbers, a code's scale turns them into shares; base is how often a code is."""
        self.rarity, self.weights, self.scale, self.base = rarity, weights, scale, base
        self.part: dict[str, int] = {}  # words, alone or of a pair
        held = []
        for number, word in enumerate(words):
            one, _, two = word.partition(" ")
            first = self.part.setdefault(one, len(self.part))
            held.append((first, self.part.setdefault(two, len(self.part)) if two else -1, number))
        every = np.array(held, dtype=np.int64).reshape(-1, 3)
        single = every[:, 1] < 0
        self.alone = np.full(len(self.part) + 1, -1)  # a word that is not known is the last
        self.alone[every[single, 0]] = every[single, 2]
        keys = every[~single, 0] * len(self.part) + every[~single, 1]
        order = np.argsort(keys)
        self.pairs, self.number = keys[order], every[~single, 2][order]

    def scores(self, notes: Notes) -> np.ndarray:
        """For each note one figure a code, about how likely it is."""
        count = len(self.part)
        parts = notes.text.told(self, lambda word: self.part.get(word, count))
        note, sentences = notes.note, notes.text.sentences
        pair = np.flatnonzero((sentences[1:] == sentences[:-1]) & (parts[1:] < count) & (parts[:-1] < count))
        keys = parts[pair] * count + parts[pair + 1]
        place = np.minimum(np.searchsorted(self.pairs, keys), max(0, len(self.pairs) - 1))
        known = np.flatnonzero(self.pairs[place] == keys) if len(self.pairs) else place[:0]
        numbers = np.append(self.alone[parts], self.number[place[known]])
        held = np.zeros((len(notes.begin), len(self.rarity)), dtype=bool)
        held[np.append(note, note[pair[known]])[numbers >= 0], numbers[numbers >= 0]] = True
        owner, numbers = np.nonzero(held)
        scored = np.empty((len(notes.begin), len(self.base)), dtype=np.float32)
        cuts = np.searchsorted(owner, np.arange(len(notes.begin) + 1)).tolist()
        for row, (begin, end) in enumerate(pairwise(cuts)):
            scored[row] = self._score(numbers[begin:end]) if end > begin else self.base
        return scored

    def _score(self, numbers: np.ndarray) -> np.ndarray:
        rarity = self.rarity[numbers]
        rarity = rarity / np.sqrt(rarity @ rarity)
        scored: np.ndarray = (rarity @ self.weights[numbers].astype(np.float32)) * self.scale + self.base
        return scored
