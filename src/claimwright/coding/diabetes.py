"""Diabetes and what comes with it (Guidelines I.C.4.a, I.A.15)."""

from __future__ import annotations

import re

import msgspec

from claimwright.coding.assertion import standing
from claimwright.coding.candidates import THRESHOLD, Candidate, codes_of, side_elsewhere
from claimwright.coding.case import Case
from claimwright.coding.describe import billable
from claimwright.coding.links import unlinked
from claimwright.coding.specific import exact
from claimwright.coding.tables import cue

WITH = "ICD-10-CM OCG I.A.15 (“with”)"
DIABETES = "ICD-10-CM OCG I.C.4.a"
# complication elsewhere in the classification -> suffix of the diabetes code, and whether its own code stays
COMPLICATIONS: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("N18",), ".22", True),
    (("G62.9", "G60.9", "G63"), ".42", False),
    (("G90.09",), ".43", False),
    (("N28.9",), ".21", False),
    (("I73.9", "I70.20"), ".51", False),
    (("K31.84",), ".43", True),
    (("L97.4", "L97.5"), ".621", True),
    (("L97.9", "L97.1", "L97.2", "L97.3"), ".622", True),
    (("H35.00",), ".319", False),
    (("H26.9",), ".36", False),
    (("R73.9",), ".65", False),
    (("E16.2",), ".649", False),
    (("R80.9",), ".29", False),
)
TYPES = ("E08", "E09", "E10", "E11", "E13")


def diabetes(case: Case) -> None:
    """Diabetes with its complications; the link is assumed unless the record denies it (I.A.15, I.C.4.a)."""
    found = case.main(*TYPES)
    if not found:
        return
    kind = _kind(found)
    for candidate in found:
        if candidate.code.startswith(kind):
            continue
        same = kind + candidate.code[3:]
        if candidate.code[3:] == ".9":
            case.drop(candidate, f"the note says which type: {kind}")
        elif candidate.code.startswith("E11") and billable(same, case.visit.on):
            case.replace(candidate, same, f"a complication of the {kind} diabetes that the note names", DIABETES)
    base = min(case.main(kind) or found, key=lambda c: c.order)
    for prefixes, suffix, keeps in COMPLICATIONS:
        for other in exact(case.known(*prefixes)):
            if other.score >= _needed(prefixes) and not unlinked(
                case, other, r"(?:diabet|\bd\.?m\b|\bt[12]dm?\b|\b(?:dm|t)[12]\b|\bniddm|\biddm)"
            ):
                _with(case, kind + suffix, base, other, keeps)
    _hyperglycemia(case, kind, base)
    specific = [c for c in case.main(kind) if not c.code.endswith(".9")]
    for candidate in case.main(f"{kind}.9") if specific else ():
        case.drop(candidate, "a complication or hyperglycemia is coded instead (I.C.4.a)")
    _foot_ulcer(case, kind)
    for narrow, wide in ((".42", ".40"), (".22", ".21"), (".22", ".29"), (".21", ".29"), (".10", ".65"), (".3", ".39")):
        if case.main(kind + narrow):
            for candidate in case.main(kind + wide):
                case.drop(candidate, f"{kind}{narrow} says it more exactly")


ULCER = "ICD-10-CM E11.621 use additional code (L97: site and depth)"
DEPTHS = (
    (re.compile(r"\bnecrosis of (?:the )?bone|osteomyelitis\b", re.I), "4"),
    (re.compile(r"\bnecrosis of (?:the )?muscle\b", re.I), "3"),
    (re.compile(r"\b(?:to|with|down to) (?:exposed )?bone\b|\bbone (?:exposed|involve\w+)", re.I), "6"),
    (re.compile(r"\b(?:to|with) (?:exposed )?(?:muscle|tendon)\b|\bmuscle (?:exposed|involve\w+)", re.I), "5"),
    (re.compile(r"\bfat(?:ty)? (?:layer|tissue)|\bsubcut\w*|\bsubq\b", re.I), "2"),
    (re.compile(r"\bbreakdown of skin|\bskin (?:only|breakdown)|\bsuperficial\b|\bpartial[- ]thickness", re.I), "1"),
)
ULCERATED = re.compile(r"\b(?:ulcer\w*|wound)\b", re.I)
HEEL = re.compile(r"\b(?:heel|midfoot)\b", re.I)


