"""X12 in claims a second, side by side with the peers in one run, one process, median of 5 (pyx12: of 3).

The files are x12sdk's own synthetic ones, so no reader is favoured. Ratios matter, not this machine's seconds.
"""

from __future__ import annotations

import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import oxedi
import pyx12.error_handler
import pyx12.params
import pyx12.x12n_document
from rich.console import Console
from rich.table import Table
from x12sdk.generate import generate_835, generate_837p
from x12sdk.io import X12ModelReader

from claimwright.parties import Payer, Provider
from claimwright.x12.check import check
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import read_837, write_837p
from claimwright.x12.remittance import read_835

CLAIMS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000


def seconds(run: Callable[[], object], times: int = 5) -> float:
    """Median seconds of a run."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def x12sdk_read(text: str) -> int:
    """Every transaction model of a file."""
    with X12ModelReader(text) as reader:
        return sum(1 for _ in reader.models())


def pyx12_check(path: Path) -> bool:
    """The checker that practices know best."""
    return bool(pyx12.x12n_document.x12n_document(pyx12.params.params(), str(path), StringIO(), None, None))


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    # pyx12 has the map of the first errata only
    claim_text = generate_837p(seed=7, claims=CLAIMS).replace("005010X222A2", "005010X222A1")
    remit_text = generate_835(seed=7, claims=CLAIMS)
    claim_bytes, remit_bytes = claim_text.encode(), remit_text.encode()
    claims = [read.claim for read in read_837(claim_bytes) if read.claim is not None]
    envelope = Envelope(sender_id="BENCH", receiver_id="PAYER", interchange=1, group=1, created=datetime(2026, 11, 16, 8))
    submitter, receiver = Provider(npi="1234567893", name="BENCH", phone="5555550100"), Payer(name="PAYER", payer_id="PAYER")

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.837"
        path.write_bytes(claim_bytes)
        rows = [
            ("837P to typed claims", "claimwright", seconds(lambda: list(read_837(claim_bytes)))),
            ("837P to typed claims", "x12sdk", seconds(lambda: x12sdk_read(claim_text))),
            ("837P check, SNIP 1-2", "claimwright", seconds(lambda: list(check(claim_bytes, snip={1, 2})))),
            ("837P check, SNIP 1-2", "pyx12", seconds(lambda: pyx12_check(path), times=3)),
            ("837P check, SNIP 1-5", "claimwright", seconds(lambda: list(check(claim_bytes)))),
            ("837P write", "claimwright", seconds(lambda: write_837p(claims, envelope, submitter, receiver, "1"))),
            ("835 read and balance", "claimwright", seconds(lambda: [r.balanced for r in read_835(remit_bytes)])),
            ("835 read", "x12sdk", seconds(lambda: x12sdk_read(remit_text))),
            ("835 read and check", "oxedi (Rust)", seconds(lambda: oxedi.parse(remit_bytes))),
        ]
    table = Table(title=f"{CLAIMS} claims; 837P {len(claim_bytes) / 1e6:.2f} MB, 835 {len(remit_bytes) / 1e6:.2f} MB")
    for heading in ("what", "who", "claims/s", "seconds"):
        table.add_column(heading, justify="right" if heading in ("claims/s", "seconds") else "left")
    for what, who, taken in rows:
        table.add_row(what, who, f"{CLAIMS / taken:,.0f}", f"{taken:.3f}")
    Console(width=100).print(table)
    assert len(claims) == CLAIMS, "the reader lost claims"


main()
