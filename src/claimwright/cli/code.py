"""`claimwright code`: suggested codes for the text of a visit, each with its words and its reason."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimwright.cli.notes import coded_day
from claimwright.cli.terminal import watched_count

if TYPE_CHECKING:
    from claimwright.coding.model import Coding, Evidence, Suggestion, Visit


class Setting(StrEnum):
    """Where the visit took place."""

    office = "office"
    telehealth = "telehealth"
    home = "home"
    emergency = "emergency"
    inpatient = "inpatient"
    nursing = "nursing"


class Sex(StrEnum):
    """Of the patient."""

    F = "F"
    M = "M"


class Mode(StrEnum):
    """What is asked of the text."""

    billing = "us-billing"
    mention = "mention"


class _Unreadable(Exception):
    """A file that is no note; the message names it and says why."""


def code(
    note: Annotated[list[str], typer.Argument(help="Text files of one visit, or folders of notes; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each code.")] = False,
    mode: Annotated[
        Mode,
        typer.Option(
            help="us-billing: what the visit's claim should carry. mention: all a text mentions, denied too (research)."
        ),
    ] = Mode.billing,
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of service; today if left out.")
    ] = None,
    age: Annotated[int | None, typer.Option(help="Age in years; read from the note if left out.", min=0, max=130)] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex of the patient.")] = None,
    setting: Annotated[Setting, typer.Option(help="Where the visit took place.")] = Setting.office,
    new: Annotated[bool, typer.Option("--new", help="The patient is new to the practice.")] = False,
    medicare: Annotated[bool, typer.Option("--medicare", help="Medicare Part B pays; else only where the note says so.")] = False,
    encounter: Annotated[
        bool, typer.Option("--encounter", help="The files of a folder are the documents of one encounter, read together.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Show also what was seen and not suggested.")] = False,
) -> None:
    """Suggest ICD-10-CM, CPT and HCPCS codes for a visit's note, with the words and the rule behind each.

    Examples: claimwright code note.txt --date 2026-10-14 --age 62 --sex F | claimwright code notes/ --json

    Files named one by one are one visit. Each file of a folder is a visit of its own; with --encounter each folder is one
    (a stay's admission note, reports and discharge summary), as `claimwright drg` reads it.

    With --mode mention each file stands for itself; --json then tells unlikely codes too, with `suggested` and `auto`.

    Exit 0: read, whether or not there are codes. 2: a file cannot be read, the others are coded; or the date is before the
    first day of ICD-10-CM (2015-10-01).
    """
    from claimwright.coding.model import Visit

    visit = Visit(
        on=coded_day("code", on) if mode is Mode.billing else date.today(),
        age=age,
        sex=sex.value if sex else "U",
        new_patient=new,
        setting=setting.value,
        medicare=medicare,
    )
    notes = _Notes(note, apart=mode is Mode.mention, whole=encounter and mode is Mode.billing)
    with watched_count(notes, len(notes.visits), "coding") as read:
        many = len(notes.visits) >= MANY
        for files, coding in _mentioned(read) if mode is Mode.mention else _suggested(read, visit, many):
            if json:
                _print_json(files, coding, every or mode is Mode.mention)
            else:
                _print_table(files, coding, every)
    if notes.unreadable:
        raise typer.Exit(2)


Read = tuple[list[str], list[str]]  # the files of a visit and their texts
MANY = 100  # visits, for which it is worth while to load everything first


def _suggested(notes: Iterable[Read], visit: Visit, many: bool) -> Iterable[tuple[list[str], Coding]]:
    from claimwright.coding.kinds import kind_of
    from claimwright.coding.model import Document
    from claimwright.coding.suggest import suggest_each

    if many:
        from claimwright.coding.ready import prepare

        prepare()
    named, asked = tee(notes)
    codings = suggest_each(([Document(kind=kind_of(text), text=text) for text in texts], visit) for _, texts in asked)
    return zip((files for files, _ in named), codings, strict=True)


def _mentioned(notes: Iterable[Read]) -> Iterable[tuple[list[str], Coding]]:
    from claimwright.coding.model import Coding
    from claimwright.coding.ranking import mentioned_each

    named, asked = tee(notes)
    codings = (Coding(diagnoses=found, services=(), read=()) for found in mentioned_each(text for _, (text,) in asked))
    return zip((files for files, _ in named), codings, strict=True)


class _Notes:
    """The visits of some paths, read one at a time; what cannot be read is named on stderr and left out."""

    def __init__(self, paths: list[str], *, apart: bool, whole: bool) -> None:
        """Files named together are one visit, unless each stands apart; a file of a folder is one, or the whole folder."""
        self.unreadable = False
        self.visits: list[list[str]] = []
        together: list[str] = []
        first = 0  # of the visits before that of the files named together
        for path in paths:
            if path != "-" and Path(path).is_dir():
                inside = [[str(one)] for one in sorted(Path(path).glob("*.txt"))]
                if not inside:
                    self._refused(f"there is no .txt file in {path}")
                self.visits.extend([[file for (file,) in inside]] if whole and inside else inside)
            elif apart:
                self.visits.append([path])
            else:
                first = first if together else len(self.visits)
                together.append(path)
        if together:
            self.visits.insert(first, together)

    def __iter__(self) -> Iterator[Read]:
        """Each visit's files and texts."""
        for files in self.visits:
            held: list[tuple[str, str]] = []
            for path in files:
                try:
                    held.append((path, _text(path)))
                except _Unreadable as why:
                    self._refused(str(why))
            if held:
                yield [path for path, _ in held], [text for _, text in held]

    def _refused(self, why: str) -> None:
        typer.echo(f"claimwright code: {why}", err=True)
        self.unreadable = True


def _text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise _Unreadable(f"cannot read {path}: {error.strerror}") from None
    if b"\0" in data:
        raise _Unreadable(f"{path} is not a text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if not text.strip():
        raise _Unreadable(f"{path} is empty")
    return text


def _row(files: list[str], rank: int, one: Suggestion) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": files[0],
        "rank": rank,
        "system": one.system,
        "code": one.code,
        "modifiers": list(one.modifiers),
        "units": one.units,
        "description": one.description,
        "score": one.score,
        "suggested": one.suggested,
        "auto": one.auto,
        "evidence": [
            {"start": e.start, "end": e.end, "text": e.text, "document": e.document, "file": files[e.document]}
            for e in one.evidence
        ],
        "reason": one.reason,
        "rules": list(one.rules),
        "diagnosis_codes": list(one.diagnosis_codes),
        "poa": one.poa,
    }
    if one.level is not None:
        row |= {"problems": one.level.problems, "data": one.level.data, "risk": one.level.risk}
    return row


# why a note has fewer codes than a reader of the rows may expect, without its words
UNCODED = {
    "language": "the note seems to be written in Spanish and was not coded",
    "sex": "a diagnosis of the other sex than the visit's was not coded; see --all",
}


def _print_json(files: list[str], coding: Coding, every: bool) -> None:
    import msgspec

    shown = [one for one in (*coding.diagnoses, *coding.services, *coding.procedures) if one.suggested or every]
    for rank, one in enumerate(shown, 1):
        sys.stdout.write(msgspec.json.encode(_row(files, rank, one)).decode() + "\n")
    for asked in coding.queries:
        if asked.topic in UNCODED:
            typer.echo(f"claimwright code: {files[0]}: {UNCODED[asked.topic]}", err=True)


def _print_table(files: list[str], coding: Coding, every: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    name = files[0] if len(files) == 1 else ", ".join(files)
    table = Table(title=name, title_justify="left", header_style="bold", expand=False)
    for heading in ("Code", "What it is", "Words in the note", "Why"):
        table.add_column(heading, overflow="fold")
    for one in (*coding.diagnoses, *coding.services, *coding.procedures):
        if one.suggested or every:
            code = "-".join((one.code, *one.modifiers)) + (f" x{one.units}" if one.units != 1 else "")
            words = "; ".join(dict.fromkeys(_told(e, files) for e in one.evidence))
            table.add_row(code, one.description, words, _why(one), style=None if one.suggested else "dim")
    if table.row_count:
        console.print(table)
    else:
        console.print(f"{name}: no codes found")
    for asked in coding.queries:
        console.print(f"[bold]Ask:[/bold] {asked.question}")


def _told(words: Evidence, files: list[str]) -> str:
    """The words, with the name of their document where there are several."""
    told = " ".join(words.text.split())
    return told if len(files) == 1 else f"{told} ({Path(files[words.document]).name})"


def _why(one: Suggestion) -> str:
    parts = [one.reason]
    if one.level is not None:
        parts += [f"problems {one.level.problems}", f"data {one.level.data}", f"risk {one.level.risk}"]
    if one.diagnosis_codes:
        parts.append("for " + ", ".join(one.diagnosis_codes))
    return "\n".join(parts)
