"""Hypertension with heart failure and kidney disease, and what a stroke left (Guidelines I.C.9.a, I.C.9.d)."""

from __future__ import annotations

import re

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.links import unlinked
from claimwright.coding.specific import exact

WITH = "ICD-10-CM OCG I.A.15 (“with”)"
HEART = "ICD-10-CM OCG I.C.9.a"
PRESSURE = r"(?:hypertens|htn\b|high blood pressure)"


def heart_and_kidney(case: Case) -> None:
    """Hypertension with heart failure or chronic kidney disease takes one code (I.C.9.a.1-3)."""
    pressure = case.main("I10", "I11", "I12", "I13")
    if not pressure:
        return
    _stage_of(case, [c for c in pressure if c.code.startswith("I13.1")])
    assessed = case.main("I50") or [c for c in case.known("I50") if c.score >= 0.15]  # of an older kind the record may still tell
    failure = exact([c for c in assessed if not unlinked(case, c, PRESSURE)])
    # due to diabetes is no "not due to hypertension": both are coded (I.A.15, I.C.9.a.2)
    known = [c for c in case.known("N18") if c.score >= 0.15]
    kidney = exact([c for c in known if not unlinked(case, c, PRESSURE, r"diabet|\bt[12]d|\bdm")])
    if not failure and not kidney:
        return
    last_stage = any(c.code in ("N18.5", "N18.6") for c in kidney)
    heart = any(c.code.startswith(("I11.9", "I13.1")) for c in pressure)
    if heart and kidney and not failure:
        code = "I13.11" if last_stage else "I13.10"
    elif failure and kidney:
        code = "I13.2" if last_stage else "I13.0"
    elif failure:
        code = "I11.0"
    else:
        code = "I12.0" if last_stage else "I12.9"
    base = pressure[0]
    partners = [*failure[:1], *kidney[:1]]
    lead = min([base.order, *(c.order for c in partners if c.main)])
    why = "hypertension with " + " and ".join(
        word for word, there in (("heart failure", failure), ("chronic kidney disease", kidney)) if there
    )
    put = case.replace(
        base, code, f"{why} takes one combination code, and the kind or stage is coded after it", HEART, WITH, because=partners
    )
    put.order = lead
    for candidate in pressure:
        if candidate is not put and candidate.main:
            case.drop(candidate, f"part of {code}")
    for place, partner in enumerate(partners, 1):
        if not partner.main:
            case.lift(partner, 0, f"kind or stage that goes with {code}", HEART)
        partner.order = lead + place / 10_000 if partner.order < lead + 1 or not partner.item >= 0 else partner.order
        partner.rules.append(HEART)


STAGE = re.compile(r"\bstage (?P<stage>[1-5])(?P<part>[ab]?)\b|\bCKD ?(?P<alone>[1-5])(?P<half>[ab]?)\b", re.I)


def _stage_of(case: Case, both: list[Candidate]) -> None:
    """The stage that "hypertensive heart and CKD stage 3b" tells, whose words the one code has taken."""
    for candidate in both if not case.known("N18") else ():
        for mention in candidate.mentions:
            told = STAGE.search(case.text(case.mention_at(mention)))
            number, part = (told["stage"] or told["alone"], told["part"] or told["half"] or "") if told else ("9", "")
            code = f"N18.{number}" + ({"a": "1", "b": "2"}.get(part.lower(), "0") if number == "3" else "")
            case.put(code, candidate, "the stage of the kidney disease", HEART, after=0.0002)
            return


SEQUELA = "ICD-10-CM OCG I.C.9.d (sequelae of cerebrovascular disease)"
LEFT_BEHIND = re.compile(
    r"\b(?:following|after|post|residual|residua|deficits?|late effects? of|sequelae? of"
    r"|(?:due to|from) (?:an? |her |his )?(?:old|prior|previous))\b",
    re.I,
)
# deficit -> its code after a stroke (I69.3-), and whether its own code is added by the tabular note
DEFICITS = (
    (("G81.91", "G81.90"), "I69.351", False),
    (("G81.94",), "I69.354", False),
    (("R47.01",), "I69.320", False),
    (("R47.02",), "I69.321", False),
    (("R47.1",), "I69.322", False),
    (("R13.1",), "I69.391", True),
    (("R29.810",), "I69.392", False),
    (("R26",), "I69.398", True),
)


def stroke_sequelae(case: Case) -> None:
    """A deficit that an earlier stroke left is coded with it; right is taken for the dominant side (I.C.6.a)."""
    strokes = case.main("I63", "Z86.73")
    for stroke in strokes:
        place = {m.sentence for m in stroke.mentions}
        told = " ".join(case.text(case.mention_at(m)) for m in stroke.mentions)
        if not LEFT_BEHIND.search(told):
            continue
        for deficit in [c for c in case.main("G81", "R") if place & {m.sentence for m in c.mentions}]:
            code, keeps = _deficit(deficit)
            if code:
                put = case.put(code, stroke, "a deficit that the stroke left", SEQUELA, after=-0.0001, because=[deficit])
                put.order = min(stroke.order, deficit.order) - 0.0001
                case.drop(stroke, f"{code} says the stroke and what it left")
                if not keeps:
                    case.drop(deficit, f"part of {code}")


def _deficit(deficit: Candidate) -> tuple[str, bool]:
    if deficit.code == "R53.1":  # weakness of one side after a stroke is hemiparesis (Coding Clinic, first quarter 2015)
        side = next((m.side for m in deficit.mentions if m.side in ("right", "left")), "")
        return {"right": "I69.351", "left": "I69.354"}.get(side, ""), False
    return next(((code, keeps) for prefixes, code, keeps in DEFICITS if deficit.code.startswith(prefixes)), ("", False))


NIHSS = re.compile(r"\bNIH(?:SS| stroke scale(?: score)?)\b[^.;\d\n]{0,30}(\d{1,2})\b(?!/)", re.I)
SCORED = "ICD-10-CM OCG I.C.18.i (NIHSS with the acute stroke, at least the first score)"


def stroke_scale(case: Case) -> None:
    """The first score of the stroke scale goes with the acute stroke, in hospital."""
    strokes = case.main("I63")
    if not strokes or case.visit.setting not in ("inpatient", "emergency"):
        return
    for _, _, found, words in case.search(NIHSS):
        if int(found.group(1)) <= 42:
            after = max(stroke.order for stroke in strokes) + 4_000
            case.add(f"R29.7{int(found.group(1)):02}", [words], 0.85, after, "score of the stroke scale", SCORED)
            return
