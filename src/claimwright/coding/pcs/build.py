"""From a case to ICD-10-PCS codes: what was done, each axis by its words, and only combinations that the tables hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import msgspec

from claimwright.coding.case import Case
from claimwright.coding.model import Evidence
from claimwright.coding.pcs.axes import CONVERTED, resolve, valued
from claimwright.coding.pcs.coronary import coronary
from claimwright.coding.pcs.model import UNKNOWN, Axis, Built, names
from claimwright.coding.pcs.reading import Pages, Place
from claimwright.coding.pcs.tables import Operation, Part, Phrase, Root, operations, parts, roots
from claimwright.coding.pcs.validity import Valid, by_package, only_value

BEFORE, AFTER = 2, 6  # words between a body part and the root operation that stands before or after it
ANAESTHETIC = ("anesthesia", "anaesthesia", "anesthetic", "general endotracheal", "induction")
BREATHING = ("0BH17EZ", "0BH18EZ", "5A19")
VERBS = frozenset(["intubated", "transfused", "defibrillated", "reintubated", "cardioverted"])
ABDOMEN = "DFTU7GV"
DEVICES = "Z046"  # of two devices told for one act the later: none, a drain, plates and screws, a nail


class Found(NamedTuple):
    """A row of operations at its words; `beside`: where its condition was met."""

    operation: Operation
    place: Place
    beside: Place | None


def built_codes(case: Case, valid: Valid | None = None) -> list[Built]:
    """Codes in the order of the note, complete or with the axes that are missing; each combination once."""
    pages = Pages(case)
    allowed = valid or by_package(case.visit.on)
    told = [(one, phrase) for one in operations() for phrase in one.phrases if pages.holds(phrase.words)]
    found = _titles_first(pages, [one for at in range(len(pages.lines)) for one in _named(pages, at, told)])
    made = [one for held in found for one in _of_operation(pages, held)]
    heart, heart_places = coronary(pages)
    made += heart
    taken = [held.place for held in found] + heart_places
    for at in range(len(pages.lines)):
        made += _general(pages, at, [place for place in taken if place.sentence == at])
    completed = (_completed(one, allowed) for one in sorted(made, key=lambda one: one.place))
    kept = [one for one in completed if one.missing or allowed(one.code)]
    return _settled(pages, _once(kept))


def _named(pages: Pages, at: int, told: list[tuple[Operation, Phrase]]) -> list[Found]:
    """The named operations of a sentence; longer names before shorter ones inside them, conditions before bare names."""
    hits = [(place, operation, phrase) for operation, phrase in told for place in pages.find(at, phrase.words)]
    found: list[Found] = []
    for place, operation, phrase in sorted(hits, key=lambda hit: (hit[0].first - hit[0].last, not hit[2].beside)):
        inside = [one for one in found if one.place.first <= place.last and place.first <= one.place.last]
        beside = _beside(pages, place, phrase.beside) if phrase.beside else None
        if phrase.beside and beside is None:
            continue
        if beside is not None and inside and all(_looked(one) for one in inside):
            found = [one for one in found if one not in inside]  # more than looking was done
            inside = []
        if any((one.place.first, one.place.last) != (place.first, place.last) for one in inside):
            continue
        if not phrase.beside and any(one.beside for one in inside):
            continue
        word = pages.sentences[at].words[place.first]
        if pages.done(place, shown=operation.kind == "aux") or (word in VERBS and pages.affirmed(place) and _now(pages, place)):
            found.append(Found(operation, place, beside))
    return found


def _looked(one: Found) -> bool:
    return one.operation.stem[2] == "J" and one.beside is None


def _now(pages: Pages, place: Place) -> bool:
    return pages.sentences[place.sentence].section not in ("pmh", "psh", "fh", "instructions", "plan", "orders")


def _beside(pages: Pages, place: Place, words: tuple[str, ...]) -> Place | None:
    """Where a condition's words stand: in the sentence, in the next, or in the rest of a procedure's own text."""
    after = range(place.sentence + 1, len(pages.lines))
    own = pages.sentences[place.sentence]
    near = [at for at in after if pages.sentences[at].document == own.document and pages.sentences[at].section == own.section]
    for at in (place.sentence, *(near if own.section == "procedure" else near[:1])):
        for one in words:
            for where in pages.find(at, one):
                if pages.affirmed(where):
                    return where
    return None


def _titles_first(pages: Pages, found: list[Found]) -> list[Found]:
    """Where a note names its procedures, its description tells the axes and adds none: what belongs to them (B3.1b)."""
    documents = {
        pages.sentences[one.place.sentence].document
        for one in found
        if one.operation.kind == "op" and pages.titled(one.place.sentence)
    }

    def described(one: Found) -> bool:
        sentence = pages.sentences[one.place.sentence]
        return sentence.document in documents and sentence.section == "procedure" and not pages.titled(one.place.sentence)

    return [one for one in found if not described(one)]


def _of_operation(pages: Pages, found: Found) -> Iterator[Built]:
    operation, place, beside = found
    words = pages.evidence(place)
    head = _head(operation.stem, words)
    cells = (operation.part, operation.approach, operation.device, operation.qualifier)
    called = names(operation.stem[0])
    resolved = [resolve(pages, called[3 + at], cell, place, beside) for at, cell in enumerate(cells)]
    for axes in product(*resolved):
        yield Built((*head, *axes), words, operation.kind, _cited(operation.rule), place.sentence)
    approach = resolved[1][0]
    if approach.why == CONVERTED and operation.stem[1] in ABDOMEN:
        looked = [Axis(called[3 + at], value, CONVERTED, approach.evidence) for at, value in enumerate("G4ZZ")]
        yield Built((*_head("0WJ", words), *looked), words, "op", _cited("B3.2d"), place.sentence)


def _cited(rule: str) -> str:
    return rule if rule.startswith("PCS") else f"ICD-10-PCS {rule}"


def _head(stem: str, words: Evidence) -> tuple[Axis, ...]:
    """Section, body system and root operation follow from what was done, whatever it is called (A11)."""
    called = names(stem[0])
    return tuple(
        Axis(called[at], letter, "by what was done (A11)", (words,) if at == 2 else ()) for at, letter in enumerate(stem)
    )


def _general(pages: Pages, at: int, taken: list[Place]) -> Iterator[Built]:
    """A root operation's words beside a body part's, where no named operation claims them."""
    if pages.sentences[at].section == "procedure" and not pages.titled(at):
        return
    used: list[Place] = list(taken)
    hits = [(place, root) for root in roots() for words in root.words for place in pages.find(at, words)]
    bodies = _bodies(pages, at) if hits else []
    for place, root in sorted(hits, key=lambda hit: hit[0].first - hit[0].last):
        if _overlaps(place, used) or not pages.done(place):
            continue
        body = _linked(pages, place, [one for one in bodies if not _overlaps(one[0], taken)])
        if body is None:
            continue
        used.append(place)
        yield from _of_root(pages, place, root, *body)


def _bodies(pages: Pages, at: int) -> list[tuple[Place, Part]]:
    found = [(place, part) for part in parts() for words in part.words for place in pages.find(at, words)]
    found.sort(key=lambda one: one[0].first - one[0].last)
    kept: list[tuple[Place, Part]] = []
    for place, part in found:
        if not _overlaps(place, [other for other, _ in kept]):
            kept.append((place, part))
    return kept


def _overlaps(place: Place, others: list[Place]) -> bool:
    return any(place.first <= other.last and other.first <= place.last for other in others)


def _linked(pages: Pages, place: Place, bodies: list[tuple[Place, Part]]) -> tuple[Place, Part] | None:
    """The body part just before, "liver biopsy", or the first after, "excision of a lesion of the left breast"."""
    words = pages.sentences[place.sentence].words
    before = [one for one in bodies if 0 <= place.first - one[0].last - 1 <= BEFORE]
    after = [one for one in bodies if 0 <= one[0].first - place.last - 1 <= AFTER]
    linked = [one for one in after if {"of", "in", "for", "from", "to", "at", "on"} & set(words[place.last + 1 : one[0].first])]
    if before and before[-1][0].last == place.first - 1:
        return before[-1]
    if linked:
        return min(linked, key=lambda one: one[0].first)
    return max(before, key=lambda one: one[0].last) if before else None


def _of_root(pages: Pages, place: Place, root: Root, where: Place, part: Part) -> Iterator[Built]:
    words = pages.evidence(place)
    choice = msgspec.structs.replace(part.choice, words=part.words)
    approach = resolve(pages, "approach", root.approach if " " in root.approach else root.approach + " ", place)[0]
    head = _head(f"0{part.system}{root.letter}", words)
    for body in valued(pages, "body part", choice, where):
        tail = (Axis("device", root.device, "by what was done"), Axis("qualifier", root.qualifier, "by what was done"))
        yield Built((*head, body, approach, *tail), words, "op", _cited(root.rule), place.sentence)


def _completed(one: Built, valid: Valid) -> Built:
    """An axis that the record leaves open is settled where the tables allow but one value."""
    if len(one.missing) != 1:
        return one
    at = one.code.index(UNKNOWN)
    value = only_value(one.code, at, valid)
    if not value or at == 3:
        return one
    axis = Axis(one.axes[at].name, value, "the only value that the table allows here")
    return msgspec.structs.replace(one, axes=(*one.axes[:at], axis, *one.axes[at + 1 :]))


def _once(made: list[Built]) -> list[Built]:
    """Each code once, and nothing incomplete whose complete code stands beside it."""
    first: dict[str, Built] = {}
    for one in made:
        first.setdefault(one.code, one)
    whole = [one for one in first.values() if not one.missing]

    def told(one: Built) -> bool:
        return any(all(a in (b, UNKNOWN) for a, b in zip(one.code, other.code, strict=True)) for other in whole)

    return [one for one in first.values() if not (told(one) if one.missing else _said_again(one, whole))]


def _said_again(one: Built, others: list[Built]) -> bool:
    """The same act in the same words' sentence with a device that says more: a drain over none, a nail over a plate."""
    axes, weight = one.code, DEVICES.find(one.code[5])
    return weight >= 0 and any(
        other.place == one.place
        and (other.code[:5], other.code[6]) == (axes[:5], axes[6])
        and DEVICES.find(other.code[5]) > weight
        for other in others
    )


