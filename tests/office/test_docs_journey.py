"""docs/journey.md tells the demo's own figures."""

import re
from pathlib import Path

import pytest

from claimwright.money import dollars
from claimwright.office.records.models import ClaimRecord, Encounter, LedgerEntry

PAGE = (Path(__file__).parents[2] / "docs" / "journey.md").read_text()
STORY, WORTH = PAGE.split("## The map")[0].split("## What the edits are worth")
pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(demo_db) -> Encounter:
    number = re.search(r"visit (V\d+)", PAGE)
    assert number
    return Encounter.objects.get(number=number[1])


def test_every_figure_of_the_story_is_the_demos(visit):
    estimate = visit.estimates.get()
    entries = LedgerEntry.objects.filter(encounter=visit)
    by_account: dict[str, int] = {}
    for entry in entries.filter(event__kind="remittance"):
        by_account[entry.account] = by_account.get(entry.account, 0) + entry.amount
    figures = {abs(entry.amount) for entry in entries} | {abs(amount) for amount in by_account.values()}
    figures |= {line["allowed"] for line in estimate.content["result"]["lines"]} | {estimate.patient_owes}
    figures |= {claim.charge for claim in visit.claims.all()}
    told = set(re.findall(r"\$([\d,]+\.\d\d)", STORY))
    known = {dollars(amount) for amount in figures}
    said_by_the_payer = {amount for check in visit.checks.all() for amount in re.findall(r"\$([\d,]+\.\d\d)", check.message)}
    assert told <= known | said_by_the_payer, sorted(told - known - said_by_the_payer)


def test_the_estimate_was_what_the_patient_owed(visit):
    owed = sum(entry.amount for entry in LedgerEntry.objects.filter(encounter=visit, account="patient_ar", amount__gt=0))
    assert visit.estimates.get().patient_owes == owed


def test_the_claim_was_held_mended_and_closed(visit):
    claim = ClaimRecord.objects.get(encounter=visit)
    assert claim.patient_control_number in PAGE
    told = [event.kind for event in claim.events.all()]
    assert told.index("held") < told.index("sent") < told.index("posted")
    assert claim.state == "closed"
    assert any("40 units of J3301 on one day; 16 are usual at most." in event.text for event in claim.events.all())
    assert {code.code for code in visit.codes.all()} <= set(re.findall(r"[A-Z]?\d{2,5}\.?\d*", STORY))


def test_what_the_edits_are_worth_is_as_the_demo_says(demo_result):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in WORTH.splitlines() if line.startswith("| ")]
    passes = [demo_result["first_pass"][name] for name in ("no_edits", "first_edits", "now")]
    told = [[str(one["held"]), str(one["answered"]), str(one["denied"]), f"{one['rate']:.1%}", f"{one['rate_of_charges']:.1%}"]
            for one in passes]  # fmt: skip
    assert [row[1:] for row in rows[1:]] == told
    assert str(passes[1]["edits"]) in rows[2][0]


def test_the_map_names_every_room():
    rooms = {
        path.name for path in (Path(__file__).parents[2] / "src" / "claimwright").iterdir() if (path / "__init__.py").exists()
    }
    for room in rooms - {"office"}:
        assert f"`{room}`" in PAGE, room
