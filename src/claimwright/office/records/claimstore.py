"""Claims in and out of their rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from claimwright.claims.model import Claim
from claimwright.findings import Finding
from claimwright.office.records.claims import ClaimFinding, ClaimLine, ClaimRecord
from claimwright.office.records.content import pack, unpack
from claimwright.office.records.patients import CoverageRecord
from claimwright.office.records.visits import Encounter
from claimwright.pricing.model import Price


def claim_of(record: ClaimRecord) -> Claim:
    """The claim as forms and files have it."""
    return unpack(record.content, Claim)


def save_claim(
    claim: Claim,
    *,
    encounter: Encounter,
    coverage: CoverageRecord,
    today: date,
    prices: Iterable[Price] = (),
    record: ClaimRecord | None = None,
    **links: Any,
) -> ClaimRecord:
    """Write a new claim, or write an unsent one anew, with its lines; `prices` are what the contract says, by line."""
    record = record or ClaimRecord(practice=encounter.practice, built_on=today)
    record.encounter, record.patient, record.coverage = encounter, encounter.patient, coverage
    record.payer = coverage.plan.payer
    record.patient_control_number = claim.patient_control_number
    record.responsibility, record.frequency = claim.responsibility, claim.frequency
    record.first_service, record.charge = claim.first_service, claim.charge
    record.content = pack(claim)
    for name, value in links.items():
        setattr(record, name, value)
    record.save()
    agreed = {price.line: price for price in prices if price.priced}
    record.lines.all().delete()
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=record,
            number=line.number,
            control_number=line.control_number,
            procedure=line.procedure,
            modifiers=" ".join(line.modifiers),
            charge=line.charge,
            units=line.units,
            **_expected(agreed.get(line.number)),
        )
        for line in claim.lines
    )
    return record


def _expected(price: Price | None) -> dict[str, Any]:
    if price is None:
        return {}
    return {"expected_allowed": price.allowed, "price_working": list(price.working), "price_source": price.source[:160]}


def save_findings(record: ClaimRecord, findings: Iterable[Finding]) -> None:
    """Keep what the last scrub found, instead of what the one before did."""
    record.findings.all().delete()
    ClaimFinding.objects.bulk_create(
        ClaimFinding(
            claim=record,
            edit=finding.edit or finding.code,
            severity=finding.severity,
            line=finding.line,
            message=finding.message[:400],
            fix=finding.fix[:400],
            citation=finding.citation[:200],
        )
        for finding in findings
    )
