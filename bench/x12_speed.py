"""X12 in claims and megabytes a CPU second, side by side with the peers in one run, one process, median of 5 (pyx12: of 3).

The files are x12sdk's own synthetic ones, so no reader is favoured, and one of richer claims (two to eight lines, modifiers,
line references, rendering and referring providers). Ratios matter, not this machine's seconds.

    python bench/x12_speed.py [CLAIMS] [--profile]     --profile: what our own rows spend their time on
"""

from __future__ import annotations

import cProfile
import logging
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import oxedi
import pyx12.error_handler
import pyx12.params
import pyx12.x12n_document
from rich.console import Console
from rich.table import Table
from x12sdk.generate import generate_835, generate_837p
from x12sdk.io import X12ModelReader, write_transactions

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.x12.check import check
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import read_837, write_837p
from claimwright.x12.remittance import read_835

CLAIMS = next((int(one) for one in sys.argv[1:] if one.isdigit()), 1000)
PROFILE = "--profile" in sys.argv
ENVELOPE = Envelope(sender_id="BENCH", receiver_id="PAYER", interchange=1, group=1, created=datetime(2026, 11, 16, 8))
SUBMITTER, RECEIVER = Provider(npi="1234567893", name="BENCH", phone="5555550100"), Payer(name="PAYER", payer_id="PAYER")


def seconds(run: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds of a run."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def x12sdk_read(text: str) -> int:
    """Every transaction model of a file."""
    with X12ModelReader(text) as reader:
        return sum(1 for _ in reader.models())


def pyx12_check(path: Path) -> bool:
    """The checker that practices know best."""
    return bool(pyx12.x12n_document.x12n_document(pyx12.params.params(), str(path), StringIO(), None, None))


def balanced(data: bytes) -> bool:
    """Every payment of an 835 balanced: as a whole, by claim and by line."""
    found = [one.balanced and all([claim.balanced for claim in one.claims]) for one in read_835(data)]
    return all(found)


def rich_claims() -> list[Claim]:
    """Claims with what real ones have, no two alike."""
    home = Address(line1="12 ELM STREET", line2="APT 4", city="AUSTIN", state="TX", zip="787010001")
    billing = Provider(
        npi="1234567893", name="LAKESIDE", taxonomy="207Q00000X", ein="741234567", address=home, phone="5125550100"
    )
    doctor = Provider(npi="1245319599", name="RIVERA", first="ANA", person=True, taxonomy="207Q00000X")
    other = Provider(npi="1932102084", name="NGUYEN", first="MINH", person=True)
    made = []
    for at in range(CLAIMS):
        lines = tuple(
            ServiceLine(
                number=number,
                procedure=("99213", "20610", "87880", "36415")[number % 4],
                charge=4000 + 137 * number + at % 97,
                first_service=date(2026, 10, 1 + at % 28),
                control_number=f"L{at:05d}{number}",
                pointers=(1, 2),
                modifiers=("25",) if number % 3 else (),
            )
            for number in range(1, 3 + at % 7)
        )
        patient = Person(last=f"LOPEZ{at}", first="MARIA", birth=date(1940 + at % 70, 5, 4), sex="F", address=home)
        made.append(
            Claim(
                patient_control_number=f"PCN{at:06d}",
                charge=sum(line.charge for line in lines),
                place_of_service="11",
                billing=billing,
                payer=Payer(name="SANDBOX HEALTH", payer_id="SBX01", address=home),
                patient=patient,
                insured=Insured(person=patient, member_id=f"SBX{at:08d}", group_number="G7700"),
                lines=lines,
                diagnoses=(Diagnosis(code="M17.11"), Diagnosis(code="I10")),
                rendering=doctor,
                referring=other,
                prior_authorization=f"PA{at}",
            )
        )
    return made


def main() -> None:
    """Measure and print."""
    logging.disable(logging.CRITICAL)
    # pyx12 has the map of the first errata only
    claim_text = generate_837p(seed=7, claims=CLAIMS).replace("005010X222A2", "005010X222A1")
    remit_text = generate_835(seed=7, claims=CLAIMS)
    plain, remit = claim_text.encode(), remit_text.encode()
    claims = [read.claim for read in read_837(plain) if read.claim is not None]
    rich_made = rich_claims()
    rich = write_837p(rich_made, ENVELOPE, SUBMITTER, RECEIVER, "1")
    assert len(claims) == CLAIMS and [one.claim for one in read_837(rich)] == rich_made, "the reader lost claims"
    assert balanced(remit), "the peer's 835 does not balance"
    with X12ModelReader(claim_text) as reader:
        models = list(reader.models())

    ours: list[tuple[str, bytes, Callable[[], object]]] = [
        ("837P to typed claims", plain, lambda: sum(1 for _ in read_837(plain))),
        ("837P to typed claims, rich", rich, lambda: sum(1 for _ in read_837(rich))),
        ("837P check, SNIP 1-2", plain, lambda: list(check(plain, snip={1, 2}))),
        ("837P check, SNIP 1-5", plain, lambda: list(check(plain))),
        ("837P write", plain, lambda: write_837p(claims, ENVELOPE, SUBMITTER, RECEIVER, "1")),
        ("837P write, rich", rich, lambda: write_837p(rich_made, ENVELOPE, SUBMITTER, RECEIVER, "1")),
        ("835 read and balance", remit, lambda: balanced(remit)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.837"
        path.write_bytes(plain)
        rows = [(what, "claimwright", data, seconds(run)) for what, data, run in ours]
        rows += [
            ("837P to typed claims", "x12sdk", plain, seconds(lambda: x12sdk_read(claim_text))),
            ("837P to typed claims, rich", "x12sdk", rich, seconds(lambda: x12sdk_read(rich.decode()))),
            ("837P check, SNIP 1-2", "pyx12", plain, seconds(lambda: pyx12_check(path), times=3)),
            ("837P write", "x12sdk", plain, seconds(lambda: write_transactions(models, sender_id="BENCH", receiver_id="PAYER"))),
            ("835 read and balance", "x12sdk (reads)", remit, seconds(lambda: x12sdk_read(remit_text))),
            ("835 read and balance", "oxedi (Rust)", remit, seconds(lambda: oxedi.parse(remit))),
        ]
    sizes = f"{len(plain) / 1e6:.2f} MB 837P, rich {len(rich) / 1e6:.2f}, 835 {len(remit) / 1e6:.2f}"
    table = Table(title=f"{CLAIMS} claims; CPU time, median; {sizes}")
    for heading in ("what", "who", "claims/s", "MB/s"):
        table.add_column(heading, justify="right" if heading in ("claims/s", "MB/s") else "left")
    for what, who, data, taken in sorted(rows, key=lambda row: [one[0] for one in ours].index(row[0])):
        table.add_row(what, who, f"{CLAIMS / taken:,.0f}", f"{len(data) / 1e6 / taken:.2f}")
    Console(width=100).print(table)
    for what, _, run in ours if PROFILE else ():
        profile = cProfile.Profile()
        profile.runcall(run)
        print(f"\n== {what}")
        pstats.Stats(profile).sort_stats("tottime").print_stats(12)


main()
