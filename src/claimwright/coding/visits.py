"""What kind of visit it was: preventive, problem, nurse only; and the Z codes that say so."""

from __future__ import annotations

import re

import msgspec

from claimwright.coding.candidates import Candidate, affirmed, chronic
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue

PREVENTIVE = "CPT preventive medicine: by age and new or established"
ABNORMAL = "ICD-10-CM OCG I.C.21.c.13 (routine examination: abnormal means new or changed)"
WITHOUT = re.compile(r"\bwithout (?:any )?abnormal\b|\bno abnormal findings?\b|\bnormal (?:exam|findings)\b", re.I)
WITH = re.compile(r"\bwith (?:an? )?abnormal\b|\babnormal findings?\b(?<!no abnormal finding)", re.I)
NURSE = cue("visits.nurse")
SEPARATE = cue("visits.separate")
WELCOME = re.compile(r"\bwelcome to medicare\b|\binitial preventive physical exam\w*|\bIPPE\b", re.I)
WELLNESS = re.compile(r"\bmedicare\b[^.]{0,30}\bwellness\b|\bannual wellness visit\b|\bAWV\b", re.I)
FIRST_WELLNESS = re.compile(
    r"\b(?:initial|first)(?: ever)? (?:medicare )?(?:annual )?(?:wellness|AWV)\b(?! (?:due|in|was))"
    r"|\b(?:wellness(?: visit| exam)?|AWV)\W{1,4}(?:initial|first)\b(?! (?:due|in|was))",
    re.I,
)
EXAMINED = re.compile(
    r"exam|physical|well|healthy|health super|check|prevent|routine|maintenance|sports|camp|school|cpe|wcc|wcv|wbv", re.I
)
MEDICARE = re.compile(r"\bmedicare\b", re.I)
AGES = (1, 5, 12, 18, 40, 65)
WORSE, STABLE = cue("visits.worse"), cue("em.stable")


class Kind(msgspec.Struct):
    """The visit's kind with the words that show it."""

    preventive: str = ""  # adult, child, gynecological, wellness, welcome
    evidence: Evidence | None = None
    nurse: bool = False
    abnormal: bool = False


def kind_of(case: Case) -> Kind:
    """Preventive if the note calls it so in its title, reason or assessment."""
    found = [
        c for c in case.candidates if c.code in ("Z00.00", "Z00.129", "Z01.419", "Z02.5", "Z02.0", "Z02.1") and _says_so(case, c)
    ]
    kind = Kind(nurse=any(True for _ in case.search(NURSE)) or _nurse_title(case))
    wellness = next(
        (
            words
            for _, s, _, words in case.search(WELLNESS, "other", "cc", "hpi", "assessment")
            if s.section != "plan" and _now(case.text(s))
        ),
        None,
    )
    welcome = next((words for _, s, _, words in case.search(WELCOME, "other", "cc", "hpi", "assessment")), None)
    medicare = any(True for _ in case.search(MEDICARE))
    if welcome:
        return msgspec.structs.replace(kind, preventive="welcome", evidence=welcome)
    if wellness and medicare:
        return msgspec.structs.replace(kind, preventive="wellness", evidence=wellness)
    newborn = next((c for c in case.main("Z00.11") if case.age == 0), None)
    exams = [c for c in found if c.code[:3] == "Z00"]
    if newborn is not None and not exams:
        return msgspec.structs.replace(kind, preventive="newborn", evidence=newborn.evidence[0])
    if exams:
        kind.preventive = "child" if case.age is not None and case.age < 18 else "adult"
        kind.evidence = exams[0].evidence[0]
    elif any(c.code == "Z01.419" for c in found):
        kind.preventive = "gynecological"
        kind.evidence = next(c for c in found if c.code == "Z01.419").evidence[0]
    return kind


def _nurse_title(case: Case) -> bool:
    headings = {sentence.heading for sentence in case.reading.note.sentences[:3]}
    return any("nurse" in heading and NURSE.search(heading) for heading in headings)


def _now(text: str) -> bool:
    return not re.search(r"\b(?:next|due|schedul\w+|last|return|until the|at the annual|will be|to be)\b", text, re.I) or bool(
        re.search(r"\bhere\b|\btoday\b|subsequent", text, re.I)
    )


def _says_so(case: Case, candidate: Candidate) -> bool:
    for mention in candidate.mentions:
        sentence = case.mention_at(mention)
        text = case.text(sentence)
        if not affirmed(mention, case.reading) or not EXAMINED.search(mention.term):
            continue
        if sentence.section == "assessment" and (_now(text) or sentence.statement):
            return True
        if mention.term.startswith("healthy"):
            continue  # a child who is healthy but for what brings him
        if sentence.section == "cc" and (_now(text) or sentence.statement):
            return True
        if sentence.section in ("hpi", "other") and mention.sentence < 8 and _now(text):
            return True
    return False


