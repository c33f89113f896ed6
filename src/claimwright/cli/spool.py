"""What a scrub must remember of a file, on disk: the claims, what makes two of them worth comparing, earlier claims.

Memory stays the same whatever the size of the file. The folder is gone when the run ends.
"""

from __future__ import annotations

import sqlite3
import struct
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import msgspec

from claimwright.claims.model import Claim

NEIGHBORS = 21  # a claim repeated more often than that has been said to be repeated
EARLIER = 100  # claims of a patient before a day, the nearest first
_OFFSET = 40  # bits of a claim's number that say where in its part's file it begins; the bits above are the part's number
_GATHERED = 10_000  # keys
_HEAD = struct.Struct(">IH")  # before a claim: how long it is, and how long is what follows it, where it came from
_AT_ONCE = 4096  # bytes, more than most claims
_OPEN = 100  # files
_TAKEN = 2000  # earlier claims at a time
OFTEN = 3  # charges for a code that make one of them usual
_TABLES = """
CREATE TABLE keys (key INTEGER, day INTEGER, claim INTEGER);
CREATE TABLE held (key INTEGER, code TEXT, finding BLOB);
"""


class Kept(msgspec.Struct, gc=False):
    """A claim and where it came from."""

    claim: Claim
    transaction: str
    version: str
    first_line: int


def _hashed(*parts: object) -> int:
    """The same in every process, as Python's own hash is not."""
    return int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(errors="replace"), digest_size=8).digest(), signed=True)


@lru_cache(4096)
def number_key(patient_control_number: str) -> int:
    """The key of a control number; findings name its first 38 characters."""
    return _hashed("number", patient_control_number[:38])


def patient_key(claim: Claim) -> int:
    """The key of a patient: name and birth date, and the member id where the birth date is not known."""
    patient = claim.patient
    return _hashed("patient", patient.last.upper(), patient.first.upper(), patient.birth or claim.insured.member_id)


def claim_keys(claim: Claim) -> Iterator[tuple[int, int]]:
    """What makes two claims worth comparing, with a day: a patient of a practice on the days served; on 0 the control number."""
    yield number_key(claim.patient_control_number), 0
    patient = claim.patient
    key = _hashed("day", patient.last.upper(), patient.first.upper(), patient.birth, claim.billing.npi)
    for day in {line.first_service.toordinal() for line in claim.lines}:
        yield key, day


class PartWriter:
    """Writes the claims of one part of a file, and gathers their keys."""

    def __init__(self, folder: Path, part: int) -> None:
        self.stream = _part_file(folder, part).open("wb")
        self.number = part << _OFFSET
        self.keys, self.days, self.claims = array("q"), array("l"), array("q")
        self.unread = 0
        self.pack = msgspec.msgpack.Encoder().encode

    def add(self, kept: Kept) -> None:
        """Keep a claim."""
        packed, where = self.pack(kept.claim), self.pack((kept.transaction, kept.version, kept.first_line))
        self.stream.write(_HEAD.pack(len(packed), len(where)) + packed + where)
        for key, day in claim_keys(kept.claim):
            self._note(key, day, self.number)
        self.number += _HEAD.size + len(packed) + len(where)

    def add_unread(self, patient_control_number: str) -> None:
        """Count a claim that could not be read."""
        self._note(number_key(patient_control_number), 0, -1)

    def _note(self, key: int, day: int, claim: int) -> None:
        self.keys.append(key)
        self.days.append(day)
        self.claims.append(claim)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


def _part_file(folder: Path, part: int) -> Path:
    return folder / f"{part}.claims"


