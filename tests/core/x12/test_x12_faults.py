"""One fault of every kind in varied good files: found at its place, told once, and nothing said of the unharmed files."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from x12_faults import ALL, CASES, cases, ours, pool, right

FILES = 3  # sets of good files looked at


@pytest.fixture(scope="module")
def judged():
    """Every case with what was found."""
    return [(fault, ours(fault.data)) for fault in cases(CASES, with_public=False)]


def test_there_are_kinds_of_every_level_and_transaction(judged):
    assert len({kind.name for kind in ALL}) == len(ALL) >= 240
    assert {kind.level for kind in ALL} == {1, 2, 3, 4, 5}
    seen = Counter(fault.kind for fault, _ in judged)
    assert {kind.name for kind in ALL} - {name for name, times in seen.items() if times >= 2} == set()
    kinds = "837P 837I 837D 835 270 271 276 277 277CA 278 278R 999 TA1"
    assert {fault.transaction for fault, _ in judged} >= set(kinds.split())


def test_faults_are_found_at_their_place(judged):
    missed = [(f.kind, f.transaction, [(o.code, o.line, o.element) for o in found]) for f, found in judged if not right(f, found)]
    assert len(missed) <= len(judged) * 0.01, missed


def test_a_cause_is_told_once(judged):
    often = [(f.kind, f.transaction, [(o.code, o.line, o.element) for o in found]) for f, found in judged if len(found) > 1]
    assert len(often) <= len(judged) * 0.05, often


def test_nothing_is_said_of_the_unharmed_files():
    for seed in range(FILES):
        for transaction, docs in pool(random.Random(seed), with_public=False).items():
            for doc in docs:
                assert [(transaction, one.code, one.line, one.message) for one in ours(doc.text())] == []


def test_every_finding_says_what_is_wrong_and_names_nobody(judged):
    names = ("LOPEZ", "MARIA", "TOMAS", "SBX100200300", "19800504", "20150203", "1EG4TE5MK73", "ELM STREET")
    for fault, found in judged:
        assert all(one.message and one.fix and one.line for one in found), (fault.kind, [one.code for one in found])
        said = " ".join(f"{one.message} {one.fix}" for one in found)
        assert not any(name in said for name in names), (fault.kind, said)


def test_the_same_seed_makes_the_same_cases():
    assert [one.data for one in cases(20, 5, False)] == [one.data for one in cases(20, 5, False)]
