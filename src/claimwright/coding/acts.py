"""What was done, as against ordered, planned or done elsewhere: the evidence each service rests on."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

import msgspec

from claimwright.coding.assertion import Scope
from claimwright.coding.case import Case
from claimwright.coding.headings import headings
from claimwright.coding.lexicon import Hit
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, listed, rows, word_list

DONE = "CPT: code what the record shows was performed, not what is ordered or planned"
PERFORMED = cue("acts.performed")
HERE = cue("acts.here")
ELSEWHERE = cue("acts.elsewhere")
NEVER = frozenset(
    {
        "fh",
        "allergies",
        "instructions",
        "pmh",
        "psh",
        "meds",
        "ros",
        "sh",
        "followup",
        "orders",
        "indication",
        "preprocedure",
        "provider",
    }
)
NUMBERS = word_list("numbers")
NUMBER = {word: value for value, word in enumerate(NUMBERS)} | {"single": 1, "a": 1, "both": 2, "pair": 2}


# of lines in a plan that tell a procedure
PROCEDURE_LABELS = frozenset(("procedure", "procedures", "injection", "inj", "procedure today", "procedure note", "technique"))
HISTORIES = frozenset({"pmh", "psh", "fh", "sh", "ros", "meds", "allergies"})
LABEL = re.compile(r"(?:^|[.;]\s+)\W*([A-Za-z][\w /&'()+-]{0,40}?)\s*:")
THIS_DAY = cue("acts.this_day")
ABOVE = 15  # lines in which the heading of a history may stand


def unread(case: Case, sentence: Sentence) -> bool:
    """Whether nothing is done where the sentence stands.

    A history told in one line ("PMH: GERD. FH: cancer.") ends with it: what a line after it labels, or tells of today, is none.
    """
    if sentence.section not in NEVER:
        return False
    if sentence.section not in HISTORIES:
        return True
    source = sentence.source
    start, end = source.rfind("\n", 0, sentence.start) + 1, source.find("\n", sentence.start)
    line = source[start : end if end >= 0 else len(source)]
    if _history_label(line) is not None:
        return True
    if THIS_DAY.search(case.text(sentence)):
        return False
    return not (LABEL.match(line) and _told_in_one_line(source[:start]))


def _history_label(line: str) -> re.Match[str] | None:
    """The last label in a line that opens a history."""
    known = headings()
    return next((one for one in reversed([*LABEL.finditer(line)]) if known.get(one.group(1).lower()) in HISTORIES), None)


def _told_in_one_line(before: str) -> bool:
    """Whether the history above is told behind its label, rather than below a heading."""
    for line in reversed(before.splitlines()[-ABOVE:]):
        if label := _history_label(line):
            return bool(line[label.end() :].strip())
    return False


SUBJECT = 2  # words before whom a sentence speaks of
UNDONE = frozenset(("negated", "planned", "hypothetical", "historical", "family"))


class Service(msgspec.Struct, frozen=True):
    """A row of the table of services."""

    code: str
    kind: str
    prefixes: tuple[str, ...]
    label: str = ""  # our own words, where the starter set has none


class Act(msgspec.Struct):
    """A service that was done, on its way to a suggestion."""

    code: str
    evidence: list[Evidence]
    reason: str
    prefixes: tuple[str, ...] = ()
    modifiers: list[str] = []
    units: int = 1
    score: float = 0.9
    rules: list[str] = []
    side: str = ""
    site: str = ""
    kind: str = ""
    route: str = ""  # of a drug: im, push, infusion
    drug: str = ""  # chemo (and complex biologics), hormone; else nothing
    minutes: int = 0
    beside: bool = False  # infused at the same time as another
    sure: bool = False  # told in words of doing it


@lru_cache(maxsize=1)
def services() -> dict[str, Service]:
    """The table of services by code."""
    return {
        code: Service(code, kind, tuple(listed(prefixes)), told[0] if told else "")
        for code, _, kind, prefixes, *told in rows("services")
    }


def number(word: str) -> int:
    """A count in figures or words, 0 if it is none."""
    return int(word) if word.isdigit() else NUMBER.get(word.lower(), 0)


COUNT = r"(\d{1,2}|" + "|".join(NUMBERS[1:]) + r"|single)"


def happened(hit_first: int, hit_last: int, scope: Scope, ignored: Collection[str] = ()) -> bool:
    """Not denied, planned, hypothetical, past or another's. A negative result is a result: it does not undo the test.

    `ignored`: categories of triggers that do not count here.
    """
    for one in scope.acting:
        trigger = one.trigger
        if trigger.category in ignored or (one.first <= hit_last and hit_first <= one.last):
            continue
        reach = trigger.reach if trigger.category != "negated" else min(trigger.reach, 5)
        forward = trigger.direction in ("forward", "clause") and one.last < hit_first <= one.last + reach
        backward = trigger.direction == "backward" and hit_last < one.first <= hit_last + reach
        if trigger.category == "family" and one.first > SUBJECT:
            continue  # a parent who was told is no patient: "the physician counselled the mother on each vaccine"
        if forward and trigger.category in UNDONE and not any(one.last < end.first < hit_first for end in scope.ends):
            return False
        if backward and trigger.category in ("planned", "historical"):
            return False
    return True


def performed(case: Case, at: int, hit: Hit, *, here: bool = False, ignored: Collection[str] = ()) -> bool:
    """Whether the sentence shows the service done in this visit; `here` asks for words that it was run in the office."""
    sentence = case.reading.note.sentences[at]
    if unread(case, sentence) or not happened(hit.first, hit.last, case.reading.scopes[at], ignored):
        return False
    end = sentence.span(hit.last, hit.last)[1]
    if other_day(case, at) or CONDITION.match(sentence.source[end : sentence.end]):
        return False
    sure = not hit.entry.own  # a wording that says itself that it was done
    told_before = sentence.section in ("hpi", "cc") and not (sure and _beyond_the_story(case, sentence))
    if ((here and not sure) or told_before) and not _here(case, at, sentence, hit if here else None):
        return False
    told = (
        here
        or sure
        or sentence.section in ("procedure", "immunization")
        or sentence.label in PROCEDURE_LABELS
        or _headed(sentence.heading)[1]
        or case.has(PERFORMED, at)
        or _told(case, at, hit)
    )
    # the longest of the wordings last, for few come so far
    if not told or not case.has(ELSEWHERE, at):
        return told
    text = case.text(sentence)
    return bool(AT_THE_VISIT.search(text)) or not ELSEWHERE.search(COMPARED.sub(" ", text))


# what today's result is held against: "PVR 168 mL (prior 90)", "decreased vs last visit"
COMPARED = re.compile(
    r"\((?:was|prior|previous\w*|prev|last|old|baseline)\b[^()\n]{0,40}\)"
    r"|\b(?:vs\.?|versus|compared (?:to|with)|(?:un)?changed from|up from|down from|than)"
    r" (?:the |her |his )?(?:prior|previous|last|earlier)\b[^,;.]*",
    re.I,
)


CONDITION = re.compile(r"^[^.;,\n]{0,25}\bif (?!indicated)", re.I)
ON_DAY = re.compile(
    r"\b(?:on|from|of|done|dated|placed|applied|removed|inserted|performed|since) (\d{1,2})/(\d{1,2})(?:/\d{2,4})?\b", re.I
)


def other_day(case: Case, at: int) -> bool:
    """Whether the sentence tells of a day that is not the visit's: "I&D in the ER on 10/28"."""
    text = case.text(case.reading.note.sentences[at])
    found = ON_DAY.search(text) if "/" in text else None
    return found is not None and (int(found[1]), int(found[2])) != (case.visit.on.month, case.visit.on.day)


