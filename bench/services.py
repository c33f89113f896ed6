"""How the services read from short notes agree with what their author says was done: codes, modifiers and units.

`services.txt` was written by the reader's own developers before they mended the reader: the odd notes were looked at
while mending, the even ones kept apart. `--part odd|even` takes one half, `--errors` lists every miss and false code.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest

NOTES = Path(__file__).with_name("services.txt")
ON = date(2026, 11, 2)
# levels of visits are measured by us_visits.py
VISITS = re.compile(r"992[0-3]\d|9928\d|9923\d|9930\d|9938\d|9939\d|G2211|99291")
ROW = re.compile(r"(?P<note>.+?) => (?P<codes>[^\[]+?)(?: \[(?P<facts>.+)\])?$")
HEADED = re.compile(r"^[A-Z][A-Z /&]+(?::| //)")


class Case(NamedTuple):
    """A note with the services it shows done, written 20610-RT or J3301x4."""

    note: str
    codes: tuple[str, ...]
    facts: dict[str, Any]


def cases() -> Iterator[Case]:
    """The notes of the file in order."""
    for line in NOTES.read_text(encoding="utf-8").splitlines():
        found = ROW.match(line)
        if line.startswith("#") or not found:
            continue
        pairs = (pair.split("=") for pair in (found["facts"] or "").split())
        facts = {name: int(value) if value.isdigit() else value for name, value in pairs}
        note = "\n".join(part.strip() for part in found["note"].split("//"))
        note = note if HEADED.match(found["note"]) else f"ASSESSMENT AND PLAN:\n1. {note}"
        yield Case(note, tuple(code for code in found["codes"].split() if code != "none"), facts)


def coded(case: Case) -> list[str]:
    """What the reader suggests, written like the cases."""
    visit = Visit(**({"on": ON, "age": 45, "sex": "F"} | case.facts))
    lines = suggest([Document(kind=kind_of(case.note), text=case.note)], visit).services
    return [
        "-".join((one.code, *one.modifiers)) + (f"x{one.units}" if one.units != 1 else "")
        for one in lines
        if one.suggested and not VISITS.fullmatch(one.code)
    ]


def measure(part: str, chosen: list[Case], errors: bool) -> str:
    """The figures of one part."""
    found = false = missed = full = right = 0
    for case in chosen:
        got = coded(case)
        wanted, told = ({re.split(r"[-x]", code)[0] for code in codes} for codes in (case.codes, got))
        found, false, missed = found + len(wanted & told), false + len(told - wanted), missed + len(wanted - told)
        full += len(set(case.codes) & set(got))
        right += sorted(case.codes) == sorted(got)
        if errors and sorted(case.codes) != sorted(got):
            print(f"  {case.note!r}\n    wanted {' '.join(case.codes) or 'none'}; coded {' '.join(got) or 'none'}")
    precision, recall = found / max(1, found + false), found / max(1, found + missed)
    f1 = 2 * found / max(1, 2 * found + false + missed)
    return (
        f"{part:5} {len(chosen):4} notes  precision {precision:6.1%}  recall {recall:6.1%}  F1 {f1:6.1%}"
        f"  with modifiers and units {full / max(1, found):6.1%}  whole notes {right / max(1, len(chosen)):6.1%}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("odd", "even"), help="only one half")
    parser.add_argument("--errors", action="store_true", help="list the notes that are not as written")
    asked = parser.parse_args()
    every = list(cases())
    for part, chosen in (("odd", every[::2]), ("even", every[1::2])):
        if asked.part in (None, part):
            print(measure(part, chosen, asked.errors))


if __name__ == "__main__":
    main()
