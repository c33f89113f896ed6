"""What the patient will owe, said before the visit, with the reason for each amount."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from claimwright.adjudication.estimate import EstimateResult, estimate
from claimwright.adjudication.estimate_pdf import estimate_pdf
from claimwright.charges.capture import capture
from claimwright.charges.model import CodedService
from claimwright.claims.model import Claim
from claimwright.coverage.model import Accumulators
from claimwright.office.codes import fees
from claimwright.office.records.content import pack, unpack
from claimwright.office.records.convert import billing_provider, charge_master, contract_for, coverages_on, plan_of
from claimwright.office.records.ledger import balance
from claimwright.office.records.models import CoverageRecord, Encounter, Estimate, Practice, User
from claimwright.office.workflow.charging import decided_services
from claimwright.office.workflow.coding import DIAGNOSIS
from claimwright.office.workflow.compose import compose
from claimwright.office.workflow.eligibility import used_by
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import find, touched
from claimwright.parties import Struct
from claimwright.pricing.contracts import by_medicares_rules
from claimwright.pricing.model import Contract
from claimwright.pricing.price import price


class EstimateContent(Struct):
    """What is kept of an estimate: the figures, and what they rest on."""

    result: EstimateResult
    plan: str  # name; empty for a patient without insurance
    secondary: str = ""
    as_of: str = ""  # where the used benefits are known from
    assumed: str = ""  # when the services are not known yet


@transaction.atomic
def estimate_visit(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    encounter_id: int,
    services: Sequence[CodedService] | None = None,
) -> Estimate:
    """Estimate a visit from the services planned, else those decided, else a usual office visit."""
    encounter = find(Encounter, practice, encounter_id, "patient__guarantor", "provider", "location", "practice")
    if encounter.state == "cancelled":
        raise Refused("This visit was cancelled.")
    assumed = ""
    planned = list(services or decided_services(encounter))
    if not planned:
        code = "99203" if encounter.new_patient else "99213"
        planned = [CodedService(procedure=code, modifiers=(), units=Decimal(1), diagnosis_codes=(), on=encounter.date)]
        assumed = f"The services are not known yet: a usual visit ({code}) is assumed."
    diagnoses = list(encounter.codes.filter(system=DIAGNOSIS).values_list("code", flat=True))
    diagnoses = diagnoses or list(dict.fromkeys(code for service in planned for code in service.diagnosis_codes))
    _, result, first, second, as_of = figures(encounter, planned, diagnoses)
    content = EstimateContent(
        result=result,
        plan=first.plan.name if first else "",
        secondary=second.plan.name if second else "",
        as_of=as_of if first else "",
        assumed=assumed,
    )
    touched(practice, by, encounter.patient, "visit estimated")
    return Estimate.objects.create(
        encounter=encounter,
        made_on=today,
        patient_owes=result.patient_owes,
        earlier_balance=result.earlier_balance,
        content=pack(content),
    )


def figures(
    encounter: Encounter, planned: Sequence[CodedService], diagnoses: Sequence[str]
) -> tuple[Claim, EstimateResult, CoverageRecord | None, CoverageRecord | None, str]:
    """The claim these services would make, what plan and patient would pay of it, the two coverages, and the benefits' source.

    Raises Refused where a service has no price.
    """
    lines, findings = capture(planned, charge_master(encounter.practice, [service.procedure for service in planned]))
    if stops := [finding.message for finding in findings if finding.stops]:
        raise Refused(stops[0])
    coverages = coverages_on(encounter.patient, encounter.date)
    first = coverages[0] if coverages else None
    second = coverages[1] if len(coverages) > 1 else None
    numbered = [(f"E{position}", line) for position, line in enumerate(lines, start=1)]
    claim = compose(encounter, first, numbered, number="ESTIMATE", diagnoses=diagnoses)
    locality = encounter.location.locality
    used, as_of = _used(first, encounter.date)
    second_prices = price(claim, _contract(second, encounter.date), locality, fees()) if second else None
    result = estimate(
        claim,
        plan_of(first.plan) if first else None,
        price(claim, _contract(first, encounter.date), locality, fees()),
        used,
        earlier_balance=earlier_balance(encounter),
        secondary=plan_of(second.plan) if second else None,
        secondary_prices=second_prices,
        secondary_accumulators=_used(second, encounter.date)[0] if second else None,
        authorized=_authorized(encounter, first, [service.procedure for service in planned]),
        referred=bool(first and first.referral_number),
    )
    return claim, result, first, second, as_of


def earlier_balance(encounter: Encounter) -> int:
    """What the guarantor owes from before this visit, less money held; never below nothing."""
    guarantor = encounter.patient.guarantor
    owed = balance("patient_ar", guarantor=guarantor) - balance("patient_ar", guarantor=guarantor, encounter=encounter)
    return max(owed + balance("unapplied", guarantor=guarantor), 0)


def _contract(coverage: CoverageRecord | None, on: date) -> Contract | None:
    if coverage is None:
        return None
    found = contract_for(coverage.plan.payer, coverage.plan.plan_id, on)
    return by_medicares_rules(found) if coverage.plan.kind == "MEDICARE_B" else found


def _used(coverage: CoverageRecord | None, on: date) -> tuple[Accumulators, str]:
    return used_by(plan_of(coverage.plan), coverage, on) if coverage else (Accumulators(), "")


def _authorized(encounter: Encounter, coverage: CoverageRecord | None, procedures: Sequence[str]) -> bool:
    """Whether every service that the plan wants authorized is."""
    if coverage is None:
        return True
    needed = plan_of(coverage.plan).authorization_required & set(procedures)
    held = encounter.patient.authorizations.filter(
        plan__plan_id=coverage.plan.plan_id, start__lte=encounter.date, end__gte=encounter.date
    )
    return needed <= {row.procedure for row in held if row.used < row.units}


def content_of_estimate(row: Estimate) -> EstimateContent:
    """An estimate as it was told."""
    return unpack(row.content, EstimateContent)


@transaction.atomic
def estimate_pdf_bytes(estimate_id: int, *, practice: Practice) -> bytes:
    """The estimate on paper, as it was told."""
    row = find(Estimate, practice, estimate_id, "encounter__patient", "encounter__provider", path="encounter__practice")
    content = content_of_estimate(row)
    patient = row.encounter.patient
    return estimate_pdf(
        content.result,
        practice=billing_provider(practice),
        patient=f"{patient.first} {patient.last}",
        visit_on=row.encounter.date,
        made_on=row.made_on,
        plan=content.plan,
        secondary=content.secondary,
        provider=str(row.encounter.provider),
        as_of=content.as_of,
        assumed=content.assumed,
    )
