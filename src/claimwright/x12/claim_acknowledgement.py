"""277CA (005010X214): whether each claim of a batch was taken; written as it goes, and read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.identifiers import npi_valid
from claimwright.money import Cents
from claimwright.parties import Payer, Provider, Struct
from claimwright.x12.claim_parts import add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, span, text, text_of_row
from claimwright.x12.located import Section, part, sections, value
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import UnreadableError, amount, date8, dates, quantity

VERSION_277CA = "005010X214"
Status = tuple[str, str, str]  # claim status category, claim status, entity
_TAKEN = frozenset({"A0", "A1", "A2", "A5"})
_UNKNOWN = "UNKNOWN"  # where the guide asks for an id or a name that the claim itself does not have


class LineAck(Struct):
    """What a 277CA says of one service line: why it is refused."""

    statuses: tuple[Status, ...]
    procedure: str
    charge: Cents = 0
    qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    units: Decimal | None = None
    control_number: str = ""  # the claim's REF*6R
    first_service: date | None = None
    last_service: date | None = None


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
    also: tuple[Status, ...] = ()  # further statuses of the whole claim
    intermediary_trace: str = ""  # the number that a clearinghouse on the way gave it (REF*D9)
    bill_type: str = ""  # of an institutional claim, with its frequency
    lines: tuple[LineAck, ...] = ()


class ClaimAcks(Struct):
    """A 277CA: a payer's word on each claim of one batch and billing provider."""

    batch: str  # BHT03 of the 837
    payer: Payer
    provider: Provider
    acks: tuple[ClaimAck, ...] = ()
    submitter_name: str = ""
    submitter_id: str = ""
    reference: str = ""  # TRN02 of the payer
    received: date | None = None
    processed: date | None = None
    source: str = "PR"  # who answers: PR the payer, AY a clearinghouse


# Writing -------------------------------------------------------------------------------------------------------------

Answers = Iterable[ClaimAcks | ClaimAck]  # each ClaimAcks is followed by further claims of its own


class _Totals(msgspec.Struct):
    """Claims and charges of one billing provider or of a batch."""

    taken: int = 0
    refused: int = 0
    taken_charge: Cents = 0
    refused_charge: Cents = 0

    def count(self, ack: ClaimAck) -> None:
        if ack.accepted:
            self.taken += 1
            self.taken_charge += ack.charge
        else:
            self.refused += 1
            self.refused_charge += ack.charge

    @property
    def charge(self) -> Cents:
        return self.taken_charge + self.refused_charge


class _Batch(msgspec.Struct):
    """One set in the making: its totals come before its claims."""

    key: tuple[object, ...]
    whole: _Totals
    providers: list[_Totals]


def write_277ca(acks: Sequence[ClaimAcks], envelope: Envelope) -> bytes:
    """One 277CA file, a set for each batch answered; neighbours of one batch share a set. Totals come from the claims."""
    return b"".join(stream_277ca(lambda: acks, envelope))


def stream_277ca(answers: Callable[[], Answers], envelope: Envelope, surveyed: Survey | None = None) -> Iterator[bytes]:
    """A 277CA file in pieces, for batches of any size. `answers` is asked twice, for the totals (unless they are given)
    and for the claims: it must say the same both times. Nothing is written where there is no answer."""
    surveyed = surveyed or survey(answers())
    batches, used = surveyed.batches, surveyed.used
    if not batches:
        return
    probe = SetWriter("277", "0001", VERSION_277CA)
    probe.add("NTE", "".join(sorted(used)))  # so that the delimiters avoid what values hold
    frame = interchange(envelope, "HN", VERSION_277CA, [probe] * len(batches)).decode("ascii").split("\n")
    element, component, terminator = frame[0][3], frame[0][104], frame[0][105]

    def piece(rows: Iterable[Segment]) -> bytes:
        lines = (element.join(text_of_row(one) for one in row).replace("\x1f", component) for row in rows)
        return "".join(f"{line}{terminator}\n" for line in lines).encode("ascii")

    yield "\n".join([*frame[:2], ""]).encode("ascii")
    for rows in _sets(answers(), batches, envelope):
        yield piece(rows)
    yield "\n".join(frame[-3:]).encode("ascii")


