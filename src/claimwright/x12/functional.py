"""TA1 and 999 (005010X231A1): whether an interchange, a group, a set was taken; written and read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from itertools import zip_longest

import msgspec

from claimwright.findings import Finding
from claimwright.parties import Struct
from claimwright.x12.envelope import Envelope, SetWriter, interchange, set_control, text, wrap
from claimwright.x12.located import Section, part, sections, value
from claimwright.x12.tokens import Segment, Source, Tokens

VERSION_999 = "005010X231A1"
_CONTEXT = 35  # characters of CTX01-2; a longer identifier is cut (X12 interpretation 2293)


class Ta1(Struct):
    """An interchange's acknowledgement."""

    interchange: str  # ISA13 of what is answered
    accepted: bool
    code: str = "A"  # TA104: A accepted, E accepted with errors, R rejected
    note: str = "000"  # TA105
    received: datetime | None = None  # ISA09 and ISA10 of what is answered


class SetAck(Struct):
    """What a 999 says of one set. Codes of the findings are IK3:n and IK4:n; their line counts from ST as 1."""

    group: str
    set_control: str
    accepted: bool
    code: str = "A"  # IK501: A accepted, E accepted with errors, R rejected
    errors: tuple[Finding, ...] = ()
    set_id: str = "837"
    version: str = ""
    reasons: tuple[str, ...] = ()  # IK502-IK506
    copies: tuple[str, ...] = ()  # IK404 of each error in its order: the wrong value, where it is a code that names nobody


class FunctionalAck(Struct):
    """What a 999 says of one group."""

    group_control: str
    functional_id: str
    version: str
    code: str  # AK901: A, E, P, R
    included: int
    received: int
    accepted: int
    sets: tuple[SetAck, ...] = ()
    reasons: tuple[str, ...] = ()  # AK905-AK909


# TA1 -----------------------------------------------------------------------------------------------------------------


def write_ta1(ack: Ta1, envelope: Envelope) -> bytes:
    """An interchange that holds one TA1 and no group."""
    received = ack.received or envelope.created
    row = ["TA1", f"{ack.interchange:0>9}", received.strftime("%y%m%d"), received.strftime("%H%M"), ack.code, ack.note]
    return wrap(envelope, [row], groups=0)


def read_ta1(source: Source) -> Iterator[Ta1]:
    """Every TA1 of a file, whatever else it holds."""
    for row in Tokens(source):
        if row[0] == "TA1":
            code = value(row, 4)
            try:
                received = datetime.strptime(value(row, 2) + value(row, 3), "%y%m%d%H%M")
            except ValueError:
                received = None
            yield Ta1(interchange=value(row, 1), accepted=code in ("A", "E"), code=code, note=value(row, 5), received=received)


# What TA105 says, in our words (data element I18).
TA1_NOTES = {
    "000": "No error.",
    "001": "The control numbers of ISA and IEA differ.",
    "002": "The receiver does not use this standard.",
    "003": "The receiver does not use this version of the envelope.",
    "004": "The segment terminator is not valid.",
    "005": "The sender's qualifier is not valid.",
    "006": "The sender's id is not valid.",
    "007": "The receiver's qualifier is not valid.",
    "008": "The receiver's id is not valid.",
    "009": "The receiver is not known.",
    "010": "The authorization qualifier is not valid.",
    "011": "The authorization information is not valid.",
    "012": "The security qualifier is not valid.",
    "013": "The security information is not valid.",
    "014": "The interchange date is not valid.",
    "015": "The interchange time is not valid.",
    "016": "The standards identifier is not valid.",
    "017": "The version of the envelope is not valid.",
    "018": "The interchange control number is not valid.",
    "019": "ISA14 (acknowledgement requested) is not valid.",
    "020": "ISA15 (test or production) is not valid.",
    "021": "The number of groups in IEA is wrong.",
    "022": "The structure of the envelope is not valid.",
    "023": "The file ends before the interchange does.",
    "024": "What the interchange holds is not valid, a GS for example.",
    "025": "The interchange control number was used before.",
    "026": "The element separator is not valid.",
    "027": "The component separator is not valid.",
    "028": "The delivery date of a deferred delivery is not valid.",
    "029": "The delivery time of a deferred delivery is not valid.",
    "030": "The delivery time code of a deferred delivery is not valid.",
    "031": "The grade of service is not valid.",
}


# 999 -----------------------------------------------------------------------------------------------------------------


