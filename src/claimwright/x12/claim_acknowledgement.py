"""277CA (005010X214): whether each claim of a batch was taken; written as it goes, and read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec

from claimwright.identifiers import npi_valid
from claimwright.money import Cents
from claimwright.x12.ack_model import UNKNOWN, ClaimAck, ClaimAcks, LineAck, Status
from claimwright.x12.ack_reading import read_277ca
from claimwright.x12.claim_parts import add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, span, text, text_of_row
from claimwright.x12.tokens import Segment

__all__ = [
    "VERSION_277CA", "Answers", "ClaimAck", "ClaimAcks", "LineAck", "Status", "Survey", "read_277ca", "stream_277ca", "survey",
    "write_277ca",
]  # fmt: skip

VERSION_277CA = "005010X214"
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
        "NM1", one.source, "2", text(one.payer.name) or UNKNOWN, "", "", "", "", qualifier, text(one.payer.payer_id) or UNKNOWN
    )
    out.add("TRN", "1", reference)
    out.add("DTP", "050", "D8", day(one.received or today))
    out.add("DTP", "009", "D8", day(one.processed or today))
    receiver = out.level("21", source, True)
    name = text(one.submitter_name) or text(one.provider.name) or UNKNOWN
    out.add("NM1", "41", "2", name, "", "", "", "", "46", text(one.submitter_id) or one.provider.npi or UNKNOWN)
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
    known = ("XX", provider.npi) if by_npi else ("FI", text(provider.ein) or UNKNOWN)
    out.add("NM1", "85", "1" if provider.person else "2", text(provider.name) or UNKNOWN, *given, "", "", *known)
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
    name = (text(ack.patient_last) or UNKNOWN, text(ack.patient_first))
    out.add("NM1", "QC", "1", *name, "", "", "", "MI", text(ack.member_id) or UNKNOWN)
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
