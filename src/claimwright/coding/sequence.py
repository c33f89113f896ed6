"""What is coded at last, and in which order: integral symptoms, Excludes1, manifestations, first-listed."""

from __future__ import annotations

from functools import lru_cache

from claimwright.codesets import diagnosis_limits, icd10cm, tabular_notes
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import billable, is_symptom
from claimwright.coding.injuries import gravity, injuries
from claimwright.coding.integral import integral
from claimwright.coding.language import spanish

EXCLUDES = "ICD-10-CM OCG I.A.12.a (Excludes1)"
NOTES = "ICD-10-CM OCG I.A.17 (code first, use additional code)"
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


def settle(case: Case) -> list[Candidate]:
    """Drop what may not be coded and put the rest in order."""
    integral(case)
    injuries(case)
    by_index(case)
    exclude(case)
    valid(case)
    return arrange(case)


def exclude(case: Case) -> None:
    """Of two codes that exclude each other the better supported stays, the more exact where support is equal."""
    main = sorted(case.main(), key=lambda c: c.order)
    for number, one in enumerate(main):
        for other in main[number + 1 :]:
            if one.dropped:
                break
            if not other.dropped and _excludes(one.code, other.code):
                loser = _weaker(one, other)
                winner = other if loser is one else one
                loser.rules.append(EXCLUDES)
                case.drop(loser, f"{winner.code} and {loser.code} exclude each other")


def _excludes(one: str, other: str) -> bool:
    """Whether either excludes the other; most pairs are told apart by the letters that their notes name."""
    return (other[0] in tabular_notes.excluded_letters(one) and _excluded(one, other)) or (
        one[0] in tabular_notes.excluded_letters(other) and _excluded(other, one)
    )


@lru_cache(maxsize=50_000)
def _excluded(one: str, other: str) -> bool:
    return not (one.startswith("Z23") or other.startswith("Z23")) and bool(tabular_notes.excluded_with(one, other))


def _weaker(one: Candidate, other: Candidate) -> Candidate:
    if is_symptom(one.code) != is_symptom(other.code):
        return one if is_symptom(one.code) else other
    if one.code.startswith("Z") != other.code.startswith("Z"):
        return one if one.code.startswith("Z") else other
    if abs(one.score - other.score) > 0.15:
        return one if one.score < other.score else other
    return one if len(one.code) < len(other.code) else other


OTHER_SEX = "the code is for the other sex"


def valid(case: Case) -> None:
    """Only complete codes that are valid on the date of service, for this age and sex, and none of a note not in English."""
    foreign = spanish(case.reading.note)
    for candidate in case.main():
        if foreign:
            case.drop(candidate, "the note is not in English")
            continue
        if not billable(candidate.code, case.visit.on):
            case.drop(candidate, f"not a complete, valid code on {case.visit.on}")
            continue
        sex, ages = _limits(candidate.code)
        if sex and case.visit.sex != "U" and sex != case.visit.sex:
            case.drop(candidate, OTHER_SEX)
        elif ages and case.age is not None and not ages[0] <= case.age <= ages[1]:
            if candidate.code in _OF_ADULTS and case.age > ages[1]:
                case.replace(candidate, _OF_ADULTS[candidate.code], "the patient is an adult", "Alphabetic Index: adult")
            else:
                case.drop(candidate, "the code is for another age")


_OF_ADULTS = {"R62.51": "R62.7"}  # failure to thrive: what the Index gives a child where it gives an adult another code


@lru_cache(maxsize=20_000)
def _limits(code: str) -> tuple[str, tuple[int, int] | None]:
    """The sex and the ages a code is suggested for: to infants those of the perinatal period, though some last longer."""
    ages = (0, 0) if icd10cm.plain(code).startswith("P") else diagnosis_limits.ages_of(code)
    return diagnosis_limits.sex_of(code), ages


def by_index(case: Case) -> None:
    """A sore throat is coded as acute pharyngitis, a painful one as the symptom (Index: Sore throat J02.9; R07.0 Excludes1)."""
    for candidate in case.main("R07.0"):
        if any("sore" in mention.term for mention in candidate.mentions):
            case.replace(
                candidate, "J02.9", "the Index leads from sore throat to acute pharyngitis", "Alphabetic Index: Sore, throat"
            )


def arrange(case: Case) -> list[Candidate]:
    """First-listed: the reason for the visit as assessed; causes before manifestations; statuses and causes of injury last."""
    main = case.main()
    alone = len(main) == 1
    main.sort(key=lambda c: (_rank(c.code, c.score >= ATTACHED, alone), c.order))
    main = _gravest_first(main)
    _obey_notes(main)
    if main:
        main[0].rules.append(FIRST)
    return main


def _gravest_first(main: list[Candidate]) -> list[Candidate]:
    """Among the injuries, which keep their places, superficial ones come last."""
    places = [number for number, c in enumerate(main) if c.code[0] == "S"]
    if len(places) < 2:
        return main
    ordered = iter(sorted((main[number] for number in places), key=lambda c: gravity(c.code)))
    return [next(ordered) if number in places else c for number, c in enumerate(main)]


ANY_CAUSE_FIRST = ("U09.9",)  # code first whatever condition it left


def _obey_notes(main: list[Candidate]) -> None:
    """What a tabular note says to code first stands before (I.A.13, I.A.17); the rest keeps its order."""
    for _ in range(len(main)):
        moved = next(((one, after) for one in main if (after := _too_early(one, main))), None)
        if moved is None:
            return
        one, after = moved
        main.remove(one)
        main.insert(main.index(after) + 1, one)
        one.rules.append(MANIFEST if _manifests(one.code) else NOTES)


def _too_early(one: Candidate, main: list[Candidate]) -> Candidate | None:
    """The code that must stand before this one and does not."""
    spans, manifests, any_cause = _first_asked(one.code)
    if not (spans or manifests or any_cause):
        return None
    later = main[main.index(one) + 1 :]
    if any_cause:
        return next((c for c in reversed(later) if c.item == one.item and c.code[0] not in "VWXYZ"), None)
    found = next((c for c in later if any(tabular_notes.within(c.code, low, high) for low, high in spans)), None)
    if found is None and manifests and main[0] is one and later:
        return later[0]
    return found


_manifests = lru_cache(maxsize=20_000)(icd10cm.is_manifestation)


@lru_cache(maxsize=20_000)
def _first_asked(code: str) -> tuple[tuple[tuple[str, str], ...], bool, bool]:
    """What a code asks to stand before it: codes of ranges, any as it is a manifestation, whatever left it."""
    return code_first(code), _manifests(code), code.startswith(ANY_CAUSE_FIRST)


@lru_cache(maxsize=20_000)
def code_first(code: str) -> tuple[tuple[str, str], ...]:
    """The ranges that the "code first" notes of a code name."""
    return tabular_notes.codes_in(tabular_notes.code_first(code))


ATTACHED = 0.8  # the score of a body mass index that goes with a diagnosis of weight, at least


@lru_cache(maxsize=20_000)
def _rank(code: str, attached: bool, alone: bool) -> int:
    if code.startswith(VISIT_FIRST):
        return 0
    if code[0] == "O" or code.startswith(("Z34", "Z39")):
        return 1  # chapter 15 has priority (I.C.15.a.1)
    if code[0] in "VWXY":
        return 6  # never first (I.C.20.a.6)
    if code == "Z23":
        return 3
    if code.startswith(STATUS_LAST) and not alone:
        return 2 if attached and code.startswith("Z68") else 4
    if code.startswith(("Z11", "Z12", "Z13", "Z71", "Z72")):
        return 3
    return 2
