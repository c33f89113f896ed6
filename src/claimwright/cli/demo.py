"""`claimwright demo`: the practice's days, from the first visit to today."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

TODAY = datetime(2026, 11, 16)


def demo(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
    dir: Annotated[Path, typer.Option("--dir", help="Where files, papers and the database go.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Another seed, another practice; the same seed, the same one.")] = 1,
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 64,
    today: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day that is run.")] = TODAY,
) -> None:
    """Run the demo practice's days into DIR; run again, it goes on where it stopped."""
    import msgspec

    from claimwright.cli.office import fail, migrate, set_up

    day = today.date()
    known = marker(dir)
    wanted = {"seed": seed, "patients": patients, "today": day.isoformat()}
    if known and known != wanted:
        fail(f"{dir} holds another demo ({', '.join(f'{k} {v}' for k, v in known.items())}); give another --dir, or remove it.")
    if not known and (dir / "claimwright.sqlite3").exists():
        fail(f"{dir} holds a practice that is not the demo; give another --dir.")
    set_up(dir, day)
    from claimwright.office.exchange import folder

    folder.write(dir, "demo.json", msgspec.json.encode(wanted))
    migrate()
    from claimwright.office.demo.run import run_demo

    if json:
        typer.echo(msgspec.json.encode(run_demo(dir, seed, patients, day, None)).decode())
        return
    result = _with_progress(dir, seed, patients, day)
    _show(dir, result)


def marker(home: Path) -> dict[str, Any]:
    """What demo a folder holds; empty for none."""
    import msgspec

    path = home / "demo.json"
    kept: dict[str, Any] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    return kept


def _with_progress(home: Path, seed: int, patients: int, day: Any) -> dict[str, Any]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from claimwright.office.demo.run import run_demo

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("Opening the practice", total=None)

        def progress(done: int, of: int, what: str) -> None:
            bar.update(task, completed=done, total=of, description=f"{what:<30}")

        result: dict[str, Any] = run_demo(home, seed, patients, day, progress)
    return result


MONEY = {"charges", "payments", "adjustments", "ar_insurance", "ar_patient", "credits", "ledger_sum"}
WORDS = {
    "encounters": "visits",
    "coded": "coded",
    "claims": "claims built",
    "mistakes_planted": "mistakes planted for the edits",
    "mistakes_held": "of them held",
    "scrub_held": "claims held by an edit at least once",
    "submitted": "claims sent",
    "accepted_999": "in files that payers accepted (999)",
    "accepted_277ca": "accepted by payers (277CA)",
    "remits": "payments received",
    "lines_posted": "lines posted",
    "lines_posted_untouched": "of them without a touch",
    "denied_lines": "lines denied",
    "secondary_claims": "secondary claims",
    "statements": "statements",
    "charges": "charges",
    "payments": "payments",
    "adjustments": "adjustments",
    "ar_insurance": "open with payers",
    "ar_patient": "open with patients",
    "credits": "held for others",
    "ledger_sum": "sum of the ledger",
    "seconds": "seconds",
}


def _show(home: Path, result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from claimwright.money import dollars

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for name, words in WORDS.items():
        value = result[name]
        table.add_row(f"${dollars(value)}" if name in MONEY else str(value), words)
    table.add_row(str(len(result["files"])), f"files under {home}")
    console = Console()
    console.print(table)
    console.print(_mistakes(result["mistakes"]))
    console.print(_first_pass(result["first_pass"]))


def _mistakes(found: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    from claimwright.money import dollars

    table = Table("Planted mistake", "Held by", "On", "Charge", title="Planted mistakes", box=None, title_justify="left")
    for one in found:
        held = " ".join(one["held_by"]) or "not held"
        table.add_row(
            one["mistake"].replace("_", " "), one["claim"], held, one["held_on"], f"${dollars(one['charge'])}", one["now"]
        )
    return table


PASSES = {
    "no_edits": "no edit",
    "first_edits": "the first journey's",
    "now": "today's",
}


def _first_pass(passes: dict[str, dict[str, Any]]) -> Any:
    """The same claims as first coded, sent to the same payers."""
    from rich.table import Table

    from claimwright.money import dollars

    columns = ("Edits", "", "Held", "Answered", "Denied", "Rate", "Of charges", "Rate")
    table = Table(*columns, title="Denied at first pass, the same claims as first coded", box=None, title_justify="left")
    for name, words in PASSES.items():
        one = passes[name]
        counts = (str(one[key]) for key in ("edits", "held", "answered", "denied"))
        money, share = f"${dollars(one['charge_denied'])}", f"{one['rate_of_charges']:.1%}"
        table.add_row(words, *counts, f"{one['rate']:.1%}", money, share)
    return table
