"""One pass gives what a check and a reading of the same file give apart."""

from __future__ import annotations

import random

import pytest
from x12_mutations import TODAY, mutated
from x12_samples import WRITTEN

from claimwright.findings import Finding
from claimwright.x12.check import check
from claimwright.x12.one_pass import check_and_read
from claimwright.x12.professional import read_837

CLAIMS = [name for name in WRITTEN if name.startswith("837")]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_file_gives_the_same_findings_and_claims_in_one_pass_as_in_two(name):
    rng = random.Random(f"one pass {name}")
    for data in (WRITTEN[name] * 2, *(mutated(WRITTEN[name] * 2, rng, large=0)[1] for _ in range(60))):
        both = list(check_and_read(data, file="a.837", today=TODAY))
        assert [one for one in both if isinstance(one, Finding)] == list(check(data, file="a.837", today=TODAY))
        assert [one for one in both if not isinstance(one, Finding)] == list(read_837(data))


def test_claims_come_while_the_file_is_still_being_read():
    taken = []

    def blocks():
        for number in range(400):
            taken.append(number)
            yield WRITTEN["837P"]

    claims = (one for one in check_and_read(blocks(), today=TODAY) if not isinstance(one, Finding))
    assert next(claims).claim
    assert len(taken) < 300
