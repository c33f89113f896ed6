"""A table for texts: a row for each code that something speaks for, a column for each thing that may tell right from wrong.

Many texts are read at once: numpy takes as long for the words of one as for those of many.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from claimwright.coding.dictionary import Candidate
from claimwright.coding.ranking import beside, codes, learned, proposed, record
from claimwright.coding.ranking.knowledge import Knowledge
from claimwright.coding.ranking.parts import CODES, Found, Part
from claimwright.coding.ranking.runs import sizes_of, starts
from claimwright.coding.ranking.words import FAR, Notes, Text, alone, cue_distances, edges

CODE = (
    *("topic", *codes.CODE),
    *("words", "density", "category_most", "category_sum", "category_term", "category_official"),
    *record.CODE,
)
FEATURES = (*learned.PHRASE, *learned.TERM, *proposed.OFFICIAL, *CODE, *beside.BESIDE)
COLUMN = {name: place for place, name in enumerate(FEATURES)}


class Table(msgspec.Struct):
    """Codes of notes, one note's after the other's, their features and what speaks for them."""

    codes: list[str]
    columns: np.ndarray  # a line a feature
    cuts: list[int]  # rows before each note, and all
    told: list[tuple[Sequence[tuple[Any, ...]], list[int]]]  # of each part what `Found` tells, and each row's place in it or -1

    @property
    def rows(self) -> np.ndarray:
        """A line a code."""
        return self.columns.T

    def found(self, row: int) -> list[Found]:
        """What speaks for a code, the strongest first."""
        held = [Found(*told[places[row]]) for told, places in self.told if places[row] >= 0]
        return sorted(held, key=_strength, reverse=True) if len(held) > 1 else held


def _strength(found: Found) -> float:
    return found.strength


def table(text: Text, knowledge: Knowledge, official: Sequence[Candidate]) -> Table:
    """The table of one text; `official` is what the dictionary found in it."""
    return tables(alone(text), knowledge, [official])


def tables(notes: Notes, knowledge: Knowledge, official: Sequence[Sequence[Candidate]]) -> Table:
    """The tables of texts, one below the other."""
    text = notes.text
    cues, borders = cue_distances(text), edges(text)
    taken, times = knowledge.record.words(text)
    phrased, leaders = learned.phrases(notes, knowledge, cues, borders)
    termed = learned.terms(notes, knowledge, phrased)
    named = proposed.official(notes, knowledge, official, leaders, proposed.Words(cues, borders, taken, times))
    about, scores = learned.topics(notes, knowledge)
    parts = [part for part in (phrased, termed, named, about) if part is not None]

    keys, places = _rows_of([part.key for part in parts])
    columns = np.full((len(FEATURES), len(keys)), np.nan, dtype=np.float32)  # what nothing is known of is not a number
    for part, place in zip(parts, places, strict=True):
        for number, values in enumerate(part.values, COLUMN[part.column]):
            columns[number, place] = values
    note, code = np.divmod(keys, CODES)
    cuts = np.searchsorted(note, np.arange(len(notes.begin) + 1)).tolist()
    _codes(columns, note, code, notes, knowledge, scores, cuts)
    told = _beside(columns, parts, places, (text, taken, times, borders))
    names = knowledge.facts.names
    return Table([names[number] for number in code.tolist()], columns, cuts, told)


def _rows_of(keys: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """The keys that any part has, by note, in the order in which they come in; and the row of each part's."""
    every, first, which = np.unique(np.concatenate(keys), return_index=True, return_inverse=True)
    order = np.lexsort((first, every // CODES))
    row = np.empty(len(order), dtype=np.int64)
    row[order] = np.arange(len(order))
    return every[order], np.split(row[which], np.cumsum([len(one) for one in keys])[:-1])


def _codes(
    columns: np.ndarray,
    note: np.ndarray,
    code: np.ndarray,
    notes: Notes,
    knowledge: Knowledge,
    scores: np.ndarray,
    cuts: list[int],
) -> None:
    """Columns that look at the code, its category and the whole text."""
    category, own, topic = knowledge.facts.told(code)
    own_from, fared = COLUMN[codes.CODE[0]], COLUMN[record.CODE[0]]
    columns[own_from : own_from + len(codes.CODE)] = own[:, : len(codes.CODE)].T
    columns[fared : fared + len(record.CODE)] = own[:, len(codes.CODE) :].T
    columns[COLUMN["topic"]] = np.where(topic >= 0, scores[note, topic] if scores.size else np.nan, np.nan)
    words = np.diff(notes.start)
    columns[COLUMN["words"]] = words[note]
    either = _known(columns, "p_either")
    sums = [either[begin:end].sum() for begin, end in pairwise(cuts)]
    columns[COLUMN["density"]] = (np.array(sums, dtype=np.float32) / np.maximum(1, words).astype(np.float32) * 100)[note]
    _, group = np.unique(codes.key_of(note, category), return_inverse=True)
    columns[COLUMN["category_sum"]] = np.bincount(group, weights=either)[group]
    for name, source in (("category_most", "p_either"), ("category_term", "t_whole"), ("category_official", "d_score")):
        columns[COLUMN[name]] = _others(_known(columns, source), group)


def _beside(
    columns: np.ndarray,
    parts: Sequence[Part],
    places: Sequence[np.ndarray],
    around: tuple[Text, np.ndarray, np.ndarray, np.ndarray],
) -> list[tuple[Sequence[tuple[Any, ...]], list[int]]]:
    """Columns that look at the words around the best place of each code, and at other codes over the same words."""
    count = columns.shape[1]
    first, last, strength = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64), np.full(count, -np.inf)
    told = []
    for part, place in zip(parts, places, strict=True):
        if (held := part.places) is not None:
            counted = np.flatnonzero(held.counted)
            numbers = np.full(count, -1)
            numbers[place[counted]] = counted
            told.append((held.told, numbers.tolist()))
            better = counted[held.strength[counted] > strength[place[counted]]]
            at = place[better]
            first[at], last[at], strength[at] = held.first[better], held.last[better], held.strength[better]
    row = np.flatnonzero(strength > -np.inf)
    if len(row):
        official = 1 / (1 + np.exp(-columns[COLUMN["d_score"], row]))
        fared = np.where(columns[COLUMN["o_proposed"], row] > 2, columns[COLUMN["o_share"], row], 0.5)
        taught = np.fmax(columns[COLUMN["p_share"], row], columns[COLUMN["t_whole"], row])
        likely = np.nan_to_num(np.fmax(taught, official * fared))
        text, *known = around
        first, last = first[row], last[row]
        values = (*beside.neighbors(text, first, last, *known), *beside.rivals(first, last, likely))
        for number, one in enumerate(values, COLUMN[beside.BESIDE[0]]):
            columns[number, row] = one
    return told


def _known(columns: np.ndarray, name: str) -> np.ndarray:
    """A column, 0 where nothing is known."""
    values = columns[COLUMN[name]]
    return np.where(np.isnan(values), np.float32(0), values)


def _others(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The highest value of another code of the category; nothing where it is alone or none has any."""
    order = np.lexsort((-values, group))
    begin = starts(group[order])
    leader = order[begin]
    second = np.where(sizes_of(begin, len(order)) > 1, values[order[np.minimum(begin + 1, len(order) - 1)]], 0.0)
    found = values[leader][group]
    found[leader] = second
    return np.asarray(found)


__all__ = ["COLUMN", "FAR", "FEATURES", "Found", "Table", "table", "tables"]
