"""The envelopes of a file without what they hold: interchanges, groups and sets, each with its lines. One quick pass."""

from __future__ import annotations

from datetime import datetime

import msgspec

from claimwright.parties import Struct
from claimwright.x12.envelope import Envelope
from claimwright.x12.located import table_for, value
from claimwright.x12.tokens import Segment, Source, Tokens

_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})
_UNKNOWN = "UNKNOWN"


class Route(Struct):
    """Who sent something to whom, as ISA and GS say it."""

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    usage: str  # ISA15
    gs_sender: str = ""
    gs_receiver: str = ""

    def reply(self, interchange: int, group: int, created: datetime, first_set: int = 1) -> Envelope:
        """The envelope of an answer: back to the sender. What is damaged in the ISA or GS is replaced by what is valid."""
        return Envelope(
            sender_id=self.receiver_id or _UNKNOWN,
            receiver_id=self.sender_id or _UNKNOWN,
            interchange=interchange,
            group=group,
            created=created,
            sender_qualifier=self.receiver_qualifier if self.receiver_qualifier in _QUALIFIERS else "ZZ",
            receiver_qualifier=self.sender_qualifier if self.sender_qualifier in _QUALIFIERS else "ZZ",
            first_set=first_set,
            usage="P" if self.usage == "P" else "T",
            gs_sender=_code(self.gs_receiver) or _code(self.receiver_id) or _UNKNOWN,
            gs_receiver=_code(self.gs_sender) or _code(self.sender_id) or _UNKNOWN,
        )


def _code(text: str) -> str:
    return text if 2 <= len(text) <= 15 else ""


class SetPlace(msgspec.Struct):
    """A transaction set's place in the file. Lines are the file's segment numbers."""

    set_id: str
    control: str
    version: str  # ST03
    first: int
    last: int
    closed: bool = False
    table: str = ""  # the guide it is checked by; nothing where there is none


class GroupPlace(msgspec.Struct):
    """A functional group's place."""

    header: Segment  # GS
    first: int
    sets: list[SetPlace]
    closed: bool = False
    included: str = ""  # GE01


class InterchangePlace(msgspec.Struct):
    """An interchange's place."""

    header: Segment  # ISA
    first: int
    last: int
    groups: list[GroupPlace]
    closed: bool = False
    answers: bool = False  # holds a TA1, which answers another interchange

    def route(self, group: GroupPlace | None = None) -> Route:
        """Who sent it to whom."""
        cell = [one.strip() for one in self.header] + [""] * 16
        gs = group.header if group else []
        return Route(
            sender_qualifier=cell[5],
            sender_id=cell[6],
            receiver_qualifier=cell[7],
            receiver_id=cell[8],
            usage=cell[15],
            gs_sender=value(gs, 2).strip(),
            gs_receiver=value(gs, 3).strip(),
        )


_CONTROL = frozenset({"ISA", "IEA", "TA1", "GS", "GE", "ST", "SE"})


def outline(source: Source) -> list[InterchangePlace]:
    """Every interchange of a file. Sets outside any group and groups outside any interchange are left out."""
    found: list[InterchangePlace] = []
    tokens = Tokens(source)
    for rows in tokens.batches():
        separator, line = tokens.delimiters.element, tokens.line - len(rows)
        for row in rows:
            line += 1
            if (row[:3] if row[2:3] != separator else row[:2]) in _CONTROL:
                _take(found, row.split(separator), line)
        if found:
            _reach(found[-1], line)
    return found


def _take(found: list[InterchangePlace], segment: Segment, line: int) -> None:
    name = segment[0]
    if name == "ISA":
        if found:
            _reach(found[-1], line - 1)
        found.append(InterchangePlace(segment, line, line, []))
        return
    if not found or found[-1].closed:
        return
    interchange = found[-1]
    group = interchange.groups[-1] if interchange.groups and not interchange.groups[-1].closed else None
    if name == "GS":
        _reach(interchange, line - 1)
        interchange.groups.append(GroupPlace(segment, line, []))
    elif name == "IEA":
        _reach(interchange, line - 1)
        interchange.closed, interchange.last = True, line
    elif name == "TA1":
        interchange.answers = True
    elif group is None:
        return
    elif name == "ST":
        _reach(interchange, line - 1)
        set_id, version = value(segment, 1), value(segment, 3)
        table = table_for(set_id, version or value(group.header, 8))
        group.sets.append(SetPlace(set_id, value(segment, 2), version, line, line, table=table))
    elif name == "SE" and group.sets and not group.sets[-1].closed:
        group.sets[-1].closed, group.sets[-1].last = True, line
    elif name == "GE":
        _reach(interchange, line - 1)
        group.closed, group.included = True, value(segment, 1)


def _reach(interchange: InterchangePlace, line: int) -> None:
    """What is still open goes on at least to this line."""
    if interchange.closed:
        return
    interchange.last = line
    group = interchange.groups[-1] if interchange.groups else None
    if group and not group.closed and group.sets and not group.sets[-1].closed:
        group.sets[-1].last = line
