"""Seeded cases: one fault of every kind of the table in varied good files, and how a checker did on them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

import x12_anywhere
import x12_matters
from x12_good_files import TODAY, public, remarked, written
from x12_inject import Doc, Fault, Kind, kinds, parse

from claimwright.findings import Finding
from claimwright.x12.check import check

ALL = tuple(kinds())
CASES = 4 * len(ALL)  # enough that every kind comes at least twice
assert x12_anywhere.VERBS is x12_matters.VERBS  # they add their verbs


def pool(rng: random.Random, with_public: bool = True) -> dict[str, list[Doc]]:
    """Good files by transaction, parsed."""
    found: dict[str, list[Doc]] = {}
    for transaction, data in written(rng):
        found.setdefault(transaction, []).append(parse(remarked(data, rng), transaction))
    for transaction, data in _public() if with_public else ():
        found.setdefault(transaction, []).append(parse(data, transaction))
    return found


@cache
def _public() -> tuple[tuple[str, bytes], ...]:
    return tuple(public())


def cases(count: int, seed: int = 1, with_public: bool = True) -> Iterator[Fault]:
    """So many faulty files, kinds and transactions in turn; a new set of good files for every round."""
    made, number = 0, 0
    while made < count:
        rng = random.Random(seed * 100_003 + number)
        docs = pool(rng, with_public)
        number += 1
        for kind in ALL:
            for fault in _some(kind, docs, rng):
                if made < count:
                    made += 1
                    yield fault


def _some(kind: Kind, docs: dict[str, list[Doc]], rng: random.Random) -> Iterator[Fault]:
    """Two cases of a kind, of different transactions where there are."""
    fitting = [one for one in docs if kind.fits(one)]
    rng.shuffle(fitting)
    found = (_case(kind, docs[one], rng) for one in (fitting if len(fitting) > 1 else fitting * 2))
    yield from islice((one for one in found if one is not None), 2)


def _case(kind: Kind, docs: list[Doc], rng: random.Random) -> Fault | None:
    for doc in rng.sample(docs, len(docs)):
        fault = kind.into(doc, rng)
        if fault is not None:
            return fault
    return None


def ours(data: bytes) -> list[Finding]:
    """What our checker says; information is no finding."""
    return [one for one in check(data, today=TODAY) if one.severity != "info"]


def right(fault: Fault, found: Iterable[Finding]) -> bool:
    """Whether the fault is among the findings, with its code and at its place."""
    return any(
        one.code in fault.codes
        and fault.low <= one.line <= fault.high
        and one.segment == (fault.segment[:3] or one.segment)
        and any(same_element(one.element, element) for element in fault.elements or (one.element,))
        for one in found
    )


def same_element(found: str, expected: str) -> bool:
    """Whether two names are of one element; a component and its whole composite are one."""
    return found == expected or re.sub(r"-\d+$", "", found) == re.sub(r"-\d+$", "", expected)
