"""Sets without a table of ours (834, 820, 275, 997): each segment by itself, as the standard has it (SNIP 1)."""

from __future__ import annotations

from functools import cache

from claimwright.x12.checks.elements import check_elements
from claimwright.x12.checks.report import Report
from claimwright.x12.grammar import UNLIMITED, Element, Loop, Rule, Shape, segment_shapes
from claimwright.x12.tokens import Delimiters, Segment

STANDARD = "005010"  # the version whose types and lengths segments.txt has


@cache
def _rule(name: str) -> Rule | None:
    """What the standard allows of a segment: every element, none of them required, of its type and length."""
    shape = segment_shapes().get(name)
    if shape is None:
        return None
    rule = Rule(Loop("", "", False, UNLIMITED, ()), name, False, UNLIMITED)
    rule.elements, rule.relations = tuple(_anything(one) for one in shape.elements), shape.relations
    return rule


def _anything(shape: Shape) -> Element:
    return Element(shape, True, False, frozenset(), tuple(_anything(part) for part in shape.parts))


def check_by_standard(segment: Segment, line: int, report: Report, marks: Delimiters) -> None:
    """Type, length and companions of each element; a segment that the health-care guides do not use is passed over."""
    if segment[0] == "BDS":
        _data(segment, line, report, marks)
    rule = _rule(segment[0])
    if rule is None or not report.version.startswith(STANDARD):
        return
    for flaw in check_elements(rule, segment, marks):
        if flaw.level == 1 and not flaw.code.startswith("elements-too"):
            said = {"line": line, "segment": segment[0], "element": flaw.element, "fix": flaw.fix}
            report.add(1, flaw.code, flaw.message, **said)  # type: ignore[arg-type]


def _data(segment: Segment, line: int, report: Report, marks: Delimiters) -> None:
    """BDS: its data has the length that is said (6020, 275)."""
    said, found = segment[2] if len(segment) > 2 else "", len(marks.element.join(segment[3:]))
    if not said.isdecimal() or int(said[:12]) != found:
        message = f"BDS02 does not give the length of the binary data, which is {found}."
        report.add(1, "binary-length", message, line=line, segment="BDS", element="BDS02", fix=f"Set BDS02 to {found}.")
