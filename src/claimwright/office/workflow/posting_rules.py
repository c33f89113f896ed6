"""Which posting rules hold for a payment: ours, the payer's folder, then the practice's own, the payer's last."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db import transaction
from django.db.models import Q

from claimwright.office.records.asked import asked
from claimwright.office.records.models import PayerRecord, PostingRulesText, Practice, User
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import find
from claimwright.payers.posting import rules_for
from claimwright.remits.model import Remittance
from claimwright.remits.rules import PostingRules


def posting_rules(practice: Practice, payer: PayerRecord | None, remit: Remittance) -> PostingRules:
    """The rules in force for a payment."""
    filing = frozenset(claim.filing_indicator for claim in remit.claims)
    latest: dict[int | None, str] = dict(_texts([payer.pk] if payer else [], practice=practice.pk))
    return _rules(remit.payer.payer_id, filing, latest.get(None, ""), latest.get(payer.pk, "") if payer else "")


_texts = asked(
    lambda payers, practice: (
        PostingRulesText.objects.filter(Q(payer=None) | Q(payer__among=payers), practice=practice)
        .order_by("pk")
        .values_list("payer", "text")
    )
)


@lru_cache(maxsize=64)
def _rules(payer_id: str, filing: frozenset[str], everyone: str, payer: str) -> PostingRules:
    return rules_for(payer_id, filing).with_text(everyone).with_text(payer)


@transaction.atomic
def keep_posting_rules(
    *, practice: Practice, by: User | None, today: date, text: str, payer_id: int | None = None
) -> PostingRulesText:
    """Keep the practice's own lines for one payer, or for all, as the version in force from now on."""
    payer = find(PayerRecord, practice, payer_id) if payer_id is not None else None
    try:
        PostingRules().with_text(text)
    except ValueError as wrong:
        raise Refused(f"{str(wrong)[:1].upper()}{str(wrong)[1:]}.") from None
    return PostingRulesText.objects.create(practice=practice, payer=payer, text=text, made_by=by, made_on=today)
