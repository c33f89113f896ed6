"""Short lists of a code and what it says: adjustment reasons and remarks, claim status, places, bills, revenue, conditions.

Several share one layout, so a list is told by what some of its codes say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.codesets.importers.layout import Context, Layout, Names, checked, header, iso, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row

COLUMNS = ("text", "start", "end", "notes")
_LIST: Names = {"code": ("code",), "text": ("display", "description", "definition", "text", "title")}
_LIST_MORE: Names = {"start": ("start", "startdate", "effectivedate"), "end": ("end", "stop", "enddate", "deactivationdate")}
_REASONS: Names = {"code": ("adjcode",), "kind": ("adjtype",), "text": ("adjdescription",)}
_REASONS_MORE: Names = {"start": ("adjstartdate",), "end": ("adjenddate",), "usage": ("adjusage",), "notes": ("adjnotes",)}
_KINDS = {"Group": "group-codes", "CARC": "carc", "RARC": "rarc"}

# table: the shape of its codes, and codes with a word that is in what they say
_SIGNS: dict[str, tuple[str, dict[str, str]]] = {
    "carc": (r"[A-Z]?\d{1,3}|[A-Z]\d|P\d+", {"1": "deductible", "2": "coinsurance"}),
    "rarc": (r"MA?\d+|N\d+", {"M1": "x-ray", "N1": "appeal"}),
    "group-codes": (r"[A-Z]{2}", {"CO": "contract", "PR": "patient"}),
    "claim-status-categories": (r"[A-Z]\d[A-Z]?|DR\d+|P\d|R\d+|E\d", {"A1": "acknowledge", "F1": "payment"}),
    "claim-status": (r"\d{1,3}", {"20": "accepted for processing", "1": "more information"}),
    "places-of-service": (r"\d\d|~", {"11": "office", "12": "home", "21": "inpatient"}),
    "revenue": (r"\d{4}|~+", {"0001": "total", "0450": "emergency"}),
    "discharge-status": (r"[0-9A-Z]{2}|~+", {"01": "home", "20": "expired"}),
    "admission-source": (r"[0-9A-Z]|~", {"1": "non-health", "7": "reserved"}),
    "admission-type": (r"\d|~", {"1": "emergency", "3": "elective"}),
    "bill-types": (r"[0-9A-Z]{3,4}|~+", {"111": "admit through discharge"}),
    "bill-classifications": (r"\d\d|~+", {"11": "hospital inpatient"}),
    "facility-types": (r"\d|~", {"1": "hospital", "2": "skilled"}),
    "conditions": (r"[0-9A-Z]{1,2}|~+", {"02": "employment"}),
    "occurrences": (r"[0-9A-Z]{2}|~+", {"01": "accident", "11": "onset"}),
    "occurrence-spans": (r"[0-9A-Z]{2}|~+", {"70": "qualifying stay"}),
    "values": (r"[0-9A-Z]{2}|~+", {"01": "semi", "12": "aged"}),
    "specialties": (r"[0-9A-Z]{2}|~+", {"01": "general practice", "08": "family"}),
    "contractors": (r"\d{5}|~+", {"01111": "california"}),
}


def _table(member: Member) -> str:
    found = header(member.records, _LIST)
    if found is None or (member.delimiter == "\t" and len(member.records[0]) < 2):
        return ""
    place, columns = found
    said = {
        cells[columns["code"]].strip(): cells[columns["text"]].lower()
        for cells in _records(member)[place + 1 :]
        if len(cells) > max(columns.values())
    }
    return next((table for table, (shape, signs) in _SIGNS.items() if _fits(said, shape, signs)), "")


def _records(member: Member) -> list[list[str]]:
    """More of the file than a heading needs: the telling codes may come late."""
    import csv

    return list(csv.reader(member.lines, delimiter=member.delimiter))


def _fits(said: dict[str, str], shape: str, signs: dict[str, str]) -> bool:
    """All codes have the shape, one of the telling codes is there, and those that are say what they should."""
    here = {code: word for code, word in signs.items() if code in said}
    return (
        bool(here) and all(word in said[code] for code, word in here.items()) and all(re.fullmatch(shape, code) for code in said)
    )


def read_list(member: Member, context: Context) -> Iterator[Contents]:
    """Code and text, with dates where the file has them."""
    table = context.stated.table or _table(member)
    shape = _SIGNS[table][0] if table in _SIGNS else r"\S{1,10}"
    found: list[Row] = []
    for line, row in rows(member, _LIST, _LIST_MORE):
        code = checked(line, "code", row["code"], shape)
        if not row["text"]:
            raise Refused(f"line {line}: code {code} says nothing; the file is damaged or cut short")
        if set(code) != {"~"}:
            start, end = iso(line, "start", row["start"]), iso(line, "end", row["end"])
            found.append((code, (row["text"].replace('\\"', "").strip('"'), start, end, "")))
    period, version = period_of(context, member.name, "open")
    yield Contents(table=table, version=version, period=period, columns=COLUMNS, rows=found)


def read_reasons(member: Member, context: Context) -> Iterator[Contents]:
    """Group codes, adjustment reasons and remarks in one file, with their dates."""
    found: dict[str, list[Row]] = {table: [] for table in _KINDS.values()}
    for line, row in rows(member, _REASONS, _REASONS_MORE):
        kind = checked(line, "type", row["kind"], "Group|CARC|RARC")
        notes = " ".join(filter(None, (row["usage"], row["notes"])))
        dates = iso(line, "start", row["start"]), iso(line, "end", row["end"])
        found[_KINDS[kind]].append((checked(line, "code", row["code"], r"[A-Z0-9]{1,5}"), (row["text"], *dates, notes)))
    period, version = period_of(context, member.name, "open")
    for table, of_table in found.items():
        if of_table:
            yield Contents(table=table, version=version, period=period, columns=COLUMNS, rows=of_table)


LAYOUTS = (
    Layout(
        "reasons", "adjustment reasons and remarks", lambda member: header(member.records, _REASONS) is not None, read_reasons
    ),
    Layout("code-list", f"a list of code and text ({', '.join(_SIGNS)})", lambda member: bool(_table(member)), read_list, 60),
)
