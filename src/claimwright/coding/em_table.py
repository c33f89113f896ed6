"""The table of medical decision making and the times of office visits (CPT E/M guidelines 2021/2023)."""

from __future__ import annotations

import msgspec

from claimwright.coding.model import Evidence

NAMES = ("", "minimal", "low", "moderate", "high")  # element levels 1..4, visit levels 2..5
NEW_TIMES = ((60, 5), (45, 4), (30, 3), (15, 2))
OLD_TIMES = ((40, 5), (30, 4), (20, 3), (10, 2))


class Element(msgspec.Struct):
    """One column of the table: a level 1..4 and the facts it rests on."""

    level: int = 1
    why: list[str] = []
    facts: list[tuple[str, Evidence]] = []

    def raise_to(self, level: int, why: str, evidence: Evidence | None, name: str) -> None:
        """A fact supports at least this level."""
        self.level = max(self.level, level)
        self.why.append(why)
        if evidence is not None:
            self.facts.append((name, evidence))

    def words(self) -> str:
        """The level in words with what it rests on."""
        told = "; ".join(dict.fromkeys(self.why))
        return f"{NAMES[self.level]}" + (f": {told}" if told else "")


def from_elements(problems: int, data: int, risk: int) -> int:
    """The visit level 2..5 from element levels 1..4: two of three must be met or exceeded."""
    return sorted((problems, data, risk))[1] + 1


def from_time(minutes: int, new: bool) -> int:
    """The visit level by total minutes (met or exceeded), 0 if too short."""
    return next((level for least, level in (NEW_TIMES if new else OLD_TIMES) if minutes >= least), 0)


def data_level(tests_and_notes: int, historian: bool, interpretation: bool, discussion: bool) -> int:
    """The data column (CPT table): categories 1, 2 and 3."""
    first = tests_and_notes + (1 if historian else 0) >= 3
    met = sum((first, interpretation, discussion))
    if met >= 2:
        return 4
    if met == 1:
        return 3
    return 2 if tests_and_notes >= 2 or historian else 1
