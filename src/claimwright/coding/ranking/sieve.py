"""A few small trees over all rows of a table at once, in plain numpy: ydf takes four times as long to be given the rows.

Each tree's leaves stand in the order in which a row that knows nothing comes by them: where a condition is met, it cannot come to
the leaves behind the other side. What is left first is the row's leaf (QuickScorer, Lucchese et al., SIGIR 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

BYTE = 8  # leaves told by a byte; a tree has two bytes' at most
NONE = 255  # a byte of which no leaf is left
FIRST = np.array([next((place for place in range(BYTE) if not out >> place & 1), BYTE) for out in range(NONE + 1)])

Known = dict[int, tuple[int, np.ndarray]]  # features as a model numbers them, to ours and the bounds of their steps


class Condition(NamedTuple):
    """Leaves that a row cannot come to where a feature is at least (or less than) a value; never where it is unknown."""

    feature: int
    least: bool
    value: np.float32
    leaves: int  # bits


class Tree(NamedTuple):
    """Conditions; and by the leaves that are out, a byte of them, the value of the first that is left."""

    conditions: list[Condition]
    low: np.ndarray
    high: np.ndarray

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """What the tree says of each row."""
        low, high = np.zeros((2, columns.shape[1]), dtype=np.uint8)
        for one in self.conditions:
            column = columns[one.feature]
            met = (column >= one.value if one.least else column < one.value).view(np.uint8)
            if one.leaves & NONE:
                low |= met * np.uint8(one.leaves & NONE)
            if one.leaves > NONE:
                high |= met * np.uint8(one.leaves >> BYTE)
        said = self.low.take(low)
        late = np.flatnonzero(low == NONE)
        said[late] = self.high.take(high[late])
        return said


class Sieve:
    """The trees of a boosted model of two classes."""

    def __init__(self, model: Any, features: Sequence[str]) -> None:
        """A model of ydf; the trees' features by their names in order."""
        known = {
            number: (features.index(one.name), np.array(one.discretized_numerical.boundaries, dtype=np.float32))
            for number, one in enumerate(model.data_spec().columns)
            if one.name in features
        }
        self.base = np.float32(model.initial_predictions()[0])
        self.trees = [_tree(tree.root, known) for tree in model.get_all_trees()]

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """The chance of each row, a line of `columns` a feature."""
        said = np.full(columns.shape[1], self.base)
        for tree in self.trees:
            said += tree(columns)
        return np.asarray(1 / (1 + np.exp(-said.astype(float)).astype(np.float32)), dtype=float)  # rounded as ydf does


def _tree(root: Any, known: Known) -> Tree:
    conditions: list[Condition] = []
    leaves = _leaves(root, known, conditions, 0)
    values = np.zeros(2 * BYTE + 1, dtype=np.float32)
    if len(leaves) > 2 * BYTE:
        raise ValueError(f"a tree of the sieve has {len(leaves)} leaves, more than two bytes tell")
    values[: len(leaves)] = leaves
    return Tree(conditions, values[FIRST], values[BYTE + FIRST])


def _leaves(node: Any, known: Known, conditions: list[Condition], before: int) -> list[float]:
    if node.is_leaf:
        return [node.value.value]
    condition = node.condition  # an unknown feature may meet it
    sides = (node.pos_child, node.neg_child) if condition.missing else (node.neg_child, node.pos_child)
    first = _leaves(sides[0], known, conditions, before)
    feature, bounds = known[condition.attribute]
    gone = ((1 << len(first)) - 1) << before
    conditions.append(Condition(feature, not condition.missing, bounds[condition.threshold_idx - 1], gone))
    return first + _leaves(sides[1], known, conditions, before + len(first))
