"""Coded services become charges, and charges become what is owed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum

from claimwright.charges.capture import capture
from claimwright.charges.model import ChargeLine, CodedService
from claimwright.ledger.events import Owed, Receivable, charge_event, transfer_event
from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.office.records.convert import billable_coverages, charge_master
from claimwright.office.records.ledger import append
from claimwright.office.records.models import Charge, Encounter, LedgerEntry, LedgerEvent, PayerRecord, Practice, User
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.coding import DIAGNOSIS
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import books, changed, find, touched


@transaction.atomic
def capture_charges(*, practice: Practice, by: User | None, today: date, encounter_id: int) -> list[Charge]:
    """Price the decided services by the charge master and put them on the ledger.

    A second time, after the codes changed, only the differences are posted. What a payer covers is insurance A/R; a visit
    without coverage is the patient's at once, and billed.
    """
    books(practice)
    encounter = find(Encounter, practice, encounter_id, "patient")
    if encounter.state not in ("coded", "billed", "closed"):
        raise Refused(f"This encounter is {encounter.state}; it is charged once it is coded.")
    services = decided_services(encounter)
    lines, findings = capture(services, charge_master(practice, [service.procedure for service in services]))
    if stops := [finding.message for finding in findings if finding.stops]:
        raise Refused(stops[0])
    differences, gone = _replace(encounter, lines)
    coverages = billable_coverages(encounter.patient, encounter.date)
    payer = coverages[0].plan.payer.payer_id if coverages else ""
    event = _event(encounter, today, differences, payer)
    if event is not None:
        append(practice, [event], by=by)
    for row in gone:
        row.delete()
    if not coverages and encounter.state == "coded":
        changed(encounter, state="billed")
    touched(practice, by, encounter.patient, "charges captured")
    return list(encounter.charges.all())


def decided_services(encounter: Encounter) -> list[CodedService]:
    """The coder's services, in order."""
    return [
        CodedService(
            procedure=row.code,
            modifiers=tuple(row.modifiers.split()),
            units=Decimal(row.units),
            diagnosis_codes=tuple(row.diagnosis_codes.split()),
            on=encounter.date,
            ndc=row.ndc,
            ndc_quantity=row.ndc_quantity,
            ndc_unit=row.ndc_unit,
        )
        for row in encounter.codes.exclude(system=DIAGNOSIS)
    ]


def _replace(encounter: Encounter, lines: tuple[ChargeLine, ...]) -> tuple[list[tuple[str, Cents]], list[Charge]]:
    """Make the encounter's charges those lines; what changed, by line control number, and the rows to drop.

    A service whose modifiers or units changed keeps its number, so that money already on the line stays with it.
    """
    left = list(encounter.charges.all())
    differences: list[tuple[str, Cents]] = []
    fresh: list[Charge] = []
    for position, line in enumerate(lines, start=1):
        service = line.service
        modifiers = " ".join(service.modifiers)
        same = [row for row in left if row.procedure == service.procedure]
        row = next((row for row in same if row.modifiers == modifiers), same[0] if same else None)
        before = row.amount if row else 0
        if row is None:
            row = Charge(encounter=encounter, control_number=_line_number(encounter.practice))
        else:
            left.remove(row)
        row.position, row.procedure, row.modifiers, row.units = position, service.procedure, modifiers, service.units
        row.diagnosis_codes, row.amount = " ".join(service.diagnosis_codes), line.charge
        fresh.append(row)
        if line.charge != before:
            differences.append((row.control_number, line.charge - before))
    for row in fresh:
        row.save()
    return differences + [(row.control_number, -row.amount) for row in left], left


def _line_number(practice: Practice) -> str:
    return f"{practice.pk}L{next_number(practice, 'line'):07d}"


def move_to_payer(
    encounter: Encounter,
    payer: PayerRecord,
    today: date,
    by: User | None,
    *,
    leaving: PayerRecord | None,
    of_patient: bool = False,
) -> None:
    """What is open follows the claim to the payer that it now goes to: from another one, or from the patient, who had been
    charged before the card came (P16: nobody is billed what insurance must still decide)."""
    practice = encounter.practice
    books(practice)
    rows = LedgerEntry.objects.filter(encounter=encounter).exclude(line_control_number="").exclude(payer=payer)
    rows = rows.filter(Q(account="insurance_ar") | Q(account="patient_ar") if of_patient else Q(account="insurance_ar"))
    if leaving is not None:
        rows = rows.filter(payer=leaving)
    said = ("account", "line_control_number", "patient", "guarantor", "payer__payer_id")
    shares: dict[Receivable, list[Owed]] = {"insurance_ar": [], "patient_ar": []}
    for account, line, patient, guarantor, source, amount in rows.order_by().values_list(*said).annotate(sum=Sum("amount")):
        if amount > 0:
            who = Owed(line=line, amount=amount, patient=patient or 0, guarantor=guarantor or 0, payer=source or "")
            shares[account].append(who)
    prefix = f"to-payer:{encounter.number}:"
    for account, moved in shares.items():
        if moved:
            number = LedgerEvent.objects.filter(practice=practice, key__startswith=prefix).count() + 1
            event = transfer_event(
                key=f"{prefix}{number}",
                on=today,
                shares=moved,
                source=account,
                target="insurance_ar",
                to_payer=payer.payer_id,
                memo="the claim goes to this payer",
            )
            append(practice, [event], by=by)


def _event(encounter: Encounter, today: date, differences: list[tuple[str, Cents]], payer: str) -> Event | None:
    if not differences:
        return None
    prefix = f"charge:{encounter.number}:"
    count = LedgerEvent.objects.filter(practice=encounter.practice, key__startswith=prefix).count()
    return charge_event(
        key=f"{prefix}{count + 1}",
        on=today,
        lines=differences,
        patient=encounter.patient_id,
        guarantor=encounter.patient.guarantor_id,
        payer=payer,
        memo="visit charged" if count == 0 else "charges corrected",
    )