class Spool:
    """One run's memory on disk. One process writes it; once it is settled, any number may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[int, BinaryIO] = {}
        folder.mkdir(exist_ok=True)
        made = (folder / "keys.sqlite").exists()
        self.base = sqlite3.connect(folder / "keys.sqlite", isolation_level=None)
        self.base.execute("PRAGMA cache_size = -16000")
        if not made:
            self.base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;" + _TABLES)
        self.to_stop: set[int] = set()
        self.noting = False
        self.claim_at = lru_cache(1024)(lambda number: self.decode(self._packed(number)))
        self.same = lru_cache(4096)(self._same)
        self.decode = lru_cache(64)(msgspec.msgpack.Decoder(Claim).decode)  # a claim and its twins are often the same
        self.where = msgspec.msgpack.Decoder(tuple[str, str, int]).decode

    def __del__(self) -> None:
        self._shut()

    # Writing -------------------------------------------------------------------------------------------------------

    def add(self, keys: array[int], days: array[int], claims: array[int]) -> None:
        """Take in the keys of a part."""
        with self.base:
            self.base.execute("BEGIN")
            self.base.executemany("INSERT INTO keys VALUES (?, ?, ?)", zip(keys, days, claims, strict=True))

    def hold(self, row: dict[str, object]) -> None:
        """Keep a finding of the form that an edit of its claim may say again."""
        packed = msgspec.msgpack.encode(row)
        self.base.execute("INSERT INTO held VALUES (?, ?, ?)", (number_key(str(row["claim"])), row["code"], packed))

    def stop(self, patient_control_number: str) -> None:
        """Note that a claim may not leave."""
        self.to_stop.add(number_key(patient_control_number))
        if len(self.to_stop) >= _GATHERED:
            self._flush()

    def _flush(self) -> None:
        """Into a file of its own: other processes are reading the first."""
        if not self.noting:
            self.base.execute("ATTACH ? AS noted", (str(self.folder / "stopped.sqlite"),))
            self.base.executescript(
                "PRAGMA noted.journal_mode = OFF; PRAGMA noted.synchronous = OFF;"
                "CREATE TABLE noted.stopped (key INTEGER PRIMARY KEY)"
            )
            self.noting = True
        with self.base:
            self.base.execute("BEGIN")
            self.base.executemany("INSERT OR IGNORE INTO noted.stopped VALUES (?)", ((key,) for key in self.to_stop))
        self.to_stop.clear()

    def settle(self) -> None:
        """All claims are in: find the keys that more than one has."""
        self.base.executescript(
            "CREATE INDEX by_key ON keys (key, day, claim);"
            "CREATE TABLE twins (claim INTEGER, key INTEGER, day INTEGER, PRIMARY KEY (claim, key, day)) WITHOUT ROWID;"
            "INSERT INTO twins SELECT claim, key, day FROM keys WHERE claim >= 0 AND key IN"
            " (SELECT key FROM keys WHERE claim >= 0 GROUP BY key HAVING min(claim) < max(claim)) ORDER BY claim, key, day;"
            "CREATE INDEX held_by_key ON held (key)"
        )

    # Reading -------------------------------------------------------------------------------------------------------

    def part(self, part: int) -> Iterator[tuple[Kept, tuple[Claim, ...], int, list[tuple[str, bytes]]]]:
        """The claims of a part in their order, each with the others of the file that bear on it, how many of these stand before
        it, and its held findings."""
        holds = self.base.execute("SELECT EXISTS (SELECT 1 FROM held)").fetchone()[0]
        low = number = part << _OFFSET
        found = self.base.execute(
            "SELECT claim, key, day FROM twins WHERE claim BETWEEN ? AND ? ORDER BY claim", (low, low + (1 << _OFFSET) - 1)
        )
        twin = next(found, None)
        with _part_file(self.folder, part).open("rb") as stream:
            while head := stream.read(_HEAD.size):
                size, more = _HEAD.unpack(head)
                kept = Kept(self.decode(stream.read(size)), *self.where(stream.read(more)))
                others: set[int] = set()
                while twin is not None and twin[0] == number:
                    others.update(self.same(*twin[1:]))
                    twin = next(found, None)
                others.discard(number)
                around = sorted(others)
                held = self._held(kept.claim.patient_control_number, number) if holds else []
                yield kept, tuple([self.claim_at(other) for other in around]), bisect_left(around, number), held
                number += _HEAD.size + size + more

    def _same(self, key: int, day: int) -> tuple[int, ...]:
        """Claims with a control number (day 0), or of a patient on a day, the day after, and before it."""
        same = "SELECT claim FROM keys WHERE key = ? AND day BETWEEN ? AND ? AND claim >= 0 ORDER BY day, claim LIMIT ?"
        found = [number for (number,) in self.base.execute(same, (key, day, day + 1 if day else 0, NEIGHBORS))]
        if day:
            before = "SELECT claim FROM keys WHERE key = ? AND day BETWEEN 1 AND ? ORDER BY day DESC, claim LIMIT ?"
            found += [number for (number,) in self.base.execute(before, (key, day - 1, EARLIER))]
        return tuple(found)

    def _packed(self, number: int) -> bytes:
        part, offset = number >> _OFFSET, number & ((1 << _OFFSET) - 1)
        stream = self.files.get(part)
        if stream is None:
            if len(self.files) == _OPEN:
                self._shut()
            stream = self.files[part] = _part_file(self.folder, part).open("rb", buffering=0)
        stream.seek(offset)
        found = stream.read(_AT_ONCE)
        end = _HEAD.size + _HEAD.unpack_from(found)[0]
        while len(found) < end:
            found += stream.read(end - len(found))
        return found[_HEAD.size : end]

    def _shut(self) -> None:
        for stream in self.files.values():
            stream.close()
        self.files.clear()

    def _held(self, patient_control_number: str, number: int) -> list[tuple[str, bytes]]:
        """The code and the finding of those held for a claim: for the first one with its control number."""
        key = number_key(patient_control_number)
        found = self.base.execute("SELECT code, finding FROM held WHERE key = ? ORDER BY rowid", (key,)).fetchall()
        return found if found and self.same(key, 0)[0] == number else []

    def held_alone(self) -> Iterator[dict[str, object]]:
        """The findings held back for claims that could not be read."""
        alone = "SELECT finding FROM held WHERE key NOT IN (SELECT key FROM keys WHERE claim >= 0) ORDER BY rowid"
        return (msgspec.msgpack.decode(finding) for (finding,) in self.base.execute(alone).fetchall())

    def stopped(self) -> int:
        """How many claims may not leave."""
        self._flush()
        claims = "SELECT count(*) FROM keys WHERE key IN (SELECT key FROM noted.stopped)"
        return int(self.base.execute(claims).fetchone()[0])


class History:
    """Patients' earlier claims, on disk."""

    def __init__(self, folder: Path) -> None:
        self.base = sqlite3.connect(folder / "history.sqlite", isolation_level=None)
        self.base.execute("PRAGMA cache_size = -16000")
        self.base.execute("CREATE TABLE IF NOT EXISTS claims (patient INTEGER, claim BLOB)")
        self.base.execute(
            "CREATE TABLE IF NOT EXISTS charges (practice TEXT, code TEXT, unit INTEGER, n INTEGER,"
            " PRIMARY KEY (practice, code, unit)) WITHOUT ROWID"
        )
        self.decode = msgspec.msgpack.Decoder(Claim).decode
        self.usual_charges = lru_cache(64)(self._usual_charges)

    def add(self, claims: Iterable[Claim]) -> None:
        """Take in earlier claims, all at once."""
        pack = msgspec.msgpack.Encoder().encode
        self.base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        with self.base:
            self.base.execute("BEGIN")
            taken = iter(claims)
            while some := list(islice(taken, _TAKEN)):
                self.base.executemany("INSERT INTO claims VALUES (?, ?)", ((patient_key(one), pack(one)) for one in some))
                self.base.executemany(
                    "INSERT INTO charges VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n",
                    ((*of_unit, n) for of_unit, n in Counter(_charged(some)).items()),
                )
        self.base.execute("CREATE INDEX IF NOT EXISTS by_patient ON claims (patient)")

    def of(self, claim: Claim) -> tuple[Claim, ...]:
        """The earlier claims of a claim's patient, in the order they were taken in."""
        found = self.base.execute("SELECT claim FROM claims WHERE patient = ? ORDER BY rowid", (patient_key(claim),))
        return tuple([self.decode(packed) for (packed,) in found])

    def _usual_charges(self, practice: str) -> dict[str, int]:
        """A practice's median charge in cents for one unit of each code that it charged often enough to have a usual one."""
        held = self.base.execute("SELECT code, unit, n FROM charges WHERE practice = ? ORDER BY code, unit", (practice,))
        usual = {}
        for code, rows in groupby(held, key=itemgetter(0)):
            units = [unit for _, unit, n in rows for _ in range(n)]
            if len(units) >= OFTEN:
                usual[code] = units[len(units) // 2]
        return usual


def _charged(claims: Iterable[Claim]) -> Iterator[tuple[str, str, int]]:
    """Practice, code and charge for one unit of each line that has one."""
    for claim in claims:
        for line in claim.lines:
            if line.procedure and line.charge > 0 and line.units > 0:
                yield claim.billing.npi, line.procedure, round(line.charge / line.units)
