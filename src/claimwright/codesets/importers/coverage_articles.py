"""Medicare coverage articles (MCD download): articles, their procedures, and the diagnoses that support them or do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from claimwright.codesets.importers.layout import CODE, Context, Layout, Names, checked, header, iso, period_of, rows
from claimwright.codesets.importers.source import Member
from claimwright.codesets.releases import Contents, Row

_KEY: Names = {"article": ("articleid", "lcdid"), "version": ("articleversion", "lcdversion")}
_PROCEDURE: Names = {**_KEY, "code": ("hcpccodeid",), "group": ("hcpccodegroup",)}
_COVERED: Names = {**_KEY, "code": ("icd10codeid",), "group": ("icd10coveredgroup",)}
_NOT_COVERED: Names = {**_KEY, "code": ("icd10codeid",), "group": ("icd10noncoveredgroup",)}
_ARTICLE: Names = {**_KEY, "title": ("title",)}
_ARTICLE_MORE: Names = {
    "start": ("articleeffdate", "dateeffective", "origdeteffdate", "reveffdate"),
    "end": ("articleenddate", "datesretired", "dateretired", "articlerevenddate"),
    "status": ("status",),
    "kind": ("articletype",),
}


def _key(line: int, row: dict[str, str]) -> str:
    article = checked(line, "article id", row["article"], r"\d+")
    return f"{article}.{checked(line, 'version', row['version'], r'[0-9]+')}"


def read_procedures(member: Member, context: Context) -> Iterator[Contents]:
    """Which articles speak of a procedure, and in which group."""
    found: list[Row] = [
        (checked(line, "code", row["code"], CODE), (_key(line, row), row["group"])) for line, row in rows(member, _PROCEDURE)
    ]
    period, version = period_of(context, member.name, "open")
    yield Contents(table="coverage-procedures", version=version, period=period, columns=("article", "group"), rows=found)


def read_covered(member: Member, context: Context) -> Iterator[Contents]:
    """The diagnoses that support the procedures of an article, by group."""
    yield from _diagnoses(member, context, _COVERED, "coverage-diagnoses")


def read_not_covered(member: Member, context: Context) -> Iterator[Contents]:
    """The diagnoses that do not."""
    yield from _diagnoses(member, context, _NOT_COVERED, "coverage-excluded")


def _diagnoses(member: Member, context: Context, names: Names, table: str) -> Iterator[Contents]:
    found: list[Row] = [
        (_key(line, row), (checked(line, "diagnosis", row["code"].replace(".", ""), r"[A-Z][0-9A-Z]{2,6}|"), row["group"]))
        for line, row in rows(member, names)
    ]
    period, version = period_of(context, member.name, "open")
    columns = ("diagnosis", "group")
    yield Contents(table=table, version=version, period=period, columns=columns, rows=[row for row in found if row[1][0]])


def read_articles(member: Member, context: Context) -> Iterator[Contents]:
    """Title, dates and status of each article."""
    found: list[Row] = [
        (_key(line, row), (row["title"], iso(line, "start", row["start"]), iso(line, "end", row["end"]), row["status"]))
        for line, row in rows(member, _ARTICLE, _ARTICLE_MORE)
    ]
    period, version = period_of(context, member.name, "open")
    columns = ("title", "start", "end", "status")
    yield Contents(table="coverage-articles", version=version, period=period, columns=columns, rows=found)


def _has(names: Names) -> Callable[[Member], bool]:
    return lambda member: header(member.records, names) is not None


LAYOUTS = (
    Layout("coverage-procedures", "coverage article procedures", _has(_PROCEDURE), read_procedures),
    Layout("coverage-diagnoses", "coverage article diagnoses", _has(_COVERED), read_covered),
    Layout("coverage-excluded", "coverage article exclusions", _has(_NOT_COVERED), read_not_covered),
    Layout("coverage-articles", "coverage articles", _has(_ARTICLE), read_articles, 58),
)
