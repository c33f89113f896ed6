"""A file in parts, each a file of its own: by claim, by set (a payment of an 835), by payer or by size.

Streaming: what is handed out is at once forgotten. Only the last level is held back until it is known whether another
stands under it (HL04). Segments are copied as they stand; HL numbers, counts, control numbers and BHT03 are each part's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from claimwright.parties import Struct
from claimwright.x12.document import Piece, Where, read
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.units import CLAIMS, Level, Unit, depth, units

WAYS = ("claim", "set", "payer", "size")
# Kinds whose sets may be divided: nothing in them adds up over the whole set.
_DIVISIBLE = {kind: CLAIMS[kind] for kind in ("837P", "837I", "837D", "270", "271", "276", "277")}
_WHOLE = {
    "835": "its payments must add up to BPR02; split it by set: one payment, one part",
    "277CA": "its totals cover the whole batch; split it by set",
    "999": "it answers a whole group; split it by set",
}
_BATCH_WIDTH = 30  # BHT03 as the 837 guides limit it


class Chunk(Struct):
    """Bytes that come next in one part. `payer` is the payer's identifier where parts are by payer."""

    part: int  # from 1
    content: bytes
    units: int = 0
    payer: str = ""


def split(source: Source, by: str, *, claims: int = 0, size: int = 0, control: int = 1) -> Iterator[Chunk]:
    """The parts of a file, chunk by chunk. By size: so many claims (or inquiries, sets), or so many bytes, to a part.

    `control` is the first ISA13 and GS06; each further interchange takes the next. ValueError, with a text for the
    user, where a file cannot be split so; parts begun by then are worthless.
    """
    if by == "size" and not (claims > 0 or size > 0):
        raise ValueError("by size needs a number of claims or of megabytes")
    splitter = _Splitter(by, claims, size, control)
    loops = {} if by == "set" else _DIVISIBLE
    for unit in units(read(source), loops):
        yield from splitter.take(unit)
    yield from splitter.end()


class _Splitter:
    """Decides which part a unit goes to."""

    def __init__(self, by: str, claims: int, size: int, control: int) -> None:
        self.by, self.claims, self.size = by, claims, size
        self.controls = (count(control), count(control))  # of interchanges, of groups
        self.parts: dict[str, _Part] = {}  # the open ones
        self.made = 0
        self.loose: list[Unit] = []  # TA1 and what else stands outside of sets
        self.seen: Where | None = None  # the latest set that has gone anywhere

    def take(self, unit: Unit) -> Iterator[Chunk]:
        if unit.kind == "interchange":
            self.loose.append(unit)
            return
        if unit.kind == "header" and self.seen is unit.where:
            return  # each part has written it already
        self.seen = unit.where
        if self.by == "claim" and unit.kind == "set":
            kind = unit.where.transaction
            why = _WHOLE.get(kind, "no claims that could stand alone are known in it; split it by set")
            raise ValueError(f"{kind or 'a set'} cannot be split by claim: {why}")
        key = payer_of(unit) if self.by == "payer" else ""
        part = self.parts.get(key)
        if part is not None and self._full(part):
            yield self.parts.pop(key).end()
            part = None
        if part is None:
            self.made += 1
            part = self.parts[key] = _Part(self.made, key, self.controls)
        yield part.add(unit, self.loose)

    def _full(self, part: _Part) -> bool:
        if self.by == "size":
            return (0 < self.claims <= part.units) or (0 < self.size <= part.written)
        return self.by in ("claim", "set")

    def end(self) -> Iterator[Chunk]:
        if self.loose and not self.parts:
            self.made += 1
            self.parts[""] = _Part(self.made, "", self.controls)
        for part in self.parts.values():
            if self.loose:
                yield part.loose(self.loose)
            yield part.end()


