"""What is coded at last, and in which order: integral symptoms, Excludes1, manifestations, first-listed."""

from __future__ import annotations

from claimwright.codesets import icd10cm
from claimwright.coding.candidates import Candidate, is_symptom
from claimwright.coding.case import Case
from claimwright.coding.describe import billable
from claimwright.coding.tables import listed, rows

INTEGRAL = "ICD-10-CM OCG I.B.5 (signs and symptoms integral to a disease)"
EXCLUDES = "ICD-10-CM OCG I.A.12.a (Excludes1)"
MANIFEST = "ICD-10-CM OCG I.A.13 (etiology before manifestation)"
FIRST = "ICD-10-CM OCG IV.G (first-listed: the reason chiefly responsible for the visit)"
STATUS_LAST = (
    "Z79",
    "Z68",
    "Z80",
    "Z81",
    "Z82",
    "Z83",
    "Z84",
    "Z85",
    "Z86",
    "Z87",
    "Z88",
    "Z90",
    "Z91",
    "Z92",
    "Z96",
    "Z97",
    "Z98",
    "Z99",
)
VISIT_FIRST = ("Z00", "Z01.4", "Z02", "Z01.81")
_INTEGRAL: list[tuple[tuple[str, ...], tuple[str, ...]]] = []


def settle(case: Case) -> list[Candidate]:
    """Drop what may not be coded and put the rest in order."""
    integral(case)
    injuries(case)
    exclude(case)
    valid(case)
    return arrange(case)


def integral(case: Case) -> None:
    """A symptom that belongs to a confirmed diagnosis is not coded beside it (I.B.5, IV.D)."""
    if not _INTEGRAL:
        _INTEGRAL.extend((tuple(listed(causes)), tuple(listed(symptoms))) for causes, symptoms in rows("integral"))
    confirmed = [c for c in case.main() if not is_symptom(c.code)]
    for candidate in case.main():
        if not is_symptom(candidate.code) and not candidate.code.startswith(("J34.89", "R")):
            continue
        for causes, symptoms in _INTEGRAL:
            if not candidate.code.startswith(symptoms):
                continue
            cause = next((c for c in confirmed if c.code.startswith(causes) and c is not candidate), None)
            if cause:
                candidate.rules.append(INTEGRAL)
                case.drop(candidate, f"a symptom of {cause.code}, which is confirmed")
                break
    _same_item(case, confirmed)


def _same_item(case: Case, confirmed: list[Candidate]) -> None:
    """Within one problem, symptoms told about a confirmed disease are its picture, not further diagnoses."""
    for candidate in case.main():
        if not is_symptom(candidate.code) or any(case.mention_at(m).statement for m in candidate.mentions):
            continue
        cause = next((c for c in confirmed if c.item >= 0 and c.item == candidate.item), None)
        if cause and not cause.code.startswith("Z"):
            case.drop(candidate, f"told as part of {cause.code}")


def exclude(case: Case) -> None:
    """Of two codes that exclude each other the better supported stays, the more exact where support is equal."""
    main = sorted(case.main(), key=lambda c: c.order)
    for number, one in enumerate(main):
        for other in main[number + 1 :]:
            if one.main and other.main and _excluded(one.code, other.code):
                loser = _weaker(one, other)
                winner = other if loser is one else one
                loser.rules.append(EXCLUDES)
                case.drop(loser, f"{winner.code} and {loser.code} exclude each other")


def _excluded(one: str, other: str) -> bool:
    if one.startswith("Z23") or other.startswith("Z23"):
        return False
    return bool(icd10cm.excluded_with(one, other) or icd10cm.excluded_with(other, one))


def _weaker(one: Candidate, other: Candidate) -> Candidate:
    if is_symptom(one.code) != is_symptom(other.code):
        return one if is_symptom(one.code) else other
    if one.code.startswith("Z") != other.code.startswith("Z"):
        return one if one.code.startswith("Z") else other
    if abs(one.score - other.score) > 0.15:
        return one if one.score < other.score else other
    return one if len(one.code) < len(other.code) else other


UNSPECIFIED_INJURY = ("S09.90", "S89.9", "S99.91", "S99.92", "S69.9", "S49.9", "T14.90", "T14.8")


def injuries(case: Case) -> None:
    """An unspecified injury is no further code beside what the injury is (I.C.19.b)."""
    exact = [c for c in case.main("S", "T") if not c.code.startswith(UNSPECIFIED_INJURY)]
    for candidate in case.main(*UNSPECIFIED_INJURY) if exact else ():
        case.drop(candidate, f"the injury is specified: {exact[0].code}")


def valid(case: Case) -> None:
    """Only complete codes that are valid on the date of service, for this age and sex."""
    for candidate in case.main():
        if not billable(candidate.code, case.visit.on):
            case.drop(candidate, f"not a complete, valid code on {case.visit.on}")
            continue
        sex, ages = icd10cm.sex(candidate.code), icd10cm.age_range(candidate.code)
        if sex and case.visit.sex != "U" and sex != case.visit.sex:
            case.drop(candidate, "the code is for the other sex")
        elif ages and case.age is not None and not ages[0] <= case.age <= ages[1]:
            case.drop(candidate, "the code is for another age")


def arrange(case: Case) -> list[Candidate]:
    """First-listed: the reason for the visit as assessed; causes before manifestations; statuses and causes of injury last."""
    alone = len(case.main()) == 1
    main = sorted(case.main(), key=lambda c: (_rank(c.code, c.score, alone), c.order))
    for candidate in list(main):
        if icd10cm.is_manifestation(candidate.code) and main.index(candidate) == 0 and len(main) > 1:
            main.remove(candidate)
            main.insert(1, candidate)
            candidate.rules.append(MANIFEST)
    if main:
        main[0].rules.append(FIRST)
    return main


def _rank(code: str, score: float, alone: bool) -> int:
    if code.startswith(VISIT_FIRST):
        return 0
    if code[0] == "O" or code.startswith(("Z34", "Z39")):
        return 1  # chapter 15 has priority (I.C.15.a.1)
    if code[0] in "VWXY":
        return 6  # never first (I.C.20.a.6)
    if code == "Z23":
        return 3
    if code.startswith(STATUS_LAST) and not alone:
        attached = code.startswith("Z68") and score >= 0.8
        return 2 if attached else 4
    if code.startswith(("Z11", "Z12", "Z13", "Z71", "Z72")):
        return 3
    return 2
