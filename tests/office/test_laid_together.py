"""One decision of a payer that stands for several of our claims: each has its own part, its secondary claim, its way back."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import Denial
from claimwright.office.workflow import claims, posting, submission, undo
from claimwright.office.workflow.patientlines import patient_lines
from claimwright.remits.model import RemitClaim
from officekit import Office, decision, keep_remittance, payment

DAY = date(2026, 10, 20)
PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
SMALL = (6_00, (("CO", "45", 12_00), ("PR", "1", 2_00)))


def two_visits(office: Office, *, second: bool):
    """Two visits of one patient, billed apart."""
    patient = office.patient()
    office.insure(patient)
    if second:
        office.insure(patient, "S", order=2)
    visits = [(office.visit(patient, on=date(2026, 10, day)), code) for day, code in ((5, "99213"), (7, "36415"))]
    billed = [office.claim(office.code(visit, code)) for visit, code in visits]
    submission.submit_batch(**office.who(date(2026, 10, 9)), claim_ids=[claim.pk for claim in billed])
    for claim in billed:
        claim.refresh_from_db()
    return billed


@pytest.fixture
def two(office: Office):
    """With a second payer behind the first."""
    return two_visits(office, second=True)


def together(*parts: RemitClaim) -> RemitClaim:
    """One CLP under the first claim's number with the lines of all."""
    return msgspec.structs.replace(
        parts[0],
        charge=sum(part.charge for part in parts),
        paid=sum(part.paid for part in parts),
        patient_share=sum(part.patient_share for part in parts),
        lines=tuple(line for part in parts for line in part.lines),
    )


def post(office: Office, claim, *said: RemitClaim, trace: str = "EFT1", on: date = DAY):
    remittance = msgspec.structs.replace(payment(claim, *said, trace=trace), paid_on=on)
    remit, _ = keep_remittance(office.practice, remittance, None)
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk)


def test_each_claim_goes_to_its_next_payer_with_its_own_part(office: Office, two) -> None:
    first, other = two
    remit = post(office, first, together(decision(first, PAID), decision(other, SMALL)))
    assert remit.status == "posted"
    for claim, paid, share in ((first, 80_00, 20_00), (other, 6_00, 2_00)):
        second = claim_of(claims.build_secondary(**office.who(DAY), claim_id=claim.pk))
        (before,) = [one for one in second.other_payers if one.paid is not None]
        assert (before.paid, before.remaining_patient) == (paid, share)
        ((told,),) = [line.adjudications for line in second.lines]
        assert told.paid == paid and sum(a.amount for a in told.adjustments) == second.charge - paid


def test_undone_and_posted_again_both_follow_and_a_wrong_one_keeps_no_part(office: Office, two) -> None:
    first, other = two
    row = post(office, first, together(decision(first, PAID), decision(other, (0, (("CO", "97", 20_00),))))).claims.get()
    assert list(row.parts.order_by("part").values_list("claim", flat=True)) == [first.pk, other.pk]
    sums = office.sums()
    undo.undo_posting(**office.who(DAY), remit_claim_id=row.pk, reason="wrong person")
    other.refresh_from_db()
    assert (other.state, row.parts.count(), office.sums()["insurance_ar"]) == ("sent", 0, 170_00)
    assert not Denial.objects.filter(claim=other).exists()
    undo.post_again(**office.who(DAY), remit_claim_id=row.pk)
    assert office.sums() == sums and row.parts.count() == 2
    assert Denial.objects.get(claim=other).reason == "97"


def test_a_payment_that_comes_late_takes_back_what_was_laid_together_and_all_that_hangs_on_it(office: Office, two) -> None:
    first, other = two
    small = decision(other, SMALL)
    line = small.lines[0]
    minus = tuple(msgspec.structs.replace(a, amount=-a.amount) for a in line.adjustments)
    taken = msgspec.structs.replace(line, charge=-20_00, paid=-6_00, adjustments=minus)
    reversal = msgspec.structs.replace(small, status="22", charge=-20_00, paid=-6_00, patient_share=0, lines=(taken,))
    laid = together(decision(first, PAID), small)
    denied = decision(first, (0, (("CO", "16", 150_00),)), number="PCN-0")
    post(office, first, laid, trace="B", on=date(2026, 10, 18))
    post(office, other, reversal, decision(other, (7_00, (("CO", "45", 13_00),))), trace="C", on=date(2026, 10, 19))
    post(office, first, denied, trace="A", on=date(2026, 10, 17))
    assert not first.remit_rows.exclude(status="posted").exists() and not other.remit_rows.exclude(status="posted").exists()
    assert office.sums() == {"charges": -170_00, "cash": 87_00, "contractual": 63_00, "insurance_ar": 20_00}


def test_the_patient_is_told_the_shares_of_each_claim(office: Office) -> None:
    first, other = two_visits(office, second=False)
    post(office, first, together(decision(first, PAID), decision(other, SMALL)))
    assert {line.charge: line.shares for line in patient_lines(first.patient.guarantor)} == {
        150_00: (("2", 20_00),),
        20_00: (("1", 2_00),),
    }


def test_a_late_payment_before_a_reversal_that_stood_again_says_the_same(office: Office) -> None:
    claim = office.sent("99213")
    first, better = decision(claim, PAID), decision(claim, (60_00, (("CO", "45", 50_00), ("PR", "2", 40_00))))
    line = first.lines[0]
    minus = tuple(msgspec.structs.replace(a, amount=-a.amount) for a in line.adjustments)
    taken = msgspec.structs.replace(line, charge=-150_00, paid=-80_00, adjustments=minus)
    reversal = msgspec.structs.replace(first, status="22", charge=-150_00, paid=-80_00, patient_share=0, lines=(taken,))
    post(office, claim, first, trace="B", on=date(2026, 10, 18))
    post(office, claim, reversal, better, trace="C", on=date(2026, 10, 19))
    post(office, claim, decision(claim, (0, (("CO", "16", 150_00),)), number="PCN-0"), trace="A", on=date(2026, 10, 17))
    assert office.sums() == {"charges": -150_00, "cash": 60_00, "contractual": 50_00, "patient_ar": 40_00}
