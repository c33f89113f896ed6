"""Diseases told as a story of the past: when they were, and that they are over (OCG IV.J).

"One gout attack in 2016, none since"; "RSV bronchiolitis at 3 mo, over it"; "sigmoid resection 2019 for diverticulitis". A
disease that is treated on, came back or stays for life is none of these.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from claimwright.coding.describe import chronic
from claimwright.coding.gates import quicker, spots_of
from claimwright.coding.mentions import Mention
from claimwright.coding.note import Note, Sentence
from claimwright.coding.tables import cue

LIFELONG = (  # what is told of its attacks is not told of itself
    *(
        "E08",
        "E09",
        "E10",
        "E11",
        "E13",
        "I10",
        "I11",
        "I12",
        "I13",
        "I50",
        "I25",
        "N18",
        "J44",
        "B20",
        "Z21",
        "G20",
        "G30",
        "G35",
    ),
    *("E89", "E03", "K91", "N99", "H59", "I97", "J95", "M96", "G97", "D78", "L76"),  # what an operation leaves
    *("F20", "F84", "K50", "K51", "M05", "M06", "M32", "D57", "D66", "D67", "E84", "I48", "Z"),
)
CANCERS = "C"


@lru_cache(maxsize=20_000)
def lifelong(template: str) -> bool:
    """Whether a disease stays for life."""
    return template.startswith(LIFELONG)


LEFT_BY = re.compile(r"\b(?:after|post|s/p|from|due to|following|since|2/2)\W*$", re.I)  # "hypothyroidism after thyroidectomy"
WHEN, FOUND = cue("outlived.when"), cue("outlived.found")
OVER, DONE = cue("outlived.over"), cue("outlived.done")
REMOVED = cue("outlived.removed")
FINISHED, TREATED = cue("outlived.finished"), cue("outlived.treated")
STILL, OPERATION, JOINED = cue("outlived.still"), cue("outlived.operation"), cue("outlived.joined")
ROOM = 90  # characters around a disease in which its story is told


def outlived(mention: Mention, beside: list[Mention], sentence: Sentence, on: date, ends: Ends) -> bool:
    """Whether the sentence of a disease that is not lifelong tells that it was and is over. `ends`: by `Endings`."""
    cancer, lasting = mention.template.startswith(CANCERS), chronic(mention.template)
    if (cancer or lasting) and (OF_CANCERS if cancer else OF_LASTING).isdisjoint(ends):
        return False
    before, behind = _around(mention, beside, sentence)
    if not cancer and OPERATED in ends and OPERATION.search(before):
        return not STILL.search(behind)
    if lasting and sentence.statement:
        return False
    over = not cancer and "over" in ends and _search(OVER, behind) is not None
    told = before + behind
    over = over or (_finished(mention.template, told, behind, ends, lasting) and _when(told, on))
    return over and not STILL.search(behind)


def _finished(template: str, told: str, behind: str, ends: Ends, lasting: bool) -> bool:
    """Whether an end is told that ends a disease of before."""
    if "done" in ends and _search(DONE, told):
        return True
    removed = _search(REMOVED, behind) if "removed" in ends else None
    if template.startswith(CANCERS):
        return (template.startswith("C44") and removed is not None) or ("finished" in ends and bool(_search(FINISHED, told)))
    if removed and template[0] != "M" and not LEFT_BY.search(behind, 0, removed.start()):
        return True
    if lasting:
        return False
    return ("finished" in ends and bool(_search(FINISHED, told))) or ("treated" in ends and bool(_search(TREATED, behind)))


def _search(wording: re.Pattern[str], told: str) -> re.Match[str] | None:
    """The first match, in small letters where that is quicker and leaves places as they are."""
    quick = quicker(wording) if told.isascii() else None
    return wording.search(told) if quick is None else quick.search(told.lower())


Ends = list[str]
OPERATED = "operation"
OF_CANCERS = frozenset(("done", "finished", "removed"))  # what ends a cancer, and a lasting disease
OF_LASTING = frozenset((OPERATED, "over", "done", "removed"))
ENDS = {OPERATED: OPERATION, "over": OVER, "done": DONE, "removed": REMOVED, "finished": FINISHED, "treated": TREATED}


YEAR = re.compile(r"(?:19|20)\d\d|['’]\d\d")  # of an operation


class Endings:
    """Which wordings that end a disease may stand in a sentence: asked first, as hardly any does."""

    def __init__(self, note: Note) -> None:
        self.note, spots = note, spots_of(note)
        asked = ((name, spots.of(one)) for name, one in ENDS.items())
        self.open = [(name, numbers) for name, numbers in asked if numbers is None or numbers]

    def of(self, number: int) -> Ends:
        """Their names."""
        found = [name for name, numbers in self.open if numbers is None or number in numbers]
        if OPERATED in found:
            sentence = self.note.sentences[number]
            if YEAR.search(sentence.source, sentence.start, sentence.end) is None:
                found.remove(OPERATED)
        return found


def goes_on(mention: Mention, beside: list[Mention], sentence: Sentence) -> bool:
    """Whether a lasting disease told as past or quiet is said to last: "eczema as a child, back now"."""
    if not chronic(mention.template) and not lifelong(mention.template):
        return False
    found = STILL.search(_around(mention, beside, sentence)[1])
    return found is not None and not found[0].lower().startswith("now w")  # "Graves disease then, now with hypothyroidism"


def _around(mention: Mention, beside: list[Mention], sentence: Sentence) -> tuple[str, str]:
    """What is told of a disease before and behind it: its sentence, up to what is told of another."""
    text, start, end = sentence.source, mention.evidence.start, mention.evidence.end
    first, last = max(sentence.start, start - ROOM), min(sentence.end, end + ROOM)
    for other in beside:
        if other is mention:
            continue
        if end <= other.evidence.start < last and not JOINED.search(text, end, other.evidence.start):
            last = other.evidence.start
        elif first < other.evidence.end <= start and not JOINED.search(text, other.evidence.end, start):
            first = other.evidence.end
    return text[first:start], text[end:last]


def _when(told: str, on: date) -> bool:
    """Whether a time before this year, or some weeks, is told that is not when the disease began."""
    quick = quicker(WHEN) if told.isascii() else None
    for found in WHEN.finditer(told) if quick is None else quick.finditer(told.lower()):
        if FOUND.search(told, max(0, found.start() - 20), found.start()):
            continue
        if found["phase"]:
            return True
        year = int(found["year"] or found["of"] or found["short"])
        year += 0 if year > 1000 else 2000 if year + 2000 <= on.year else 1900
        if year < on.year or (found["month"] and int(found["month"]) < on.month - 1):
            return True
    return False
