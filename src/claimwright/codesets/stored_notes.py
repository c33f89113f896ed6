"""The notes of an imported ICD-10-CM tabular list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from claimwright.codesets.icd10cm import plain
from claimwright.codesets.releases import Release
from claimwright.codesets.store import Store
from claimwright.codesets.tabular_notes import codes_in, within


class StoredNotes:
    """What one release says of its codes."""

    def __init__(self, store: Store, release: Release) -> None:
        """Reads a code's notes when they are first asked."""
        self.store, self.release = store, release
        self.exclusions = lru_cache(16_384)(self._exclusions)

    def excluded_with(self, code: str, other: str) -> str:
        """The Excludes1 note of `code` or its category that names `other`, or nothing (Guidelines I.A.12.a)."""
        return next((note for low, high, note in self.exclusions(plain(code)) if within(other, low, high)), "")

    def _exclusions(self, code: str) -> tuple[tuple[str, str, str], ...]:
        notes = [note for row in self._lineage(code) for note in row["excludes1"].splitlines()]
        return tuple((low, high, note) for note in notes for low, high in codes_in((note,)))

    def _lineage(self, code: str) -> Iterator[dict[str, str]]:
        """The entry of a code and its ancestors up to its category; a 7th character has the entry of the code before it."""
        lengths = range(len(code), 2, -1)
        row = next((held[0] for end in lengths if (held := self.store.rows(self.release, code[:end]))), None)
        while row is not None:
            yield row
            parent = row["parent"]
            held = self.store.rows(self.release, parent) if parent and "-" not in parent and not parent.isdigit() else []
            row = held[0] if held else None
