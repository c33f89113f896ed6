"""A claim that no one thought of, and an edit that breaks down on it: the rest of the file is scrubbed all the same."""

import json
import random
import sys
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import typer
from edit_bench import PAYER, PRACTICE, claim, context, findings, replace
from edit_cases_claims import second
from typer.testing import CliRunner

from claimwright.claims.model import Claim
from claimwright.cli import scrub as command
from claimwright.codesets.tables import starter
from claimwright.edits import registry
from claimwright.edits.scrub import FAILED, scrub
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import read_837, write_837p

sys.path.insert(0, str(Path(__file__).parents[1] / "x12"))

from x12_mutations import mutated

app = typer.Typer()
app.command("scrub")(command.scrub)


@registry.edit("BREAKS", registry.REJECT, cites="none")
def breaks(of, beside, tables):
    """Breaks down on one patient, and would tell the name."""
    raise KeyError(of.patient.last)
    yield


SECOND = second()


def test_an_edit_that_breaks_down_is_told_and_the_others_judge():
    wrong = claim(charge=1)
    found = scrub(wrong, context(), starter(), (breaks,))
    fault = next(one for one in found if one.code == FAILED)
    assert {one.code for one in found} == {one.code for one in findings(wrong)} | {FAILED}
    assert "BREAKS" in fault.message and "KeyError" in fault.message and fault.claim == "A100" and not fault.stops
    assert wrong.patient.last not in str(msgspec.to_builtins(fault))


def test_facts_that_cannot_be_told_leave_every_edit_to_judge(monkeypatch):
    wrong = claim(charge=1)
    before = {one.code for one in findings(wrong)}
    monkeypatch.setattr("claimwright.edits.scrub.facts_of", lambda *_: 1 / 0)
    assert {one.code for one in findings(wrong)} == before


@pytest.fixture
def week(tmp_path):
    def written(*claims: Claim) -> Path:
        envelope = Envelope(
            sender_id="ELM", receiver_id="NM001", interchange=1, group=1, created=datetime(2026, 11, 3, 9, 0), usage="T"
        )
        path = tmp_path / "week.837"
        path.write_bytes(write_837p(claims, envelope, replace(PRACTICE, phone="6145550100"), PAYER, "B1"))
        return path

    return written


def run(*arguments: object):
    result = CliRunner().invoke(app, [str(one) for one in (*arguments, "--json", "--today", "2026-11-16")])
    return result.exit_code, [json.loads(row) for row in result.stdout.splitlines()]


def test_a_broken_edit_ends_the_run_with_2_and_the_other_claims_are_scrubbed(week, monkeypatch):
    path = week(claim(), claim(patient_control_number="A101", dx="M17.1"))
    monkeypatch.setattr(
        "claimwright.payers.edits.edits_for", lambda of, _: (breaks,) if of.patient_control_number == "A100" else ()
    )
    code, rows = run(path)
    assert code == 2 and {("A100", FAILED), ("A101", "DX-SPECIFIC")} <= {(row["claim"], row["edit"]) for row in rows}


@pytest.mark.parametrize("place", ["A", "H", "U", "?"])
def test_a_payer_of_any_place_is_scrubbed(week, place):
    path = week(SECOND, claim(patient_control_number="A101", dx="M17.1"))
    text = path.read_bytes()
    for before, after in ((b"SBR*S*", b"SBR*%b*" % place.encode()), (b"SBR*P*", b"SBR*%b*" % place.encode())):
        path.write_bytes(text.replace(before, after))
        code, rows = run(path)
        assert code == 1 and FAILED not in {row["edit"] for row in rows}
        assert "DX-SPECIFIC" in {row["edit"] for row in rows if row["claim"] == "A101"}


CODES = (b"A", b"U", b"S", b"P", b"5", b"0", b"-3", b"", b"ZZ", b"19000101", b"99991231", b"0.5", b"1e3", b"12345678")


def other_codes(data: bytes, rng: random.Random) -> bytes:
    """The file with some short elements exchanged for others."""
    rows = data.split(b"~")
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(rows))
        elements = rows[at].split(b"*")
        if len(elements) > 1 and elements[0].strip() not in (b"ISA", b"GS", b"ST"):
            elements[rng.randrange(1, len(elements))] = rng.choice(CODES)
            rows[at] = b"*".join(elements)
    return b"~".join(rows)


def test_no_edit_breaks_down_on_spoilt_files(week):
    text = week(SECOND, claim(patient_control_number="A101", frequency="7")).read_bytes()
    before: tuple[Claim, ...] = ()
    judged = 0
    for number in range(400):
        rng = random.Random(number)
        spoilt = other_codes(text, rng) if number % 3 else mutated(text, rng, 0.0)[1]
        for one in read_837(spoilt):
            if one.claim is not None:
                found = scrub(one.claim, context(batch=before, history=before), starter())
                assert FAILED not in {finding.code for finding in found}, (number, found)
                packed = msgspec.msgpack.encode(one.claim)
                assert msgspec.msgpack.decode(packed, type=Claim) == one.claim
                before, judged = (*before[-2:], one.claim), judged + 1
    assert judged > 500
