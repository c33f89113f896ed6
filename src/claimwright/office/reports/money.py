"""Sums over the ledger, in the words of a claim's page: here every column reads as people say it."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from django.db.models import Sum

from claimwright.money import Cents
from claimwright.office.records.models import LedgerEntry

COLUMN = {
    "charges": "charge",
    "cash": "paid",
    "unapplied": "paid",  # money held for the patient was paid before, so using it pays
    "payer_balance": "paid",  # what the payer took back elsewhere
    "refunds_due": "paid",  # set aside to be given back
    "interest": "paid",
    "capitation": "paid",
    "other_income": "paid",
    "withheld": "paid",
    "payer_charges": "paid",
    "contractual": "adjusted",
    "write_off": "adjusted",
    "insurance_ar": "open",
    "patient_ar": "patient",
}


class Money(msgspec.Struct):
    """charge = paid + adjusted + patient + open, because every event sums to zero."""

    charge: Cents = 0
    paid: Cents = 0
    adjusted: Cents = 0
    patient: Cents = 0  # the patient still owes
    open: Cents = 0  # a payer still owes

    @property
    def balanced(self) -> bool:
        """Whether the line adds up."""
        return self.charge == self.paid + self.adjusted + self.patient + self.open

    @property
    def balance(self) -> Cents:
        """Everything still owed, by payers and patient."""
        return self.patient + self.open

    def add(self, account: str, amount: Cents) -> None:
        """Take in one ledger amount."""
        column = COLUMN[account]
        setattr(self, column, getattr(self, column) + (-amount if column == "charge" else amount))


def by_line(control_numbers: Iterable[str]) -> dict[str, Money]:
    """What the ledger says of each service line."""
    return _gather("line_control_number", LedgerEntry.objects.filter(line_control_number__in=list(control_numbers)))


def by_encounter(encounters: Iterable[int]) -> dict[int, Money]:
    """What the ledger says of each visit."""
    return _gather("encounter_id", LedgerEntry.objects.filter(encounter_id__in=list(encounters)))


def _gather(key, entries):  # type: ignore[no-untyped-def]
    found = defaultdict(Money)
    for row in entries.values(key, "account").annotate(total=Sum("amount")):
        found[row[key]].add(row["account"], row["total"])
    return found
