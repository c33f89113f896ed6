"""Results read from reports and notes: what was measured, its value, unit and range, each with its place in the text.

A result supports or questions a diagnosis, and never makes one: only the physician's words do (OCG III.B, IV.K).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import msgspec

from claimwright.coding.model import Evidence
from claimwright.coding.note import SIGN, Note
from claimwright.coding.tables import listed, rows
from claimwright.parties import Sex

Direction = Literal["high", "low", "normal", "positive", "negative", ""]
ADULT = 18  # years; the table's ranges hold from here


class Result(msgspec.Struct, frozen=True):
    """A value of one test. `low` and `high` are the limits that judged it, in the unit it was told in."""

    test: str
    name: str
    value: Decimal | None  # None for a result in words
    bound: str  # "<" or ">" where the report tells only a limit
    unit: str
    low: Decimal | None
    high: Decimal | None
    judged_by: Literal["report", "flag", "table", ""]
    direction: Direction
    measured: Decimal | None  # the value in the table's unit
    evidence: Evidence

    def __str__(self) -> str:
        """As a coder would say it: "potassium 5.9 mmol/L (3.5-5.1)"."""
        said = f"{self.bound}{self.value}" if self.value is not None else self.direction
        limits = (
            f" ({self.low}-{self.high})"
            if self.low is not None and self.high is not None
            else f" (from {self.low})"
            if self.low is not None
            else f" (to {self.high})"
            if self.high is not None
            else ""
        )
        unit = "%" if self.unit in ("%", "percent") else f" {self.unit}" if self.unit else ""
        return f"{self.name} {said}{unit}{limits}"


class Test(msgspec.Struct, frozen=True):
    """What the table knows of a test; units map to what their values are multiplied by to be in the first."""

    key: str
    name: str
    units: dict[str, Decimal]
    ranges: dict[str, tuple[Decimal | None, Decimal | None]]  # by sex, "" for all
    plausible: tuple[Decimal, Decimal] | None  # None: a test answered in words

    def range_for(self, sex: Sex) -> tuple[Decimal | None, Decimal | None]:
        """The adult range; of unknown sex, the wider of both."""
        if "" in self.ranges or not self.ranges:
            return self.ranges.get("", (None, None))
        if sex in self.ranges:
            return self.ranges[sex]
        both = list(self.ranges.values())
        return min(low or Decimal() for low, _ in both), max(high or Decimal() for _, high in both)


# --- the table


def _limits(text: str) -> tuple[Decimal | None, Decimal | None]:
    low, _, high = text.strip().partition("-")
    return Decimal(low) if low else None, Decimal(high) if high else None


@lru_cache(maxsize=1)
def tests() -> dict[str, Test]:
    """The table of tests by their key."""
    held = {}
    for key, name, _, units, ranges, plausible in rows("results"):
        factors = {}
        for unit in listed(units):
            written, _, factor = unit.partition("=")
            factors[written] = Decimal(factor or 1)
        by_sex = {}
        for one in listed(ranges):
            sex = one[0] if one[0] in "MF" else ""
            by_sex[sex] = _limits(one[1:] if sex else one)
        low, _, high = plausible.partition("-")
        held[key] = Test(key, name, factors, by_sex, (Decimal(low), Decimal(high)) if high else None)
    return held


WORD = re.compile(r"\w+")


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[str, str]]]:
    """Names with their tests, by the first word of the name."""
    named = {word.lower(): key for key, _, words, *_ in rows("results") for word in listed(words)}
    held: dict[str, list[tuple[str, str]]] = {}
    for word, key in named.items():
        held.setdefault(WORD.findall(word)[0], []).append((word, key))
    return held


# --- where the names stand

BESIDE = "_/+"  # with letters and figures, what may not stand beside a name
OTHER_FLUID = re.compile(r"\b(?:urine|urinary|stool|csf|pleural|ascitic|peritoneal|synovial|fluid|dipstick)\W{1,3}$", re.I)
NOT_NOW = re.compile(
    r"\b(?:if|when|until|unless|goal|target\w*|keep|maintain|should|baseline|previous(?:ly)?|prior|last|for|once|whether)\W+"
    r"(?:(?:an?|the|his|her|with|of|serum|known)\W+){0,3}$",
    re.I,
)
FORMERLY = re.compile(
    r"\W{0,3}(?:last (?:year|month|spring|summer|fall|winter|visit)|previously|at baseline|"
    r"in (?:19|20)\d\d|\w+ (?:days|weeks|months|years) ago)",
    re.I,
)
UNREAD = frozenset({"meds", "allergies", "instructions", "orders", "fh", "immunization", "followup", "consent", "provider"})


class _Named(NamedTuple):
    start: int
    end: int
    key: str


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(_names())


def _spelled(lower: str, words: list[str]) -> Iterator[tuple[int, str, str]]:
    """Where a name is spelled whose first word the text has, with the name and its test."""
    names = _names()
    for first in _first_words().intersection(words):
        start = lower.find(first)
        while start >= 0:
            if not (start and lower[start - 1].isalpha()):
                for word, key in names[first]:
                    if lower.startswith(word, start):
                        yield start, word, key
            start = lower.find(first, start + 1)


def _named(text: str, words: list[str]) -> list[_Named]:
    """The names of tests in a text, the longest at each place, in order."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter grew in lower case: places would not hold
        return []
    found: list[_Named] = []
    for start, word, key in _spelled(lower, words):
        end = start + len(word)
        if start and ((before := text[start - 1]).isalnum() or before in BESIDE):
            continue
        if word[-1] != "+" and end < len(text) and ((behind := text[end]).isalnum() or behind in BESIDE):
            continue
        if text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha():
            continue  # CK-MB
        if len(word.rstrip("+")) <= 2 and not text[start].isupper():
            continue
        found.append(_Named(start, end, key))
    found.sort(key=lambda one: (one.start, one.start - one.end))
    kept: list[_Named] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def read_results(note: Note, sex: Sex = "U", age: int | None = None, *, table: bool = True) -> tuple[Result, ...]:
    """Every result of an encounter's documents, in order. `table`: our adult ranges judge where the report gives none."""
    found: list[Result] = []
    adult = table and (age is None or age >= ADULT)
    for index, document in enumerate(note.documents):
        flat = next((one.flat for one in note.sentences if one.document == index), "")
        words = flat.lower().replace(",", " ").replace(SIGN, " ").split() or WORD.findall(document.text.lower())
        names = _named(document.text, words)
        if not names:
            continue
        placed = [(one.start, one.section) for one in note.sentences if one.document == index]
        for place, one in enumerate(names):
            if document.kind != "laboratory" and _section(placed, one.start) in UNREAD:
                continue
            stop = document.text.find("\n", one.end)
            stop = len(document.text) if stop < 0 else stop
            if place + 1 < len(names):
                stop = min(stop, names[place + 1].start)
            result = _result(note, index, one, min(stop, one.end + 130), sex, adult)
            if result is not None:
                found.append(result)
    return tuple(found)


