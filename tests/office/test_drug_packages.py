"""A drug's package in the office: entered with its code, told on the claim, found wrong by the edits and mended with one key."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from claimwright.claims.model import Drug
from claimwright.identifiers import ndc_digits
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import File, Membership, PriceRow, User
from claimwright.office.workflow import charging, claims, coding, drafts, submission
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.fixes import apply_fix, fixes_of
from officekit import VISIT

pytestmark = pytest.mark.django_db
DAY = VISIT + timedelta(days=1)
KENALOG = {"ndc": "0003-0293-05", "ndc_quantity": Decimal(1), "ndc_unit": "ML"}


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0003-0293-05", "00003029305"),
        ("50242-060-01", "50242006001"),
        ("60575-4112-1", "60575411201"),
        ("00003-0293-05", "00003029305"),
        (" n400003029305", "00003029305"),
        ("0003029305", "0003029305"),  # which part wants the zero is not known
        ("", ""),
    ],
)
def test_a_labels_ten_digits_become_eleven(written, digits):
    assert ndc_digits(written) == digits


def injected(office, units=4, **package):
    """An injection of triamcinolone as decided, with its package."""
    for code in ("J3301", "20610"):
        PriceRow.objects.get_or_create(
            practice=office.practice, procedure=code, defaults={"label": code, "price": 6_00, "start": date(2026, 1, 1)}
        )
    patient = office.patient()
    office.insure(patient)
    visit = office.visit(patient)
    codes = [
        DecidedCode(system="ICD-10-CM", code="M17.11"),
        DecidedCode(system="CPT", code="20610", modifiers=("RT",), diagnosis_codes=("M17.11",)),
        DecidedCode(system="HCPCS", code="J3301", units=Decimal(units), diagnosis_codes=("M17.11",), **package),
    ]
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=codes)
    charging.capture_charges(**office.who(), encounter_id=visit.pk)
    record = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    claims.scrub_claim(**office.who(DAY), claim_id=record.pk)
    record.refresh_from_db()
    return record


def test_the_package_goes_out_with_the_claim(office):
    record = injected(office, **KENALOG)
    assert claim_of(record).lines[1].drug == Drug(ndc="00003029305", quantity=Decimal(1), unit="ML")
    assert claim_of(record).lines[0].drug is None
    assert record.state == "ready", list(record.findings.values_list("edit", "message"))
    submission.submit_batch(**office.who(DAY), claim_ids=[record.pk])
    sent = bytes(File.objects.filter(practice=office.practice).latest("pk").content).decode()
    assert "LIN**N4*00003029305~" in sent and "CTP****1*ML~" in sent


def test_a_wrong_package_is_mended_at_its_code(office):
    record = injected(office, **KENALOG | {"ndc_unit": "UN"})
    found = {finding.edit: fix for finding, fix in fixes_of(record, DAY)}
    assert found["DRUG-NDC-FORM"].words == "Measure 1 of J3301 in ML instead of UN"
    apply_fix(**office.who(DAY), claim_id=record.pk, edit="DRUG-NDC-FORM")
    record.refresh_from_db()
    code = record.encounter.codes.get(code="J3301")
    assert (code.ndc, code.ndc_quantity, code.ndc_unit) == ("00003029305", 1, "ML")
    assert claim_of(record).lines[1].drug.unit == "ML" and not fixes_of(record, DAY)


def test_milligrams_billed_as_units_are_billed_as_units(office):
    record = injected(office, units=40, **KENALOG)
    apply_fix(**office.who(DAY), claim_id=record.pk, edit="DRUG-DOSE")
    record.refresh_from_db()
    assert claim_of(record).lines[1].units == 4 and record.encounter.codes.get(code="J3301").ndc == "00003029305"


def test_ten_digits_without_dashes_hold_the_claim(office):
    record = injected(office, **KENALOG | {"ndc": "0003029305"})
    assert record.state == "held" and record.findings.get(edit="DRUG-NDC-SHAPE").line == 2


def test_what_is_tried_is_what_would_be_sent(office):
    record = injected(office)
    package = KENALOG | {"ndc_unit": "UN"}
    codes = [
        DecidedCode(system="ICD-10-CM", code="M17.11"),
        DecidedCode(system="HCPCS", code="J3301", units=Decimal(4), **package),
    ]
    draft = drafts.try_codes(**office.who(DAY), encounter_id=record.encounter_id, codes=codes)
    assert "DRUG-NDC-FORM" in {finding.edit for finding in draft.findings}


def test_the_claims_page_offers_the_fix_and_shows_the_package(office):
    record = injected(office, units=40, **KENALOG)
    user = User.objects.create(username="drug-biller")
    Membership.objects.create(user=user, practice=office.practice, role="biller")
    biller = Client()
    biller.force_login(user)
    shown = biller.get(f"/claims/{record.pk}/").content.decode()
    assert "Bill 40 mg of J3301 as 4 units" in shown and "00003029305" in shown
    assert '/claims/edits/DRUG-DOSE/"' in shown


def test_the_page_asks_a_drugs_package_and_keeps_it(office):
    record = injected(office)
    user = User.objects.create(username="drug-coder")
    Membership.objects.create(user=user, practice=office.practice, role="coder")
    coder = Client()
    coder.force_login(user)
    address = f"/coding/{record.encounter_id}/"
    shown = coder.get(address).content.decode()
    rows = [row.partition("</li>")[0] for row in shown.split('<li class="coded"')[1:]]
    hidden = ['class="package" hidden' in row for row in rows if 'name="system" value="ICD-10-CM"' not in row]
    assert hidden[:2] == [True, False]
    said = [("ICD-10-CM", "M17.11", "", "1", "", "", "", ""), ("HCPCS", "J3301", "", "4", "M17.11", "0003-0293-05", "1", "ML")]
    names = ("system", "code", "modifiers", "units", "dx", "ndc", "ndc_quantity", "ndc_unit")
    posted = {name: [row[at] for row in said] for at, name in enumerate(names)}
    posted |= {"suggestion": ["", ""], "decision": ["accepted", "accepted"], "finish": "later"}
    coder.post(address, posted)
    assert record.encounter.codes.get(code="J3301").ndc == "00003029305"
    assert 'value="00003029305"' in coder.get(address).content.decode()
    posted["ndc_quantity"] = ["", "one"]
    assert coder.post(address, posted).status_code == 400
