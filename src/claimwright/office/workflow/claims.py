"""Build, check, correct and void claims, and carry them to the next payer."""

from __future__ import annotations

from datetime import date

import msgspec
from django.db import transaction

from claimwright.claims.model import Claim
from claimwright.claims.states import CLOSED, DRAFT, HELD, READY, REJECTED
from claimwright.edits.scrub import scrub
from claimwright.findings import Finding
from claimwright.office.codes import fees, tables
from claimwright.office.records.claimstore import claim_of, save_claim, save_findings
from claimwright.office.records.convert import billable_coverages, contract_for
from claimwright.office.records.models import ClaimRecord, CoverageRecord, Encounter, Practice, User
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.charging import move_to_payer
from claimwright.office.workflow.compose import charge_lines, compose
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.history import NEVER_LEFT, known_around
from claimwright.office.workflow.rules import own_edits
from claimwright.office.workflow.secondary import carry_over, secondary_coverage
from claimwright.office.workflow.trail import books, changed, event_number, find, must_follow, tell, touched
from claimwright.pricing.model import Price
from claimwright.pricing.price import price

__all__ = [
    "build_claim",
    "build_secondary",
    "check",
    "claim_of",
    "correct_claim",
    "expected_prices",
    "scrub_claim",
    "void_claim",
]

UNSENT = (DRAFT, HELD, READY, REJECTED)  # the payer does not have it: it may still be written anew
NOT_PROCESSABLE = "MA130"
"""Remark: the claim could not be processed, has no appeal, and is to be sent as a new one."""


@transaction.atomic
def build_claim(*, practice: Practice, by: User | None, today: date, encounter_id: int) -> ClaimRecord:
    """Build the claim to the primary payer; one that has not left is written anew from what is known now."""
    books(practice)
    encounter = find(Encounter, practice, encounter_id, "patient__guarantor", "provider", "location", "practice")
    if encounter.state not in ("coded", "billed"):
        raise Refused(f"This encounter is {encounter.state}; a claim is built once it is coded and charged.")
    lines = charge_lines(encounter)
    coverage = _primary(encounter)
    built = encounter.claims.filter(primary_claim=None).order_by("-pk")
    existing = built.exclude(NEVER_LEFT).first()
    if existing is not None and existing.frequency == "8":
        raise Refused(f"Claim {existing.patient_control_number} is a void of this visit's claim: let the payer answer it first.")
    if existing is not None and existing.state not in UNSENT:
        raise Refused(f"Claim {existing.patient_control_number} is with the payer already; correct it instead.")
    number = existing.patient_control_number if existing else _claim_number(practice)
    claim = compose(encounter, coverage, lines, number=number)
    if existing is not None:
        return _rewritten(existing, claim, coverage, today, by)
    prices = expected_prices(encounter, coverage, claim)
    move_to_payer(encounter, coverage.plan.payer, today, by, leaving=None, of_patient=not built.exists())
    record = save_claim(claim, encounter=encounter, coverage=coverage, today=today, prices=prices)
    tell(record, today=today, kind="built", text=f"Built for {record.payer.name}", key="built", state=DRAFT, by=by)
    touched(practice, by, encounter.patient, "claim built")
    return record


def _primary(encounter: Encounter) -> CoverageRecord:
    """The coverage to bill first; a coverage that had ended is still billed, so that the scrubber can say so."""
    if coverages := billable_coverages(encounter.patient, encounter.date):
        return coverages[0]
    raise Refused("No coverage was in force on the day of the visit: the patient is billed, no claim is built.")


def _claim_number(practice: Practice) -> str:
    return f"{practice.pk}C{next_number(practice, 'claim'):07d}"


def _rewritten(record: ClaimRecord, claim: Claim, coverage: CoverageRecord, today: date, by: User | None) -> ClaimRecord:
    """An unsent claim written anew. It stays the correction it was, unless it now goes to another payer, who never had it."""
    before, payer, links = claim_of(record), record.payer, {}
    if coverage.plan.payer_id == payer.pk:
        claim = msgspec.structs.replace(claim, frequency=before.frequency, payer_control_number=before.payer_control_number)
    else:
        links = {"payer_control_number": ""}
        move_to_payer(record.encounter, coverage.plan.payer, today, by, leaving=payer)
    claim = msgspec.structs.replace(claim, note=before.note)
    encounter = record.encounter
    prices = expected_prices(encounter, coverage, claim)
    return save_claim(claim, encounter=encounter, coverage=coverage, today=today, prices=prices, record=record, **links)


def expected_prices(encounter: Encounter, coverage: CoverageRecord, claim: Claim) -> tuple[Price, ...]:
    """What the contract says each line is worth."""
    contract = contract_for(coverage.plan.payer, coverage.plan.plan_id, encounter.date)
    return price(claim, contract, encounter.location.locality, fees())


