"""A payment's way in a real browser: uploaded, reviewed, its parked decision worked, its deposit joined, the account adding up.

the payer      one payment: a claim of ours, and another whose number, member and name it garbled
the review     by keyboard: what is certain posts, the other decision waits with its reason
parked         found by name and day; it seems another person's, so it asks why first
the bank       the same money under a trace cut short, joined by hand with the reason
the patients   charge = insurance paid + discount + you paid + insurance decides + you owe, on every visit
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect
from test_journey import cents

from claimwright.claims.model import Adjustment
from claimwright.money import dollars
from claimwright.parties import Payer
from claimwright.remits.model import RemitClaim, RemitLine, Remittance
from claimwright.x12.envelope import Envelope
from claimwright.x12.remittance import write_835

Enter = Callable[[str], Page]
TODAY = date(2026, 11, 16)
COPAY = 20_00
OPEN = """
    select c.patient_control_number, c.first_service, c.patient_id, p.last, p.first, v.member_id, y.name, y.payer_id,
           l.procedure, l.modifiers, l.charge, l.expected_allowed, l.control_number
    from records_claimrecord c join records_claimline l on l.claim_id = c.id join records_patient p on p.id = c.patient_id
         join records_coveragerecord v on v.id = c.coverage_id join records_payerrecord y on y.id = c.payer_id
    where c.state = 'accepted' and c.responsibility = 'P' and l.expected_allowed is not null order by c.first_service, l.id
"""


class Open(msgspec.Struct):
    """A claim of the demo that waits for its payer."""

    number: str
    day: date
    patient: int
    last: str
    payer: Payer
    decided: RemitClaim


def open_claims(demo: Path) -> list[Open]:
    """Two claims that wait for the same payer, each decided as the contract says, with a copay."""
    with sqlite3.connect(f"file:{demo}/claimwright.sqlite3?mode=ro", uri=True) as database:
        rows = database.execute(OPEN).fetchall()
    found: dict[str, dict[str, list[tuple]]] = {}  # type: ignore[type-arg]
    for row in rows:
        found.setdefault(row[7], {}).setdefault(row[0], []).append(row)
    two = next(claims for claims in found.values() if len(claims) >= 2)
    return [decided(lines) for lines in list(two.values())[:2]]


def decided(rows: list[tuple]) -> Open:  # type: ignore[type-arg]
    """What the payer says of one claim: the copay on its first line."""
    number, service, patient, last, first, member, payer, payer_id = rows[0][:8]
    day, lines = date.fromisoformat(service), []
    for place, (procedure, modifiers, charge, allowed, control) in enumerate(row[8:] for row in rows):
        share = 0 if place else COPAY
        shares = [Adjustment(group="PR", reason="3", amount=share)] if share else []
        lines.append(
            RemitLine(
                procedure=procedure, modifiers=tuple(modifiers.split()), charge=charge, paid=allowed - share, allowed=allowed,
                first_service=day, control_number=control,
                adjustments=(Adjustment(group="CO", reason="45", amount=charge - allowed), *shares),
            )
        )  # fmt: skip
    said = RemitClaim(
        patient_control_number=number, status="1", charge=sum(line.charge for line in lines), patient_share=COPAY,
        paid=sum(line.paid for line in lines), payer_control_number=f"JRN{number}", patient_last=last, patient_first=first,
        member_id=member, first_service=day, lines=tuple(lines),
    )  # fmt: skip
    return Open(number, day, patient, last, Payer(name=payer, payer_id=payer_id), said)


def garbled(said: RemitClaim) -> RemitClaim:
    """The same decision as a payer may mangle it."""
    lines = tuple(msgspec.structs.replace(line, control_number="") for line in said.lines)
    return msgspec.structs.replace(
        said, patient_control_number="X-77", payer_control_number="", member_id="QQ1", patient_last="Zzyzx", lines=lines
    )


def payment(sure: Open, other: Open, folder: Path) -> Remittance:
    """The payer's file and the bank's, as they come in."""
    claims = (sure.decided, garbled(other.decided))
    remit = Remittance(
        payer=sure.payer, payee_name="Maple Falls Family Practice", payee_npi="1482176306", trace="JRN-835-1", paid_on=TODAY,
        paid=sum(one.paid for one in claims), originator="1072495626", claims=claims,
    )  # fmt: skip
    envelope = Envelope(
        sender_id=sure.payer.payer_id, receiver_id="MAPLE", interchange=88001, group=88001, created=datetime(2026, 11, 16, 8, 0)
    )
    (folder / "era.835").write_bytes(write_835([remit], envelope))
    (folder / "bank.csv").write_text(f"Date,Amount,Trace,Description\n{TODAY},{remit.paid / 100:.2f},JRN835,{sure.payer.name}\n")
    return remit


@pytest.fixture
def incoming(demo_dir: Path, tmp_path: Path) -> tuple[Open, Open, Remittance, Path]:
    """Two open claims, the payment that decides them, and the folder with its files."""
    sure, other = open_claims(demo_dir)
    return sure, other, payment(sure, other, tmp_path), tmp_path


def take_in(page: Page, workbench: str, file: Path) -> None:
    """Upload a file."""
    page.goto(f"{workbench}/remittances/upload/")
    expect(page.get_by_label("File", exact=True)).to_be_focused()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Take it in").click()


def adds_up(page: Page) -> None:
    """Every visit on the page: the charge is the sum of its parts."""
    visits = page.locator("dl.sum-line").all()
    assert visits
    for visit in visits:
        charge, *parts = (cents(said) for said in visit.locator("dd").all_inner_texts())
        assert charge == sum(parts)


def test_a_payment_from_the_upload_to_accounts_that_add_up(
    enter: Enter, workbench: str, incoming: tuple[Open, Open, Remittance, Path]
) -> None:
    sure, other, remit, folder = incoming
    page = enter("biller")

    take_in(page, workbench, folder / "era.835")
    expect(page.get_by_role("heading", name=f"{sure.payer.name} paid ${dollars(remit.paid)}")).to_be_visible()
    review = page.url
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_contain_text("1 waits for a person")
    decisions = page.locator(".clp")
    expect(decisions.nth(0)).to_contain_text("posted")
    expect(decisions.nth(1)).to_contain_text("parked")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(decisions.nth(1).locator("summary").first).to_be_focused()
    page.keyboard.press("m")
    page.wait_for_url(re.compile("/parked/"))
    page.keyboard.press("b")
    page.keyboard.type("  ")
    page.keyboard.press("Enter")  # no reason: the menu stands open again, and says so at the field
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    expect(page.get_by_label("Why", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    page.keyboard.type(f"{other.last} {other.day:%m/%d/%Y}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Claims that fit")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.type("the payer's letter names the patient")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"Posted to {other.number}")

    take_in(page, workbench, folder / "bank.csv")
    line = page.get_by_role("row").filter(has_text="JRN835")
    expect(line).to_contain_text("1 of this amount waits")
    line.get_by_role("link").first.press("Enter")
    page.get_by_label("Why they belong together").fill("the bank cuts trace numbers short")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Joined")
    page.goto(review)
    expect(page.get_by_text("in the bank Mon 16 Nov 2026")).to_be_visible()
    expect(page.locator(".clp").filter(has_text="posted")).to_have_count(2)

    for claim in (sure, other):
        page.goto(f"{workbench}/patients/{claim.patient}/ledger/")
        adds_up(page)
        expect(page.get_by_text(f"{sure.payer.name} paid ${dollars(claim.decided.paid)}")).to_be_visible()
        expect(page.get_by_text(f"${dollars(COPAY)} is your copay")).to_be_visible()
