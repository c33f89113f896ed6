"""Notes read, claims scrubbed and code searches, one process, median of 5. No open peer does these, so there is none beside them.

The notes are the demo's; the claims are those that the demo's own notes code to, for one plan.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import date

from rich.console import Console
from rich.table import Table

from claimwright.codesets import icd10cm
from claimwright.codesets.tables import starter
from claimwright.coding.suggest import suggest
from claimwright.edits.scrub import Context, scrub
from claimwright.office.demo.chart import notes
from claimwright.x12.professional import read_837

ON = date(2026, 11, 2)
SEARCHES = ("heel pain", "type 2 diabetes with kidney disease", "htn", "astma", "M17", "left ankle sprain", "ear infection")


def seconds(run: Callable[[], object], times: int = 5) -> float:
    """Median seconds of a run, after one to warm up."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    samples = [note.sample() for note in notes()]
    words = sum(len(document.text.split()) for documents, _ in samples for document in documents)
    from x12sdk.generate import generate_837p

    claims = [read.claim for read in read_837(generate_837p(seed=7, claims=500).encode()) if read.claim]
    tables, context = starter(), Context(today=ON)
    runs: list[tuple[str, str, int, Callable[[], object]]] = [
        ("notes coded", f"{words / len(samples):.0f} words each", len(samples), lambda: [suggest(*one) for one in samples]),
        ("claims scrubbed", "all edits, starter tables", len(claims), lambda: [scrub(c, context, tables) for c in claims]),
        ("code searches", "ICD-10-CM by words", len(SEARCHES), lambda: [icd10cm.search(text, ON) for text in SEARCHES]),
    ]
    table = Table()
    for heading in ("what", "of", "a second", "ms each"):
        table.add_column(heading, justify="right" if heading in ("a second", "ms each") else "left")
    for what, of, count, run in runs:
        taken = seconds(run)
        table.add_row(what, of, f"{count / taken:,.0f}", f"{taken / count * 1000:.2f}")
    Console(width=100).print(table)


main()
