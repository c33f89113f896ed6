"""`claimwright scrub` and `claimwright codesets` as a user meets them."""

import json
from datetime import datetime
from random import Random

import pytest
import typer
from clean_claims import clean
from dirty_claims import case
from edit_bench import DOCTOR, OTHER_DOCTOR, PAYER, PRACTICE, claim, earlier, lines, replace
from typer.testing import CliRunner

from claimwright.cli import codesets, parts, scrub, scrub_work
from claimwright.cli.spool import Spool
from claimwright.edits.registry import DENY, REJECT, all_edits
from claimwright.x12.checks.report import ERROR, INFO, WARNING
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import read_837, write_837p

app = typer.Typer()
app.command("scrub")(scrub.scrub)
app.add_typer(codesets.app, name="codesets")
ROW = {
    "file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message",
    "edit", "citation", "fix", "reference",
}  # fmt: skip


def run(*arguments: object):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def write(tmp_path):
    def written(*claims) -> object:
        envelope = Envelope(
            sender_id="ELM", receiver_id="NM001", interchange=1, group=1, created=datetime(2026, 11, 3, 9, 0), usage="T"
        )
        path = tmp_path / "week.837"
        path.write_bytes(write_837p(claims, envelope, replace(PRACTICE, phone="6145550100"), PAYER, "B1"))
        return path

    return written


def test_a_clean_file_ends_with_0_and_no_rows(write):
    result = run("scrub", write(claim(), claim(patient_control_number="A101", do="71046")), "--json", "--today", "2026-11-16")
    assert result.stdout == "" and result.exit_code == 0, result.stdout


def test_findings_are_json_lines_with_the_agreed_columns(write):
    path = write(claim(), claim(patient_control_number="A101", lines=lines("99213 20610-RT"), dx="M17.11"))
    result = run("scrub", path, "--json", "--today", "2026-11-16")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    found = next(row for row in rows if row["edit"] == "MOD-25")
    assert result.exit_code == 1
    assert set(found) >= ROW
    assert (found["claim"], found["severity"], found["loop"], found["segment"]) == ("A101", "deny", "2400", "SV1")
    assert found["line"] > 1 and found["service_line"] == 1 and found["citation"] and found["fix"]
    assert found["reference"] == "docs/reference/edits.md#mod-25"
    assert found["transaction"] == "837P" and found["version"] == "005010X222A1"


def test_the_other_claims_of_the_file_are_its_batch(write):
    result = run("scrub", write(claim(), claim(patient_control_number="A101")), "--json", "--today", "2026-11-16")
    assert {(row["claim"], row["edit"]) for row in map(json.loads, result.stdout.splitlines())} == {
        ("A100", "DUP-BATCH"),
        ("A101", "DUP-BATCH"),
    }


def test_text_names_claim_place_and_remedy(write):
    result = run("scrub", write(claim(dx="M17.1", rendering=DOCTOR)), "--today", "2026-11-16")
    assert result.exit_code == 1
    assert "reject [DX-SPECIFIC] claim A100 2300 HI01-2: M17.1 is not complete." in result.stdout
    assert "M17.11" in result.stdout


def test_what_is_no_837_ends_with_2(tmp_path):
    other = tmp_path / "note.txt"
    other.write_text("hello")
    assert run("scrub", other).exit_code == 2
    assert run("scrub", tmp_path / "absent.837").exit_code == 2


def test_the_tables_of_a_store_are_used(write, tmp_path):
    pairs = tmp_path / "ptp_prac_20261001.csv"
    pairs.write_text(
        "column_1,column_2,deletion_date,modifier_indicator,rationale\n61512,61510,,0,Mutually exclusive procedures\n"
    )
    store = tmp_path / "codesets.sqlite"
    assert run("codesets", "import", pairs, "--store", store).exit_code == 0
    week = write(claim(do="61512 61510"))
    found = {
        given: {
            json.loads(row)["edit"] for row in run("scrub", week, "--json", "--today", "2026-11-16", *given).stdout.splitlines()
        }
        for given in ((), ("--store", store))
    }
    assert found["--store", store] - found[()] == {"NCCI-NEVER"}
    assert run("scrub", week, "--store", tmp_path / "absent.sqlite").exit_code == 2


