"""The patient's part of one line: copay, deductible, coinsurance, and the out-of-pocket maximum over them all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.adjudication.kinds import PREVENTIVE, WORDS
from claimwright.adjudication.model import Explained
from claimwright.claims.model import Adjustment
from claimwright.coverage.model import Accumulators, Limit, Plan, Tier
from claimwright.money import Cents, dollars, share
from claimwright.parties import Struct


class PatientShare(Struct):
    """What the patient owes of an allowed amount, by reason, with the words for each part."""

    copay: Cents = 0
    deductible: Cents = 0
    coinsurance: Cents = 0
    why: tuple[Explained, ...] = ()

    @property
    def total(self) -> Cents:
        """All of it."""
        return self.copay + self.deductible + self.coinsurance

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """As CAS triples in group PR: 1 deductible, 2 coinsurance, 3 copay."""
        parts = (("1", self.deductible), ("2", self.coinsurance), ("3", self.copay))
        return tuple(Adjustment(group="PR", reason=reason, amount=amount) for reason, amount in parts if amount)


class Account(msgspec.Struct):
    """A member's plan year while one claim is decided: what is used, and which copays the visit already took."""

    plan: Plan
    used: Accumulators
    tier: Tier | None = None  # whose terms hold instead of the plan's own
    copays_taken: set[tuple[date, str]] = msgspec.field(default_factory=set)

    @property
    def copays(self) -> dict[str, Cents]:
        """By service kind."""
        return self.tier.copays if self.tier else self.plan.copays

    @property
    def coinsurance(self) -> Decimal:
        """The patient's part, as a fraction."""
        return self.tier.coinsurance if self.tier else self.plan.coinsurance

    @property
    def deductible_left(self) -> Cents:
        """The family's alone where it counts as a whole (aggregate), else the member's until the family's is met (embedded)."""
        left = self._most("deductible") - self._so_far("deductible")
        if whole := self._most("family_deductible"):
            of_family = whole - self._so_far("family_deductible")
            left = of_family if self.plan.aggregate else min(left, of_family)
        return max(left, 0)

    @property
    def out_of_pocket_left(self) -> Cents | None:
        """None: the plan has no maximum."""
        names = (("out_of_pocket_max", "out_of_pocket"), ("family_out_of_pocket_max", "family_out_of_pocket"))
        left = [whole - self._so_far(used) for most, used in names if (whole := self._most(most))]
        return max(min(left), 0) if left else None

    def _most(self, what: str) -> Cents:
        """The tier's deductible or maximum of that name, or the plan's own."""
        return self.tier.most(what, self.plan) if self.tier else getattr(self.plan, what)

    def _so_far(self, what: str) -> Cents:
        """What is used of it, in the tier's own year where that is counted apart."""
        if self.tier and self.tier.separate:
            return self.used.apart.get(f"{self.tier.name}:{what}", 0)
        used: Cents = getattr(self.used, what)
        return used

    def use(self, deductible: Cents, out_of_pocket: Cents) -> None:
        """Count an amount toward the year."""
        if self.tier and self.tier.separate:
            amounts = {"deductible": deductible, "out_of_pocket": out_of_pocket}
            amounts |= {f"family_{name}": amount for name, amount in amounts.items()}
            self.used += Accumulators(apart={f"{self.tier.name}:{name}": amount for name, amount in amounts.items()})
            return
        self.used += Accumulators(
            deductible=deductible,
            family_deductible=deductible,
            out_of_pocket=out_of_pocket,
            family_out_of_pocket=out_of_pocket,
        )

    def limits(self, procedure: str, kind: str) -> list[Limit]:
        """The limits that a service counts toward."""
        return [limit for limit in self.plan.limits if limit.names(procedure, kind)]

    def reached(self, limit: Limit, on: date) -> bool:
        """Whether a limit lets nothing more be paid on this day."""
        if limit.amount and self.used.benefits.get(limit.name, 0) >= limit.amount:
            return True
        days = {key for key in self.used.visits if key.rpartition(":")[0] == limit.name}
        return bool(limit.visits) and len(days) >= limit.visits and f"{limit.name}:{on}" not in days

    def most(self, limits: Sequence[Limit]) -> Cents | None:
        """The most that is still paid under these limits; None: as much as is due."""
        left = [limit.amount - self.used.benefits.get(limit.name, 0) for limit in limits if limit.amount]
        return max(min(left), 0) if left else None

    def count(self, limits: Sequence[Limit], on: date, paid: Cents) -> None:
        """Count a paid service toward its limits."""
        if limits:
            self.used += Accumulators(
                visits={f"{limit.name}:{on}": 1 for limit in limits if limit.visits},
                benefits={limit.name: paid for limit in limits if limit.amount},
            )


