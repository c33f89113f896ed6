"""Dementia: how far it has gone, and what comes with it (F01-F03; Guidelines I.C.5.d)."""

from __future__ import annotations

import re

from claimwright.coding.assertion import standing
from claimwright.coding.case import Case
from claimwright.coding.describe import billable
from claimwright.coding.mentions import Mention
from claimwright.coding.tables import cue

RULE = "ICD-10-CM OCG I.C.5.d (dementia: severity and what comes with it)"
DEMENTIA = re.compile(r"(F01\.5|F01\.[ABC]|F02\.8|F02\.[ABC]|F03\.9|F03\.[ABC])")
SEVERITY = {"mild": "A", "moderate": "B", "severe": "C"}
STAGE = re.compile(
    r"\b(mild|moderate|severe)(?:[- ]stage)?(?:\W+(?:\w+'?s?\W+){0,3}?dementia|\W+(?:alzheimer|lewy|vascular))"
    r"|\bdementia\b\W+(mild|moderate|severe)\b",
    re.I,
)
# what comes with it -> the end of the code; the first that the note tells is coded, where it tells several
WITH = (
    ("11", cue("dementia.agitation")),
    ("18", cue("dementia.behavior")),
    ("2", cue("dementia.psychosis")),
    ("3", cue("dementia.mood")),
    ("4", cue("dementia.anxiety")),
)
SAYS_IT = {
    "3": ("F32.A", "F32.9", "F39"),
    "4": ("F41.9",),
    "2": ("R44", "F29", "F22"),
    "11": ("R45.1", "R45.6"),
    "18": ("Z91.83",),
}


def dementia(case: Case) -> None:
    """The code of the severity and of the disturbance that the words beside the dementia name."""
    for candidate in case.main("F01", "F02", "F03"):
        found = DEMENTIA.match(candidate.code)
        if not found or not candidate.mentions:
            continue
        stage = _stage(case, candidate.mentions) or found.group(1)[-1]
        ends = _comes_with(case, candidate.mentions)
        if stage == found.group(1)[-1] and not ends:
            continue
        plain = {"F01": "5", "F02": "8", "F03": "9"}[candidate.code[:3]]
        base = f"{candidate.code[:3]}.{stage if stage in 'ABC' else plain}"
        code = base + (ends[0] if ends else candidate.code[5:] or "0")
        if code == candidate.code or not billable(code, case.visit.on):
            continue
        put = case.replace(candidate, code, "the words beside the dementia tell its severity or what comes with it", RULE)
        sentences = {m.sentence for m in put.mentions}
        for other in case.main(*(SAYS_IT[ends[0]] if ends else ("F01.Z",))):
            if sentences & {m.sentence for m in other.mentions}:
                case.drop(other, f"part of {code}")


def _stage(case: Case, mentions: list[Mention]) -> str:
    for mention in mentions:
        found = STAGE.search(case.text(case.mention_at(mention)))
        if found:
            return SEVERITY[(found.group(1) or found.group(2)).lower()]
    return ""


def _comes_with(case: Case, mentions: list[Mention]) -> list[str]:
    """Ends of the code that the sentences naming the dementia, or the rest of their problem, bear out."""
    numbers = {m.sentence for m in mentions if m.assertion == "affirmed"}
    for mention in mentions:
        sentence = case.mention_at(mention)
        if sentence.item >= 0 and sentence.statement:
            numbers.update(case.reading.note.of_item(sentence.item))
    found = []
    for end, pattern in WITH:
        for number in sorted(numbers):
            sentence = case.reading.note.sentences[number]
            match = pattern.search(case.text(sentence))
            if match is None:
                continue
            at = sentence.start + match.end() - 1
            word = next((i for i, (start, stop) in enumerate(sentence.places) if start <= at < stop), None)
            if word is not None and standing(word, word, case.reading.scopes[number], sentence.section) == "affirmed":
                found.append(end)
                break
    return found