def _key(one: ClaimAcks) -> tuple[object, ...]:
    return (one.batch, one.payer, one.submitter_name, one.submitter_id, one.reference, one.received, one.processed, one.source)


def _each(answers: Answers) -> Iterator[ClaimAcks | ClaimAck]:
    for one in answers:
        yield one
        if isinstance(one, ClaimAcks):
            yield from one.acks


class Survey(msgspec.Struct):
    """What must be known of all claims before the first is written."""

    whole: _Totals
    batches: list[_Batch]
    used: set[str]  # every character in the values that is no letter or digit


def survey(answers: Answers) -> Survey:
    """The totals of the whole, of each set and of each provider."""
    found = Survey(_Totals(), [], set(".-"))
    batches = found.batches
    for one in _each(answers):
        if isinstance(one, ClaimAck):
            for totals in (found.whole, batches[-1].whole, batches[-1].providers[-1]):
                totals.count(one)
            texts = [one.patient_control_number, one.patient_last, one.patient_first, one.member_id, one.message]
            texts += [one.payer_control_number, one.intermediary_trace, *(line.control_number for line in one.lines)]
            texts += [line.procedure for line in one.lines]
        else:
            if not batches or batches[-1].key != _key(one):
                batches.append(_Batch(_key(one), _Totals(), []))
            batches[-1].providers.append(_Totals())
            texts = [one.batch, one.payer.name, one.payer.payer_id, one.submitter_name, one.submitter_id, one.reference]
            texts += [one.provider.name, one.provider.first, one.provider.middle]
        used = text("".join(texts))
        if not used.isalnum():
            found.used.update(char for char in used if not char.isalnum())
    return found


def _sets(answers: Answers, batches: list[_Batch], envelope: Envelope) -> Iterator[list[Segment]]:
    """The segments of every set from ST through SE, a claim at a time."""
    out: SetWriter | None = None
    written = receiver = level = place = 0
    current, processed = batches[0], envelope.created.date()
    counts: Iterator[_Totals] = iter(())
    for one in _each(answers):
        if isinstance(one, ClaimAcks):
            if out is None or _key(one) != current.key:
                if out is not None:
                    yield [*out.rows, ["SE", str(written + len(out.rows) + 1), out.control]]
                current, written = batches[place], 0
                out = SetWriter("277", set_control(envelope, place), VERSION_277CA)
                counts, place = iter(current.providers), place + 1
                receiver = _head(out, one, current.whole, envelope)
                processed = one.processed or envelope.created.date()
            level = _provider(out, one, next(counts), receiver)
        elif out is not None:
            _claim(out, one, level, processed)
            written += len(out.rows)
            yield out.rows
            out.rows = []
    if out is not None:
        yield [*out.rows, ["SE", str(written + len(out.rows) + 1), out.control]]


def _head(out: SetWriter, one: ClaimAcks, totals: _Totals, envelope: Envelope) -> int:
    """Who answers whom about which batch; the number of the receiver's level."""
    today = envelope.created.date()
    reference = text(one.reference) or f"{envelope.interchange:09d}"
    out.add("BHT", "0085", "08", reference, day(today), envelope.created.strftime("%H%M"), "TH")
    source = out.level("20", None, True)
    qualifier = "PI" if one.source == "PR" else "46"
    out.add(
        "NM1", one.source, "2", text(one.payer.name) or _UNKNOWN, "", "", "", "", qualifier, text(one.payer.payer_id) or _UNKNOWN
    )
    out.add("TRN", "1", reference)
    out.add("DTP", "050", "D8", day(one.received or today))
    out.add("DTP", "009", "D8", day(one.processed or today))
    receiver = out.level("21", source, True)
    name = text(one.submitter_name) or text(one.provider.name) or _UNKNOWN
    out.add("NM1", "41", "2", name, "", "", "", "", "46", text(one.submitter_id) or one.provider.npi or _UNKNOWN)
    out.add("TRN", "2", text(one.batch))
    out.add("STC", ("A1", "19", one.source), day(one.processed or today), "WQ", money(totals.charge))
    _counts(out, "90", "AA", totals)
    return receiver


