"""What the sandbox payer knows and how it misbehaves, as data."""

from __future__ import annotations

from datetime import date
from typing import Literal

from claimwright.coverage.model import Accumulators, Authorization, Plan
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Struct
from claimwright.pricing.model import Contract


class Member(Struct):
    """Whom the payer insures: its own truth, which a practice's registration may get wrong."""

    insured: Insured
    patient: Person
    plan_id: str
    order: int
    period: Period
    authorizations: tuple[Authorization, ...] = ()
    used: Accumulators = Accumulators()  # at the start of the demo


class Behaviour(Struct):
    """What the payer does, on purpose, with one member's claim of one first day of service."""

    member_id: str
    on: date
    do: Literal[
        "underpay", "deny", "reverse", "recoup", "silence", "interest", "change_modifier", "twice", "pend", "unknown_claim"
    ]
    group: str = ""
    reason: str = ""
    remark: str = ""
    procedure: str = ""


class Book(Struct):
    """One set of payers in a box: whom they insure, under which plans, at what prices."""

    payers: tuple[Payer, ...]
    plans: tuple[Plan, ...]
    contracts: tuple[Contract, ...]
    provider_npis: frozenset[str]
    members: tuple[Member, ...]
    behaviours: tuple[Behaviour, ...] = ()
    seed: int = 0
