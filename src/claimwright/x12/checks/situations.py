"""What a guide requires in a situation (SNIP 4), from the table of situations: if this is so in a loop, that must be there."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import line_of
from claimwright.x12.located import Section, part, value
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


def check_situations(report: Report, section: Section, loop: str, separator: str) -> None:
    """Everything that one loop's own segments require of each other."""
    for one in _situations().get((report.transaction, loop), ()):
        looked_at = one.when[0].place
        for at, segment in enumerate(section.all(looked_at.segment)):
            held = [condition.holds(segment, separator) for condition in one.when]
            if not looked_at.fits(segment) or not all(held):
                continue
            if any(_there(needs, segment, section, separator) for needs in one.needs):
                continue
            name = looked_at.segment if one.element.startswith(looked_at.segment) else one.needs[0].segment
            line = line_of(section, name, at if name == looked_at.segment else 0)
            said = one.said.replace("{}", held[0])
            report.add(4, one.code, said, line=line, loop=loop, segment=name, element=one.element, fix=one.fix)


def _there(needs: Place, segment: Segment, section: Section, separator: str) -> bool:
    if needs.element:
        holder = segment if segment[0] == needs.segment else section.first(needs.segment)
        return not holder or bool(needs.of(holder, separator))  # a segment that is missing is told of by the guide's table
    return any(needs.fits(one) for one in section.all(needs.segment))


@cache
def _situations() -> dict[tuple[str, str], tuple[Situation, ...]]:
    found: dict[tuple[str, str], tuple[Situation, ...]] = {}
    text = resources.files("claimwright.x12").joinpath("tables", "situations.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        transactions, loops, when, needs, finding, said, fix = line.split(" | ")
        code, element = finding.split()
        one = Situation(
            tuple(_condition(part) for part in when.split(" & ")),
            tuple(_place(place) for place in needs.split(" or ")),
            code,
            element,
            said,
            fix,
        )
        for key in ((transaction, loop) for transaction in transactions.split() for loop in loops.split()):
            found[key] = (*found.get(key, ()), one)
    return found


def _condition(text: str) -> Condition:
    place, sign, *values = text.split()
    return Condition(_place(place), sign == "~", frozenset(values))


def _place(text: str) -> Place:
    found = re.fullmatch(r"([A-Z]{1,2}[A-Z0-9])(?:\*(\w+))?(?:(\d\d)(?:-(\d))?)?", text)
    assert found, f"x12 situations: {text}"
    return Place(found[1], found[2] or "", int(found[3] or 0), int(found[4] or 0))
