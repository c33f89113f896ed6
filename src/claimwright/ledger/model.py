"""Double entry for patient accounts. Debits positive, credits negative, in cents; one event's entries sum to zero."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from claimwright.money import Cents
from claimwright.parties import Struct

Account = Literal[
    "charges",  # income, credit
    "insurance_ar",  # what payers owe
    "patient_ar",  # what patients owe
    "cash",  # payments received less refunds
    "contractual",  # adjustments agreed with payers (CO)
    "write_off",  # other adjustments: timely filing, courtesy, bad debt
    "unapplied",  # money held for patients, credit
    "payer_balance",  # owed back to payers (forwarding balances, recoupments), credit
    "refunds_due",  # set aside to be given back: approved and not yet paid out, credit
    "interest",  # interest received from payers, credit
    "capitation",  # paid by payers for members, not for services, credit
    "other_income",  # bonuses, rebates, pass-through and lump sums of payers, credit
    "withheld",  # kept back by payers: withholds, taxes, levies
    "payer_charges",  # fees, penalties and discounts that payers take from a payment
]


class Entry(Struct, gc=False):
    """One side of an event."""

    account: Account
    amount: Cents
    claim: str = ""  # patient control number
    line: str = ""  # line control number
    patient: int = 0
    guarantor: int = 0
    payer: str = ""  # payer id
    provider: str = ""  # NPI of who rendered the service, where the books know it
    memo: str = ""


class Event(Struct, gc=False):
    """A business event: posted whole, once. `key` is unique in the practice and makes replay harmless."""

    key: str
    kind: Literal[
        "charge",
        "remittance",
        "reversal",
        "provider_adjustment",
        "patient_payment",
        "transfer",
        "write_off",
        "refund",
        "correction",
    ]
    on: date
    entries: tuple[Entry, ...]
    memo: str = ""
    at: datetime | None = None  # when it was posted: when the books knew it

    @property
    def balanced(self) -> bool:
        """Whether the entries sum to zero."""
        return sum(e.amount for e in self.entries) == 0
