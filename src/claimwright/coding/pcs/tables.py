"""The tables of operations, choices, approaches, root operations and body parts, as data."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import msgspec

from claimwright.coding.pcs.model import Kind
from claimwright.coding.tables import lines, listed, rows
from claimwright.coding.words import normal

MANY = "+"  # a list of which each value named makes a code of its own (B3.2a)


class Choice(msgspec.Struct, frozen=True):
    """One row of a list: a value, or values for right, left and both; no words: chosen by side alone, or by default."""

    values: tuple[str, ...]
    words: tuple[str, ...]
    reason: str = ""

    @property
    def sided(self) -> bool:
        """Whether the side decides the value."""
        return len(self.values) > 1


class Phrase(msgspec.Struct, frozen=True):
    """Words that name an operation, and words of which one must stand beside them."""

    words: str
    beside: tuple[str, ...] = ()


class Operation(msgspec.Struct, frozen=True):
    """A row of operations."""

    phrases: tuple[Phrase, ...]
    stem: str
    part: str
    approach: str
    device: str
    qualifier: str
    kind: Kind
    rule: str


class Root(msgspec.Struct, frozen=True):
    """A root operation by its words."""

    letter: str
    words: tuple[str, ...]
    device: str
    qualifier: str
    approach: str
    rule: str


class Part(msgspec.Struct, frozen=True):
    """A body part by its words."""

    words: tuple[str, ...]
    system: str
    choice: Choice


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    """The named operations."""
    return tuple(
        Operation(
            phrases=tuple(_phrase(one) for one in listed(row[0])),
            stem=row[1],
            part=row[2],
            approach=row[3],
            device=row[4],
            qualifier=row[5],
            kind=cast(Kind, row[6]),
            rule=row[7],
        )
        for row in rows("pcs_operations")
    )


def _phrase(cell: str) -> Phrase:
    words, _, beside = cell.partition("&")
    return Phrase(normal(words), tuple(normal(one) for one in beside.split("/") if one.strip()))


@lru_cache(maxsize=1)
def choices() -> dict[str, tuple[Choice, ...]]:
    """The lists by name."""
    found: dict[str, list[Choice]] = {}
    name = ""
    for line in lines("pcs_choices"):
        if line.startswith("["):
            name = line.strip("[] \n")
            found[name] = []
            continue
        value, words = (cell.strip() for cell in line.split("|"))
        if words.startswith("*"):
            found[name].append(Choice(tuple(value.split("/")), (), words[1:].strip()))
        else:
            found[name].append(Choice(tuple(value.split("/")), tuple(normal(one) for one in listed(words))))
    return {name: tuple(listed_choices) for name, listed_choices in found.items()}


@lru_cache(maxsize=1)
def approaches() -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """Approach, its words, whether they count only beside the operation."""
    return tuple((row[0], tuple(normal(one) for one in listed(row[1])), len(row) > 2) for row in rows("pcs_approaches"))


@lru_cache(maxsize=1)
def roots() -> tuple[Root, ...]:
    """Root operations by their words."""
    return tuple(Root(row[0], tuple(normal(one) for one in listed(row[1])), *row[2:6]) for row in rows("pcs_roots"))


@lru_cache(maxsize=1)
def parts() -> tuple[Part, ...]:
    """Body parts by their words."""
    return tuple(
        Part(tuple(normal(one) for one in listed(row[0])), row[1], Choice(tuple(row[2].split("/")), ()))
        for row in rows("pcs_parts")
    )
