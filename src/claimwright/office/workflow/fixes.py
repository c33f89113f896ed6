"""Apply a safe fix where a claim comes from: the coder's codes, the coverage or the registration. Never by itself.

A fix is applied whole or not at all: its finding must be gone afterwards and nothing new may hold the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from claimwright.claims.model import Claim
from claimwright.codesets.icd10cm import IcdCode
from claimwright.edits.fix_diagnoses import choices, chosen
from claimwright.edits.fixes import Fix, Source, checked, mended, offers
from claimwright.findings import Finding
from claimwright.office.codes import tables
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, Encounter, Practice, User
from claimwright.office.records.practice import Role
from claimwright.office.workflow import claims, registration
from claimwright.office.workflow.charging import capture_charges
from claimwright.office.workflow.coding import DIAGNOSIS, DecidedCode, decide_codes
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.history import known_around
from claimwright.office.workflow.rules import own_edits
from claimwright.office.workflow.trail import books, event_number, find, tell
from claimwright.parties import Struct

_RELATED = ("encounter__patient", "encounter__provider", "encounter__location", "encounter__practice", "patient", "payer",
            "coverage__plan__payer", "coverage__patient")  # fmt: skip
MAY: dict[Source, frozenset[str]] = {
    "codes": frozenset({Role.CODER.value, Role.BILLER.value, Role.MANAGER.value, Role.ADMINISTRATOR.value}),
    "claim": frozenset({Role.CODER.value, Role.BILLER.value, Role.MANAGER.value, Role.ADMINISTRATOR.value}),
    "patient": frozenset({Role.FRONT_DESK.value, Role.BILLER.value, Role.MANAGER.value, Role.ADMINISTRATOR.value}),
    "coverage": frozenset({Role.FRONT_DESK.value, Role.BILLER.value, Role.MANAGER.value, Role.ADMINISTRATOR.value}),
}
"""Who may change what a fix changes: as on the pages where it is changed by hand."""


class Fixed(Struct):
    """What a fix did to a claim, or why it could not be applied. Charges in cents."""

    claim_id: int
    number: str
    words: str = ""
    support: str = ""
    charge_before: int = 0
    charge_after: int = 0
    state: str = ""
    left: int = 0  # findings that still hold the claim
    refused: str = ""


def fixes_of(record: ClaimRecord, today: date, by: User | None = None) -> list[tuple[Finding, Fix]]:
    """The findings of an unsent claim, as it is stored, that one safe change mends and that this person may apply."""
    if record.state not in claims.UNSENT or record.frequency == "8" or record.primary_claim_id:
        return []
    claim, around = claim_of(record), known_around(record, today)
    own = own_edits(record.practice, claim, around)
    found = claims.check(record, today)
    return [(finding, fix) for finding, fix in offers(claim, found, around, tables(), own) if _may(by, fix.source)]


def choices_of(record: ClaimRecord, today: date, by: User | None = None) -> list[tuple[Finding, tuple[IcdCode, ...]]]:
    """The findings of an unsent claim that this person mends by choosing one of a few codes."""
    if record.state not in claims.UNSENT or record.frequency == "8" or record.primary_claim_id or not _may(by, "codes"):
        return []
    claim = claim_of(record)
    found = ((finding, choices(claim, finding, tables())) for finding in claims.check(record, today))
    return [(finding, codes) for finding, codes in found if codes]


def _may(by: User | None, source: Source) -> bool:
    membership = getattr(by, "membership", None)
    return by is None or (membership is not None and membership.role in MAY[source])


@transaction.atomic
def apply_fix(
    *, practice: Practice, by: User | None, today: date, claim_id: int, edit: str, line: int = 0, code: str = ""
) -> Fixed:
    """Apply the fix offered for an edit's finding, at its source, and check the claim again; refused if it does not mend it.

    `code`: the one that a person chose of those for the finding, instead of what is offered.
    """
    books(practice)
    record = find(ClaimRecord, practice, claim_id, *_RELATED)
    if record.state not in claims.UNSENT or record.frequency == "8":
        raise Refused(f"Claim {record.patient_control_number} is {record.state}; only unsent claims are mended.")
    if record.primary_claim_id:
        raise Refused("This claim repeats what the first payer decided; correct the first claim instead.")
    claims.refresh(record, today, by)
    claim, before = claim_of(record), claims.check(record, today)
    fixes = _chosen(record, claim, before, code, today) if code else _offered(record, claim, before, today)
    fix = next((fix for fix in fixes if fix.edit == edit and (not line or fix.line == line)), None)
    if fix is None:
        raise Refused(_why_not(before, edit))
    if not _may(by, fix.source):
        raise Refused(f"{fix.words}: this is changed by the front desk or a biller.")
    charge = record.charge
    _at_source(record, claim, fix, practice, by, today)
    after = claims.scrub_claim(practice=practice, by=by, today=today, claim_id=claim_id)
    if not mended(edit, before, after):
        raise Refused(f"{fix.words} does not mend {edit} on this claim; correct the codes or the registration.")
    record = ClaimRecord.objects.get(pk=claim_id)
    because = f"; the note says: {fix.support}" if fix.support else ""
    tell(record, today=today, kind="fixed", text=f"{fix.words} ({edit}){because}", by=by,
         key=f"fixed:{event_number(record, 'fixed')}")  # fmt: skip
    return Fixed(
        claim_id=record.pk,
        number=record.patient_control_number,
        words=fix.words,
        support=fix.support,
        charge_before=charge,
        charge_after=record.charge,
        state=record.state,
        left=sum(finding.stops for finding in after),
    )


def _offered(record: ClaimRecord, claim: Claim, before: Sequence[Finding], today: date) -> list[Fix]:
    around = known_around(record, today)
    return [fix for _, fix in offers(claim, before, around, tables(), own_edits(record.practice, claim, around))]


def _chosen(record: ClaimRecord, claim: Claim, before: Sequence[Finding], code: str, today: date) -> list[Fix]:
    """What a person chose, for each finding that it is a choice for and that it mends."""
    around = known_around(record, today)
    own = own_edits(record.practice, claim, around)
    drafts = [(finding, chosen(claim, finding, code, tables())) for finding in before]
    tried = [checked(draft, claim, of, "codes", around, tables(), own, before) for of, draft in drafts if draft]
    return [fix for fix in tried if fix]


def _why_not(findings: Sequence[Finding], edit: str) -> str:
    """Why there is nothing to apply: the finding is gone, or a person must decide."""
    found = next((finding for finding in findings if finding.edit == edit), None)
    return f"No safe fix: {found.fix}" if found else f"{edit} no longer finds anything here."


def apply_fixes(
    *, practice: Practice, by: User | None, today: date, claim_ids: Sequence[int], edit: str, trial: bool = False
) -> list[Fixed]:
    """Apply an edit's fix to many claims, each whole or not at all. `trial`: nothing is kept, it only tells what would be."""
    return [_one(practice, by, today, claim_id, edit, trial) for claim_id in claim_ids]


