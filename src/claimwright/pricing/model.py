"""What payer and practice agreed. Rates as fractions, amounts in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Struct

ANY_PAYER = "*"
"""The payer of a contract that holds for every payer."""

KINDS: dict[str, tuple[str, ...]] = {
    "anesthesia": ("00100-01999",),
    "surgery": ("10004-69990",),
    "radiology": ("70010-79999",),
    "laboratory": ("80047-89398", "36415", "36416", "0001U-9999U", "0001M-9999M"),
    "medicine": ("90281-96999", "97550-99199", "99500-99607"),
    "therapy": ("97010-97546",),
    "visits": ("98000-98016", "99202-99499"),
    "drugs": ("J0000-J9999", "Q0138-Q0139", "Q5101-Q5199"),
    "supplies": ("A4206-A9999", "E0100-E9999", "K0000-K9999", "L0000-L9999"),
}
"""Kinds of services by their code ranges, as contracts name them."""


class Rate(Struct):
    """How some codes are paid: a share of Medicare or of the charge, a fixed fee per unit, or nothing."""

    codes: tuple[str, ...]  # codes and ranges; revenue codes of three or four digits
    basis: Literal["medicare", "charge", "fee", "nothing"]
    percent: Decimal = Decimal(0)
    fee: Cents = 0
    apart: bool = False  # carved out: stays apart from case rates and per diems
    kind: str = ""  # the word for the codes, where the contract used one

    def names(self, procedure: str, revenue_code: str = "") -> bool:
        """Whether a line falls under it."""
        return any(_within(one, procedure) or _within(one, revenue_code) for one in self.codes)


class CaseRate(Struct):
    """One amount for the whole claim, by its DRG or by a procedure on it."""

    key: str  # "drg 470" or a procedure
    amount: Cents
    weight: Decimal | None = None  # of a DRG, where the amount is the base rate times it


class PerDiem(Struct):
    """An amount for each day under some revenue codes."""

    revenue_codes: str  # a code or a range, four digits
    amount: Cents


class StopLoss(Struct):
    """Protection against a very costly stay: a share of the charge, above the threshold or from the first dollar."""

    threshold: Cents  # of charges
    percent: Decimal
    first_dollar: bool = False


class Contract(Struct):
    """Dated terms with one payer (and plan, where given).

    A carve-out beats a case rate and a per diem, those beat a fixed fee, that the rates of kinds of services, and those
    the percentages; the lesser of that and the charge is allowed.
    """

    contract_id: str
    payer_id: str
    period: Period
    percent_of_medicare: Decimal | None = None
    percent_of_charge: Decimal | None = None
    fees: dict[str, Cents] = {}  # fixed fee per unit by procedure, or procedure-modifier
    lesser_of: bool = True
    locality: str = "00"
    plan_id: str = ""
    rates: tuple[Rate, ...] = ()  # the first that names a line holds
    cases: tuple[CaseRate, ...] = ()
    base_rate: Cents | None = None  # what a DRG of weight 1 is worth
    per_diems: tuple[PerDiem, ...] = ()
    stop_loss: StopLoss | None = None
    multiple: tuple[Decimal, ...] = ()  # shares of the first, second ... surgery of a day; Medicare's if empty
    medicare_of: date | None = None  # the tables of that day, whatever the day of service
    medicare_rules: bool = False  # Medicare's coverage and clinician percentages too; always so for Medicare's own claims
    qualifying: bool = False  # the conversion factor of qualifying participants in advanced payment models
    participating: bool = True  # False: Medicare's 95%
    anesthesia_unit: Cents | None = None  # a unit's price, where it is not Medicare's
    wage_index: Decimal = Decimal(1)  # of the facility


class Price(Struct):
    """The expected allowed amount of one line, with its working."""

    line: int
    allowed: Cents
    working: tuple[str, ...]  # plain sentences with figures, in order
    source: str  # table, version, period
    priced: bool = True  # False: no price known, `allowed` is the charge
    reason: str = ""  # CARC when the table itself pays nothing: 97 bundled, 54 no assistant
    withheld: Decimal = Decimal(0)  # share of Medicare's own payment that it withholds (CO-253); never part of `allowed`


def _within(codes: str, code: str) -> bool:
    low, _, high = codes.partition("-")
    return bool(code) and (code == low if not high else len(code) == len(low) and low <= code <= high and _like(low, code))


def _like(low: str, code: str) -> bool:
    """A range names only codes with a letter where it has one itself: 10004-69990 no 1000F, 0001U-9999U no 0071T."""
    return all(one == other or (one.isdigit() and other.isdigit()) for one, other in ((low[0], code[0]), (low[-1], code[-1])))