def _provider(out: SetWriter, one: ClaimAcks, totals: _Totals, receiver: int) -> int:
    """A billing provider's level; its number."""
    provider = one.provider
    level = out.level("19", receiver, bool(totals.taken or totals.refused))
    given = (text(provider.first), text(provider.middle)) if provider.person else ("", "")
    # An NPI that is none names nobody; the tax number does.
    by_npi = npi_valid(provider.npi) or (provider.npi and not provider.ein)
    known = ("XX", provider.npi) if by_npi else ("FI", text(provider.ein) or _UNKNOWN)
    out.add("NM1", "85", "1" if provider.person else "2", text(provider.name) or _UNKNOWN, *given, "", "", *known)
    out.add("TRN", "1", "0")  # no provider-level trace was sent (X214, 2200C TRN02)
    out.add("STC", ("A1", "19", one.source), "", "WQ", money(totals.charge))
    _counts(out, "QA", "QC", totals)
    return level


def _counts(out: SetWriter, good: str, bad: str, totals: _Totals) -> None:
    for code, count in ((good, totals.taken), (bad, totals.refused)):
        if count:
            out.add("QTY", code, str(count))
    for code, count, charge in (("YU", totals.taken, totals.taken_charge), ("YY", totals.refused, totals.refused_charge)):
        if count:
            out.add("AMT", code, money(charge))


def _claim(out: SetWriter, ack: ClaimAck, parent: int, processed: date) -> None:
    out.level("PT", parent, None)
    name = (text(ack.patient_last) or _UNKNOWN, text(ack.patient_first))
    out.add("NM1", "QC", "1", *name, "", "", "", "MI", text(ack.member_id) or _UNKNOWN)
    out.add("TRN", "2", text(ack.patient_control_number))
    on, statuses = day(ack.decided_on or processed), [(ack.category, ack.status, ack.entity), *ack.also]
    more = _statuses(statuses[1:3])
    message = text(ack.message)[:264]
    action = "WQ" if ack.accepted else "U"
    out.add("STC", statuses[0], on, action, money(ack.charge), "", "", "", "", "", *more, message)
    for first in range(3, len(statuses), 3):
        more = _statuses(statuses[first + 1 : first + 3])
        out.add("STC", statuses[first], on, action, money(ack.charge), "", "", "", "", "", *more)
    add_reference(out, "1K", ack.payer_control_number)
    add_reference(out, "D9", ack.intermediary_trace)
    add_reference(out, "BLT", ack.bill_type)
    if ack.first_service:
        out.add("DTP", "472", *span(ack.first_service, ack.last_service))
    for line in ack.lines:
        _line(out, line, on)


def _statuses(statuses: Sequence[Status]) -> list[tuple[str, ...] | str]:
    """STC10 and STC11."""
    return [*statuses, *[""] * (2 - len(statuses))]


def _line(out: SetWriter, line: LineAck, on: str) -> None:
    units = "" if line.units is None else number(line.units)
    procedure = (line.qualifier, text(line.procedure), *(text(one) for one in line.modifiers[:4]))
    out.add("SVC", procedure, money(line.charge), "", text(line.revenue_code), "", "", units)
    for first in range(0, len(line.statuses), 3):
        more = _statuses(line.statuses[first + 1 : first + 3])
        out.add("STC", line.statuses[first], on, "U", "", "", "", "", "", "", *more)
    add_reference(out, "FJ", line.control_number)
    if line.first_service:
        out.add("DTP", "472", *span(line.first_service, line.last_service))


# Reading -------------------------------------------------------------------------------------------------------------


