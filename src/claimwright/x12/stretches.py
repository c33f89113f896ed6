"""A file in stretches: a segment that can only begin a loop (HL, CLM, LX, SVC) and what follows, up to the next no deeper.

A file has many stretches and few shapes of them. What a stretch of one shape means, wherever it begins in its guide, is worked
out once and kept as its course: where each segment belongs, which loops it opens and which are still open at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from claimwright.x12.grammar import QUALIFIER_AT, Grammar, Loop, Rule, grammar
from claimwright.x12.located import table_for, value, walker
from claimwright.x12.tokens import Delimiters, Segment, Tokens
from claimwright.x12.walk import State, Step

CONTROL = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
CLAIMS = frozenset({"CLM", "CLP"})
_ANYWHERE = frozenset({"NM1", "N1"})  # begin a loop too, but the shorter stretches would cost more than they save
_QUALIFIED = frozenset({"REF", "DTP", "DTM", "AMT", "NM1", "PER"})  # told apart by the readers also where the guide does not
_BETWEEN = "\n"  # the names in a shape; a segment that holds one has no shape
_DEEPEST = 99
_LONGEST = 100  # segments; what is longer is not worth remembering
_REMEMBERED = 40_000  # segments of all courses of a guide


Seen = dict[Rule | Loop, int]
"""How often each part of a loop was seen."""


class Places(dict[str, tuple[int, ...]]):
    """Where in a section the segments of a name ("DTP") stand, and of a name and qualifier ("DTP*472") where readers ask."""

    noted: Any = None  # what the rules of these segments have worked out of their places, once for all


class Stretch(msgspec.Struct, gc=False):
    """Segments that follow each other; `line` is the first one's number in the file."""

    line: int
    rows: list[str]
    segments: list[Segment]
    shape: str  # each segment's name and what tells it apart; empty where the stretch can have no course


class Open(NamedTuple):
    """A loop that is open at the end of a stretch: where it began, how many required parts it lacks, how often each was seen."""

    loop: Loop
    begins: int
    missing: int
    seen: Seen


class Part(NamedTuple):
    """A section of a stretch: its loop, with a plus where a loop is gone on with, and where it begins and ends."""

    loop: str
    begin: int
    end: int
    where: Places


class Course:
    """What a stretch without fault in its structure is: `pops` loops end, then these sections follow."""

    __slots__ = ("begins", "claim_at", "lacks", "noted", "open", "pops", "rules", "sections", "state")

    def __init__(self, pops: int, state: State, rules: list[Rule], sections: list[Part], left: list[Open]) -> None:
        self.pops, self.state, self.rules = pops, state, tuple(rules)
        self.sections, self.open = tuple(sections), tuple(left)
        self.begins = sections[0].loop
        self.noted: Any = None  # what the rules have worked out of it, once for all
        self.lacks = any(one.missing for one in left)  # something that must still come
        self.claim_at = next((at for at, rule in enumerate(rules) if rule.id in CLAIMS), -1)  # its segment that begins a claim


class Courses:
    """The courses of one guide."""

    def __init__(self, table: str, component: str) -> None:
        self.walker, self.component = walker(table), component
        self.openers = _openers(grammar(table))
        told = {name for name, known in self.walker.known.items() if known or name in _QUALIFIED}
        self._told = frozenset(told - {*QUALIFIER_AT})
        self._found: dict[tuple[State, str], Course] = {}
        self._size = 0  # segments of them all

    def shape(self, segments: list[Segment]) -> str:
        """What decides on the course of a stretch; nothing where a segment lacks what tells it apart."""
        told, first, component = self._told, segments[0], self.component
        if first[0] in CONTROL or len(segments) > _LONGEST:
            return ""
        kinds = [one[0] for one in segments]
        try:
            kinds += [one[1] if one[0] != "HI" else one[1].partition(component)[0] for one in segments if one[0] in told]
            if first[0] in QUALIFIER_AT:
                kinds.append(first[QUALIFIER_AT[first[0]]])
        except IndexError:
            return ""
        shape = _BETWEEN.join(kinds)
        return shape if shape.count(_BETWEEN) == len(kinds) - 1 else ""

    def find(self, state: State, stretch: Stretch) -> Course | None:
        """The course of a stretch that begins in this state; None where it is not as the guide has it."""
        key = (state, stretch.shape)
        found = self._found.get(key)
        if found is None and stretch.shape:
            found = self._work_out(state, stretch.segments)
            if found is not None:
                self._size += len(stretch.segments)
                if self._size > _REMEMBERED:
                    self._size = 0
                    self._found.clear()
                self._found[key] = found
        return found

    def _work_out(self, state: State, segments: list[Segment]) -> Course | None:
        pops, left, rules = 0, list[tuple[Loop, int, Seen]](), list[Rule]()
        begins: list[tuple[str, int]] = []
        for at, segment in enumerate(segments):
            step = self.walker.step(state, segment, self.component)
            rule, state = step.rule, step.state
            if rule is None or step.trouble or not (at or step.pushes):
                return None
            if not at:
                pops = step.pops
            elif not self._leave(left, step.pops):
                return None
            if step.pushes:
                loop = step.pushes[-1]
                if left and not _counted(left[-1][2], loop):
                    return None
                left.append((loop, at, {}))
            if step.pushes or step.pops:
                begins.append((section_name(step), at))
            if not _counted(left[-1][2], rule):
                return None
            rules.append(rule)
        ends = [at for _, at in begins[1:]] + [len(segments)]
        spans = [(loop, begin, end) for (loop, begin), end in zip(begins, ends, strict=True)]
        sections = [Part(*span, places_of(segments[span[1] : span[2]])) for span in spans]
        return Course(pops, state, rules, sections, [Open(loop, at, _missing(loop, seen), seen) for loop, at, seen in left])

    @staticmethod
    def _leave(left: list[tuple[Loop, int, Seen]], pops: int) -> bool:
        """End loops of the stretch, of which none may lack anything; whether its first stays open."""
        if pops >= len(left):
            return False
        ended = [left.pop() for _ in range(pops)]
        return not any(_missing(loop, seen) for loop, _, seen in ended)


