"""How an injury happened, where, at what, and for whom: external causes (Guidelines I.C.20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from claimwright.coding.case import Case
from claimwright.coding.model import Evidence
from claimwright.coding.tables import lines, listed, patterns

CAUSE = "ICD-10-CM OCG I.C.20 (external cause after the injury)"
SCENE = "ICD-10-CM OCG I.C.20.b, c, k (place, activity and status once, at the first encounter)"
# no national rule asks for causes; payers of accidents at work do, and charts written for them say whether one was at work
CODED, OFFERED = 0.6, 0.44
TOLD_IN = ("hpi", "cc", "assessment", "other", "indication")
NOT_THIS = re.compile(
    r"\b(?:years? ago|last year|as a (?:child|kid|teen\w*)|in (?:high school|childhood)|denies|no history|history of"
    r"|risk|precautions?|prevent\w*|if|in case|avoid\w*|return)\b",
    re.I,
)
DENIED = re.compile(r"(?:\b(?:no|not|never|without|denied)|n't)\W+(?:\w+\W+){0,2}$", re.I)
# the digit of a room in the codes of each sort of residence (Y92.0-, Y92.12-, Y92.19-)
ROOMS = {
    "Y92.00": {"kitchen": 0, "dining": 1, "bathroom": 2, "bedroom": 3, "yard": 7, "driveway": 8, "garage": 8, "other": 8, "": 9},
    "Y92.03": {"kitchen": 0, "bathroom": 1, "bedroom": 2, "dining": 8, "driveway": 8, "garage": 8, "yard": 8, "other": 8, "": 9},
}
IN_HOUSES = {"kitchen": 0, "dining": 1, "bathroom": 2, "bedroom": 3, "driveway": 4, "garage": 5, "yard": 7, "other": 8, "": 9}
IN_INSTITUTIONS = {
    "kitchen": 0,
    "bathroom": 1,
    "bedroom": 2,
    "driveway": 3,
    "garage": 4,
    "yard": 6,
    "dining": 8,
    "other": 8,
    "": 9,
}
INSTITUTIONS = {"nursing": "Y92.12", "institution": "Y92.19"}


class _Cause(NamedTuple):
    pattern: re.Pattern[str]
    beside: re.Pattern[str] | None  # what else the sentence must say
    injuries: tuple[str, ...]  # what it does, if not anything
    code: str


def _bounded(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.I)


@lru_cache(maxsize=1)
def _causes() -> tuple[_Cause, ...]:
    kinds: dict[str, tuple[re.Pattern[str], tuple[str, ...]]] = {}
    for line in lines("external_kinds"):
        kind, rest = line.split(" | ", 1)
        words, _, injuries = rest.rpartition(" |")
        kinds[kind] = _bounded(words), tuple(listed(injuries))
    found = []
    for kind, rest in patterns("external"):
        pattern, code = rest.rsplit(" | ", 1)
        beside, of = kinds.get(kind, (None, ()))
        found.append(_Cause(_bounded(pattern), beside, of, code.strip()))
    return tuple(found)


@lru_cache(maxsize=1)
def _scene() -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
    held: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for kind, rest in patterns("external_scene"):
        pattern, code = rest.rsplit(" | ", 1)
        held.setdefault(kind, []).append((_bounded(pattern), code.strip()))
    return {kind: tuple(found) for kind, found in held.items()}


def external_cause(case: Case) -> None:
    """How an injury happened; coded in hospital, offered elsewhere, for no national rule requires it (I.C.20)."""
    injuries = [c for c in case.main("S", "T") if c.code[-1] in "ABCD" and _from_without(c.code)]
    if not injuries:
        return
    first = injuries[0].code[-1] != "D"
    for cause in _causes():
        if not case.may(cause.pattern) or (cause.injuries and not case.main(*cause.injuries)):
            continue
        for number, words in _told(case, cause):
            code = cause.code.replace("#", "A" if first else "D")
            near = [number + by for by in (0, -1, 1, 2) if _beside(case, number + by, number)]
            around = [*near, *(at for at in range(number - 4, number + 9) if at not in near and _beside(case, at, number))]
            status = next(_read(case, "status", around), None)
            place = _place(case, near) if first else None
            told = status and case.visit.setting in ("emergency", "inpatient")
            score = CODED if first and (told or _exact(case, near, place)) else OFFERED
            why = "how the injury happened" + ("" if score == CODED else "; optional unless payer or state asks for it")
            case.add(code, [words], score, 9_000.0, why, CAUSE).score = score
            if first:
                _scene_of(case, near, place, status, score)
            return


def _from_without(code: str) -> bool:
    """Whether an injury's code leaves open what did it: neither a complication nor a substance, which say it themselves."""
    return code[0] == "S" or code[:3] < "T36" or "T66" <= code[:3] < "T78"


