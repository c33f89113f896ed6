"""How the dictionary's proposals fared in the corpus: by code, by term and by words; and how often annotators took a word.

A code that was never given may still have been proposed, and not taken, many times: that tells about words no one named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from claimwright.coding.dictionary import Candidate, choose, padded
from claimwright.coding.ranking.codes import Numbers
from claimwright.coding.ranking.corpus import Case
from claimwright.coding.ranking.parts import CODES
from claimwright.coding.ranking.runs import starts
from claimwright.coding.ranking.words import STOP, Notes, Text, alone

SPAN = 5  # words of a stretch that is remembered
CODE = (
    *("o_proposed", "o_share", "o_chosen", "o_chosen_share", "o_siblings", "o_siblings_share", "o_siblings_chosen_share"),
    *("o_chapter_share", "o_family_share"),
)
PLACE = (
    "r_term",
    "r_term_share",
    "r_span",
    "r_span_share",
    "r_taken_mean",
    "r_taken_least",
    "r_taken_most",
    "r_rarest",
    "r_chosen",
)
PRIOR_WEIGHT = 2.0  # times that a word's share starts from the corpus's


class Proposed:
    """The candidates of notes, and of each code in a note the best (`best`, `held`), by note and the best first.

    `number` numbers codes in notes as they come in; `order` has the candidates by it, the best first; `span` numbers places.
    """

    def __init__(self, notes: Notes, official: Sequence[Sequence[Candidate]], numbers: Numbers) -> None:
        """Candidates of the dictionary, in any order."""
        counts = np.diff(notes.start).tolist()
        every = [(note, one) for note, found in enumerate(official) if counts[note] for one in found]
        note = np.array([note for note, _ in every], dtype=np.int64)
        candidates = [one for _, one in every]
        key = note * CODES + numbers.of(map(_padded, (one.code for one in candidates)))
        self.score = np.array([one.score for one in candidates], dtype=float)
        self.start = np.array([one.start for one in candidates], dtype=np.int64) + notes.begin[note]
        self.end = np.array([one.end for one in candidates], dtype=np.int64) + notes.begin[note]
        self.name = _numbered(one.code for one in candidates)
        self.number = _numbered(key.tolist())
        _, self.span = np.unique(self.start * (len(notes.text.content) + 1) + self.end, return_inverse=True)
        self.order = np.lexsort((-self.score, self.number))
        best = self.order[starts(self.number[self.order])]
        self.best = best[np.lexsort((-self.score[best], note[best]))]
        self.held = [candidates[place] for place in self.best.tolist()]
        self.key = key[self.best]
        self.first, self.last = words_of(notes, note[self.best], self.start[self.best], self.end[self.best])
        kept = [
            note * CODES + numbers[_padded(one.code)]
            for note, found in enumerate(official)
            if counts[note]
            for one in choose(found)
        ]
        self.chosen = np.isin(self.key, kept)
        self.codes = [_padded(one.code) for one in self.held]


_padded = lru_cache(maxsize=100_000)(padded)


def _numbered(values: Iterable[object]) -> np.ndarray:
    """Equal values to the same number, in the order in which they come in."""
    held: dict[object, int] = {}
    return np.array([held.setdefault(one, len(held)) for one in values], dtype=np.int64)


def words_of(notes: Notes, note: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last word of stretches of characters."""
    ends, most = notes.text.ends, notes.start[note + 1] - 1
    first = np.minimum(np.searchsorted(ends, start, side="right"), most)
    return first, np.maximum(first, np.minimum(np.searchsorted(ends, end), most))


def learned(cases: Sequence[Case], official: Sequence[Sequence[Candidate]]) -> dict[str, list[str] | np.ndarray]:
    """The counts, for `Knowledge`."""
    codes: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(4))
    terms: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    spans: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    times: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for case, found in zip(cases, official, strict=True):
        held = {place for one in case.named for place in (one.words or range(one.first, one.last + 1))}
        times.update(case.text.words)
        taken.update(case.text.words[place] for place in held)
        if not found or not case.text.words:
            continue
        proposed = Proposed(alone(case.text), [found], Numbers())
        for code, one, chosen, span in zip(
            proposed.codes, proposed.held, proposed.chosen, _spans(case.text, proposed), strict=True
        ):
            given = code in case.codes
            codes[code] += (1, given, chosen, chosen and given)
            terms[f"{code} {one.term}"] += (1, given)
            if span is not None:
                spans[" ".join(case.text.words[span[0] : span[1] + 1])] += (1, not held.isdisjoint(range(span[0], span[1] + 1)))
    words = sorted(times)
    return {
        **_packed("proposed", codes, 4),
        **_packed("proposed_terms", terms, 2),
        **_packed("spans", {key: row for key, row in spans.items() if row[0] > 1}, 2),
        "record_words": words,
        "record_words_rows": np.array([(times[word], taken[word]) for word in words], dtype=np.float32).reshape(-1, 2),
    }


def _spans(text: Text, proposed: Proposed) -> Iterator[tuple[int, int] | None]:
    for first, last in zip(proposed.first.tolist(), proposed.last.tolist(), strict=True):
        yield (first, last) if last - first < SPAN else None