class _Part:
    """One file in the making."""

    def __init__(self, number: int, payer: str, controls: tuple[Iterator[int], Iterator[int]]) -> None:
        self.number, self.payer = number, payer
        self.interchanges, self.group_controls = controls
        self.where = Where()
        self.dress: Piece | None = None  # a segment whose delimiters and line ends the envelopes take
        self.control = self.group_control = ""
        self.units = self.written = 0
        self.groups = self.sets = self.segments = self.levels_made = 0
        self.levels: tuple[Level, ...] = ()
        self.numbers: list[tuple[int, str]] = []  # depth and new number of the open levels
        self.held: list[Piece] = []  # from an HL that announces children, until one comes
        self.out: list[bytes] = []

    def add(self, unit: Unit, loose: list[Unit]) -> Chunk:
        """Write one unit, opening what envelopes it needs."""
        where = unit.where
        self._move(where, unit.header[0], loose)
        if self.where is not where:
            self._open_set(unit)
        same = 0
        while same < min(len(self.levels), len(unit.levels)) and self.levels[same] is unit.levels[same]:
            same += 1
        for level in unit.levels[same:]:
            self._put(level.pieces)
        self.levels = unit.levels
        self._put(unit.own)
        self.units += 1
        return self._chunk(1)

    def _move(self, where: Where, dress: Piece, loose: list[Unit]) -> None:
        """Close and open envelopes until the part stands in the same interchange and group."""
        if self.where is where:
            return
        self._close_set()
        if self.where.group is not where.group or self.where.interchange is not where.interchange:
            self._close_group()
        if self.where.interchange is not where.interchange:
            self._close_interchange()
            self._open_interchange(where, dress)
        self.dress = dress
        if loose and not self.groups:
            for one in loose:
                self.out += [piece.raw for piece in one.own]
            loose.clear()
        if where.group and self.where.group is not where.group:
            self.group_control = str(next(self.group_controls) % 1_000_000_000)
            self._row([*where.group[:6], self.group_control, *where.group[7:]])
            self.groups, self.sets = self.groups + 1, 0
            self.where = Where(where.interchange, where.group)

    def _open_interchange(self, where: Where, dress: Piece) -> None:
        self.control = f"{next(self.interchanges) % 1_000_000_000:09d}"
        self.dress = dress
        row = list(where.interchange)
        row[13:14] = [self.control]
        self._row(row)
        self.groups = 0
        self.where = Where(where.interchange)

    def _open_set(self, unit: Unit) -> None:
        self.sets += 1
        self.segments = self.levels_made = 0
        self.levels, self.numbers = (), []
        self.where = unit.where
        first = unit.header[0]
        divided = unit.kind != "set"
        self._put([first.with_element(2, f"{self.sets:04d}")])
        for piece in unit.header[1:]:
            batch = piece.element(3)
            if divided and piece.segment[0] == "BHT" and batch:
                dash = next(sign for sign in "-./X" if sign not in piece.marks)
                mark = f"{dash}{self.number}"
                piece = piece.with_element(3, batch[: _BATCH_WIDTH - len(mark)] + mark)
            self._put([piece])

    def _put(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self.segments += 1
            if piece.segment[0] == "HL" and piece.path:
                piece = self._level(piece)
                self._flush(child=bool(self.held) and depth(piece) > depth(self.held[0]))
                if piece.element(4) == "1":
                    self.held = [piece]
                    continue
            if self.held:
                self.held.append(piece)
            else:
                self.out.append(piece.raw)

    def _level(self, piece: Piece) -> Piece:
        """An HL with its new number and its parent's."""
        deep = depth(piece)
        while self.numbers and self.numbers[-1][0] >= deep:
            self.numbers.pop()
        self.levels_made += 1
        row = list(piece.segment) + [""] * (3 - len(piece.segment))
        row[1] = str(self.levels_made)
        row[2] = self.numbers[-1][1] if self.numbers else row[2]
        self.numbers.append((deep, row[1]))
        return piece.with_segment(row)

    def _flush(self, child: bool) -> None:
        """Let go what was held back: HL04 says now whether a level follows under it."""
        if self.held:
            first = self.held[0]
            if not child and first.rule is not None and "0" in first.rule.elements[3].codes:
                self.held[0] = first.with_element(4, "0")
            self.out += [piece.raw for piece in self.held]
            self.held = []

    # Closing -------------------------------------------------------------------------------------------------------

    def _close_set(self) -> None:
        if self.where.set:
            self._flush(child=False)
            self._row(["SE", str(self.segments + 1), f"{self.sets:04d}"])
            self.where = Where(self.where.interchange, self.where.group)

    def _close_group(self) -> None:
        if self.where.group:
            self._row(["GE", str(self.sets), self.group_control])
            self.where = Where(self.where.interchange)

    def _close_interchange(self) -> None:
        if self.where.interchange:
            self._row(["IEA", str(self.groups), self.control])
            self.where = Where()

    def loose(self, loose: list[Unit]) -> Chunk:
        """Write what stands outside of groups, at the end of an interchange."""
        self._close_set()
        self._close_group()
        for unit in loose:
            piece = unit.own[0]
            if self.where.interchange is not piece.where.interchange:
                self._close_interchange()
                self._open_interchange(piece.where, piece)
            self.out.append(piece.raw)
        loose.clear()
        return self._chunk(0)

    def end(self) -> Chunk:
        """Close every envelope that is open."""
        self._close_set()
        self._close_group()
        self._close_interchange()
        if self.out and not self.out[-1].endswith(b"\n"):
            self.out.append(b"\n")
        return self._chunk(0)

    def _row(self, row: Segment) -> None:
        assert self.dress is not None
        self.out.append(self.dress.with_segment(row).raw)

    def _chunk(self, made: int) -> Chunk:
        content = b"".join(self.out)
        if not self.written:
            content = content.lstrip(b"\r\n\t ")
        self.out = []
        self.written += len(content)
        return Chunk(part=self.number, content=content, units=made, payer=self.payer)


def payer_of(unit: Unit) -> str:
    """The identifier of the payer of a claim, payment, inquiry or answer; empty where it names none."""
    for piece in [piece for level in unit.levels for piece in level.pieces] + unit.own:
        name, first = piece.segment[0], piece.element(1)
        if name == "NM1" and (first == "PR" or piece.loop == "2100A"):
            return piece.element(9) or piece.element(3)
        if name == "N1" and first == "PR":
            return piece.element(4) or piece.element(2)
    return ""
