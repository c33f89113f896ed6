"""A sandbox payer's memory on disk: as many claims as there are, and always as much of them in memory.

One SQLite file in the out folder. What changes is gathered and written together; `commit` makes it last, and what was not
committed when a run is killed is done again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, MutableMapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

import msgspec

from claimwright.coverage.model import Accumulators, Authorization
from claimwright.payers.sandbox.state import Reviewed, State, Taken, Work

FILE = "payer.sqlite"
_GATHERED = 2000  # changes
_CHUNK = 500  # of a day's work
_TABLES = """
CREATE TABLE IF NOT EXISTS claims (number TEXT PRIMARY KEY, member TEXT, body BLOB) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claims_of_member ON claims (member);
CREATE TABLE IF NOT EXISTS kept (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS work (due TEXT, payment TEXT, sequence TEXT, do TEXT, number TEXT, body BLOB);
CREATE INDEX IF NOT EXISTS work_in_order ON work (due, payment, sequence);
CREATE INDEX IF NOT EXISTS work_of_claim ON work (number);
"""
Value = TypeVar("Value")
_pack = msgspec.msgpack.Encoder().encode


class Kept(MutableMapping[str, Value], Generic[Value]):
    """A mapping of one kind of thing in the database."""

    def __init__(self, base: sqlite3.Connection, kind: str, of: Any) -> None:
        self.base, self.kind = base, kind
        self.unpack = msgspec.msgpack.Decoder(of).decode
        self.changed: dict[str, Value | None] = {}

    def __getitem__(self, key: str) -> Value:
        if key in self.changed:
            held = self.changed[key]
            if held is None:
                raise KeyError(key)
            return held
        row = self.base.execute("SELECT body FROM kept WHERE kind = ? AND key = ?", (self.kind, key)).fetchone()
        if row is None:
            raise KeyError(key)
        return cast(Value, self.unpack(row[0]))

    def __setitem__(self, key: str, value: Value) -> None:
        self.changed[key] = value
        if len(self.changed) >= _GATHERED:
            self.flush()

    def __delitem__(self, key: str) -> None:
        self[key]  # raises where there is none
        self.changed[key] = None

    def __iter__(self) -> Iterator[str]:
        self.flush()
        return (key for (key,) in self.base.execute("SELECT key FROM kept WHERE kind = ?", (self.kind,)))

    def __len__(self) -> int:
        self.flush()
        return int(self.base.execute("SELECT count(*) FROM kept WHERE kind = ?", (self.kind,)).fetchone()[0])

    def append(self, key: str) -> None:
        """As a list of names."""
        self[key] = cast(Value, True)

    def flush(self) -> None:
        """Write what changed."""
        gone = [(self.kind, key) for key, value in self.changed.items() if value is None]
        rows = [(self.kind, key, _pack(value)) for key, value in self.changed.items() if value is not None]
        self.base.executemany("DELETE FROM kept WHERE kind = ? AND key = ?", gone)
        self.base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
        self.changed.clear()


class Claims(MutableMapping[str, Taken]):
    """The claims by number, and those of a member."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base
        self.unpack = msgspec.msgpack.Decoder(Taken).decode
        self.changed: dict[str, Taken] = {}
        self.members: dict[str, set[str]] = {}  # of what changed

    def __getitem__(self, number: str) -> Taken:
        if held := self.changed.get(number):
            return held
        row = self.base.execute("SELECT body FROM claims WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise KeyError(number)
        return self.unpack(zlib.decompress(row[0]))

    def __contains__(self, number: object) -> bool:
        if number in self.changed:
            return True
        return self.base.execute("SELECT 1 FROM claims WHERE number = ?", (number,)).fetchone() is not None

    def __setitem__(self, number: str, taken: Taken) -> None:
        self.changed[number] = taken
        self.members.setdefault(taken.member, set()).add(number)
        if len(self.changed) >= _GATHERED:
            self.flush()

    def __delitem__(self, number: str) -> None:
        raise TypeError("a claim is never forgotten")

    def __iter__(self) -> Iterator[str]:
        self.flush()
        return (number for (number,) in self.base.execute("SELECT number FROM claims"))

    def __len__(self) -> int:
        self.flush()
        return int(self.base.execute("SELECT count(*) FROM claims").fetchone()[0])

    def of_member(self, member: str) -> Iterator[Taken]:
        """In the order of their numbers, which begin with the day of their receipt."""
        numbers = {number for (number,) in self.base.execute("SELECT number FROM claims WHERE member = ?", (member,))}
        return (self[number] for number in sorted(numbers | self.members.get(member, set())))

    def flush(self) -> None:
        """Write what changed."""
        rows = [(number, one.member, zlib.compress(_pack(_lean(one)), 1)) for number, one in self.changed.items()]
        self.base.executemany("INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", rows)
        self.changed.clear()
        self.members.clear()


def _lean(taken: Taken) -> Taken:
    """Without the sentences, which nobody asks for again."""
    found = taken.determination
    if found is None:
        return taken
    lines = tuple(msgspec.structs.replace(line, why=()) for line in found.lines)
    return msgspec.structs.replace(taken, determination=msgspec.structs.replace(found, lines=lines))


class StateOnDisk(State):
    """The sandbox payer's state, in a file."""

    in_order: ClassVar[bool] = True

    @classmethod
    def at(cls, path: Path) -> StateOnDisk:
        """As it was committed last."""
        base = sqlite3.connect(path, isolation_level=None, timeout=2)
        # Locked as long as it is open: two runs in one folder would overwrite each other's answers.
        base.executescript("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        base.executescript("PRAGMA cache_size = -65536;" + _TABLES)
        base.execute("BEGIN IMMEDIATE")
        names: Any = Kept[bool](base, "interchange", bool)
        ignored: Any = Kept[bool](base, "ignored", bool)
        state = cls(
            interchanges=names,
            ignored=ignored,
            claims=Claims(base),
            members=Kept(base, "member", Accumulators),
            families=Kept(base, "family", int),
            family_spent=Kept(base, "family spent", int),
            family_apart=Kept(base, "family apart", dict[str, int]),
            authorized=Kept(base, "authorized", int),
            certified=Kept(base, "certified", list[Authorization]),
            reviews=Kept(base, "review", Reviewed),
            forward=Kept(base, "forward", tuple[str, int]),
        )
        state.control = state.note("control", 0)
        state.work = msgspec.convert(state.note("reviews", []), list[Work])
        return state

    @property
    def base(self) -> sqlite3.Connection:
        """The database."""
        return cast(Claims, self.claims).base

    def note(self, key: str, default: Any) -> Any:
        """Something small that a run remembers."""
        row = self.base.execute("SELECT body FROM kept WHERE kind = 'note' AND key = ?", (key,)).fetchone()
        return msgspec.json.decode(row[0]) if row else default

    def remember(self, key: str, value: Any) -> None:
        """Set it."""
        self.base.execute("INSERT OR REPLACE INTO kept VALUES ('note', ?, ?)", (key, msgspec.json.encode(value)))

    def flush(self) -> None:
        """Write what changed; it is not lasting yet."""
        mappings: tuple[Any, ...] = (self.interchanges, self.ignored, self.claims, self.members, self.families)
        mappings += (self.family_spent, self.family_apart, self.authorized, self.certified, self.reviews, self.forward)
        for one in mappings:
            one.flush()

    def commit(self) -> None:
        """Make all so far last."""
        self.flush()
        self.remember("control", self.control)
        self.remember("reviews", self.work)
        self.base.execute("COMMIT")
        self.base.execute("BEGIN")

    def of_member(self, member: str) -> Iterator[Taken]:
        return cast(Claims, self.claims).of_member(member)

    def add_work(self, work: Work) -> None:
        if work.do == "review":
            self.work.append(work)
            return
        taken = self.claims.get(work.number)
        payment = sequence = ""
        if taken:
            claim = taken.claim
            payment = "\x1f".join((claim.payer.payer_id, claim.billing.npi, taken.submitter))
            sequence = f"{claim.first_service}\x1f{claim.patient_control_number}\x1f{work.number}\x1f{work.do}"
        elif work.remittance:
            sequence = work.remittance.trace + work.do
        row = (f"{work.due}", payment, sequence, work.do, work.number, zlib.compress(_pack(work), 1) if work.remittance else None)
        self.base.execute("INSERT INTO work VALUES (?, ?, ?, ?, ?, ?)", row)

    def next_day(self, today: date) -> date | None:
        (due,) = self.base.execute("SELECT min(due) FROM work WHERE due <= ?", (f"{today}",)).fetchone()
        return date.fromisoformat(due) if due else None

    def take_work(self, on: date) -> Iterator[Work]:
        asked = "SELECT rowid, do, number, body FROM work WHERE due = ? ORDER BY payment, sequence LIMIT ?"
        while rows := self.base.execute(asked, (f"{on}", _CHUNK)).fetchall():
            self.base.executemany("DELETE FROM work WHERE rowid = ?", [(row[0],) for row in rows])
            for _, do, number, body in rows:
                yield msgspec.msgpack.decode(zlib.decompress(body), type=Work) if body else Work(due=on, do=do, number=number)

    def waits(self, number: str, do: str = "decide") -> bool:
        asked = "SELECT 1 FROM work WHERE number = ? AND do = ?"
        return self.base.execute(asked, (number, do)).fetchone() is not None
