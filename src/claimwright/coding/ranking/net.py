"""A small neural network over the rows of features, to set beside the trees: it errs on other rows than they do.

Each feature is leveled by its quantiles; what is not known is 0, and said so in a column of its own. Plain numpy, seeded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

KNOTS = 33  # quantiles of a feature
REACH = 1.7  # of a leveled feature, either way
SIZES = (96, 48)  # of the hidden layers
EPOCHS = 6
BATCH = 512
RATE = 0.002
WARMING = 200  # steps
DECAY = 0.01
PLACES = 4  # of the log odds
ROWS = 64  # that are asked at once: of more, the products are shared among threads that wait for each other
DROPPED = 0.4  # share of the hidden units left out of a step
MOMENTS = (0.9, 0.999)  # of Adam

Layers = list[np.ndarray]  # weights and biases in turn


class Net(NamedTuple):
    """Quantiles of each feature, the features of which it is said that they are unknown, and layers of several seeds."""

    knots: list[np.ndarray]
    gaps: np.ndarray
    members: list[Layers]

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Log odds that each row's code is right, the mean of the seeds'."""
        leveled = _leveled(rows, self.knots, self.gaps).astype(float)  # as the layers are
        said = [
            np.mean([list(_forward(leveled[start : start + ROWS], one))[-1][:, 0] for one in self.members], axis=0)
            for start in range(0, len(rows), ROWS)
        ]
        return np.asarray(np.round(np.concatenate(said), PLACES))  # the last digits depend on how many rows are asked at once

    def packed(self) -> bytes:
        """All of it as one compressed file."""
        arrays = {
            f"layer_{number}_{place}": layer.astype(np.float32)
            for number, one in enumerate(self.members)
            for place, layer in enumerate(one)
        }
        held = io.BytesIO()
        sizes = np.array([len(one) for one in self.knots])
        np.savez_compressed(held, knots=np.concatenate(self.knots), sizes=sizes, gaps=self.gaps, **arrays)  # type: ignore[arg-type]
        return held.getvalue()


def unpacked(content: bytes) -> Net:
    """What `packed` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        members: dict[str, Layers] = {}
        for name in held.files:  # in the order in which they were written
            kind, *number = name.split("_")
            if kind == "layer":
                members.setdefault(number[0], []).append(held[name].astype(float))  # so are they in `trained`
        knots = np.split(held["knots"], np.cumsum(held["sizes"])[:-1])
        return Net(list(knots), held["gaps"], list(members.values()))


def trained(rows: np.ndarray, right: np.ndarray, seeds: Sequence[int]) -> Net:
    """Networks for rows of features and whether their code was given."""
    knots = [_knots(column) for column in rows.T]
    unknown = np.isnan(rows)
    gaps: dict[bytes, int] = {}
    for number in np.flatnonzero(unknown.any(0)).tolist():
        gaps.setdefault(unknown[:, number].tobytes(), number)
    kept = np.array(list(gaps.values()), dtype=np.int64)
    leveled = _leveled(rows, knots, kept)
    return Net(knots, kept, [_member(leveled, right.astype(np.float32), np.random.default_rng(seed)) for seed in seeds])


def _knots(column: np.ndarray) -> np.ndarray:
    known = column[~np.isnan(column)]
    return np.unique(np.quantile(known, np.linspace(0, 1, KNOTS))) if len(known) else np.zeros(1)


def _leveled(rows: np.ndarray, knots: Sequence[np.ndarray], gaps: np.ndarray) -> np.ndarray:
    held = np.zeros((len(knots) + len(gaps), len(rows)), dtype=np.float32)  # a line a feature while they are leveled
    for number, one in enumerate(knots):
        if len(one) > 1:
            held[number] = np.interp(rows[:, number], one, np.linspace(-REACH, REACH, len(one)))
    held[np.isnan(held)] = 0
    held[len(knots) :] = np.isnan(rows[:, gaps]).T
    return np.ascontiguousarray(held.T)


def _forward(leveled: np.ndarray, layers: Layers, kept: Sequence[np.ndarray] = ()) -> Iterator[np.ndarray]:
    """What each layer says; `kept` scales the hidden units while fitting."""
    said = leveled
    last = len(layers) // 2 - 1
    for number in range(last + 1):
        said = said @ layers[2 * number] + layers[2 * number + 1]
        if number < last:
            said = np.maximum(said, 0)
            if kept:
                said = said * kept[number]
        yield said


def _member(leveled: np.ndarray, right: np.ndarray, chance: np.random.Generator) -> Layers:
    """The layers, fitted by Adam with decay of the weights and a rate that falls as a cosine."""
    widths = (leveled.shape[1], *SIZES, 1)
    layers: Layers = []
    for before, after in pairwise(widths):
        layers.append((chance.standard_normal((before, after)) * np.sqrt(2 / before)).astype(np.float32))
        layers.append(np.zeros(after, dtype=np.float32))
    share = float(right.mean())
    layers[-1][:] = np.log(share / (1 - share))
    first, second = [np.zeros_like(one) for one in layers], [np.zeros_like(one) for one in layers]
    batch = min(BATCH, len(right))
    steps, step = EPOCHS * (len(right) // batch), 0
    for _ in range(EPOCHS):
        order = chance.permutation(len(right))
        for start in range(0, len(order) - batch + 1, batch):
            step += 1
            rate = RATE * min(1.0, step / WARMING) * 0.5 * (1 + np.cos(np.pi * step / steps))
            chosen = order[start : start + batch]
            for place, slope in enumerate(_slopes(leveled[chosen], right[chosen], layers, chance)):
                first[place] += (1 - MOMENTS[0]) * (slope - first[place])
                second[place] += (1 - MOMENTS[1]) * (slope * slope - second[place])
                way = first[place] / (1 - MOMENTS[0] ** step) / (np.sqrt(second[place] / (1 - MOMENTS[1] ** step)) + 1e-8)
                if place % 2 == 0:
                    way = way + DECAY * layers[place]
                layers[place] = (layers[place] - rate * way).astype(np.float32)
    return [one.astype(float) for one in layers]


def _slopes(leveled: np.ndarray, right: np.ndarray, layers: Layers, chance: np.random.Generator) -> Layers:
    """How the log loss of a batch changes with each weight and bias."""
    kept = [((chance.random((len(right), size), dtype=np.float32) > DROPPED) / np.float32(1 - DROPPED)) for size in SIZES]
    said = [leveled, *_forward(leveled, layers, kept)]
    slope = ((1 / (1 + np.exp(-said[-1][:, 0])) - right) / len(right))[:, None].astype(np.float32)
    found: Layers = []
    for number in range(len(layers) // 2 - 1, -1, -1):
        found += [slope.sum(0), said[number].T @ slope]
        if number:
            slope = (slope @ layers[2 * number].T) * (said[number] > 0) * kept[number - 1]
    return found[::-1]
