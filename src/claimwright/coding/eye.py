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


def comprehensive(case: Case) -> Evidence | None:
    """The words that call it a comprehensive examination, if the record shows all parts of one."""
    if case.visit.setting != "office" or not case.spots.somewhere(REASON):
        return None
    for number, document in enumerate(case.reading.note.documents):
        found = REASON.search(document.text, 0, OPENING)
        if found and all(one.search(document.text) for one in ASKED) and not UNDILATED.search(document.text):
            return case.reading.note.evidence(number, found.start(), found.end())
    return None
