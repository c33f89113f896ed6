"""What is done to files to see that nothing raises, and everything that reads a file from outside."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from claimwright.x12.acknowledge import acknowledgements
from claimwright.x12.check import check
from claimwright.x12.claim_acknowledgement import read_277ca
from claimwright.x12.claim_status import read_276, read_277
from claimwright.x12.document import read, write
from claimwright.x12.eligibility import read_270, read_271
from claimwright.x12.functional import read_999, read_ta1
from claimwright.x12.professional import read_837
from claimwright.x12.remittance import read_remittances
from claimwright.x12.review_reading import read_278_request, read_278_response
from claimwright.x12.show import sentences, show
from claimwright.x12.sniff import kind

TODAY = date(2026, 11, 16)
READERS: tuple[tuple[bytes, Callable[[bytes], Iterable[object]]], ...] = (
    (b"837", read_837), (b"835", read_remittances), (b"270", read_270), (b"271", read_271), (b"276", read_276),
    (b"277", read_277), (b"277", read_277ca), (b"278", read_278_request), (b"278", read_278_response), (b"999", read_999),
    (b"TA1", read_ta1),
)  # fmt: skip
Mutation = Callable[[bytes, random.Random], bytes]
_VALUES = (
    b"", b" ", b"0", b"-", b"-1.5", b"1e9", b"NaN", b"99999999", b"20260230", b"20261301-20260101", b"A" * 300,
    b"1:2:3:4:5:6:7:8:9",
    b":", b"::::", b"^^", b"HC:", "é²٣".encode(), b"\xff", b"1" * 40, b"." * 9,
)  # fmt: skip


def steps(data: bytes) -> Iterator[Callable[[], int]]:
    """Everything that reads a file from outside, one by one; each tells how many things it gave."""
    yield lambda: _checked(data)
    yield lambda: sum(1 for _ in sentences(show(data)))
    for name, reader in READERS:
        if name in data:  # else there is nothing for it to read
            yield lambda reader=reader: sum(1 for _ in reader(data))  # type: ignore[misc]
    yield lambda: len(acknowledgements(data, TODAY)[1])
    yield lambda: len(kind(data))
    yield lambda: _written(data)


def use(data: bytes) -> None:
    """All of it."""
    for step in steps(data):
        step()


def _checked(data: bytes) -> int:
    found = 0
    for finding in check(data, today=TODAY):
        assert finding.message and finding.line >= 1
        found += 1
    return found


def _written(data: bytes) -> int:
    pieces = list(read(data))
    assert write(pieces) == data
    return len(pieces)


# What is done to a file ------------------------------------------------------------------------------------------------


def _terminator(data: bytes) -> bytes:
    return data[105:106] if data[:3] == b"ISA" and len(data) > 106 and not data[105:106].isalnum() else b"~"


def _rows(data: bytes) -> tuple[bytes, list[bytes]]:
    mark = _terminator(data)
    return mark, data.split(mark)


def some_bytes(data: bytes, rng: random.Random) -> bytes:
    """A few bytes become others."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.choice(b"*:~^\n\x00\xff0Z9- .|>") if rng.random() < 0.7 else rng.randrange(256)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    """A piece is taken out, or is all that is left."""
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:first] + data[last:] if rng.random() < 0.5 else data[first:last]


def truncated(data: bytes, rng: random.Random) -> bytes:
    """The end is missing."""
    return data[: rng.randrange(len(data))]


def segments(data: bytes, rng: random.Random) -> bytes:
    """Segments change places, come twice, go missing or grow empty elements."""
    mark, rows = _rows(data)
    for _ in range(rng.randint(1, 5)):
        here, there = rng.randrange(len(rows)), rng.randrange(len(rows))
        action = rng.randrange(4)
        if action == 0:
            rows[here], rows[there] = rows[there], rows[here]
        elif action == 1:
            rows.insert(there, rows[here])
        elif action == 2 and len(rows) > 3:
            rows.pop(here)
        else:
            rows[here] = rows[here] + b"*" * rng.randint(1, 40)
    return mark.join(rows)


def elements(data: bytes, rng: random.Random) -> bytes:
    """Elements get values that they should not have."""
    mark, whole = _rows(data)
    rows = [row.split(b"*") for row in whole]
    for _ in range(rng.randint(1, 6)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(_VALUES)
    return mark.join(b"*".join(row) for row in rows)


def exchanged(data: bytes, rng: random.Random) -> bytes:
    """Elements of one segment stand in another."""
    mark, whole = _rows(data)
    rows = [row.split(b"*") for row in whole]
    for _ in range(rng.randint(1, 4)):
        one, other = rng.choice(rows), rng.choice(rows)
        one[rng.randrange(len(one))] = other[rng.randrange(len(other))]
    return mark.join(b"*".join(row) for row in rows)


def delimiters(data: bytes, rng: random.Random) -> bytes:
    """One delimiter becomes another character, everywhere or in the first segment only."""
    old, new = rng.choice(b"*:~^"), rng.choice(b"|>+^*:~\x1d\x1e\n\r\xa7Aa0 .-'")
    head = len(data) if rng.random() < 0.6 else rng.randrange(len(data))
    return data[:head].replace(bytes([old]), bytes([new])) + data[head:]


def giant_element(data: bytes, rng: random.Random) -> bytes:
    """One element is far longer than any may be."""
    at = rng.randrange(len(data))
    return data[:at] + rng.choice((b"A", b"9", b" ", b":", b"*", b"^", b"\xc3\xa9", b"-")) * rng.randrange(1000, 9000) + data[at:]


def noise(data: bytes, rng: random.Random) -> bytes:
    """Random bytes, alone or after a good interchange header."""
    return data[: rng.choice((0, 4, 106))] + rng.randbytes(rng.randrange(1, 2000))


SMALL: tuple[Mutation, ...] = (
    some_bytes, cut, truncated, segments, elements, exchanged, delimiters, giant_element, noise,
)  # fmt: skip

# Large ones: what grows with the size of the file must not grow faster than it -------------------------------------------


def _within(data: bytes, many: bytes, rng: random.Random) -> bytes:
    """Many segments put somewhere behind the head of the file."""
    mark, rows = _rows(data)
    at = rng.randrange(min(3, len(rows)), len(rows) + 1)
    return mark.join([*rows[:at], many.rstrip(mark), *rows[at:]])


def doubled(data: bytes, rng: random.Random) -> bytes:
    """One segment five thousand times."""
    mark, rows = _rows(data)
    return _within(data, (rng.choice(rows) + mark) * 5000, rng)


def doubled_run(data: bytes, rng: random.Random) -> bytes:
    """A run of segments, over and over."""
    mark, rows = _rows(data)
    first = rng.randrange(len(rows))
    run = rows[first : first + rng.randint(2, 12)]
    return _within(data, (mark.join(run) + mark) * (5000 // len(run)), rng)


def deep_levels(data: bytes, rng: random.Random) -> bytes:
    """Thousands of levels, each under the one before."""
    mark = _terminator(data).decode("latin-1")
    code = rng.choice(("20", "22", "23", "21", "19", "PT", "ZZ"))
    return _within(data, "".join(f"HL*{n}*{n - 1}*{code}*1{mark}" for n in range(2, 3000)).encode("latin-1"), rng)


def circular_levels(data: bytes, rng: random.Random) -> bytes:
    """Levels that stand under each other in a ring, or under themselves."""
    mark = _terminator(data).decode("latin-1")
    ring = rng.randint(1, 5)
    rows = (f"HL*{n}*{n % ring + 1}*{rng.choice((20, 22, 23))}*1{mark}" for n in range(1, 2000))
    return _within(data, "".join(rows).encode("latin-1"), rng)


def many_repeats(data: bytes, rng: random.Random) -> bytes:
    """Thousands of repetitions or components in one element."""
    at = rng.randrange(len(data))
    return data[:at] + rng.choice((b"^30", b":1", b"*1", b"^A:B", b":" * 7 + b"A")) * 5000 + data[at:]


def many_interchanges(data: bytes, rng: random.Random) -> bytes:
    """Thousands of interchanges that hold nothing, well or badly formed."""
    head = data[: rng.choice((4, 60, 105, 106, 107))]
    return head * rng.choice((2000, 5000)) + data


def long_noise(data: bytes, rng: random.Random) -> bytes:
    """Much that is no X12, before, within or behind."""
    at = rng.choice((0, rng.randrange(len(data)), len(data)))
    junk = rng.choice((rng.randbytes(200), b"ISA", b"ISA*", b"I", b"\r\n", b" ", b"~", b"*", b"BIN*9*", b"IEA*")) * 20_000
    return data[:at] + junk[:300_000] + data[at:]


LARGE: tuple[Mutation, ...] = (
    doubled, doubled_run, deep_levels, circular_levels, many_repeats, many_interchanges, long_noise,
)  # fmt: skip


def mutated(data: bytes, rng: random.Random, large: float) -> tuple[str, bytes]:
    """The file with one to three things done to it, and what was done last. `large` is the share of large ones."""
    data = data.replace(b"\n", b"") if rng.random() < 0.7 else data
    chosen: Mutation = rng.choice(LARGE) if rng.random() < large else rng.choice(SMALL)
    for _ in range(rng.choice((0, 0, 1, 2)) if chosen not in LARGE else rng.choice((0, 0, 0, 1))):
        data = rng.choice(SMALL)(data, rng) or data
    return chosen.__name__, chosen(data, rng)
