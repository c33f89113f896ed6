"""`claimwright codesets`: what the code sets on this machine hold, without a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer

from claimwright.cli.terminal import folded, width

app = typer.Typer(help="Code sets: look up, search, and how current they are.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date of service.", show_default="today")]
FOUND, NOTHING = 0, 1
NARROW = 115  # columns that a row of the status takes


def _day(on: datetime | None) -> date:
    return on.date() if on else date.today()


@app.command()
def status(as_json: AsJson = False, on: On = None) -> None:
    """Every table with its source, version and period, and whether it is out of date."""
    from claimwright.codesets.tables import status as tables

    rows = tables(_day(on))
    if as_json:
        for row in rows:
            _json({name: getattr(row, name) for name in ("name", "source", "version", "start", "end", "rows", "stale")})
        return
    columns = width()
    for row in rows:
        period = f"{row.start} to {row.end or 'now'}"
        old = "OUT OF DATE" if row.stale else "current"
        line = f"{row.name:<42} {row.version:<20} {period:<25} {row.rows:>7} rows  {old:<11}"
        if not columns:
            typer.echo(f"{line}  {row.source}")
        elif columns >= NARROW:
            typer.echo(line)
        else:
            typer.echo(f"{row.name}\n  {row.version}, {period}, {row.rows} rows, {old}")
    if columns:
        typer.echo("Where each comes from: claimwright codesets status --json", err=True)


@app.command()
def find(
    text: Annotated[list[str], typer.Argument(help="Words or the start of a code.", show_default=False)],
    as_json: AsJson = False,
    on: On = None,
    limit: Annotated[int, typer.Option(min=1, help="How many of each system.")] = 10,
) -> None:
    """Find diagnoses (ICD-10-CM) and procedures (CPT, HCPCS) by words; abbreviations and misspellings are forgiven.

    Examples: claimwright codesets find asthma | claimwright codesets find "knee injection" --limit 3

    Exit 0: found. 1: nothing found.
    """
    rows = list(_search(" ".join(text), _day(on), limit))
    for row in rows:
        if as_json:
            _json(row)
        else:
            typer.echo(folded(f"{row['system']:<10} {row['code']:<8} ", str(row["description"]), width()))
    if not rows:
        typer.echo(f"nothing found for {' '.join(text)!r}", err=True)
    raise typer.Exit(FOUND if rows else NOTHING)


def _search(text: str, on: date, limit: int) -> Iterator[dict[str, object]]:
    from claimwright.codesets import icd10cm, procedures

    for code in icd10cm.search(text, on, limit):
        yield {"system": "ICD-10-CM", "code": code.code, "description": code.description, "billable": code.billable}
    for one in procedures.search(text, on, limit):
        yield {"system": one.system, "code": one.code, "description": one.label, "service_kind": one.service_kind}


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="A code of any of the sets.", show_default=False)],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """All that is known of a code on a date, in every set that has it.

    Examples: claimwright codesets show J45.909 | claimwright codesets show 99213 --on 2026-10-01

    Exit 0: known. 1: in none of the sets.
    """
    rows = list(_known(code.strip().upper(), _day(on)))
    for row in rows:
        if as_json:
            _json(row)
        else:
            typer.echo(f"{row['system']} {row['code']}: {row['description']}")
            for name, value in row.items():
                if name not in {"system", "code", "description"} and value not in ("", None, [], {}, ()):
                    typer.echo(folded(f"    {name.replace('_', ' ')}: ", _said(value), width()))
    if not rows:
        typer.echo(f"{code} is in none of the code sets on {_day(on)}", err=True)
    raise typer.Exit(FOUND if rows else NOTHING)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key} {meaning}" for key, meaning in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _known(code: str, on: date) -> Iterator[dict[str, object]]:
    from claimwright.codesets import reference

    yield from _diagnosis(code, on)
    yield from _procedure(code, on)
    entries = {
        "modifier": reference.modifier(code, on),
        "place of service": reference.place_of_service(code),
        "CARC": reference.carc(code),
        "RARC": reference.rarc(code),
        "group code": reference.group(code),
        "taxonomy": reference.taxonomy(code),
        "state": reference.state(code),
        "claim status category": reference.claim_status_category(code),
        "claim status": reference.claim_status(code),
    }
    for system, entry in entries.items():
        if entry is not None:
            row: dict[str, object] = {"system": system, "code": code, "description": entry.text}
            if isinstance(entry, reference.Reason):
                row |= {"category": entry.category, "next_step": entry.next_step}
            yield row


def _diagnosis(code: str, on: date) -> Iterator[dict[str, object]]:
    from claimwright.codesets import icd10cm

    found = icd10cm.lookup(code, on)
    if found is None:
        return
    limit = icd10cm.limit(code)
    yield {
        "system": "ICD-10-CM",
        "code": found.code,
        "description": found.description,
        "billable": found.billable,
        "since": found.period.start,
        "until": found.period.end,
        "chapter": found.chapter,
        "seventh_characters": icd10cm.sevenths(code),
        "below": [one.code for one in icd10cm.children(code, on)],
        "includes": [note for node in icd10cm.lineage(code) for note in (*node.inclusions, *node.includes)],
        "never_with": [note for node in icd10cm.lineage(code) for note in node.excludes1],
        "code_first": icd10cm.code_first(code),
        "manifestation": icd10cm.is_manifestation(code) or None,
        "sex": limit.sex if limit else "",
        "ages": icd10cm.age_range(code),
    }


def _procedure(code: str, on: date) -> Iterator[dict[str, object]]:
    from claimwright.codesets import procedures
    from claimwright.codesets.tables import starter

    found = procedures.procedure(code, on)
    if found is None:
        return
    tables = starter()
    units, added = tables.unit_limit(code), tables.add_on(code)
    yield {
        "system": found.system,
        "code": code,
        "description": found.label,
        "service_kind": found.service_kind,
        "medicare_status": found.status,
        "global_days": found.global_days,
        "ages": [found.age_min, found.age_max] if found.age_min is not None or found.age_max is not None else None,
        "sex": found.sex,
        "most_units": units.units if units else None,
        "most_units_mai": units.mai if units else "",
        "added_to": sorted(added.primaries)[:20] if added else [],
        "clia_waived": found.waived or None,
    }


def _json(row: dict[str, object]) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(row).decode())
