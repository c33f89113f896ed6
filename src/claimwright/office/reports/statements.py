"""What guarantors owe, what they were told and what they paid."""

from collections import defaultdict
from datetime import date
from typing import Any

import msgspec
from django.db.models import Max, Q, Sum

from claimwright.money import dollars
from claimwright.office.records.models import ClaimRecord, Guarantor, LedgerEntry, LedgerEvent, Practice, Statement
from claimwright.office.reports import money


class GuarantorRow(msgspec.Struct):
    guarantor: Any
    balance: int  # patient A/R less money held for them
    held: int  # unapplied money
    oldest: date | None
    statement: Any  # the last one
    billable: int  # the balance without visits that insurance still decides: what a statement would say
    to_bill: bool = False  # owes, and was not yet told this

    def aged(self, today: date) -> int:
        """Days since the oldest visit still owed on."""
        return (today - self.oldest).days if self.oldest else 0


def guarantors(practice: Practice, today: date, text: str = "") -> list[GuarantorRow]:
    """Every guarantor with a balance or a credit, most owed first."""
    owed: dict[int, int] = defaultdict(int)
    held: dict[int, int] = defaultdict(int)
    oldest: dict[int, date] = {}
    entries = LedgerEntry.objects.filter(
        event__practice=practice, account__in=("patient_ar", "unapplied"), guarantor__isnull=False
    )
    waiting: dict[int, int] = defaultdict(int)
    pending = _pending_visits(practice)
    for row in entries.values("guarantor", "account", "encounter", "encounter__date").annotate(total=Sum("amount")):
        if row["account"] == "unapplied":
            held[row["guarantor"]] -= row["total"]
            continue
        owed[row["guarantor"]] += row["total"]
        waiting[row["guarantor"]] += row["total"] if row["encounter"] in pending else 0
        on = row["encounter__date"]
        if row["total"] > 0 and on:
            oldest[row["guarantor"]] = min(on, oldest.get(row["guarantor"], on))
    found = {pk for pk in {*owed, *held} if owed[pk] or held[pk]}
    people = Guarantor.objects.filter(practice=practice, pk__in=found)
    for word in text.replace(",", " ").split():
        people = people.filter(Q(last__icontains=word) | Q(first__icontains=word))
    last = {row.guarantor_id: row for row in Statement.objects.filter(practice=practice).order_by("issued_on", "id")}
    rows = [
        GuarantorRow(
            guarantor=person,
            balance=owed[person.pk] - held[person.pk],
            held=held[person.pk],
            oldest=oldest.get(person.pk),
            statement=last.get(person.pk),
            billable=owed[person.pk] - held[person.pk] - waiting[person.pk],
        )
        for person in people
    ]
    for row in rows:
        told = row.statement is not None and (row.statement.balance == row.billable or row.statement.issued_on == today)
        row.to_bill = row.billable > 0 and not told
    return sorted(rows, key=lambda row: (-row.balance, row.guarantor.pk))


def _pending_visits(practice: Practice) -> set[int]:
    """Visits with a line on which a payer still owes: no statement speaks of them."""
    lines = LedgerEntry.objects.filter(event__practice=practice, account="insurance_ar", encounter__isnull=False)
    sums = lines.values("encounter", "line_control_number").annotate(open=Sum("amount")).filter(open__gt=0)
    return set(sums.order_by().values_list("encounter", flat=True))


def balance(guarantor: Guarantor) -> int:
    """What the guarantor owes, less what is held for them."""
    owed = LedgerEntry.objects.filter(guarantor=guarantor, account__in=("patient_ar", "unapplied")).aggregate(s=Sum("amount"))
    return owed["s"] or 0


def visits_owed(guarantor: Guarantor) -> list[tuple[Any, money.Money]]:
    """The guarantor's visits with their money, open ones first."""
    from claimwright.office.records.models import Encounter

    visits = list(
        Encounter.objects.filter(patient__guarantor=guarantor).select_related("patient", "provider").order_by("-date", "-id")
    )
    found = money.by_encounter(visit.pk for visit in visits)
    return [(visit, found[visit.pk]) for visit in visits if visit.pk in found]


class AccountRow(msgspec.Struct):
    """One event as a patient could follow it."""

    event: Any
    words: str
    charge: int
    paid: int
    adjusted: int
    balance: int  # what remained afterwards, insurance and patient together
    patient: int  # of which the patient's
    owner: str = ""

    @property
    def memo(self) -> str:
        """What a person wrote; what the office writes by itself says nothing new."""
        return "" if self.event.kind in ("charge", "remittance", "reversal") else self.event.memo


WORDS = {
    "charge": "Visit charged",
    "remittance": "Insurance decided",
    "reversal": "Insurance took back an earlier decision",
    "provider_adjustment": "Insurance settled an older balance",
    "patient_payment": "Payment received, thank you",
    "transfer": "Moved between insurance and patient",
    "write_off": "Written off",
    "refund": "Refund",
    "correction": "Taken back",
}


def account(entries: Q) -> list[AccountRow]:
    """Events in order with running balances, from the entries asked for."""
    events: dict[int, money.Money] = defaultdict(money.Money)
    held: dict[int, int] = defaultdict(int)
    owners: dict[int, set[str]] = defaultdict(set)
    for row in LedgerEntry.objects.filter(entries).values("event", "account", "patient__first").annotate(total=Sum("amount")):
        events[row["event"]].add(row["account"], row["total"])
        if row["account"] == "unapplied":
            held[row["event"]] -= row["total"]
        if row["patient__first"]:
            owners[row["event"]].add(row["patient__first"])
    found, running, patient = [], 0, 0
    for event in (
        LedgerEvent.objects.filter(pk__in=events).select_related("remit__payer", "undone_by", "undoes").order_by("on", "id")
    ):
        moved = events[event.pk]
        running += moved.balance
        patient += moved.patient
        words = WORDS.get(event.kind, event.kind.capitalize())
        if event.remit and event.remit.payer:
            words = (
                f"{event.remit.payer.name}: {words[0].lower()}{words[1:]}"
                if event.kind != "remittance"
                else f"{event.remit.payer.name} decided"
            )
        if held[event.pk]:
            kept = f"${dollars(abs(held[event.pk]))}"
            words += f"; {kept} held for later" if held[event.pk] > 0 else f"; {kept} of what was held"
        found.append(
            AccountRow(
                event, words, moved.charge, moved.paid, moved.adjusted, running, patient, ", ".join(sorted(owners[event.pk]))
            )
        )
    return found


def insurance_pending(guarantor: Guarantor) -> int:
    """Claims of this guarantor's family that payers have not decided."""
    return ClaimRecord.objects.filter(
        patient__guarantor=guarantor, state__in=("draft", "held", "ready", "sent", "accepted", "pending", "rejected")
    ).count()


def last_issued(practice: Practice) -> date | None:
    """When statements last went out."""
    return Statement.objects.filter(practice=practice).aggregate(on=Max("issued_on"))["on"]
