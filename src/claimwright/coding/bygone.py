"""Acute conditions of a year gone by: "stroke in 2024", "DVT (2023)", "CVA, no residual deficits" (OCG IV.J, I.C.9.d.3)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.describe import past
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.model import Assertion, Visit
from claimwright.coding.note import Sentence
from claimwright.coding.outlived import Endings, goes_on, lifelong, outlived

ACUTE = (
    *("S", "I21", "I22", "I26", "I60", "I61", "I62", "I63", "I82", "G45", "L03", "N10", "N39.0"),
    *("J0", "J1", "J20", "J21", "J22", "A0", "A4", "K35", "K36", "K37", "K81.0", "K85"),
    *("B01", "B02", "B05", "B06", "B26", "B27", "A37", "A69.2"),
)
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?,? "
YEAR = re.compile(
    r"[\s,(:–-]*(?:(?:back )?in |of |on |dx'?d? |x ?\d[\s(]*)?"
    rf"(?:{MONTH}|(?:early|late|mid) |(?:spring|summer|fall|winter) (?:of )?|\d{{1,2}}/(?:\d{{1,2}}/)?)?"
    r"((?:19|20)\d\d|['’]\d\d)\b",
    re.I,
)
STILL = re.compile(
    r"\b(?:on|continu\w+|still|ongoing|persist\w*|(?<!none )since|treat\w*|chronic\w*|recur\w*|non-?union|malunion"
    r"|(?<!no )(?<!without )residuals?|(?<!no )sequelae?|with(?! no\b))\b",
    re.I,
)
LEFT_NOTHING = re.compile(
    r"[\s,(;:–-]*(?:with no|without(?: any)?|w/o|no) (?:\w+ )?"
    r"(?:residual|sequelae|(?:neurologic\w*|focal|lasting) deficits?)",
    re.I,
)

# what children outgrow, told of the patient's childhood alone: "asthma as a child", but not "asthma, diagnosed as a child"
OUTGROWN = ("J45", "L20", "J30", "G40", "R56", "H65", "H66", "K21", "R01", "B01", "B05", "B06", "B26", "A37", "A38")
CHILDHOOD = re.compile(
    r"[\s,(:–-]*(?:(?:only )?as (?:an? )?(?:young |small )?(?:child|kid|infant|baby|toddler|teen\w*|adolescent)"
    r"|in (?:early |her |his |their )?(?:childhood|infancy|adolescence)"
    r"|when (?:he|she|they) (?:was|were) (?:an? )?(?:child|kid|young\w*|little|baby|toddler))\b",
    re.I,
)

# an episode with its time that is over: "cellulitis last month (MRSA) resolved with doxycycline"
ENDED = re.compile(
    r"[^.;:\n]{0,30}?\b(?:last (?:week|month|year|spring|summer|fall|winter)|(?:weeks?|wks?|months?|mos?|years?|yrs?) ago)\b"
    r"[^.;:\n]{0,30}?\b(?<!not )(?<!partially )(?<!yet )(?:resolved|cleared|healed|recovered|gone)\b",
    re.I,
)
STANDING = ("affirmed", "historical")
STORIES = ("other", "hpi", "assessment")
FRESH = 3  # months of a year in which what happened in the last one may still be treated


# conditions of the newborn that do not last for months, in whom is told to be older; what may last
NEWBORN, LASTING = "P", ("P07", "P27", "P91", "P94", "P96")
OLDER = re.compile(
    r"(?<![\d.])(?:\d{1,3} ?-?(?:y(?:ea)?rs?|y/?o|y)\b|\d{1,2}y\d|[2-9]\d?(?: ?mos?\b| months| ?m\b(?= ?(?:old|[MF]\b|boy|girl)))"
    r"|\d{2} ?[MF]\b)"
)


def _older(reading: Reading, visit: Visit) -> bool:
    """Whether the patient is no newborn."""
    if visit.age is not None:
        return visit.age > 0
    return any(OLDER.search(one.text[:400]) for one in reading.note.documents)


def bygone(reading: Reading, visit: Visit) -> None:
    """What happened in a year before the visit's is history, as is what a child outgrew and a stroke that left nothing."""
    beside: dict[int, list[Mention]] = {}
    for mention in reading.mentions:
        beside.setdefault(mention.sentence, []).append(mention)
    endings = Endings(reading.note)
    for number, mentions in beside.items():
        sentence = reading.note.sentences[number]
        for mention in mentions:
            if mention.assertion in STANDING:
                mention.assertion = _now(mention, mentions, sentence, visit, endings)
            if mention.assertion == "affirmed" and mention.template[0] == NEWBORN and not mention.template.startswith(LASTING):
                mention.assertion = "resolved" if _older(reading, visit) else "affirmed"
            if mention.assertion == "negated" and mention.template.startswith("Z00."):
                mention.assertion = "affirmed"  # "well child check, no concerns"


@lru_cache(maxsize=20_000)
def _outgrown(template: str) -> bool:
    return template.startswith(OUTGROWN)


@lru_cache(maxsize=20_000)
def _acute(template: str) -> bool:
    return template.startswith(ACUTE)


def _now(mention: Mention, beside: list[Mention], sentence: Sentence, visit: Visit, endings: Endings) -> Assertion:
    """What is told of the patient, by the time it tells of."""
    stood, lasts = mention.assertion, mention.assertion == "historical" and goes_on(mention, beside, sentence)
    if lasts and sentence.section in STORIES:
        return "affirmed"
    if _outgrown(mention.template):
        told = CHILDHOOD.match(sentence.source, mention.evidence.end, sentence.end)
        if told and not lasts and not STILL.search(sentence.source, told.end(), sentence.end):
            return "resolved"
    elif stood == "affirmed" and _acute(mention.template):
        if ENDED.match(sentence.source, mention.evidence.end, sentence.end):
            return "resolved"
        if _over(mention, sentence, visit):
            stood = "historical"
    if lifelong(mention.template):
        return stood
    ends = endings.of(mention.sentence)
    if ends and outlived(mention, beside, sentence, visit.on, ends):
        return "historical" if past(mention.template) else "resolved"
    return stood


def _over(mention: Mention, sentence: Sentence, visit: Visit) -> bool:
    behind = sentence.source[mention.evidence.end : sentence.end]
    if visit.setting == "office" and mention.template.startswith("I63") and LEFT_NOTHING.match(behind):
        return "acute" not in mention.term
    year = YEAR.match(behind)
    latest = visit.on.year - (visit.on.month <= FRESH)
    return year is not None and _year(year.group(1), latest) < latest and not STILL.search(behind[year.end() :])


def _year(told: str, latest: int) -> int:
    """A year in full: "'16" is 2016, "'89" is 1989."""
    if told.isdigit():
        return int(told)
    near = int(told[1:]) + 2000
    return near if near <= latest + 1 else near - 100
