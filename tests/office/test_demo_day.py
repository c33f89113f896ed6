"""The demo's days: every stage has work, every cent is accounted for, and other people's programs accept every file."""

import io
import json
import logging
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from commands import run_claimwright

KEYS = [
    "encounters", "coded", "claims", "scrub_held", "submitted", "accepted_999", "accepted_277ca", "remits", "lines_posted",
    "lines_posted_untouched", "denied_lines", "secondary_claims", "statements", "charges", "payments", "adjustments",
    "ar_insurance", "ar_patient", "credits", "ledger_sum", "mistakes_planted", "mistakes_held", "mistakes", "first_pass",
    "seconds", "files",
]  # fmt: skip


def test_the_document_has_exactly_the_agreed_keys(demo_result):
    assert sorted(demo_result) == sorted(KEYS)


def test_the_books_add_up(demo_result):
    said = demo_result
    owed = said["ar_insurance"] + said["ar_patient"]
    assert said["charges"] + said["credits"] == said["payments"] + said["adjustments"] + owed
    assert said["ledger_sum"] == 0


def test_every_stage_has_had_work(demo_result):
    least = {"encounters": 80, "coded": 60, "claims": 70, "scrub_held": 8, "submitted": 60, "accepted_277ca": 55, "remits": 25,
             "lines_posted": 100, "denied_lines": 8, "secondary_claims": 3, "statements": 15}  # fmt: skip
    assert {name: demo_result[name] for name, bound in least.items() if demo_result[name] < bound} == {}
    assert demo_result["submitted"] >= demo_result["accepted_999"] >= demo_result["accepted_277ca"]
    assert demo_result["lines_posted"] >= demo_result["lines_posted_untouched"]


def test_every_planted_mistake_is_held_by_the_edit_that_is_for_it(demo_result):
    from claimwright.office.demo.plants import PLANTS

    meant = {plant.name: set(plant.edit.split()) for plant in PLANTS if plant.edit}
    held = {one["mistake"]: set(one["held_by"]) for one in demo_result["mistakes"]}
    assert held.keys() == meant.keys()
    assert {name for name, edits in held.items() if not edits & meant[name]} == set()
    assert demo_result["mistakes_held"] == demo_result["mistakes_planted"] == len(meant) >= 19


def test_fewer_of_the_same_claims_are_denied_than_with_the_first_edits_or_none(demo_result):
    none, first, now = (demo_result["first_pass"][name] for name in ("no_edits", "first_edits", "now"))
    for rate in ("rate", "rate_of_charges"):
        assert none[rate] > first[rate] > now[rate] > 0, "what the payers deny on purpose no edit can hold"
    assert none["edits"] == 0 < first["edits"] < now["edits"]
    assert none["held"] == 0 < first["held"] < now["held"] >= demo_result["mistakes_held"]


def test_the_compared_pass_of_today_is_what_the_office_lived_through(demo_result, demo_db):
    """The passes are made beside the books; the one with today's edits must come to what the books say."""
    from claimwright.office.records.models import ClaimRecord

    first = ClaimRecord.objects.filter(practice=demo_db, frequency="1", primary_claim=None)
    refused = first.filter(events__kind="277ca", events__state="rejected")
    answered = first.filter(events__kind="posted").exclude(pk__in=refused.values("pk")).distinct()
    now = demo_result["first_pass"]["now"]
    assert now["held"] == first.filter(events__kind="held").distinct().count()
    assert (now["rejected"], now["answered"]) == (refused.distinct().count(), answered.count())
    assert now["sent"] == first.filter(sent_on__isnull=False).count()
    assert now["denied"] == answered.filter(denials__isnull=False).distinct().count()


def test_payers_were_asked_where_claims_are_and_what_they_authorize(demo_dir, demo_db):
    from claimwright.office.records.models import AuthorizationRequest, ClaimInquiry

    told = ClaimInquiry.objects.filter(claim__practice=demo_db, answered_on__isnull=False)
    assert "unknown" in told.values_list("status", flat=True), "the silent payer has no such claim"
    asked = AuthorizationRequest.objects.get(coverage__patient__practice=demo_db)
    assert (asked.status, asked.answered_on) == ("certified", asked.asked_on)
    assert {path.suffix for path in files(demo_dir, ".276", ".277", ".278")} == {".276", ".277", ".278"}


def test_each_event_and_each_line_balances(demo_db):
    from claimwright.ledger.balances import check
    from claimwright.office.records.ledger import event_of
    from claimwright.office.records.models import LedgerEvent

    events = LedgerEvent.objects.filter(practice=demo_db).prefetch_related("entries__claim", "entries__payer")
    assert check([event_of(event) for event in events]) == []


