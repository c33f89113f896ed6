"""`claimwright code`: suggested codes for the text of a visit, each with its words and its reason."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from claimwright.coding.model import Coding, Suggestion


class Setting(StrEnum):
    """Where the visit took place."""

    office = "office"
    telehealth = "telehealth"
    home = "home"
    emergency = "emergency"
    inpatient = "inpatient"


class Sex(StrEnum):
    """Of the patient."""

    F = "F"
    M = "M"


def code(
    note: Annotated[list[str], typer.Argument(help="Text files of one visit, or folders of notes; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each code.")] = False,
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of service; today if left out.")
    ] = None,
    age: Annotated[int | None, typer.Option(help="Age in years; read from the note if left out.", min=0, max=130)] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex of the patient.")] = None,
    setting: Annotated[Setting, typer.Option(help="Where the visit took place.")] = Setting.office,
    new: Annotated[bool, typer.Option("--new", help="The patient is new to the practice.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Show also what was seen and not suggested.")] = False,
) -> None:
    """Suggest ICD-10-CM, CPT and HCPCS codes for a visit's note, with the words and the rule behind each.

    Examples: claimwright code note.txt --date 2026-10-14 --age 62 --sex F | claimwright code notes/ --json

    Exit 0: read, whether or not there are codes. 2: a file cannot be read.
    """
    from claimwright.coding.model import Document, Visit
    from claimwright.coding.suggest import suggest

    visit = Visit(
        on=on.date() if on else date.today(),
        age=age,
        sex=sex.value if sex else "U",
        new_patient=new,
        setting=setting.value,
    )
    for name, texts in _visits(note):
        documents = [Document(kind="progress", text=text) for text in texts]
        coding = suggest(documents, visit)
        if json:
            _print_json(name, coding, every)
        else:
            _print_table(name, coding, every)


def _visits(paths: list[str]) -> list[tuple[str, list[str]]]:
    """Files named together are one visit; each file of a folder is a visit of its own."""
    together: list[str] = []
    names: list[str] = []
    visits: list[tuple[str, list[str]]] = []
    for path in paths:
        if path != "-" and Path(path).is_dir():
            visits.extend((str(one), [_text(str(one))]) for one in sorted(Path(path).glob("*.txt")))
        else:
            together.append(_text(path))
            names.append(path)
    if together:
        visits.insert(0, (names[0], together))
    if not visits:
        _refuse("there is no .txt file in the folder")
    return visits


def _text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        _refuse(f"cannot read {path}: {error.strerror}")
    if b"\0" in data:
        _refuse(f"{path} is not a text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        _refuse(f"{path} is empty")
    return text


def _refuse(why: str) -> Any:
    typer.echo(f"claimwright code: {why}", err=True)
    raise typer.Exit(2)


def _row(name: str, rank: int, one: Suggestion) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": name,
        "rank": rank,
        "system": one.system,
        "code": one.code,
        "modifiers": list(one.modifiers),
        "units": one.units,
        "description": one.description,
        "score": one.score,
        "suggested": one.suggested,
        "evidence": [{"start": e.start, "end": e.end, "text": e.text, "document": e.document} for e in one.evidence],
        "reason": one.reason,
        "rules": list(one.rules),
        "diagnosis_codes": list(one.diagnosis_codes),
    }
    if one.level is not None:
        row |= {"problems": one.level.problems, "data": one.level.data, "risk": one.level.risk}
    return row


def _print_json(name: str, coding: Coding, every: bool) -> None:
    import msgspec

    shown = [one for one in (*coding.diagnoses, *coding.services) if one.suggested or every]
    for rank, one in enumerate(shown, 1):
        sys.stdout.write(msgspec.json.encode(_row(name, rank, one)).decode() + "\n")


def _print_table(name: str, coding: Coding, every: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=name, title_justify="left", header_style="bold", expand=False)
    for heading in ("Code", "What it is", "Words in the note", "Why"):
        table.add_column(heading, overflow="fold")
    for one in (*coding.diagnoses, *coding.services):
        if one.suggested or every:
            code = "-".join((one.code, *one.modifiers)) + (f" x{one.units}" if one.units != 1 else "")
            words = "; ".join(dict.fromkeys(" ".join(e.text.split()) for e in one.evidence))
            table.add_row(code, one.description, words, _why(one), style=None if one.suggested else "dim")
    if table.row_count:
        console.print(table)
    else:
        console.print(f"{name}: no codes found")
    for asked in coding.queries:
        console.print(f"[bold]Ask:[/bold] {asked.question}")


def _why(one: Suggestion) -> str:
    parts = [one.reason]
    if one.level is not None:
        parts += [f"problems {one.level.problems}", f"data {one.level.data}", f"risk {one.level.risk}"]
    if one.diagnosis_codes:
        parts.append("for " + ", ".join(one.diagnosis_codes))
    return "\n".join(parts)
