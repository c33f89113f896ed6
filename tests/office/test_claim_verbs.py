"""Claims: built from what is known, held with the reason, mended and checked again at once, sent only when clean."""

from datetime import date, timedelta

import pytest

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, File
from claimwright.office.workflow import claims, registration, submission
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.followup import overdue_claims
from claimwright.x12.professional import read_837
from officekit import VISIT

DAY = VISIT + timedelta(days=1)


def insured_visit(office, *services, last="Moss", diagnosis="I10", **coverage):
    patient = office.patient(last=last)
    office.insure(patient, **coverage)
    return office.code(office.visit(patient), *services, diagnosis=diagnosis)


def test_a_claim_names_all_parties_and_its_lines_are_numbered(office):
    record = office.claim(insured_visit(office, "99213-25", "20610-RT", diagnosis="M17.11"))
    claim = claim_of(record)
    assert claim.charge == 330_00 == sum(line.charge for line in claim.lines)
    assert claim.billing.npi == office.practice.npi
    assert (claim.rendering.npi, claim.patient.last, claim.payer.payer_id) == (office.provider.npi, "Moss", "PAY01")
    assert len({line.control_number for line in claim.lines}) == 2
    assert [line.expected_allowed for line in record.lines.all()] == [100_00, 90_00]


def test_a_held_claim_says_what_to_do_and_passes_once_it_is_mended(office):
    visit = insured_visit(office, "99213", "20610")
    record = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    findings = claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    assert record.state == "held"
    assert record.clean_first_time is False
    assert any("25" in finding.fix for finding in findings if finding.stops)
    with pytest.raises(Refused, match="held"):
        submission.submit_batch(**office.who(DAY), claim_ids=[record.pk])
    office.code(visit, "99213-25", "20610", diagnosis="M17.11")
    assert not [finding for finding in claims.scrub_claim(**office.who(DAY), claim_id=record.pk) if finding.stops]
    record.refresh_from_db()
    assert record.state == "ready"
    assert claim_of(record).lines[0].modifiers == ("25",)


def test_a_corrected_member_id_is_in_the_claim_after_the_next_check(office):
    visit = insured_visit(office)
    record = office.claim(visit)
    registration.correct_coverage(**office.who(DAY), coverage_id=record.coverage_id, member_id="M-NEW-1")
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    assert claim_of(record).insured.member_id == "M-NEW-1"


def test_building_again_keeps_the_number(office):
    visit = insured_visit(office)
    first = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    again = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    assert first.pk == again.pk
    assert ClaimRecord.objects.filter(practice=office.practice).count() == 1


def test_a_lapsed_card_holds_the_claim_instead_of_billing_the_patient(office):
    visit = insured_visit(office, end=date(2026, 6, 30))
    record = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    assert record.state == "held"
    assert "patient_ar" not in office.sums()


def test_no_claim_without_insurance(office):
    visit = office.code(office.visit(office.patient()))
    with pytest.raises(Refused, match="the patient is billed"):
        claims.build_claim(**office.who(DAY), encounter_id=visit.pk)


def test_one_file_a_payer_with_numbers_never_used_before(office):
    one = office.claim(insured_visit(office, last="Moss"))
    two = office.claim(insured_visit(office, last="Reed", plan="S"))
    files = submission.submit_batch(**office.who(DAY))
    assert len(files) == 2
    assert len({file.control_number for file in files}) == 2
    read = [claim for file in files for claim in read_837(content_of(file))]
    assert {r.claim.patient_control_number for r in read} == {one.patient_control_number, two.patient_control_number}
    assert all(line.control_number for r in read for line in r.claim.lines)
    one.refresh_from_db()
    assert (one.state, one.sent_on, one.encounter.state) == ("sent", DAY, "billed")


def test_what_is_read_back_is_what_was_built(office):
    record = office.sent("99213")
    (read,) = read_837(content_of(record.file))
    ours = claim_of(record)
    assert (read.claim.lines[0].procedure, read.claim.charge, read.claim.diagnoses) == ("99213", ours.charge, ours.diagnoses)


def test_the_same_visit_twice_is_held_as_a_duplicate(office):
    from datetime import time

    patient = office.patient()
    office.insure(patient)
    office.claim(office.code(office.visit(patient)))
    submission.submit_batch(**office.who(DAY))
    again = office.code(office.visit(patient, start=time(10, 0)))
    record = claims.build_claim(**office.who(DAY), encounter_id=again.pk)
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    assert record.state == "held"


def test_another_practices_claim_cannot_be_sent(office, other_office):
    theirs = other_office.claim(insured_visit(other_office))
    with pytest.raises(Refused, match="not in this practice"):
        submission.submit_batch(**office.who(DAY), claim_ids=[theirs.pk])
    assert not File.objects.filter(practice=office.practice, kind="837P").exists()


def test_a_claim_without_an_answer_is_seen(office):
    record = office.sent("99213")
    assert overdue_claims(office.practice, record.sent_on + timedelta(days=21)) == []
    assert overdue_claims(office.practice, record.sent_on + timedelta(days=22)) == [record]


def test_units_of_an_authorization_are_counted_down_when_the_claim_leaves(office):
    patient = office.patient()
    coverage = office.insure(patient)
    held = registration.add_authorization(
        **office.who(), patient_id=patient.pk, plan_id=coverage.plan_id, number="A-1", procedure="99213", units=2,
        start=date(2026, 1, 1), end=date(2026, 12, 31),
    )  # fmt: skip
    record = office.sent("99213", patient=patient)
    held.refresh_from_db()
    assert (claim_of(record).prior_authorization, held.used) == ("A-1", 1)


def test_a_void_waits_for_the_payers_number_and_an_unsent_claim_is_just_closed(office):
    sent = office.sent("99213")
    with pytest.raises(Refused, match="wait for its answer"):
        claims.void_claim(**office.who(DAY), claim_id=sent.pk, reason="wrong patient")
    unsent = office.claim(insured_visit(office, last="Reed"))
    assert claims.void_claim(**office.who(DAY), claim_id=unsent.pk, reason="wrong patient").state == "closed"
    ClaimRecord.objects.filter(pk=sent.pk).update(payer_control_number="ICN5", state="accepted")
    void = claims.void_claim(**office.who(DAY), claim_id=sent.pk, reason="wrong patient")
    assert (claim_of(void).frequency, claim_of(void).payer_control_number, void.state) == ("8", "ICN5", "ready")
