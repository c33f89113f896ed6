"""Sorted arrays as runs of equal values: what the tables of many texts at once are made with."""

from __future__ import annotations

import numpy as np


def starts(ordered: np.ndarray) -> np.ndarray:
    """Where another value begins."""
    changed = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changed[1:])
    return changed.nonzero()[0]


def before(sizes: np.ndarray) -> np.ndarray:
    """Where each group of these sizes begins, one after the other."""
    return np.asarray(np.cumsum(sizes) - sizes)


def spread(begin: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Numbers begin, begin + 1, ... of each group, one group after the other."""
    return np.asarray(np.repeat(begin - before(sizes), sizes) + np.arange(sizes.sum()))


def sizes_of(begin: np.ndarray, count: int) -> np.ndarray:
    """How long the runs are that begin there, the last until `count`."""
    return np.diff(np.append(begin, count))


def meeting(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of different stretches [first, last] that share a place, both ways; the stretches are sorted and unlike."""
    low = np.searchsorted(np.maximum.accumulate(last), first) if len(first) else first
    sizes = np.searchsorted(first, last, side="right") - low
    one, other = np.repeat(np.arange(len(first)), sizes), spread(low, sizes)
    kept = (last[other] >= first[one]) & (other != one)
    return one[kept], other[kept]
