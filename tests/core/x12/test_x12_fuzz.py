"""Whatever is done to a file, nothing raises: bytes changed, cut, doubled, moved; segments dropped, repeated, swapped."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from x12_samples import WRITTEN

from claimwright.x12.acknowledge import acknowledgements
from claimwright.x12.check import check
from claimwright.x12.show import sentences, show
from claimwright.x12.sniff import kind

CASES = 60  # a file; the same hundred thousand were run once by hand


def _bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.choice(b"*:~^\n\x00\xff0Z9- .|>") if rng.random() < 0.7 else rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted(rng.randrange(len(data)) for _ in range(2))
    return data[:first] + data[last:] if rng.random() < 0.5 else data[first:last]


def _segments(data: bytes, rng: random.Random) -> bytes:
    rows = data.split(b"~")
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
    return b"~".join(rows)


def _elements(data: bytes, rng: random.Random) -> bytes:
    rows = [row.split(b"*") for row in data.split(b"~")]
    for _ in range(rng.randint(1, 6)):
        row = rng.choice(rows)
        values = (b"", b"0", b"-1.5", b"1e9", b"NaN", b"99999999", b"20260230", b"A" * 300, b"1:2:3:4:5:6:7:8:9", "é²٣".encode())
        row[rng.randrange(len(row))] = rng.choice(values)
    return b"~".join(b"*".join(row) for row in rows)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_bytes, _cut, _segments, _elements)


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_raises_whatever_is_done_to_a_file(name):
    rng = random.Random(f"{name} 2026")
    for _ in range(CASES):
        data = rng.choice(MUTATIONS)(WRITTEN[name].replace(b"\n", b""), rng)
        use(data)


def use(data: bytes) -> None:
    """Everything that reads a file from outside."""
    today = date(2026, 11, 16)
    for finding in check(data, today=today):
        assert finding.message and finding.line >= 1
    list(sentences(show(data)))
    acknowledgements(data, today)
    kind(data)
