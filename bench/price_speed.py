"""Lines priced a second of CPU, beside reading the same claims; one process, median of 5. No open peer prices 837 files.

With a store of the official files as argument (or in CLAIMWRIGHT_STORE), by those too.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.codesets.store import Store
from claimwright.pricing.contract_text import read_contracts
from claimwright.pricing.contracts import MEDICARE
from claimwright.pricing.price import price
from claimwright.pricing.stored import stored_fees
from claimwright.x12.professional import read_837

CONTRACT = "contract C payer any from 2000-01-01\npay 120% of medicare\npay 135% of medicare for surgery\npay 60% of charge\n"


def seconds(run: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds of a run, after one to warm up."""
    run()
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Measure and print."""
    from x12sdk.generate import generate_837p

    content = generate_837p(seed=7, claims=1000).encode()
    claims = [read.claim for read in read_837(content) if read.claim]
    lines = sum(len(claim.lines) for claim in claims)
    terms = read_contracts(CONTRACT)[0]
    runs: list[tuple[str, Callable[[], object]]] = [
        ("claims read", lambda: [one.claim for one in read_837(content)]),
        ("priced, Medicare, starter tables", lambda: [price(one, MEDICARE) for one in claims]),
        ("priced, a contract, starter tables", lambda: [price(one, terms) for one in claims]),
    ]
    path = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CLAIMWRIGHT_STORE", ""))
    if path.is_file():
        fees = stored_fees(Store(path))
        runs.append(("priced, Medicare, official tables", lambda: [price(one, MEDICARE, "OH-00", fees) for one in claims]))
    else:
        print("no store of official tables: name one to measure with it", file=sys.stderr)
    table = Table(title=f"{len(claims):,} claims, {lines:,} lines")
    for heading in ("what", "lines/s", "of reading"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    reading = 0.0
    for what, run in runs:
        taken = seconds(run)
        reading = reading or taken
        table.add_row(what, f"{lines / taken:,.0f}", f"{taken / reading:.2f}")
    Console(width=90).print(table)


main()
