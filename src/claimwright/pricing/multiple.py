"""Several procedures of one patient on one day: which are reduced, and by how much.

Claims Processing Manual 12, 40.6 and 40.7 (surgery, endoscopy, both sides), 5, 10.7 (therapy), and the multiple-procedure
indicators of 23, Addendum (MPFSDB record layout): 4 imaging, 6 cardiovascular, 7 ophthalmology.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from claimwright.parties import Struct
from claimwright.pricing.tables import RelativeValues

_HALF: Final = Decimal("0.5")
_ONE: Final = Decimal(1)
_NOTHING: Final = Decimal(0)

# Shares of the first, second ... surgery: today's rule, and the one before 1995 (indicator 1).
_SHARES: Final = (_ONE, _HALF)
_OLD_SHARES: Final = (_ONE, _HALF, Decimal("0.25"))

# What is left of the second and later service, by multiple-procedure indicator: technical part, professional part.
_DIAGNOSTIC: Final = {
    "4": (_HALF, Decimal("0.95"), "imaging"),
    "6": (Decimal("0.75"), _ONE, "cardiovascular"),
    "7": (Decimal("0.80"), _ONE, "ophthalmological"),
}
_APART: Final = frozenset({"59", "XE", "XP", "XS", "XU"})
_ANOTHER_SESSION: Final = frozenset({"59", "XE"})
_REPEATED: Final = frozenset({"50", "76", "77", "78", "79", *_APART})


class Candidate(Struct):
    """A line that may be reduced because of others on its day. Amounts in unrounded cents."""

    line: int
    surgeon: tuple[str, ...]  # day, practice and specialty
    practice: tuple[str, ...]  # day and practice
    row: RelativeValues
    modifiers: tuple[str, ...]
    unit_value: Decimal  # price per unit after modifiers
    units: int
    base: Decimal = Decimal(0)  # price of the endoscopic base code, after the same modifiers
    expense: Decimal = Decimal(0)  # practice expense of a unit
    technical: Decimal = Decimal(0)  # technical part of a unit
    uncapped: Decimal = Decimal(0)  # technical part before its cap


class Reduced(Struct):
    """What is left of a line, in unrounded cents, and why; a reason (CARC) where nothing is."""

    left: Decimal
    why: str
    reason: str = ""


def reductions(candidates: Sequence[Candidate], shares: Sequence[Decimal] = ()) -> dict[int, Reduced]:
    """The lines that are worth less because of others, by line number. `shares`: a contract's own for surgeries in turn."""
    surgeons: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    practices: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        surgeons[candidate.surgeon].append(candidate)
        practices[candidate.practice].append(candidate)
    less: dict[int, Reduced] = {}
    for session in filter(_several, surgeons.values()):
        less |= _surgery(session, shares)
    for session in filter(_several, practices.values()):
        less |= _therapy([c for c in session if c.row.multiple == "5"])
        for indicator in _DIAGNOSTIC:
            tests = [c for c in session if c.row.multiple == indicator and not _ANOTHER_SESSION & set(c.modifiers)]
            less |= _diagnostic(tests, indicator)
    return less


def _several(session: Sequence[Candidate]) -> bool:
    return len(session) > 1 or session[0].units > 1


class _Entry(Struct):
    """What counts as one procedure: its whole value, and the lines that share it."""

    value: Decimal
    parts: tuple[tuple[Candidate, Decimal], ...]


def _surgery(session: Sequence[Candidate], shares: Sequence[Decimal]) -> dict[int, Reduced]:
    """Indicators 1, 2 and 3: ranked by value; both sides of one procedure, and a family of endoscopies, count as one."""
    families: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in session:
        if candidate.row.multiple == "3" and candidate.row.endoscopic_base:
            families[candidate.row.endoscopic_base].append(candidate)
    sides = _sides(session)
    less = {c.line: _base_included(c) for c in session if c.row.code in families and not _APART & set(c.modifiers)}
    ranked = [_Entry(value=sum((v for _, v in parts), _NOTHING), parts=parts) for parts in map(_endoscopies, families.values())]
    second = {other.line for other, _ in sides.values()}
    for candidate in session:
        if candidate.line in less or candidate.line in second or candidate.row.multiple == "3":
            continue
        parts = [(candidate, candidate.unit_value)]
        if other := sides.get(candidate.line):
            parts.append((other[0], other[0].unit_value * other[1]))
        value = sum((part for _, part in parts), _NOTHING)
        if candidate.row.multiple in ("1", "2"):
            ranked += [_Entry(value=value, parts=tuple(parts))] * candidate.units
        elif other:
            less |= _one_side(other)
    return less | _ranked(session, ranked, shares, sides)


def _ranked(
    session: Sequence[Candidate],
    ranked: list[_Entry],
    shares: Sequence[Decimal],
    sides: dict[int, tuple[Candidate, Decimal]],
) -> dict[int, Reduced]:
    ranked.sort(key=lambda entry: (-entry.value, entry.parts[0][0].line))
    kept: dict[int, Decimal] = defaultdict(Decimal)
    for rank, entry in enumerate(ranked):
        indicator = entry.parts[0][0].row.multiple
        of = tuple(shares) or (_OLD_SHARES if indicator == "1" else _SHARES)
        for candidate, value in entry.parts:
            kept[candidate.line] += value * of[min(rank, len(of) - 1)]
    said = ", ".join(f"{share:.0%}" for share in shares) + " in turn" if shares else "the highest in full, others at 50%"
    cited = "by contract" if shares else "Claims Processing Manual 12, 40.6"
    late = "; from the sixth on by report" if len(ranked) > 5 and not shares else ""
    seconds = {other.line for other, _ in sides.values()}
    less = _reduced({c.line: c for c in session}, kept, f"Multiple procedures on one day: {said} ({cited}{late})")
    for line in seconds & less.keys():
        why = f"The other side of the same procedure (Claims Processing Manual 12, 40.7). {less[line].why}"
        less[line] = Reduced(left=less[line].left, why=why, reason="" if less[line].left else "97")
    return less


