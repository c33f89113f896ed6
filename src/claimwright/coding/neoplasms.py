"""Neoplasms: treatment as the reason for the visit, secondary sites, what is past, long-term drugs (Guidelines I.C.2)."""

from __future__ import annotations

import re

from msgspec import structs

from claimwright.codesets import icd10cm, tabular_notes
from claimwright.coding.candidates import codes_of
from claimwright.coding.case import Case
from claimwright.coding.describe import billable
from claimwright.coding.longterm import taken
from claimwright.coding.mentions import Mention
from claimwright.coding.model import Evidence
from claimwright.coding.specific import SPECIFIC, vague

TREATED = "ICD-10-CM OCG I.C.2.e.2 (admission or visit for the treatment itself: Z51 first)"
PAST = "ICD-10-CM OCG I.C.2.m (current malignancy and personal history)"
AFTER = "ICD-10-CM OCG I.C.21.c.8 (follow-up after completed treatment, before the history)"
SPREAD = "ICD-10-CM OCG I.C.2.b (secondary sites)"
PALLIATIVE_DRUGS = {"tamoxifen": "Z79.810", "raloxifene": "Z79.810", "anastrozole": "Z79.811", "letrozole": "Z79.811"}
# history of a malignancy: category of the primary -> its Z85
HISTORY = (
    ("C18", "Z85.038"),
    ("C19", "Z85.048"),
    ("C20", "Z85.048"),
    ("C34", "Z85.118"),
    ("C43", "Z85.820"),
    ("C44", "Z85.828"),
    ("C50", "Z85.3"),
    ("C53", "Z85.41"),
    ("C54", "Z85.42"),
    ("C56", "Z85.43"),
    ("C61", "Z85.46"),
    ("C62", "Z85.47"),
    ("C64", "Z85.528"),
    ("C67", "Z85.51"),
    ("C73", "Z85.850"),
    ("C81", "Z85.71"),
    ("C85", "Z85.72"),
)
COMPLETED = re.compile(
    r"\b(?:(?:no|without) (?:evidence of |signs? of )?(?:(?:recurrent|residual) )?(?:disease|recurrence|cancer)|NED"
    r"|completed (?:all )?(?:treatment|therapy|chemotherapy)"
    r"|treatment (?:was |is )?complete[d]?|in remission since|cancer[- ]free|(?<!active )surveillance"
    r"|PSA (?:is |remains )?undetectable|undetectable PSA)\b",
    re.I,
)
STILL = re.compile(
    r"\b(?:tamoxifen|anastrozole|letrozole|exemestane|leuprolide|trastuzumab"
    r"|\bon (?:\w+ )?(?:adjuvant|endocrine) (?:\w+ )?(?:therapy|treatment)|continue treatment"
    r"|chemotherapy (?:continues|ongoing)|on (?:active )?treatment"
    r"|metasta\w+|active surveillance|(?:on|continues?) (?:chemotherapy|immunotherapy|hormone therapy|adt)|cycle \d)\b",
    re.I,
)


def neoplasms(case: Case) -> None:
    """Rules that need more than one code or the words about treatment."""
    for treatment in case.main("Z51.0", "Z51.1"):
        treatment.order = -0.8
        treatment.rules.append(TREATED)
    _story(case)
    _past(case)
    _skin(case)
    _spread(case)
    _anemia(case)
    _harmed(case)
    _receptors(case)
    _drugs(case)


def _story(case: Case) -> None:
    """The exact site of a cancer that is assessed, from a story that tells of its operation or treatment as over."""
    told = [m for m in case.reading.mentions if m.template[0] == "C" and m.assertion in ("historical", "resolved")]
    for candidate in case.main("C") if told else ():
        own = [m for m in told if m.template[:3] == candidate.code[:3]] if vague(candidate.code) else []
        found = {code for m in own for code in codes_of(structs.replace(m, assertion="affirmed"), case.reading, case.visit)}
        exact = {code for code in found if not vague(code) and icd10cm.laterality(code) == icd10cm.laterality(candidate.code)}
        if len(exact) == 1:
            case.replace(candidate, exact.pop(), f"the story is more specific: “{own[0].evidence.text}”", SPECIFIC)


