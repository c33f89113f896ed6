"""The Medicare physician fee schedule: PPRRVU (relative values and indicators), GPCI, anesthesia units and factors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.codesets.importers.layout import CODE, Context, Layout, Names, checked, header, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row

RVU = (
    "modifier", "status", "work", "pe_nonfacility", "pe_facility", "mp", "pctc", "global_days", "pre", "intra", "post",
    "multiple", "bilateral", "assistant", "cosurgeon", "team", "endoscopic_base", "conversion_factor", "supervision",
    "imaging_family", "label", "na_nonfacility", "na_facility", "opps_pe_nonfacility", "opps_pe_facility", "opps_mp",
)  # fmt: skip
_NUMBER = r"-?\d*\.?\d+|-?\d+\.?\d*|"
_GPCI: Names = {
    "mac": ("medicareadministrativecontractormac",),
    "state": ("state",),
    "locality": ("localitynumber",),
    "name": ("localityname",),
}


def _is_rvu(member: Member) -> bool:
    return any("RELATIVE VALUE FILE" in line.upper() for line in member.lines[:5]) or _rvu_header(member) is not None


def _rvu_header(member: Member) -> int | None:
    for place, cells in enumerate(member.records[:20]):
        if [cell.strip() for cell in cells[:4]] == ["HCPCS", "MOD", "DESCRIPTION", "CODE"]:
            return place
    return None


def read_rvu(member: Member, context: Context) -> Iterator[Contents]:
    """Columns by their place, below ten lines of banner; 31 columns through 2025, 32 or 33 from 2026."""
    heading = _rvu_header(member)
    if heading is None:
        raise Refused("no line HCPCS, MOD, DESCRIPTION, ... among the first twenty")
    titles = [cell.strip() for cell in member.records[heading]]
    width, factor = len(titles), titles.index("FACTOR") if "FACTOR" in titles else -1
    if factor not in (24, 25):
        raise Refused(f"the conversion factor is not in its place among {width} columns")
    found: list[Row] = []
    for line, cells in member.cells():
        if line <= heading + 1 or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < factor + 3:
            raise Refused(f"line {line}: {width} columns expected, {len(cells)} found; the file is damaged or cut short")
        found.append(_rvu_row(line, [cell.strip() for cell in cells], factor))
    period, version = period_of(context, _said(member), "year")
    advanced = "QPP" in member.name.upper() and "NONQPP" not in member.name.upper()  # from 2026 two conversion factors
    yield Contents(table="pprrvu-qpp" if advanced else "pprrvu", version=version, period=period, columns=RVU, rows=found)


def _rvu_row(line: int, cells: list[str], factor: int) -> Row:
    code = checked(line, "code", cells[0], CODE)
    for place in (5, 6, 8, 10, 15, 16, 17, factor):
        checked(line, f"column {place + 1}", cells[place], _NUMBER)
    base, supervision, family = cells[factor - 1], cells[factor + 1], cells[factor + 3] if len(cells) > factor + 3 else ""
    indicators = cells[18:23]
    values = (cells[1], cells[3], cells[5], cells[6], cells[8], cells[10], cells[13], cells[14], *cells[15:18], *indicators)
    capped = [checked(line, "outpatient cap", cell, _NUMBER) for cell in cells[factor + 4 : factor + 7]]
    capped += [""] * (3 - len(capped))
    return code, (*values, base, cells[factor], supervision, family, cells[2], cells[7], cells[9], *capped)


def _said(member: Member) -> str:
    """The title says year and month ("2026 National Physician Fee Schedule Relative Value File July Release")."""
    title = next((line for line in member.lines[:5] if "RELATIVE VALUE FILE" in line.upper()), "")
    named = re.search(r"(20\d\d).*FILE ?\D*?(JAN|APR|JUL|OCT)", title.upper())
    return f"{named[1]} {named[2]}" if named else member.name


def read_gpci(member: Member, context: Context) -> Iterator[Contents]:
    """Contractor, state, locality, name, and the indices for work, practice expense and malpractice; notes follow."""
    found: list[Row] = []
    names: Names = _GPCI
    place = header(member.records, names)
    if place is None:
        return
    indices = [number for number, cell in enumerate(member.records[place[0]]) if "GPCI" in cell.upper()]
    first = min(indices)
    for line, cells in member.cells():
        if len(cells) > first + 2 and re.fullmatch(r"\d{5}", cells[0].strip()):
            work, pe, mp = (checked(line, "index", cell.strip(), r"\d\.\d+") for cell in cells[first : first + 3])
            state, locality, name = cells[1].strip(), cells[2].strip(), cells[3].strip().rstrip("*")
            found.append((f"{cells[0].strip()}-{locality}", (cells[0].strip(), state, locality, name, work, pe, mp)))
        elif found and re.match(r"\d", cells[0] if cells else ""):
            raise Refused(f"line {line}: contractor, locality and three indices expected; the file is damaged or cut short")
    if not found:
        raise Refused("no locality in the file")
    period, version = period_of(context, " ".join(member.lines[:5]), "year")
    columns = ("mac", "state", "locality", "name", "work", "pe", "mp")
    yield Contents(table="gpci", version=version, period=period, columns=columns, rows=found)


def _is_base_units(member: Member) -> bool:
    return member.head[:4].upper() == "CODE" and bool(re.search(r"^0\d{4}\t\d+\s*$", member.head, re.MULTILINE))


def read_base_units(member: Member, context: Context) -> Iterator[Contents]:
    """Anesthesia code and base units, below a heading of three lines."""
    found: list[Row] = []
    for line, cells in member.cells():
        if cells and re.fullmatch(r"\d{5}", cells[0].strip()):
            if len(cells) < 2:
                raise Refused(f"line {line}: a code and its base units expected; the file is damaged or cut short")
            found.append((cells[0].strip(), (checked(line, "base units", cells[1].strip(), r"\d+"),)))
        elif found and any(cell.strip() for cell in cells):
            raise Refused(f"line {line}: a code and its base units expected; the file is damaged or cut short")
    period, version = period_of(context, " ".join([member.name, *member.lines[:3]]).replace("I2", " 2"), "year")
    yield Contents(table="anesthesia-units", version=version, period=period, columns=("base_units",), rows=found)


def read_factors(member: Member, context: Context) -> Iterator[Contents]:
    """Anesthesia conversion factors, dollars a unit, by contractor and locality."""
    found: list[Row] = []
    for line, cells in member.cells():
        if cells and re.fullmatch(r"\d{5}", cells[0].strip()):
            if len(cells) < 7:
                raise Refused(f"line {line}: 7 columns expected, {len(cells)} found; the file is damaged or cut short")
            locality = cells[1].strip()
            factor = checked(line, "factor", cells[6].strip().lstrip("$"), r"\d+\.\d+")
            found.append((f"{cells[0].strip()}-{locality}", (cells[0].strip(), locality, cells[2].strip().rstrip("*"), factor)))
    if not found:
        raise Refused("no locality in the file")
    period, version = period_of(context, " ".join(member.lines[:2]), "year")
    columns = ("mac", "locality", "name", "conversion_factor")
    yield Contents(table="anesthesia-factors", version=version, period=period, columns=columns, rows=found)


_CLFS: Names = {
    "year": ("year",),
    "code": ("hcpcs",),
    "modifier": ("mod",),
    "start": ("effdate",),
    "indicator": ("indicator",),
    "rate": ("rate",),
}
_CLFS_TEXT: Names = {"label": ("shortdesc",)}


def read_clfs(member: Member, context: Context) -> Iterator[Contents]:
    """Clinical laboratory fees, dollars: national limits by code and modifier, below four lines."""
    found: list[Row] = []
    year = ""
    for line, row in rows(member, _CLFS, _CLFS_TEXT):
        code = checked(line, "code", row["code"], CODE)
        year = checked(line, "year", row["year"], r"20\d\d")
        rate = checked(line, "rate", row["rate"].replace("$", "").replace(",", ""), r"\d+(\.\d+)?|")
        found.append((code, (row["modifier"], row["indicator"], rate, row["label"])))
    life = "quarter" if re.search(r"q[1-4]", member.name.lower()) else "year"
    period, version = period_of(context, f"{member.name} {year}", life)
    columns = ("modifier", "indicator", "rate", "label")
    yield Contents(table="clfs", version=version, period=period, columns=columns, rows=found)


LAYOUTS = (
    Layout("pprrvu", "Medicare physician fee schedule (PPRRVU)", _is_rvu, read_rvu),
    Layout("gpci", "geographic practice cost indices", lambda member: header(member.records, _GPCI) is not None, read_gpci),
    Layout("anesthesia-units", "anesthesia base units", _is_base_units, read_base_units),
    Layout(
        "anesthesia-factors",
        "anesthesia conversion factors",
        lambda member: any("ANES CF" in line.upper() for line in member.lines[:12]),
        read_factors,
    ),
    Layout("clfs", "clinical laboratory fee schedule", lambda member: header(member.records, _CLFS) is not None, read_clfs),
)