@transaction.atomic
def scrub_claim(*, practice: Practice, by: User | None, today: date, claim_id: int) -> list[Finding]:
    """Take up what was mended, run every edit, and say whether the claim may leave: ready, or held with what to do."""
    record = _record(practice, claim_id)
    if record.state not in UNSENT:
        raise Refused(f"Claim {record.patient_control_number} is {record.state}; only unsent claims are checked.")
    _no_void(record)
    refresh(record, today, by)
    changed(record, follow_up="")
    findings = check(record, today)
    save_findings(record, findings)
    stops = [finding for finding in findings if finding.stops]
    if record.clean_first_time is None:
        changed(record, clean_first_time=not stops)
    number = event_number(record, "scrubbed", "held")
    if stops:
        text = f"Held: {len(stops)} to mend, first {stops[0].edit or stops[0].code}: {stops[0].message}"
        tell(record, today=today, kind="held", text=text, key=f"scrub:{number}", state=HELD, by=by, stops=stops)
    else:
        text = f"Passed every edit, {len(findings)} advised" if findings else "Passed every edit"
        tell(record, today=today, kind="scrubbed", text=text, key=f"scrub:{number}", state=READY, by=by)
    touched(practice, by, record.patient, "claim checked")
    return findings


def _record(practice: Practice, claim_id: int) -> ClaimRecord:
    books(practice)  # before the claim, as posting does: whoever locks in another order may wait forever
    related = ("encounter__patient", "encounter__provider", "encounter__location", "encounter__practice")
    return find(ClaimRecord, practice, claim_id, *related, "patient", "payer", "coverage__plan__payer")


def _no_void(record: ClaimRecord) -> None:
    if record.frequency == "8":
        raise Refused(f"Claim {record.patient_control_number} is a void: it repeats the claim it cancels and is only sent.")


def refresh(record: ClaimRecord, today: date, by: User | None) -> None:
    """Write an unsent claim anew from codes, charges and coverage as they are now."""
    encounter, coverage = record.encounter, record.coverage
    if record.primary_claim_id:
        primary = record.primary_claim
        assert primary is not None
        claim = carry_over(record.patient_control_number, primary, coverage)
        save_claim(claim, encounter=encounter, coverage=coverage, today=today, record=record)
        return
    coverages = billable_coverages(encounter.patient, encounter.date)
    coverage = coverages[0] if coverages else coverage
    claim = compose(encounter, coverage, charge_lines(encounter), number=record.patient_control_number)
    _rewritten(record, claim, coverage, today, by)


def check(record: ClaimRecord, today: date, batch: tuple[Claim, ...] = (), before: int | None = None) -> list[Finding]:
    """Every edit over one claim, with all that the office knows around it."""
    claim, around = claim_of(record), known_around(record, today, batch, before)
    return list(scrub(claim, around, tables(), own_edits(record.practice, claim, around)))


@transaction.atomic
def correct_claim(*, practice: Practice, by: User | None, today: date, claim_id: int, reason: str) -> ClaimRecord:
    """Send it again, mended: a replacement (frequency 7) with the payer's control number where the payer has the claim.

    What the payer never took in is simply written anew under its own number.
    """
    record = _record(practice, claim_id)
    if not reason.strip():
        raise Refused("Say what is corrected.")
    _no_void(record)
    if record.state in UNSENT:
        scrub_claim(practice=practice, by=by, today=today, claim_id=claim_id)
        return ClaimRecord.objects.get(pk=claim_id)
    if later := record.replaced_by.exclude(NEVER_LEFT).first():
        raise Refused(f"Claim {later.patient_control_number} replaces this one already.")
    if not record.payer_control_number:
        raise Refused("The payer has not given this claim its number yet; wait for its answer before correcting it.")
    encounter = record.encounter
    if encounter.state == "closed":
        changed(encounter, state="billed")
    coverage = record.coverage if record.primary_claim_id else _primary(encounter)
    same_payer = coverage.plan.payer_id == record.payer_id
    number = _claim_number(practice)
    if record.primary_claim is not None:
        claim = carry_over(number, record.primary_claim, coverage)
    else:
        claim = compose(encounter, coverage, charge_lines(encounter), number=number)
    anew = _part_b(claim) and record.denials.filter(remarks__contains=NOT_PROCESSABLE).exists()
    if same_payer and not anew:  # Medicare's others are held (FRQ-MEDICARE): its contractor opens them again
        claim = msgspec.structs.replace(claim, frequency="7", payer_control_number=record.payer_control_number)
    elif not same_payer:  # another payer never had it: there it is a first claim, without the first payer's number
        move_to_payer(encounter, coverage.plan.payer, today, by, leaving=record.payer)
    fresh = save_claim(
        claim,
        encounter=encounter,
        coverage=coverage,
        today=today,
        prices=expected_prices(encounter, coverage, claim) if not record.primary_claim_id else (),
        replaces=record,
        primary_claim=record.primary_claim,
        payer_control_number=claim.payer_control_number,
    )
    text = f"Corrects {record.patient_control_number}: {reason}"
    tell(fresh, today=today, kind="built", text=text, key="built", state=DRAFT, by=by)
    tell(record, today=today, kind="corrected", text=f"Corrected as {number}: {reason}", key=f"corrected:{number}", by=by)
    changed(record, follow_up="")
    record.denials.filter(status="open").update(status="corrected", worked_on=today, note=reason[:300])
    scrub_claim(practice=practice, by=by, today=today, claim_id=fresh.pk)
    return ClaimRecord.objects.get(pk=fresh.pk)


