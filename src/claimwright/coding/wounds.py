"""Wounds closed: the code follows from the kind of closure, the site's group and the summed length."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act, hits_of, performed, words_of
from claimwright.coding.case import Case
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue

RULE = "CPT repair: lengths of the same kind of closure and group of sites are summed"
FACE = frozenset({"face", "forehead", "cheek", "nose", "lip", "ear", "eyelid"})
EXTREME = frozenset(
    {
        "hand",
        "thumb",
        "finger",
        "index finger",
        "middle finger",
        "ring finger",
        "little finger",
        "foot",
        "toe",
        "great toe",
        "neck",
        "perineum",
    }
)
# upper edge in centimetres -> code
SIMPLE_BODY = ((2.5, "12001"), (7.5, "12002"), (12.5, "12004"), (20.0, "12005"), (30.0, "12006"), (9e9, "12007"))
SIMPLE_FACE = ((2.5, "12011"), (5.0, "12013"), (7.5, "12014"), (12.5, "12015"), (20.0, "12016"), (30.0, "12017"), (9e9, "12018"))
LAYERED_BODY = ((2.5, "12031"), (7.5, "12032"), (12.5, "12034"), (20.0, "12035"), (30.0, "12036"), (9e9, "12037"))
LAYERED_HANDS = ((2.5, "12041"), (7.5, "12042"), (12.5, "12044"), (20.0, "12045"), (30.0, "12046"), (9e9, "12047"))
LAYERED_FACE = ((2.5, "12051"), (5.0, "12052"), (7.5, "12053"), (12.5, "12054"), (20.0, "12055"), (30.0, "12056"), (9e9, "12057"))
LENGTH = re.compile(r"\b(\d{1,2}(?:\.\d+)?)\s*-?\s*(cm|centimet\w+|mm|millimet\w+|inch(?:es)?)\b", re.I)
LAYERED = cue("wounds.layered")
DENIED = re.compile(r"\b(?:no|not|without|single)\b[^.;]{0,30}$", re.I)
STRIPS = re.compile(r"\bsteri-?strips?|butterfly|adhesive strips?\b", re.I)
CLOSED = cue("wounds.closed")


def code_for(length: float, site: str, layered: bool) -> str:
    """The repair code of a length in centimetres."""
    if layered:
        table = LAYERED_FACE if site in FACE else LAYERED_HANDS if site in EXTREME else LAYERED_BODY
    else:
        table = SIMPLE_FACE if site in FACE else SIMPLE_BODY
    return next(code for edge, code in table if length <= edge)


def repairs(case: Case) -> list[Act]:
    """One repair a kind and group of sites, from the procedure's own words."""
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "12001") if performed(case, at, h)]
    wounds = case.known("S01", "S11", "S21", "S31", "S41", "S51", "S61", "S71", "S81", "S91")
    closed = [(at, s, h) for at, s, h in done if CLOSED.search(case.text(s)) or h.entry.words >= 2]
    if not closed or not wounds:
        return []
    texts = [(s, case.text(s)) for _, s in case.sentences() if s.section in ("procedure", "assessment", "plan", "other", "exam")]
    if not any(CLOSED.search(text) for _, text in texts):
        return []
    if re.search(
        r"suture removal|sutures? (?:were )?removed|removal of sutures",
        " ".join(t for s, t in texts if s.section in ("procedure", "cc")),
        re.I,
    ):
        return []
    site = next((m.site for c in wounds for m in c.mentions if m.site), "")
    found = _length(case)
    if not found:
        return [
            Act(
                "12001",
                [words_of(case, closed[0][1], closed[0][2])],
                "wound closed, but its length is not written",
                ("S",),
                score=0.4,
            )
        ]
    length, words = found
    layered = _layered(case)
    kind = "layered (intermediate)" if layered else "single-layer (simple)"
    why = f"{kind} closure of {length:g} cm, {site or 'body'}"
    evidence = [words_of(case, closed[0][1], closed[0][2]), words]
    act = Act(
        code_for(length, site, layered),
        evidence,
        why,
        ("S01", "S11", "S21", "S31", "S41", "S51", "S61", "S71", "S81", "S91"),
        rules=[DONE, RULE],
    )
    act.kind, act.site = "procedure", site
    return [act]


def _length(case: Case) -> tuple[float, Evidence] | None:
    """The measured length: said in the procedure if it is, else with the wound."""
    best: tuple[int, float, Evidence] | None = None
    for _, sentence, found, words in case.search(LENGTH, "procedure", "assessment", "plan", "exam", "hpi", "other"):
        text = case.text(sentence).lower()
        if not re.search(r"lacerat|wound|cut|length|repair|clos|measur|long", text) or re.search(
            r"depth|deep\b(?! )|apart|margin|needle", text[max(0, found.start() - 15) : found.end() + 12]
        ):
            continue
        value = float(found.group(1)) * {"m": 0.1, "i": 2.54}.get(
            found.group(2)[0].lower() if found.group(2)[:2].lower() != "cm" else "c", 1.0
        )
        rank = 3 if sentence.section == "procedure" else 2 if re.search(r"lacerat|length", text) else 1
        if best is None or rank > best[0]:
            best = (rank, value, words)
    return (best[1], best[2]) if best else None


def _layered(case: Case) -> bool:
    for _, sentence, found, _ in case.search(LAYERED, "procedure", "assessment", "plan", "other"):
        if not DENIED.search(case.text(sentence)[: found.start()]):
            return True
    return False