def _told(case: Case, cause: _Cause) -> Iterator[tuple[int, Evidence]]:
    """The sentences that tell a cause of this injury, with the words."""
    for number, sentence, found, words in case.search(cause.pattern, *TOLD_IN):
        text = case.text(sentence)
        if NOT_THIS.search(text) or DENIED.search(text[: found.start()]):
            continue
        if cause.beside is None or any(not DENIED.search(text[: one.start()]) for one in cause.beside.finditer(text)):
            yield number, words


def _scene_of(
    case: Case, near: list[int], place: tuple[str, Evidence] | None, status: tuple[str, Evidence] | None, score: float
) -> None:
    """Place and activity, as the sentence of the cause or one beside it tells them, and the status."""
    activity = next(_read(case, "activity", near), None)
    if activity and status and status[0] == "Y99.0" and not activity[0].startswith(AT_WORK):
        activity = None  # of the work itself the list knows few
    for found, after, why in (
        (place, 0.1, "where the injury happened"),
        (activity, 0.2, "what the patient was doing"),
        (status, 0.3, "for whom it was done"),
    ):
        if found:
            why += "" if score == CODED else "; optional unless payer or state asks for it"
            case.add(found[0], [found[1]], score, 9_000.0 + after, why, SCENE).score = score


RESIDENCES = ("Y92.01", "Y92.02", "Y92.03")


def _exact(case: Case, near: list[int], place: tuple[str, Evidence] | None) -> bool:
    """Whether the room of a residence of a told sort is, or in hospital a place with what was done there."""
    if place is None:
        return False
    if place[0].startswith(RESIDENCES):
        return place[0][-1] != "9"
    outside = not place[0].startswith("Y92.0") and case.visit.setting in ("emergency", "inpatient")
    return outside and next(_read(case, "activity", near), None) is not None


AT_WORK = ("Y93.F", "Y93.G", "Y93.H", "Y93.E")


def _beside(case: Case, number: int, other: int) -> bool:
    sentences = case.reading.note.sentences
    if not 0 <= number < len(sentences):
        return False
    one, told = sentences[number], sentences[other]
    return (one.document, one.section) == (told.document, told.section) and abs(one.start - told.start) < NEAR


NEAR = 300  # characters between sentences that tell of one accident


def _read(case: Case, kind: str, near: list[int]) -> Iterator[tuple[str, Evidence]]:
    """The codes of a kind that sentences tell, sentence by sentence."""
    told = [row for row in _scene().get(kind, ()) if case.may(row[0])]
    for number in near if told else ():
        sentence = case.reading.note.sentences[number]
        for pattern, code in told:
            if not case.has(pattern, number):
                continue
            text = case.text(sentence)
            if number != near[0] and NOT_THIS.search(text):
                break
            found = pattern.search(text)
            if found and not DENIED.search(text[: found.start()]):
                start = sentence.start + found.start()
                yield code, case.reading.note.evidence(sentence.document, start, start + len(found[0]))


def _place(case: Case, near: list[int]) -> tuple[str, Evidence] | None:
    """The place: one of its own, else a room of the residence the note tells of."""
    place = next(_read(case, "place", near), None)
    if place and place[0] not in INSTITUTIONS:
        return place
    room, home = next(_read(case, "rooms", near), None), next(_read(case, "homes", near), None)
    if place:
        return f"{INSTITUTIONS[place[0]]}{IN_INSTITUTIONS.get(room[0] if room else '', 8)}", place[1]
    told = room or home
    if told is None:
        return None
    residence = home[0] if home else "Y92.00"
    return f"{residence}{ROOMS.get(residence, IN_HOUSES)[room[0] if room else '']}", told[1]