def patient_share(account: Account, kind: str, on: date, allowed: Cents) -> PatientShare:
    """Take one line's share, in order: copay, deductible, coinsurance; the maximum cuts the last taken first."""
    free = _free(account, kind)
    if free or allowed <= 0:
        return PatientShare(why=(Explained(amount=0, why=free),) if free else ())
    copay, copay_why = _copay(account, kind, on, allowed)
    deductible, deductible_why = _deductible(account, kind, allowed - copay)
    coinsurance, coinsurance_why = _coinsurance(account, kind, allowed - copay - deductible, deductible)
    taken = PatientShare(
        copay=copay, deductible=deductible, coinsurance=coinsurance, why=(*copay_why, *deductible_why, *coinsurance_why)
    )
    return _capped(account, taken)


def _free(account: Account, kind: str) -> str:
    plan = account.plan
    # Free with those in the network only: a tier of named providers without balance billing (45 CFR 147.130(a)(3)).
    outside = account.tier is not None and account.tier.outside
    if kind in PREVENTIVE and plan.preventive_free and not outside:
        return f"Preventive care: the plan pays {WORDS[kind]} in full, you owe nothing."
    if kind == "lab" and plan.kind == "MEDICARE_B":
        return "Medicare pays clinical laboratory tests in full."  # Social Security Act 1833(a)(1)(D)
    return ""


def _copay(account: Account, kind: str, on: date, allowed: Cents) -> tuple[Cents, tuple[Explained, ...]]:
    if kind not in account.copays:
        return 0, ()
    if (on, kind) in account.copays_taken:
        return 0, (Explained(amount=0, why=f"The copay for {WORDS[kind]} was already counted for this day."),)
    account.copays_taken.add((on, kind))
    copay = min(account.copays[kind], allowed)
    return copay, (Explained(amount=copay, why=f"Copay: ${dollars(copay)} for {WORDS[kind]}."),)


def _deductible(account: Account, kind: str, rest: Cents) -> tuple[Cents, tuple[Explained, ...]]:
    left = account.deductible_left
    if kind not in account.plan.deductible_applies or not left or rest <= 0:
        return 0, ()
    taken = min(left, rest)
    if taken == rest:
        why = f"Deductible: ${dollars(left)} is left, so this ${dollars(taken)} counts toward it."
    else:
        why = f"Deductible: ${dollars(left)} is left, so the first ${dollars(taken)} of ${dollars(rest)} counts toward it."
    return taken, (Explained(amount=taken, why=why),)


def _coinsurance(account: Account, kind: str, rest: Cents, deductible: Cents) -> tuple[Cents, tuple[Explained, ...]]:
    """None where a copay stands for the patient's part."""
    if kind in account.copays or rest <= 0 or not account.coinsurance:
        return 0, ()
    amount = share(rest, account.coinsurance)  # rounded half up, once a line
    of = f"the remaining ${dollars(rest)}" if deductible else f"${dollars(rest)}"
    why = f"Coinsurance: your part is {(account.coinsurance * 100).normalize():f}% of {of}."
    return amount, (Explained(amount=amount, why=why),)


def _capped(account: Account, taken: PatientShare) -> PatientShare:
    left = account.out_of_pocket_left
    if left is None or taken.total <= left:
        return taken
    over = taken.total - left
    coinsurance = max(taken.coinsurance - over, 0)
    copay = max(taken.copay - (over - (taken.coinsurance - coinsurance)), 0)
    deductible = left - coinsurance - copay
    words = f"Out-of-pocket maximum: ${dollars(left)} is left for the year, so the plan pays the other ${dollars(over)}."
    why = (*taken.why, Explained(amount=-over, why=words))
    return PatientShare(copay=copay, deductible=deductible, coinsurance=coinsurance, why=why)
