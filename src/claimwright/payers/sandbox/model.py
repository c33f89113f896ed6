"""What the sandbox payer knows and how it misbehaves, as data. Amounts in cents."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal

from claimwright.coverage.model import Accumulators, Authorization, Plan
from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Insured, Payer, Person, Struct
from claimwright.pricing.model import Contract

ANY: Final = "*"  # a plan or contract of whichever payer the claim names
WHOLE: Final = 100_000  # a share is told in thousandths of a percent

Doing = Literal[
    "underpay", "deny", "down_code", "bundle", "excess", "pend", "interest", "silence", "reverse", "void", "recoup",
    "split_claim", "claim_level", "claim_level_share", "split_lines", "merge_lines", "change_modifier", "drop_modifiers",
    "omit_line_numbers", "crossover", "unknown_claim", "twice", "renamed", "late_file", "adjust",
]  # fmt: skip


class Member(Struct):
    """Whom the payer insures: its own truth, which a practice's registration may get wrong."""

    insured: Insured
    patient: Person
    plan_id: str
    order: int
    period: Period
    authorizations: tuple[Authorization, ...] = ()
    used: Accumulators = Accumulators()  # at the start of the demo
    year: int = 0  # of the plan, where the payer counts each year for itself


class Behaviour(Struct):
    """What the payer does, on purpose, with one member's claim of one first day of service."""

    member_id: str
    on: date
    do: Doing
    group: str = ""
    reason: str = ""
    remark: str = ""
    procedure: str = ""
    line: int = 0  # the only line it is done to; 0: all
    percent: int = 0  # what is left of the agreed price
    days: int = 0  # how much later
    quietly: bool = False  # interest: only in the PLB, not with the claim

    def touches(self, procedure: str, line: int) -> bool:
        """Whether it is done to this line."""
        return self.procedure in ("", procedure) and self.line in (0, line)


class Condition(Struct):
    """Which claims a habit is for; what is empty asks nothing."""

    forms: frozenset[str] = frozenset()
    procedures: frozenset[str] = frozenset()  # one of the lines has it
    filing: frozenset[str] = frozenset()  # SBR09
    places: frozenset[str] = frozenset()
    payers: frozenset[str] = frozenset()
    charge_from: Cents = 0
    lines_from: int = 0


class Reason(Struct):
    """Why a line is denied: group, CARC and RARC."""

    group: str
    reason: str
    remark: str = ""


class Habit(Struct):
    """What the payer does to a share of the claims that fit, or of its payments."""

    do: Doing
    share: int = WHOLE  # thousandths of a percent
    when: Condition = Condition()
    reasons: tuple[Reason, ...] = ()  # deny, correct: one of them by chance
    whole: bool = False  # deny: all lines, not only one
    percent: int = 85  # underpay, excess: of the agreed price, of the charge
    days: int = 0
    codes: tuple[str, ...] = ()  # adjust: PLB reasons, one of them by chance
    amount: Cents = 2500  # adjust
    quietly: bool = False
    payer: Payer | None = None  # crossover: to whom


class Pace(Struct):
    """When and in what portions the payer pays."""

    days: int = 7  # from the claim's receipt to its payment
    spread: int = 0  # as many days more, at most, by chance
    claims_per_payment: int = 1_000_000
    payments_per_file: int = 1


class Book(Struct):
    """One set of payers in a box: whom they insure, under which plans, at what prices."""

    payers: tuple[Payer, ...]
    plans: tuple[Plan, ...]
    contracts: tuple[Contract, ...]
    provider_npis: frozenset[str]
    members: tuple[Member, ...]
    behaviours: tuple[Behaviour, ...] = ()
    seed: int = 0
    habits: tuple[Habit, ...] = ()
    pace: Pace = Pace()
    any_member: bool = False  # each insured of a claim is a member
    any_provider: bool = False
    filings: dict[str, frozenset[str]] = {}  # plan id to the filing indicators (SBR09) of its members, where members are any
    shares: dict[str, int] = {}  # plan id to its part of the other members
    checks: frozenset[str] = frozenset({"policy", "codes", "authorization", "duplicates"})
    by_content: bool = False  # claims are numbered by what they are, not by when they came
