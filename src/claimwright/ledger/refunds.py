"""Refunds in two steps: approved money is set aside, then paid out or left to the payer to take. Amounts in cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from claimwright.ledger.events import Owed
from claimwright.ledger.model import Account, Entry, Event
from claimwright.money import Cents


def set_aside_event(
    *, key: str, on: date, amount: Cents, guarantor: int = 0, payer: str = "", shares: Sequence[Owed] = (), memo: str
) -> Event:
    """A refund approved: from the overpaid lines in `shares`, the rest from what is held for the guarantor or owed to the payer.

    From then on it is a debt of its own, so that nothing else uses it up. Raises ValueError where the shares exceed the amount.
    """
    rest = amount - sum(share.amount for share in shares)
    if amount <= 0 or rest < 0:
        raise ValueError("ledger: a refund is positive and covers its shares")
    receivable: Account = "insurance_ar" if payer else "patient_ar"
    held: Account = "payer_balance" if payer else "unapplied"
    entries: list[Entry] = []
    for share in shares:
        overpaid = Entry(
            account=receivable, amount=share.amount, claim=share.claim, line=share.line, patient=share.patient,
            guarantor=guarantor or share.guarantor, payer=share.payer,
        )  # fmt: skip
        came = msgspec.structs.replace(overpaid, account="cash", amount=-share.amount)
        # The line's money leaves the line; the cash itself leaves only when the refund is paid out.
        entries += [overpaid, came, Entry(account="cash", amount=share.amount, guarantor=guarantor, payer=payer)]
    if rest:
        entries.append(Entry(account=held, amount=rest, guarantor=guarantor, payer=payer))
    entries.append(Entry(account="refunds_due", amount=-amount, guarantor=guarantor, payer=payer))
    return Event(key=key, kind="refund", on=on, entries=tuple(entries), memo=memo)


def pay_out_event(
    *, key: str, on: date, amount: Cents, guarantor: int = 0, payer: str = "", recoup: bool = False, memo: str
) -> Event:
    """An approved refund paid out; with `recoup` the payer takes it from a later payment, and it waits as owed back to it."""
    if amount <= 0 or (recoup and not payer):
        raise ValueError("ledger: a refund is positive, and only a payer takes money back by itself")
    to: Account = "payer_balance" if recoup else "cash"
    entries = (
        Entry(account="refunds_due", amount=amount, guarantor=guarantor, payer=payer),
        Entry(account=to, amount=-amount, guarantor=guarantor, payer=payer),
    )
    return Event(key=key, kind="refund", on=on, entries=entries, memo=memo)
