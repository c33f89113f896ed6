"""Right and left of one disease, told in two lines, are its bilateral code where there is one (OCG I.B.13)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.case import Case
from claimwright.coding.describe import description, without_side

BILATERAL = "ICD-10-CM OCG I.B.13 (laterality: a bilateral code where there is one)"
APART = {"M16.1": "M16.0", "M17.1": "M17.0", "M18.1": "M18.0"}  # whose bilateral code stands beside


def both_sides(case: Case) -> None:
    """Put the bilateral code in the place of the right and the left one; a status of one side may be of today."""
    sided = {c.code: c for c in case.main() if c.code[0] != "Z" and icd10cm.laterality(c.code) in ("R", "L")}
    for code, right in sided.items() if len(sided) > 1 else ():
        if icd10cm.laterality(code) != "R":
            continue
        left, both = _others(code, case.visit.on)
        if both and left in sided:
            case.replace(right, both, "of the right and of the left side", BILATERAL, because=[sided[left]])
            case.drop(sided[left], f"{both} tells both sides")


@lru_cache(maxsize=5_000)
def _others(code: str, on: date) -> tuple[str, str]:
    """The code of the left side and the bilateral one; empty where there is none."""
    told, left, both = without_side(description(code, on)), "", APART.get(code[:5], "")
    for child in icd10cm.children(code[:-1].rstrip("."), on):
        if not child.billable or without_side(child.description) != told:
            continue
        if "bilateral" in child.description.lower():
            both = child.code
        elif icd10cm.laterality(child.code) == "L":
            left = child.code
    return left, both
