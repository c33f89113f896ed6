"""Every business event as balanced entries. A correction is a new event; nothing is ever changed.

Each event balances within each service line too, so that a line's accounts always add up:
charge = paid + adjustments + patient share + what is still open with a payer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from claimwright.ledger.model import Account, Entry, Event
from claimwright.money import Cents
from claimwright.parties import Struct

Receivable = Literal["insurance_ar", "patient_ar"]

RECEIVABLES: Final = ("insurance_ar", "patient_ar")


class Owed(Struct, gc=False):
    """A receivable on one line: what is open, or how much of a payment goes there. Cents."""

    line: str  # line control number
    amount: Cents
    claim: str = ""
    patient: int = 0
    guarantor: int = 0
    payer: str = ""
    on: date | None = None  # date of service: the oldest is paid first


def charge_event(
    *,
    key: str,
    on: date,
    lines: Sequence[tuple[str, Cents]],
    claim: str = "",
    patient: int = 0,
    guarantor: int = 0,
    payer: str = "",
    memo: str = "",
) -> Event:
    """Charges of a visit: (line control number, cents) each. With a payer they are insurance A/R, without one the patient's."""
    receivable: Receivable = "insurance_ar" if payer else "patient_ar"
    entries: list[Entry] = []
    for line, amount in lines:
        who = Entry(account=receivable, amount=amount, claim=claim, line=line, patient=patient, guarantor=guarantor, payer=payer)
        entries += [who, msgspec.structs.replace(who, account="charges", amount=-amount)]
    return Event(key=key, kind="charge", on=on, entries=_moving(entries), memo=memo)


def allocate(amount: Cents, owed: Sequence[Owed]) -> tuple[tuple[Owed, ...], Cents]:
    """Share a payment over what is owed, oldest service first; and what is left over, to be held as unapplied."""
    shares: list[Owed] = []
    for one in sorted(owed, key=lambda o: (o.on or date.max, o.line)):
        taken = min(amount, one.amount)
        if taken > 0:
            shares.append(msgspec.structs.replace(one, amount=taken))
            amount -= taken
    return tuple(shares), amount


def patient_payment_event(
    *, key: str, on: date, amount: Cents, guarantor: int, shares: Sequence[Owed] = (), memo: str = ""
) -> Event:
    """Money from a guarantor, applied as `shares` say (see `allocate`); the rest is held as unapplied."""
    rest = amount - sum(share.amount for share in shares)
    if amount <= 0 or rest < 0:
        raise ValueError("ledger: a payment is positive and covers what it is applied to")
    entries: list[Entry] = []
    for share in shares:
        owed = _entry("patient_ar", -share.amount, share, guarantor=share.guarantor or guarantor)
        entries += [owed, msgspec.structs.replace(owed, account="cash", amount=share.amount)]
    entries += [
        Entry(account="unapplied", amount=-rest, guarantor=guarantor),
        Entry(account="cash", amount=rest, guarantor=guarantor),
    ]
    return Event(key=key, kind="patient_payment", on=on, entries=_moving(entries), memo=memo)


def apply_unapplied_event(*, key: str, on: date, guarantor: int, shares: Sequence[Owed], memo: str = "") -> Event:
    """Money already held for a guarantor, used for what is now owed.

    Two halves a line keep both the line and the held money right: cash moves from the holding to the line.
    """
    entries: list[Entry] = []
    for share in shares:
        owed = _entry("patient_ar", -share.amount, share, guarantor=share.guarantor or guarantor)
        entries += [owed, msgspec.structs.replace(owed, account="cash", amount=share.amount)]
    total = sum(share.amount for share in shares)
    entries += [
        Entry(account="unapplied", amount=total, guarantor=guarantor),
        Entry(account="cash", amount=-total, guarantor=guarantor),
    ]
    return Event(key=key, kind="transfer", on=on, entries=_moving(entries), memo=memo)


def write_off_event(*, key: str, on: date, shares: Sequence[Owed], receivable: Receivable, memo: str) -> Event:
    """What will not be collected, from one receivable, with the reason in words."""
    entries: list[Entry] = []
    for share in shares:
        gone = _entry(receivable, -share.amount, share, memo=memo)
        entries += [gone, msgspec.structs.replace(gone, account="write_off", amount=share.amount)]
    return Event(key=key, kind="write_off", on=on, entries=_moving(entries), memo=memo)


def transfer_event(
    *, key: str, on: date, shares: Sequence[Owed], source: Receivable, target: Receivable, to_payer: str = "", memo: str
) -> Event:
    """What one party was thought to owe is now another's: payer to patient, patient to payer, or payer to payer."""
    entries: list[Entry] = []
    for share in shares:
        left = _entry(source, -share.amount, share, memo=memo)
        payer = to_payer if target == "insurance_ar" else share.payer
        entries += [left, msgspec.structs.replace(left, account=target, amount=share.amount, payer=payer)]
    return Event(key=key, kind="transfer", on=on, entries=_moving(entries), memo=memo)


def reversal_of(
    event: Event, *, key: str, on: date, memo: str = "", kind: Literal["reversal", "correction"] = "correction"
) -> Event:
    """The exact opposite of an event, as a new one."""
    entries = tuple(msgspec.structs.replace(entry, amount=-entry.amount) for entry in event.entries)
    return Event(key=key, kind=kind, on=on, entries=entries, memo=memo or f"undoes {event.key}")


def _entry(account: Account, amount: Cents, owed: Owed, *, guarantor: int = 0, payer: str = "", memo: str = "") -> Entry:
    return Entry(
        account=account,
        amount=amount,
        claim=owed.claim,
        line=owed.line,
        patient=owed.patient,
        guarantor=guarantor or owed.guarantor,
        payer=payer or owed.payer,
        memo=memo,
    )


def _moving(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.amount)
