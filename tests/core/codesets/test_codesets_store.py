"""The store: nothing is half imported, nothing changes twice, releases live side by side, and reading creates nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date

import pytest

from claimwright.codesets.building import Builder
from claimwright.codesets.importers import Refused
from claimwright.codesets.store import NotAStore, Store
from claimwright.codesets.stored_status import status

MUE = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\n11042,{},3,Clinical: Data,Practitioner\n"
TODAY = date(2026, 11, 22)


def test_releases_live_side_by_side_and_the_date_chooses(shelf):
    shelf.bring("mue_20260401.csv", MUE.format(3))
    shelf.bring("mue_20260701.csv", MUE.format(2))
    tables = shelf.tables()
    assert [tables.unit_limit("11042", date(2026, *day)).units for day in ((6, 30), (7, 1), (12, 1))] == [3, 2, 2]
    assert tables.unit_limit("11042").units == 2  # without a date: the newest
    assert "mue-practitioner 2026-04-01" in tables.cited("mue", date(2026, 5, 5))


def test_an_answer_from_a_release_that_is_over_says_so(shelf):
    shelf.bring("mue_20260401.csv", MUE.format(3))
    assert "not the release of" not in shelf.tables().cited("mue", date(2026, 6, 30))
    assert "not the release of 2026-07-01" in shelf.tables().cited("mue", date(2026, 7, 1))


def test_what_the_store_does_not_cover_the_starter_answers_and_says_so(shelf):
    shelf.bring("mue_20200101.csv", MUE.format(3))  # older than the starter set's own table
    tables = shelf.tables()
    assert tables.unit_limit("11042", date(2020, 2, 1)).units == 3
    assert tables.cited("mue", TODAY).startswith("starter: ")
    assert tables.cited("ncci", TODAY).startswith("starter: ")
    assert tables.pair("20610", "99213", TODAY).indicator == "1"


HCPCS = "HCPC,SHORT DESCRIPTION,LONG DESCRIPTION\n"
LISTED = HCPCS + "".join(f"J{number:04},Drug,A drug\n" for number in range(5_000))


def test_only_in_the_period_of_a_whole_list_is_what_it_lacks_no_code(shelf):
    shelf.bring("hcpcs_20260701.csv", LISTED)
    tables, day = shelf.tables(), date(2026, 9, 30)
    assert tables.whole_list("J9998", day).startswith("hcpcs 2026-07-01")
    assert tables.procedure("J4999", day) and not tables.procedure("J9998", day) and not tables.procedure("G0101", day)
    assert not any(tables.whole_list("J9998", on) for on in (date(2026, 6, 30), date(2026, 10, 1)))
    assert not any(tables.whole_list(code, day) for code in ("D0120", "99213", "0001U", "U0002", "M0224", "ZZ"))
    assert tables.whole_list("88", day) and tables.whole_list("9P", day) == ""


def test_an_excerpt_of_a_list_is_not_the_whole_list(shelf):
    shelf.bring("hcpcs_20260701.csv", HCPCS + "J0696,Drug,A drug\nJ0702,Drug,A drug\n")
    assert shelf.tables().whole_list("J9998", date(2026, 8, 1)) == ""
    assert shelf.tables().procedure("G0101", date(2026, 8, 1))


def test_the_same_file_again_changes_nothing_and_says_so(shelf):
    assert [one.done for one in shelf.bring("mue_20260701.csv", MUE.format(2))] == ["imported"]
    before = shelf.path.read_bytes()
    assert [one.done for one in shelf.bring("mue_20260701.csv", MUE.format(2))] == ["unchanged"]
    assert shelf.path.read_bytes() == before


def test_a_corrected_file_of_the_same_release_takes_its_place(shelf):
    shelf.bring("mue_20260701.csv", MUE.format(2))
    assert [one.done for one in shelf.bring("mue_20260701.csv", MUE.format(5))] == ["replaced"]
    assert [one.rows for one in shelf.store().releases] == [1]
    assert shelf.tables().unit_limit("11042", TODAY).units == 5


def test_a_refused_file_leaves_no_trace_and_no_store(shelf):
    with pytest.raises(Refused, match="line 3"):
        shelf.bring("mue_20260701.csv", MUE.format(2) + "11043,x,3,Clinical: Data,Practitioner\n")
    assert not shelf.path.exists()
    shelf.bring("mue_20260701.csv", MUE.format(2))
    with pytest.raises(Refused, match="line 3"):
        shelf.bring("mue_20261001.csv", MUE.format(4) + "11043,1,3\n")
    assert [one.version for one in shelf.store().releases] == ["2026-07-01"]


def test_an_import_killed_half_way_leaves_the_old_state(shelf):
    shelf.bring("mue_20260701.csv", MUE.format(2))
    script = f"""
