"""Which payer pays first. NAIC Coordination of Benefits Model Regulation (MO-120), 42 CFR 411, Medicaid last (42 CFR 433.139)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from claimwright.coverage.model import Coverage
from claimwright.effective import age_on
from claimwright.parties import Person, Struct


class MedicareFacts(Struct):
    """What decides whether Medicare pays second."""

    entitled_by: Literal["age", "disability", "esrd"] = "age"
    working: bool = False  # the patient, or the spouse whose employer insures, still works there
    employer_size: int = 0
    esrd_months: int = 0  # since entitlement for kidney failure
    accident: Literal["", "work", "auto", "liability"] = ""  # another insurance answers for this claim


class Ordered(Struct):
    """A coverage in its place, and why it is there."""

    coverage: Coverage
    order: int
    why: str
    insurance_type: str = ""  # SBR05: why Medicare is not first


_SELF = "18"
_CHILD = frozenset({"19", "05", "07", "10", "15", "17"})  # child, grandchild, nephew, foster, ward, stepchild


def order_of_payers(
    coverages: Sequence[Coverage], patient: Person, on: date, medicare: MedicareFacts | None = None
) -> tuple[Ordered, ...]:
    """The coverages in force on a day, first payer first."""
    held = [c for c in coverages if c.period.covers(on) and c.plan.kind != "SELF_PAY"]
    facts = medicare or MedicareFacts()
    second = medicare_second(facts) if any(c.plan.kind == "MEDICARE_B" for c in held) else ""
    placed = [(_rank(coverage, second), _between_equals(coverage, patient, on), coverage) for coverage in held]
    placed.sort(key=lambda entry: (entry[0][0], entry[1][0]))
    return tuple(
        Ordered(
            coverage=coverage,
            order=number,
            why=rank[1] or (equal[1] if len(placed) > 1 else "The only coverage in force."),
            insurance_type=second if coverage.plan.kind == "MEDICARE_B" and number > 1 else "",
        )
        for number, (rank, equal, coverage) in enumerate(placed, start=1)
    )


def medicare_second(facts: MedicareFacts) -> str:
    """The Medicare-secondary type (SBR05) when another insurance pays before Medicare; empty when Medicare is first."""
    accident = {"work": "15", "auto": "14", "liability": "47"}.get(facts.accident, "")
    if accident:
        return accident
    # 42 CFR 411.172, 411.206, 411.162: 20 employees for age, 100 for disability, 30 months for kidney failure.
    if facts.entitled_by == "age" and facts.working and facts.employer_size >= 20:
        return "12"
    if facts.entitled_by == "disability" and facts.working and facts.employer_size >= 100:
        return "43"
    if facts.entitled_by == "esrd" and facts.employer_size > 0 and facts.esrd_months < 30:
        return "13"
    return ""


def birthday_rule(one: Person, other: Person) -> int:
    """Negative when `one`'s birthday comes first in the year, 0 when they share it; years do not count."""
    if one.birth is None or other.birth is None:
        return 0
    mine, theirs = (one.birth.month, one.birth.day), (other.birth.month, other.birth.day)
    return (mine > theirs) - (mine < theirs)


def _rank(coverage: Coverage, second: str) -> tuple[int, str]:
    kind = coverage.plan.kind
    if kind == "MEDICAID":
        return 9, "Medicaid pays last."
    if kind == "MEDIGAP":
        return 6, "Medigap fills the gaps that Medicare leaves."
    if kind == "MEDICARE_B":
        if second:
            return 5, f"Medicare pays second (type {second})."
        return 1, "Medicare pays first: no rule puts another insurance before it."
    return (2, "") if second or coverage.insured.relationship == _SELF else (3, "")


def _between_equals(coverage: Coverage, patient: Person, on: date) -> tuple[tuple[int, int, int, date], str]:
    """Subscriber before dependent; a child's parents by birthday in the year; then the coverage held longer."""
    since = coverage.period.start
    insured = coverage.insured
    if insured.relationship == _SELF:
        return (0, 0, 0, since), "The patient's own coverage comes before one as a dependent."
    birth = insured.person.birth
    child = insured.relationship in _CHILD or (patient.birth is not None and age_on(patient.birth, on) < 18)
    if child and birth is not None:
        return (1, birth.month, birth.day, since), "Birthday rule: the parent whose birthday comes first in the year."
    return (1, 13, 0, since), "A dependent's coverage comes after the patient's own; of two, the one held longer."
