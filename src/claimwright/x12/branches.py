"""The quick way from a file to typed objects: a set's tree branch by branch, each segment laid in its slot.

A branch is a loop with the loops beneath it, as far as the next branch begins: a billing level, a claim, a payment.
Where a segment belongs is the walker's answer. For a stretch of segments of a known shape it has been given before: the course
says which loops begin where, and the segments are laid by their numbers. Only other stretches are walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple

from claimwright.x12.grammar import grammar
from claimwright.x12.located import Place, table_for, value
from claimwright.x12.stretches import CONTROL, Course, Courses, Stretch, courses, stretches
from claimwright.x12.tokens import Segment, Source, Tokens
from claimwright.x12.walk import State, Step

Slots = dict[str, Any]
"""A loop's segments by name ("N4"), by name and first element ("REF*G1"), or all of a name in a list: see Layout."""

Located = tuple[str, int, Slots]
"""A loop, the number of its first segment in the file, and its slots."""


class Layout(NamedTuple):
    """What a reader reads, and what it wants to be told apart."""

    transactions: frozenset[str]
    branches: frozenset[str]  # the loops that begin one
    by_qualifier: frozenset[str]  # segments told apart by their first element
    many: frozenset[str]  # segments of which all are kept; of others the loop's first

    def slot(self, segment: Segment) -> str:
        """The slot of a segment."""
        name = segment[0]
        return f"{name}*{value(segment, 1)}" if name in self.by_qualifier else name


class Branch:
    """A loop and those beneath it, in the file's order; `rows` is their text. `cut` where its set has no end."""

    __slots__ = ("cut", "line", "loop", "loops", "rows")

    def __init__(self, loop: str, line: int, slots: Slots) -> None:
        self.loop, self.line = loop, line
        self.loops: list[Located] = [(loop, line, slots)]
        self.rows: list[str] = []
        self.cut = False

    def find(self, loop: str) -> Slots:
        """The slots of the first loop of this name, empty where there is none."""
        for name, _, slots in self.loops:
            if name == loop:
                return slots
        return {}

    def place_of(self, name: str, row: Segment, separator: str) -> tuple[int, str]:
        """The line and the loop of a segment: this very one, or else the first of its name, or else the branch's first."""
        exact, like = separator.join(row).rstrip(separator), name + separator  # readers pad the segments they take apart
        found = next((at for at, text in enumerate(self.rows) if text.rstrip(separator) == exact), None)
        if found is None:
            found = next((at for at, text in enumerate(self.rows) if text.startswith(like)), 0)
        line = self.line + found
        return line, [loop for loop, start, _ in self.loops if start <= line][-1]


Grown = tuple[Place, Branch]
"""A branch that is whole, and where in the file it stands."""


def branches(source: Source, layout: Layout) -> Iterator[Grown]:
    """Each branch of each set of these transactions, as soon as it is whole; the end of a set comes as branch "SE".

    Where a set breaks off without SE, the branch that it breaks off in and the "SE" are marked as cut.
    Segments that come late, out of order, rejoin their loop; a branch that gains by this is given once more.
    Sets of other kinds or of versions without a table are passed over.
    """
    tokens = Tokens(source)
    grower = Branches(tokens, layout)
    for stretch in stretches(tokens):
        yield from grower.take(stretch)
    yield from grower.end()


