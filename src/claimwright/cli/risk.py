"""`claimwright risk`: HCCs and the risk score of diagnoses, and what of a claim the record supports."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli.notes import coded_day, codes_in, documents_of, refuse

if TYPE_CHECKING:
    from rich.console import Console

    from claimwright.coding.risk import Line, Person, Review, Score

DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")


class Model(StrEnum):
    """Of CMS."""

    V24 = "V24"
    V28 = "V28"
    RxHCC = "RxHCC"


class Sex(StrEnum):
    """Of the beneficiary."""

    F = "F"
    M = "M"


def risk(
    notes: Annotated[
        list[str] | None, typer.Argument(help="Text files of the visit, or a folder of them; - reads stdin.")
    ] = None,
    dx: Annotated[list[str] | None, typer.Option("--dx", help="Diagnoses; with notes, those on the claim: E11.22,N18.4.")] = None,
    prior: Annotated[list[str] | None, typer.Option(help="Diagnoses of earlier years, to be reviewed.")] = None,
    age: Annotated[int | None, typer.Option(help="Age on February 1 of the payment year.", min=0, max=124)] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex of the beneficiary.")] = None,
    model: Annotated[Model, typer.Option(help="The model.")] = Model.V28,
    dual: Annotated[str, typer.Option(help="Dual eligibility code: NA, 01 to 08.")] = "NA",
    orec: Annotated[str, typer.Option(help="Original reason for entitlement: 0 age, 1 disability, 2 ESRD, 3 both.")] = "0",
    new_enrollee: Annotated[bool, typer.Option("--new-enrollee", help="Less than a year of Part B.")] = False,
    institutional: Annotated[bool, typer.Option("--institutional", help="Long-term in an institution.")] = False,
    low_income: Annotated[bool, typer.Option("--low-income", help="Low-income subsidy (RxHCC).")] = False,
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of service; today if left out.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Map diagnoses to HCCs and add up the risk score; with notes, hold each HCC against what the record does about it.

    Examples: claimwright risk --dx E11.22,N18.4,I50.22 --age 74 --sex F | claimwright risk visit.txt --dx E11.42 --age 74 --sex F

    Exit 0: nothing on the claim lacks support. 1: a code that maps to an HCC is not supported. 2: cannot be read.
    """
    from claimwright.coding.risk import Person

    if age is None or sex is None:
        raise refuse("risk", "the model asks for --age and --sex")
    if orec not in ("0", "1", "2", "3") or dual not in ("NA", *(f"{one:02}" for one in range(10))):
        raise refuse("risk", f"not a code of the enrollment file: --orec {orec} --dual {dual}")
    person = Person(
        age=age,
        sex=sex.value,
        dual=dual,
        orec=orec,
        crec=orec if orec in ("0", "1") else "0",
        new_enrollee=new_enrollee,
        low_income=low_income,
        institutional=institutional,
    )
    codes, earlier = _diagnoses(dx), _diagnoses(prior)
    if notes:
        _review(notes, coded_day("risk", on), person, codes if dx else None, earlier, model, json)
    elif codes:
        _score(codes, person, model, json)
    else:
        raise refuse("risk", "no diagnosis: name them with --dx, or give notes")


def _diagnoses(given: list[str] | None) -> list[str]:
    from claimwright.codesets.icd10cm import dotted

    codes = [dotted(code) for code in codes_in(given or [])]
    for code in codes:
        if not DIAGNOSIS.fullmatch(code):
            raise refuse("risk", f"not a diagnosis: {code} (write I50.22)")
    return codes


def _score(codes: list[str], person: Person, model: Model, json: bool) -> None:
    from claimwright.coding.risk import score

    answer = score(codes, person, model.value)
    if json:
        _print_json(answer)
        return
    from rich.console import Console

    console = Console()
    _print_score(console, "Risk score", answer)


def _review(
    notes: list[str], day: date, person: Person, claim: list[str] | None, prior: list[str], model: Model, json: bool
) -> None:
    from claimwright.coding.model import Visit
    from claimwright.coding.risk import review
    from claimwright.coding.suggest import suggest

    documents = documents_of(notes)
    coding = suggest(documents, Visit(on=day, age=person.age, sex=person.sex))
    answer = review(documents, coding, person, claim=claim, prior=prior, model=model.value)
    if json:
        _print_json(answer)
    else:
        _print_review(answer)
    if answer.over:
        raise typer.Exit(1)


def _print_json(answer: Score | Review) -> None:
    import msgspec

    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")


def _print_score(console: Console, title: str, answer: Score) -> None:
    console.print(f"[bold]{title} {answer.raf}[/bold] ({answer.model}, payment year {answer.year}, before normalization)")
    for factor in (*answer.demographic, *answer.interactions):
        console.print(f"  {factor.coefficient:>7}  {factor.name}")
    for one in answer.categories:
        amount = "" if one.below else str(one.coefficient)
        told = f"below HCC {one.below} in its hierarchy" if one.below else ", ".join(one.codes)
        console.print(f"  {amount:>7}  HCC {one.hcc} {one.label}: {told}")
    if answer.unmapped:
        console.print(f"  no HCC: {', '.join(answer.unmapped)}")


def _print_review(answer: Review) -> None:
    from rich.console import Console

    console = Console()
    _print_score(console, "Claimed", answer.claimed)
    _print_score(console, "Documented", answer.documented)
    _print_lines(console, "Over-coded: on the claim, not supported", answer.over)
    _print_lines(console, "Under-coded: supported, not on the claim", answer.under)
    _print_lines(console, "Named, and nothing done about it", answer.weak)
    _print_lines(console, "Supported", answer.supported)
    for one in answer.questions:
        console.print(f"[bold]Review:[/bold] HCC {one.hcc} {one.label}. {one.question}")


def _print_lines(console: Console, title: str, lines: tuple[Line, ...]) -> None:
    if not lines:
        return
    console.print(f"[bold]{title}[/bold]")
    for line in lines:
        console.print(f"  {line.code} HCC {line.hcc} {line.label}, worth {line.worth}: {line.backing.why}")
        for sign in line.backing.signs:
            console.print(f"      {sign.element}: “{' '.join(sign.evidence.text.split())}”")
        if line.backing.signs and line.backing.lacks:
            console.print(f"      not shown: {', '.join(line.backing.lacks)}")
