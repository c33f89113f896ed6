"""Sends what is ready and posts a prepared inbox in children that are killed at random, and without: both must end alike.
On PostgreSQL two children also post it at once: every account must then say the same.

On SQLite, or where CLAIMWRIGHT_DATABASE points to PostgreSQL. Run as a script, it prints what was killed and found. A child is
forked, so that it need not start Python and Django again: fifty kills take seconds.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

FIRST_DAYS = 50  # of the demo, whose remittances are held back in the inbox
UNSENT_DAYS = 10  # the last of them, whose claims are still to be sent
TODAY = date(2026, 11, 16)


def prepare(home: Path) -> None:
    """The demo's first weeks, with every remittance and bank file still waiting in the inbox."""
    from claimwright.cli.office import migrate

    migrate()
    from datetime import timedelta

    from claimwright.office.demo.backoffice import BackOffice
    from claimwright.office.demo.cast import build
    from claimwright.office.demo.opening import open_practice, payer_book
    from claimwright.office.demo.run import BOOKED_AHEAD, Days
    from claimwright.office.exchange import folder
    from claimwright.office.exchange.sandbox import open_payer
    from claimwright.office.jobs import exchange

    whole = folder.waiting
    exchange.folder.waiting = lambda home: [p for p in whole(home) if p.suffix != ".835" and not p.name.endswith(".bank.csv")]
    story = build(1, 60, TODAY)
    practice = open_practice(story)
    open_payer(home, payer_book(story, 1))
    days = Days(practice, story, home, 1)
    first = min(visit.on for visit in story.visits) - timedelta(days=BOOKED_AHEAD)
    for number in range(FIRST_DAYS):
        if number == FIRST_DAYS - UNSENT_DAYS:
            BackOffice.submit = lambda self, day: None
        days.run(first + timedelta(days=number))
    exchange.folder.waiting = whole
    (home / "day").write_text((first + timedelta(days=FIRST_DAYS)).isoformat())


def post(home: Path, processes: int = 1) -> None:
    """A biller sends what is ready; then what `claimwright work --once` does."""
    from claimwright.office.jobs.exchange import do_what_waits
    from claimwright.office.records.models import Practice
    from claimwright.office.workflow.submission import submit_batch

    practice, today = Practice.objects.get(), date.fromisoformat((home / "day").read_text())
    submit_batch(practice=practice, by=None, today=today)
    do_what_waits(practice, home, today, processes)


def take_in(home: Path) -> None:
    """The inbox is received, and nothing posted yet."""
    from claimwright.office.jobs.exchange import receive_waiting
    from claimwright.office.records.models import Practice

    receive_waiting(Practice.objects.get(), home, date.fromisoformat((home / "day").read_text()))


def work(home: Path) -> None:
    """One of several workers posts what waits."""
    from claimwright.office.jobs.worker import run_until_idle
    from claimwright.office.records.models import Practice

    run_until_idle(Practice.objects.get(), date.fromisoformat((home / "day").read_text()))


def balances(said: dict[str, Any]) -> dict[str, Any]:
    """What stands where, whatever the order in which it came there; and what became of each payment."""
    sums: Counter[tuple[str, ...]] = Counter()
    for _, account, amount, _, line, payer in said["entries"]:
        sums[account, line, payer or ""] += amount
    left = {where: amount for where, amount in sums.items() if amount}
    return {"left": left, **{one: said[one] for one in ("remits", "denials", "deposits")}}


def worked(home: Path, copies: Copies, workers: int) -> dict[str, Any]:
    """The balances when so many workers have posted the inbox at once."""
    copies.put_back()
    finished(in_child(take_in, home))
    for child in [in_child(work, home) for _ in range(workers)]:
        finished(child)
    finished(in_child(keep, home, home / "worked.json"))
    return balances(json.loads((home / "worked.json").read_text()))


