"""Fixes in the office: applied at the source with one key, told in the trail, whole or not at all, for whom it may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import AccessLog, Membership, PriceRow, User
from claimwright.office.workflow import charging, claims, coding, submission
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.fixes import apply_fix, apply_fixes, choices_of, fixes_of
from officekit import VISIT

DAY = VISIT + timedelta(days=1)
SEPARATE = "Hypertension uncontrolled; lisinopril increased. Right knee injected."


def held(office, *services, dx=("I10",), note="", last="Moss"):
    """A claim as its edits hold it. A service: code-modifiers@diagnosis,diagnosis."""
    patient = office.patient(last=last)
    office.insure(patient)
    visit = office.visit(patient)
    if note:
        visit.documents.update(text=note)
    codes = [DecidedCode(system="ICD-10-CM", code=one) for one in dx]
    for service in services or ("99213",):
        code, _, to = service.partition("@")
        code, *modifiers = code.split("-")
        codes.append(
            DecidedCode(system="CPT", code=code, modifiers=tuple(modifiers), diagnosis_codes=tuple(to.split(",")) if to else dx)
        )
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=codes)
    charging.capture_charges(**office.who(), encounter_id=visit.pk)
    record = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    return record


def needs_25(office, note=SEPARATE, last="Moss"):
    record = held(office, "99213@I10", "20610-RT@M17.11", dx=("M17.11", "I10"), note=note, last=last)
    assert record.state == "held" and record.findings.filter(edit="MOD-25").exists()
    return record


def person(office, role):
    user = User.objects.create(username=f"fixing-{role}")
    Membership.objects.create(user=user, practice=office.practice, role=role)
    return user


def test_a_fix_changes_the_coders_codes_and_the_claim_passes(office):
    record = needs_25(office)
    done = apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    assert (done.words, done.state, done.left) == ("Append 25 to 99213", "ready", 0)
    assert "lisinopril increased" in done.support
    record.refresh_from_db()
    assert claim_of(record).lines[0].modifiers == ("25",)
    assert [row.modifiers for row in record.encounter.codes.exclude(system="ICD-10-CM")] == ["25", "RT"]
    assert [row.diagnosis_codes for row in record.encounter.codes.exclude(system="ICD-10-CM")] == ["I10", "M17.11"]
    assert done.charge_before == done.charge_after == record.charge
    assert submission.submit_batch(**office.who(DAY), claim_ids=[record.pk])


def test_a_person_chooses_the_complete_code_from_a_list_at_the_finding(office):
    record = held(office, dx=("M17.1",))
    assert [(found.edit, [one.code for one in codes]) for found, codes in choices_of(record, DAY)] == [
        ("DX-SPECIFIC", ["M17.10", "M17.11", "M17.12"])
    ]
    assert choices_of(record, DAY, person(office, "front desk")) == []
    with pytest.raises(Refused):
        apply_fix(**office.who(DAY), claim_id=record.pk, edit="DX-SPECIFIC", code="M16.11")
    biller = Client()
    biller.force_login(person(office, "biller"))
    shown = biller.get("/claims/edits/DX-SPECIFIC/?rows=1").content.decode()
    assert 'value="M17.12"' in shown and "data-fix" not in shown
    biller.post(f"/claims/{record.pk}/fix/", {"edit": "DX-SPECIFIC", "code": "M17.12"})
    record.refresh_from_db()
    assert [one.code for one in claim_of(record).diagnoses] == ["M17.12"] and record.state == "ready"


def test_the_trail_says_what_was_done_by_whom_and_why(office):
    record = needs_25(office)
    apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    told = record.events.get(kind="fixed")
    assert told.by == office.by
    assert told.text.startswith("Append 25 to 99213 (MOD-25); the note says: ")
    assert AccessLog.objects.filter(patient=record.patient, user=office.by, what="codes decided").exists()


def test_the_line_control_numbers_stay_so_that_money_stays_with_its_line(office):
    record = needs_25(office)
    before = [line.control_number for line in claim_of(record).lines]
    apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    record.refresh_from_db()
    assert [line.control_number for line in claim_of(record).lines] == before


def test_what_the_note_does_not_support_is_refused_with_what_to_do(office):
    record = needs_25(office, note="Right knee injected.")
    assert fixes_of(record, DAY) == []
    with pytest.raises(Refused, match="No safe fix: Add modifier 25 if the note shows"):
        apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    assert not record.events.filter(kind="fixed").exists()


def test_diagnoses_are_reordered_at_the_source(office):
    record = held(office, "99213@G30.9,F02.80", dx=("F02.80", "G30.9"))
    assert apply_fix(**office.who(DAY), claim_id=record.pk, edit="DX-MANIFESTATION-FIRST").state == "ready"
    record.refresh_from_db()
    assert [row.code for row in record.encounter.codes.filter(system="ICD-10-CM")] == ["G30.9", "F02.80"]
    assert claim_of(record).lines[0].pointers == (1, 2)


def test_a_badly_written_zip_code_is_mended_in_the_registration(office):
    record = held(office)
    record.patient.zip = "43098-1204"
    record.patient.save()
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    done = apply_fix(**office.who(DAY), claim_id=record.pk, edit="ID-ZIP")
    record.patient.refresh_from_db()
    assert (done.state, record.patient.zip) == ("ready", "430981204")


def test_a_role_that_may_not_change_the_registration_may_not_fix_it(office):
    record = held(office)
    record.patient.zip = "43098-1204"
    record.patient.save()
    coder = person(office, "coder")
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    assert fixes_of(record, DAY, coder) == []
    with pytest.raises(Refused, match="front desk or a biller"):
        apply_fix(practice=office.practice, by=coder, today=DAY, claim_id=record.pk, edit="ID-ZIP")
    with pytest.raises(Refused, match="changed by"):
        apply_fix(practice=office.practice, by=person(office, "front_desk"), today=DAY, claim_id=needs_25(office, last="Reed").pk,
                  edit="MOD-25")  # fmt: skip


def test_a_claim_that_has_left_and_another_practices_claim_are_refused(office, other_office):
    sent = office.sent()
    with pytest.raises(Refused, match="only unsent claims"):
        apply_fix(**office.who(DAY), claim_id=sent.pk, edit="MOD-25")
    with pytest.raises(Refused, match="no such"):
        apply_fix(**other_office.who(DAY), claim_id=needs_25(office).pk, edit="MOD-25")


def test_many_are_mended_each_whole_or_not_at_all_and_the_rest_say_why(office):
    good, bad = needs_25(office, last="Good"), needs_25(office, note="Right knee injected.", last="Bad")
    done = apply_fixes(**office.who(DAY), claim_ids=[good.pk, bad.pk], edit="MOD-25")
    assert [bool(one.refused) for one in done] == [False, True]
    assert done[1].refused.startswith("No safe fix")
    assert list(office.practice.claims.order_by("pk").values_list("state", flat=True)) == ["ready", "held"]


def test_a_trial_tells_what_would_be_done_and_keeps_nothing(office):
    record = needs_25(office)
    events, codes = record.events.count(), list(record.encounter.codes.values_list("pk", flat=True))
    (would,) = apply_fixes(**office.who(DAY), claim_ids=[record.pk], edit="MOD-25", trial=True)
    assert (would.words, would.state) == ("Append 25 to 99213", "ready")
    record.refresh_from_db()
    assert (record.state, record.events.count()) == ("held", events)
    assert list(record.encounter.codes.values_list("pk", flat=True)) == codes


def test_a_fix_that_changes_the_charge_says_so_and_the_ledger_follows(office):
    PriceRow.objects.create(practice=office.practice, procedure="99203", label="New", price=190_00, start=VISIT)
    first = office.sent()
    visit = office.visit(first.patient, on=VISIT + timedelta(days=30))
    office.code(visit, "99203")
    record = claims.build_claim(**office.who(visit.date), encounter_id=visit.pk)
    claims.scrub_claim(**office.who(visit.date), claim_id=record.pk)
    before = office.sums()["insurance_ar"]
    done = apply_fix(**office.who(visit.date), claim_id=record.pk, edit="PX-NEW-PATIENT")
    assert (done.charge_before, done.charge_after) == (190_00, 150_00)
    assert office.sums()["insurance_ar"] == before - 40_00


def test_a_fix_asked_twice_is_applied_once(office):
    record = needs_25(office)
    apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    with pytest.raises(Refused, match="no longer finds"):
        apply_fix(**office.who(DAY), claim_id=record.pk, edit="MOD-25")
    assert record.events.filter(kind="fixed").count() == 1


def browser(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_worklist_offers_the_fix_with_its_words_and_one_post_applies_it(office):
    record = needs_25(office)
    client = browser(office.by)
    page = client.get("/claims/held/").content.decode()
    assert "MOD-25" in page and "$330.00 held" in page
    rows = client.get("/claims/edits/MOD-25/?rows=1", headers={"HX-Request": "true"}).content.decode()
    assert "Append 25 to 99213" in rows and "lisinopril increased" in rows and "<html" not in rows
    answer = client.post(f"/claims/{record.pk}/fix/", {"edit": "MOD-25", "line": "1"}, follow=True).content.decode()
    assert "is ready to send" in answer
    record.refresh_from_db()
    assert record.state == "ready"


def test_ticked_claims_are_previewed_before_anything_is_done_then_mended(office):
    good, bad = needs_25(office, last="Good"), needs_25(office, note="Right knee injected.", last="Bad")
    client, picks = browser(office.by), {"pick": [f"{good.pk}:MOD-25", f"{bad.pk}:MOD-25", "x:y", "999:MOD-25"]}
    page = client.post("/claims/held/preview/", picks).content.decode()
    assert "1 fix to apply" in page and "Left as it is" in page
    assert office.practice.claims.filter(state="held").count() == 2
    page = client.post("/claims/held/fix/", picks, follow=True).content.decode()
    assert "Mended 1 of 2: 1 ready to send." in page
    assert office.practice.claims.get(state="ready") == good


def test_an_edits_page_says_what_it_is_and_an_unknown_one_is_not_there(office, other_office):
    needs_25(office)
    page = browser(office.by).get("/claims/edits/MOD-25/").content.decode()
    assert "NCCI Policy Manual I.D" in page and "Moss" in page and "$330.00" in page
    assert "Moss" not in browser(other_office.by).get("/claims/edits/MOD-25/").content.decode()
    assert browser(office.by).get("/claims/edits/NO-SUCH/").status_code == 404
