"""The payer between two folders: what it writes is legal and balanced and tells what it decided, and nothing doubles."""

from __future__ import annotations

import csv
import io
import logging
import shutil
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from payer_folders import DAY, SERVICES, claims, envelope, payments, run, sent, truths
from sandbox_office import NORTH, PRACTICE, Visit
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.coverage.model import EligibilityInquiry
from claimwright.parties import Insured
from claimwright.payers.sandbox.model import Doing
from claimwright.x12.check import check
from claimwright.x12.claim_status import Receiver, StatusInquiry, read_277, write_276
from claimwright.x12.eligibility import read_271, write_270
from claimwright.x12.professional import write_837p

ALL_DOINGS = frozenset(Doing.__args__)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def harshest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few hundred claims in the hands of a payer that does everything often."""
    from sandbox_office import visit as fixture

    visit = fixture.__wrapped__()  # type: ignore[attr-defined]
    home = tmp_path_factory.mktemp("harshest")
    scenario = home / "often.toml"
    scenario.write_text(EVERYTHING_OFTEN)
    run(sent(home / "in", claims(visit, 400)), home / "out", "--scenario", scenario)
    return home


EVERYTHING_OFTEN = """
seed = 7
[pace]
spread = 9
claims_per_payment = 12
payments_per_file = 3
[[plan]]
id = "PPO"
deductible = 100
family_deductible = 150
out_of_pocket_max = 900
coinsurance = 20
[[plan]]
id = "PARTB"
kind = "MEDICARE_B"
for_filing = ["MB"]
deductible = 283
coinsurance = 20
[[contract]]
percent_of_medicare = 110
percent_of_charge = 60
""" + "".join(
    f"[[behavior]]\n{text}\n"
    for text in (
        'do = "deny"\nshare = 8\nreasons = ["CO-50", "CO-16:M76", "PR-96:N130"]',
        'do = "deny"\nshare = 6\nlines = "all"\nreasons = ["CO-29", "OA-109"]',
        'do = "underpay"\nshare = 6\nlines = "all"',
        'do = "down_code"\nshare = 20',
        'do = "bundle"\nshare = 10',
        'do = "excess"\nshare = 6\npercent = 115',
        'do = "pend"\nshare = 10',
        'do = "interest"\nshare = 8\ndays = 50',
        'do = "interest"\nshare = 6\nonly_in_plb = true',
        'do = "silence"\nshare = 3',
        'do = "reverse"\nshare = 10',
        'do = "reverse"\nshare = 5\nreasons = ["CO-151"]\nlines = "all"',
        'do = "void"\nshare = 6',
        'do = "recoup"\nshare = 10',
        'do = "split_claim"\nshare = 10',
        'do = "split_claim"\nshare = 10\ndays = 7',
        'do = "claim_level"\nshare = 6',
        'do = "claim_level_share"\nshare = 6',
        'do = "merge_lines"\nshare = 10',
        'do = "split_lines"\nshare = 20',
        'do = "change_modifier"\nshare = 8',
        'do = "drop_modifiers"\nshare = 8',
        'do = "omit_line_numbers"\nshare = 10',
        'do = "crossover"\nshare = 30\nwhen = { filing = ["MB"] }\nto = { name = "Old Orchard", id = "OLDORCH" }',
        'do = "unknown_claim"\nshare = 2',
        'do = "twice"\nshare = 10',
        'do = "renamed"\nshare = 10',
        'do = "late_file"\nshare = 15',
        'do = "adjust"\nshare = 40\ncodes = ["CS", "50", "72", "J1", "WO", "FB"]',
    )
)


def test_every_behavior_occurs(harshest: Path) -> None:
    done = {do for row in truths(harshest / "out") if "decision" in row for do in row["decision"].get("does", ())}
    events = {row["decision"]["event"] for row in truths(harshest / "out") if "decision" in row}
    assert events == {"decision", "reversal", "correction", "unknown"}
    of_payments = {"twice", "renamed", "late_file", "adjust"}
    assert done >= ALL_DOINGS - of_payments - {"silence"}
    told = payments(harshest / "out")
    assert {one.reason for p in told for one in p.provider_adjustments} >= {"WO", "L6", "FB", "72", "CS", "50", "J1"}
    assert {claim.status for one in told for claim in one.claims} >= {"1", "19", "22"}
    assert any(claim.adjustments and not claim.lines for one in told for claim in one.claims)
    assert any(
        a.amount < 0
        for one in told
        for claim in one.claims
        if claim.status == "1"
        for line in claim.lines
        for a in line.adjustments
    )
    assert any(one.paid == 0 for one in told)
    assert any((path.with_name(path.stem + "-copy.835")).exists() for path in (harshest / "out").glob("*.835"))
    acknowledged = b"".join(path.read_bytes() for path in (harshest / "out").glob("*.277CA")).count(b"\nREF*1K*")
    assert 380 <= acknowledged < 400, "about three of a hundred claims get no word"


def test_every_file_is_legal_and_every_payment_balances(harshest: Path) -> None:
    answers = [path for path in (harshest / "out").iterdir() if path.suffix in (".835", ".277CA", ".999", ".TA1")]
    assert [(path.name, one.code, one.message) for path in answers for one in check(path.read_bytes())] == []
    told = payments(harshest / "out")
    assert len(told) > 40
    assert all(one.balanced and one.paid >= 0 for one in told)
    assert all(claim.balanced for one in told for claim in one.claims)


def test_others_accept_the_payments(harshest: Path) -> None:
    pytest.importorskip("pyx12")
    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    oxedi = pytest.importorskip("oxedi")
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    for place, path in enumerate(sorted((harshest / "out").glob("*.835"))):
        content = path.read_bytes()
        assert list(oxedi.parse(content).diagnostics) == [], path.name
        if place % 8 == 0:
            text = io.StringIO(content.decode())
            assert x12n_document(params(), text, io.StringIO(), None, fd_json=io.StringIO()), path.name


def test_the_truth_is_what_the_payments_tell(harshest: Path) -> None:
    out, rows = harshest / "out", truths(harshest / "out")
    first = {one.trace: one for one in payments(out)}
    told: Counter[str] = Counter()
    for one in first.values():
        for claim in one.claims:
            told[claim.patient_control_number] += claim.paid
    decided: Counter[str] = Counter()
    lines: defaultdict[tuple[str, int], int] = defaultdict(int)
    for row in rows:
        if decision := row.get("decision"):
            decided[decision["claim"]] += decision["paid"]
            for line in decision["lines"]:
                assert line["charge"] == line["paid"] + sum(a["amount"] for a in line["adjustments"])
                lines[decision["claim"], line["number"]] += line["charge"]
    assert told == decided
    paid = {row["trace"]: row["paid"] for row in rows if row.get("event") == "payment"}
    assert paid == {trace: one.paid for trace, one in first.items()}
    charges = {(f"C{number:05d}", place): charge for number, place, charge in _charges(400)}
    standing = {key: amount for key, amount in lines.items() if key[0].startswith("C")}
    assert all(amount in (0, charges[key]) for key, amount in standing.items()), "decided once, or taken back"


def test_what_is_carried_forward_is_taken_by_another_payment_or_told_at_the_end(harshest: Path) -> None:
    open_: dict[str, int] = {}
    told = {one.trace: one for one in payments(harshest / "out")}.values()
    for one in sorted(told, key=lambda one: (one.paid_on, one.trace)):
        for adjustment in one.provider_adjustments:
            if adjustment.reason == "FB" and adjustment.amount > 0 and adjustment.reference in open_:
                assert open_.pop(adjustment.reference) == adjustment.amount
        open_ |= {a.reference: -a.amount for a in one.provider_adjustments if (a.reason, a.reference) == ("FB", one.trace)}
    rows = [row for row in truths(harshest / "out") if row.get("event") == "carried forward"]
    assert open_ and {row["trace"]: row["owed"] for row in rows} == open_


def _charges(count: int) -> list[tuple[int, int, int]]:
    found = []
    for number in range(count):
        for place, service in enumerate(SERVICES[number % len(SERVICES)], 1):
            found.append((number, place, round(float(service.split()[1]) * 100)))
    return found


def test_the_bank_has_each_payment_once_in_both_forms(harshest: Path) -> None:
    out = harshest / "out"
    rows = [row for path in out.glob("*.bank.csv") for row in csv.DictReader(path.open())]
    deposits = {row["trace"]: round(float(row["amount"]) * 100) for row in rows}
    assert len(deposits) == len(rows)
    assert deposits == {row["trace"]: row["paid"] for row in truths(out) if row.get("event") == "payment" and row["paid"]}
    of_bai = {}
    for path in out.glob("*.bank.bai"):
        records = path.read_text().splitlines()
        for record in records:
            cells = record.rstrip("/").split(",")
            if cells[0] == "16":
                of_bai[cells[4]] = int(cells[2])
        assert records[-1] == f"99,{records[-2].split(',')[1]},1,{len(records)}/"
    assert of_bai == deposits


def test_running_again_changes_nothing_and_new_files_go_on(harshest: Path, tmp_path: Path, visit: Visit) -> None:
    home = tmp_path / "again"
    shutil.copytree(harshest, home)
    before = contents(home / "out")
    shutil.copy(home / "in" / "a.837", home / "in" / "a-again.837")
    run(home / "in", home / "out", "--scenario", home / "often.toml")
    assert contents(home / "out") == before
    more = msgspec.structs.replace(claims(visit, 1)[0], patient_control_number="NEW1")
    (home / "in" / "new.837").write_bytes(write_837p([more], envelope(99, DAY + timedelta(days=9)), PRACTICE, NORTH, "B9"))
    run(home / "in", home / "out", "--scenario", home / "often.toml")
    after = contents(home / "out")
    assert {name: content for name, content in after.items() if name in before and name != "truth.jsonl"} == {
        name: content for name, content in before.items() if name != "truth.jsonl"
    }
    assert after["truth.jsonl"].startswith(before["truth.jsonl"])
    assert len(after) > len(before)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if not path.name.startswith("payer.sqlite")}


def test_the_order_of_files_does_not_matter(tmp_path: Path, visit: Visit) -> None:
    """The same claims in the other order of files, sent on one day: the same payments to the cent and the same numbers."""
    found = claims(visit, 90)
    scenario = tmp_path / "often.toml"
    scenario.write_text(EVERYTHING_OFTEN)
    told = []
    for turn, order in enumerate((found, found[::-1])):
        inbox = tmp_path / f"in{turn}"
        inbox.mkdir()
        for place in range(3):
            some = order[place * 30 : place * 30 + 30]
            (inbox / f"{place}.837").write_bytes(write_837p(some, envelope(place + 1), PRACTICE, NORTH, f"B{place}"))
        run(inbox, tmp_path / f"out{turn}", "--scenario", scenario)
        told.append([row for row in truths(tmp_path / f"out{turn}") if "decision" in row])
    assert told[0] == told[1]


def test_a_killed_run_is_done_again_the_same(tmp_path: Path, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from claimwright.cli import payer

    inbox = sent(tmp_path / "in", claims(visit, 120))
    run(inbox, tmp_path / "whole", "--scenario", "harshest")
    writes = 0

    class Killed(BaseException):
        pass

    write = payer._Desk._write

    def dying(desk: Any, name: str, content: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes % 7 == 0:
            raise Killed
        write(desk, name, content)

    monkeypatch.setattr(payer._Desk, "_write", dying)
    arguments = ["payer", "run", "--in", str(inbox), "--out", str(tmp_path / "killed"), "--scenario", "harshest"]
    for _ in range(200):
        try:
            result = CliRunner().invoke(app, arguments)
        except Killed:
            continue
        if result.exit_code == 0 and not isinstance(result.exception, Killed):
            break
    whole, killed = contents(tmp_path / "whole"), contents(tmp_path / "killed")
    assert {name for name in killed if not name.endswith(".part")} == set(whole)
    assert all(killed[name] == content for name, content in whole.items())


def test_questions_are_answered_too(tmp_path: Path, visit: Visit) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    one = visit("99213 150.00", control="Q1")
    (inbox / "1.837").write_bytes(write_837p([one], envelope(1), PRACTICE, NORTH, "B1"))
    person = one.patient
    asked = EligibilityInquiry(
        payer=NORTH, provider=PRACTICE, insured=Insured(person=person, member_id="NL000001"), patient=person, on=DAY, trace="T1"
    )
    (inbox / "2.270").write_bytes(write_270([asked], envelope(2)))
    status = StatusInquiry(
        payer=NORTH,
        receiver=Receiver(name="Elm Street", identifier="ELMST"),
        provider=PRACTICE,
        subscriber=person,
        member_id="NL000001",
        dependent=None,
        trace="S1",
        patient_control_number="Q1",
        first_service=one.first_service,
        last_service=one.last_service,
        charge=one.charge,
    )
    (inbox / "3.276").write_bytes(write_276([status], envelope(3, DAY + timedelta(days=30))))
    (inbox / "notes.txt").write_text("not X12")
    said = run(inbox, tmp_path / "out", code=1)
    assert "notes.txt" in said
    (answer,) = [found for path in (tmp_path / "out").glob("*.271") for found in read_271(path.read_bytes())]
    assert answer.active and answer.left("C") is not None
    (where,) = [found for path in (tmp_path / "out").glob("*.277") for found in read_277(path.read_bytes())]
    assert {code.category for told in where.statuses for code in told.codes} <= {"F0", "F1"}


def test_another_scenario_does_not_go_on_in_the_same_folder(harshest: Path) -> None:
    assert "another scenario" in run(harshest / "in", harshest / "out", "--scenario", "plain", code=2)
