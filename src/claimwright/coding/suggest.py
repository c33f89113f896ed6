"""From the documents of a visit to suggested codes, each with its words, its reason and its rule."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from claimwright.coding.admission import as_if_established, of_the_stay
from claimwright.coding.bygone import bygone
from claimwright.coding.candidates import THRESHOLD, Candidate, codes_of, gather
from claimwright.coding.case import Case
from claimwright.coding.causes import external_cause
from claimwright.coding.combine import combine
from claimwright.coding.describe import billable, description
from claimwright.coding.done import done
from claimwright.coding.heredity import family_history
from claimwright.coding.indicators import result_questions, results_of, with_results
from claimwright.coding.kin import nearest, unexplained
from claimwright.coding.link import assemble
from claimwright.coding.mentions import Reading, find
from claimwright.coding.model import Coding, Document, Evidence, QuerySuggestion, ReadFinding, Suggestion, Visit
from claimwright.coding.note import read
from claimwright.coding.order import birth, ordered
from claimwright.coding.poa import with_indicator
from claimwright.coding.postop import aftercare_reason
from claimwright.coding.probability import SURE, probability
from claimwright.coding.prompted import Pointed, take_up
from claimwright.coding.queries import questions
from claimwright.coding.radiology import proved, read_reports
from claimwright.coding.reasons import (
    antineoplastic,
    contraception,
    depression_screen,
    device_checks,
    follow_up,
    newborn,
    pain_management,
    pregnancy,
    prophylaxis,
    suspicions,
    uncertain_codes,
    vaccination,
)
from claimwright.coding.sequence import settle
from claimwright.coding.titles import read_titles
from claimwright.coding.undone import undone
from claimwright.coding.visits import kind_of, settle_preventive
from claimwright.coding.withdrawn import take_back

if TYPE_CHECKING:
    from claimwright.coding.pcs.validity import Valid

One = TypeVar("One")
DOUBTFUL = 0.80  # where words said of it are another code's of its family
SHOWN = 0.30  # below this a candidate is only among what was read
MOST_BELOW = 12
GENERAL = "ICD-10-CM OCG IV.G, IV.J (code what was assessed in this visit)"
YEARS = re.compile(r"\b(\d{1,3})[- ]?(?:year|yr|y)s?[- ]?(?:old|/?o)\b|\b(\d{1,3}) ?yo\b", re.I)
TOGETHER, CHARACTERS = 32, 200_000  # encounters that go the way side by side, and how much text they may hold
Encounter = tuple[Sequence[Document], Visit]
Steps = Generator[None, None, Coding]
NUMBERED = re.compile(r"\d\d*[- ]?[dmwy]", re.I)  # where either may begin
MONTHS = re.compile(r"\b(\d{1,2})[- ]?(?:month|mo|week|wk|day)s?[- ]?old\b", re.I)


def suggest(
    documents: Sequence[Document], visit: Visit, pointed: Pointed | None = None, *, valid_procedure: Valid | None = None
) -> Coding:
    """Read an encounter's documents and suggest its codes in claim order, with everything else that was read.

    `pointed`: what a second reader chose among an earlier answer's candidates, or quoted; the rules decide over it as over all.
    `valid_procedure`: which ICD-10-PCS codes there are, where imported tables should decide rather than the package.
    """
    (coding,) = _together([_steps(documents, visit, pointed, valid_procedure)])
    return coding


def suggest_each(encounters: Iterable[Encounter]) -> Iterator[Coding]:
    """The same for many encounters, some side by side: what a step needs of tables stays at hand for all, which is quicker."""
    ahead = iter(encounters)
    while some := _next_of(ahead):
        yield from _together([_steps(documents, visit) for documents, visit in some])


def _next_of(ahead: Iterator[Encounter]) -> list[Encounter]:
    """As many encounters as may be held at once: some of usual length, fewer long ones."""
    some: list[Encounter] = []
    characters = 0
    for one in ahead:
        some.append(one)
        characters += sum(len(document.text) for document in one[0])
        if len(some) >= TOGETHER or characters >= CHARACTERS:
            break
    return some


def _together(encounters: list[Steps]) -> list[Coding]:
    """Each step of all encounters before the next step of any."""
    codings: list[Coding] = []
    while not codings:
        for one in encounters:
            try:
                next(one)
            except StopIteration as end:
                codings.append(end.value)
    return codings


def _steps(
    documents: Sequence[Document], visit: Visit, pointed: Pointed | None = None, valid_procedure: Valid | None = None
) -> Steps:
    """The way from documents to codes; at each `yield` other encounters catch up."""
    note = read(documents)
    yield
    reading = find(note, visit.on.year)
    yield
    read_titles(reading)
    take_back(reading)
    bygone(reading, visit)
    yield
    undone(reading)
    read_reports(reading)
    proved(reading)
    if visit.setting == "inpatient":
        as_if_established(reading)
    case = Case(reading=reading, visit=visit, candidates=gather(reading, visit), age=age_of(documents, visit))
    if visit.setting == "inpatient":
        of_the_stay(case)
    if pointed is not None:
        take_up(case, pointed)
    yield
    acts = done(case)
    yield
    kind = kind_of(case)
    vaccination(case, acts)
    pregnancy(case, acts)
    antineoplastic(case, acts)
    contraception(case, acts)
    prophylaxis(case, acts)
    depression_screen(case, acts)
    pain_management(case, acts)
    device_checks(case, acts)
    yield
    combine(case)
    newborn(case)
    birth(case)
    follow_up(case)
    aftercare_reason(case)
    suspicions(case)
    family_history(case)
    yield
    settle_preventive(case, kind)
    external_cause(case)
    procedures_done, unclear = _procedures(case, valid_procedure) if visit.setting == "inpatient" else ([], [])
    nearest(case)
    coded = ordered(case, settle(case), (act.code for act in acts), (one.code for one in procedures_done if one.suggested))
    yield
    services = assemble(case, kind, acts, coded)
    yield
    results = results_of(case)
    diagnoses = [
        with_results(
            case,
            candidate,
            with_indicator(case, candidate, _suggestion(case, candidate)),
            results,
        )
        for candidate in coded
    ]
    return Coding(
        diagnoses=(*diagnoses, *_below(case, coded, visit)),
        services=tuple(services),
        read=tuple(_read(reading, visit, {candidate.code for candidate in coded})),
        queries=(*questions(case, coded), *result_questions(case, coded, results), *unclear),
        procedures=tuple(procedures_done),
    )


def _procedures(case: Case, valid: Valid | None) -> tuple[list[Suggestion], list[QuerySuggestion]]:
    from claimwright.coding.pcs.suggestions import procedure_codes  # many modules, which only an admission needs

    return procedure_codes(case, valid)


def age_of(documents: Sequence[Document], visit: Visit) -> int | None:
    """The age of the visit, else as the note tells it."""
    if visit.age is not None:
        return visit.age
    for document in documents:
        for start in NUMBERED.finditer(document.text):
            if found := YEARS.match(document.text, start.start()):
                return int(found.group(1) or found.group(2))
        for start in NUMBERED.finditer(document.text) if "old" in document.text.lower() else ():
            if found := MONTHS.match(document.text, start.start()):
                return 0 if int(found.group(1)) < 12 else 1
    return None


def _suggestion(case: Case, candidate: Candidate, not_coded: str = "") -> Suggestion:
    """A code as it is shown, where it is `not_coded` with the reason why."""
    suggested = not not_coded
    chance = probability(candidate, suggested)
    if suggested and chance >= SURE and unexplained(case, candidate):
        chance = min(chance, DOUBTFUL)
    return Suggestion(
        system="ICD-10-CM",
        code=candidate.code,
        description=description(candidate.code, case.visit.on),
        score=round(chance, 3),
        evidence=_each_once(candidate.evidence),
        reason=not_coded or candidate.reason,
        rules=_each_once(candidate.rules or [GENERAL]),
        suggested=suggested,
        auto=suggested and chance >= SURE,
    )


def _each_once(found: list[One]) -> tuple[One, ...]:
    return tuple(found if len(found) == 1 else dict.fromkeys(found))


def _below(case: Case, coded: list[Candidate], visit: Visit) -> list[Suggestion]:
    """What was dropped or stands below the threshold, with the reason, for the coder to see."""
    held = {candidate.code for candidate in coded}
    found: list[Suggestion] = []
    others = [c for c in case.candidates if c.code not in held and c.evidence and c.score >= (THRESHOLD if c.dropped else SHOWN)]
    for candidate in sorted(others, key=lambda c: -c.score):
        if len(found) == MOST_BELOW:
            return found
        if candidate.code not in held and billable(candidate.code, visit.on):
            held.add(candidate.code)
            told = candidate.reason if candidate.code[0] in "VWXY" else f"{candidate.reason}, not assessed"
            found.append(_suggestion(case, candidate, f"not suggested: {candidate.dropped or told}"))
    for code, term in uncertain_codes(case).items():
        words = next((m.evidence for m in case.reading.mentions if m.term == term and m.assertion == "uncertain"), None)
        if code not in held and words is not None and billable(code, visit.on):
            held.add(code)
            found.append(_suspected(code, term, words, visit))
    return found[:MOST_BELOW]


def _suspected(code: str, term: str, words: Evidence, visit: Visit) -> Suggestion:
    return Suggestion(
        system="ICD-10-CM",
        code=code,
        description=description(code, visit.on),
        score=0.2,
        evidence=(words,),
        reason=f"not suggested: “{term}” is only suspected; the symptom is coded instead",
        rules=("ICD-10-CM OCG IV.H",),
        suggested=False,
    )


def _read(reading: Reading, visit: Visit, coded: set[str]) -> list[ReadFinding]:
    """Everything seen that is not coded, with its assertion."""
    found = []
    for mention in reading.mentions:
        codes = codes_of(mention, reading, visit)
        code = codes[0] if codes else ""
        if mention.assertion == "affirmed" and not coded.isdisjoint(codes):
            continue
        found.append(ReadFinding(evidence=mention.evidence, term=mention.term, assertion=mention.assertion, code=code))
    return found
