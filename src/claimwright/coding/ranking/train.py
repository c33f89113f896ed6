"""Fit the ranker on the CodiEsp corpus: `python -m claimwright.coding.ranking.train --data DIR [--out DIR]`.

DIR holds train.jsonl.gz, to fit on, and dev.jsonl.gz, on which only the auto lane's and the new codes' thresholds are chosen.
What a text is told about the corpus while the trees are fitted comes from the other folds, so that they learn how far such
knowledge carries. Seeded: the same data and packages give the same figures.
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import numpy as np
import ydf  # type: ignore[import-untyped]

from claimwright.coding.dictionary import Candidate
from claimwright.coding.ranking import net
from claimwright.coding.ranking.alignment import mended
from claimwright.coding.ranking.corpus import Case, case
from claimwright.coding.ranking.features import FEATURES, Table, table
from claimwright.coding.ranking.learn import learn
from claimwright.coding.ranking.model import (
    FORESTS,
    KNOWLEDGE,
    LIKELY,
    NET,
    SETTINGS,
    SIEVE,
    Curve,
    Ranker,
    Settings,
    Trees,
    columns,
    dictionary_mark,
    new,
    official,
    scores,
)

SEED = 20_2011
FOLDS = (16, 12, 10, 8, 7, 6, 5, 4, 3, 2)  # of the knowledge that the trees are shown: each case again with more or less of it
NETS = 3  # networks, each of another seed
CHECKS = 3  # folds of the trees, for the chances
EVEN = 0.5  # chance from which a code is suggested: rather right than wrong
SURE = 0.95  # right, of what goes to the auto lane
NEW = 0.6  # right, of what is suggested of codes that no training case was given
STEPS = 200  # of the table of chances, at most
TREES = {
    "num_trees": 300,
    "growing_strategy": "BEST_FIRST_GLOBAL",
    "max_num_nodes": 24,
    "shrinkage": 0.05,
    "subsample": 0.3,
    "num_candidate_attributes_ratio": 0.2,
    "min_examples": 8,
    "discretize_numerical_columns": True,
}
FEW = {"num_trees": 60, "max_num_nodes": 16, "shrinkage": 0.15, "subsample": 0.6, "num_candidate_attributes_ratio": 0.4}


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Rows of a corpus file."""
    with gzip.open(path, "rb") as stream:
        for line in stream:
            yield msgspec.json.decode(line)


def cases_of(path: Path) -> list[Case]:
    """The cases of a corpus file."""
    return [case(row) for row in rows_of(path)]


def folds(count: int, parts: int, seed: int = SEED) -> list[int]:
    """A fold for each of so many texts, all about as large."""
    order = list(range(count))
    random.Random(seed).shuffle(order)
    held = [0] * count
    for place, number in enumerate(order):
        held[number] = place % parts
    return held


def tables_apart(cases: Sequence[Case], named: Sequence[Sequence[Candidate]], parts: int) -> list[Table]:
    """A table for each case, with knowledge from the cases of the other folds."""
    fold = folds(len(cases), min(parts, len(cases)), SEED + parts)
    tables: dict[int, Table] = {}
    for part in sorted(set(fold)):
        others = [number for number, held in enumerate(fold) if held != part]
        knowledge = learn([cases[number] for number in others], [named[number] for number in others])
        for number, (one, found) in enumerate(zip(cases, named, strict=True)):
            if fold[number] == part:
                tables[number] = table(one.text, knowledge, found)
    return [tables[number] for number in range(len(cases))]


def grown(rows: np.ndarray, right: np.ndarray, changes: Mapping[str, Any] = MappingProxyType({}), seed: int = SEED) -> Any:
    """Trees for rows of features and whether their code was given."""
    ydf.verbose(0)
    learner = ydf.GradientBoostedTreesLearner(
        label="right",
        features=list(FEATURES),
        random_seed=seed,
        num_threads=1,
        early_stopping="NONE",
        validation_ratio=0.0,
        **(TREES | dict(changes)),
    )
    return learner.train(columns(rows) | {"right": right.astype(np.int64)})


def right_of(tables: Sequence[Table], cases: Sequence[Case]) -> np.ndarray:
    """Whether each row's code was given."""
    return np.array([code in one.codes for held, one in zip(tables, cases, strict=True) for code in held.codes], dtype=bool)


