"""After money moved: use what is held for the guarantor, and close what has come to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from claimwright.claims.states import CLOSED, DENIED, PAID, PART_PAID, PATIENT
from claimwright.ledger.events import allocate, apply_unapplied_event
from claimwright.money import dollars
from claimwright.office.records.ledger import append, balance, open_lines
from claimwright.office.records.models import Encounter, Guarantor, LedgerEntry, LedgerEvent, Practice
from claimwright.office.workflow.trail import changed, event_number, tell

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
    for encounter in encounters:
        _settle(encounter, today)


def _settle(encounter: Encounter, today: date) -> None:
    if encounter.state not in ("billed", "closed"):
        return
    insurance, patient = open_lines("insurance_ar", encounter=encounter), open_lines("patient_ar", encounter=encounter)
    waiting = encounter.claims.filter(state__in=IN_FLIGHT).exists()
    if insurance or patient or waiting or not LedgerEntry.objects.filter(encounter=encounter).exists():
        if encounter.state == "closed":
            changed(encounter, state="billed")
        if patient and not insurance and not waiting:
            _move_claims(
                encounter, today, (PAID, CLOSED), PATIENT, f"${dollars(sum(o.amount for o in patient))} is the patient's"
            )
        return
    changed(encounter, state="closed")
    _move_claims(encounter, today, (PAID, PART_PAID, DENIED, PATIENT), CLOSED, "Nothing is left to pay: the visit is closed")


def _move_claims(encounter: Encounter, today: date, states: tuple[str, ...], to: str, text: str) -> None:
    """The visit's claims, but those that another replaces."""
    for claim in encounter.claims.filter(state__in=states, replaced_by=None):
        number = event_number(claim, to)
        tell(claim, today=today, kind=to, text=text, key=f"{to}:{number}", state=to)
