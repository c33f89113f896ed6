"""Every choice of a coder is kept; a draft is tried without keeping anything; answers become part of the record."""

from decimal import Decimal

import pytest
from django.test import Client

from claimwright.office.records.models import Charge, CodingChoice, Membership, PriceRow, User
from claimwright.office.reports import panels
from claimwright.office.workflow import coding, drafts
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.errors import Refused
from officekit import VISIT

I10 = DecidedCode(system="ICD-10-CM", code="I10")
VISIT_CODE = DecidedCode(system="CPT", code="99213", diagnosis_codes=("I10",))


def suggested(office):
    visit = office.visit(office.patient())
    return visit, {row.code: row for row in coding.suggest_codes(**office.who(), encounter_id=visit.pk)}


def told(visit):
    return list(CodingChoice.objects.filter(encounter=visit).values_list("choice", "code", "instead_of", "reason"))


def test_accepted_rejected_with_reason_and_added_are_kept_with_words_and_person(office):
    visit, rows = suggested(office)
    other = next(row for code, row in rows.items() if code != "I10" and row.content.get("suggested", True))
    added = DecidedCode(system="ICD-10-CM", code="R51.9", words=(0, 0, 9))
    why = {other.pk: "history only"}
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[I10, added], complete=False, rejected=why)
    assert set(told(visit)) == {
        ("accepted", "I10", "", ""), ("added", "R51.9", "", ""), ("rejected", other.code, "", "history only"),
    }  # fmt: skip
    accepted, new = (visit.choices.get(choice=one) for one in ("accepted", "added"))
    text = visit.documents.get().text
    assert accepted.by == office.by
    assert "hypertension" in text[accepted.evidence[0]["start"] : accepted.evidence[0]["end"]]
    assert new.evidence == [{"document": 0, "start": 0, "end": 9}]


def test_the_same_draft_saved_twice_says_nothing_new_and_what_is_taken_back_is_told(office):
    visit, _ = suggested(office)
    for _ in range(2):
        coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[I10], complete=False)
    assert told(visit) == [("accepted", "I10", "", "")]
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[], complete=False)
    assert told(visit)[-1] == ("removed", "I10", "", "")


def test_a_replacement_names_what_it_stands_for(office):
    visit, rows = suggested(office)
    other = DecidedCode(system="ICD-10-CM", code="I11.9", suggestion_id=rows["I10"].pk)
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[other], complete=False)
    assert told(visit) == [("replaced", "I11.9", "I10", "")]


def test_words_outside_the_record_are_cut_to_it(office):
    visit, _ = suggested(office)
    wild = DecidedCode(system="ICD-10-CM", code="R51.9", words=(7, 5, 99_999))
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[wild], complete=False)
    words = visit.choices.get(choice="added").evidence[0]
    assert (words["document"], words["end"]) == (0, len(visit.documents.get().text))


def test_an_answer_is_an_addendum_that_the_reader_reads(office):
    visit, _ = suggested(office)
    query = coding.ask_physician(**office.who(), encounter_id=visit.pk, topic="Kidneys", question="Which stage?")
    said = "Chronic kidney disease, stage 3a, monitored with a metabolic panel today."
    query = coding.answer_query(**office.who(), query_id=query.pk, answer=said, answered_by=str(office.provider))
    assert (query.document.text, query.document.signed_by, query.document.signed_on) == (said, office.provider, VISIT)
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    found = visit.suggestions.get(code="N18.31")
    assert found.content["evidence"][0]["document"] == 1


def test_a_draft_tells_money_edits_and_audit_and_keeps_nothing(office):
    patient = office.patient()
    office.insure(patient)
    visit = office.visit(patient)
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    PriceRow.objects.create(practice=office.practice, procedure="99212", label="Visit", price=90_00, start=VISIT)
    high = DecidedCode(system="CPT", code="99214", diagnosis_codes=("I10",))
    draft = drafts.try_codes(**office.who(), encounter_id=visit.pk, codes=[I10, high])
    assert (draft.charge, draft.allowed, draft.result.patient_owes) == (210_00, 140_00, 140_00)
    assert (draft.audit.over, draft.audit.under) == (120_00, 0)
    assert not visit.codes.exists()
    assert not Charge.objects.filter(encounter=visit).exists()
    vague = DecidedCode(system="ICD-10-CM", code="E11")  # a category, not a code
    assert any(one.stops for one in drafts.try_codes(**office.who(), encounter_id=visit.pk, codes=[vague, high]).findings)