def test_codesets_status_says_what_is_out_of_date():
    rows = [json.loads(line) for line in run("codesets", "status", "--json", "--on", "2026-11-16").stdout.splitlines()]
    told = {
        "name",
        "source",
        "version",
        "start",
        "end",
        "rows",
        "stale",
        "state",
        "due",
        "origin",
        "file",
        "sha256",
        "imported_at",
    }
    assert told == set(rows[0])
    assert {row["name"]: row["stale"] for row in rows}["ncci"] is True
    assert "OUT OF DATE" in run("codesets", "status", "--on", "2026-11-16").stdout


def test_codesets_find_and_show():
    rows = [
        json.loads(line)
        for line in run("codesets", "find", "right", "knee", "pain", "--json", "--on", "2026-11-16").stdout.splitlines()
    ]
    assert (rows[0]["system"], rows[0]["code"]) == ("ICD-10-CM", "M25.561")
    assert run("codesets", "find", "xyzzyq").exit_code == 1
    shown = run("codesets", "show", "s93.401", "--on", "2026-11-16").stdout
    assert "billable: no" in shown and "A initial encounter" in shown
    assert "global days: 000" in run("codesets", "show", "20610", "--on", "2026-11-16").stdout
    assert run("codesets", "show", "QQQQQ").exit_code == 1


RULES = """\
rules LAKESIDE version 1
rule ASK-FIRST
  the claim
  when claim charge at least 1
  then warn "Over a dollar."
  fix  "Ask."
"""


def test_rules_of_ones_own_run_beside_the_edits(write, tmp_path):
    rules = tmp_path / "lakeside.rules"
    rules.write_text(RULES)
    result = run("scrub", write(claim()), "--rules", rules, "--json", "--today", "2026-11-16")
    assert [json.loads(row)["edit"] for row in result.stdout.splitlines()] == ["ASK-FIRST"]


def test_rules_that_cannot_be_read_stop_the_run(write, tmp_path):
    rules = tmp_path / "lakeside.rules"
    rules.write_text(RULES.replace("the claim", "the clam"))
    result = run("scrub", write(claim()), "--rules", rules, "--today", "2026-11-16")
    assert result.exit_code == 2
    assert "line 3" in result.output


# Large files, more processes, history ---------------------------------------------------------------------------------


def found(result):
    return [json.loads(row) for row in result.stdout.splitlines()]


def mixed(count):
    """Professional claims, clean and spoilt, some of them twice."""
    rng, made = Random(3), []
    while len(made) < count:
        made += [one for one in (clean(rng)[1], case(len(made), 3).claim) if one.form == "professional" and one.lines]
    return [replace(one, patient_control_number=f"M{number % (count - 5)}") for number, one in enumerate(made)]


def test_the_parts_of_a_file_hold_its_claims_and_know_their_places(write):
    path = write(*mixed(120))
    whole = list(read_837(path.read_bytes()))
    with path.open("rb") as stream:
        cut = list(parts.parts(stream, size=20_000))
    again = [(one.claim, one.first_line + part.shift) for part in cut for one in read_837(part.text)]
    assert len(cut) > 3 and [part.number for part in cut] == list(range(len(cut)))
    assert again == [(one.claim, one.first_line) for one in whole]


@pytest.mark.parametrize("terminator", [b"~", b"~\r\n", b"\n"])
def test_a_file_is_cut_whatever_ends_its_segments(write, terminator):
    text = write(*mixed(40)).read_bytes()
    body = text.replace(b"~\n", b"~").replace(b"~", terminator)
    path = write()
    path.write_bytes(body + body)  # two interchanges
    with path.open("rb") as stream:
        cut = list(parts.parts(stream, size=5_000))
    again = [(one.claim, one.first_line + part.shift) for part in cut for one in read_837(part.text)]
    assert again == [(one.claim, one.first_line) for one in read_837(body + body)]


