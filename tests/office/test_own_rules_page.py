"""The practice's own rules in the workbench: tried out, put in force, held against claims, kept by version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from test_web_access import BILLER, MANAGER, enter

from claimwright.office.records.models import ClaimRecord
from claimwright.office.workflow import claims, rules
from claimwright.office.workflow.errors import Refused
from officekit import VISIT, Office

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)


def text(procedure: str, severity: str = "deny") -> str:
    return f"""rules ALDER version 1
rule ASK-FIRST
  each line
  when procedure is {procedure}
  then {severity} "Ask before it goes."
  fix  "Ask the physician."
  finds  line {procedure}
  passes line 00000
"""


@pytest.fixture
def claim() -> ClaimRecord:
    office = Office()
    patient = office.patient()
    office.insure(patient)
    return office.claim(office.code(office.visit(patient)))


def procedure(claim: ClaimRecord) -> str:
    return claim.lines.first().procedure


def test_a_rule_in_force_holds_the_next_claim_it_finds(claim):
    office = claim.practice
    rules.keep_rules(practice=office, by=None, today=TODAY, text=text(procedure(claim)))
    found = claims.scrub_claim(practice=office, by=None, today=TODAY, claim_id=claim.pk)
    assert "ASK-FIRST" in {one.edit for one in found}
    claim.refresh_from_db()
    assert claim.state == "held"


def test_another_practices_rules_hold_nothing_here(claim):
    other = Office("Birch Clinic", "100000002").practice
    rules.keep_rules(practice=other, by=None, today=TODAY, text=text(procedure(claim)))
    found = claims.scrub_claim(practice=claim.practice, by=None, today=TODAY, claim_id=claim.pk)
    assert "ASK-FIRST" not in {one.edit for one in found}


def test_the_try_out_names_the_claims_and_keeps_nothing(claim):
    browser = enter(BILLER, claim.practice)
    answer = browser.post(reverse("try-rules"), {"text": text(procedure(claim))})
    assert claim.patient_control_number in answer.content.decode() and "would hold 1 claim, $" in answer.content.decode()
    answer = browser.post(reverse("try-rules"), {"text": "rules ALDER version 1\nrule X1\n  every line\n"})
    assert "Line 3" in answer.content.decode()
    assert not claim.practice.rules.exists()


def test_the_try_out_knows_the_patients_earlier_claims_as_the_scrub_does():
    office = Office()
    patient = office.patient()
    office.insure(patient)
    first, second = (office.code(office.visit(patient, VISIT + timedelta(days=days))) for days in (0, 7))
    sent = claims.build_claim(**office.who(VISIT), encounter_id=first.pk)
    ClaimRecord.objects.filter(pk=sent.pk).update(state="accepted", sent_on=VISIT)
    later = claims.build_claim(**office.who(TODAY), encounter_id=second.pk)
    seen = text("99213").replace("finds  line", "finds  earlier 7 99213, line").replace("line 00000", "line 99213")
    seen = seen.replace("  then", "  and  days since same procedure at most 7\n  then")
    tried = rules.try_out(office.practice, TODAY, seen)
    assert not tried.refused and tried.tried == 2
    assert [(one.rule, one.holds, one.claims, one.charge) for one in tried.found] == [("ASK-FIRST", True, [later], later.charge)]
    rules.keep_rules(practice=office.practice, by=None, today=TODAY, text=seen)
    assert "ASK-FIRST" in {one.edit for one in claims.check(later, TODAY)}


def test_a_manager_puts_rules_in_force_and_a_biller_does_not(claim):
    address = reverse("rules")
    enter(BILLER, claim.practice).post(address, {"text": text("99213"), "note": "try"})
    assert not claim.practice.rules.exists()
    manager = enter(MANAGER, claim.practice)
    manager.post(address, {"text": text("99213").replace("\n", "\r\n"), "note": "asked by the payer"})
    manager.post(address, {"text": text("99214"), "note": "the other code"})
    assert [(row.version, row.note) for row in claim.practice.rules.all()] == [(2, "the other code"), (1, "asked by the payer")]
    shown = manager.get(reverse("rules-version", args=[claim.practice.rules.first().pk])).content.decode()
    assert "+  when procedure is 99214" in shown
    file = manager.get(reverse("rules-version", args=[claim.practice.rules.first().pk]) + "?file")
    assert file.content.decode().startswith("rules ALDER version 2")


def test_what_was_typed_stays_when_it_is_refused(claim):
    manager = enter(MANAGER, claim.practice)
    answer = manager.post(reverse("rules"), {"text": text("99213").replace("passes line 00000", "passes line 99213")})
    shown = answer.content.decode()
    assert "should pass and does not" in shown
    assert "passes line 99213" in shown
    assert not claim.practice.rules.exists()


def test_the_same_text_again_makes_no_version(claim):
    rules.keep_rules(practice=claim.practice, by=None, today=TODAY, text=text("99213"))
    with pytest.raises(Refused, match="Nothing has changed"):
        rules.keep_rules(practice=claim.practice, by=None, today=TODAY, text=text("99213").replace("version 1", "version 9"))