def test_no_job_failed_and_no_file_is_parked_but_those_meant_to_be(demo_db):
    from claimwright.office.records.models import File, Job, Remit

    assert list(Job.objects.filter(practice=demo_db).exclude(status="done")) == []
    assert list(File.objects.filter(practice=demo_db, status="parked").values_list("name", "reason")) == []
    assert Remit.objects.filter(practice=demo_db).exclude(status="posted").count() <= 3


def test_every_deposit_has_its_remittance_and_the_other_way_round(demo_db):
    from claimwright.office.records.models import Deposit, Remit

    assert not Deposit.objects.filter(practice=demo_db, remit=None).exists()
    assert not Remit.objects.filter(practice=demo_db, deposit=None).exclude(paid=0).exists()


def test_money_that_is_not_the_practices_waits_to_go_back(demo_db):
    from claimwright.office.records.models import Refund
    from claimwright.office.reports.credits import credits

    found = credits(demo_db, date(2026, 11, 16))
    assert [row.payer.name for row in found if row.clock and row.clock.days_left > 0] == ["Medicare Part B Ohio"]
    proposed = Refund.objects.get(practice=demo_db)
    assert (proposed.status, proposed.heap in {row.heap for row in found}) == ("proposed", True)


def test_cash_on_the_ledger_is_what_the_bank_and_the_patients_paid(demo_db, demo_result):
    from django.db.models import Sum

    from claimwright.office.records.models import Deposit, LedgerEntry, PatientPayment, RemitClaimRow

    came = Deposit.objects.filter(practice=demo_db).aggregate(sum=Sum("amount"))["sum"]
    came += PatientPayment.objects.filter(practice=demo_db).aggregate(sum=Sum("amount"))["sum"]
    parked = RemitClaimRow.objects.filter(remit__practice=demo_db).exclude(status="posted")
    waiting = parked.aggregate(sum=Sum("paid"))["sum"] or 0
    assert demo_result["payments"] == came - waiting
    assert LedgerEntry.objects.filter(event__practice=demo_db).exists()


def files(demo_dir: Path, *endings: str) -> list[Path]:
    return sorted(path for path in demo_dir.rglob("*") if path.suffix in endings)


@pytest.mark.parametrize("ending", [".837", ".835", ".277CA", ".999"])
def test_pyx12_accepts_every_file(demo_dir, ending):
    params = pytest.importorskip("pyx12.params").params()
    document = pytest.importorskip("pyx12.x12n_document").x12n_document
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)

    def refused(*paths: Path) -> str:
        """What pyx12 has against these interchanges, read one after the other; it loads its map once for all of them."""
        errors, whole = io.StringIO(), io.StringIO("".join(path.read_text() for path in paths))
        return "" if document(params, whole, fd_997=None, fd_html=None, fd_json=errors) else errors.getvalue()[:500] or "refused"

    paths = files(demo_dir, ending)
    assert paths
    if refused(*paths):
        assert {path.name: why for path in paths if (why := refused(path))} == {}


# It has no model of 999 and 277CA, and of 271 none that knows reject reason 75 at the subscriber.
@pytest.mark.parametrize("ending", [".837", ".835", ".270"])
def test_x12sdk_reads_every_file(demo_dir, tmp_path, ending):
    reader = pytest.importorskip("x12sdk.io").X12ModelReader
    unread = []
    for path in files(demo_dir, ending):
        flat = tmp_path / path.name
        flat.write_text(path.read_text().replace("\n", ""))
        with reader(str(flat)) as read:
            if not list(read.models()):
                unread.append(path.name)
    assert files(demo_dir, ending)
    assert unread == []


def test_our_own_check_finds_nothing_in_any_file(demo_dir):
    from claimwright.x12.check import check

    found = [
        (path.name, one.code, one.message)
        for path in files(demo_dir, ".837", ".835", ".270", ".271", ".277CA", ".999", ".TA1")
        for one in check(path.read_bytes())
        if one.severity == "error"
    ]
    assert found == []


def test_run_again_it_only_says_the_same(demo_copy, demo_result):
    again = run_claimwright("demo", "--json", "--dir", str(demo_copy))
    assert again.returncode == 0, again.stderr
    said = json.loads(again.stdout)
    assert {**said, "seconds": 0} == {**demo_result, "seconds": 0}


def test_another_seed_in_the_same_folder_is_refused(demo_copy):
    run = run_claimwright("demo", "--json", "--dir", str(demo_copy), "--seed", "2")
    assert (run.returncode, run.stdout) == (2, "")
    assert "another demo" in run.stderr


def test_nothing_is_left_for_a_worker_to_do(demo_copy):
    run = run_claimwright("work", "--once", "--dir", str(demo_copy))
    assert run.returncode == 0, run.stderr
    assert "0 files received, 0 jobs done, 0 files sent" in run.stdout


def test_the_database_itself_is_sound(demo_dir):
    connection = sqlite3.connect(f"file:{demo_dir / 'claimwright.sqlite3'}?mode=ro", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
