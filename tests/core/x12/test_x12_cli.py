"""`claimwright x12 check` and `show` as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app

run = CliRunner()
COLUMNS = ["file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message", "fix"]


@pytest.fixture
def file(tmp_path):
    def make(content: bytes, name: str = "week.837"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return make


def test_a_good_file_ends_with_nought(file):
    result = run.invoke(app, ["check", file(WRITTEN["837P"])])
    assert result.exit_code == 0 and result.stdout == "" and "nothing found" in result.stderr


def test_a_finding_is_a_json_line_with_the_agreed_columns(file):
    path = file(WRITTEN["837P"].replace(b"*330*", b"*331*"))
    result = run.invoke(app, ["check", path, "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1 and len(rows) == 1
    assert list(rows[0]) == COLUMNS
    assert (rows[0]["code"], rows[0]["claim"], rows[0]["file"], rows[0]["severity"]) == (
        "claim-balance",
        "PCN0001",
        path,
        "error",
    )


def test_a_version_that_was_not_checked_is_not_called_fine(file):
    result = run.invoke(app, ["check", file(WRITTEN["837P"].replace(b"005010X222A1", b"006020X323"))])
    assert result.exit_code == 1 and "version-not-checked" in result.stdout


@pytest.mark.parametrize(("content", "said"), [(b"", "empty"), (b"%PDF-1.7 \x00\xff" * 9, "not an X12 file")])
def test_what_cannot_be_read_is_one_line_and_exit_two(file, content, said):
    for command in ("check", "show"):
        result = run.invoke(app, [command, file(content)])
        assert result.exit_code == 2 and result.stdout == ""
        assert said in result.stderr and len(result.stderr.strip().splitlines()) == 1


def test_a_missing_file_or_a_folder_is_one_line_and_exit_two(tmp_path):
    for path in (tmp_path / "none.835", tmp_path):
        result = run.invoke(app, ["check", str(path)])
        assert result.exit_code == 2 and len(result.stderr.strip().splitlines()) == 1


def test_levels_can_be_chosen(file):
    path = file(WRITTEN["837P"].replace(b"*330*", b"*331*"))
    assert run.invoke(app, ["check", path, "--snip", "1,2"]).exit_code == 0
    assert run.invoke(app, ["check", path, "--snip", "3"]).exit_code == 1
    assert run.invoke(app, ["check", path, "--snip", "9"]).exit_code == 2


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("837P", [("claim", "PCN0001"), ("claim", "PCN0002"), ("claim", "PCN0003")]),
        ("835", [("payment", "EFT20261115001"), ("payment claim", "PCN0001"), ("payment claim", "PCN0009")]),
        ("271", [("eligibility", "TRACE0"), ("benefit", "TRACE0")]),
        ("277CA", [("status", "PCN0001"), ("status", "PCN0002")]),
        ("999", [("acknowledgement", "17")]),
        ("TA1", [("interchange acknowledgement", "000000905")]),
    ],
)
def test_show_gives_a_json_object_for_each_thing(file, kind, rows):
    result = run.invoke(app, ["show", file(WRITTEN[kind]), "--json"])
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(row["kind"], row["control_number"]) for row in shown][: len(rows)] == rows
    assert run.invoke(app, ["show", file(WRITTEN[kind])]).exit_code == 0


def test_an_unknown_transaction_is_shown_as_segments(file):
    result = run.invoke(app, ["show", file(WRITTEN["837P"].replace(b"005010X222A1", b"004010X098A1")), "--json"])
    assert {json.loads(line)["kind"] for line in result.stdout.splitlines()} == {"segment"}


def test_the_command_starts_without_the_heavy_rooms():
    code = "import sys, claimwright.cli.x12; print([m for m in sys.modules if 'claimwright.x12' in m or 'django' in m])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


# Files as they come --------------------------------------------------------------------------------------------------


def test_what_comes_through_a_pipe_is_read_as_a_file_is(file, tmp_path):
    bad = WRITTEN["837P"].replace(b"CLM*PCN0002*210.5", b"CLM*PCN0002*999.5")
    result = run.invoke(app, ["check", "-"], input=bad)
    assert result.exit_code == 1 and result.stdout.startswith("-:51: error [claim-balance] claim PCN0002")
    assert run.invoke(app, ["diff", file(bad), "-"], input=bad).exit_code == 0
    assert run.invoke(app, ["check", "-"], input=b"").exit_code == 2
    assert run.invoke(app, ["ack", "-", "--out", str(tmp_path / "out")], input=WRITTEN["835"]).exit_code == 0
    assert (tmp_path / "out" / "stdin.999").exists()


def test_a_pipe_with_a_name_is_read_too():
    program = [sys.executable, "-c", "from claimwright.cli.x12 import app; app()", "check", "/dev/stdin"]
    ended = subprocess.run(program, input=WRITTEN["837P"], capture_output=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr.decode()) == (0, "1 file: nothing found\n")


@pytest.mark.parametrize(
    "command", [["check"], ["show"], ["ack", "--out", "{}"], ["split", "--out", "{}"], ["redact", "--out", "{}"]]
)
def test_a_file_cut_within_its_first_segment_is_no_file(file, tmp_path, command):
    name, *rest = (word.format(tmp_path / "out") for word in command)
    result = run.invoke(app, [name, file(WRITTEN["837P"][:50]), *rest])
    assert result.exit_code == 2 and "ISA segment is cut or broken" in result.stderr and not (tmp_path / "out").exists()


def test_a_cut_file_is_not_split_and_shown_with_a_word_of_warning(file, tmp_path):
    cut = file(WRITTEN["837P"][:3000])
    result = run.invoke(app, ["split", cut, "--by", "claim", "--out", str(tmp_path / "parts")])
    assert result.exit_code == 2 and "does not end with IEA" in result.stderr and not (tmp_path / "parts").exists()
    result = run.invoke(app, ["show", cut])
    assert result.exit_code == 0 and "PCN0001" in result.stdout and "does not end with IEA" in result.stderr


def test_where_answers_or_parts_cannot_be_put_that_place_is_named(file, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    for command in ("ack", "split"):
        result = run.invoke(app, [command, file(WRITTEN["837P"]), "--out", str(taken)])
        assert result.exit_code == 2 and str(taken) in result.stderr and "cannot read" not in result.stderr, result.stderr
