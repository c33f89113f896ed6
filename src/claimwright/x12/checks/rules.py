"""What the rules of a transaction look like to the checker."""

from __future__ import annotations

from claimwright.x12.checks.report import Report
from claimwright.x12.located import Section
from claimwright.x12.tokens import Delimiters, Segment


class RawSection(Section):
    """A section whose segments are taken apart when a rule first asks for one, which few do; by then it is whole."""

    __slots__ = ("_named", "_places", "_segments", "separator", "texts")

    def __init__(self, loop: str, line: int, separator: str) -> None:
        self.loop, self.line, self.separator = loop, line, separator
        self.texts: list[str] = []
        self._segments: list[Segment] | None = None
        self._named: dict[str, list[Segment]] | None = None
        self._places: dict[str, list[int]] | None = None

    @property
    def segments(self) -> list[Segment]:  # type: ignore[override]
        """The segments, taken apart."""
        if self._segments is None:
            separator = self.separator
            self._segments = [text.split(separator) for text in self.texts]
        return self._segments

    @property
    def named(self) -> dict[str, list[Segment]]:
        """The segments by their names."""
        named = self._named
        if named is None:
            named = self._named = {}
            for segment in self.segments:
                named.setdefault(segment[0], []).append(segment)
        return named

    def places(self, name: str) -> list[int]:
        if self._places is None:
            self._places = {}
            for place, segment in enumerate(self.segments):
                self._places.setdefault(segment[0], []).append(place)
        return self._places.get(name, [])

    def first(self, name: str, *qualifiers: str) -> Segment:
        found = self.named.get(name)
        if not found:
            return []
        if not qualifiers:
            return found[0]
        for segment in found:
            if len(segment) > 1 and segment[1] in qualifiers:
                return segment
        return []

    def all(self, name: str) -> list[Segment]:
        return self.named.get(name, [])


class SetRules:
    """Rules over one set: given each loop's section as it ends, and told when the set does."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.marks = Delimiters()
        self.claim: list[Section] = []  # what is held until it can be judged

    def take(self, section: RawSection) -> bool:
        """One finished section; whether what was gathered has been judged."""
        raise AssertionError("x12 checks: every transaction's rules say what they take")

    def finish(self) -> None:
        """The set has ended."""


class NoRules(SetRules):
    """A transaction without rules of its own, or whose rules were not asked for."""

    def take(self, section: Section) -> bool:
        return False


def line_of(section: Section, name: str, at: int = 0) -> int:
    """The segment number of the section's n-th segment of a kind."""
    found = section.places(name)
    return section.line + (found[at] if at < len(found) else 0)
