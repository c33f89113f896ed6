"""Write imported tables into the store: a file whole or not at all, and the same file twice changes nothing."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from claimwright.codesets.packing import pack_numbers
from claimwright.codesets.releases import Contents, Release, Row
from claimwright.codesets.store import APPLICATION, FORMAT, SCHEMA, _releases, connect
from claimwright.codesets.words import words

AT_ONCE = 10_000
SEARCHED: dict[str, tuple[str, ...]] = {
    "icd10cm-index": ("term",),
    "icd10cm-external-causes": ("term",),
    "icd10cm-neoplasms": ("term", "column"),
    "icd10cm-drugs": ("term", "column"),
    "hcpcs": ("short", "long"),
    "cpt": ("short", "long"),
    "modifiers": ("short", "long"),
    "taxonomies": ("label", "grouping"),
}
"""Tables that are found by words, and the columns that hold them."""
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
            self.connection.execute("delete from release where number = ?", before[:1])
            for table in ("entry", "pairs", "terms", "word", "place"):
                self.connection.execute(f"delete from {table} where release = ?", before[:1])
        number = self.connection.execute("select coalesce(max(number), 0) + 1 from release").fetchone()[0]
        rows = self._pairs(number, contents, counted) if contents.pairs else self._rows(number, contents, counted)
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

    def _rows(self, number: int, contents: Contents, counted: Callable[[int], None]) -> int:
        total = 0
        texts = [contents.columns.index(column) for column in SEARCHED.get(contents.table, ())]
        places: dict[str, array[int]] = {}
        for some in _batches(contents.rows):
            if texts:
                for place, (_, values) in enumerate(some, total):
                    for word in dict.fromkeys(words(" ".join(values[column] for column in texts))):
                        places.setdefault(word, array("I")).append(place)
                keys = ((number, place, key) for place, (key, _) in enumerate(some, total))
                self.connection.executemany("insert into place values (?, ?, ?)", keys)
            packed = ((number, key, total + place, _encode(values).decode()) for place, (key, values) in enumerate(some))
            self.connection.executemany("insert into entry values (?, ?, ?, ?)", packed)
            total += len(some)
            counted(total)
        packed_words = ((number, word, pack_numbers(found)) for word, found in sorted(places.items()))
        self.connection.executemany("insert into word values (?, ?, ?)", packed_words)
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