def _past(case: Case) -> None:
    """A primary that was excised and needs no more treatment is history (I.C.2.m)."""
    follow_up = case.main("Z08")
    for candidate in [c for c in case.main("C") if not c.code.startswith(("C77", "C78", "C79", "C80"))]:
        code = next((past for primary, past in HISTORY if candidate.code.startswith(primary)), "")
        told = case.told([number for m in candidate.mentions for number in _said_of(case, m)])
        if code and (follow_up or told.says(COMPLETED)) and not told.says(STILL):
            history = case.replace(candidate, code, "treatment is completed and no disease is left", PAST)
            if not follow_up and all(c.code[0] in "VWXYZ" for c in case.main()):
                follow_up = [case.put("Z08", history, "followed after a treated malignancy", AFTER, after=-0.0001)]
    for treatment in follow_up:
        treatment.order = min([treatment.order, *(c.order - 0.0001 for c in case.main("Z85"))])
        for other in case.main("Z09"):
            case.drop(other, "Z08 is the follow-up of a malignancy")


SKIN = ("L57", "D22", "L82", "C43", "C44", "D04", "D48.5", "D49.2", "Z12.83")
REMOVED = re.compile(r"\b(?:removed|excised|mohs|resected|treated|cleared)\b", re.I)


def _skin(case: Case) -> None:
    """A skin cancer that was taken out before goes with today's spots (I.C.21.c.4)."""
    base = case.main(*SKIN)
    for candidate in case.known("Z85.82") if base else ():
        if not candidate.main and any(REMOVED.search(case.text(case.mention_at(m))) for m in candidate.mentions):
            case.lift(candidate, max(c.order for c in base) + 0.0006, "a skin cancer removed before", PAST)
    for candidate in case.known("C43", "C44") if base else ():
        told = " ".join(case.text(case.mention_at(m)) for m in candidate.mentions)
        code = "Z85.820" if candidate.code.startswith("C43") else "Z85.828"
        if not candidate.main and REMOVED.search(told) and COMPLETED.search(told):
            order = max(c.order for c in base) + 0.0006
            case.add(code, list(candidate.evidence), 0.74, order, "a skin cancer removed before", PAST)
            return


def _said_of(case: Case, mention: Mention) -> list[int]:
    """The number of the sentence of a mention, and where it is a problem's title all that is said of the problem."""
    sentence = case.mention_at(mention)
    return case.reading.note.of_item(sentence.item) if sentence.statement else [mention.sentence]


def _spread(case: Case) -> None:
    """A cancer said to be metastatic to a site: the site is secondary, not another primary."""
    for second in case.main("C77", "C78", "C79"):
        second.rules.append(SPREAD)
        for primary in case.main("C"):
            site = {m.site for m in primary.mentions}
            if not primary.code.startswith(("C77", "C78", "C79", "C80")) and site & {m.site for m in second.mentions} - {""}:
                same = {m.sentence for m in primary.mentions} <= {m.sentence for m in second.mentions}
                spread = any("metasta" in case.text(case.mention_at(m)).lower() for m in primary.mentions)
                if same and spread and not tabular_notes.within(primary.code, "C34", "C34"):
                    case.drop(primary, f"{second.code}: the site is secondary")
            inside = [b.place[0] for a in primary.mentions for b in second.mentions if _within(a, b)] if primary.main else []
            if inside:  # "metastatic lung cancer to brain and bone"
                second.order = max(second.order, primary.order + 0.0001 + min(inside) * 0.000001)


def _within(one: Mention, other: Mention) -> bool:
    return one.sentence == other.sentence and other.first <= one.first and one.last < other.last


def _anemia(case: Case) -> None:
    """Anemia in a malignancy follows it, anemia of its treatment comes before it (I.C.2.c.1-2)."""
    for anemia in case.main("D64.81"):
        for cancer in case.main("C"):
            cancer.order = max(cancer.order, anemia.order + 0.0003)
        if not case.main("T45.1"):
            words = anemia.evidence[:1]
            rule = "ICD-10-CM OCG I.C.2.c.2 (adverse effect of antineoplastic therapy)"
            case.add("T45.1X5A", words, 0.85, anemia.order + 0.0002, "chemotherapy caused the anemia", rule)
    for anemia in case.main("D63.0"):
        for cancer in case.main("C")[:1]:
            anemia.order = max(anemia.order, cancer.order + 0.0001)
            anemia.rules.append("ICD-10-CM OCG I.C.2.c.1 (anemia associated with malignancy)")


