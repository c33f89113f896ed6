"""After money moved: use what is held for the guarantor, and close what has come to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet, Sum

from claimwright.claims.states import CLOSED, DENIED, PAID, PART_PAID, PATIENT
from claimwright.ledger.events import allocate, apply_unapplied_event
from claimwright.money import Cents, dollars
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many, update
from claimwright.office.records.ledger import append, balance, open_lines
from claimwright.office.records.models import ClaimRecord, Encounter, Guarantor, LedgerEntry, LedgerEvent, Practice
from claimwright.office.workflow.trail import event_number, tell, together

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
    settle_visits([encounter.pk for encounter in encounters], today)


_settled_or_not = asked(
    lambda visits: Encounter.objects.filter(pk__among=visits, state__in=("billed", "closed")).values_list("pk", "state")
)
_claims = asked(
    lambda visits: (
        ClaimRecord.objects.filter(encounter__among=visits).order_by("pk").values_list("pk", "encounter", "state", "replaces")
    )
)


def settle_visits(visits: Iterable[int], today: date, at_hand: Mapping[int, ClaimRecord] | None = None) -> None:
    """The same for visits by their primary keys. `at_hand`: claims as they now are, which need not be read again."""
    states: dict[int, str] = dict(_settled_or_not(visits))
    if not states:
        return
    claims: dict[int, list[tuple[int, str]]] = {pk: [] for pk in states}  # by visit, each with its state
    replaced = set()
    found = dict(at_hand or {})
    for pk, visit, state, replaces in _claims(states):
        claims[visit].append((pk, found[pk].state if pk in found else state))
        replaced.add(replaces)
    turned: dict[int, str] = {}  # visits, and what they now are
    moves: list[tuple[int, str, str]] = []  # claims, what they now are, and why
    open_ = _open(states)
    for visit in states:
        mine = [(pk, state) for pk, state in claims[visit] if pk not in replaced]
        waiting = any(state in IN_FLIGHT for _, state in claims[visit])
        left = open_.get(visit)
        if left is None or any(left) or waiting:
            turned[visit] = "billed"
            if left and left.patient and not left.insurance and not waiting:
                said = f"${dollars(sum(left.patient))} is the patient's"
                moves += [(pk, PATIENT, said) for pk, state in mine if state in (PAID, CLOSED)]
        else:
            turned[visit] = CLOSED
            said = "Nothing is left to pay: the visit is closed"
            moves += [(pk, CLOSED, said) for pk, state in mine if state in (PAID, PART_PAID, DENIED, PATIENT)]
    update(Encounter, ("state",), [(now, visit) for visit, now in turned.items() if now != states[visit]])
    if missing := {pk for pk, _, _ in moves} - found.keys():
        found |= {claim.pk: claim for claim in ClaimRecord.objects.filter(pk__among=Many(missing)).defer("content")}
    moving = [found[pk] for pk, _, _ in moves]
    with together(moving):
        for claim, (_, to, said) in zip(moving, moves, strict=True):
            tell(claim, today=today, kind=to, text=said, key=f"{to}:{event_number(claim, to)}", state=to)


class _Left(NamedTuple):
    """What is open on the lines of a visit."""

    insurance: list[Cents]
    patient: list[Cents]


_sums = asked(
    lambda visits: (
        LedgerEntry.objects.filter(encounter__among=visits)
        .order_by()
        .values_list("encounter", "line_control_number", "patient", "guarantor")
        .annotate(
            from_payers=Sum("amount", filter=Q(account="insurance_ar")),
            from_patient=Sum("amount", filter=Q(account="patient_ar")),
        )
    )
)


def _open(visits: Iterable[int]) -> dict[int, _Left]:
    """What is open on each line of the visits that are in the books."""
    found: dict[int, _Left] = {}
    for visit, line, _, _, from_payers, from_patient in _sums(visits):
        left = found.setdefault(visit, _Left([], []))
        if line and from_payers:
            left.insurance.append(from_payers)
        if line and from_patient:
            left.patient.append(from_patient)
    return found


def _held_for(visits: Many) -> QuerySet[LedgerEntry]:
    theirs = Guarantor.objects.filter(patients__encounters__among=visits).values("pk")
    return LedgerEntry.objects.filter(account="unapplied", guarantor__in=theirs)


_unapplied = asked(lambda visits: _held_for(visits).order_by().values_list("guarantor").annotate(sum=Sum("amount")))


def guarantors_ahead(encounters: Iterable[int]) -> list[Guarantor]:
    """The guarantors of these visits for whom money is held."""
    ahead = {pk for pk, amount in _unapplied(encounters) if amount < 0}
    return list(Guarantor.objects.filter(pk__in=ahead).order_by("pk")) if ahead else []
