"""Endoscopies with what was done through the scope, fractures cared for, prick tests counted, the smear of a screening."""

from __future__ import annotations

import re

from claimwright.coding.acts import (
    DONE,
    HERE,
    Act,
    digit_near,
    hits_of,
    number,
    performed,
    place_modifier,
    services,
    side_near,
    words_of,
)
from claimwright.coding.case import Case
from claimwright.coding.em_families import is_medicare, setting_of
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue, rows

SCREENING = "Claims Processing Manual 18, 60: G0121 average risk, G0105 high risk; PT where a screening turned therapeutic"
PREVENTIVE = "modifier 33: a preventive service that turned into treatment (not Medicare)"
ENDOSCOPY = "NCCI policy manual, chapter 6: the diagnostic scope is part of every therapeutic one; each technique once"
FRACTURE = "CPT fracture care: closed treatment holds the first cast or splint; 90 days of follow-up"
NOT_TAKEN = re.compile(r"\b(?:no|not|without|none|declined)\b[^.;]{0,40}$", re.I)
# technique -> words: through a colonoscope, through an upper endoscope (CPT 4538x, 432xx)
LOWER = (
    ("45385", cue("studies.snare"), "colonoscopy, polyp removed by snare"),
    ("45384", cue("studies.hot_forceps"), "colonoscopy, lesion removed by hot forceps"),
    ("45380", cue("studies.biopsy"), "colonoscopy, biopsy taken"),
    ("45381", cue("studies.lifted"), "colonoscopy, injection under the lining"),
)
UPPER = (
    ("43239", cue("studies.biopsy"), "upper endoscopy, biopsy taken"),
    ("43249", cue("studies.balloon"), "upper endoscopy, dilated by balloon"),
    ("43248", cue("studies.guidewire"), "upper endoscopy, dilated over a wire"),
    ("43255", cue("studies.bleeding"), "upper endoscopy, bleeding stopped"),
)
TREATED, MANIPULATED, REFERRED = cue("studies.treated"), cue("studies.manipulated"), cue("studies.referred")


TITLED = {
    "45378": re.compile(
        r"\A(?:\W*colonoscopy\b[^\n]{0,60}|[^\n]{0,40}\n\W*colonoscopy (?:report|note|procedure)[^\n]{0,20})\n", re.I
    ),
    "43235": re.compile(
        r"\A(?:\W*(?:EGD|upper (?:GI )?endoscopy|esophagogastroduodenoscopy)\b[^\n]{0,60}"
        r"|[^\n]{0,40}\n\W*(?:EGD|upper endoscopy) (?:report|note|procedure)[^\n]{0,20})\n",
        re.I,
    ),
}
SURVEILLED = re.compile(r"\bsurveillance\b(?! interval)", re.I)
NOT_REPORTED = re.compile(r"\bdue\b|(?:19|20)\d\d\b|\blast\b|refer|consult|visit|prep|discuss|schedul|follow|plan|instruct", re.I)


def _own_report(case: Case, key: str) -> tuple[int, Evidence] | None:
    """The report whose title is the endoscopy."""
    for number_of, document in enumerate(case.reading.note.documents):
        found = TITLED[key].search(document.text)
        if found and not NOT_REPORTED.search(found.group()):
            return number_of, case.reading.note.evidence(number_of, 0, len(found.group().rstrip()))
    return None


def _scoped(case: Case, key: str) -> tuple[int, Evidence] | None:
    """An endoscopy told in its own report, or done here today: its document and words."""
    if titled := _own_report(case, key):
        return titled
    for at, sentence, hit in hits_of(case, "service", key):
        kind = case.reading.note.documents[sentence.document].kind
        own = sentence.section == "procedure" or kind == "procedure"
        if performed(case, at, hit, here=not own) and (own or not cue("studies.to_come").search(case.text(sentence))):
            return sentence.document, words_of(case, sentence, hit)
    return None


