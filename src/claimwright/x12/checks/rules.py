"""What the rules of a transaction look like to the checker."""

from __future__ import annotations

from claimwright.x12.checks.report import Report
from claimwright.x12.located import Section
from claimwright.x12.tokens import Delimiters


class SetRules:
    """Rules over one set: given each loop's section as it ends, and told when the set does."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.marks = Delimiters()

    def take(self, section: Section) -> bool:
        """One finished section; whether what was gathered has been judged."""
        raise AssertionError("x12 checks: every transaction's rules say what they take")

    def finish(self) -> None:
        """The set has ended."""


class NoRules(SetRules):
    """A transaction without rules of its own."""

    def take(self, section: Section) -> bool:
        return False


def line_of(section: Section, name: str, at: int = 0) -> int:
    """The segment number of the section's n-th segment of a kind."""
    found = [place for place, segment in enumerate(section.segments) if segment[0] == name]
    return section.line + (found[at] if at < len(found) else 0)
