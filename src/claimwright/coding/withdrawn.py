"""What the sentence after a mention takes back: "UTI - resolved"; "Stage 3 CKD. This diagnosis was an error"."""

from __future__ import annotations

import re
from itertools import pairwise

from claimwright.coding.assertion import Placed, Scope, closes, governs, label_of
from claimwright.coding.describe import is_symptom, past
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.model import Assertion
from claimwright.coding.note import Sentence

OVER: dict[str, Assertion] = {"negated": "negated", "resolved": "resolved", "family": "family", "uncertain": "uncertain"}
VERDICTS = frozenset(OVER)  # of a title, behind its dash or colon
JOINS_REASON = frozenset(("and", "after", "with", "on", "by", "since", "today", "now", "per", "without"))


def take_back(reading: Reading) -> None:
    """What the next sentence says was never so or is over: "UTI - resolved", "CKD. This diagnosis was an error"."""
    told: dict[int, list[Mention]] = {}
    stood: dict[int, Assertion] = {}  # of the last mention of each sentence
    governed: set[int] = set()  # parts of lists behind a label
    for mention in reading.mentions:
        if (
            mention.assertion == "affirmed"
            and (before := stood.get(mention.sentence - 1)) in LISTABLE
            and _listed(mention, reading, governed)
        ):
            mention.assertion = before
        stood[mention.sentence] = mention.assertion
        if mention.template == "I25.10" and mention.term == "cad" and _detects(reading, mention):
            mention.assertion = "negated"
        if mention.assertion == "resolved" and mention.template[0] == "C" and past(mention.template):
            mention.assertion = "historical"  # a malignancy without recurrence (OCG I.C.2.m)
        if mention.assertion == "affirmed":
            told.setdefault(mention.sentence, []).append(mention)
    for number, mentions in told.items():
        if len(mentions) > 1:
            _alternatives(reading, mentions)
        one = _undone(reading, number)
        if one is not None:
            for mention in mentions if one.trigger.reach > 1 else mentions[-1:]:
                if one.trigger.category != "uncertain" or not is_symptom(mention.template):  # "Syncope - unclear": its cause
                    mention.assertion = OVER[one.trigger.category]


LISTABLE = frozenset(("negated", "family", "hypothetical", "uncertain"))


def _listed(mention: Mention, reading: Reading, governed: set[int]) -> bool:
    """Whether a mention is all of a part between semicolons behind a label that governs: "Denies: gout; asthma; COPD"."""
    here, before = reading.sentence(mention), reading.note.sentences[mention.sentence - 1]
    if mention.last - mention.first + 1 < len(here.words) - 1:
        return False
    if before.source[before.end - 1] != ";" and here.source[before.end : here.start].strip(" \t") != ";":
        return False
    if mention.sentence - 1 not in governed and not ((label := label_of(before)) and governs(label.strip())):
        return False
    governed.add(mention.sentence)
    return True


OR = re.compile(r"[ ,]+or (?:an? |maybe |perhaps |possibly )?$", re.I)


def _alternatives(reading: Reading, mentions: list[Mention]) -> None:
    """Two diseases of which the note says that it is one or the other: "pneumonia or bronchitis" (OCG IV.H)."""
    for one, other in pairwise(sorted(mentions, key=lambda mention: mention.first)):
        between = reading.sentence(one).source[one.evidence.end : other.evidence.start]
        if OR.fullmatch(between) and not (is_symptom(one.template) or is_symptom(other.template)):
            one.assertion = other.assertion = "uncertain"


BREASTS = re.compile(r"\b(?:mammogra\w*|tomosynthesis|computer[- ]aided|breasts?)\b", re.I)


def _detects(reading: Reading, mention: Mention) -> bool:
    """Whether CAD is the computer-aided detection of a mammogram rather than the coronary disease."""
    sentence = reading.sentence(mention)
    return bool(BREASTS.search(sentence.source, sentence.start, sentence.end))


def _undone(reading: Reading, number: int) -> Placed | None:
    """The trigger in the next sentence that takes back what this one says, if there is one."""
    sentences = reading.note.sentences
    if number + 1 == len(sentences) or not (following := reading.scopes.spoken[number + 1]):
        return None
    here, after = sentences[number], sentences[number + 1]
    if here.item != after.item or here.document != after.document or here.section != after.section:
        return None
    cut = here.statement and after.start > here.end and bool(here.source[here.end : after.start].strip())  # a title's dash, colon
    undoes = any(turn.undoes for *_, turn in following)
    if not cut and not undoes:
        return None
    scope = reading.scopes[number + 1]
    taken = (one for one in scope.acting if (undoes and _is_retraction(one, scope)) or (cut and _is_verdict(one, after, scope)))
    one = next(taken, None)
    if one is None or any(m.sentence == number + 1 and m.last < one.first for m in reading.mentions):
        return None  # it speaks of what its own sentence names
    return None if one.trigger.reach <= 1 and number + 1 in reading.hits["drug"] else one  # "correction: takes losartan"


def _is_retraction(one: Placed, scope: Scope) -> bool:
    """Whether a trigger takes back all before it, and is not itself taken back: "was removed, but eGFR is 52"."""
    if one.trigger.direction != "undoes" or (one.first and not one.trigger.reach):
        return False
    return not any(end.trigger.category == "end" and end.first > one.last for end in scope.ends)


def _is_verdict(one: Placed, sentence: Sentence, scope: Scope) -> bool:
    """Whether a trigger opens a sentence and is all that its clause says: "resolved, iron stopped"; "resolved after iron"."""
    trigger = one.trigger
    if trigger.direction not in ("backward", "final") or trigger.reach < 2 or trigger.category not in VERDICTS:
        return False
    if one.first:
        return one.last == scope.last and one.first - 1 in scope.commas and trigger.category == "resolved"
    return closes(-1, one, scope) or sentence.words[one.last + 1] in JOINS_REASON
