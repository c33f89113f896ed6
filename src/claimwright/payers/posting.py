"""A payer's own posting rules, as data: `posting.txt` in the payer's folder, lines over those of remits/posting_rules.txt.

Its first lines say whose remittances they are: `of | filing | MB MA` (claim filing indicator, CLP06) or `of | payer | ID ID`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import resources

from claimwright.parties import Struct
from claimwright.remits.rules import PostingRules, default_rules


class PayerPosting(Struct):
    """One folder's rules, and whose remittances they are for."""

    name: str
    text: str
    filing: frozenset[str] = frozenset()
    payers: frozenset[str] = frozenset()

    def is_of(self, payer_id: str, filing: Collection[str]) -> bool:
        """Whether a remittance is this payer's: by its id, or because every claim in it is filed so."""
        said = set(filing) - {""}
        return payer_id in self.payers or bool(said and said <= self.filing)


def read_posting(name: str, text: str) -> PayerPosting:
    """A folder's text. Raises ValueError where it cannot be read or does not say whose it is."""
    asked: dict[str, set[str]] = {"filing": set(), "payer": set()}
    rest = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split("|")]
        if cells[0] != "of":
            rest.append(line)
            continue
        if len(cells) != 3 or cells[1] not in asked:
            raise ValueError(f"posting rules of {name}, line {number}: of | filing | ... or of | payer | ...")
        asked[cells[1]] |= set(cells[2].split())
        rest.append("")
    if not any(asked.values()):
        raise ValueError(f"posting rules of {name}: they do not say whose remittances they are for")
    made = "\n".join(rest)
    default_rules().with_text(made)
    return PayerPosting(name=name, text=made, filing=frozenset(asked["filing"]), payers=frozenset(asked["payer"]))


@cache
def known() -> tuple[PayerPosting, ...]:
    """Every payer's folder that has posting rules."""
    home = resources.files("claimwright.payers")
    folders = sorted((one for one in home.iterdir() if one.is_dir()), key=lambda one: one.name)
    texts = [(one.name, one.joinpath("posting.txt")) for one in folders]
    return tuple(read_posting(name, path.read_text("utf-8")) for name, path in texts if path.is_file())


def rules_for(payer_id: str, filing: Collection[str]) -> PostingRules:
    """The posting rules for a payer's remittance: the common ones with its folder's over them."""
    rules = default_rules()
    for one in known():
        if one.is_of(payer_id, filing):
            rules = rules.with_text(one.text)
    return rules
