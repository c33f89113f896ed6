"""Control numbers: every number is given once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from claimwright.office.records.exchange import ControlNumber
from claimwright.office.records.practice import Practice


@transaction.atomic
def next_number(practice: Practice, kind: str, count: int = 1) -> int:
    """The first of `count` numbers of a kind that nobody else gets."""
    counter, _ = ControlNumber.objects.get_or_create(practice=practice, kind=kind)
    ControlNumber.objects.filter(pk=counter.pk).update(last=F("last") + count)  # locks the row until the transaction ends
    last: int = ControlNumber.objects.values_list("last", flat=True).get(pk=counter.pk)
    return last - count + 1
