"""The list of edits for people is whole and current."""

from pathlib import Path

from claimwright.edits.reference import render
from claimwright.edits.registry import all_edits

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "edits.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m claimwright.edits.reference > docs/reference/edits.md"


def test_the_page_names_every_edit_with_severity_and_source():
    page = render()
    for edit in all_edits():
        assert f"| `{edit.id}` | {edit.severity} |" in page
        assert edit.citation in page
