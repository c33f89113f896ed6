"""Verbs of the fault table that look for their own place: wherever the guide's table, or the claim, has one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from x12_inject import VERBS, Doc, Row, Spot, Verb, filled, loop_end, loop_start, put, spots

from claimwright.x12.grammar import Element, grammar, segment_shapes

_CODED_ELSEWHERE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA", "HL"})
_OPENS_NOTHING = frozenset({"N4", "DMG", "PRV", "OI", "SV1", "SV2", "SV3", "MOA", "CL1", "INS", "IK4"})
Found = tuple[int, int, Element]


def verb(name: str) -> Callable[[Verb], Verb]:
    def add(made: Verb) -> Verb:
        VERBS[name] = made
        return made

    return add


def elements(doc: Doc, wanted: Callable[[Row, int, Element, str], bool]) -> list[Found]:
    """Every element of a set for which something is so."""
    found = []
    for at, row in enumerate(doc.rows):
        if row.rule is None or row.name in _CODED_ELSEWHERE:
            continue
        found += [(at, n, one) for n, one in enumerate(row.rule.elements, 1) if wanted(row, n, one, row.get(n))]
    return found


Wanted = Callable[[Row, int, Element, str], bool]


def _element_verb(name: str, wanted: Wanted, new: Callable[[Doc, Found, str, random.Random], str]) -> None:
    @verb(name)
    def change(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        found = elements(doc, wanted)
        if where != "-":
            allowed = {(at, place) for at, place, _ in spots(doc, where)}
            found = [one for one in found if (one[0], one[1]) in allowed]
        if not found:
            return None
        chosen = rng.choice(found)
        return Spot(chosen[0], put(doc, chosen[0], chosen[1], 0, new(doc, chosen, rest, rng)))


def _is_text(row: Row, n: int, one: Element, value: str) -> bool:
    return bool(value) and one.used and one.shape.kind in ("AN", "ID") and not one.codes


def _is_qualifier(row: Row, n: int) -> bool:
    return bool(row.rule and row.rule.qualifiers) and n == (3 if row.name == "HL" else 1)


def _dated(row: Row, n: int, one: Element, value: str) -> bool:
    return bool(value) and one.used and (one.shape.kind == "DT" or (one.shape.kind == "DQ" and row.get(n - 1) == "D8"))


def unlisted(one: Element, rng: random.Random) -> str:
    """A code of the right length that the guide does not list."""
    length = max(one.shape.low, 1)
    while True:
        made = "".join(rng.choice("ZQX79") for _ in range(length))
        if made not in one.codes:
            return made


def listed_nowhere(doc: Doc, found: Found, rest: str, rng: random.Random) -> str:
    """A qualifier that no segment of its kind has."""
    known = grammar(doc.table).known[doc.rows[found[0]].name]
    while (made := unlisted(found[2], rng)) in known:
        pass
    return made


def _too_long(doc: Doc, found: Found, rest: str, rng: random.Random) -> str:
    high = found[2].shape.high
    value = doc.rows[found[0]].get(found[1])
    return (value + "X" * high)[: high + 1]


_element_verb("any-too-long", lambda row, n, one, value: _is_text(row, n, one, value) and one.shape.high < 300, _too_long)
_element_verb(
    "any-too-short",
    lambda row, n, one, value: _is_text(row, n, one, value) and one.shape.low > 1,
    lambda doc, found, rest, rng: doc.rows[found[0]].get(found[1])[: found[2].shape.low - 1],
)
_element_verb(
    "any-amount",
    lambda row, n, one, value: bool(value) and one.used and one.shape.kind == "R",
    lambda doc, found, rest, rng: rng.choice(rest.split(" or ")),
)
_element_verb("any-date", _dated, lambda doc, found, rest, rng: rng.choice(rest.split(" or ")))
_element_verb(
    "any-divided",
    lambda row, n, one, value: _is_text(row, n, one, value) and not _is_qualifier(row, n),
    lambda doc, found, rest, rng: doc.rows[found[0]].get(found[1])[:1] + doc.marks.component + "Q",
)
_element_verb(
    "any-repeated",
    lambda row, n, one, value: _is_text(row, n, one, value) and not one.shape.repeats and not _is_qualifier(row, n),
    lambda doc, found, rest, rng: doc.rows[found[0]].get(found[1])[:1] + (doc.marks.repetition or "") + "Q",
)
_element_verb(
    "any-required-element",
    lambda row, n, one, value: bool(value) and one.required and not _is_qualifier(row, n),
    lambda doc, found, rest, rng: "",
)
_element_verb(
    "any-code",
    lambda row, n, one, value: bool(value) and bool(one.codes) and not _is_qualifier(row, n),
    lambda doc, found, rest, rng: unlisted(found[2], rng),
)
_element_verb(
    "any-qualifier",
    lambda row, n, one, value: bool(value) and bool(one.codes) and _is_qualifier(row, n),
    listed_nowhere,
)
_element_verb(
    "any-unused",
    lambda row, n, one, value: not value and not one.used and not one.shape.parts and one.shape.high > 0,
    lambda doc, found, rest, rng: _typed(found[2]),
)


def _typed(one: Element) -> str:
    """A value of the right type."""
    kind, low = one.shape.kind, max(one.shape.low, 1)
    return {"DT": "20261101", "TM": "0930", "DQ": "X"}.get(kind, "1" * low if kind[0] in "RN" else "X" * low)


def components(doc: Doc, wanted: Callable[[Element, str], bool]) -> Iterator[tuple[int, int, int, Element]]:
    for at, place, one in elements(doc, lambda row, n, one, value: bool(value and one.used and one.shape.parts)):
        values = doc.rows[at].get(place).split(doc.marks.component)
        for number, (part, value) in enumerate(zip(one.parts, values, strict=False), 1):
            if value and wanted(part, value):
                yield at, place, number, part


@verb("any-required-component")
def _required_component(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = [one for one in components(doc, lambda part, value: part.required) if one[2] > 1]
    if not found:
        return None
    at, place, number, _ = rng.choice(found)
    return Spot(at, put(doc, at, place, number, ""))


@verb("any-component-code")
def _component_code(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = list(components(doc, lambda part, value: bool(part.codes)))
    if not found:
        return None
    at, place, number, part = rng.choice(found)
    return Spot(at, put(doc, at, place, number, unlisted(part, rng)))


# Segments and loops ----------------------------------------------------------------------------------------------------


def inside(doc: Doc) -> list[int]:
    """Rows of sets, ST and SE left out."""
    return [at for at, row in enumerate(doc.rows) if row.rule is not None and row.name not in ("ST", "SE")]


def is_opener(row: Row) -> bool:
    return row.rule is not None and row.rule is row.rule.loop.rules[0] and row.loop != "HEADER"


@verb("any-before")
def _before(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    at = rng.choice(inside(doc))
    doc.rows.insert(at, Row(filled(doc, rng.choice(rest.split(" or "))).split(doc.marks.element)))
    return Spot(at, segment=doc.rows[at].name[:3])


@verb("any-lower")
def _lower(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = spots(doc, where)
    if not found:
        return None
    at = rng.choice(found)[0]
    doc.rows[at].parts[0] = doc.rows[at].name.lower()
    return Spot(at)


@verb("any-too-many")
def _too_many(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    at = rng.choice(inside(doc))
    row = doc.rows[at]
    row.parts += [""] * (len(segment_shapes()[row.name].elements) + 1 - len(row.parts)) + ["X"]
    return Spot(at)


@verb("any-components")
def _too_many_components(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = elements(
        doc, lambda row, n, one, value: bool(value and one.used and one.shape.parts and row.name not in ("HI", "CTX"))
    )
    if not found:
        return None
    at, place, one = rng.choice(found)
    values = doc.rows[at].get(place).split(doc.marks.component)
    values += [""] * (len(one.shape.parts) - len(values)) + ["X"]
    return Spot(at, put(doc, at, place, 0, doc.marks.component.join(values)))


@verb("any-trailing")
def _trailing(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = [at for at in inside(doc) if len(doc.rows[at].parts) <= len(segment_shapes()[doc.rows[at].name].elements)]
    at = rng.choice(found)
    doc.rows[at].parts.append("")
    return Spot(at)


@verb("any-required-segment")
def _required_segment(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = [at for at in inside(doc) if doc.rows[at].rule.required and not is_opener(doc.rows[at]) and _alone(doc, at)]
    if not found:
        return None
    at = rng.choice(found)
    row = doc.rows.pop(at)
    return Spot(at, low=loop_start(doc, at - 1), segment=row.name)


def _alone(doc: Doc, at: int) -> bool:
    """Whether a segment is the only one of its rule in its loop."""
    row = doc.rows[at]
    near = [one for one in (doc.rows[at - 1], doc.rows[at + 1]) if one.rule is row.rule]
    return not near


@verb("any-required-loop")
def _required_loop(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = []
    for at in inside(doc):
        row = doc.rows[at]
        if is_opener(row) and row.rule.loop.required and row.name not in ("HL", "SE"):
            end = loop_end(doc, at)
            others = any(one.rule is row.rule for one in (doc.rows[end], *_siblings_before(doc, at)))
            if end - at < 12 and not others:
                found.append(at)
    if not found:
        return None
    at = rng.choice(found)
    name, parents = doc.rows[at].name, doc.rows[at].rule.loop.parents
    low = at - 1
    while low > 0 and doc.rows[low].loop not in parents:
        low -= 1
    low = loop_start(doc, low)
    del doc.rows[at : loop_end(doc, at)]
    return Spot(at, low=low, segment=name)


def _siblings_before(doc: Doc, at: int) -> list[Row]:
    """Rows back to the parent's own."""
    found, parents = [], doc.rows[at].rule.loop.parents
    while at > 0 and doc.rows[at - 1].loop not in parents:
        at -= 1
        found.append(doc.rows[at])
    return found


