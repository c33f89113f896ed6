"""A payer's own edits, as data: `edits.txt` in the payer's folder, in the text form of a practice's rules (edits/rules_text.py).

Under the heading stands whose claims they are; each rule brings its source, its dates and the cases that prove it. A finding's id
says whose rule it is: MEDICARE/CONSULTATION. To add an edit, or a payer, write its text: nothing else changes.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

from claimwright.claims.model import Claim
from claimwright.edits.context import Context
from claimwright.edits.registry import Edit
from claimwright.edits.rules import RuleSet
from claimwright.edits.rules_text import read_rules
from claimwright.payers import therapy

ADDRESS = frozenset({"payer", "filing indicator", "form"})
"""What a heading may ask, so that whose claim it is need be judged once for all claims alike."""
REMEMBERED = 4_096  # payers' ids


class PayerEdits:
    """The edits of one payer, and which of them a claim may break."""

    def __init__(self, rules: RuleSet) -> None:
        if wrong := {one.field for one in rules.asked} - ADDRESS:
            raise ValueError(f"edits of {rules.name}: the heading asks of {min(wrong)}, not of payer, filing indicator or form")
        self.rules = rules
        self.edits = tuple(rule.edit(rules.name.lower(), rules.name) for rule in rules.rules)
        self.of_code = lru_cache(16_384)(self._of_code)
        self.of_modifiers = lru_cache(4_096)(self._of_modifiers)

    def _of_code(self, code: str) -> frozenset[int]:
        return frozenset(place for place, rule in enumerate(self.rules.rules) if rule.concerns(code))

    def _of_modifiers(self, modifiers: tuple[str, ...]) -> frozenset[int]:
        return frozenset(place for place, rule in enumerate(self.rules.rules) if rule.concerns_modifiers(modifiers))

    def is_asked(self, claim: Claim, context: Context) -> bool:
        """Whether a claim goes to this payer."""
        return all(one.holds(claim, None, context) for one in self.rules.asked)

    def of(self, claim: Claim) -> tuple[Edit, ...]:
        """Of the payer's edits those that the claim's procedures and modifiers may break."""
        asked = frozenset().union(*(self.of_code(line.procedure) for line in claim.lines))
        asked &= frozenset().union(*(self.of_modifiers(line.modifiers) for line in claim.lines))
        return tuple(self.edits[place] for place in sorted(asked))


def known() -> list[str]:
    """The payers that have edits of their own, by the names of their folders."""
    home = resources.files("claimwright.payers")
    return sorted(one.name for one in home.iterdir() if one.is_dir() and one.joinpath("edits.txt").is_file())


@cache
def rules_of(payer: str) -> RuleSet:
    """A payer's edits as rules. Raises KeyError where it has none, ValueError where the text cannot be read."""
    if payer not in known():
        raise KeyError(payer)
    text = resources.files("claimwright.payers").joinpath(payer, "edits.txt").read_text("utf-8")
    rules, findings = read_rules(text)
    if rules is None:
        raise ValueError(f"edits of {payer}, line {findings[0].line}: {findings[0].message}")
    return rules


@cache
def _payers() -> tuple[PayerEdits, ...]:
    return tuple(PayerEdits(rules_of(payer)) for payer in known())


_by_address: dict[tuple[str, str, str], tuple[PayerEdits, ...]] = {}


def all_payer_edits() -> tuple[Edit, ...]:
    """Every payer's edits."""
    return (*(edit for payer in _payers() for edit in payer.edits), *therapy.EDITS)


def edits_for(claim: Claim, context: Context) -> tuple[Edit, ...]:
    """The edits of the payer that a claim goes to, for `scrub(own=...)`."""
    address = (claim.payer.payer_id, claim.filing_indicator, claim.form)
    payers = _by_address.get(address)
    if payers is None:
        if len(_by_address) >= REMEMBERED:
            _by_address.clear()
        payers = _by_address[address] = tuple(one for one in _payers() if one.is_asked(claim, context))
    if not claim.lines:
        return ()
    return (*(edit for payer in payers for edit in payer.of(claim)), *therapy.edits_of(claim))
