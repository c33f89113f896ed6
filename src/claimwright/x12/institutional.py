"""837I (005010X223A2): facilities' claims to the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from claimwright.claims.model import Claim, Institutional, Procedure, ServiceLine
from claimwright.parties import Payer, Provider
from claimwright.x12.claim_parts import add_address, add_provider, add_reference, add_taxonomy, code_on_wire
from claimwright.x12.claim_writing import add_drug, add_line_adjudication, add_other_payer, procedure_parts, write_claims
from claimwright.x12.envelope import Envelope, SetWriter, day, money, number, span, text

__all__ = ["VERSION", "write_837i"]

VERSION = "005010X223A2"


def write_837i(claims: Sequence[Claim], envelope: Envelope, submitter: Provider, receiver: Payer, batch: str) -> bytes:
    """One 837I file; `batch` is BHT03. A claim without its `institutional` part is stated for its days of service."""
    return write_claims(claims, envelope, submitter, receiver, batch, version=VERSION, write=_claim)


def _claim(out: SetWriter, claim: Claim) -> None:
    said = claim.institutional
    facility = said or Institutional(statement_from=claim.first_service, statement_through=claim.last_service)
    out.add(
        "CLM", text(claim.patient_control_number), money(claim.charge), "", "", (claim.bill_type, "A", claim.frequency), "",
        claim.accept_assignment, "Y" if claim.assignment_of_benefits else "N", claim.release_of_information,
    )  # fmt: skip
    _dates(out, claim, facility)
    out.add("CL1", claim.admission_type, claim.admission_source, claim.discharge_status)
    if facility.patient_due is not None:
        out.add("AMT", "F3", money(facility.patient_due))
    add_reference(out, "9F", claim.referral_number)
    add_reference(out, "G1", claim.prior_authorization)
    add_reference(out, "F8", claim.payer_control_number)
    add_reference(out, "LU", claim.accident_state)
    add_reference(out, "EA", facility.medical_record_number)
    if claim.note:
        out.add("NTE", "ADD", text(claim.note))
    _diagnoses(out, claim, facility)
    _procedures(out, facility)
    _codes(out, facility)
    _providers(out, claim, facility)
    for other in claim.other_payers:
        add_other_payer(out, claim, other)
    for line in claim.lines:
        _line(out, line, (facility.statement_from, facility.statement_through))


def _dates(out: SetWriter, claim: Claim, facility: Institutional) -> None:
    """Discharge hour, statement period and admission; the period is a range even where it is one day (X223, 2300 DTP*434)."""
    if facility.discharge_hour:
        out.add("DTP", "096", "TM", facility.discharge_hour)
    out.add("DTP", "434", "RD8", f"{day(facility.statement_from)}-{day(facility.statement_through)}")
    if claim.admitted and facility.admission_hour:
        out.add("DTP", "435", "DT", day(claim.admitted) + facility.admission_hour)
    elif claim.admitted:
        out.add("DTP", "435", "D8", day(claim.admitted))


def _repeated(out: SetWriter, composites: Iterable[tuple[str, ...]]) -> None:
    """HI segments of one kind, twelve codes each."""
    every = list(composites)
    for start in range(0, len(every), 12):
        out.add("HI", *every[start : start + 12])


def _diagnosis(qualifier: str, code: str, present_on_admission: str = "") -> tuple[str, ...]:
    return (qualifier, code_on_wire(code), "", "", "", "", "", "", present_on_admission)


def _diagnoses(out: SetWriter, claim: Claim, facility: Institutional) -> None:
    """The principal diagnosis and each other kind, in segments of their own."""
    principal, others = claim.diagnoses[:1], claim.diagnoses[1:]
    _repeated(out, (_diagnosis("ABK", one.code, one.present_on_admission) for one in principal))
    if facility.admitting_diagnosis:
        out.add("HI", _diagnosis("ABJ", facility.admitting_diagnosis))
    _repeated(out, (_diagnosis("APR", code) for code in facility.reasons_for_visit))
    _repeated(out, (_diagnosis("ABN", one.code, one.present_on_admission) for one in facility.external_causes))
    if facility.drg:
        out.add("HI", ("DR", facility.drg))
    _repeated(out, (_diagnosis("ABF", one.code, one.present_on_admission) for one in others))


def _procedures(out: SetWriter, facility: Institutional) -> None:
    if facility.principal_procedure:
        out.add("HI", _dated("BBR", facility.principal_procedure))
    _repeated(out, (_dated("BBQ", one) for one in facility.other_procedures))


def _dated(qualifier: str, procedure: Procedure) -> tuple[str, ...]:
    return (qualifier, procedure.code, "D8" if procedure.on else "", day(procedure.on))


def _codes(out: SetWriter, facility: Institutional) -> None:
    """Occurrence spans, occurrences, values, conditions, treatments, in the guide's order."""
    spans = ((one.code, f"{day(one.first)}-{day(one.last or one.first)}") for one in facility.occurrence_spans)
    _repeated(out, (("BI", code, "RD8", period) for code, period in spans))
    _repeated(out, (("BH", one.code, "D8" if one.on else "", day(one.on)) for one in facility.occurrences))
    _repeated(out, (("BE", one.code, "", "", money(one.amount)) for one in facility.value_codes))
    _repeated(out, (("BG", code) for code in facility.condition_codes))
    _repeated(out, (("TC", code) for code in facility.treatment_codes))


def _providers(out: SetWriter, claim: Claim, facility: Institutional) -> None:
    if claim.attending:
        add_provider(out, "71", claim.attending)
        add_taxonomy(out, "AT", claim.attending)
    named = (("72", facility.operating), ("ZZ", facility.other_operating), ("82", claim.rendering))
    for entity, provider in named:
        if provider:
            add_provider(out, entity, provider)
    if claim.service_facility:
        add_provider(out, "77", claim.service_facility)
        add_address(out, claim.service_facility.address)
    if claim.referring:
        add_provider(out, "DN", claim.referring)


def _line(out: SetWriter, line: ServiceLine, statement: tuple[date, date]) -> None:
    """A revenue line. Its days are sent where they are not those of the statement (X223, 2400 DTP*472)."""
    procedure = procedure_parts(line, "HC") if line.procedure else ""
    basis = "DA" if line.unit_basis == "DA" else "UN"
    non_covered = money(line.non_covered) if line.non_covered else ""
    out.add("LX", str(line.number))
    out.add("SV2", line.revenue_code, procedure, money(line.charge), basis, number(line.units), "", non_covered)
    if (line.first_service, line.through) != statement:
        out.add("DTP", "472", *span(line.first_service, line.last_service))
    add_reference(out, "6R", line.control_number)
    add_drug(out, line)
    named = (("72", line.operating), ("ZZ", line.other_operating), ("82", line.rendering), ("DN", line.referring))
    for entity, provider in named:
        if provider:
            add_provider(out, entity, provider)
    for one in line.adjudications:
        add_line_adjudication(out, one, line, "HC")