BY_HIM = re.compile(r"\bby me\b|\binterpret\w*|\bmy (?:read|interp\w*)\b", re.I)


def _beyond_the_story(case: Case, sentence: Sentence) -> bool:
    """Whether a sentence under the complaint or history tells of the visit: the writer's doing, or below the complaint."""
    if BY_HIM.search(case.text(sentence)):
        return True
    start = sentence.source.rfind("\n", 0, sentence.start) + 1
    return sentence.section == "cc" and not sentence.source[start:].lstrip().lower().startswith(("cc", "chief", "reason"))


TOLD, NOT_TOLD = cue("acts.told"), cue("acts.not_told")
MEASURED = re.compile(r"\d")
OPENING = 6  # words before the name of what a line tells


def _told(case: Case, at: int, hit: Hit) -> bool:
    """Whether the line names what was done and goes on with what was found or used: "Anoscopy: grade 2 hemorrhoids"."""
    sentence = case.reading.note.sentences[at]
    if hit.first > OPENING:
        return False
    text = case.text(sentence)
    told = TOLD.match(text[sentence.places[hit.last][1] - sentence.start :]) or (case.has(HERE, at) and MEASURED.search(text))
    return bool(told) and not NOT_TOLD.search(text)


AT_THE_VISIT = re.compile(r"\b(?:today|in[- ]office|in the office|here)\b", re.I)