UPPER, LOWER = frozenset("01234567 9A".replace(" ", "")), frozenset("8BCDEFGHKLMNPQ")


def _region(code: str) -> str:
    """What an inspection looks at: the upper or the lower intestinal tract, else the body system."""
    if code[:2] == "0D":
        return "upper" if code[3] in UPPER else "lower"
    return code[:2]


def _settled(pages: Pages, made: list[Built]) -> list[Built]:
    """An inspection goes where something else was done the same way (B3.11a); no airway for an anesthetic; robots only help."""
    acts = [one for one in made if one.axes[2].value != "J" and one.kind == "op" and one.code[:3] != "8E0"]
    kept = []
    for one in made:
        code = one.code
        if (
            code[0] == "0"
            and code[2] == "J"
            and one.axes[4].why != CONVERTED
            and any(_covers(other.code, code) for other in acts)
        ):
            continue
        if code.startswith(BREATHING) and _for_anesthesia(pages, one):
            continue
        if code[:3] == "8E0" and not acts:
            continue
        kept.append(one)
    return kept


def _covers(code: str, inspection: str) -> bool:
    same_way = code[4] == inspection[4] or code[4] == UNKNOWN
    if inspection[:3] == "0WJ":
        return code[0] == "0" and code[1] in "DFTUVG7W" and same_way
    if inspection[:3] == "0DJ" and inspection[4] == "8" and code[:4] in ("0W3P", "06L3"):
        return True
    return code[0] == "0" and _region(code) == _region(inspection) and same_way


def _for_anesthesia(pages: Pages, one: Built) -> bool:
    """An airway placed for an operation's anesthetic is part of it."""
    sentence = pages.sentences[one.place]
    return sentence.section == "procedure" or any(words in pages.lines[one.place] for words in ANAESTHETIC)
