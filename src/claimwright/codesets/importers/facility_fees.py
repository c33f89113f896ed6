"""What Medicare pays facilities and suppliers: OPPS Addendum B, ASC Addenda AA and BB, DMEPOS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.codesets.importers.layout import CODE, Context, Layout, Names, checked, header, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row

_OPPS: Names = {"code": ("hcpcs", "hcpcscode"), "status": ("si", "statusindicator"), "rate": ("paymentrate",)}
_OPPS_MORE: Names = {"label": ("shortdescriptor",), "apc": ("apc",), "weight": ("relativeweight",)}
_ASC: Names = {
    "code": ("hcpcs", "hcpcscode"),
    "indicator": ("paymentindicator", "finalpaymentindicator"),
    "rate": ("paymentrate", "finalpaymentrate"),
}
_ASC_MORE: Names = {
    "multiple": ("multprocdiscount", "subjecttomultipleprocedurediscounting"),
    "weight": ("paymentweight", "finalpaymentweight"),
    "label": ("shortdescriptor",),
    "addendum": ("addendum",),
}
_DME: Names = {
    "code": ("hcpcs",),
    "modifier": ("mod",),
    "jurisdiction": ("juris",),
    "category": ("catg",),
    "ceiling": ("ceiling",),
    "floor": ("floor",),
}
_DME_MORE: Names = {"modifier2": ("mod2",), "label": ("description",)}


def _dollars(line: int, what: str, text: str) -> str:
    return checked(line, what, text.replace("$", "").replace(",", "").strip(), r"\d*\.?\d*")


def read_opps(member: Member, context: Context) -> Iterator[Contents]:
    """Code, status indicator, APC, relative weight and payment rate in dollars."""
    found: list[Row] = []
    for line, row in rows(member, _OPPS, _OPPS_MORE):
        code = checked(line, "code", row["code"], CODE)
        status = checked(line, "status indicator", row["status"], r"[A-Z]\d?|")
        found.append((code, (status, row["apc"], row["weight"], _dollars(line, "rate", row["rate"]), row["label"])))
    period, version = period_of(context, " ".join([member.name, *member.lines[:4]]), "quarter")
    columns = ("status", "apc", "weight", "rate", "label")
    yield Contents(table="opps", version=version, period=period, columns=columns, rows=found)


def read_asc(member: Member, context: Context) -> Iterator[Contents]:
    """Code, whether a second procedure is discounted, payment indicator, weight and rate in dollars."""
    found: list[Row] = []
    for line, row in rows(member, _ASC, _ASC_MORE):
        code = checked(line, "code", row["code"], CODE)
        indicator = checked(line, "payment indicator", row["indicator"], r"[A-Za-z]\d")
        if row["addendum"] not in ("", "AA", "BB"):
            raise Refused(f"line {line}: addendum {row['addendum'][:9]!r} is not as expected; the file is damaged or cut short")
        rate = _dollars(line, "rate", row["rate"])
        found.append((code, (row["multiple"], indicator, row["weight"], rate, row["addendum"], row["label"])))
    period, version = period_of(context, " ".join([member.name, *member.lines[:4]]), "quarter")
    columns = ("multiple", "indicator", "weight", "rate", "addendum", "label")
    yield Contents(table="asc", version=version, period=period, columns=columns, rows=found)


def read_dmepos(member: Member, context: Context) -> Iterator[Contents]:
    """Code, modifiers, category, ceiling, floor, and the fee of each state, in dollars, as "AL=12.34 AK=..."."""
    place = header(member.records, _DME)
    if place is None:
        return
    titles = [re.sub(r"\s+", "", cell) for cell in member.records[place[0]]]
    states = [(title, number) for number, title in enumerate(titles) if re.fullmatch(r"[A-Z]{2}(\((NR|R)\))?", title)]
    by_state: Names = {title: (re.sub(r"[^a-z0-9]", "", title.lower()),) for title, _ in states}
    found: list[Row] = []
    for line, row in rows(member, _DME, {**_DME_MORE, **by_state}):
        code = checked(line, "code", row["code"], CODE)
        fees = " ".join(f"{state}={_dollars(line, state, row[state])}" for state, _ in states if row[state])
        ceiling, floor = _dollars(line, "ceiling", row["ceiling"]), _dollars(line, "floor", row["floor"])
        found.append((code, (row["modifier"], row["modifier2"], row["jurisdiction"], row["category"], ceiling, floor, fees)))
    period, version = period_of(context, _dme_date(member), "quarter")
    columns = ("modifier", "modifier2", "jurisdiction", "category", "ceiling", "floor", "fees")
    yield Contents(table="dmepos", version=version, period=period, columns=columns, rows=found)


def _dme_date(member: Member) -> str:
    """Named DMEPOS26_JUL or DME26-C: the letter is the quarter."""
    quarter = re.search(r"DME(\d\d)-([A-D])", member.name.upper())
    return f"20{quarter[1]}Q{'ABCD'.index(quarter[2]) + 1}" if quarter else " ".join([member.name, *member.lines[:4]])


LAYOUTS = (
    Layout("asc", "ASC fee schedule (Addendum AA, BB)", lambda member: header(member.records, _ASC) is not None, read_asc, 40),
    Layout("opps", "OPPS Addendum B", lambda member: header(member.records, _OPPS) is not None, read_opps),
    Layout("dmepos", "DMEPOS fee schedule", lambda member: header(member.records, _DME) is not None, read_dmepos),
)
