"""A scenario as text: whom it knows, until when it works, and what it refuses by file and key."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from payer_folders import claims, envelope, payments, run, sent, truths
from sandbox_office import NORTH, PRACTICE, Visit

from claimwright.cli.payer_state import StateOnDisk
from claimwright.x12.acknowledgement import read_277ca
from claimwright.x12.professional import write_837p

KNOWN = """
providers = ["%s"]
contracts = '''
contract NL payer NL01 from 2026-01-01
  fee 99213 92.40
'''
[[payer]]
id = "NL01"
name = "Northlake Mutual"
[[plan]]
id = "GOLD"
payer = "NL01"
copays = { office = 25 }
[[members]]
last = "López"
first = "Maria"
birth = 1970-03-04
sex = "F"
member_id = "NL000001"
plan = "GOLD"
"""


def test_named_members_and_contracts_are_the_only_ones(tmp_path: Path, visit: Visit) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    known, stranger = visit("99213 150.00", control="K1"), visit("99213 150.00", control="K2", member_id="NL999999")
    (inbox / "1.837").write_bytes(write_837p([known, stranger], envelope(1), PRACTICE, NORTH, "B1"))
    (tmp_path / "known.toml").write_text(KNOWN % PRACTICE.npi)
    run(inbox, tmp_path / "out", "--scenario", tmp_path / "known.toml")
    ((paid,),) = [one.claims for one in payments(tmp_path / "out")]
    assert (paid.patient_control_number, paid.paid, paid.patient_share) == ("K1", 6740, 2500)
    (acks,) = [one.acks for path in (tmp_path / "out").glob("*.277CA") for one in read_277ca(path.read_bytes())]
    assert [(ack.patient_control_number, ack.category) for ack in acks] == [("K1", "A2"), ("K2", "A3")]


def test_until_a_day_the_rest_waits(tmp_path: Path, visit: Visit) -> None:
    inbox = sent(tmp_path / "in", claims(visit, 30))
    run(inbox, tmp_path / "whole", "--scenario", "mixed")
    for day in ("2026-11-02", "2026-11-10", "2026-12-24"):
        run(inbox, tmp_path / "steps", "--scenario", "mixed", "--until", day)
        assert all(f"{one.paid_on}" <= day for one in payments(tmp_path / "steps"))
    run(inbox, tmp_path / "steps", "--scenario", "mixed")
    whole, steps = (
        sorted(json.dumps(row["decision"]) for row in truths(tmp_path / which) if "decision" in row)
        for which in ("whole", "steps")
    )
    assert whole and whole == steps


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "plan"),
        ('[[plan]]\nid = "A"\ndeductibel = 5', "plan 1.deductibel: not known here"),
        ('[[plan]]\nid = "A"\ncoinsurance = 120', "plan 1.coinsurance"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "dance"', "behavior 1.do"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "deny"', "behavior 1.reasons"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "deny"\nreasons = ["50"]', "behavior 1.reasons"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "pend"\nshare = 101', "behavior 1.share"),
        (
            '[[plan]]\nid = "A"\n[[behavior]]\ndo = "pend"\nshare = 60\n[[behavior]]\ndo = "silence"\nshare = 60',
            "behavior 1.share",
        ),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "adjust"\ncodes = ["ZZ"]', "behavior 1.codes"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "crossover"', "behavior 1.to"),
        ('[[plan]\nid = "A"', "not TOML"),
        ("members = 5", "members"),
        ('[[plan]]\nid = "A"\nfrom = "today"', "plan 1.from"),
        ('[[plan]]\nid = "A"\nfrom = 2026-05-01\nthrough = 2026-01-01', "plan 1.through"),
        ('[[plan]]\nid = "A"\n[[plan]]\nid = "A"', "plan 2.id"),
        (
            '[[members]]\nlast = "D"\nfirst = "J"\nbirth = 1970-01-01\nmember_id = "1"\nplan = "Z"\n\n[[plan]]\nid = "A"',
            "members 1.plan",
        ),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "void"\nshare = nan', "behavior 1.share"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "void"\ndays = 9999999', "behavior 1.days"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "void"\nwhen = { forms = ["prof"] }', "behavior 1.when.forms"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "deny"\nreasons = ["CO-ABCDEF"]', "behavior 1.reasons"),
        (
            '[[plan]]\nid = "A"\n[[behavior]]\ndo = "bundle"\ndays = 3',
            "behavior 1.days: no option of 'bundle'; its options are share, when: leave it out",
        ),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "deny"\nreasons = ["CO-50"]\npercent = 3', "behavior 1.percent"),
        ('[[plan]]\nid = "A"\n[[behavior]]\ndo = "twice"\nwhen = { lines_from = 2 }', "behavior 1.when"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    output = run(tmp_path, tmp_path / "out", "--scenario", path, code=2)
    assert f"{path}" in output.replace("\n", "")
    assert said in output


def test_folders_that_cannot_serve_are_named_and_nothing_is_lost(tmp_path: Path, visit: Visit) -> None:
    inbox = sent(tmp_path / "in", claims(visit, 4), files=1)
    assert "both the folder to read and the one to write" in run(inbox, inbox, code=2).replace("\n", "")
    assert "exists" in run(inbox, inbox / "a.837", code=2)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "payer.sqlite").write_text("nothing of the kind")
    assert "memory is broken" in run(inbox, broken, code=2).replace("\n", "")
    assert "1 files" in run(inbox, tmp_path), "the answers may stand around the folder that is read"
    assert "1 files" in run(inbox, inbox / "answers"), "and within it"


def test_two_runs_never_work_in_one_folder(tmp_path: Path, visit: Visit) -> None:
    inbox = sent(tmp_path / "in", claims(visit, 4), files=1)
    run(inbox, tmp_path / "out")
    with closing(StateOnDisk.at(tmp_path / "out" / "payer.sqlite").base):
        assert "does another run work there" in run(inbox, tmp_path / "out", code=2).replace("\n", "")
