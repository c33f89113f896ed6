"""837D (005010X224A2): dental claims to the wire."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.claims.model import Claim, Dental, DentalLine, ServiceLine
from claimwright.parties import Payer, Provider
from claimwright.x12.claim_parts import add_address, add_provider, add_reference, add_taxonomy, code_on_wire
from claimwright.x12.claim_writing import add_line_adjudication, add_line_facility, add_other_payer, procedure_parts, write_claims
from claimwright.x12.envelope import Envelope, SetWriter, day, money, number, span, text

__all__ = ["VERSION", "write_837d"]

VERSION = "005010X224A2"


def write_837d(claims: Sequence[Claim], envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> bytes:
    """One 837D file; `batch` is BHT03. A predetermination is sent without days of service: nothing has been done yet."""
    return write_claims(claims, envelope, submitter, receiver, batch, version=VERSION, write=_claim)


def _claim(out: SetWriter, claim: Claim) -> None:
    dental = claim.dental or Dental()
    cause = (claim.related_cause, "", "", claim.accident_state) if claim.related_cause else ""
    out.add(
        "CLM", text(claim.patient_control_number), money(claim.charge), "", "",
        (claim.place_of_service, "B", claim.frequency), "Y" if claim.signature_on_file else "N", claim.accept_assignment,
        "Y" if claim.assignment_of_benefits else "N", claim.release_of_information, "", cause, "", "", "", "", "", "", "",
        "PB" if dental.predetermination else "",
    )  # fmt: skip
    for qualifier, on in (("439", claim.accident_date), ("452", dental.appliance_placed)):
        if on is not None:
            out.add("DTP", qualifier, "D8", day(on))
    if not dental.predetermination and claim.lines:
        out.add("DTP", "472", *span(claim.first_service, claim.last_service))
    _mouth(out, dental)
    if claim.patient_paid:
        out.add("AMT", "F5", money(claim.patient_paid))
    add_reference(out, "G3", dental.predetermination_number)
    add_reference(out, "F8", claim.payer_control_number)
    add_reference(out, "9F", claim.referral_number)
    add_reference(out, "G1", claim.prior_authorization)
    if claim.note:
        out.add("NTE", "ADD", text(claim.note))
    codes = [("ABF" if place else "ABK", code_on_wire(one.code)) for place, one in enumerate(claim.diagnoses)]
    if codes:
        out.add("HI", *codes)
    _providers(out, claim, dental)
    for other in claim.other_payers:
        add_other_payer(out, claim, other)
    for line in claim.lines:
        _line(out, claim, line, dental.predetermination)


def _mouth(out: SetWriter, dental: Dental) -> None:
    """DN1 and DN2: orthodontic treatment, and teeth that are missing or to be extracted."""
    months = ["" if one is None else number(one) for one in (dental.orthodontic_months, dental.orthodontic_months_left)]
    if any(months):
        out.add("DN1", *months)
    elif dental.orthodontic:  # only where no months tell it (X224, 2300 DN104)
        out.add("DN1", "", "", "", "Y")
    for one in dental.tooth_status:
        out.add("DN2", one.tooth, one.status, "", "", "", "JP")


def _providers(out: SetWriter, claim: Claim, dental: Dental) -> None:
    if claim.referring:
        add_provider(out, "DN", claim.referring)
        add_taxonomy(out, "RF", claim.referring)
    if claim.rendering:
        add_provider(out, "82", claim.rendering)
        add_taxonomy(out, "PE", claim.rendering)
    if claim.service_facility:
        add_provider(out, "77", claim.service_facility)
        add_address(out, claim.service_facility.address)
    if dental.assistant_surgeon:
        add_provider(out, "DD", dental.assistant_surgeon)
        add_taxonomy(out, "AS", dental.assistant_surgeon)
    if claim.supervising:
        add_provider(out, "DQ", claim.supervising)


def _line(out: SetWriter, claim: Claim, line: ServiceLine, predetermination: bool) -> None:
    """A dental service. Its days are sent where they are not the claim's (X224, 2400 DTP*472)."""
    dental = line.dental or DentalLine()
    place = "" if line.place_of_service == claim.place_of_service else line.place_of_service
    pointers = tuple(str(pointer) for pointer in line.pointers[:4]) if claim.diagnoses else ()
    out.add("LX", str(line.number))
    out.add(
        "SV3", procedure_parts(line, "AD"), money(line.charge), place, dental.oral_cavity[:5], dental.prosthesis,
        number(line.units), "", "", "", "", pointers,
    )  # fmt: skip
    for tooth in dental.teeth:
        out.add("TOO", "JP", text(tooth.number), tooth.surfaces[:5])
    if not predetermination and (line.first_service, line.through) != (claim.first_service, claim.last_service):
        out.add("DTP", "472", *span(line.first_service, line.last_service))
    for qualifier, on in (
        ("441", dental.prior_placement),
        ("452", dental.appliance_placed),
        ("446", dental.appliance_replaced),
        ("196", dental.treatment_began),
        ("198", dental.treatment_completed),
    ):
        if on is not None:
            out.add("DTP", qualifier, "D8", day(on))
    add_reference(out, "G3", dental.predetermination_number)
    add_reference(out, "6R", line.control_number)
    if line.rendering:
        add_provider(out, "82", line.rendering)
        add_taxonomy(out, "PE", line.rendering)
    if dental.assistant_surgeon:
        add_provider(out, "DD", dental.assistant_surgeon)
        add_taxonomy(out, "AS", dental.assistant_surgeon)
    if line.supervising:
        add_provider(out, "DQ", line.supervising)
    add_line_facility(out, line)
    for one in line.adjudications:
        add_line_adjudication(out, one, line, "AD")
