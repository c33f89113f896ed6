"""What an edit is told of the patient's earlier claims: the same patient's, to every payer, that stand."""

from datetime import date, timedelta

import pytest

from claimwright.office.records.models import ClaimRecord, PriceRow
from claimwright.office.workflow import claims, history, registration, submission
from officekit import VISIT

pytestmark = pytest.mark.django_db
FIRST = VISIT
LATER = VISIT + timedelta(days=7)


@pytest.fixture
def clinic(office):
    for code, price in {"17110": 180_00, "99396": 210_00, "99203": 195_00}.items():
        PriceRow.objects.create(practice=office.practice, procedure=code, label=code, price=price, start=date(2026, 1, 1))
    return office


def sent(office, patient, *services, on=FIRST, diagnosis="B07.0") -> ClaimRecord:
    """A claim that has left, whatever the edits said."""
    visit = office.code(office.visit(patient, on), *services, diagnosis=diagnosis)
    claim = claims.build_claim(**office.who(on + timedelta(days=1)), encounter_id=visit.pk)
    claim.events.create(on=on, kind="scrubbed", state="ready", text="passed", key="test")
    claim.state = "ready"
    claim.save()
    ClaimRecord.objects.filter(pk=claim.pk).update(state="accepted", sent_on=on + timedelta(days=1), payer_control_number="PCN1")
    claim.refresh_from_db()
    return claim


def found(office, patient, *services, on=LATER, diagnosis="I10") -> set[str]:
    """The edits that find something on the patient's next claim."""
    visit = office.code(office.visit(patient, on), *services, diagnosis=diagnosis)
    claim = claims.build_claim(**office.who(on), encounter_id=visit.pk)
    return {finding.edit for finding in claims.check(claim, on)}


def changes_payer(office, patient):
    """From the first plan to the second, between the two visits."""
    registration.correct_coverage(**office.who(), coverage_id=patient.coverages.get().pk, end=FIRST + timedelta(days=2))
    office.insure(patient, "S", start=FIRST + timedelta(days=3))


@pytest.mark.parametrize("changes", [False, True])
def test_the_days_after_a_procedure_count_whoever_pays(clinic, changes):
    patient = clinic.patient()
    clinic.insure(patient)
    sent(clinic, patient, "17110")
    if changes:
        changes_payer(clinic, patient)
    assert "PX-GLOBAL" in found(clinic, patient, "99213")


def test_a_new_patient_is_new_whoever_paid_before(clinic):
    patient = clinic.patient()
    clinic.insure(patient)
    sent(clinic, patient, "99213", diagnosis="I10")
    changes_payer(clinic, patient)
    assert "PX-NEW-PATIENT" in found(clinic, patient, "99203")


@pytest.mark.parametrize(("changes", "finds"), [(False, True), (True, False)])
def test_how_often_a_service_is_covered_is_counted_by_payer(clinic, changes, finds):
    patient = clinic.patient()
    clinic.insure(patient)
    sent(clinic, patient, "99396", diagnosis="Z00.00")
    if changes:
        changes_payer(clinic, patient)
    assert ("NEC-FREQUENCY" in found(clinic, patient, "99396", diagnosis="Z00.00")) is finds


def test_another_patients_claims_are_not_told(clinic):
    one, other = clinic.patient(last="Moss"), clinic.patient(last="Reed")
    for patient in (one, other):
        clinic.insure(patient)
    sent(clinic, one, "17110")
    assert "PX-GLOBAL" not in found(clinic, other, "99213")


def test_a_claim_closed_before_it_left_is_no_duplicate(clinic):
    patient = clinic.patient()
    clinic.insure(patient)
    visit = clinic.code(clinic.visit(patient), "99213")
    who = clinic.who(FIRST)
    first = claims.build_claim(**who, encounter_id=visit.pk)
    claims.void_claim(**who, claim_id=first.pk, reason="entered too early")
    again = claims.build_claim(**who, encounter_id=visit.pk)
    assert again.pk != first.pk
    assert "DUP-HISTORY" not in {finding.edit for finding in claims.check(again, FIRST)}


def test_a_claim_taken_back_by_a_void_is_no_duplicate_once_the_void_has_left(clinic):
    patient = clinic.patient()
    clinic.insure(patient)
    first = sent(clinic, patient, "99213", diagnosis="I10")
    assert "DUP-HISTORY" in found(clinic, patient, "99213", on=FIRST)
    void = claims.void_claim(**clinic.who(LATER), claim_id=first.pk, reason="wrong patient")
    again = ClaimRecord.objects.filter(patient=patient, frequency="1").latest("pk")
    assert "DUP-HISTORY" in {finding.edit for finding in claims.check(again, LATER)}
    submission.submit_batch(**clinic.who(LATER), claim_ids=[void.pk])
    assert "DUP-HISTORY" not in {finding.edit for finding in claims.check(again, LATER)}


def test_claims_of_more_than_three_years_ago_are_told_only_where_something_is_covered_so_seldom(clinic):
    patient = clinic.patient()
    clinic.insure(patient)
    old = sent(clinic, patient, "99213", diagnosis="I10")
    long_ago = FIRST - timedelta(days=4 * 365)
    ClaimRecord.objects.filter(pk=old.pk).update(first_service=long_ago)
    visit = clinic.code(clinic.visit(patient, LATER), "99213")
    claim = claims.build_claim(**clinic.who(LATER), encounter_id=visit.pk)
    assert history.known_around(claim, LATER).history == ()
    old.lines.update(procedure="G0438")  # once in a lifetime, 42 CFR 410.15
    assert len(history.known_around(claim, LATER).history) == 1


def test_what_held_a_claim_is_kept_with_its_charge_after_it_was_mended(clinic):
    patient = clinic.patient()
    clinic.insure(patient)
    visit = clinic.code(clinic.visit(patient), "99213", "20610", diagnosis="M17.11")
    claim = claims.build_claim(**clinic.who(FIRST), encounter_id=visit.pk)
    claims.scrub_claim(**clinic.who(FIRST), claim_id=claim.pk)
    clinic.code(visit, "99213-25", "20610", diagnosis="M17.11")
    claims.scrub_claim(**clinic.who(FIRST), claim_id=claim.pk)
    held, passed = claim.events.exclude(kind="built")
    assert (held.kind, held.edits, held.charge) == ("held", "MOD-25", 330_00)
    assert (passed.kind, passed.edits, passed.charge) == ("scrubbed", "", None)


def test_an_authorization_lasts_for_all_its_units_and_no_more(clinic):
    patient = clinic.patient()
    coverage = clinic.insure(patient)
    plan = coverage.plan
    plan.content = {**plan.content, "authorization_required": ["20610"]}
    plan.save()
    registration.add_authorization(
        **clinic.who(), patient_id=patient.pk, plan_id=plan.pk, number="A1", procedure="20610", units=3,
        start=date(2026, 1, 1), end=date(2026, 12, 31),
    )  # fmt: skip
    for number in range(3):
        on = FIRST + timedelta(days=7 * number)
        visit = clinic.code(clinic.visit(patient, on), "20610-RT", diagnosis="M17.11")
        claim = claims.build_claim(**clinic.who(on), encounter_id=visit.pk)
        assert not [one for one in claims.scrub_claim(**clinic.who(on), claim_id=claim.pk) if one.stops]
        submission.submit_batch(**clinic.who(on), claim_ids=[claim.pk])
    assert "AUTH-MISSING" in found(clinic, patient, "20610-RT", on=FIRST + timedelta(days=21), diagnosis="M17.11")
