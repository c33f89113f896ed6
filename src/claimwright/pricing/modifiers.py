"""What modifiers and the kind of clinician do to a physician fee schedule amount."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from decimal import Decimal
from typing import Final

from claimwright.claims.model import Claim, ServiceLine
from claimwright.parties import Struct
from claimwright.pricing.tables import RelativeValues

# Assistants at surgery: physician, minimum, no resident available, not a physician.
ASSISTANTS: Final = frozenset({"80", "81", "82", "AS"})

_FULL: Final = Decimal(1)

# Shares of the fee schedule by taxonomy: physician assistant, nurse practitioner, clinical nurse specialist (Claims
# Processing Manual 12, 110 and 120), clinical social worker (12, 150), marriage and family therapist and mental health
# counselor (42 CFR 414.53), dietitian (42 CFR 414.64). Psychologists and nurse-midwives are paid in full (12, 170 and 130).
_CLINICIANS: Final = (
    ("363A", Decimal("0.85"), "a physician assistant", "Claims Processing Manual 12, 110"),
    ("363L", Decimal("0.85"), "a nurse practitioner", "Claims Processing Manual 12, 120"),
    ("364S", Decimal("0.85"), "a clinical nurse specialist", "Claims Processing Manual 12, 120"),
    ("1041C", Decimal("0.75"), "a clinical social worker", "Claims Processing Manual 12, 150"),
    ("106H", Decimal("0.75"), "a marriage and family therapist", "42 CFR 414.53"),
    ("101Y", Decimal("0.75"), "a mental health counselor", "42 CFR 414.53"),
    ("133V", Decimal("0.85"), "a dietitian", "42 CFR 414.64"),
)


class Step(Struct):
    """One multiplication of a price, and why; a reason (CARC) where nothing is left."""

    factor: Decimal
    why: str
    reason: str = ""


def modifier_steps(claim: Claim, line: ServiceLine, row: RelativeValues, *, medicare: bool) -> tuple[Step, ...]:
    """What modifiers and the kind of clinician change, in the order they multiply."""
    modifiers = frozenset(line.modifiers)
    steps = [
        _bilateral(modifiers, row),
        _part_of_global(modifiers, row),
        _reduced(modifiers, row),
        _assistant(modifiers, row),
        _cosurgeon(modifiers, row),
        None if "AS" in modifiers or not medicare else _clinician(claim, line),
    ]
    return tuple(step for step in steps if step)


def team(modifiers: Set[str]) -> str:
    """Why a line has no price: a team of surgeons is paid by report."""
    # Claims Processing Manual 12, 40.8.
    return (
        "Modifier 66, a team of surgeons: the payer prices it by report (Claims Processing Manual 12, 40.8)."
        if "66" in modifiers
        else ""
    )


def technology(modifiers: Set[str], on: date) -> Step | None:
    """What older equipment takes off the technical part (CARC 237): CT scanners, film, computed radiography."""
    if "CT" in modifiers and on >= date(2016, 1, 1):
        cut = Decimal("0.15") if on.year > 2016 else Decimal("0.05")
        return Step(factor=1 - cut, why=f"Modifier CT, scanner below the standard: technical part less {cut:.0%} (Act 1834(p)).")
    if "FX" in modifiers and on >= date(2017, 1, 1):
        return Step(factor=Decimal("0.80"), why="Modifier FX, X-ray on film: technical part less 20% (Act 1848(b)(9)).")
    if "FY" in modifiers and on >= date(2018, 1, 1):
        cut = Decimal("0.10") if on.year > 2022 else Decimal("0.07")
        return Step(factor=1 - cut, why=f"Modifier FY, computed radiography: technical part less {cut:.0%} (Act 1848(b)(9)).")
    return None


def _bilateral(modifiers: Set[str], row: RelativeValues) -> Step | None:
    if "50" not in modifiers:
        return None
    # Claims Processing Manual 12, 40.7: indicator 1 pays 150%, 3 pays each side in full.
    if row.bilateral == "1":
        return Step(factor=Decimal("1.5"), why="Modifier 50, both sides: 150% (Claims Processing Manual 12, 40.7).")
    if row.bilateral == "3":
        return Step(factor=Decimal(2), why="Modifier 50, both sides, each in full: 200% (Claims Processing Manual 12, 40.7).")
    why = f"Modifier 50 changes nothing here: bilateral indicator {row.bilateral} (Claims Processing Manual 12, 40.7)."
    return Step(factor=_FULL, why=why)


def _part_of_global(modifiers: Set[str], row: RelativeValues) -> Step | None:
    # Claims Processing Manual 12, 40.4: the global surgical package split by its parts.
    parts = {
        "54": ("surgical care only", row.pre + row.intra),
        "55": ("postoperative care only", row.post),
        "56": ("preoperative care only", row.pre),
        "78": ("return to the operating room, the surgery alone", row.intra),
    }
    for modifier, (words, part) in parts.items():
        if modifier in modifiers and part:
            return Step(factor=part, why=f"Modifier {modifier}, {words}: {part * 100:.0f}% (Claims Processing Manual 12, 40.4).")
    return None


def _reduced(modifiers: Set[str], row: RelativeValues) -> Step | None:
    # Payers price these by report; one half is the common rule, and Medicare's for 53 (Claims Processing Manual 12, 30.1).
    if "52" in modifiers:
        return Step(factor=Decimal("0.5"), why="Modifier 52, reduced service: by report, 50% is usual.")
    if "53" in modifiers and row.modifier != "53":
        return Step(factor=Decimal("0.5"), why="Modifier 53, stopped early: by report, 50% is usual.")
    return None


def _assistant(modifiers: Set[str], row: RelativeValues) -> Step | None:
    # Claims Processing Manual 12, 20.4.3 and 110.2: 16% for a physician, 85% of that for AS.
    used = next(iter(sorted(ASSISTANTS & modifiers)), "")
    if not used:
        return None
    if row.assistant != "2":
        unless = ", unless documents show the need" if row.assistant == "0" else ""
        why = (
            f"Modifier {used}: no assistant is paid for {row.code}{unless} "
            f"(indicator {row.assistant}; Claims Processing Manual 12, 20.4.3)."
        )
        return Step(factor=Decimal(0), why=why, reason="54")
    if used == "AS":
        why = "Modifier AS, assistant who is not a physician: 85% of 16% (Claims Processing Manual 12, 110.2)."
        return Step(factor=Decimal("0.136"), why=why)
    return Step(factor=Decimal("0.16"), why=f"Modifier {used}, assistant at surgery: 16% (Claims Processing Manual 12, 20.4.3).")


def _cosurgeon(modifiers: Set[str], row: RelativeValues) -> Step | None:
    if "62" not in modifiers or row.cosurgeon == "9":
        return None
    # Claims Processing Manual 12, 40.8.
    if row.cosurgeon in ("1", "2"):
        return Step(factor=Decimal("0.625"), why="Modifier 62, two surgeons: 62.5% each (Claims Processing Manual 12, 40.8).")
    why = f"Modifier 62: two surgeons are not paid for {row.code} (indicator 0; Claims Processing Manual 12, 40.8)."
    return Step(factor=Decimal(0), why=why, reason="54")


def _clinician(claim: Claim, line: ServiceLine) -> Step | None:
    rendering = line.rendering or claim.rendering
    taxonomy = rendering.taxonomy if rendering else ""
    for start, share, who, cited in _CLINICIANS:
        if taxonomy.startswith(start):
            return Step(factor=share, why=f"Rendered by {who}: Medicare pays {share:.0%} ({cited}).")
    return None
