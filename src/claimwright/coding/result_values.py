"""What stands behind the name of a test: value, unit, range and flag in whatever order, or a result in words."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Literal

import msgspec

from claimwright.coding.result_tests import Test, tests

Direction = Literal["high", "low", "normal", "positive", "negative", ""]

SPACED = r"\s?"  # between the parts of a unit
GAP = re.compile(
    r"(?:[ \t|:=,*.…]|\([A-Za-z][^)\n]{0,30}\)|(?<!\w)(?:levels?|results?|values?|was|is|were|of|at|now|today|came|back|"
    r"returned|the|in|an?|office|clinic|done|by|fingerstick|fasting|random|serum|plasma|blood|venous|arterial|total|current|repeat|repeated|calculated|"
    r"elevated|low|high|down|up|only|remains|still|measured|found|to|be|x ?\d|rose|risen|fell|fallen|dropped|increased|decreased|"
    r"improved|worsened|both|sets?|bottles?|and|antigen|pcr|test|count|"
    r"new|point|care|admission|on)(?!\w))*+"
)
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+)"
PART = re.compile(
    rf"(?P<skip>\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?(?!\d)|\d{{4}}-\d\d-\d\d|\d{{1,2}}:\d\d)"
    rf"|(?P<change>(?:from\s+)?{NUMBER}\s*(?:->|→|=>)\s*(?P<became>{NUMBER})"
    rf"|from\s+{NUMBER}\s+(?:up |down )?to\s+(?P<rose>{NUMBER}))"
    rf"|(?P<low>{NUMBER})\s*(?:-|–|—|\bto\b)\s*(?P<high>{NUMBER})(?![\d/])"
    rf"|(?P<bound><=|>=|<|>|≤|≥)\s*(?P<limit>{NUMBER})"
    rf"|(?P<number>{NUMBER})"
    r"|(?<![A-Za-z])(?P<flag>HH|LL|H|L|High|Low|HIGH|LOW|high|low|elevated|abnormal|critical)(?![A-Za-z])"
    r"|(?P<word>[A-Za-zµ%/^][^\s,;()\[\]|]*)"
    r"|(?P<end>[.;](?=\s|$))"
)
DOSE = re.compile(r"[ \t]*(?:mg|mcg|g|gm|meq|mmol|units?|iu|tabs?|tablets?|capsules?|ml|puffs?|drops?)\b(?!\s*/)", re.I)
UP = frozenset({"HH", "H", "High", "HIGH", "high", "elevated"})
DOWN = frozenset({"LL", "L", "Low", "LOW", "low"})


class Read(msgspec.Struct):
    """What stands behind a name, before it is judged."""

    end: int
    value: Decimal | None = None
    bound: str = ""
    unit: str = ""
    factor: Decimal = Decimal(1)
    low: Decimal | None = None
    high: Decimal | None = None
    ranged: bool = False
    flag: Direction = ""


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def in_numbers(test: Test, text: str, begin: int, stop: int) -> Read | None:
    """Value, unit, range and flag in whatever order the report has them; the first number that is no range is the value."""
    read = Read(end=begin)
    at, first = begin, True
    while at < stop and (found := PART.search(text, at, stop)):
        if first and text[begin : found.start()].strip(" \t([") and read.value is None:
            return None
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "end":
            break
        first = False
        if kind != "word":
            if not _take(test, read, found, text):
                return None
            continue
        if read.value is None and not read.ranged:
            return None  # other words than the report's own stand before any value
        unit = _unit_of(test, text, found.start())
        if unit is None and not read.ranged and at - read.end > 25:
            break
        if unit is not None and read.value is not None and not read.unit:
            read.unit, read.factor, at = unit[0], unit[1], max(at, unit[2])
            read.end = max(read.end, unit[2])
    return _plausible(test, read)


def _take(test: Test, read: Read, found: re.Match[str], text: str) -> bool:
    """Put one part in its place; False if the number is a dose, so that nothing was measured."""
    if found["low"] and not read.ranged:
        read.low, read.high, read.ranged = _number(found["low"]), _number(found["high"]), True
        read.end = found.end() if read.value is not None else read.end
    elif found["bound"]:
        if read.value is None and not read.ranged:
            read.value, read.bound, read.end = (
                _number(found["limit"]),
                found["bound"][0].replace("≤", "<").replace("≥", ">"),
                found.end(),
            )
        elif not read.ranged:
            upper = found["bound"][0] in "<≤"
            read.low, read.high = (None, _number(found["limit"])) if upper else (_number(found["limit"]), None)
            read.ranged, read.end = True, found.end()
    elif read.value is None and (number := found["became"] or found["rose"] or found["number"]):
        read.value, read.end = _number(number), found.end()
        dose = DOSE.match(text, found.end())
        return dose is None or _unit_of(test, text, found.end()) is not None
    elif found["flag"] and read.value is not None and not read.flag:
        read.flag = "high" if found["flag"] in UP else "low" if found["flag"] in DOWN else ""
        read.end = found.end()
    return True


def _unit_of(test: Test, text: str, start: int) -> tuple[str, Decimal, int] | None:
    """The unit written at a place: as written, its factor, and where it ends. Spaces in it do not count."""
    ahead = text[start : start + 24]
    shown = ahead.lstrip(" \t")
    pattern, factors = _units(test.key)
    found = pattern.match(shown.lower().replace("³", "3"))
    if found is None or not found.lastindex:
        return None
    return shown[: found.end()], factors[found.lastindex - 1], start + len(ahead) - len(shown) + found.end()


@cache
def _units(test: str) -> tuple[re.Pattern[str], tuple[Decimal, ...]]:
    """The units of a test as charts write them, the longest first, each a group; and their factors."""
    units = tests()[test].units
    told = sorted(units, key=len, reverse=True)
    parts = ((re.escape(part) for part in re.split(r"(?<=/)|(?=/)|\s", unit) if part) for unit in told)
    pattern = "|".join(f"({SPACED.join(one)}(?![A-Za-z]))" for one in parts)
    return re.compile(pattern), tuple(units[unit] for unit in told)


def _plausible(test: Test, read: Read) -> Read | None:
    """None where the number cannot be this test's: a dose, a year, another unit. Counts of single cells become thousands."""
    if read.value is None or test.plausible is None:
        return None
    low, high = test.plausible
    if not read.unit and read.value > high and Decimal("0.001") in test.units.values():
        read.factor = Decimal("0.001")
    return read if low <= read.value * read.factor <= high else None


WORDS = re.compile(
    r"[\s|:=,*(]*(?P<negative>negative|neg\b|not? (?:detected|growth|organisms?|reactive)|non-?reactive|"
    r"none detected|undetect\w+)"
    r"|[\s|:=,*(]*(?P<nothing>pending|in progress|preliminary|mixed (?:flora|growth)|normal flora|"
    r"contamin\w+|ordered|sent|collected)"
    r"|[\s|:=,*(]*(?:is |was |were |are )?(?P<positive>positive|pos\b|detected|reactive|"
    r"(?:heavy |moderate |light |many |few )?growth of(?! (?:normal|mixed))|"
    r"grew(?! (?:normal|mixed|nothing|no))|growing|gram[- ](?:positive|negative)|>? ?100,?000)",
    re.I,
)


def in_words(text: str, begin: int, stop: int) -> Read | None:
    found = WORDS.match(text, begin, stop)
    if not found or found["nothing"]:
        return None
    if found["positive"] and re.search(r"contamin|skin flora|mixed flora", text[found.end() : stop], re.I):
        return None
    return Read(end=found.end(), flag="negative" if found["negative"] else "positive")
