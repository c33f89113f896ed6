"""The million-line run: claims out as 837, a payer at its worst, its 835s into the books, all checked against the truth.

`python bench/million_lines.py [--claims 400000] [--database sqlite|postgresql] [--scenario harshest] [--home DIR]
[--order shuffled]`: 400,000 claims are about a million lines. Prints what was checked, exit 1 when anything fails. With
`--order shuffled` the files arrive in any order from the start. Afterwards every file comes again, shuffled and doubled, and
once more with other bytes at its end. A claim of which the payer tells only sums (claim level, lines laid together) is judged
by its sums.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import many_claims
from many_claims import TODAY, postgresql, run_payer
from posting import files
from rich.console import Console
from rich.table import Table

BATCH = 20  # files taken in before what they ask for is done
SUMS = {"claim_level", "claim_level_share", "merge_lines"}  # told so, a line's own amounts are not known
LINES = 10  # of a claim at most; a line's place in an array is its claim's number and its own


class Checks:
    """What was checked, as rows of a table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, bool | None]] = []

    def __call__(self, what: str, found: str, right: bool | None = None) -> None:
        self.rows.append((what, found, right))

    def show(self, title: str) -> int:
        table = Table("what", "found", "", title=title)
        for what, found, right in self.rows:
            table.add_row(what, found, "" if right is None else "pass" if right else "FAIL")
        Console(width=130).print(table)
        return int(any(right is False for _, _, right in self.rows))


def in_turn(home: Path) -> list[Path]:
    """The payer's files in the order in which it made them."""
    return sorted(files(home), key=lambda path: (re.findall(r"\d{9}", path.name)[-1], path.name))


def arrive(home: Path, paths: list[Path], ending: bytes = b"") -> None:
    """Take files in and do what they ask for."""
    from claimwright.office.jobs.worker import run_until_idle
    from claimwright.office.records.models import Practice
    from claimwright.office.workflow.receiving import receive_file

    practice = Practice.objects.get()
    for place, path in enumerate(paths, 1):
        receive_file(practice=practice, by=None, today=TODAY, name=path.name, content=path.read_bytes() + ending)
        if place % BATCH == 0:
            run_until_idle(practice, TODAY)
    run_until_idle(practice, TODAY)


def sums(sql: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of a query, a few at a time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)  # without values a % is a %
        while rows := cursor.fetchmany(5000):
            yield from rows


def balances() -> list[tuple[Any, ...]]:
    """What must not change when a file comes again."""
    found = list(sums("SELECT account, COUNT(*), SUM(amount) FROM records_ledgerentry GROUP BY account ORDER BY account"))
    tables = ("ledgerevent", "remit", "remitclaimrow", "denial", "claimevent", "deposit", "job")
    found += [(table, *next(sums(f"SELECT COUNT(*), MAX(id) FROM records_{table}"))) for table in tables]
    mixed = "SELECT SUM(amount * (id % 997)), SUM(amount * (event_id % 991)) FROM records_ledgerentry"
    return [*found, ("entries", *map(int, next(sums(mixed))))]


def one(sql: str) -> int:
    """A single figure."""
    return int(next(sums(sql))[0] or 0)


def check_books(check: Checks) -> None:
    """What the books must say by themselves."""
    check("sum of the ledger, cents", str(total := one("SELECT SUM(amount) FROM records_ledgerentry")), total == 0)
    by_line = "SELECT 1 FROM records_ledgerentry WHERE line_control_number <> '' GROUP BY line_control_number"
    off = one(f"SELECT COUNT(*) FROM ({by_line} HAVING SUM(amount) <> 0) AS unequal")
    check("lines where charge is not paid + adjustments + patient + open", f"{off:,}", off == 0)
    charged = (
        "SELECT line_control_number AS line, -SUM(amount) AS amount FROM records_ledgerentry "
        "WHERE account = 'charges' GROUP BY line_control_number"
    )
    off = one(
        f"SELECT COUNT(*) FROM records_claimline AS line LEFT JOIN ({charged}) AS posted ON posted.line = line.control_number "
        "WHERE COALESCE(posted.amount, 0) <> line.charge"
    )
    check("lines charged otherwise than on the claim", f"{off:,}", off == 0)
    off = one("SELECT COUNT(*) FROM records_job WHERE status <> 'done'")
    check("jobs not done", f"{off:,}", off == 0)


