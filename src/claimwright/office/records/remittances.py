"""Payments as they were told, put together from their rows: what a payment says of itself, and each of its decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import TextField
from django.db.models.functions import Cast
from msgspec.structs import replace

from claimwright.office.records.asked import asked
from claimwright.office.records.billing import Remit, RemitClaimRow
from claimwright.office.records.content import pack_text, unpack_text
from claimwright.remits.model import RemitClaim, Remittance


def without_claims(remittance: Remittance) -> str:
    """What `Remit.content` keeps: its claims are in rows of their own."""
    return pack_text(replace(remittance, claims=()))


def remittances(pks: Collection[int]) -> dict[int, Remittance]:
    """Payments by their primary keys."""
    claims: dict[int, list[RemitClaim]] = defaultdict(list)
    for pk, text in _claims(pks):
        claims[pk].append(unpack_text(text, RemitClaim))
    told = {pk: unpack_text(text, Remittance) for pk, text in _payments(pks)}
    return {pk: replace(one, claims=tuple(claims[pk])) for pk, one in told.items()}


_payments = asked(lambda pks: Remit.objects.filter(pk__among=pks).values_list("pk", Cast("content", TextField())))
_claims = asked(
    lambda pks: (
        RemitClaimRow.objects.filter(remit__among=pks)
        .order_by("remit", "position")
        .values_list("remit", Cast("content", TextField()))
    )
)
