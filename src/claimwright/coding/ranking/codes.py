"""Codes by number, and what is known of each by itself, worked out when a text first has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from claimwright.coding.ranking.parts import CODES

if TYPE_CHECKING:
    from claimwright.coding.ranking.knowledge import Knowledge

CODE = ("prior", "category_prior", "prior_in_category", "length", "last")


class Numbers(dict[str, int]):
    """Codes to numbers; a new one gets the next."""

    def __missing__(self, code: str) -> int:
        """Number it."""
        number = self[code] = len(self)
        return number

    def of(self, codes: Iterable[str]) -> np.ndarray:
        """The numbers of some codes."""
        return np.array(list(map(self.__getitem__, codes)), dtype=np.int64)


class Codes:
    """The corpus's codes first, in its order, then others; `category` and the columns of each."""

    def __init__(self, knowledge: Knowledge) -> None:
        """The codes that the corpus has."""
        self.knowledge = knowledge
        self.numbers = Numbers(knowledge.number)
        self.names: list[str] = []
        self._categories = Numbers(knowledge.categories)
        self._category = np.zeros(0, dtype=np.int64)
        self._columns = np.zeros((0, 0))
        self._topic = np.zeros(0, dtype=np.int64)

    def told(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The category of each, its columns CODE and those of the record, and its place among the topics (-1: none)."""
        if len(self.names) < len(self.numbers):
            self._grow()
        return self._category[numbers], self._columns[numbers], self._topic[numbers]

    def _grow(self) -> None:
        knowledge = self.knowledge
        late = list(self.numbers)[len(self.names) :]
        category = self._categories.of(code[:3] for code in late)
        prior = np.append(knowledge.prior, 0.0)[np.minimum(np.arange(len(self.names), len(self.numbers)), len(knowledge.prior))]
        category_prior = np.append(knowledge.category_prior, 0.0)[np.minimum(category, len(knowledge.category_prior))]
        ends = [("0", "9").index(code[-1]) + 1 if code[-1] in "09" else 0 for code in late]
        own = (prior, category_prior, prior / np.maximum(1, category_prior), list(map(len, late)), ends)
        columns = np.column_stack((*own, knowledge.record.codes(late)))
        topic = np.full(len(late), -1)
        if not self.names:
            topic[knowledge["topic_codes"]] = np.arange(len(knowledge["topic_codes"]))
        self._columns = np.concatenate((self._columns, columns)) if self.names else columns
        self._category, self._topic = np.append(self._category, category), np.append(self._topic, topic)
        self.names += late


def key_of(note: np.ndarray, number: np.ndarray) -> np.ndarray:
    """A row's key."""
    return np.asarray(note * CODES + number)
