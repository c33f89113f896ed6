"""TA1, 999 (005010X231A1) and 277CA (005010X214): whether a file, a set, a claim was taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from claimwright.findings import Finding
from claimwright.money import Cents
from claimwright.parties import Payer, Provider, Struct
from claimwright.x12.claim_parts import add_provider, add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, set_control, span, text, wrap
from claimwright.x12.located import Section, part, sections, value
from claimwright.x12.tokens import Segment, Source, Tokens
from claimwright.x12.values import UnreadableError, amount, date8, dates

VERSION_999 = "005010X231A1"
VERSION_277CA = "005010X214"


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
    code: str = "A"  # IK501: A accepted, E accepted with errors, R rejected, P partly
    errors: tuple[Finding, ...] = ()
    set_id: str = "837"
    version: str = ""
    reasons: tuple[str, ...] = ()  # IK502-IK506


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


class ClaimAck(Struct):
    """What a 277CA says of one claim."""

    patient_control_number: str
    accepted: bool
    category: str  # claim status category: A1, A2 taken; A3, A6, A7, A8 refused
    status: str  # claim status code
    entity: str = ""
    payer_control_number: str = ""
    charge: Cents = 0
    first_service: date | None = None
    last_service: date | None = None
    message: str = ""
    patient_last: str = ""
    patient_first: str = ""
    member_id: str = ""
    decided_on: date | None = None
    also: tuple[tuple[str, str, str], ...] = ()  # further (category, status, entity)


class ClaimAcks(Struct):
    """A 277CA: a payer's word on each claim of one batch."""

    batch: str  # BHT03 of the 837
    payer: Payer
    provider: Provider
    acks: tuple[ClaimAck, ...] = ()
    submitter_name: str = ""
    submitter_id: str = ""
    reference: str = ""  # TRN02 of the payer
    received: date | None = None
    processed: date | None = None


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


# 999 -----------------------------------------------------------------------------------------------------------------


