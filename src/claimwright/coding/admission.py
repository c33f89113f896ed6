"""Hospital stays: uncertain diagnoses as if they existed, and what was present on admission (OCG II.H, III.C, Appendix I)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.mentions import Reading
from claimwright.coding.tables import rows

AS_IF = "ICD-10-CM OCG II.H, III.C (inpatient: an uncertain diagnosis at discharge is coded as if it existed)"
# only when confirmed, inpatient too: HIV, COVID-19, Zika, novel and identified influenza (I.C.1.a, I.C.1.f, I.C.1.g, I.C.10.c)
CONFIRMED_ONLY = ("B20", "Z21", "U07.1", "J12.82", "A92.5", "J09", "J10")
LATER = re.compile(
    r"\b(?:hospital[- ]acquired|nosocomial|in[- ]hospital|iatrogenic"
    r"|(?:developed|occurr\w+|arose|acquired|began) (?:\w+ ){0,2}?(?:during|after|in) (?:the |this |his |her )?"
    r"(?:admission|hospitali[sz]ation|stay|hospital)"
    r"|(?:on|since) hospital day (?:[2-9]|\d\d|two|three|four|five|six|seven)|post-?operative(?:ly)?|post-?procedural"
    r"|not present on admission)\b",
    re.I,
)
PRESENT = re.compile(r"\b(?<!not )present on admission\b|\bPOA\b|\bcommunity[- ]acquired\b", re.I)


def as_if_established(reading: Reading) -> None:
    """At discharge "probable pneumonia" is pneumonia."""
    for mention in reading.mentions:
        sentence = reading.sentence(mention)
        decided = sentence.section in ("assessment", "impression") and not mention.template.startswith(CONFIRMED_ONLY)
        if mention.assertion == "uncertain" and decided:
            mention.assertion = "affirmed"


@lru_cache(maxsize=1)
def _exempt() -> tuple[str, ...]:
    return tuple(row[0] for row in rows("poa_exempt"))


def present_on_admission(case: Case, candidate: Candidate) -> str:
    """Y or N; nothing for what is exempt, or outside a hospital stay."""
    if case.visit.setting != "inpatient" or candidate.code.startswith(_exempt()):
        return ""
    if candidate.code[0] in "ST" and candidate.code[-1] in "DS":
        return ""
    told = " ".join(case.text(case.mention_at(m)) for m in candidate.mentions if case.mention_at(m).section == "assessment")
    item = " ".join(case.text(s) for _, s in case.sentences("assessment") if s.item == candidate.item >= 0)
    near = item or told
    return "N" if LATER.search(near) and not PRESENT.search(near) else "Y"
