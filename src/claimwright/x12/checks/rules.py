"""What the rules of a transaction look like to the checker."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.x12.checks.report import Report
from claimwright.x12.located import Section
from claimwright.x12.stretches import Course, Places, Stretch, places_of
from claimwright.x12.tokens import Delimiters, Segment


class RawSection(Section):
    """A whole section, whose segments are asked for by their names; `where` has their places, if they are known."""

    __slots__ = ("_where",)

    def __init__(self, loop: str, line: int, segments: list[Segment], where: Places | None = None) -> None:
        self.loop, self.line, self.segments, self._where = loop, line, segments, where

    def add(self, segment: Segment) -> None:
        """One more segment."""
        self.segments.append(segment)
        self._where = None

    @property
    def where(self) -> Places:
        """The places of the segments by their names."""
        if self._where is None:
            self._where = places_of(self.segments)
        return self._where

    def places(self, name: str) -> Sequence[int]:
        return self.where.get(name, ())

    def first(self, name: str, *qualifiers: str) -> Segment:
        segments, places = self.segments, (self._where or self.where).get(name, ())
        if not qualifiers:
            return segments[places[0]] if places else []
        for place in places:
            segment = segments[place]
            if len(segment) > 1 and segment[1] in qualifiers:
                return segment
        return []

    def all(self, name: str) -> list[Segment]:
        segments = self.segments
        return [segments[place] for place in self.where.get(name, ())]


class SetRules:
    """Rules over one set: given each loop's section as it ends, and told when the set does."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.marks = Delimiters()
        self.claim: list[Section] = []  # what is held until it can be judged

    def take(self, section: RawSection) -> bool:
        """One finished section; whether what was gathered has been judged."""
        raise AssertionError("x12 checks: every transaction's rules say what they take")

    def hold(self, stretch: Stretch, course: Course, clean: bool) -> bool:
        """Whether a stretch in its place need not be taken by its sections now; `clean`: no segment of it is in doubt."""
        return False

    def let_go(self) -> Sequence[RawSection]:
        """The sections of the stretches that are held after all to be taken one by one."""
        return ()

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
