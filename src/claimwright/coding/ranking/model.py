"""The ranker: a text's table through the fitted trees, to suggestions with their chance of being right, words and reason.

A few trees, the sieve, score every row; the rows that may be right, one in ten, are then scored by forests and a small network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from claimwright.coding.dictionary import Candidate, find, find_each
from claimwright.coding.dictionary.search import SOURCES
from claimwright.coding.model import Evidence
from claimwright.coding.ranking import net
from claimwright.coding.ranking.features import COLUMN, FEATURES, Found, Table, tables
from claimwright.coding.ranking.knowledge import Knowledge, unpacked
from claimwright.coding.ranking.sieve import Sieve
from claimwright.coding.ranking.words import Text, read_all

if TYPE_CHECKING:
    import ydf  # type: ignore[import-untyped]

LEAST = 50  # codes of a text that are told even if none is likely
FLOOR = 0.02
EDITION = date(2017, 4, 1)  # of the codes that the corpus was annotated with: ICD-10-CM FY2017
PLACES = 3  # of evidence
BATCH = 128  # texts that go through the trees at once
LIKELY = 0.04  # score of the sieve above which the forests are asked
NET_WEIGHT = 0.15  # of the network's log odds, beside the forests' mean
KNOWLEDGE, SIEVE, NET, SETTINGS = "knowledge.npz", "sieve.ydf", "net.npz", "settings.json"
FORESTS = ("forest1.ydf", "forest2.ydf", "forest3.ydf")


class Curve(msgspec.Struct):
    """Chances that go with scores of the trees, both rising."""

    scores: tuple[float, ...]
    chances: tuple[float, ...]

    def __call__(self, said: np.ndarray) -> np.ndarray:
        """The chances of these scores."""
        return np.asarray(np.interp(said, self.scores, self.chances))


class Settings(msgspec.Struct):
    """What was fitted beside the trees."""

    threshold: float  # chance from which a code is suggested: even odds
    new_threshold: float  # the same for a code that no text of the corpus was given
    auto: float  # chance from which it needs no second look
    known: Curve
    new: Curve  # of codes that no text of the corpus was given
    dictionary: str = ""  # mark of the dictionary's tables that the trees were shown


class Ranked(msgspec.Struct, gc=False):
    """A code of a text, its chance of being right and what speaks for it, best first."""

    code: str
    chance: float
    found: list[Found]
    new: bool = False  # no text of the corpus was given it


class Place(NamedTuple):
    """A note within the texts that were read with it; and what was asked of its words, by the first and last."""

    text: Text
    begin: int  # its first character
    document: int  # of those that were read
    asked: dict[tuple[int, int], tuple[Evidence, str]]

    def words(self, first: int, last: int) -> tuple[Evidence, str]:
        """The words [first, last], and what they say in one line."""
        held = self.asked.get((first, last))
        if held is None:
            start, end = int(self.text.begins[first]), int(self.text.ends[last])
            said = self.text.content[start:end]
            evidence = Evidence(start=start - self.begin, end=end - self.begin, text=said, document=self.document)
            held = self.asked[first, last] = evidence, " ".join(said.split())
        return held


class Trees:
    """What scores rows: the sieve all of them, the forests and the network together those that it lets through."""

    def __init__(
        self, sieve: ydf.GradientBoostedTreesModel, forests: Sequence[ydf.GradientBoostedTreesModel], network: net.Net
    ) -> None:
        """The forests were fitted on the same rows."""
        self.sieve, self.forests, self.net = sieve, tuple(forests), network
        self.sieved = Sieve(sieve, FEATURES)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """A score for each row, near its chance: of likely ones the mean log odds of the forests and the network."""
        lines = np.ascontiguousarray(rows.T)
        said = self.sieved(lines)
        likely = np.flatnonzero(said > LIKELY)
        if len(likely):
            rows = lines[:, likely].T
            held = np.array(self._asked(rows), dtype=float).clip(1e-6, 1 - 1e-6)
            odds = (1 - NET_WEIGHT) * np.log(held / (1 - held)).mean(0) + NET_WEIGHT * self.net(rows)
            said[likely] = 1 / (1 + np.exp(-odds))
        return said

    def _asked(self, rows: np.ndarray) -> list[np.ndarray]:
        """What each forest says; the rows are put into steps once, which are the same for all."""
        import ydf

        spec, names = self.forests[0].data_spec(), self.forests[0].input_feature_names()
        stepped = ydf.create_vertical_dataset(columns(rows), data_spec=spec, required_columns=names)
        return [one.predict(stepped, num_threads=1) for one in self.forests]


class Ranker:
    """Knowledge, trees and settings together."""

    def __init__(self, knowledge: Knowledge, trees: Trees, settings: Settings) -> None:
        """As fitted or loaded."""
        self.knowledge, self.trees, self.settings = knowledge, trees, settings

    def ranked(self, contents: Sequence[str]) -> list[tuple[Place, list[Ranked]]]:
        """For each document its codes, the likeliest first, and where to look their words up."""
        if not contents:
            return []
        notes = read_all(contents)
        one = tables(notes, self.knowledge, find_each(contents, EDITION))
        chances, unheard = self.chances(one.rows), new(one.rows)
        return [
            (Place(notes.text, begin, number, {}), _ordered(one, chances, unheard, *rows))
            for number, (begin, rows) in enumerate(zip(notes.begin.tolist(), pairwise(one.cuts), strict=True))
        ]

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """The chance of being right of each row."""
        said = self.trees(rows)
        return np.where(new(rows), self.settings.new(said), self.settings.known(said))


def new(rows: np.ndarray) -> np.ndarray:
    """Whether no text of the corpus was given the code of each row."""
    return np.asarray(rows[:, COLUMN["prior"]] == 0)


def scores(forest: ydf.GradientBoostedTreesModel, rows: np.ndarray) -> np.ndarray:
    """What trees say of rows of features."""
    return np.array(forest.predict(columns(rows)), dtype=float) if len(rows) else np.zeros(0)


def official(text: Text) -> list[Candidate]:
    """Codes whose official terms the text has, in the corpus's edition."""
    return find(text.content, EDITION)