class Branches:
    """Lays one file's stretches in branches."""

    def __init__(self, tokens: Tokens, layout: Layout) -> None:
        self.place, self.layout = Place(tokens), layout
        self.courses: Courses | None = None  # none outside of the sets to read
        self.state: State | None = None
        self.plans: dict[Course, Plan] = {}
        self.branch = Branch("", 0, {})
        self.slots: Slots = {}
        self.earlier: dict[str, Branch] = {}  # the latest of each loop

    def take(self, stretch: Stretch) -> Iterable[Grown]:
        """The branches that are whole with the next stretch, to be read before it is gone on."""
        return self.lay(self.plan_of(stretch), stretch)

    def plan_of(self, stretch: Stretch) -> Plan | None:
        """How the next stretch is laid; None where it can only be walked, or is outside of the sets to read."""
        if self.courses is None or self.state is None:
            return None
        course = self.courses.find(self.state, stretch)
        if course is None:
            return None
        plan = self.plans.get(course) or self._plan(course, stretch)
        return None if plan.returns else plan

    def lay(self, plan: Plan | None, stretch: Stretch) -> Iterable[Grown]:
        """The branches that are whole with the next stretch, whose plan is known."""
        if plan is not None:
            self.state = plan.state
            return self._follow(plan, stretch)
        if self.courses is not None or stretch.segments[0][0] in CONTROL:
            return self._walk(stretch)
        return ()

    def turn(self) -> Sequence[Grown]:
        """The branch that is whole where stretches follow that are not laid, at least not yet."""
        whole = ((self.place, self.branch),) if self.branch.loop else ()
        self.branch = Branch("", 0, {})
        self.slots = self.branch.loops[0][2]
        return whole

    def end(self) -> Sequence[Grown]:
        """What is left at the end of the file: a set is not whole without its own end."""
        return self._close(self.place.tokens.line, cut=True)

    # A stretch of known shape ---------------------------------------------------------------------------------------

    def _plan(self, course: Course, stretch: Stretch) -> Plan:
        if len(self.plans) >= _PLANS:
            self.plans.clear()
        plan = self.plans[course] = _plan(course, stretch.segments, self.layout)
        return plan

    def _follow(self, plan: Plan, stretch: Stretch) -> Sequence[Grown]:
        line, rows, segments = stretch.line, stretch.rows, stretch.segments
        branch, begun, whole = self.branch, 0, list[Grown]()
        for laid in plan.loops:
            begins_branch, loop, at, _, _ = laid
            slots = slots_of(laid, segments)
            if not begins_branch:
                branch.loops.append((loop, line + at, slots))
                continue
            branch.rows += rows[begun:at]
            if branch.loop:
                whole.append((self.place, branch))
            branch, begun = Branch(loop, line + at, slots), at
            self.earlier[loop] = branch
        branch.rows += rows[begun:] if begun else rows
        self.branch, self.slots = branch, branch.loops[-1][2]
        return whole

    # A stretch that is walked, segment by segment -------------------------------------------------------------------

    def _walk(self, stretch: Stretch) -> Iterator[Grown]:
        line = stretch.line
        for row, segment in zip(stretch.rows, stretch.segments, strict=True):
            if segment[0] in CONTROL:
                yield from self._close(line, cut=segment[0] != "SE")
                self._envelope(segment, line)
            elif self.courses is not None and self.state is not None:
                step = self.courses.walker.step(self.state, segment, self.courses.component)
                self.state = step.state
                if step.pushes or step.pops:
                    yield from self._turn(step, line)
            if self.branch.loop:
                self.branch.rows.append(row)
                self._lay(segment)
            line += 1

    def _lay(self, segment: Segment) -> None:
        slot = self.layout.slot(segment)
        if segment[0] in self.layout.many:
            self.slots.setdefault(slot, []).append(segment)
        else:
            self.slots.setdefault(slot, segment)

    def _turn(self, step: Step, line: int) -> Sequence[Grown]:
        """Into another loop: one that begins, or one that a segment comes late for."""
        loop, before = step.state.loop.id, self.branch
        if step.pushes and loop not in self.layout.branches:
            self.slots = {}
            before.loops.append((loop, line, self.slots))
            return ()
        homes = {} if step.pushes else {one: slots for one, _, slots in before.loops}
        if loop in homes:
            self.slots = homes[loop]
            return ()
        if step.pushes or loop not in self.earlier:
            self.earlier[loop] = Branch(loop, line, {})
        self.branch = self.earlier[loop]
        self.slots = self.branch.loops[0][2]
        return ((self.place, before),)

    def _close(self, line: int, cut: bool) -> Sequence[Grown]:
        """The end of a set, if one is read."""
        last, end = self.branch, Branch("SE", line, {})
        last.cut = end.cut = cut
        return ((self.place, last), (self.place, end)) if last.loop else ()

    def _envelope(self, segment: Segment, line: int) -> None:
        """Note where in the file we are; go on with a guide only where a set to read begins."""
        place, name = copy(self.place), segment[0]
        self.place, self.courses, self.branch = place, None, Branch("", line, {})
        if name == "ISA":
            place.interchange, place.group, place.set = segment, [], []
            place.delimiters = place.tokens.delimiters
        elif name == "GS":
            place.group, place.set = segment, []
        elif name == "ST":
            place.set = segment
            known = table_for(value(segment, 1), place.version)
            place.grammar = grammar(known) if known else None
            if place.grammar is not None and place.grammar.transaction in self.layout.transactions:
                component = place.delimiters.component
                self.courses, self.plans = courses(known, component), _plans(known, component, self.layout)
                self.state = self.courses.walker.step(self.courses.walker.start, segment, component).state
                self.branch = Branch("HEADER", line, {})
        self.slots, self.earlier = self.branch.loops[0][2], {"HEADER": self.branch}


# Courses laid out ------------------------------------------------------------------------------------------------------

_PLANS = 4096  # courses, before all are forgotten


class Plan:
    """How the segments of a course are laid; `returns` to a loop that was left are not."""

    __slots__ = ("loops", "noted", "returns", "state")

    def __init__(self, course: Course, loops: Sequence[Laid]) -> None:
        self.loops, self.state = tuple(loops), course.state
        self.returns = any(part.loop.endswith("+") for part in course.sections)
        self.noted: Any = None  # what a reader has worked out of it, once for all


Laid = tuple[bool, str, int, tuple[tuple[str, int], ...], tuple[tuple[str, tuple[int, ...]], ...]]
"""Whether a loop begins a branch, its name, where it begins; which segment is in which slot; which are all kept in which."""


def slots_of(laid: Laid, segments: Sequence[Segment]) -> Slots:
    """The slots of a loop, from the segments of its stretch."""
    slots: Slots = {slot: segments[place] for slot, place in laid[3]}
    for slot, places in laid[4]:
        slots[slot] = [segments[place] for place in places]
    return slots


def _plan(course: Course, segments: list[Segment], layout: Layout) -> Plan:
    found: list[Laid] = []
    for loop, begin, end, _ in course.sections:
        ones: dict[str, int] = {}
        several: dict[str, list[int]] = {}
        for place in range(begin, end):
            slot = layout.slot(segments[place])
            if segments[place][0] in layout.many:
                several.setdefault(slot, []).append(place)
            else:
                ones.setdefault(slot, place)
        many = tuple([(slot, tuple(places)) for slot, places in several.items()])
        found.append((loop in layout.branches, loop, begin, tuple(ones.items()), many))
    return Plan(course, found)


@lru_cache(maxsize=32)
def _plans(table: str, component: str, layout: Layout) -> dict[Course, Plan]:
    """The plans of a guide for a reader, shared by all files."""
    return {}
