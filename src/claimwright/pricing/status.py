"""What the physician fee schedule's status letter means where it is not simply paid (Claims Processing Manual 23, Addendum)."""

from __future__ import annotations

from datetime import date
from typing import Final

from claimwright.claims.model import Claim, ServiceLine
from claimwright.parties import Struct
from claimwright.pricing.tables import Fees, RelativeValues

CITED: Final = "Claims Processing Manual 23, Addendum"
_PAID: Final = frozenset({"A", "R", "T"})
# Never paid by themselves, whatever values stand in the row.
_NEVER: Final = {
    "B": ("97", "Medicare bundles {code} into the other services of the day: nothing is paid for it alone"),
    "P": ("97", "Medicare bundles {code} into the service that it goes with: nothing is paid for it alone"),
    "M": ("246", "{code} is reported for measurement only and never paid"),
    "Q": ("246", "{code} is reported for information only and never paid"),
    "D": ("181", "{code} has ended"),
    "F": ("181", "{code} has ended"),
    "G": ("16", "Medicare wants another code than {code}"),
    "H": ("181", "{code} has ended with this modifier"),
}
# Not paid by Medicare; other payers use the values where there are any.
_BY_MEDICARE: Final = {
    "N": ("96", "Medicare does not cover {code}"),
    "I": ("16", "Medicare wants another code than {code}"),
    "E": ("96", "Medicare excludes {code} by regulation"),
    "X": ("96", "{code} is no physician service by law, and no other schedule at hand prices it"),
}


class Unpaid(Struct):
    """Why the schedule pays nothing (with a CARC), or has no price (without)."""

    reason: str
    why: str
    final: bool = False  # no other schedule is asked


def unpaid(claim: Claim, line: ServiceLine, row: RelativeValues, fees: Fees, on: date, *, medicare: bool) -> Unpaid | None:
    """None where the row's values are paid."""
    status = row.status
    if status in _NEVER:
        reason, why = _NEVER[status]
        return Unpaid(reason=reason, why=_said(why, row), final=status == "B")
    if status in _BY_MEDICARE and medicare and status != "X":
        reason, why = _BY_MEDICARE[status]
        return Unpaid(reason=reason, why=_said(why, row))
    if status == "T" and row.priced and (other := _beside(claim, line, fees, on)):
        why = f"{row.code} is paid only alone, and {other} is paid on the same day (status T; {CITED})."
        return Unpaid(reason="97", why=why, final=True)
    if not row.priced or (status not in _PAID and status not in _BY_MEDICARE):
        return Unpaid(reason="", why=_unknown(row))
    return Unpaid(reason="", why=_said(_BY_MEDICARE["X"][1], row)) if status == "X" and medicare else None


def _said(why: str, row: RelativeValues) -> str:
    return f"{why.format(code=row.code)} (status {row.status}; {CITED})."


def _unknown(row: RelativeValues) -> str:
    if row.status in ("C", "R", "A"):
        return f"The schedule has no values for {row.code} (status {row.status}): the contractor sets its price."
    if row.status in _BY_MEDICARE:
        return _said(_BY_MEDICARE[row.status][1], row)
    return f"The physician fee schedule does not price {row.code} (status {row.status}; {CITED})."


def _beside(claim: Claim, line: ServiceLine, fees: Fees, on: date) -> str:
    """Another service of the day that the schedule pays."""
    for other in claim.lines:
        if other.number != line.number and other.first_service == line.first_service:
            row = fees.relative_values(other.procedure, "", on)
            if row and row.priced and row.status in ("A", "R"):
                return other.procedure
    return ""
