"""The quick way from a file to typed objects: a set's tree branch by branch, each segment laid in its slot.

A branch is a loop with the loops beneath it, as far as the next branch begins: a billing level, a claim, a payment.
Where a segment belongs is the walker's answer; its answers are kept here as plain tables, so that a segment costs
two look-ups whatever the guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from claimwright.x12.grammar import grammar
from claimwright.x12.located import Place, table_for, value, walker
from claimwright.x12.tokens import Segment, Source, Tokens
from claimwright.x12.walk import State

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


class Branch:
    """A loop and those beneath it, in the file's order; `rows` is their text. `cut` where its set has no end."""

    __slots__ = ("cut", "line", "loop", "loops", "rows")

    def __init__(self, loop: str, line: int) -> None:
        self.loop, self.line = loop, line
        self.loops: list[Located] = [(loop, line, {})]
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


def branches(source: Source, layout: Layout) -> Iterator[tuple[Place, Branch]]:
    """Each branch of each set of these transactions, as soon as it is whole; the end of a set comes as branch "SE".

    Where a set breaks off without SE, the branch that it breaks off in and the "SE" are marked as cut.
    Segments that come late, out of order, rejoin their loop; a branch that gains by this is given once more.
    Sets of other kinds or of versions without a table are passed over.
    """
    place = Place(Tokens(source))
    tokens = place.tokens
    table: Table = _OUTSIDE
    branch = Branch("", 0)
    slots: Slots = {}
    earlier: dict[str, Branch] = {}
    for rows in tokens.batches():
        separator, first = tokens.delimiters.element, tokens.line + 1 - len(rows)
        begin = 0  # of the branch, in these rows
        for at, row in enumerate(rows):
            segment = row.split(separator)
            told_by, turns = table[segment[0]]
            try:
                table, event, loop, slot, many = turns[segment[told_by]]
            except IndexError:
                table, event, loop, slot, many = turns[""]
            if event == _STAY:
                pass
            elif event == _OPEN:
                slots = {}
                branch.loops.append((loop, first + at, slots))
            elif event == _BACK and loop in (homes := {one: slots for one, _, slots in branch.loops}):
                slots = homes[loop]
            else:
                branch.rows += rows[begin:at]
                begin = at
                if branch.loop:
                    branch.cut = event == _ENVELOPE and segment[0] != "SE"
                    yield place, branch
                if event != _ENVELOPE:
                    if event == _BRANCH or loop not in earlier:
                        earlier[loop] = Branch(loop, first + at)
                    branch = earlier[loop]
                else:
                    if branch.loop:
                        yield place, _end(first + at, branch.cut)
                    table, branch = _envelope(place, segment, layout, first + at)
                    earlier = {"HEADER": branch}
                slots = branch.loops[0][2]
            if many:
                slots.setdefault(slot, []).append(segment)
            elif slot not in slots:
                slots[slot] = segment
        branch.rows += rows[begin:]
    if branch.loop:
        branch.cut = True
        yield place, branch
        yield place, _end(tokens.line, cut=True)


def _end(line: int, cut: bool) -> Branch:
    end = Branch("SE", line)
    end.cut = cut
    return end


def _envelope(place: Place, segment: Segment, layout: Layout, line: int) -> tuple[Table, Branch]:
    """Note where in the file we are; what to go on with, which is of a guide only where a set to read begins."""
    name = segment[0]
    if name == "ISA":
        place.interchange, place.group, place.set = segment, [], []
        place.delimiters = place.tokens.delimiters
    elif name == "GS":
        place.group, place.set = segment, []
    elif name == "ST":
        place.set = segment
        known = table_for(value(segment, 1), place.version)
        place.grammar = grammar(known) if known else None
        if place.grammar is not None and place.grammar.transaction in layout.transactions:
            return _guide(known, place.delimiters.component, layout).begin(), Branch("HEADER", line)
    return _OUTSIDE, Branch("", line)


# The walker's answers as tables --------------------------------------------------------------------------------------

_STAY, _OPEN, _BRANCH, _BACK, _ENVELOPE = range(5)
_ENVELOPES = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"})

Turn = tuple["Table", int, str, str, bool]
"""Where a segment leads: the table to go on with, what happens there to which loop, the slot, whether all are kept."""


class Table(dict[str, tuple[int, "Turns"]]):
    """A state's turns by segment name, with the number of the element that tells them apart (0: none does)."""

    def __init__(self, guide: _Guide | None = None, state: State | None = None) -> None:
        super().__init__()
        self.guide, self.state = guide, state

    def __missing__(self, name: str) -> tuple[int, Turns]:
        turns = Turns(self, name)
        if name in _ENVELOPES:
            turns[name] = (self, _ENVELOPE, "", "", False)
        elif self.guide is None or self.state is None:
            turns[name] = (self, _STAY, "", "", False)
            return 0, turns
        elif name == "HL":
            return self._keep(name, 3, turns)
        elif self.guide.known(name) or name in self.guide.layout.by_qualifier:
            return self._keep(name, 1, turns)
        else:
            turns[name] = self.guide.turn(self.state, name, "")
            if name not in self.guide.walker.known:
                return 0, turns  # what a file makes up is not kept
        return self._keep(name, 0, turns)

    def _keep(self, name: str, told_by: int, turns: Turns) -> tuple[int, Turns]:
        self[name] = told_by, turns
        return told_by, turns


class Turns(dict[str, Turn]):
    """A segment's turns by its qualifier."""

    def __init__(self, table: Table, name: str) -> None:
        super().__init__()
        self.table, self.name = table, name

    def __missing__(self, qualifier: str) -> Turn:
        guide, state = self.table.guide, self.table.state
        assert guide is not None and state is not None
        if self.name == "HI" and guide.component in qualifier:
            return self[qualifier.partition(guide.component)[0]]
        turn = guide.turn(state, self.name, qualifier)
        if not qualifier or qualifier in guide.known(self.name):
            self[qualifier] = turn
        return turn


class _Guide:
    """One guide's walker as tables, filled in as segments ask for them."""

    def __init__(self, table: str, component: str, layout: Layout) -> None:
        self.walker, self.component, self.layout = walker(table), component, layout
        self._tables: dict[State, Table] = {}

    def known(self, name: str) -> frozenset[str]:
        """The qualifiers of a segment that the guide uses."""
        return self.walker.known.get(name, frozenset())

    def begin(self) -> Table:
        """The table after ST."""
        return self.turn(self.walker.start, "ST", "")[0]

    def turn(self, state: State, name: str, qualifier: str) -> Turn:
        """The walker's answer for a segment."""
        step = self.walker.step(state, [name, "", "", qualifier] if name == "HL" else [name, qualifier], self.component)
        event = _BACK if step.pops else _STAY
        loop = step.state.loop.id
        if step.pushes:
            loop = step.pushes[-1].id
            event = _BRANCH if loop in self.layout.branches else _OPEN
        slot = f"{name}*{qualifier}" if name in self.layout.by_qualifier else name
        return self.table(step.state), event, loop, slot, name in self.layout.many

    def table(self, state: State) -> Table:
        """A state's table, always the same."""
        if state not in self._tables:
            self._tables[state] = Table(self, state)
        return self._tables[state]


_guide = lru_cache(maxsize=32)(_Guide)
_OUTSIDE = Table()
