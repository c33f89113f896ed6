"""How ICD-10-PCS codes built from notes agree with CodiEsp's own procedure labels: a side figure, no goal stands on it.

The labels follow Spanish case reports (translated by machine): half have only the first four characters, many are imaging, and
some are what the patient had in other years. A code is right where it is among a note's labels, or begins with one of four
characters. Families are section, body system, root operation and body part. `--part train|dev`, `--errors` lists false codes.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import process_time

from rich.console import Console
from rich.table import Table

from claimwright.coding.case import Case
from claimwright.coding.mentions import find
from claimwright.coding.model import Document, Visit
from claimwright.coding.note import read
from claimwright.coding.pcs.build import built_codes
from claimwright.coding.pcs.model import Built

TEXTS = Path(__file__).parents[1] / ".." / "shared" / "data" / "notes" / "codiesp"
ON = date(2026, 11, 2)


def notes(part: str) -> Iterator[tuple[str, set[str]]]:
    """Text and its labels."""
    with gzip.open(TEXTS / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["text"], set(row["pcs"])


def right(code: str, labels: set[str]) -> bool:
    """Among the labels, or begun by one that stops at four characters."""
    return code in labels or code[:4] in labels


def main() -> None:
    """Print precision, recall and time."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=("train", "dev"), default="dev")
    asked.add_argument("--errors", action="store_true")
    options = asked.parse_args()
    console = Console()
    if not (TEXTS / f"{options.part}.jsonl.gz").is_file():
        console.print("the CodiEsp notes are not on this machine: nothing measured")
        return
    counts: dict[str, Counter[str]] = {"op": Counter(), "aux": Counter()}
    families: Counter[str] = Counter()
    false: Counter[str] = Counter()
    total, spent = 0, 0.0
    for text, labels in notes(options.part):
        reading = find(read([Document(kind="progress", text=text)]))
        started = process_time()
        built: list[Built] = built_codes(Case(reading=reading, visit=Visit(on=ON, setting="inpatient"), candidates=[]))
        spent += process_time() - started
        total += 1
        for one in built:
            if not one.missing:
                good = right(one.code, labels)
                counts[one.kind]["right" if good else "false"] += 1
                false.update([] if good else [one.code])
        told = {one.code[:4] for one in built if "_" not in one.code[:4]}
        wanted = {label[:4] for label in labels}
        families.update(right=len(told & wanted), false=len(told - wanted), missed=len(wanted - told))
    table = Table(title=f"ICD-10-PCS, CodiEsp {options.part}: {total} notes", title_justify="left")
    for heading in ("", "precision", "recall", "counts"):
        table.add_column(heading)
    for kind, name in (("op", "operations, 7 characters"), ("aux", "imaging and the like, 7 characters")):
        held = counts[kind]
        table.add_row(name, f"{held['right'] / max(1, held.total()):.2f}", "", f"{held['right']} right, {held['false']} false")
    precision = families["right"] / max(1, families["right"] + families["false"])
    recall = families["right"] / max(1, families["right"] + families["missed"])
    told = f"{families['right']} right, {families['false']} false, {families['missed']} missed"
    table.add_row("families, 4 characters", f"{precision:.2f}", f"{recall:.2f}", told)
    console.print(table)
    console.print(f"{1000 * spent / max(1, total):.1f} ms of CPU a note, after reading")
    if options.errors:
        console.print(", ".join(f"{code} {count}" for code, count in false.most_common(60)))


if __name__ == "__main__":
    main()
