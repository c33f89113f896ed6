"""`claimwright codesets`: what the code sets on this machine hold, without a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli import codesets_import
from claimwright.cli.meaning import embed, nearest
from claimwright.cli.store import StoreFile, opened_store, tables_of
from claimwright.cli.terminal import folded, width

if TYPE_CHECKING:
    from pathlib import Path

    from claimwright.codesets.alphabetic import Finder
    from claimwright.codesets.releases import Release
    from claimwright.codesets.store import Store
    from claimwright.codesets.tables import Tables, TableStatus
    from claimwright.coding.embedding import Nearest

app = typer.Typer(help="Code sets: import, look up, search, and how current they are.", no_args_is_help=True)
app.command("import")(codesets_import.import_files)
app.command("fetch")(codesets_import.fetch)
app.command()(embed)

AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date of service.", show_default="today")]
FOUND, NOTHING = 0, 1
_CODE = re.compile(r"[A-Z]?\d{2,5}[A-Z]?")
NARROW = 125  # columns that a row of the status takes


def _day(on: datetime | None) -> date:
    return on.date() if on else date.today()


@app.command()
def status(as_json: AsJson = False, on: On = None, store: StoreFile = None) -> None:
    """Every table with its source, version and period, whether it is imported, and whether it is out of date."""
    from claimwright.codesets.stored_status import status as imported
    from claimwright.codesets.tables import status as tables

    day, opened = _day(on), opened_store(store)
    rows = [*(imported(opened, day) if opened else ()), *tables(day), *_prices(day)]
    columns = width()
    for row in rows:
        if as_json:
            _json({name: getattr(row, name) for name in row.__struct_fields__})
            continue
        period = f"{row.start} to {row.end or 'now'}"
        old = "OUT OF DATE" if row.stale else row.state
        line = f"{row.origin:<7} {row.name:<42} {row.version:<20} {period:<25} {row.rows:>9,} rows  {old:<11}"
        if not columns:
            typer.echo(f"{line}  {row.source}")
        elif columns >= NARROW:
            typer.echo(line)
        else:
            typer.echo(f"{row.name} ({row.origin})\n  {row.version}, {period}, {row.rows:,} rows, {old}")
    if columns:
        typer.echo("Where each comes from: claimwright codesets status --json", err=True)


def _prices(today: date) -> Iterator[TableStatus]:
    """The price tables of the package, which answer where the store has none of the date."""
    from claimwright.codesets.tables import TableStatus
    from claimwright.pricing.tables import tables

    for one in tables():
        over = one.period.end is not None and one.period.end < today
        yield TableStatus(
            name=f"prices: {one.name}",
            source=one.source,
            version=str(one.period.start.year),
            start=one.period.start,
            end=one.period.end,
            rows=one.rows,
            stale=over,
            state="out of date" if over else "current",
            due=one.period.end + timedelta(days=1) if one.period.end else None,
        )


@app.command()
def find(
    text: Annotated[list[str], typer.Argument(help="Words or the start of a code.", show_default=False)],
    as_json: AsJson = False,
    on: On = None,
    limit: Annotated[int, typer.Option(min=1, help="How many of each system.")] = 10,
    by_meaning: Annotated[
        bool, typer.Option("--embed", help="Diagnoses also by meaning: `claimwright codesets embed` first, once.")
    ] = False,
    store: StoreFile = None,
) -> None:
    """Find diagnoses (ICD-10-CM) and procedures (CPT, HCPCS) by words; abbreviations and misspellings are forgiven.

    What leads to a diagnosis stands in brackets: the note's reader, a title, a term of the Alphabetic Index (of the store's too).
    The best hit shows its tabular notes.

    Examples: claimwright codesets find asthma | claimwright codesets find "knee injection" --limit 3

    Exit 0: found. 1: nothing found. 2: the sentence model of --embed is not there.
    """
    near = nearest(store) if by_meaning else None
    rows = list(_search(" ".join(text), _day(on), limit, store, near))
    for number, row in enumerate(rows):
        if as_json:
            _json(row)
        else:
            via = f" [{row['via']}]" if row.get("via") else ""
            typer.echo(folded(f"{row['system']:<10} {row['code']:<8} ", f"{row['description']}{via}", width()))
            _print_notes(row if number == 0 else {})
    if not rows:
        typer.echo(f"nothing found for {' '.join(text)!r}", err=True)
    raise typer.Exit(FOUND if rows else NOTHING)


def _print_notes(row: dict[str, object]) -> None:
    """The tabular notes of the best hit, a line a kind."""
    notes = row.get("notes")
    for kind, said in notes.items() if isinstance(notes, dict) else ():
        typer.echo(folded(f"{'':<20}{_NOTES[kind]}: ", "; ".join(said[:6]), width()))


_NOTES = {
    "inclusions": "also",
    "includes": "includes",
    "excludes1": "never with",
    "excludes2": "apart from",
    "code_first": "code first",
    "use_additional": "code also what applies",
    "code_also": "code also",
}


def _search(text: str, on: date, limit: int, given: Path | None, near: Nearest | None) -> Iterator[dict[str, object]]:
    from claimwright.codesets import alphabetic, procedures
    from claimwright.coding import lookup

    opened = opened_store(given)
    finder = alphabetic.Finder(opened) if opened else None
    for found in lookup.search(text, on, finder, limit, near):
        code = found.code
        row = {"system": "ICD-10-CM", "code": code.code, "description": code.description, "billable": code.billable}
        yield {**row, "via": found.why, "notes": alphabetic.notes(code.code)}
    ours = procedures.search(text, on, limit)
    for one in ours:
        yield {"system": one.system, "code": one.code, "description": one.label, "service_kind": one.service_kind}
    if finder:
        yield from _imported_procedures(finder, text, on, limit, {one.code for one in ours})


def _imported_procedures(finder: Finder, text: str, on: date, limit: int, known: set[str]) -> Iterator[dict[str, object]]:
    """HCPCS and CPT codes of the store by words or by the start of the code, beyond those of the starter set."""
    start = text.strip().upper()
    for table, system in (("hcpcs", "HCPCS"), ("cpt", "CPT")):
        held = finder.store.in_force(table, on)
        if _CODE.fullmatch(start):
            found = [(key, facts) for one in held for key, facts in finder.store.all_rows(one, start)]
        else:
            found = [(hit.key, hit.facts) for hit in finder.rows(table, text, on, limit)]
        for key, facts in found[:limit]:
            if key not in known:
                yield {
                    "system": system,
                    "code": key,
                    "description": facts["long"] or facts["short"],
                    "from": held[0].cited_on(on),
                }


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="A code of any of the sets.", show_default=False)],
    on: On = None,
    as_json: AsJson = False,
    store: StoreFile = None,
) -> None:
    """All that is known of a code on a date, in every set that has it, and where that comes from.

    Examples: claimwright codesets show J45.909 | claimwright codesets show 99213 --on 2026-10-01

    Exit 0: known. 1: in none of the sets.
    """
    rows = list(_known(code.strip().upper(), _day(on), store))
    for row in rows:
        if as_json:
            _json(row)
        else:
            typer.echo(f"{row['system']} {row['code']}: {row['description']}".rstrip(": "))
            for name, value in row.items():
                if name not in {"system", "code", "description"} and value not in ("", None, [], {}, ()):
                    typer.echo(folded(f"    {name.replace('_', ' ')}: ", _said(value), width()))
    if not rows:
        from claimwright.codesets.icd10cm import life

        other = life(code)
        typer.echo(
            f"{code} is in none of the code sets on {_day(on)}{f'; as ICD-10-CM code it {other}' if other else ''}", err=True
        )
    for table, releases in _elsewhere(code.strip().upper(), store, {str(row["system"]) for row in rows}):
        typer.echo(f"{table}: not on {_day(on)}, but in {', '.join(releases)}", err=True)
    raise typer.Exit(FOUND if rows else NOTHING)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{key} {meaning}" for key, meaning in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _known(code: str, on: date, given: Path | None) -> Iterator[dict[str, object]]:
    from claimwright.codesets import reference

    opened, tables = opened_store(given), tables_of(given)
    yield from _diagnosis(code, on, tables)
    yield from _procedure(code, on, tables)
    if opened:
        yield from _imported(opened, code, on)
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
            row: dict[str, object] = {"system": system, "code": code, "description": entry.text, "from": "starter"}
            if isinstance(entry, reference.Reason):
                row |= {"category": entry.category, "next_step": entry.next_step}
            yield row


def _diagnosis(code: str, on: date, tables: Tables) -> Iterator[dict[str, object]]:
    from claimwright.codesets import icd10cm, tabular_notes
    from claimwright.codesets.diagnosis_limits import ages_of, sex_of

    found = tables.diagnosis(code, on)
    if found is None:
        return
    yield {
        "system": "ICD-10-CM",
        "code": found.code,
        "description": found.description,
        "billable": found.billable,
        "since": found.begins,
        "valid_at_least_since": None if found.begins else icd10cm.HELD_SINCE,
        "before_that": "" if found.begins or on >= icd10cm.HELD_SINCE else f"not known; taken as valid on {on}",
        "until": found.period.end,
        "chapter": found.chapter,
        "seventh_characters": icd10cm.sevenths(code),
        "below": [one.code for one in icd10cm.children(code, on)],
        "includes": [note for node in icd10cm.lineage(code) for note in (*node.inclusions, *node.includes)],
        "never_with": [note for node in icd10cm.lineage(code) for note in node.excludes1],
        "also_excluded": [note for node in icd10cm.lineage(code) for note in node.excludes2],
        "code_first": tabular_notes.code_first(code),
        "use_additional": [note for node in icd10cm.lineage(code) for note in node.use_additional],
        "code_also": [note for node in icd10cm.lineage(code) for note in node.code_also],
        "manifestation": icd10cm.is_manifestation(code) or None,
        "sex": sex_of(code),
        "ages": ages_of(code),
        "from": tables.cited("icd10cm", on),
    }


def _procedure(code: str, on: date, tables: Tables) -> Iterator[dict[str, object]]:
    from claimwright.codesets import procedure_limits

    found = tables.procedure(code, on)
    if found is None:
        return
    units, added = tables.unit_limit(code, on), tables.add_on(code, on)
    yield {
        "system": found.system,
        "code": code,
        "description": found.label,
        "service_kind": found.service_kind,
        "medicare_status": found.status,
        "global_days": found.global_days,
        "ages": " or ".join(limit.ages_said for limit in procedure_limits.limits_on(code, on) if limit.ages) or None,
        "sex": procedure_limits.sex_of(code, on),
        "most_units": units.units if units else None,
        "most_units_mai": units.mai if units else "",
        "most_units_from": tables.cited("mue", on) if units else "",
        "added_to": sorted(added.primaries)[:20] if added else [],
        "added_to_from": tables.cited("addons", on) if added else "",
        "clia_waived": found.waived or None,
        "from": tables.cited("hcpcs" if found.system == "HCPCS" else "cpt", on),
    }


def _imported(store: Store, code: str, on: date) -> Iterator[dict[str, object]]:
    """What each imported table says of the code, in its own columns."""
    for table in _tables(store):
        key, found = next(((key, found) for key in _keys(code) if (found := store.look_up(table, key, on))), ("", None))
        if found is None:
            continue
        release, rows = found
        known = [_named(one) for one in store.releases_with(table, key)]
        for row in rows:
            said = {name: value for name, value in row.items() if value}
            words = next((said.pop(name) for name in ("long", "text", "label", "description", "name") if name in said), "")
            yield {
                "system": table, "code": code, "description": words, **said, "from": release.cited_on(on), "releases": known,
            }  # fmt: skip


def _elsewhere(code: str, given: Path | None, shown: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Tables of the store that know a code on other days only, and their releases that have it."""
    store = opened_store(given)
    for table in _tables(store) if store else ():
        held = [_named(one) for key in _keys(code) for one in store.releases_with(table, key)] if store else []
        if held and table not in shown:
            yield table, held


def _tables(store: Store) -> list[str]:
    return list(dict.fromkeys(release.table for release in store.releases))


def _keys(code: str) -> tuple[str, ...]:
    """A code as it is written and without its dot."""
    return tuple(dict.fromkeys((code, code.replace(".", ""))))


def _named(one: Release) -> str:
    return f"{one.version} ({one.period.start} to {one.period.end or 'now'})"


def _json(row: dict[str, object]) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(row).decode())
