"""Results read from reports and notes: what was measured, its value, unit and range, each with its place in the text.

A result supports or questions a diagnosis, and never makes one: only the physician's words do (OCG III.B, IV.K).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from claimwright.coding.model import Evidence
from claimwright.coding.note import Note, Sentence
from claimwright.coding.result_tests import WORD, Named, Test, tests, tests_named
from claimwright.coding.result_values import GAP, Direction, Read, in_numbers, in_words
from claimwright.coding.words import STEMS
from claimwright.parties import Sex

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
DIGIT = re.compile(r"\d")
UNREAD = frozenset({"meds", "allergies", "instructions", "orders", "fh", "immunization", "followup", "consent", "provider"})


def read_results(note: Note, sex: Sex = "U", age: int | None = None, *, table: bool = True) -> tuple[Result, ...]:
    """Every result of an encounter's documents, in order. `table`: our adult ranges judge where the report gives none."""
    found: list[Result] = []
    adult = table and (age is None or age >= ADULT)
    for index, document in enumerate(note.documents):
        sentences = note.sentences
        if len(note.documents) > 1:
            sentences = [one for one in sentences if one.document == index]
        names = tests_named(document.text, note.said.union(_between(document.text, sentences)))
        if not names:
            continue
        placed = [(one.start, one.section) for one in sentences]
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


def _between(text: str, sentences: list[Sentence]) -> Iterator[str]:
    """The stems of what stands between sentences: headings and labels."""
    told, end = [], 0
    for one in sentences:
        if one.start - end > 1:
            told.append(text[end : one.start])
        end = one.end
    told.append(text[end:])
    return map(STEMS.__getitem__, WORD.findall(" ".join(told)))


def _section(placed: list[tuple[int, str]], start: int) -> str:
    at = bisect_right(placed, (start, "\uffff")) - 1
    return placed[at][1] if at >= 0 else ""


def _result(note: Note, index: int, named: Named, stop: int, sex: Sex, adult: bool) -> Result | None:
    document, test = note.documents[index], tests()[named.key]
    text = document.text
    if test.plausible is not None and not DIGIT.search(text, named.end, stop):
        return None
    gap = GAP.match(text, named.end, stop)
    begin = gap.end() if gap else named.end
    read = in_words(text, begin, stop) if test.plausible is None else in_numbers(test, text, begin, stop)
    report = document.kind == "laboratory"
    if read is None or (not report and FORMERLY.match(text, read.end)):
        return None
    line = text.rfind("\n", 0, named.start) + 1
    fluid = OTHER_FLUID.search(text, max(line, named.start - 13), named.start)
    if fluid and not text[named.start : named.end].lower().startswith("urine"):
        return None
    if not report and NOT_NOW.search(text[max(line, named.start - 40) : named.start]):
        return None
    end = read.end + (
        text[read.end : read.end + 1] in (")", "]") and bool(re.search(r"[(\[][^)\]]*$", text[named.start : read.end]))
    )
    return _judged(test, read, note.evidence(index, named.start, end), sex, adult)


# --- judged


def _judged(test: Test, read: Read, evidence: Evidence, sex: Sex, adult: bool) -> Result:
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
