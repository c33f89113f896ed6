"""Radiology reports: the physician who read the pictures confirms or doubts, in words of their own (OCG IV.H, IV.K)."""

from __future__ import annotations

import re

from claimwright.coding.describe import is_symptom
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.note import Sentence

# beside the doubts that every note has: how radiologists leave a finding open
DOUBT = re.compile(
    r"\b(?:favou?r(?:ed|s)?|may be (?:seen|related)|(?:can|could|may) (?:be seen|have|reflect|represent)|unsure|uncertain|either|"
    r"in the (?:right|appropriate|proper) clinical|versus|vs|cannot be (?:excluded|ruled out)|not (?:entirely )?excluded|"
    r"differential|correlat\w+ for|in keeping with|associated with|nonspecific|suggest\w*|concern\w*|questionable|equivocal|"
    r"possibl[ey]|probabl[ey]|likely|presumed)\b|\band/or\b",
    re.I,
)
# why the picture was asked for: "history of cough", "three day history of fever" tell of now
COMPLAINT = re.compile(r"\b(?:history|hx|h/o)\b[^.;]*$", re.I)
OVER = re.compile(r"\b(?:prior|previous|past|remote|resolved|status post|s/p|ago|personal|family)\b", re.I)
ONGOING = ("N13.7", "N31", "N13.3", "N13.4", "Q", "G80", "G91", "C", "E84", "N18", "N20", "I50", "J44", "J45", "M41", "D57")
URINARY = re.compile(
    r"\b(?:kidneys?|renal|ureter\w*|vesicoureteral|vur|bladder|cystogra\w+|vcug|deflux|urinary|uti|utis|voiding|urethra\w*)\b",
    re.I,
)
DIGESTIVE = re.compile(r"\b(?:gastro\w*|esophag\w*|gerd|stomach|swallow\w*|barium|upper gi|spit\w*|heartburn|acid)\b", re.I)
ASKED = ("indication", "hpi", "cc", "other")


def read_reports(reading: Reading) -> None:
    """Settle what a radiology report's own way of speaking means for each thing it names."""
    for index, document in enumerate(reading.note.documents):
        if document.kind != "radiology":
            continue
        urinary = bool(URINARY.search(document.text)) and not DIGESTIVE.search(document.text)
        for mention in reading.mentions:
            sentence = reading.sentence(mention)
            if sentence.document == index:
                _settle(reading, mention, sentence, urinary)


# the visit's physician tells what the picture or the specimen proved, which ends the doubt of the problem's title
PROVED = re.compile(
    r"\b(?:x-?rays?|mri|ct|ultrasound|films?|imaging|scan|radiographs?|biopsy|pathology|cultures?|angiogram)\b[^.;]{0,40}"
    r"\b(?:reveal|show|demonstrat|confirm|prov)\w*\s+(?:an?\s+|the\s+)?(?:acute\s+)?$",
    re.I,
)


def proved(reading: Reading) -> None:
    """A disease doubted in its title and proved in the plan is established: "x-rays revealed a Lisfranc fracture" (OCG IV.H)."""
    doubted = [one for one in reading.mentions if one.assertion == "uncertain" and reading.sentence(one).statement]
    for title in doubted:
        for other in reading.mentions:
            sentence = reading.sentence(other)
            if other.template != title.template or other is title or sentence.section not in ("assessment", "plan"):
                continue
            before = sentence.source[sentence.start : other.evidence.start]
            if other.assertion in ("affirmed", "uncertain") and PROVED.search(before):
                title.assertion = other.assertion = "affirmed"


def _settle(reading: Reading, mention: Mention, sentence: Sentence, urinary: bool) -> None:
    if urinary and mention.template == "K21.9" and mention.term.lower() == "reflux":
        mention.template = "N13.70"  # reflux where kidneys and bladder are looked at: the Index has it under vesicoureteral
    text = reading.text(sentence)
    if sentence.section in ASKED:
        before = text[: max(0, mention.evidence.start - sentence.start)]
        if mention.assertion == "historical" and COMPLAINT.search(before) and not OVER.search(before) and _goes_on(mention):
            mention.assertion = "affirmed"
    elif mention.assertion == "affirmed" and DOUBT.search(text):
        mention.assertion = "uncertain"


def _goes_on(mention: Mention) -> bool:
    return is_symptom(mention.template) or mention.template.startswith(ONGOING)
