"""Neoplasms: treatment as the reason for the visit, secondary sites, what is past, long-term drugs (Guidelines I.C.2)."""

from __future__ import annotations

import re

from claimwright.codesets import tabular_notes
from claimwright.coding.case import Case
from claimwright.coding.longterm import taken
from claimwright.coding.mentions import Mention
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence

TREATED = "ICD-10-CM OCG I.C.2.e.2 (admission or visit for the treatment itself: Z51 first)"
PAST = "ICD-10-CM OCG I.C.2.m (current malignancy and personal history)"
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
    r"\b(?:no (?:evidence of |signs? of )?(?:disease|recurrence)|NED|completed (?:all )?(?:treatment|therapy|chemotherapy)"
    r"|treatment (?:was |is )?complete[d]?|in remission since|cancer[- ]free|(?<!active )surveillance"
    r"|PSA (?:is |remains )?undetectable|undetectable PSA)\b",
    re.I,
)
STILL = re.compile(
    r"\b(?:tamoxifen|anastrozole|letrozole|exemestane|leuprolide|chemotherapy (?:continues|ongoing)|on (?:active )?treatment"
    r"|metasta\w+|active surveillance|(?:on|continues?) (?:chemotherapy|immunotherapy|hormone therapy|adt)|cycle \d)\b",
    re.I,
)


def neoplasms(case: Case) -> None:
    """Rules that need more than one code or the words about treatment."""
    for treatment in case.main("Z51.0", "Z51.1"):
        treatment.order = -0.8
        treatment.rules.append(TREATED)
    _past(case)
    _spread(case)
    _anemia(case)
    _drugs(case)


def _past(case: Case) -> None:
    """A primary that was excised and needs no more treatment is history (I.C.2.m)."""
    follow_up = case.main("Z08")
    for candidate in [c for c in case.main("C") if not c.code.startswith(("C77", "C78", "C79", "C80"))]:
        told = " ".join(case.text(sentence) for m in candidate.mentions for sentence in _said_of(case, m))
        code = next((past for primary, past in HISTORY if candidate.code.startswith(primary)), "")
        if code and not STILL.search(told) and (follow_up or COMPLETED.search(told)):
            case.replace(candidate, code, "treatment is completed and no disease is left", PAST)
    for treatment in follow_up:
        treatment.order = min([treatment.order, *(c.order - 0.0001 for c in case.main("Z85"))])
        for other in case.main("Z09"):
            case.drop(other, "Z08 is the follow-up of a malignancy")


def _said_of(case: Case, mention: Mention) -> list[Sentence]:
    """The sentence of a mention, and where it is a problem's title all that is said of the problem."""
    sentence = case.mention_at(mention)
    note = case.reading.note
    return [note.sentences[number] for number in note.of_item(sentence.item)] if sentence.statement else [sentence]


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
