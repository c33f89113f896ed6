"""Segments with their loops: what the typed readers read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from claimwright.findings import Finding
from claimwright.x12.grammar import QUALIFIER_AT, Grammar, Rule, grammar, versions
from claimwright.x12.tokens import Delimiters, Segment, Source, Tokens
from claimwright.x12.walk import Walker


class Section:
    """One loop's own segments, in order. `line` is the file's segment number of the first. `cut`: a set's end that is missing."""

    __slots__ = ("cut", "line", "loop", "segments")

    def __init__(self, loop: str, line: int, *, cut: bool = False) -> None:
        self.loop, self.line, self.cut = loop, line, cut
        self.segments: list[Segment] = []

    def first(self, name: str, *qualifiers: str) -> Segment:
        """The first segment of this kind (and first element), or an empty one."""
        for segment in self.segments:
            if segment[0] == name and (not qualifiers or (len(segment) > 1 and segment[1] in qualifiers)):
                return segment
        return []

    def places(self, name: str) -> Sequence[int]:
        """Where in the section the segments of this kind stand."""
        return [place for place, segment in enumerate(self.segments) if segment[0] == name]

    def all(self, name: str) -> list[Segment]:
        """Every segment of this kind."""
        return [segment for segment in self.segments if segment[0] == name]


class Place:
    """Where in the file the reader is: interchange, group and set."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.delimiters = Delimiters()  # of the interchange
        self.interchange: Segment = []
        self.group: Segment = []
        self.set: Segment = []
        self.grammar: Grammar | None = None

    @property
    def transaction(self) -> str:
        """837P, 835 ..., or the bare set identifier where the version is not one we know."""
        return self.grammar.transaction if self.grammar else value(self.set, 1)

    @property
    def version(self) -> str:
        """ST03, or the group's version where the set has none."""
        return value(self.set, 3) or value(self.group, 8)


@cache
def walker(name: str) -> Walker:
    """The walker of one table, made once."""
    return Walker(grammar(name))


def table_for(set_id: str, version: str) -> str:
    """The name of the table for a set, or nothing when the version is not one we check."""
    return versions().get((set_id, version), "")


def value(segment: Segment, place: int) -> str:
    """An element by its number, empty where it is not there."""
    return segment[place] if place < len(segment) else ""


def part(composite: str, place: int, separator: str) -> str:
    """A component by its number, empty where it is not there."""
    values = composite.split(separator)
    return values[place - 1] if place <= len(values) else ""


def sections(
    source: Source, transactions: frozenset[str], findings: list[Finding] | None = None
) -> Iterator[tuple[Place, Section]]:
    """Each loop of each set of these kinds as a section, as soon as the next begins; the set's SE closes as section "SE".

    Where a set breaks off without SE, its last section is given if it is whole, and `findings` gains what is wrong.
    Sets of other kinds or of versions without a table are passed over.
    """
    tokens = Tokens(source)
    place = Place(tokens)
    walk: Walker | None = None
    section: Section | None = None
    for segment in tokens:
        name = segment[0]
        if name in _ENVELOPE:
            if section is not None:
                yield from _broken_off(place, section, tokens.line, findings)
                section = walk = None
            if name == "ISA":
                place.interchange, place.group, place.set = segment, [], []
            elif name == "GS":
                place.group, place.set = segment, []
            if name != "ST":
                continue
            place.set = segment
            table = table_for(value(segment, 1), place.version)
            place.grammar = grammar(table) if table else None
            if place.grammar is None or place.grammar.transaction not in transactions:
                continue
            walk = walker(table)
            state = walk.start
            section = Section("HEADER", tokens.line)
        if walk is None or section is None:
            continue
        if name == "SE":
            yield place, section
            yield place, Section("SE", tokens.line)
            section = walk = None
            continue
        step = walk.step(state, segment, tokens.delimiters.component)
        state = step.state
        if step.pushes:
            yield place, section
            section = Section(step.pushes[-1].id, tokens.line)
        elif step.pops:
            yield place, section
            section = Section(state.loop.id + "+", tokens.line)  # back in a loop already begun
        section.segments.append(segment)
    if section is not None:
        yield from _broken_off(place, section, tokens.line, findings)


def cut_off(*, transaction: str, version: str, claim: str, line: int, what: str) -> Finding:
    """A set that breaks off without its SE: what of it is missing cannot be known, so nothing of it is taken for whole."""
    return Finding(
        code="cut-off",
        severity="error",
        message=f"The set breaks off here without its end (SE): {what}. What is missing cannot be known.",
        fix="Ask for the file again, or for the whole set.",
        transaction=transaction,
        version=version,
        claim=claim,
        line=line,
        segment="SE",
    )


def _broken_off(place: Place, section: Section, line: int, findings: list[Finding] | None) -> Iterator[tuple[Place, Section]]:
    """The end of a set that has none."""
    loop = section.loop.partition("-")[0].rstrip("+")
    whole = _whole(place, section)
    if whole:
        yield place, section
    if findings is not None:
        last = f"loop {loop}" if loop[0].isdigit() else "part"
        what = f"it was read as far as its last {last}" if whole else f"its last {last} is not whole and was not read"
        findings.append(cut_off(transaction=place.transaction, version=place.version, claim="", line=line, what=what))
    yield place, Section("SE", line, cut=True)


def _whole(place: Place, section: Section) -> bool:
    """Whether the last section before a break holds what its loop requires, down to the last terminator."""
    if any(problem.code == "unterminated" for problem in place.tokens.problems):
        return False
    loop = place.grammar.loops.get(section.loop) if place.grammar else None
    return loop is None or all(_held(rule, section) for rule in loop.rules if rule.required)


def _held(rule: Rule, section: Section) -> bool:
    at = QUALIFIER_AT.get(rule.id, 1)
    return any(not rule.qualifiers or value(row, at) in rule.qualifiers for row in section.all(rule.id))


_ENVELOPE = frozenset({"ISA", "GS", "ST", "GE", "IEA", "TA1"})
