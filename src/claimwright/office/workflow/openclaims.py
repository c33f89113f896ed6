"""What is open with a payer, as the remittance room wants to see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q, Sum

from claimwright.claims.model import Claim
from claimwright.claims.states import NEVER_SENT
from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.ledger import event_of
from claimwright.office.records.models import ClaimRecord, CoverageRecord, LedgerEntry, LedgerEvent, PayerRecord, Practice
from claimwright.office.workflow.compose import RESPONSIBILITY
from claimwright.remits.matching import OpenClaim, OpenLine
from claimwright.remits.model import Remittance


def open_claims(
    practice: Practice, payer: PayerRecord | None, remit: Remittance, chosen: Collection[int] = ()
) -> list[OpenClaim]:
    """The sent claims a remittance may be about: those it names, others of its payer and days, and those a person chose."""
    numbers = {claim.patient_control_number for claim in remit.claims} - {""}
    theirs = {claim.payer_control_number for claim in remit.claims} - {""}
    days = {day for claim in remit.claims for day in (claim.first_service, *(line.first_service for line in claim.lines)) if day}
    wanted = Q(patient_control_number__in=numbers) | Q(pk__in=chosen)
    if payer is not None:
        wanted |= Q(payer=payer, payer_control_number__in=theirs) | Q(payer=payer, first_service__in=days)
    rows = ClaimRecord.objects.filter(wanted, practice=practice).exclude(state__in=NEVER_SENT)
    return as_open(rows.select_related("payer", "patient", "coverage__plan__payer"), payer)


def as_open(records: Iterable[ClaimRecord], decides: PayerRecord | None = None) -> list[OpenClaim]:
    """Claims with what the ledger says is open on each line, as the payer that decides sees them.

    A payer to which the claim's own payer forwarded it answers under the same number, for its own coverage.
    """
    rows = list(records)
    claims = {row.pk: claim_of(row) for row in rows}
    numbers = [line.control_number for claim in claims.values() for line in claim.lines]
    insurance = _sums(numbers, "insurance_ar", "line_control_number", "payer")
    patient = {key[0]: amount for key, amount in _sums(numbers, "patient_ar", "line_control_number").items()}
    posted = _posted(rows)
    coverages: dict[int, list[CoverageRecord]] = {}
    for coverage in CoverageRecord.objects.filter(patient__in={row.patient_id for row in rows}).select_related("plan__payer"):
        coverages.setdefault(coverage.patient_id, []).append(coverage)
    found = []
    for row in rows:
        coverage = _coverage_of(row, coverages.get(row.patient_id, []), decides)
        payer = coverage.plan.payer
        found.append(
            OpenClaim(
                patient_control_number=row.patient_control_number,
                payer_id=payer.payer_id,
                charge=row.charge,
                lines=open_lines_of(claims[row.pk], {k[0]: v for k, v in insurance.items() if k[1] == payer.pk}, patient),
                member_id=coverage.member_id,
                patient_last=row.patient.last,
                payer_control_number=row.payer_control_number if payer.pk == row.payer_id else "",
                responsibility=RESPONSIBILITY[coverage.order],
                same_charges=tuple(
                    other.patient_control_number
                    for other in rows
                    if other.pk != row.pk and (other.encounter_id, other.payer_id) == (row.encounter_id, row.payer_id)
                ),
                next_payer_id=_next_payer(row, coverage, coverages.get(row.patient_id, [])),
                patient=row.patient_id,
                guarantor=row.patient.guarantor_id,
                already_posted=tuple(posted.get((row.pk, payer.pk), ())),
            )
        )
    return found


def _coverage_of(row: ClaimRecord, coverages: list[CoverageRecord], decides: PayerRecord | None) -> CoverageRecord:
    if row.forwarded and decides is not None and decides.pk != row.payer_id:
        for coverage in coverages:
            if coverage.plan.payer_id == decides.pk and coverage.order > row.coverage.order:
                return coverage
    return row.coverage


def open_lines_of(claim: Claim, insurance: Mapping[str, Cents], patient: Mapping[str, Cents]) -> tuple[OpenLine, ...]:
    """A claim's lines with what is open on them by line control number."""
    return tuple(
        OpenLine(
            control_number=line.control_number,
            procedure=line.procedure,
            charge=line.charge,
            first_service=line.first_service,
            modifiers=line.modifiers,
            revenue_code=line.revenue_code,
            drug=line.drug.ndc if line.drug else "",
            number=line.number,
            open=insurance.get(line.control_number, 0),
            patient_open=patient.get(line.control_number, 0),
        )
        for line in claim.lines
    )


def _sums(numbers: list[str], account: str, *by: str) -> dict[tuple[Any, ...], Cents]:
    rows = LedgerEntry.objects.filter(account=account, line_control_number__in=numbers).order_by()
    return {row[:-1]: row[-1] for row in rows.values_list(*by).annotate(sum=Sum("amount"))}


def _posted(rows: list[ClaimRecord]) -> dict[tuple[int, int | None], list[Event]]:
    """The remittance events of each claim and payer that nothing has undone, oldest first."""
    wanted = {row.pk for row in rows}
    events = LedgerEvent.objects.filter(kind="remittance", entries__claim__in=wanted, undone_by=None).distinct().order_by("pk")
    found: dict[tuple[int, int | None], list[Event]] = {}
    for event in events:
        entries = event.entries.filter(claim__in=wanted).order_by("pk").values_list("claim_id", "payer_id")
        first = entries.exclude(payer=None).first() or entries.first()  # the first one moves the deciding payer's receivable
        if first is not None:
            found.setdefault(first, []).append(event_of(event))
    return found


def _next_payer(row: ClaimRecord, own: CoverageRecord, coverages: list[CoverageRecord]) -> str:
    """Who decides after a coverage, if anyone."""
    on = row.first_service
    later = [
        c
        for c in coverages
        if c.order > own.order and c.plan.kind != "SELF_PAY" and c.start <= on and (c.end is None or on <= c.end)
    ]
    return min(later, key=lambda c: c.order).plan.payer.payer_id if later else ""
