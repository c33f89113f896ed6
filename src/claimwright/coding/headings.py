"""The headings of notes: which section each opens, and the labels that open none."""

from __future__ import annotations

from functools import lru_cache

from claimwright.coding.tables import rows
from claimwright.coding.words import normal

_headings: dict[str, str] = {}
_systems: set[str] = set()
_details: set[str] = set()


def _load() -> None:
    for kind, phrases in rows("headings"):
        for phrase in phrases.split(";"):
            if kind == "system":
                _systems.add(normal(phrase))
            elif kind == "detail":
                _details.add(normal(phrase))
            else:
                _headings[normal(phrase)] = kind


def headings() -> dict[str, str]:
    """Heading phrases to section kinds."""
    if not _headings:
        _load()
    return _headings


def system_labels() -> set[str]:
    """Labels inside an examination or review of systems, which open no section there."""
    headings()
    return _systems


def detail_labels() -> set[str]:
    """Labels that tell about a problem rather than name one."""
    headings()
    return _details


@lru_cache(maxsize=5_000)
def known_as(label: str) -> str:
    """A label as the table of headings knows it."""
    return normal(label)
