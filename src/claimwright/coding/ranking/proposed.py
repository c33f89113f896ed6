"""Columns by the official terms: the best place of each code that the dictionary proposes, and how it fared in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from claimwright.coding.dictionary import Candidate
from claimwright.coding.ranking import record
from claimwright.coding.ranking.knowledge import Knowledge
from claimwright.coding.ranking.learned import DESCRIBING, Leaders
from claimwright.coding.ranking.parts import CODES, Part, Places
from claimwright.coding.ranking.record import Proposed
from claimwright.coding.ranking.runs import meeting, sizes_of, starts
from claimwright.coding.ranking.words import CUES, Notes

SOURCES = {letter: place for place, letter in enumerate("thonisemd")}
SIDES = {"": 0, "said": 1, "unsided": 2, "ignored": 3}
NONE = -5.0  # score of a second place where there is none
LOW = -9.0  # score of a rival where there is none
COUNTS = ("score", "words", "optional", "unsaid", "gap", "clauses", "inverted", "changed")  # of a candidate

OFFICIAL = (
    *(f"d_{name}" for name in COUNTS),
    *("d_source", "d_sources", "d_side", "d_places", "d_better", "d_ties", "d_second", "d_rival", "d_rank", "d_place"),
    *("d_learned", "d_adjective", "d_begins", "d_ends"),
    *(f"d_{cue}" for cue in CUES),
    *record.PLACE,
)


class Words(NamedTuple):
    """What is known of each word: cues before it, where names begin and end, how often annotators took it, how often it is."""

    cues: np.ndarray
    edges: np.ndarray
    taken: np.ndarray
    times: np.ndarray


def official(
    notes: Notes, knowledge: Knowledge, candidates: Sequence[Sequence[Candidate]], leaders: Leaders, words: Words
) -> Part | None:
    """The official terms of notes."""
    proposed = Proposed(notes, candidates, knowledge.facts.numbers)
    best = proposed.best
    if not len(best):
        return None
    first, last, held = proposed.first, proposed.last, proposed.held
    code, note = proposed.key % CODES, proposed.key // CODES
    begin = notes.start[note]
    content = notes.text.content
    describing = [
        content[max(start, end - 3) : end].lower().endswith(DESCRIBING)
        for start, end in zip(proposed.start[best].tolist(), proposed.end[best].tolist(), strict=True)
    ]
    rank = np.arange(len(best)) - np.searchsorted(note, note)
    counts = [np.array([getattr(one, name) for one in held], dtype=float) for name in COUNTS]
    values = (
        *counts,
        np.array([SOURCES.get(one.source[0], 9) for one in held]),
        np.array([len(one.source) for one in held]),
        np.array([SIDES[one.side] for one in held]),
        *_places(proposed),
        *(_rivals(proposed), rank, (first - begin) / np.diff(notes.start)[note], leaders.other(code, first, last), describing),
        *(words.edges[0, first], words.edges[1, last], *words.cues[:, first]),
        *knowledge.record.places(notes.text, proposed, words.taken, words.times),
    )
    strength = 0.2 + 0.1 * counts[1] - 0.1 * counts[4]
    said = ((one.term, f"official {one.source[0]}") for one in held)
    lists = zip(first.tolist(), last.tolist(), said, strength.tolist(), strict=True)
    told = [(start, end, *name, strong) for start, end, name, strong in lists]
    places = Places(first, last, strength, np.ones(len(best), dtype=bool), told)
    return Part(proposed.key, OFFICIAL[0], values, places)


def _places(proposed: Proposed) -> tuple[np.ndarray, ...]:
    """Of each code: its places, how many codes are better at the best of them, and as good; and its second score."""
    best, span, score = proposed.best, proposed.span, proposed.score
    order = np.lexsort((-score, span))
    begin, level = starts(span[order]), _level(span[order], score[order])
    better, ties = np.empty(len(order), dtype=np.int64), np.empty(len(order), dtype=np.int64)
    better[order] = np.repeat(level, sizes_of(level, len(order))) - np.repeat(begin, sizes_of(begin, len(order)))
    ties[order] = np.repeat(sizes_of(level, len(order)), sizes_of(level, len(order)))

    at = np.unique(proposed.number * (int(span.max()) + 1) + span) // (int(span.max()) + 1)
    places = np.bincount(at, minlength=int(proposed.number.max()) + 1)
    again = proposed.order
    begin = starts(proposed.number[again])
    count = sizes_of(begin, len(again))
    second = np.where(count > 1, score[again[np.minimum(begin + 1, len(again) - 1)]], NONE)
    return places[proposed.number[best]], better[best], ties[best], second[proposed.number[best]]


def _level(span: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Where another span or another score begins."""
    changed = np.ones(len(span), dtype=bool)
    changed[1:] = (span[1:] != span[:-1]) | (score[1:] != score[:-1])
    return changed.nonzero()[0]


def _rivals(proposed: Proposed) -> np.ndarray:
    """How much better than each code the best other one is that shares some of the words at its best place."""
    span, name, score = proposed.span, proposed.name, proposed.score
    order = np.lexsort((-score, span))
    begin = starts(span[order])
    leader = order[begin]  # of each span, as they are numbered in order of place
    other = np.flatnonzero(name[order] != name[leader][span[order]])
    behind = np.full(len(leader), LOW)  # the best that has another code than the leader
    at = other[starts(span[order][other])]
    behind[span[order[at]]] = score[order[at]]
    one, met = meeting(proposed.start[leader], proposed.end[leader] - 1)
    one, met = np.append(one, np.arange(len(leader))), np.append(met, np.arange(len(leader)))  # a span meets itself too
    by_span = np.argsort(one, kind="stable")
    one, met = one[by_span], met[by_span]
    start, sizes = np.searchsorted(one, np.arange(len(leader))), np.bincount(one, minlength=len(leader))
    best = proposed.best
    mine = span[best]
    row = np.repeat(np.arange(len(best)), sizes[mine])
    pair = met[np.repeat(start[mine] - (np.cumsum(sizes[mine]) - sizes[mine]), sizes[mine]) + np.arange(len(row))]
    held = np.where(name[leader[pair]] == name[best][row], behind[pair], score[leader[pair]])
    return np.asarray(np.maximum(np.maximum.reduceat(held, starts(row)), LOW) - score[best])