def likeness(home: Path) -> dict[str, Any]:
    """Everything that must be the same, however often it was killed."""
    from claimwright.office.records.models import ClaimRecord, Denial, Deposit, File, Job, LedgerEntry, LedgerEvent, Remit

    entries = LedgerEntry.objects.order_by("event__key", "pk").values_list(
        "event__key", "account", "amount", "claim__patient_control_number", "line_control_number", "payer__payer_id"
    )
    return {
        "entries": [list(entry) for entry in entries],
        "events": LedgerEvent.objects.count(),
        "sum": sum(LedgerEntry.objects.values_list("amount", flat=True)),
        "remits": sorted(map(list, Remit.objects.values_list("key", "status", "lines_posted"))),
        "claims": sorted(map(list, ClaimRecord.objects.values_list("patient_control_number", "state", "payer_control_number"))),
        "denials": sorted(map(list, Denial.objects.values_list("claim__patient_control_number", "reason", "amount"))),
        "deposits": sorted(map(list, Deposit.objects.values_list("trace", "amount", "remit__key"))),
        "files": sorted(File.objects.values_list("digest", flat=True)),
        "jobs": sorted(map(list, Job.objects.values_list("key", "status"))),
        "waiting": sorted(path.name for path in (home / "inbox").glob("*") if path.is_file()),
    }


def in_child(do, *arguments: Any) -> int:
    """Run in a fork; its process id."""
    child = os.fork()
    if child:
        return child
    try:
        do(*arguments)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def finished(child: int) -> None:
    """Wait for a child that must end well."""
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a child failed")


def keep(home: Path, name: Path) -> None:
    """The likeness, through a file: the parent never opens the database."""
    name.write_text(json.dumps(likeness(home), default=str))


def killed_run(home: Path, chance: random.Random, kills: int) -> int:
    """Post to the end, killing up to so many children on the way; how many died."""
    died, longest = 0, 0.12
    while True:
        child = in_child(post, home, chance.choice((1, 2)))
        if died < kills:
            deadline = time.monotonic() + chance.uniform(0.005, longest)
            while time.monotonic() < deadline:
                done, status = os.waitpid(child, os.WNOHANG)
                if done:
                    break
                time.sleep(0.002)
            else:
                os.kill(child, signal.SIGKILL)
                status = os.waitpid(child, 0)[1]
        else:
            status = os.waitpid(child, 0)[1]
        if status == 0:
            return died
        if not os.WIFSIGNALED(status):
            raise SystemExit("a child failed by itself")
        died += 1


class Copies:
    """The prepared office, put back as it was before each run."""

    def __init__(self, home: Path, kept: Path) -> None:
        self.home, self.kept = home, kept
        self.address, _, self.name = os.environ.get("CLAIMWRIGHT_DATABASE", "").rpartition("/")
        shutil.copytree(home, kept)
        self._run(f'CREATE DATABASE "{self.name}-kept" TEMPLATE "{self.name}"')

    def put_back(self) -> None:
        shutil.rmtree(self.home)
        shutil.copytree(self.kept, self.home)
        self._run(f'DROP DATABASE "{self.name}" WITH (FORCE)', f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}-kept"')

    def _run(self, *statements: str) -> None:
        if self.address:
            import psycopg

            with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement)


def main(base: Path, seed: int, kills: int) -> None:
    """Prepare once, post once in peace, then again and again in trouble."""
    from claimwright.cli.office import set_up

    home, kept = base / "work", base / "kept"
    set_up(home, TODAY)
    finished(in_child(prepare, home))
    copies = Copies(home, kept)
    waiting = len(list((home / "inbox").glob("*.835")))
    finished(in_child(post, home))
    finished(in_child(keep, home, base / "peace.json"))
    peace = json.loads((base / "peace.json").read_text())
    chance, died, runs, same = random.Random(seed), 0, 0, True
    if copies.address:
        alone, beside = (worked(home, copies, workers) for workers in (1, 2))
        same = alone == beside
    while died < kills:
        copies.put_back()
        died += killed_run(home, chance, kills - died)
        finished(in_child(keep, home, base / "trouble.json"))
        trouble = json.loads((base / "trouble.json").read_text())
        same = same and trouble == peace
        if not same:
            print({name: (peace[name], trouble[name]) for name in peace if peace[name] != trouble[name]}, file=sys.stderr)
            break
        runs += 1
    print(json.dumps({
        "waiting": waiting, "killed": died, "runs": runs, "same": same, "sum": peace["sum"], "events": peace["events"],
        "left": len(peace["waiting"]), "sent": sum(state not in ("draft", "held", "ready") for _, state, _ in peace["claims"]),
    }))  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
