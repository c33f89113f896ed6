"""A patient's bill in plain words: one guarantor, the visits that are theirs to pay. Amounts in cents."""

from __future__ import annotations

from datetime import date

from claimwright.money import Cents
from claimwright.parties import Address, Struct


class PatientLine(Struct):
    """One service line as the ledger and the remittances know it: what `build` needs."""

    visit: str  # encounter number
    patient: str  # name as the guarantor knows it
    on: date
    service: str  # our own words for the procedure
    charge: Cents
    due: Cents  # patient A/R on the line
    plan: str = ""  # name of the plan that decided; empty without insurance
    allowed: Cents | None = None
    plan_paid: Cents = 0
    adjusted: Cents = 0
    patient_paid: Cents = 0
    shares: tuple[tuple[str, Cents], ...] = ()  # CARC of group PR and amount: ("1", 5000) deductible
    insurance_open: Cents = 0  # still with a payer
    provider: str = ""
    billed_on: date | None = None  # when it became the patient's


class StatementLine(Struct):
    """One line as the guarantor reads it."""

    service: str
    charge: Cents
    plan_paid: Cents
    adjusted: Cents
    patient_paid: Cents
    due: Cents
    words: str


class StatementVisit(Struct):
    """A visit of one patient."""

    visit: str
    patient: str
    on: date
    provider: str
    lines: tuple[StatementLine, ...]

    @property
    def due(self) -> Cents:
        """What is to pay for it."""
        return sum(line.due for line in self.lines)


class StatementPayment(Struct):
    """Money that came from the guarantor since the last statement."""

    on: date
    amount: Cents
    words: str


class Waiting(Struct):
    """A visit that a plan has not finished with: shown, not billed."""

    patient: str
    on: date
    plan: str


class Aging(Struct):
    """The balance by age in days since it became the patient's."""

    current: Cents = 0  # 0 to 30
    over_30: Cents = 0
    over_60: Cents = 0
    over_90: Cents = 0


class Sender(Struct):
    """Who bills."""

    name: str
    address: Address
    phone: str = ""


class StatementContent(Struct):
    """Everything on the paper; `balance` is what is due by `due_on`."""

    number: str
    issued_on: date
    due_on: date
    sender: Sender
    guarantor: str
    address: Address | None
    visits: tuple[StatementVisit, ...]
    balance: Cents
    aging: Aging
    unapplied: Cents = 0  # held for the guarantor, already taken off the balance
    payments: tuple[StatementPayment, ...] = ()
    waiting: tuple[Waiting, ...] = ()
