"""The payer in a box: claims a second (CPU), 837s to 835s and truth, by each scenario, and the most memory.

`python bench/payer_run.py [CLAIMS] [SCENARIO...]`: 20,000 claims of many members in files of 5,000, all three scenarios, each in
a process of its own; the time includes its start.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "edits"))

import scrub_speed
from edit_bench import PAYER, PRACTICE, replace
from rich.console import Console
from rich.table import Table

from claimwright.claims.model import Claim
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p

FILE = 5000
KINDS = 2000  # different claims; the others are the same services of other members


def claims(start: int, count: int, of: list[Claim]) -> list[Claim]:
    """Claims with numbers and members of their own."""
    found = []
    for number in range(start, start + count):
        one = of[number % len(of)]
        insured = replace(one.insured, member_id=f"{one.insured.member_id}{number // len(of)}")
        found.append(replace(one, patient_control_number=f"P{number}", insured=insured))
    return found


def write(folder: Path, count: int) -> None:
    """837 files of many days."""
    of = scrub_speed.of_one_practice(KINDS)
    for place, start in enumerate(range(0, count, FILE)):
        sent = Envelope(
            sender_id="ELM",
            receiver_id="NM001",
            interchange=place + 1,
            group=place + 1,
            created=datetime(2026, 11, 3 + place % 20, 9),
        )
        some = claims(start, min(FILE, count - start), of)
        (folder / f"{place:04d}.837").write_bytes(
            write_837p(some, sent, replace(PRACTICE, phone="6145550100"), PAYER, f"B{place}")
        )


def run(inbox: Path, out: Path, scenario: str) -> tuple[float, float]:
    """CPU seconds and megabytes of a run in a process of its own."""
    process = os.fork()
    if process == 0:
        from claimwright.cli.main import app

        app(["payer", "run", "--in", str(inbox), "--out", str(out), "--scenario", scenario], standalone_mode=False)
        os._exit(0)
    _, status, used = os.wait4(process, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    table = Table("scenario", "claims", "claims/s", "claims/hour", "835s", "MB of answers", "most memory, MB")
    with tempfile.TemporaryDirectory(prefix="payer-") as home:
        inbox = Path(home) / "in"
        inbox.mkdir()
        started = os.fork()
        if started == 0:  # apart, so that the claims made here do not count as the payer's memory
            write(inbox, count)
            os._exit(0)
        assert os.wait4(started, 0)[1] == 0
        for scenario in sys.argv[2:] or ["plain", "mixed", "harshest"]:
            out = Path(home) / scenario
            seconds, memory = run(inbox, out, scenario)
            size = sum(path.stat().st_size for path in out.iterdir()) / 1e6
            payments = len(list(out.glob("*.835")))
            rate = count / seconds
            table.add_row(
                scenario, f"{count:,}", f"{rate:,.0f}", f"{rate * 3600:,.0f}", f"{payments:,}", f"{size:,.0f}", f"{memory:,.0f}"
            )
    Console().print(table)


if __name__ == "__main__":
    main()
