"""The typed content of any X12 file, a row a claim, payment claim, benefit, inquiry, status or review, for people and programs.

The file is walked once, set by set; what is held is one claim, one answer or one payment, never the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from claimwright.findings import Finding
from claimwright.x12.acknowledgement import read_277ca, read_999, read_ta1
from claimwright.x12.claim_reading import read_claims
from claimwright.x12.claim_status import read_276, read_277
from claimwright.x12.eligibility import read_270, read_271
from claimwright.x12.gists import Row, sentences
from claimwright.x12.located import table_for, value
from claimwright.x12.remittance import read_remittances
from claimwright.x12.review_model import ReviewRequest
from claimwright.x12.services_review import read_278
from claimwright.x12.sniff import kind_of_set
from claimwright.x12.tokens import Segment, Source, Tokens

__all__ = ["Row", "sentences", "show"]

_KEPT = 1 << 20  # bytes of a set that are kept, to be shown as segments if no reader makes anything of it


def show(source: Source) -> Iterator[Row]:
    """Every typed object of a file as a row of plain values, in the file's order; what has no typed form comes as segments."""
    file = _File(source)
    interchange = group = _Piece("", b"", 0)
    said = inside = False  # whether anything was shown; whether the envelope around untyped sets was
    for piece in file:
        if piece.name in ("ISA", "GS"):
            interchange, group = (piece, _Piece("", b"", 0)) if piece.name == "ISA" else (interchange, piece)
            inside = False
            continue
        rows: Iterator[Row] = iter(())
        reader = _typed(file, piece, group)
        if reader is not None:
            rows = _read(file, reader, interchange, group, piece)
        elif piece.name != "TA1" and (piece.name not in ("GE", "IEA") or inside):
            opened = () if inside else (interchange, group)
            inside = True
            rows = chain.from_iterable(file.segments(one) for one in (*opened, piece))
        for row in rows:
            said = True
            yield row
        for rest in file.continued():  # what of a set its reader did not want, or what stands outside any set
            yield from file.segments(rest) if reader is None else ()
    if not said:
        yield from chain(file.segments(interchange), file.segments(group))


class _Piece(NamedTuple):
    """Segments from one of the envelope's to the next; without a name it goes on where a block of the file ended."""

    name: str
    data: bytes
    line: int


class _File:
    """A file in pieces, each taken once."""

    def __init__(self, source: Source) -> None:
        self.tokens = Tokens(source)
        self._pieces = self._cut()
        self._next: _Piece | None = None
        self.control = ""

    def __iter__(self) -> Iterator[_Piece]:
        while (piece := self._take()) is not None:
            yield piece

    def continued(self) -> Iterator[_Piece]:
        """The rest of the piece that was taken last."""
        while (piece := self._take()) is not None:
            if piece.name:
                self._next = piece
                return
            yield piece

    def _take(self) -> _Piece | None:
        piece, self._next = self._next or next(self._pieces, None), None
        return piece

    def _cut(self) -> Iterator[_Piece]:
        line = 1
        for block in self.tokens.raw():
            element, terminator = self.tokens.delimiters.element, self.tokens.delimiters.segment
            cuts = (
                []
                if self.tokens.binary
                else [(one.start(1), one[1].decode()) for one in _edges(element, terminator).finditer(block)]
            )
            if not cuts or cuts[0][0]:
                cuts.insert(0, (0, ""))
            ends = [start for start, _ in cuts[1:]] + [len(block)]
            for (start, name), end in zip(cuts, ends, strict=True):
                data = block[start:end]
                yield _Piece(name, data, line)
                line += 1 if self.tokens.binary else count(data, terminator)

    def rows(self, data: bytes) -> list[Segment]:
        """The segments of some bytes."""
        marks = self.tokens.delimiters
        text = data.decode("utf-8", "replace").replace("\n", "" if marks.segment != "\n" else "\n")
        return [row.split(marks.element) for one in text.split(marks.segment) if (row := one.strip())]

    def segments(self, piece: _Piece) -> Iterator[Row]:
        """A piece as rows of bare segments."""
        for place, row in enumerate(self.rows(piece.data)):
            if row[0] in ("ST", "ISA", "GS", "GE", "IEA"):
                self.control = value(row, 2) if row[0] == "ST" else ""
            yield {"kind": "segment", "control_number": self.control, "line": piece.line + place, "segment": row}


@lru_cache(maxsize=8)
def _edges(element: str, terminator: str) -> re.Pattern[bytes]:
    """Where an interchange, a group, a set or an acknowledgement begins, or an envelope ends."""
    ends, mark = (re.escape(one.encode("latin-1")) for one in (terminator, element))
    return re.compile(rb"(?:\A|" + ends + rb")\s*(ISA|GS|ST|TA1|GE|IEA)(?=" + mark + rb")")


def count(data: bytes, terminator: str) -> int:
    """How many segments some bytes hold."""
    return sum(1 for one in data.split(terminator.encode("latin-1")) if one.strip())


def _typed(file: _File, piece: _Piece, group: _Piece) -> Callable[[Source], Iterator[Row]] | None:
    """What reads this piece, if it is a set of a kind and version that has a typed form, or a TA1."""
    if piece.name == "TA1":
        return _interchanges
    if piece.name != "ST":
        return None
    row, around = file.rows(piece.data[:200])[0], (file.rows(group.data) or [[]])[0]
    set_id, version = value(row, 1), value(row, 3) or value(around, 8)
    return _READERS.get(kind_of_set(set_id, version)) if table_for(set_id, version) else None