def check_money(check: Checks) -> None:
    """Each payment is its cash in the books, with what waits; and each deposit is a payment."""
    from claimwright.office.records.models import Remit
    from claimwright.remits.post import provider_key

    cash = dict(
        sums(
            "SELECT event.remit_id, SUM(entry.amount) FROM records_ledgerentry AS entry JOIN records_ledgerevent AS event "
            "ON event.id = entry.event_id WHERE entry.account = 'cash' AND event.remit_id IS NOT NULL GROUP BY 1"
        )
    )
    waits = dict(sums("SELECT remit_id, SUM(paid) FROM records_remitclaimrow WHERE status <> 'posted' GROUP BY 1"))
    known = {key for (key,) in sums("SELECT key FROM records_ledgerevent WHERE kind = 'provider_adjustment'")}
    off = count = paid = 0
    for remit in Remit.objects.order_by("pk").iterator(chunk_size=50):
        adjusted = remit.content.get("provider_adjustments", ())
        held = sum(a["amount"] for place, a in enumerate(adjusted) if provider_key(remit.key, place) not in known)
        off += remit.paid != int(cash.get(remit.pk) or 0) + int(waits.get(remit.pk) or 0) - held
        count, paid = count + 1, paid + remit.paid
    check(f"payments (of {count:,}) that are not their cash in the books and what is held", f"{off:,}", off == 0)
    deposits = one("SELECT SUM(amount) FROM records_deposit")
    check("payments, and deposits of the bank, cents", f"{paid:,} = {deposits:,}", paid == deposits)
    off = one("SELECT COUNT(*) FROM records_deposit WHERE remit_id IS NULL")
    check("deposits without their payment", f"{off:,}", off == 0)


def check_truth(check: Checks, home: Path, count: int) -> None:
    """Line by line against what the payer really decided."""
    told: dict[tuple[str, str], dict[int, str]] = {}
    rows = sums(
        "SELECT payer.payer_id, remit.trace, told.position, told.status FROM records_remitclaimrow AS told "
        "JOIN records_remit AS remit ON remit.id = told.remit_id "
        "LEFT JOIN records_payerrecord AS payer ON payer.id = remit.payer_id"
    )
    for payer, trace, position, status in rows:
        told.setdefault((payer, trace), {})[position] = status
    decided = Decided(count)
    lines = posted = of_nobody = 0
    payer_of: dict[str, str] = {}
    place: Counter[str] = Counter()
    for row in truth(home):
        if row.get("event") == "payment":
            payer_of[row["trace"]] = row["payer"]
        decision = row.get("decision")
        if decision is None:
            continue
        position = place[row["trace"]]
        place[row["trace"]] += 1
        stands = told.get((payer_of[row["trace"]], row["trace"]), {}).get(position) == "posted"
        lines += len(decision["lines"])
        if decision["event"] == "unknown":
            of_nobody += stands
        elif stands:
            posted += len(decision["lines"])
            decided.add(decision)
    helped = one("SELECT SUM(lines_posted - lines_untouched) FROM records_remit")
    share = (posted - helped) / max(lines, 1)
    check("lines of decisions", f"{lines:,}")
    check("lines posted untouched", f"{posted - helped:,} ({share:.2%})", share >= 0.95)
    check("payments for claims of nobody that were posted", f"{of_nobody:,}", of_nobody == 0)
    books = ", ".join(
        f"SUM(CASE WHEN account = '{account}' THEN amount ELSE 0 END)" for account in ("cash", "patient_ar", "contractual")
    )
    numbered = "FROM records_ledgerentry WHERE line_control_number <> '' GROUP BY line_control_number"
    for number, *amounts in sums(f"SELECT line_control_number, {books} {numbered}"):
        decided.compare(number, *map(int, amounts))
    decided.compare_sums()
    said = ", ".join(f"{what} {many:,}" for what, many in decided.wrong.items()) or "0"
    check(f"lines (of {decided.seen:,}; claims where only sums are told) posted otherwise than decided", said, not decided.wrong)


