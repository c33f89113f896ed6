"""The risk column: what is done about the problems, drugs above all."""

from __future__ import annotations

import re

from claimwright.coding.acts import PROCEDURE_LABELS
from claimwright.coding.case import Case
from claimwright.coding.em_acute import AT_HOME, DECIDED_DNR, GIVEN, MONITORED_DRUG, NOT_SO, SENT, acute_risk, cared_for
from claimwright.coding.em_table import Element
from claimwright.coding.lexicon import Hit
from claimwright.coding.longterm import drug_class
from claimwright.coding.tables import cue
from claimwright.coding.visits import assessed, is_jot, problems_of

MANAGES, NO_DRUG, REALLY = cue("em.manages"), cue("em.no_drug"), cue("em.really_managed")
LOW_RISK, NOT_DECIDED = cue("em.low_risk"), cue("em.not_decided")
SURGERY, URGENT_SURGERY, NOT_SURGERY = cue("em.surgery"), cue("em.urgent_surgery"), cue("em.not_surgery")
LONG_SINCE = re.compile(
    r"\b(?:(?:years?|months?|weeks?) ago|last (?:year|month|week)|had been|in (?:19|20)\d\d|previously)\b", re.I
)
TOLD_IN = frozenset(("assessment", "plan", "orders", "instructions", "other"))
COUNTER = re.compile(r"\b(?:over[- ]the[- ]counter|otc)\b", re.I)
MONITORED = re.compile(r"\b(?:monitor\w*|levels?|toxicity|cbc|lfts?)\b", re.I)
DECISIONS = (
    (cue("em.sdoh"), 3, "social circumstances limit diagnosis or treatment"),
    (cue("em.hospital"), 4, "decision about hospital care"),
    (cue("em.by_prescription"), 3, "prescription drug management"),
)


def risk(case: Case, *, acute: bool = False, emergency: bool = False) -> Element:
    """Level and facts of the risk of management (CPT table, third column); `acute`: any heading may tell of it."""
    element = Element()
    drugs, sentences = case.reading.hits["drug"], case.reading.note.sentences
    for at, hits in drugs.items():
        if sentences[at].section in TOLD_IN:
            for hit in hits:
                _drug(case, element, at, hit, bare=emergency, acute=acute)
    if acute:
        for at, sentence, text in cared_for(case):
            if sentence.section in ("hpi", "exam", "results", "followup") and GIVEN.search(text) and not AT_HOME.search(text):
                for hit in drugs.get(at, ()):
                    _drug(case, element, at, hit)
        acute_risk(case, element, emergency=emergency)
        if emergency and element.level == 1:
            _dressed(case, element)
    for _, sentence, found, words in case.search(SENT, *assessed(case, "followup")):
        text = case.text(sentence)
        if not NOT_SO.search(text[: found.start()]) and not LONG_SINCE.search(text):
            element.raise_to(4, "decision about hospital care", words, "risk")
    for *_, words in case.search(MONITORED_DRUG, "assessment", "plan", "orders"):
        element.raise_to(4, "drug that needs intensive monitoring for toxicity", words, "risk")
    _decisions(case, element, ("assessment", "plan", "other") if emergency else assessed(case))
    _surgery(case, element)
    if element.level == 1 and problems_of(case):
        _low(case, element)
    return element


ALONE = 4  # words
# strengths that only a prescription has, of drugs that are sold without one too
STRENGTHS = {
    "ibuprofen": re.compile(r"\W*(?:[468]00) ?mg|\W*[468]00\b", re.I),
    "naproxen": re.compile(r"\W*(?:sodium )?(?:250|275|375|500|550)\b", re.I),
    "diclofenac gel": re.compile(r"\W*(?:sodium |dr |er |xr )*(?:25|50|75|100)\b", re.I),
    "famotidine": re.compile(r"\W*40\b", re.I),
    "hydrocortisone cream": re.compile(r"[^.;]{0,12}?\b2\.5 ?%", re.I),
    "fluticasone nasal": re.compile(r"[^.;]{0,25}?(?:\b(?:44|110|220)\b|\bhfa|\bpuffs?\b|\binhal)", re.I),
    "vitamin d": re.compile(r"[^.;]{0,15}?\b50[, ]?000|[^.;]{0,10}?\b50 ?k\b", re.I),
    "folic acid": re.compile(r"\W*1 ?mg", re.I),
}
ADVISED = re.compile(r"\b(?:advis\w*|recommend\w*|may|can|could|over|take)\b", re.I)
ROUTE = re.compile(r"[^.;,]{0,14}?\b(?:p\.?o|iv|ivp|im|sq|subq|sc|gtt|drip|pr|bid|tid|qid|qhs|daily|q\d+h?|nebs?)\b", re.I)
# a dose behind the drug, told with what to do or alone: "amox-clav 875 bid x7d"
DOSED = re.compile(
    r"[ -]?(?:er|xr|xl|sr|dr|hfa|hct|hcl|succ\w*|tart\w*)?[ ]?\d[\d./,]*"
    r"(?! ?(?:years?|yrs?|months?|mos?|weeks?|wks?|days? ago))",
    re.I,
)
BEHIND, ENDED = re.compile(r"(?:[:→>]|\s[-–—])\s*$"), re.compile(r"\s*(?:[.,;]|$)")  # "acute cystitis: macrobid."


