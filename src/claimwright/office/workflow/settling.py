"""After money moved: use what is held for the guarantor, and close what has come to nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Sum

from claimwright.claims.states import CLOSED, DENIED, PAID, PART_PAID, PATIENT
from claimwright.ledger.events import allocate, apply_unapplied_event
from claimwright.money import Cents, dollars
from claimwright.office.records.bulk import Many
from claimwright.office.records.ledger import append, balance, open_lines
from claimwright.office.records.models import ClaimRecord, Encounter, Guarantor, LedgerEntry, LedgerEvent, Practice
from claimwright.office.workflow.trail import changed, event_number, tell, together

IN_FLIGHT = ("draft", "held", "ready", "sent", "accepted", "rejected", "pending", "appealed")


def apply_held_money(practice: Practice, guarantor: Guarantor, today: date) -> None:
    """Money that a guarantor paid ahead goes to what is now theirs to pay, oldest visit first."""
    held = -balance("unapplied", guarantor=guarantor)
    if held <= 0:
        return
    owed = [line for line in open_lines("patient_ar", guarantor=guarantor) if line.amount > 0]
    shares, _ = allocate(held, owed)
    if not shares:
        return
    prefix = f"apply:{guarantor.pk}:"
    number = LedgerEvent.objects.filter(practice=practice, key__startswith=prefix).count() + 1
    event = apply_unapplied_event(
        key=f"{prefix}{number}", on=today, guarantor=guarantor.pk, shares=shares, memo="money held was used"
    )
    append(practice, [event])
    settle(Encounter.objects.filter(charges__control_number__in=[share.line for share in shares]).distinct(), today)


def settle(encounters: Iterable[Encounter], today: date) -> None:
    """A visit on which nobody owes anything is closed; one on which only the patient owes is the patient's."""
    visits = {encounter.pk: encounter for encounter in encounters if encounter.state in ("billed", "closed")}
    if not visits:
        return
    open_, known = _open(visits)
    claims: dict[int, list[ClaimRecord]] = {pk: [] for pk in visits}
    said = ("encounter", "state", "replaces", "patient_control_number")
    for claim in ClaimRecord.objects.filter(encounter__among=Many(visits)).only(*said).order_by("pk"):
        claims[claim.encounter_id].append(claim)
    replaced = {claim.replaces_id for of_visit in claims.values() for claim in of_visit}
    with together([claim for of_visit in claims.values() for claim in of_visit]):
        for pk, encounter in visits.items():
            mine = [claim for claim in claims[pk] if claim.pk not in replaced]
            waiting = any(claim.state in IN_FLIGHT for claim in claims[pk])
            insurance, patient = open_["insurance_ar", pk], open_["patient_ar", pk]
            if insurance or patient or waiting or pk not in known:
                if encounter.state == "closed":
                    changed(encounter, state="billed")
                if patient and not insurance and not waiting:
                    _move_claims(mine, today, (PAID, CLOSED), PATIENT, f"${dollars(sum(patient))} is the patient's")
                continue
            changed(encounter, state="closed")
            _move_claims(mine, today, (PAID, PART_PAID, DENIED, PATIENT), CLOSED, "Nothing is left to pay: the visit is closed")


def _open(encounters: Iterable[int]) -> tuple[dict[tuple[str, int], list[Cents]], set[int]]:
    """What is open on each line of the visits, by account and visit; and the visits that have any entries."""
    rows = LedgerEntry.objects.filter(encounter__among=Many(encounters)).order_by()
    sums = rows.values_list("account", "encounter", "line_control_number", "patient", "guarantor").annotate(sum=Sum("amount"))
    found: dict[tuple[str, int], list[Cents]] = defaultdict(list)
    known: set[int] = set()
    for account, encounter, line, _, _, amount in sums:
        known.add(encounter)
        if line and amount:
            found[account, encounter].append(amount)
    return found, known


def _move_claims(claims: Iterable[ClaimRecord], today: date, states: tuple[str, ...], to: str, text: str) -> None:
    """A visit's claims, but those that another replaces."""
    for claim in claims:
        if claim.state in states:
            tell(claim, today=today, kind=to, text=text, key=f"{to}:{event_number(claim, to)}", state=to)


def guarantors_ahead(encounters: Iterable[int]) -> list[Guarantor]:
    """The guarantors of these visits for whom money is held."""
    theirs = Guarantor.objects.filter(patients__encounters__among=Many(encounters)).values("pk")
    held = LedgerEntry.objects.filter(account="unapplied", guarantor__in=theirs).order_by()
    ahead = {pk for pk, amount in held.values_list("guarantor").annotate(sum=Sum("amount")) if amount < 0}
    return list(Guarantor.objects.filter(pk__in=ahead).order_by("pk")) if ahead else []
