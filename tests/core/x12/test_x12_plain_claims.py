"""A plain claim that is let go as surely flawless is one in which the rules of claims find nothing."""

from __future__ import annotations

import random
from collections import Counter

import pytest
import x12_samples as day
from msgspec.structs import replace
from x12_good_files import claim
from x12_mutations import TODAY

from claimwright.x12 import stretches
from claimwright.x12.check import ALL_LEVELS, check
from claimwright.x12.checks import known
from claimwright.x12.checks.claims import ClaimRules
from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import RawSection
from claimwright.x12.professional import write_837p

# What each element of a claim might also say, so that what is wrong lies between segments.
_OTHERWISE = {
    ("SBR", 1): "P S T U", ("SBR", 2): "18 ", ("SBR", 9): "MB CI", ("NM1", 2): "1 2", ("NM1", 9): " M1", ("LX", 1): "1 2 3 9",
    ("DMG", 2): "20261112 20300101 19000101", ("DTP", 3): "20301231 19000101 20141231 20261116", ("REF", 2): "L00001 L00002 ",
    ("CLM", 1): "V00001 V00003", ("CLM", 2): "100 250.5 0 -5", ("CLM", 5): "11:B:7 11:B:1", ("CLM", 11): "AA OA EM AA:::OH",
    ("HI", 1): "ABK:M545 ABK:Z99999 BK:4019", ("HI", 2): "ABF:E119 ABF:Z0000 BF:4019 BG:01", ("SV1", 2): "0 100 250.5",
    ("SV1", 7): "1 2 1:2 1:1 12 4:3 13", ("SVD", 1): " X1", ("SVD", 2): "0 60 150", ("CAS", 3): "0 20 40 X",
    ("AMT", 2): "0 60 150 200", ("AMT", 1): "EAF D",
}  # fmt: skip


def _spoiled(data: bytes, rng: random.Random) -> bytes:
    """Some elements of some claims say something else, or a segment is less, or there twice."""
    rows = [row.split("*") for row in data.decode().replace("\n", "").split("~")]
    rng.shuffle(kinds := list(_OTHERWISE))
    for name, place in kinds[: rng.randint(3, 8)] * 3:
        row = rng.choice([row for row in rows[10:] if row[0] == name])
        row += [""] * (place + 1 - len(row))
        row[place] = rng.choice(_OTHERWISE[name, place].split(" "))
    if rng.random() < 0.3:
        at = rng.randrange(10, len(rows) - 4)
        rows[at : at + 1] = [rows[at]] * rng.choice((0, 2))
    return "~".join("*".join(row) for row in rows).encode()


@pytest.fixture
def let_go(monkeypatch):
    """How many claims were let go and how many judged; each that was let go is judged all the same."""
    counts: Counter[bool] = Counter()
    surely = ClaimRules._is_flawless

    def also_judged(rules: ClaimRules) -> bool:
        sections = [section for one in rules.held for section in one.sections()]
        said = surely(rules)
        counts[said] += 1
        if said:
            report = Report("", ALL_LEVELS, TODAY)
            report.transaction = rules.report.transaction
            judge = ClaimRules(report)
            judge.marks = rules.marks
            for section in [*sections, RawSection("", 0, [])]:
                judge.take(section)
            assert list(report.flush()) == []
        return said

    monkeypatch.setattr(ClaimRules, "_is_flawless", also_judged)
    monkeypatch.setattr(known, "_WORTH", 1)
    stretches.courses.cache_clear()
    known.texts.cache_clear()
    yield counts
    stretches.courses.cache_clear()
    known.texts.cache_clear()


def test_the_rules_find_nothing_in_a_claim_that_is_let_go(let_go):
    rng = random.Random("plain claims")
    shapes = [claim(rng, number) for number in range(60)]
    undated = {"accident_date": None, "related_cause": ""}
    apart = [replace(one, insured=replace(one.insured, member_id=f"M{at}00")) for at, one in enumerate(shapes)]
    plain = sorted([replace(one, **undated) for one in apart], key=lambda one: len(one.other_payers))  # one after its like
    data = write_837p(plain, day.ENVELOPE, day.PRACTICE, day.PAYER, "V1")
    for _ in range(4):  # by then all texts are known
        assert not list(check(data, today=TODAY))
    assert let_go[True] > 80
    for _ in range(160):
        list(check(_spoiled(data, rng), today=TODAY))
    assert let_go[True] > 1000 and let_go[False] > 50
