"""`claimwright scrub`: check 837 files and run every edit over their claims, without a database.

Each claim is scrubbed as it is read, beside the patient's earlier ones, and laid on disk; one that shares its patient or number
with others of the file is scrubbed beside these when all are read. So memory does not grow with the file.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from claimwright.cli.store import StoreFile
from claimwright.cli.terminal import LARGE, cannot_read, opened, print_row, watched, width

if TYPE_CHECKING:
    from claimwright.cli.scrub_work import Keys, Scrubber, Setting
    from claimwright.cli.spool import Row, Spool
    from claimwright.x12.claim_reading import ReadClaim

CLEAN, FOUND, UNREADABLE, STOPPED = 0, 1, 2, 130  # UNREADABLE also where an edit broke down: not all was judged
TOGETHER = 2000  # claims of a part
AHEAD = 3  # parts in hand for each process
EACH = 4_000_000  # bytes that a further process must have to do: to begin takes it a second, these a little over two
MOST = 8  # beyond, they wait for the one that cuts the file in parts and the one that checks its form


def scrub(
    files: Annotated[list[Path], typer.Argument(help="837 files.", metavar="FILE.837...", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to judge by.", show_default="today")
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="A text of your own rules, run beside the built-in edits.", show_default=False)
    ] = None,
    store: StoreFile = None,
    history: Annotated[
        Path | None, typer.Option(help="A folder of earlier 837 files: the patients' history.", show_default=False)
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that share the work.", show_default="1; for 8 MB and more, 1 a core, 8 at most"),
    ] = None,
) -> None:
    """Check the files' form, then scrub each claim; the other claims of a file count as its batch.

    reject: the payer would not take it (999, 277CA); deny: it would not pay it; warn: likely trouble; advise: worth a look.
    What is rejected or denied may not leave.

    Example: claimwright scrub week.837 --today 2026-11-16

    Exit 0: nothing found. 1: findings, advice too. 2: a file cannot be read as an 837, or an edit broke down on a claim.
    """
    from claimwright.cli.scrub_work import Scrubber, Setting

    if history is not None and not history.is_dir():
        cannot_read(history, "there is no such folder")
        raise typer.Exit(UNREADABLE)
    worst = CLEAN
    with TemporaryDirectory(prefix="claimwright-") as folder:
        on = today.date() if today else date.today()
        setting = Setting(Path(folder), on, tuple(rules or ()), store, history is not None)
        scrubber = Scrubber(setting)
        if history is not None:
            _remember(history, files, scrubber)
        with _workers(setting, jobs or _processes(files)) as workers:
            for number, path in enumerate(files):
                run = _Run(path, Path(folder) / str(number), scrubber, workers, -1 if as_json else width())
                worst = max(worst, run.result())
    raise typer.Exit(worst)


def _processes(files: list[Path]) -> int:
    """How many processes shorten the work: one for small files, at most one for each core that is ours."""
    import os

    from claimwright.cli.parts import SIZE

    sizes = [path.stat().st_size for path in files if path.is_file()]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, MOST, sum(sizes) // EACH, max(sizes, default=0) // SIZE))


@contextmanager
def _workers(setting: Setting, jobs: int) -> Iterator[_Workers | None]:
    """The processes beside this one, if there are to be any; Ctrl-C ends them at once."""
    if jobs == 1:
        yield None
        return
    from claimwright.cli.scrub_work import begin

    with ProcessPoolExecutor(jobs, initializer=begin, initargs=(setting,)) as pool:
        try:
            yield _Workers(pool, jobs)
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            typer.echo("claimwright: stopped", err=True)
            raise typer.Exit(STOPPED) from None


class _Workers:
    """Work given to other processes, and taken back in its order."""

    def __init__(self, pool: ProcessPoolExecutor, jobs: int) -> None:
        self.pool, self.jobs = pool, jobs

    def each(self, work: Callable[..., Any], asked: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """The results in order; few are in hand at a time, so that they do not fill the memory."""
        waiting: deque[Future[Any]] = deque()
        for arguments in asked:
            waiting.append(self.pool.submit(work, *arguments))
            if len(waiting) >= self.jobs * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _remember(folder: Path, files: list[Path], scrubber: Scrubber) -> None:
    """The claims of the folder's 837 files, but for the files that are scrubbed; other files are passed over."""
    from claimwright.x12.professional import read_837
    from claimwright.x12.sniff import kind

    assert scrubber.history
    now = {path.resolve() for path in files}
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and one.resolve() not in now):
        with path.open("rb") as stream:
            begins = stream.read(1 << 16)
            what, unread = kind(begins), Counter[str]()
            if what.startswith("837"):
                with watched(stream, f"Reading {path.name}") as read:
                    scrubber.history.add(_readable(read_837(read), unread))
            if unread["claims"] or (begins.startswith(b"ISA") and not what):
                said = f"{unread['claims']} of its claims could not be read" if what else "no message that can be told"
                typer.echo(f"{path}: {said}; not in the history", err=True)


def _readable(read: Iterable[Any], unread: Counter[str]) -> Iterator[Any]:
    for one in read:
        if one.claim is not None and one.claim.lines:
            yield one.claim
        else:
            unread["claims"] += 1


