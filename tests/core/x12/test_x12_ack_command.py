"""`claimwright x12 ack` as an operator runs it: what is written, under which numbers, and what a second run does."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app
from claimwright.cli.x12.answered import Folder
from claimwright.x12.acknowledgement import read_277ca, read_999, read_ta1
from claimwright.x12.check import check
from claimwright.x12.located import value
from claimwright.x12.tokens import Tokens

run = CliRunner()
ASKS = WRITTEN["837P"].replace(b"*000000905*0*T*", b"*000000905*1*T*")
ONE_BAD = ASKS.replace(b"CLM*PCN0001*330*", b"CLM*PCN0001*331*")


@pytest.fixture
def ack(tmp_path):
    def go(content: bytes, *options: str, name: str = "week.837", rest: tuple[str, ...] = ()):
        path = tmp_path / name
        path.write_bytes(content)
        result = run.invoke(app, ["ack", str(path), *rest, "--out", str(tmp_path / "out"), *options])
        return result, tmp_path / "out"

    return go


def shown(out: Path) -> list[str]:
    return sorted(path.name for path in out.iterdir() if not path.name.startswith("."))


def controls(path: Path) -> list[str]:
    return [value(row, 13) for row in Tokens(path.read_bytes()) if row[0] == "ISA"]


def test_a_good_file_that_asks_gets_all_three_and_ends_with_nought(ack):
    result, out = ack(ASKS)
    assert result.exit_code == 0, result.output
    assert shown(out) == ["control-numbers.json", "week.277ca", "week.999", "week.ta1"]
    assert [one.accepted for one in read_ta1((out / "week.ta1").read_bytes())] == [True]
    assert [one.code for one in read_999((out / "week.999").read_bytes())] == ["A"]
    acks = [one for batch in read_277ca((out / "week.277ca").read_bytes()) for one in batch.acks]
    assert acks and all(one.accepted for one in acks)
    assert [one for path in out.glob("week.*") for one in check(path.read_bytes())] == []


def test_a_refused_claim_ends_with_one_and_refuses_no_other(ack):
    result, out = ack(ONE_BAD, "--json")
    rows = {row["kind"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 1
    assert set(rows) == {"ta1", "999", "277ca"} and rows["999"]["rejected"] == 0
    assert rows["277ca"]["rejected"] == 1 and rows["277ca"]["accepted"] > 1
    assert rows["277ca"]["file"] == str(out / "week.277ca") and rows["277ca"]["control"] == "000000003"


def test_an_amount_below_nought_is_told_with_its_sign(ack):
    _, out = ack(ONE_BAD.replace(b"CLM*PCN0001*331*", b"CLM*PCN0001*-331*"))
    assert b"CLM02 is -331.00, but the lines add up to 330.00." in (out / "week.277ca").read_bytes()


def test_answers_go_back_to_the_sender(ack):
    _, out = ack(ASKS)
    sent, got = next(iter(Tokens(ASKS))), next(iter(Tokens((out / "week.999").read_bytes())))
    assert (got[5:7], got[7:9], got[15]) == (sent[7:9], sent[5:7], sent[15])


def test_numbers_go_on_from_file_to_file(ack):
    _, out = ack(ASKS)
    ack(ASKS.replace(b"BATCH7", b"BATCH8"), name="next.837")
    numbers = [number for name in shown(out) if not name.endswith(".json") for number in controls(out / name)]
    assert sorted(numbers) == [f"{number:09d}" for number in range(1, 7)]
    assert json.loads((out / "control-numbers.json").read_bytes()) == {"interchange": 7, "group": 7}


def test_the_same_input_gets_no_second_answer(ack):
    _, out = ack(ONE_BAD)
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    result, _ = ack(ONE_BAD, "--json")
    assert result.exit_code == 1 and all(json.loads(line)["before"] for line in result.stdout.splitlines())
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before


def test_what_was_taken_out_of_the_folder_is_written_again_with_the_same_numbers(ack):
    _, out = ack(ASKS)
    before = (out / "week.999").read_bytes()
    (out / "week.999").unlink()
    ack(ASKS)
    assert (out / "week.999").read_bytes() == before
    assert json.loads((out / "control-numbers.json").read_bytes())["interchange"] == 4


def test_answering_anew_takes_new_numbers_and_overwrites_nothing(ack):
    _, out = ack(ASKS)
    before = (out / "week.999").read_bytes()
    result, _ = ack(ASKS, "--again")
    assert result.exit_code == 0 and (out / "week.999").read_bytes() == before
    assert controls(out / "week-000000004.999") == ["000000005"]


def test_another_file_of_the_same_name_gets_its_number_in_the_name(ack):
    _, out = ack(ASKS)
    before = (out / "week.999").read_bytes()
    ack(ONE_BAD)
    assert (out / "week.999").read_bytes() == before
    assert {"week-000000004.ta1", "week-000000004.999", "week-000000004.277ca"} <= set(shown(out))


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"interchange":0,"group":5}', b'{"interchange":"x"}', b"\xff\x00"])
def test_damaged_numbers_stop_the_work_and_are_not_begun_again(ack, content):
    _, out = ack(ASKS)
    (out / "control-numbers.json").write_bytes(content)
    result, _ = ack(ONE_BAD, name="other.837")
    assert result.exit_code == 2 and "control-numbers.json" in result.stderr and len(result.stderr.splitlines()) == 1
    assert (out / "control-numbers.json").read_bytes() == content and not list(out.glob("other.*"))


def test_lost_numbers_stop_the_work(ack):
    _, out = ack(ASKS)
    (out / "control-numbers.json").unlink()
    result, _ = ack(ONE_BAD, name="other.837")
    assert result.exit_code == 2 and "is gone" in result.stderr


def test_after_the_last_number_comes_the_first(ack, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "control-numbers.json").write_bytes(b'{"interchange":999999999,"group":999999999}')
    _, out = ack(WRITTEN["835"], name="era.835")
    assert controls(out / "era.999") == ["999999999"]
    assert json.loads((out / "control-numbers.json").read_bytes()) == {"interchange": 1, "group": 1}


def test_a_remittance_gets_a_999_only(ack):
    result, out = ack(WRITTEN["835"], name="era.835")
    assert result.exit_code == 0 and shown(out) == ["control-numbers.json", "era.999"]


def test_what_no_acknowledgement_can_tell_is_said(ack):
    first = next(row for row in Tokens(WRITTEN["835"]) if row[0] == "BPR")
    bad = WRITTEN["835"].replace(b"*".join(part.encode() for part in first[:3]), b"BPR*I*123456", 1)
    result, out = ack(bad, name="era.835")
    assert result.exit_code == 1 and "no acknowledgement can tell" in result.stderr
    assert [one.code for one in read_999((out / "era.999").read_bytes())] == ["A"]


@pytest.mark.parametrize("kind", ["999", "TA1"])
def test_an_acknowledgement_is_not_acknowledged(ack, kind):
    result, out = ack(WRITTEN[kind], name="answer.x12")
    assert result.exit_code == 0 and "nothing to acknowledge" in result.stderr
    assert not list(out.glob("answer.*"))


def test_a_file_that_needs_no_answer_does_not_stop_the_next(ack):
    assert ack(WRITTEN["999"], name="theirs.999")[0].exit_code == 0
    result, out = ack(ASKS)
    assert result.exit_code == 0 and shown(out) == ["control-numbers.json", "week.277ca", "week.999", "week.ta1"]


def test_what_is_no_x12_is_not_answered(ack):
    result, out = ack(b"hello")
    assert result.exit_code == 2 and "not an X12 file" in result.stderr and not out.exists()


def test_one_file_that_cannot_be_read_does_not_stop_the_others(ack, tmp_path):
    result, out = ack(ASKS, rest=(str(tmp_path / "absent.837"),))
    assert result.exit_code == 2 and (out / "week.999").exists()


def test_a_clearinghouse_says_that_it_is_one(ack):
    _, out = ack(ASKS, "--clearinghouse")
    assert b"\nNM1*AY*2*" in (out / "week.277ca").read_bytes()
    assert {one.source for one in read_277ca((out / "week.277ca").read_bytes())} == {"AY"}


def _take(home: str, queue: multiprocessing.Queue[int]) -> None:
    folder = Folder(Path(home))
    for _ in range(25):
        queue.put(folder.take()[0])


def test_two_processes_never_use_a_number_twice(tmp_path):
    queue: multiprocessing.Queue[int] = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=_take, args=(str(tmp_path), queue)) for _ in range(3)]
    for one in workers:
        one.start()
    numbers = [queue.get(timeout=30) for _ in range(75)]
    for one in workers:
        one.join()
    assert sorted(numbers) == list(range(1, 76))


def test_what_another_process_answers_meanwhile_is_the_answer(ack, monkeypatch):
    result, out = ack(ASKS)
    there = shown(out)
    first = iter([True])
    known = Folder.answered
    monkeypatch.setattr(Folder, "answered", lambda folder, digest: None if next(first, False) else known(folder, digest))
    later, _ = ack(ASKS)
    assert shown(out) == there and later.stdout.replace(" (answered before)", "") == result.stdout


def test_a_crash_before_the_files_are_named_is_mended_with_the_same_numbers(ack, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("claimwright.cli.x12.answered.os.replace", crash)
    monkeypatch.setattr("claimwright.cli.x12.answered.write_whole", lambda target, content: target.write_bytes(content))
    ack(ASKS)
    monkeypatch.undo()
    result, out = ack(ASKS)
    assert shown(out) == ["control-numbers.json", "week.277ca", "week.999", "week.ta1"]
    assert [controls(out / f"week.{kind}")[0] for kind in ("ta1", "999", "277ca")] == ["000000001", "000000002", "000000003"]
    assert "answered before" in result.stdout


def test_the_command_starts_without_the_office(tmp_path):
    code = "import sys; import claimwright.cli.x12.ack; assert not [one for one in sys.modules if one.startswith('django')]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