def _section(placed: list[tuple[int, str]], start: int) -> str:
    at = bisect_right(placed, (start, "\uffff")) - 1
    return placed[at][1] if at >= 0 else ""


def _result(note: Note, index: int, named: _Named, stop: int, sex: Sex, adult: bool) -> Result | None:
    document, test = note.documents[index], tests()[named.key]
    text = document.text
    before = text[max(0, named.start - 40, text.rfind("\n", 0, named.start) + 1) : named.start]
    report = document.kind == "laboratory"
    if (OTHER_FLUID.search(before) and not text[named.start : named.end].lower().startswith("urine")) or (
        not report and NOT_NOW.search(before)
    ):
        return None
    gap = GAP.match(text, named.end, stop)
    begin = gap.end() if gap else named.end
    read = _in_words(text, begin, stop) if test.plausible is None else _in_numbers(test, text, begin, stop)
    if read is None or (not report and FORMERLY.match(text, read.end)):
        return None
    end = read.end + (
        text[read.end : read.end + 1] in (")", "]") and bool(re.search(r"[(\[][^)\]]*$", text[named.start : read.end]))
    )
    return _judged(test, read, note.evidence(index, named.start, end), sex, adult)


# --- what follows a name

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


class _Read(msgspec.Struct):
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


def _in_numbers(test: Test, text: str, begin: int, stop: int) -> _Read | None:
    """Value, unit, range and flag in whatever order the report has them; the first number that is no range is the value."""
    read = _Read(end=begin)
    at, first = begin, True
    while at < stop and (found := PART.search(text, at, stop)):
        if first and text[begin : found.start()].strip(" \t([") and read.value is None:
            return None
        at = found.end()
        kind = found.lastgroup or ""
        if found["word"] and read.value is None and not read.ranged:
            return None  # other words than the report's own stand before any value
        if kind == "end" or (
            found["word"] and not _unit_of(test, text, found.start()) and not read.ranged and at - read.end > 25
        ):
            break
        if not _take(test, read, found, text):
            return None
        first = False
        if found["word"] and (unit := _unit_of(test, text, found.start())) and read.value is not None and not read.unit:
            read.unit, read.factor, at = unit[0], unit[1], max(at, unit[2])
            read.end = max(read.end, unit[2])
    return _plausible(test, read)


