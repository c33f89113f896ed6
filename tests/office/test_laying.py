"""A payment that is made ready before its turn: written as it was laid while its books stand as they stood, else laid again."""

from datetime import date, timedelta

import msgspec
import pytest

from claimwright.ledger.balances import check
from claimwright.office.records.ledger import events_until
from claimwright.office.records.models import LedgerEntry
from claimwright.office.workflow import laying, posting
from claimwright.office.workflow.laying import lay_ahead
from claimwright.remits.model import ProviderAdjustment, RemitClaim
from officekit import decision, keep_remittance, payment

DAY = date(2026, 12, 1)
PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
MORE = (60_00, (("CO", "45", 50_00), ("PR", "2", 40_00)))


@pytest.fixture
def readings(monkeypatch):
    """How often a payment was read in its turn."""
    read: list[int] = []

    def counted(practice, remit):
        read.append(remit.pk)
        return laying.read(practice, remit)

    monkeypatch.setattr(posting, "read", counted)
    return read


def kept(office, claim, day, *said, **more):
    remittance = payment(claim, *said, trace=f"EFT{day}")
    remittance = msgspec.structs.replace(remittance, paid_on=date(2026, 10, 16) + timedelta(days=day), **more)
    return keep_remittance(office.practice, remittance, None)[0]


def laid(office, remit):
    return lay_ahead(office.practice, remit.pk, DAY)


def post(office, remit, ready=None):
    return posting.post_remittance(practice=office.practice, by=None, today=DAY, remit_id=remit.pk, laid=ready)


def taken_back(said: RemitClaim) -> RemitClaim:
    (line,) = said.lines
    minus = tuple(msgspec.structs.replace(one, amount=-one.amount) for one in line.adjustments)
    line = msgspec.structs.replace(line, charge=-line.charge, paid=-line.paid, adjustments=minus)
    return msgspec.structs.replace(said, status="22", charge=-said.charge, paid=-said.paid, patient_share=0, lines=(line,))


def test_nothing_is_written_before_its_turn_and_then_as_it_was_laid(office, readings):
    claim = office.sent("99213")
    remit = kept(office, claim, 1, decision(claim, PAID))
    ready = laid(office, remit)
    assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00}
    assert not remit.claims.filter(status="posted").exists()
    assert post(office, remit, ready).status == "posted"
    assert readings == []
    assert office.sums() == {"charges": -150_00, "cash": 80_00, "contractual": 50_00, "patient_ar": 20_00}
    claim.refresh_from_db()
    assert claim.state == "patient" and claim.events.filter(kind="posted").count() == 1


def test_what_was_laid_before_another_payment_of_the_visit_is_laid_again(office, readings):
    claim = office.sent("99213")
    said = decision(claim, PAID)
    first, back, better = (
        kept(office, claim, day, one) for day, one in enumerate((said, taken_back(said), decision(claim, MORE)), 1)
    )
    ready = [laid(office, remit) for remit in (first, back, better)]  # all of them beside an unposted claim
    for remit, one in zip((first, back, better), ready, strict=True):
        post(office, remit, one)
    assert readings == [back.pk, better.pk]
    assert office.sums() == {"charges": -150_00, "cash": 60_00, "contractual": 50_00, "patient_ar": 40_00}
    assert check(events_until(office.practice)) == []


def test_a_payment_laid_twice_posts_once(office, readings):
    claim = office.sent("99213")
    remit = kept(office, claim, 1, decision(claim, PAID))
    ready = [laid(office, remit), laid(office, remit)]
    for one in ready:
        post(office, remit, one)
    assert readings == [] and office.sums()["cash"] == 80_00
    assert laid(office, remit) is None


def test_what_comes_late_is_left_to_its_turn(office):
    claim = office.sent("99213")
    early, late = kept(office, claim, 1, decision(claim, MORE)), kept(office, claim, 2, decision(claim, PAID))
    post(office, late)
    assert laid(office, early) is None


def test_a_claim_that_the_payer_names_by_a_number_learned_since_is_found(office, readings):
    old, claim = office.sent("99213"), office.sent("99214")
    told = msgspec.structs.replace(decision(old, PAID), payer_control_number="ICN77")
    first = kept(office, old, 1, told)
    taken = ProviderAdjustment(npi=office.practice.npi, fiscal_period_end=None, reason="WO", amount=10_00, reference="ICN77")
    said = decision(claim, PAID)
    second = kept(office, claim, 2, said, provider_adjustments=(taken,), paid=said.paid - 10_00)
    ready = laid(office, second)
    post(office, first)
    post(office, second, ready)
    assert readings == [first.pk, second.pk]
    assert set(
        LedgerEntry.objects.filter(event__kind="provider_adjustment", event__remit=second).values_list("claim", flat=True)
    ) == {old.pk}
