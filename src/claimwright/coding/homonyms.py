"""Abbreviations that are also everyday words, names, scales or the air of the room."""

from __future__ import annotations

import re

from claimwright.coding.lexicon import Hit
from claimwright.coding.note import Sentence
from claimwright.coding.tables import listed, rows, word_list
from claimwright.coding.words import stem

HOMONYMS = frozenset(word_list("homonyms"))
# words that beside others of their sentence mean no disease: "hemostasis w/ bipolar", "fracture bridging with callus"
OTHERWISE = {word: frozenset(map(stem, listed(beside))) for word, beside in rows("otherwise")}


def homonym(sentence: Sentence, hit: Hit) -> bool:
    """Whether a single word is meant otherwise; one that is also an everyday word or a name counts only in capitals."""
    if hit.first and sentence.raw[hit.first - 1].endswith(REPORTED):
        start, _ = sentence.span(hit.first, hit.first)
        if sentence.source[max(0, start - 3) : start] in REPORTING:
            return True
    text = sentence.raw[hit.first]
    if text == "RA":
        start, _ = sentence.span(hit.first, hit.first)
        return ROOM_AIR.search(sentence.source, max(sentence.start, start - 12), start) is not None
    if text in SCALES:
        _, end = sentence.span(hit.first, hit.first)
        if sentence.source[end : end + 1] == "-" and sentence.source[end + 1 : end + 2].isdigit():
            return True
    text_lower = text.lower()
    others = OTHERWISE.get(text_lower)
    if others is not None and not others.isdisjoint(sentence.words):
        return True
    return text_lower in HOMONYMS and not text.isupper()


ROOM_AIR = re.compile(
    r"(?:%|\b(?:[6-9]\d|100)|\bon|\bsats?|O2|\b(?:weaned|down|off) to|→|->|>|\bNC|\bto)[\s,(]*\Z"
)  # "SpO2 92% RA", the air of the room
SCALES = frozenset(("GAD", "MS"))  # the score GAD-7, the ride MS-150
REPORTING = frozenset(("BI-", "TI-", "PI-", "LI-"))  # BI-RADS and its kin are scales of reports, and no airway disease
REPORTED = tuple(one[:-1] for one in REPORTING)