CHEMO = re.compile(
    r"\b(?:chemo\w*|antineoplastic\w*|immunotherapy|paclitaxel|docetaxel|oxaliplatin|cisplatin|vincristine)\b", re.I
)


def _harmed(case: Case) -> None:
    """The drug of a neuropathy or a fall of white cells that chemotherapy caused (G62.0, D70.1 use additional code)."""
    for harm in case.main("G62.0", "D70.1", "D61.810"):
        if not case.main("T45.1") and any(CHEMO.search(case.text(case.mention_at(m))) for m in harm.mentions):
            rule = "ICD-10-CM OCG I.C.19.e.5.a (adverse effect: the reaction, then the drug)"
            case.add("T45.1X5A", harm.evidence[:1], 0.85, harm.order + 0.0002, "chemotherapy caused it", rule)


# estrogen, progesterone and HER2 receptors, positive or negative
SIGN = r"(?:[- ]?(?P<{0}_plus>positive|pos\b|\+)|[- ]?(?P<{0}_minus>negative|neg\b|[-−](?=[\s/,;.)]|$)))"
RECEPTOR = re.compile(
    r"(?:\bER|\bestrogen[- ]receptor|\bhormone[- ]receptor|\bHR)"
    + SIGN.format("e")
    + r"|(?:\bPR|\bPgR|\bprogesterone[- ]receptor)"
    + SIGN.format("p")
    + r"|\bHER-?2(?:[-/ ]?neu)?"
    + SIGN.format("h")
    + r"|\b(?P<triple>triple[- ]negative)\b|\bER/PR"
    + SIGN.format("b"),
    re.I,
)
IN_SITU = re.compile(r"\bDCIS\b|\bin[- ]situ\b", re.I)  # the receptors of a carcinoma in situ have no code
RECEPTORS = {  # (hormones, HER2) -> both in one code
    (True, True): "Z17.410",
    (True, False): "Z17.411",
    (False, True): "Z17.420",
    (False, False): "Z17.421",
}


def _receptors(case: Case) -> None:
    """The receptors of a breast cancer as the note tells them, in one code where hormones and HER2 are known."""
    breast = case.main("C50")
    if not breast:
        return
    told: dict[str, bool] = {}
    words: list[Evidence] = []
    for _, sentence, found, spot in case.search(RECEPTOR):
        if sentence.section not in ("fh", "instructions", "pmh", "psh") and not IN_SITU.search(case.text(sentence)):
            groups = {name for name, held in found.groupdict().items() if held}
            for name in ("e", "p", "h", "b"):
                for sign in ("plus", "minus"):
                    if f"{name}_{sign}" in groups:
                        told.update(dict.fromkeys("ep" if name == "b" else name, sign == "plus"))
            if "triple" in groups:
                told.update(e=False, p=False, h=False)
            words.append(spot)
    hormones = True if told.get("e") or told.get("p") else False if told.get("e") is False else None
    if hormones is not None and "h" in told:
        code = RECEPTORS[hormones, told["h"]]
    elif "e" in told:
        code = "Z17.0" if told["e"] else "Z17.1"
    elif "p" in told:
        code = "Z17.21" if told["p"] else "Z17.22"
    elif "h" in told:
        code = "Z17.31" if told["h"] else "Z17.32"
    else:
        return
    for other in case.main("Z17"):
        case.drop(other, f"{code} tells the receptors")
    if billable(code, case.visit.on):
        case.add(
            code, words[:3], 0.85, breast[0].order + 0.0003, "receptors of the cancer", "ICD-10-CM C50 use additional code (Z17)"
        )


def _drugs(case: Case) -> None:
    """Hormones against breast cancer (Z79.81-)."""
    breast = case.main("C50", "Z85.3")
    for name, number, first in taken(case, "rx") if breast else ():
        code = PALLIATIVE_DRUGS.get(name)
        if code:
            start, end = case.reading.note.sentences[number].places[first]
            words: Evidence = case.reading.note.evidence(case.reading.note.sentences[number].document, start, end)
            order = max(c.order for c in breast) + 0.0004
            case.add(code, [words], 0.78, order, f"long-term {name}", "ICD-10-CM C50 use additional code (Z79.81-)")
