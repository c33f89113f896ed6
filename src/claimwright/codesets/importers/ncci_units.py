"""NCCI medically unlikely edits (MUE) of practitioners, outpatient hospitals and suppliers, and add-on code edits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.codesets.importers.layout import CODE, Context, Layout, Names, checked, header, iso, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row

_MUE: Names = {
    "code": ("hcpcscode", "hcpcscptcode"),
    "units": (
        "mueunits",
        "muevalue",
        "muevalues",
        "practitionerservicesmuevalues",
        "outpatienthospitalservicesmuevalues",
        "dmesupplierservicesmuevalues",
        "facilityoutpatienthospitalservicesmuevalues",
        "facilityoutpatientservicesmuevalues",
    ),
    "mai": ("muemai", "mueadjudicationindicator"),
    "rationale": ("muerationale",),
}
_OF_SERVICE: Names = {"service": ("mueservice",)}
_SETTINGS = (
    ("practitioner", "practitioner"),
    ("outpatient", "outpatient"),
    ("hospital", "outpatient"),
    ("dme", "dme"),
    ("supplier", "dme"),
)
_ADDON: Names = {
    "addon": ("addoncode", "aoc", "addon"),
    "primary": ("primarycode",),
    "type": ("aocedittype",),
}
_ADDON_DATES: Names = {
    "start": ("aocediteffdt", "aocediteffdtjulian"),
    "end": ("aoceditdeldt", "aoceditdeldtjulian"),
    "addon_end": ("aocdeldt", "aocdeldtjulian"),
    "primary_end": ("primarycodedeldt", "primarycodedeldtjulian"),
}


def read_mue(member: Member, context: Context) -> Iterator[Contents]:
    """Code, units, adjudication indicator (its first digit is the MAI) and rationale, below a notice."""
    found: list[Row] = []
    services = set()
    for line, row in rows(member, _MUE, _OF_SERVICE):
        code = checked(line, "code", row["code"], CODE)
        units = checked(line, "units", row["units"], r"\d+")
        if row["service"] and not _setting(row["service"]):
            raise Refused(f"line {line}: service {row['service'][:20]!r} is not as expected; the file is damaged or cut short")
        services.add(row["service"])
        mai = checked(line, "adjudication indicator", row["mai"], r"[123].*")[0]
        found.append((code, (units, mai, row["rationale"])))
    heading = " ".join(cell for cells in member.records[:20] for cell in cells)
    table = context.stated.table or _setting(" ".join(services)) or _setting(heading) or _setting(member.name)
    if not table:
        raise Refused("the file does not say whose units these are; add --as mue-practitioner, mue-outpatient or mue-dme")
    period, version = period_of(context, member.name, "quarter")
    yield Contents(table=table, version=version, period=period, columns=("units", "mai", "rationale"), rows=found)


def _setting(text: str) -> str:
    return next((f"mue-{setting}" for word, setting in _SETTINGS if word in text.lower()), "")


def read_addons(member: Member, context: Context) -> Iterator[Contents]:
    """Add-on code, primary code (CCCCC: the contractor decides) and type 1, 2 or 3."""
    found: list[Row] = []
    for line, row in rows(member, _ADDON, _ADDON_DATES):
        addon = checked(line, "add-on code", row["addon"], CODE)
        primary = checked(line, "primary code", row["primary"], CODE)
        kind = checked(line, "type", row["type"], r"[123](\.0)?")[0]
        over = [day for field in ("end", "addon_end", "primary_end") if (day := _julian(line, row[field]))]
        found.append((addon, (kind, primary, _julian(line, row["start"]), min(over, default=""))))
    period, version = period_of(context, member.name, "year")
    yield Contents(table="addons", version=version, period=period, columns=("type", "primary", "start", "end"), rows=found)


def _julian(line: int, text: str) -> str:
    """A date written YYYYDDD, as the add-on file does; or as any other."""
    if len(text) == 7 and text.isdigit():
        return str(date(int(text[:4]), 1, 1) + timedelta(days=int(text[4:]) - 1))
    return iso(line, "date", text)


LAYOUTS = (
    Layout("mue", "NCCI medically unlikely edits", lambda member: header(member.records, _MUE) is not None, read_mue),
    Layout("addons", "NCCI add-on code edits", lambda member: header(member.records, _ADDON) is not None, read_addons),
)
