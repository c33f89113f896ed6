"""`claimwright code` on files, folders and standard input."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from claimwright.cli.code import code

app = typer.Typer()
app.command()(code)
RUN = CliRunner()
TEXT = "ASSESSMENT AND PLAN:\n1. Primary osteoarthritis of the right knee\n2. Hypertension, not at goal. Increase lisinopril.\n"


def test_rows_as_json_lines(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    done = RUN.invoke(app, [str(note), "--json", "--date", "2026-10-14", "--age", "60", "--sex", "F"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [row["code"] for row in rows] == ["M17.11", "I10", "99214"]
    first, level = rows[0], rows[-1]
    assert TEXT[first["evidence"][0]["start"] : first["evidence"][0]["end"]] == first["evidence"][0]["text"]
    assert first["system"] == "ICD-10-CM" and first["description"] and first["reason"] and first["rules"]
    assert level["problems"].startswith("moderate") and level["risk"].startswith("moderate") and "data" in level


def test_a_readable_table_from_standard_input():
    done = RUN.invoke(app, ["-", "--date", "2026-10-14"], input=TEXT)
    assert done.exit_code == 0 and "M17.11" in done.stdout and "99214" in done.stdout


@pytest.mark.parametrize("content", [b"", b"  \n", b"\x00\x01"])
def test_what_cannot_be_read_ends_with_one_line_and_two(tmp_path, content):
    note = tmp_path / "note.txt"
    note.write_bytes(content)
    done = RUN.invoke(app, [str(note), "--json"])
    assert done.exit_code == 2 and done.stdout == "" and len(done.stderr.strip().splitlines()) == 1


def test_a_missing_file_ends_with_two(tmp_path):
    done = RUN.invoke(app, [str(tmp_path / "none.txt")])
    assert done.exit_code == 2 and "cannot read" in done.stderr


def test_a_folder_is_a_visit_a_file(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(TEXT)
    done = RUN.invoke(app, [str(tmp_path), "--json", "--date", "2026-10-14"])
    assert {json.loads(line)["file"].rsplit("/", 1)[1] for line in done.stdout.splitlines()} == {"a.txt", "b.txt"}


def test_all_shows_what_was_not_suggested(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("ASSESSMENT:\n1. Right knee pain, suspected meniscus tear\n")
    done = RUN.invoke(app, [str(note), "--json", "--all", "--date", "2026-10-14"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["code"] for row in rows if not row["suggested"]] == ["S83.206A"]


def test_a_missing_file_does_not_stop_the_others_of_its_visit(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    done = RUN.invoke(app, [str(tmp_path / "none.txt"), str(note), "--json", "--date", "2026-10-14"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 2 and "none.txt" in done.stderr and rows[0]["code"] == "M17.11"
    assert {row["file"] for row in rows} == {str(note)} == {one["file"] for row in rows for one in row["evidence"]}


@pytest.mark.parametrize("day, exit_code", [("1900-01-01", 2), ("2015-09-30", 2), ("2015-10-01", 0)])
def test_a_day_before_the_codes_is_refused(tmp_path, day, exit_code):
    note = tmp_path / "note.txt"
    note.write_text(TEXT)
    done = RUN.invoke(app, [str(note), "--json", "--date", day])
    assert done.exit_code == exit_code and bool(done.stdout) is not ("no code set" in done.stderr)
