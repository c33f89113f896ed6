"""One axis at a time: which value, by which words; _ where nothing tells it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from claimwright.coding.pcs.model import UNKNOWN, Axis
from claimwright.coding.pcs.reading import Pages, Place
from claimwright.coding.pcs.tables import MANY, Choice, approaches, choices
from claimwright.coding.words import normal

NATURE = "the operation is done so by its nature"
NAMED = "as the operation is named"
CONVERTED = "converted to open (B3.2d)"
TAKEN_BY = tuple(normal(one) for one in ("biopsy", "biopsied", "polypectomy", "snare", "snared"))
HOURS = re.compile(r"\b(\d{1,3})\s*(?:-\s*)?(hours?|hrs?|h|days?)\b", re.I)


def resolve(pages: Pages, name: str, cell: str, anchor: Place, beside: Place | None = None) -> list[Axis]:
    """The axis's values, one unless several body parts are named; `beside` are the words that a condition was met by."""
    if cell == "[ventilation hours]":
        return [_hours(pages, name, anchor)]
    if cell.startswith("["):
        many = cell[-2] == MANY
        return _chosen(pages, name, choices()[cell.strip("[]" + MANY)], anchor, beside, many=many)
    if len(cell) == 1:
        return [Axis(name, cell, NAMED)]
    return [_approach(pages, name, cell.split(), anchor)]


def _chosen(pages: Pages, name: str, rows: Iterable[Choice], anchor: Place, beside: Place | None, *, many: bool) -> list[Axis]:
    """By the words nearest to the operation, else by side alone, else by the list's own default."""
    rows = tuple(rows)
    near = list(dict.fromkeys((beside.sentence if beside else anchor.sentence, anchor.sentence)))
    for at in (*near, *(one for one in pages.around(anchor.sentence) if one not in near)):
        found = _in_sentence(pages, rows, at)
        if found and at in near and many:
            found = _own(pages, found, beside, at) or found
            axes = [axis for choice, place in found for axis in _valued(pages, name, choice, place)]
            return list({axis.value: axis for axis in axes}.values())
        if found:
            centre = anchor if at == anchor.sentence else Place(at, 0, 0)
            choice, place = min(found, key=lambda one: abs(one[1].first - centre.first))
            return _valued(pages, name, choice, place)
    for choice in rows:
        if not choice.words and choice.sided:
            return _valued(pages, name, choice, anchor)
        if not choice.words:
            return [Axis(name, choice.values[0], f"by default: {choice.reason}")]
    return [Axis(name, UNKNOWN, "the record does not tell it")]


def _own(pages: Pages, found: list[tuple[Choice, Place]], beside: Place | None, at: int) -> list[tuple[Choice, Place]]:
    """Of parts named in one sentence those that this act was done to: "polypectomy of the sigmoid and biopsy of the cecum"."""
    if beside is None or beside.sentence != at:
        return found
    acts = sorted(place.first for words in TAKEN_BY for place in pages.find(at, words))
    following = next((first for first in acts if first > beside.last), 10_000)
    preceding = max((first for first in acts if first < beside.first), default=-1)
    after = [one for one in found if beside.last < one[1].first < following]
    return after or [one for one in found if preceding < one[1].first < beside.first]


def _in_sentence(pages: Pages, rows: Iterable[Choice], number: int) -> list[tuple[Choice, Place]]:
    """Rows named in a sentence, longer words before shorter ones inside them."""
    found = [
        (choice, place)
        for choice in rows
        for words in choice.words
        for place in pages.find(number, words)
        if pages.affirmed(place)
    ]
    found.sort(key=lambda one: one[1].first - one[1].last)
    kept: list[tuple[Choice, Place]] = []
    for choice, place in found:
        if not any(place.first <= other.last and other.first <= place.last for _, other in kept):
            kept.append((choice, place))
    return sorted(kept, key=lambda one: one[1].first)


def valued(pages: Pages, name: str, choice: Choice, place: Place) -> list[Axis]:
    """A row's value; where the side decides it, by the side; both sides without a value of their own are two codes (B4.3)."""
    return _valued(pages, name, choice, place)


def _valued(pages: Pages, name: str, choice: Choice, place: Place) -> list[Axis]:
    words = (pages.evidence(place),) if choice.words else ()
    if not choice.sided:
        return [Axis(name, choice.values[0], "the part named" if name == "body part" else "as told", words)]
    side = pages.side(place)
    if side is None:
        return [Axis(name, UNKNOWN, "the side is not told", words)]
    told, where = side
    words = (*words, pages.evidence(where))
    if told < len(choice.values):
        return [Axis(name, choice.values[told], ("right", "left", "both sides")[told], words)]
    return [Axis(name, value, "both sides: a code for each (B4.3)", words) for value in choice.values]


def _approach(pages: Pages, name: str, allowed: list[str], anchor: Place) -> Axis:
    nature = next((one[0] for one in allowed if one.endswith("*")), "")
    letters = {one[0] for one in allowed}
    for at in (anchor.sentence, *pages.around(anchor.sentence)):
        turned = _converted(pages, at)
        if turned and "0" in letters:
            return Axis(name, "0", CONVERTED, (pages.evidence(turned),))
    for at in (anchor.sentence, *pages.around(anchor.sentence)):
        for letter, phrases, near in approaches():
            if letter not in letters or (near and at != anchor.sentence):
                continue
            for phrase in phrases:
                for place in pages.find(at, phrase):
                    if pages.affirmed(place):
                        return Axis(name, letter, "the way in that the note tells (B5)", (pages.evidence(place),))
    if nature:
        return Axis(name, nature, NATURE)
    if len(letters) == 1:
        return Axis(name, letters.pop(), NATURE)
    return Axis(name, UNKNOWN, "the record does not tell the approach")


def _converted(pages: Pages, number: int) -> Place | None:
    for phrase in ("converted to open", "converted to an open", "conversion to open", "converted to laparotomy"):
        for place in pages.find(number, phrase):
            return place
    return None


def _hours(pages: Pages, name: str, anchor: Place) -> Axis:
    """Consecutive hours of ventilation: under 24, to 96, over 96. Days that leave it open are a question."""
    for at in (anchor.sentence, *pages.around(anchor.sentence)):
        sentence = pages.sentences[at]
        text = pages.case.text(sentence)
        for found in HOURS.finditer(text):
            number, unit = int(found.group(1)), found.group(2).lower()
            longest = number if unit.startswith("h") else number * 24
            shortest = number if unit.startswith("h") else (number - 1) * 24
            value = _duration(shortest, longest)
            start = sentence.start + found.start()
            words = pages.case.reading.note.evidence(sentence.document, start, start + len(found.group()))
            if value:
                return Axis(name, value, "hours of ventilation in one stretch", (words,))
            return Axis(name, UNKNOWN, "the hours decide, and the days leave them open", (words,))
    return Axis(name, UNKNOWN, "the hours of ventilation are not told")


def _duration(shortest: int, longest: int) -> str:
    """3 under 24 hours, 4 from 24 to 96, 5 over 96; nothing where a span of days may be either."""
    bands: tuple[tuple[str, Callable[[int], bool]], ...] = (
        ("3", lambda hours: hours < 24),
        ("4", lambda hours: 24 <= hours <= 96),
        ("5", lambda hours: hours > 96),
    )
    return next((value for value, within in bands if within(shortest) and within(longest)), "")
