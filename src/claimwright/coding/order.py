"""What the encounter itself decides of the order, and of what is coded: screenings done, births, devices put in today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import description
from claimwright.coding.perinatal import perinatal
from claimwright.coding.sequence import FIRST
from claimwright.coding.tables import cue, listed, rows

SCREENING = "ICD-10-CM OCG I.C.21.c.5 (a screening that was done is first-listed, what it found follows)"
SOCIAL = "ICD-10-CM OCG I.C.21.c.17 (social determinants of health are secondary)"
COVID = "ICD-10-CM OCG I.C.1.g.1.a (COVID-19 before its manifestations)"
BIRTH = "ICD-10-CM OCG I.C.16.a.2 (principal diagnosis of the birth record)"
STATUS = "ICD-10-CM OCG I.C.21.c.3 (a status is of what was done before)"
# services -> the screening they may be (NCCI has no say: the diagnosis tells which)
SCREENED = (
    (("4533", "4534", "4537", "4538", "4539", "G0104", "G0105", "G0121", "8152", "8227"), ("Z12.1",)),
    (("77067",), ("Z12.31",)),
)
ORDERED_ONLY = ("8152", "8227")  # tests of stool, beside which a visit is for what it assessed
SDOH = tuple(f"Z{number}" for number in range(55, 66))
MANIFESTATIONS = ("J", "R05", "R06", "R09", "K52", "M35.81", "I40", "I51.4", "G93.4", "D68", "I26", "I82")
NEWBORN = cue("order.newborn")
VAGINAL = cue("order.vaginal")
CESAREAN = cue("order.cesarean")
TWIN = re.compile(r"\btwin\b", re.I)
TOLD_IN = ("cc", "hpi", "assessment", "other", "pmh", "plan")


def birth(case: Case) -> None:
    """A newborn's diseases, and the birth first on its record of the stay in which it was born (I.C.16.a.1-2)."""
    if case.age == 0:
        perinatal(case)
    if case.visit.setting != "inpatient" or case.age != 0 or case.main("Z38"):
        return
    newborn = next((words for *_, words in case.search(NEWBORN, *TOLD_IN)), None)
    if newborn is None:
        return
    for pattern, single, twin in ((CESAREAN, "Z38.01", "Z38.31"), (VAGINAL, "Z38.00", "Z38.30")):
        for _, sentence, _, words in case.search(pattern, *TOLD_IN):
            code = twin if TWIN.search(case.reading.note.documents[sentence.document].text) else single
            for candidate in case.main("Z00.11"):
                case.drop(candidate, "the record of the birth itself, not a visit after it")
            case.add(code, [newborn, words], 0.85, -1.0, "the birth, on the newborn's own record", BIRTH)
            return


def ordered(case: Case, coded: list[Candidate], services: Iterable[str], procedures: Iterable[str]) -> list[Candidate]:
    """The codes in the order that what was done asks for, without the statuses of what was put in or taken out just now."""
    services, procedures = tuple(services), tuple(procedures)
    first = coded[0] if coded else None
    for candidate in coded:
        if _of_today(candidate.code, services, procedures):
            case.drop(candidate, "done in this encounter, so no status yet")
            candidate.rules.append(STATUS)
    found = [candidate for candidate in coded if not candidate.dropped]
    found = _social_last(_covid_before(_screening_first(found, services)))
    if found and found[0] is not first:
        if first is not None and FIRST in first.rules:
            first.rules.remove(FIRST)
        found[0].rules.append(FIRST)
    return found


def _screening_first(found: list[Candidate], services: Sequence[str]) -> list[Candidate]:
    done = [code for code in services if not code.startswith(ORDERED_ONLY)]
    wanted = tuple(one for codes, screenings in SCREENED if any(c.startswith(codes) for c in done) for one in screenings)
    leading = [c for c in found if c.code.startswith(wanted)] if wanted else []
    if not leading:
        return found
    for candidate in leading:
        candidate.rules.append(SCREENING)
    return [*leading, *(c for c in found if c not in leading)]


def _covid_before(found: list[Candidate]) -> list[Candidate]:
    covid = next((c for c in found if c.code == "U07.1"), None)
    if covid is None:
        return found
    early = next((at for at, c in enumerate(found) if c.code.startswith(MANIFESTATIONS)), None)
    if early is None or found.index(covid) < early:
        return found
    covid.rules.append(COVID)
    rest = [c for c in found if c is not covid]
    return [*rest[:early], covid, *rest[early:]]


def _social_last(found: list[Candidate]) -> list[Candidate]:
    """Behind every problem, but before statuses and causes, which follow all problems already."""
    social = [c for c in found if c.code.startswith(SDOH)]
    problems = [at for at, c in enumerate(found) if c.code[0] not in "VWXYZ"] if social else []
    if not problems or found.index(social[0]) > problems[-1]:
        return found
    last = found[problems[-1]]
    for candidate in social:
        candidate.rules.append(SOCIAL)
    rest = [c for c in found if c not in social]
    at = rest.index(last) + 1
    return [*rest[:at], *social, *rest[at:]]


@lru_cache(maxsize=1)
def _made_by() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    return tuple((status, tuple(listed(cpt)), tuple(listed(pcs))) for status, cpt, pcs in rows("made_today"))


def _of_today(code: str, services: Sequence[str], procedures: Sequence[str]) -> bool:
    """Whether a status is what a service or procedure of the encounter has just made, on the same side."""
    if code[0] != "Z":
        return False
    for status, cpt, pcs in _made_by():
        if not code.startswith(status):
            continue
        if any(one.startswith(cpt) for one in services if cpt):
            return True
        sides = {_side(part) for part in procedures if pcs and part.startswith(pcs)}
        mine = next((side for side in ("right", "left") if side in description(code).lower()), "")
        if sides and (not mine or mine in sides or "" in sides):
            return True
    return False


RIGHT, LEFT = frozenset("9CJRESAF"), frozenset("BDKTUG")  # body parts of hips, knees, shoulders (0SR, 0RR)


def _side(procedure: str) -> str:
    """The side of a joint that was replaced, where the code tells it."""
    if procedure[:3] not in ("0SR", "0RR"):
        return ""
    return "right" if procedure[3] in RIGHT else "left" if procedure[3] in LEFT else ""
