"""How the suggested levels of hospital, emergency, nursing facility, home and consultation visits agree with an auditor's.

The notes and levels are hospital_visits.txt beside this script, which says who wrote them: the author of the reader, so these are
no independent figures. `--half odd|even` takes one half (the odd notes were looked at while the reader was mended, the even ones
not), `--errors` lists every disagreement.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from claimwright.coding.em_families import families
from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Document, Suggestion, Visit
from claimwright.coding.suggest import suggest

NOTES = Path(__file__).with_name("hospital_visits.txt")
ON = date(2026, 11, 2)
ELEMENTS = ("problems", "data", "risk")
VISIT_CODE = re.compile(r"99(2[0-5]\d|28[1-5]|29[12]|30\d|31[0-6]|34\d|350)")
BY_TIME = (("99238", "99239"), ("99315", "99316"))


@dataclass(frozen=True)
class Gold:
    """A note with the level an auditor would give."""

    number: int
    text: str
    visit: Visit
    code: str
    elements: tuple[str, ...]


@dataclass
class Score:
    """Everything counted over the notes."""

    notes: int = 0
    exact: int = 0
    near: int = 0
    leveled: int = 0
    elements: Counter[str] = field(default_factory=Counter)


def notes() -> Iterator[Gold]:
    """The notes in order, numbered from one."""
    parts = re.split(r"^== (.*)\n", NOTES.read_text(encoding="utf-8"), flags=re.M)[1:]
    for number, (head, text) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1):
        told, _, answer = head.partition(" = ")
        setting, *pairs = told.split()
        facts: dict[str, Any] = dict(pair.split("=") for pair in pairs)
        visit = Visit(on=ON, age=int(facts["age"]), sex=facts["sex"], new_patient="new" in facts, setting=setting)  # type: ignore[arg-type]
        code, *elements = answer.split()
        yield Gold(number, text, visit, code, tuple(elements))


def ladder(code: str) -> tuple[str, ...]:
    """The codes of a family from its lowest level to its highest; critical care stands alone."""
    for family in (*[one.codes for one in families().values()], *BY_TIME):
        if code in family:
            return tuple(dict.fromkeys(family))
    return (code,)


def near(one: str, other: str) -> bool:
    """Visit codes of one family no more than a level apart."""
    steps = ladder(other)
    return one in steps and abs(steps.index(one) - steps.index(other)) <= 1


def visit_of(gold: Gold) -> Suggestion | None:
    """The suggested visit."""
    document = Document(kind=kind_of(gold.text), text=gold.text)
    services = suggest([document], gold.visit).services
    return next((one for one in services if one.suggested and VISIT_CODE.fullmatch(one.code)), None)


def count(score: Score, gold: Gold) -> list[str]:
    """Add a note; what disagrees, in words."""
    visit = visit_of(gold)
    code = visit.code if visit else "none"
    score.notes += 1
    score.exact += code == gold.code
    score.near += near(code, gold.code)
    wrong = [] if code == gold.code else [f"visit {gold.code}, suggested {code}"]
    if gold.elements[0] == "-":
        return wrong
    score.leveled += 1
    for name, wanted in zip(ELEMENTS, gold.elements, strict=True):
        told = getattr(visit.level, name) if visit and visit.level else "none"
        right = told.partition(":")[0] == wanted
        score.elements[name] += right
        if not right:
            wrong.append(f"{name} {wanted}, read {told}")
    return wrong


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("odd", "even"), help="only one half of the notes")
    parser.add_argument("--errors", action="store_true", help="list per note what disagrees")
    asked = parser.parse_args()
    console = Console(width=150)
    made = Table("half", "notes", "visit code, exact", "within one level", *ELEMENTS, title="Hospital and other visits")
    held = list(notes())
    for half in (asked.half,) if asked.half else ("odd", "even"):
        score = Score()
        for gold in held:
            if (gold.number % 2 == 1) != (half == "odd"):
                continue
            wrong = count(score, gold)
            if wrong and asked.errors:
                console.print(escape(f"{gold.number}: " + " | ".join(wrong)), soft_wrap=True)
        shares = [f"{right / max(1, score.notes):.1%}" for right in (score.exact, score.near)]
        shares += [f"{score.elements[name] / max(1, score.leveled):.1%}" for name in ELEMENTS]
        made.add_row(half, str(score.notes), *shares)
    console.print(made)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
