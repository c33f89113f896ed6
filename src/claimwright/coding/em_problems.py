"""The problems column: how many and how grave, from what the note says of each."""

from __future__ import annotations

import re

from claimwright.coding.candidates import Candidate, chronic
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom
from claimwright.coding.em_acute import INJURY, NOT_SO, SENT, THREAT, WORSE, acuity, recovering, threatens, unexplained_symptom
from claimwright.coding.em_acute import SYSTEMIC as SYSTEMIC_CODE
from claimwright.coding.em_data import ordered, test_kind
from claimwright.coding.em_table import Element
from claimwright.coding.gates import Told
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue
from claimwright.coding.visits import assessed, is_jot, problem_sentences, problems_of

WORSENING, SEVERE = cue("em.worsening"), cue("em.severe")
UNCERTAIN_OUTCOME, SYSTEMIC = cue("em.uncertain_outcome"), cue("em.systemic")
LATER, RAISED, NOT_RAISED = cue("em.later"), cue("em.raised"), cue("em.not_raised")
UNSAID, FEARED, LASTING = cue("em.unsaid"), cue("em.feared"), cue("em.lasting")
STABLE, NOT_LASTING, OTHER_YEARS = cue("em.stable"), cue("em.not_lasting"), cue("em.other_years")
SURGERY, NOT_SURGERY = cue("em.surgery"), cue("em.not_surgery")
FEARED_THREAT, HOSPITAL = cue("em.feared_threat"), cue("em.hospital")
ACTIVE_CANCER, EVALUATED = cue("em.active_cancer"), cue("em.evaluated")
DENIED = re.compile(r"\b(?:no|ruled out|not|excluded|without|denies)\b", re.I)
SEVERE_EXACERBATION = re.compile(r"\bsevere (?:acute )?exacerbation\b", re.I)
DISEASE_FREE = re.compile(r"\bno evidence of (?:\w+ ){0,2}(?:disease|recurren\w+|cancer)|\bin remission\b|\bsurveillance\b", re.I)
FAILING = ("I50.21", "I50.23", "I50.31", "I50.33", "I50.41", "I50.43")
DIURESED = re.compile(
    r"\b(?:IV|intravenous)\b[^.;]{0,20}\b(?:furosemide|lasix|bumetanide|bumex|diure\w+|torsemide)"
    r"|\b(?:furosemide|lasix|bumetanide|bumex)\b[^.;]{0,15}\b(?:IV|drip|gtt|infusion)\b",
    re.I,
)
# of the drug that the problem's earlier words name
DOSE_RAISED = re.compile(
    r"(?:^|[;,:] ?)(?:will )?(?:increas(?:e|ed|ing)|rais(?:e|ed|ing)|titrate up|go up|up) (?:dose )?to \d[\d.,]*"
    r" ?(?:mg|mcg|units?|u|g|ml)\b",
    re.I,
)
REFILL = re.compile(r"\b(?:refill\w*|renew\w*|continu\w*)\b", re.I)
# by code, where the words of the problem do not say: CPT examples of each kind
CONCERNING = (
    "R07.9",
    "R07.89",
    "R55",
    "R63.4",
    "R04.2",
    "K92",
    "R56",
    "N63",
    "R59",
    "R00.2",
    "R22.1",
    "R31",
    "D49",
    "D48",
    "O20",
    "R19.5",
    "R91",
    "R92",
    "R97",
)
# conditions without a diagnosis behind them yet: uncertain once a test or a specialist is asked
UNEXPLAINED = ("R", "D64.9", "D72.8", "D75.8", "N20", "N13", "N50.8", "N28", "N83", "E04.1", "L98.9", "M89.9", "G95.9", "H53")
LASTING_CODES = (
    "M20",
    "M21",
    "G56",
    "G57",
    "M48",
    "M50",
    "M51",
    "M43",
    "L90",
    "L68",
    "N80",
    "N95",
    "F53",
    "Z86.71",
    "H40",
    "M22",
    "M76",
    "M77",
    "K40",
    "K41",
    "K42",
    "K43",
    "K44",
    "N81",
    "H25",
    "H26",
    "M67.A",
    "M72",
)
MINOR = ("Z48.02", "L91.8", "W57", "S60.86", "L84", "L22", "B07", "J00")
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


def problems(case: Case, treated: set[str], tests: int = 0) -> Element:
    """Level and facts of the number and complexity of problems (CPT table, first column); `tests`: of today, in hospital."""
    element = Element()
    counted: dict[str, int] = {}
    found = [c for c in problems_of(case) if c.code not in treated and not _same_disease(case, c)]
    for candidate in found:
        kind = kind_of_problem(case, candidate, alone=len(found) == 1, tests=tests)
        counted[kind] = counted.get(kind, 0) + 1
        words = candidate.evidence[0] if candidate.evidence else None
        element.raise_to(LEVELS[kind][counted[kind] > 1], f"{kind} ({candidate.code})", words, "problem")
    if not found and (words := suspected_threat(case)):
        element.raise_to(4, "suspected illness that threatens life or function", words, "problem")
    return element


