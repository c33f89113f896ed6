"""Terms as sets of words, found in a sentence in whatever order and also in part; each word weighs by how rare it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from claimwright.coding.ranking.runs import sizes_of, spread, starts
from claimwright.coding.ranking.words import Notes

WIDTH = 8  # words of a term at most
ENOUGH = 0.55  # of a term's weight in one sentence
WHOLE = 0.99


class Found(msgspec.Struct):
    """Terms found in part or whole, each at the sentence that holds most of it."""

    note: np.ndarray
    term: np.ndarray
    sentence: np.ndarray
    matched: np.ndarray  # weight of the words found
    share: np.ndarray  # of the term's weight
    sentences: np.ndarray  # how many hold as much
    rival: np.ndarray  # weight of the heaviest whole term that has all its found words, by its own
    first: np.ndarray  # word of the sentence that the term has
    last: np.ndarray
    again: np.ndarray  # whether the sentence has a word of it more than once


class Loose:
    """Terms by their words."""

    def __init__(self, terms: Sequence[str], weights: dict[str, float]) -> None:
        """Terms are roots with a space between, at most WIDTH; weights by root."""
        self.words: dict[str, int] = {}
        self.held = np.full((len(terms), WIDTH), -1, dtype=np.int32)
        for number, term in enumerate(terms):
            for place, word in enumerate(term.split(" ")):
                self.held[number, place] = self.words.setdefault(word, len(self.words))
        self.weight = np.array([weights[word] for word in self.words], dtype=np.float64)
        self.term_weight = np.where(self.held >= 0, np.append(self.weight, 0.0)[self.held], 0.0)
        self.total = self.term_weight.sum(1)
        rows, places = np.nonzero(self.held >= 0)
        by_word = np.argsort(self.held[rows, places], kind="stable")
        self.posting = rows[by_word].astype(np.int64)
        self.start = np.append(0, np.cumsum(np.bincount(self.held[rows, places], minlength=len(self.words)))).astype(np.int64)

    def find(self, notes: Notes) -> Found | None:
        """Terms that a sentence holds enough of; of each note in the order of the terms."""
        text, count = notes.text, len(self.words)
        numbers = text.told(self, lambda word: self.words.get(word, -1))
        held = _Held(notes, numbers, count)
        if not len(held.key):
            return None
        note, word = np.divmod(held.key, count)
        sizes = self.start[word + 1] - self.start[word]
        place = np.repeat(note, sizes) * len(self.total) + self.posting[spread(self.start[word], sizes)]
        sums = np.bincount(place, np.repeat(self.weight[word], sizes), minlength=len(notes.begin) * len(self.total))
        note, term = np.nonzero(sums.reshape(len(notes.begin), -1) >= ENOUGH * self.total)
        row, entry, weight = self._entries(held, note, term)

        lines = text.lines
        at, which = np.unique(row * lines + held.sentence[entry], return_inverse=True)
        matched = np.bincount(which, weight)
        row_of, sentence = np.divmod(at, lines)
        begin = starts(row_of)
        most = np.maximum.reduceat(matched, begin)
        times = np.add.reduceat((matched >= most[row_of] - 1e-6).astype(np.int64), begin)
        tops = np.flatnonzero(matched == most[row_of])
        best = sentence[tops[starts(row_of[tops])]]
        share = most / self.total[term]
        kept = share >= ENOUGH
        if not kept.any():
            return None
        chosen = kept[row] & (held.sentence[entry] == best[row])
        row, entry = (np.cumsum(kept) - 1)[row[chosen]], entry[chosen]
        best, most, share = best[kept], most[kept], share[kept]
        begin = starts(row)
        return Found(
            note[kept],
            term[kept],
            best,
            most,
            share,
            times[kept],
            _rivals(row, best[row] * count + held.key[held.group[entry]] % count, most, share >= WHOLE),
            np.minimum.reduceat(held.first[entry], begin),
            np.maximum.reduceat(held.last[entry], begin),
            np.maximum.reduceat(held.times[entry], begin) > 1,
        )

    def _entries(self, held: _Held, note: np.ndarray, term: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each term of a note and each of its words, in order, the sentences that have it: row, entry, weight."""
        row, place = np.nonzero(self.held[term] >= 0)
        key = note[row] * len(self.words) + self.held[term[row], place]
        group = np.minimum(np.searchsorted(held.key, key), len(held.key) - 1)
        said = held.key[group] == key
        row, place, group = row[said], place[said], group[said]
        sizes = held.sizes[group]
        return (
            np.repeat(row, sizes),
            spread(held.begin[group], sizes),
            np.repeat(self.term_weight[term[row], place], sizes),
        )


class _Held:
    """The words of notes that terms have, by note and word (`key`), and each sentence that has one: an entry."""

    def __init__(self, notes: Notes, numbers: np.ndarray, count: int) -> None:
        lines = max(1, notes.text.lines)
        places = np.flatnonzero(numbers >= 0)
        keyed = (notes.note[places] * count + numbers[places]) * lines + notes.text.sentences[places]
        order = np.argsort(keyed, kind="stable")
        keyed, places = keyed[order], places[order]
        begin = starts(keyed)
        self.times = sizes_of(begin, len(places))  # of the word in the sentence
        self.first, self.last = places[begin], places[begin + self.times - 1]
        keys, self.sentence = np.divmod(keyed[begin], lines)
        self.begin = starts(keys)
        self.sizes = sizes_of(self.begin, len(keys))
        self.key = keys[self.begin]
        self.group = np.repeat(np.arange(len(self.key)), self.sizes)


def _rivals(row: np.ndarray, word: np.ndarray, most: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """For each row, over its words: the least of what the heaviest whole row with the word weighs."""
    held, which = np.unique(word, return_inverse=True)
    explained = np.zeros(len(held))
    entire = whole[row]
    np.maximum.at(explained, which[entire], most[row[entire]])
    relative: np.ndarray = np.minimum.reduceat(explained[which], starts(row)) / most
    return relative
