"""The list of edits for people, with the payers' own: `python -m claimwright.payers.reference > docs/reference/edits.md`."""

from __future__ import annotations

from claimwright.edits.reference import render
from claimwright.payers.edits import all_payer_edits

if __name__ == "__main__":
    print(render(all_payer_edits()), end="")
