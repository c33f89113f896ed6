"""How far the scores of suggested diagnoses are probabilities: counts the table of calibration, shows it on notes not counted.

Counted on the training part of the annotated US visits and on the demonstration's notes (developed against, so on the kind side);
shown on the validation part. `--write` puts the table into the package. Optional codes count neither for nor against.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.coding import suggest as coder
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.model import Document, Visit
from claimwright.coding.probability import SURE, likeness, smoothed
from claimwright.office.demo.chart import notes

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "data" / "coding" / "aci_bench.jsonl"
TEXTS = ROOT / ".." / "shared" / "data" / "notes" / "aci_bench"
TABLE = ROOT / "src" / "claimwright" / "coding" / "tables" / "calibration.txt"
ON = date(2026, 11, 2)
HEAD = """# suggested or below | place in the note | kind of code | right | seen
# Counted by `python bench/coding_calibration.py --write` on 67 annotated US visits and the demonstration's notes.
"""
Like = tuple[str, str, str]
Seen = tuple[Like, bool]


def candidates(documents: Sequence[Document], visit: Visit) -> tuple[list[Candidate], set[str]]:
    """Every candidate of a note and the codes among them that are suggested."""
    held: list[Case] = []
    settle = coder.settle

    def watched(case: Case) -> list[Candidate]:
        held.append(case)
        return settle(case)

    coder.settle = watched  # type: ignore[attr-defined]
    try:
        coding = coder.suggest(documents, visit)
    finally:
        coder.settle = settle  # type: ignore[attr-defined]
    return held[0].candidates, {one.code for one in coding.diagnoses if one.suggested}


def judged(documents: Sequence[Document], visit: Visit, required: set[str], optional: set[str]) -> Iterator[Seen]:
    """Each candidate's likeness and whether it is right."""
    found, suggested = candidates(documents, visit)
    for one in found:
        if one.code not in optional and (one.code in suggested or not one.dropped):
            yield likeness(one, one.code in suggested), one.code in required


def visits(part: str) -> Iterator[Seen]:
    """The annotated visits of a part."""
    with gzip.open(TEXTS / f"{part}.jsonl.gz", "rt", encoding="utf-8", newline="") as stream:
        texts = {row["id"]: row["note"] for row in map(json.loads, stream)}
    for gold in map(json.loads, GOLD.read_text(encoding="utf-8").splitlines()):
        if gold["part"] == part:
            codes = {need: {row["code"] for row in gold["dx"] if row["required"] is need} for need in (True, False)}
            visit = Visit(on=ON, new_patient=gold["new_patient"])
            yield from judged([Document(kind="progress", text=texts[gold["id"]])], visit, codes[True], codes[False])


def demonstration() -> Iterator[Seen]:
    """The demonstration's notes."""
    for note in notes():
        documents, visit = note.sample()
        yield from judged(documents, visit, set(note.diagnoses), set())


def main() -> None:
    """Count, show, and write if asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the table into the package")
    write = options.parse_args().write
    right, seen = Counter[Like](), Counter[Like]()
    for like, good in [*visits("train"), *demonstration()]:
        seen[like] += 1
        right[like] += good
    if write:
        lines = [f"{' | '.join(like)} | {right[like]} | {seen[like]}\n" for like in sorted(seen)]
        TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")
    unseen, good_unseen = Counter[Like](), Counter[Like]()
    for like, good in visits("valid"):
        unseen[like] += 1
        good_unseen[like] += good
    table = Table(
        "suggested, place, kind", "probability", "counted", "on 20 unseen visits", title="Calibration of US billing diagnoses"
    )
    for like in sorted(seen | unseen):
        chance = smoothed(like[0], right[like], seen[like])
        table.add_row(
            ", ".join(like), f"{chance:.3f}", f"{right[like]} of {seen[like]}", f"{good_unseen[like]} of {unseen[like]}"
        )
    console = Console(width=110)
    console.print(table)
    for title, counts, goods in (("counted", seen, right), ("unseen", unseen, good_unseen)):
        sure = [like for like in counts if like[0] == "suggested" and smoothed(like[0], right[like], seen[like]) >= SURE]
        all_of_them = sum(count for like, count in counts.items() if like[0] == "suggested")
        taken, hit = sum(counts[like] for like in sure), sum(goods[like] for like in sure)
        share = f"{taken / max(1, all_of_them):.1%} of suggested"
        console.print(f"auto lane, {title}: {hit} of {taken} right ({hit / max(1, taken):.1%}), {share}")


if __name__ == "__main__":
    main()
