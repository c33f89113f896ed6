"""What a claim, payment, inquiry or status says, value by value, each named in the field's words and at its place.

Left out or made alike is what changes no meaning: HL and LX numbers, BHT03 to BHT05, trailing separators, idle zeros,
periods of one day, adjustments spread otherwise over CAS segments, the order of segments of different kinds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import NamedTuple

from claimwright.x12.document import Piece
from claimwright.x12.grammar import segment_shapes
from claimwright.x12.units import Unit

_SILENT = frozenset({"ST", "HL", "LX", "LS", "LE"})
_BHT = (2, 6)  # what a BHT says about the batch that is not its name or its day
# Segments whose first element says which of them it is.
_QUALIFIED = frozenset(
    {"NM1", "N1", "REF", "DTP", "DTM", "AMT", "QTY", "PER", "CRC", "NTE", "LQ", "PWK", "TRN", "PRV", "MEA", "III"}
)
_LINES = frozenset({"2400", "2110", "2220D", "2220E"})
_LINE_CONTROLS = ("6R", "FJ")


class Fact(NamedTuple):
    """One value, with the words for where it stands."""

    words: str
    value: str
    line: int


Facts = dict[tuple[str, ...], Fact]


def facts(unit: Unit, by_control: bool = True) -> Facts:
    """Every value of a unit by its place, in words; lines by their control number where each has its own."""
    controls = line_controls(unit)
    if not by_control or len(set(controls)) < len(controls) or not all(controls):
        controls = []
    telling = _Telling(controls)
    if unit.kind in ("header", "set"):
        for piece in unit.header:
            telling.take(piece)
    for level in unit.levels:
        for piece in level.pieces:
            telling.take(piece)
    for piece in unit.own:
        telling.take(piece)
    return telling.facts


def line_controls(unit: Unit) -> list[str]:
    """The control number of each line, in their order."""
    found: list[str] = []
    for piece in unit.own:
        if piece.begins and piece.path and piece.path[-1].id in _LINES:
            found.append("")
        elif found and not found[-1] and piece.segment[0] == "REF" and piece.element(1) in _LINE_CONTROLS:
            found[-1] = piece.element(2)
    return found


class _Open(NamedTuple):
    """A loop that is being told."""

    key: tuple[str, ...]
    words: str


class _Telling:
    """Turns segments into facts, whatever their order among their kind."""

    def __init__(self, controls: list[str]) -> None:
        self.facts: Facts = {}
        self.controls = controls
        self.lines = 0
        self.open: list[_Open] = []
        self.counts: dict[tuple[str, ...], int] = defaultdict(int)

    def take(self, piece: Piece) -> None:
        """One segment."""
        name = piece.segment[0]
        place = self._loop(piece)
        if name in _SILENT:
            return
        qualifier = piece.element(1) if name in _QUALIFIED else ""
        if name == "HI":
            self._codes(piece, place)
        elif name == "CAS":
            self._adjustments(piece, place)
        elif name in ("DTP", "DTM"):
            self._put(place, (name, qualifier), _segment_name(name, qualifier), _when(piece), piece.line)
        elif name == "PLB":
            self._provider_adjustments(piece, place)
        elif qualifier and _named(name, "*" + qualifier) and not any(piece.segment[3:]):
            self._put(place, (name, qualifier), _segment_name(name, qualifier), _plain(name, 2, 0, piece.element(2)), piece.line)
        else:
            self._elements(piece, place, qualifier)

    def _loop(self, piece: Piece) -> _Open:
        """The loop a segment stands in, told apart from its like by its first segment."""
        deep = len(piece.path)
        if not deep:
            return _Open((), "")
        del self.open[deep - piece.begins :]
        while len(self.open) < deep:
            loop = piece.path[len(self.open)]
            above = self.open[-1] if self.open else _Open((), "")
            if loop.rules[0].id in ("HL", "ST", "CLM", "CLP") or loop.id == "2000":
                words = loop.name.lower() if loop.rules[0].id == "HL" else ""
                self.open.append(_Open((*above.key, loop.id), words))
                continue
            qualifier = piece.element(1) if loop.rules[0].id in ("NM1", "N1", "SBR", "SVD", "LQ", "AK2") else ""
            key = (*above.key, loop.id, qualifier)
            self.counts[key] += 1
            count = self.counts[key]
            if loop.id in _LINES:
                self.lines += 1
                known = self.controls[self.lines - 1] if self.lines <= len(self.controls) else ""
                self.open.append(_Open((*above.key, loop.id, known or f"#{self.lines}"), f"line {self.lines}"))
                continue
            words = loop.name.lower() + (f" {count}" if count > 1 else "")
            if above.words and not above.words.endswith("level"):
                words = f"{above.words}, {words}"
            self.open.append(_Open((*key, str(count)), words))
        return self.open[-1]

    def _put(self, place: _Open, key: tuple[str, ...], words: str, value: str, line: int) -> None:
        if not value:
            return
        where = (*place.key, *key)
        self.counts[where] += 1
        count = self.counts[where]
        shown = words + (f" ({count})" if count > 1 else "")
        self.facts[(*where, str(count))] = Fact(f"{place.words}: {shown}" if place.words else shown, value, line)

    def _elements(self, piece: Piece, place: _Open, qualifier: str) -> None:
        """Each element and component by its name or number."""
        name, marks = piece.segment[0], piece.marks
        where = (*place.key, name, qualifier)
        self.counts[where] += 1
        count = self.counts[where]
        again = f" ({count})" if count > 1 and not (place.key and name in ("EB", "III")) else ""
        for at, whole in enumerate(piece.segment[1:], 1):
            if not whole or (qualifier and at == 1) or (name == "BHT" and at not in _BHT) or (name == "SE" and at):
                continue
            many = whole.split(marks.repetition) if marks.repetition else [whole]
            composite = _composite(name, at)
            if composite and len(many) == 1 and not _joined(name, at):
                for number, part in enumerate(whole.split(marks.component), 1):
                    words = _named(name, f"{at:02d}-{number}") or f"{name}{at:02d}-{number}"
                    self._put(
                        place,
                        (name, qualifier, str(count), f"{at}-{number}"),
                        words + again,
                        _plain(name, at, number, part),
                        piece.line,
                    )
                continue
            text = " ".join(_plain(name, at, 0, one.replace(marks.component, ":").rstrip(":")) for one in many)
            head = _named(name, "*" + qualifier) if qualifier else ""
            words = _named(name, f"{at:02d}") or (f"{head} ({name}{at:02d})" if head else f"{name}{at:02d}")
            self._put(place, (name, qualifier, str(count), str(at)), words + again, text, piece.line)

    def _codes(self, piece: Piece, place: _Open) -> None:
        """HI: each code by its kind, in its order."""
        for whole in piece.segment[1:]:
            kind, _, rest = whole.partition(piece.marks.component)
            text = rest.replace(piece.marks.component, " ").strip()
            self._put(place, ("HI", kind), _segment_name("HI", kind), text, piece.line)

    def _adjustments(self, piece: Piece, place: _Open) -> None:
        """CAS: each reason with its amount and quantity, wherever it stands."""
        group = piece.element(1)
        for at in range(2, len(piece.segment), 3):
            reason, amount, quantity = (piece.element(at + step) for step in range(3))
            if reason or amount:
                text = _plain("CAS", 3, 0, amount) + (f" x {_plain('CAS', 4, 0, quantity)}" if quantity else "")
                self._put(place, ("CAS", group, reason), f"adjustment {group}-{reason}", text, piece.line)

    def _provider_adjustments(self, piece: Piece, place: _Open) -> None:
        provider = piece.element(1)
        for at in range(3, len(piece.segment), 2):
            what = piece.element(at).replace(piece.marks.component, ":")
            if what:
                words = f"provider adjustment {what}"
                self._put(
                    place,
                    ("PLB", provider, piece.element(2), what),
                    words,
                    _plain("PLB", 4, 0, piece.element(at + 1)),
                    piece.line,
                )


def _when(piece: Piece) -> str:
    """A day or a period; a period of one day is that day."""
    if piece.segment[0] == "DTM":
        return " ".join(one for one in piece.segment[2:] if one)
    form, text = piece.element(2), piece.element(3)
    first, _, last = text.partition("-")
    if form == "RD8" and first == last:
        form, text = "D8", first
    return text if form in ("D8", "RD8") else f"{form} {text}".strip()


@cache
def _composite(name: str, place: int) -> bool:
    shape = segment_shapes().get(name)
    return shape is not None and place <= len(shape.elements) and bool(shape.elements[place - 1].parts)


def _joined(name: str, place: int) -> bool:
    """Composites that people read as one value."""
    return bool(_named(name, f"{place:02d}"))


def _plain(name: str, place: int, component: int, text: str) -> str:
    """A value without padding; a number without idle zeros, an amount with its cents."""
    return _number(text, *_kind(name, place, component)) if text else ""


@cache
def _kind(name: str, place: int, component: int) -> tuple[str, int]:
    shape = segment_shapes().get(name)
    if shape is None or place > len(shape.elements):
        return "", 0
    element = shape.elements[place - 1]
    if component:
        if component > len(element.parts):
            return "", 0
        element = element.parts[component - 1]
    return element.kind, element.high


def _number(text: str, kind: str, high: int) -> str:
    text = text.strip()
    if kind[:1] not in ("R", "N") or not re.fullmatch(r"-?\d*\.?\d*", text):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if kind == "R" and high == 18 and number == round(number, 2):  # monetary amounts are R1/18 (data element 782)
        return f"{number:.2f}"
    plain = f"{number.normalize():f}"
    return "0" if plain == "-0" else plain


@cache
def _names() -> dict[str, dict[str, str]]:
    raw = resources.files("claimwright.x12").joinpath("tables", "names.txt").read_text("utf-8")
    found = {}
    for line in raw.splitlines():
        if line.strip() and not line.startswith("#"):
            segment, _, rest = line.partition(" ")
            found[segment] = {one[0]: one[2] for one in (each.strip().partition(" ") for each in rest.split(";"))}
    return found


def _named(segment: str, place: str) -> str:
    return _names().get(segment, {}).get(place, "")


def _segment_name(segment: str, qualifier: str) -> str:
    return _named(segment, "*" + qualifier) or f"{segment}*{qualifier}"
