"""What the scrubber says of pairs and units is what a plain look in NCCI's official files says, over all rows of all files."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from zlib import crc32

import pytest
from edit_bench import PRACTICE, claim, context, lines, replace
from edit_cases_forms import outpatient, revenue

from claimwright.codesets.building import Builder
from claimwright.codesets.importers import Stated, import_file
from claimwright.codesets.store import Store
from claimwright.codesets.stored import stored_tables
from claimwright.codesets.tables import starter
from claimwright.edits.ncci import NCCI
from claimwright.edits.scrub import scrub
from claimwright.edits.visit_modifiers import VISIT_MODIFIERS
from claimwright.edits.visits import VISITS

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"
NCCI_DATA = DATA / "ncci"
PAIRS = {"professional": "ptp_prac_20240701.csv.gz", "institutional": "ptp_out_20240701.csv.gz"}
ROWS = {PAIRS["professional"]: 2_546_017, PAIRS["institutional"]: 1_775_818}
UNITS = {one: f"mue_{one}_20240401.csv" for one in ("practitioner", "outpatient", "dme")}
SCHEDULE = DATA / "mpfs" / "PPRRVU2026_Jul_nonQPP.csv"
OF_UNITS = [one for one in NCCI if one.id[:4] == "MUE-"]
OF_PAIRS = [one for one in (*NCCI, *VISIT_MODIFIERS, *VISITS) if one.id in
            ("NCCI-NEVER", "NCCI-MODIFIER", "NCCI-VISIT", "MOD-25", "MOD-57", "PX-TWO-VISITS")]  # fmt: skip
DAYS = (date(2014, 3, 1), date(2019, 12, 31), date(2024, 4, 1), date(2024, 6, 30), date(2024, 8, 15), date(2026, 11, 2))
ANYWAY, VISIT = {"58", "59", "78", "79", "91", "XE", "XS", "XU"}, {"24", "25", "27", "57"}
X_FROM = date(2015, 1, 1)
SITES = {"RT", "LT", "T5", "F1", "E2", "LC"}
OTHERS = ("", "", "", "GC", "26", "52", "KX", *sorted(ANYWAY | VISIT | SITES))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    store = tmp_path_factory.mktemp("official") / "codesets.sqlite"
    for path in (*(NCCI_DATA / name for name in (*PAIRS.values(), *UNITS.values())), SCHEDULE):
        if not path.exists():
            pytest.skip(f"no ../shared/data/{path.parent.name}/{path.name} on this machine")
        builder = Builder(store)
        made = import_file(
            builder, path.name, io.BytesIO(path.read_bytes()), imported_at="2026-11-22T09:00:00+00:00", stated=Stated()
        )
        builder.close()
        assert made[0].release.rows == ROWS.get(path.name, made[0].release.rows)
    return stored_tables(Store(store))


@cache
def rows_of(name: str) -> dict[tuple[bytes, bytes], list[tuple[str, str]]]:
    """One pair in 54, drawn from the whole file: deletion date and indicator of all its rows, and its turned pair."""
    found: dict[tuple[bytes, bytes], list[tuple[str, str]]] = {}
    with io.BufferedReader(gzip.open(NCCI_DATA / name, "rb")) as stream:
        next(stream)
        for line in stream:
            one, two = line[:5], line[6:11]
            if crc32(one + two if one < two else two + one) % 54 == 0:
                deleted, indicator = line.split(b",", 4)[2:4]
                found.setdefault((one, two), []).append((deleted.decode(), indicator.decode()))
                found.setdefault((two, one), [])
    return found


def in_force(rows: list[tuple[str, str]], on: date) -> str:
    """The indicator of a pair on a day: of the rows not yet ended the first to end; "?" where two of these differ."""
    alive = [(ended or "9999", said) for ended, said in rows if said != "9" and f"{on}" <= (ended or "9999")]
    said = {said for ended, said in alive if ended == min(alive)[0]}
    return said.pop() if len(said) == 1 else "?" if said else ""


def denied(indicator: str, first: tuple[str, set[str]], second: tuple[str, set[str]], visits: set[str]) -> bool:
    """The verdict on a pair by the file and the manual: 0 never, 1 with a modifier; a visit in column 2 by its own (I.D, I.E)."""
    mine, its = first[1], second[1]
    if indicator == "1" and second[0] in visits:
        return not VISIT & (its | mine if first[0] in visits else its)
    return indicator == "0" or (indicator == "1" and not (ANYWAY | VISIT) & (mine | its) and mine & SITES == its & SITES)


def two_lines(form: str, on: date, *said: tuple[str, set[str]]):
    do = " ".join("-".join((code, *sorted(mods))) for code, mods in said)
    if form == "professional":
        return claim(lines=lines(do, on))
    made = (replace(revenue(one.number, "0360", one.procedure, modifiers=one.modifiers), first_service=on) for one in lines(do))
    return outpatient(*made)


def told(of, tables, edits) -> list[tuple[str, int]]:
    """What the edits of pairs, units and visits tell: edit and line."""
    return sorted((edit.id, one.line) for edit in edits if of.form in edit.forms for one in edit.run(of, context(), tables))


@pytest.mark.parametrize("form", PAIRS)
def test_the_verdict_on_a_pair_is_the_files(tables, form):
    rng, rows, asked = Random(form), rows_of(PAIRS[form]), 0
    wrong: list[object] = []
    for (one, two), held in rows.items():
        if not held:
            continue
        ends = [date.fromisoformat(ended) for ended, _ in held if ended]
        on = rng.choice([*DAYS, *ends * 3, *(end + timedelta(days=1) for end in ends * 3)])
        begun = OTHERS if on >= X_FROM else [one for one in OTHERS if one[:1] != "X"]
        said = tuple((code.decode(), {rng.choice(begun)} - {""}) for code in (one, two))
        verdicts = in_force(held, on), in_force(rows[two, one], on)
        if on < DAYS[0] or "?" in verdicts:
            continue
        asked += 1
        visits = {code for code, _ in said if (known := tables.known_procedure(code)) and known.is_visit}
        expected = [line for line, (indicator, *order) in ((2, (verdicts[0], *said)), (1, (verdicts[1], *said[::-1])))
                    if denied(indicator, *order, visits)]  # fmt: skip
        found = told(two_lines(form, on, *said), tables, OF_PAIRS)
        if not agree(found, expected, visits, form, "0" in verdicts):
            wrong.append((on, said, verdicts, expected, found))
    assert wrong[:9] == []
    assert asked > 25_000


def agree(found, expected, visits, form, never) -> bool:
    """Each denial is told once, on its line; beyond the file's only what a surgery or a second visit of the day says."""
    if not visits or form == "institutional":
        return [line for _, line in found] == sorted(expected)
    by_file = [line for edit, line in found if edit.startswith("NCCI")]
    by_visit = [edit for edit, _ in found if not edit.startswith("NCCI")]
    if not expected:  # a visit beside minor or major surgery, or another visit
        return not by_file and len(by_visit) <= 1
    return len(found) == len(expected) and (not never or not by_visit) and (by_visit or by_file == sorted(expected))