def test_more_processes_find_the_same_in_the_same_order(write, monkeypatch):
    monkeypatch.setattr(parts.parts, "__defaults__", (20_000,))
    path = write(*mixed(120))
    one, two = (run("scrub", path, "--json", "--today", "2026-11-16", *given) for given in ((), ("--jobs", 2)))
    assert two.exception is None or isinstance(two.exception, SystemExit)
    assert one.stdout == two.stdout and one.stdout.count("\n") > 100
    assert (one.exit_code, two.exit_code) == (1, 1)
    said = [run("scrub", path, "--today", "2026-11-16", *given).stderr for given in ((), ("--jobs", 2))]
    assert said[0] == said[1] and f"{len(mixed(120))} claims" in said[0]


def test_without_jobs_a_large_file_is_shared_among_the_cores_and_says_the_same(write, monkeypatch):
    path = write(*mixed(120))
    asked = []
    shared = scrub._workers
    monkeypatch.setattr(scrub, "_workers", lambda setting, jobs: asked.append(jobs) or shared(setting, jobs))
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1}, raising=False)
    small = run("scrub", path, "--json", "--today", "2026-11-16")
    monkeypatch.setattr(scrub, "EACH", 20_000)
    monkeypatch.setattr(parts, "SIZE", 20_000)
    monkeypatch.setattr(parts.parts, "__defaults__", (20_000,))
    large = run("scrub", path, "--json", "--today", "2026-11-16")
    told = run("scrub", path, "--json", "--today", "2026-11-16", "--jobs", 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    alone = run("scrub", path, "--json", "--today", "2026-11-16")
    assert asked == [1, 2, 1, 1]
    assert small.stdout == large.stdout == told.stdout == alone.stdout and small.stdout.count("\n") > 100


def test_a_file_by_stdin_says_the_same_with_more_processes(write):
    data = write(*mixed(20)).read_bytes()
    command = ("scrub", "-", "--json", "--today", "2026-11-16")
    one, two = (CliRunner().invoke(app, [*command, "--jobs", str(jobs)], input=data) for jobs in (1, 2))
    assert one.stdout == two.stdout and one.stdout.count("\n") > 10 and two.exit_code == 1


def test_a_run_leaves_nothing_behind(write, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    run("scrub", write(*mixed(20)), "--today", "2026-11-16")
    assert [one.name for one in tmp_path.iterdir()] == ["week.837"]


def test_earlier_files_are_the_patients_history(write, tmp_path):
    folder = tmp_path / "earlier"
    folder.mkdir()
    write(earlier(do="99213", days=30)).rename(folder / "october.837")
    (folder / "remit.txt").write_text("no claims")
    path = write(claim(do="99203"), claim(patient_control_number="A101", do="99203", patient=replace(DOCTOR_AS_PATIENT)))
    edits = [
        (row["claim"], row["edit"]) for row in found(run("scrub", path, "--json", "--today", "2026-11-16", "--history", folder))
    ]
    assert edits == [("A100", "PX-NEW-PATIENT")]
    assert found(run("scrub", path, "--json", "--today", "2026-11-16")) == []


def test_what_a_practice_charged_before_is_its_usual_charge(write, tmp_path):
    folder = tmp_path / "earlier"
    folder.mkdir()
    paid = [
        earlier(f"B{number}", days=100 + number, line={"charge": charge}) for number, charge in enumerate((9_000, 10_000, 90_000))
    ]
    write(*paid).rename(folder / "summer.837")
    path = write(claim(line={"charge": 50_000}), claim(patient_control_number="A101", do="99213*2", line={"charge": 100_100}))
    rows = found(run("scrub", path, "--json", "--today", "2026-11-16", "--history", folder))
    unusual = [(row["claim"], row["message"]) for row in rows if row["edit"] == "LN-CHARGE-UNUSUAL"]
    assert unusual == [("A101", "Line 1: 99213 is charged 1,001.00; the practice's usual charge is 200.00.")]
    write(*paid[:2]).rename(folder / "summer.837")
    rows = found(run("scrub", path, "--json", "--today", "2026-11-16", "--history", folder))
    assert not any(row["edit"] == "LN-CHARGE-UNUSUAL" for row in rows)


def test_what_cannot_be_read_of_the_history_is_said(write, tmp_path):
    folder = tmp_path / "earlier"
    folder.mkdir()
    taken = write(earlier(days=200), earlier("A002", days=100)).read_bytes()
    day = taken.index(b"D8*", taken.index(b"DTP*472*")) + 3
    (folder / "spring.837").write_bytes(taken[:day] + b"2026" + taken[day + 8 :])
    (folder / "torn.837").write_bytes(b"ISA*torn")
    (folder / "notes.txt").write_text("no file of claims\n")
    told = run("scrub", write(claim(do="99203")), "--today", "2026-11-16", "--history", folder)
    assert "PX-NEW-PATIENT" in told.stdout  # the claim that could be read is known
    said = [line.rpartition("/")[2] for line in told.stderr.splitlines() if "not in the history" in line]
    assert [line.partition(";")[0] for line in said] == [
        "spring.837: 1 of its claims could not be read",
        "torn.837: no message that can be told",
    ]


def test_a_file_is_not_its_own_history(write, tmp_path):
    path = write(claim())
    assert run("scrub", path, "--json", "--today", "2026-11-16", "--history", tmp_path).exit_code == 0
    assert run("scrub", path, "--history", tmp_path / "absent").exit_code == 2


DOCTOR_AS_PATIENT = replace(claim().patient, last="Otherwise")


def test_one_cause_is_said_once_by_the_edit(write):
    wrong = claim(charge=1)
    rows = found(run("scrub", write(wrong), "--json", "--today", "2026-11-16"))
    assert [row["code"] for row in rows] == ["CLM-BALANCE"]
    assert "1 may not leave" in run("scrub", write(wrong), "--today", "2026-11-16").stderr


def test_the_edits_that_speak_for_the_check_of_the_form_stop_the_claim_as_it_would():
    edits = {edit.id: edit.severity for edit in all_edits()}
    assert {edits[one] for said in scrub_work.SAID_BY_EDIT.values() for one in said.split()} <= {REJECT, DENY}


def test_what_no_edit_says_of_a_claim_is_still_said(write):
    path = write(claim())
    path.write_bytes(path.read_bytes().replace(b"HI*ABK:J069", b"HI*ABK:J069*ABF:J069X99"))
    codes = [row["code"] for row in found(run("scrub", path, "--json", "--today", "2026-11-16"))]
    assert codes.count("diagnosis-invalid") + codes.count("DX-UNKNOWN") == 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("wrong", "severity"), [(b"DTP*472*D8*20261102X~", "reject"), (b"DTP*472*D8*20261102*~", "warn")])
def test_findings_of_the_form_are_told_in_the_edits_words(write, jobs, wrong, severity):
    path = write(claim())
    path.write_bytes(path.read_bytes().replace(b"DTP*472*D8*20261102~", wrong))
    result = run("scrub", path, "--json", "--today", "2026-11-16", "--jobs", jobs)
    assert {row["severity"] for row in found(result) if not row["edit"]} == {severity} and result.exit_code == 1
    assert set(scrub_work.AS_EDIT) == {ERROR, WARNING, INFO}


def test_a_claim_that_cannot_be_read_keeps_the_findings_of_its_form(write):
    path = write(claim(), claim(patient_control_number="A101", charge=1))
    path.write_bytes(path.read_bytes().replace(b"CLM*A101*0.01", b"CLM*A101*cents"))
    result = run("scrub", path, "--json", "--today", "2026-11-16")
    assert {row["claim"] for row in found(result)} == {"A101"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_file_is_scrubbed_by_itself(write, tmp_path, jobs):
    first, second = tmp_path / "first.837", tmp_path / "second.837"
    first.write_bytes(write(claim(dx="M17.1", rendering=DOCTOR)).read_bytes())
    second.write_bytes(first.read_bytes())
    rows = [json.loads(row) for row in run("scrub", first, second, "--json", "--jobs", jobs).stdout.splitlines()]
    of_first, of_second = ([row["edit"] for row in rows if row["file"] == str(one)] for one in (first, second))
    assert of_first == of_second and "DX-SPECIFIC" in of_first


def test_neighbors_of_a_claim_are_found_across_parts(tmp_path):
    spool = Spool(tmp_path / "one")
    for part in range(3):
        read = [scrub_work.Kept(claim(patient_control_number=f"N{part}"), "837P", "005010X222A1", 9)]
        with scrub_work.PartWriter(tmp_path / "one", part, set()) as writer:
            writer.add(read[0])
        spool.add(writer.keys, writer.days, writer.claims)
    spool.settle()
    beside = [([one.patient_control_number for one in due.batch], due.before) for part in range(3) for due in spool.part(part)]
    assert beside == [(["N1", "N2"], 0), (["N0", "N2"], 1), (["N0", "N1"], 2)]


SPLIT = [
    # the claims of a file in their order; what is told, and of which other claim
    (("A1", 0, "11042"), ("A2", 0, "11720"), ("A2", "NCCI-OTHER-CLAIM", "claim A1")),
    (("A1", 0, "11720"), ("A2", 0, "11042"), ("A1", "NCCI-OTHER-CLAIM", "claim A2")),
    (("A1", 0, "11720"), ("A2", 0, "11720-XS"), ("A2", "MUE-DAY", "2 units of 11720 on one day with claim A1")),
    (("A1", 0, "99203"), ("A2", 20, "99213"), ("A1", "PX-NEW-PATIENT", "claim A2")),
    (("A1", 5, "10060"), ("A2", 0, "99213"), ("A2", "PX-GLOBAL", "claim A1")),
    (("A1", 0, "10060"), ("A2", 9, "10060"), ("A1", "SUR-GLOBAL", "claim A2")),
    (("A1", 1, "99213"), ("A2", 0, "25600-RT"), ("A1", "MOD-57-EVE", "25600")),
]


@pytest.mark.parametrize(("one", "other", "told"), SPLIT)
@pytest.mark.parametrize("together", [2000, 1])
def test_what_two_claims_of_a_file_do_to_each_other_is_told_once(write, monkeypatch, one, other, told, together):
    monkeypatch.setattr(scrub, "TOGETHER", together)
    made = [earlier(number, days=days, do=do, dx="L03.115") for number, days, do in (one, other)]
    rows = found(run("scrub", write(*made), "--json", "--today", "2026-11-16"))
    rows = [row for row in rows if row["severity"] in (REJECT, DENY)]
    assert [(row["claim"], row["edit"]) for row in rows] == [told[:2]]
    assert told[2] in rows[0]["message"]


def test_the_claims_of_another_patient_practice_or_doctor_are_none_of_a_claims_business(write):
    whole, part = earlier("A1", days=0, do="11042"), earlier("A2", days=0, do="11720", dx="B35.1")
    others = (
        replace(part, patient=DOCTOR_AS_PATIENT, insured=replace(part.insured, person=DOCTOR_AS_PATIENT)),
        replace(part, rendering=OTHER_DOCTOR),
        replace(part, lines=(replace(part.lines[0], modifiers=("XS",)),)),
    )
    for other in others:
        rows = found(run("scrub", write(whole, other), "--json", "--today", "2026-11-16"))
        assert not [row["edit"] for row in rows if row["edit"].startswith(("NCCI", "MUE"))]


def test_a_file_sent_before_is_a_duplicate_unless_it_was_taken_back(write, tmp_path):
    folder = tmp_path / "sent"
    folder.mkdir()
    write(claim()).rename(folder / "a.837")
    path = write(claim())

    def edits():
        return [row["edit"] for row in found(run("scrub", path, "--json", "--today", "2026-11-16", "--history", folder))]

    assert edits() == ["DUP-HISTORY"]
    write(claim(frequency="8", payer_control_number="P1")).rename(folder / "b.837")
    path = write(claim())
    assert edits() == []
