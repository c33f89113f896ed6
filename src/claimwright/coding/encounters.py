"""The 7th character: which encounter it is, open or closed, and how it heals (Guidelines I.A.5, I.C.19.a, I.C.19.c)."""

from __future__ import annotations

import re

from claimwright.codesets import icd10cm
from claimwright.coding.gates import Told, spots_of
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
HEALING = (
    (re.compile(r"\b(?:nonunion|non-union)\b", re.I), "K", "M"),
    (re.compile(r"\b(?:malunion|mal-union)\b", re.I), "P", "Q"),
    (re.compile(r"\b(?:delayed (?:healing|union))\b", re.I), "G", "H"),
)
STILL_HEALING = re.compile(r"\bhealing\b", re.I)


def complete(code: str, mention: Mention, reading: Reading) -> str:
    """With placeholder and 7th character (Guidelines I.A.5, I.C.19.a)."""
    if not code.endswith("#"):
        return code
    bare = code[:-1].replace(".", "").ljust(6, "X")
    return f"{bare[:3]}.{bare[3:]}{_seventh(code[:-1], mention, reading)}"


def _seventh(code: str, mention: Mention, reading: Reading) -> str:
    sentence = reading.sentence(mention)
    near = spots_of(reading.note).told([mention.sentence] if sentence.item < 0 else reading.note.of_item(sentence.item))
    if near.says(SEQUELA):
        return "S"
    if FRACTURE.match(code):
        return _healing(near, code, _encounter(mention, reading, sentence, near))
    return _encounter(mention, reading, sentence, near)


FRACTURE = re.compile(r"S[4579]2|S82|S62|S72|S52|S02|S12|S22|S32|M80")


def _healing(near: Told, code: str, encounter: str) -> str:
    """A fracture's character says open or closed, and how it heals; closed and healing where nothing is said (I.C.19.c)."""
    broken = near.says(OPEN)
    allowed = icd10cm.sevenths(code)
    wanted = encounter
    if encounter == "D":
        closed = next(((k, o) for words, k, o in HEALING if near.says(words)), ("D", "E"))
        wanted = closed[1] if broken else closed[0]
    elif broken:
        wanted = "B"
    return wanted if wanted in allowed else encounter


EMERGENCY = re.compile(r"\W*(?:ED|emergency)\b", re.I)
RECHECK = re.compile(r"\bre-?check|\bhere for|\b(?:days?|weeks?) ago\b|\breturns?\b", re.I)


def _encounter(mention: Mention, reading: Reading, sentence: Sentence, near: Told) -> str:
    if near.says(SUBSEQUENT):
        return "D"
    if near.says(INITIAL):
        return "A"  # a new injury beside the one that is followed up
    if sentence.document not in reading.begun:
        before = reading.note.within("cc", "hpi", "other")
        own = [number for number in before if reading.note.sentences[number].document == sentence.document]
        spots = spots_of(reading.note)
        told = spots.told(own)
        followed = "D" if spots.may(FOLLOW_UP, own) and FOLLOW_UP.search(told.text[:400]) else ""
        if EMERGENCY.match(sentence.source) and not RECHECK.search(told.text[:400]):
            followed = ""  # the follow-up is to come
        reading.begun[sentence.document] = "A" if told.says(ACTIVE) else followed
    return reading.begun[sentence.document] or ("D" if near.says(STILL_HEALING) else "A")


INITIAL = re.compile(
    r"\b(?:initial (?:visit|encounter|evaluation)|new (?:(?:right|left|acute|open|closed) )?(?:injury|laceration|sprain|strain"
    r"|fracture|burn|contusion|abrasion|wound|dislocation))\b",
    re.I,
)
SUBSEQUENT = re.compile(
    r"\b(?:subsequent (?:encounter|visit)|routine healing|delayed healing|nonunion|malunion|, follow[- ]?up"
    r"|healing (?:well|as expected)"
    r"|POD ?#?\d+|(?:s/p|status post|after) (?:\w+ ){0,2}(?:ORIF|CRPP|IMN|pinning|(?:open|closed) reduction)"
    r"|\d+ ?(?:wks?|weeks?|mos?|months?) (?:s/p|out from|post-?op\w*))\b",
    re.I,
)
