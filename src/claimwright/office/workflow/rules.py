"""The practice's own rules: tried out on past claims, then kept as a new version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import transaction

from claimwright.claims.model import Claim
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, Edit
from claimwright.edits.rules import RuleSet, hold_what
from claimwright.edits.rules_text import prove, read_rules
from claimwright.findings import Finding
from claimwright.money import Cents
from claimwright.office.codes import tables
from claimwright.office.records.models import ClaimRecord, Practice, PracticeRules, User
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.history import past_claims
from claimwright.payers.edits import edits_for

TRIED = 500  # past claims of a try-out: a few months of a practice
_HEADING = re.compile(r"^rules (\S+) version \d+", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """The past claims that a rule would have found, and whether it would have held them."""

    rule: str
    holds: bool
    claims: list[ClaimRecord]

    @property
    def charge(self) -> Cents:
        """What these claims charge."""
        return sum(one.charge for one in self.claims)


@dataclass(frozen=True)
class TryOut:
    """What a text of rules says, and which past claims each rule would have found."""

    findings: list[Finding]
    tried: int
    found: list[Found]

    @property
    def refused(self) -> bool:
        """Whether the text cannot be kept."""
        return any(one.stops for one in self.findings)


def latest(practice: Practice) -> PracticeRules | None:
    """The version in force."""
    return practice.rules.first()


def edits_of(practice: Practice) -> tuple[Edit, ...]:
    """The practice's rules in force, as edits."""
    row = latest(practice)
    return _edits(row.text) if row else ()


def own_edits(practice: Practice, claim: Claim, around: Context) -> tuple[Edit, ...]:
    """What is asked of a claim beside the built-in edits: the practice's rules, and those of the payer it goes to."""
    return (*edits_of(practice), *edits_for(claim, around))


@lru_cache(maxsize=32)
def _edits(text: str) -> tuple[Edit, ...]:
    rules, findings = read_rules(text)
    if rules is None:  # kept by an older release that read more: a claim must not slip past it unseen
        raise Refused(f"The practice's own rules cannot be read: {findings[0].message} An administrator must mend them.")
    return rules.edits()


def try_out(practice: Practice, today: date, text: str) -> TryOut:
    """Read the text, run its cases, and ask each rule of the latest claims beside the patients' earlier ones."""
    rules, findings = read_rules(text)
    if rules is None:
        return TryOut(findings, 0, [])
    records = list(practice.claims.select_related("patient", "payer").order_by("-built_on", "-pk")[:TRIED])
    return TryOut(prove(rules, tables()), len(records), _found(rules, records, today))


def _found(rules: RuleSet, records: list[ClaimRecord], today: date) -> list[Found]:
    by_number = {record.patient_control_number: record for record in records}
    held = hold_what(rules, past_claims(records, today), tables())
    holding = {rule.id for rule in rules.rules if rule.severity in (REJECT, DENY)}
    return [Found(name, name in holding, [by_number[number] for number in numbers]) for name, numbers in held.items()]


@transaction.atomic
def keep_rules(*, practice: Practice, by: User | None, today: date, text: str, note: str = "") -> PracticeRules:
    """Keep a text as the next version, in force from now on; refused unless every rule reads and every case comes out."""
    Practice.objects.select_for_update().get(pk=practice.pk)
    rules, findings = read_rules(text)
    findings = findings or prove(rules, tables()) if rules else findings
    wrong = next((one for one in findings if one.stops), None)
    if wrong:
        raise Refused(f"Line {wrong.line}: {wrong.message} {wrong.fix}")
    before = latest(practice)
    if before and _HEADING.sub("", before.text) == _HEADING.sub("", text):
        raise Refused("Nothing has changed.")
    version = before.version + 1 if before else 1
    text = _HEADING.sub(rf"rules \1 version {version}", text, count=1)
    return PracticeRules.objects.create(
        practice=practice, version=version, text=text, note=note.strip()[:120], made_by=by, made_on=today
    )
