"""Sepsis: the systemic infection first, then severity and organ dysfunction, then the local infection (Guidelines I.C.1.d)."""

from __future__ import annotations

import re

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case

SEPSIS = "ICD-10-CM OCG I.C.1.d.1.b (severe sepsis and organ dysfunction)"
LOCAL = "ICD-10-CM OCG I.C.1.d.4 (sepsis before the localized infection)"
DYSFUNCTION = ("N17", "J96.0", "G93.41", "D65", "K72.0", "J80", "I95.9", "E87.2")
SEVERE = re.compile(
    r"\b(?:sepsis|septic)\b[^.;]{0,60}?\b(?:with|w/|and|causing) (?:\w+ ){0,2}?"
    r"(?:acute |multi-?)?(?:organ|end-organ) (?:dysfunction|failure|damage)",
    re.I,
)
LINKED = re.compile(
    r"\b(?:due to|from|secondary to|because of|associated with|related to|attributed to)\s+(?:\w+\s+)?(?:sepsis|septic)", re.I
)


def systemic_infection(case: Case) -> None:
    """Add what the record implies and put it in order."""
    found = case.main("A40", "A41")
    severe = case.main("R65.2")
    if severe and not found:
        put = case.put("A41.9", severe[0], "severe sepsis needs the systemic infection first", SEPSIS, after=-0.0002)
        put.order, found = severe[0].order - 0.0002, [put]
    if not found:
        return
    base = found[0]
    organs = [c for c in case.main(*DYSFUNCTION)]
    linked = [c for c in organs if any(LINKED.search(case.text(case.mention_at(m))) for m in c.mentions)]
    told = next((m.evidence for m in base.mentions if SEVERE.search(case.text(case.mention_at(m)))), None)
    if told and not severe:
        put = case.put("R65.20", base, "sepsis with acute organ dysfunction is severe", SEPSIS, after=0.0001, because=linked)
        severe = [put]
    if linked and not severe:
        put = case.put(
            "R65.20", base, "organ dysfunction due to the sepsis makes it severe", SEPSIS, after=0.0001, because=linked
        )
        severe = [put]
    start = min(base.order, *(c.order for c in case.main("J", "N", "L", "K", "A40", "A41", "R65")))
    ordered = [base, *severe, *(organs if severe else []), *_local(case)]
    for place, candidate in enumerate(ordered):
        candidate.order = start - 0.5 + place * 0.0001
        candidate.rules.append(SEPSIS if candidate in severe else LOCAL)


def _local(case: Case) -> list[Candidate]:
    return [
        c
        for c in case.main(
            "J12", "J13", "J14", "J15", "J18", "J69", "N10", "N12", "N30", "N39.0", "L03", "L02", "K35", "K81", "K57", "K65"
        )
    ]
