"""The store of official tables: import, size, opening, look-ups and search, in CPU time, over the real files where they are.

No open tool imports these files, so the peer of the look-ups is what one would write first: a dictionary of every pair.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.codesets import importers
from claimwright.codesets.alphabetic import Finder, diagnoses
from claimwright.codesets.building import Builder
from claimwright.codesets.store import Store
from claimwright.codesets.stored import stored_tables

DATA = Path(__file__).parents[1] / ".." / "shared" / "data"
ROOMS = ("icd10cm", "icd10pcs", "hcpcs", "ncci", "mpfs", "opps", "asc", "remittance", "claim_form", "nucc")
ON = date(2024, 8, 1)
ASKED = ("kidney stone", "diabtes with neuropathy", "dog bite", "htn", "astma", "left ankle sprain", "rheumatoid arthitis hand")
OPEN = (
    "import time; from pathlib import Path; from claimwright.codesets.store import Store; start = time.perf_counter();"
    "Store(Path({path!r})); print(time.perf_counter() - start)"
)


def cpu(run: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds of a run."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def imported(builder: Builder, path: Path, table: Table) -> None:
    """Import one file and say how long it took."""
    start = time.process_time()
    try:
        with path.open("rb") as stream:
            outcomes = importers.import_file(builder, path.name, stream, imported_at="2026-11-22")
    except importers.Refused:
        return  # not an official file
    rows = ", ".join(f"{one.release.table} {one.release.rows:,}" for one in outcomes)
    table.add_row(path.name, rows, f"{time.process_time() - start:.2f}")


def pairs(path: Path) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Every pair in a dictionary."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    with gzip.open(path) as stream:
        for first, second, ended, indicator, _ in csv.reader(io.TextIOWrapper(stream)):
            found.setdefault((first, second), []).append((ended, indicator))
    return found


def look_ups(store: Store, path: Path, table: Table) -> None:
    """Pairs found and not found, as a batch of claims asks for them: many claims, some thousand codes."""
    tables = stored_tables(store)
    start = time.process_time()
    plain = pairs(path)
    loading = time.process_time() - start
    keys = random.Random(1).sample(sorted(plain), 100_000)
    turned = [(second, first) for first, second in keys]
    tables.pair(*keys[0], ON)
    first = cpu(lambda: [tables.pair(*key, ON) for key in keys], 1)
    for what, asked, again in (
        ("pairs, first time", keys, first),
        ("pairs, again", keys, cpu(lambda: [tables.pair(*key, ON) for key in keys])),
        ("not a pair", turned, cpu(lambda: [tables.pair(*key, ON) for key in turned])),
    ):
        peer = cpu(lambda asked=asked: [plain.get(key) for key in asked])
        table.add_row(what, f"{len(asked) / again:,.0f} a second", f"{len(asked) / peer:,.0f} (after {loading:.1f} s of loading)")


def main() -> None:
    """Measure and print."""
    if not DATA.exists():
        print("no ../shared/data on this machine: nothing to measure")
        return
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codesets.sqlite"
        files = Table("file", "tables and rows", "CPU s")
        builder = Builder(path)
        start = time.process_time()
        for room in ROOMS:
            for file in sorted((DATA / room).iterdir()):
                imported(builder, file, files)
        builder.close()
        files.add_row("all", f"{path.stat().st_size / 1e6:.0f} MB", f"{time.process_time() - start:.1f}")
        console.print(files)
        figures = Table("what", "claimwright", "a dictionary")
        opened = [float(subprocess.check_output([sys.executable, "-c", OPEN.format(path=str(path))])) for _ in range(5)]
        figures.add_row("opening, ms", f"{statistics.median(opened) * 1000:.1f}", "")
        store = Store(path)
        look_ups(store, DATA / "ncci" / "ptp_prac_20240701.csv.gz", figures)
        finder, on = Finder(store), date(2026, 11, 2)
        start = time.process_time()
        diagnoses("asthma", on, finder)
        figures.add_row("first search of a process, ms", f"{(time.process_time() - start) * 1000:.0f}", "")
        once = [cpu(lambda text=text: diagnoses(text, on, finder), 1) for text in ASKED]
        figures.add_row("a search, ms: usual, worst", f"{statistics.median(once) * 1000:.0f}, {max(once) * 1000:.0f}", "")
        console.print(figures)


if __name__ == "__main__":
    main()
