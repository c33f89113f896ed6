"""Envelopes: ISA, GS and ST around what is sent, with every count right by construction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import cast

from claimwright.money import x12_amount
from claimwright.parties import Struct
from claimwright.x12.tokens import Delimiters, Segment

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Envelope(Struct):
    """Who sends to whom, and the control numbers, which the sender keeps unique (ISA13, GS06, ST02)."""

    sender_id: str
    receiver_id: str
    interchange: int
    group: int
    created: datetime
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    first_set: int = 1
    usage: str = "T"  # ISA15: P production, T test
    gs_sender: str = ""
    gs_receiver: str = ""


class SetWriter:
    """One transaction set in the making. Values are strings; a tuple is a composite; empty ends are cut."""

    def __init__(self, code: str, control: str, version: str) -> None:
        self.texts: list[str] = []
        self._levels = 0
        self.control = control
        self.add("ST", code, control, version)

    def add(self, *values: str | tuple[str, ...]) -> None:
        """Append a segment, cutting empty elements and components from its end."""
        cells = cast(tuple[str, ...], values)
        try:
            row = _ELEMENT.join(cells)  # most segments have no composite: asking each value takes longer
        except TypeError:
            cells = tuple([value if isinstance(value, str) else composite(*value) for value in values])
            row = _ELEMENT.join(cells)
        if row.count(_ELEMENT) >= len(cells) or _SEGMENT in row:
            row = _row(cells)
        self.texts.append(row.rstrip(_ELEMENT))

    @property
    def rows(self) -> list[Segment]:
        """The segments so far, as elements; may be set, to go on with others."""
        return [text.split(_ELEMENT) for text in self.texts]

    @rows.setter
    def rows(self, rows: Sequence[Segment]) -> None:
        self.texts = [_row(row) for row in rows]

    def level(self, code: str, parent: int | None, children: bool | None) -> int:
        """Append an HL; its number is the next. `children` None leaves HL04 out."""
        self._levels += 1
        flag = "" if children is None else str(int(children))
        self.add("HL", str(self._levels), str(parent) if parent else "", code, flag)
        return self._levels

    def __len__(self) -> int:
        return len(self.texts)


# Inside a set under construction, all parts are held apart by characters that no value can have.
_COMPONENT = "\x1f"
_REPETITION = "\x1e"
_ELEMENT = "\x1d"
_SEGMENT = "\x1c"
_UNCLEAN = re.compile("[^\x1c-\x7e]")


def _row(cells: Sequence[str]) -> str:
    """A segment in the making; a value that holds one of our own marks is cleaned of it."""
    row = _ELEMENT.join(cells)
    if row.count(_ELEMENT) >= len(cells) or _SEGMENT in row:
        row = _ELEMENT.join([text_of_row(value) for value in cells])
    return row.rstrip(_ELEMENT)


def composite(*parts: str) -> str:
    """One element of several components, the empty ones at its end cut."""
    return _COMPONENT.join(parts).rstrip(_COMPONENT)


def repeated(values: Iterable[str]) -> str:
    """One element with several values."""
    return _REPETITION.join(values)


def text(value: str) -> str:
    """A value as the basic and extended character sets have it: no accents, no control characters (guides, B.1.1.2)."""
    if value.isascii():
        return value.strip() if value.isprintable() else _CONTROL.sub(" ", value).strip()
    plain = unicodedata.normalize("NFKD", value.replace("ß", "ss").replace("’", "'").replace("–", "-"))
    return _CONTROL.sub(" ", plain.encode("ascii", "ignore").decode()).strip()


@lru_cache(maxsize=4096)
def day(value: date | None) -> str:
    """A date as D8."""
    return f"{value:%Y%m%d}" if value else ""


def span(first: date, last: date | None) -> tuple[str, str]:
    """Qualifier and value of one day or of a period."""
    return ("D8", day(first)) if last is None or last == first else ("RD8", f"{day(first)}-{day(last)}")


def number(value: Decimal) -> str:
    """A quantity without trailing zeros or exponent."""
    if (plain := str(value)).isdigit():
        return plain
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain


money: Callable[[int], str] = lru_cache(maxsize=4096)(x12_amount)


def set_control(envelope: Envelope, place: int) -> str:
    """ST02 of the n-th set (from 0): four digits at least."""
    return f"{envelope.first_set + place:04d}"


def interchange(envelope: Envelope, functional_id: str, version: str, sets: Sequence[SetWriter]) -> bytes:
    """One interchange with one group of these sets, as ASCII bytes, a segment a line."""
    created = envelope.created
    group = str(envelope.group)
    gs_sender, gs_receiver = text(envelope.gs_sender or envelope.sender_id), text(envelope.gs_receiver or envelope.receiver_id)
    made = day(created.date()), created.strftime("%H%M%S")
    rows = [_row(("GS", functional_id, gs_sender, gs_receiver, *made, group, "X", version))]
    for one in sets:
        rows += one.texts
        rows.append(_row(("SE", str(len(one) + 1), one.control)))
    rows.append(_row(("GE", str(len(sets)), group)))
    return _wrapped(envelope, rows, groups=1)


def wrap(envelope: Envelope, rows: Sequence[Segment], groups: int) -> bytes:
    """ISA and IEA around segments. Other delimiters are taken if a value holds one of the usual."""
    return _wrapped(envelope, [_row(row) for row in rows], groups)


def _wrapped(envelope: Envelope, rows: list[str], groups: int) -> bytes:
    body = _SEGMENT.join(rows)
    if _UNCLEAN.search(body):
        rows = [_row([text_of_row(value) for value in row.split(_ELEMENT)]) if _UNCLEAN.search(row) else row for row in rows]
        body = _SEGMENT.join(rows)
    element, component, repetition, terminator = delimiters_avoiding({char for char in _DELIMITERS if char in body})
    control = f"{envelope.interchange:09d}"
    head = ["ISA", "00", " " * 10, "00", " " * 10, envelope.sender_qualifier, f"{text(envelope.sender_id):<15.15}"]
    head += [envelope.receiver_qualifier, f"{text(envelope.receiver_id):<15.15}", envelope.created.strftime("%y%m%d")]
    head += [envelope.created.strftime("%H%M"), repetition, "00501", control, "0", envelope.usage, component]
    end = f"{terminator}\n"
    for mark, delimiter in ((_ELEMENT, element), (_COMPONENT, component), (_REPETITION, repetition), (_SEGMENT, end)):
        body = body.replace(mark, delimiter)
    return f"{element.join(head)}{end}{body}{end}{element.join(('IEA', str(groups), control))}{end}".encode("ascii")


def text_of_row(value: str) -> str:
    """A finished value: plain characters, composites still held apart."""
    if value.isascii() and value.isprintable():
        return value
    parts = re.split(f"([{_COMPONENT}{_REPETITION}])", value)
    return "".join(part if part in (_COMPONENT, _REPETITION) else text(part) for part in parts)


_SPARE = "%}{`=;$_@#?\x05\x06\x07\x0e\x0f\x10"
_DELIMITERS = "*|:>^!~\\" + _SPARE


def delimiters_avoiding(used: set[str]) -> Delimiters:
    """The usual delimiters, each replaced only where a value holds it: nothing that was to be said is lost."""
    chosen: list[str] = []
    for usual, others in (("*", "|"), (":", ">"), ("^", "!"), ("~", "\\")):
        spare = (c for c in usual + others + _SPARE if c not in used and c not in chosen)
        chosen.append(next(spare))
    return Delimiters(*chosen)