import sys, time
from datetime import date
from pathlib import Path
from claimwright.codesets.building import Builder
from claimwright.codesets.releases import Contents
from claimwright.effective import Period
def rows():
    for number in range(400_000):
        yield f"{{number:05d}}", ("9", "3", "a rationale long enough to fill the pages of the file")
    print("written", flush=True)
    time.sleep(60)
builder = Builder(Path({str(shelf.path)!r}))
builder.connection.execute("pragma cache_size=-1024")  # so that pages reach the disk before the commit
table = Contents(table="mue-practitioner", version="2026-07-01", period=Period(date(2026, 7, 1)), columns=("units",), rows=rows())
builder.add([table], file="x", sha256="x", imported_at="x")
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "written\n"
        os.kill(process.pid, signal.SIGKILL)
    assert [(one.sha256 == "x", one.rows) for one in shelf.store().releases] == [(False, 1)]
    assert shelf.tables().unit_limit("11042", TODAY).units == 2
    connection = sqlite3.connect(shelf.path)
    assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_others_read_while_one_imports(shelf):
    shelf.bring("mue_20260701.csv", MUE.format(2))
    builder = Builder(shelf.path)
    builder.connection.execute("begin immediate")
    builder.connection.execute("delete from entry")
    start = time.monotonic()
    assert shelf.tables().unit_limit("11042", TODAY).units == 2
    assert time.monotonic() - start < 30  # at once, not after the time-out of a lock
    builder.connection.execute("rollback")
    builder.close()


def test_reading_creates_nothing_and_changes_nothing(shelf, tmp_path):
    with pytest.raises(FileNotFoundError):
        Store(shelf.path)
    assert not list(tmp_path.iterdir())
    shelf.bring("mue_20260701.csv", MUE.format(2))
    with pytest.raises(sqlite3.OperationalError):
        shelf.store().connection.execute("delete from entry")


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 40, b"SQLite format 3\x00" + b"\x00" * 2000]
)
def test_another_file_is_not_taken_for_a_store(shelf, content):
    shelf.path.write_bytes(content)
    with pytest.raises(NotAStore):
        Store(shelf.path)


def test_another_database_is_neither_read_nor_written(shelf):
    connection = sqlite3.connect(shelf.path)
    connection.execute("create table patients (name text)")
    connection.commit()
    for opening in (Store, Builder):
        with pytest.raises(NotAStore):
            opening(shelf.path)


def test_status_tells_source_period_rows_and_what_is_stale(shelf):
    shelf.bring("mue_20260401.csv", MUE.format(3))
    shelf.bring("mue_20260701.csv", MUE.format(2))
    shelf.bring("pos.csv", "code,display\n11,Office\n12,Home\n")
    rows = {(row.name, row.version): row for row in status(shelf.store(), TODAY)}
    newest, older = rows["mue-practitioner", "2026-07-01"], rows["mue-practitioner", "2026-04-01"]
    assert (newest.source, newest.rows, newest.start, newest.end) == ("CMS NCCI", 1, date(2026, 7, 1), date(2026, 9, 30))
    assert newest.stale and not older.stale  # an earlier release is history, not a table that is out of date
    assert (newest.origin, newest.file, len(newest.sha256)) == ("store", "mue_20260701.csv", 64)
    assert not rows["places-of-service", "undated"].stale
    assert {row.name: row.stale for row in status(shelf.store(), date(2028, 1, 1))}["places-of-service"]
    assert not next(row for row in status(shelf.store(), date(2026, 9, 30)) if row.version == "2026-07-01").stale


REASONS = "code,display\n1,Deductible amount\n2,Coinsurance amount\n"


def test_a_list_without_an_end_is_stale_when_its_publisher_has_a_newer_one(shelf):
    shelf.bring("carc_2024_06.csv", REASONS)
    shelf.bring("carc_2026_08.csv", REASONS + "3,Co-payment\n")

    def states(on: date) -> list[str]:
        return [row.state for row in status(shelf.store(), on) if row.name == "carc"]

    assert states(date(2026, 10, 31)) == ["superseded", "current"]
    assert states(date(2026, 11, 1)) == ["superseded", "out of date"]
    assert states(date(2024, 6, 30)) == ["current", "coming"]
    assert states(date(2024, 7, 1)) == ["out of date", "coming"]


def test_a_release_is_stale_when_the_next_is_out_though_its_own_period_goes_on(shelf):
    shelf.bring("mue_20260701.csv", MUE.format(2), end=date(2026, 12, 31))
    due = {row.state: row.due for on in (date(2026, 9, 30), date(2026, 10, 1)) for row in status(shelf.store(), on)}
    assert due == {"current": date(2026, 10, 1), "out of date": date(2026, 10, 1)}
