"""The stages of Mohs surgery."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act
from claimwright.coding.case import Case

STAGES = re.compile(r"\b(\d|one|two|three|four|five) stages?\b|\bstages?:? ?(?:x ?)?(\d)\b|\bstage (I{1,3}V?|IV|V)\b", re.I)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
MOHS = "CPT 17311-17314: head, neck, hands, feet and genitals, or elsewhere; each further stage beside the first"


def mohs_stages(case: Case, acts: list[Act]) -> list[Act]:
    """Each further stage of Mohs surgery, and its code for trunk, arms and legs."""
    first = next((act for act in acts if act.code == "17311"), None)
    if first is None:
        return []
    counts = [0]
    for _, _, found, _ in case.search(STAGES):
        word = (found[1] or found[2] or found[3]).lower()
        counts.append(
            ROMAN.get(word, 0) or (int(word) if word.isdigit() else ("one", "two", "three", "four", "five").index(word) + 1)
        )
    limbs = any(c.code.startswith(("C44.5", "C44.6", "C44.7", "D04.5", "D04.6", "D04.7")) for c in case.main())
    if limbs:
        first.code = "17313"
    more = max(counts) - 1
    code = "17314" if limbs else "17312"
    return (
        [Act(code, list(first.evidence), "each further stage", first.prefixes, units=more, rules=[DONE, MOHS], kind="procedure")]
        if more > 0
        else []
    )
