"""A patient's account in words the patient can follow: each visit adds up, and says who paid what and why the rest is theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from django.db.models import Q, Sum

from claimwright.codesets.procedures import procedure
from claimwright.money import Cents, dollars
from claimwright.office.records.models import (
    Charge,
    Encounter,
    Guarantor,
    LedgerEntry,
    LedgerEvent,
    Practice,
    PriceRow,
    RemitClaimPart,
    RemitClaimRow,
)
from claimwright.statements.build import SHARE_WORDS

OURS = ("patient_payment", "transfer")  # kinds of events whose cash is the patient's own


class Step(msgspec.Struct):
    """One thing that happened to a visit's money, in plain words. Cents."""

    event: LedgerEvent
    words: str
    owed: Cents  # what the patient owes for the visit afterwards
    waiting: Cents  # what insurance still has to decide


class VisitAccount(msgspec.Struct):
    """One visit: charge = insurance paid + discount + you paid + insurance decides + you owe. Cents."""

    visit: Encounter
    services: list[str]
    steps: list[Step]
    charge: Cents = 0
    insurance: Cents = 0
    discount: Cents = 0
    paid: Cents = 0
    waiting: Cents = 0
    owed: Cents = 0
    after: Cents = 0  # owed for this visit and all before it

    @property
    def balanced(self) -> bool:
        """Whether every cent of the charge is told."""
        return self.charge == self.insurance + self.discount + self.paid + self.waiting + self.owed


class PatientAccount(msgspec.Struct):
    """All visits, oldest first, and what is held. Cents."""

    visits: list[VisitAccount]
    held: Cents

    def total(self, name: str) -> Cents:
        """One column of all visits."""
        return sum(getattr(visit, name) for visit in self.visits)

    @property
    def totals(self) -> dict[str, Cents]:
        """Every column of all visits."""
        return {name: self.total(name) for name in ("charge", "insurance", "discount", "paid", "waiting", "owed")}

    @property
    def to_pay(self) -> Cents:
        """What is owed, less what is held."""
        return self.total("owed") - self.held


def account(practice: Practice, visits: Q, guarantor: Guarantor) -> PatientAccount:
    """The account of the visits asked for; `guarantor` is who pays for them."""
    found: dict[int, list[LedgerEntry]] = defaultdict(list)
    rows = LedgerEntry.objects.filter(event__practice=practice, encounter__in=Encounter.objects.filter(visits, practice=practice))
    related = ("event__remit__payer", "event__undoes", "payer", "claim")
    rows = rows.select_related(*related).defer("claim__content", "event__remit__content")
    for entry in rows.order_by("event__on", "event_id", "pk"):
        found[entry.encounter_id or 0].append(entry)
    encounters = Encounter.objects.filter(pk__in=found).select_related("patient", "provider").order_by("date", "pk")
    shares = _shares(entry for entries in found.values() for entry in entries)
    services = _services(practice, found)
    told, after = [], 0
    for encounter in encounters:
        one = _visit(encounter, services.get(encounter.pk, []), found[encounter.pk], shares)
        after += one.owed
        one.after = after
        told.append(one)
    held = LedgerEntry.objects.filter(guarantor=guarantor, account="unapplied").aggregate(sum=Sum("amount"))["sum"] or 0
    return PatientAccount(told, -held)


def _services(practice: Practice, visits: Iterable[int]) -> dict[int, list[str]]:
    labels = dict(PriceRow.objects.filter(practice=practice).values_list("procedure", "label"))
    found: dict[int, list[str]] = defaultdict(list)
    for charge in Charge.objects.filter(encounter__in=list(visits)).select_related("encounter"):
        known = procedure(charge.procedure, charge.encounter.date)
        label = labels.get(charge.procedure) or (known.label if known else f"service {charge.procedure}")
        found[charge.encounter_id].append(label)
    return found


_Shares = dict[tuple[int, int], list[tuple[str, Cents]]]


def _shares(entries: Iterable[LedgerEntry]) -> _Shares:
    """(remittance, claim) -> why the patient owes what the payer said: reason and amount."""
    wanted = {(e.event.remit_id, e.claim_id) for e in entries if e.event.remit_id and e.claim_id}
    remits, claims = {remit for remit, _ in wanted}, {claim for _, claim in wanted}
    rows = RemitClaimRow.objects.filter(remit__in=remits, claim__in=claims, status="posted", parts=None).exclude(clp_status="22")
    parts = RemitClaimPart.objects.filter(row__remit__in=remits, claim__in=claims).exclude(row__clp_status="22")
    told = [(row.remit_id, row.claim_id, row.content) for row in rows]
    told += [(part.row.remit_id, part.claim_id, part.content) for part in parts.select_related("row")]
    found: _Shares = defaultdict(list)
    for remit, claim, content in told:
        said = [
            *content.get("adjustments", ()),
            *(a for line in content.get("lines", ()) for a in line.get("adjustments", ())),
        ]
        reasons: dict[str, Cents] = defaultdict(int)
        for one in said:
            if one["group"] == "PR":
                reasons[one["reason"]] += one["amount"]
        found[(remit, claim or 0)] += [(reason, amount) for reason, amount in reasons.items() if amount]
    return found


def _visit(encounter: Encounter, services: list[str], entries: list[LedgerEntry], shares: _Shares) -> VisitAccount:
    one = VisitAccount(encounter, services, [])
    events: dict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        events[entry.event_id].append(entry)
    passed = _passed({group[0].event.pk: group[0].event for group in events.values()})
    for group in events.values():
        event = group[0].event
        moved: dict[str, Cents] = defaultdict(int)
        for entry in group:
            moved[_column(entry, group)] += entry.amount
        one.charge -= moved["charge"]
        one.insurance += moved["insurance"]
        one.discount += moved["discount"]
        one.paid += moved["paid"]
        one.waiting += moved["waiting"]
        one.owed += moved["owed"]
        words = "" if event.pk in passed else _words(event, group, moved, shares)
        if words and event.kind == "remittance" and moved["insurance"] and one.waiting > 0:
            words += f" ${dollars(one.waiting)} is still with insurance."
        if words:
            one.steps.append(Step(event, words, one.owed, one.waiting))
    return one


