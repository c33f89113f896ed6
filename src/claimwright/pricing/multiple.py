"""Several procedures by one clinician on one day: which are reduced, and by how much.

Claims Processing Manual 12, 40.6 (surgery and endoscopy), 5, 10.7 (therapy), 13, 40 (imaging), 12, 20.3 (cardiovascular).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from claimwright.parties import Struct
from claimwright.pricing.medicare import FeeAmount

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)

# What is left of the second and later service, by multiple-procedure indicator: technical part, professional part.
_DIAGNOSTIC: Final = {"4": (_HALF, Decimal("0.95")), "6": (Decimal("0.75"), _ONE), "7": (Decimal("0.80"), _ONE)}


class Candidate(Struct):
    """A line that may be reduced because of others on its day."""

    line: int
    session: tuple[str, ...]  # day and clinician
    fee: FeeAmount
    base: Decimal  # fee of the endoscopic base code, 0 for others
    unit_value: Decimal  # price per unit after modifiers, unrounded cents
    units: int


class Reduced(Struct):
    """What is left of a line, in unrounded cents, and why."""

    left: Decimal
    why: str


def reductions(candidates: Sequence[Candidate]) -> dict[int, Reduced]:
    """The lines that are worth less because of others, by line number."""
    sessions: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        sessions[candidate.session].append(candidate)
    less: dict[int, Reduced] = {}
    for session in sessions.values():
        less |= _surgery(session)
        less |= _therapy([c for c in session if c.fee.row.multiple == "5"])
        for indicator in _DIAGNOSTIC:
            less |= _diagnostic([c for c in session if c.fee.row.multiple == indicator], indicator)
    return less


def _surgery(session: Sequence[Candidate]) -> dict[int, Reduced]:
    """Indicators 2 and 3: the highest in full, others at half; an endoscopic family counts as one procedure."""
    families: dict[str, list[Candidate]] = defaultdict(list)
    ranked: list[tuple[Decimal, tuple[tuple[Candidate, Decimal], ...]]] = []
    for candidate in session:
        if candidate.fee.row.multiple == "3" and candidate.fee.row.endoscopic_base:
            families[candidate.fee.row.endoscopic_base].append(candidate)
        elif candidate.fee.row.multiple == "2":
            ranked += [(candidate.unit_value, ((candidate, candidate.unit_value),))] * candidate.units
    for family in families.values():
        parts = _endoscopies(family)
        ranked.append((sum((value for _, value in parts), Decimal(0)), parts))
    ranked.sort(key=lambda entry: (-entry[0], entry[1][0][0].line))
    kept: dict[int, Decimal] = defaultdict(Decimal)
    for rank, (_, parts) in enumerate(ranked):
        for candidate, value in parts:
            kept[candidate.line] += value * (_ONE if rank == 0 else _HALF)
    named = "Multiple procedures on one day: the highest in full, others at 50%"
    return _reduced({c.line: c for c in session}, kept, named)


def _endoscopies(family: Sequence[Candidate]) -> tuple[tuple[Candidate, Decimal], ...]:
    """The highest of a family in full, the others less the base endoscopy that they share."""
    first = max(family, key=lambda candidate: (candidate.unit_value, -candidate.line))
    parts = []
    for candidate in family:
        ratio = candidate.unit_value / candidate.fee.amount if candidate.fee.amount else Decimal(0)
        less_base = max(candidate.unit_value - candidate.base * ratio, Decimal(0))
        units = candidate.units - 1 if candidate is first else candidate.units
        parts.append((candidate, less_base * units + (candidate.unit_value if candidate is first else 0)))
    return tuple(parts)


def _therapy(session: Sequence[Candidate]) -> dict[int, Reduced]:
    """Indicator 5: every unit after the one with the highest practice expense loses half its practice expense."""
    if not session:
        return {}
    first = max(session, key=lambda candidate: (_expense(candidate), -candidate.line))
    kept = {}
    for candidate in session:
        reduced = candidate.units - (1 if candidate is first else 0)
        kept[candidate.line] = candidate.unit_value * candidate.units - _expense(candidate) * _HALF * reduced
    return _reduced(
        {c.line: c for c in session}, kept, "Several therapy units on one day: half the practice expense after the first"
    )


def _diagnostic(session: Sequence[Candidate], indicator: str) -> dict[int, Reduced]:
    """Indicators 4, 6, 7: technical and professional parts each ranked by themselves, later ones reduced."""
    if sum(candidate.units for candidate in session) < 2:
        return {}
    technical_left, professional_left = _DIAGNOSTIC[indicator]
    first_technical = max(session, key=lambda candidate: (_technical(candidate), -candidate.line))
    first_professional = max(session, key=lambda candidate: (candidate.unit_value - _technical(candidate), -candidate.line))
    kept = {}
    for candidate in session:
        technical = _technical(candidate)
        professional = candidate.unit_value - technical
        lost = technical * (_ONE - technical_left) * (candidate.units - (candidate is first_technical))
        lost += professional * (_ONE - professional_left) * (candidate.units - (candidate is first_professional))
        kept[candidate.line] = candidate.unit_value * candidate.units - lost
    named = f"Several diagnostic tests of one kind on one day: technical part at {technical_left * 100:.0f}% after the first"
    return _reduced({c.line: c for c in session}, kept, named)


def _technical(candidate: Candidate) -> Decimal:
    return candidate.unit_value * candidate.fee.technical / candidate.fee.amount if candidate.fee.amount else Decimal(0)


def _expense(candidate: Candidate) -> Decimal:
    return candidate.unit_value * candidate.fee.practice_expense / candidate.fee.amount if candidate.fee.amount else Decimal(0)


def _reduced(session: dict[int, Candidate], kept: dict[int, Decimal], named: str) -> dict[int, Reduced]:
    less = {}
    for number, left in kept.items():
        whole = session[number].unit_value * session[number].units
        if whole and left < whole:
            kept_percent = (left / whole * 100).quantize(Decimal("0.01")).normalize()
            less[number] = Reduced(left=left, why=f"{named}; this line keeps {kept_percent:f}%.")
    return less
