"""A denial becomes work: category, next step, deadline; what cannot be won is not appealed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.codesets.tables import Pair, Tables, starter
from claimwright.denials.classify import DenialWork, classify
from claimwright.denials.letter import appeal_letter, appeal_pdf
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.remits.decide import PlannedDenial

DENIED = date(2026, 11, 10)
SERVICE = date(2026, 10, 1)


def claim(*procedures: str, authorization: str = "") -> Claim:
    person = Person(last="Lopez", first="Maria", birth=date(1970, 3, 9), sex="F")
    address = Address(line1="400 River Road", city="Springfield", state="IL", zip="62701")
    lines = tuple(
        ServiceLine(number=n, procedure=code, charge=10000, first_service=SERVICE, control_number=f"L{n}", units=Decimal(1))
        for n, code in enumerate(procedures or ("99213",), 1)
    )
    return Claim(
        patient_control_number="C1",
        charge=sum(line.charge for line in lines),
        place_of_service="11",
        billing=Provider(npi="1987654321", name="Riverside Family Practice", address=address, phone="2175550100"),
        payer=Payer(name="Prairie Health", payer_id="P1", address=address),
        insured=Insured(person=person, member_id="M1"),
        patient=person,
        diagnoses=(Diagnosis(code="M17.11"),),
        lines=lines,
        prior_authorization=authorization,
    )


def work(reason: str, group: str = "CO", line: str = "L1", **more: object) -> DenialWork:
    denial = PlannedDenial(group=group, reason=reason, amount=10000, line=line)
    return classify(denial, denied_on=DENIED, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reason, action, category",
    [("16", "correct", "front desk"), ("11", "correct", "coding"), ("22", "correct", "coordination"), ("50", "appeal", "coding")],
)
def test_a_denial_has_a_category_an_action_and_words(reason: str, action: str, category: str) -> None:
    found = work(reason, claim=claim())
    assert (found.action, found.category) == (action, category)
    assert found.words and found.next_step.endswith(".")


def test_a_reason_nobody_knows_is_a_telephone_call() -> None:
    found = work("ZZ9")
    assert found.action == "call" and "no words for" in found.words


def test_an_appeal_has_the_payers_deadline() -> None:
    assert work("50", claim=claim(), appeal_days=90).deadline == DENIED + timedelta(days=90)


def test_a_correction_must_also_be_within_timely_filing() -> None:
    assert work("16", claim=claim(), timely_filing_days=90).deadline == SERVICE + timedelta(days=90)


def test_a_correction_after_timely_filing_has_the_appeals_deadline() -> None:
    assert work("16", claim=claim(), timely_filing_days=30, appeal_days=60).deadline == DENIED + timedelta(days=60)


@pytest.mark.parametrize("reason", ["18", "B13"])
def test_a_duplicate_is_never_appealed(reason: str) -> None:
    found = work(reason, claim=claim())
    assert not found.appealable and "duplicate" in found.why_not.lower()
    with pytest.raises(ValueError, match="not appealed"):
        appeal_letter(found, claim(), written_on=DENIED, denied_on=DENIED, signer="D. Reed")


def pairs(indicator: str) -> Tables:
    pair = Pair(column1="20610", column2="99213", indicator=indicator, rationale="misuse of code")  # type: ignore[arg-type]
    return msgspec.structs.replace(starter(), pairs={("20610", "99213"): pair})


def test_a_pair_that_no_modifier_opens_is_not_appealed() -> None:
    found = work("97", line="L2", claim=claim("20610", "99213"), tables=pairs("0"))
    assert found.action == "write off" and not found.appealable and "indicator 0" in found.why_not


def test_a_pair_that_a_modifier_opens_is_corrected_when_the_note_supports_it() -> None:
    found = work("97", line="L2", claim=claim("20610", "99213"), tables=pairs("1"))
    assert found.action == "correct" and "modifier" in found.next_step and found.appealable


def test_the_packages_own_pairs_are_used_when_no_others_are_given() -> None:
    assert "bundled into 20610" in work("97", line="L2", claim=claim("20610", "99213")).next_step


def test_bundling_with_no_known_pair_is_looked_at() -> None:
    found = work("97", line="L2", claim=claim("90471", "36415"))
    assert found.action == "correct" and found.appealable


def test_a_missing_authorization_is_asked_for_first_and_appealed_when_we_had_one() -> None:
    assert work("197", claim=claim()).action == "call"
    assert work("197", claim=claim(authorization="A1")).action == "appeal"


def test_timely_filing_is_appealed_with_the_proof() -> None:
    assert "277CA" in work("29", claim=claim()).next_step


@pytest.mark.parametrize("reason", ["96", "204", "119"])
def test_what_the_payer_calls_the_patients_is_checked_before_it_is_billed(reason: str) -> None:
    found = work(reason, group="PR", claim=claim())
    assert found.action == "bill patient" and "Check the plan's terms" in found.next_step and not found.appealable


def test_what_the_contract_puts_on_the_practice_is_never_billed_to_the_patient() -> None:
    found = work("119", claim=claim())
    assert found.action == "call" and "may not be billed" in found.next_step


def test_a_coverage_that_ended_is_first_looked_up() -> None:
    assert work("27", group="PR", claim=claim()).action == "correct"


def test_the_letter_names_the_decision_the_argument_and_the_proof() -> None:
    found = work("29", claim=claim())
    letter = appeal_letter(
        found, claim(), written_on=date(2026, 11, 16), denied_on=DENIED, signer="D. Reed", received_on=date(2026, 10, 3)
    )
    text = " ".join(letter.paragraphs)
    assert "CO-29" in text and "Oct 3, 2026" in text and "$100.00" in text
    assert "Your acceptance of the claim (277CA)" in letter.enclosures
    assert appeal_pdf(letter).startswith(b"%PDF")
