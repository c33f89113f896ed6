"""Nerve conduction and needle studies of muscles, counted as CPT counts them."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, NUMBER, Act, services
from claimwright.coding.case import Case

STUDIES = re.compile(r"\bnerve conduction\b|\bNCV?S\b|\bNCVs?\b", re.I)
NEEDLE = re.compile(r"\bneedle (?:EMG|exam\w*|electromyograph\w*|study)|\bEMG\b", re.I)
FINDINGS = re.compile(r"\b(?:fibs?|PSWs?|fibrillations?|MUAPs?|MUPs?|insertional|recruitment|denervation)\b", re.I)
NERVES = (
    r"median|ulnar|radial|superficial (?:peroneal|fibular|radial)|peroneal|fibular|tibial|sural|plantar|musculocutaneous"
    r"|axillary|femoral|saphenous|MABC|LABC|dorsal ulnar cutaneous|DUC"
)
# "R median-APB: DML 5.6", "Left ulnar motor 3.1/8.2/55"
STUDY = re.compile(
    rf"\b(R|L|right|left|b/?l|bilat\w*)\.? (?P<nerve>{NERVES})\b(?P<rest>[^\n;,]{{0,40}}?)(?=[^\n]{{0,30}}\d)", re.I
)
KIND = re.compile(r"^\W*(motor|sensory|mixed|f[- ]waves?|h[- ]reflex\w*)\b", re.I | re.M)
TOLD = re.compile(
    r"\b(\d{1,2}|\w+) (?:nerve conduction|NCS|conduction) studies\b"
    r"|\b(?:number of )?(?:nerves|studies)(?: studied| tested)?: ?(\d{1,2})\b",
    re.I,
)
MUSCLES = re.compile(r"\b(\d{1,2}|\w+) muscles\b", re.I)
LIMB = re.compile(r"\b(R|L|right|left|b/?l|bilat\w*|both)\.? (?:upper|lower|UE|LE|arm|leg)", re.I)
COUNTS = ((2, "95907"), (4, "95908"), (6, "95909"), (8, "95910"), (10, "95911"), (12, "95912"))
RULE = (
    "CPT 95907-95913: each motor, sensory, mixed or H-reflex study once a nerve; 95885, 95886 needle study of a limb beside them"
)


def electrodiagnosis(case: Case) -> list[Act]:
    """The studies of nerves by their number, the needle study of each limb by its muscles: five or more are complete."""
    note = case.reading.note
    for number, document in enumerate(note.documents):
        text = document.text
        begun = STUDIES.search(text)
        if begun is None or (len(STUDY.findall(text)) < 2 and TOLD.search(text) is None):
            continue
        count = _count(text)
        if not count:
            continue
        prefixes = services()["95910"].prefixes
        code = next((code for most, code in COUNTS if count <= most), "95913")
        words = [note.evidence(number, begun.start(), begun.end())]
        acts = [Act(code, words, f"{count} nerve conduction studies", prefixes, rules=[DONE, RULE], kind="study", score=0.8)]
        needle = next((one for one in NEEDLE.finditer(text) if FINDINGS.search(text, one.end(), one.end() + 700)), None)
        if needle is not None:
            told = text[needle.start() : needle.start() + 700]
            limbs = {_side(one.group(1)) for one in LIMB.finditer(told[:250])}
            both = "both" in limbs or len(limbs) > 1
            muscles = MUSCLES.search(told)
            few = muscles is not None and 0 < _number(muscles.group(1)) < 5
            code, why = ("95885", "needle study, limited") if few else ("95886", "needle study of a limb, five or more muscles")
            words = [note.evidence(number, needle.start(), needle.end())]
            acts.append(Act(code, words, why, prefixes, units=1 + both, rules=[DONE, RULE], kind="study", score=0.8))
        return acts
    return []


def _count(text: str) -> int:
    """The number that the report tells, else the studies it lists: each nerve of a side once for each kind."""
    if (told := TOLD.search(text)) and (stated := _number(told.group(1) or told.group(2))):
        return stated
    seen = set[tuple[str, str, str]]()
    kind = ""
    for line in text.splitlines():
        if heading := KIND.match(line):
            kind = heading.group(1).lower()[:1]
        if kind == "f":  # part of the motor study
            continue
        for found in STUDY.finditer(line):
            rest = found["rest"].lower()
            own = "m" if "motor" in rest else "s" if "sens" in rest else kind
            sides = ("r", "l") if _side(found.group(1)) == "both" else (_side(found.group(1)),)
            seen.update((own, side, found["nerve"].lower()) for side in sides)
    return len(seen)


def _side(word: str) -> str:
    return word[0].lower() if word[0].lower() in "rl" else "both"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBER.get(word.lower(), 0)
