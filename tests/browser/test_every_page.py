"""Every page in the browser: accessible, nothing broken, nothing wider than the window, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

Enter = Callable[[str], Page]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
INSPECT = Path(__file__).with_name("inspect.js").read_text()
DESK: ViewportSize = {"width": 1280, "height": 900}
TABLET: ViewportSize = {"width": 1024, "height": 768}

LISTS = {
    "today": "/",
    "schedule": "/schedule/?day=2026-11-16",
    "book": "/schedule/book/",
    "patients": "/patients/",
    "register": "/patients/new/",
    "coding": "/coding/",
    "claims": "/claims/",
    "held": "/claims/held/",
    "edit": "/claims/edits/MOD-25/",
    "remittances": "/remittances/",
    "parked": "/remittances/parked/",
    "remittances with something parked": "/remittances/?status=parked",
    "deposits": "/remittances/deposits/",
    "deposits joined": "/remittances/deposits/?show=joined",
    "paper remittance": "/remittances/paper/",
    "underpayments": "/remittances/underpayments/",
    "credits": "/remittances/credits/",
    "refunds": "/remittances/refunds/",
    "ledger balances": "/reports/ledger/",
    "ledger by payer": "/reports/ledger/?by=payer",
    "ledger entries": "/reports/ledger/entries/?account=patient_ar",
    "periods": "/reports/periods/",
    "upload": "/remittances/upload/",
    "denials": "/denials/",
    "statements": "/statements/",
    "reports": "/reports/",
    "settings": "/settings/",
    "payers": "/settings/payers/",
    "prices": "/settings/prices/",
    "users": "/settings/users/",
    "tokens": "/settings/tokens/",
    "code sets": "/settings/codesets/",
    "own rules": "/settings/rules/",
    "files": "/settings/files/",
    "keys": "/help/keys/",
    "code": "/codes/99213/",
    "password": "/accounts/password/change/",
    "second factor": "/accounts/2fa/",
}
RECORDS = {
    "visit": ("/schedule/?day=2026-11-16", ".calendar a.visit"),
    "estimate": ("/schedule/?day=2026-11-16", ".calendar a.visit", "text=Estimate"),
    "patient": ("/patients/", "tbody tr a"),
    "edit patient": ("/patients/", "tbody tr a", ".acts >> text=Correct"),
    "add coverage": ("/patients/", "tbody tr a", ".acts >> text=Coverage"),
    "correct coverage": ("/patients/", "tbody tr a", ".coverage >> text=Correct"),
    "ask for authorization": ("/patients/", "tbody tr a", "text=Ask for authorization"),
    "record a referral": ("/patients/", "tbody tr a", "header .push >> text=Referral"),
    "chart": ("/coding/", "tbody tr a"),
    "claim beside the list": ("/claims/?state=denied", "tbody tr a"),
    "held claim": ("/claims/held/", "tbody tr th a"),
    "edit that holds": ("/claims/held/", ".card header h2 a"),
    "fixes previewed": ("/claims/held/", "tbody td.tick input", "[data-preview]"),
    "ledger": ("/claims/?state=patient", "tbody tr a", ".card header a >> text=Ledger entries"),
    "remittance": ("/remittances/", "tbody tr a"),
    "decision opened": ("/remittances/", "tbody tr a", ".sub a.code", ".clp > summary", ".clp details.act > summary"),
    "parked decision": ("/remittances/parked/", "tbody tr a"),
    "deposit": ("/remittances/deposits/?show=joined", "tbody tr a"),
    "paper with a claim": ("/remittances/paper/?claim=1C0000070", "text=Keep it, show what it posts"),
    "denial": ("/denials/", "tbody tr a"),
    "guarantor": ("/statements/", "tbody tr a"),
    "account in plain words": ("/statements/", "tbody tr a", ".acts >> text=In plain words"),
    "ledger event": ("/reports/ledger/entries/", "tbody tr th a"),
    "version of the rules": ("/settings/rules/", "tbody tr th a"),
    "file": ("/settings/files/?kind=835", "tbody tr a"),
}


def found(page: Page, *parts: str) -> list[str]:
    """What of these parts hurts somebody."""
    return [
        f"{row['id']} ({row['impact']}): {row['help']}: {row['nodes'][0]['html'][:160]}"
        for row in page.evaluate("parts => inspect(parts)", parts)
        if row["impact"] in ("serious", "critical")
    ]


def too_wide(page: Page) -> list[str]:
    """Whether the page that is open scrolls sideways."""
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"wider than {page.viewport_size}"] if wider else []


def inspect(page: Page) -> list[str]:
    """What is wrong with the page that is open: in light, in dark (where only colors differ), and on a tablet."""
    page.evaluate(AXE + INSPECT)
    wrong = found(page, "structure", "contrast") + too_wide(page)
    page.emulate_media(color_scheme="dark")
    wrong += [f"in the dark: {one}" for one in found(page, "contrast")]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(TABLET)
    wrong += too_wide(page)
    page.set_viewport_size(DESK)
    return wrong


class Desk:
    """The administrator's page, open for all of these tests, and what the browser complained about on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self.complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)


@pytest.fixture(scope="module")
def desk(browser: Browser, log_in: Callable[[BrowserContext, str], Page]) -> Iterator[Desk]:
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    yield Desk(log_in(context, "admin"))
    context.close()


@pytest.mark.parametrize("name", [*LISTS, *RECORDS])
def test_the_page_is_accessible_and_whole(desk: Desk, workbench: str, name: str) -> None:
    page = desk.page
    desk.complaints.clear()
    address, *steps = RECORDS.get(name) or (LISTS[name],)
    page.goto(workbench + address)
    for step in steps:
        page.locator(step).first.click()
        page.wait_for_load_state()
    assert not inspect(page)
    assert not desk.complaints


def test_the_login_page_is_accessible(page: Page, workbench: str) -> None:
    page.goto(f"{workbench}/accounts/login/")
    assert not inspect(page)


def test_nothing_is_fetched_from_elsewhere(enter: Enter, workbench: str) -> None:
    page = enter("manager")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{workbench}/reports/")
    page.wait_for_load_state("networkidle")
    assert fetched
    assert all(re.match(rf"{re.escape(workbench)}/|data:", url) for url in fetched)
