"""The list of edits for people is whole and current."""

from pathlib import Path

from claimwright.edits.reference import render
from claimwright.edits.registry import all_edits
from claimwright.payers.edits import all_payer_edits

COMMAND = "python -m claimwright.payers.reference > docs/reference/edits.md"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "edits.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == render(all_payer_edits()), f"run: {COMMAND}"


def test_the_page_names_every_edit_with_severity_and_source():
    page = render(all_payer_edits())
    for edit in all_edits() + all_payer_edits():
        assert f"| `{edit.id}` | {edit.severity} |" in page
        assert edit.citation in page
