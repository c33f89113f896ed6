"""How a finding is answered: by a TA1, a 999 or a 277CA, in their codes. The table is tables/answers.txt."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from claimwright.findings import Finding
from claimwright.x12.grammar import segment_shapes

_ENTITIES = frozenset({
    "03", "1P", "1Z", "40", "41", "71", "72", "73", "77", "82", "85", "87", "DK", "DN", "DQ", "FA", "GB", "HK", "IL", "LI", "MSC",
    "PR", "PRP", "QB", "QC", "QD", "SEP", "TL", "TTP", "TU",
})  # X214, 2200D STC01-3  # fmt: skip
_CLAIM = re.compile(r"A\d\*")


@cache
def _table() -> dict[tuple[str, str], tuple[str, ...]]:
    raw = resources.files("claimwright.x12").joinpath("tables", "answers.txt").read_text("utf-8")
    found = {}
    for line in raw.splitlines():
        if line and not line.startswith("#"):
            head, *rest = line.split()
            where = "" if _is_answer(rest[0]) else rest.pop(0)
            found[head, where] = tuple(rest)
    return found


def _is_answer(word: str) -> bool:
    return ":" in word or _CLAIM.match(word) is not None


def answers_to(finding: Finding) -> tuple[str, ...]:
    """What the table says of a finding, else what its place in the file says; never nothing."""
    table, element = _table(), finding.element
    for where in (element, element.partition("-")[0], finding.segment, finding.loop, ""):
        if found := table.get((finding.code, where)):
            return found
    missing = finding.code.endswith("missing")
    if finding.snip < 3:
        if finding.segment in ("ISA", "IEA", "GS", "GE", "TA1"):
            return ("TA1:024",)
        if finding.segment in ("ST", "SE"):
            return ("IK5:5",)
        if finding.element:
            return ("IK4:1",) if missing else ("IK4:I12",)
        return ("IK3:3",) if missing else ("IK3:8",)
    for place in (element, element.partition("-")[0], finding.segment):
        if found := table.get((place, finding.loop)) or table.get((place, "")):
            return tuple(f"A6{one[2:]}" for one in found) if missing else found
    return ("A6*21",) if missing else ("A7*21",)


def statuses(answers: tuple[str, ...], party: str) -> list[tuple[str, str, str]]:
    """The claim statuses of an answer; `party` is the entity code of the loop, for `@`."""
    found = []
    for one in answers:
        category, status, *entity = one.split("*")
        named = entity[0] if entity else ""
        found.append((category, status, (party if party in _ENTITIES else "") if named == "@" else named))
    return found


def place_of(finding: Finding) -> tuple[int, int]:
    """Element and component of a finding, as IK401 numbers them; the first beyond the standard's where there are too many."""
    if finding.code == "elements-too-many" and finding.segment in segment_shapes():
        return len(segment_shapes()[finding.segment].elements) + 1, 0
    found = re.fullmatch(r"[A-Z][A-Z0-9]{1,2}?(\d\d)(?:-(\d+))?", finding.element)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def holds_code(segment: str, place: int, component: int) -> bool:
    """Whether an element holds a code of a list (type ID): its value names nobody and may be told."""
    shape = segment_shapes().get(segment)
    if shape is None or not 0 < place <= len(shape.elements):
        return False
    element = shape.elements[place - 1]
    if element.parts:
        return 0 < component <= len(element.parts) and element.parts[component - 1].kind == "ID"
    return element.kind == "ID"
