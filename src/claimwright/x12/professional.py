"""837P (005010X222A1): professional claims to the wire and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from claimwright.claims.model import Claim, ServiceLine
from claimwright.parties import Payer, Provider
from claimwright.x12.claim_parts import add_address, add_provider, add_reference, add_taxonomy, code_on_wire
from claimwright.x12.claim_reading import ReadClaim, read_claims
from claimwright.x12.claim_writing import (
    add_drug,
    add_line_adjudication,
    add_line_facility,
    add_other_payer,
    procedure_parts,
    write_claims,
)
from claimwright.x12.envelope import Envelope, SetWriter, composite, day, money, number, span, text
from claimwright.x12.tokens import Source

__all__ = ["VERSION", "ReadClaim", "read_837", "write_837p"]

VERSION = "005010X222A1"


def write_837p(claims: Sequence[Claim], envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> bytes:
    """One 837P file; `batch` is BHT03, which the 277CA gives back. More than 5,000 claims make more than one set."""
    return write_claims(claims, envelope, submitter, receiver, batch, version=VERSION, write=_claim)


def read_837(source: Source) -> Iterator[ReadClaim]:
    """Every claim of an 837P, 837I or 837D file, one at a time; a claim that cannot be read is returned with its findings."""
    return read_claims(source)


def _claim(out: SetWriter, claim: Claim) -> None:
    cause = composite(claim.related_cause, "", "", claim.accident_state) if claim.related_cause else ""
    out.add(
        "CLM", text(claim.patient_control_number), money(claim.charge), "", "",
        composite(claim.place_of_service, "B", claim.frequency), "Y" if claim.signature_on_file else "N", claim.accept_assignment,
        "Y" if claim.assignment_of_benefits else "N", claim.release_of_information, "", cause,
    )  # fmt: skip
    for qualifier, on in (
        ("431", claim.onset), ("439", claim.accident_date), ("484", claim.last_menstrual_period), ("435", claim.admitted),
        ("096", claim.discharged),
    ):  # fmt: skip
        if on is not None:
            out.add("DTP", qualifier, "D8", day(on))
    if claim.patient_paid:
        out.add("AMT", "F5", money(claim.patient_paid))
    add_reference(out, "9F", claim.referral_number)
    add_reference(out, "G1", claim.prior_authorization)
    add_reference(out, "F8", claim.payer_control_number)
    add_reference(out, "X4", (claim.service_facility or claim.billing).clia)
    if claim.note:
        out.add("NTE", "ADD", text(claim.note))
    codes = [composite("ABF" if place else "ABK", code_on_wire(one.code)) for place, one in enumerate(claim.diagnoses)]
    if codes:
        out.add("HI", *codes)
    _claim_providers(out, claim)
    for other in claim.other_payers:
        add_other_payer(out, claim, other)
    for line in claim.lines:
        _line(out, claim, line)


def _claim_providers(out: SetWriter, claim: Claim) -> None:
    if claim.referring:
        add_provider(out, "DN", claim.referring)
    if claim.rendering:
        add_provider(out, "82", claim.rendering)
        add_taxonomy(out, "PE", claim.rendering)
    if claim.service_facility:
        add_provider(out, "77", claim.service_facility)
        add_address(out, claim.service_facility.address)
    if claim.supervising:
        add_provider(out, "DQ", claim.supervising)


def _line(out: SetWriter, claim: Claim, line: ServiceLine) -> None:
    pointers = composite(*map(str, line.pointers[:4]))
    place = "" if line.place_of_service == claim.place_of_service else line.place_of_service
    out.add("LX", str(line.number))
    out.add(
        "SV1", composite(*procedure_parts(line, "HC")), money(line.charge), line.unit_basis, number(line.units), place, "",
        pointers, "", "Y" if line.emergency else "",
    )  # fmt: skip
    out.add("DTP", "472", *span(line.first_service, line.last_service))
    add_reference(out, "6R", line.control_number)
    add_reference(out, "X4", line.clia)
    add_drug(out, line)
    if line.rendering:
        add_provider(out, "82", line.rendering)
        add_taxonomy(out, "PE", line.rendering)
    add_line_facility(out, line)
    if line.supervising:
        add_provider(out, "DQ", line.supervising)
    if line.ordering:
        add_provider(out, "DK", line.ordering)
        add_address(out, line.ordering.address)
    if line.referring:
        add_provider(out, "DN", line.referring)
    for one in line.adjudications:
        add_line_adjudication(out, one, line, "HC")