def settle_preventive(case: Case, kind: Kind) -> None:
    """Z00 with or without abnormal findings, first-listed; screening and vaccines after it."""
    if not kind.preventive or kind.evidence is None:
        for code in ("Z00.00", "Z00.129"):
            held = case.find(code)
            if held:
                case.drop(held, "the visit itself is not a routine examination")
        return
    if kind.preventive == "newborn":
        return
    problems = changed_problems(case)
    said = [s for _, s in case.sentences("assessment", "plan")]
    texts = " ".join(case.text(s) for s in said)
    kind.abnormal = bool(problems) if not (WITHOUT.search(texts) or WITH.search(texts)) else not WITHOUT.search(texts)
    if kind.preventive in ("adult", "wellness", "welcome"):
        code = "Z00.01" if kind.abnormal else "Z00.00"
    elif kind.preventive == "child":
        code = "Z00.121" if kind.abnormal else "Z00.129"
    else:
        code = "Z01.411" if kind.abnormal else "Z01.419"
    for other in case.known("Z00.", "Z01.41"):
        if other.code != code:
            case.drop(other, f"{code} is the examination of this visit")
    why = "routine examination " + ("with a new or changed finding" if kind.abnormal else "without abnormal findings")
    case.add(code, [kind.evidence], 0.95, -1.0, why, ABNORMAL)


def changed_problems(case: Case) -> list[Candidate]:
    """Problems that are new, worse or newly treated: what makes a routine examination abnormal, and a visit of its own."""
    found = []
    for candidate in problems_of(case):
        if candidate.code.startswith("Z30"):
            continue  # contraception is no abnormal finding, and its renewal part of the examination
        near = case.told(problem_sentences(case, candidate))
        if near.says(STABLE) and not near.says(WORSE):
            continue
        if not chronic(candidate.code) or near.says(WORSE):
            found.append(candidate)
    return found


def problems_of(case: Case) -> list[Candidate]:
    """Assessed diagnoses that are problems, not statuses, reasons or causes of injury."""
    return [
        c
        for c in case.main()
        if (c.code[0] not in "ZVWXY" and c.place != "sh")
        or (c.code.startswith("Z86.71") and case.main("Z79.01"))  # the thinner goes on for it
        or c.code.startswith(("Z32", "Z20", "Z63", "Z30", "Z48", "Z51", "Z01.8", "Z21", "Z08", "Z09"))
    ]


def problem_text(case: Case, candidate: Candidate) -> str:
    """The words of the problem that the candidate was named in."""
    return case.spots.text(problem_sentences(case, candidate))


def problem_sentences(case: Case, candidate: Candidate) -> list[int]:
    """The numbers of the sentences of that problem."""
    if candidate.item < 0:
        told = [m.sentence for m in candidate.mentions if case.mention_at(m).section in ("assessment", "plan")]
        if told or case.reading.note.has("assessment", "plan"):
            return told
        if is_jot(case):
            return _of_jot(case, candidate)
        return sorted({m.sentence for m in candidate.mentions})  # of a note without these headings
    return case.reading.note.of_item(candidate.item)


JOT = 12  # sentences


def is_jot(case: Case) -> bool:
    """A few sentences without any heading: assessment and plan in one."""
    note = case.reading.note
    return len(note.sentences) <= JOT and len(note.within("other")) == len(note.sentences)


def assessed(case: Case, *more: str) -> tuple[str, ...]:
    """The sections that hold assessment and plan."""
    return ("assessment", "plan", *more, "other") if is_jot(case) else ("assessment", "plan", *more)


def _of_jot(case: Case, candidate: Candidate) -> list[int]:
    """The sentences that name a problem and those behind them, up to the next problem."""
    named = {m.sentence for m in candidate.mentions}
    others = {m.sentence for c in problems_of(case) if c is not candidate for m in c.mentions} - named
    found, ours = list[int](), False
    for number in range(len(case.reading.note.sentences)):
        ours = number in named or (ours and number not in others)
        if ours:
            found.append(number)
    return found


def preventive_code(age: int, new: bool) -> str:
    """99381-99387 new, 99391-99397 established, by age."""
    place = sum(age >= edge for edge in AGES)
    return str((99381 if new else 99391) + place)


def symptoms_only(case: Case) -> bool:
    """Whether everything assessed is a symptom."""
    problems = problems_of(case)
    return bool(problems) and all(is_symptom(c.code) for c in problems)
