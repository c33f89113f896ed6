"""The guides as data: loops, segments and elements of each transaction, from the tables beside this module.

A table line reads like the guide's own summary. `R1` required once, `S2` situational up to two, `*` without limit;
`01!=85` an element that must hold 85, `04?` one that may be there, none listed: not used; `(..)` components.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

UNLIMITED = 1_000_000
QUALIFIER_AT = {"HL": 3, "BHT": 2}  # the element that tells one use of a segment from another, where it is not the first
TABLES = ("837P", "837I", "837D", "835", "270", "271", "276", "277", "277CA", "278", "999")


class Shape(NamedTuple):
    """What the standard says of an element: its type, length, components and whether it may repeat."""

    kind: str
    low: int = 0
    high: int = 0
    parts: tuple[Shape, ...] = ()
    repeats: bool = False


class SegmentShape(NamedTuple):
    """What the standard says of a segment."""

    elements: tuple[Shape, ...]
    relations: tuple[tuple[str, tuple[int, ...]], ...] = ()


class Element:
    """What a guide says of an element in one place."""

    __slots__ = ("codes", "parts", "required", "shape", "used")

    def __init__(self, shape: Shape, used: bool, required: bool, codes: frozenset[str], parts: tuple[Element, ...]) -> None:
        self.shape, self.used, self.required, self.codes, self.parts = shape, used, required, codes, parts


class Rule:
    """A segment in one place of a guide."""

    __slots__ = ("elements", "id", "loop", "most", "order", "qualifiers", "relations", "required")

    def __init__(self, loop: Loop, identifier: str, required: bool, most: int) -> None:
        self.loop, self.id, self.required, self.most = loop, identifier, required, most
        self.order = 0
        self.qualifiers: frozenset[str] = frozenset()
        self.elements: tuple[Element, ...] = ()
        self.relations: tuple[tuple[str, tuple[int, ...]], ...] = ()


class Loop:
    """A loop of a guide; its first segment opens it."""

    __slots__ = ("children", "id", "most", "name", "needs", "orders", "parents", "required", "rules")

    def __init__(self, identifier: str, name: str, required: bool, most: int, parents: tuple[str, ...]) -> None:
        self.id, self.name, self.required, self.most, self.parents = identifier, name, required, most, parents
        self.rules: list[Rule] = []
        self.children: list[Loop] = []
        self.orders: dict[str, int] = {}  # of the child loops
        self.needs = 0  # how many of its segments and child loops are required

    @property
    def label(self) -> str:
        """The guide's loop identifier, without the mark that our tables add to a loop's tail."""
        return self.id.partition("-")[0] if self.id[0].isdigit() else ""


class Grammar:
    """One transaction of one guide."""

    def __init__(self, transaction: str, set_id: str, group: str, versions: tuple[str, ...]) -> None:
        self.transaction, self.set_id, self.group, self.versions = transaction, set_id, group, versions
        self.loops: dict[str, Loop] = {}
        self.known: dict[str, frozenset[str]] = {}  # segment identifier -> every qualifier in use

    @property
    def root(self) -> Loop:
        """The whole set."""
        return self.loops["HEADER"]


def _table(name: str) -> list[str]:
    raw = resources.files("claimwright.x12").joinpath("tables", f"{name}.txt").read_text("utf-8")
    return [line for line in raw.splitlines() if line.strip() and not line.startswith("#")]


@cache
def segment_shapes() -> dict[str, SegmentShape]:
    """Every segment of the standard that the guides use."""
    shapes = {}
    for line in _table("segments"):
        body, _, relations = line.partition("|")
        name, _, rest = body.partition(" ")
        shapes[name] = SegmentShape(
            tuple(_shape(token) for token in re.findall(r"\([^)]*\)\*?|\S+", rest)),
            tuple((word[0], tuple(int(word[i : i + 2]) for i in range(1, len(word), 2))) for word in relations.split()),
        )
    return shapes


def _shape(token: str) -> Shape:
    repeats = token.endswith("*")
    token = token.rstrip("*")
    if token.startswith("("):
        return Shape("composite", parts=tuple(_shape(part) for part in token[1:-1].split()), repeats=repeats)
    found = re.fullmatch(r"(AN|ID|DT|DQ|TM|R|N0|N2|B)(\d+)/(\d+)", token)
    assert found, f"x12 tables: {token}"
    return Shape(found[1], int(found[2]), int(found[3]), repeats=repeats)


@cache
def _common() -> dict[str, str]:
    return {name: rest.strip() for name, _, rest in (line.partition(" ") for line in _table("common"))}


def _expand(text: str) -> str:
    while "&" in text:
        text = re.sub(r"&(\w+)", lambda found: _common()[found[1]], text)
    return text


@cache
def grammar(name: str) -> Grammar:
    """One guide's table, ready to walk."""
    lines = _table(name)
    words = lines[0].split()
    result = Grammar(words[1], words[3], words[5], tuple(words[7:]))
    loop: Loop | None = None
    for line in lines[1:]:
        if line[0] != " ":
            loop = _loop(line)
            result.loops[loop.id] = loop
        else:
            assert loop, line
            loop.rules.append(_rule(loop, line))
    for one in result.loops.values():
        for parent in one.parents:
            result.loops[parent].children.append(one)
    for one in result.loops.values():
        _number(one)
    for rule in (rule for one in result.loops.values() for rule in one.rules):
        result.known[rule.id] = result.known.get(rule.id, frozenset()) | rule.qualifiers
    return result


