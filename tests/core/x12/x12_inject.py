"""Put one fault into a good X12 file, said in a line of text: where, what is done, and what must be found.

A line of `tests/data/x12/faults.txt` reads `level | kind | transactions | where | how | found`; see there.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from claimwright.x12.grammar import Rule
from claimwright.x12.located import table_for, walker
from claimwright.x12.tokens import Delimiters, Tokens

TABLE = Path(__file__).parents[2] / "data" / "x12" / "faults.txt"


@dataclass
class Row:
    """One segment, the loop and rule it stands in, and its set."""

    parts: list[str]
    loop: str = ""
    rule: Rule | None = None
    set: int = -1

    @property
    def name(self) -> str:
        return self.parts[0]

    def get(self, place: int) -> str:
        return self.parts[place] if place < len(self.parts) else ""


@dataclass
class Doc:
    """A file in segments."""

    transaction: str
    rows: list[Row]
    marks: Delimiters
    newline: str = ""
    table: str = ""
    after: str = ""  # what stands behind the last segment

    def copy(self) -> Doc:
        rows = [Row(list(row.parts), row.loop, row.rule, row.set) for row in self.rows]
        return Doc(self.transaction, rows, self.marks, self.newline, self.table)

    def text(self) -> bytes:
        end = self.marks.segment + self.newline
        return "".join(self.marks.element.join(row.parts) + end for row in self.rows).encode() + self.after.encode()

    def recount(self) -> None:
        """Right counts in every SE, so that taking a segment away is one fault."""
        start = 0
        for at, row in enumerate(self.rows):
            if row.name == "ST":
                start = at
            elif row.name == "SE" and row.get(1).isdecimal():
                row.parts[1] = str(at - start + 1)


def parse(data: bytes, transaction: str) -> Doc:
    """A good file in rows that know their loops."""
    tokens = Tokens(data)
    rows: list[Row] = []
    state = walk = None
    number, group, table = -1, "", ""
    for segment in tokens:
        row = Row(list(segment))
        if row.name == "GS":
            group = row.get(8)
        if row.name == "ST":
            number += 1
            table = table_for(row.get(1), row.get(3) or group)
            walk = walker(table)
            state = walk.start
        if walk is not None and state is not None:
            step = walk.step(state, segment, tokens.delimiters.component)
            state, row.rule, row.set = step.state, step.rule, number
            row.loop = state.loop.id
        if row.name == "SE":
            walk = None
        rows.append(row)
    return Doc(transaction, rows, tokens.delimiters, "\n" if b"\n" in data else "", table)


@dataclass
class Fault:
    """A harmed file and where its one finding belongs: lines from `low` to `high`, one of the elements."""

    kind: str
    level: int
    transaction: str
    data: bytes
    codes: tuple[str, ...]
    low: int
    high: int
    segment: str
    elements: tuple[str, ...]
    good: bytes = b""  # the file unharmed


@dataclass
class Spot:
    """What a verb did: the row it touched and the element; `low` where a missing thing may be told from."""

    at: int
    element: str = ""
    low: int | None = None
    segment: str = ""


@dataclass
class Kind:
    """One kind of fault, as the table has it."""

    level: int
    name: str
    transactions: tuple[str, ...]
    where: str
    how: str
    codes: tuple[str, ...]
    place: str  # where it is told, if not where it was put
    counted: bool = True

    def fits(self, transaction: str) -> bool:
        return any(re.fullmatch(one.replace("*", ".*"), transaction) for one in self.transactions)

    def into(self, good: Doc, rng: random.Random) -> Fault | None:
        """The fault in a copy of a good file; None where the file has no place for it."""
        doc = good.copy()
        verb, _, rest = self.how.partition(" ")
        spot = VERBS[verb](doc, self.where, rest, rng)
        if spot is None:
            return None
        if self.counted:
            doc.recount()
        data = doc.text()
        if data == good.text():
            return None
        fault = self._placed(doc, spot, data)
        fault.good = good.text()
        return fault

    def _placed(self, doc: Doc, spot: Spot, data: bytes) -> Fault:
        segment, elements = spot.segment or (doc.rows[spot.at].name if spot.at < len(doc.rows) else ""), (spot.element,)
        low, high = (spot.low if spot.low is not None else spot.at) + 1, spot.at + 1
        if self.place == "*":
            return Fault(self.name, self.level, doc.transaction, data, self.codes, 1, len(doc.rows), "", ())
        if self.place.endswith("~"):
            segment, place = self.place[:-3], self.place[-3:-1]
            element = (f"{segment}{place}",)
            return Fault(self.name, self.level, doc.transaction, data, self.codes, 1, len(doc.rows), segment, element)
        if self.place == "@":
            return Fault(self.name, self.level, doc.transaction, data, self.codes, high, high, doc.rows[spot.at].name, ("",))
        if self.place:
            found = re.fullmatch(r"([A-Z0-9]{2,3}?)?(\d\d(?:-\d+)?)?([<>])?", self.place)
            assert found, self.place
            segment = found[1] or segment
            elements = (f"{segment}{found[2]}",) if found[2] else ("",)
            if found[3]:
                step = -1 if found[3] == "<" else 1
                at = spot.at - (step < 0)
                while 0 <= at < len(doc.rows) and doc.rows[at].name != segment:
                    at += step
                low = high = at + 1
        return Fault(self.name, self.level, doc.transaction, data, self.codes, low, high, segment, elements)


# Places ----------------------------------------------------------------------------------------------------------------


def spots(doc: Doc, where: str) -> list[tuple[int, int, int]]:
    """Row, element and component for `loop:SEG*qualifier:element-component`; only those that have a value there."""
    loop = ""
    words = where.split(":")
    if words[0][0].isdigit() or (len(words[0]) > 3 and "*" not in words[0]):
        loop = words.pop(0)
    name, _, qualifier = words[0].partition("*")
    element, _, component = (words[1] if len(words) > 1 else "0").partition("-")
    place, part = int(element), int(component or 0)
    found = []
    for at, row in enumerate(doc.rows):
        if row.name != name or (loop and not re.fullmatch(loop, row.loop)):
            continue
        first = row.get(3) if name == "HL" else row.get(1).partition(doc.marks.component)[0] if name == "HI" else row.get(1)
        if qualifier and first not in qualifier.split(","):
            continue
        found.append((at, place, part))
    return found


def value_at(doc: Doc, at: int, place: int, part: int) -> str:
    text = doc.rows[at].get(place)
    if not part:
        return text
    parts = text.split(doc.marks.component)
    return parts[part - 1] if part <= len(parts) else ""


def put(doc: Doc, at: int, place: int, part: int, value: str) -> str:
    """Set an element or component; gives the element's name."""
    row = doc.rows[at]
    row.parts += [""] * (place + 1 - len(row.parts))
    if part:
        parts = row.parts[place].split(doc.marks.component)
        parts += [""] * (part - len(parts))
        parts[part - 1] = value
        value = doc.marks.component.join(parts).rstrip(doc.marks.component)
    row.parts[place] = value
    while len(row.parts) > 1 and not row.parts[-1] and row.name != "ISA":
        row.parts.pop()
    return f"{row.name}{place:02d}" + (f"-{part}" if part else "")


