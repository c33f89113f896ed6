"""What is remembered changes nothing but the time: with and without it the same is found, in the same order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from x12_mutations import LARGE, TODAY, mutated
from x12_samples import WRITTEN

from claimwright.findings import Finding
from claimwright.x12 import stretches
from claimwright.x12.check import check
from claimwright.x12.checks import known
from claimwright.x12.checks.controls import Controls
from claimwright.x12.professional import read_837

CORPUS = Path(__file__).parents[3].parent / "shared" / "data" / "x12"


@pytest.fixture
def both_ways(monkeypatch):
    """The findings of a close look at every segment, and of a look only at what has not been seen before; the claims alike."""

    def forget() -> None:
        stretches.courses.cache_clear()
        known.texts.cache_clear()

    def compare(data: bytes, snip: set[int]) -> list[Finding]:
        forget()
        with monkeypatch.context() as patched:
            patched.setattr(stretches, "_LONGEST", 0)
            slow, walked = list(check(data, snip=snip, today=TODAY)), list(read_837(data))
        assert list(read_837(data)) == walked
        monkeypatch.setattr(known, "_WORTH", 1)
        for _ in range(2):  # the second time everything has been learned
            assert list(check(data, snip=snip, today=TODAY)) == slow
        return slow

    yield compare
    forget()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_found_is_the_same_with_and_without_what_is_remembered(name, both_ways):
    rng = random.Random(f"shortcuts {name}")
    assert not [one for one in both_ways(WRITTEN[name], {1, 2, 3, 4, 5}) if one.severity == "error"]
    for number in range(8):
        both_ways(mutated(WRITTEN[name] * 2, rng, large=0)[1], {1, 2} if number % 4 == 0 else {1, 2, 3, 4, 5})


@pytest.mark.parametrize("mutation", LARGE, ids=lambda one: one.__name__)
def test_it_is_the_same_however_large_a_file_is_made(mutation, both_ways):
    both_ways(mutation(WRITTEN["837P"].replace(b"\n", b""), random.Random(f"shortcuts {mutation.__name__}")), {1, 2, 3, 4, 5})


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public sample files (../shared/data/x12) are absent")
def test_it_is_the_same_in_every_public_sample(both_ways):
    files = [path for path in CORPUS.rglob("*") if path.is_file() and path.stat().st_size < 20_000]
    assert sum(len(both_ways(path.read_bytes(), {1, 2, 3, 4, 5})) for path in files) > 100


def test_control_numbers_are_known_again():
    controls = Controls()
    given = ["0001", "1", "000000905", "ABC", "", "²", "x" * 200, *(f"{n:09d}" for n in range(10_000, 20_000))]
    assert not any(controls.add(one) for one in given)
    assert all(controls.add(one) for one in given)


def test_control_numbers_beyond_the_bound_are_let_go():
    controls = Controls()
    for number in range(30_000):
        controls.add(f"{number * 4096:09d}")
        controls.add(f"A{number}")
    assert controls.add("000000000") and controls.add("A0")
    assert not controls.add("A29999")
