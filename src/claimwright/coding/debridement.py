"""Wounds debrided: by the deepest tissue removed and the summed area of that depth (CPT 11042-11047, 97597-97598)."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from claimwright.coding.acts import DONE, Act, hits_of, performed, services, words_of
from claimwright.coding.case import Case
from claimwright.coding.model import Evidence

RULE = "CPT debridement: the deepest tissue removed, areas of one depth summed, each further 20 sq cm as an add-on"
APART = "NCCI policy manual, chapter 3: modifier 59 where another wound was debrided selectively"
AREA = re.compile(r"\b(\d{1,4}(?:\.\d+)?)\s*(?:sq(?:uare)?\.? ?(?:cm|centimet\w+)|cm ?(?:2|\^2|²|squared))", re.I)
SIZE = re.compile(r"\b(\d{1,3}(?:\.\d+)?)\s*(?:cm)?\s*(?:x|by)\s*(\d{1,3}(?:\.\d+)?)\s*(?:cm)?\b", re.I)
# deepest first: words -> first 20 sq cm, each further 20
BONE = r"\b(?:into|through|including|to|of|down to) (?:the )?(?:level of )?bone\b|\bbone (?:was )?debrided"
DEPTHS = (
    (re.compile(BONE, re.I), "11044", "11047"),
    (re.compile(r"\b(?:muscle|fascia|tendon)\b", re.I), "11043", "11046"),
    (re.compile(r""), "11042", "11045"),
)
WHY = {"11042": "tissue under the skin", "11043": "muscle or fascia", "11044": "bone", "97597": "devitalized tissue"}


def debridements(case: Case) -> list[Act]:
    """Excisional debridement by depth and area, and selective debridement of another wound."""
    acts: list[Act] = []
    taken: set[int] = set()
    for key in ("11042", "97597"):
        done = [(at, s, h) for at, s, h in hits_of(case, "service", key) if at not in taken and performed(case, at, h)]
        if key == "11042":
            done = [one for one in done if not _selective(case.text(one[1]))]
        if not done:
            continue
        first, add_on, area = key, "97598", Decimal(0)
        words: list[Evidence] = []
        for at in dict.fromkeys(at for at, _, _ in done):
            sentence, hit = next((s, h) for number, s, h in done if number == at)
            text = case.text(sentence)
            area += area_of(text)
            words.append(words_of(case, sentence, hit))
            taken.add(at)
            if key == "11042":
                deepest = next((code, more) for depth, code, more in DEPTHS if depth.search(text))
                first, add_on = max((first, add_on if first != key else "11045"), deepest)
        prefixes, why = services()[key].prefixes, f"{WHY[first]} debrided" + (f", {area:f} sq cm" if area else "")
        apart = bool(acts)
        rules = [DONE, RULE, *([APART] if apart else [])]
        acts.append(Act(first, words, why, prefixes, ["59"] * apart, rules=rules, kind="procedure"))
        further = math.ceil((area - 20) / 20) if area > 20 else 0
        if further:
            modifiers = ["59"] * apart
            acts.append(Act(add_on, words, "each further 20 sq cm", prefixes, modifiers, further, rules=rules, kind="procedure"))
    return acts


SELECTIVE = re.compile(r"\bselective\b|\b(?:slough|fibrin|biofilm|eschar|epidermis|dermis)\b", re.I)
DEEPER = re.compile(r"\b(?:sub-?cut\w*|subq|sub-q|fat|adipose|muscle|fascia|tendon|bone|excisional)\b", re.I)


def _selective(text: str) -> bool:
    """Whether only dead tissue on the surface was taken off."""
    return bool(SELECTIVE.search(text)) and not DEEPER.search(text)


def area_of(text: str) -> Decimal:
    """Square centimeters as they are told, else length by width; 0 where neither is."""
    told = AREA.findall(text)
    if told:
        return Decimal(told[0])
    size = SIZE.search(text)
    return Decimal(size[1]) * Decimal(size[2]) if size else Decimal(0)