def _techniques(case: Case, document: int, table: tuple[tuple[str, re.Pattern[str], str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, words, why in table:
        for _, sentence, hit, _ in case.search(words, "procedure", "findings", "other", "assessment", "plan", "results"):
            if sentence.document == document and not NOT_TAKEN.search(case.text(sentence)[: hit.start()]):
                found[code] = why
                break
    return found


def colonoscopy(case: Case) -> list[Act]:
    """By what was done through the scope; a screening keeps its name by code or modifier."""
    done = _scoped(case, "45378")
    if done is None:
        return []
    document, told = done
    words, prefixes = [told], services()["45378"].prefixes
    codes = _techniques(case, document, LOWER)
    screening = bool(case.known("Z12.11", "Z86.010", "Z80.0")) or "screening colonoscopy" in words[0].text.lower()
    medicare = screening and is_medicare(case)
    if not codes and medicare:
        risk = bool(case.known("Z86.010", "Z80.0", "Z85.038", "K50", "K51"))
        code, why = ("G0105", "high") if risk else ("G0121", "average")
        return [Act(code, words, f"screening colonoscopy, {why} risk", prefixes, rules=[DONE, SCREENING], kind="procedure")]
    if not codes:
        codes = {"45378": "colonoscopy, diagnostic"}
    if case.known("Z86.010") and not case.known("Z12.11") and (again := next((w for *_, w in case.search(SURVEILLED)), None)):
        case.add("Z12.11", [again], 0.9, -1.0, "a surveillance by scope is a screening", "ICD-10-CM OCG I.C.21.c.5")
    for reason in case.known("Z12.11"):  # why it was done, whatever it found (OCG I.C.21.c.5)
        reason.score = max(reason.score, 0.9)
    rules = [DONE, ENDOSCOPY, *([SCREENING if medicare else PREVENTIVE] if screening else [])]
    acts, own = [], _own_report(case, "45378") is not None
    for place, (code, why) in enumerate(codes.items()):
        # a further technique needs a lesion of its own (NCCI policy manual, chapter 6)
        modifiers = ["59"] * (place > 0) + (["PT"] if medicare else ["33"]) * screening
        acts.append(Act(code, words, why, prefixes, modifiers, rules=list(rules), kind="procedure", sure=own))
    return acts


def upper_endoscopy(case: Case) -> list[Act]:
    """By what was done through the scope."""
    done = _scoped(case, "43235")
    if done is None:
        return []
    document, told = done
    words, prefixes = [told], services()["43235"].prefixes
    codes = _techniques(case, document, UPPER) or {"43235": "upper endoscopy, diagnostic"}
    own = _own_report(case, "43235") is not None
    return [Act(code, words, why, prefixes, rules=[DONE, ENDOSCOPY], kind="procedure", sure=own) for code, why in codes.items()]


def fractures(case: Case) -> list[Act]:
    """Closed treatment of a fracture where the physician says that he treats it; else only the cast or splint is coded."""
    broken = [c for c in case.main("S") if c.code.endswith(("A", "B"))]
    if not broken:
        return []
    held = ("procedure", "plan", "assessment", "other")
    story = (*held, "exam", "results", "cc", "hpi") if setting_of(case) == "emergency" else held[:2]
    treated = next((words for *_, words in case.search(TREATED, *held, *story)), None)
    if treated is None:
        return []
    manipulated = any(not NOT_TAKEN.search(case.text(s)[: found.start()]) for _, s, found, _ in case.search(MANIPULATED, *story))
    if not manipulated and any(True for _ in case.search(REFERRED, "plan", "assessment")):
        return []
    for prefix, plain, reduced, name in rows("fractures"):
        candidate = next((c for c in broken if c.code.startswith(tuple(prefix.split()))), None)
        if candidate is None:
            continue
        code = reduced if manipulated and reduced else plain
        at = candidate.mentions[0].sentence if candidate.mentions else 0
        side = candidate.mentions[0].side if candidate.mentions else ""
        side = side or side_near(case, at, 0, 0)
        modifiers = place_modifier(side, digit_near(case, at) if name in ("finger", "toe", "great toe") else "")
        if setting_of(case) == "emergency":
            modifiers = [*modifiers, "54"]  # another physician follows it up
        why = f"fracture of the {name} treated closed, {'set' if code == reduced else 'not moved'}"
        return [Act(code, [treated], why, (candidate.code,), modifiers, rules=[DONE, FRACTURE], side=side, kind="procedure")]
    return []


PRICKED = re.compile(r"\b(\d{1,3})\b[^.;]{0,30}\b(?:\w*allergens?|antigens?|pricks?|tests?|extracts?)\b", re.I)


def skin_pricks(case: Case) -> list[Act]:
    """95004 for each allergen pricked; the number must be written."""
    for at, sentence, hit in hits_of(case, "service", "95004"):
        found = re.search(
            r"\b(\d{1,3})\b[^.;]{0,30}\b(?:\w*allergens?|antigens?|pricks?|tests?|extracts?)\b", case.text(sentence), re.I
        )
        if found and performed(case, at, hit):
            words, prefixes, count = [words_of(case, sentence, hit)], services()["95004"].prefixes, number(found.group(1))
            return [Act("95004", words, f"prick tests with {count} allergens", prefixes, units=count, rules=[DONE], kind="test")]
    return []


SMEAR = re.compile(r"\b(?:obtained|collected|done|performed|taken)\b", re.I)
SMEAR_RULE = "Medicare Claims Processing Manual 18, 30: Q0091 for obtaining a screening Pap smear"


def pap(case: Case) -> list[Act]:
    """Obtaining a screening smear has a code only for Medicare; else it is part of the visit."""
    for at, sentence, hit in hits_of(case, "service", "Q0091"):
        text = case.text(sentence)
        here = HERE.search(text) or sentence.section in ("procedure", "plan", "exam")
        if here and SMEAR.search(text) and is_medicare(case) and performed(case, at, hit):
            service, words = services()["Q0091"], [words_of(case, sentence, hit)]
            return [Act("Q0091", words, service.label, service.prefixes, rules=[DONE, SMEAR_RULE], kind="procedure")]
    return []
