"""Words in a row that stood for a code in the corpus, and how often they did: found in a text all at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import ahocorasick
import msgspec
import numpy as np

from claimwright.coding.letters import EDGE, SIZE, UNKNOWN, Letters
from claimwright.coding.ranking.words import Text

WORDS = 1 << 8  # of a phrase, and more


class Hits(msgspec.Struct):
    """Phrases found: which, their first and last words, and whether none that is longer and telling holds them."""

    phrase: np.ndarray
    first: np.ndarray
    last: np.ndarray
    outermost: np.ndarray


class Phrases:
    """An automaton over words."""

    def __init__(self, phrases: Sequence[str], telling: np.ndarray) -> None:
        """Phrases are roots with a space between; telling ones hide those inside them."""
        self.telling = telling
        self.characters = Letters()
        self.automaton = ahocorasick.Automaton()
        for number, phrase in enumerate(phrases):
            self.automaton.add_word(self.characters.of(phrase), number * WORDS + phrase.count(" "))
        if phrases:
            self.automaton.make_automaton()

    def find(self, text: Text) -> Hits:
        """All phrases of a text; none crosses a sentence's border."""
        letters = text.told(self, lambda word: self.characters.get(word, UNKNOWN), f"U{SIZE}")
        start = np.flatnonzero(np.diff(text.sentences, prepend=-1))
        line = np.insert(letters, start, EDGE).tobytes().decode("utf-32-le")
        if len(self.automaton):
            found = np.fromiter(chain.from_iterable(self.automaton.iter(line)), dtype=np.int64).reshape(-1, 2)
        if not len(self.automaton) or not len(found):
            none = np.zeros(0, dtype=np.int64)
            return Hits(none, none, none, none.astype(bool))
        end, held = found.T
        phrase, size = np.divmod(held, WORDS)
        edges = np.arange(len(start)) + start  # places of the words' borders
        last = end // SIZE - np.searchsorted(edges, end // SIZE)
        first = last - size
        return Hits(phrase, first, last, self._outermost(phrase, first, last, len(text.words)))

    def _outermost(self, phrase: np.ndarray, first: np.ndarray, last: np.ndarray, words: int) -> np.ndarray:
        """Whether no telling phrase that is longer begins no later and ends no earlier."""
        telling = self.telling[phrase]
        reach = np.full(words + 1, -1)  # for each word, the furthest end of telling phrases that begin there
        np.maximum.at(reach, first[telling], last[telling])
        furthest = np.maximum.accumulate(reach)
        earlier = np.append(-1, furthest)[first]  # of those that begin before
        inside = (earlier >= last) | (reach[first] > last)
        outermost: np.ndarray = ~inside
        return outermost