def write_999(acks: Sequence[FunctionalAck], envelope: Envelope) -> bytes:
    """One 999 file, a set for each group answered."""
    sets = []
    for place, ack in enumerate(acks):
        out = SetWriter("999", set_control(envelope, place), VERSION_999)
        out.add("AK1", ack.functional_id, ack.group_control, ack.version)
        for one in ack.sets:
            out.add("AK2", one.set_id, one.set_control, one.version)
            _errors(out, one.errors)
            out.add("IK5", one.code, *one.reasons[:5])
        out.add("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted), *ack.reasons[:5])
        sets.append(out)
    return interchange(envelope, "FA", VERSION_999, sets)


def _errors(out: SetWriter, errors: Sequence[Finding]) -> None:
    """IK3 for each segment in error, with an IK4 for each of its elements."""
    last: tuple[object, ...] = ()
    for one in errors:
        kind, _, code = one.code.partition(":")
        head = (one.segment, one.line, one.loop, one.claim)
        if kind != "IK4" or head != last:
            # IK303 has four characters: loop 2010AA is told as 2010.
            out.add("IK3", one.segment, str(one.line), one.loop[:4], "8" if kind == "IK4" else code)
            if one.claim:
                out.add("CTX", ("CLM01", text(one.claim)))
        last = head
        if kind == "IK4":
            found = re.fullmatch(r"[A-Z][A-Z0-9]{1,2}?(\d\d)(?:-(\d+))?", one.element)
            at = (str(int(found[1])), found[2] or "") if found else ("1",)
            out.add("IK4", at, "", code)


def read_999(source: Source) -> Iterator[FunctionalAck]:
    """Every group's acknowledgement of a 999 file."""
    reader: _AckReader | None = None
    for place, section in sections(source, frozenset({"999"})):
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
        self.answered: Segment = []
        self.errors: list[Finding] = []
        self.place: Segment = []
        self.claim = ""
        self.totals: Segment = []

    def take(self, section: Section) -> None:
        for row in section.segments:
            name = row[0]
            if name == "AK2":
                self.answered, self.errors = row, []
            elif name == "IK3":
                self._finish_segment()
                self.place, self.claim = row, ""
            elif name == "CTX":
                context = value(row, 1)
                if part(context, 1, self.separator) == "CLM01":
                    self.claim = part(context, 2, self.separator)
            elif name == "IK4":
                self._finding(f"IK4:{value(row, 3)}", row)
                self.place = [*self.place[:4], ""]  # what is wrong with the segment is told by its elements
            elif name == "IK5":
                self._finish_segment()
                self._finish_set(row)
            elif name == "AK9":
                self.totals = row

    def _finish_segment(self) -> None:
        if self.place and value(self.place, 4):
            self._finding(f"IK3:{value(self.place, 4)}", [])
        self.place = []

    def _finding(self, code: str, element: Segment) -> None:
        name, line = value(self.place, 1), value(self.place, 2)
        at, component = part(value(element, 1), 1, self.separator), part(value(element, 1), 2, self.separator)
        number_of = f"{name}{int(at):02d}" if at.isdecimal() and len(at) < 3 else ""
        self.errors.append(
            Finding(
                code=code,
                severity="error",
                message=_SAID.get(code, "The receiver reports an error here."),
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


# 277CA ---------------------------------------------------------------------------------------------------------------


def write_277ca(acks: Sequence[ClaimAcks], envelope: Envelope) -> bytes:
    """One 277CA file, a set for each batch answered. Totals come from the claims."""
    sets = []
    for place, one in enumerate(acks):
        out = SetWriter("277", set_control(envelope, place), VERSION_277CA)
        created = envelope.created
        reference_number = text(one.reference) or f"{envelope.interchange:09d}"
        out.add("BHT", "0085", "08", reference_number, day(created.date()), created.strftime("%H%M"), "TH")
        _levels(out, one, reference_number, created.date())
        sets.append(out)
    return interchange(envelope, "HN", VERSION_277CA, sets)


def _levels(out: SetWriter, one: ClaimAcks, reference_number: str, today: date) -> None:
    source = out.level("20", None, True)
    out.add("NM1", "PR", "2", text(one.payer.name), "", "", "", "", "PI", text(one.payer.payer_id))
    out.add("TRN", "1", reference_number)
    received, processed = one.received or today, one.processed or today
    out.add("DTP", "050", "D8", day(received))
    out.add("DTP", "009", "D8", day(processed))
    receiver = out.level("21", source, True)
    submitter = text(one.submitter_name) or text(one.provider.name)
    out.add("NM1", "41", "2", submitter, "", "", "", "", "46", text(one.submitter_id) or one.provider.npi)
    out.add("TRN", "2", text(one.batch))
    taken, refused = [a for a in one.acks if a.accepted], [a for a in one.acks if not a.accepted]
    total = money(sum(ack.charge for ack in one.acks))
    out.add("STC", ("A1", "19", "PR"), day(processed), "WQ", total)
    _totals(out, "90", "AA", taken, refused)
    provider_level = out.level("19", receiver, bool(one.acks))
    add_provider(out, "85", one.provider)
    out.add("TRN", "1", "0")  # no provider-level trace was sent (X214, 2200C TRN02)
    out.add("STC", ("A1", "19", "PR"), "", "WQ", total)
    _totals(out, "QA", "QC", taken, refused)
    for ack in one.acks:
        _claim(out, ack, provider_level, processed)


def _totals(out: SetWriter, good: str, bad: str, taken: Sequence[ClaimAck], refused: Sequence[ClaimAck]) -> None:
    for code, acks in ((good, taken), (bad, refused)):
        if acks:
            out.add("QTY", code, str(len(acks)))
    for code, acks in (("YU", taken), ("YY", refused)):
        if acks:
            out.add("AMT", code, money(sum(ack.charge for ack in acks)))


def _claim(out: SetWriter, ack: ClaimAck, parent: int, processed: date) -> None:
    out.level("PT", parent, None)
    qualifier = "MI" if ack.member_id else ""
    out.add("NM1", "QC", "1", text(ack.patient_last), text(ack.patient_first), "", "", "", qualifier, text(ack.member_id))
    out.add("TRN", "2", text(ack.patient_control_number))
    out.add(
        "STC", (ack.category, ack.status, ack.entity), day(ack.decided_on or processed), "WQ" if ack.accepted else "U",
        money(ack.charge), "", "", "", "", "", *ack.also[:2], *([""] * (2 - len(ack.also[:2]))), text(ack.message)[:264],
    )  # fmt: skip
    add_reference(out, "1K", ack.payer_control_number)
    if ack.first_service:
        out.add("DTP", "472", *span(ack.first_service, ack.last_service))


def read_277ca(source: Source) -> Iterator[ClaimAcks]:
    """Every batch's answer in a 277CA file; a file that answers several billing providers gives one for each."""
    reader: _ClaimAckReader | None = None
    for place, section in sections(source, frozenset({"277CA"})):
        if section.loop == "HEADER":
            reader = _ClaimAckReader(place.tokens.delimiters.component)
        elif reader is not None:
            if section.loop in ("2000B", "2000C", "SE") and (done := reader.finish(section.loop)):
                yield done
            if section.loop == "SE":
                reader = None
            else:
                reader.take(section)


class _ClaimAckReader:
    def __init__(self, separator: str) -> None:
        self.separator = separator
        self.held: dict[str, Section] = {}
        self.acks: list[ClaimAck] = []
        self.pending = False

    def take(self, section: Section) -> None:
        loop = section.loop
        if loop.endswith("+"):
            loop = loop[:-1]
            if loop in self.held:
                self.held[loop].segments += section.segments
            return
        if loop.startswith("2000"):
            self.held = {name: one for name, one in self.held.items() if name[4] < loop[4]}
            self.pending = True
        self.held[loop] = section
        if loop == "2200D":
            self.acks.append(self._claim(section))

    def _claim(self, section: Section) -> ClaimAck:
        patient = self.held.get("2100D", Section("2100D", 0)).first("NM1")
        rows = section.all("STC")
        row = rows[0] if rows else []
        codes = [self._status(value(one, at)) for one in rows for at in (1, 10, 11) if value(one, at)]
        category, status, entity = codes[0] if codes else ("", "", "")
        first, last = dates(value(section.first("DTP", "472"), 3))
        try:
            charge = amount(row, 4, 0)
        except UnreadableError:
            charge = 0
        return ClaimAck(
            patient_control_number=value(section.first("TRN"), 2),
            accepted=category in ("A0", "A1", "A2", "A5") and value(row, 3) != "U",
            category=category,
            status=status,
            entity=entity,
            payer_control_number=value(section.first("REF", "1K"), 2),
            charge=charge,
            first_service=first,
            last_service=last,
            message=" ".join(value(one, 12) for one in rows if value(one, 12)),
            patient_last=value(patient, 3),
            patient_first=value(patient, 4),
            member_id=value(patient, 9),
            decided_on=date8(value(row, 2)),
            also=tuple(codes[1:]),
        )

    def _status(self, composite: str) -> tuple[str, str, str]:
        return (part(composite, 1, self.separator), part(composite, 2, self.separator), part(composite, 3, self.separator))

    def finish(self, then: str) -> ClaimAcks | None:
        """The answer to one billing provider, when another level of its rank begins."""
        if "2000B" not in self.held or not (self.acks or (then == "SE" and self.pending)):
            return None
        empty = Section("", 0)
        source, receiver = self.held.get("2100A", empty).first("NM1"), self.held.get("2100B", empty).first("NM1")
        billing, receipt = self.held.get("2100C", empty).first("NM1"), self.held.get("2200A", empty)
        done = ClaimAcks(
            batch=value(self.held.get("2200B", empty).first("TRN"), 2),
            payer=Payer(name=value(source, 3), payer_id=value(source, 9)),
            provider=Provider(
                npi=value(billing, 9) if value(billing, 8) == "XX" else "",
                name=value(billing, 3),
                first=value(billing, 4),
                middle=value(billing, 5),
                person=value(billing, 2) == "1",
            ),
            acks=tuple(self.acks),
            submitter_name=value(receiver, 3),
            submitter_id=value(receiver, 9),
            reference=value(receipt.first("TRN"), 2),
            received=date8(value(receipt.first("DTP", "050"), 3)),
            processed=date8(value(receipt.first("DTP", "009"), 3)),
        )
        self.acks, self.pending = [], False
        return done
