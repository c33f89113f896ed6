"""A whole payment is posted in few statements, and says the same as claim by claim."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claimwright.office.records.bulk import in_parts
from claimwright.office.records.models import ClaimEvent, ClaimRecord, Encounter, LedgerEvent
from claimwright.office.workflow import posting
from claimwright.office.workflow.trail import changed, event_number, tell, together
from officekit import Office, decision, keep_remittance, payment

DAY = date(2026, 10, 20)
SAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))


def posted(office: Office, claims: list[ClaimRecord], trace: str) -> tuple[int, list[str]]:
    """How many statements a payment of these claims takes, and where they stand then."""
    remittance = payment(claims[0], *(decision(one, SAID, number=f"{trace}-{one.pk}") for one in claims), trace=trace)
    remit, _ = keep_remittance(office.practice, remittance, None)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        posting.post_remittance(**office.who(DAY), remit_id=remit.pk)
    remit.refresh_from_db()
    assert remit.status == "posted"
    return len(asked), [ClaimRecord.objects.get(pk=one.pk).state for one in claims]


def test_ten_claims_take_hardly_more_statements_than_one(office):
    claims = [office.sent("99213") for _ in range(11)]
    office.by = None  # what nobody did by hand is no access to log
    alone, states = posted(office, claims[:1], "ONE")
    ten, more = posted(office, claims[1:], "TEN")
    assert states + more == ["patient"] * 11
    assert ten <= alone + 10, "each claim asks the database for itself"
    assert office.sums()["cash"] == 11 * 80_00


def test_what_happens_together_is_written_once_and_numbered_as_it_happens(office):
    claim = office.sent("99213")
    before = claim.events.count()
    with together([claim]):
        assert tell(claim, today=DAY, kind="note", text="first", key="note:1")
        assert not tell(claim, today=DAY, kind="note", text="again", key="note:1")
        assert event_number(claim, "note") == 2
        changed(claim, underpaid=5)
        changed(claim, underpaid=7)
        assert ClaimEvent.objects.filter(claim=claim).count() == before
    assert claim.events.count() == before + 1
    assert ClaimRecord.objects.get(pk=claim.pk).underpaid == 7


def test_nothing_is_written_where_something_fails(office):
    claim = office.sent("99213")
    with pytest.raises(ZeroDivisionError), together([claim]):
        changed(claim, underpaid=5)
        raise ZeroDivisionError
    assert ClaimRecord.objects.get(pk=claim.pk).underpaid == 0


def test_a_reference_in_a_provider_adjustment_is_posted_to_the_claim_that_it_names(office):
    from msgspec.structs import replace

    from claimwright.remits.model import ProviderAdjustment

    old, other = office.sent("99213"), office.sent("99213")
    remittance = payment(other, decision(other, SAID))
    taken = ProviderAdjustment(
        npi=remittance.payee_npi, fiscal_period_end=None, reason="WO", amount=10_00, reference=old.patient_control_number
    )
    Encounter.objects.filter(pk=old.encounter_id).update(date=date(2026, 9, 1))
    ClaimRecord.objects.filter(pk=old.pk).update(first_service=date(2026, 9, 1))
    remit, _ = keep_remittance(
        office.practice, replace(remittance, provider_adjustments=(taken,), paid=remittance.paid - 10_00), None
    )
    posting.post_remittance(**office.who(DAY), remit_id=remit.pk)
    event = LedgerEvent.objects.get(kind="provider_adjustment", remit=remit)
    assert {entry.claim_id for entry in event.entries.all()} == {old.pk}


def test_parts_are_whole_and_in_order():
    assert list(in_parts(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_a_denial_under_a_strangers_number_is_not_posted_beside_the_one_that_it_repeats(office):
    from msgspec.structs import replace

    claim = office.sent("99213")
    denied = decision(claim, (0, (("CO", "16", 150_00),)))
    stray = replace(denied, patient_control_number="NOTOURS1", payer_control_number="PCN-9")
    remit, _ = keep_remittance(office.practice, payment(claim, denied, stray), None)
    posting.post_remittance(**office.who(DAY), remit_id=remit.pk)
    assert [(row.status, row.hold) for row in remit.claims.order_by("position")] == [("posted", ""), ("parked", "decided before")]