def places_of(segments: list[Segment]) -> Places:
    """The places of segments by their names, and by their qualifiers."""
    found: dict[str, list[int]] = {}
    for place, segment in enumerate(segments):
        found.setdefault(segment[0], []).append(place)
        if segment[0] in _QUALIFIED and len(segment) > 1:
            found.setdefault(f"{segment[0]}*{segment[1]}", []).append(place)
    return Places((name, tuple(places)) for name, places in found.items())


def _missing(loop: Loop, seen: Seen) -> int:
    return loop.needs - sum(part.required for part in seen)


def _counted(seen: Seen, part: Rule | Loop) -> bool:
    """Count a segment or loop; whether there may be so many."""
    seen[part] = seen.get(part, 0) + 1
    return seen[part] <= part.most


def section_name(step: Step) -> str:
    """The section that begins with this step: the loop entered, or with a plus one that is gone on with."""
    return step.pushes[-1].id if step.pushes else step.state.loop.id + "+"


@lru_cache(maxsize=32)
def courses(table: str, component: str) -> Courses:
    """The courses of a guide's table, shared by all that read or check."""
    return Courses(table, component)


def stretches(tokens: Tokens) -> Iterator[Stretch]:
    """The file's stretches. Those of sets without a table, and what stands outside of sets, have no shape."""
    group: Segment = []
    guide: Courses | None = None
    for rows in tokens.batches():
        marks, first, begin = tokens.delimiters, tokens.line + 1 - len(rows), 0
        heads, deepest = _heads(guide, marks.element), _DEEPEST
        for at, row in enumerate(rows):
            if row[:3] not in heads:
                continue
            depth = heads[row[:3]]
            if depth <= deepest and at > begin:
                yield _stretch(first + begin, rows[begin:at], marks, guide)
                begin = at
            deepest = depth or _DEEPEST
            if not depth:
                segment = rows[at].split(marks.element)
                group = segment if segment[0] == "GS" else group
                table = table_for(value(segment, 1), value(segment, 3) or value(group, 8)) if segment[0] == "ST" else ""
                guide = courses(table, marks.component) if table else None
                heads = _heads(guide, marks.element)
        if begin < len(rows):
            yield _stretch(first + begin, rows[begin:], marks, guide)


def _stretch(line: int, rows: list[str], marks: Delimiters, guide: Courses | None) -> Stretch:
    separator = marks.element
    counted = len(rows) == 1 and rows[0][:3] == "BIN"
    segments = [rows[0].split(separator, 2)] if counted else [row.split(separator) for row in rows]
    return Stretch(line, rows, segments, guide.shape(segments) if guide else "")


@lru_cache(maxsize=64)
def _heads(guide: Courses | None, separator: str) -> dict[str, int]:
    """What the rows begin with that may begin a stretch, and how deep they lead: control segments to nothing."""
    names = dict.fromkeys(CONTROL, 0) | (guide.openers if guide else {})
    return {(name + separator)[:3]: depth for name, depth in names.items()}


def _openers(guide: Grammar) -> dict[str, int]:
    """The segments that can only begin a loop, and how deep in the guide that is at least."""
    depths = {"HEADER": 0}

    def depth(loop: Loop) -> int:
        if loop.id not in depths:
            depths[loop.id] = 1 + min((depth(guide.loops[parent]) for parent in loop.parents), default=0)
        return depths[loop.id]

    inside = {rule.id for loop in guide.loops.values() for rule in loop.rules[1:]} | _ANYWHERE | CONTROL
    found: dict[str, int] = {}
    for loop in guide.loops.values():
        if (name := loop.rules[0].id) not in inside:
            found[name] = min(found.get(name, _DEEPEST), depth(loop) if name != "HL" else 1) or 1
    return found
