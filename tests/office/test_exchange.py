"""Files to and from the folder: whole or not at all, once, and the payer's memory survives being killed."""

from datetime import date

from claimwright.office.exchange import folder
from claimwright.office.jobs.exchange import receive_waiting, send_pending
from claimwright.office.records.models import File
from claimwright.office.workflow import eligibility
from claimwright.office.workflow.receiving import receive_file

DAY = date(2026, 10, 6)


def ask(office) -> File:
    coverage = office.insure(office.patient())
    return eligibility.verify_coverage(**office.who(DAY), coverage_id=coverage.pk).file


def test_a_file_is_written_whole_under_its_own_name(tmp_path):
    folder.write(tmp_path, "a.837", b"one")
    assert folder.write(tmp_path, "../../b.837", b"two") == tmp_path / "b.837"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.837", "b.837"]


def test_half_written_files_and_folders_are_left_alone(tmp_path):
    place = folder.inbox(tmp_path)
    (place / "read").mkdir(parents=True)
    (place / ".b.835.123").write_bytes(b"half")
    (place / "a.835").write_bytes(b"whole")
    assert [path.name for path in folder.waiting(tmp_path)] == ["a.835"]


def test_new_files_go_out_once_to_where_they_belong(office, tmp_path):
    file = ask(office)
    assert send_pending(office.practice, tmp_path) == 1
    assert send_pending(office.practice, tmp_path) == 0
    assert (tmp_path / "outbox" / file.name).read_bytes().startswith(b"ISA*")


def test_a_crash_before_the_mark_writes_the_same_file_again(office, tmp_path):
    file = ask(office)
    send_pending(office.practice, tmp_path)
    File.objects.filter(pk=file.pk).update(status="new")
    assert send_pending(office.practice, tmp_path) == 1
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_received_file_is_put_away_and_one_that_comes_again_changes_nothing(office, tmp_path):
    for _ in range(2):
        folder.write(folder.inbox(tmp_path), "x.bank.csv", b"date,trace,amount,sender\n2026-10-16,E1,80.00,PLAIN\n")
        assert receive_waiting(office.practice, tmp_path, DAY) == 1
    assert folder.waiting(tmp_path) == []
    assert File.objects.get(practice=office.practice, direction="in").status == "read"


def test_a_file_that_fails_stays_and_stops_no_other(office, tmp_path, monkeypatch):
    from claimwright.office.jobs import exchange

    def fails_on_a(**given):
        if given["name"].startswith("a"):
            raise RuntimeError
        return receive_file(**given)

    monkeypatch.setattr(exchange, "receive_file", fails_on_a)
    for name in ("a.bank.csv", "b.bank.csv"):
        folder.write(folder.inbox(tmp_path), name, b"date,trace,amount,sender\n2026-10-16,E1,80.00,PLAIN\n")
    assert receive_waiting(office.practice, tmp_path, DAY) == 1
    assert [path.name for path in folder.waiting(tmp_path)] == ["a.bank.csv"]


def test_file_names_hold_no_names_or_member_ids(demo_dir):
    import sqlite3

    names = {path.name.lower() for path in demo_dir.rglob("*") if path.is_file()}
    database = sqlite3.connect(demo_dir / "claimwright.sqlite3")
    told = {row[0].lower() for row in database.execute("SELECT member_id FROM records_coveragerecord")}
    told |= {row[0].lower() for row in database.execute("SELECT last FROM records_patient") if len(row[0]) > 3}
    assert [name for name in names for secret in told if secret in name] == []


def test_the_payer_killed_before_it_remembers_answers_the_same_again(demo_copy):
    import shutil

    from claimwright.office.exchange.sandbox import run_payer

    later = date(2026, 12, 20)
    kept = (demo_copy / "payer" / "state.json").read_bytes()
    first = {path.name: path.read_bytes() for path in run_payer(demo_copy, later)}
    (demo_copy / "payer" / "state.json").write_bytes(kept)  # its memory is as it was before
    assert {path.name: path.read_bytes() for path in run_payer(demo_copy, later)} == first
    assert run_payer(demo_copy, later) == []
    shutil.rmtree(demo_copy)