def _here(case: Case, at: int, sentence: Sentence, hit: Hit | None) -> bool:
    """Whether the sentence, or its clause around a hit, or its heading says that it was in the office."""
    if _headed(sentence.heading)[0]:
        return True
    if not case.may(HERE, at):
        return False
    text = case.text(sentence)
    return bool(HERE.search(_clause(text, sentence.places[hit.first][0] - sentence.start) if hit else text))


@lru_cache(maxsize=5_000)
def _headed(heading: str) -> tuple[bool, bool]:
    """Whether a heading says that what follows was done in the office, and that it was done at all."""
    return bool(HERE.search(heading)), bool(PERFORMED.search(heading))


CLAUSE_END = re.compile(r";|, (?:so|but|which|although|and (?:will|we|i))\b", re.I)


def _clause(text: str, at: int) -> str:
    """The part of a sentence around a place."""
    ends = [found.start() for found in CLAUSE_END.finditer(text)]
    start = max((end for end in ends if end <= at), default=0)
    return text[start : min((end for end in ends if end > at), default=len(text))]


def hits_of(case: Case, kind: str, *keys: str) -> list[tuple[int, Sentence, Hit]]:
    """Hits of a kind with their sentences, longest phrases first within a sentence."""
    sentences = case.reading.note.sentences
    if len(keys) == 1:
        return [(at, sentences[at], hit) for at, hit in case.keys(kind).get(keys[0], ())]
    return [(at, sentences[at], hit) for at, hit in case.hits(kind) if not keys or hit.entry.key in keys]


def words_of(case: Case, sentence: Sentence, hit: Hit) -> Evidence:
    """The evidence of a hit."""
    return case.reading.note.evidence(sentence.document, *sentence.span(hit.first, hit.last))


def side_near(case: Case, at: int, first: int, last: int) -> str:
    """The nearest side in the sentence, or else the only side of the document."""
    sides = case.reading.hits["side"].get(at)
    if not sides and (titles := case.reading.hits["side"].get(title_of(case, at))):
        return titles[0].entry.key
    if sides:
        return min(sides, key=lambda side: min(abs(side.first - last), abs(first - side.last))).entry.key
    return document_side(case, case.reading.note.sentences[at].document)


def title_of(case: Case, at: int) -> int:
    """The number of the title that a problem's sentence stands under, else its own."""
    sentences = case.reading.note.sentences
    item = sentences[at].item
    while item >= 0 and at > 0 and not sentences[at].statement and sentences[at - 1].item == item:
        at -= 1
    return at


def document_side(case: Case, document: int) -> str:
    """The side a whole document is about, if it names but one."""
    found: dict[str, int] = {}
    for at, sides in case.reading.hits["side"].items():
        sentence = case.reading.note.sentences[at]
        if sentence.document == document and sentence.section not in ("fh", "pmh", "psh", "ros"):
            for hit in sides:
                found[hit.entry.key] = found.get(hit.entry.key, 0) + 1
    if not found:
        return ""
    best = max(found, key=lambda side: found[side])
    return best if found[best] * 2 > sum(found.values()) else ""