class _Run:
    """One file: its form, its claims, and what was found."""

    def __init__(self, path: Path, folder: Path, scrubber: Scrubber, workers: _Workers | None, columns: int) -> None:
        self.path, self.folder, self.scrubber, self.workers, self.columns = path, folder, scrubber, workers, columns
        self.findings = self.claims = self.parts = 0
        self.outside = False  # what was found outside the claims stops the file
        self.failed = False  # an edit broke down

    def result(self) -> int:
        """Print the file's findings and say how it ended."""
        from claimwright.x12.sniff import kind

        with opened(self.path) as stream:
            if stream is None:
                return UNREADABLE
            if not kind(stream.read(1 << 16)).startswith("837"):
                cannot_read(self.path, "not an 837 file")
                return UNREADABLE
            self._scrub(stream)
        return UNREADABLE if self.failed else FOUND if self.findings else CLEAN

    def _scrub(self, stream: BinaryIO) -> None:
        from claimwright.cli.spool import Spool

        spool = Spool(self.folder)
        apart = self.workers and self.path.is_file()  # what comes by a pipe is there but once
        for keys in self._read_apart(stream, spool) if apart else self._read_here(stream, spool):
            self.claims += keys.size
            self.parts += 1
            spool.add(keys.keys, keys.days, keys.claims)
        spool.settle()
        with _counted(stream, f"Scrubbing {self.path.name}", self.parts) as done:
            for rows in self._rows():
                for row in rows:
                    self._take(row, spool)
                done()
        for row in spool.held_alone():
            self._take(row, spool)
        if self.columns >= 0:
            typer.echo(self._sentence(spool), err=True)

    def _read_here(self, stream: BinaryIO, spool: Spool) -> Iterator[Keys]:
        with watched(stream, f"Reading {self.path.name}") as read:
            claims, part = self._claims(read, spool), 0
            while (keys := self.scrubber.lay_down(self.folder, part, islice(claims, TOGETHER), str(self.path))).size:
                yield keys
                part += 1

    def _claims(self, stream: BinaryIO, spool: Spool) -> Iterator[ReadClaim]:
        """The claims of a file, its form checked in the same pass."""
        from claimwright.cli.scrub_work import row_of_form
        from claimwright.findings import Finding
        from claimwright.x12.one_pass import check_and_read

        for one in check_and_read(stream, file=str(self.path), today=self.scrubber.setting.today):
            if isinstance(one, Finding):
                self._take_of_form(row_of_form(one), spool)
            else:
                yield one

    def _read_apart(self, stream: BinaryIO, spool: Spool) -> Iterator[Keys]:
        """The form is checked by one process while the others read the claims."""
        import msgspec

        from claimwright.cli.parts import parts
        from claimwright.cli.scrub_work import check_file, read_part

        assert self.workers
        checked = self.workers.pool.submit(check_file, self.folder, self.path)
        with watched(stream, f"Reading {self.path.name}") as read:
            yield from self.workers.each(read_part, ((self.folder, part, str(self.path)) for part in parts(read)))
        with checked.result().open("rb") as rows:
            for row in rows:
                self._take_of_form(msgspec.json.decode(row), spool)

    def _rows(self) -> Iterator[Iterable[Row]]:
        from claimwright.cli.scrub_work import rows_of_part

        asked = ((self.folder, part, str(self.path)) for part in range(self.parts))
        return self.workers.each(rows_of_part, asked) if self.workers else (self.scrubber.rows(*one) for one in asked)

    def _take_of_form(self, row: Row, spool: Spool) -> None:
        """A finding of the form: held, if an edit may say the same of the claim."""
        from claimwright.cli.scrub_work import SAID_BY_EDIT

        if row["claim"] and row["code"] in SAID_BY_EDIT:
            spool.hold(row)
        else:
            self._take(row, spool)

    def _take(self, row: Row, spool: Spool) -> None:
        """Count a finding and print it."""
        from claimwright.edits.scrub import FAILED
        from claimwright.findings import STOPS

        self.findings += 1
        self.failed = self.failed or row["code"] == FAILED
        if row["severity"] in STOPS:
            self.outside = self.outside or not row["claim"]
            spool.stop(str(row["claim"]))
        if self.columns < 0:
            import msgspec

            typer.echo(msgspec.json.encode(row).decode())
        else:
            print_row(row, self.columns)

    def _sentence(self, spool: Spool) -> str:
        """How many claims, and how many may not leave."""
        outside = "; errors outside the claims stop the whole file" if self.outside else ""
        said = f"{self.claims} claim{'s' if self.claims != 1 else ''}, {spool.stopped()} may not leave{outside}"
        return f"{self.path}: {said}"


@contextmanager
def _counted(stream: BinaryIO, doing: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr that moves with each part of a large file."""
    import os
    import sys

    if os.fstat(stream.fileno()).st_size < LARGE or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty(), redirect_stderr=False
    ) as progress:
        bar = progress.add_task(doing, total=total)
        yield lambda: progress.advance(bar)
