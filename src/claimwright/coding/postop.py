"""Visits after an operation: within its payment (99024), and as aftercare where nothing is wrong (Z47, Z48)."""

from __future__ import annotations

import re

from claimwright.coding.case import Case
from claimwright.coding.em_families import title_of
from claimwright.coding.model import Evidence

TITLED = re.compile(r"\bpost-? ?op(?:erative)?\b(?!\w* (?:instruction|order|note template))|\bPOV\b", re.I)
NOT_GLOBAL = re.compile(
    r"\bnon-?global\b|\b(?:outside|out|not (?:in|within)|after|past|beyond) (?:of )?"
    r"(?:the |her |his )?(?:\d+[- ]day )?global\b|\bglobal (?:period )?(?:over|ended|expired)\b"
    r"|\bby (?:another|outside|a different) (?:surgeon|provider)|\bsurgery (?:was )?(?:done )?elsewhere\b",
    re.I,
)
SINCE = re.compile(
    r"\bPOD ?#?(\d{1,3})\b|\b(\d{1,2}) ?(d|days?|wks?|weeks?|mos?|months?)[ -](?:s/p|status post|post-? ?op\w*|out|after)\b"
    r"|\b(?:post-? ?op\w*|POV) (?:day|week|wk|month|mo)?\W{0,2}(\d{1,2})\b",
    re.I,
)
DAYS = {"d": 1, "w": 7, "m": 30}
PERIOD = 90
AFTERCARE = (
    (re.compile(r"\b(?:TKA|THA|TSA|rTSA|(?:knee|hip|shoulder) (?:replacement|arthroplasty))\b", re.I), "Z47.1"),
    (
        re.compile(
            r"\b(?:rotator cuff|meniscectomy|ACL|arthroscop\w+|carpal tunnel release|CTR|trigger finger release"
            r"|bunionectomy|fusion|laminectomy|discectomy|ACDF|hammertoe|tendon repair|osteotomy)\b",
            re.I,
        ),
        "Z47.89",
    ),
    (
        re.compile(
            r"\b(?:chole\w*|CCY|appendectomy|appy|hernia repair|IHR|herniorrhaphy|colectomy|hemicolectomy|hemorrhoidectomy"
            r"|fundoplication|sleeve|bypass|TEP|TAPP)\b",
            re.I,
        ),
        "Z48.815",
    ),
    (
        re.compile(
            r"\b(?:hysterectomy|TLH|TAH|BSO|TURP|vasectomy|sling|ureteroscopy|prostatectomy|circumcision"
            r"|oophorectomy|LEEP|myomectomy)\b",
            re.I,
        ),
        "Z48.816",
    ),
    (
        re.compile(r"\b(?:cataract|phaco|CE/?IOL|tympanoplasty|tubes|septoplasty|FESS|tonsillectomy|T&A|vitrectomy)\b", re.I),
        "Z48.810",
    ),
    (re.compile(r"\b(?:CABG|AVR|bypass graft|endarterectomy|CEA|EVAR|AV fistula|ablation of (?:vein|GSV))\b", re.I), "Z48.812"),
)
OPERATED = re.compile(r"\b(?:s/p|status[- ]post|after|following|post)\b", re.I)
RULE = "ICD-10-CM OCG I.C.21.c.7 (aftercare: the disease is treated, healing is looked after)"


def _titled(case: Case) -> re.Match[str] | None:
    """The words that call the first document a visit after an operation."""
    return TITLED.search(title_of(case)) if case.spots.somewhere(TITLED) else None


def within_global(case: Case) -> Evidence | None:
    """The title of a visit after an operation of the last 90 days, unless the note says that its payment is over."""
    title = _titled(case)
    if title is None:
        return None
    text = case.reading.note.documents[0].text
    if NOT_GLOBAL.search(text):
        return None
    for found in SINCE.finditer(text):
        number = int(found[1] or found[2] or found[4])
        unit = found[3][0].lower() if found[3] else "d" if found[1] else "w" if number <= 12 else "d"
        if number * DAYS[unit] <= PERIOD:
            start = text.find(title.group())
            return case.reading.note.evidence(0, start, start + len(title.group()))
    return None


def aftercare_reason(case: Case) -> None:
    """Where the assessment of such a visit names the operation alone, aftercare is its reason."""
    if _titled(case) is None or case.visit.setting not in ("office", "telehealth"):
        return
    assessed = [c for c in case.main() if c.place in ("statement", "opening", "assessment", "plan title") and c.code[0] != "Z"]
    if assessed or case.main("Z47", "Z48"):
        return
    for pattern, code in AFTERCARE:
        for _, sentence, _, words in case.search(pattern, "assessment"):
            if not OPERATED.search(case.text(sentence)):
                continue
            for c in case.main():
                if c.code[0] != "Z":
                    case.drop(c, "treated by the operation")
            case.add(code, [words], 0.8, -0.5, "looked after following the operation", RULE)
            return