def side_modifier(side: str) -> list[str]:
    """RT, LT or 50."""
    return {"right": ["RT"], "left": ["LT"], "both": ["50"]}.get(side, [])


@lru_cache(maxsize=100)
def _counted(noun: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Where a count of what the noun names can stand, which is quick to tell, and the count."""
    beside = rf"\b(?:{noun})\b|lesions? treated|in number\b"
    unit = r"(?:[cm]m|sec\w*|min\w*|days?|w(?:ee)?ks?|mo(?:nth)?s?|y(?:ea)?rs?)\b"  # "6 mm scaly keratosis" is one
    counts = (
        rf"\b(?:{noun})\b[^.;\n]{{0,12}}?(?: x ?|\(){COUNT}\b(?! ?(?:cm|mm|mg|\d))"
        rf"|{COUNT}\s+(?!{unit})(?:\w+\s+){{0,3}}?(?:{noun})\b"
        rf"|lesions? treated\s*:?\s*{COUNT}\b|\b{COUNT}\s+in number\b"
    )
    return re.compile(beside, re.I), re.compile(counts, re.I)


def lesions(case: Case, noun: str) -> int:
    """How many the note says were treated: the largest count beside the noun."""
    beside, counted = _counted(noun)
    told = {at: case.text(s) for at, s, *_ in case.search(beside) if s.section not in ("pmh", "fh", "ros", "sh")}
    counts = [number(next(one for one in found.groups() if one)) for text in told.values() for found in counted.finditer(text)]
    return max(counts, default=1)


SURGICAL = frozenset(word_list("surgical"))
NOT_SURGICAL = ("364", "51798", "57170", "59", "362", "36591", "36592")


def surgical(act: Act) -> bool:
    """A minor procedure: the decision to do it is part of its payment."""
    return act.code.isdigit() and act.code[:2] in SURGICAL and not act.code.startswith(NOT_SURGICAL)


DIGITS = {  # site -> modifiers right, left (CPT and HCPCS: F fingers, T toes)
    "thumb": ("F5", "FA"),
    "index finger": ("F6", "F1"),
    "middle finger": ("F7", "F2"),
    "ring finger": ("F8", "F3"),
    "little finger": ("F9", "F4"),
    "great toe": ("T5", "TA"),
    "second toe": ("T6", "T1"),
    "third toe": ("T7", "T2"),
    "fourth toe": ("T8", "T3"),
    "fifth toe": ("T9", "T4"),
}


LESSER_TOE = re.compile(r"\b(second|2nd|third|3rd|fourth|4th|fifth|5th|little) toe", re.I)
SHORT_FINGER = re.compile(r"\b(?:right|left|finger,?) (index|middle|long|ring|little|small|pinky)\b(?! toe)", re.I)
FINGER = {"long": "middle", "small": "little", "pinky": "little"}
ORDINAL = {"2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "little": "fifth"}


def digit_near(case: Case, at: int) -> str:
    """The one finger or toe that the sentence names, or else the whole note."""
    found = LESSER_TOE.search(case.text(case.reading.note.sentences[at]))
    if found:
        word = found.group(1).lower()
        return f"{ORDINAL.get(word, word)} toe"
    title = title_of(case, at)
    short = SHORT_FINGER.search(" ".join(case.text(case.reading.note.sentences[one]) for one in (at, title)))
    if short:
        return f"{FINGER.get(short.group(1).lower(), short.group(1).lower())} finger"
    for line in (
        case.reading.hits["site"].get(at, ()),
        case.reading.hits["site"].get(title, ()),
        [hit for _, hit in case.hits("site")],
    ):
        named = {hit.entry.key for hit in line if hit.entry.key in DIGITS}
        if named:
            return named.pop() if len(named) == 1 else ""
    return ""


def place_modifier(side: str, digit: str = "") -> list[str]:
    """The digit's own modifier where it is known, else RT, LT or 50."""
    if digit and side in ("right", "left"):
        return [DIGITS[digit][side == "left"]]
    return side_modifier(side)
