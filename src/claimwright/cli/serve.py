"""`claimwright serve` shows the workbench; `claimwright work` does what waits: files in, jobs, files out."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer


def serve(
    dir: Annotated[Path, typer.Option("--dir", help="The practice's folder.")] = Path("demo"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="127.0.0.1 is this machine only.")] = "127.0.0.1",
) -> None:
    """Show the workbench in a browser."""
    from claimwright.cli.demo import marker
    from claimwright.cli.office import migrate, set_up

    demo = marker(dir)
    if demo:
        os.environ.setdefault("CLAIMWRIGHT_TODAY", demo["today"])
    if host not in ("127.0.0.1", "localhost", "::1"):
        os.environ.setdefault("CLAIMWRIGHT_HOSTS", "*" if host in ("0.0.0.0", "::") else f"{host},localhost,127.0.0.1")
    set_up(dir)
    migrate()
    (dir / "static").mkdir(exist_ok=True)  # whitenoise looks there first; the workbench's own files come from the package
    _greet(host, port, bool(demo))
    _gunicorn(dir, host, port)


def _greet(host: str, port: int, demo: bool) -> None:
    typer.echo(f"claimwright is at http://{host}:{port}/  (Ctrl+C stops it)")
    if not demo:
        return
    from claimwright.office.demo.run import PASSWORD
    from claimwright.office.records.models import Membership

    typer.echo(f"Log in with one of these, password {PASSWORD}:")
    for one in Membership.objects.select_related("user").order_by("pk"):
        typer.echo(f"  {one.user.username:<10} {one.get_role_display():<14} {one.user.get_full_name()}")


def _gunicorn(dir: Path, host: str, port: int) -> None:
    """Two workers, and one beside them for files and jobs; the process becomes gunicorn, so that signals go straight to it."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    beside = [sys.executable, "-m", "claimwright.cli.main", "work", "--dir", str(dir), "--while-parent"]
    subprocess.Popen(beside, stdout=subprocess.DEVNULL)
    command = [sys.executable, "-m", "gunicorn", "claimwright.office.wsgi:application", "--bind", f"{host}:{port}"]
    command += ["--workers", "2", "--preload", "--log-level", "warning", "--timeout", "60"]
    os.execv(sys.executable, command)


def work(
    dir: Annotated[Path, typer.Option("--dir", help="The practice's folder.")] = Path("demo"),
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then stop.")] = False,
    every: Annotated[int, typer.Option(min=1, help="Seconds between looks.")] = 5,
    processes: Annotated[int, typer.Option(min=1, help="Processes, where much waits.")] = 2,
    while_parent: Annotated[bool, typer.Option("--while-parent", hidden=True)] = False,
) -> None:
    """Take in what waits in DIR/inbox, run the jobs, and write what goes out to DIR/outbox."""
    from claimwright.cli.demo import marker
    from claimwright.cli.office import fail, migrate, set_up

    parent = os.getppid()
    demo = marker(dir)
    if demo:
        os.environ.setdefault("CLAIMWRIGHT_TODAY", demo["today"])
    set_up(dir)
    migrate()
    from claimwright.office.clock import today
    from claimwright.office.jobs.exchange import do_what_waits
    from claimwright.office.records.models import Practice

    if not Practice.objects.exists():
        fail(f"there is no practice in {dir}.")
    while not while_parent or os.getppid() == parent:
        try:
            done = [do_what_waits(practice, dir, today(), processes) for practice in Practice.objects.order_by("pk")]
        except Exception:
            if once:
                raise
            logging.getLogger(__name__).exception("The worker goes on after this:")
            done = []
        if once:
            typer.echo(", ".join(done))
            return
        time.sleep(every)
