"""Whatever is done to a file, nothing raises, and what was read can be written back; bench/x12_fuzz.py does it by the million."""

from __future__ import annotations

import random

import pytest
from x12_mutations import LARGE, SMALL, mutated, use
from x12_samples import WRITTEN

from claimwright.x12.professional import read_837

CASES = 40  # a file
MUTATIONS = SMALL


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_raises_whatever_is_done_to_a_file(name):
    rng = random.Random(f"{name} 2026")
    for _ in range(CASES):
        use(mutated(WRITTEN[name], rng, large=0)[1])


@pytest.mark.parametrize("mutation", LARGE, ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", ["837P", "835", "271"])
def test_nothing_raises_however_large_a_file_is_made(name, mutation):
    use(mutation(WRITTEN[name].replace(b"\n", b""), random.Random(f"{name} {mutation.__name__} 2026")))


def test_a_pointer_of_thousands_of_digits_is_no_pointer():
    data = WRITTEN["837P"].replace(b"\n", b"")
    at = data.index(b"SV1*")
    row = data[at : data.index(b"~", at)]
    parts = row.split(b"*")
    parts[7] = b"9" * 8000
    claim = next(iter(read_837(data.replace(row, b"*".join(parts))))).claim
    assert claim is not None and claim.lines[0].pointers == ()


@pytest.mark.parametrize("tail", [b"\x1e", b"\x1c", b"\x1f ", b"\xc2\x85"])
def test_what_is_only_white_space_after_an_interchange_header_is_no_segment(tail):
    head = WRITTEN["837P"][:106]
    use(head + tail)
