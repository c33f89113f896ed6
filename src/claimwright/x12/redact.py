"""A file in which nobody can be recognized, that is as right and as wrong as before: safe to show to support.

Safe by default: text is replaced unless tables/phi.txt says that it is a code or structure, also in segments and versions
that are not known. Under the same key the same value becomes the same, so a claim and its payment still match.
Amounts, counts, codes, states, control numbers of envelopes and payers' names stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib import resources
from typing import NamedTuple

from claimwright.x12.document import Piece, read
from claimwright.x12.grammar import Element, Grammar, Shape, segment_shapes
from claimwright.x12.pseudonyms import Pseudonyms
from claimwright.x12.tokens import Segment, Source

_SEEN = 50_000  # segments whose redaction is kept
_ANY = Shape("AN", 1, 264)
_PARTY = frozenset({"NM1", "N1", "N2", "N3", "N4", "PER", "REF", "PRV"})
_CODE = re.compile(r"[A-Za-z0-9.-]{1,14}")
_NUMBER = re.compile(r"-?\d*\.?\d*")
_CONTEXTS = re.compile(r"[A-Z0-9]{2,3}\d\d|SITUATIONAL TRIGGER|(PATIENT|SUBSCRIBER) N(AME|UMBER)( [A-Z0-9]{5})?")
_SEPARATORS = ":><|"  # what a sender may divide a composite by that has declared another separator


class _Line(NamedTuple):
    """What the table says of one segment's elements, for those segments that hold the codes."""

    place: int
    codes: frozenset[str]
    kinds: dict[tuple[int, int], str]


class _Table(NamedTuple):
    lines: dict[str, list[_Line]]
    payers: frozenset[str]
    providers: frozenset[str]


@cache
def _table() -> _Table:
    raw = resources.files("claimwright.x12").joinpath("tables", "phi.txt").read_text("utf-8")
    lines: dict[str, list[_Line]] = {}
    entities: dict[str, frozenset[str]] = {}
    for text in raw.splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        name, *words = text.partition(" when ")[0].split()
        if name in ("payers", "providers"):
            entities[name] = frozenset(words)
            continue
        place, _, codes = text.partition(" when ")[2].partition("=")
        kinds = {_place(at): kind for at, kind in zip(words[::2], words[1::2], strict=True)}
        lines.setdefault(name, []).append(_Line(int(place or 0), frozenset(codes.split("|")), kinds))
    return _Table(lines, entities["payers"], entities["providers"])


@cache
def _all_codes(table: Grammar) -> dict[tuple[str, int, int], frozenset[str]]:
    """Every code that a segment's element (or component) may hold anywhere in a transaction."""
    found: dict[tuple[str, int, int], frozenset[str]] = {}
    for rule in (rule for loop in table.loops.values() for rule in loop.rules):
        for at, element in enumerate(rule.elements, 1):
            for place, one in enumerate((element, *element.parts)):
                key = (rule.id, at, place)
                found[key] = found.get(key, frozenset()) | one.codes
    return found


def _place(text: str) -> tuple[int, int]:
    """Element and component; 0 stands for every element, or for the whole element."""
    element, _, component = text.partition("-")
    return (0 if element == "*" else int(element), int(component or 0))


def redact(
    source: Source, key: bytes, *, today: date, keep_providers: bool = False, counted: Counter[str] | None = None
) -> Iterator[bytes]:
    """The file's bytes, redacted, as they are read. `counted` gathers how many values of each kind were replaced."""
    redactor = Redactor(Pseudonyms(key, today), keep_providers)
    for piece in read(source):
        yield redactor.take(piece).raw
    if counted is not None:
        counted.update(redactor.counted)


