"""What was learned from the corpus, as arrays: phrases and terms with the codes they stood for, topics, how common codes are."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

import numpy as np

from claimwright.coding.ranking.codes import Codes
from claimwright.coding.ranking.loose import Loose
from claimwright.coding.ranking.phrases import Phrases
from claimwright.coding.ranking.record import Record
from claimwright.coding.ranking.topics import Topics

LEARNED = ("codes", "phrases", "surfaces", "terms", "term_words", "topic_words")
LISTS = (*LEARNED, "proposed", "proposed_terms", "spans", "record_words")


class Knowledge:
    """Named arrays, and what is made of them when first asked for.

    codes            list of codes; `prior` documents that have each; `documents` how many there were
    phrases          roots in a row; `telling`; rows of `phrase_rows` from `phrase_start`:
                     code, sentences with phrase and code, sentences with the phrase, the same where the phrase is outermost (2),
                     documents with both, documents with the phrase, times it named the code, times it named any
    surfaces         words in a row as written; `surface_rows`: place, code, documents with both, documents with the words
    terms            roots in any order, weights of `term_words`; rows of `term_rows` from `term_start`:
                     code, times it named the code, times it named any, share by the words of the original language,
                     documents with both, documents with the term
    topic_*          see Topics; `topic_codes` numbers of codes
    proposed, proposed_terms, spans, record_words   with their rows: see Record
    """

    def __init__(self, lists: dict[str, list[str]], arrays: dict[str, np.ndarray]) -> None:
        """Lists of words and arrays by name."""
        self.lists, self.arrays = lists, arrays
        self.codes = lists["codes"]
        self.number = {code: number for number, code in enumerate(self.codes)}
        self.prior: np.ndarray = arrays["prior"]
        self.categories: dict[str, int] = {}
        self.category = np.array([self.categories.setdefault(code[:3], len(self.categories)) for code in self.codes], dtype=int)
        self.category_prior = np.bincount(self.category, weights=self.prior, minlength=len(self.categories))

    def __getitem__(self, name: str) -> np.ndarray:
        """An array."""
        return self.arrays[name]

    @cached_property
    def phrases(self) -> Phrases:
        """The phrases' automaton."""
        return Phrases(self.lists["phrases"], self.arrays["telling"].astype(bool))

    @cached_property
    def surfaces(self) -> dict[str, dict[int, tuple[float, float]]]:
        """Words as written, by a code's number, to documents with both and documents with the words; -1 for any code."""
        names = self.lists["surfaces"]
        held: dict[str, dict[int, tuple[float, float]]] = {}
        for place, code, both, every in self.arrays["surface_rows"].tolist():
            counts = held.setdefault(names[int(place)], {})
            counts[int(code)], counts[-1] = (both, every), (every, every)
        return held

    @cached_property
    def loose(self) -> Loose:
        """The terms' index."""
        return Loose(self.lists["terms"], dict(zip(self.lists["term_words"], self.arrays["term_weights"].tolist(), strict=True)))

    @cached_property
    def record(self) -> Record:
        """How the dictionary's proposals fared."""
        return Record(self.lists, self.arrays)

    @cached_property
    def facts(self) -> Codes:
        """What is known of each code by itself."""
        return Codes(self)

    @cached_property
    def topics(self) -> Topics:
        """The linear scores."""
        named = (self.arrays[f"topic_{name}"] for name in ("rarity", "weights", "scale", "base"))
        return Topics(self.lists["topic_words"], *named)

    def packed(self) -> bytes:
        """All of it as one compressed file."""
        held = io.BytesIO()
        joined: dict[str, Any] = {
            f"list_{name}": np.frombuffer("\n".join(words).encode(), dtype=np.uint8) for name, words in self.lists.items()
        }
        everything: dict[str, Any] = joined | self.arrays
        np.savez_compressed(held, **everything)
        return held.getvalue()


def unpacked(content: bytes) -> Knowledge:
    """What `packed` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    lists = {name: arrays.pop(f"list_{name}").tobytes().decode() for name in LISTS}
    return Knowledge({name: words.split("\n") if words else [] for name, words in lists.items()}, arrays)
