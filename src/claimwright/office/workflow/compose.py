"""The claim, put together from what the office knows: one composition for estimates, forms and files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from claimwright.charges.model import ChargeLine, CodedService
from claimwright.claims.model import Claim, Diagnosis, Drug, OtherPayer, ServiceLine
from claimwright.codesets.procedures import procedure
from claimwright.edits.coverage import OF_THE_CASE
from claimwright.effective import age_on
from claimwright.money import Cents
from claimwright.office.records.convert import (
    billable_coverages,
    billing_provider,
    facility_of,
    insured_of,
    payer_of,
    person_of,
    plan_of,
    provider_of,
)
from claimwright.office.records.models import Charge, CoverageRecord, Encounter
from claimwright.office.workflow.coding import DIAGNOSIS
from claimwright.office.workflow.errors import Refused
from claimwright.parties import Insured, Payer, Provider

RESPONSIBILITY: dict[int, str] = {1: "P", 2: "S", 3: "T"}
PLACES = {"office": "11", "telehealth": "10"}  # 10: telehealth, the patient at home (CMS place of service code set)


def compose(
    encounter: Encounter,
    coverage: CoverageRecord | None,
    lines: Sequence[tuple[str, ChargeLine]],
    *,
    number: str,
    diagnoses: Sequence[str] | None = None,
    patient_paid: Cents = 0,
) -> Claim:
    """The professional claim of an encounter to one coverage's payer; without a coverage, the patient's own bill."""
    codes = list(diagnoses) if diagnoses is not None else [row.code for row in encounter.codes.filter(system=DIAGNOSIS)]
    patient = person_of(encounter.patient)
    services = [
        _line(encounter, coverage, position, control, line, codes) for position, (control, line) in enumerate(lines, start=1)
    ]
    if coverage is None:
        payer, insured, filing = Payer(name="Self-pay", payer_id="SELF"), Insured(person=patient, member_id=""), "09"
        responsibility = "P"
    else:
        payer, insured = payer_of(coverage.plan.payer), insured_of(coverage)
        filing, responsibility = plan_of(coverage.plan).filing_indicator, RESPONSIBILITY[coverage.order]
    others = _other_payers(encounter, coverage)
    return Claim(
        patient_control_number=number,
        charge=sum(line.charge for line in services),
        place_of_service=PLACES.get(encounter.setting, "11"),
        billing=billing_provider(encounter.practice),
        payer=payer,
        insured=insured,
        patient=patient,
        diagnoses=tuple(Diagnosis(code=code) for code in codes),
        lines=tuple(services),
        filing_indicator=filing,
        responsibility=responsibility,
        insurance_type=insurance_type(encounter, coverage),
        rendering=provider_of(encounter.provider),
        service_facility=_facility(encounter),
        prior_authorization=_authorization(encounter, coverage, services),
        referral_number=coverage.referral_number if coverage else "",
        patient_paid=patient_paid,
        other_payers=others,
        **_case(coverage, filing),
        accept_assignment=encounter.provider.accept_assignment,  # type: ignore[arg-type]
        assignment_of_benefits=coverage.assignment_of_benefits if coverage else True,
        release_of_information=coverage.release_of_information if coverage else "Y",  # type: ignore[arg-type]
    )


def _case(coverage: CoverageRecord | None, filing: str) -> dict[str, Any]:
    """What a claim to an insurer of work or of a car says of the accident."""
    if coverage is None or filing not in OF_THE_CASE:
        return {}
    return {
        "related_cause": OF_THE_CASE[filing][0],
        "accident_date": coverage.accident_on,
        "accident_state": coverage.accident_state if filing == "AM" else "",
        "property_casualty_number": coverage.case_number,
    }


def charge_lines(encounter: Encounter) -> list[tuple[str, ChargeLine]]:
    """The captured charges with their line control numbers. Raises Refused when there are none."""
    from claimwright.office.workflow.charging import decided_services

    rows: list[Charge] = list(encounter.charges.all())
    if not rows:
        raise Refused("Capture the charges first.")
    services = {(s.procedure, " ".join(s.modifiers)): s for s in decided_services(encounter)}
    lines = []
    for row in rows:
        service = services.get((row.procedure, row.modifiers))
        if service is None:
            raise Refused("The codes changed after the charges were captured; capture them again.")
        lines.append((row.control_number, ChargeLine(service=service, charge=row.amount)))
    return lines


def _medicare(coverage: CoverageRecord | None) -> bool:
    """Medicare wants to know who ordered a test (42 CFR 424.507): here, whoever saw the patient."""
    return coverage is not None and coverage.plan.kind == "MEDICARE_B"


def _line(
    encounter: Encounter,
    coverage: CoverageRecord | None,
    position: int,
    control: str,
    line: ChargeLine,
    codes: Sequence[str],
) -> ServiceLine:
    service = line.service
    pointers = tuple(codes.index(code) + 1 for code in service.diagnosis_codes if code in codes)[:4]  # SV107: four at most
    known = procedure(service.procedure, encounter.date)
    kind = known.service_kind if known else ""
    return ServiceLine(
        number=position,
        procedure=service.procedure,
        charge=line.charge,
        first_service=encounter.date,
        control_number=control,
        modifiers=service.modifiers,
        units=Decimal(service.units).normalize() + 0,
        pointers=pointers or (1,),
        clia=encounter.location.clia if kind == "lab" else "",
        drug=_drug(service),
        ordering=provider_of(encounter.provider) if kind in ("lab", "imaging") and _medicare(coverage) else None,
    )


def _drug(service: CodedService) -> Drug | None:
    """The drug's package (837P LIN and CTP), where the coder named one; a quantity left out is for the edits to say."""
    if not service.ndc:
        return None
    return Drug(ndc=service.ndc, quantity=(service.ndc_quantity or Decimal(0)).normalize() + 0, unit=service.ndc_unit)


