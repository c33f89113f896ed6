"""What comes in: acknowledgements move claims, the same file twice changes nothing, a broken one is parked."""

from datetime import date

import pytest

from claimwright.office.records.models import Deposit, File, Job, Remit
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.receiving import receive_file
from claimwright.parties import Payer
from claimwright.x12.acknowledgement import (
    ClaimAck,
    ClaimAcks,
    FunctionalAck,
    SetAck,
    Ta1,
    write_277ca,
    write_999,
    write_ta1,
)
from claimwright.x12.remittance import write_835
from officekit import decision, payment

DAY = date(2026, 10, 7)


def functional(office, claim, accepted: bool) -> bytes:
    group = str(int(claim.file.control_number))
    one = SetAck(group=group, set_control="0001", accepted=accepted, code="A" if accepted else "R", version="005010X222A1")
    ack = FunctionalAck(
        group_control=group, functional_id="HC", version="005010X222A1", code="A" if accepted else "R", included=1, received=1,
        accepted=int(accepted), sets=(one,),
    )  # fmt: skip
    return write_999([ack], office.envelope())


def claim_ack(office, claim, accepted: bool, number: str = "ICN77") -> bytes:
    ack = ClaimAck(
        patient_control_number=claim.patient_control_number,
        accepted=accepted,
        category="A2" if accepted else "A7",
        status="20" if accepted else "164",
        entity="" if accepted else "IL",
        payer_control_number=number if accepted else "",
        charge=claim.charge,
        first_service=claim.first_service,
    )
    acks = ClaimAcks(batch="B1", payer=Payer(name="Plain Health", payer_id="PAY01"), provider=_billing(office), acks=(ack,))
    return write_277ca([acks], office.envelope(9002))


def _billing(office):
    from claimwright.office.records.convert import billing_provider

    return billing_provider(office.practice)


def receive(office, content: bytes, name: str = "x") -> File:
    return receive_file(practice=office.practice, by=None, today=DAY, name=name, content=content)


def test_an_accepted_claim_takes_the_payers_number(office):
    claim = office.sent()
    assert receive(office, functional(office, claim, True)).answers == claim.file
    assert receive(office, claim_ack(office, claim, True)).status == "read"
    claim.refresh_from_db()
    assert (claim.state, claim.payer_control_number) == ("accepted", "ICN77")
    assert [event.kind for event in claim.events.all()] == ["built", "scrubbed", "sent", "999", "277ca"]
    assert claim.events.last().text == "Accepted by Plain Health (277CA A2:20)"


def test_a_refused_claim_says_why_and_can_be_mended(office):
    claim = office.sent()
    receive(office, claim_ack(office, claim, False))
    claim.refresh_from_db()
    assert claim.state == "rejected"
    assert "A7:164:IL" in claim.events.last().text


def test_a_refused_file_refuses_its_claims(office):
    claim = office.sent()
    receive(office, functional(office, claim, False))
    claim.refresh_from_db()
    assert claim.state == "rejected"


def test_a_refused_interchange_refuses_its_claims(office):
    claim = office.sent()
    ack = Ta1(interchange=claim.file.control_number, accepted=False, code="R", note="024")
    receive(office, write_ta1(ack, office.envelope()))
    claim.refresh_from_db()
    assert claim.state == "rejected"


def test_the_same_file_twice_is_one_file_and_one_event(office):
    claim = office.sent()
    content = claim_ack(office, claim, True)
    assert receive(office, content, "a").pk == receive(office, content, "b").pk
    assert claim.events.filter(kind="277ca").count() == 1


def test_the_same_payment_in_another_file_is_kept_once(office):
    claim = office.sent("99213")
    remittance = payment(claim, decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))))
    first = receive(office, write_835([remittance], office.envelope(1)))
    second = receive(office, write_835([remittance], office.envelope(2)))
    assert first.pk != second.pk
    assert Remit.objects.filter(practice=office.practice).count() == 1
    assert Job.objects.filter(practice=office.practice, kind="post remittance").count() == 1
    assert "posted once" in second.reason


@pytest.mark.parametrize("content", [b"", b"not a file", b"\xff\xfe\x00", b"ISA*00*", b"date,trace,amount,sender\nx,1,abc,y\n"])
def test_what_cannot_be_read_is_parked_with_a_reason(office, content):
    file = receive(office, content)
    assert file.status == "parked"
    assert file.reason
    assert content_of(file) == content


def test_a_cut_off_remittance_is_parked_or_read_but_never_half_posted(office):
    claim = office.sent("99213")
    whole = write_835([payment(claim, decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))))], office.envelope())
    before = office.sums()
    for cut in range(0, len(whole), 97):
        receive(office, whole[:cut])
    assert office.sums() == before


def test_a_payment_that_its_file_breaks_off_in_is_told_beside_those_that_are_kept(office):
    claim = office.sent("99213")
    whole = write_835([payment(claim, decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))))], office.envelope())
    start, end = whole.index(b"ST*"), whole.index(b"GE*")
    both = receive(office, whole[:end] + whole[start : whole.index(b"SE*")])
    assert Remit.objects.filter(practice=office.practice).count() == 1
    assert "breaks off" in both.reason and "again" in both.reason
    alone = receive(office, whole[: whole.index(b"SE*")])
    assert alone.status == "parked" and "breaks off" in alone.reason


def test_an_acknowledgement_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(office):
    claim = office.sent()
    whole = claim_ack(office, claim, True)
    file = receive(office, whole[: whole.index(b"SE*")])
    claim.refresh_from_db()
    assert (file.status, claim.state) == ("read", "accepted") and "breaks off" in file.reason and "again" in file.reason
    before = receive(office, whole[: whole.rindex(b"STC*")])
    assert before.status == "parked" and "breaks off" in before.reason


def test_a_999_that_breaks_off_before_its_result_decides_nothing(office):
    claim = office.sent()
    whole = functional(office, claim, False)
    file = receive(office, whole[: whole.index(b"AK9*")])
    claim.refresh_from_db()
    assert (file.status, claim.state) == ("parked", "sent") and "breaks off" in file.reason
    assert receive(office, whole).status == "read"
    claim.refresh_from_db()
    assert claim.state == "rejected"


def test_an_acknowledgement_of_someone_elses_file_is_parked(office, other_office):
    claim = other_office.sent()
    file = receive(office, write_ta1(Ta1(interchange="000000777", accepted=True), office.envelope()))
    assert (file.status, "not ours" in file.reason) == ("parked", True)
    receive(office, claim_ack(other_office, claim, True))
    claim.refresh_from_db()
    assert claim.state == "sent"


def test_the_banks_line_finds_its_remittance_whichever_comes_first(office):
    claim = office.sent("99213")
    bank = b"date,trace,amount,sender\n2026-10-16,EFT1,80.00,PLAIN HEALTH\n2026-10-16,EFT2,5.00,OTHER\n"
    receive(office, bank)
    remittance = payment(claim, decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))))
    receive(office, write_835([remittance], office.envelope()))
    joined = Deposit.objects.get(practice=office.practice, trace="EFT1")
    assert joined.remit is not None and joined.remit.paid == joined.amount
    assert Deposit.objects.get(practice=office.practice, trace="EFT2").remit is None