def test_under_coding_is_told_as_loudly(office):
    visit, rows = suggested(office)
    draft = drafts.try_codes(**office.who(), encounter_id=visit.pk, codes=[I10])
    documented = next(code for code, row in rows.items() if row.system == "CPT")
    missing = next(line for line in draft.audit.lines if line.verdict == "missing")
    assert missing.documented.startswith(documented)
    PriceRow.objects.create(practice=office.practice, procedure=documented, label="Visit", price=90_00, start=VISIT)
    draft = drafts.try_codes(**office.who(), encounter_id=visit.pk, codes=[I10])
    assert (draft.audit.over, draft.audit.under) == (0, 90_00)
    assert "diagnosis and one service" in draft.refused


def test_the_tabular_list_shows_notes_and_seventh_characters():
    notes = {title.split(":")[0] for step in panels.tabular("E11.9") for title, _ in step.notes}
    assert {"Includes", "Excludes1", "Use additional code"} <= notes
    assert [letter for _, letter, _ in panels.sevenths("S93.401A", VISIT)] == ["A", "D", "S"]
    assert panels.sevenths("S93.401A", VISIT)[1][0] == "S93.401D"


def test_the_ladder_of_a_visit_names_the_code_of_each_level():
    assert dict(panels.ladder("99213")) == {2: "99212", 3: "99213", 4: "99214", 5: "99215"}
    assert panels.ladder("20610") == []


@pytest.mark.parametrize("units", ["-3", "0", "NaN"])
def test_units_are_above_zero(office, units):
    visit, _ = suggested(office)
    strange = DecidedCode(system="CPT", code="99213", units=Decimal(units), diagnosis_codes=("I10",))
    with pytest.raises(Refused, match="above zero"):
        coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[I10, strange])


def test_all_that_is_wrong_with_the_fields_is_told_at_once(office):
    visit, _ = suggested(office)
    user = User.objects.create(username="live-coder")
    Membership.objects.create(user=user, practice=office.practice, role="coder")
    coder = Client()
    coder.force_login(user)
    rows = {
        "system": ["ICD-10-CM", "CPT", "HCPCS", "CPT"],
        "code": ["I10", "99213", "J3301", "20610"],
        "modifiers": [""] * 4,
        "units": ["1", "-3", "abc", "1"],
        "dx": ["", "I10", "I10", "A99.9 I10"],
        "suggestion": [""] * 4,
        "decision": ["accepted"] * 4,
    }
    told = coder.post(f"/coding/{visit.pk}/try/", rows).content.decode()
    assert "99213: units" in told and "J3301: units" in told and "A99.9, which is not among" in told
    assert "under" not in told  # no money is made of units that cannot be
    rows["units"] = ["1", "1", "2", "1"]
    told = coder.post(f"/coding/{visit.pk}/try/", rows).content.decode()
    assert "units must" not in told and "A99.9, which is not among" in told and "No edit fires" not in told


def test_the_risk_panel_names_both_scores(office):
    visit, _ = suggested(office)
    coding.add_document(
        **office.who(),
        encounter_id=visit.pk,
        kind="progress",
        title="",
        text="ASSESSMENT:\n1. Type 2 diabetes. Continue metformin.",
    )
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    user = User.objects.create(username="risk-coder")
    Membership.objects.create(user=user, practice=office.practice, role="coder")
    coder = Client()
    coder.force_login(user)
    shown = coder.get(f"/coding/{visit.pk}/risk/").content.decode()
    score = str(panels.risk(visit).claimed.raf)
    assert f"score as coded {score}, as the record supports" in shown


def test_the_reader_knows_that_medicare_pays(office):
    plan = office.plans["P"]
    plan.kind, plan.content = "MEDICARE_B", {**plan.content, "filing_indicator": "MB"}
    plan.save()
    patient = office.patient()
    office.insure(patient)
    visit = office.visit(patient)
    text = (
        "PROCEDURE: Triamcinolone 40 mg, single-dose vial, none wasted, injected into the right knee.\n"
        "ASSESSMENT:\n1. Osteoarthritis of right knee."
    )
    coding.add_document(**office.who(), encounter_id=visit.pk, kind="procedure", title="", text=text)
    drug = next(row for row in coding.suggest_codes(**office.who(), encounter_id=visit.pk) if row.code == "J3301")
    assert drug.content["modifiers"] == ["JZ"]
