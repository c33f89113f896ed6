"""277CA (005010X214) from the wire: which claims of a batch were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from claimwright.findings import Finding
from claimwright.money import Cents
from claimwright.parties import Payer, Provider
from claimwright.x12.ack_model import UNKNOWN, ClaimAck, ClaimAcks, LineAck, Status
from claimwright.x12.located import Section, part, sections, value
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import UnreadableError, amount, date8, dates, quantity

_TAKEN = frozenset({"A0", "A1", "A2", "A5"})


def read_277ca(source: Source, findings: list[Finding] | None = None) -> Iterator[ClaimAcks]:
    """Every batch's answer in a 277CA file; a file that answers several billing providers gives one for each.

    `findings` gains what is cut off: of the claim before a break, statuses and service lines may be missing.
    """
    reader: _Reader | None = None
    for place, section in sections(source, frozenset({"277CA"}), findings):
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
    return "" if value == UNKNOWN else value