def _foot_ulcer(case: Case, kind: str) -> None:
    """The site and depth of the foot ulcer of diabetes, where its own code says them alone: "diabetic ulcer, right plantar"."""
    for ulcer in case.main(f"{kind}.621"):
        if case.main("L97") or not ulcer.mentions:
            continue
        told = [
            case.mention_at(m) for m in ulcer.mentions if case.mention_at(m).section in ("assessment", "preprocedure", "plan")
        ]
        text = " ".join(case.text(one) for one in told)
        side = next((m.side for m in ulcer.mentions if m.side in ("right", "left")), "") or side_elsewhere(
            ulcer.mentions[0], case.reading
        )
        exam = " ".join(case.text(s) for _, s in case.sentences("exam", "procedure") if ULCERATED.search(case.text(s)))
        depth = next((digit for words, digit in DEPTHS if words.search(text)), "")
        depth = depth or next((digit for words, digit in DEPTHS if words.search(exam)), "9")
        place = "L97.4" if HEEL.search(text) else "L97.5"
        code = place + {"right": "1", "left": "2"}.get(side, "0") + depth
        case.put(code, ulcer, "the foot ulcer of the diabetes, its site and depth", ULCER, after=0.0001)


HIGH_SUGAR = cue("diabetes.hyperglycemia")


def _hyperglycemia(case: Case, kind: str, base: Candidate) -> None:
    """Raised glucose told of the diabetes is hyperglycemia (Index: Elevated, blood sugar R73.9; Diabetes with hyperglycemia)."""
    if kind in ("E08", "E09") or case.main(f"{kind}.65", f"{kind}.1", f"{kind}.0"):
        return
    for number, sentence, found, words in case.search(HIGH_SUGAR, "assessment", "plan"):
        first = next((i for i, (start, _) in enumerate(sentence.places) if start >= words.start), 0)
        stood = standing(first, first, case.reading.scopes[number], sentence.section)
        if sentence.item == base.item >= 0 and stood == "affirmed" and found:
            put = case.put(
                f"{kind}.65", base, "raised glucose is told of the diabetes", WITH, "Alphabetic Index: Elevated, blood sugar"
            )
            put.evidence = list(dict.fromkeys([words, *put.evidence]))
            put.order = base.order + 0.0002
            return


def _kind(found: list[Candidate]) -> str:
    """The type the note names; type 2 where it names none (I.C.4.a.2)."""
    kinds = sorted({c.code[:3] for c in found}, key=lambda kind: (kind == "E11", kind))
    if len(kinds) > 1 and any(m.term != "diabetes" for c in found for m in c.mentions if c.code.startswith(kinds[0])):
        return kinds[0]
    return found[0].code[:3]


def _with(case: Case, code: str, base: Candidate, other: Candidate, keeps: bool) -> None:
    told = " ".join(mention.term for mention in other.mentions)
    if code.endswith(".42") and "peripheral" not in told and "poly" not in told:
        code = code[:3] + ".40"
    if code.endswith(".319"):  # how far the retinopathy has gone, and in which eye, as its own words say
        code = codes_of(msgspec.structs.replace(other.mentions[0], template=code), case.reading, case.visit)[0]
    order = min(base.order, other.order if other.main else base.order)
    why = "diabetes and this complication are coded together"
    put = case.put(code, base, why, WITH, DIABETES, after=0.0002, because=[other])
    put.order = order + 0.0002
    if keeps and not other.main:
        case.lift(other, base.order + 0.0004, "present with the diabetes that was assessed", WITH)
    elif keeps:
        other.order = max(other.order, put.order + 0.0001)
    else:
        case.drop(other, f"part of {code}")


def _needed(prefixes: tuple[str, ...]) -> float:
    """Kidney disease anywhere in the record counts; signs only where they are assessed."""
    return 0.15 if prefixes == ("N18",) else THRESHOLD if prefixes[0][0] in "REH" else 0.3