@verb("any-segment-twice")
def _segment_twice(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = []
    for at in inside(doc):
        rule = doc.rows[at].rule
        rivals = [one for one in rule.loop.rules if one.id == rule.id and one is not rule]
        rivals += [child.rules[0] for child in rule.loop.children if child.rules[0].id == rule.id]
        if rule.most == 1 and not is_opener(doc.rows[at]) and not any(_shared(rule, one) for one in rivals):
            found.append(at)
    if not found:
        return None
    at = rng.choice(found)
    row = doc.rows[at]
    doc.rows.insert(at + 1, Row(list(row.parts), row.loop, row.rule))
    return Spot(at + 1)


def _shared(rule, other) -> bool:
    return not rule.qualifiers or not other.qualifiers or bool(rule.qualifiers & other.qualifiers)


@verb("any-loop-twice")
def _loop_twice(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = []
    for at in inside(doc):
        row = doc.rows[at]
        if is_opener(row) and row.rule.loop.most == 1 and loop_end(doc, at) - at < 12 and row.name not in ("ST", "SE", "HL"):
            found.append(at)
    if not found:
        return None
    at = rng.choice(found)
    end = loop_end(doc, at)
    rows = [Row(list(one.parts), one.loop, one.rule) for one in doc.rows[at:end]]
    doc.rows[end:end] = rows
    return Spot(end)


@verb("any-foreign")
def _foreign(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    known = grammar(doc.table).known
    texts = ("EB*1**30", "CLP*1*1*1*1**12*1", "IK5*A", "TOO*JP*8", "CLM*X*1", "CR1*LB*1", "FRM*1*Y", "UM*HS*I", "MSG*X", "TS2*1")
    fitting = [text for text in texts if text.partition("*")[0] not in known]
    at = rng.choice(inside(doc))
    doc.rows.insert(at, Row(filled(doc, rng.choice(fitting)).split(doc.marks.element)))
    return Spot(at)


@verb("any-misplaced")
def _misplaced(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    """A copy of a segment that opens nothing, put where its loop is not: after the set's first segments."""
    found = [at for at in inside(doc) if not is_opener(doc.rows[at]) and doc.rows[at].loop not in ("HEADER", "1000A", "1000B")]
    found = [at for at in found if doc.rows[at].name in _OPENS_NOTHING]
    start = next((at for at, row in enumerate(doc.rows) if row.name in ("BHT", "BPR", "AK1")), None)
    if not found or start is None:
        return None
    row = doc.rows[rng.choice(found)]
    doc.rows.insert(start + 1, Row(list(row.parts)))
    return Spot(start + 1)


@verb("any-late")
def _late(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    found = []
    for at in inside(doc):
        here, there = doc.rows[at], doc.rows[at + 1]
        movable = here.loop == there.loop != "HEADER" and here.name != there.name and not is_opener(here)
        if movable and there.rule is not None and here.rule.order < there.rule.order:
            found.append(at)
    if not found:
        return None
    at = rng.choice(found)
    doc.rows[at], doc.rows[at + 1] = doc.rows[at + 1], doc.rows[at]
    return Spot(at + 1)


# Envelopes -------------------------------------------------------------------------------------------------------------


@verb("any-interchange-twice")
def _interchange_twice(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    end = len(doc.rows)
    doc.rows += [Row(list(row.parts), row.loop, row.rule) for row in doc.rows]
    return Spot(end)


def _repeat(opener: str, closer: str, counter: str) -> Verb:
    def again(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
        starts = [at for at, row in enumerate(doc.rows) if row.name == opener]
        if not starts:
            return None
        start = rng.choice(starts)
        end = next(at for at in range(start, len(doc.rows)) if doc.rows[at].name == closer) + 1
        doc.rows[end:end] = [Row(list(row.parts), row.loop, row.rule) for row in doc.rows[start:end]]
        total = next(row for row in doc.rows[end:] if row.name == counter)
        total.parts[1] = str(int(total.parts[1]) + 1)
        return Spot(end)

    return again


VERBS["any-group-twice"] = _repeat("GS", "GE", "IEA")
VERBS["any-set-twice"] = _repeat("ST", "SE", "GE")


@verb("any-cut")
def _cut(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    at = rng.choice([at for at in inside(doc) if at + 2 < len(doc.rows)])
    del doc.rows[at + 1 :]
    return Spot(at)


@verb("any-junk-after")
def _junk(doc: Doc, where: str, rest: str, rng: random.Random) -> Spot | None:
    doc.after = rng.choice(["REPORT END", "%%EOF", "-- 1 FILE --"])
    return Spot(len(doc.rows), low=len(doc.rows) - 1)