def _passed(events: Mapping[int, LedgerEvent]) -> set[int]:
    """Decisions that were taken back the day they were posted, to be read in the payers' order, and their taking back."""
    undoing = [one for one in events.values() if one.undoes_id in events and one.kind == "correction"]
    passing = [one for one in undoing if one.undoes and one.undoes.kind == "remittance" and one.undoes.on == one.on]
    return {pk for one in passing for pk in (one.pk, one.undoes_id or 0)}


def _column(entry: LedgerEntry, group: list[LedgerEntry]) -> str:
    """Which of the visit's figures an entry belongs to."""
    if entry.account == "cash":
        kind = entry.event.undoes.kind if entry.event.undoes else entry.event.kind
        mine = kind in OURS or (kind == "refund" and any(other.account == "patient_ar" for other in group))
        return "paid" if mine else "insurance"
    names = {"charges": "charge", "contractual": "discount", "write_off": "discount", "patient_ar": "owed"}
    return names.get(entry.account, "waiting" if entry.account == "insurance_ar" else "insurance")


def _words(event: LedgerEvent, group: list[LedgerEntry], moved: dict[str, Cents], shares: _Shares) -> str:
    """What happened, as one would say it to the patient."""
    if event.undoes is not None and event.kind == "correction":
        before = _TAKEN_BACK.get(event.undoes.kind, "A posting")
        return f"{before} of {event.undoes.on.isoformat()} was taken back."
    if event.kind == "charge":
        return _charged(moved)
    if event.kind == "remittance":
        return _decided(event, group, moved, shares)
    if event.kind == "reversal":
        return f"{_payer(event, group)} took back what it had decided; it will decide again."
    if event.kind == "patient_payment":
        return f"You paid ${dollars(moved['paid'])}. Thank you."
    if event.kind == "write_off":
        return f"We wrote off ${dollars(moved['discount'])}: you do not owe it." if moved["discount"] else ""
    if event.kind == "refund":
        return f"${dollars(-moved['paid'] or -moved['insurance'])} that was paid too much is given back."
    return _transferred(event, moved)


_TAKEN_BACK = {
    "patient_payment": "Your payment",
    "remittance": "Insurance's decision",
    "write_off": "The write-off",
    "transfer": "The change",
    "refund": "The refund",
    "charge": "The charge",
}


def _charged(moved: dict[str, Cents]) -> str:
    if moved["charge"] > 0:
        return f"${dollars(moved['charge'])} of the charge was taken off."
    whom = "sent to insurance" if moved["waiting"] else "yours to pay, as no insurance was on file"
    return f"The visit was charged ${dollars(-moved['charge'])}, {whom}."


def _decided(event: LedgerEvent, group: list[LedgerEntry], moved: dict[str, Cents], shares: _Shares) -> str:
    payer = _payer(event, group)
    if moved["insurance"] == moved["discount"] == moved["owed"] == 0:
        more = sum(entry.amount for entry in group if entry.account == "cash")
        if more > 0:
            return f"{payer} paid ${dollars(more)} too much; it goes back to them, and nothing changes for you."
        return f"{payer} did not pay; we are working on it, and you owe nothing for it now."
    said = [f"{payer} paid ${dollars(moved['insurance'])}" if moved["insurance"] else f"{payer} paid nothing"]
    if moved["discount"] > 0:
        said.append(f"${dollars(moved['discount'])} is their discount, which nobody owes")
    if moved["owed"] > 0:
        said.append(_yours(event, group, moved["owed"], shares))
    return f"{'; '.join(said)}."


def _yours(event: LedgerEvent, group: list[LedgerEntry], owed: Cents, shares: _Shares) -> str:
    claims = {entry.claim_id for entry in group if entry.claim_id}
    reasons = [one for claim in claims for one in shares.get((event.remit_id or 0, claim), ())]
    if sum(amount for _, amount in reasons) != owed:
        return f"${dollars(owed)} is yours"
    parts = [f"${dollars(amount)} is {SHARE_WORDS.get(reason, 'your share under the plan')}" for reason, amount in reasons]
    return " and ".join(parts)


def _transferred(event: LedgerEvent, moved: dict[str, Cents]) -> str:
    if moved["paid"] > 0:
        return f"${dollars(moved['paid'])} that we held for you was used."
    if moved["owed"] > 0 > moved["waiting"]:
        why = f": {event.memo}" if event.memo else ""
        return f"${dollars(moved['owed'])} that insurance will not pay is yours{why}."
    if moved["waiting"] > 0 > moved["owed"]:
        return f"${dollars(moved['waiting'])} went back to insurance."
    return "Insurance's part moved on to the next insurance." if any(moved.values()) or event.kind == "transfer" else ""


def _payer(event: LedgerEvent, group: list[LedgerEntry]) -> str:
    payer: Any = event.remit.payer if event.remit and event.remit.payer else next((e.payer for e in group if e.payer), None)
    return payer.name if payer else "Insurance"


def family(guarantor: Guarantor) -> Q:
    """The visits of everyone a guarantor pays for."""
    return Q(patient__guarantor=guarantor)


def oldest_owed(visits: Iterable[VisitAccount]) -> date | None:
    """The day of the oldest visit on which the patient still owes."""
    return min((one.visit.date for one in visits if one.owed > 0), default=None)