def filled(doc: Doc, text: str) -> str:
    text = text.replace("{blank}", "   ").replace("{bell}", "\a")
    return text.replace("*", doc.marks.element).replace(":", doc.marks.component).replace("^", doc.marks.repetition)


def loop_start(doc: Doc, at: int) -> int:
    """The first row of the loop that a row stands in."""
    loop = doc.rows[at].loop
    while at > 0 and not (doc.rows[at].loop == loop and (rule := doc.rows[at].rule) and rule is rule.loop.rules[0]):
        at -= 1
    return at


def loop_end(doc: Doc, at: int) -> int:
    """The row after a loop with all that is under it, given its first row."""
    loop = doc.rows[at].rule.loop  # type: ignore[union-attr]
    inside = {loop.id}
    waiting = [loop]
    while waiting:
        waiting += (children := waiting.pop().children)
        inside |= {child.id for child in children}
    opener = doc.rows[at].rule
    end = at + 1
    while end < len(doc.rows) and doc.rows[end].loop in inside and doc.rows[end].rule is not opener:
        end += 1
    return end


# Verbs -----------------------------------------------------------------------------------------------------------------

Verb = Callable[[Doc, str, str, random.Random], Spot | None]


def _choose(doc: Doc, where: str, rng: random.Random, filled: bool = True) -> tuple[int, int, int] | None:
    found = [one for one in spots(doc, where) if not filled or not one[1] or value_at(doc, *one)]
    return rng.choice(found) if found else None


