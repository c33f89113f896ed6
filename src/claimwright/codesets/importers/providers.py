"""Who provides and who pays: NUCC taxonomy, NPPES extract, ZIP to carrier locality, and the practice's payer directory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.codesets.importers.layout import Context, Layout, Names, checked, header, iso, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.effective import Period

_NUCC: Names = {
    "code": ("code",),
    "grouping": ("grouping",),
    "classification": ("classification",),
    "specialization": ("specialization",),
}
_NUCC_MORE: Names = {"definition": ("definition",), "display": ("displayname",), "section": ("section",)}
_NPPES: Names = {
    "npi": ("npi",),
    "kind": ("entitytypecode",),
    "organization": ("providerorganizationnamelegalbusinessname",),
    "last": ("providerlastnamelegalname",),
    "first": ("providerfirstname",),
    "city": ("providerbusinesspracticelocationaddresscityname",),
    "state": ("providerbusinesspracticelocationaddressstatename",),
    "zip": ("providerbusinesspracticelocationaddresspostalcode",),
    "start": ("providerenumerationdate",),
    "end": ("npideactivationdate",),
    "again": ("npireactivationdate",),
    "taxonomy1": ("healthcareprovidertaxonomycode1",),
    "primary1": ("healthcareproviderprimarytaxonomyswitch1",),
}
_NPPES_MORE: Names = {
    f"{name}{number}": (f"healthcareprovider{words}{number}",)
    for number in range(2, 16)
    for name, words in (("taxonomy", "taxonomycode"), ("primary", "primarytaxonomyswitch"))
}
_PAYERS: Names = {"payer_id": ("payerid",), "name": ("name", "payername")}
_PAYERS_MORE: Names = {
    "filing": ("filing", "filingindicator", "claimfilingindicator"),
    "address": ("address",),
    "city": ("city",),
    "state": ("state",),
    "zip": ("zip",),
    "phone": ("phone",),
    "timely_days": ("timelydays", "timelyfilingdays"),
    "start": ("start",),
    "end": ("end",),
}
_ZIP = re.compile(r"([A-Z]{2})(\d{5})(\d{5})([0-9A-Z]{2})([ RB])(..)(.)(..)(.)(.)(.).{0,52}(\d{5})?.*")


def read_nucc(member: Member, context: Context) -> Iterator[Contents]:
    """Ten-character codes with their grouping, classification and specialization."""
    found: list[Row] = []
    for line, row in rows(member, _NUCC, _NUCC_MORE):
        code = checked(line, "code", row["code"], r"[0-9A-Z]{9}X")
        label = row["display"] or ", ".join(filter(None, (row["classification"], row["specialization"])))
        person = "group" if row["section"].startswith("Non") else "person"
        found.append((code, (label, row["grouping"], row["classification"], row["specialization"], row["definition"], person)))
    version = re.search(r"(\d\d)[_.]?(\d)(?!\d)", member.name)
    said = f"20{version[1]}-{'07' if version[2] == '1' else '01'}" if version else member.name
    period, named = period_of(context, said, "open")
    columns = ("label", "grouping", "classification", "specialization", "definition", "kind")
    number = f"{version[1]}.{version[2]}" if version else named
    yield Contents(table="taxonomies", version=number, period=period, columns=columns, rows=found)


def read_nppes(member: Member, context: Context) -> Iterator[Contents]:
    """Active and deactivated NPIs with name, place and taxonomies; read as a stream, however large."""
    spans = re.findall(r"(20\d{6})", member.name)
    period, version = period_of(context, spans[-1] if spans else member.name, "open")
    columns = ("kind", "name", "city", "state", "zip", "taxonomy", "taxonomies", "start", "end")
    yield Contents(table="nppes", version=version, period=period, columns=columns, rows=_npis(member))


def _npis(member: Member) -> Iterator[Row]:
    last = ""
    for line, row in rows(member, _NPPES, _NPPES_MORE):
        last = checked(line, "NPI", row["npi"], r"[12]\d{9}")
        held = [(row[f"taxonomy{one}"], row[f"primary{one}"]) for one in range(1, 16) if row[f"taxonomy{one}"]]
        first = next((code for code, primary in held if primary == "Y"), held[0][0] if held else "")
        name = row["organization"] or ", ".join(filter(None, (row["last"], row["first"])))
        end = "" if row["again"] else iso(line, "deactivation date", row["end"])
        where = (row["city"], row["state"], row["zip"][:9])
        yield last, (row["kind"], name, *where, first, " ".join(code for code, _ in held), iso(line, "date", row["start"]), end)
    if not last:
        raise Refused("the file has a heading and no providers")


def _is_zip(member: Member) -> bool:
    lines = member.lines[:200]
    return bool(lines) and all(_ZIP.fullmatch(line) for line in lines if line.strip())


def read_zip(member: Member, context: Context) -> Iterator[Contents]:
    """State, ZIP code, carrier, pricing locality and rural indicator in fixed columns, year and quarter at the end."""
    found: list[Row] = []
    quarter = ""
    for line, text in member.text():
        if not text.strip():
            continue
        parts = _ZIP.fullmatch(text)
        if parts is None:
            raise Refused(f"line {line}: state, ZIP code, carrier and locality expected; the file is damaged or cut short")
        quarter = text[75:80].strip() or quarter
        found.append((parts[2], (parts[1], parts[3], parts[4], parts[5].strip(), parts[11].strip())))
    said = f"{quarter[:4]}Q{quarter[4]}" if re.fullmatch(r"20\d\d[1-4]", quarter) else member.name
    period, version = period_of(context, said, "quarter")
    columns = ("state", "carrier", "locality", "rural", "part_b")
    yield Contents(table="zip-localities", version=version, period=period, columns=columns, rows=found)


def read_payers(member: Member, context: Context) -> Iterator[Contents]:
    """The practice's own list: payer_id, name, and what else it knows (filing, address, timely_days, start, end)."""
    found: list[Row] = []
    for line, row in rows(member, _PAYERS, _PAYERS_MORE):
        payer = checked(line, "payer_id", row["payer_id"], r"[A-Za-z0-9]{2,80}")
        dates = iso(line, "start", row["start"]), iso(line, "end", row["end"])
        where = (row["address"], row["city"], row["state"], row["zip"], row["phone"])
        days = checked(line, "timely_days", row["timely_days"], r"\d*")
        found.append((payer, (row["name"], row["filing"], *where, days, *dates)))
    if not found:
        raise Refused("the file has a heading and no payers")
    period, version = period_of(context, member.name, "open")
    columns = ("name", "filing", "address", "city", "state", "zip", "phone", "timely_days", "start", "end")
    yield Contents(table="payers", version=version, period=Period(period.start, period.end), columns=columns, rows=found)


LAYOUTS = (
    Layout("taxonomies", "NUCC provider taxonomy", lambda member: header(member.records, _NUCC) is not None, read_nucc),
    Layout("nppes", "NPPES extract", lambda member: header(member.records, _NPPES) is not None, read_nppes),
    Layout("zip-localities", "ZIP code to carrier locality", _is_zip, read_zip, 30),
    Layout("payers", "payer directory", lambda member: header(member.records, _PAYERS) is not None, read_payers, 55),
)
