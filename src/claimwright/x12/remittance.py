"""835 (005010X221A1): payments to the wire and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from claimwright.remits.model import RemitClaim, RemitLine, Remittance
from claimwright.x12.claim_parts import add_address, add_adjustments, add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, text
from claimwright.x12.remittance_reading import ReadRemittance, read_835, read_remittances

__all__ = ["VERSION", "ReadRemittance", "read_835", "read_remittances", "write_835"]

VERSION = "005010X221A1"


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
    if remit.delivery:
        out.add("RDM", *map(text, remit.delivery))


def _claim(out: SetWriter, claim: RemitClaim) -> None:
    share = money(claim.patient_share) if claim.patient_share else ""
    out.add(
        "CLP", text(claim.patient_control_number), claim.status, money(claim.charge), money(claim.paid), share,
        claim.filing_indicator, text(claim.payer_control_number), claim.place_of_service, claim.frequency, "", claim.drg,
    )  # fmt: skip
    add_adjustments(out, claim.adjustments)
    member = text(claim.member_id)
    names = (text(claim.patient_last), text(claim.patient_first))
    out.add("NM1", "QC", "1", *names, "", "", "", "MI" if member else "", member)
    if claim.corrected_member_id:
        out.add("NM1", "74", "1", "", "", "", "", "", "C", text(claim.corrected_member_id))
    if claim.rendering_npi:
        out.add("NM1", "82", "1", text(claim.rendering_name), "", "", "", "", "XX", claim.rendering_npi)
    if claim.crossover_payer:
        out.add("NM1", "TT", "2", text(claim.crossover_payer.name), "", "", "", "", "PI", claim.crossover_payer.payer_id)
    if claim.inpatient:
        out.add("MIA", *map(text, claim.inpatient))
    if claim.outpatient:
        out.add("MOA", *map(text, claim.outpatient))
    elif claim.remarks and not claim.inpatient:
        out.add("MOA", "", "", *claim.remarks[:5])
    for qualifier, said in claim.references:
        add_reference(out, qualifier, said)
    for qualifier, on in (("232", claim.first_service), ("233", claim.last_service), ("050", claim.received)):
        if on:
            out.add("DTM", qualifier, day(on))
    if claim.interest:
        out.add("AMT", "I", money(claim.interest))
    for qualifier, amount in claim.amounts:
        out.add("AMT", qualifier, money(amount))
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
    for qualifier, said in line.references:
        add_reference(out, qualifier, said)
    add_reference(out, "6R", line.control_number)
    if line.allowed is not None:
        out.add("AMT", "B6", money(line.allowed))
    for qualifier, amount in line.amounts:
        out.add("AMT", qualifier, money(amount))
    for remark in line.remarks:
        out.add("LQ", "HE", remark)
    for reject in line.rejects:
        out.add("LQ", "RX", reject)