class Decided:
    """What the posted decisions come to, line by line, in arrays; and what the books hold otherwise."""

    def __init__(self, count: int) -> None:
        self.paid, self.patient, self.written_off = (array("q", bytes(8 * (count + 1) * LINES)) for _ in range(3))
        self.in_sums: dict[int, list[int]] = {}  # by claim, what the books hold
        self.wrong: Counter[str] = Counter()
        self.seen = 0

    def add(self, decision: dict[str, Any]) -> None:
        """One that is posted."""
        if SUMS.intersection(decision.get("does", ())):
            self.in_sums[int(decision["claim"][1:])] = [0, 0, 0]
        for line in decision["lines"]:
            at = _place(line["control_number"])
            self.paid[at] += line["paid"]
            for adjustment in line["adjustments"]:
                if adjustment["group"] == "PR":
                    self.patient[at] += adjustment["amount"]
                else:
                    self.written_off[at] += adjustment["amount"]

    def compare(self, number: str, *books: int) -> None:
        """A line of the books: paid, the patient's, written off."""
        self.seen += 1
        at = _place(number)
        if (claim := at // LINES) in self.in_sums:
            self.in_sums[claim] = [before + more for before, more in zip(self.in_sums[claim], books, strict=True)]
        else:
            self._judge(number, books, slice(at, at + 1))

    def compare_sums(self) -> None:
        """The claims of which the payer told sums."""
        for claim, books in self.in_sums.items():
            self._judge(f"claim {claim}", books, slice(claim * LINES, (claim + 1) * LINES))

    def _judge(self, what: str, books: Sequence[int], lines: slice) -> None:
        """What is denied is not in the books: of each line all of an amount or a part of it."""
        cash, owed, contractual = books
        paid, patient, written_off = (list(each[lines]) for each in (self.paid, self.patient, self.written_off))
        faults = {
            "paid": cash != sum(paid),
            "patient": not _lowest(patient) <= owed <= -_lowest(-one for one in patient),
            "written off": not _lowest(written_off) <= contractual <= -_lowest(-one for one in written_off),
        }
        for fault in (name for name, found in faults.items() if found):
            self.wrong[fault] += 1
            if self.wrong[fault] <= 3:
                print(fault, what, "in the books", books, "decided", (paid, patient, written_off))


def _lowest(amounts: Iterable[int]) -> int:
    """What parts of amounts make at least."""
    return sum(min(one, 0) for one in amounts)


def _place(control_number: str) -> int:
    return int(control_number[2:9]) * LINES + int(control_number[9:])


def truth(home: Path) -> Iterator[dict[str, Any]]:
    """What the payer wrote down as it decided."""
    with (home / "answers" / "truth.jsonl").open() as written:
        for line in written:
            yield json.loads(line)


def forked(do: Callable[[], object]) -> float:
    """Seconds of a step in a process of its own, so that its memory goes with it."""
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        do()
        sys.stdout.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a step failed")
    return time.perf_counter() - begun


def run(home: Path, count: int, scenario: str, address: str, shuffled: bool) -> int:
    """All of it; 1 when something is wrong."""
    from claimwright.cli.office import migrate, set_up

    os.environ["CLAIMWRIGHT_DATABASE"] = address
    set_up(home, TODAY)
    check = Checks()
    lines = home / "lines"

    def build() -> None:
        migrate()
        lines.write_text(str(many_claims.Practice().build(count, home / "sent")))

    check("practice and 837s", f"{forked(build):,.0f} s")
    check("claims, lines", f"{count:,}, {int(lines.read_text()):,}")
    check("payer, CPU", f"{run_payer(home / 'sent', home / 'answers', scenario):,.0f} s")
    paths = in_turn(home)
    chance = random.Random(count)
    if shuffled:
        chance.shuffle(paths)
    spent = forked(lambda: arrive(home, paths))
    check(f"{len(paths):,} files received and posted", f"{spent:,.0f} s, {count / spent:,.0f} claims/s (wall)")
    kept = home / "balances"
    forked(lambda: kept.write_text(repr(balances())))
    before = kept.read_text()
    check_all = Checks()

    def all_checks() -> None:
        check_books(check_all)
        check_money(check_all)
        check_truth(check_all, home, count)
        kept.write_text(json.dumps(check_all.rows))

    forked(all_checks)
    check.rows += [tuple(row) for row in json.loads(kept.read_text())]
    again = [*paths, *paths]
    chance.shuffle(again)
    spent = forked(lambda: (arrive(home, again), arrive(home, paths[::-1], b"\n"), kept.write_text(repr(balances()))))
    check(f"{3 * len(paths):,} files again, shuffled and doubled", f"{spent:,.0f} s", kept.read_text() == before)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    check("most memory of a process, MB", f"{most:,.0f}")
    database = "PostgreSQL" if address else "SQLite"
    return check.show(f"{scenario}, {database}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the options, run, and clean up."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--claims", type=int, default=400_000)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--scenario", default="harshest", help="plain, mixed, harshest or a file")
    options.add_argument("--home", type=Path, help="a folder that is kept")
    options.add_argument("--order", choices=("made", "shuffled"), default="made", help="of the files' arrival")
    told = options.parse_args()
    home = told.home or Path(tempfile.mkdtemp(prefix="million-"))
    count, scenario, shuffled = told.claims, told.scenario, told.order == "shuffled"
    if told.database == "postgresql":
        with postgresql() as address:
            failed = run(home, count, scenario, address, shuffled)
    else:
        failed = run(home, count, scenario, "", shuffled)
    if not told.home:
        shutil.rmtree(home)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