def _take(test: Test, read: _Read, found: re.Match[str], text: str) -> bool:
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


SPACED = r"\s?"


def _plausible(test: Test, read: _Read) -> _Read | None:
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


def _in_words(text: str, begin: int, stop: int) -> _Read | None:
    found = WORDS.match(text, begin, stop)
    if not found or found["nothing"]:
        return None
    if found["positive"] and re.search(r"contamin|skin flora|mixed flora", text[found.end() : stop], re.I):
        return None
    return _Read(end=found.end(), flag="negative" if found["negative"] else "positive")


# --- judged


def _judged(test: Test, read: _Read, evidence: Evidence, sex: Sex, adult: bool) -> Result:
    """High, low or normal: by the report's range, else by its flag, else by the table. Range against flag decides nothing."""
    low, high, direction, by = read.low, read.high, read.flag, "flag" if read.flag else ""
    measured = None if read.value is None else read.value * read.factor
    if read.value is not None and read.ranged:
        direction, by = _against(read.value, read.bound, low, high), "report"
        if read.flag and read.flag != direction:
            direction, by = "", ""
    elif measured is not None and not read.flag and adult:
        low, high = test.range_for(sex)
        if low is not None or high is not None:
            direction, by = _against(measured, read.bound, low, high), "table"
        if read.factor != 1 and by == "table":
            low = high = None  # in another unit than the value's: not shown beside it
    return Result(
        test=test.key,
        name=test.name,
        value=read.value,
        bound=read.bound,
        unit=" ".join(read.unit.split()),
        low=low,
        high=high,
        judged_by=by,  # type: ignore[arg-type]
        direction=direction,
        measured=measured,
        evidence=evidence,
    )


def _against(value: Decimal, bound: str, low: Decimal | None, high: Decimal | None) -> Direction:
    """Where a value lies; a mere limit says something only where it lies wholly on one side."""
    if bound == "<":
        return (
            "low" if low is not None and value <= low else "normal" if low is None and high is not None and value <= high else ""
        )
    if bound == ">":
        return (
            "high"
            if high is not None and value >= high
            else "normal"
            if high is None and low is not None and value >= low
            else ""
        )
    if low is not None and value < low:
        return "low"
    return "high" if high is not None and value > high else "normal"


COMPARED = re.compile(r"(>=|<=|>|<)(\d+(?:\.\d+)?)$")


def says(result: Result, when: str) -> bool:
    """Whether a result is what a table asks for: a direction, "abnormal", or a comparison in the table's unit."""
    return any(_one(result, part) for part in when.split())


def _one(result: Result, when: str) -> bool:
    found = COMPARED.match(when)
    if found is None:
        return result.direction in ("high", "low") if when == "abnormal" else result.direction == when
    if result.measured is None:
        return False
    sign, edge, value = found[1], Decimal(found[2]), result.measured
    if result.bound:
        return sign[0] == result.bound and (value >= edge if result.bound == ">" else value <= edge)
    return {">=": value >= edge, ">": value > edge, "<=": value <= edge, "<": value < edge}[sign]


def abnormal(results: tuple[Result, ...]) -> Iterator[Result]:
    """Those out of their range, or positive."""
    return (one for one in results if one.direction in ("high", "low", "positive"))
