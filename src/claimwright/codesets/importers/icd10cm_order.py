"""ICD-10-CM (and PCS) order files, code lists and order addenda, as CDC/NCHS and CMS lay them out in fixed columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.codesets import icd10cm
from claimwright.codesets.importers.layout import Context, Layout, ends, named_day
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.codesets.store import rows_of
from claimwright.effective import Period

COLUMNS = ("billable", "short", "long")
_ORDER = re.compile(r"(\d{5}) ([A-Z0-9]{3,7}) *([01]) (.{60}) (\S.*)")
_CODE = re.compile(r"([A-Z0-9]{3,7}) +(\S.*)")
_CHANGE = re.compile(r"(Add|Delete|Revise from|Revise to): +([01]) ([A-Z0-9]{3,7}) +(.{60}) (\S.*)")
_COUNT = re.compile(r" *(\d+) (codes|headers) in ", re.IGNORECASE)
_PCS = re.compile(r"[0-9B-DF-HX][0-9A-HJ-NP-Z]{6}")


def _order_lines(member: Member) -> list[re.Match[str]]:
    return [found for line in member.lines[:200] if (found := _ORDER.fullmatch(line))]


def _is_order(member: Member) -> bool:
    return bool(member.lines) and len(_order_lines(member)) == len(member.lines[:200])


def _is_pcs(codes: list[str]) -> bool:
    """Procedure codes always have seven characters, their headings three; no diagnosis list is so."""
    return {len(code) for code in codes} <= {3, 7} and all(_PCS.fullmatch(code) for code in codes if len(code) == 7)


def _is_list(member: Member) -> bool:
    lines = [_CODE.fullmatch(line) for line in member.lines[:200]]
    return len(lines) > 1 and all(lines) and any(char.isdigit() for line in lines if line for char in line[1])


def _fiscal(member: Member, context: Context) -> Period:
    """A file named for a fiscal year holds from October before it; the update of April from April on."""
    start = context.stated.start
    if start is None:
        named = named_day(member.name)
        if named is None:
            raise Refused("neither the file nor its name says for which year it is; add --from YYYY-MM-DD")
        start = date(named.year - 1, 10, 1) if (named.month, named.day) == (1, 1) else named
    return Period(start, context.stated.end or ends(start, "fiscal"))


def _version(period: Period) -> str:
    year = f"FY{period.start.year + (period.start.month > 9)}"
    return year if period.start.month == 10 else f"{year} from {period.start}"


def _contents(rows: list[Row], period: Period) -> Iterator[Contents]:
    table = "icd10pcs" if _is_pcs([code for code, _ in rows]) else "icd10cm"
    yield Contents(table=table, version=_version(period), period=period, columns=COLUMNS, rows=rows)


def read_order(member: Member, context: Context) -> Iterator[Contents]:
    """The full list in order, headings too: number, code, billable, short and long title."""
    found: list[Row] = []
    for line, text in member.text():
        if not text.strip():
            continue
        parts = _ORDER.fullmatch(text)
        if parts is None or int(parts[1]) != len(found) + 1:
            raise Refused(
                f"line {line}: expected number {len(found) + 1:05d}, a code, 0 or 1 and two titles; damaged or cut short"
            )
        short, long = parts[4].strip(), parts[5].strip()
        if len(long) < len(short):
            raise Refused(f"line {line}: the long title is shorter than the short one; the file is cut short")
        found.append((parts[2], (parts[3], "" if short == long else short, long)))
    yield from _contents(found, _fiscal(member, context))


def read_list(member: Member, context: Context) -> Iterator[Contents]:
    """The list of billable codes with their long titles."""
    found: list[Row] = []
    for line, text in member.text():
        if not text.strip():
            continue
        parts = _CODE.fullmatch(text)
        if parts is None or (found and parts[1] <= found[-1][0]):
            raise Refused(f"line {line}: expected the next code and its title; damaged or cut short")
        found.append((parts[1], ("1", "", parts[2].strip())))
    yield from _contents(found, _fiscal(member, context))


def read_addenda(member: Member, context: Context) -> Iterator[Contents]:
    """The list that the addenda make of last year's: both are told by their number of codes, which the addenda state."""
    changes, codes, headings = _changes(member)
    if len(codes) != 2:
        raise Refused("the addenda do not end with the number of codes before and after; the file is cut short")
    before, period = _base(context, codes[0], headings[:1])
    if period is None:
        raise Refused(
            f"these addenda change a list of {codes[0]:,} codes, and no such list is here; import the order file it changes first"
        )
    after = dict(before)
    for line, what, code, row in changes:
        if what in ("Delete", "Revise from"):
            held = after.pop(code, None)
            if held is None or held[0] != row[0]:
                raise Refused(f"line {line}: {code} is to be changed and is not in the list before")
        elif code in after:
            raise Refused(f"line {line}: {code} is to be added and is there already")
        else:
            after[code] = row
    billable = sum(row[0] == "1" for row in after.values())
    if billable != codes[1]:
        raise Refused(f"the addenda say {codes[1]:,} codes come out, {billable:,} do; the file is damaged")
    stated = context.stated.start or period
    new = Period(stated, context.stated.end or ends(stated, "fiscal"))
    yield Contents(table="icd10cm", version=_version(new), period=new, columns=COLUMNS, rows=sorted(after.items()))


Change = tuple[int, str, str, tuple[str, ...]]


def _changes(member: Member) -> tuple[list[Change], list[int], list[int]]:
    changes: list[Change] = []
    counts: dict[str, list[int]] = {"codes": [], "headers": []}
    for line, text in member.text():
        if parts := _CHANGE.fullmatch(text):
            short, long = parts[4].strip(), parts[5].strip()
            changes.append((line, parts[1], parts[3], (parts[2], "" if short == long else short, long)))
        elif count := _COUNT.match(text):
            counts[count[2].lower()].append(int(count[1]))
        elif re.match(r"(Add|Delete|Revise \w+):", text):
            raise Refused(f"line {line}: expected 0 or 1, a code and two titles; damaged or cut short")
    return changes, counts["codes"], counts["headers"]


def _base(context: Context, codes: int, headings: list[int]) -> tuple[dict[str, tuple[str, ...]], date | None]:
    """The list with so many codes, and the day on which its successor begins: an imported one, else the package's."""
    for release in reversed(context.builder.releases()):
        if release.table == "icd10cm" and release.period.end is not None:
            rows = dict(rows_of(context.builder.connection, release.number))
            if sum(row[0] == "1" for row in rows.values()) == codes:
                return rows, release.period.end + timedelta(days=1)
    newest = icd10cm.listed(icd10cm.PACKAGED_UNTIL)
    if sum(one.billable for one in newest) == codes and headings in ([], [len(newest) - codes]):
        rows = {icd10cm.plain(one.code): ("1" if one.billable else "0", "", one.description) for one in newest}
        return rows, icd10cm.PACKAGED_UNTIL + timedelta(days=1)
    return {}, None


LAYOUTS = (
    Layout("icd10-order", "ICD-10-CM or PCS order file", _is_order, read_order, 10, ("icd10-list", "icd10cm-addenda")),
    Layout("icd10-list", "ICD-10-CM or PCS list of codes", _is_list, read_list, 80),
    Layout(
        "icd10cm-addenda",
        "ICD-10-CM order file addenda",
        lambda member: any(_CHANGE.fullmatch(line) for line in member.lines[:40]),
        read_addenda,
        20,
    ),
)