def _packed(name: str, held: dict[str, np.ndarray], width: int) -> dict[str, list[str] | np.ndarray]:
    keys = sorted(held)
    return {name: keys, f"{name}_rows": np.array([held[key] for key in keys], dtype=np.float32).reshape(-1, width)}


class _Groups(NamedTuple):
    """Counts of the codes that begin alike; the last row is for those unknown."""

    length: int
    number: dict[str, int]
    rows: np.ndarray

    def __call__(self, codes: Sequence[str]) -> np.ndarray:
        """The counts of each code's group."""
        return np.asarray(self.rows[[self.number.get(code[: self.length], -1) for code in codes]])


class Record:
    """The counts, by what they are asked for."""

    def __init__(self, lists: dict[str, list[str]], arrays: dict[str, np.ndarray]) -> None:
        """As `learned` made them."""
        self.code = {code: number for number, code in enumerate(lists["proposed"])}
        self.term = dict(zip(lists["proposed_terms"], arrays["proposed_terms_rows"].tolist(), strict=True))
        self.span = dict(zip(lists["spans"], arrays["spans_rows"].tolist(), strict=True))
        times, taken = arrays["record_words_rows"].T
        base = float(taken.sum() / max(1.0, times.sum()))
        share = (taken + PRIOR_WEIGHT * base) / (times + PRIOR_WEIGHT)
        self.word = {word: number for number, word in enumerate(lists["record_words"])}
        self.shares, self.times = np.append(share.astype(float), base), np.append(times.astype(float), 0.0)  # unknown last
        self.rows = np.vstack((arrays["proposed_rows"], np.zeros((1, 4))))
        self.category = self._groups(lists["proposed"], 3)
        self.family = self._groups(lists["proposed"], 5)
        self.chapter = self._groups(lists["proposed"], 1)

    def _groups(self, codes: Sequence[str], length: int) -> _Groups:
        number: dict[str, int] = {}
        places = [number.setdefault(code[:length], len(number)) for code in codes]
        rows = np.zeros((len(number) + 1, 4))
        np.add.at(rows, np.array(places, dtype=np.int64), self.rows[:-1])
        return _Groups(length, number, rows)

    def codes(self, codes: Sequence[str]) -> np.ndarray:
        """Columns CODE: how a code and those near it fared; its own part is left out of its category's and family's."""
        own = self.rows[[self.code.get(code, -1) for code in codes]]
        siblings, family, chapter = self.category(codes) - own, self.family(codes) - own, self.chapter(codes)
        return np.column_stack(
            (
                *(own[:, 0], (own[:, 1] + 0.2) / (own[:, 0] + 1), own[:, 2], (own[:, 3] + 0.3) / (own[:, 2] + 1)),
                *(siblings[:, 2], (siblings[:, 1] + 0.3) / (siblings[:, 0] + 3), (siblings[:, 3] + 0.6) / (siblings[:, 2] + 2)),
                *(chapter[:, 3] / np.maximum(1, chapter[:, 2]), (family[:, 3] + 0.6) / (family[:, 2] + 2)),
            )
        )

    def words(self, text: Text) -> tuple[np.ndarray, np.ndarray]:
        """For each word, how often annotators took it and how often it stands in the corpus; of linking words, no share."""
        numbers = text.told(self, lambda word: self.word.get(word, -1))
        silent = text.told(STOP, STOP.__contains__, bool)
        return np.where(silent, np.nan, self.shares[numbers]), self.times[numbers]

    def places(self, text: Text, proposed: Proposed, share: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, ...]:
        """Columns PLACE: how the term and the very words fared, and how often annotators took each of the words."""
        rows = []
        for code, one, first, last in zip(
            proposed.codes, proposed.held, proposed.first.tolist(), proposed.last.tolist(), strict=True
        ):
            every, given = self.term.get(f"{code} {one.term}", (0.0, 0.0))
            seen, held = self.span.get(" ".join(text.words[first : last + 1]), (0.0, 0.0)) if last - first < SPAN else (0.0, 0.0)
            rows.append((every, (given + 0.2) / (every + 1), seen, (held + 0.4) / (seen + 1)))
        return (*np.array(rows).T, *_over(share, times, proposed.first, proposed.last), proposed.chosen)


def _over(share: np.ndarray, times: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, ...]:
    """Mean, least and most share, and fewest times, of the words [first, last] that say something."""
    sizes = last - first + 1
    starts = np.append(0, np.cumsum(sizes)[:-1])
    place = np.repeat(first - starts, sizes) + np.arange(sizes.sum())
    told = ~np.isnan(share[place])
    count = np.maximum(1, np.add.reduceat(told.astype(float), starts))
    return (
        np.add.reduceat(np.where(told, share[place], 0.0), starts) / count,
        np.minimum.reduceat(np.where(told, share[place], 1.0), starts),
        np.maximum.reduceat(np.where(told, share[place], 0.0), starts),
        np.minimum.reduceat(np.where(told, times[place], 9999.0), starts),
    )
