"""Blocks and ablations of the nerves of spinal joints, by region, joint and side."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act, hits_of, performed, words_of
from claimwright.coding.case import Case

RULE = "CPT 64490-64495, 64633-64636: by the joint, whatever the number of nerves; both sides of a joint with modifier 50"
ABLATED = re.compile(r"\b(?:RFA|radio-?frequency|ablat\w+|rhizotomy|neurotomy|RFTC)\b", re.I)
BRANCHES = re.compile(r"\b(?:medial branch\w*|MBBs?|MBs?|branches|dorsal ram\w+)\b", re.I)
JOINT = re.compile(r"\b([CTL])(\d{1,2}) ?[-/] ?(?:([CTLS])?(\d{1,2}))\b")
LEVEL = re.compile(r"\b([CTLS])(\d{1,2})\b")
BOTH = re.compile(r"\b(?:bilat\w*|both|b/l|left and right|right and left)\b", re.I)
SIDE = re.compile(r"\b(?:(R|right|rt)|(L|left|lt))\b(?! ?\d)", re.I)
# region -> codes of the first, second and third joint blocked; of the first joint ablated and each further
BLOCKS = {"lumbar": ("64493", "64494", "64495"), "cervical": ("64490", "64491", "64492")}
ABLATIONS = {"lumbar": ("64635", "64636"), "cervical": ("64633", "64634")}
PREFIXES = ("M47", "M54", "M53", "M51", "M50", "M48", "M96", "G89")


def facets(case: Case) -> list[Act]:
    """Joints blocked or ablated: as told, else one less than the nerves (two nerves serve a joint)."""
    for at, sentence, hit in hits_of(case, "service", "64493"):
        if not performed(case, at, hit):
            continue
        note = case.reading.note
        line = " ".join(case.text(one) for one in note.sentences[at : at + 3] if one.section == sentence.section)
        joints, region = _joints(line)
        if not joints:
            continue
        ablated = ABLATED.search(line) is not None and "diagnostic" not in line.lower()
        codes = ABLATIONS[region] if ablated else BLOCKS[region]
        side = "50" if BOTH.search(line) else ""
        if not side and (told := SIDE.search(line)):
            side = "RT" if told.group(1) else "LT"
        what = "joint nerves ablated" if ablated else "joint nerves blocked"
        words, modifiers = [words_of(case, sentence, hit)], [side] if side else []
        acts = []
        for place, code in enumerate(codes[:joints]):
            units = joints - 1 if ablated and place else 1
            why = f"{region} {what}, joint {place + 1}"
            acts.append(
                Act(code, words, why, PREFIXES, list(modifiers), units=units, rules=[DONE, RULE], kind="procedure", sure=True)
            )
        return acts
    return []


def _joints(text: str) -> tuple[int, str]:
    """How many joints, and the region."""
    named = {(one[1].upper(), int(one[2])) for one in JOINT.finditer(text)}
    levels = {(one[1].upper(), int(one[2])) for one in LEVEL.finditer(text)}
    region = "cervical" if any(letter in "CT" for letter, _ in levels | named) else "lumbar"
    spans = [one for one in JOINT.finditer(text) if int(one[4]) - int(one[2]) > 1 and (one[3] or one[1]) == one[1]]
    if BRANCHES.search(text) and spans:  # "L3-5 medial branches": three nerves, two joints
        return int(spans[0][4]) - int(spans[0][2]), region
    if named and ("facet" in text.lower() or not BRANCHES.search(text)):
        return len(named), region
    nerves = len(levels) + (1 if re.search(r"\bsacral ala\b|\bS1\b", text) and not any(one == ("S", 1) for one in levels) else 0)
    return (max(1, nerves - 1) if levels else 0), region
