"""The local store of official tables: one SQLite file, opened in an instant and shared by processes.

Releases of a table live side by side; every question carries a date of service. This module reads; `building` writes.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from claimwright.codesets.packing import Block, unpack, unpack_numbers
from claimwright.codesets.releases import Release, Terms
from claimwright.effective import Period

FORMAT = 1
APPLICATION = 0x636C7763  # "clwc": tells our file from any other SQLite file
SCHEMA = """
create table release (
    number integer primary key, name text not null, version text not null, part text not null, starts text not null,
    ends text, fields text not null, file text not null, sha256 text not null, entries integer not null,
    imported_at text not null, unique (name, version, part)
);
create table entry (release integer, key text, n integer, facts text, primary key (release, key, n)) without rowid;
create table pairs (release integer, column1 integer, block blob, primary key (release, column1)) without rowid;
create table word (release integer, word text, places blob, primary key (release, word)) without rowid;
create table place (release integer, n integer, key text, primary key (release, n)) without rowid;
create table terms (
    release integer, id integer, effective text, deleted text, indicator text, rationale text, primary key (release, id)
) without rowid;
"""
_facts = msgspec.json.Decoder(tuple[str, ...]).decode


class NotAStore(Exception):
    """The file is no store, or one of another format."""


def connect(path: Path, *, writing: bool = False) -> sqlite3.Connection:
    """A connection; readers create nothing and change nothing, but may clear up after a killed import."""
    mode = "rwc" if writing else "rw"
    connection = sqlite3.connect(
        f"file:{_quoted(path)}?mode={mode}", uri=True, timeout=60, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("pragma mmap_size=1073741824")
        if not writing:
            connection.execute("pragma query_only=1")
        application, version = (connection.execute(f"pragma {name}").fetchone()[0] for name in ("application_id", "user_version"))
        tables = connection.execute("select count(*) from sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as problem:
        connection.close()
        raise NotAStore(f"not a store of code sets: {problem}") from problem
    if tables and (application, version) != (APPLICATION, FORMAT):
        connection.close()
        raise NotAStore("not a store of code sets" if application != APPLICATION else "a store of another version; import again")
    return connection


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.resolve()))


class Store:
    """The tables of a store, read-only. Raises FileNotFoundError and NotAStore."""

    def __init__(self, path: Path) -> None:
        """Open the store; the list of its releases is all that is read."""
        if not path.is_file():
            raise FileNotFoundError(path)
        self.path = path
        self.connection = connect(path)
        self.releases = tuple(_releases(self.connection))
        self._chosen: dict[tuple[str, date], tuple[Release, ...]] = {}
        self._rows: dict[tuple[int, str], list[dict[str, str]]] = {}
        self._terms: dict[int, tuple[Terms, ...]] = {}

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def in_force(self, table: str, on: date) -> tuple[Release, ...]:
        """The release for a date, all its parts: the newest that covers it, else the newest that began before.

        One that is over still answers until there is a newer one; its `period` says so. None if all begin later.
        """
        found = self._chosen.get((table, on))
        if found is None:
            begun = [one for one in self.releases if one.table == table and one.period.start <= on]
            covering = [one for one in begun if one.period.covers(on)]
            best = max(covering or begun, key=lambda one: (one.period.start, one.number), default=None)
            found = tuple(one for one in begun if best and (one.version, one.period.start) == (best.version, best.period.start))
            if len(self._chosen) > 4096:
                self._chosen.clear()
            self._chosen[table, on] = found
        return found

    def first(self, table: str) -> tuple[Release, ...]:
        """The oldest release of a table, all its parts: for tables whose rows carry their own dates."""
        of_table = [one for one in self.releases if one.table == table]
        oldest = min(of_table, key=lambda one: one.period.start, default=None)
        return tuple(one for one in of_table if oldest and one.version == oldest.version)

    def rows(self, release: Release, key: str) -> list[dict[str, str]]:
        """The rows of a key in a release; a file of claims asks for the same few again and again, on many days."""
        place = (release.number, key)
        found = self._rows.get(place)
        if found is None:
            if len(self._rows) > 4096:
                self._rows.clear()
            found = self._rows[place] = self._read(release, key)
        return found

    def _read(self, release: Release, key: str) -> list[dict[str, str]]:
        held = self.connection.execute("select facts from entry where release = ? and key = ?", (release.number, key))
        return [dict(zip(release.columns, _facts(facts), strict=False)) for (facts,) in held]

    def look_up(self, table: str, key: str, on: date) -> tuple[Release, list[dict[str, str]]] | None:
        """The rows of a key on a date, and the release that has them."""
        for release in self.in_force(table, on):
            rows = self.rows(release, key)
            if rows:
                return release, rows
        return None

    def releases_with(self, table: str, key: str) -> list[Release]:
        """The releases of a table that have a key, the oldest first."""
        of_table = sorted((one for one in self.releases if one.table == table), key=lambda one: one.period.start)
        asked = "select 1 from entry where release = ? and key = ? limit 1"
        return [one for one in of_table if self.connection.execute(asked, (one.number, key)).fetchone()]

    def all_rows(self, release: Release, start: str = "") -> Iterator[tuple[str, dict[str, str]]]:
        """Every row of a release by key, or of the keys that begin so."""
        asked = "select key, facts from entry where release = ? and key >= ? and key < ? order by key, n"
        for key, facts in self.connection.execute(asked, (release.number, start, start + "\U0010ffff")):
            yield key, dict(zip(release.columns, _facts(facts), strict=False))

    def words(self, release: Release, start: str = "") -> list[str]:
        """The words of a release's texts that begin so."""
        asked = "select word from word where release = ? and word >= ? and word < ?"
        held = self.connection.execute(asked, (release.number, start, start + "\U0010ffff"))
        return [word for (word,) in held]

    def places(self, release: Release, word: str) -> array[int]:
        """The numbers of the rows whose text has a word."""
        held = self.connection.execute(
            "select places from word where release = ? and word = ?", (release.number, word)
        ).fetchone()
        return unpack_numbers(held[0]) if held else array("I")

    def row_at(self, release: Release, place: int) -> tuple[str, dict[str, str]]:
        """One row by its number: key and facts."""
        asked = (
            "select entry.key, facts from place join entry on entry.release = place.release and entry.key = place.key"
            " and entry.n = place.n where place.release = ? and place.n = ?"
        )
        key, facts = self.connection.execute(asked, (release.number, place)).fetchone()
        return key, dict(zip(release.columns, _facts(facts), strict=False))

    def block(self, release: int, column1: int) -> Block | None:
        """The pairs of a column-1 code in a release, by their numbers."""
        asked = "select block from pairs where release = ? and column1 = ?"
        held = self.connection.execute(asked, (release, column1)).fetchone()
        return unpack(held[0]) if held else None

    def terms(self, release: Release) -> tuple[Terms, ...]:
        """The terms of a release's pairs, by number."""
        if release.number not in self._terms:
            asked = "select effective, deleted, indicator, rationale from terms where release = ? order by id"
            self._terms[release.number] = tuple(
                Terms(effective=_day(effective), deleted=_day(deleted), indicator=indicator, rationale=rationale)
                for effective, deleted, indicator, rationale in self.connection.execute(asked, (release.number,))
            )
        return self._terms[release.number]


def rows_of(connection: sqlite3.Connection, release: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every row of a release as it was imported."""
    for key, facts in connection.execute("select key, facts from entry where release = ?", (release,)):
        yield key, _facts(facts)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _releases(connection: sqlite3.Connection) -> Iterator[Release]:
    if not connection.execute("select 1 from sqlite_master where name = 'release'").fetchone():
        return  # an import was killed before its first commit: nothing is there yet
    asked = "select number, name, version, part, starts, ends, fields, file, sha256, entries, imported_at from release"
    for number, name, version, part, starts, ends, fields, file, sha256, rows, imported_at in connection.execute(asked):
        yield Release(
            table=name,
            version=version,
            part=part,
            period=Period(date.fromisoformat(starts), _day(ends)),
            columns=_facts(fields),
            file=file,
            sha256=sha256,
            rows=rows,
            imported_at=imported_at,
            number=number,
        )
