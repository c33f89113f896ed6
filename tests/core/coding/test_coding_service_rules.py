"""Every service case of service_cases/: what a short note's services are coded to, by the rule its block names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from coding_cases import read_note

CASES = Path(__file__).parent / "service_cases"
ROW = re.compile(r"(?P<note>.+?) => (?P<how>[=+{]) ?(?P<codes>[^\[]*?)}?(?: \[(?P<facts>.+)\])?$")
HEADED = re.compile(r"^[A-Z][A-Z /&]+(?::| //)")


class ServiceCase(NamedTuple):
    """A note, the services it must be coded to, and the rule that says so."""

    place: str
    citation: str
    note: str
    how: str  # "=" these in order, "{" these in any order, "+" among others, "-" before a code: not that
    codes: tuple[str, ...]
    facts: dict[str, Any]


def cases() -> Iterator[ServiceCase]:
    for path in sorted(CASES.glob("*.txt")):
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
                yield ServiceCase(f"{path.stem}:{number}", citation, note, found["how"], tuple(found["codes"].split()), told)


ALL = list(cases())


def wrong(case: ServiceCase) -> str:
    """What is not as the case says, or nothing."""
    found = []
    for one in read_note(case.note, **case.facts).services:
        if one.suggested:
            found.append("-".join((one.code, *one.modifiers)) + (f"x{one.units}" if one.units != 1 else ""))
    wanted = [code for code in case.codes if code[0] != "-"]
    if case.how == "=" and found != wanted:
        return f"coded {found}"
    if case.how == "{" and sorted(found) != sorted(wanted):
        return f"coded {found}"
    lacking = [code for code in wanted if not any(one.startswith(code) for one in found)]
    false = [one for one in found for code in case.codes if code[0] == "-" and one.startswith(code[1:])]
    return f"coded {found}" if lacking or false else ""


@pytest.mark.parametrize("case", ALL, ids=[f"{case.place} {case.note[-50:]}".replace("\n", " / ") for case in ALL])
def test_a_service_case_is_coded_as_its_rule_says(case: ServiceCase):
    assert not wrong(case), case.citation


def test_a_hundred_and_twenty_service_cases_and_each_cites_its_rule():
    assert len(ALL) >= 120
    assert [case.place for case in ALL if not case.citation] == []
