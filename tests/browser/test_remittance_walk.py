"""Remittances in a real browser, by keyboard: from the inbox to the review, a match, the posting, and its undoing."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Enter = Callable[[str], Page]


def key_in(page: Page, workbench: str) -> str:
    """A paper remittance over an open claim, told first with the wrong amount; the claim's number, which the payer garbled."""
    page.goto(f"{workbench}/claims/?state=accepted")
    number = page.locator("tbody tr").filter(has_not_text="secondary").locator(".code").first.inner_text().strip()
    page.goto(f"{workbench}/remittances/paper/")
    page.locator("#find").fill(number)
    page.keyboard.press("Enter")
    expect(page.locator("#c0-number")).to_have_value(number)
    page.locator("#trace").fill("PAPER-1")
    for row in page.locator("[data-line]").all():
        billed = row.locator('[data-part="charge"]').input_value()
        row.locator('[data-part="allowed"]').fill(billed)
    total = sum(round(float(cell.input_value()) * 100) for cell in page.locator('[data-part="paid"]').all())
    page.locator("#paid").fill("1.00")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#paid-error")).to_contain_text("more than this")
    page.locator("#paid").fill(f"{total / 100:.2f}")
    expect(page.locator("[data-check-sum]")).to_contain_text("all of the check")
    # The payer garbled the number: the decision will wait for a person.
    for field in ("number", "member", "last", "theirs"):
        page.locator(f"#c0-{field}").fill("GARBLED")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name=re.compile("paid"))).to_be_visible()
    return number


def test_a_biller_keys_paper_in_posts_it_matches_and_undoes_it(enter: Enter, workbench: str) -> None:
    page = enter("biller")
    number = key_in(page, workbench)
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_contain_text("waits for a person")

    page.goto(f"{workbench}/remittances/?source=paper")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("open="))
    page.locator(".sub a.code").click()
    page.wait_for_url(re.compile(r"/remittances/\d+/"))
    remittance = page.url
    page.keyboard.press("j")
    expect(page.locator(".clp > summary").first).to_be_focused()
    page.keyboard.press("m")
    page.wait_for_url(re.compile("/parked/"))
    page.keyboard.press("f")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.get_by_text("differs").first).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.type("the payer read the number wrongly")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Posted to {number}")

    page.goto(remittance)
    expect(page.locator(".clp").first).to_contain_text("posted")
    page.keyboard.press("j")
    page.keyboard.press("u")
    page.keyboard.type("it was another patient's")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("undone by a reversal entry")
    expect(page.locator(".clp").first).to_contain_text("Undone: it was another patient's")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/claims/"))
    expect(page.get_by_text("was undone: it was another patient's").first).to_be_visible()
