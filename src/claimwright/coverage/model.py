"""Plans, benefits, accumulators, and the question and answer of eligibility. Amounts in cents, rates as fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Insured, Payer, Person, Provider, Struct

PlanKind = Literal["PPO", "HMO", "MEDICARE_B", "MEDIGAP", "MEDICAID", "SELF_PAY"]


class Plan(Struct):
    """What a plan promises, for one plan year.

    Service kinds: office, specialist, preventive, lab, imaging, procedure, drug, telehealth, immunization.
    """

    plan_id: str
    name: str
    kind: PlanKind
    payer: Payer
    period: Period
    filing_indicator: str
    deductible: Cents = 0
    family_deductible: Cents = 0
    out_of_pocket_max: Cents = 0  # 0: none
    coinsurance: Decimal = Decimal(0)  # the patient's part
    copays: dict[str, Cents] = {}  # by service kind
    deductible_applies: frozenset[str] = frozenset({"office", "specialist", "lab", "imaging", "procedure", "drug", "telehealth"})
    preventive_free: bool = True
    referral_required: frozenset[str] = frozenset()  # service kinds
    authorization_required: frozenset[str] = frozenset()  # procedure codes
    not_covered: frozenset[str] = frozenset()  # procedure codes
    timely_filing_days: int = 365
    secondary_rule: Literal["standard", "carve_out", "medigap"] = "standard"
    member_id_pattern: str = ""
    crossover_to: str = ""  # plan id that the payer forwards to by itself


class Accumulators(Struct):
    """What a member has used of a plan year."""

    deductible: Cents = 0
    family_deductible: Cents = 0
    out_of_pocket: Cents = 0


class Coverage(Struct):
    """A patient's coverage by a plan."""

    plan: Plan
    insured: Insured
    order: int  # 1 primary, 2 secondary, 3 tertiary
    period: Period
    referral_number: str = ""


class Authorization(Struct):
    """A payer's prior authorization of a procedure."""

    plan_id: str
    number: str
    procedure: str
    units: int
    period: Period


class EligibilityInquiry(Struct):
    """A 270: is this person covered on this date?"""

    payer: Payer
    provider: Provider
    insured: Insured
    patient: Person
    on: date
    trace: str
    service_types: tuple[str, ...] = ("30",)


class Benefit(Struct):
    """One EB segment of a 271 in plain terms."""

    information: str  # EB01: 1 active, 6 inactive, A coinsurance, B copay, C deductible, G out of pocket, I non-covered ...
    service_types: tuple[str, ...] = ()
    coverage_level: str = ""  # IND, FAM
    insurance_type: str = ""
    plan_name: str = ""
    period: str = ""  # EB06: 23 calendar year, 29 remaining ...
    amount: Cents | None = None
    percent: Decimal | None = None
    in_network: str = ""  # EB12
    authorization: str = ""  # EB11
    message: str = ""


class Rejection(Struct):
    """An AAA segment: why there is no answer, and what to do."""

    reason: str  # AAA03
    follow_up: str  # AAA04
    loop: str = ""


class EligibilityAnswer(Struct):
    """A 271, read or to be written."""

    payer: Payer
    provider: Provider
    insured: Insured
    patient: Person
    trace: str
    on: date
    benefits: tuple[Benefit, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    plan_period: Period | None = None
    plan_name: str = ""

    @property
    def active(self) -> bool:
        """Whether the payer says that coverage is in force."""
        return not self.rejections and any(b.information in "12345" for b in self.benefits)

    def left(self, information: str, level: str = "IND") -> Cents | None:
        """What remains of the deductible (C) or out-of-pocket maximum (G), in cents."""
        return next(
            (b.amount for b in self.benefits if (b.information, b.coverage_level, b.period) == (information, level, "29")), None
        )