def dictionary_mark() -> str:
    """A short mark of the dictionary's tables: others mean that the ranker should be fitted anew."""
    tables = resources.files("claimwright.coding.dictionary").joinpath("data")
    mark = hashlib.sha256()
    for one in sorted(tables.iterdir(), key=lambda held: held.name):
        if one.name != "places.txt":  # it follows from the terms
            mark.update(one.name.encode() + one.read_bytes())
    return mark.hexdigest()[:16]


def columns(rows: np.ndarray) -> dict[str, Any]:
    """Rows of features as the trees take them, a column in one stretch of memory."""
    rows = np.asfortranarray(rows)
    return {name: rows[:, place] for place, name in enumerate(FEATURES)}


def _ordered(one: Table, chances: np.ndarray, unheard: np.ndarray, begin: int, end: int) -> list[Ranked]:
    """The rows of a note that are told, the likeliest first."""
    held = chances[begin:end]
    least = min(FLOOR, np.partition(held, -LEAST)[-LEAST]) if len(held) > LEAST else -1.0
    kept = np.flatnonzero(held >= least)
    rows = (kept + begin).tolist()
    order = sorted(zip((-held[kept]).tolist(), [one.codes[row] for row in rows], rows, strict=True))
    return [
        Ranked(code, -chance, one.found(row)[:PLACES], bool(unheard[row]))
        for rank, (chance, code, row) in enumerate(order)
        if rank < LEAST or -chance >= FLOOR
    ]


def loaded(folder: Any) -> Ranker:
    """The ranker that a folder holds."""
    import ydf

    knowledge = unpacked(folder.joinpath(KNOWLEDGE).read_bytes())
    settings = msgspec.json.decode(folder.joinpath(SETTINGS).read_bytes(), type=Settings)
    sieve, *forests = (ydf.deserialize_model(folder.joinpath(name).read_bytes()) for name in (SIEVE, *FORESTS))
    network = net.unpacked(folder.joinpath(NET).read_bytes())
    return Ranker(knowledge, Trees(sieve, forests, network), settings)


@cache
def ranker() -> Ranker:
    """The package's own, once a process."""
    return loaded(resources.files(__package__).joinpath("data"))


def batches(contents: Iterable[str]) -> Iterator[list[str]]:
    """Texts in groups that go through the trees together."""
    held: list[str] = []
    for content in contents:
        held.append(content)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held


def reason(one: Ranked, words: Sequence[str]) -> str:
    """In words, why a code is there; `words` are those of what was found."""
    if not words:
        return "no term of its own: the words of the whole text go with this code in the corpus"
    if len(words) == 1:
        return _told(one.found[0], words[0])
    parts: dict[tuple[bool, int, int], str] = {}
    for found, said in zip(one.found, words, strict=True):
        parts.setdefault((found.source[0] == "o", found.first, found.last), _told(found, said))
    return "; ".join(dict.fromkeys(parts.values()))


def _told(found: Found, words: str) -> str:
    source = found.source
    if source[0] == "o":
        return f"official term for “{words}” ({SOURCES[source[-1]]})"
    kind = "learned term" if source == "phrase" else "words of a learned term"
    return f"{kind} “{words}” (CodiEsp: {found.times} of {found.of} texts with it have the code)"
