"""A file as a tree: envelopes, loops by their names, and the segments in them as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from claimwright.findings import Finding
from claimwright.parties import Struct
from claimwright.x12.document import Piece

_DEPTH = {"ISA": 0, "IEA": 0, "TA1": 1, "GS": 1, "GE": 1, "ST": 2, "SE": 2}
_NOTHING: Mapping[int, Sequence[Finding]] = {}


class Branch(Struct):
    """One line of the tree: a loop's title, or a segment with what was found about it."""

    depth: int
    text: str
    line: int = 0  # the segment's number in the file; 0 for a loop's title
    findings: Sequence[Finding] = ()


def tree(pieces: Iterable[Piece], findings: Mapping[int, Sequence[Finding]] = _NOTHING) -> Iterator[Branch]:
    """Each loop and segment in the order of the file; `findings` by segment line."""
    for piece in pieces:
        if not piece.segment:
            continue
        name, path = piece.segment[0], piece.path[1:]
        depth = _DEPTH.get(name, 3 + len(path))
        if piece.begins and path:
            loop = path[-1]
            yield Branch(depth=depth - 1, text=f"{loop.label} {loop.name}".strip())
        text = piece.marks.element.join(piece.segment)
        yield Branch(depth=depth, text=text, line=piece.line, findings=findings.get(piece.line, ()))