def write_999(acks: Sequence[FunctionalAck], envelope: Envelope) -> bytes:
    """One 999 file, a set for each group answered."""
    sets = []
    for place, ack in enumerate(acks):
        out = SetWriter("999", set_control(envelope, place), VERSION_999)
        out.add("AK1", ack.functional_id, ack.group_control, ack.version)
        for one in ack.sets:
            out.add("AK2", one.set_id, one.set_control, one.version)
            _errors(out, one)
            out.add("IK5", one.code, *one.reasons[:5])
        out.add("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted), *ack.reasons[:5])
        sets.append(out)
    return interchange(envelope, "FA", VERSION_999, sets)


def _errors(out: SetWriter, ack: SetAck) -> None:
    """IK3 for each segment in error, with an IK4 for each of its elements."""
    last: tuple[object, ...] = ()
    for one, copy in zip_longest(ack.errors, ack.copies[: len(ack.errors)], fillvalue=""):
        assert isinstance(one, Finding)
        kind, _, code = one.code.partition(":")
        head = (one.segment, one.line, one.loop, one.claim)
        if kind != "IK4" or head != last:
            # IK303 has four characters: loop 2010AA is told as 2010.
            out.add("IK3", one.segment, str(one.line), one.loop[:4], "8" if kind == "IK4" else code)
            if one.claim and ack.set_id == "837":
                out.add("CTX", ("CLM01", text(one.claim)[:_CONTEXT]))
        last = head
        if kind == "IK4":
            found = re.fullmatch(r"[A-Z][A-Z0-9]{1,2}?(\d\d)(?:-(\d+))?", one.element)
            place, component = (int(found[1]), int(found[2] or 0)) if found else (1, 0)
            at = (str(place), str(component) if component else "")
            out.add("IK4", at, element_number(one.segment, place, component), code, text(str(copy)))


@cache
def _numbers() -> dict[str, list[list[str]]]:
    raw = resources.files("claimwright.x12").joinpath("tables", "numbers.txt").read_text("utf-8")
    found: dict[str, list[list[str]]] = {}
    for line in raw.splitlines():
        if line.startswith("#"):
            continue
        name, _, rest = line.partition(" ")
        found[name] = []
        for inside, simple, times in re.findall(r"(?:\(([^)]*)\)|([-\d]+))(?:x(\d+))?", rest):
            element = ["-", *_repeated(inside)] if inside else [simple]
            found[name] += [element] * int(times or 1)
    return found


def _repeated(tokens: str) -> list[str]:
    found: list[str] = []
    for token in tokens.split():
        number, _, times = token.partition("x")
        found += [number] * int(times or 1)
    return found


def element_number(segment: str, place: int, component: int = 0) -> str:
    """The data element reference number of X12 005010; nothing for a whole composite or where the table has none."""
    elements = _numbers().get(segment, [])
    element = elements[place - 1] if 0 < place <= len(elements) else []
    found = element[component] if component < len(element) else ""
    return "" if found == "-" else found


def read_999(source: Source, findings: list[Finding] | None = None) -> Iterator[FunctionalAck]:
    """Every group's acknowledgement of a 999 file. `findings` gains what is cut off: its sets are given as far as they are whole,
    and a group's result that is missing is empty."""
    reader: _AckReader | None = None
    for place, section in sections(source, frozenset({"999"}), findings):
        if section.loop == "HEADER":
            reader = _AckReader(section.first("AK1"), place.tokens.delimiters.component)
        elif reader is not None:
            if section.loop == "SE":
                yield reader.finish()
                reader = None
            else:
                reader.take(section)


class _AckReader:
    def __init__(self, group: Segment, separator: str) -> None:
        self.group, self.separator = group, separator
        self.sets: list[SetAck] = []
        self.totals: Segment = []
        self._begin([])

    def _begin(self, answered: Segment) -> None:
        self.answered = answered
        self.errors: list[Finding] = []
        self.copies: list[str] = []
        self.place: Segment = []
        self.claim = self.because = ""

    def take(self, section: Section) -> None:
        for row in section.segments:
            name = row[0]
            if name == "AK2":
                self._begin(row)
            elif name == "IK3":
                self._finish_segment()
                self.place, self.claim, self.because = row, "", ""
            elif name == "CTX":
                self._context(row)
            elif name == "IK4":
                self._finding(f"IK4:{value(row, 3)}", row)
                self.place = [*self.place[:4], ""]  # what is wrong with the segment is told by its elements
            elif name == "IK5":
                self._finish_segment()
                self._finish_set(row)
            elif name == "AK9":
                self.totals = row

    def _context(self, row: Segment) -> None:
        """Which claim the error is in, or which element of the file made the missing one required."""
        context = value(row, 1)
        if part(context, 1, self.separator) == "CLM01":
            self.claim = part(context, 2, self.separator)
        elif part(context, 1, self.separator) == "SITUATIONAL TRIGGER":
            at, component = part(value(row, 5), 1, self.separator), part(value(row, 5), 2, self.separator)
            element = f"{int(at):02d}" if at.isdecimal() and len(at) < 3 else ""
            said = f" {value(row, 2)[:3]}{element}{'-' + component[:2] if component else ''} asks for it."
            if value(row, 2).isalnum():
                self._because(said)

    def _because(self, said: str) -> None:
        """A trigger follows the segment or the element that it explains."""
        if self.errors and self.place and not value(self.place, 4):
            last = self.errors[-1]
            self.errors[-1] = msgspec.structs.replace(last, message=last.message + said)
        else:
            self.because = said

    def _finish_segment(self) -> None:
        if self.place and value(self.place, 4):
            self._finding(f"IK3:{value(self.place, 4)}", [])
        self.place = []

    def _finding(self, code: str, element: Segment) -> None:
        name, line = value(self.place, 1), value(self.place, 2)
        at, component = part(value(element, 1), 1, self.separator), part(value(element, 1), 2, self.separator)
        number_of = f"{name}{int(at):02d}" if at.isdecimal() and len(at) < 3 else ""
        copy = value(element, 4)
        self.copies.append(copy if may_be_copied(copy) and code == "IK4:7" else "")
        self.errors.append(
            Finding(
                code=code,
                severity="error",
                message=_SAID.get(code, "The receiver reports an error here.") + self.because,
                segment=name,
                line=int(line) if line.isdecimal() and len(line) < 11 else 0,
                loop=value(self.place, 3),
                element=f"{number_of}-{component}" if number_of and component else number_of,
                claim=self.claim,
            )
        )

    def _finish_set(self, row: Segment) -> None:
        code = value(row, 1)
        self.sets.append(
            SetAck(
                group=value(self.group, 2),
                set_id=value(self.answered, 1),
                set_control=value(self.answered, 2),
                version=value(self.answered, 3),
                accepted=code in ("A", "E"),
                code=code,
                errors=tuple(self.errors),
                reasons=tuple(one for one in row[2:] if one),
                copies=tuple(self.copies) if any(self.copies) else (),
            )
        )

    def finish(self) -> FunctionalAck:
        counts = [int(one) if one.isdecimal() and len(one) < 7 else 0 for one in (value(self.totals, i) for i in (2, 3, 4))]
        return FunctionalAck(
            group_control=value(self.group, 2),
            functional_id=value(self.group, 1),
            version=value(self.group, 3),
            code=value(self.totals, 1),
            included=counts[0],
            received=counts[1],
            accepted=counts[2],
            sets=tuple(self.sets),
            reasons=tuple(one for one in self.totals[5:] if one),
        )


def may_be_copied(copy: str) -> bool:
    """Whether a wrong value is told: three letters or digits at most, a code and never a name, a date or a number."""
    return len(copy) <= 3 and copy.isascii() and copy.isalnum()


_SAID = {
    "IK3:1": "The receiver does not know this segment.",
    "IK3:2": "The receiver did not expect this segment here.",
    "IK3:3": "A required segment is missing.",
    "IK3:4": "The loop occurs too often.",
    "IK3:5": "The segment occurs too often.",
    "IK3:6": "The segment does not belong to this transaction.",
    "IK3:7": "The segment is out of order.",
    "IK3:8": "The segment has errors in its elements.",
    "IK3:I4": "The guide does not use this segment.",
    "IK3:I6": "A segment that the situation requires is missing.",
    "IK3:I7": "The loop occurs too seldom.",
    "IK3:I8": "The segment occurs too seldom.",
    "IK3:I9": "The guide does not use this segment in this situation.",
    "IK4:1": "A required element is missing.",
    "IK4:2": "An element is missing that another one requires.",
    "IK4:3": "There are too many elements.",
    "IK4:4": "The element is too short.",
    "IK4:5": "The element is too long.",
    "IK4:6": "The element has a character that is not allowed.",
    "IK4:7": "The code is not one of those allowed.",
    "IK4:8": "The date is not valid.",
    "IK4:9": "The time is not valid.",
    "IK4:10": "Two elements exclude each other.",
    "IK4:12": "The element repeats too often.",
    "IK4:13": "There are too many components.",
    "IK4:I6": "The guide does not use this code here.",
    "IK4:I9": "An element that the situation requires is missing.",
    "IK4:I10": "The guide does not use this element.",
    "IK4:I11": "The element repeats too seldom.",
    "IK4:I12": "The value does not have the required form.",
    "IK4:I13": "The guide does not use this element in this situation.",
}
