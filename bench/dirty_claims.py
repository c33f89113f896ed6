"""The scrubber against dirty claims: clean claims of all kinds, one mistake each, and what three programs find of it.

`python bench/dirty_claims.py [CASES] [PEERS]`: 20,000 cases for claimwright; the peers are far slower and get PEERS of them (one
of each kind, unless told). A peer has found a mistake when it complains of the claim's file and did not complain of the same file
without the mistake. What only the office knows (coverage, history, authorizations) is no fault of a file: counted apart.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
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


def main() -> None:
    """Run and print."""
    logging.disable(logging.CRITICAL)
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    peers = int(sys.argv[2]) if len(sys.argv) > 2 else len(MISTAKES)
    total: dict[bool, int] = defaultdict(int)
    right: dict[bool, int] = defaultdict(int)
    anything: dict[bool, int] = defaultdict(int)
    flagged, missed, seconds = 0, set(), 0.0
    for number in range(cases):
        one = case(number, SEED)
        in_file = one.claim != one.clean
        start = time.perf_counter()
        findings = found_in(one.claim, one.context)
        seconds += time.perf_counter() - start
        total[in_file] += 1
        hit = bool({finding.edit for finding in findings} & one.mistake.edits)
        right[in_file] += hit
        anything[in_file] += any(finding.severity != ADVISE for finding in findings)
        if not hit:
            missed.add(one.mistake.kind)
        flagged += any(finding.severity != ADVISE for finding in found_in(one.clean, one.clean_context))
    seen = {"pyx12": 0, "x12sdk": 0}
    tried = 0
    for number in range(peers):
        one = case(number, SEED)
        if one.claim == one.clean:
            continue
        tried += 1
        seen["pyx12"] += found_by(pyx12_complains, one)
        seen["x12sdk"] += found_by(x12sdk_complains, one)
    _print(cases, total, right, anything, flagged, seconds, seen, tried, sorted(missed))


def _print(
    cases: int, total: dict[bool, int], right: dict[bool, int], anything: dict[bool, int], flagged: int, seconds: float,
    seen: dict[str, int], tried: int, missed: list[str],
) -> None:  # fmt: skip
    title = f"{cases:,} dirty claims, {len(MISTAKES)} kinds of mistake; clean claims flagged above advice: {flagged / cases:.2%}"
    table = Table(title=title)
    for heading in ("who", "mistakes", "cases", "found by the right edit", "found"):
        table.add_column(heading, justify="left" if heading in ("who", "mistakes") else "right")
    for in_file, words in ((True, "in the claim"), (False, "around it (coverage, history)")):
        count = max(total[in_file], 1)
        table.add_row("claimwright", words, f"{count:,}", f"{right[in_file] / count:.2%}", f"{anything[in_file] / count:.2%}")
    for name, count in seen.items():
        table.add_row(name, "in the claim", f"{tried:,}", "–", f"{count / max(tried, 1):.1%}")
    console = Console(width=110)
    console.print(table)
    console.print(f"claimwright: {cases / seconds:,.0f} claims scrubbed a second; missed: {', '.join(missed) or 'none'}")


main()
