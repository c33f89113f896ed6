"""What posts by itself, as data: which reasons are agreed write-offs, which the patient's, what is held, where PLB goes.

A line a rule (`posting_rules.txt` says how), each with its source. A payer's folder and the practice add lines of their own.
Everything that no line names stays open as a denial to work: silence never writes off and never bills the patient.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final, Literal, cast, get_args

import msgspec

from claimwright.ledger.model import Account
from claimwright.parties import Struct

Verdict = Literal["write off", "write off whole", "reduce payment", "patient", "prior payer", "deny", "hold"]

# Remarks by which a payer says it forwarded the claim to the next payer.
FORWARDED_REMARKS: Final = frozenset({"MA07", "MA18", "N89"})

_VERDICTS: Final = frozenset(get_args(Verdict))
_ACCOUNTS: Final = frozenset(get_args(Account))
_GROUPS: Final = frozenset({"CO", "PR", "OA", "PI", "CR", "*"})


class PostingRule(Struct, gc=False):
    """One line of posting rules for one group and reason."""

    verdict: Verdict
    words: str = ""
    source: str = ""


class ProviderRule(Struct, gc=False):
    """Where the money of one PLB reason goes."""

    account: Account
    words: str = ""
    source: str = ""


class PostingRules(Struct):
    """One practice's rules with one payer."""

    adjustments: dict[str, PostingRule] = msgspec.field(default_factory=lambda: _defaults().adjustments)
    provider_adjustments: dict[str, ProviderRule] = msgspec.field(default_factory=lambda: _defaults().provider_adjustments)

    def rule(self, group: str, reason: str) -> PostingRule:
        """The narrowest line that names a reason; a denial where none does."""
        for key in (f"{group}-{reason}", f"*-{reason}", f"{group}-*", "*-*"):
            if key in self.adjustments:
                return self.adjustments[key]
        return _DENY

    def verdict(self, group: str, reason: str) -> Verdict:
        """What a reason does to the books."""
        return self.rule(group, reason).verdict

    def with_text(self, text: str) -> PostingRules:
        """These rules with the lines of a text over them. Raises ValueError, naming the line, where one cannot be read."""
        adjustments, provider = dict(self.adjustments), dict(self.provider_adjustments)
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                _read(number, line, adjustments, provider)
        return PostingRules(adjustments=adjustments, provider_adjustments=provider)


_DENY: Final = PostingRule(verdict="deny", words="refused", source="no rule names it: it stays open as work")


def _read(number: int, line: str, adjustments: dict[str, PostingRule], provider: dict[str, ProviderRule]) -> None:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 5 or not cells[4]:
        raise ValueError(f"line {number} of the posting rules: five cells are wanted, the last of them the source")
    verb, groups, reasons, words, source = cells
    if verb.startswith("plb "):
        account = verb.removeprefix("plb ").strip()
        if account not in _ACCOUNTS:
            raise ValueError(f"line {number} of the posting rules: {account} is no account of the ledger")
        rule = ProviderRule(account=cast(Account, account), words=words, source=source)
        provider |= dict.fromkeys(reasons.split(), rule)
    elif verb in _VERDICTS and groups.split() and set(groups.split()) <= _GROUPS:
        made = PostingRule(verdict=cast(Verdict, verb), words=words, source=source)
        adjustments |= {f"{group}-{reason}": made for group in groups.split() for reason in reasons.split()}
    else:
        raise ValueError(f"line {number} of the posting rules: {verb} {groups} is no verb with its groups")


@cache
def default_rules() -> PostingRules:
    """What holds where nobody says otherwise."""
    text = resources.files("claimwright.remits").joinpath("posting_rules.txt").read_text("utf-8")
    return PostingRules(adjustments={}, provider_adjustments={}).with_text(text)


def _defaults() -> PostingRules:
    return default_rules()


def provider_words(reason: str) -> str:
    """A PLB reason in our words."""
    rule = default_rules().provider_adjustments.get(reason)
    return rule.words if rule else "a reason we have no words for"