def _drug(case: Case, element: Element, at: int, hit: Hit, *, bare: bool = False, acute: bool = False) -> None:
    """`bare`: a drug that stands alone under the diagnosis or in the plan is prescribed: "Macrobid." """
    sentence = case.reading.note.sentences[at]
    if sentence.label in PROCEDURE_LABELS:
        return  # given with the procedure, whose payment holds its decision
    start, end = sentence.span(hit.first, hit.last)
    text, at_start, at_end = case.text(sentence), start - sentence.start, end - sentence.start
    doubted, counter = case.may(NO_DRUG, at), case.may(COUNTER, at)
    around = _clause(text, at_start) if doubted or counter else ""
    if doubted and (said := NO_DRUG.search(around)) and not REALLY.search(around):
        apart = said.group().lower() == "if" and "," in around[around.find(text[at_start:at_end]) : said.start()]
        if not apart:  # "naproxen 500 BID, heat, PT if no better"
            return
    over = counter and COUNTER.search(around)
    kind = "otc" if over else drug_class(hit.entry.key)
    if kind == "otc" and not over and hit.entry.key in STRENGTHS and STRENGTHS[hit.entry.key].match(text, at_end):
        kind = "otc" if ADVISED.search(text, 0, at_start) else "rx"
    alone = sentence.section in ("assessment", "plan") and (
        DOSED.match(text, at_end)
        or ((bare or acute) and ROUTE.match(text, at_end))
        or (ENDED.match(text, at_end) and BEHIND.search(text[:at_start]))
        or (bare and len(sentence.words) <= ALONE)
    )
    if not alone and kind not in ("otc", "named"):
        alone = _by_itself(case, at, text[:at_start], text[at_end:]) or _changed_next(case, at)
    if kind != "otc" and not alone and not case.has(MANAGES, at):
        return
    words = case.reading.note.evidence(sentence.document, start, end)
    if kind == "monitored" and MONITORED.search(_problem_words(case, sentence.item)):
        element.raise_to(4, f"drug that needs intensive monitoring for toxicity ({hit.entry.key})", words, "risk")
    elif kind == "otc":
        element.raise_to(2, "over-the-counter drug", words, "risk")
    else:
        element.raise_to(3, "prescription drug management", words, "risk")


# a drug with which a sentence or an entry of the plan begins, behind the problem: "Sinusitis. Augmentin x 10 days."
BEGINS = re.compile(r"(?:^|[,;:→>+&]|\s[-–—])\s*$")
COURSE = re.compile(r"[^.,;]{0,20}?(?:\bx ?|\bfor )\d+(?: ?- ?\d+)? ?-?(?:d|days?|wks?|weeks?)\b(?! ago)", re.I)
TAKEN = re.compile(
    r"\b(?:past|previous\w*|prior|complet\w+|finish\w+|ago|without|home|current\w*|tak(?:es|ing)|took|no (?:relief|better"
    r"|improvement|help|response|allerg\w+)|did(?: not|n't))\b",
    re.I,
)
NO_PLAN = re.compile(r"\b(?:allerg\w+|intoleran\w+|adverse|reactions?|tried|failed|meds?|medications?|side effects?)\b", re.I)


def _by_itself(case: Case, at: int, before: str, after: str) -> bool:
    """Whether a drug behind its problem is all that a sentence of the plan says, or is told with a dose or for how long."""
    sentences, opens = case.reading.note.sentences, not before.strip()
    planned = sentences[at].section in ("assessment", "plan") or (is_jot(case) and (at > 0 or not opens))
    if not planned or not BEGINS.search(before):
        return False
    if not COURSE.match(after) and not (opens and (ENDED.match(after) or DOSED.match(after))):
        return False
    if TAKEN.search(before + after) or NO_PLAN.search(before + after):
        return False
    return not (opens and at and NO_PLAN.search(case.text(sentences[at - 1])))