def read_277ca(source: Source) -> Iterator[ClaimAcks]:
    """Every batch's answer in a 277CA file; a file that answers several billing providers gives one for each."""
    reader: _Reader | None = None
    for place, section in sections(source, frozenset({"277CA"})):
        if section.loop == "HEADER":
            reader = _Reader(place.tokens.delimiters.component)
        elif reader is not None:
            if section.loop in ("2000B", "2000C", "SE") and (done := reader.finish(section.loop)):
                yield done
            if section.loop == "SE":
                reader = None
            else:
                reader.take(section)


class _Reader:
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
        elif loop == "2220D" and self.acks:
            last = self.acks[-1]
            self.acks[-1] = msgspec.structs.replace(last, lines=(*last.lines, self._line(section)))

    def _claim(self, section: Section) -> ClaimAck:
        patient = self.held.get("2100D", Section("2100D", 0)).first("NM1")
        rows = section.all("STC")
        row = rows[0] if rows else []
        codes = self._codes(rows)
        category, status, entity = codes[0] if codes else ("", "", "")
        first, last = dates(value(section.first("DTP", "472"), 3))
        return ClaimAck(
            patient_control_number=value(section.first("TRN"), 2),
            accepted=category in _TAKEN and all(value(one, 3) != "U" for one in rows),
            category=category,
            status=status,
            entity=entity,
            payer_control_number=value(section.first("REF", "1K"), 2),
            charge=_amount(row, 4),
            first_service=first,
            last_service=last,
            message=" ".join(value(one, 12) for one in rows if value(one, 12)),
            patient_last=_known(value(patient, 3)),
            patient_first=value(patient, 4),
            member_id=_known(value(patient, 9)),
            decided_on=date8(value(row, 2)),
            also=tuple(codes[1:]),
            intermediary_trace=value(section.first("REF", "D9"), 2),
            bill_type=value(section.first("REF", "BLT"), 2),
        )

    def _line(self, section: Section) -> LineAck:
        service = section.first("SVC")
        qualifier, procedure, *modifiers = [*value(service, 1).split(self.separator), ""][:6]
        first, last = dates(value(section.first("DTP", "472"), 3))
        return LineAck(
            statuses=tuple(self._codes(section.all("STC"))),
            qualifier=qualifier,
            procedure=procedure,
            modifiers=tuple(one for one in modifiers if one),
            charge=_amount(service, 2),
            revenue_code=value(service, 4),
            units=quantity(value(service, 7)),
            control_number=value(section.first("REF", "FJ"), 2),
            first_service=first,
            last_service=last,
        )

    def _codes(self, rows: Sequence[Segment]) -> list[Status]:
        composites = [value(one, at) for one in rows for at in (1, 10, 11) if value(one, at)]
        return [(part(one, 1, self.separator), part(one, 2, self.separator), part(one, 3, self.separator)) for one in composites]

    def finish(self, then: str) -> ClaimAcks | None:
        """The answer to one billing provider, when another level of its rank begins."""
        if "2000B" not in self.held or not (self.acks or (then == "SE" and self.pending)):
            return None
        empty = Section("", 0)
        source, receiver = self.held.get("2100A", empty).first("NM1"), self.held.get("2100B", empty).first("NM1")
        billing, receipt = self.held.get("2100C", empty).first("NM1"), self.held.get("2200A", empty)
        done = ClaimAcks(
            batch=value(self.held.get("2200B", empty).first("TRN"), 2),
            payer=Payer(name=_known(value(source, 3)), payer_id=_known(value(source, 9))),
            provider=Provider(
                npi=value(billing, 9) if value(billing, 8) == "XX" else "",
                ein=_known(value(billing, 9)) if value(billing, 8) == "FI" else "",
                name=_known(value(billing, 3)),
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
            source=value(source, 1) or "PR",
        )
        self.acks, self.pending = [], False
        return done


def _amount(segment: Segment, place: int) -> Cents:
    try:
        return amount(segment, place, 0)
    except UnreadableError:
        return 0


def _known(value: str) -> str:
    return "" if value == _UNKNOWN else value