def _part_b(claim: Claim) -> bool:
    """Whether a claim goes to Medicare Part B, which takes originals only (837P edits, CLM05-3)."""
    return claim.filing_indicator == "MB"


@transaction.atomic
def void_claim(*, practice: Practice, by: User | None, today: date, claim_id: int, reason: str) -> ClaimRecord:
    """Take a claim back: an unsent one is closed; one the payer has is cancelled by a void (frequency 8)."""
    record = _record(practice, claim_id)
    if not reason.strip():
        raise Refused("Say why the claim is voided.")
    if record.frequency == "8" and record.state not in UNSENT:
        raise Refused(f"Claim {record.patient_control_number} is a void itself and has left.")
    touched(practice, by, record.patient, "claim voided")
    if record.state in UNSENT:
        must_follow(record, CLOSED)
        tell(record, today=today, kind="voided", text=f"Closed unsent: {reason}", key="voided", state=CLOSED, by=by)
        changed(record, follow_up="")
        return record
    if record.replaced_by.exclude(NEVER_LEFT).exists():
        raise Refused("A later claim replaces this one; void that.")
    if not record.payer_control_number:
        raise Refused("The payer has not given this claim its number yet; wait for its answer before voiding it.")
    if _part_b(claim_of(record)):
        raise Refused("Medicare Part B takes no void: ask the contractor to reopen the claim, or refund what was paid.")
    number = _claim_number(practice)
    claim = msgspec.structs.replace(
        claim_of(record), patient_control_number=number, frequency="8", payer_control_number=record.payer_control_number
    )
    fresh = save_claim(
        claim,
        encounter=record.encounter,
        coverage=record.coverage,
        today=today,
        replaces=record,
        primary_claim=record.primary_claim,
        payer_control_number=record.payer_control_number,
    )
    tell(fresh, today=today, kind="built", text=f"Voids {record.patient_control_number}: {reason}", key="built", by=by)
    tell(fresh, today=today, kind="scrubbed", text="A void repeats the claim it cancels", key="scrub:1", state=READY, by=by)
    tell(record, today=today, kind="corrected", text=f"Voided as {number}: {reason}", key=f"voided:{number}", by=by)
    changed(record, follow_up="")
    return fresh


@transaction.atomic
def build_secondary(*, practice: Practice, by: User | None, today: date, claim_id: int) -> ClaimRecord:
    """Carry a decided claim to the patient's next payer, with everything the earlier one decided (837P 2320, 2430)."""
    primary = _record(practice, claim_id)
    coverage = secondary_coverage(primary)
    if coverage is None:
        raise Refused("The patient has no further coverage for this visit.")
    if primary.forwarded:
        raise Refused("The payer forwarded this claim to the next payer itself; sending it again would be a duplicate.")
    if existing := primary.secondaries.filter(coverage=coverage, replaces=None).first():
        if existing.state in UNSENT:  # what the earlier payer decided may have changed since
            scrub_claim(practice=practice, by=by, today=today, claim_id=existing.pk)
        return ClaimRecord.objects.get(pk=existing.pk)
    claim = carry_over(_claim_number(practice), primary, coverage)
    record = save_claim(claim, encounter=primary.encounter, coverage=coverage, today=today, primary_claim=primary)
    text = f"Built for {record.payer.name} with what {primary.payer.name} decided"
    tell(record, today=today, kind="built", text=text, key="built", state=DRAFT, by=by)
    told = f"Carried to {record.payer.name} as {record.patient_control_number}"
    tell(primary, today=today, kind="secondary", text=told, key=f"secondary:{record.pk}", by=by)
    scrub_claim(practice=practice, by=by, today=today, claim_id=record.pk)
    return ClaimRecord.objects.get(pk=record.pk)
