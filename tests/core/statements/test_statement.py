"""Statements: none for nothing, none while insurance is pending, each line in plain words, a page that can be read."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from claimwright.parties import Address, Person
from claimwright.statements.build import build, explain
from claimwright.statements.model import PatientLine, Sender, StatementContent, StatementPayment
from claimwright.statements.pdf import statement_pdf

TODAY = date(2026, 11, 16)
HOME = Address(line1="12 Elm Street", line2="Apt 4", city="Springfield", state="IL", zip="627041234")
SENDER = Sender(name="Riverside Family Practice", address=HOME, phone="2175550100")


def patient_line(**more: Any) -> PatientLine:
    facts: dict[str, Any] = {
        "visit": "E1",
        "patient": "Maria Lopez",
        "on": date(2026, 10, 2),
        "service": "Office visit",
        "charge": 15000,
        "due": 1848,
        "plan": "PPO Gold",
        "allowed": 9240,
        "plan_paid": 7392,
        "adjusted": 5760,
        "shares": (("2", 1848),),
        "billed_on": date(2026, 10, 20),
    }
    return PatientLine(**facts | more)


def statement(*lines: PatientLine, **more: Any) -> StatementContent | None:
    return build(
        guarantor=Person(last="Lopez", first="Maria", address=HOME), sender=SENDER, number="S1", lines=lines, today=TODAY, **more
    )


def text(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def test_nothing_due_makes_no_statement() -> None:
    assert statement() is None
    assert statement(patient_line(due=0)) is None
    assert statement(patient_line(), unapplied=1848) is None


def test_a_visit_still_with_a_plan_is_shown_as_waiting_and_not_billed() -> None:
    pending = patient_line(insurance_open=15000)
    assert statement(pending) is None
    content = statement(pending, patient_line(visit="E2"))
    assert content and content.balance == 1848
    assert [visit.visit for visit in content.visits] == ["E2"] and content.waiting[0].plan == "PPO Gold"


def test_one_open_line_keeps_the_whole_visit_back() -> None:
    assert statement(patient_line(), patient_line(due=0, insurance_open=500)) is None


def test_all_visits_of_the_guarantors_family_are_on_one_statement() -> None:
    content = statement(patient_line(), patient_line(visit="E2", patient="Luis Lopez", on=date(2026, 9, 1)))
    assert content and [visit.patient for visit in content.visits] == ["Luis Lopez", "Maria Lopez"]
    assert content.balance == sum(visit.due for visit in content.visits) == 3696


def test_money_held_lowers_the_balance_and_is_shown() -> None:
    content = statement(patient_line(), unapplied=1000)
    assert content and (content.balance, content.unapplied) == (848, 1000)


def test_it_is_due_in_thirty_days() -> None:
    content = statement(patient_line())
    assert content and content.due_on == TODAY + timedelta(days=30)


def test_words_say_what_the_plan_allowed_and_why_the_rest_is_the_patients() -> None:
    said = explain(patient_line(shares=(("1", 1000), ("2", 848))))
    assert said == (
        "PPO Gold allowed $92.40 of $150.00 and paid $73.92. The rest is $10.00 your deductible and $8.48 your coinsurance."
    )


def test_words_for_no_insurance_thanks_and_overpayment() -> None:
    assert explain(patient_line(plan="", allowed=None, shares=())) == "No insurance on file for this service."
    assert "You paid $5.00. Thank you." in explain(patient_line(patient_paid=500))
    assert "too much" in explain(patient_line(due=-100))
    assert "paid nothing" in explain(patient_line(plan_paid=0))


@given(
    st.lists(st.tuples(st.integers(1, 20000), st.integers(0, 200)), min_size=1, max_size=8),
    st.integers(0, 5000),
)
def test_the_age_of_the_balance_adds_up_to_it(debts: list[tuple[int, int]], held: int) -> None:
    lines = [patient_line(visit=f"E{n}", due=due, billed_on=TODAY - timedelta(days=days)) for n, (due, days) in enumerate(debts)]
    content = statement(*lines, unapplied=held)
    if content:
        age = content.aging
        assert age.current + age.over_30 + age.over_60 + age.over_90 == content.balance
        assert min(age.current, age.over_30, age.over_60, age.over_90) >= 0


def test_the_page_says_what_the_content_says() -> None:
    content = statement(patient_line(), payments=[StatementPayment(on=date(2026, 11, 1), amount=2500, words="Card payment")])
    assert content
    pages = text(statement_pdf(content))
    assert len(pages) == 1
    for wanted in ("S1", "Maria Lopez", "$18.48", "Dec 16, 2026", "Card payment", "Detach here", "62704-1234", "(217) 555-0100"):
        assert wanted in pages[0], wanted


def test_a_long_statement_numbers_its_pages_and_keeps_one_slip() -> None:
    content = statement(*(patient_line(visit=f"E{n // 2}", on=date(2026, 9, 1) + timedelta(days=n // 2)) for n in range(40)))
    assert content
    pages = text(statement_pdf(content))
    assert len(pages) > 2 and sum("Detach here" in page for page in pages) == 1
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_text_with_markup_characters_is_only_text() -> None:
    content = statement(patient_line(service="#let x = 1 $ *bold* _it_ [a] @b <c> \\ \"q\" 'ä é'"))
    assert content
    assert "#let x = 1 $ *bold*" in text(statement_pdf(content))[0]


def test_the_same_content_gives_the_same_bytes() -> None:
    content = statement(patient_line())
    assert content and statement_pdf(content) == statement_pdf(content)
