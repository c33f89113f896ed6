"""What one kind of knowledge says of the codes of notes: columns of the table, and the words that speak for each code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

CODES = 1 << 20  # codes, and more: a row's key is its note times this and its code's number


class Found(msgspec.Struct, gc=False):
    """What speaks for a code: words [first, last] of the text, the term and where it was learned."""

    first: int
    last: int
    term: str
    source: str  # "phrase", "term", or "official" and the letter of its list
    strength: float  # to put the best first
    times: int = 0  # documents of the corpus that had term and code
    of: int = 0  # documents that had the term


class Places(NamedTuple):
    """For each code its words [first, last], how strong they are, whether they count, and what `Found` tells of them."""

    first: np.ndarray
    last: np.ndarray
    strength: np.ndarray
    counted: np.ndarray
    told: Sequence[tuple[Any, ...]]


class Part(NamedTuple):
    """Columns from `column` on for some rows by their keys, each once."""

    key: np.ndarray
    column: str
    values: Sequence[np.ndarray]
    places: Places | None = None
