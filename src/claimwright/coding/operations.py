"""Operations by the title of their report, and the reading of pictures by the title of a radiology report.

CPT's surgery, maternity and radiology sections; NCCI policy manual chapter 1 (one code of a family);
Medicare Claims Processing Manual 13, 20.1 (modifier 26 for the reading alone).
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from claimwright.coding.acts import DONE, Act, place_modifier
from claimwright.coding.case import Case
from claimwright.coding.imaging import ladder_of
from claimwright.coding.model import Evidence
from claimwright.coding.settled import PROFESSIONAL
from claimwright.coding.tables import listed, patterns

TITLES = re.compile(r"procedure|operation|deliver", re.I)
TOLD = re.compile(r"detail|descri|technique|indicat|summary|complic", re.I)
NOT_DONE = re.compile(
    r"\b(?:no|not|without|declin\w+|plan\w*|schedul\w+|discuss\w+|consider\w*|prior|previous|status post|s/p|history of|will|for)"
    r"\W+(?:\w+\W+){0,3}$",
    re.I,
)
SIDE = re.compile(r"\b(right|left|bilateral|both)\b", re.I)
OF_SIDE = {"bilateral": "both"}
HEAD = 300  # characters in which a report says what it is
DELIVERY = re.compile(r"\A\W*(?:labor and )?delivery (?:note|summary|report|record)\b", re.I)
STUDY = re.compile(r"^\W*(?:exam(?:ination)?|study|procedure|technique)\b[^\n]*", re.I | re.M)
MODALITIES = {
    "CT": re.compile(r"\bCTA?\b|\bcomputed tomograph\w+|\bCAT scan", re.I),
    "MR": re.compile(r"\bMRI?\b|\bmagnetic resonance", re.I),
    "US": re.compile(r"(?i:\bultrasound|\bsonogra\w+|\bduplex\b|\bdoppler\b)|\bUS\b"),
    "MG": re.compile(r"\bmammogra\w+", re.I),
    "DX": re.compile(r"\bDE?XA\b|\bbone densit\w+", re.I),
}
BOTH = re.compile(r"without (?:and|then|followed by) with\b|with (?:and|&) without|w/?wo\b|before and after", re.I)
NONE = re.compile(r"\b(?:without|w/o|no) (?:iv |intravenous |the use of )?contrast|non-?\s?contrast|unenhanced", re.I)
WITH = re.compile(
    r"\bwith (?:iv |intravenous |oral and (?:iv|intravenous) )?contrast|contrast[- ]enhanced|post-?contrast"
    r"|(?:iv|intravenous) contrast",
    re.I,
)
TOMOSYNTHESIS = re.compile(r"tomosynthesis|\b3-?D\b", re.I)
RAYS = re.compile(r"\bx-?\s?rays?\b|\bXR\b|\bradiographs?\b|\bplain films?\b", re.I)


class Operation(msgspec.Struct, frozen=True):
    """A row of the table of operations."""

    code: str
    group: str
    ages: tuple[int, int]
    sided: bool
    prefixes: tuple[str, ...]
    label: str
    title: re.Pattern[str]
    holds: re.Pattern[str] | None
    lacks: re.Pattern[str] | None


@lru_cache(maxsize=1)
def _operations() -> tuple[Operation, ...]:
    held = []
    for code, group, ages, sided, prefixes, label, pattern in patterns("operations", 6):
        rest, _, lacks = pattern.partition(" !! ")
        title, _, holds = rest.partition(" && ")
        low, high = ages.split("-")
        told = [re.compile(one, re.I) if one else None for one in (title, holds, lacks)]
        assert told[0] is not None
        held.append(
            Operation(
                code, group, (int(low), int(high)), sided == "yes", tuple(listed(prefixes)), label, told[0], told[1], told[2]
            )
        )
    return tuple(held)


def operations(case: Case) -> list[Act]:
    """What the titles of operative and procedure reports name, the first fitting code of each group."""
    acts: dict[str, Act] = {}
    documents = case.reading.note.documents
    deliveries = [bool(DELIVERY.match(document.text)) for document in documents]
    if not any(deliveries) and all(document.kind != "procedure" for document in documents):
        return []
    for _, sentence in case.sentences("procedure", "other", "assessment", "findings"):
        document = documents[sentence.document]
        born = deliveries[sentence.document]
        titled = document.kind == "procedure" and TITLES.search(sentence.heading) and not TOLD.search(sentence.heading)
        if not titled and not born:
            continue
        text = case.text(sentence)
        for one in _operations():
            if born and not titled and one.group != "delivery":
                continue
            found = one.title.search(text) if one.group not in acts else None
            if found is None or not _fits(case, one, document.text) or NOT_DONE.search(text[: found.start()]):
                continue
            words = case.reading.note.evidence(sentence.document, sentence.start + found.start(), sentence.start + found.end())
            acts[one.group] = _act(one, words, _side(text, document.text) if one.sided else "")
    return list(acts.values())


def _fits(case: Case, one: Operation, report: str) -> bool:
    aged = case.age is None or one.ages[0] <= case.age <= one.ages[1]
    return aged and (one.holds is None or bool(one.holds.search(report))) and not (one.lacks and one.lacks.search(report))


def _act(one: Operation, words: Evidence, side: str) -> Act:
    act = Act(
        one.code, [words], one.label, one.prefixes, place_modifier(side), rules=[DONE, "CPT surgery: by the procedure's title"]
    )
    act.side, act.kind = side, "operation"
    return act


def _side(text: str, report: str) -> str:
    """The side in the title, else the only one of the report."""
    for where in (text, report):
        told: set[str] = {OF_SIDE.get(word.lower(), word.lower()) for word in SIDE.findall(where)}
        if len(told) == 1:
            return told.pop()
    return ""


@lru_cache(maxsize=1)
def _images() -> tuple[tuple[str, str, list[str], str, re.Pattern[str]], ...]:
    return tuple(
        (kind, part, codes.split(), label, re.compile(pattern, re.I))
        for kind, part, codes, label, pattern in patterns("images", 4)
    )


def readings(case: Case) -> list[Act]:
    """The reading of the pictures that a radiology report stands for, where the report alone is the record."""
    documents = case.reading.note.documents
    if not documents or any(document.kind != "radiology" for document in documents):
        return []
    acts = []
    for number, document in enumerate(documents):
        line = document.text[:HEAD].split("\n", 2)[0]
        told = " / ".join([line, *(found.group() for found in STUDY.finditer(document.text))])
        sentence = next((s for s in case.reading.note.sentences if s.document == number), None)
        if sentence is not None:
            acts += _read(case, number, told, document.text.find(line.strip()), len(line.strip()))
    return acts


def _read(case: Case, number: int, told: str, start: int, length: int) -> list[Act]:
    words = case.reading.note.evidence(number, max(0, start), max(0, start) + length)
    kind = next((kind for kind, pattern in MODALITIES.items() if pattern.search(told)), "")
    for modality, part, codes, label, pattern in _images():
        if modality == kind and pattern.search(told):
            place = 0 if len(codes) == 1 else _contrast(told)
            act = _report(codes[max(0, place)], words, f"{label}, read", _side(told, "") if kind in ("MR", "US") else "", part)
            act.score = 0.9 if place >= 0 else 0.42
            more = [_report("77063", words, "Breast tomosynthesis with the screening, read", "", "tomosynthesis")]
            return [act, *(more if codes[0] == "77067" and TOMOSYNTHESIS.search(told) else [])]
    if not kind and RAYS.search(told):
        part, code, sided = ladder_of(told)
        if code:
            return [_report(code, words, f"X-ray, {part}, read", _side(told, "") if sided else "", part)]
    return []


def _report(code: str, words: Evidence, why: str, side: str, part: str) -> Act:
    one_sided = code.startswith(("732", "737", "73", "76641", "76642", "77065"))
    act = Act(code, [words], why, (), ["26", *(place_modifier(side) if one_sided else [])], rules=[DONE, PROFESSIONAL])
    act.site, act.kind = part, "imaging"
    return act


def _contrast(told: str) -> int:
    """0 without, 1 with, 2 without and then with; -1 where the report does not say."""
    if BOTH.search(told):
        return 2
    return 0 if NONE.search(told) else 1 if WITH.search(told) else -1
