"""Remittances into the books, claims a second: read, received, planned, posted; SQLite and PostgreSQL, one and two processes.

`python bench/posting.py [CLAIMS] [SCENARIO] [sqlite|postgresql]`: 2,000 sent claims and the mixed scenario unless told. Wall and
CPU of our own processes (PostgreSQL's server works beside them); the whole is files in, posted and settled, one commit a payment.
Two processes are those of one `claimwright work`. As with workers that began long ago, and claims that were sent weeks ago,
modules and tables are loaded before, and PostgreSQL has swept and looked at its tables. What each line should be allowed is what
the same payer allows where it does nothing on purpose: only lines that the scenario pays short are short.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import many_claims
from many_claims import TODAY, postgresql, run_payer
from rich.console import Console
from rich.table import Table

from claimwright.codesets.tables import starter
from claimwright.payers.sandbox.scenario import shipped


def prepare(home: Path, count: int) -> None:
    """The practice, and its 837 files."""
    from claimwright.cli.office import migrate

    migrate()
    many_claims.Practice().build(count, home / "sent")


def agree(home: Path, scenario: str) -> None:
    """What the contract allows on each line: the scenario's plans and contracts without its behavior."""
    terms = shipped(scenario) if "." not in scenario else Path(scenario).read_text()
    (home / "agreed.toml").write_text(terms.partition("[[behavior]]")[0])
    (home / "agreed").mkdir()
    run_payer(home / "sent", home / "agreed", str(home / "agreed.toml"))


def expect(home: Path) -> None:
    """Lines are expected to be allowed what was agreed; where nothing is known to be, nothing is expected."""
    from django.db import connection
    from underpayments import last_allowed  # which needs this module

    from claimwright.office.records.bulk import update
    from claimwright.office.records.models import ClaimLine

    agreed = last_allowed(home / "agreed")
    lines = ClaimLine.objects.values_list("control_number", "pk")
    update(ClaimLine, ("expected_allowed",), [(agreed.get(number), pk) for number, pk in lines])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def receive(home: Path, processes: int = 1) -> None:
    """Take every 835 and bank file in."""
    from claimwright.office.jobs.exchange import receive_waiting
    from claimwright.office.records.models import Practice

    receive_waiting(Practice.objects.get(), home, TODAY, processes)


def files(home: Path) -> list[Path]:
    """What the payer sends that is about money."""
    return sorted(path for path in (home / "answers").iterdir() if path.name.endswith((".835", ".bank.csv")))


def read(home: Path) -> None:
    """Read the 835s only."""
    from claimwright.x12.remittance import read_remittances

    for path in files(home):
        if path.suffix == ".835":
            list(read_remittances(path.read_bytes()))


def plan(home: Path) -> None:
    """Load, match and plan every payment; nothing is written."""
    from claimwright.office.records.models import Practice, Remit
    from claimwright.office.workflow.posting import plan_remittance

    practice = Practice.objects.get()
    for remit in Remit.objects.select_related("payer").order_by("paid_on", "pk"):
        plan_remittance(practice, remit)


def post(home: Path, processes: int = 1) -> None:
    """What a worker does: every payment that waits."""
    from claimwright.office.jobs.worker import run_until_idle
    from claimwright.office.records.models import Practice

    run_until_idle(Practice.objects.get(), TODAY, processes)


def taken(home: Path, do: Callable[..., None], *how: int) -> tuple[float, float]:
    """Wall and CPU seconds of a fork that does this, with those that it forks itself, without Django's start."""
    for name in ("jobs.exchange", "workflow.receiving"):
        import_module(f"claimwright.office.{name}")
    starter()
    before, begun = _used(), time.perf_counter()
    child = os.fork()
    if child == 0:
        do(home, *how)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, "a worker failed"
    return time.perf_counter() - begun, _used() - before


def _used() -> float:
    """CPU seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure(name: str, address: str, count: int, scenario: str, workers: int, table: Table) -> None:
    """One row for each step, in a process that opens Django for this database."""
    home = Path(tempfile.mkdtemp(prefix="posting-"))
    os.environ["CLAIMWRIGHT_DATABASE"] = address
    from claimwright.cli.office import set_up

    set_up(home, TODAY)
    taken(home, lambda home: prepare(home, count))
    agree(home, scenario)
    taken(home, expect)
    for folder in ("answers", "inbox"):
        (home / folder).mkdir()
    run_payer(home / "sent", home / "answers", scenario)
    for path in files(home):
        shutil.copy(path, home / "inbox")

    def row(what: str, spent: tuple[float, float]) -> None:
        wall, used = spent
        table.add_row(name, str(workers), what, f"{count / wall:,.0f}", f"{count / used:,.0f}", f"{wall:.1f}", f"{used:.1f}")

    if workers == 1:
        row("read", taken(home, read))
    received = taken(home, receive, workers)
    row("read and kept", received)
    if workers == 1:
        row("matched and planned", taken(home, plan))
    posted = taken(home, post, workers)
    row("matched, planned and posted", posted)
    row("all", (received[0] + posted[0], received[1] + posted[1]))
    shutil.rmtree(home)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("claims", type=int, nargs="?", default=2000)
    options.add_argument("scenario", nargs="?", default="mixed", help="plain, mixed, harshest or a file")
    options.add_argument("database", nargs="?", choices=("sqlite", "postgresql"), help="only this one")
    told = options.parse_args()
    count, scenario, only = told.claims, told.scenario, told.database
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before"
    results = Path(tempfile.mkdtemp(prefix="posting-rows-"))
    table = Table(title=f"{count:,} claims, {scenario}; {load}")
    for heading in ("database", "processes", "what", "claims/s (wall)", "claims/s (CPU)", "wall s", "CPU s"):
        table.add_column(heading, justify="left" if heading in ("database", "what") else "right")

    def apart(name: str, address: str, *each: int) -> None:
        """Settings are read once a process: one for each database."""
        for workers in each:
            child = os.fork()
            if child == 0:
                own = Table()
                for column in table.columns:
                    own.add_column(column.header)
                measure(name, address, count, scenario, workers, own)
                cells = [list(column.cells) for column in own.columns]
                (results / "rows").write_text("\n".join("\t".join(map(str, one)) for one in zip(*cells, strict=True)))
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            for line in (results / "rows").read_text().splitlines():
                table.add_row(*line.split("\t"))

    if only in (None, "sqlite"):
        apart("SQLite", "", 1, 2)
    if only in (None, "postgresql"):
        for workers in (1, 2):
            with postgresql() as address:  # each its own, empty
                apart("PostgreSQL", address, workers)
    shutil.rmtree(results)
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
