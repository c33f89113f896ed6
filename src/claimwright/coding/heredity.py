"""Diseases of blood relatives, coded where they are why the visit looks (Z80-Z84; Guidelines I.C.21.c.4)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.case import Case
from claimwright.coding.describe import by_category
from claimwright.coding.mentions import Mention
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue, listed, rows

RULE = "ICD-10-CM OCG I.C.21.c.4 (family history, where it bears on the care)"
RELATIVE = cue("heredity.relative")
NOT_OF_BLOOD = cue("heredity.not_of_blood")
GIVEN = cue("heredity.given")
FAMILY = ("Z80", "Z81", "Z82", "Z83", "Z84")
LEAST, ORDER = 0.72, 7_500.0


@lru_cache(maxsize=1)
def _histories() -> dict[str, list[tuple[str, str]]]:
    return by_category((prefix, code) for prefixes, code in rows("heredity") for prefix in listed(prefixes))


def _history(template: str) -> str:
    """The code of a relative's disease, if it has one."""
    return next((code for prefix, code in _histories().get(template[:3], ()) if template.startswith(prefix)), "")


@lru_cache(maxsize=1)
def _matters() -> tuple[tuple[tuple[str, ...], re.Pattern[str] | None, tuple[str, ...]], ...]:
    held = []
    for line in rows("heredity_matters"):
        codes, words, wanted = line[0], "|".join(line[1:-1]), line[-1]
        pattern = re.compile(rf"\b(?:{words})\b", re.I) if words else None
        held.append((tuple(listed(codes)), pattern, tuple(listed(wanted))))
    return tuple(held)


def family_history(case: Case) -> None:
    """The history of a blood relative beside the screening, the genetic counsel or the doubt that it bears on."""
    _given(case)
    told: dict[str, Evidence] = {}
    for mention in case.reading.mentions:
        if mention.assertion != "family":
            continue
        code = _history(mention.template)
        if code and code not in told and _of_blood(case, mention):
            told[code] = mention.evidence
    if not told:
        return
    for codes, words, wanted in _matters():
        if (codes and case.main(*codes)) or (words is not None and any(True for _ in case.search(words))):
            for code, evidence in told.items():
                if code.startswith(wanted):
                    case.add(code, [evidence], LEAST, ORDER, "disease of a relative that the visit looks for", RULE)


def _given(case: Case) -> None:
    """A relative's disease that the plan itself gives as its reason: "colonoscopy given family history of colon cancer"."""
    told = [m for m in case.reading.mentions if m.assertion == "family" or _of_family(m)]
    sentences = {number for number, *_ in case.search(GIVEN, "assessment", "plan")} if told else ()
    for mention in told:
        if mention.sentence not in sentences:
            continue
        code = mention.template if mention.template.startswith(FAMILY) else ""
        if mention.assertion == "family" and _of_blood(case, mention):
            code = code or _history(mention.template)
        if code:
            case.add(code, [mention.evidence], LEAST, ORDER, "disease of a relative that the plan gives as its reason", RULE)


def _of_family(mention: Mention) -> bool:
    """Whether the words themselves tell a family's history."""
    return mention.assertion == "affirmed" and mention.template.startswith(FAMILY)


def _of_blood(case: Case, mention: Mention) -> bool:
    """Whether the relative named nearest to a disease, if one is named, is one of blood."""
    sentence = case.mention_at(mention)
    text, at = case.text(sentence), mention.evidence.start - sentence.start
    found = [(abs(one.start() - at), False) for one in NOT_OF_BLOOD.finditer(text)]
    found += [(abs(one.start() - at), True) for one in RELATIVE.finditer(text)]
    return min(found)[1] if found else sentence.section == "fh"
