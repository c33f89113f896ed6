"""What every 837 says in the same way: header, hierarchy of providers, subscribers and patients, other payers, decided lines.

Hierarchy and counts come from the claims; nothing is numbered by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
)
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, text

CLAIMS_A_SET = 5000  # the guides' recommended limit (X222, X223, X224: 1.3.2)
WriteClaim = Callable[[SetWriter, Claim], None]


def write_claims(
    claims: Sequence[Claim],
    envelope: Envelope,
    submitter: Provider,
    receiver: Payer,
    batch: str,
    *,
    version: str,
    write: WriteClaim,
) -> bytes:
    """One 837 file of a guide; `write` says how it lays out loop 2300. More than 5,000 claims make more than one set."""
    sets = []
    for place, start in enumerate(range(0, max(len(claims), 1), CLAIMS_A_SET)):
        out = SetWriter("837", set_control(envelope, place), version)
        _header(out, envelope, submitter, receiver, batch)
        _hierarchy(out, claims[start : start + CLAIMS_A_SET], write)
        sets.append(out)
    return interchange(envelope, "HC", version, sets)


def _header(out: SetWriter, envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> None:
    created = envelope.created
    out.add("BHT", "0019", "00", text(batch), day(created.date()), created.strftime("%H%M"), "CH")
    kind = "1" if submitter.person else "2"
    out.add("NM1", "41", kind, text(submitter.name), text(submitter.first), "", "", "", "46", text(envelope.sender_id))
    out.add("PER", "IC", text(submitter.name), "TE", submitter.phone or "0000000000")
    out.add("NM1", "40", "2", text(receiver.name), "", "", "", "", "46", text(receiver.payer_id))


def _hierarchy(out: SetWriter, claims: Sequence[Claim], write: WriteClaim) -> None:
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
                    _claims(out, some, write)
                continue
            subscriber_level = out.level("22", billing_level, True)
            _subscriber(out, same_policy[0])
            for _, of_patient in groupby(same_policy, key=lambda claim: (claim.patient, claim.property_casualty_number)):
                for some in _some(list(of_patient)):
                    out.level("23", subscriber_level, False)
                    _patient(out, some[0])
                    _claims(out, some, write)


def _some(claims: list[Claim]) -> Iterator[list[Claim]]:
    """As many as may stand under one patient (loop 2300: 100)."""
    for start in range(0, len(claims), 100):
        yield claims[start : start + 100]


def _claims(out: SetWriter, claims: Sequence[Claim], write: WriteClaim) -> None:
    for claim in claims:
        write(out, claim)


def _policy(claim: Claim) -> tuple[object, ...]:
    patient = (claim.patient, claim.property_casualty_number) if claim.patient_is_subscriber else None
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
    # The MSP type is the professional claim's alone (X223 and X224, 2000B SBR05: not used).
    insurance_type = claim.insurance_type if claim.form == "professional" else ""
    head = (claim.responsibility, relationship, text(insured.group_number), name, insurance_type)
    out.add("SBR", *head, "", "", "", claim.filing_indicator)
    person = claim.patient if claim.patient_is_subscriber else insured.person
    add_person(out, "IL", person, "MI", insured.member_id)
    add_address(out, person.address)
    if person.birth:
        out.add("DMG", "D8", day(person.birth), person.sex)
    if claim.patient_is_subscriber:
        add_reference(out, "Y4", claim.property_casualty_number)
    out.add("NM1", "PR", "2", text(payer.name), "", "", "", "", "PI", text(payer.payer_id))
    add_address(out, payer.address)


def _patient(out: SetWriter, claim: Claim) -> None:
    patient = claim.patient
    out.add("PAT", claim.insured.relationship)
    add_person(out, "QC", patient)
    add_address(out, patient.address)
    if patient.birth:
        out.add("DMG", "D8", day(patient.birth), patient.sex)
    add_reference(out, "Y4", claim.property_casualty_number)


def add_other_payer(out: SetWriter, claim: Claim, other: OtherPayer) -> None:
    """2320 and 2330: the other policy and, if it has decided, what it decided on the claim as a whole."""
    insured = other.insured
    name = "" if insured.group_number else text(insured.group_name)
    insurance_type = "" if claim.form == "institutional" else other.insurance_type  # X223, 2320 SBR05: not used
    head = (other.responsibility, insured.relationship, text(insured.group_number), name, insurance_type)
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


def procedure_parts(line: ServiceLine, usual: str) -> tuple[str, ...]:
    """The procedure as a composite, with the qualifier that is usual on this form unless the line names another."""
    modifiers = (*line.modifiers[:4], "", "", "", "")[:4]
    return (line.procedure_qualifier or usual, line.procedure, *modifiers, text(line.description))


def add_drug(out: SetWriter, line: ServiceLine) -> None:
    """2410: the NDC with its quantity, and the prescription."""
    if line.drug:
        out.add("LIN", "", "N4", line.drug.ndc)
        out.add("CTP", "", "", "", number(line.drug.quantity), (line.drug.unit,))
        add_reference(out, "XZ", line.drug.prescription)


def add_line_facility(out: SetWriter, line: ServiceLine) -> None:
    """The line's own place of service, as a provider with its address."""
    if line.service_facility:
        add_provider(out, "77", line.service_facility)
        add_address(out, line.service_facility.address)


def add_line_adjudication(out: SetWriter, one: LineAdjudication, line: ServiceLine, usual: str) -> None:
    """2430: what an earlier payer decided on the line; SVD04 is for facilities alone."""
    bundled = str(one.bundled_into) if one.bundled_into else ""
    procedure = (line.procedure_qualifier or usual, one.procedure, *one.modifiers[:4]) if one.procedure else ""
    revenue = one.revenue_code or line.revenue_code
    out.add("SVD", text(one.payer_id), money(one.paid), procedure, revenue, number(one.units), bundled)
    add_adjustments(out, one.adjustments)
    if one.paid_on:
        out.add("DTP", "573", "D8", day(one.paid_on))
    if one.remaining_patient is not None:
        out.add("AMT", "EAF", money(one.remaining_patient))
