"""The data column: tests ordered or reviewed, outside notes, historian, interpretation, discussion."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.case import Case
from claimwright.coding.em_acute import CANNOT_TELL, TALKED, TESTED, TO_BE_TESTED, VIEWED
from claimwright.coding.em_table import Element, data_level
from claimwright.coding.joined_sites import longest
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, rows

LATER, ORDERS, ORDERED = cue("em.later"), cue("em.orders"), cue("em.ordered")
RECORDS, HISTORIAN = cue("em.records"), cue("em.historian")
INTERPRETED, DISCUSSED = cue("em.interpreted"), cue("em.discussed")
READ = frozenset({"results", "assessment", "plan", "orders", "other", "findings", "instructions", "followup"})
READ_ACUTE = READ | {"hpi", "exam"}
ASSESSED = ("assessment", "findings")
PICTURES = frozenset({"x ray", "ct", "ct angiogram", "mri", "ultrasound"})
SITE = cue("acute.site")
REVIEW = re.compile(r"\breview\w*|\battached\b|\bresults?\b", re.I)
NOW = re.compile(r"\b(?:ordered|drawn|today|reviewed|sent)\b", re.I)
CONDITIONAL = re.compile(r"\b(?:only if|if|unless|would be|may be|might|consider\w*|not (?:needed|indicated|necessary))\b", re.I)
DENIED = re.compile(r"\b(?:no|not|without|declin\w+|defer\w*)\b[^,;]{0,25}$", re.I)
LONG_AGO = re.compile(r"\b(?:in|from) the (?:spring|summer|fall|winter)\b|\blast (?:year|month|spring)\b|\bnot repeated\b", re.I)
WHOLE_LABS = "unnamed labs"
# services of this claim whose payment holds the interpretation: their tests do not count
OWN = {"93000": "ecg", "93005": "ecg", "94010": "spirometry", "94060": "spirometry"}


def data(case: Case, billed: set[str], *, acute: bool = False) -> Element:
    """Level and facts of the data column (CPT table, second column); `acute`: results may stand anywhere in the note."""
    element = Element()
    tests = _tests(case, billed, acute)
    element.facts.extend((f"test: {name}", words) for name, words in tests.items())
    count = len(tests)
    records = next((words for *_, words in case.search(RECORDS, "results", "assessment", "plan", "hpi", "other")), None)
    if records is not None:
        count += 1
        element.facts.append(("outside note reviewed", records))
    others = {
        "independent historian": _historian(case),
        "independent interpretation": _interpretation(case, billed, acute),
        "discussed with another professional": _first(case, DISCUSSED, TALKED),
    }
    element.facts.extend((name, words) for name, words in others.items() if words is not None)
    historian, own, spoken = (words is not None for words in others.values())
    element.level = data_level(count, historian, own, spoken)
    parts = [f"{count} test(s) or outside note(s)"] if count else []
    parts += [name for name, words in others.items() if words is not None]
    element.why = parts or ["no test, record or historian"]
    return element


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return {name: kind for name, _, kind in rows("tests")}


def test_kind(name: str) -> str:
    """lab, imaging, advanced (needs preparation or a specialist) or other."""
    return _kinds().get(name, "other")


def ordered(case: Case, at: int, sentence: Sentence) -> set[str]:
    """Tests that a sentence orders."""
    found: set[str] = set()
    if not case.has(ORDERED, at) or case.has(CONDITIONAL, at):
        return found
    text = case.text(sentence)
    for hit in longest(case.reading.hits["test"].get(at, ())):
        place = sentence.places[hit.first][0] - sentence.start
        if not DENIED.search(text[max(0, place - 30) : place]):
            found.add(hit.entry.key)
    return found


def _tests(case: Case, billed: set[str], acute: bool) -> dict[str, Evidence]:
    """Each unique test once, whether ordered or reviewed."""
    tests: dict[str, Evidence] = {}
    attached = any(one.kind in ("laboratory", "radiology") for one in case.reading.note.documents)
    reviewed = attached and any(True for _ in case.search(REVIEW, "results", "assessment", "plan", "hpi"))
    hits = case.reading.hits["test"]
    sections = READ_ACUTE if acute else READ
    for at, line in hits.items():
        sentence = case.reading.note.sentences[at]
        if sentence.section not in sections:
            continue
        report = attached and case.reading.note.documents[sentence.document].kind in ("laboratory", "radiology")
        if (report and not reviewed) or not (acute or _may_tell(case, at, sentence)):
            continue
        for hit in longest(line):
            name = hit.entry.key
            if name in tests and not acute:
                continue
            start, end = sentence.span(hit.first, hit.last)
            if acute:
                name = _sited(name, case.text(sentence), start - sentence.start, end - sentence.start)
            if name not in tests and _counts(case, at, start - sentence.start, end - sentence.start if acute else 0):
                tests[name] = case.reading.note.evidence(sentence.document, start, end)
    if "chest x ray" in tests:
        tests.pop("x ray", None)
    if any(test_kind(name) == "lab" for name in tests if name != WHOLE_LABS):
        tests.pop(WHOLE_LABS, None)  # they are the labs that the note names
    for code in billed if not acute else billed & OWN.keys():
        for name in ("x ray", "chest x ray") if code[0] == "7" else (OWN.get(code, ""),):
            tests.pop(name, None)
    return tests


def _sited(name: str, text: str, start: int, end: int) -> str:
    """A picture with the part of the body that it shows, as each has a code of its own."""
    if name not in PICTURES:
        return name
    site = SITE.search(text[end : end + 30].partition(".")[0]) or SITE.search(text[max(0, start - 15) : start])
    part = site.group().lower() if site else ""
    return "chest x ray" if (name, part) == ("x ray", "chest") else f"{name} {part}".strip()


def _counts(case: Case, number: int, at: int, told_from: int = 0) -> bool:
    """Ordered or reviewed at this visit; not merely planned, or normal long ago and only mentioned."""
    sentence = case.reading.note.sentences[number]
    text = case.text(sentence)
    clause = text[max(text.rfind(";", 0, at), text.rfind(". ", 0, at)) + 1 :]
    acute = told_from and (TESTED.match(text[told_from:]) or TO_BE_TESTED.search(text[:at]) or _listed(sentence, text, told_from))
    if not _told_of(case, number, clause) and not (acute and not case.has(LONG_AGO, number)):
        return False
    if case.has(LATER, number) and LATER.search(clause) and not NOW.search(clause):
        return False
    return not DENIED.search(text[max(0, at - 30) : at])


LISTED = re.compile(r"\s*(?:[,;+&/.)]|$|and\b|q ?\d|daily|in (?:the )?am\b|(?:in )?a\.?m\b|x ?\d)", re.I)


def _listed(sentence: Sentence, text: str, told_from: int) -> bool:
    """Whether a hospital's plan lists a test as done or to be done: "IV cefazolin, CBC, blood cultures"."""
    return sentence.section in ("assessment", "plan", "orders") and LISTED.match(text[told_from:]) is not None


