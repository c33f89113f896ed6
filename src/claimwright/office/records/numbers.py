"""Control numbers: every number is given once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from claimwright.office.records.exchange import ControlNumber
from claimwright.office.records.practice import Practice


@transaction.atomic
def next_number(practice: Practice, kind: str, count: int = 1) -> int:
    """The first of `count` numbers of a kind that nobody else gets."""
    counter = ControlNumber.objects.filter(practice=practice, kind=kind)
    if not counter.update(last=F("last") + count):  # the update locks the row until the transaction ends
        ControlNumber.objects.get_or_create(practice=practice, kind=kind)
        counter.update(last=F("last") + count)
    last: int = counter.values_list("last", flat=True).get()
    return last - count + 1
