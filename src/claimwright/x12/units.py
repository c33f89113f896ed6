"""A file as what it is about: each claim, payment, inquiry or status as its own segments, with the levels it stands under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from claimwright.x12.document import Piece, Where

# The loop that begins one thing that people count, and which element is its number.
CLAIMS: Mapping[str, Mapping[str, str]] = {
    "837P": {"2300": "claim"}, "837I": {"2300": "claim"}, "837D": {"2300": "claim"}, "835": {"2100": "payment claim"},
    "270": {"2000C": "inquiry"}, "271": {"2000C": "eligibility"},
    "276": {"2200D": "status inquiry", "2200E": "status inquiry"}, "277": {"2200D": "status", "2200E": "status"},
    "277CA": {"2200D": "status"}, "999": {"2000": "acknowledgement"},
}  # fmt: skip
_ENVELOPE = frozenset({"ISA", "GS", "GE", "IEA", "SE"})


class Level:
    """One hierarchical level: its own segments. Units that stand under the same level share the object."""

    __slots__ = ("depth", "pieces", "used")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.pieces: list[Piece] = []
        self.used = False


class Unit:
    """One claim, payment, inquiry or status. `header` is what its set says outside of levels and units."""

    __slots__ = ("header", "kind", "levels", "own", "where")

    def __init__(self, kind: str, where: Where, header: list[Piece], levels: tuple[Level, ...], own: list[Piece]) -> None:
        self.kind, self.where, self.header, self.levels, self.own = kind, where, header, levels, own

    @property
    def control(self) -> str:
        """The number that people know it by."""
        return next((one for piece in self.own or self.header for one in _control(piece)), "")


def _control(piece: Piece) -> Iterator[str]:
    name = piece.segment[0]
    if name in ("CLM", "CLP") and piece.element(1):
        yield piece.element(1)
    elif name in ("TRN", "AK2") and piece.element(2):
        yield piece.element(2)


def units(pieces: Iterable[Piece], loops: Mapping[str, Mapping[str, str]] = CLAIMS) -> Iterator[Unit]:
    """Each unit once it is complete. A set without a table, or of a kind that `loops` does not name, is one unit "set".

    After the units of a set comes one of kind "header": what its set says outside of levels and units (an 835's payment too).
    A level under which nothing stands is a unit "level"; segments outside of sets (TA1) are units "interchange".
    """
    gatherer = _Gatherer(loops)
    for piece in pieces:
        if piece.segment:
            yield from gatherer.take(piece)
    yield from gatherer.end()


class _Gatherer:
    """Holds the open set, its open levels and the open unit."""

    def __init__(self, loops: Mapping[str, Mapping[str, str]]) -> None:
        self.loops = loops
        self.where: Where | None = None
        self.header: list[Piece] = []
        self.levels: list[Level] = []
        self.unit: Unit | None = None

    def take(self, piece: Piece) -> Iterator[Unit]:
        """The next segment, which may end the unit before it."""
        name = piece.segment[0]
        if name in _ENVELOPE or name == "ST":
            yield from self.end()
            if name == "ST":
                self.where = piece.where
                self.header.append(piece)
                if not self._names():
                    self.unit = Unit("set", piece.where, self.header, (), [])
        elif self.where is None:
            yield Unit("interchange", piece.where, [], (), [piece])
        elif not self._names():
            if self.unit is not None:
                self.unit.own.append(piece)
        else:
            yield from self._inside(piece)

    def _names(self) -> Mapping[str, str]:
        return self.loops.get(self.where.transaction, {}) if self.where and self.where.grammar else {}

    def _inside(self, piece: Piece) -> Iterator[Unit]:
        assert self.where is not None
        loop = piece.path[-1] if piece.path else None
        opens = self._names().get(loop.id) if loop is not None and piece.begins else None
        if opens:
            yield from self._close()
            if piece.segment[0] == "HL":
                yield from self._leave(depth(piece))
            for level in self.levels:
                level.used = True
            self.unit = Unit(opens, self.where, self.header, tuple(self.levels), [piece])
        elif self.unit is not None and not self._ends_unit(piece):
            self.unit.own.append(piece)
        elif piece.segment[0] == "HL":
            yield from self._close()
            yield from self._leave(depth(piece))
            self.levels.append(Level(depth(piece)))
            self.levels[-1].pieces.append(piece)
        elif self.levels:
            yield from self._close()
            self.levels[-1].pieces.append(piece)
        else:
            yield from self._close()
            self.header.append(piece)

    def _ends_unit(self, piece: Piece) -> bool:
        """A new level (unless within the unit's own), a new header number or the provider adjustments."""
        assert self.unit is not None
        name = piece.segment[0]
        if name == "HL":
            first = self.unit.own[0]
            return first.segment[0] != "HL" or depth(piece) <= depth(first)
        return piece.begins and piece.path[-1].id in ("2000", "FOOTER")

    def _close(self) -> Iterator[Unit]:
        if self.unit is not None:
            unit, self.unit = self.unit, None
            yield unit

    def _leave(self, depth: int) -> Iterator[Unit]:
        """The levels from this depth inwards end; one that nothing stood under is told."""
        while self.levels and self.levels[-1].depth >= depth:
            if not self.levels[-1].used:
                assert self.where is not None
                yield Unit("level", self.where, self.header, tuple(self.levels), [])
                for level in self.levels:
                    level.used = True
            self.levels.pop()

    def end(self) -> Iterator[Unit]:
        """The set ends."""
        if self.where is None:
            return
        yield from self._close()
        yield from self._leave(0)
        if self._names():
            yield Unit("header", self.where, self.header, (), [])
        self.where, self.header, self.levels = None, [], []


def depth(piece: Piece) -> int:
    """How deep a level stands, by its loop's path."""
    return sum(1 for loop in piece.path if loop.rules[0].id == "HL")
