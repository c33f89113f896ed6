"""Every page in the browser: accessible, nothing broken, nothing wider than the window, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Enter = Callable[[str], Page]

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


EVERYTHING: dict[str, object] = {"resultTypes": ["violations"]}
COLOURS: dict[str, object] = {**EVERYTHING, "runOnly": ["color-contrast"]}  # all that differs in the dark


def inspect(page: Page, options: dict[str, object] = EVERYTHING) -> list[str]:
    """What is wrong with the page that is open."""
    found = Axe().run(page, options=options).response["violations"]
    wrong = [
        f"{row['id']} ({row['impact']}): {row['help']}: {row['nodes'][0]['html'][:160]}"
        for row in found
        if row["impact"] in ("serious", "critical")
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("wider than the window")
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_whole(enter: Enter, workbench: str, scheme: str) -> None:
    page = enter("admin")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    page.on("console", lambda message: broken.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    wrong: dict[str, list[str]] = {}
    options = EVERYTHING if scheme == "light" else COLOURS
    for name, address in LISTS.items():
        page.goto(workbench + address)
        wrong[name] = inspect(page, options)
    for name, (address, *steps) in RECORDS.items():
        page.goto(workbench + address)
        for step in steps:
            if not page.locator(step).count():
                break
            page.locator(step).first.click()
            page.wait_for_load_state()
        wrong[name] = inspect(page, options)
    assert not {name: found for name, found in wrong.items() if found}
    assert not broken


def test_the_login_page_is_accessible(page: Page, workbench: str) -> None:
    page.goto(f"{workbench}/accounts/login/")
    assert not inspect(page)


def test_pages_fit_a_tablet(enter: Enter, workbench: str) -> None:
    page = enter("admin")
    page.set_viewport_size({"width": 1024, "height": 768})
    wide = []
    for name, address in LISTS.items():
        page.goto(workbench + address)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
    assert not wide


def test_nothing_is_fetched_from_elsewhere(enter: Enter, workbench: str) -> None:
    page = enter("manager")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{workbench}/reports/")
    page.wait_for_load_state("networkidle")
    assert fetched
    assert all(re.match(rf"{re.escape(workbench)}/|data:", url) for url in fetched)
