"""The journey in a real browser: front desk, coder, biller, manager, each doing their part of the day."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Enter = Callable[[str], Page]


def add_up(row: list[str]) -> int:
    """The cents of a row of money as the page writes it."""
    return sum(cents(cell) for cell in row)


def cents(text: str) -> int:
    """$1,234.50, −$3.00 or a dash."""
    text = text.strip().splitlines()[0]
    if text in ("–", ""):
        return 0
    amount = int(re.sub(r"\D", "", text))
    return -amount if text.startswith("−") else amount


def test_the_front_desk_registers_insures_verifies_estimates_and_checks_in(enter: Enter, workbench: str) -> None:
    page = enter("front")
    page.get_by_role("link", name="Patients").first.click()
    page.get_by_role("link", name="Register a patient").click()
    page.get_by_role("button", name="Register, then add the coverage").click()
    page.locator("#id_patient-last").fill("Quill")
    page.locator("#id_patient-first").fill("Rowan")
    page.locator("#id_patient-birth").fill("1984-03-09")
    page.locator("#id_patient-sex").select_option("F")
    page.locator("#id_patient-line1").fill("9 Orchard Lane")
    page.locator("#id_patient-city").fill("Maple Falls")
    page.locator("#id_patient-state").fill("OH")
    page.locator("#id_patient-zip").fill("43098")
    page.get_by_role("button", name="Register, then add the coverage").click()
    expect(page.get_by_role("heading", name="Add a coverage for Quill, Rowan")).to_be_visible()

    page.locator("#id_coverage-plan").select_option(index=1)
    page.locator("#id_coverage-member_id").fill("QX1000001")
    page.locator("#id_coverage-start").fill("2026-01-01")
    page.get_by_role("button", name="Add the coverage").click()
    expect(page.get_by_role("heading", name="Rowan Quill")).to_be_visible()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text(re.compile("^(asked|rejected|active|in force)$")).first).to_be_visible()
    expect(page.get_by_text("Who looked")).to_be_visible()

    page.get_by_role("link", name="Book a visit").click()
    page.get_by_label("Provider", exact=True).select_option(index=1)
    page.get_by_label("Location", exact=True).select_option(index=1)
    page.get_by_label("Day", exact=True).fill("2026-11-16")
    page.get_by_label("Time", exact=True).fill("14:35")
    page.get_by_label("Reason", exact=True).fill("Sore shoulder")
    page.get_by_role("button", name="Book the visit").click()
    expect(page.get_by_text("The provider already has a visit at 14:40")).to_be_visible()
    page.get_by_label("Time", exact=True).fill("17:30")
    page.get_by_role("button", name="Book the visit").click()
    expect(page.get_by_role("heading", name="Quill, Rowan · Sore shoulder")).to_be_visible()

    page.get_by_role("link", name="Estimate").click()
    page.get_by_label("Services").fill("99203")
    page.get_by_role("button", name="Make the estimate").click()
    expect(page.get_by_role("cell", name="99203").or_(page.get_by_text("99203")).first).to_be_visible()
    page.get_by_role("link", name="Visit").last.click()
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("checked in", exact=True)).to_be_visible()

    page.goto(f"{workbench}/schedule/?day=2026-11-16")
    expect(page.get_by_text("Quill, Rowan")).to_be_visible()


def test_a_refusal_is_shown_beside_the_action_and_what_was_typed_stays(enter: Enter, workbench: str) -> None:
    page = enter("front")
    page.goto(f"{workbench}/patients/new/")
    for name, value in {
        "last": "Old",
        "first": "Future",
        "birth": "2031-01-01",
        "line1": "1 A",
        "city": "B",
        "zip": "43098",
    }.items():
        page.locator(f"#id_patient-{name}").fill(value)
    page.get_by_role("button", name="Register, then add the coverage").click()
    expect(page.get_by_text("The birth date lies in the future.")).to_be_visible()
    expect(page.locator("#id_patient-birth")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_patient-first")).to_have_value("Future")


def test_the_coder_codes_a_chart_by_keyboard(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    page.get_by_role("link", name="Coding").first.click()
    expect(page.get_by_role("heading", name="Charts to code")).to_be_visible()
    page.locator("tr", has_text="to code").first.get_by_role("link").click()
    expect(page.locator(".note-text mark").first).to_be_visible()
    suggested = page.locator("#codes-form > .stack .coded")
    numbers = [row.get_attribute("data-number") for row in suggested.all()]
    for number in [number for number in numbers if number and len(number) == 1]:
        page.keyboard.press(number)
    expect(page.locator('.coded[data-decision="accepted"]').first).to_be_visible()

    page.keyboard.press("f")
    page.keyboard.type("insomnia", delay=20)
    page.locator("#found [data-add]:not([disabled])").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".coded:focus .verdict")).to_have_text("added")
    page.keyboard.press("x")
    expect(page.locator(".coded:focus")).to_have_attribute("data-decision", "rejected")
    first = page.locator('[data-codes="dx"] .coded').first
    order = page.locator('[data-codes="dx"] .coded .code').all_inner_texts()
    if len(order) > 1:
        first.focus()
        page.keyboard.press("Alt+ArrowDown")
        assert page.locator('[data-codes="dx"] .coded .code').all_inner_texts()[1] == order[0]
        page.keyboard.press("Alt+ArrowUp")

    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/claims/\d+/"))
    expect(page.get_by_role("heading", name="Lines")).to_be_visible()
    expect(page.get_by_text("Built for").first).to_be_visible()


def test_the_coder_asks_the_physician_and_keeps_the_answer(enter: Enter, workbench: str) -> None:
    page = enter("coder")
    page.goto(f"{workbench}/coding/?state=to code")
    page.locator("tbody tr").last.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/coding/\d+/"))
    page.wait_for_load_state()
    page.keyboard.press("q")
    page.get_by_label("About").fill("Laterality")
    page.get_by_label("Question, without leading").fill("Which side was examined?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_label("The physician's answer").last.fill("The left side.")
    page.get_by_role("button", name="Keep the answer").last.click()
    expect(page.locator(".note-text", has_text="The left side.")).to_be_visible()


def test_the_biller_mends_sends_and_reads_a_claim_that_adds_up(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    page.goto(f"{workbench}/claims/held/")
    expect(page.get_by_role("heading", name="Held claims")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Check")).first.click()
    expect(page.get_by_role("status")).to_contain_text("Checked")

    page.goto(f"{workbench}/claims/?state=ready")
    send = page.get_by_role("button", name=re.compile("^Send all"))
    if send.count():
        send.click()
        expect(page.get_by_role("status")).to_contain_text("Sent in")

    page.goto(f"{workbench}/claims/?state=patient,closed")
    page.locator("tbody tr").first.get_by_role("link").click()
    table = page.get_by_role("group", name="Lines of the claim")
    for row in table.locator("tbody tr").all():
        figures = row.locator("td").all_inner_texts()
        charge, _allowed, *parts = figures[1:]
        assert cents(charge) == add_up(parts)
    page.get_by_role("link", name="Ledger entries", exact=True).click()
    expect(page.locator("tfoot")).to_be_visible()


def test_the_biller_follows_a_remittance_and_matches_what_was_parked(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    page.get_by_role("link", name=re.compile("^Remittances")).first.click()
    page.locator("tbody tr").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="How the payment adds up")).to_be_visible()
    page.goto(f"{workbench}/remittances/parked/")
    parked = page.get_by_role("link", name="Match")
    if parked.count():
        parked.first.click()
        page.get_by_label("Find a claim").fill("1C00000")
        page.get_by_role("button", name="Find", exact=True).click()
        expect(page.get_by_role("heading", name="What the payer decided")).to_be_visible()
    page.goto(f"{workbench}/remittances/deposits/")
    page.get_by_role("button", name="Reconcile").click()
    expect(page.get_by_role("status")).to_contain_text("Reconciled")


def test_the_biller_works_a_denial_and_may_not_write_off(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    page.goto(f"{workbench}/denials/")
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.get_by_role("button", name=re.compile("^Write off"))).to_have_count(0)
    page.get_by_label("What was done, or why").fill("Asked what is missing; they call back on Friday.")
    page.get_by_role("button", name="Note a call").click()
    expect(page.get_by_role("status")).to_contain_text("The call is noted")
    page.get_by_label("Owner").select_option(index=2)
    expect(page.get_by_label("Owner")).not_to_have_value("")


def test_the_front_desk_takes_a_payment_once(enter: Enter, workbench: str) -> None:
    page = enter("front")
    page.goto(f"{workbench}/statements/")
    page.locator("tbody tr").first.get_by_role("link").click()
    before = cents(page.locator(".figures .value").first.inner_text())
    page.get_by_label("Amount, in dollars").fill("1.50")
    page.get_by_role("button", name="Take the payment").dblclick()
    expect(page.get_by_role("status")).to_contain_text("$1.50 received")
    assert cents(page.locator(".figures .value").first.inner_text()) == before - 150


def test_the_manager_reads_the_figures_down_to_their_claims(enter: Enter, workbench: str) -> None:
    page = enter("manager")
    page.get_by_role("link", name=re.compile("^Reports")).first.click()
    expect(page.locator("[data-chart] canvas")).to_have_count(2)
    expect(page.get_by_text("sum to zero")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Denials .*decided claims")).click()
    expect(page.get_by_role("heading", name="Claims")).to_be_visible()
    page.goto(f"{workbench}/denials/")
    page.locator("tbody tr").last.get_by_role("link").click()
    expect(page.get_by_role("button", name=re.compile("^Write off"))).to_be_visible()


def test_the_palette_finds_a_claim_by_its_number(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    page.keyboard.press("/")
    page.keyboard.type("1C0000003", delay=10)
    expect(page.locator("#palette-results a").first).to_contain_text("1C0000003")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/claims/\d+/"))
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"{workbench}/denials/")


def test_back_returns_to_the_list(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    page.goto(f"{workbench}/claims/?state=denied")
    page.locator("tbody tr").first.get_by_role("link").click()
    expect(page.locator("#claim-title")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Claims")).to_be_visible()
    assert page.url.endswith("?state=denied")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_is_kept(enter: Enter, workbench: str, theme: str) -> None:
    page = enter("manager")
    page.evaluate("theme => localStorage.setItem('theme', theme)", "dark" if theme == "light" else "light")
    page.reload()
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
