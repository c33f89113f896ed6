"""How the coder does on notes by authors who had not seen it: false codes by how they are denied, and whole visits.

`blind_assertions*.tsv`: short notes with the categories that must not be coded (denied, ruled out, of the family, feared,
past, of others, uncertain) and those that must; the second set has harder traps, the third is as charts usually are.
`blind_visits*.jsonl`: whole visits and stays with all their codes; of the third set (four authors, 48 visits each) a and the
first half of d are office visits as scribes write them from a conversation, b specialists and procedures, c primary care,
emergency rooms and stays, as is d's second half. Written in November 2026 from clinical style and the guidelines alone. To mend
the coder we looked at the short notes of the first two sets, all visits of the first, the odd ones of the second, and the odd
ones of a, b and c. All others have only been counted. The figures of the first readings are in docs/howto/coding.md.

    python bench/blind_notes.py [--set 1|2|3] [--half odd|even] [--errors]
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Document, Suggestion, Visit
from claimwright.coding.suggest import suggest

HERE = Path(__file__).parent
ON = date(2026, 11, 2)
LEVEL = re.compile(r"99(2[0-8]|3[0-5]|38|39)\d|G0402|G043[89]|920[01][24]")
NEW = ("9920", "9934", "9938")  # visits of a patient new to the practice, who the practice knows


def read(note: str, **facts: Any) -> list[Suggestion]:
    """What the coder suggests."""
    result = suggest([Document(kind=kind_of(note), text=note)], Visit(on=ON, **facts))
    return [*result.diagnoses, *result.services]


def half(rows: Iterable[Any], which: str | None) -> list[Any]:
    """Every other row, the first being odd; all without a choice."""
    return [row for number, row in enumerate(rows, 1) if which is None or number % 2 == (which == "odd")]


def assertions(rows: list[dict[str, str]], errors: bool, console: Console) -> None:
    """False and missed codes by kind of note."""
    asked, false, due, missed, notes = Counter[str](), Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        note = row["note"].replace("\\n", "\n")
        found = {one.code[:3] for one in read(note) if one.suggested and one.system == "ICD-10-CM"}
        denied, said = row["must_not"].split(), row["must"].split()
        wrong, absent = found & set(denied), set(said) - found
        for kind in (row["kind"], "all"):
            asked[kind] += len(denied)
            due[kind] += len(said)
            false[kind] += len(wrong)
            missed[kind] += len(absent)
            notes[kind] += 1
        if errors and (wrong or absent):
            console.print(
                f"{row['kind']}: false {sorted(wrong)}, missed {sorted(absent)}\n{note}\n", markup=False, highlight=False
            )
    table = Table("kind", "notes", "must not", "false", "%", "must", "missed", "%", title="What is denied, doubted or of others")
    for kind in [one for one in notes if one != "all"] + ["all"]:
        table.add_row(
            kind, str(notes[kind]), str(asked[kind]), str(false[kind]), f"{100 * false[kind] / max(1, asked[kind]):.1f}",
            str(due[kind]), str(missed[kind]), f"{100 * missed[kind] / max(1, due[kind]):.1f}",
        )  # fmt: skip
    console.print(table)


def visits(rows: list[dict[str, Any]], errors: bool, console: Console) -> None:
    """Diagnoses, first-listed, services and levels of whole visits."""
    table = Table("setting", "visits", "dx F1", "first right", "services F1", "level exact", "within one", title="Whole visits")
    for setting in [*dict.fromkeys(row["setting"] for row in rows), "all"]:
        chosen = [row for row in rows if setting in (row["setting"], "all")]
        hit, extra, lost = Counter[str](), Counter[str](), Counter[str]()
        first, exact, near, leveled = 0, 0, 0, 0
        for row in chosen:
            level = row["em"]
            facts = {"age": row["age"], "sex": row["sex"], "setting": row["setting"], "new_patient": str(level).startswith(NEW)}
            got = [one for one in read(row["note"], **facts) if one.suggested]
            levels = [one.code for one in got if LEVEL.fullmatch(one.code)]
            named = {
                "dx": [one.code for one in got if one.system == "ICD-10-CM"],
                "services": [one.code for one in got if one.system != "ICD-10-CM" and one.code not in levels],
            }
            wanted = {"dx": row["dx"], "services": [one["code"] for one in row["services"]]}
            for what in named:
                both = set(named[what]) & set(wanted[what])
                hit[what] += len(both)
                extra[what] += len(set(named[what]) - both)
                lost[what] += len(set(wanted[what]) - both)
            first += named["dx"][:1] == wanted["dx"][:1]
            if level:
                leveled += 1
                exact += levels == [level]
                near += bool(levels) and (levels[0] == level or _beside(levels[0], level))
            differs = any(set(named[what]) != set(wanted[what]) for what in named) or (levels or [None]) != [level]
            if errors and setting == "all" and differs:
                told = f"{row['id']} wanted {wanted} {level}\n    coded {named} {levels}\n{row['note']}\n"
                console.print(told, markup=False, highlight=False)
        table.add_row(
            setting, str(len(chosen)), *(f"{100 * _f1(hit[what], extra[what], lost[what]):.1f}" for what in ("dx",)),
            f"{100 * first / max(1, len(chosen)):.1f}", f"{100 * _f1(hit['services'], extra['services'], lost['services']):.1f}",
            f"{exact}/{leveled}", f"{near}/{leveled}",
        )  # fmt: skip
    console.print(table)


def _beside(one: str, other: str) -> bool:
    """Whether two levels of one family follow each other; yearly visits of Medicare (G0439) have none beside them."""
    return one[:4] == other[:4] and (one + other).isdigit() and abs(int(one) - int(other)) <= 1


def _f1(hit: int, extra: int, lost: int) -> float:
    return 2 * hit / max(1, 2 * hit + extra + lost)


def main() -> None:
    """Read, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("odd", "even"))
    parser.add_argument("--set", choices=("1", "2", "3"), help="one set alone")
    parser.add_argument("--errors", action="store_true", help="list what differs")
    given = parser.parse_args()
    console = Console(width=130)
    notes: list[dict[str, str]] = []
    whole: list[dict[str, Any]] = []
    for ending in [given.set.replace("1", "")] if given.set else ["", "2", "3"]:
        with (HERE / f"blind_assertions{ending}.tsv").open(newline="") as file:
            notes += half(csv.DictReader(file, delimiter="\t"), given.half)
        told = HERE / f"blind_visits{ending}.jsonl"
        if told.exists():
            whole += half(map(json.loads, told.read_text().splitlines()), given.half)
    assertions(notes, given.errors, console)
    if whole:
        visits(whole, given.errors, console)


if __name__ == "__main__":
    main()