def kind_of_problem(case: Case, candidate: Candidate, *, alone: bool = False, tests: int = 0) -> str:
    """The CPT kind of a problem, from its own words first; the history belongs to it where it is the only one."""
    near, story = case.told(problem_sentences(case, candidate)), case.told(_history(case, candidate, alone))
    code = candidate.code
    if (near.says(SEVERE) and not near.says(DENIED)) or threatens(code, near):
        return "illness that threatens life or function"
    if code[0] == "C" and not code.startswith("C44") and near.says(ACTIVE_CANCER) and not near.says(DISEASE_FREE):
        return "illness that threatens life or function"
    symptom = is_symptom(code)
    if symptom and fears_threat(near) and sent_away(case):
        return "illness that threatens life or function"
    lasting = ((chronic(code) or code.startswith(LASTING_CODES)) and not symptom) or _long_standing(code, near, story)
    if lasting and (
        _says(near, SEVERE_EXACERBATION)
        or (code.startswith(FAILING) and DIURESED.search(near.text) and tests >= 2 and not recovering(near.text))
    ):
        return "chronic illness with severe exacerbation"
    if lasting:
        if case.visit.setting == "emergency" and _brings(case, candidate) and not near.says(STABLE):
            return "chronic illness not at goal or worse"  # no one comes there for what is as it was
        raised = acuity(code) == WORSE or _says(near, WORSENING) or _treatment_raised(case, candidate, alone=alone)
        if not raised and not near.says(STABLE):  # the problem's own words decide before the history's
            raised = _says(story, WORSENING) or (alone and _worked_up(case, candidate, alone=True) == "advanced")
        raised = raised or (alone and _operation_decided(case))
        return "chronic illness not at goal or worse" if raised else "stable chronic illness"
    uncertain = code.startswith(CONCERNING) or unexplained_symptom(code, tests) or near.says(UNCERTAIN_OUTCOME)
    if uncertain or _unexplained(case, candidate, alone):
        return "undiagnosed new problem with uncertain prognosis"
    if acuity(code) in (SYSTEMIC_CODE, THREAT) or _says(near, SYSTEMIC) or (code.startswith(SPREADING) and _febrile(case)):
        return "acute illness with systemic symptoms"
    if acuity(code) == INJURY and code[-1] != "S":  # a sequela is an injury no more
        return "acute complicated injury"
    return "minor problem" if code.startswith(MINOR) else "acute uncomplicated illness or injury"


def fears_threat(near: Told) -> bool:
    """Whether a deadly illness is suspected: the problem addressed is what it may be (CPT: a threat in the near term)."""
    if not near.says(FEARED_THREAT):
        return False
    return any(not NOT_SO.search(near.text[: found.start()]) for found in FEARED_THREAT.finditer(near.text))


def suspected_threat(case: Case) -> Evidence | None:
    """The words of a suspected deadly illness, which is not coded until it is sure, for which the patient is sent away."""
    for _, sentence, found, words in case.search(FEARED_THREAT, *assessed(case)):
        if not NOT_SO.search(case.text(sentence)[: found.start()]) and sent_away(case):
            return words
    return None


def sent_away(case: Case) -> bool:
    """Whether an office sends the patient to the hospital at once."""
    if case.visit.setting in ("emergency", "inpatient"):
        return False
    return any(
        not NOT_SO.search(case.text(sentence)[: found.start()])
        for pattern in (SENT, HOSPITAL)
        for _, sentence, found, _ in case.search(pattern, *assessed(case, "followup"))
    )


# infections that are more than local once there is a fever
SPREADING = ("L02", "L03", "A46", "N30.0", "N39.0", "K61", "K04.7", "N61", "K57", "N41", "S61.4", "T81.4")
TEMPERATURE = re.compile(
    r"\b(?:T(?:emp(?:erature)?|max|m)?\W{0,3}(?:of |to |today )?|fevers? (?:of |to |up to )?)(3[89](?:\.\d)?|10[0-5](?:\.\d)?)\b",
    re.I,
)
NOT_NOW = re.compile(r"\b(?:return|rtc|call|if|when|until|no|not|denies|for)\b[^.;]*$|[>≥]\s*$", re.I)
FEBRILE = re.compile(r"\b(?:febrile|rigors|shaking chills)\b", re.I)


def _febrile(case: Case) -> bool:
    """Whether a fever is measured or told of now."""
    for _, sentence, found, _ in case.search(TEMPERATURE, "hpi", "cc", "vitals", "exam", "results", "other", "assessment"):
        degrees, before = float(found[1]), case.text(sentence)[: found.start()]
        if (degrees >= 100.4 or 38.0 <= degrees < 43) and not NOT_NOW.search(before):
            return True
    return any(
        not DENIED.search(case.text(s)[: found.start()]) for _, s, found, _ in case.search(FEBRILE, "hpi", "exam", "other")
    )


def _brings(case: Case, candidate: Candidate) -> bool:
    """Whether a problem is the first of the visit."""
    return candidate.order == min((c.order for c in problems_of(case)), default=0.0)