def _one(practice: Practice, by: User | None, today: date, claim_id: int, edit: str, trial: bool) -> Fixed:
    with transaction.atomic():
        try:
            with transaction.atomic():
                done = apply_fix(practice=practice, by=by, today=today, claim_id=claim_id, edit=edit)
        except Refused as refusal:
            known = ClaimRecord.objects.filter(practice=practice, pk=claim_id).first()
            return Fixed(claim_id=claim_id, number=known.patient_control_number if known else "", refused=str(refusal))
        if trial:
            transaction.set_rollback(True)
        return done


def _at_source(record: ClaimRecord, before: Claim, fix: Fix, practice: Practice, by: User | None, today: date) -> None:
    """Change what the claim is built from, by the same verbs as by hand."""
    if fix.source == "codes":
        codes = _decided(record.encounter, before, fix.claim)
        decide_codes(practice=practice, by=by, today=today, encounter_id=record.encounter_id, codes=codes)
        capture_charges(practice=practice, by=by, today=today, encounter_id=record.encounter_id)
    if fix.claim.patient != before.patient:
        person = fix.claim.patient
        registration.correct_patient(practice=practice, by=by, today=today, patient_id=record.patient_id, person=person)
    if fix.claim.insured != before.insured:
        insured = fix.claim.insured
        registration.correct_coverage(practice=practice, by=by, today=today, coverage_id=record.coverage_id, insured=insured)


def _decided(encounter: Encounter, before: Claim, after: Claim) -> list[DecidedCode]:
    """The encounter's decided codes with what a fix changes on the claim. Raises Refused when they are not the claim's."""
    rows = list(encounter.codes.all())
    diagnoses = {row.code: row for row in rows if row.system == DIAGNOSIS}
    services = [row for row in rows if row.system != DIAGNOSIS]
    pairs = list(zip(before.lines, after.lines, strict=True))
    if [(row.code, row.modifiers) for row in services] != [(line.procedure, " ".join(line.modifiers)) for line in before.lines]:
        raise Refused("The codes changed after the charges were captured; capture them again.")
    was, now = [one.code for one in before.diagnoses], [one.code for one in after.diagnoses]
    codes = [
        DecidedCode(system=DIAGNOSIS, code=code, suggestion_id=diagnoses[code].suggestion_id if code in diagnoses else None)
        for code in now
    ]
    instead = dict(zip(was, now, strict=True)) if len(was) == len(now) and set(was) != set(now) else {}
    for row, (_, line) in zip(services, pairs, strict=True):
        pointed = [now[pointer - 1] for pointer in line.pointers if 1 <= pointer <= len(now)]
        beyond = [instead.get(code, code) for code in row.diagnosis_codes.split()[4:]]  # a claim's line holds four at most
        codes.append(
            DecidedCode(
                system=row.system,
                code=line.procedure,
                modifiers=line.modifiers,
                units=line.units,
                diagnosis_codes=tuple(dict.fromkeys(one for one in (*pointed, *beyond) if one in now)),
                ndc=line.drug.ndc if line.drug else "",
                ndc_quantity=line.drug.quantity if line.drug else None,
                ndc_unit=line.drug.unit if line.drug else "",
                suggestion_id=row.suggestion_id,
            )
        )
    return codes
