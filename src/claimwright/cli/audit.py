"""`claimwright audit`: what was charged against what the note supports, with the money either way."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimwright.cli.code import Setting, Sex
from claimwright.cli.notes import coded_day, documents_of
from claimwright.cli.store import StoreFile, opened_store

if TYPE_CHECKING:
    from claimwright.claims.model import Claim
    from claimwright.coding.audit import Audit, Charged, Line
    from claimwright.coding.model import Visit
    from claimwright.pricing.tables import Fees

# CMS place of service codes
PLACES = {"office": "11", "telehealth": "10", "home": "12", "emergency": "23", "inpatient": "21", "nursing": "31"}


def audit(
    note: Annotated[list[str], typer.Argument(help="Text files of one visit; - reads standard input.")],
    charged: Annotated[
        str,
        typer.Option(help="Codes like '99215-25 J3301x4 M17.11', a text file of them, or an 837 (its first claim)."),
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each comparison.")] = False,
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of service; today if left out.")
    ] = None,
    age: Annotated[int | None, typer.Option(help="Age in years; read from the note if left out.", min=0, max=130)] = None,
    sex: Annotated[Sex | None, typer.Option(help="Sex of the patient.")] = None,
    setting: Annotated[Setting, typer.Option(help="Where the visit took place.")] = Setting.office,
    new: Annotated[bool, typer.Option("--new", help="The patient is new to the practice.")] = False,
    medicare: Annotated[bool, typer.Option("--medicare", help="Medicare Part B pays; else only where the note says so.")] = False,
    locality: Annotated[str, typer.Option(help="Medicare locality of the prices; 00 is national.")] = "00",
    store: StoreFile = None,
) -> None:
    """Hold what was charged against what a visit's note supports: unsupported, missing, level, modifiers and units.

    Money is at Medicare's amounts: over is charged beyond the record, under is documented and not charged.

    Example: claimwright audit note.txt --charged '99215 20610-RT' --date 2026-10-14

    Exit 0: all agrees. 1: something differs. 2: a file or a code cannot be read, or the date is older than ICD-10-CM.
    """
    from claimwright.coding.audit import audit as compare
    from claimwright.coding.audit import read_charged
    from claimwright.coding.model import Visit
    from claimwright.coding.suggest import suggest
    from claimwright.pricing.stored import stored_fees
    from claimwright.pricing.tables import STARTER

    held = opened_store(store)
    fees = stored_fees(held) if held else STARTER

    visit = Visit(
        on=coded_day("audit", on),
        age=age,
        sex=sex.value if sex else "U",
        new_patient=new,
        setting=setting.value,
        medicare=medicare,
    )
    documents = documents_of(note)
    services, diagnoses, strange = read_charged(_claimed(charged) or _words(charged))
    if strange or not (services or diagnoses):
        _refuse(f"cannot read as a code: {strange[0]}" if strange else "no code was charged")
    found = compare(
        suggest(documents, visit), services, diagnoses, lambda one: _worth(one, visit, PLACES[setting.value], locality, fees)
    )
    if json:
        _print_json(note[0], found)
    else:
        _print_table(note[0], found)
    raise typer.Exit(0 if found.agrees else 1)


def _worth(one: Charged, visit: Visit, place: str, locality: str, fees: Fees) -> int | None:
    """Medicare's amount of a line in cents, without the day's other procedures; None without a price."""
    from claimwright.claims.model import ServiceLine
    from claimwright.money import round_half_up
    from claimwright.pricing.medicare import fee_amount

    line = ServiceLine(number=1, procedure=one.code, charge=0, first_service=visit.on, modifiers=one.modifiers)
    fee, flat = fee_amount(line, place, locality, fees), fees.flat(one.code, one.modifiers, visit.on)
    if fee is None and flat is None:
        return None
    amount = fee.amount if fee else flat.fee * 100 if flat else Decimal(0)
    # 50 pays one and a half times where the schedule's bilateral indicator is 1 (Claims Processing Manual 12, 40.7)
    if "50" in one.modifiers and fee and fee.row.bilateral == "1":
        amount *= Decimal("1.5")
    return round_half_up(amount * one.units)


def _claimed(charged: str) -> list[str]:
    """The codes of the first claim, if the file is an 837."""
    path = Path(charged) if len(charged) < 1_000 else None
    if path is None or not path.is_file() or path.read_bytes()[:3] != b"ISA":
        return []
    from claimwright.x12.claim_reading import read_claims

    with path.open("rb") as stream:
        claim = next((one.claim for one in read_claims(stream) if one.claim is not None), None)
    if claim is None:
        _refuse(f"{charged} holds no claim that can be read")
        return []
    lines = ["-".join((one.procedure, *one.modifiers)) + f"x{int(one.units)}" for one in claim.lines if one.procedure]
    return [*lines, *(code if "." in code or len(code) == 3 else f"{code[:3]}.{code[3:]}" for code in _codes(claim))]


def _codes(claim: Claim) -> list[str]:
    return [one.code for one in claim.diagnoses]


def _words(charged: str) -> list[str]:
    path = Path(charged) if len(charged) < 1_000 else None
    text = path.read_text(encoding="utf-8", errors="replace") if path is not None and path.is_file() else charged
    return text.replace(",", " ").replace(";", " ").split()


def _refuse(why: str) -> Any:
    typer.echo(f"claimwright audit: {why}", err=True)
    raise typer.Exit(2)


def _print_json(name: str, found: Audit) -> None:
    import msgspec

    for line in found.lines:
        row = {"file": name, **msgspec.to_builtins(line), "cents": line.cents, "evidence": _places(line)}
        sys.stdout.write(msgspec.json.encode(row).decode() + "\n")
    total = {"file": name, "over": found.over, "under": found.under, "unpriced": found.unpriced, "agrees": found.agrees}
    sys.stdout.write(msgspec.json.encode(total).decode() + "\n")


def _places(line: Line) -> list[dict[str, Any]]:
    return [{"start": one.start, "end": one.end, "text": one.text, "document": one.document} for one in line.evidence]


def _print_table(name: str, found: Audit) -> None:
    from rich.console import Console
    from rich.table import Table

    from claimwright.money import dollars

    console = Console()
    table = Table(title=name, title_justify="left", header_style="bold", expand=False)
    for heading in ("", "Charged", "Documented", "Money", "Why, in the words of the note, by which rule"):
        table.add_column(heading, overflow="fold")
    for line in found.lines:
        words = "; ".join(dict.fromkeys(f"“{' '.join(one.text.split())}”" for one in line.evidence[:4]))
        style = "dim" if line.verdict == "agrees" else "red" if (line.cents or 0) > 0 else "yellow"
        told = "\n".join(part for part in (line.reason, words, *line.rules[:3]) if part)
        table.add_row(line.verdict, line.charged, line.documented, _money(line), told, style=style)
    console.print(table)
    told = f"Over-coded ${dollars(found.over)}, under-coded ${dollars(found.under)} at Medicare's amounts"
    if not found.unpriced:
        console.print(f"{told}.")
        return
    apart = [" → ".join(part for part in (line.charged, line.documented) if part) for line in found.lines if line.cents is None]
    console.print(f"{told}, not counting {'; '.join(apart)}: no price in the tables, so the whole difference is not known.")


def _money(line: Line) -> str:
    from claimwright.money import dollars

    if line.cents is None:
        return "no price"
    if not line.cents:
        return ""
    return f"{'over' if line.cents > 0 else 'under'} ${dollars(abs(line.cents))}"
