"""The claim to the next payer, with everything the earlier payer decided, exactly as it said it (837P 2320, 2330, 2430)."""

from __future__ import annotations

from datetime import date

import msgspec
from django.db.models import Q

from claimwright.claims.model import Claim, LineAdjudication, OtherPayer, ServiceLine
from claimwright.money import Cents
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.content import unpack
from claimwright.office.records.convert import coverages_on, insured_of, payer_of, plan_of
from claimwright.office.records.models import ClaimRecord, CoverageRecord, LedgerEvent, RemitClaimPart, RemitClaimRow
from claimwright.office.workflow.compose import RESPONSIBILITY, insurance_type
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.openclaims import open_lines_of
from claimwright.remits.lines import match_lines
from claimwright.remits.matching import OpenClaim
from claimwright.remits.model import RemitClaim, RemitLine
from claimwright.remits.post import claim_key


def secondary_coverage(claim: ClaimRecord) -> CoverageRecord | None:
    """The coverage that decides after the claim's own, if there is one."""
    later = [c for c in coverages_on(claim.patient, claim.first_service) if c.order > claim.coverage.order]
    return later[0] if later else None


def decision_on(claim: ClaimRecord) -> tuple[RemitClaimRow, RemitClaim] | None:
    """The payer's last decision on a claim that stands in the books, and what it says of this claim."""
    parts = {part.row_id: part for part in RemitClaimPart.objects.filter(claim=claim)}
    ours = RemitClaimRow.objects.filter(Q(claim=claim) | Q(pk__in=parts), status="posted").exclude(clp_status="22")
    for row in ours.select_related("remit").order_by("-remit__paid_on", "-pk"):
        part = parts.get(row.pk)
        key = claim_key(row.remit.key, row.position, part.part if part else 0)
        posted = LedgerEvent.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:again"), practice=claim.practice)
        if not posted.exists() or posted.filter(undone_by=None).exists():  # a denial moves no money and has no event
            return row, unpack(part.content if part else row.content, RemitClaim)
    return None


def carry_over(number: str, primary: ClaimRecord, coverage: CoverageRecord) -> Claim:
    """The primary's claim addressed to the next payer. Raises Refused while the primary has not decided."""
    found = decision_on(primary)
    if found is None:
        raise Refused(f"{primary.payer.name} has not decided on claim {primary.patient_control_number} yet.")
    before = claim_of(primary)
    decision, said = found
    matched, doubt = match_lines(_as_open(primary, before), said.lines)
    if doubt:
        raise Refused(f"The decision cannot be carried over: {doubt}.")
    decided = {match.line.control_number: match.decided for match in matched}
    paid_on = decision.remit.paid_on
    payer_id = primary.payer.payer_id
    other = OtherPayer(
        payer=before.payer,
        insured=before.insured,
        responsibility=before.responsibility,
        filing_indicator=before.filing_indicator,
        insurance_type=before.insurance_type,
        paid=said.paid,
        adjustments=said.adjustments,
        remaining_patient=said.patient_share,
        payer_control_number=said.payer_control_number,
        paid_on=paid_on,
        assignment_of_benefits=before.assignment_of_benefits,
        release_of_information=before.release_of_information,
    )
    still_to_decide = tuple(o for o in before.other_payers if o.insured.member_id != coverage.member_id or o.paid is not None)
    lines = tuple(
        msgspec.structs.replace(
            line,
            adjudications=line.adjudications
            + tuple(_adjudication(payer_id, one, line, paid_on) for one in decided.get(line.control_number, ())),
        )
        for line in before.lines
    )
    return msgspec.structs.replace(
        before,
        patient_control_number=number,
        payer=payer_of(coverage.plan.payer),
        insured=insured_of(coverage),
        filing_indicator=plan_of(coverage.plan).filing_indicator,
        responsibility=RESPONSIBILITY[coverage.order],
        insurance_type=insurance_type(primary.encounter, coverage),
        frequency="1",
        payer_control_number="",
        prior_authorization="",
        referral_number=coverage.referral_number,
        property_casualty_number=coverage.case_number,
        assignment_of_benefits=coverage.assignment_of_benefits,
        release_of_information=coverage.release_of_information,  # type: ignore[arg-type]
        other_payers=(other, *still_to_decide),
        lines=lines,
    )


def _adjudication(payer_id: str, said: RemitLine, line: ServiceLine, paid_on: date) -> LineAdjudication:
    patient: Cents = sum(a.amount for a in said.adjustments if a.group == "PR")
    return LineAdjudication(
        payer_id=payer_id,
        paid=said.paid,
        procedure=said.procedure or line.procedure,
        modifiers=said.modifiers,
        units=said.units,
        adjustments=said.adjustments,
        paid_on=paid_on,
        remaining_patient=patient,
    )


def _as_open(record: ClaimRecord, claim: Claim) -> OpenClaim:
    return OpenClaim(
        patient_control_number=claim.patient_control_number,
        payer_id=record.payer.payer_id,
        charge=claim.charge,
        lines=open_lines_of(claim, {}, {}),
    )
