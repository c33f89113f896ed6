"""837P (005010X222A1): claims to the wire and back. Hierarchy and counts come from the claims; nothing is numbered by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from claimwright.claims.model import Claim, LineAdjudication, OtherPayer, ServiceLine
from claimwright.parties import Payer, Provider
from claimwright.x12.claim_parts import (
    add_address,
    add_adjustments,
    add_person,
    add_provider,
    add_reference,
    add_taxonomy,
    code_on_wire,
)
from claimwright.x12.claim_reading import ReadClaim, read_claims
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, span, text
from claimwright.x12.tokens import Source

__all__ = ["VERSION", "ReadClaim", "read_837", "write_837p"]

VERSION = "005010X222A1"
CLAIMS_A_SET = 5000  # the guide's recommended limit (X222, 1.3.2)


def write_837p(claims: Sequence[Claim], envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> bytes:
    """One 837P file; `batch` is BHT03, which the 277CA gives back. More than 5,000 claims make more than one set."""
    sets = []
    for place, start in enumerate(range(0, max(len(claims), 1), CLAIMS_A_SET)):
        out = SetWriter("837", set_control(envelope, place), VERSION)
        _header(out, envelope, submitter, receiver, batch)
        _hierarchy(out, claims[start : start + CLAIMS_A_SET])
        sets.append(out)
    return interchange(envelope, "HC", VERSION, sets)


def read_837(source: Source) -> Iterator[ReadClaim]:
    """Every claim of an 837P, 837I or 837D file, one at a time; a claim that cannot be read is returned with its findings."""
    return read_claims(source)


def _header(out: SetWriter, envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> None:
    created = envelope.created
    out.add("BHT", "0019", "00", text(batch), day(created.date()), created.strftime("%H%M"), "CH")
    kind = "1" if submitter.person else "2"
    out.add("NM1", "41", kind, text(submitter.name), text(submitter.first), "", "", "", "46", text(envelope.sender_id))
    out.add("PER", "IC", text(submitter.name), "TE", submitter.phone or "0000000000")
    out.add("NM1", "40", "2", text(receiver.name), "", "", "", "", "46", text(receiver.payer_id))


def _hierarchy(out: SetWriter, claims: Sequence[Claim]) -> None:
    """2000A, 2000B, 2000C: neighbours with the same billing provider, policy and patient share their levels."""
    for _, billed in groupby(claims, key=lambda claim: (claim.billing, claim.pay_to)):
        same_billing = list(billed)
        billing_level = out.level("20", None, True)
        _billing(out, same_billing[0])
        for _, insured in groupby(same_billing, key=_policy):
            same_policy = list(insured)
            if same_policy[0].patient_is_subscriber:
                for some in _some(same_policy):
                    out.level("22", billing_level, False)
                    _subscriber(out, some[0])
                    _claims(out, some)
                continue
            subscriber_level = out.level("22", billing_level, True)
            _subscriber(out, same_policy[0])
            for _, of_patient in groupby(same_policy, key=lambda claim: claim.patient):
                for some in _some(list(of_patient)):
                    out.level("23", subscriber_level, False)
                    _patient(out, some[0])
                    _claims(out, some)


def _some(claims: list[Claim]) -> Iterator[list[Claim]]:
    """As many as may stand under one patient (X222, loop 2300: 100)."""
    for start in range(0, len(claims), 100):
        yield claims[start : start + 100]


def _claims(out: SetWriter, claims: Sequence[Claim]) -> None:
    for claim in claims:
        _claim(out, claim)


def _policy(claim: Claim) -> tuple[object, ...]:
    patient = claim.patient if claim.patient_is_subscriber else None
    return (claim.insured, claim.payer, claim.responsibility, claim.filing_indicator, claim.insurance_type, patient)


def _billing(out: SetWriter, claim: Claim) -> None:
    billing = claim.billing
    add_taxonomy(out, "BI", billing)
    add_provider(out, "85", billing)
    add_address(out, billing.address)
    add_reference(out, "EI", billing.ein.replace("-", ""))
    if billing.phone:
        out.add("PER", "IC", text(billing.name), "TE", billing.phone)
    if claim.pay_to is not None:
        out.add("NM1", "87", "1" if billing.person else "2")
        add_address(out, claim.pay_to)


def _subscriber(out: SetWriter, claim: Claim) -> None:
    insured, payer = claim.insured, claim.payer
    relationship = "18" if claim.patient_is_subscriber else ""
    # The group's name is sent only where there is no group number (X222, 2000B SBR04).
    name = "" if insured.group_number else text(insured.group_name)
    head = (claim.responsibility, relationship, text(insured.group_number), name, claim.insurance_type)
    out.add("SBR", *head, "", "", "", claim.filing_indicator)
    person = claim.patient if claim.patient_is_subscriber else insured.person
    add_person(out, "IL", person, "MI", insured.member_id)
    add_address(out, person.address)
    if person.birth:
        out.add("DMG", "D8", day(person.birth), person.sex)
    out.add("NM1", "PR", "2", text(payer.name), "", "", "", "", "PI", text(payer.payer_id))
    add_address(out, payer.address)


def _patient(out: SetWriter, claim: Claim) -> None:
    patient = claim.patient
    out.add("PAT", claim.insured.relationship)
    add_person(out, "QC", patient)
    add_address(out, patient.address)
    if patient.birth:
        out.add("DMG", "D8", day(patient.birth), patient.sex)


def _claim(out: SetWriter, claim: Claim) -> None:
    cause = (claim.related_cause, "", "", claim.accident_state) if claim.related_cause else ""
    out.add(
        "CLM", text(claim.patient_control_number), money(claim.charge), "", "",
        (claim.place_of_service, "B", claim.frequency), "Y" if claim.signature_on_file else "N", claim.accept_assignment,
        "Y" if claim.assignment_of_benefits else "N", claim.release_of_information, "", cause,
    )  # fmt: skip
    for qualifier, on in (("431", claim.onset), ("439", claim.accident_date), ("435", claim.admitted), ("096", claim.discharged)):
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
    codes = [("ABF" if place else "ABK", code_on_wire(one.code)) for place, one in enumerate(claim.diagnoses)]
    if codes:
        out.add("HI", *codes)
    _claim_providers(out, claim)
    for other in claim.other_payers:
        _other_payer(out, claim, other)
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


def _other_payer(out: SetWriter, claim: Claim, other: OtherPayer) -> None:
    """2320 and 2330: the other policy and, if it has decided, what it decided on the claim as a whole."""
    insured = other.insured
    name = "" if insured.group_number else text(insured.group_name)
    head = (other.responsibility, insured.relationship, text(insured.group_number), name, other.insurance_type)
    out.add("SBR", *head, "", "", "", other.filing_indicator)
    add_adjustments(out, other.adjustments)
    if other.paid is not None:
        out.add("AMT", "D", money(other.paid))
    if other.remaining_patient is not None:
        out.add("AMT", "EAF", money(other.remaining_patient))
    out.add("OI", "", "", "Y" if other.assignment_of_benefits else "N", "", "", other.release_of_information)
    add_person(out, "IL", insured.person, "MI", insured.member_id)
    add_address(out, insured.person.address)
    out.add("NM1", "PR", "2", text(other.payer.name), "", "", "", "", "PI", text(other.payer.payer_id))
    add_address(out, other.payer.address)
    by_line = any(one.payer_id == other.payer.payer_id and one.paid_on for line in claim.lines for one in line.adjudications)
    if other.paid_on and not by_line:  # the lines carry the date where the payer decided by line (X222, 2330B DTP)
        out.add("DTP", "573", "D8", day(other.paid_on))
    add_reference(out, "F8", other.payer_control_number)


def _line(out: SetWriter, claim: Claim, line: ServiceLine) -> None:
    modifiers = (*line.modifiers[:4], "", "", "", "")[:4]
    procedure = ("HC", line.procedure, *modifiers, text(line.description))
    pointers = tuple(str(pointer) for pointer in line.pointers[:4])
    place = "" if line.place_of_service == claim.place_of_service else line.place_of_service
    out.add("LX", str(line.number))
    out.add(
        "SV1", procedure, money(line.charge), line.unit_basis, number(line.units), place, "", pointers, "",
        "Y" if line.emergency else "",
    )  # fmt: skip
    out.add("DTP", "472", *span(line.first_service, line.last_service))
    add_reference(out, "6R", line.control_number)
    add_reference(out, "X4", line.clia)
    if line.drug:
        out.add("LIN", "", "N4", line.drug.ndc)
        out.add("CTP", "", "", "", number(line.drug.quantity), (line.drug.unit,))
    if line.rendering:
        add_provider(out, "82", line.rendering)
        add_taxonomy(out, "PE", line.rendering)
    if line.ordering:
        add_provider(out, "DK", line.ordering)
        add_address(out, line.ordering.address)
    for one in line.adjudications:
        _line_adjudication(out, one)


def _line_adjudication(out: SetWriter, one: LineAdjudication) -> None:
    bundled = str(one.bundled_into) if one.bundled_into else ""
    out.add("SVD", text(one.payer_id), money(one.paid), ("HC", one.procedure, *one.modifiers[:4]), "", number(one.units), bundled)
    add_adjustments(out, one.adjustments)
    if one.paid_on:
        out.add("DTP", "573", "D8", day(one.paid_on))
    if one.remaining_patient is not None:
        out.add("AMT", "EAF", money(one.remaining_patient))
