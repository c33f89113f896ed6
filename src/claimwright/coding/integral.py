"""Symptoms that are part of a confirmed diagnosis and not coded beside it (Guidelines I.B.4, I.B.5)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom
from claimwright.coding.places import place_of
from claimwright.coding.tables import listed, rows

INTEGRAL = "ICD-10-CM OCG I.B.5 (signs and symptoms integral to a disease)"
SAME_SITE = "same site"
LIKE_SYMPTOMS = ("J34.89", "M25.6", "I95.9", "R", "K62.5", "K92.1", "K92.2")
UNEXPLAINED = re.compile(
    r"\b(?:unexplained|undifferentiated"
    r"|(?:cause|etiology|source) (?:is |remains |still )?(?:unclear|unknown|uncertain|undetermined)"
    r"|(?:of |with )?(?:unclear|unknown|uncertain|undetermined) (?:cause|etiology|source)|unrelated to|not (?:related|due) to)\b",
    re.I,
)


def integral(case: Case) -> None:
    """A symptom that belongs to a confirmed diagnosis is not coded beside it (I.B.5, IV.D)."""
    confirmed = [c for c in case.main() if not is_symptom(c.code) and not (c.code[0] in "ST" and c.code[-1] == "S")]
    for candidate in case.main():
        if not _causes_of(candidate.code):
            continue
        cause = next((c for c in confirmed if c is not candidate and _part_of(candidate, c)), None)
        if cause is not None and not _unexplained(case, candidate):
            candidate.rules.append(INTEGRAL)
            case.drop(candidate, f"a symptom of {cause.code}, which is confirmed")
    _same_item(case, confirmed)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[tuple[str, ...], tuple[str, ...], bool], ...]:
    return tuple((tuple(listed(causes)), tuple(listed(told)), SAME_SITE in where) for causes, told, *where in rows("integral"))


@lru_cache(maxsize=20_000)
def _causes_of(code: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The diseases, by prefixes, to which a symptom belongs, and whether only at their site."""
    if not is_symptom(code) and not code.startswith(LIKE_SYMPTOMS):
        return ()
    return tuple((causes, at_site) for causes, symptoms, at_site in _table() if code.startswith(symptoms))


def _part_of(symptom: Candidate, cause: Candidate) -> bool:
    for causes, at_site in _causes_of(symptom.code):
        if cause.code.startswith(causes) and (not at_site or _together(symptom, cause)):
            return True
    return False


def _together(symptom: Candidate, cause: Candidate) -> bool:
    """Whether a symptom is of the region and side of an injury or joint; one that names no region is."""
    sides = {icd10cm.laterality(symptom.code), icd10cm.laterality(cause.code)}
    if {"R", "L"} <= sides:
        return False
    here, there = _regions(symptom), _regions(cause)
    return not here or not there or not here.isdisjoint(there)


@lru_cache(maxsize=1)
def _by_code() -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    """Regions by how a code begins, where _ is any character, the longest first."""
    found = [(code, frozenset(listed(regions))) for kind, code, regions in rows("regions") if kind == "code"]
    found.sort(key=lambda row: -len(row[0]))
    return tuple((re.compile(code.replace(".", r"\.").replace("_", ".")), regions) for code, regions in found)


@lru_cache(maxsize=1)
def _by_word() -> dict[str, frozenset[str]]:
    return {
        word: frozenset(listed(regions)) for kind, words, regions in rows("regions") if kind == "word" for word in listed(words)
    }


def _regions(candidate: Candidate) -> frozenset[str]:
    """Of the body, as the code says or else the words of the note; none if neither does."""
    told = _regions_of_code(candidate.code)
    if told:
        return told
    words = {word for one in candidate.mentions for word in f"{one.site} {one.term}".split()}
    return frozenset().union(*(_by_word().get(word, frozenset()) for word in words))


@lru_cache(maxsize=20_000)
def _regions_of_code(code: str) -> frozenset[str]:
    return next((regions for start, regions in _by_code() if start.match(code)), frozenset())


def _unexplained(case: Case, symptom: Candidate) -> bool:
    """Whether the physician says that the cause is not known, or another."""
    if any(UNEXPLAINED.search(case.text(case.mention_at(one))) for one in symptom.mentions):
        return True
    titles = [one for one in symptom.mentions if (place := case.mention_at(one)).statement and place.section == "assessment"]
    own = {case.mention_at(one).item for one in titles}  # a problem of its own, of which causes are only suspected
    return bool(own) and any(m.assertion == "uncertain" and case.mention_at(m).item in own for m in case.reading.mentions)


def _same_item(case: Case, confirmed: list[Candidate]) -> None:
    """Within one problem, symptoms told about a confirmed disease are its picture, not further diagnoses."""
    for candidate in case.main():
        if candidate.item < 0 or not is_symptom(candidate.code):
            continue
        cause = next((c for c in confirmed if c.item == candidate.item), None)
        if cause is None or cause.code.startswith("Z"):
            continue
        if _found_beside(case, candidate, cause) or any(ASKED_FOR in rule for rule in candidate.rules):
            continue
        if not any(place_of(case.reading, m) in ("statement", "opening") for m in candidate.mentions):
            case.drop(candidate, f"told as part of {cause.code}")


ASKED_FOR = "use additional code"  # the tabular list wants the symptom told beside the disease
FINDING = ("R19.5", "R7", "R80", "R82", "R87", "R9")  # of the laboratory or a picture, no symptom
BESIDE = re.compile(r"\W*(?:and|&|\+|plus|,)\W*(?:an? |her |his )?", re.I)


def _found_beside(case: Case, finding: Candidate, cause: Candidate) -> bool:
    """Whether an abnormal finding is judged in one breath with a disease: "iron deficiency anemia and positive FIT"."""
    if not finding.code.startswith(FINDING):
        return False
    for told in finding.mentions:
        for other in cause.mentions:
            if told.sentence == other.sentence and other.evidence.end <= told.evidence.start:
                sentence = case.mention_at(told)
                return bool(BESIDE.fullmatch(sentence.source, other.evidence.end, told.evidence.start))
    return False
