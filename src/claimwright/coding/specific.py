"""The most specific code that the note supports (Guidelines I.B.2)."""

from __future__ import annotations

from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import description
from claimwright.coding.lexicon import lexicon

SPECIFIC = "ICD-10-CM OCG I.B.2 (highest specificity)"


def superseded(case: Case) -> None:
    """Of two codes of one category, the one that the other refines or that the classification calls unspecified goes."""
    categories: dict[str, list[Candidate]] = {}
    for candidate in case.main():
        categories.setdefault(candidate.code[:3], []).append(candidate)
    for alike in categories.values():
        if len(alike) > 1:
            _within(case, alike)


def _within(case: Case, alike: list[Candidate]) -> None:
    for candidate in alike:
        for other in alike:
            if other is candidate or candidate.dropped or other.dropped:
                continue
            if _of_two_sides(candidate.code, other.code):
                continue
            if candidate.code.startswith(SEVERAL) and not same(candidate.code, other.code, 5):
                continue
            if _gives_way(candidate, other):
                candidate.rules.append(SPECIFIC)
                other.evidence = list(dict.fromkeys([*other.evidence, *candidate.evidence]))
                case.drop(candidate, f"{other.code} says it more exactly")


SEVERAL = (
    "Z",
    "S",
    "T",
    "M54",
    "M25",
    "M79",
    "L0",
    "D22",
    "C44",
    "C77",
    "C78",
    "C79",
)  # categories whose codes stand for different things side by side


def _of_two_sides(one: str, other: str) -> bool:
    side = icd10cm.laterality(one)
    return side in ("R", "L") and icd10cm.laterality(other) == ("L" if side == "R" else "R")


def _gives_way(candidate: Candidate, other: Candidate) -> bool:
    """Whether the other says the same thing more exactly: refined, not unspecified, or with the side this one lacks."""
    if other.code in _refined(candidate.code) or (vague(candidate.code) and not vague(other.code)):
        return True
    alike = {m.template for m in candidate.mentions} & {m.template for m in other.mentions}
    return bool(alike) and icd10cm.laterality(candidate.code) == "U" and icd10cm.laterality(other.code) in ("R", "L", "B")


def _refined(code: str) -> set[str]:
    """Every code that the refinement table leads to."""
    table, found, ahead = lexicon().refinements, set[str](), [code]
    while ahead:
        for _, to in table.get(ahead.pop(), []):
            if to not in found:
                found.add(to)
                ahead.append(to)
    return found - {code}


KIN = (("F32", "F33"), ("D50", "D64"), ("J02", "J03"), ("N30", "N39.0"))
SAME_CATEGORY_ONLY = ("R05", "R10", "R31")
SUPPORTS = frozenset(
    {
        "hpi",
        "cc",
        "assessment",
        "plan",
        "procedure",
        "impression",
        "pmh",
        "findings",
        "preprocedure",
        "exam",
        "indication",
        "other",
    }
)


def most_specific(case: Case) -> None:
    """An unspecified code gives way to a specific one of its kind that the note affirms elsewhere."""
    for candidate in case.main():
        if candidate.code[0] in "ZVWXY" or not vague(candidate.code):
            continue
        better = [other for other in case.known(candidate.code[0]) if _refines(case, candidate, other)]
        if len({other.code for other in better}) == 1 or (better and len({other.code[:5] for other in better}) == 1):
            best = max(better, key=lambda other: other.score)
            where = f"the note is more specific elsewhere: “{best.evidence[0].text}”"
            case.replace(candidate, best.code, where, SPECIFIC, because=[best])


def _refines(case: Case, candidate: Candidate, other: Candidate) -> bool:
    if other is candidate or other.code[0] in "Z":
        return False
    if candidate.code == "M54.9" and other.code in ("M54.50", "M54.6"):
        return any(m.assertion == "affirmed" for m in other.mentions)  # the part of the back, told elsewhere
    if not (same(candidate.code, other.code, 3) or _akin(candidate.code, other.code)):
        return False
    if vague(other.code) or _of_two_sides(candidate.code, other.code):
        return False
    if (
        other.score >= candidate.score
        and other.item == candidate.item
        and other.item >= 0
        and not same(candidate.code, other.code, 4)
    ):
        return False
    places = (
        SUPPORTS - {"hpi", "pmh", "exam", "findings", "other"} if candidate.code[0] == "M" else SUPPORTS
    )  # joints: of this visit
    if not any(case.mention_at(m).section in places and m.assertion == "affirmed" for m in other.mentions):
        return False
    if candidate.code[0] == "R" and not candidate.code.startswith(SAME_CATEGORY_ONLY):
        return False
    if candidate.code.startswith("M54.5"):
        return False  # low back pain beside sciatica or neck pain is a combination, or another pain
    return candidate.code[0] not in "ST" or same(candidate.code, other.code, 3)


def _akin(one: str, other: str) -> bool:
    """Whether two codes are of categories that say the same of different places or kinds."""
    return any(one.startswith(kin) and other.startswith(kin) for kin in KIN)


def same(one: str, other: str, count: int) -> bool:
    """Whether two codes share their first characters, the point not counted."""
    end = count + 1 if count > 3 else count
    return one[:end] == other[:end]


@lru_cache(maxsize=20_000)
def vague(code: str) -> bool:
    """Whether the classification itself calls the code unspecified."""
    if code.startswith(("E08", "E09", "E10", "E11", "E13")):
        return code.endswith(".9")
    return "unspecified" in description(code).lower() or code in ("M54.9", "D64.9")


def exact(found: list[Candidate]) -> list[Candidate]:
    """Without the unspecified where something of its category is specific."""
    held = [c for c in found if not any(o is not c and same(c.code, o.code, 3) and _gives_way(c, o) for o in found)]
    return sorted(held or found, key=lambda c: not c.main)