def _operation_decided(case: Case) -> bool:
    """Whether the only problem is to be operated on: so far its treatment has not sufficed."""
    return any(
        SCHEDULED.search(case.text(sentence)) and not NOT_SURGERY.search(case.text(sentence)[: found.start()])
        for _, sentence, found, _ in case.search(SURGERY, "assessment", "plan")
    )


SCHEDULED = re.compile(
    r"\b(?:schedul\w+|booked|planned for|decision(?: (?:was )?made)? (?:for|to)|decid\w+ (?:on|to)|consent\w*|proceed\w*|elect\w*"
    r"|opt\w* for|wants? to)\b",
    re.I,
)
CLAUSE = re.compile(r"[.;]")


def _says(told: Told, words: re.Pattern[str]) -> bool:
    """Whether a wording stands in a clause that neither denies nor only fears it."""
    if not told.says(words):
        return False
    text = UNSAID.sub(" ", told.text) if told.says(UNSAID) else told.text
    return any(words.search(clause) and not FEARED.search(clause) for clause in CLAUSE.split(text))


def _history(case: Case, candidate: Candidate, alone: bool) -> list[int]:
    """The sentences of the history that name the problem; all of it where the problem is the only one."""
    if alone:
        return case.reading.note.within("cc", "hpi")
    return sorted({m.sentence for m in candidate.mentions if case.mention_at(m).section in ("hpi", "cc")})


def _long_standing(code: str, near: Told, story: Told) -> bool:
    """Called chronic, or had for a year and more: a chronic illness whatever its code (CPT: expected for at least a year)."""
    if code[0] in "ST" or not (near.says(LASTING) or story.says(LASTING)) or near.says(NOT_LASTING):
        return False
    return near.says(LASTING) or any(LASTING.search(part) and not OTHER_YEARS.search(part) for part in CLAUSE.split(story.text))


def _unexplained(case: Case, candidate: Candidate, alone: bool) -> bool:
    """A finding without its cause, or an illness whose extent is not known, for which more is asked today."""
    if candidate.code.startswith(UNEXPLAINED):
        return bool(_worked_up(case, candidate, alone=alone))
    return candidate.code[0] not in "STJ" and _worked_up(case, candidate, alone=alone) == "advanced"


def _worked_up(case: Case, candidate: Candidate, *, alone: bool) -> str:
    """What is asked for a problem today: advanced (a test that needs preparation or a specialist), simple, or nothing."""
    items = {case.mention_at(m).item for m in candidate.mentions}
    found = ""
    tested = case.reading.hits["test"]
    for at, sentence in case.sentences("assessment", "plan", "orders"):
        if not alone and sentence.item not in items:
            continue
        for test in ordered(case, at, sentence) if at in tested else ():
            if test_kind(test) == "advanced":
                return "advanced"
            found = "simple"
        if not found and case.has(EVALUATED, at):
            found = "simple"
    return found


def _treatment_raised(case: Case, candidate: Candidate, *, alone: bool) -> bool:
    """A drug started or raised for it today: by the guidelines' words, not at its treatment goal."""
    drugs = case.reading.hits["drug"]
    told = [one for one in case.holding(RAISED, *assessed(case)) if one[0] in drugs or case.has(DOSE_RAISED, one[0])]
    items = {case.mention_at(m).item for m in candidate.mentions if case.mention_at(m).item >= 0} if told else ()
    own = problem_sentences(case, candidate) if told and is_jot(case) else ()
    for at, sentence in told:
        if (sentence.item not in items and at not in own and not alone) or not case.has(RAISED, at):
            continue
        text = case.text(sentence)
        if case.has(DOSE_RAISED, at) and any(not LATER.search(text[found.end() :]) for found in DOSE_RAISED.finditer(text)):
            return True
        for found in RAISED.finditer(text):
            before, after = text[max(0, found.start() - 30) : found.start()], text[found.end() : found.end() + 60]
            if NOT_RAISED.search(before) or LATER.search(after) or (found.group()[0] in "pP" and REFILL.search(text)):
                continue
            spot = sentence.start + found.end()
            if any(0 <= sentence.places[hit.first][0] - spot <= 60 for hit in drugs.get(at, ())):
                return True
    return False


SAID_TWICE = frozenset(("E10", "E11", "I11", "I12", "I13", "I50", "B95", "B96"))  # of which one may be another's second code


def _same_disease(case: Case, candidate: Candidate) -> bool:
    """The second code of one disease (stage, manifestation) is not a second problem: but CKD and heart failure are."""
    if candidate.code[:3] not in SAID_TWICE:
        return False
    if candidate.code.startswith(("E11", "E10")):
        family = [c for c in problems_of(case) if c.code[:3] == candidate.code[:3]]
        return family[0] is not candidate
    if candidate.code.startswith("I12") and case.main("N18"):
        return False
    if candidate.code.startswith(("I11", "I13")) and case.main("I50"):
        return False
    if candidate.code.startswith(FAILING):
        return False  # what is acute about it weighs more than what it is combined with
    return candidate.code.startswith(("B95", "B96")) or (candidate.code.startswith("I50") and bool(case.main("I11", "I13")))
