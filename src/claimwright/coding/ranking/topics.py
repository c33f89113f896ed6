"""What a text is about: a linear score for each frequent code from all its words and pairs of words."""

from __future__ import annotations

import numpy as np

from claimwright.coding.ranking.words import Text


def bag(text: Text) -> set[str]:
    """Words and neighboring pairs of words of a text."""
    return set(_said(text))


def _said(text: Text) -> list[str]:
    words, sentences = text.words, text.sentences
    together = (sentences[1:] == sentences[:-1]).tolist()
    pairs = [f"{one} {two}" for one, two, same in zip(words, words[1:], together, strict=False) if same]
    return [word for word in words if len(word) > 1] + pairs


class Topics:
    """Weights by word and code."""

    def __init__(
        self, words: dict[str, int], rarity: np.ndarray, weights: np.ndarray, scale: np.ndarray, base: np.ndarray
    ) -> None:
        """Weights are small whole numbers, a code's scale turns them into shares; base is how often a code is given."""
        self.words, self.rarity, self.weights, self.scale, self.base = words, rarity, weights, scale, base

    def score(self, text: Text) -> np.ndarray:
        """One figure a code, about how likely it is."""
        held = set(map(self.words.get, _said(text)))
        numbers = sorted(number for number in held if number is not None)  # sums depend on the order in their last digit
        if not numbers:
            return self.base
        rarity = self.rarity[numbers]
        rarity = rarity / np.sqrt(rarity @ rarity)
        scored: np.ndarray = (rarity @ self.weights[numbers].astype(np.float32)) * self.scale + self.base
        return scored