class Redactor:
    """Redacts one file, segment by segment."""

    def __init__(self, pseudonyms: Pseudonyms, keep_providers: bool) -> None:
        self.names = pseudonyms
        self.keep_providers = keep_providers
        self.counted: Counter[str] = Counter()
        self.entity = ""
        # Providers, payers and codes come again and again.
        self._seen: dict[tuple[object, ...], tuple[Segment, tuple[str, ...]]] = {}
        self._tally: list[str] = []
        self._by_kind: dict[str, Callable[[str], str]] = {
            "code": self._code, "zip": pseudonyms.zip, "birth": self._birth, "date": self._date, "date6": self._date,
            "number": self._as_number, "context": self._context,
        }  # fmt: skip

    def take(self, piece: Piece) -> Piece:
        """The same segment, redacted."""
        if not piece.segment:
            return self._outside(piece)
        name = piece.segment[0]
        if name == "BIN":
            return self._binary(piece)
        if name in ("NM1", "N1"):
            self.entity = piece.element(1)
        elif name not in _PARTY:
            self.entity = ""
        if self.keep_providers and name in _PARTY and self.entity in _table().providers:
            return piece
        alike = (piece.rule, self.entity, piece.marks, *piece.segment)
        known = self._seen.get(alike)
        if known is None:
            self._tally = []
            known = (self._row(piece), tuple(self._tally))
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen[alike] = known
        self.counted.update(known[1])
        return piece.with_segment(known[0])

    def _row(self, piece: Piece) -> Segment:
        """The elements of a segment, redacted."""
        name, *values = piece.segment
        shape = segment_shapes().get(name)
        known = shape is not None or name in _table().lines
        row: Segment = [name if known or re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", name) else self.names.masked(name)]
        kinds = self._kinds(piece)
        elements = piece.rule.elements if piece.rule is not None and piece.rule.id == name else ()
        shapes = shape.elements if shape is not None else ()
        for at, value in enumerate(values, 1):
            if not value:
                row.append(value)
                continue
            one = shapes[at - 1] if at <= len(shapes) else _ANY
            element = elements[at - 1] if at <= len(elements) else None
            kind = kinds.get((at, 0), "")
            if kind in ("keep", "party"):
                stays = name == "ISA" or len(value) <= 3 or _CODE.fullmatch(value) if kind == "keep" else self.keep_providers
                row.append(value if stays else self._replaced(value, "mask"))
            elif not known:
                row.append(self._replaced(value, "unknown"))
            else:
                row.append(self._element(piece, at, one, element, kinds, row[-1]))
        return row

    def _outside(self, piece: Piece) -> Piece:
        """Text between interchanges: every letter and digit replaced."""
        text = piece.raw.decode("latin-1")
        changed = re.sub(r"[A-Za-z0-9\xc0-\xff]+", lambda found: self.names.word(found[0]), text.removeprefix("ï»¿"))
        mark = "ï»¿" if text.startswith("ï»¿") else ""
        return Piece((mark + changed).encode("latin-1"), [], 0, piece.marks, piece.where)

    def _binary(self, piece: Piece) -> Piece:
        """Data of a BIN: every letter and digit replaced, none moved."""
        name, length, rest = piece.raw.decode("latin-1").split(piece.marks.element, 2)
        rest = re.sub(r"[A-Za-z0-9\xc0-\xff]+", lambda found: self.names.word(found[0]), rest)
        raw = piece.marks.element.join((name, length, rest)).encode("latin-1")
        return Piece(raw, ["BIN", length, rest], piece.line, piece.marks, piece.where)

    def _kinds(self, piece: Piece) -> dict[tuple[int, int], str]:
        """What the table says of this segment."""
        found: dict[tuple[int, int], str] = {}
        for line in _table().lines.get(piece.segment[0], ()):
            if not line.place or piece.element(line.place) in line.codes:
                found |= line.kinds
        if piece.segment[0] == "NM1" and piece.element(2) == "1":  # a payer that is a person is a person
            found = {place: kind for place, kind in found.items() if kind != "payer"}
        return found

    def _element(
        self, piece: Piece, at: int, shape: Shape, element: Element | None, kinds: dict[tuple[int, int], str], before: str
    ) -> str:  # fmt: skip
        """Each repetition and component by what it is."""
        value, marks = piece.segment[at], piece.marks
        repetition = marks.repetition if marks.repetition in value and marks.repetition != marks.component else ""
        made = []
        for one in value.split(repetition) if repetition else [value]:
            component = marks.component
            if shape.parts and component not in one:
                component = next((mark for mark in _SEPARATORS if mark in one), component)
            parts: list[str] = []
            for place, part in enumerate(one.split(component) if component else [one], 1):
                inner = shape.parts[place - 1] if place <= len(shape.parts) else _ANY if shape.parts else shape
                rule = element.parts[place - 1] if element and place <= len(element.parts) else None if shape.parts else element
                kind = kinds.get((at, place)) or kinds.get((0, place)) if shape.parts else kinds.get((at, 0))
                qualifier = parts[-1] if parts else before
                codes = rule.codes if rule is not None else frozenset()
                if codes and piece.where.grammar is not None:
                    codes = _all_codes(piece.where.grammar)[piece.segment[0], at, place if shape.parts else 0]
                parts.append(self._part(part, inner, codes, kind or kinds.get((at, 0), ""), qualifier))
            made.append(component.join(parts))
        return repetition.join(made)

    def _part(self, value: str, shape: Shape, codes: frozenset[str], kind: str, before: str) -> str:
        if not value or kind == "keep":
            return value
        if not kind:
            typed = shape.kind
            if typed == "ID":
                return self._listed(value, shape, codes)
            if typed == "TM" or (typed == "DQ" and before == "TM"):
                return value if value.isdecimal() and len(value) <= 8 else self._replaced(value, "mask")
            kind = "date" if typed in ("DT", "DQ") else "number" if typed[0] in "RN" else "mask"
        if kind == "payer":
            return value if len(value) <= 15 or not any(char.isdigit() for char in value) else self._replaced(value, "mask")
        return self._replaced(value, kind)

    def _replaced(self, value: str, kind: str) -> str:
        if kind == "unknown":
            kind = (
                "number" if re.fullmatch(r"-?\d+\.\d{1,2}", value) else "date" if re.fullmatch(r"(19|20)\d{6}", value) else "mask"
            )
        made = self._by_kind.get(kind, self.names.masked)(value)
        if made != value:
            self._tally.append(kind)
        return made

    def _listed(self, value: str, shape: Shape, codes: frozenset[str]) -> str:
        """A code stays if it is one; what is none becomes something else that is none."""
        if value in codes or (not codes and len(value) <= min(shape.high, 5) and re.fullmatch(r"[A-Z0-9]+", value)):
            return value
        made = self._replaced(value, "mask")
        while made in codes:
            made = self.names.masked(made)
        return made

    def _code(self, value: str) -> str:
        good = _CODE.fullmatch(value) and (len(value) <= 3 or any(char.isdigit() for char in value))
        return value if good else self.names.masked(value)

    def _context(self, value: str) -> str:
        return value if _CONTEXTS.fullmatch(value) else self.names.masked(value)

    def _as_number(self, value: str) -> str:
        return value if _NUMBER.fullmatch(value) else self.names.masked(value)

    # Days ----------------------------------------------------------------------------------------------------------

    def _date(self, value: str) -> str:
        return re.sub(r"[^\W_]+", lambda found: self._run(found[0], self.names.day), value)

    def _birth(self, value: str) -> str:
        return re.sub(r"[^\W_]+", lambda found: self._run(found[0], self.names.birth), value)

    def _run(self, digits: str, move: Callable[[date], date]) -> str:
        """CCYYMMDD, with or without a time, or YYMMDD; anything else is no date and becomes nothing that is one."""
        if not (digits.isascii() and digits.isdigit()):
            return self.names.word(digits)
        century = "20" if len(digits) == 6 else ""
        text = century + digits
        if len(text) in (8, 12, 14):
            try:
                on = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
            except ValueError:
                return self.names.word(digits[:-4]) + "9999" if len(digits) == 8 else self.names.word(digits)
            return f"{move(on):%Y%m%d}"[len(century) :].rjust(8 - len(century), "0") + text[8:]
        return self.names.word(digits)