def _facility(encounter: Encounter) -> Provider | None:
    """Where it happened, when that is not where the practice bills from (837 loop 2310C)."""
    location, practice = encounter.location, encounter.practice
    if encounter.setting == "telehealth" or (location.npi == practice.npi and location.line1 == practice.line1):
        return None
    return facility_of(location)


def _authorization(encounter: Encounter, coverage: CoverageRecord | None, lines: Sequence[ServiceLine]) -> str:
    """The number of a prior authorization in force for one of the services with units left."""
    if coverage is None:
        return ""
    held = encounter.patient.authorizations.filter(
        plan__plan_id=coverage.plan.plan_id,
        procedure__in=[line.procedure for line in lines],
        start__lte=encounter.date,
        end__gte=encounter.date,
    )
    return next((row.number for row in held.order_by("pk") if row.used < row.units), "")


def _other_payers(encounter: Encounter, coverage: CoverageRecord | None) -> tuple[OtherPayer, ...]:
    """The patient's other coverages in force, none of which has decided yet."""
    if coverage is None:
        return ()
    return tuple(
        OtherPayer(
            payer=payer_of(other.plan.payer),
            insured=insured_of(other),
            responsibility=RESPONSIBILITY[other.order],
            filing_indicator=plan_of(other.plan).filing_indicator,
            assignment_of_benefits=other.assignment_of_benefits,
            release_of_information=other.release_of_information,
        )
        for other in billable_coverages(encounter.patient, encounter.date)
        if other.pk != coverage.pk
    )


def insurance_type(encounter: Encounter, coverage: CoverageRecord | None) -> str:
    """Why Medicare pays second (SBR05): 12 working aged, 43 disabled under 65 (837P guide, 2000B SBR05)."""
    if coverage is None or coverage.plan.kind != "MEDICARE_B" or coverage.order == 1:
        return ""
    birth = encounter.patient.birth
    return "12" if birth and age_on(birth, encounter.date) >= 65 else "43"
