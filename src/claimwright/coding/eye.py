"""The comprehensive eye examination, where all that it asks is written and the visit was for it."""

from __future__ import annotations

import re

from claimwright.coding.case import Case
from claimwright.coding.model import Evidence

COMPREHENSIVE = "CPT 92004, 92014: history, acuity, fields, motility, lamp and dilated fundus, with treatment or diagnosis begun"
OPENING = 400  # characters in which the note says why the patient came
REASON = re.compile(
    r"\b(?:comprehensive|complete|full|annual|yearly|routine|dilated)\b[^.\n]{0,30}\b(?:exam\w*|check|visit|evaluation|DFE|eye)\b"
    r"|\bdiabetic (?:retinal |retinopathy )?(?:eye )?(?:exam|check|eval\w*|screen\w*)\b|\bfull eye\b|\bannual eye\b",
    re.I,
)
ASKED = (
    re.compile(r"\b(?:VA|V[Aa]|visual acuity|acuity|vision)\b"),
    re.compile(r"\b(?:IOP|tonometry|Tono\w*|Tapp?|GAT|applanation)\b"),
    re.compile(r"\b(?:SLE|slit[- ]?lamp|ant(?:erior)? seg\w*|cornea|conj\w*|biomicroscopy)\b", re.I),
    re.compile(r"\b(?:DFE|dilated|dilation|tropicamide|trop|mydriacyl)\b", re.I),
    re.compile(r"\b(?:CVF|confrontation|EOMI?|motility|fields?|pupils?|PERRL)\b", re.I),
)
UNDILATED = re.compile(r"\b(?:undilated|not dilated|declin\w+ dilation|dilation (?:declined|deferred))\b", re.I)


STAGED = re.compile(
    r"\b(OD|OS|OU|right|left)\b[\s,(:-]*(?:is |at )?(?:\w+[- ])?(mild|mod(?:erate)?|severe|advanced|indeterminate)\b"
    r"|\b(mild|mod(?:erate)?|severe|advanced|indeterminate)(?:[- ]stage)?[\s,(-]*(OD|OS|OU|right eye|left eye)\b",
    re.I,
)
STAGE = {"mil": "1", "mod": "2", "sev": "3", "adv": "3", "ind": "4"}
EYES = {"od": "1", "right": "1", "right eye": "1", "os": "2", "left": "2", "left eye": "2"}
STAGES = "ICD-10-CM OCG I.C.7.a.3 (glaucoma of both eyes in different stages: a code for each eye)"


def eye_stages(case: Case) -> None:
    """Glaucoma whose eyes are told in different stages has a code for each eye."""
    for candidate in case.main("H40.11", "H40.12", "H40.13", "H40.14", "H40.22"):
        told: dict[str, str] = {}
        for _, sentence, found, _ in case.search(STAGED, "assessment", "plan", "other", "hpi", "cc"):
            eye, stage = EYES.get((found[1] or found[4]).lower()), STAGE[(found[2] or found[3]).lower()[:3]]
            if eye is not None and (sentence.section == "assessment" or eye not in told):
                told[eye] = stage
        if len(told) == 2 and told["1"] != told["2"]:
            bare = candidate.code[:6]
            case.replace(candidate, f"{bare}1{told['1']}", "stage of the right eye", STAGES)
            case.put(f"{bare}2{told['2']}", candidate, "stage of the left eye", STAGES)
            return


def comprehensive(case: Case) -> Evidence | None:
    """The words that call it a comprehensive examination, if the record shows all parts of one."""
    if case.visit.setting != "office" or not case.spots.somewhere(REASON):
        return None
    for number, document in enumerate(case.reading.note.documents):
        found = REASON.search(document.text, 0, OPENING)
        if found and all(one.search(document.text) for one in ASKED) and not UNDILATED.search(document.text):
            return case.reading.note.evidence(number, found.start(), found.end())
    return None
