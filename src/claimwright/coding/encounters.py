"""The 7th character: which encounter it is, open or closed, and how it heals (Guidelines I.A.5, I.C.19.a, I.C.19.c)."""

from __future__ import annotations

import re

from claimwright.codesets import icd10cm
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue

FOLLOW_UP = cue("candidates.follow_up")
ACTIVE = cue("candidates.active")
SEQUELA = re.compile(
    r"\b(?:sequela|sequelae|late effects? of|residual(?:s)? (?:of|from)|old injury"
    r"|(?:due to|from|after) (?:an |his |her |the )?old)\b",
    re.I,
)
OPEN = re.compile(r"\b(?:open|compound)\s+(?:\w+\s+){0,3}?fracture", re.I)
# how a fracture heals -> 7th character closed, open (I.C.19.c.1)
HEALING = ((r"nonunion|non-union", "K", "M"), (r"malunion|mal-union", "P", "Q"), (r"delayed (?:healing|union)", "G", "H"))


def complete(code: str, mention: Mention, reading: Reading) -> str:
    """With placeholder and 7th character (Guidelines I.A.5, I.C.19.a)."""
    if not code.endswith("#"):
        return code
    bare = code[:-1].replace(".", "").ljust(6, "X")
    return f"{bare[:3]}.{bare[3:]}{_seventh(code[:-1], mention, reading)}"


def _seventh(code: str, mention: Mention, reading: Reading) -> str:
    sentence = reading.sentence(mention)
    near = _item_text(reading, sentence)
    if SEQUELA.search(near):
        return "S"
    if FRACTURE.match(code):
        return _healing(near, code, _encounter(mention, reading, sentence, near))
    return _encounter(mention, reading, sentence, near)


FRACTURE = re.compile(r"S[4579]2|S82|S62|S72|S52|S02|S12|S22|S32|M80")


def _healing(near: str, code: str, encounter: str) -> str:
    """A fracture's character says open or closed, and how it heals; closed and healing where nothing is said (I.C.19.c)."""
    broken = bool(OPEN.search(near))
    allowed = icd10cm.sevenths(code)
    wanted = encounter
    if encounter == "D":
        closed = next(((k, o) for words, k, o in HEALING if re.search(rf"\b(?:{words})\b", near, re.I)), ("D", "E"))
        wanted = closed[1] if broken else closed[0]
    elif broken:
        wanted = "B"
    return wanted if wanted in allowed else encounter


def _encounter(mention: Mention, reading: Reading, sentence: Sentence, near: str) -> str:
    if SUBSEQUENT.search(near):
        return "D"
    if sentence.document not in reading.begun:
        before = (reading.note.sentences[number] for number in reading.note.within("cc", "hpi", "other"))
        told = " ".join(reading.text(other) for other in before if other.document == sentence.document)
        followed = "D" if FOLLOW_UP.search(told[:400]) else ""
        reading.begun[sentence.document] = "A" if ACTIVE.search(told) else followed
    return reading.begun[sentence.document] or ("D" if re.search(r"\bhealing\b", near, re.I) else "A")


SUBSEQUENT = re.compile(
    r"\b(?:subsequent (?:encounter|visit)|routine healing|delayed healing|nonunion|malunion|, follow[- ]?up)\b", re.I
)


def _item_text(reading: Reading, sentence: Sentence) -> str:
    if sentence.item < 0:
        return reading.text(sentence)
    same = reading.note.of_item(sentence.item)
    return " ".join(reading.text(reading.note.sentences[number]) for number in same)