def _may_tell(case: Case, number: int, sentence: Sentence) -> bool:
    """Whether a sentence may order or review a test at all: see `_told_of`."""
    if sentence.section == "results" or case.has(ORDERS, number):
        return True
    return sentence.section in ASSESSED and case.may(REVIEW, number)


def _told_of(case: Case, number: int, clause: str) -> bool:
    """Whether the clause orders a test or, by its section or words, reviews it."""
    section = case.reading.note.sentences[number].section
    if section == "results":
        return not case.has(LONG_AGO, number) or case.has(REVIEW, number)
    if case.may(ORDERS, number) and ORDERS.search(clause):
        return True
    return section in ASSESSED and case.may(REVIEW, number) and bool(REVIEW.search(clause))


def _first(case: Case, *wordings: re.Pattern[str]) -> Evidence | None:
    return next((words for wording in wordings for *_, words in case.search(wording)), None)


def _historian(case: Case) -> Evidence | None:
    """Someone who gives the history because the patient cannot; not for a teenager or adult who speaks for herself."""
    grown = case.age is not None and case.age >= 12
    if grown and not case.may(CANNOT_TELL):
        return None
    told = ((at, words) for at, s, _, words in case.search(HISTORIAN) if s.section != "fh")
    return next((words for at, words in told if not grown or case.has(CANNOT_TELL, at)), None)


def _interpretation(case: Case, billed: set[str], acute: bool) -> Evidence | None:
    """An independent reading counts only if this claim does not bill it; in hospital the radiologist bills the picture."""
    if billed & OWN.keys() or (not acute and any(code[0] == "7" for code in billed)):
        return None
    return _first(case, INTERPRETED, VIEWED)