SUPPLIER = replace(PRACTICE, taxonomy="332B00000X")
OF_LIMIT = {"1": "MUE-LINE", "2": "MUE-DAY", "3": "MUE-DAY-CLINICAL"}


@pytest.mark.parametrize("setting", UNITS)
def test_the_verdict_on_units_is_the_files(tables, setting):
    """Units around the limit, on one line or on two, on days before the file, in its period and after it."""
    rng, wrong, kinds = Random(setting), [], set()
    starter_holds = starter().units if setting == "practitioner" else {}  # before the file only the starter's few rows answer
    with (NCCI_DATA / UNITS[setting]).open(newline="") as stream:
        for row in csv.DictReader(stream):
            code, limit, kind = row["hcpcs_code"], int(row["mue_units"]), row["mue_mai"]
            on = rng.choice((date(2014, 3, 1), date(2024, 4, 1), date(2024, 6, 30), date(2025, 12, 31)))
            filing = rng.choice(("MB", "CI") if setting != "outpatient" else ("MA", "CI"))
            split = [max(1, limit + rng.choice((-1, 0, 1, 2)))]
            split = [split[0] - 1, 1] if split[0] > 1 and rng.random() < 0.4 else split
            of = units_of(setting, code, split, filing, on)
            held = on >= date(2024, 4, 1) or code in starter_holds
            beyond = max(split) > limit if kind == "1" else sum(split) > limit
            consultation = setting != "outpatient" and code.startswith(("9924", "9925"))  # told by the payer's own edit
            zero = not limit and filing in ("MA", "MB") and not consultation
            expected = ["MUE-ZERO"] * len(split) if held and zero else [OF_LIMIT[kind]] if held and limit and beyond else []
            found = [edit for edit, _ in told(of, tables, OF_UNITS)]
            kinds.add((kind, limit == 0, bool(expected)))
            if found != expected:
                wrong.append((setting, code, on, filing, split, limit, kind, found))
    assert wrong[:9] == []
    assert len(kinds) >= 6


def units_of(setting: str, code: str, split: list[int], filing: str, on: date):
    """A claim of one code on one line or two."""
    do = f"{code}*{split[0]}" + "".join(f" {code}-59*{units}" for units in split[1:])
    said = lines(do, on)
    if setting == "outpatient":
        made = (
            replace(revenue(one.number, "0360", code, int(one.units), modifiers=one.modifiers), first_service=on) for one in said
        )
        return replace(outpatient(*made), filing_indicator=filing)
    return claim(lines=said, filing=filing, billing=SUPPLIER if setting == "dme" else PRACTICE)


@pytest.mark.parametrize(("form", "filing"), [("professional", "CI"), ("institutional", "MA")])
def test_the_whole_scrub_tells_what_its_edits_tell(tables, form, filing):
    """What a claim lacks and so is not asked changes no verdict."""
    edits = (*OF_PAIRS, *OF_UNITS)
    ids = {edit.id for edit in edits}
    for number, (one, two) in enumerate(list(rows_of(PAIRS[form]))[::250]):
        said = ((one.decode(), {"59"} if number % 3 == 0 else set()), (two.decode(), set()))
        of = replace(two_lines(form, DAYS[number % len(DAYS)], *said), filing_indicator=filing)
        of = replace(of, lines=(replace(of.lines[0], units=Decimal(1 + number % 5)), of.lines[1]))
        by_scrub = sorted((one.edit, one.line) for one in scrub(of, context(), tables) if one.edit in ids)
        in_force = [edit for edit in edits if edit.applies(form, of.first_service)]
        assert by_scrub == told(of, tables, in_force)
