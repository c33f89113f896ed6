"""The scrubber against dirty claims: clean claims of all kinds, one mistake each, and what three programs find of it.

`python bench/dirty_claims.py [CASES] [PEERS] [--store FILE]`: 20,000 cases for claimwright, by the starter tables and those of
a store; the peers are far slower and get PEERS of them (one of each kind, unless told). A peer has found a mistake when it
complains of the claim's file and did not complain of the same file without the mistake. What only the office knows (coverage,
history, authorizations) is no fault of a file: counted apart.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "edits"))

import pyx12.params
import pyx12.x12n_document
from dirty_claims import MISTAKES, Case, case, found_in
from rich.console import Console
from rich.table import Table
from x12sdk.io import X12ModelReader

from claimwright.claims.model import Claim
from claimwright.codesets.store import Store
from claimwright.codesets.stored import stored_tables
from claimwright.codesets.tables import Tables, starter
from claimwright.edits.registry import ADVISE
from claimwright.parties import Payer, Provider
from claimwright.x12.dental import write_837d
from claimwright.x12.envelope import Envelope
from claimwright.x12.institutional import write_837i
from claimwright.x12.professional import write_837p

SEED = 2026
ENVELOPE = Envelope(sender_id="BENCH", receiver_id="PAYER", interchange=1, group=1, created=datetime(2026, 11, 16, 8))
SUBMITTER, RECEIVER = Provider(npi="1234567893", name="BENCH", phone="5555550100"), Payer(name="PAYER", payer_id="PAYER")
WRITERS = {"professional": write_837p, "institutional": write_837i, "dental": write_837d}


def on_wire(claim: Claim) -> bytes | None:
    """The claim as an 837; None where the writer itself refuses to write such a thing."""
    try:
        return WRITERS[claim.form]([claim], ENVELOPE, SUBMITTER, RECEIVER, "1")
    except (ValueError, ArithmeticError, AttributeError):
        return None


def pyx12_complains(content: bytes) -> bool:
    """Whether pyx12 says no."""
    with tempfile.NamedTemporaryFile(suffix=".837") as file:
        file.write(content)
        file.flush()
        try:
            return not pyx12.x12n_document.x12n_document(pyx12.params.params(), file.name, StringIO(), None, None)
        except Exception:  # a crash is no verdict of the peer's
            return False


def x12sdk_complains(content: bytes) -> bool:
    """Whether x12sdk cannot make its models of the file."""
    try:
        with X12ModelReader(content.decode("ascii")) as reader:
            for _ in reader.models():
                pass
    except Exception:  # its way of saying no
        return True
    return False


def found_by(complains: Callable[[bytes], bool], one: Case) -> bool:
    """Whether a peer sees the mistake."""
    clean, dirty = on_wire(one.clean), on_wire(one.claim)
    return clean is not None and dirty is not None and dirty != clean and complains(dirty) and not complains(clean)


class Tally:
    """What the edits found by one set of tables, for mistakes in the claim's file (True) and around it (False)."""

    def __init__(self, name: str, tables: Tables) -> None:
        """Nothing counted yet."""
        self.name = name
        self.tables = tables
        self.total: Counter[bool] = Counter()
        self.right: Counter[bool] = Counter()
        self.anything: Counter[bool] = Counter()
        self.flagged: Counter[str] = Counter()
        self.missed: set[str] = set()
        self.seconds = 0.0

    def count(self, one: Case) -> None:
        """Scrub a case, spoilt and clean; a mistake that other tables tell is asked of those."""
        in_file = one.claim != one.clean
        start = time.process_time()
        findings = found_in(one.claim, one.context, one.mistake.tables or self.tables)
        self.seconds += time.process_time() - start
        hit = bool({finding.edit for finding in findings} & one.mistake.edits)
        self.total[in_file] += 1
        self.right[in_file] += hit
        self.anything[in_file] += any(finding.severity != ADVISE for finding in findings)
        if not hit:
            self.missed.add(one.mistake.kind)
        wrong = {finding.edit for finding in found_in(one.clean, one.clean_context, self.tables) if finding.severity != ADVISE}
        self.flagged.update({"claims": bool(wrong)} | dict.fromkeys(wrong, 1))

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Two rows of the table."""
        for in_file, words in ((True, "in the claim"), (False, "around it (coverage, history)")):
            count = max(self.total[in_file], 1)
            shares = (f"{part[in_file] / count:.2%}" for part in (self.right, self.anything))
            yield f"claimwright, {self.name}", words, f"{count:,}", *shares

    def said(self, cases: int) -> str:
        """Clean claims flagged, speed, and what was missed."""
        held = self.flagged.pop("claims", 0)
        by = f" ({', '.join(f'{name} {count}' for name, count in self.flagged.most_common())})" if held else ""
        return (
            f"{self.name}: clean claims flagged above advice {held / cases:.2%}{by}; {cases / self.seconds:,.0f} claims scrubbed"
            f" a second of CPU; missed: {', '.join(sorted(self.missed)) or 'none'}"
        )


def main() -> None:
    """Run and print."""
    logging.disable(logging.CRITICAL)
    asked = argparse.ArgumentParser()
    asked.add_argument("cases", type=int, nargs="?", default=20_000)
    asked.add_argument("peers", type=int, nargs="?", default=len(MISTAKES))
    asked.add_argument("--store", type=Path)
    given = asked.parse_args()
    tallies = [Tally("starter tables", starter())]
    if given.store:
        tallies.append(Tally("full tables", stored_tables(Store(given.store))))
    for number in range(given.cases):
        one = case(number, SEED)
        for tally in tallies:
            tally.count(one)
    seen: Counter[str] = Counter(pyx12=0, x12sdk=0)
    tried = 0
    for number in range(given.peers):
        one = case(number, SEED)
        if one.claim == one.clean:
            continue
        tried += 1
        seen["pyx12"] += found_by(pyx12_complains, one)
        seen["x12sdk"] += found_by(x12sdk_complains, one)
    _print(given.cases, tallies, seen, tried)


def _print(cases: int, tallies: list[Tally], seen: Counter[str], tried: int) -> None:
    table = Table(title=f"{cases:,} dirty claims, {len(MISTAKES)} kinds of mistake")
    for heading in ("who", "mistakes", "cases", "found by the right edit", "anything above advise told"):
        table.add_column(heading, justify="left" if heading in ("who", "mistakes") else "right")
    for tally in tallies:
        for row in tally.rows():
            table.add_row(*row)
    for name, count in seen.items() if tried else ():
        table.add_row(name, "in the claim", f"{tried:,}", "–", f"{count / tried:.1%}")
    console = Console(width=110)
    console.print(table)
    for tally in tallies:
        console.print(tally.said(cases))


main()
