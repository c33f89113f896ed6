"""Write imported tables into the store: a file whole or not at all, and the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from claimwright.codesets.releases import Contents, Release, Row
from claimwright.codesets.store import APPLICATION, FORMAT, SCHEMA, _releases, connect

AT_ONCE = 10_000
_encode = msgspec.json.encode


class Outcome(msgspec.Struct, frozen=True):
    """What became of one table of a file."""

    release: Release
    done: str  # imported, unchanged, replaced


class Builder:
    """One writer at a time; readers go on reading what was there until the commit."""

    def __init__(self, path: Path) -> None:
        """Open or create the store. Raises NotAStore."""
        self.path = path
        self.connection = connect(path, writing=True)
        self.connection.execute("pragma cache_size=-262144")  # a usual import fits: nothing is written before the commit

    def close(self) -> None:
        """Close the file; a store that got nothing is not left behind."""
        empty = not self.connection.execute("select count(*) from sqlite_master").fetchone()[0]
        self.connection.close()
        if empty:
            self.path.unlink(missing_ok=True)

    def releases(self) -> tuple[Release, ...]:
        """What the store holds."""
        return tuple(_releases(self.connection))

    def add(
        self,
        read: Iterable[Contents],
        *,
        file: str,
        sha256: str,
        imported_at: str,
        counted: Callable[[int], None] = lambda rows: None,
    ) -> list[Outcome]:
        """Store the tables of one file in one transaction; `imported_at` is written as given.

        Raises whatever reading raises, and then nothing has changed.
        """
        self.connection.execute("begin immediate")
        try:
            if not self.connection.execute("select count(*) from sqlite_master").fetchone()[0]:
                self._create()
            outcomes = [self._store(one, file, sha256, imported_at, counted) for one in read]
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")
        return outcomes

    def _create(self) -> None:
        for statement in SCHEMA.split(";"):
            self.connection.execute(statement)
        self.connection.execute(f"pragma application_id={APPLICATION}")
        self.connection.execute(f"pragma user_version={FORMAT}")

    def _store(self, contents: Contents, file: str, sha256: str, imported_at: str, counted: Callable[[int], None]) -> Outcome:
        same = "name = ? and version = ? and part = ?"
        named = (contents.table, contents.version, contents.part)
        before = self.connection.execute(f"select number, sha256 from release where {same}", named).fetchone()
        if before:
            for table, column in (("release", "number"), ("entry", "release"), ("pairs", "release"), ("terms", "release")):
                self.connection.execute(f"delete from {table} where {column} = ?", before[:1])
        number = self.connection.execute("select coalesce(max(number), 0) + 1 from release").fetchone()[0]
        rows = self._pairs(number, contents, counted) if contents.pairs else self._rows(number, contents.rows, counted)
        period = contents.period
        release = Release(
            table=contents.table,
            version=contents.version,
            part=contents.part,
            period=period,
            columns=contents.columns,
            file=file,
            sha256=sha256,
            rows=rows,
            imported_at=imported_at,
            number=number,
        )
        self.connection.execute(
            "insert into release values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, *named, str(period.start), str(period.end) if period.end else None, _encode(contents.columns).decode(),
             file, sha256, rows, imported_at),
        )  # fmt: skip
        return Outcome(release, "replaced" if before else "imported")

    def _rows(self, number: int, rows: Iterable[Row], counted: Callable[[int], None]) -> int:
        total = 0
        for some in _batches(rows):
            packed = ((number, key, total + place, _encode(values).decode()) for place, (key, values) in enumerate(some))
            self.connection.executemany("insert into entry values (?, ?, ?, ?)", packed)
            total += len(some)
            counted(total)
        return total

    def _pairs(self, number: int, contents: Contents, counted: Callable[[int], None]) -> int:
        pairs = contents.pairs
        if pairs is None:
            return 0
        blocks = ((number, column1, block) for column1, block in sorted(pairs.blocks.items()))
        self.connection.executemany("insert into pairs values (?, ?, ?)", blocks)
        terms = (
            (number, place, str(one.effective) if one.effective else None, str(one.deleted) if one.deleted else None,
             one.indicator, one.rationale)
            for place, one in enumerate(pairs.terms)
        )  # fmt: skip
        self.connection.executemany("insert into terms values (?, ?, ?, ?, ?, ?)", terms)
        counted(pairs.rows)
        return pairs.rows


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


def unchanged(releases: Iterable[Release], sha256: str) -> list[Outcome]:
    """The releases that came from this very file, if any: importing it again changes nothing."""
    return [Outcome(one, "unchanged") for one in releases if one.sha256 == sha256]
