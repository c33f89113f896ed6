"""`claimwright drg`: the MS-DRG of a stay from codes or from its notes, and what moved it."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimwright.cli.notes import codes_in, documents_of, refuse
from claimwright.cli.store import StoreFile, opened_store
from claimwright.cli.terminal import text_of

if TYPE_CHECKING:
    from decimal import Decimal

    from claimwright.coding.drg import Grouping, Stay, StayDiagnosis
    from claimwright.coding.model import Coding, QuerySuggestion

DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?(?::[YNUW1])?")
PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")


class Sex(StrEnum):
    """Of the patient."""

    F = "F"
    M = "M"


def drg(
    notes: Annotated[list[str] | None, typer.Argument(help="Text files of the stay, or a folder of them; - reads stdin.")] = None,
    dx: Annotated[
        list[str] | None, typer.Option("--dx", help="Diagnoses, the principal one first, with POA: I50.23:Y,N17.9:N.")
    ] = None,
    pcs: Annotated[list[str] | None, typer.Option("--pcs", help="ICD-10-PCS codes: 0SRC0J9,30233N1.")] = None,
    age: Annotated[int | None, typer.Option(help="Completed years at admission.", min=0, max=124)] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex of the patient.")] = None,
    discharge: Annotated[str, typer.Option(help="Patient discharge status: 01 home, 20 died ...")] = "01",
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Day of discharge; today if left out.")
    ] = None,
    hac_exempt: Annotated[
        bool, typer.Option("--hac-exempt", help="The hospital-acquired-condition rule does not apply.")
    ] = False,
    weights: Annotated[Path | None, typer.Option(help="CMS Table 5 as text, for the relative weight.")] = None,
    store: StoreFile = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Group a stay: the DRG, what makes it CC or MCC, what hospital-acquired conditions undo, and what a query might clarify.

    Examples: claimwright drg --dx I50.23:Y,J96.01:Y --age 72 --sex F | claimwright drg stay/ --age 72 --sex F --json

    Exit 0: grouped. 1: not grouped, or a code is not valid on the day. 2: a file or an option cannot be read.
    """
    from claimwright.coding.drg import group
    from claimwright.coding.grouper import NoVersion

    day = on.date() if on else date.today()
    asked: tuple[QuerySuggestion, ...] = ()
    diagnoses, procedures = _diagnoses(dx or []), codes_in(pcs or [])
    if notes:
        coding, asked, told = _read(notes, day, age, sex, store)
        age = told if age is None else age
        diagnoses = diagnoses or _found(coding)
        procedures = procedures or [one.code for one in coding.procedures if one.suggested]
    stay = _stay(day, diagnoses, procedures, age, sex, discharge, hac_exempt)
    try:
        answer = group(stay, _weights(weights))
    except NoVersion as why:
        raise refuse("drg", why) from None
    if json:
        _print_json(stay, answer, asked)
    else:
        _print(stay, answer, asked)
    if answer.problems or not answer.grouped:
        raise typer.Exit(1)


def _diagnoses(given: list[str]) -> list[StayDiagnosis]:
    from claimwright.codesets.icd10cm import dotted
    from claimwright.coding.drg import StayDiagnosis

    found = []
    for one in codes_in(given):
        if not DIAGNOSIS.fullmatch(one):
            raise refuse("drg", f"not a diagnosis: {one} (write I50.23:Y)")
        code, _, poa = one.partition(":")
        found.append(StayDiagnosis(dotted(code), poa))
    return found


def _stay(
    day: date,
    diagnoses: list[StayDiagnosis],
    procedures: list[str],
    age: int | None,
    sex: Sex | None,
    discharge: str,
    hac_exempt: bool,
) -> Stay:
    from claimwright.coding.drg import Stay

    if not diagnoses:
        raise refuse("drg", "no diagnosis: name them with --dx, or give the notes of a stay that hold one")
    if age is None:
        raise refuse("drg", "the age is not told: add --age")
    wrong = [code for code in procedures if not PROCEDURE.fullmatch(code)]
    if wrong:
        raise refuse("drg", f"not an ICD-10-PCS code: {wrong[0]}")
    if not re.fullmatch(r"\d{1,2}", discharge):
        raise refuse("drg", f"not a discharge status: {discharge}")
    return Stay(
        on=day,
        diagnoses=tuple(diagnoses),
        procedures=tuple(procedures),
        age=age,
        sex=sex.value if sex else "U",
        discharge_status=discharge.zfill(2),
        hac_exempt=hac_exempt,
    )


def _read(
    notes: list[str], day: date, age: int | None, sex: Sex | None, store: Path | None
) -> tuple[Coding, tuple[QuerySuggestion, ...], int | None]:
    from claimwright.coding.clarify import clarifications
    from claimwright.coding.model import Visit
    from claimwright.coding.pcs.validity import by_store
    from claimwright.coding.suggest import age_of, suggest

    documents = documents_of(notes)
    visit = Visit(on=day, age=age, sex=sex.value if sex else "U", setting="inpatient")
    held = opened_store(store)
    coding = suggest(documents, visit, valid_procedure=by_store(held, day) if held else None)
    topics = {one.topic for one in coding.queries}
    asked = [one for one in clarifications(documents, coding) if one.topic not in topics]
    return coding, (*asked, *coding.queries), age_of(documents, visit)


def _found(coding: Coding) -> list[StayDiagnosis]:
    from claimwright.coding.drg import StayDiagnosis

    return [StayDiagnosis(one.code, one.poa) for one in coding.diagnoses if one.suggested]


def _weights(file: Path | None) -> dict[int, Decimal]:
    if file is None:
        return {}
    from claimwright.coding.drg_weights import NoWeights, read_weights

    text = text_of(file)
    if text is None:
        raise typer.Exit(2)
    try:
        return read_weights(text)
    except NoWeights as why:
        raise refuse("drg", f"{file}: {why}") from None


def _print_json(stay: Stay, answer: Grouping, asked: tuple[QuerySuggestion, ...]) -> None:
    import msgspec

    row: dict[str, Any] = {"date": stay.on, **msgspec.structs.asdict(answer), "queries": asked}
    sys.stdout.write(msgspec.json.encode(row).decode() + "\n")


def _print(stay: Stay, answer: Grouping, asked: tuple[QuerySuggestion, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    weight = f", weight {answer.weight}" if answer.weight is not None else ""
    console.print(f"[bold]MS-DRG {answer.drg:03}[/bold] {answer.title}{weight}")
    console.print(f"v{answer.version / 10:.1f}, MDC {answer.mdc} {answer.mdc_title}; severity {answer.severity}")
    table = Table(header_style="bold", expand=False)
    for heading in ("Code", "POA", "Counts as", "Without it", "Why"):
        table.add_column(heading, overflow="fold")
    poa = {one.code: one.poa for one in stay.diagnoses}
    for one in answer.effects:
        without = "" if one.drg_without is None else f"{one.drg_without:03}"
        table.add_row(one.code, poa.get(one.code, ""), one.role, without, one.why, style="bold" if one.moves else None)
    console.print(table)
    for held in answer.acquired:
        console.print(f"[bold]Hospital-acquired:[/bold] {held.code} {held.title}: {held.why}")
    for problem in answer.problems:
        console.print(f"[bold]Not in order:[/bold] {problem}")
    for query in asked:
        console.print(f"[bold]Ask:[/bold] {query.question}")
