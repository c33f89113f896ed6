"""The payer in a box answers as a payer would, and every payment balances."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import msgspec
import pytest
from sandbox_office import ANA, GAP, GRACE, MARIA, MEDICARE, NORTH, ON, PRACTICE, TED, Office, Visit, claims_of, remittances

from claimwright.claims.model import Claim
from claimwright.coverage.benefits import summarize
from claimwright.parties import Insured
from claimwright.payers.sandbox.model import Behaviour
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.x12.acknowledgement import read_999, read_ta1


def behaviour(do: str, **more: str) -> Behaviour:
    return Behaviour(member_id="NL000001", on=ON, do=do, **more)  # type: ignore[arg-type]


def cas(claim: RemitClaim, line: int = 1) -> dict[str, int]:
    return {f"{a.group}-{a.reason}": a.amount for a in claim.lines[line - 1].adjustments}


def assert_balanced(paid: list[Remittance]) -> None:
    for one in paid:
        assert one.balanced and one.paid >= 0
        assert all(claim.balanced for claim in one.claims)


def by_medicare(visit: Visit, *services: str, **more: object) -> Claim:
    return visit(*services, who=GRACE, member_id="1EG4TE5MK73", payer=MEDICARE, filing_indicator="MB", **more)


# Eligibility ---------------------------------------------------------------------------------------------------------


def test_a_member_in_force_hears_the_benefits_left() -> None:
    read = summarize(Office().ask(MARIA, "NL000001"))
    assert read.active
    assert (read.deductible_left, read.coinsurance, read.plan_name) == (15000, PLAN_RATE, "PPO Gold")


PLAN_RATE = Office().book.plans[0].coinsurance


def test_a_dependent_is_found_under_the_subscriber() -> None:
    found = Office().ask(ANA, "NL000001", insured=Insured(person=MARIA, member_id="NL000001", relationship="19"))
    assert found.active


def test_coverage_that_is_over_is_inactive() -> None:
    read = summarize(Office().ask(TED, "NL000002"))
    assert not read.active
    assert "2026-09-30" in read.message


@pytest.mark.parametrize(
    ("who", "member_id", "reason"),
    [
        (MARIA, "NL999999", "75"),
        (MARIA, "12345", "72"),
        (msgspec.structs.replace(MARIA, birth=date(1971, 3, 4)), "NL000001", "71"),
        (msgspec.structs.replace(MARIA, last="Lopes"), "NL000001", "73"),
    ],
)
def test_who_is_not_found_hears_why(who: object, member_id: str, reason: str) -> None:
    found = Office().ask(who, member_id)  # type: ignore[arg-type]
    assert [one.reason for one in found.rejections] == [reason]
    assert summarize(found).next_step


# At the door ---------------------------------------------------------------------------------------------------------


def test_a_good_file_is_acknowledged_and_its_claim_accepted(visit: Visit) -> None:
    office = Office()
    acks = office.send(visit("99213 150.00"))
    kinds = [name.rsplit(".", 1)[1] for name, _ in office.files]
    assert kinds == ["TA1", "999", "277CA"]
    assert next(read_ta1(office.files[0][1])).accepted
    assert next(read_999(office.files[1][1])).accepted == 1
    assert [(a.accepted, a.category, a.status) for a in acks] == [(True, "A2", "20")]
    assert acks[0].payer_control_number


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"member_id": "NL999999"}, ("A3", "33")),
        ({"member_id": "X1"}, ("A7", "164")),
        ({"who": msgspec.structs.replace(MARIA, birth=date(1971, 3, 4))}, ("A7", "158")),
        ({"billing": msgspec.structs.replace(PRACTICE, npi="1999999984")}, ("A3", "562")),
        ({"frequency": "7", "payer_control_number": "NOPE"}, ("A7", "464")),
    ],
)
def test_a_claim_the_payer_cannot_take_is_rejected_with_the_reason(visit: Visit, how: dict[str, object], status: object) -> None:
    office = Office()
    (ack,) = office.send(visit("99213 150.00", **how))
    assert not ack.accepted
    assert (ack.category, ack.status) == status
    assert office.wait(30) == []


def test_one_bad_claim_does_not_lose_the_others(visit: Visit) -> None:
    acks = Office().send(visit("99213 150.00", member_id="NL999999"), visit("99213 150.00", control="P2"))
    assert [ack.accepted for ack in acks] == [False, True]


def test_the_same_file_again_changes_nothing(visit: Visit) -> None:
    office = Office()
    file = office.batch(visit("99213 150.00"))
    assert office.hand_over(file)
    assert office.hand_over(file) == []
    assert len(claims_of(office.wait(20))) == 1


def test_the_same_claim_in_another_file_is_rejected_as_a_duplicate(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"))
    (ack,) = office.send(visit("99213 150.00"))
    assert (ack.category, ack.status) == ("A3", "54")


# Decisions and payments ----------------------------------------------------------------------------------------------


def test_the_payment_is_what_the_plan_promises(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    (paid,) = office.wait(20)
    assert_balanced([paid])
    (claim,) = paid.claims
    assert (claim.status, claim.paid, claim.patient_share, claim.patient_control_number) == ("1", 680, 15170, "P1")
    assert cas(claim, 1) == {"CO-45": 5760, "PR-1": 9240}
    assert cas(claim, 2) == {"CO-45": 11390, "PR-1": 5760, "PR-2": 170}
    assert [line.control_number for line in claim.lines] == ["P1L1", "P1L2"]
    assert 7 <= (paid.paid_on - ON).days <= 13
    bank = next(content for name, content in office.files if name.endswith(".bank.csv"))
    (row,) = csv.DictReader(io.StringIO(bank.decode()))
    assert (row["date"], row["trace"], row["amount"]) == (paid.paid_on.isoformat(), paid.trace, "6.80")


def test_what_the_first_claim_uses_the_second_finds_used(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"), visit("99214 225.00", control="P2", on=ON + timedelta(days=1)), on=ON + timedelta(days=1))
    first, second = claims_of(office.wait(20))
    assert cas(first)["PR-1"] == 9240
    assert cas(second)["PR-1"] == 5760
    assert summarize(office.ask(MARIA, "NL000001")).deductible_left == 0


def test_payments_do_not_depend_on_how_often_the_office_looks(visit: Visit) -> None:
    daily, once = Office(behaviour("reverse")), Office(behaviour("reverse"))
    for office in (daily, once):
        office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    assert daily.wait(60) == remittances(once.hand_over(on=ON + timedelta(days=60)))


def test_a_day_of_several_claims_makes_one_payment(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"), visit("99213 150.00", control="P2", who=ANA, insured=DEPENDENT))
    (paid,) = office.wait(20)
    assert len(paid.claims) == 2


DEPENDENT = Insured(person=MARIA, member_id="NL000001", relationship="19")


@pytest.mark.parametrize(
    ("services", "how", "line", "expected"),
    [
        (("99213 150.00",), {"who": TED, "member_id": "NL000002"}, 1, "PR-27"),
        (("11200 175.00",), {}, 1, "CO-197"),
        (("80053 25.00", "80048 20.00"), {}, 2, "CO-236"),
        (("99213 150.00", "20610-RT 180.00"), {}, 1, "CO-97"),  # the visit lacks modifier 25
        (("93000 40.00 x4",), {}, 1, "CO-151"),
        (("99213 150.00",), {"on": date(2026, 7, 1)}, 1, "CO-29"),
    ],
)
def test_reasons_to_deny(visit: Visit, services: tuple[str, ...], how: dict[str, object], line: int, expected: str) -> None:
    office = Office()
    assert office.send(visit(*services, **how))[0].accepted
    (claim,) = claims_of(office.wait(20))
    assert cas(claim, line) == {expected: claim.lines[line - 1].charge}


def test_an_authorization_is_counted_down(visit: Visit) -> None:
    office = Office()
    august = date(2026, 9, 3)
    how = {"who": TED, "member_id": "NL000002", "prior_authorization": "AU1"}
    office.send(visit("11200 175.00", on=august, **how), on=august)
    office.send(visit("11200 175.00", control="P2", on=august + timedelta(days=9), **how), on=august + timedelta(days=9))
    first, second = claims_of(office.wait(40, since=august))
    assert "PR-1" in cas(first)
    assert cas(second) == {"CO-198": 17500}


def test_the_same_service_under_another_number_is_denied_as_a_duplicate(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"))
    office.send(visit("99213 150.00", control="P2"))
    first, second = claims_of(office.wait(20))
    assert cas(first)["PR-1"] == 9240
    assert cas(second) == {"OA-18": 15000}


def test_a_denied_claim_may_be_sent_again(visit: Visit) -> None:
    office = Office(behaviour("deny", reason="16", remark="N290"))
    office.send(visit("99213 150.00"))
    (claim,) = claims_of(office.wait(20))
    assert cas(claim) == {"CO-16": 15000}
    assert claim.lines[0].remarks == ("N290",)
    later = ON + timedelta(days=20)
    assert office.send(visit("99213 150.00"), on=later)[0].accepted
    (again,) = claims_of(office.wait(20, since=later))
    assert cas(again)["PR-1"] == 9240


# Replaced and voided -------------------------------------------------------------------------------------------------


def test_a_corrected_claim_takes_back_the_first_decision(visit: Visit) -> None:
    office = Office()
    (ack,) = office.send(visit("99213 150.00"))
    office.wait(20)
    later = ON + timedelta(days=20)
    corrected = visit("99214 225.00", control="P1", frequency="7", payer_control_number=ack.payer_control_number)
    office.send(corrected, on=later)
    paid = office.wait(20, since=later)
    assert_balanced(paid)
    taken_back, new = claims_of(paid)
    assert (taken_back.status, taken_back.charge, cas(taken_back)["PR-1"]) == ("22", -15000, -9240)
    assert new.status == "1"
    assert cas(new)["PR-1"] > 0
    left = summarize(office.ask(MARIA, "NL000001", on=later)).deductible_left
    assert left == 15000 - cas(new)["PR-1"]


def test_a_correction_before_the_decision_leaves_one_decision(visit: Visit) -> None:
    office = Office()
    (ack,) = office.send(visit("99213 150.00"))
    office.send(visit("99214 225.00", frequency="7", payer_control_number=ack.payer_control_number))
    (only,) = claims_of(office.wait(20))
    assert only.charge == 22500


def test_a_void_takes_back_and_pays_nothing_new(visit: Visit) -> None:
    office = Office()
    (ack,) = office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    office.wait(20)
    later = ON + timedelta(days=20)
    office.send(
        visit("99213-25 150.00", "20610-RT 180.00", frequency="8", payer_control_number=ack.payer_control_number), on=later
    )
    paid = office.wait(40, since=later)
    assert_balanced(paid)
    assert [claim.status for claim in claims_of(paid)] == ["22"]
    assert paid[0].paid == 0
    assert [(p.reason, p.amount) for p in paid[0].provider_adjustments] == [("FB", -680)]


# On purpose ----------------------------------------------------------------------------------------------------------


def test_underpay_pays_less_than_agreed(visit: Visit) -> None:
    office = Office(behaviour("underpay", procedure="20610"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    (claim,) = claims_of(office.wait(20))
    assert [line.allowed for line in claim.lines] == [9240, 5619]


def test_reverse_takes_back_and_decides_again(visit: Visit) -> None:
    office = Office(behaviour("reverse"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    paid = office.wait(50)
    assert_balanced(paid)
    first, taken_back, again = claims_of(paid)
    assert (first.status, taken_back.status, again.status) == ("1", "22", "1")
    assert taken_back.paid == -first.paid
    assert again.paid == 680
    assert summarize(office.ask(MARIA, "NL000001", on=ON + timedelta(days=50))).deductible_left == 0


def test_reverse_with_a_reason_denies_at_last(visit: Visit) -> None:
    office = Office(behaviour("reverse", reason="50", procedure="20610"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    *_, again = claims_of(office.wait(60))
    assert cas(again, 2) == {"CO-50": 18000}


def test_recoup_is_taken_out_of_a_later_payment_and_the_rest_moves_forward(visit: Visit) -> None:
    office = Office(behaviour("recoup"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    first, recouped = office.wait(60)
    assert first.paid == 680
    assert (recouped.paid, recouped.method) == (0, "NON")
    assert [(p.reason, p.amount) for p in recouped.provider_adjustments] == [("WO", 680), ("FB", -680)]
    later = ON + timedelta(days=60)
    office.send(visit("99214 225.00", control="P2", on=ON + timedelta(days=30)), on=later)
    (last,) = office.wait(20, since=later)
    assert_balanced([first, recouped, last])
    assert [(p.reason, p.amount, p.reference) for p in last.provider_adjustments] == [("FB", 680, recouped.trace)]
    assert last.paid == last.claims[0].paid - 680
    assert sum(content.count(b"Northlake") for name, content in office.files if name.endswith("csv")) == 2


def test_a_recoupment_takes_the_interest_with_it_line_by_line(visit: Visit) -> None:
    office = Office(behaviour("interest"), behaviour("recoup"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    paid, back = office.wait(120)
    assert_balanced([paid, back])
    assert [(p.reason, p.amount) for p in back.provider_adjustments][:2] == [("WO", 680), ("L6", paid.claims[0].interest)]
    office = Office(behaviour("interest"), behaviour("recoup", line=1))
    office.send(visit("99213-25 150.00", "20610-RT 180.00", control="P0", on=ON - timedelta(days=9)))  # meets the deductible
    office.send(visit("99214-25 225.00", "20610-RT 180.00"))
    _, paid, back = office.wait(120)
    assert_balanced([paid, back])
    (claim,), (taken, interest, *_) = paid.claims, back.provider_adjustments
    assert 0 < taken.amount == claim.lines[0].paid < claim.paid
    assert abs(interest.amount * claim.paid - claim.interest * taken.amount) <= claim.paid, "its part, to the cent"


def test_silence_means_no_word_about_the_claim(visit: Visit) -> None:
    office = Office(behaviour("silence"))
    assert office.send(
        visit("99213 150.00"), visit("99213 150.00", control="P2", who=ANA, insured=DEPENDENT, on=date(2026, 11, 1))
    )
    assert [claim.patient_control_number for claim in claims_of(office.wait(60))] == ["P2"]
    assert office.send(visit("99213 150.00"), on=ON + timedelta(days=60))[0].accepted, "a second try is heard"


def test_late_payment_carries_interest_for_the_claim_and_the_provider(visit: Visit) -> None:
    office = Office(behaviour("interest"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    (paid,) = office.wait(60)
    assert_balanced([paid])
    assert paid.claims[0].interest > 0
    assert [(p.reason, p.amount) for p in paid.provider_adjustments] == [("L6", -paid.claims[0].interest)]
    assert (paid.paid_on - ON).days > 30


@pytest.mark.parametrize("quietly", [False, True])
@pytest.mark.parametrize("habit", ["reverse", "void"])
def test_interest_goes_back_with_the_payment_that_it_was_paid_for(visit: Visit, habit: str, quietly: bool) -> None:
    office = Office(behaviour("interest", quietly=quietly), behaviour(habit))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    paid, back = office.wait(120)
    assert_balanced([paid, back])
    interest = [(one.reason, one.reference, -one.amount) for one in back.provider_adjustments if one.reason == "L6"]
    assert interest == [(one.reason, one.reference, one.amount) for one in paid.provider_adjustments]
    assert sum(one.interest for p in (paid, back) for one in p.claims) == 0


def test_a_changed_modifier_keeps_the_line_number(visit: Visit) -> None:
    office = Office(behaviour("change_modifier"))
    office.send(visit("99213-25 150.00", "71046 62.00"))
    (claim,) = claims_of(office.wait(20))
    assert [(line.modifiers, line.control_number) for line in claim.lines] == [((), "P1L1"), (("59",), "P1L2")]


def test_the_same_payment_may_come_twice_but_money_only_once(visit: Visit) -> None:
    office = Office(behaviour("twice"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    first, again = office.wait(60)
    assert first == again
    files = [content for name, content in office.files if name.endswith(".835")]
    assert files[0] != files[1]
    assert len([name for name, _ in office.files if name.endswith("csv")]) == 1


def test_pend_is_accepted_and_paid_late(visit: Visit) -> None:
    office = Office(behaviour("pend"))
    assert office.send(visit("99213-25 150.00", "20610-RT 180.00"))[0].accepted
    (paid,) = office.wait(60)
    assert (paid.paid_on - ON).days >= 28


def test_a_claim_that_nobody_sent_is_paid_too(visit: Visit) -> None:
    office = Office(behaviour("unknown_claim"))
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    (paid,) = office.wait(60)
    assert_balanced([paid])
    ours, stranger = paid.claims
    assert stranger.patient_control_number != ours.patient_control_number
    assert paid.paid == 1360


# More than one payer -------------------------------------------------------------------------------------------------


def test_medicare_crosses_over_and_medigap_pays_without_a_claim(visit: Visit) -> None:
    office = Office()
    office.send(by_medicare(visit, "99213 150.00"))
    paid = office.wait(40)
    assert_balanced(paid)
    medicare, gap = claims_of(paid)
    assert (medicare.status, medicare.crossover_payer and medicare.crossover_payer.payer_id) == ("19", "OOL")
    assert cas(medicare) == {"CO-45": 5481, "CO-253": 152, "PR-2": 1904}
    assert (gap.status, gap.patient_control_number, gap.member_id) == ("2", "P1", "G55")
    assert cas(gap) == {"OA-23": 13096}
    assert (gap.paid, gap.patient_share) == (1904, 0)
    assert [one.payer.name for one in paid] == [MEDICARE.name, GAP.name]


def test_a_secondary_claim_sent_though_it_crossed_over_is_a_duplicate(visit: Visit) -> None:
    office = Office()
    office.send(by_medicare(visit, "99213 150.00"))
    office.wait(20)
    again = visit("99213 150.00", who=GRACE, member_id="G55", payer=GAP, responsibility="S")
    (ack,) = office.send(again, on=ON + timedelta(days=20))
    assert (ack.category, ack.status) == ("A3", "54")


def test_a_second_payer_asked_first_says_so(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00", who=GRACE, member_id="G55", payer=GAP))
    (claim,) = claims_of(office.wait(20))
    assert cas(claim) == {"CO-22": 15000}


def test_no_file_name_tells_who_the_patient_is(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"))
    office.wait(20)
    assert all("LOPEZ" not in name.upper() and "NL000001" not in name for name, _ in office.files)
    assert NORTH.payer_id in office.files[0][0]
