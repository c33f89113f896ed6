"""A chart's codes before they are decided: which edits would fire, what would be paid, and how it stands to the note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from claimwright.adjudication.estimate import EstimateResult
from claimwright.charges.capture import unit_price
from claimwright.charges.model import CodedService
from claimwright.coding.audit import Audit, Charged, audit
from claimwright.edits.scrub import Context, scrub
from claimwright.findings import Finding
from claimwright.identifiers import ndc_digits
from claimwright.money import Cents
from claimwright.office.codes import tables
from claimwright.office.records.charts import coding_of
from claimwright.office.records.convert import authorization_of, charge_master, coverage_of, enrolments, visit_texts
from claimwright.office.records.models import Encounter, Practice, User
from claimwright.office.workflow.coding import DIAGNOSIS, DecidedCode
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.estimation import figures
from claimwright.office.workflow.history import history_of
from claimwright.office.workflow.rules import own_edits
from claimwright.parties import Struct

POINTERS = 4  # diagnoses that one service may point to (837P SV107)


class Draft(Struct):
    """What the codes would do. `refused`: why they could not be charged at all, in words."""

    findings: tuple[Finding, ...] = ()
    result: EstimateResult | None = None
    plan: str = ""
    audit: Audit | None = None
    refused: str = ""

    @property
    def charge(self) -> Cents:
        """What the practice would bill."""
        return sum(line.charge for line in self.result.lines) if self.result else 0

    @property
    def allowed(self) -> Cents:
        """What the contract lets be charged, of which the patient's share is a part."""
        return sum(line.allowed for line in self.result.lines) if self.result else 0


def try_codes(*, practice: Practice, by: User | None, today: date, encounter_id: int, codes: Sequence[DecidedCode]) -> Draft:
    """Run edits, prices and the audit over codes that nobody has decided yet. Keeps nothing."""
    related = ("patient__guarantor", "provider", "location", "practice")
    encounter = Encounter.objects.select_related(*related).filter(practice=practice, pk=encounter_id).first()
    if encounter is None:
        raise Refused("There is no such encounter in this practice.")
    diagnoses = list(dict.fromkeys(one.code for one in codes if one.system == DIAGNOSIS))
    services = [_service(one, diagnoses, encounter) for one in codes if one.system != DIAGNOSIS]
    compared = audited(encounter, services, diagnoses)
    if not diagnoses or not services:
        return Draft(audit=compared, refused="At least one diagnosis and one service make a claim.")
    try:
        claim, result, first, _, _ = figures(encounter, services, diagnoses)
    except Refused as refusal:
        return Draft(audit=compared, refused=str(refusal))
    around = Context(
        today=today,
        history=history_of(encounter.patient, encounter.date, encounter.claims.all()),
        coverage=coverage_of(first) if first else None,
        authorizations=tuple(authorization_of(row) for row in encounter.patient.authorizations.select_related("plan")),
        provider_enrolments=enrolments(practice),
        note=visit_texts(encounter),
    )
    findings = scrub(claim, around, tables(), own_edits(practice, claim, around)) if first else []
    return Draft(findings=tuple(findings), result=result, plan=first.plan.name if first else "", audit=compared)


def _service(one: DecidedCode, diagnoses: Sequence[str], encounter: Encounter) -> CodedService:
    pointed = tuple(code for code in one.diagnosis_codes if code in diagnoses) or tuple(diagnoses[:POINTERS])
    return CodedService(
        procedure=one.code,
        modifiers=one.modifiers,
        units=one.units,
        diagnosis_codes=pointed,
        on=encounter.date,
        ndc=ndc_digits(one.ndc),
        ndc_quantity=one.ndc_quantity,
        ndc_unit=one.ndc_unit,
    )


def audited(encounter: Encounter, services: Sequence[CodedService], diagnoses: Sequence[str]) -> Audit:
    """Charged against documented, with the practice's own fees."""
    coding = coding_of(encounter)
    named = {service.procedure for service in services} | {one.code for one in coding.services}
    master = charge_master(encounter.practice, named)

    def worth(charged: Charged) -> Cents | None:
        service = CodedService(
            procedure=charged.code,
            modifiers=charged.modifiers,
            units=Decimal(charged.units),
            diagnosis_codes=(),
            on=encounter.date,
        )
        price = unit_price(service, master)
        return None if price is None else price * charged.units

    charged = [Charged(service.procedure, service.modifiers, int(service.units)) for service in services]
    return audit(coding, charged, diagnoses, worth)
