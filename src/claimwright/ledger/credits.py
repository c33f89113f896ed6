"""Credit balances: whose money it is, and by when it must go back.

Medicare's clock (42 CFR 401.305, as amended from 2025-01-01 by the physician fee schedule rule, 89 FR 97710): a person who has
identified an overpayment returns it within 60 days of identifying it (b); a timely good-faith investigation suspends that for up
to 180 days from when it began (b)(3); what was received more than six years before is not asked for (f).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Literal

from claimwright.ledger.model import Event
from claimwright.money import Cents, dollars
from claimwright.parties import Struct

RETURN_WITHIN: Final = timedelta(days=60)  # 42 CFR 401.305(b)(1)
INVESTIGATE_WITHIN: Final = timedelta(days=180)  # 42 CFR 401.305(b)(3)
LOOK_BACK_YEARS: Final = 6  # 42 CFR 401.305(f)


class CreditBalance(Struct):
    """Money that is someone else's. Cents."""

    owed_to: Literal["payer", "patient"]
    payer: str
    guarantor: int
    claim: str
    line: str
    amount: Cents
    since: date  # when the balance last became a credit: the first day it can have been identified
    why: str


class Clock(Struct):
    """Dates of a Medicare overpayment; each a fact of the rule and the dates given."""

    received: date
    identified: date
    return_by: date
    looked_back_to: date
    in_look_back: bool
    days_left: int
    words: str


def medicare_clock(
    *, received: date, identified: date, today: date, investigated_from: date | None = None, concluded: date | None = None
) -> Clock:
    """By when a Medicare overpayment goes back; a good-faith investigation stops the clock from its beginning to its end."""
    stopped = timedelta(0)
    if investigated_from is not None:
        end = min(concluded or date.max, investigated_from + INVESTIGATE_WITHIN)
        stopped = max(stopped, end - max(identified, investigated_from))
    return_by = identified + RETURN_WITHIN + stopped
    back_to = _years_before(identified, LOOK_BACK_YEARS)
    counts = received >= back_to
    left = (return_by - today).days
    if not counts:
        words = f"Received before {back_to:%Y-%m-%d}: outside the six years that are looked back (42 CFR 401.305(f))."
    elif left < 0:
        words = f"It had to go back by {return_by:%Y-%m-%d}, {-left} days ago (42 CFR 401.305(b))."
    else:
        words = f"It goes back by {return_by:%Y-%m-%d}, in {left} days (42 CFR 401.305(b))."
    return Clock(
        received=received, identified=identified, return_by=return_by, looked_back_to=back_to, in_look_back=counts,
        days_left=left, words=words,
    )  # fmt: skip


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


_Whose = tuple[str, str, int, str, str]


def credit_balances(events: Iterable[Event]) -> list[CreditBalance]:
    """Everything in the books that is a payer's or a patient's: largest first.

    A payer's: credits held for it, and lines on which payers together paid more than was owed. A patient's: money held, and
    lines overpaid. What a payer has open with another payer on the same line is no credit but a share that waits.
    """
    sums: dict[_Whose, Cents] = defaultdict(int)
    since: dict[_Whose, date] = {}
    for event in sorted(events, key=lambda one: one.on):
        for entry in event.entries:
            whose = _whose(entry.account, entry.payer, entry.guarantor, entry.claim, entry.line)
            if whose is None:
                continue
            before = sums[whose]
            sums[whose] += entry.amount
            if before >= 0 > sums[whose]:
                since[whose] = event.on
    found = [_balance(whose, -amount, since[whose]) for whose, amount in sums.items() if amount < 0]
    return sorted(found, key=lambda one: (-one.amount, one.claim, one.line, one.payer, one.guarantor))


def _whose(account: str, payer: str, guarantor: int, claim: str, line: str) -> _Whose | None:
    """The heap that an entry belongs to."""
    if account == "payer_balance":
        return "payer", payer, 0, "", ""  # what it takes back by PLB often names no claim
    if account == "insurance_ar":
        return "line", "", 0, "", line
    if account == "patient_ar":
        return "patient line", "", guarantor, "", line
    return ("unapplied", "", guarantor, "", "") if account == "unapplied" else None


def _balance(whose: _Whose, amount: Cents, since: date) -> CreditBalance:
    kind, payer, guarantor, claim, line = whose
    why = {
        "payer": "paid twice, or not ours, and not yet taken back",
        "line": "payers paid more on the line than was owed",
        "patient line": "the patient paid more on the line than was theirs",
        "unapplied": "held for the patient with nothing to apply it to",
    }[kind]
    return CreditBalance(
        owed_to="payer" if kind in ("payer", "line") else "patient",
        payer=payer, guarantor=guarantor, claim=claim, line=line, amount=amount, since=since,
        why=f"{dollars(amount)}: {why}",
    )  # fmt: skip
