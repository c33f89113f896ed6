"""What is open with a payer, as the remittance room wants to see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from claimwright.claims.model import Claim
from claimwright.claims.states import NEVER_SENT
from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.office.records.bulk import in_parts
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.ledger import with_entries
from claimwright.office.records.models import (
    ClaimRecord,
    CoverageRecord,
    LedgerEntry,
    LedgerEvent,
    PayerRecord,
    PlanRecord,
    Practice,
)
from claimwright.office.workflow.compose import RESPONSIBILITY
from claimwright.remits.likeness import key
from claimwright.remits.matching import OpenClaim, OpenLine, days_of
from claimwright.remits.model import RemitClaim, Remittance


def candidates(
    practice: Practice, payer: PayerRecord | None, remit: Remittance, chosen: Collection[int] = ()
) -> list[ClaimRecord]:
    """The sent claims a remittance may be about: those that it names and those of the same visits, those that a person chose,
    and, where a decision names no claim of ours or more than one, those of its member or name on its days."""
    ours = ClaimRecord.objects.filter(practice=practice).exclude(state__in=NEVER_SENT)
    # By payer alone: SQLite would take an index that begins with the practice, and read all of its claims.
    theirs = ClaimRecord.objects.filter(payer=payer).exclude(state__in=NEVER_SENT) if payer is not None else ours.none()
    named = {claim.patient_control_number for claim in remit.claims} - {""}
    numbers = {claim.payer_control_number for claim in remit.claims} - {""}
    beside = {adjustment.reference for adjustment in remit.provider_adjustments} - {""}
    charges: dict[str, Cents] = {}
    found: set[int] = set(chosen)
    visits: set[int] = set()
    for some in in_parts(named | beside):
        rows = ours.filter(patient_control_number__in=some)
        for pk, number, visit, charge in rows.values_list("pk", "patient_control_number", "encounter", "charge"):
            charges[number] = charge
            found.add(pk)
            visits.add(visit)
    for some in in_parts(numbers | beside):
        for pk, visit in theirs.filter(payer_control_number__in=some).values_list("pk", "encounter"):
            found.add(pk)
            visits.add(visit)
    for some in in_parts(visits):
        rows = ClaimRecord.objects.filter(encounter__in=some).exclude(state__in=NEVER_SENT)
        found.update(pk for pk, decides in rows.values_list("pk", "payer") if payer is not None and decides == payer.pk)
    found |= _alike(theirs, [one for one in remit.claims if charges.get(one.patient_control_number) != abs(one.charge)])
    parts = (ClaimRecord.objects.filter(pk__in=some, practice=practice).order_by("pk") for some in in_parts(sorted(found)))
    return [row for rows in parts for row in _with_parties(rows, practice)]


def _alike(theirs: QuerySet[ClaimRecord], told: Collection[RemitClaim]) -> set[int]:
    """The claims of the members, or names, and days that these decisions tell of."""
    days: dict[date, set[str]] = {}
    for one in told:
        names = {key(one.member_id), key(one.patient_last), key(one.patient_control_number)} - {""}
        for day in days_of(one):
            days.setdefault(day, set()).update(names)
    found: set[int] = set()
    names_of = ("coverage__member_id", "patient__last", "patient_control_number")
    for some in in_parts(sorted(days)):
        for pk, day, *names in theirs.filter(first_service__in=some).values_list("pk", "first_service", *names_of):
            if any(key(name) in days[day] for name in names):
                found.add(pk)
    return found


def _with_parties(rows: QuerySet[ClaimRecord], practice: Practice) -> list[ClaimRecord]:
    """Claims with what posting asks of them: what many share is loaded once."""
    found = list(rows.select_related("patient", "coverage", "encounter"))
    plans = PlanRecord.objects.select_related("payer").in_bulk({claim.coverage.plan_id for claim in found})
    payers = {plan.payer_id: plan.payer for plan in plans.values()}
    payers |= PayerRecord.objects.in_bulk({claim.payer_id for claim in found} - payers.keys())
    known = {claim.pk: claim for claim in found}
    known |= ClaimRecord.objects.in_bulk({claim.replaces_id for claim in found if claim.replaces_id} - known.keys())
    for claim in found:
        claim.practice, claim.payer = practice, payers[claim.payer_id]
        claim.coverage.plan = plans[claim.coverage.plan_id]
        if claim.replaces_id is not None:
            claim.replaces = known[claim.replaces_id]
    return found


def as_open(
    records: Iterable[ClaimRecord], decides: PayerRecord | None = None, contents: Mapping[int, Claim] | None = None
) -> list[OpenClaim]:
    """Claims with what the ledger says is open on each line, as the payer that decides sees them.

    A payer to which the claim's own payer forwarded it answers under the same number, for its own coverage. `contents`: the
    claims themselves by primary key, where they are known.
    """
    rows = list(records)
    claims = {row.pk: claim_of(row) for row in rows} if contents is None else contents
    numbers = [line.control_number for row in rows for line in claims[row.pk].lines]
    insurance: dict[int, dict[str, Cents]] = defaultdict(dict)
    for (line, payer_pk), amount in _sums(numbers, "insurance_ar", "line_control_number", "payer").items():
        insurance[payer_pk][line] = amount
    patient = {by[0]: amount for by, amount in _sums(numbers, "patient_ar", "line_control_number").items()}
    posted = _posted(rows)
    coverages = _coverages(rows)
    same: dict[tuple[int, int], list[ClaimRecord]] = defaultdict(list)
    for row in rows:
        same[row.encounter_id, row.payer_id].append(row)
    found = []
    for row in rows:
        coverage = _coverage_of(row, coverages.get(row.patient_id, []), decides)
        payer = coverage.plan.payer
        found.append(
            OpenClaim(
                patient_control_number=row.patient_control_number,
                payer_id=payer.payer_id,
                charge=row.charge,
                lines=open_lines_of(claims[row.pk], insurance[payer.pk], patient),
                member_id=coverage.member_id,
                patient_last=row.patient.last,
                payer_control_number=row.payer_control_number if payer.pk == row.payer_id else "",
                responsibility=RESPONSIBILITY[coverage.order],
                same_charges=tuple(
                    other.patient_control_number for other in same[row.encounter_id, row.payer_id] if other.pk != row.pk
                ),
                next_payer_id=_next_payer(row, coverage, coverages.get(row.patient_id, [])),
                patient=row.patient_id,
                guarantor=row.patient.guarantor_id,
                already_posted=tuple(posted.get((row.pk, payer.pk), ())),
            )
        )
    return found


def _coverages(rows: Iterable[ClaimRecord]) -> dict[int, list[CoverageRecord]]:
    """Each patient's coverages, in order."""
    found: dict[int, list[CoverageRecord]] = {}
    for some in in_parts({row.patient_id for row in rows}):
        coverages = list(CoverageRecord.objects.filter(patient__in=some))
        plans = PlanRecord.objects.select_related("payer").in_bulk({coverage.plan_id for coverage in coverages})
        for coverage in coverages:
            coverage.plan = plans[coverage.plan_id]
            found.setdefault(coverage.patient_id, []).append(coverage)
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


