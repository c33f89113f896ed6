"""What Medicare pays by a system of its own that no table here has: which one, and the contract terms that price it."""

from __future__ import annotations

from typing import Final

from claimwright.claims.model import Claim

_STAY: Final = "a contract prices it by `case drg`, `base rate`, `per diem`, `stop loss` or `pay 60% of charge`"
_FACILITY: Final = "a contract prices it by `fee`, `per diem` or `pay 60% of charge`"

# By the first two digits of the bill type: what it is and how Medicare pays it (each a payment system with figures of the
# facility's own: base rates, cost, wage index, outlier thresholds).
_BY_BILL_TYPE: Final = {
    "11": ("a hospital stay", "by DRG, with the hospital's own rates and its outliers (42 CFR 412)", _STAY),
    "18": ("a swing bed", "by the day, as in a skilled nursing facility (42 CFR 413.114)", _STAY),
    "21": ("a skilled nursing stay", "by the day and the patient's case mix (42 CFR 413.337)", _STAY),
    "32": ("home health", "by 30-day periods and case mix (42 CFR 484.205)", _FACILITY),
    "41": ("a religious nonmedical stay", "at reasonable cost (42 CFR 413.40)", _STAY),
    "71": ("a rural health clinic", "one rate for a visit, the clinic's own (42 CFR 405.2462)", _FACILITY),
    "72": ("dialysis", "one rate for a treatment, by patient and facility (42 CFR 413.171)", _FACILITY),
    "77": ("a federally qualified health center", "one rate for a day, adjusted by place (42 CFR 405.2462)", _FACILITY),
    "81": ("hospice", "by the day and level of care (42 CFR 418.302)", _FACILITY),
    "82": ("hospice", "by the day and level of care (42 CFR 418.302)", _FACILITY),
    "85": ("a critical access hospital", "101% of its reasonable cost (42 CFR 413.70)", _FACILITY),
}


def by_bill_type(claim: Claim) -> str:
    """Why a facility's bill has no Medicare price here."""
    if not claim.bill_type:
        return "The bill type is not told, so nothing says which of Medicare's systems pays it."
    what = _BY_BILL_TYPE.get(claim.bill_type[-3:][:2])
    if what is None:
        return f"Bill type {claim.bill_type}: no table here prices it; {_FACILITY}."
    named, how, terms = what
    return f"Bill type {claim.bill_type}, {named}: Medicare pays {how}, and no table here has that; {terms}."


def by_code(procedure: str) -> str:
    """Why a service has no Medicare price here; empty for those of no system of their own."""
    if "A0425" <= procedure <= "A0436":  # ground and air, and their miles
        return (
            f"{procedure}: Medicare pays ambulances by a schedule of their own, by where the patient was picked up "
            "(42 CFR 414.601), and no table here has it; a contract prices it by `fee A0429 412.00` and `fee A0425 8.50` a mile."
        )
    return ""