def _changing(change: Callable[[Doc, str, str, random.Random], str], filled: bool = True) -> Verb:
    def verb(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        chosen = _choose(doc, where, rng, filled)
        if chosen is None:
            return None
        return Spot(chosen[0], put(doc, *chosen, change(doc, value_at(doc, *chosen), rest, rng)))

    return verb


def _other_digit(doc: Doc, value: str, rest: str, rng: random.Random) -> str:
    return value[:-1] + rng.choice([one for one in "0123456789" if one != value[-1]])


def _added(doc: Doc, value: str, rest: str, rng: random.Random) -> str:
    return f"{Decimal(value) + Decimal(rng.choice(rest.split(' or '))):f}"


def _again(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """The value that the one before has."""
    found = [one for one in spots(doc, where) if value_at(doc, *one)]
    pairs = [(a, b) for a, b in pairwise(found) if value_at(doc, *a) != value_at(doc, *b)]
    pairs = [(a, b) for a, b in pairs if not any(row.name in rest.split() for row in doc.rows[a[0] : b[0]])]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    return Spot(second[0], put(doc, *second, value_at(doc, *first)))


def _drop(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    chosen = _choose(doc, where, rng)
    if chosen is None:
        return None
    at = chosen[0]
    row = doc.rows[at]
    start = loop_start(doc, at) if row.rule else at
    doc.rows.pop(at)
    return Spot(min(at, len(doc.rows) - 1), "", min(start, at - 1), row.name)


def _drop_loop(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    chosen = _choose(doc, where, rng)
    if chosen is None:
        return None
    at = chosen[0]
    name, parent = doc.rows[at].name, doc.rows[at].rule.loop.parents  # type: ignore[union-attr]
    low = at - 1
    while low > 0 and doc.rows[low].loop not in parent:
        low -= 1
    low = loop_start(doc, low)
    del doc.rows[at : loop_end(doc, at)]
    return Spot(at, "", low, name)


def _twice(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """The segment so many times more."""
    chosen = _choose(doc, where, rng)
    if chosen is None:
        return None
    at = chosen[0]
    row = doc.rows[at]
    for _ in range(int(rest or 1)):
        doc.rows.insert(at + 1, Row(list(row.parts), row.loop, row.rule, row.set))
    return Spot(at + int(rest or 1), low=at + 1)


def _twice_loop(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    chosen = _choose(doc, where, rng)
    if chosen is None:
        return None
    at = chosen[0]
    rows = doc.rows[at : (end := loop_end(doc, at))]
    for _ in range(int(rest or 1)):
        doc.rows[end:end] = [Row(list(row.parts), row.loop, row.rule, row.set) for row in rows]
    return Spot(end + len(rows) * (int(rest or 1) - 1), low=end)


def _insert(after: bool) -> Verb:
    def verb(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        chosen = _choose(doc, where, rng)
        if chosen is None:
            return None
        at = chosen[0] + after
        texts = rest.split("~")
        rows = [Row(filled(doc, text).split(doc.marks.element), doc.rows[chosen[0]].loop) for text in texts]
        doc.rows[at:at] = rows
        return Spot(at)

    return verb


def _later(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """The segment after the next one of its loop (of another kind)."""
    found = [at for at, _, _ in spots(doc, where) if _swappable(doc, at)]
    if not found:
        return None
    at = rng.choice(found)
    doc.rows[at], doc.rows[at + 1] = doc.rows[at + 1], doc.rows[at]
    return Spot(at + 1)


def _swappable(doc: Doc, at: int) -> bool:
    here, there = doc.rows[at], doc.rows[at + 1]
    return here.loop == there.loop and here.name != there.name


def _move(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """The segment after the last of its own loop's segments of another place."""
    chosen = _choose(doc, where, rng)
    target = [at for at, _, _ in spots(doc, rest) if chosen and at > chosen[0]] if chosen else []
    if chosen is None or not target:
        return None
    row = doc.rows.pop(chosen[0])
    doc.rows.insert(target[0], row)
    return Spot(target[0])


VERBS: dict[str, Verb] = {
    "=": _changing(lambda doc, value, rest, rng: filled(doc, rng.choice(rest.split(" or ")))),
    "give": _changing(lambda doc, value, rest, rng: filled(doc, rng.choice(rest.split(" or "))), filled=False),
    "add": _changing(_added),
    "append": _changing(lambda doc, value, rest, rng: value + filled(doc, rest)),
    "prepend": _changing(lambda doc, value, rest, rng: filled(doc, rest) + value),
    "cut": _changing(lambda doc, value, rest, rng: value[: -int(rest)]),
    "empty": _changing(lambda doc, value, rest, rng: ""),
    "digit": _changing(_other_digit),
    "again": _again, "drop": _drop, "drop-loop": _drop_loop, "twice": _twice, "twice-loop": _twice_loop,
    "before": _insert(False), "after": _insert(True), "later": _later, "move": _move,
}  # fmt: skip


def kinds() -> Iterator[Kind]:
    """Every kind of the table."""
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        level, name, transactions, where, how, found = (part.strip() for part in line.split(" | "))
        codes, _, place = found.partition(" ")
        yield Kind(int(level.rstrip("!")), name, tuple(transactions.split()), where, how, tuple(codes.split("|")), place,
                   counted="!" not in level)  # fmt: skip
