"""Balances by any dimension, the totals people ask for, and the checks that the books are true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final, Literal, get_args

from claimwright.findings import Finding
from claimwright.ledger.model import Account, Entry, Event
from claimwright.money import Cents, dollars
from claimwright.parties import Struct

Dimension = Literal["account", "claim", "line", "patient", "guarantor", "payer", "provider"]

ACCOUNTS: Final = frozenset(get_args(Account))
CREDITS: Final[tuple[Account, ...]] = (
    "unapplied", "payer_balance", "refunds_due", "interest", "capitation", "other_income", "withheld", "payer_charges",
)  # fmt: skip
"""Money beside charges and what settles them: held for someone, or paid or taken by payers for no service."""


class Totals(Struct):
    """The demo's figures, each in the sign people say it: charges + credits = payments + adjustments + A/R. Cents."""

    charges: Cents
    payments: Cents
    adjustments: Cents
    ar_insurance: Cents
    ar_patient: Cents
    credits: Cents
    ledger_sum: Cents

    @property
    def balanced(self) -> bool:
        """Whether the books add up."""
        owed = self.ar_insurance + self.ar_patient
        return self.ledger_sum == 0 and self.charges + self.credits == self.payments + self.adjustments + owed


class LineBalance(Struct):
    """One service line: charge = paid + adjustments + patient + open. Cents."""

    charge: Cents = 0
    paid: Cents = 0
    adjustments: Cents = 0
    patient: Cents = 0  # still owed by the patient
    open: Cents = 0  # still with a payer

    @property
    def balanced(self) -> bool:
        """Whether every cent of the charge is somewhere."""
        return self.charge == self.paid + self.adjustments + self.patient + self.open


def entries_of(events: Iterable[Event]) -> list[Entry]:
    """All entries of all events."""
    return [entry for event in events for entry in event.entries]


def as_of(events: Iterable[Event], *, dated: date | None = None, known: datetime | None = None) -> Iterator[Event]:
    """The time machine: events dated on or before a day, and of those what the books knew at an instant.

    An event that does not say when it was posted was always known.
    """
    for event in events:
        if (dated is None or event.on <= dated) and (known is None or event.at is None or event.at <= known):
            yield event


def balances(entries: Iterable[Entry], by: Sequence[Dimension] = ("account",)) -> dict[tuple[str | int, ...], Cents]:
    """Sums by any dimensions, zero balances left out. `by=("account", "guarantor")` gives {("patient_ar", 7): 1848}."""
    sums: dict[tuple[str | int, ...], Cents] = defaultdict(int)
    for entry in entries:
        sums[tuple(getattr(entry, name) for name in by)] += entry.amount
    return {key: amount for key, amount in sums.items() if amount}


def totals(entries: Iterable[Entry]) -> Totals:
    """The figures of the whole ledger, or of any slice of it that holds whole events."""
    accounts = balances(entries)

    def of(*names: Account) -> Cents:
        return sum(accounts.get((name,), 0) for name in names)

    return Totals(
        charges=-of("charges"),
        payments=of("cash"),
        adjustments=of("contractual", "write_off"),
        ar_insurance=of("insurance_ar"),
        ar_patient=of("patient_ar"),
        credits=-of(*CREDITS),
        ledger_sum=sum(accounts.values()),
    )


def line_balances(entries: Iterable[Entry]) -> dict[str, LineBalance]:
    """Each service line's equation."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        if entry.line:
            sums[entry.line][entry.account] += entry.amount
    return {
        line: LineBalance(
            charge=-by["charges"],
            paid=by["cash"],
            adjustments=by["contractual"] + by["write_off"],
            patient=by["patient_ar"],
            open=by["insurance_ar"],
        )
        for line, by in sums.items()
    }


def check(events: Iterable[Event]) -> list[Finding]:
    """What is wrong with a ledger: unbalanced events, keys used twice, unknown accounts, lines that do not add up."""
    found: list[Finding] = []
    seen: set[str] = set()
    entries: list[Entry] = []
    for event in events:
        entries += event.entries
        if event.key in seen:
            found.append(
                _error(
                    "LEDGER-KEY-TWICE",
                    f"The event {event.key} is posted more than once.",
                    "Keep the first; the key makes a replay harmless.",
                )
            )
        seen.add(event.key)
        if not event.balanced:
            off = sum(entry.amount for entry in event.entries)
            found.append(
                _error(
                    "LEDGER-UNBALANCED",
                    f"The entries of {event.key} sum to {dollars(off)}, not to zero.",
                    "Undo the event and post it whole.",
                )
            )
        for name in {entry.account for entry in event.entries} - ACCOUNTS:
            found.append(
                _error(
                    "LEDGER-ACCOUNT",
                    f"{event.key} posts to an account that does not exist: {name}.",
                    "Use an account of the chart.",
                )
            )
    for line, balance in line_balances(entries).items():
        if not balance.balanced:
            found.append(
                _error(
                    "LEDGER-LINE",
                    f"Line {line}: charge {dollars(balance.charge)} is not paid {dollars(balance.paid)} + adjustments "
                    f"{dollars(balance.adjustments)} + patient {dollars(balance.patient)} + open {dollars(balance.open)}.",
                    "Find the event that moved money on the line without its other half.",
                )
            )
    return found


def _error(code: str, message: str, fix: str) -> Finding:
    return Finding(code=code, severity="error", message=message, fix=fix)