DOSE_CHANGED = re.compile(
    r"\W*(?:will |plan to )?(?:increas|rais|titrat|reduc|decreas|lower|go|cut)\w*(?: up| down| back)?"
    r"(?: the| his| her)?(?: dose)? to \d",
    re.I,
)


def _changed_next(case: Case, at: int) -> bool:
    """Whether the words behind a jotted drug change its dose: "sertraline 100; increase to 150"."""
    sentences = case.reading.note.sentences
    return is_jot(case) and at + 1 < len(sentences) and bool(DOSE_CHANGED.match(case.text(sentences[at + 1])))


def _low(case: Case, element: Element) -> None:
    for _, _, _, words in case.search(LOW_RISK, "assessment", "plan", "instructions"):
        element.raise_to(2, "rest, therapy or other low-risk treatment", words, "risk")
        return


WOUND_CARE = re.compile(r"\b(?:sutured|repair(?:ed)?|stapled|dermabond|irrigated|dressing|splint\w*|bacitracin|ace wrap)\b", re.I)


def _dressed(case: Case, element: Element) -> None:
    """Wounds closed and limbs splinted in an emergency: minor surgery without risk factors, elastic bandages (CPT: low)."""
    for _, sentence, text in cared_for(case):
        found = WOUND_CARE.search(text) if sentence.section != "hpi" else None
        if found and not NOT_SO.search(text[: found.start()]):
            words = case.reading.note.evidence(sentence.document, sentence.start + found.start(), sentence.start + found.end())
            element.raise_to(2, "minor surgery without risk factors, or a dressing", words, "risk")
            return


def _clause(text: str, at: int) -> str:
    start = max((text.rfind(mark, 0, at) + len(mark) for mark in ("; ", ". ", ", but ", ": ") if mark in text[:at]), default=0)
    stops = [text.find(mark, at) for mark in ("; ", ". ", ", but ") if text.find(mark, at) >= 0]
    return text[start : min(stops, default=len(text))]


def _problem_words(case: Case, item: int) -> str:
    return " ".join(case.text(s) for _, s in case.sentences("assessment", "plan") if s.item == item)


def _decisions(case: Case, element: Element, sections: tuple[str, ...]) -> None:
    for pattern, level, why in DECISIONS:
        for _, sentence, found, words in case.search(pattern, *sections):
            text = case.text(sentence)
            if found.group().lower() == "dnr" and not DECIDED_DNR.search(text):
                continue  # a status, not a decision of today
            if not NOT_DECIDED.search(text[max(0, found.start() - 40) : found.end() + 25]):
                element.raise_to(level, why, words, "risk")
                break


# the operations of `em.surgery`: a sentence without one is not searched for its decision, which takes long
OPERATION = re.compile(
    r"phaco|ctr|t&a|rcr|aclr|bmt|cea|evar|ce/?iol|hernia|chole|reconstruct|releas|decompress|turp|fess|sling|surg|plasty|ectomy|replacement|operati|procedure|excision|transplant|implant|placement|insertion|fistula|arthroscop|resection"
    r"|fusion|fixation|catheterization|lithotripsy|bypass|amputation|repair|reconstruction",
    re.I,
)
ABBREVIATED = frozenset(("tka", "tkr", "tha", "thr", "tsa", "rtsa", "cabg", "tavr", "acdf", "orif"))


def _surgery(case: Case, element: Element) -> None:
    """A decision for surgery, today or made together with the patient: high if it is urgent or the risk is named."""
    note = case.reading.note
    for at, sentence in case.holding(SURGERY, "assessment", "plan", "instructions", "followup"):
        named = case.may(OPERATION, at) or not ABBREVIATED.isdisjoint(sentence.words)
        if not named or not case.has(SURGERY, at):
            continue
        text = case.text(sentence)
        for found in SURGERY.finditer(text):
            if not NOT_SURGERY.search(text[: found.start()]):
                urgent = URGENT_SURGERY.search(text)
                words = note.evidence(sentence.document, sentence.start + found.start(), sentence.start + found.end())
                element.raise_to(
                    4 if urgent else 3, "decision about surgery" + (" at high risk" if urgent else ""), words, "risk"
                )
                return
