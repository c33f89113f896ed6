"""Questions to the physician where the record lacks what a code needs: open, with the record's own words, no answer suggested."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.language import spanish
from claimwright.coding.model import QuerySuggestion
from claimwright.coding.sequence import OTHER_SEX
from claimwright.coding.tables import listed, rows
from claimwright.coding.visits import problem_text

MOST = 4


def questions(case: Case, diagnoses: list[Candidate]) -> list[QuerySuggestion]:
    """At most a few, the most useful first (ACDIS/AHIMA: non-leading, clinically supported)."""
    found = [*_language(case), *_sex(case)]
    for candidate in diagnoses:
        for topic, question in _asks(case, candidate):
            if all(held.topic != topic for held in found):
                found.append(QuerySuggestion(question=question, evidence=tuple(candidate.evidence[:2]), topic=topic))
    found.extend(_repair_length(case))
    return found[:MOST]


def _language(case: Case) -> list[QuerySuggestion]:
    """A note in Spanish is not read, and that is said rather than left as a visit without codes."""
    note = case.reading.note
    if not spanish(note):
        return []
    first = note.sentences[0]
    words = note.evidence(first.document, first.start, first.end)
    said = "This note seems to be written in Spanish and was not coded. Please code it by hand, or supply the note in English."
    return [QuerySuggestion(question=said, evidence=(words,), topic="language")]


def _sex(case: Case) -> list[QuerySuggestion]:
    """What the note names and the visit's sex cannot both be right (Medicare Code Editor: sex conflict)."""
    against = next((c for c in case.candidates if c.dropped == OTHER_SEX and c.evidence), None)
    if against is None:
        return []
    said = (
        f"The note documents “{against.evidence[0].text}”, which the classification gives to the other sex than the visit's. "
        "Please check the sex on record and the note."
    )
    return [QuerySuggestion(question=said, evidence=tuple(against.evidence[:1]), topic="sex")]


def _asks(case: Case, candidate: Candidate) -> list[tuple[str, str]]:
    code = candidate.code
    said = candidate.evidence[0].text if candidate.evidence else code
    asks = [(topic, question.format(said=said)) for topic, question in _of_code(code)]
    if code.startswith(("E11.9", "E10.9")) and re.search(
        r"not at goal|above goal|elevated|uncontrolled", problem_text(case, candidate), re.I
    ):
        asks.append(
            (
                "diabetes control",
                f"The note documents “{said}” and its control. Please document the state of control, if it can be specified.",
            )
        )
    if code == "E11.9" and not any("2" in m.term or "ii" in m.term for m in candidate.mentions):
        asks.append(
            ("type of diabetes", f"The note documents “{said}” without a type. Please document the type of diabetes, if known.")
        )
    return asks


SIDE = "The note documents “{said}”. Please document which side or sides are affected, if known."


@lru_cache(maxsize=20_000)
def _of_code(code: str) -> tuple[tuple[str, str], ...]:
    """Topic and question that a code raises by itself."""
    side = (("laterality", SIDE),) if code[0] not in "ZVWXY" and icd10cm.laterality(code) == "U" else ()
    return *side, *((topic, question) for starts, topic, question in _open() if code.startswith(starts))


@lru_cache(maxsize=1)
def _open() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    return tuple((tuple(listed(codes)), topic, question) for codes, topic, question in rows("queries"))


def _repair_length(case: Case) -> list[QuerySuggestion]:
    wounds = case.main("S01", "S51", "S61", "S81", "S91")
    if not wounds or not any(
        re.search(r"\bsutur|closed with|repair", case.text(s), re.I) for _, s in case.sentences("procedure", "assessment", "plan")
    ):
        return []
    if any(re.search(r"\d\s*(?:cm|mm|centimet|inch)", case.text(s), re.I) for _, s in case.sentences()):
        return []
    words = tuple(wounds[0].evidence[:1])
    return [
        QuerySuggestion(
            question="A wound closure is documented. Please document the length of the repaired wound.",
            evidence=words,
            topic="length of repair",
        )
    ]
