"""What kind of document a text is, told by its own headings and words: a report of the laboratory, of radiology, or a note."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["progress", "laboratory", "radiology"]

# headings that only a clinician's note has
NOTE = re.compile(
    r"^[ \t#*]*(?:assessment(?: and plan| & plan|/plan)?|a/?p|plan|hpi|history of present illness|subjective|chief complaint|cc|"
    r"physical exam(?:ination)?|review of systems|ros|past medical history|medications|allergies|"
    r"discharge diagnos[ei]s|hospital course|social history|vital signs|vitals)[*]*[ \t]*(?::|$)",
    re.I | re.M,
)
IMPRESSION = re.compile(r"^[ \t#*]*(?:impression|conclusion|opinion)s?[*]*[ \t]*(?::|$)", re.I | re.M)
RADIOLOGY = re.compile(
    r"^[ \t#*]*(?:findings|technique|comparison|exam(?:ination)?|study|procedure|indications?|"
    r"clinical[ _](?:history|indication|information)|history|reason for (?:exam(?:ination)?|study)|views?)[*]*[ \t]*(?::|$)",
    re.I | re.M,
)
RADIOLOGY_TITLE = re.compile(
    r"\A\W*(?:[\w /,'-]+\n\W*)?(?:diagnostic )?"
    r"(?:radiology|imaging|x-?ray|ct|mri|ultrasound|mammogra\w+|radiograph\w*|sonogram)\b"
    r"[^\n]{0,60}(?:report|consultation)",
    re.I,
)
# what a physician does with scope or needle and reports himself
PERFORMED_TITLE = re.compile(
    r"\A\W*[^\n]{0,50}\b(?:colonoscopy|EGD|endoscop\w+|sigmoidoscopy|cystoscopy|bronchoscopy|electrodiagnos\w+|EMG|NCS"
    r"|nerve conduction|operative|procedure)\b[^\n]{0,30}\b(?:report|note|record|laboratory|summary|study)\b",
    re.I,
)
LABORATORY_TITLE = re.compile(
    r"\A\W*(?:[^\n]{0,80}\n\W*){0,3}?[^\n]{0,30}\b(?:laboratory (?:report|results?|data)|lab(?:oratory)? results? report|"
    r"lab report|clinical laboratory|(?:panel|results?|studies)\b[^\n]{0,20}\blaboratory|microbiology(?: report)?|"
    r"(?:blood|urine|wound) culture report|chemistry report|hematology report)\b",
    re.I,
)
LABORATORY = re.compile(
    r"\breference (?:range|interval|value)s?\b|\bref(?:\.|erence)? range\b|\bcollected\b|\bspecimen\b|\baccession\b"
    r"|^\W*(?:test|analyte|component)\b[^\n]*\b(?:result|value)\b[^\n]*\b(?:reference|range|units?|flag)\b",
    re.I | re.M,
)
PATHOLOGY = re.compile(
    r"\bpatholog(?:y|ist)\b|\bcytolog(?:y|ist)\b|\bhistolog\w+|\bgross description\b|\bmicroscopic (?:description|exam)", re.I
)
ROW = re.compile(r"^[^\n.]{2,45}?[ \t:|,]+[<>]?\d+(?:[.,]\d+)?\b[^\n]{0,60}$", re.M)


def kind_of(text: str) -> Kind:
    """The kind of a document; a note wherever the text does not say clearly that it is a report.

    A pathologist's report is read as a note: a physician interpreted it (OCG IV.K), which no laboratory value has behind it.
    """
    if NOTE.search(text) or PERFORMED_TITLE.match(text):
        return "progress"
    if LABORATORY_TITLE.match(text) and not PATHOLOGY.search(text):
        return "laboratory"
    if (IMPRESSION.search(text) and RADIOLOGY.search(text)) or RADIOLOGY_TITLE.match(text):
        return "radiology"
    if len(LABORATORY.findall(text)) and not PATHOLOGY.search(text) and _mostly_values(text):
        return "laboratory"
    return "progress"


def _mostly_values(text: str) -> bool:
    """Whether at least half of its lines are a name and a number."""
    lines = sum(1 for line in text.splitlines() if line.strip())
    return 2 * len(ROW.findall(text)) >= lines
