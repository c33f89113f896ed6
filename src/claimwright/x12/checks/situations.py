"""What a guide requires in a situation (SNIP 4), from the table of situations: if this is so in a loop, that must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import RawSection, line_of
from claimwright.x12.located import Section, part, value
from claimwright.x12.stretches import Places
from claimwright.x12.tokens import Segment


class Place(NamedTuple):
    """`SEG*qualifier`, `SEGNN` or `SEGNN-n` of a table; element 0 stands for the segment itself."""

    segment: str
    qualifier: str
    element: int
    component: int

    def fits(self, segment: Segment) -> bool:
        """Whether it is this use of the segment."""
        return not self.qualifier or value(segment, 1) == self.qualifier

    def of(self, segment: Segment, separator: str) -> str:
        """The value at this place."""
        whole = value(segment, self.element)
        return part(whole, self.component, separator) if self.component else whole


class Condition(NamedTuple):
    """A place that must hold one of the values, or a component that is one."""

    place: Place
    any_component: bool
    values: frozenset[str]

    def holds(self, segment: Segment, separator: str) -> str:
        """The value that makes it true, or nothing."""
        given = self.place.of(segment, separator)
        return next((one for one in (given.split(separator) if self.any_component else (given,)) if one in self.values), "")


class Situation(NamedTuple):
    """A line of the table."""

    when: tuple[Condition, ...]
    needs: tuple[Place, ...]
    code: str
    element: str
    said: str
    fix: str


class Watch:
    """The situations that the segments of one kind bring about in a loop, and the elements that decide on it."""

    __slots__ = ("elements", "segment", "situations")

    def __init__(self, segment: str, situations: Sequence[Situation]) -> None:
        self.segment, self.situations = segment, situations
        looked_at = {when.place.element for one in situations for when in one.when}
        self.elements = sorted(looked_at | ({1} if any(one.when[0].place.qualifier for one in situations) else set()))


Watched = tuple[tuple[Watch, tuple[int, ...]], ...]
"""What to watch for in a section, and in which of its segments."""


def watched(transaction: str, loop: str, where: Places) -> Watched:
    """What to watch for in a section that has its segments there."""
    return tuple([(watch, where[watch.segment]) for watch in _watches(transaction).get(loop, ()) if watch.segment in where])


def check_situations(report: Report, section: RawSection, watched: Watched, separator: str) -> None:
    """Everything that a loop's own segments require of each other."""
    for watch, places in watched:
        for at, place in enumerate(places):
            segment = section.segments[place]
            for one, why in arises(watch, segment, separator):
                if not is_met(one, segment, section, separator):
                    _missing(report, one, why, section, at)


def is_met(one: Situation, segment: Segment, section: Section, separator: str) -> bool:
    """Whether what a situation requires of a segment's loop is there."""
    return any(_there(needs, segment, section, separator) for needs in one.needs)


def arises(watch: Watch, segment: Segment, separator: str) -> tuple[tuple[Situation, str], ...]:
    """The situations that a segment brings about, each with the value that does."""
    size, given = len(segment), []
    for one in watch.elements:
        given.append(segment[one][:99] if one < size else "")  # none is longer
    return _arising(watch, separator, *given)


@lru_cache(maxsize=4096)  # what a practice sends of these few elements is much the same from claim to claim
def _arising(watch: Watch, separator: str, *given: str) -> tuple[tuple[Situation, str], ...]:
    """What a segment with these elements brings about, with the value that does."""
    segment = [watch.segment, *[""] * max(watch.elements)]
    for place, text in zip(watch.elements, given, strict=True):
        segment[place] = text
    found = []
    for one in watch.situations:
        held = [condition.holds(segment, separator) for condition in one.when]
        if one.when[0].place.fits(segment) and all(held):
            found.append((one, held[0]))
    return tuple(found)


def _missing(report: Report, one: Situation, why: str, section: RawSection, at: int) -> None:
    looked_at = one.when[0].place
    name = looked_at.segment if one.element.startswith(looked_at.segment) else one.needs[0].segment
    line, loop = line_of(section, name, at if name == looked_at.segment else 0), section.loop.rstrip("+")
    said = one.said.replace("{}", why)
    report.add(4, one.code, said, line=line, loop=loop, segment=name, element=one.element, fix=one.fix)


def _there(needs: Place, segment: Segment, section: Section, separator: str) -> bool:
    if needs.element:
        holder = segment if segment[0] == needs.segment else section.first(needs.segment)
        return not holder or bool(needs.of(holder, separator))  # a segment that is missing is told of by the guide's table
    return any(needs.fits(one) for one in section.all(needs.segment))


@cache
def _watches(transaction: str) -> dict[str, tuple[Watch, ...]]:
    """What to watch for in each loop, also where the loop is gone on with (a plus behind its name)."""
    found: dict[str, dict[str, list[Situation]]] = {}
    for transactions, loops, one in _situations():
        for loop in loops.split() if transaction in transactions.split() else ():
            found.setdefault(loop, {}).setdefault(one.when[0].place.segment, []).append(one)
    watches = {loop: tuple(Watch(*pair) for pair in by_segment.items()) for loop, by_segment in found.items()}
    return watches | {loop + "+": watch for loop, watch in watches.items()}


def _situations() -> Iterator[tuple[str, str, Situation]]:
    """The table: transactions, loops, and what is asked."""
    text = resources.files("claimwright.x12").joinpath("tables", "situations.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        transactions, loops, when, needs, finding, said, fix = line.split(" | ")
        code, element = finding.split()
        conditions = tuple(_condition(part) for part in when.split(" & "))
        yield transactions, loops, Situation(conditions, tuple(map(_place, needs.split(" or "))), code, element, said, fix)


def _condition(text: str) -> Condition:
    place, sign, *values = text.split()
    return Condition(_place(place), sign == "~", frozenset(values))


def _place(text: str) -> Place:
    found = re.fullmatch(r"([A-Z]{1,2}[A-Z0-9])(?:\*(\w+))?(?:(\d\d)(?:-(\d))?)?", text)
    assert found, f"x12 situations: {text}"
    return Place(found[1], found[2] or "", int(found[3] or 0), int(found[4] or 0))
