"""What a scrub must remember of a file, on disk: the claims, what makes two of them worth comparing, what was found in each,
earlier claims.

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
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from claimwright.claims.model import Claim

NEIGHBORS = 21  # a claim repeated more often than that has been said to be repeated
EARLIER = 100  # claims of a patient before a day, the nearest first
_OFFSET = 40  # bits of a claim's number that say where in its part's file it begins; the bits above are the part's number
_GATHERED = 10_000  # keys
_HEAD = struct.Struct(">IH")  # before a claim: how long it is, and how long is what follows it, where it came from
_FOUND = struct.Struct(">QI")  # before what was found in a claim: its number, and how long that is
_AT_ONCE = 4096  # bytes, more than most claims
_OPEN = 100  # files
_TAKEN = 2000  # earlier claims at a time
OFTEN = 3  # charges for a code that make one of them usual
_TABLES = """
CREATE TABLE keys (key INTEGER, day INTEGER, claim INTEGER);
CREATE TABLE held (key INTEGER, code TEXT, finding BLOB);
"""
_MET = 200_000  # keys that a process knows to have seen

Row = dict[str, object]


class Kept(msgspec.Struct, gc=False):
    """A claim and where it came from."""

    claim: Claim
    transaction: str
    version: str
    first_line: int


class Due(NamedTuple):
    """A claim of which something is to be said."""

    rows: list[Row]  # found in it by itself
    held: list[tuple[str, bytes]]  # codes and findings of its form that an edit may say again
    kept: Kept | None = None  # where it is to be judged again, beside others of the file
    batch: tuple[Claim, ...] = ()
    before: int = 0  # how many of these stand before it


def _hashed(text: str) -> int:
    """The same in every process, as Python's own hash is not."""
    return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=8).digest(), signed=True)


def number_key(patient_control_number: str) -> int:
    """The key of a control number; findings name its first 38 characters."""
    return _hashed(f"number\x1f{patient_control_number[:38]}")


def patient_key(claim: Claim) -> int:
    """The key of a patient: name and birth date, and the member id where the birth date is not known."""
    patient = claim.patient
    born = patient.birth or claim.insured.member_id
    return _hashed(f"patient\x1f{patient.last.upper()}\x1f{patient.first.upper()}\x1f{born}")


def twin_key(claim: Claim) -> int:
    """The key of a patient of a practice, whose claims are worth comparing by the days served."""
    patient = claim.patient
    born = patient.birth.toordinal() if patient.birth else 0
    return _hashed(f"day\x1f{patient.last.upper()}\x1f{patient.first.upper()}\x1f{born}\x1f{claim.billing.npi}")


class PartWriter:
    """Writes the claims of one part of a file and what was found in them, and gathers their keys.

    `met`: the keys that this process has seen, from part to part.
    """

    def __init__(self, folder: Path, part: int, met: set[int]) -> None:
        self.claims_file = _part_file(folder, part).open("wb")
        self.found_file = _found_file(folder, part).open("wb")
        self.number = self.next = part << _OFFSET
        self.keys, self.days, self.claims = array("q"), array("l"), array("q")
        self.met = met
        self.pack = msgspec.msgpack.Encoder().encode

    def add(self, kept: Kept) -> bool:
        """Keep a claim; whether it is known to be judged again, for a claim seen before has one of its keys."""
        packed, where = self.pack(kept.claim), self.pack((kept.transaction, kept.version, kept.first_line))
        self.claims_file.write(_HEAD.pack(len(packed), len(where)) + packed + where)
        self.number, self.next = self.next, self.next + _HEAD.size + len(packed) + len(where)
        of_number, of_twins = number_key(kept.claim.patient_control_number), twin_key(kept.claim)
        self._note(of_number, 0, self.number)
        for day in {line.first_service.toordinal() for line in kept.claim.lines}:
            self._note(of_twins, day, self.number)
        met = of_number in self.met or of_twins in self.met
        if len(self.met) > _MET:
            self.met.clear()
        self.met.add(of_number)
        self.met.add(of_twins)
        return met

    def add_unread(self, patient_control_number: str) -> None:
        """Count a claim that could not be read."""
        self._note(number_key(patient_control_number), 0, -1)

    def add_found(self, rows: list[Row]) -> None:
        """Keep what was found in the claim added last."""
        packed = self.pack(rows)
        self.found_file.write(_FOUND.pack(self.number, len(packed)) + packed)

    def _note(self, key: int, day: int, claim: int) -> None:
        self.keys.append(key)
        self.days.append(day)
        self.claims.append(claim)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.claims_file.close()
        self.found_file.close()


def _part_file(folder: Path, part: int) -> Path:
    return folder / f"{part}.claims"


