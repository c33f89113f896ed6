"""Registering, insuring and scheduling: what is asked for, what is refused, and who is told apart."""

from datetime import date, time

import pytest

from claimwright.office.records.models import AccessLog, Encounter, Patient
from claimwright.office.workflow import registration
from claimwright.office.workflow.errors import Refused
from claimwright.parties import Person


def test_a_patient_without_a_guarantor_is_their_own(office):
    patient = office.patient()
    assert (patient.guarantor.last, patient.guarantor.first) == ("Moss", "Iris")
    assert patient.mrn


def test_two_children_share_one_guarantor(office):
    parent = Person(last="Moss", first="Ada", birth=date(1975, 1, 1), sex="F")
    one = office.patient(first="Ben", guarantor=parent)
    two = office.patient(first="Cleo", guarantor_id=one.guarantor_id)
    assert one.guarantor == two.guarantor
    assert one.mrn != two.mrn


def test_the_same_person_is_not_registered_twice_unless_they_are_namesakes(office):
    office.patient()
    with pytest.raises(Refused, match="already registered"):
        office.patient()
    assert office.patient(namesake=True).pk


def test_another_practices_guarantor_does_not_exist(office, other_office):
    theirs = other_office.patient()
    with pytest.raises(Refused, match="no such guarantor"):
        office.patient(guarantor_id=theirs.guarantor_id)


def test_a_birth_date_in_the_future_is_refused(office):
    with pytest.raises(Refused, match="future"):
        registration.register_patient(**office.who(), person=Person(last="Moss", first="Iris", birth=date(2027, 1, 1)), mrn="1")


def test_two_primary_coverages_of_one_time_are_refused_and_of_two_times_are_not(office):
    patient = office.patient()
    first = office.insure(patient, end=None)
    with pytest.raises(Refused, match="already a primary"):
        office.insure(patient, "S")
    registration.end_coverage(**office.who(), coverage_id=first.pk, end=date(2026, 6, 30))
    assert office.insure(patient, "S", start=date(2026, 7, 1)).order == 1


def test_a_corrected_member_id_is_kept_and_logged(office):
    patient = office.patient()
    coverage = office.insure(patient)
    registration.correct_coverage(**office.who(), coverage_id=coverage.pk, member_id="M999")
    coverage.refresh_from_db()
    assert coverage.member_id == "M999"
    assert AccessLog.objects.filter(patient=patient, user=office.by, what="coverage corrected").count() == 1


def test_work_that_nobody_did_by_hand_is_no_access(office):
    patient = office.patient()
    before = AccessLog.objects.filter(patient=patient).count()
    registration.correct_patient(**{**office.who(), "by": None}, patient_id=patient.pk, history="asthma")
    assert AccessLog.objects.filter(patient=patient).count() == before
    assert Patient.objects.get(pk=patient.pk).history == "asthma"


def test_a_patient_cannot_be_in_two_places_at_one_hour(office):
    patient = office.patient()
    office.visit(patient)
    again = {"patient_id": patient.pk, "provider_id": office.provider.pk, "location_id": office.location.pk}
    visit = registration.schedule_visit(**office.who(), **again, on=date(2026, 10, 20), start=time(9))
    with pytest.raises(Refused, match="already has a visit"):
        registration.schedule_visit(**office.who(), **again, on=date(2026, 10, 20), start=time(9))
    registration.cancel_visit(**office.who(), encounter_id=visit.pk)
    assert registration.schedule_visit(**office.who(), **again, on=date(2026, 10, 20), start=time(9)).state == "scheduled"


def test_a_visit_that_took_place_cannot_be_cancelled(office):
    visit = office.visit(office.patient())
    with pytest.raises(Refused, match="taken place"):
        registration.cancel_visit(**office.who(), encounter_id=visit.pk)
    assert Encounter.objects.get(pk=visit.pk).state == "to code"


def test_another_practices_visit_does_not_exist(office, other_office):
    visit = other_office.visit(other_office.patient())
    with pytest.raises(Refused, match="no such encounter"):
        registration.check_in(**office.who(), encounter_id=visit.pk)


def test_a_provider_is_booked_twice_at_one_hour_only_on_purpose(office):
    at = {"provider_id": office.provider.pk, "location_id": office.location.pk, "on": date(2026, 10, 20)}
    one, other = office.patient(), office.patient("Other")
    registration.schedule_visit(**office.who(), **at, patient_id=one.pk, start=time(9), minutes=20)
    with pytest.raises(Refused, match="09:00 for 20 min"):
        registration.schedule_visit(**office.who(), **at, patient_id=other.pk, start=time(9, 10))
    assert registration.schedule_visit(**office.who(), **at, patient_id=other.pk, start=time(9, 20)).state == "scheduled"
    third = office.patient("Third")
    assert registration.schedule_visit(**office.who(), **at, patient_id=third.pk, start=time(9, 10), beside=True)


def test_an_ended_coverage_is_taken_up_again_unless_another_took_its_place(office):
    patient = office.patient()
    coverage = office.insure(patient)
    registration.end_coverage(**office.who(), coverage_id=coverage.pk, end=date(2026, 6, 30))
    registration.correct_coverage(**office.who(), coverage_id=coverage.pk, reopen=True)
    coverage.refresh_from_db()
    assert coverage.end is None
    registration.end_coverage(**office.who(), coverage_id=coverage.pk, end=date(2026, 6, 30))
    office.insure(patient, start=date(2026, 7, 1), member_id="OTHER1")
    with pytest.raises(Refused, match="already a primary"):
        registration.correct_coverage(**office.who(), coverage_id=coverage.pk, reopen=True)
