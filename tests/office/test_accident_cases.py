"""What an insurer of work or of a car pays for is one accident: the desk takes it down with the coverage, claims carry it."""

from datetime import date

import pytest
from django.urls import reverse

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import Membership
from claimwright.office.workflow import claims

ACCIDENT = {"case_number": "WC-2026-77", "accident_on": date(2026, 9, 30), "accident_state": "OH"}


def insured_by(office, filing, **more):
    plan = office.plans["P"]
    plan.content = {**plan.content, "filing_indicator": filing}
    plan.save()
    patient = office.patient()
    return patient, office.insure(patient, **more)


@pytest.mark.parametrize(("filing", "cause", "state"), [("WC", "EM", ""), ("AM", "AA", "OH")])
def test_its_claims_say_what_happened_when_and_under_which_number(office, filing, cause, state):
    patient, _ = insured_by(office, filing, **ACCIDENT)
    claim = claim_of(office.claim(office.code(office.visit(patient))))
    assert (claim.related_cause, claim.accident_date, claim.accident_state) == (cause, date(2026, 9, 30), state)
    assert claim.property_casualty_number == "WC-2026-77"


def test_claims_to_a_health_plan_say_nothing_of_it(office):
    patient, _ = insured_by(office, "CI", **ACCIDENT)
    claim = claim_of(office.claim(office.code(office.visit(patient))))
    assert (claim.related_cause, claim.accident_date, claim.property_casualty_number) == ("", None, "")


def test_a_claim_held_for_want_of_it_is_ready_once_the_desk_has_taken_it_down(office, client):
    patient, coverage = insured_by(office, "WC")
    record = claims.build_claim(**office.who(), encounter_id=office.code(office.visit(patient)).pk)
    held = claims.scrub_claim(**office.who(), claim_id=record.pk)
    assert {one.edit for one in held} == {"COV-CASE-NUMBER", "COV-ACCIDENT"}
    Membership.objects.filter(user=office.by, practice=office.practice).update(role="front_desk")
    client.force_login(office.by)
    address = reverse("correct-coverage", args=[coverage.pk])
    assert "Insurer of work or a car" in client.get(address).content.decode()
    said = {"member_id": coverage.member_id, "start": "2026-01-01", "case_number": "C1", "accident_on": "2026-09-30"}
    assert client.post(address, said).status_code == 302
    assert "accident on" in client.get(reverse("patient", args=[patient.pk])).content.decode()
    assert claims.scrub_claim(**office.who(), claim_id=record.pk) == []
    record.refresh_from_db()
    assert (record.state, claim_of(record).property_casualty_number) == ("ready", "C1")
