"""What grave illness and hospital care add to the table of decision making: threats, escalation, drugs by vein."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from claimwright.coding.case import Case
from claimwright.coding.em_table import Element
from claimwright.coding.gates import Told
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, rows

THREAT, SYSTEMIC, INJURY, WORSE = "threat", "systemic", "injury", "worse"
# in hospital and emergency notes a course of treatment may stand under any heading but these
ELSEWHERE = frozenset({"pmh", "psh", "fh", "sh", "meds", "allergies", "ros", "immunization", "cc", "vitals", "provider"})
BEFORE_TODAY = frozenset({"hpi"})

UNSTABLE = cue("acute.unstable")
NOT_SO = cue("acute.not_so")
PASSIVE = cue("acute.passive")
RECOVERING = cue("acute.recovering")
NOT_RECOVERING = cue("acute.not_recovering")
MINOR_SYMPTOMS = ("R05", "R07.0", "R09.8", "R11", "R19.7", "R20", "R21", "R33", "R53", "R63", "R68")
OBSTRUCTING = ("N13.1", "N13.2", "N20", "N23")  # stones

TESTED = cue("acute.tested")
TO_BE_TESTED = cue("acute.to_be_tested")
TALKED = cue("acute.talked")
VIEWED = cue("acute.viewed")
CANNOT_TELL = cue("acute.cannot_tell")

GIVEN = cue("acute.given")
AT_HOME = cue("acute.at_home")
CONTROLLED = cue("acute.controlled")
PARENTERAL = cue("acute.parenteral")
WARD_DRUGS = cue("acute.ward_drugs")
LIFE_SUPPORT = cue("acute.life_support")
ESCALATED = cue("acute.escalated")
HOSPITALIZED = cue("acute.hospitalized")
SENT = cue("acute.sent")
EMERGENCY_SURGERY = cue("acute.emergency_surgery")
DECIDED_DNR = cue("acute.decided_dnr")
MONITORED_DRUG = cue("acute.monitored_drug")


@lru_cache(maxsize=1)
def _acuities() -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[str]] = {}
    for kind, prefixes in rows("acuity"):
        found.setdefault(kind, []).extend(prefixes.split())
    return tuple((kind, tuple(prefixes)) for kind, prefixes in found.items())


HARMED_HIMSELF = re.compile(r"T(?:3[6-9]|4\d|50|5[1-9]|6[0-5])\..{2}2")  # poisoned with intent (sixth character 2)


@lru_cache(maxsize=5_000)
def acuity(code: str) -> str:
    """THREAT, SYSTEMIC, INJURY or WORSE by the code alone, else empty."""
    if HARMED_HIMSELF.match(code):
        return THREAT
    if code.startswith("S53.03"):
        return ""  # a pulled elbow slips back with a turn of the hand
    return next((kind for kind, prefixes in _acuities() if code.startswith(prefixes)), "")


def threatens(code: str, near: Told) -> bool:
    """Whether a problem endangers life or function: by its code unless it is getting over it, or by its words."""
    unstable = UNSTABLE.finditer(near.text) if near.says(UNSTABLE) else ()
    if any(not NOT_SO.search(near.text[: found.start()]) for found in unstable):
        return True
    if acuity(code) != THREAT:
        return False
    text = near.text
    if code.startswith("R45.85") and PASSIVE.search(text):
        return False
    return LIFE_SUPPORT.search(text) is not None or not recovering(text)


def recovering(text: str) -> bool:
    """Whether a problem is said to be getting better."""
    return bool(RECOVERING.search(text)) and not NOT_RECOVERING.search(text)


def unexplained_symptom(code: str, tests: int) -> bool:
    """A symptom or stone that took two tests in hospital: the problem addressed is what it may have been."""
    return tests >= 2 and (code.startswith(OBSTRUCTING) or (code[0] == "R" and not code.startswith(MINOR_SYMPTOMS)))


def cared_for(case: Case) -> Iterator[tuple[int, Sentence, str]]:
    """The sentences of a hospital or emergency note that may tell of today's care, with their words."""
    for number, sentence in enumerate(case.reading.note.sentences):
        if sentence.section not in ELSEWHERE:
            yield number, sentence, case.text(sentence)


def acute_risk(case: Case, element: Element, *, emergency: bool) -> None:
    """Raise the risk by care that hospital and emergency notes tell of; to admit is the emergency physician's decision."""
    for _, sentence, text in cared_for(case):
        before = sentence.section in BEFORE_TODAY
        for words, level, why in ACUTE_RISKS:
            if words is HOSPITALIZED and (before or not emergency):
                continue
            for found in words.finditer(text):
                if not NOT_SO.search(text[: found.start()]) and not (before and AT_HOME.search(text)):
                    element.raise_to(level, why, _words(case, sentence, found), "risk")
                    break


def _words(case: Case, sentence: Sentence, found: re.Match[str]) -> Evidence:
    return case.reading.note.evidence(sentence.document, sentence.start + found.start(), sentence.start + found.end())


ACUTE_RISKS = (
    (CONTROLLED, 4, "controlled substance given parenterally"),
    (LIFE_SUPPORT, 4, "support of life or a drug that needs intensive monitoring"),
    (ESCALATED, 4, "escalation of hospital care"),
    (HOSPITALIZED, 4, "decision about hospital care"),
    (EMERGENCY_SURGERY, 4, "decision for emergency surgery"),
    (DECIDED_DNR, 4, "decision not to resuscitate or to de-escalate care"),
    (PARENTERAL, 3, "prescription drug management"),
    (WARD_DRUGS, 3, "prescription drug management"),
)
