"""One segment against its rule: what must be there, of which type and length, with which codes (SNIP 1 and 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from claimwright.x12.grammar import Element, Rule, Shape
from claimwright.x12.tokens import Delimiters, Segment

_DECIMAL = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
_WHOLE = re.compile(r"-?\d+")


class Flaw(NamedTuple):
    """What is wrong with one element."""

    level: int
    code: str
    element: str
    message: str
    fix: str = ""
    meant: str = ""  # what the sender meant, where that is plain


def check_elements(rule: Rule, segment: Segment, marks: Delimiters) -> Iterator[Flaw]:
    """Every flaw of a segment, at most one an element."""
    name = segment[0]
    given = len(segment) - 1
    elements = rule.elements
    if given > len(elements) and any(segment[len(elements) + 1 :]):
        yield Flaw(1, "elements-too-many", "", f"{name} has {given} elements; the standard knows {len(elements)}.")
    for place, element in enumerate(elements, 1):
        value = segment[place] if place <= given else ""
        if not value:
            if element.required:
                yield Flaw(2, "element-missing", f"{name}{place:02d}", f"{name}{place:02d} is required here and is missing.")
        elif value.isspace() and element.required:
            yield Flaw(2, "element-missing", f"{name}{place:02d}", f"{name}{place:02d} is required here and is blank.")
        elif not element.used:
            yield Flaw(
                2,
                "element-unused",
                f"{name}{place:02d}",
                f"{name}{place:02d} is not used here.",
                f"Leave {name}{place:02d} empty.",
            )
        else:
            before = segment[place - 1] if place > 1 else ""
            yield from _value(element, f"{name}{place:02d}", value, before, marks)
    for kind, places in rule.relations:
        flaw = _relation(name, kind, places, segment, elements)
        if flaw:
            yield flaw


def _value(element: Element, name: str, value: str, before: str, marks: Delimiters) -> Iterator[Flaw]:
    shape = element.shape
    if marks.repetition and marks.repetition in value:
        if not shape.repeats:
            yield Flaw(1, "element-repeats", name, f"{name} holds a repetition separator; it may have one value only.")
            return
        values = value.split(marks.repetition)
    else:
        values = [value]
    for one in values:
        if shape.parts:
            yield from _composite(element, name, one, marks)
        elif marks.component in one:
            yield Flaw(1, "component-unexpected", name, f"{name} holds a component separator; it is a simple element.")
            return
        else:
            flaw = _simple(element, name, one, before)
            if flaw:
                yield flaw
                return


def _composite(element: Element, name: str, value: str, marks: Delimiters) -> Iterator[Flaw]:
    parts = value.split(marks.component)
    known = element.parts
    if len(parts) == 1 and (used := _other_separator(value, known, marks)):
        said = f"{name} separates its components with {used!r}; ISA16 declares another separator."
        yield Flaw(1, "component-separator", name, said, f"Set ISA16 to {used!r}.", used)
        return
    if len(parts) > len(known):
        yield Flaw(1, "components-too-many", name, f"{name} has {len(parts)} components; the standard knows {len(known)}.")
    elif not parts[-1] and len(parts) > 1:
        yield Flaw(1, "trailing-separator", name, f"{name} ends in an empty component.", "Cut separators at the end.")
    for place, part in enumerate(known, 1):
        text = parts[place - 1] if place <= len(parts) else ""
        at = f"{name}-{place}"
        if not text:
            if part.required:
                yield Flaw(2, "element-missing", at, f"{at} is required here and is missing.")
        elif not part.used:
            yield Flaw(2, "element-unused", at, f"{at} is not used here.", f"Leave {at} empty.")
        else:
            flaw = _simple(part, at, text, parts[place - 2] if 1 < place <= len(parts) else "")
            if flaw:
                yield flaw


def _other_separator(value: str, known: tuple[Element, ...], marks: Delimiters) -> str:
    """The character that makes sense of a composite which the declared separator does not divide."""
    for mark in ":><|":
        parts = value.split(mark)
        if mark == marks.component or not 1 < len(parts) <= len(known):
            continue
        coded = [(part, one.codes) for part, one in zip(parts, known, strict=False) if one.codes and part]
        if coded and all(part in codes for part, codes in coded):
            return mark
    return ""


def _simple(element: Element, name: str, value: str, before: str) -> Flaw | None:
    if element.codes:
        if value in element.codes:
            return None
        return Flaw(2, "code-invalid", name, f"{name} is {_show(value)}; allowed here: {_listed(element.codes)}.")
    return _typed(element.shape, name, value, before)


def _typed(shape: Shape, name: str, value: str, before: str) -> Flaw | None:
    """Type and length, as the standard has them."""
    kind = shape.kind
    length = len(value)
    if kind == "R":
        if not _DECIMAL.fullmatch(value):
            return Flaw(1, "number-invalid", name, f"{name} is not a number.")
        length = sum(char.isdigit() for char in value)
    elif kind[0] == "N":
        if not _WHOLE.fullmatch(value):
            return Flaw(1, "number-invalid", name, f"{name} is not a whole number.")
        length = len(value.lstrip("-"))
    elif kind == "DT" or (kind == "DQ" and before == "D8"):
        return None if is_date(value) else Flaw(1, "date-invalid", name, f"{name} is not a date (CCYYMMDD).")
    elif kind == "TM" or (kind == "DQ" and before == "TM"):
        return None if is_time(value) else Flaw(1, "time-invalid", name, f"{name} is not a time (HHMM).")
    elif kind == "DQ" and before in ("RD8", "DT"):
        return _period(name, value, before)
    elif not value.isprintable():
        return Flaw(1, "character-invalid", name, f"{name} holds a character that is not allowed.")
    if length > shape.high:
        return Flaw(1, "element-long", name, f"{name} has {length} characters; at most {shape.high} are allowed.")
    if length < shape.low:
        return Flaw(1, "element-short", name, f"{name} has {length} characters; at least {shape.low} are required.")
    return None


def _period(name: str, value: str, before: str) -> Flaw | None:
    if before == "DT":
        good = is_date(value[:8]) and is_time(value[8:])
        return None if good else Flaw(1, "date-invalid", name, f"{name} is not a date and time (CCYYMMDDHHMM).")
    first, dash, last = value.partition("-")
    if not (dash and is_date(first) and is_date(last)):
        return Flaw(1, "date-invalid", name, f"{name} is not a period (CCYYMMDD-CCYYMMDD).")
    return Flaw(4, "period-reversed", name, f"{name} ends before it begins.", "Swap the two dates.") if last < first else None


def is_date(value: str) -> bool:
    """Whether a text is a day of the calendar as CCYYMMDD."""
    if len(value) != 8 or not value.isascii() or not value.isdigit():
        return False
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True


def is_time(value: str) -> bool:
    """Whether a text is a time of day as HHMM, HHMMSS or with decimals of a second."""
    if not 4 <= len(value) <= 8 or len(value) == 5 or not value.isascii() or not value.isdigit():
        return False
    return value[:2] < "24" and value[2:4] < "60" and value[4:6] < "60"


def _relation(name: str, kind: str, places: tuple[int, ...], segment: Segment, elements: tuple[Element, ...]) -> Flaw | None:
    """P all or none, R at least one, E at most one, C the first needs the others, L the first needs one of the others."""
    given = [bool(segment[place]) if place < len(segment) else False for place in places]
    if kind in ("C", "L") and not given[0]:
        return None
    total = sum(given)
    missing = [place for place, there in zip(places, given, strict=True) if not there]
    bad = (
        (kind == "P" and 0 < total < len(given))
        or (kind == "R" and not total)
        or (kind == "E" and total > 1)
        or (kind == "C" and total < len(given))
        or (kind == "L" and total == 1)
    )
    if not bad or any(elements[place - 1].required for place in missing):
        return None  # a required element is reported by itself
    if any(there and not elements[place - 1].used for place, there in zip(places, given, strict=True)):
        return None  # so is one that is not used
    listed = " and ".join(f"{name}{place:02d}" for place in places)
    if kind == "E":
        return Flaw(1, "element-excluded", f"{name}{places[-1]:02d}", f"Only one of {listed} may be sent.")
    first = f"{name}{missing[0]:02d}"
    if kind == "R":
        return Flaw(1, "element-condition", first, f"At least one of {listed} must be sent.")
    said = f"{listed} go together" if kind == "P" else f"{name}{places[0]:02d} needs the others of {listed}"
    return Flaw(1, "element-condition", first, f"{said}; {first} is missing.")


def _show(value: str) -> str:
    """A wrong code, if it is short enough to be a code and nothing else."""
    return repr(value) if len(value) <= 3 and value.isalnum() else "not a code of this list"


def _listed(codes: frozenset[str]) -> str:
    few = sorted(codes)
    return ", ".join(few[:12]) + (f" and {len(few) - 12} more" if len(few) > 12 else "")