@cache
def versions() -> dict[tuple[str, str], str]:
    """(set identifier, version) -> name of the table."""
    found = {}
    for name in TABLES:
        words = _table(name)[0].split()
        found.update({(words[3], version): name for version in words[7:]})
    return found


def _loop(line: str) -> Loop:
    found = re.fullmatch(r"(\S+) ([RS])(\d+|\*)(?: in ((?:[\w-]+ )+?))?\s*([A-Z].*)?", line)
    assert found, f"x12 tables: {line}"
    identifier, usage, most, parents, name = found.groups()
    # A parent is all capitals and digits; the name begins with a capital and goes on in small letters.
    return Loop(identifier, name or "", usage == "R", _most(most), tuple((parents or "").split()))


def _most(text: str) -> int:
    return UNLIMITED if text == "*" else int(text)


def _rule(loop: Loop, line: str) -> Rule:
    identifier, usage, *rest = line.split(None, 2)
    rule = Rule(loop, identifier, usage[0] == "R", _most(usage[1:]))
    shape = segment_shapes()[identifier]
    elements = [Element(one, False, False, frozenset(), _unused(one)) for one in shape.elements]
    for token in re.findall(r"(?:[^\s(]|\([^)]*\))+", _expand(rest[0]) if rest else ""):
        first, last, spec = _span(token)
        for place in range(first, last + 1):
            elements[place - 1] = _element(f"{place}{spec}", shape.elements)[1]
    rule.elements = tuple(elements)
    rule.relations = shape.relations
    at = elements[QUALIFIER_AT.get(identifier, 1) - 1]
    rule.qualifiers = at.parts[0].codes if identifier == "HI" else at.codes
    if identifier in _SAYING or (identifier == "BHT" and loop.id == "HEADER"):
        rule.qualifiers = frozenset()
    return rule


# Their first element says something, but not which segment it is.
_SAYING = frozenset(
    {"ST", "CAS", "SBR", "CR1", "HCP", "AK9", "IK5", "OI", "EB", "PAT", "INS", "AAA", "BPR", "DMG", "UM", "HCR", "HSD", "CR6"}
)


def _span(token: str) -> tuple[int, int, str]:
    """`02-12?(..)` is the same for eleven elements."""
    found = re.match(r"(\d+)(?:-(\d+))?", token)
    assert found, f"x12 tables: {token}"
    return int(found[1]), int(found[2] or found[1]), token[found.end() :]


def _unused(shape: Shape) -> tuple[Element, ...]:
    return tuple(Element(part, False, False, frozenset(), ()) for part in shape.parts)


def _element(token: str, shapes: tuple[Shape, ...]) -> tuple[int, Element]:
    found = re.fullmatch(r"(\d+)([!?])(?:=([^(]+))?(?:\((.*)\))?", token)
    assert found, f"x12 tables: {token}"
    place, mark, codes, inside = int(found[1]), found[2], found[3], found[4]
    shape = shapes[place - 1]
    parts: tuple[Element, ...] = ()
    if inside is not None:
        given = dict(_element(part.strip(), shape.parts) for part in re.findall(r"[^,]+", inside.replace(" ", ",")) if part)
        parts = tuple(given.get(i + 1) or Element(part, False, False, frozenset(), ()) for i, part in enumerate(shape.parts))
    elif shape.parts:
        parts = tuple(Element(part, True, False, frozenset(), ()) for part in shape.parts)
    return place, Element(shape, True, mark == "!", frozenset(codes.split("|")) if codes else frozenset(), parts)


def _number(loop: Loop) -> None:
    """Give each segment and child its place: neighbours of one kind may come in any order, and HL levels come last."""
    order, last = 0, ""
    for rule in loop.rules:
        order += rule.id != last
        last = rule.id
        rule.order = order
    if loop.id != "HEADER":
        loop.children.sort(key=lambda child: child.rules[0].id == "HL")
    last = ""
    for child in loop.children:
        trigger = child.rules[0].id
        order += trigger != last
        last = trigger
        loop.orders[child.id] = order
    loop.needs = sum(rule.required for rule in loop.rules) + sum(child.required for child in loop.children)