def _sums(numbers: Sequence[str], account: str, *by: str) -> dict[tuple[Any, ...], Cents]:
    found: dict[tuple[Any, ...], Cents] = {}
    for some in in_parts(numbers):
        rows = LedgerEntry.objects.filter(account=account, line_control_number__in=some).order_by()
        found |= {row[:-1]: row[-1] for row in rows.values_list(*by).annotate(sum=Sum("amount"))}
    return found


def _posted(rows: Sequence[ClaimRecord]) -> dict[tuple[int, int | None], list[Event]]:
    """The remittance events of each claim and payer that nothing has undone, oldest first."""
    wanted = {row.pk for row in rows}
    ids = {pk for some in in_parts(wanted) for pk in LedgerEntry.objects.filter(claim__in=some).values_list("event", flat=True)}
    found: dict[tuple[int, int | None], list[Event]] = {}
    for some in in_parts(sorted(ids)):
        events = LedgerEvent.objects.filter(pk__in=some, kind="remittance", undone_by=None).order_by("pk")
        for event, entries in with_entries(events):
            parties = [(entry.claim_id, entry.payer_id) for entry in entries if entry.claim_id in wanted]
            # the first one of a payer moves the deciding payer's receivable
            first = next((party for party in parties if party[1] is not None), parties[0] if parties else None)
            if first is not None:
                found.setdefault(first, []).append(event)  # type: ignore[arg-type]
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
