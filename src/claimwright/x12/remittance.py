"""835 (005010X221A1): payments to the wire and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from claimwright.findings import Finding
from claimwright.parties import Payer, Struct
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.x12.claim_parts import add_address, add_adjustments, add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, text
from claimwright.x12.located import Place, Section, sections, value
from claimwright.x12.tokens import Source
from claimwright.x12.values import UnreadableError, address, adjustments, amount, date8, quantity, reference, unreadable

VERSION = "005010X221A1"


class ReadRemittance(Struct):
    """One payment as read; claims that could not be read are named in the findings."""

    remittance: Remittance | None
    findings: tuple[Finding, ...] = ()
    first_line: int = 0
    interchange: str = ""
    group: str = ""
    set_control: str = ""
    version: str = ""


# Writing -------------------------------------------------------------------------------------------------------------


def write_835(remittances: Sequence[Remittance], envelope: Envelope) -> bytes:
    """One 835 file, a set for each payment."""
    sets = []
    for place, remittance in enumerate(remittances):
        out = SetWriter("835", set_control(envelope, place), "")  # the 835 guide does not use ST03
        _payment(out, remittance)
        _parties(out, remittance)
        if remittance.claims:
            out.add("LX", "1")
        for claim in remittance.claims:
            _claim(out, claim)
        for (npi, end), rows in groupby(remittance.provider_adjustments, key=lambda one: (one.npi, one.fiscal_period_end)):
            amounts = list(rows)
            for start in range(0, len(amounts), 6):
                pairs = [
                    cell for one in amounts[start : start + 6] for cell in ((one.reason, text(one.reference)), money(one.amount))
                ]
                out.add("PLB", npi, day(end), *pairs)
        sets.append(out)
    return interchange(envelope, "HP", VERSION, sets)


def _payment(out: SetWriter, remit: Remittance) -> None:
    banks = ["", "", "", "", remit.originator, "", "", "", "", ""]
    if remit.sender_routing:
        banks[:4] = "01", remit.sender_routing, "DA", remit.sender_account
    if remit.receiver_routing:
        banks[6:] = "01", remit.receiver_routing, "DA", remit.receiver_account
    ach = remit.method == "ACH"
    if not ach and not remit.sender_routing:
        banks[4] = ""
    out.add(
        "BPR", remit.handling, money(remit.paid), "C", remit.method, "CCP" if ach else "", *banks, day(remit.paid_on)
    )  # fmt: skip
    out.add("TRN", "1", text(remit.trace), text(remit.originator))
    if remit.produced_on:
        out.add("DTM", "405", day(remit.produced_on))


def _parties(out: SetWriter, remit: Remittance) -> None:
    out.add("N1", "PR", text(remit.payer.name))
    add_address(out, remit.payer.address)
    add_reference(out, "2U", remit.payer.payer_id)
    phone = ("TE", remit.payer.phone) if remit.payer.phone else ("", "")
    out.add("PER", "BL", f"{text(remit.payer.name)[:50]} EDI", *phone)
    if remit.payee_npi or not remit.payee_ein:
        out.add("N1", "PE", text(remit.payee_name), "XX", remit.payee_npi)
        add_reference(out, "TJ", remit.payee_ein.replace("-", ""))
    else:
        out.add("N1", "PE", text(remit.payee_name), "FI", remit.payee_ein.replace("-", ""))


def _claim(out: SetWriter, claim: RemitClaim) -> None:
    share = money(claim.patient_share) if claim.patient_share else ""
    out.add(
        "CLP", text(claim.patient_control_number), claim.status, money(claim.charge), money(claim.paid), share,
        claim.filing_indicator, text(claim.payer_control_number), claim.place_of_service, claim.frequency,
    )  # fmt: skip
    add_adjustments(out, claim.adjustments)
    member = text(claim.member_id)
    names = (text(claim.patient_last), text(claim.patient_first))
    out.add("NM1", "QC", "1", *names, "", "", "", "MI" if member else "", member)
    if claim.rendering_npi:
        out.add("NM1", "82", "1", text(claim.rendering_name), "", "", "", "", "XX", claim.rendering_npi)
    if claim.crossover_payer:
        out.add("NM1", "TT", "2", text(claim.crossover_payer.name), "", "", "", "", "PI", claim.crossover_payer.payer_id)
    if claim.remarks:
        out.add("MOA", "", "", *claim.remarks[:5])
    for qualifier, on in (("232", claim.first_service), ("233", claim.last_service), ("050", claim.received)):
        if on:
            out.add("DTM", qualifier, day(on))
    if claim.interest:
        out.add("AMT", "I", money(claim.interest))
    for line in claim.lines:
        _line(out, line)


def _line(out: SetWriter, line: RemitLine) -> None:
    units = number(line.units) if line.units != 1 else ""  # SVC05 is one where it is not sent (X221, 2110 SVC05)
    submitted = (line.qualifier, line.submitted_procedure, *line.submitted_modifiers) if line.submitted_procedure else ""
    procedure = (line.qualifier, line.procedure, *line.modifiers)
    out.add("SVC", procedure, money(line.charge), money(line.paid), line.revenue_code, units, submitted)
    if line.first_service and line.last_service and line.last_service != line.first_service:
        out.add("DTM", "150", day(line.first_service))
        out.add("DTM", "151", day(line.last_service))
    elif line.first_service:
        out.add("DTM", "472", day(line.first_service))
    add_adjustments(out, line.adjustments)
    add_reference(out, "6R", line.control_number)
    if line.allowed is not None:
        out.add("AMT", "B6", money(line.allowed))
    for remark in line.remarks:
        out.add("LQ", "HE", remark)


# Reading -------------------------------------------------------------------------------------------------------------


def read_835(source: Source) -> Iterator[Remittance]:
    """Every payment of an 835 file that can be read; `read_remittances` also tells what cannot."""
    return (one.remittance for one in read_remittances(source) if one.remittance is not None)


def read_remittances(source: Source) -> Iterator[ReadRemittance]:
    """Every payment of an 835 file with what could not be read of it."""
    reader: _Reader | None = None
    for place, section in sections(source, frozenset({"835"})):
        if section.loop == "HEADER":
            reader = _Reader(place, section.line)
        if reader is None:
            continue
        if section.loop == "SE":
            yield reader.finish()
            reader = None
        else:
            reader.take(section)


class _Reader:
    """Gathers one set."""

    def __init__(self, place: Place, line: int) -> None:
        self.place, self.line = place, line
        self.separator = place.tokens.delimiters.component
        self.head: dict[str, Section] = {}
        self.open: list[Section] = []  # the claim being read
        self.claims: list[RemitClaim] = []
        self.findings: list[Finding] = []
        self.provider_adjustments: list[ProviderAdjustment] = []

    def take(self, section: Section) -> None:
        loop = section.loop
        if loop.endswith("+"):
            earlier = [*self.head.values(), *self.open]
            home = next((one for one in reversed(earlier) if one.loop == loop[:-1]), None)
            if home is not None:
                home.segments += section.segments
            return
        if loop not in ("2110",):
            self._close_claim()
        if loop in ("2100", "2110"):
            self.open.append(section)
        elif loop == "FOOTER":
            self._guard(section, "", self._footer)
        else:
            self.head.setdefault(loop, section)

    def _guard(self, section: Section, claim: str, read: object) -> None:
        assert callable(read)
        try:
            read(section)
        except UnreadableError as error:
            where = {"transaction": "835", "version": self.place.version, "claim": claim}
            self.findings.append(unreadable(error, line=section.line, loop=section.loop, **where))

    def _close_claim(self) -> None:
        if self.open:
            head = self.open[0]
            self._guard(head, value(head.first("CLP"), 1), self._claim)
            self.open = []

    def _footer(self, section: Section) -> None:
        for row in section.all("PLB"):
            for at in range(3, len(row), 2):
                if row[at]:
                    reason, _, rest = row[at].partition(self.separator)
                    self.provider_adjustments.append(
                        ProviderAdjustment(
                            npi=value(row, 1),
                            fiscal_period_end=date8(value(row, 2)),
                            reason=reason,
                            reference=rest,
                            amount=amount(row, at + 1),
                        )
                    )

    def finish(self) -> ReadRemittance:
        self._close_claim()
        remittance: Remittance | None = None
        header = self.head.get("HEADER", Section("HEADER", self.line))
        try:
            remittance = self._remittance(header)
        except UnreadableError as error:
            where = {"transaction": "835", "version": self.place.version, "claim": ""}
            self.findings.append(unreadable(error, line=header.line, loop="", **where))
        return ReadRemittance(
            remittance=remittance,
            findings=tuple(self.findings),
            first_line=self.line,
            interchange=value(self.place.interchange, 13),
            group=value(self.place.group, 6),
            set_control=value(self.place.set, 2),
            version=self.place.version,
        )

    def _remittance(self, header: Section) -> Remittance:
        payer, payee = (self.head.get(loop, Section(loop, 0)) for loop in ("1000A", "1000B"))
        bank, trace, pays, paid = header.first("BPR"), header.first("TRN"), payer.first("N1"), payee.first("N1")
        others = (value(bank, 16), *bank[:9:-1], value(header.first("DTM", "405"), 2), value(self.place.group, 4))
        paid_on = next((on for on in map(date8, others) if on), None)  # BPR16, or what comes nearest where it is missing
        if paid_on is None:
            raise UnreadableError("BPR", "BPR16", "BPR16 (payment date) is missing or is not a date.")
        originator = value(trace, 3)
        qualifier = value(paid, 3)
        return Remittance(
            payer=Payer(
                name=value(pays, 2),
                payer_id=reference(payer, "2U", "NF", "EO", "HI") or value(pays, 4) or originator,
                address=address(payer),
                phone=_phone(payer),
            ),
            payee_name=value(paid, 2),
            payee_npi=value(paid, 4) if qualifier == "XX" else "",
            payee_ein=value(paid, 4) if qualifier == "FI" else reference(payee, "TJ"),
            trace=value(trace, 2),
            originator=originator,
            paid=amount(bank, 2) * (-1 if value(bank, 3) == "D" else 1),
            paid_on=paid_on,
            method=value(bank, 4),
            handling=value(bank, 1),
            produced_on=date8(value(header.first("DTM", "405"), 2)),
            sender_routing=value(bank, 7),
            sender_account=value(bank, 9),
            receiver_routing=value(bank, 13),
            receiver_account=value(bank, 15),
            claims=tuple(self.claims),
            provider_adjustments=tuple(self.provider_adjustments),
        )

    def _claim(self, head: Section) -> None:
        clp = head.first("CLP")
        patient, insured = head.first("NM1", "QC"), head.first("NM1", "IL")
        crossover, rendering = head.first("NM1", "TT"), head.first("NM1", "82")
        inpatient, outpatient = head.first("MIA"), head.first("MOA")
        remarks = [value(outpatient, at) for at in range(3, 8)] + [value(inpatient, at) for at in (5, 20, 21, 22, 23)]
        self.claims.append(
            RemitClaim(
                patient_control_number=value(clp, 1),
                status=value(clp, 2),
                charge=amount(clp, 3),
                paid=amount(clp, 4),
                patient_share=amount(clp, 5, 0),
                filing_indicator=value(clp, 6),
                payer_control_number=value(clp, 7),
                place_of_service=value(clp, 8),
                frequency=value(clp, 9),
                patient_last=value(patient, 3),
                patient_first=value(patient, 4),
                member_id=value(patient, 9) or value(insured, 9),
                rendering_npi=value(rendering, 9) if value(rendering, 8) == "XX" else "",
                rendering_name=value(rendering, 3),
                crossover_payer=Payer(name=value(crossover, 3), payer_id=value(crossover, 9)) if crossover else None,
                first_service=date8(value(head.first("DTM", "232"), 2)),
                last_service=date8(value(head.first("DTM", "233"), 2)),
                received=date8(value(head.first("DTM", "050"), 2)),
                adjustments=adjustments(head),
                remarks=tuple(one for one in remarks if one),
                lines=tuple(self._line(one) for one in self.open[1:]),
                interest=amount(head.first("AMT", "I"), 2, 0),
            )
        )

    def _line(self, section: Section) -> RemitLine:
        svc = section.first("SVC")
        qualifier, procedure, *rest = (value(svc, 1).split(self.separator) + [""] * 8)[:8]
        _, submitted, *submitted_rest = (value(svc, 6).split(self.separator) + [""] * 8)[:8]
        first = date8(value(section.first("DTM", "472", "150"), 2))
        last = date8(value(section.first("DTM", "151"), 2))
        allowed = section.first("AMT", "B6")
        units = quantity(value(svc, 5), Decimal(1))
        return RemitLine(
            qualifier=qualifier or "HC",
            procedure=procedure,
            modifiers=tuple(one for one in rest[:4] if one),
            charge=amount(svc, 2),
            paid=amount(svc, 3),
            revenue_code=value(svc, 4),
            units=units if units is not None else Decimal(1),
            submitted_procedure=submitted,
            submitted_modifiers=tuple(one for one in submitted_rest[:4] if one),
            first_service=first,
            last_service=last if last != first else None,
            control_number=reference(section, "6R"),
            allowed=amount(allowed, 2) if allowed else None,
            adjustments=adjustments(section),
            remarks=tuple(value(one, 2) for one in section.all("LQ") if value(one, 1) == "HE"),
        )


def _phone(payer: Section) -> str:
    """Whom to call about the file (PER*BL)."""
    row = payer.first("PER", "BL")
    return next((value(row, place + 1) for place in (3, 5, 7) if value(row, place) == "TE"), "")
