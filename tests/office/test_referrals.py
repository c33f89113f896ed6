"""A referral is recorded by the front desk, rides on the claims, and its visits are counted down, a day of service each."""

from datetime import date, time

import pytest
from django.urls import reverse

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import Authorization, Membership
from claimwright.office.workflow import submission
from claimwright.office.workflow.authorizations import add_referral
from claimwright.office.workflow.errors import Refused
from officekit import VISIT

SAID = {"number": "REF77", "referred_by": "Ana Birch MD", "referring_npi": "1234567893", "start": "2026-10-01",
        "end": "2026-12-31", "visits": "2"}  # fmt: skip


@pytest.fixture
def patient(office):
    patient = office.patient()
    office.insure(patient)
    return patient


def refer(office, patient, **more):
    given = {"number": "REF77", "referred_by": "Ana Birch MD", "visits": 2, "start": date(2026, 10, 1), "end": date(2026, 12, 31)}
    coverage = patient.coverages.get()
    return add_referral(**office.who(), patient_id=patient.pk, coverage_id=coverage.pk, **(given | more))


def test_each_visit_that_is_sent_uses_one_and_a_visit_told_on_two_claims_uses_one(office, patient):
    referral = refer(office, patient)
    assert claim_of(office.sent("99213", patient=patient)).referral_number == "REF77"
    referral.refresh_from_db()
    assert (referral.used, referral.left) == (1, 1)
    again = office.code(office.visit(patient, start=time(15, 0)), "36415")
    submission.submit_batch(**office.who(date(2026, 10, 7)), claim_ids=[office.claim(again).pk])
    referral.refresh_from_db()
    assert referral.used == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"visits": 0}, "at least one visit"),
        ({"end": date(2026, 9, 1)}, "last day lies before"),
        ({"start": date(2025, 1, 1)}, "not in force"),
        ({"referring_npi": "1234567890"}, "no NPI"),
    ],
)
def test_what_no_payer_would_take_is_refused(office, patient, wrong, why):
    with pytest.raises(Refused, match=why):
        refer(office, patient, **wrong)
    assert not Authorization.objects.filter(patient=patient).exists()


def test_a_number_is_recorded_once_and_of_another_practice_not_at_all(office, other_office, patient):
    refer(office, patient)
    with pytest.raises(Refused, match="on file already"):
        refer(office, patient)
    stranger = other_office.patient()
    coverage = other_office.insure(stranger)
    with pytest.raises(Refused, match="There is no such"):
        add_referral(
            **office.who(), patient_id=stranger.pk, coverage_id=coverage.pk, number="X", referred_by="", visits=1,
            start=VISIT, end=VISIT,
        )  # fmt: skip


def test_the_front_desk_records_and_sees_one_and_what_was_typed_stays(office, patient, client):
    Membership.objects.filter(user=office.by, practice=office.practice).update(role="front_desk")
    client.force_login(office.by)
    address = reverse("add-referral", args=[patient.pk])
    said = SAID | {"coverage": patient.coverages.get().pk}
    wrong = client.post(address, said | {"referring_npi": "1234567890"}).content.decode()
    assert "no NPI" in wrong and "Ana Birch MD" in wrong
    assert client.post(address, said).headers["Location"] == reverse("patient", args=[patient.pk])
    record = client.get(reverse("patient", args=[patient.pk])).content.decode()
    assert "REF77" in record and "Ana Birch MD" in record and "0 of 2 visits used, 2 left" in record
    assert patient.coverages.get().referral_number == "REF77"
