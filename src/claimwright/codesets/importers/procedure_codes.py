"""HCPCS Level II and its modifiers (fixed columns or CSV), their indicators, and the CPT file of a licensee."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.codesets.importers.layout import CODE, Context, Layout, Names, checked, header, iso, period_of, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row

COLUMNS = ("short", "long", "start", "end", "coverage", "pricing", "action")
_CSV: Names = {
    "code": ("code", "hcpcs", "hcpccode", "hcpc"),
    "short": ("short", "shortdescription"),
    "long": ("long", "longdescription"),
}
_FACTS: Names = {
    "code": ("hcpcscode",),
    "pricing": ("price",),
    "coverage": ("cov",),
    "start": ("dateadded",),
    "end": ("dateterm",),
}
_FACTS_MORE: Names = {"tos": ("tos",), "betos": ("betos",), "multiple": ("multi",), "action": ("action",), "see": ("xref",)}
_RECORD = re.compile(r"(?:([A-Z]\d{4})|   ([A-Z0-9]{2}))(\d{5})([3478])")
_LEVEL2 = r"[A-V]\d{4}"


def _is_fixed(member: Member) -> bool:
    lines = [line for line in member.lines[:100] if line.strip()]
    return bool(lines) and all(_RECORD.match(line) for line in lines)


def read_fixed(member: Member, context: Context) -> Iterator[Contents]:
    """Record kinds 3 and 4 are a procedure and its text continued, 7 and 8 a modifier (CMS contractor record layout)."""
    found: dict[str, list[str]] = {}
    for line, text in member.text():
        if not text.strip():
            continue
        parts = _RECORD.match(text)
        if parts is None:
            raise Refused(f"line {line}: a code, a sequence number and a record kind 3, 4, 7 or 8 expected; damaged or cut short")
        code, kind = parts[1] or parts[2], parts[4]
        if kind in "48":
            if code not in found:
                raise Refused(f"line {line}: goes on with {code}, which did not begin")
            found[code][1] += f" {text[11:91].strip()}"
            continue
        if len(text) < 293:
            raise Refused(f"line {line}: 293 characters expected, {len(text)} found; the file is damaged or cut short")
        start, end = (iso(line, what, text[at : at + 8]) for what, at in (("date added", 268), ("termination date", 284)))
        found[code] = [text[91:119].strip(), text[11:91].strip(), start, end, text[229], text[119:121], text[292]]
    period, version = period_of(context, member.name, "quarter")
    for table, length in (("hcpcs", 5), ("modifiers", 2)):
        of_table = [(code, tuple(values)) for code, values in sorted(found.items()) if len(code) == length]
        if of_table:
            yield Contents(table=table, version=version, period=period, columns=COLUMNS, rows=of_table)


def _is_csv(member: Member) -> bool:
    found = header(member.records, _CSV)
    below = [row for row in member.records[found[0] + 1 :] if len(row) > found[1]["code"]] if found else []
    return bool(below) and found is not None and all(_kind(row[found[1]["code"]].strip()) for row in below)


def _kind(code: str) -> str:
    return "hcpcs" if re.fullmatch(_LEVEL2, code) else "modifiers" if re.fullmatch(r"[A-Z0-9]{2}", code) else ""


def read_csv(member: Member, context: Context) -> Iterator[Contents]:
    """Code or modifier, short and long description."""
    found: dict[str, list[Row]] = {"hcpcs": [], "modifiers": []}
    for line, row in rows(member, _CSV):
        kind = _kind(row["code"])
        if not kind:
            raise Refused(f"line {line}: {row['code'][:9]!r} is neither a HCPCS Level II code nor a modifier")
        if not row["long"]:
            raise Refused(f"line {line}: no description; the file is damaged or cut short")
        found[kind].append((row["code"], (row["short"], row["long"], "", "", "", "", "")))
    period, version = period_of(context, member.name, "quarter")
    for table, of_table in found.items():
        if of_table:
            yield Contents(table=table, version=version, period=period, columns=COLUMNS, rows=of_table)


def read_facts(member: Member, context: Context) -> Iterator[Contents]:
    """How Medicare covers and prices a code, and when it began and ended."""
    found: list[Row] = []
    for line, row in rows(member, _FACTS, _FACTS_MORE):
        code = checked(line, "code", row["code"], CODE)
        start, end = iso(line, "date added", row["start"]), iso(line, "termination date", row["end"])
        found.append((code, (row["pricing"], row["coverage"], row["tos"], row["betos"], row["multiple"], row["see"], start, end)))
    period, version = period_of(context, member.name, "year")
    columns = ("pricing", "coverage", "tos", "betos", "multiple", "see", "start", "end")
    yield Contents(table="hcpcs-indicators", version=version, period=period, columns=columns, rows=found)


def _cpt_rows(member: Member) -> list[re.Match[str]]:
    """Code and descriptor with a tab, a bar or (the AMA's LONGULT and SHORTU) one blank between them."""
    found = [re.fullmatch(r"(\d{4}[0-9A-Z])\s*[\t| ]\s*(\S.*)", line) for line in member.lines[:400]]
    return [one for one in found if one]


def _is_cpt(member: Member) -> bool:
    rows_found = _cpt_rows(member)
    codes = [one[1] for one in rows_found]
    return (
        len(codes) > 1 and codes == sorted(codes) and len(codes) >= 0.8 * sum(bool(line.strip()) for line in member.lines[:400])
    )


def read_cpt(member: Member, context: Context) -> Iterator[Contents]:
    """The licensee's file: a code and its descriptor on each line, below any notice. It stays on this machine."""
    found: list[Row] = []
    for line, text in member.text():
        parts = re.fullmatch(r"(\d{4}[0-9A-Z])\s*[\t| ]\s*(\S.*)", text)
        if parts:
            words = [word.strip() for word in re.split(r"[\t|]", parts[2])]
            found.append((parts[1], (words[0], words[-1], "", "", "", "", "")))
        elif found and text.strip():
            raise Refused(f"line {line}: a code and its descriptor expected; the file is damaged or cut short")
    period, version = period_of(context, " ".join([member.name, *member.lines[:5]]), "year")
    yield Contents(table="cpt", version=version, period=period, columns=COLUMNS, rows=found)


LAYOUTS = (
    Layout("hcpcs", "HCPCS Level II (ANWEB)", _is_fixed, read_fixed, 15),
    Layout("hcpcs-csv", "HCPCS Level II or modifiers (CSV)", _is_csv, read_csv),
    Layout("hcpcs-indicators", "HCPCS indicators", lambda member: header(member.records, _FACTS) is not None, read_facts),
    Layout("cpt", "CPT licensee file (code and descriptor)", _is_cpt, read_cpt, 70),
)
