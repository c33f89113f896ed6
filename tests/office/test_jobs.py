"""The outbox: a job is written with its reason, takes effect once, and one that fails stops no other."""

import shutil

import pytest
from django.db import transaction

from claimwright.office.jobs import worker
from claimwright.office.records.models import Job, Patient
from claimwright.office.records.outbox import enqueue
from commands import race
from officekit import VISIT, decision, keep_remittance, payment


@pytest.fixture
def kinds(monkeypatch):
    """Job kinds of the tests' own."""
    ran: list[int] = []

    def note(practice, today, arguments):
        ran.append(arguments["n"])

    def fail(practice, today, arguments):
        Patient.objects.filter(practice=practice).update(history="half done")
        raise ValueError("a name that must not be kept")

    def ask(practice, today, arguments):
        enqueue(practice, "note", {"asked": {"n": 99}})

    monkeypatch.setattr(worker, "KINDS", {"note": note, "fail": fail, "ask": ask})
    return ran


def test_asking_twice_is_one_job(office):
    enqueue(office.practice, "note", {"k": {"n": 1}})
    enqueue(office.practice, "note", {"k": {"n": 2}})
    assert Job.objects.get(practice=office.practice).arguments == {"n": 1}


def test_a_job_is_gone_with_the_change_that_asked_for_it(office):
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(office.practice, "note", {"k": {"n": 1}})
        raise RuntimeError
    assert not Job.objects.filter(practice=office.practice).exists()


def test_jobs_run_in_order_once_and_what_they_ask_for_runs_too(office, kinds):
    for n in (1, 2):
        enqueue(office.practice, "note", {f"k{n}": {"n": n}})
    enqueue(office.practice, "ask", {"k3": {}})
    assert worker.run_until_idle(office.practice, VISIT) == 4
    assert kinds == [1, 2, 99]
    assert worker.run_until_idle(office.practice, VISIT) == 0


def test_a_failing_job_leaves_nothing_half_done_and_stops_no_other(office, kinds):
    patient = office.patient()
    enqueue(office.practice, "fail", {"bad": {}})
    enqueue(office.practice, "note", {"good": {"n": 1}})
    assert worker.run_until_idle(office.practice, VISIT) == 1
    patient.refresh_from_db()
    assert patient.history == ""
    job = Job.objects.get(key="bad", practice=office.practice)
    assert (job.status, job.attempts, job.error) == ("due", 1, "ValueError")
    for _ in range(2):
        worker.run_until_idle(office.practice, VISIT)
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("failed", 3)
    assert worker.run_until_idle(office.practice, VISIT) == 0


def test_another_practices_jobs_are_left_alone(office, other_office, kinds):
    enqueue(other_office.practice, "note", {"k": {"n": 1}})
    assert worker.run_until_idle(office.practice, VISIT) == 0


def test_a_remittance_is_posted_by_its_job(office):
    claim = office.sent("99213")
    said = decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00))))
    keep_remittance(office.practice, payment(claim, said), None)
    assert worker.run_until_idle(office.practice, VISIT) == 1
    assert office.sums()["cash"] == 80_00


def test_three_workers_at_once_do_each_job_once(tmp_path, empty_office):
    shutil.copy(empty_office, tmp_path)
    assert race(tmp_path) == {"counted": 60, "most": 1, "done": 60}