def _found_file(folder: Path, part: int) -> Path:
    return folder / f"{part}.found"


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
        self.claim_at = lru_cache(1024)(lambda number: self.decode(self._packed(number)[0]))
        self.same = lru_cache(4096)(self._same)
        self.decode = lru_cache(64)(msgspec.msgpack.Decoder(Claim).decode)  # a claim and its twins are often the same
        self.rows = msgspec.msgpack.Decoder(list[Row]).decode
        self.where = msgspec.msgpack.Decoder(tuple[str, str, int]).decode

    def __del__(self) -> None:
        self._shut()

    # Writing -------------------------------------------------------------------------------------------------------

    def add(self, keys: array[int], days: array[int], claims: array[int]) -> None:
        """Take in the keys of a part."""
        with self.base:
            self.base.execute("BEGIN")
            self.base.executemany("INSERT INTO keys VALUES (?, ?, ?)", zip(keys, days, claims, strict=True))

    def hold(self, row: Row) -> None:
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
            "CREATE TABLE held_of AS SELECT (SELECT min(claim) FROM keys WHERE keys.key = held.key AND claim >= 0) AS claim,"
            " code, finding FROM held ORDER BY rowid;"
            "CREATE INDEX held_by_claim ON held_of (claim)"
        )

    # Reading -------------------------------------------------------------------------------------------------------

    def part(self, part: int) -> Iterator[Due]:
        """The claims of a part of which something is to be said, in their order."""
        low, high = part << _OFFSET, ((part + 1) << _OFFSET) - 1
        of_part = (low, high)
        twins: dict[int, list[tuple[int, int]]] = {}
        for claim, key, day in self.base.execute("SELECT claim, key, day FROM twins WHERE claim BETWEEN ? AND ?", of_part):
            twins.setdefault(claim, []).append((key, day))
        held: dict[int, list[tuple[str, bytes]]] = {}
        held_of = "SELECT claim, code, finding FROM held_of WHERE claim BETWEEN ? AND ? ORDER BY rowid"
        for claim, code, finding in self.base.execute(held_of, of_part):
            held.setdefault(claim, []).append((code, finding))
        more = [(number, b"") for number in sorted(twins.keys() | held.keys())]
        for number, found in groupby(merge(self._found(part), more), key=itemgetter(0)):
            of_form = held.get(number, [])
            if number in twins:
                yield self._with_twins(number, twins[number], of_form)
            else:
                packed = b"".join([packed for _, packed in found])
                yield Due(self.rows(packed) if packed else [], of_form)

    def _found(self, part: int) -> Iterator[tuple[int, bytes]]:
        """What was found in a part's claims by themselves."""
        with _found_file(self.folder, part).open("rb") as stream:
            while head := stream.read(_FOUND.size):
                number, size = _FOUND.unpack(head)
                yield number, stream.read(size)

    def _with_twins(self, number: int, keys: list[tuple[int, int]], held: list[tuple[str, bytes]]) -> Due:
        """A claim with the others of the file that bear on it, and how many of these stand before it."""
        others: set[int] = set()
        for key, day in keys:
            others.update(self.same(key, day))
        others.discard(number)
        around = sorted(others)
        packed, where = self._packed(number)
        kept = Kept(self.decode(packed), *self.where(where))
        return Due([], held, kept, tuple([self.claim_at(other) for other in around]), bisect_left(around, number))

    def _same(self, key: int, day: int) -> tuple[int, ...]:
        """Claims with a control number (day 0), or of a patient on a day, the day after, and before it."""
        same = "SELECT claim FROM keys WHERE key = ? AND day BETWEEN ? AND ? AND claim >= 0 ORDER BY day, claim LIMIT ?"
        found = [number for (number,) in self.base.execute(same, (key, day, day + 1 if day else 0, NEIGHBORS))]
        if day:
            before = "SELECT claim FROM keys WHERE key = ? AND day BETWEEN 1 AND ? ORDER BY day DESC, claim LIMIT ?"
            found += [number for (number,) in self.base.execute(before, (key, day - 1, EARLIER))]
        return tuple(found)

    def _packed(self, number: int) -> tuple[bytes, bytes]:
        """A claim, and where it came from."""
        part, offset = number >> _OFFSET, number & ((1 << _OFFSET) - 1)
        stream = self.files.get(part)
        if stream is None:
            if len(self.files) == _OPEN:
                self._shut()
            stream = self.files[part] = _part_file(self.folder, part).open("rb", buffering=0)
        stream.seek(offset)
        found = stream.read(_AT_ONCE)
        size, more = _HEAD.unpack_from(found)
        end = _HEAD.size + size
        while len(found) < end + more:
            found += stream.read(end + more - len(found))
        return found[_HEAD.size : end], found[end : end + more]

    def _shut(self) -> None:
        for stream in self.files.values():
            stream.close()
        self.files.clear()

    def held_alone(self) -> Iterator[Row]:
        """The findings held back for claims that could not be read."""
        alone = "SELECT finding FROM held_of WHERE claim IS NULL ORDER BY rowid"
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
