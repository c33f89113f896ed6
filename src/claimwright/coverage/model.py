"""Plans, benefits, accumulators, and the question and answer of eligibility. Amounts in cents, rates as fractions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Insured, Payer, Person, Provider, Struct

PlanKind = Literal["PPO", "HMO", "MEDICARE_B", "MEDIGAP", "MEDICAID", "SELF_PAY"]


class Limit(Struct):
    """How often, or up to what amount, a plan year pays for some services."""

    name: str
    kinds: frozenset[str] = frozenset()  # service kinds
    procedures: frozenset[str] = frozenset()
    visits: int = 0  # days; 0: any number
    amount: Cents = 0  # of the plan's money; 0: any

    def names(self, procedure: str, kind: str) -> bool:
        """Whether a service counts toward it."""
        return procedure in self.procedures or kind in self.kinds


class Tier(Struct):
    """Terms with some providers that are not the plan's own, such as those outside its network."""

    name: str
    npis: frozenset[str] = frozenset()  # empty: all that no earlier tier names
    covered: bool = True
    coinsurance: Decimal = Decimal(0)  # the patient's part
    copays: dict[str, Cents] = {}  # by service kind
    balance_billed: bool = False  # no contract: the patient owes what is above the allowed amount
    accumulators: Literal["", "shared", "separate"] = ""  # with the plan's own, or apart; empty: apart outside the network
    deductible: Cents | None = None  # None: as much as the plan's own
    family_deductible: Cents | None = None
    out_of_pocket_max: Cents | None = None
    family_out_of_pocket_max: Cents | None = None

    @property
    def outside(self) -> bool:
        """Not of the network: whoever no tier names, or without a contract."""
        return not self.npis or self.balance_billed

    @property
    def separate(self) -> bool:
        """Whether its deductible and maximum are counted apart from the plan's own, as common plans do outside the network."""
        return self.accumulators == "separate" or (not self.accumulators and self.outside)

    def most(self, what: str, plan: Plan) -> Cents:
        """Its deductible or maximum of that name."""
        own: Cents | None = getattr(self, what)
        whole: Cents = getattr(plan, what) if own is None else own
        return whole


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
    secondary_rule: Literal["standard", "carve_out", "medigap", "msp"] = "standard"
    member_id_pattern: str = ""
    crossover_to: str = ""  # plan id that the payer forwards to by itself
    aggregate: bool = False  # the family's deductible alone counts; otherwise each member's own ends too (embedded)
    family_out_of_pocket_max: Cents = 0
    limits: tuple[Limit, ...] = ()
    tiers: tuple[Tier, ...] = ()  # the first that names the provider holds; none: the plan's own terms


class Accumulators(Struct):
    """What a member has used of a plan year. Sums and differences drop what comes to nothing."""

    deductible: Cents = 0
    family_deductible: Cents = 0
    out_of_pocket: Cents = 0
    family_out_of_pocket: Cents = 0
    visits: dict[str, int] = {}  # lines by limit and day
    benefits: dict[str, Cents] = {}  # paid under a limit
    apart: dict[str, Cents] = {}  # of tiers that count for themselves, by tier and name: "outside:deductible"

    @property
    def apart_of_family(self) -> dict[str, Cents]:
        """The family's part of what is counted apart."""
        return {name: used for name, used in self.apart.items() if name.rpartition(":")[2].startswith("family_")}

    def __add__(self, other: Accumulators) -> Accumulators:
        return self._with(other, 1)

    def __sub__(self, other: Accumulators) -> Accumulators:
        return self._with(other, -1)

    def _with(self, other: Accumulators, sign: int) -> Accumulators:
        return Accumulators(
            deductible=self.deductible + sign * other.deductible,
            family_deductible=self.family_deductible + sign * other.family_deductible,
            out_of_pocket=self.out_of_pocket + sign * other.out_of_pocket,
            family_out_of_pocket=self.family_out_of_pocket + sign * other.family_out_of_pocket,
            visits=_summed(self.visits, other.visits, sign),
            benefits=_summed(self.benefits, other.benefits, sign),
            apart=_summed(self.apart, other.apart, sign),
        )


def _summed(ours: dict[str, int], theirs: dict[str, int], sign: int) -> dict[str, int]:
    if not theirs:
        return ours
    sums = {name: ours.get(name, 0) + sign * theirs.get(name, 0) for name in (*ours, *theirs)}
    return {name: amount for name, amount in sums.items() if amount}


class Coverage(Struct):
    """A patient's coverage by a plan."""

    plan: Plan
    insured: Insured
    order: int  # 1 primary, 2 secondary, 3 tertiary
    period: Period
    referral_number: str = ""


class Authorization(Struct):
    """A payer's prior authorization of a procedure; without a procedure it is a referral, and its units are visits."""

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

    def left(self, information: str, level: str = "IND", *, outside: bool = False) -> Cents | None:
        """What remains of the deductible (C) or out-of-pocket maximum (G), in the network or outside it, in cents."""
        told = (b for b in self.benefits if (b.information, b.coverage_level, b.period) == (information, level, "29"))
        return next((b.amount for b in told if (b.in_network == "N") is outside), None)
