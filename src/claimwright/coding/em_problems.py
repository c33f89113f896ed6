"""The problems column: how many and how grave, from what the note says of each."""

from __future__ import annotations

import re

from claimwright.coding.candidates import Candidate, chronic, is_symptom
from claimwright.coding.case import Case
from claimwright.coding.em_table import Element
from claimwright.coding.tables import cue
from claimwright.coding.visits import problem_text, problems_of

WORSENING, SEVERE = cue("em.worsening"), cue("em.severe")
UNCERTAIN_OUTCOME, SYSTEMIC = cue("em.uncertain_outcome"), cue("em.systemic")
LATER, RAISED, NOT_RAISED = cue("em.later"), cue("em.raised"), cue("em.not_raised")
UNSAID, FEARED = cue("em.unsaid"), cue("em.feared")
DENIED = re.compile(r"\b(?:no|ruled out|not|excluded|without|denies)\b", re.I)
SEVERE_EXACERBATION = re.compile(r"\bsevere (?:acute )?exacerbation\b", re.I)
# by code, where the words of the problem do not say: CPT examples of each kind
SYSTEMIC_CODES = ("J10", "J11", "J12", "J18", "N10", "U07.1", "A41", "J15", "J69")
COMPLICATED = ("S06.0", "S52", "S62", "S82", "S92", "S42", "S72")
CONCERNING = ("R07.9", "R07.89", "R55", "R63.4", "R04.2", "K92", "R56", "N63", "R59", "R00.2", "R22.1", "R31")
MINOR = ("L91.8", "W57", "S60.86", "L84", "L22", "B07", "J00")
# kind -> element level, and what it becomes when there are two or more (CPT table, first column)
LEVELS = {
    "minor problem": (1, 2),
    "acute uncomplicated illness or injury": (2, 2),
    "stable chronic illness": (2, 3),
    "chronic illness not at goal or worse": (3, 3),
    "undiagnosed new problem with uncertain prognosis": (3, 3),
    "acute illness with systemic symptoms": (3, 3),
    "acute complicated injury": (3, 3),
    "chronic illness with severe exacerbation": (4, 4),
    "illness that threatens life or function": (4, 4),
}


def problems(case: Case, treated: set[str]) -> Element:
    """Level and facts of the number and complexity of problems (CPT table, first column)."""
    element = Element()
    counted: dict[str, int] = {}
    for candidate in problems_of(case):
        if candidate.code in treated or _same_disease(case, candidate):
            continue
        kind = kind_of_problem(case, candidate)
        counted[kind] = counted.get(kind, 0) + 1
        words = candidate.evidence[0] if candidate.evidence else None
        element.raise_to(LEVELS[kind][counted[kind] > 1], f"{kind} ({candidate.code})", words, "problem")
    return element


def kind_of_problem(case: Case, candidate: Candidate) -> str:
    """The CPT kind of a problem, from its own words first."""
    near = problem_text(case, candidate)
    clauses = re.split(r"[.;]", UNSAID.sub(" ", near))
    told = ". ".join(clause for clause in clauses if not FEARED.search(clause))  # without what is denied or only feared
    lasting = chronic(candidate.code) and not is_symptom(candidate.code)
    if SEVERE.search(near) and not DENIED.search(near):
        return "illness that threatens life or function"
    if lasting and SEVERE_EXACERBATION.search(told):
        return "chronic illness with severe exacerbation"
    if lasting:
        raised = WORSENING.search(told) or _treatment_raised(case, candidate)
        return "chronic illness not at goal or worse" if raised else "stable chronic illness"
    if UNCERTAIN_OUTCOME.search(near) or candidate.code.startswith(CONCERNING):
        return "undiagnosed new problem with uncertain prognosis"
    if candidate.code.startswith(SYSTEMIC_CODES) or SYSTEMIC.search(told):
        return "acute illness with systemic symptoms"
    if candidate.code.startswith(COMPLICATED):
        return "acute complicated injury"
    return "minor problem" if candidate.code.startswith(MINOR) else "acute uncomplicated illness or injury"


def _treatment_raised(case: Case, candidate: Candidate) -> bool:
    """A drug started or raised for it today: by the guidelines' words, not at its treatment goal."""
    items = {case.mention_at(m).item for m in candidate.mentions if case.mention_at(m).item >= 0}
    for at, sentence in case.sentences("assessment", "plan"):
        if sentence.item not in items:
            continue
        text = case.text(sentence)
        for found in RAISED.finditer(text):
            before, after = text[max(0, found.start() - 30) : found.start()], text[found.end() : found.end() + 60]
            if NOT_RAISED.search(before) or LATER.search(after):
                continue
            spot = sentence.start + found.end()
            if any(h.entry.kind == "drug" and 0 <= sentence.places[h.first][0] - spot <= 60 for h in case.reading.hits[at]):
                return True
    return False


def _same_disease(case: Case, candidate: Candidate) -> bool:
    """The second code of one disease (stage, manifestation) is not a second problem: but CKD and heart failure are."""
    kidney_or_heart = candidate.code.startswith(("I50", "N18"))
    if candidate.code.startswith(("E11", "E10")):
        family = [c for c in problems_of(case) if c.code[:3] == candidate.code[:3]]
        return family[0] is not candidate
    if candidate.code.startswith("I12") and case.main("N18"):
        return False
    if candidate.code.startswith(("I11", "I13")) and case.main("I50"):
        return False
    return bool(kidney_or_heart and candidate.code.startswith("I50") and case.main("I11", "I13")) or candidate.code.startswith(
        ("B95", "B96")
    )