def _read(
    file: _File, reader: Callable[[Source], Iterator[Row]], interchange: _Piece, group: _Piece, piece: _Piece
) -> Iterator[Row]:
    """The rows of one set, which its reader sees alone between its envelopes; its segments, if it makes nothing of them."""
    kept, size = [piece], len(piece.data)
    before = (interchange.data, group.data) if piece.name == "ST" else (interchange.data,)

    def content() -> Iterator[bytes]:
        nonlocal size
        yield b"".join((*before, piece.data))
        for more in file.continued():
            size += len(more.data)
            if size < _KEPT:
                kept.append(more)
            yield more.data

    shift = piece.line - 1 - sum(count(one, file.tokens.delimiters.segment) for one in before)
    shown = False
    for row in reader(content()):
        shown = shown or row["kind"] != "cut off"
        yield _moved(row, shift)
    if not shown:
        for one in (interchange, group, *kept):
            yield from file.segments(one)


def _moved(row: Row, shift: int) -> Row:
    """A row with its places told by the file's own count of segments."""
    for one in (row, *row.get("findings", ())):
        if one.get("line"):
            one["line"] += shift
    return row


# Rows ----------------------------------------------------------------------------------------------------------------


def _plain(value_: Any) -> Any:
    return msgspec.to_builtins(value_)


def _claims(content: Source) -> Iterator[Row]:
    for one in read_claims(content):
        row: Row = {"kind": "claim", "transaction": one.transaction, "control_number": one.patient_control_number}
        row |= {"line": one.first_line, "batch": one.batch, "interchange": one.interchange, "set": one.set_control}
        yield row | {"claim": _plain(one.claim), "findings": _plain(one.findings)}


def _payments(content: Source) -> Iterator[Row]:
    for one in read_remittances(content):
        remit = one.remittance
        row = {"kind": "payment", "control_number": remit.trace if remit else "", "line": one.first_line}
        row |= {"balanced": remit.balanced if remit else None, "findings": _plain(one.findings)}
        if remit is None:
            yield row | {"payment": None}
            continue
        head = _plain(remit)
        claims, adjustments = head.pop("claims", []), head.pop("provider_adjustments", [])
        yield row | {"payment": head}
        for claim, typed in zip(claims, remit.claims, strict=True):
            yield {
                "kind": "payment claim",
                "control_number": typed.patient_control_number,
                "trace": remit.trace,
                "balanced": typed.balanced,
                "claim": claim,
            }
        for adjustment in adjustments:
            yield {"kind": "provider adjustment", "control_number": remit.trace, "adjustment": adjustment}


def _inquiries(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_270(content, findings):
        yield {"kind": "inquiry", "control_number": one.trace, "inquiry": _plain(one)}


def _benefits(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_271(content, findings):
        head = _plain(one)
        benefits = head.pop("benefits", [])
        yield {"kind": "eligibility", "control_number": one.trace, "active": one.active, "answer": head}
        for benefit in benefits:
            yield {"kind": "benefit", "control_number": one.trace, "benefit": benefit}


def _functional(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_999(content, findings):
        yield {"kind": "acknowledgement", "control_number": one.group_control, "acknowledgement": _plain(one)}


def _statuses(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_277ca(content, findings):
        for ack in one.acks:
            yield {"kind": "status", "control_number": ack.patient_control_number, "batch": one.batch, "status": _plain(ack)}
        if not one.acks:
            head = _plain(one)
            yield {"kind": "batch status", "control_number": one.batch, "status": head}


def _interchanges(content: Source) -> Iterator[Row]:
    for one in read_ta1(content):
        yield {"kind": "interchange acknowledgement", "control_number": one.interchange, "acknowledgement": _plain(one)}


def _asked_statuses(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_276(content, findings):
        control = one.patient_control_number or one.payer_control_number or one.trace
        yield {"kind": "status inquiry", "control_number": control, "inquiry": _plain(one)}


def _told_statuses(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_277(content, findings):
        control = one.patient_control_number or one.payer_control_number or one.trace
        yield {"kind": "claim status", "control_number": control, "category": one.category, "answer": _plain(one)}


def _reviews(content: Source, findings: list[Finding]) -> Iterator[Row]:
    for one in read_278(content, findings):
        if isinstance(one, ReviewRequest):
            yield {"kind": "review request", "control_number": one.trace, "request": _plain(one)}
        else:
            yield {"kind": "review", "control_number": one.trace, "certified": one.certified, "answer": _plain(one)}


def _and_cut(rows: Callable[[Source, list[Finding]], Iterator[Row]]) -> Callable[[Source], Iterator[Row]]:
    """A reader that ends with a row where its set breaks off."""

    def reader(content: Source) -> Iterator[Row]:
        findings: list[Finding] = []
        yield from rows(content, findings)
        for one in findings:
            yield {"kind": "cut off", "control_number": "", "line": one.line, "findings": [_plain(one)]}

    return reader


_READERS: dict[str, Callable[[Source], Iterator[Row]]] = {
    "837P": _claims, "837I": _claims, "837D": _claims, "835": _payments, "270": _and_cut(_inquiries), "271": _and_cut(_benefits),
    "276": _and_cut(_asked_statuses), "277": _and_cut(_told_statuses), "277CA": _and_cut(_statuses), "278": _and_cut(_reviews),
    "999": _and_cut(_functional),
}  # fmt: skip
