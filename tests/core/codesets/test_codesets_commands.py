"""The commands: import, status, find, show, fetch, and scrub with a store."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.cli.store import store_file

MUE = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n11042,{},3,Clinical: Data,Practitioner\n"
HCPCS = "code,short,long\nE0601,Cont airway pressure device,Continuous positive airway pressure (cpap) device\n"
INDEX = (
    "<ICD10CM.index><version>2027</version><title>INDEX TO DISEASES</title><letter><mainTerm><title>Stone(s)</title>"
    "<see>Calculus</see></mainTerm><mainTerm><title>Calculus, calculi</title><term level='1'><title>kidney</title>"
    "<code>N20.0</code></term></mainTerm></letter></ICD10CM.index>"
)


@pytest.fixture
def claimwright(tmp_path, monkeypatch):
    """The command line with a store of its own, in the test's folder."""
    monkeypatch.setenv("CLAIMWRIGHT_STORE", str(tmp_path / "here"))
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_import_says_what_came_in_and_what_was_there_already(claimwright, tmp_path):
    path = write(tmp_path, "mue_20260701.csv", MUE.format(2))
    first, again = claimwright("codesets", "import", path), claimwright("codesets", "import", path)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == "mue_20260701.csv: mue-practitioner 2026-07-01, 1 rows, 2026-07-01 to 2026-09-30: imported\n"
    assert again.stdout.endswith("already imported, nothing changed\n")
    assert (tmp_path / "here" / "codesets.sqlite").is_file()


def test_one_refused_file_does_not_keep_the_others_out(claimwright, tmp_path):
    good, bad = write(tmp_path, "mue_20260701.csv", MUE.format(2)), write(tmp_path, "notes.txt", "words\n")
    result = claimwright("codesets", "import", bad, good, tmp_path / "absent.zip", "--json")
    assert result.exit_code == 2
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["file"], row["done"]) for row in rows] == [
        ("notes.txt", "refused"), ("mue_20260701.csv", "imported"), ("absent.zip", "refused"),
    ]  # fmt: skip
    assert "none of the files" in rows[0]["reason"]


def test_what_a_file_does_not_say_is_said_for_it(claimwright, tmp_path):
    pairs = "column_1,column_2,deletion_date,modifier_indicator,rationale\n11042,97597,,1,Mutually exclusive procedures\n"
    path = write(tmp_path, "x.csv", pairs)
    assert "--as ncci-practitioner" in claimwright("codesets", "import", path, "--from", "2026-07-01").output
    said = claimwright("codesets", "import", path, "--from", "2026-07-01", "--as", "ncci-outpatient", "--json")
    assert json.loads(said.stdout)["table"] == "ncci-outpatient"


def test_reading_makes_no_store_and_a_store_that_is_named_must_be_there(claimwright, tmp_path, monkeypatch):
    for words in (("status",), ("find", "asthma"), ("show", "99213")):
        result = claimwright("codesets", *words)
        assert result.exit_code == 2 and "there is no such store" in result.output
    monkeypatch.delenv("CLAIMWRIGHT_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert claimwright("codesets", "show", "99213").exit_code == 0  # the starter set answers
    assert not list(tmp_path.iterdir())


def test_status_shows_imported_tables_beside_the_starter_set(claimwright, tmp_path):
    claimwright("codesets", "import", write(tmp_path, "mue_20260701.csv", MUE.format(2)))
    rows = [json.loads(line) for line in claimwright("codesets", "status", "--json", "--on", "2026-11-22").stdout.splitlines()]
    mine = rows[0]
    assert (mine["name"], mine["origin"], mine["source"], mine["file"]) == (
        "mue-practitioner", "store", "CMS NCCI", "mue_20260701.csv",
    )  # fmt: skip
    assert mine["stale"] and len(mine["sha256"]) == 64 and mine["imported_at"]
    assert {row["origin"] for row in rows[1:]} == {"starter"}
    prices = {row["name"]: row["stale"] for row in rows if row["name"].startswith("prices: ")}
    assert prices["prices: mpfs_2026"] is False and prices["prices: opps_drugs_2026_04"] is True


def test_show_says_where_an_answer_comes_from_on_a_date(claimwright, tmp_path):
    claimwright("codesets", "import", write(tmp_path, "mue_20260401.csv", MUE.format(3)))
    claimwright("codesets", "import", write(tmp_path, "mue_20260701.csv", MUE.format(2)))
    shown = {}
    for day in ("2026-05-01", "2026-08-01"):
        rows = [json.loads(row) for row in claimwright("codesets", "show", "11042", "--json", "--on", day).stdout.splitlines()]
        shown[day] = next(row for row in rows if row["system"] == "mue-practitioner")
    assert [shown[day]["units"] for day in shown] == ["3", "2"]
    assert shown["2026-08-01"]["from"] == "mue-practitioner 2026-07-01 (2026-07-01 to 2026-09-30), mue_20260701.csv"
    assert shown["2026-05-01"]["releases"] == ["2026-04-01 (2026-04-01 to 2026-06-30)", "2026-07-01 (2026-07-01 to 2026-09-30)"]
    before = claimwright("codesets", "show", "11042", "--on", "2026-03-31")
    assert "mue-practitioner: not on 2026-03-31, but in 2026-04-01 (2026-04-01 to 2026-06-30), 2026-07-01" in before.output
    assert "not the table of 2025-12-31" in claimwright("codesets", "show", "11042", "--on", "2025-12-31").stdout


def test_find_goes_through_the_index_and_shows_the_notes(claimwright, tmp_path):
    claimwright("codesets", "import", write(tmp_path, "index_2027.xml", INDEX), write(tmp_path, "hcpcs_2026_10.csv", HCPCS))
    result = claimwright("codesets", "find", "kidny stone", "--on", "2026-11-16")
    first = result.stdout.splitlines()[0]
    assert "N20.0" in first and "Calculus, calculi, kidney" in first
    assert "never with: " in result.stdout
    found = claimwright("codesets", "find", "airway presure", "--json", "--on", "2026-11-16").stdout.splitlines()
    assert [row["code"] for row in map(json.loads, found) if row["system"] == "HCPCS"] == ["E0601"]


def test_fetch_lists_the_pages_and_fails_plainly_without_a_network(claimwright, monkeypatch):
    import urllib.error
    import urllib.request

    def refuse(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    listed = claimwright("codesets", "fetch", "--json", "--on", "2026-05-05")
    pages = {row["table"]: row for row in map(json.loads, listed.stdout.splitlines())}
    assert pages["hcpcs"]["link"] == ["https://www.cms.gov/files/zip/april-2026-alpha-numeric-hcpcs-file.zip"]
    assert pages["ncci-practitioner"]["link"][0].endswith("medicare-ncci-2026q2-practitioner-ptp-edits-ccipra-v321r0-f1.zip")
    failed = claimwright("codesets", "fetch", "hcpcs", "--on", "2026-05-05")
    assert failed.exit_code == 2 and "does not answer (no network)" in failed.output
    assert "--accept-terms" in claimwright("codesets", "fetch", "pprrvu").output
    assert claimwright("codesets", "fetch", "nonsense").exit_code == 2


@pytest.mark.parametrize(("given", "file"), [("a/b.sqlite", "a/b.sqlite"), ("folder", "folder/codesets.sqlite")])
def test_the_store_is_a_file_or_the_folder_it_is_in(tmp_path, given, file):
    assert store_file(tmp_path / given) == tmp_path / file
