"""The record of a delivery: its reason or complication first, then its outcome and the weeks (Guidelines I.C.15.b, n)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.assertion import standing
from claimwright.coding.case import Case
from claimwright.coding.describe import billable, description
from claimwright.coding.model import Evidence
from claimwright.coding.pregnancy import week_code, weeks_of
from claimwright.coding.tables import patterns

MAIN = "ICD-10-CM OCG I.C.15.b.4 (delivery: the condition that led to it, or its main complication, first)"
NORMAL = "ICD-10-CM OCG I.C.15.n (O80: a full-term uncomplicated vaginal delivery, alone and first)"
OUTCOME = "ICD-10-CM OCG I.C.15.b.5 (outcome of delivery on every record of the mother's delivery)"
CHILDBIRTH = "ICD-10-CM OCG I.C.15.a.3 (in childbirth, where the classification has it)"
WEEKS = "ICD-10-CM OCG I.C.21.c.11 (Z3A weeks of gestation)"
DELIVERED = re.compile(
    r"\b(?:vaginal (?:birth|delivery)|NSVD|SVD|VBAC|c(?:ae|e)sarean(?: section| delivery)?|c-?section|"
    r"deliver(?:y|ed)\b[^.;]{0,60}\b(?:infant|male|female|boy|girl|baby|neonate|newborn|twins?))\b",
    re.I,
)
CESAREAN = re.compile(r"\b(?:c(?:ae|e)sarean|c-?section)", re.I)
HELPED = re.compile(r"\b(?:vacuum|forceps)\b", re.I)
BEFORE = re.compile(
    r"\b(?:prior|previous|history of|hx|h/o|s/p|status post|plan\w*|desires?|for|consent\w*|trial of|psh|pshx|pmh|surgical|"
    r"surgeries|G\d\w*)\W+(?:\w+\W+){0,3}$",
    re.I,
)
LATER = re.compile(
    r"\b(?:weeks?|months?) (?:postpartum|post-?partum)|postpartum (?:visit|check)|well[- ]child|newborn (?:exam|visit|check)",
    re.I,
)
AHEAD = re.compile(r"\b(?:at|until|before|schedul\w+|return\w*|f/?u|follow-?up|arrange\w*|wants?)\b[^.;\n]{0,40}$", re.I)
# what a report of a delivery tells beside it
REPORTED = re.compile(
    r"\b(?:placenta\w*|apgars?|live|liveborn|viable|infants?|neonat\w+|newborn|baby|fetal|male|female|boy|girl|twins?|perine\w+|"
    r"[EQ]BL|blood loss|hyster\w+|uter\w+|labor|still-?born|IUFD|demise|deliver\w+|pregnan\w+|gestation\w*|vertex|breech)\b",
    re.I,
)
STILL = re.compile(r"\bstill-?(?:born|birth)|\bintrauterine (?:fetal )?(?:death|demise)|\bIUFD\b", re.I)
ALIVE = re.compile(r"\b(?:live|liveborn|viable|vigorous|healthy|apgars?|crying)\b", re.I)
TWINS = re.compile(r"\btwins?\b", re.I)
REPORT = ("procedure", "assessment", "impression", "preprocedure", "other", "findings", "indication", "hpi")
TOLD = ("procedure", "assessment", "impression", "other")
TERM = 37  # weeks


@lru_cache(maxsize=1)
def _complications() -> list[tuple[str, re.Pattern[str]]]:
    return [(code, re.compile(rf"\b(?:{pattern})(?!\w)", re.I)) for code, pattern in patterns("deliveries")]


def delivery(case: Case) -> None:
    """The codes of the mother's record where the note reports the delivery itself."""
    done = _done(case)
    if done is None:
        return
    words, how = done
    for old in case.main("Z34", "O09", "Z33"):
        case.drop(old, "supervision is of the time before the delivery")
    for place, (code, pattern) in enumerate(_complications()):
        found = _affirmed(case, pattern)
        if found is not None and not (code.startswith(("O70", "O34", "O69")) and case.main(code[:3])):
            case.add(code, [found], 0.9, -0.5 + place / 1_000, "complicates or led to the delivery", MAIN)
    _in_childbirth(case)
    weeks, at = weeks_of(case, REPORT, has_own=True)
    if not case.main("O") and not STILL.search(how):
        full_term = weeks is None or weeks >= TERM
        if CESAREAN.search(how):
            case.add("O82", [words], 0.9, -0.6, "cesarean delivery, no reason documented", MAIN)
        elif full_term and not HELPED.search(how):
            case.add("O80", [words], 0.92, -0.6, "full-term delivery without complication", NORMAL)
    case.add(_outcome(how), [words], 0.9, 8_400.0, "the outcome of the delivery", OUTCOME)
    if weeks is not None and at is not None:
        case.add(week_code(weeks), [at], 0.88, 8_500.0, f"{weeks} weeks of gestation", WEEKS)


def _done(case: Case) -> tuple[Evidence, str] | None:
    """The words that report the delivery, and all that the report tells; nothing where it is past, planned or another's."""
    if case.visit.sex == "M" or (case.age is not None and not 10 <= case.age <= 60) or not case.may(DELIVERED):
        return None
    words = _affirmed(case, DELIVERED, *TOLD)
    if words is None or (
        case.spots.somewhere(LATER) and any(_afterward(document.text) for document in case.reading.note.documents)
    ):
        return None
    told = " ".join(case.text(s) for _, s in case.sentences(*REPORT))
    return (words, told) if REPORTED.search(told.replace(words.text, "")) else None


def _afterward(text: str) -> bool:
    """Whether a note is of a later visit, rather than the delivery's own that sees one ahead."""
    return any(not AHEAD.search(text[max(0, found.start() - 60) : found.start()]) for found in LATER.finditer(text))


def _affirmed(case: Case, pattern: re.Pattern[str], *sections: str) -> Evidence | None:
    """The first words that the pattern finds stated, neither denied nor past nor planned."""
    for number, sentence, found, words in case.search(pattern, *(sections or REPORT)):
        if pattern is DELIVERED and BEFORE.search(sentence.source[sentence.start : sentence.start + found.start()]):
            continue
        at = [index for index, (start, end) in enumerate(sentence.places) if start < words.end and words.start < end]
        stood = standing(at[0], at[-1], case.reading.scopes[number], sentence.section) if at else "affirmed"
        if stood == "affirmed" or (stood == "historical" and pattern is not DELIVERED):
            return words
    return None


def _in_childbirth(case: Case) -> None:
    """A disease of the pregnancy by its code for childbirth: O10.013 to O10.02."""
    for candidate in case.main("O"):
        code = candidate.code
        if len(code) < 6 or "childbirth" in description(code, case.visit.on):
            continue
        near = [code[:-1] + digit for digit in "0123456789"] + [code[:-2] + digit for digit in "0123456789"]
        near += [code[:-2] + digit + code[-1] for digit in "0123456789"]
        better = (one for one in near if billable(one, case.visit.on) and "childbirth" in description(one, case.visit.on))
        put = next(better, None)
        if put is not None and description(put, case.visit.on)[:8] == description(code, case.visit.on)[:8]:
            case.replace(candidate, put, "the delivery is in this record", CHILDBIRTH)


def _outcome(told: str) -> str:
    """Z37 by number and life of the children; unspecified where neither is told."""
    still, alive = bool(STILL.search(told)), bool(ALIVE.search(told))
    if TWINS.search(told):
        return "Z37.3" if still and alive else "Z37.4" if still else "Z37.2"
    return "Z37.1" if still else "Z37.0" if alive else "Z37.9"
