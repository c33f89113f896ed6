"""Claims scrubbed a second, one process, in CPU time: the edits alone and from 837P bytes, by the starter and by full tables.

From bytes to findings is one pass, as `claimwright scrub` makes it: each stretch of segments is checked and read, and each claim
scrubbed as soon as it is whole.

A machine shared with others only ever slows a run down, so the best of the runs says most about the program, and the median
about the day. The claims are one practice's: eight doctors, some hundred patients' plans, four weeks, clean but for a few.
`--store FILE` (or CLAIMWRIGHT_STORE) gives the full tables; `--profile yes` shows where the time goes, from bytes to findings.
Last comes the command line itself, its start included, by one process and by two, on all the claims, none twice: what a user
waits for, and the most memory of any process. `--memory MB` runs it on a file of that size too, which repeats claims.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "edits"))

from clean_claims import clean
from edit_bench import PAYER, PRACTICE, moved, replace
from rich.console import Console
from rich.table import Table

from claimwright.claims.model import Claim
from claimwright.cli.scrub import TOGETHER
from claimwright.codesets.store import Store
from claimwright.codesets.stored import stored_tables
from claimwright.codesets.tables import Tables, starter
from claimwright.edits.scrub import Context, scrub
from claimwright.findings import Finding
from claimwright.x12.check import check
from claimwright.x12.envelope import Envelope
from claimwright.x12.one_pass import check_and_read
from claimwright.x12.professional import read_837, write_837p

CLAIMS = 4000
WEEKS = 4  # a practice sends the claims of the last weeks
PARTS, LAST = 14, 4  # files of so many claims, and those of the last that are timed
CONTEXT = Context(today=date(2026, 11, 16))


def seconds(run: Callable[[], object], times: int = 9) -> list[float]:
    """CPU seconds of each run; the first, which fills what is remembered, does not count."""
    run()
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return taken


def of_one_practice(count: int) -> list[Claim]:
    """Professional claims of all kinds by one practice and its doctors, of the weeks before they are sent."""
    rng, made, doctors = Random(7), [], []
    while len(made) < count:
        _, claim, _ = clean(rng)
        if claim.form == "professional":
            doctors = doctors if len(doctors) == 8 else [*doctors, claim.rendering]
            number, done = f"P{len(made)}", CONTEXT.today - timedelta(days=rng.randint(3, WEEKS * 7))
            claim = moved(claim, done)
            made.append(replace(claim, patient_control_number=number, billing=PRACTICE, rendering=rng.choice(doctors)))
    return made


def main() -> None:
    """Measure and print."""
    made = of_one_practice(PARTS * CLAIMS)
    file = written(made[:CLAIMS])
    claims = [one.claim for one in read_837(file) if one.claim]
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    store = arguments.get("--store") or os.environ.get("CLAIMWRIGHT_STORE")
    kinds: dict[str, Tables] = {"starter": starter()}
    if store:
        kinds["full"] = stored_tables(Store(Path(store)))
    table = Table(title=f"{CLAIMS:,} claims, {len(file) / len(claims):.0f} bytes each; CPU time of 9 runs")
    for heading in ("what", "tables", "claims/s, median", "claims/s, best", "µs a claim, best"):
        table.add_column(heading, justify="left" if heading in ("what", "tables") else "right")

    def add(what: str, tables: str, taken: list[float]) -> None:
        best = min(taken)
        speeds = (f"{CLAIMS / one:,.0f}" for one in (statistics.median(taken), best))
        table.add_row(what, tables, *speeds, f"{best / CLAIMS * 1e6:.0f}")

    add("read the 837P", "", seconds(lambda: list(read_837(file))))
    add("check its form", "", seconds(lambda: list(check(file, today=CONTEXT.today))))
    add("check and read in one pass", "", seconds(lambda: list(check_and_read(file, today=CONTEXT.today))))
    for name, tables in kinds.items():
        add("all edits", name, seconds(lambda tables=tables: [scrub(one, CONTEXT, tables) for one in claims]))
        add("from bytes to findings in one pass", name, seconds(lambda tables=tables: _whole(file, tables)))
    name, tables = list(kinds.items())[-1]
    add("from bytes to findings, claims never seen before", name, _unseen(made[CLAIMS:], tables))
    one = sorted(_each(claims, tables))
    table.add_row("one claim, slowest of all", name, "", "", f"{one[-1] * 1e6:.0f}")
    Console(width=110).print(table)
    if "--profile" in arguments:
        profile = cProfile.Profile()
        profile.runcall(lambda: _whole(file, tables))
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    _command("none twice", [written(made)], len(made), store)
    if "--memory" in arguments:
        times = max(1, round(int(arguments["--memory"]) * 1e6 / len(file)))
        _command("each repeated", [file] * times, times * CLAIMS, store)


def written(claims: list[Claim]) -> bytes:
    """One file of these claims."""
    envelope = Envelope(sender_id="ELM", receiver_id="NM001", interchange=1, group=1, created=datetime(2026, 11, 3, 9), usage="T")
    return write_837p(claims, envelope, replace(PRACTICE, phone="6145550100"), PAYER, "B1")


def _unseen(claims: list[Claim], tables: Tables) -> list[float]:
    """CPU seconds of files after many others: what is remembered of those helps, nothing is remembered of these."""
    files = [written(claims[start : start + CLAIMS]) for start in range(0, len(claims), CLAIMS)]
    taken = []
    for file in files:
        start = time.process_time()
        _whole(file, tables)
        taken.append(time.process_time() - start)
    return taken[-LAST:]


def _whole(file: bytes, tables: Tables) -> int:
    """From bytes to findings, in the one pass and the groups of `claimwright scrub`; without what it lays on disk."""
    found, one_pass = 0, check_and_read(file, today=CONTEXT.today)
    while group := list(islice(one_pass, TOGETHER)):
        for one in group:
            if isinstance(one, Finding):
                found += 1
            elif one.claim:
                found += len(scrub(one.claim, CONTEXT, tables))
    return found


def _command(which: str, files: list[bytes], claims: int, store: str | None) -> None:
    """The command line on one file of these, one after the other."""
    table = Table(title=f"claimwright scrub, {sum(map(len, files)) / 1e6:.0f} MB, {claims:,} claims, {which}")
    for heading in ("processes", "seconds", "claims/s", "CPU seconds", "most MB of a process", "MB laid on disk"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.837"
        with path.open("wb") as out:
            out.writelines(files)
        for jobs in ("1", "2"):
            laid = Path(folder) / f"laid{jobs}"
            laid.mkdir()
            command = [sys.executable, "-c", "from claimwright.cli.main import app; app()", "scrub", str(path), "--json"]
            command += ["--today", f"{CONTEXT.today}", "--jobs", jobs, *(("--store", store) if store else ())]
            started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(laid)})
            most = held = 0
            while running.poll() is None:
                most, held = max(most, _bytes_under(laid)), max(held, _most_held(running.pid))
                time.sleep(0.2)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
            waited = time.perf_counter() - started
            speed, memory, laid_down = f"{claims / waited:,.0f}", f"{held / 1000:.0f}", f"{most / 1e6:.0f}"
            table.add_row(jobs, f"{waited:.1f}", speed, f"{spent:.1f}", memory, laid_down)
    Console(width=110).print(table)


def _most_held(process: int) -> int:
    """The most kB that this process, or one that it began, has held; 0 where the system does not tell (it is Linux that does).

    What `resource` says of children counts what they were before they became the command: this script itself.
    """
    of = Path(f"/proc/{process}")
    with suppress(FileNotFoundError, ProcessLookupError):
        told = [int(line.split()[1]) for line in (of / "status").read_text().splitlines() if line.startswith("VmHWM")]
        begun = (of / f"task/{process}/children").read_text().split()
        return max([*told, *map(_most_held, map(int, begun))], default=0)
    return 0


def _bytes_under(folder: Path) -> int:
    """How much is laid in a folder now."""
    total = 0
    for one in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += one.stat().st_size
    return total


def _each(claims: list[Claim], tables: Tables) -> list[float]:
    taken = []
    for claim in claims:
        start = time.process_time()
        scrub(claim, CONTEXT, tables)
        taken.append(time.process_time() - start)
    return taken


if __name__ == "__main__":
    main()
