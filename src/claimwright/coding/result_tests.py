"""Laboratory tests of the table and where a text names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import msgspec

from claimwright.coding.tables import listed, rows
from claimwright.coding.words import STEMS
from claimwright.parties import Sex


class Test(msgspec.Struct, frozen=True):
    """What the table knows of a test; units map to what their values are multiplied by to be in the first."""

    key: str
    name: str
    units: dict[str, Decimal]
    ranges: dict[str, tuple[Decimal | None, Decimal | None]]  # by sex, "" for all
    plausible: tuple[Decimal, Decimal] | None  # None: a test answered in words

    def range_for(self, sex: Sex) -> tuple[Decimal | None, Decimal | None]:
        """The adult range; of unknown sex, the wider of both."""
        if "" in self.ranges or not self.ranges:
            return self.ranges.get("", (None, None))
        if sex in self.ranges:
            return self.ranges[sex]
        both = list(self.ranges.values())
        return min(low or Decimal() for low, _ in both), max(high or Decimal() for _, high in both)


# --- the table


def _limits(text: str) -> tuple[Decimal | None, Decimal | None]:
    low, _, high = text.strip().partition("-")
    return Decimal(low) if low else None, Decimal(high) if high else None


@lru_cache(maxsize=1)
def tests() -> dict[str, Test]:
    """The table of tests by their key."""
    held = {}
    for key, name, _, units, ranges, plausible in rows("results"):
        factors = {}
        for unit in listed(units):
            written, _, factor = unit.partition("=")
            factors[written] = Decimal(factor or 1)
        by_sex = {}
        for one in listed(ranges):
            sex = one[0] if one[0] in "MF" else ""
            by_sex[sex] = _limits(one[1:] if sex else one)
        low, _, high = plausible.partition("-")
        held[key] = Test(key, name, factors, by_sex, (Decimal(low), Decimal(high)) if high else None)
    return held


WORD = re.compile(r"\w+")


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[str, str, frozenset[str]]]]:
    """Names with their tests and the stems of their words, by the stem of the first."""
    named = {word.lower(): key for key, _, words, *_ in rows("results") for word in listed(words)}
    held: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
    for word, key in named.items():
        stems = [STEMS[one] for one in WORD.findall(word)]
        held.setdefault(stems[0], []).append((word, key, frozenset(stems)))
    return held


# --- where the names stand

BESIDE = "_/+"  # with letters and figures, what may not stand beside a name


class Named(NamedTuple):
    start: int
    end: int
    key: str


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(_names())


def _spelled(lower: str, stems: set[str]) -> Iterator[tuple[int, str, str]]:
    """Where a name is spelled of whose words the text has all, with the name and its test."""
    names = _names()
    for first in stems & _first_words():
        for word, key, needed in names[first]:
            start = lower.find(word) if needed <= stems else -1
            while start >= 0:
                yield start, word, key
                start = lower.find(word, start + 1)


def tests_named(text: str, stems: set[str]) -> list[Named]:
    """The names of tests in a text, the longest at each place, in order; `stems`: at least those of its words."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter grew in lower case: places would not hold
        return []
    found: list[Named] = []
    for start, word, key in _spelled(lower, stems):
        end = start + len(word)
        if start and ((before := text[start - 1]).isalnum() or before in BESIDE):
            continue
        if word[-1] != "+" and end < len(text) and ((behind := text[end]).isalnum() or behind in BESIDE):
            continue
        if text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha():
            continue  # CK-MB
        if len(word.rstrip("+")) <= 2 and not text[start].isupper():
            continue
        found.append(Named(start, end, key))
    found.sort(key=lambda one: (one.start, one.start - one.end))
    kept: list[Named] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