def rising(said: np.ndarray, right: np.ndarray) -> Curve:
    """Scores and the chances that go with them, by isotonic regression (pool adjacent violators), thinned to STEPS points."""
    if not len(said):
        return Curve((0.0, 1.0), (0.0, 1.0))
    order = np.argsort(said, kind="stable")
    blocks: list[list[float]] = []  # sum of scores, right, count
    for score, hit in zip(said[order].tolist(), right[order].tolist(), strict=True):
        blocks.append([score, float(hit), 1.0])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            last = blocks.pop()
            blocks[-1] = [one + two for one, two in zip(blocks[-1], last, strict=True)]
    points = [(total / count, hits / count) for total, hits, count in blocks]
    points = points[:: max(1, len(points) // STEPS)] + points[-1:]
    # a little of the score itself keeps the order within a step
    chances = [0.98 * chance + 0.02 * score for score, chance in points]
    return Curve((0.0, *(score for score, _ in points), 1.0), (0.0, *chances, max(chances)))


def share_threshold(chances: np.ndarray, right: np.ndarray, share: float) -> float:
    """The lowest chance above which so large a share is right; above 1 if there is none."""
    order = np.argsort(-chances, kind="stable")
    enough = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= share)
    return float(chances[order][int(enough[-1])]) if len(enough) else 1.01


class Shown(NamedTuple):
    """Rows of features, whether their code was given, and the number of their case."""

    rows: np.ndarray
    right: np.ndarray
    case: np.ndarray

    def only(self, kept: np.ndarray) -> Shown:
        """Some of the rows."""
        return Shown(*(held[kept] for held in self))


def shown(cases: Sequence[Case], named: Sequence[Sequence[Candidate]], parts: int) -> Shown:
    """All cases, each with what the other folds know."""
    tables = tables_apart(cases, named, parts)
    case_of = np.repeat(np.arange(len(cases)), [len(one.codes) for one in tables])
    return Shown(np.concatenate([one.rows for one in tables]), right_of(tables, cases), case_of)


def fit(cases: Sequence[Case], tuning: Sequence[Case]) -> Ranker:
    """A ranker from annotated cases; the thresholds from others."""
    cases = mended(cases)
    named = [official(one.text) for one in cases]
    fullest = shown(cases, named, FOLDS[0])
    sieve = sieve_of(fullest)
    held = [fullest, *(shown(cases, named, parts) for parts in FOLDS[1:])]
    kept = [one.only(scores(sieve, one.rows) > LIKELY) for one in held]
    likely = Shown(*(np.concatenate(column) for column in zip(*kept, strict=True)))
    curves = curves_apart(fullest, likely, np.array(folds(len(cases), CHECKS)))
    ranker = Ranker(learn(cases, named), Trees(sieve, *judges(likely)), Settings(EVEN, EVEN, SURE, *curves, dictionary_mark()))
    tune(ranker, tuning)
    return ranker


def sieve_of(every: Shown) -> Any:
    """A few trees that tell which rows may be right at all."""
    return grown(every.rows, every.right, FEW)


def judges(likely: Shown) -> tuple[tuple[Any, ...], net.Net]:
    """The forests for the rows that may be right, each of another seed, and the network."""
    forests = tuple(grown(likely.rows, likely.right, seed=SEED + number) for number in range(len(FORESTS)))
    return forests, net.trained(likely.rows, likely.right, range(SEED, SEED + NETS))


def curves_apart(every: Shown, likely: Shown, fold: np.ndarray) -> tuple[Curve, Curve]:
    """Chances of known and of new codes, by trees of the other folds' cases."""
    said = np.zeros(len(every.right))
    for part in np.unique(fold):
        inside = fold[every.case] == part
        trees = Trees(sieve_of(every.only(~inside)), *judges(likely.only(fold[likely.case] != part)))
        said[inside] = trees(every.rows[inside])
    unheard = new(every.rows)
    return rising(said[~unheard], every.right[~unheard]), rising(said[unheard], every.right[unheard])


def tune(ranker: Ranker, cases: Sequence[Case]) -> None:
    """Choose the thresholds of the auto lane and of new codes."""
    tables = [table(one.text, ranker.knowledge, official(one.text)) for one in cases]
    rows, right = np.concatenate([one.rows for one in tables]), right_of(tables, cases)
    chances, unheard = ranker.chances(rows), new(rows)
    settings = ranker.settings
    settings.new_threshold = share_threshold(chances[unheard], right[unheard], NEW)
    kept = ~unheard | (chances >= settings.new_threshold)
    chances, right = chances[kept], right[kept]
    settings.auto = share_threshold(chances, right, SURE)


def saved(ranker: Ranker, out: Path) -> None:
    """Write what `model.loaded` reads."""
    out.mkdir(parents=True, exist_ok=True)
    out.joinpath(KNOWLEDGE).write_bytes(ranker.knowledge.packed())
    for name, trees in zip((SIEVE, *FORESTS), (ranker.trees.sieve, *ranker.trees.forests), strict=True):
        out.joinpath(name).write_bytes(trees.serialize())
    out.joinpath(NET).write_bytes(ranker.trees.net.packed())
    out.joinpath(SETTINGS).write_bytes(msgspec.json.format(msgspec.json.encode(ranker.settings), indent=1))


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data")
    given = parser.parse_args()
    saved(fit(cases_of(given.data / "train.jsonl.gz"), cases_of(given.data / "dev.jsonl.gz")), given.out)


if __name__ == "__main__":
    main()
