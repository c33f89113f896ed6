"""Short notes for the reader's tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from claimwright.coding.model import Coding, Document, Visit
from claimwright.coding.suggest import suggest

ON = date(2026, 10, 14)


ROW = re.compile(r"(?P<note>.+?) => (?P<how>[=+{]) ?(?P<codes>[^\[]*?)}?(?: \[(?P<facts>.+)\])?$")
HEADED = re.compile(r"^[A-Z][A-Z /&]+(?::| //)")


class RuleCase(NamedTuple):
    """A note, what it must be coded to, and the rule that says so."""

    place: str
    citation: str
    note: str
    how: str  # "=" these in order, "{" these in any order, "+" among others, "-" before a code: not that
    codes: tuple[str, ...]
    facts: dict[str, Any]


def rule_cases(folder: str) -> Iterator[RuleCase]:
    """The cases of a folder's text files: "§" names the rule of those below it, "//" begins a line of the note."""
    for path in sorted((Path(__file__).parent / folder).glob("*.txt")):
        citation = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("§"):
                citation = line[1:].strip()
            elif line.strip() and not line.startswith("#"):
                found = ROW.match(line)
                assert found, f"{path.name}:{number} is not a case"
                facts = dict(pair.split("=") for pair in (found["facts"] or "").split())
                told: dict[str, Any] = {name: int(value) if value.isdigit() else value for name, value in facts.items()}
                if "new" in told:
                    told["new_patient"] = bool(told.pop("new"))
                note = "\n".join(part.strip() for part in found["note"].split("//"))
                if not HEADED.match(found["note"]):
                    note = f"ASSESSMENT AND PLAN:\n1. {note}"
                yield RuleCase(f"{path.stem}:{number}", citation, note, found["how"], tuple(found["codes"].split()), told)


def read_note(text: str, *more: str, **visit: Any) -> Coding:
    """Suggest for a progress note; a text that begins with 1. is its assessment."""
    if text.startswith("1."):
        text = f"ASSESSMENT AND PLAN:\n{text}"
    documents = [Document(kind="progress", text=text), *(Document(kind="procedure", text=one) for one in more)]
    return suggest(documents, Visit(**({"on": ON, "age": 45, "sex": "F"} | visit)))


def diagnoses(text: str, *more: str, **visit: Any) -> list[str]:
    """Suggested diagnoses in order."""
    return [one.code for one in read_note(text, *more, **visit).diagnoses if one.suggested]


def services(text: str, *more: str, **visit: Any) -> list[str]:
    """Suggested services, written 20610-RT or J3301 x4."""
    found = []
    for one in read_note(text, *more, **visit).services:
        if one.suggested:
            found.append("-".join((one.code, *one.modifiers)) + (f" x{one.units}" if one.units != 1 else ""))
    return found