def _sides(session: Sequence[Candidate]) -> dict[int, tuple[Candidate, Decimal]]:
    """Left and right of one procedure on two lines: with the first line, the second and its share."""
    # Claims Processing Manual 12, 40.7: in all 150% by indicator 1, 100% by 0 and 2; by 3 each side in full.
    found: dict[int, tuple[Candidate, Decimal]] = {}
    waiting: dict[tuple[str, str, str], Candidate] = {}
    for candidate in session:
        side = {"LT", "RT"} & set(candidate.modifiers)
        if len(side) != 1 or candidate.units != 1 or _REPEATED & set(candidate.modifiers):
            continue
        if candidate.row.bilateral not in ("0", "1", "2") or candidate.row.multiple == "3":
            continue
        key = candidate.row.code, candidate.row.modifier, side.pop()
        opposite = (*key[:2], "RT" if key[2] == "LT" else "LT")
        if first := waiting.pop(opposite, None):
            found[first.line] = candidate, _HALF if candidate.row.bilateral == "1" else _NOTHING
        else:
            waiting[key] = candidate
    return found


def _one_side(other: tuple[Candidate, Decimal]) -> dict[int, Reduced]:
    candidate, share = other
    why = (
        f"The other side of the same procedure, bilateral indicator {candidate.row.bilateral}: {share:.0%} "
        "(Claims Processing Manual 12, 40.7)."
    )
    return {candidate.line: Reduced(left=candidate.unit_value * share, why=why, reason="" if share else "97")}


def _base_included(candidate: Candidate) -> Reduced:
    why = (
        f"{candidate.row.code} is the base of another endoscopy of the day and paid with it (Claims Processing Manual 12, 40.6)."
    )
    return Reduced(left=_NOTHING, why=why, reason="97")


def _endoscopies(family: Sequence[Candidate]) -> tuple[tuple[Candidate, Decimal], ...]:
    """The highest of a family in full, the others less the base endoscopy that they share."""
    first = max(family, key=lambda candidate: (candidate.unit_value, -candidate.line))
    parts = []
    for candidate in family:
        less_base = max(candidate.unit_value - candidate.base, _NOTHING)
        units = candidate.units - 1 if candidate is first else candidate.units
        parts.append((candidate, less_base * units + (candidate.unit_value if candidate is first else 0)))
    return tuple(parts)


def _therapy(session: Sequence[Candidate]) -> dict[int, Reduced]:
    """Indicator 5: every unit after the one with the highest practice expense loses half its practice expense."""
    if not session:
        return {}
    first = max(session, key=lambda candidate: (candidate.expense, -candidate.line))
    kept = {}
    for candidate in session:
        reduced = candidate.units - (1 if candidate is first else 0)
        kept[candidate.line] = candidate.unit_value * candidate.units - candidate.expense * _HALF * reduced
    named = "Several therapy units on one day: half the practice expense after the first (Claims Processing Manual 5, 10.7)"
    return _reduced({c.line: c for c in session}, kept, named)


def _diagnostic(session: Sequence[Candidate], indicator: str) -> dict[int, Reduced]:
    """Indicators 4, 6, 7: technical and professional parts each ranked by themselves, later ones reduced."""
    if sum(candidate.units for candidate in session) < 2:
        return {}
    technical_left, professional_left, kind = _DIAGNOSTIC[indicator]
    first_technical = max(session, key=lambda candidate: (candidate.technical, -candidate.line))
    first_professional = max(session, key=lambda candidate: (candidate.unit_value - candidate.technical, -candidate.line))
    kept = {}
    for candidate in session:
        technical = candidate.technical
        professional = candidate.unit_value - technical
        # The reduction comes before the cap of the technical part.
        later = min(technical, max(candidate.uncapped, technical) * technical_left)
        lost = (technical - later) * (candidate.units - (candidate is first_technical))
        lost += professional * (_ONE - professional_left) * (candidate.units - (candidate is first_professional))
        kept[candidate.line] = candidate.unit_value * candidate.units - lost
    named = (
        f"Several {kind} tests on one day: technical part at {technical_left:.0%}, professional part at "
        f"{professional_left:.0%} after the first (Claims Processing Manual 23, Addendum, indicator {indicator})"
    )
    return _reduced({c.line: c for c in session}, kept, named)


def _reduced(session: dict[int, Candidate], kept: dict[int, Decimal], named: str) -> dict[int, Reduced]:
    less = {}
    for number, left in kept.items():
        whole = session[number].unit_value * session[number].units
        if whole and left < whole:
            kept_percent = (left / whole * 100).quantize(Decimal("0.01")).normalize()
            less[number] = Reduced(left=left, why=f"{named}; this line keeps {kept_percent:f}%.")
    return less
