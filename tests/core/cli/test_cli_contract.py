"""The agreed fields and exit codes of the file tools, with good files and every kind of bad one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.x12.envelope import Envelope
from claimwright.x12.sniff import kind

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "x12"
CHECK = {"file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message"}
SCRUB = CHECK | {"edit", "citation", "fix"}
CODE = {"system", "code", "description", "score", "evidence", "reason"}
X12_TOOLS = (["x12", "check"], ["x12", "show"], ["scrub"], ["price"], ["remit", "explain"])
HEAD = (
    b"ISA*00*          *00*          *ZZ*LAKESIDE       *ZZ*SBX01          *261101*0800*^*00501*000000001*0*T*:~"
    b"GS*HC*LAKESIDE*SBX01*20261101*0800*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*B1*20261101*0800*CH~"
)


def run(*arguments: object, **rest: object):
    result = CliRunner().invoke(app, [str(one) for one in arguments], **rest)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def cut(tmp_path) -> Path:
    """A file that ends in the middle of a segment."""
    path = tmp_path / "cut.837"
    path.write_bytes(HEAD + b"NM1*41*2*LAKE")
    return path


@pytest.mark.parametrize(("command", "fields"), [(["x12", "check"], CHECK), (["scrub"], SCRUB)])
def test_every_row_has_every_agreed_field(cut, command, fields):
    result = run(*command, cut, "--json")
    found = rows(result)
    assert result.exit_code == 1 and found
    assert all(fields <= set(row) for row in found)
    assert len({tuple(row) for row in found}) == 1
    assert {row["severity"] for row in found} <= {"error", "warning", "info", "reject", "deny", "warn", "advise"}


@pytest.mark.parametrize("command", X12_TOOLS)
@pytest.mark.parametrize(
    "content",
    [b"", b" \r\n", b"hello", b"\x7fELF\x00\x01\xff" * 99, HEAD.lower(), HEAD[HEAD.index(b"GS*") :]],
    ids=["empty", "blank", "text", "binary", "lower case", "no ISA"],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_what_is_no_x12_is_one_line_on_stderr_and_two(tmp_path, command, content, form):
    path = tmp_path / "bad.837"
    path.write_bytes(content)
    result = run(*command, path, *form)
    assert result.exit_code == 2 and result.stdout == ""
    assert len(result.stderr.splitlines()) == 1 and "cannot read" in result.stderr


@pytest.mark.parametrize("command", [*X12_TOOLS, ["code"]])
def test_a_folder_without_files_and_a_missing_file_are_refused(tmp_path, command):
    for path in (tmp_path, tmp_path / "none"):
        result = run(*command, path, "--json")
        assert result.exit_code == 2 and result.stdout == "" and len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="an administrator may read every file")
@pytest.mark.parametrize("command", [*X12_TOOLS, ["code"]])
def test_a_file_that_may_not_be_read_is_refused(cut, command):
    cut.chmod(0)
    result = run(*command, cut)
    assert result.exit_code == 2 and "permission" in result.stderr.lower()


@pytest.mark.parametrize("command", [["x12", "check"], ["x12", "show"], ["scrub"], ["price"]])
def test_a_reader_that_stops_early_is_no_error_of_ours(tmp_path, command):
    from x12_claim_for_cli import written

    path = tmp_path / "week.837"
    path.write_bytes(written(Envelope, copies=400).replace(b"*100***11", b"*120***11"))
    run_it = [sys.executable, "-m", "claimwright.cli.main", *command, str(path)]
    with subprocess.Popen(run_it, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as tool:
        assert tool.stdout and tool.stderr
        assert tool.stdout.readline()
        tool.stdout.close()
        assert b"Error" not in tool.stderr.read()


def test_an_unreadable_file_hides_no_other(cut, tmp_path):
    result = run("x12", "check", tmp_path / "none", cut, "--json")
    assert result.exit_code == 2 and {row["file"] for row in rows(result)} == {str(cut)}
    result = run("scrub", tmp_path / "none", cut, "--json")
    assert result.exit_code == 2 and {row["file"] for row in rows(result)} == {str(cut)}


def test_another_transaction_is_no_claim_file_and_no_remittance(tmp_path):
    path = tmp_path / "one.270"
    path.write_bytes(HEAD.replace(b"837", b"270").replace(b"005010X222A1", b"005010X279A1").replace(b"GS*HC", b"GS*HS"))
    for command in (["scrub"], ["remit", "explain"]):
        result = run(*command, path)
        assert result.exit_code == 2 and result.stdout == ""


def test_code_rows_have_the_agreed_fields_and_their_words_are_in_the_note(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("ASSESSMENT:\n1. Primary osteoarthritis of the right knee\n2. Hypertension\n")
    result = run("code", note, "--json", "--date", "2026-10-14", "--age", 60, "--sex", "F")
    assert result.exit_code == 0
    for row in rows(result):
        assert set(row) >= CODE
        for words in row["evidence"]:
            assert note.read_text()[words["start"] : words["end"]] == words["text"]


def test_code_sets_are_json_lines_too():
    status = rows(run("codesets", "status", "--json", "--on", "2026-11-16"))
    assert {"name", "source", "version", "start", "end", "rows", "stale"} <= set(status[0])
    assert all(row["code"] and row["description"] for row in rows(run("codesets", "find", "asthma", "--json")))
    nothing = run("codesets", "find", "zzzzqqqq", "--json")
    assert nothing.exit_code == 1 and nothing.stdout == "" and nothing.stderr


def test_a_code_is_shown_without_empty_facts():
    said = run("codesets", "show", "J45.909", "--on", "2026-11-16").stdout
    assert "Unspecified asthma" in said and "code first:" not in said


@pytest.mark.parametrize(
    "command", [["x12", "check"], ["x12", "show"], ["scrub"], ["price"], ["remit", "explain"], ["code"], ["codesets", "find"]]
)
def test_help_gives_an_example_and_the_exit_codes(command):
    said = run(*command, "--help").stdout
    assert "Example" in said and "Exit 0" in said


def test_scrub_says_that_a_repeated_claim_is_repeated(tmp_path):
    from x12_claim_for_cli import written

    path = tmp_path / "twice.837"
    path.write_bytes(written(Envelope, copies=40))
    result = run("scrub", path, "--json", "--today", date(2026, 11, 16))
    repeated = [row for row in rows(result) if row["code"] == "DUP-BATCH"]
    assert result.exit_code == 1 and {row["claim"] for row in repeated} == {f"C{n}" for n in range(40)}
    assert all(row["edit"] == "DUP-BATCH" and row["citation"] for row in repeated)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not here")
def test_a_sample_of_every_source_and_kind_goes_through_its_tools():
    smallest: dict[tuple[Path, str], Path] = {}  # what is in each sample is read in the rooms' own tests
    for path in sorted(SAMPLES.glob("*/*"), key=lambda one: (one.stat().st_size, one)):
        smallest.setdefault((path.parent, kind(path.read_bytes())), path)
    assert smallest
    for (_, read_as), path in smallest.items():
        checked = run("x12", "check", path, "--json")
        found = rows(checked)
        assert checked.exit_code == bool(found), path
        assert all(set(row) >= CHECK for row in found)
        shown = run("x12", "show", path, "--json")
        assert shown.exit_code == 0 and rows(shown), path
        if read_as.startswith("837"):
            assert all(set(row) >= SCRUB for row in rows(run("scrub", path, "--json"))), path
        if read_as == "835":
            assert json.loads(run("remit", "explain", path, "--json").stdout)["payments"], path
