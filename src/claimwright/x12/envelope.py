"""Envelopes: ISA, GS and ST around what is sent, with every count right by construction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

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
        self.rows: list[Segment] = [["ST", code, control, version] if version else ["ST", code, control]]
        self._levels = 0
        self.control = control

    def add(self, *values: str | tuple[str, ...]) -> None:
        """Append a segment, cutting empty elements and components from its end."""
        row = [value if isinstance(value, str) else self._composite(value) for value in values]
        while len(row) > 1 and not row[-1]:
            row.pop()
        self.rows.append(row)

    def _composite(self, values: tuple[str, ...]) -> str:
        kept = list(values)
        while kept and not kept[-1]:
            kept.pop()
        return _COMPONENT.join(kept)

    def level(self, code: str, parent: int | None, children: bool | None) -> int:
        """Append an HL; its number is the next. `children` None leaves HL04 out."""
        self._levels += 1
        flag = "" if children is None else str(int(children))
        self.add("HL", str(self._levels), str(parent) if parent else "", code, flag)
        return self._levels

    def __len__(self) -> int:
        return len(self.rows)


# Inside a set under construction, components and repetitions are held apart by characters that no value can have.
_COMPONENT = "\x1f"
_REPETITION = "\x1e"


def repeated(values: Iterable[str]) -> str:
    """One element with several values."""
    return _REPETITION.join(values)


def text(value: str) -> str:
    """A value as the basic and extended character sets have it: no accents, no control characters (guides, B.1.1.2)."""
    if value.isascii():
        return _CONTROL.sub(" ", value).strip()
    plain = unicodedata.normalize("NFKD", value.replace("ß", "ss").replace("’", "'").replace("–", "-"))
    return _CONTROL.sub(" ", plain.encode("ascii", "ignore").decode()).strip()


def day(value: date | None) -> str:
    """A date as D8."""
    return value.strftime("%Y%m%d") if value else ""


def span(first: date, last: date | None) -> tuple[str, str]:
    """Qualifier and value of one day or of a period."""
    return ("D8", day(first)) if last is None or last == first else ("RD8", f"{day(first)}-{day(last)}")


def number(value: Decimal) -> str:
    """A quantity without trailing zeros or exponent."""
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") or "0") if "." in plain else plain


money: Callable[[int], str] = x12_amount


def set_control(envelope: Envelope, place: int) -> str:
    """ST02 of the n-th set (from 0): four digits at least."""
    return f"{envelope.first_set + place:04d}"


def interchange(envelope: Envelope, functional_id: str, version: str, sets: Sequence[SetWriter]) -> bytes:
    """One interchange with one group of these sets, as ASCII bytes, a segment a line."""
    created = envelope.created
    group = str(envelope.group)
    rows: list[Segment] = []
    gs_sender, gs_receiver = text(envelope.gs_sender or envelope.sender_id), text(envelope.gs_receiver or envelope.receiver_id)
    rows.append(
        ["GS", functional_id, gs_sender, gs_receiver, day(created.date()), created.strftime("%H%M%S"), group, "X", version]
    )
    for one in sets:
        rows += one.rows
        rows.append(["SE", str(len(one.rows) + 1), one.control])
    rows.append(["GE", str(len(sets)), group])
    return wrap(envelope, rows, groups=1)


def wrap(envelope: Envelope, rows: Sequence[Segment], groups: int) -> bytes:
    """ISA and IEA around segments. Other delimiters are taken if a value holds one of the usual."""
    clean = [[text_of_row(value) for value in row] for row in rows]
    used = {char for row in clean for value in row for char in value if not char.isalnum()}
    element, component, repetition, terminator = delimiters_avoiding(used)
    control = f"{envelope.interchange:09d}"
    head = ["ISA", "00", " " * 10, "00", " " * 10, envelope.sender_qualifier, f"{text(envelope.sender_id):<15.15}"]
    head += [envelope.receiver_qualifier, f"{text(envelope.receiver_id):<15.15}", envelope.created.strftime("%y%m%d")]
    head += [envelope.created.strftime("%H%M"), repetition, "00501", control, "0", envelope.usage, component]
    lines = [element.join(head)]
    lines += [element.join(row).replace(_COMPONENT, component).replace(_REPETITION, repetition) for row in clean]
    lines.append(element.join(("IEA", str(groups), control)))
    return (f"{terminator}\n".join(lines) + f"{terminator}\n").encode("ascii")


def text_of_row(value: str) -> str:
    """A finished value: plain characters, composites still held apart."""
    if value.isascii() and value.isprintable():
        return value
    parts = re.split(f"([{_COMPONENT}{_REPETITION}])", value)
    return "".join(part if part in (_COMPONENT, _REPETITION) else text(part) for part in parts)


def delimiters_avoiding(used: set[str]) -> Delimiters:
    """The usual delimiters, each replaced only where a value holds it: nothing that was to be said is lost."""
    chosen: list[str] = []
    for usual, others in (("*", "|"), (":", ">"), ("^", "!"), ("~", "\\")):
        spare = (c for c in usual + others + "%}{`=;$_@#?\x1c\x1d\x05\x06" if c not in used and c not in chosen)
        chosen.append(next(spare))
    return Delimiters(*chosen)
