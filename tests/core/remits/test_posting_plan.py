"""What posts, what is held, what is undone; each rule that protects the practice and its patients."""

from __future__ import annotations

import msgspec
import pytest
from remit_samples import DAY, PAID, adjustments, charged, decision, line, open_claim, open_line, remit, reversal

from claimwright.claims import states
from claimwright.ledger.balances import balances, check, entries_of, line_balances
from claimwright.parties import Payer
from claimwright.remits.model import RemitClaim
from claimwright.remits.plan import PlannedClaim, PostingPlan, plan_posting
from claimwright.remits.post import claim_key, events

STRICT = "deny | CO | 59 | we do not accept it | our contract"


def only(plan: PostingPlan) -> PlannedClaim:
    assert len(plan.claims) == 1
    return plan.claims[0]


def accounts(plan: PostingPlan) -> dict[str, int]:
    return {str(key[0]): amount for key, amount in balances(entries_of(events(plan, PAID))).items()}


def test_a_clean_payment_posts_paid_contractual_and_patient_share() -> None:
    plan = plan_posting(remit(decision()), [open_claim()])
    claim = only(plan)
    assert (claim.matched_by, claim.state_after, claim.untouched) == ("patient control number", states.PAID, True)
    assert claim.lines[0].matched_by == "line control number"
    assert accounts(plan) == {"cash": 7392, "contractual": 5760, "patient_ar": 1848, "insurance_ar": -15000}
    assert any("coinsurance" in why for why in claim.lines[0].why)
    assert plan.status == "posted" and plan.lines_posted == plan.lines_untouched == 1


def test_the_books_hold_the_line_equation_after_posting() -> None:
    ours = open_claim()
    history = [charged(ours), *events(plan_posting(remit(decision()), [ours]), PAID)]
    assert check(history) == []
    balance = line_balances(entries_of(history))["L1"]
    assert (balance.charge, balance.paid, balance.adjustments, balance.patient, balance.open) == (15000, 7392, 5760, 1848, 0)


# --- matching -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modifiers", [(), ("59",), ("25", "GT")])
def test_a_dropped_or_changed_modifier_still_finds_its_line(modifiers: tuple[str, ...]) -> None:
    answer = decision(line(modifiers=modifiers, control_number=""))
    claim = only(plan_posting(remit(answer), [open_claim()]))
    assert claim.posts and claim.lines[0].line == "L1"
    assert "modifier" in claim.lines[0].matched_by


def test_a_changed_code_is_found_by_the_code_that_was_submitted() -> None:
    answer = decision(line("99212", submitted_procedure="99213", submitted_modifiers=("25",), control_number=""))
    assert only(plan_posting(remit(answer), [open_claim()])).posts


def test_a_changed_code_without_a_word_is_found_when_nothing_else_is_left() -> None:
    answer = decision(line("99212", control_number="", modifiers=()))
    claim = only(plan_posting(remit(answer), [open_claim()]))
    assert claim.posts and "only line left" in claim.lines[0].matched_by


def test_two_lines_that_could_both_be_meant_are_held() -> None:
    ours = open_claim(open_line(procedure="20610"), open_line("L2", "99213", modifiers=()))
    answer = decision(line("99999", control_number=""), line("99998", control_number=""))
    claim = only(plan_posting(remit(answer), [ours]))
    assert "none of the claim's lines, or could be several" in claim.held_reason


def test_a_line_the_payer_split_is_one_line_again() -> None:
    answer = decision(line(charge=10000, paid=5000, why="CO-45:5000"), line(charge=5000, paid=0, why="CO-151:5000"))
    claim = only(plan_posting(remit(answer), [open_claim()]))
    assert [(one.paid, one.contractual, one.denied, one.left_open) for one in claim.lines] == [(5000, 5000, 5000, 5000)]
    assert claim.state_after == states.PART_PAID


def test_the_payers_control_number_finds_the_claim_when_ours_is_lost() -> None:
    ours = open_claim(payer_control_number="ICN1")
    claim = only(plan_posting(remit(decision(patient_control_number="0")), [ours]))
    assert (claim.posts, claim.matched_by) == (True, "payer control number")


def test_member_date_codes_and_charge_find_the_claim_when_all_numbers_are_lost() -> None:
    claim = only(plan_posting(remit(decision(patient_control_number="0", payer_control_number="X")), [open_claim()]))
    assert (claim.posts, claim.matched_by) == (True, "member, date, codes and charge")


def test_two_claims_alike_are_held_with_both_to_choose_from() -> None:
    ours = [open_claim(), open_claim(patient_control_number="C2")]
    claim = only(plan_posting(remit(decision(patient_control_number="0")), ours))
    assert not claim.posts and claim.candidates == ("C1", "C2")


def test_a_claim_nobody_knows_is_held_and_the_others_post() -> None:
    stranger = decision(patient_control_number="X9", member_id="M9", patient_last="NOBODY", payer_control_number="Z")
    plan = plan_posting(remit(stranger, decision()), [open_claim()])
    assert [claim.posts for claim in plan.claims] == [False, True]
    assert plan.status == "partly" and "No open claim" in plan.held[0].held_reason
    assert sum(amount for account, amount in accounts(plan).items() if account == "cash") == 7392


def test_our_number_on_another_persons_decision_is_held() -> None:
    claim = only(plan_posting(remit(decision(member_id="M9", patient_last="OTHER")), [open_claim()]))
    assert "neither the member id nor the name" in claim.held_reason


def test_a_claim_that_a_person_chose_posts_but_is_not_called_untouched() -> None:
    stranger = decision(patient_control_number="X9", member_id="M9", patient_last="NOBODY", payer_control_number="Z")
    plan = plan_posting(remit(stranger), [open_claim()], chosen={0: "C1"})
    assert only(plan).posts and not only(plan).untouched
    assert (plan.lines_posted, plan.lines_untouched) == (1, 0)


def test_what_was_posted_before_is_left_out_when_the_rest_is_posted_later() -> None:
    two = remit(decision(), decision(line(control_number="L2"), patient_control_number="C2"))
    ours = [open_claim(), open_claim(open_line("L2"), patient_control_number="C2")]
    plan = plan_posting(two, ours, done={0})
    assert [event.key for event in events(plan, PAID)] == [claim_key(two.key, 1)]


# --- denials --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", ["16", "18", "22", "27", "29", "50", "96", "97", "109", "151", "167", "197", "204", "236", "B7", "XYZ9"]
)
def test_a_denial_is_never_written_off(reason: str) -> None:
    answer = decision(line(paid=0, why=f"CO-{reason}:15000"), status="4")
    plan = plan_posting(remit(answer), [open_claim()])
    claim = only(plan)
    assert claim.state_after == states.DENIED
    assert [(d.group, d.reason, d.amount, d.line) for d in claim.denials] == [("CO", reason, 15000, "L1")]
    assert claim.lines[0].left_open == 15000
    assert events(plan, PAID) == ()


@pytest.mark.parametrize("reason", ["27", "31", "96", "119", "204"])
def test_a_refusal_that_the_payer_calls_the_patients_is_checked_before_the_patient_is_billed(reason: str) -> None:
    plan = plan_posting(remit(decision(line(paid=0, why=f"PR-{reason}:15000"), status="4")), [open_claim()])
    assert only(plan).denials[0].group == "PR" and only(plan).lines[0].patient == 0
    assert accounts(plan) == {}


@pytest.mark.parametrize("code", ["CO-45", "CO-253", "CO-59", "PI-45"])
def test_an_agreed_reduction_is_written_off(code: str) -> None:
    plan = plan_posting(remit(decision(line(why=f"{code}:7608"))), [open_claim()])
    assert accounts(plan)["contractual"] == 7608 and only(plan).denials == ()


def test_a_practice_may_decide_that_a_reason_is_not_agreed() -> None:
    from claimwright.remits.plan import PostingRules

    plan = plan_posting(
        remit(decision(line(why="CO-59:7608"))),
        [open_claim()],
        PostingRules().with_text(STRICT),
    )
    assert only(plan).denials[0].reason == "59"


def test_one_line_paid_and_one_denied_is_part_paid() -> None:
    ours = open_claim(open_line(), open_line("L2", "20610", 18000))
    answer = decision(line(), line("20610", 18000, 0, "CO-97:18000", control_number="L2", remarks=("N19",)))
    claim = only(plan_posting(remit(answer), [ours]))
    assert claim.state_after == states.PART_PAID
    assert claim.denials[0].remarks == ("N19",)


# --- the next payer -------------------------------------------------------------------------------------------------


def test_the_patients_share_waits_while_another_payer_must_decide() -> None:
    plan = plan_posting(remit(decision()), [open_claim(next_payer_id="P2")])
    claim = only(plan)
    assert claim.secondary_due and not claim.crossover and claim.to_next_payer == 1848
    assert "patient_ar" not in accounts(plan)
    by_payer = balances(entries_of(events(plan, PAID)), by=("account", "payer"))
    assert by_payer["insurance_ar", "P2"] == 1848 and by_payer["insurance_ar", "P1"] == -15000
    assert any("waits for the next payer" in why for why in claim.lines[0].why)


@pytest.mark.parametrize(
    "sign", [{"status": "19"}, {"crossover_payer": Payer(name="Medigap", payer_id="P2")}, {"remarks": ("MA18",)}]
)
def test_a_claim_the_payer_forwarded_is_not_sent_again(sign: dict[str, object]) -> None:
    claim = only(plan_posting(remit(decision(**sign)), [open_claim(next_payer_id="P2")]))
    assert claim.crossover and not claim.secondary_due and claim.to_next_payer == 1848


def test_a_forwarded_claim_keeps_the_patient_out_even_when_we_know_of_no_other_coverage() -> None:
    plan = plan_posting(remit(decision(status="19")), [open_claim()])
    assert "patient_ar" not in accounts(plan)
    assert accounts(plan) == {"cash": 7392, "contractual": 5760, "insurance_ar": -13152}


def secondary(paid: int, why: str) -> tuple[PostingPlan, PlannedClaim]:
    ours = open_claim(open_line(open=1848), payer_id="P2", responsibility="S", charged_under="C0")
    plan = plan_posting(remit(decision(line(paid=paid, why=why), status="2")), [ours])
    return plan, only(plan)


def test_a_secondary_payment_closes_the_line_without_a_second_write_off() -> None:
    plan, claim = secondary(1848, "OA-23:13152")
    assert accounts(plan) == {"cash": 1848, "insurance_ar": -1848}
    assert claim.lines[0].left_open == 0 and claim.denials == ()
    assert {entry.claim for event in events(plan, PAID) for entry in event.entries} == {"C0"}


def test_a_secondary_that_repeats_the_primarys_write_off_changes_nothing_twice() -> None:
    plan, claim = secondary(1848, "OA-23:7392 CO-45:5760")
    assert accounts(plan) == {"cash": 1848, "insurance_ar": -1848}
    assert any("not written off again" in why for why in claim.lines[0].why)


def test_a_secondary_that_pays_less_by_agreement_writes_off_only_what_is_open() -> None:
    plan, _ = secondary(1000, "OA-23:7392 CO-45:6608")
    assert accounts(plan) == {"cash": 1000, "contractual": 848, "insurance_ar": -1848}


@pytest.mark.parametrize("code", ["CO-45", "OA-94"])
def test_a_secondary_that_allows_more_than_the_charge_keeps_its_negative_adjustment(code: str) -> None:
    plan, claim = secondary(2748, f"OA-23:13152 {code}:-900")
    assert accounts(plan) == {"cash": 2748, "contractual": -900, "insurance_ar": -1848}
    assert claim.lines[0].left_open == 0


def test_what_the_secondary_leaves_is_the_patients() -> None:
    plan, _ = secondary(848, "OA-23:13152 PR-1:1000")
    assert accounts(plan) == {"cash": 848, "patient_ar": 1000, "insurance_ar": -1848}


def test_a_secondary_denial_stays_open_for_no_more_than_is_open() -> None:
    plan, claim = secondary(0, "CO-22:15000")
    assert accounts(plan) == {}
    assert claim.denials[0].amount == 1848


def test_an_earlier_payers_part_that_is_not_in_our_books_becomes_work() -> None:
    ours = open_claim(open_line(open=15000), responsibility="P")
    claim = only(plan_posting(remit(decision(line(paid=1848, why="OA-23:13152"), status="2")), [ours]))
    assert [(d.group, d.reason, d.amount) for d in claim.denials] == [("OA", "23", 13152)]
    first = only(plan_posting(remit(decision(line(paid=1848, why="OA-23:13152"))), [open_claim()]))
    assert first.denials[0].reason == "23" and "not in the books" in first.lines[0].why[-1]


def test_a_late_secondary_payment_lowers_what_the_patient_had_been_billed() -> None:
    ours = open_claim(open_line(open=0, patient_open=1848), payer_id="P2", responsibility="S")
    plan = plan_posting(remit(decision(line(paid=1848, why="OA-23:13152"), status="2")), [ours])
    assert accounts(plan) == {"cash": 1848, "patient_ar": -1848}


# --- reversal and correction ----------------------------------------------------------------------------------------


def posted(first: RemitClaim) -> tuple[PostingPlan, object]:
    plan = plan_posting(remit(first), [open_claim()])
    return plan, events(plan, PAID)[0]


def test_a_reversal_undoes_exactly_what_was_posted_and_the_correction_posts_anew() -> None:
    first = decision()
    _, event = posted(first)
    better = decision(line(paid=8000, why="CO-45:5760 PR-2:1240"))
    plan = plan_posting(remit(reversal(first), better, trace="EFT2"), [open_claim(open_line(open=0), already_posted=(event,))])
    assert [claim.posts for claim in plan.claims] == [True, True]
    assert [claim.state_after for claim in plan.claims] == ["", states.PAID]
    history = [charged(open_claim()), event, *events(plan, PAID)]
    assert check(history) == []  # type: ignore[arg-type]
    balance = line_balances(entries_of(history))["L1"]  # type: ignore[arg-type]
    assert (balance.paid, balance.adjustments, balance.patient, balance.open) == (8000, 5760, 1240, 0)


def test_a_correction_listed_before_its_reversal_is_understood() -> None:
    first = decision()
    _, event = posted(first)
    better = decision(line(paid=8000, why="CO-45:5760 PR-2:1240"))
    plan = plan_posting(remit(better, reversal(first), trace="EFT2"), [open_claim(open_line(open=0), already_posted=(event,))])
    assert all(claim.posts for claim in plan.claims)


def test_a_reversal_alone_opens_the_claim_again() -> None:
    first = decision()
    _, event = posted(first)
    plan = plan_posting(remit(reversal(first), trace="EFT2"), [open_claim(open_line(open=0), already_posted=(event,))])
    assert only(plan).state_after == states.DENIED
    assert accounts(plan) == {"cash": -7392, "contractual": -5760, "patient_ar": -1848, "insurance_ar": 15000}


def test_a_reversal_of_something_never_posted_is_held() -> None:
    assert "nothing is posted" in only(plan_posting(remit(reversal(decision())), [open_claim()])).held_reason


def test_a_reversal_of_another_amount_is_held() -> None:
    first = decision()
    _, event = posted(first)
    other = reversal(decision(line(paid=7000, why="CO-45:6152 PR-2:1848")))
    claim = only(plan_posting(remit(other, trace="EFT2"), [open_claim(already_posted=(event,))]))
    assert "no payment posted on this claim comes to" in claim.held_reason


def again(first: RemitClaim, second: RemitClaim, **how: object) -> PostingPlan:
    _, event = posted(first)
    return plan_posting(remit(second, trace="EFT2"), [open_claim(open_line(open=0), already_posted=(event,))], **how)  # type: ignore[arg-type]


def test_another_decision_without_a_reversal_is_held() -> None:
    claim = only(again(decision(), decision(line(paid=9000, why="CO-45:6000"))))
    assert "does not take that back first" in claim.held_reason and "ask for the reversal" in claim.next_step


def test_a_payment_made_twice_is_held_as_owed_back_to_the_payer() -> None:
    plan = again(decision(), decision())
    assert accounts(plan) == {"cash": 7392, "payer_balance": -7392}
    assert "owed back" in only(plan).why[0] and only(plan).state_after == ""
    (event,) = events(plan, PAID)
    assert {entry.claim for entry in event.entries} == {"C1"} and {entry.line for entry in event.entries} == {""}


def test_a_payment_that_only_looks_like_one_made_before_waits_for_a_person() -> None:
    unnumbered = decision(patient_control_number="0", payer_control_number="Z")
    assert "By member, date, codes and charge it would be C1" in only(again(decision(), unnumbered)).held_reason


def test_a_person_may_say_that_a_payment_is_owed_back() -> None:
    stranger = decision(patient_control_number="X9", member_id="M9", patient_last="NOBODY", payer_control_number="Z")
    plan = plan_posting(remit(stranger), [open_claim()], owed_back={0})
    assert accounts(plan) == {"cash": 7392, "payer_balance": -7392} and plan.lines_untouched == 0
    assert balances(entries_of(events(plan, PAID)), by=("payer",)) == {}


def test_a_decision_on_more_than_is_open_is_held() -> None:
    claim = only(plan_posting(remit(decision()), [open_claim(open_line(open=5000))]))
    assert "only $50.00 is open" in claim.held_reason


def test_the_same_claim_twice_in_one_remittance_posts_once() -> None:
    plan = plan_posting(remit(decision(), decision()), [open_claim()])
    assert [claim.posts for claim in plan.claims] == [True, False]


# --- balance and provider adjustments -------------------------------------------------------------------------------


def test_a_payment_already_in_the_books_posts_nothing() -> None:
    again = remit(decision())
    plan = plan_posting(again, [open_claim()], posted_keys={again.key})
    assert plan.status == "parked" and events(plan, PAID) == ()


def test_a_payment_that_is_not_its_claims_is_held_whole() -> None:
    plan = plan_posting(remit(decision(), provider=[("WO", 100)], paid=9999), [open_claim()])
    assert plan.status == "parked" and "BPR02 says 99.99" in plan.held_reason and "72.92" in plan.held_reason
    assert events(plan, PAID) == () and all(not claim.posts for claim in plan.claims)


def test_a_claim_that_does_not_add_up_is_held_with_the_segment_named() -> None:
    wrong = decision(line(why="CO-45:5000 PR-2:1848"))
    claim = only(plan_posting(remit(wrong), [open_claim()]))
    assert "SVC 1 (99213): charge 150.00 less CAS 68.48 is 81.52, but SVC03 says 73.92." in claim.held_reason


@pytest.mark.parametrize("status", ["77", "", "1 "])
def test_a_claim_status_that_no_guide_has_waits_for_a_person(status: str) -> None:
    planned = plan_posting(remit(decision(status=status)), [open_claim()])
    assert only(planned).hold == "unknown status" and not only(planned).posts
    by_hand = plan_posting(remit(decision(status=status)), [open_claim()], chosen={0: open_claim().patient_control_number})
    assert only(by_hand).posts


def test_a_predetermination_posts_nothing() -> None:
    assert "predetermination" in only(plan_posting(remit(decision(status="25")), [open_claim()])).held_reason


def test_an_unknown_provider_adjustment_waits_for_a_person_and_the_claims_post() -> None:
    plan = plan_posting(remit(decision(), provider=[("ZZ", 500)]), [open_claim()])
    assert plan.status == "partly" and "PLB ZZ" in plan.provider_held[0].held_reason
    assert accounts(plan)["cash"] == 7392


def test_a_recoupment_carried_forward_settles_itself() -> None:
    """Reversal now, balance forward raises the payment to zero; next time the forward is taken: nothing is left."""
    first = decision()
    _, event = posted(first)
    now = remit(reversal(first), provider=[("FB", -7392)], trace="EFT2", paid=0)
    later = remit(decision(line(control_number="L2"), patient_control_number="C2"), provider=[("FB", 7392)], trace="EFT3", paid=0)
    history = [
        *events(plan_posting(now, [open_claim(open_line(open=0), already_posted=(event,))]), PAID),
        *events(plan_posting(later, [open_claim(open_line("L2"), patient_control_number="C2")]), PAID),
    ]
    assert balances(entries_of(history)).get(("payer_balance",), 0) == 0
    assert balances(entries_of(history)).get(("cash",), 0) == 0 - 7392 + 7392


# --- claim-level decisions ------------------------------------------------------------------------------------------


def test_a_claim_level_adjustment_is_shared_over_the_lines_to_the_cent() -> None:
    ours = open_claim(open_line(), open_line("L2", "20610", 10001))
    lines = (line(paid=15000, why=""), line("20610", 10001, 10001, "", control_number="L2"))
    answer = decision(*lines, paid=20000, adjustments=adjustments("PR-1:5001"))
    plan = plan_posting(remit(answer), [ours])
    assert only(plan).posts
    assert accounts(plan) == {"cash": 20000, "patient_ar": 5001, "insurance_ar": -25001}
    assert sum(one.patient for one in only(plan).lines) == 5001


def test_a_decision_without_lines_is_shared_over_ours() -> None:
    ours = open_claim(open_line(charge=10000), open_line("L2", "20610", 5000))
    answer = RemitClaim(
        patient_control_number="C1", status="1", charge=15000, paid=7000, adjustments=adjustments("CO-45:6001 PR-2:1999")
    )
    plan = plan_posting(remit(answer), [ours])
    assert accounts(plan) == {"cash": 7000, "contractual": 6001, "patient_ar": 1999, "insurance_ar": -15000}
    assert all(one.left_open == 0 for one in only(plan).lines)


def test_every_planned_line_says_why() -> None:
    plan = plan_posting(remit(decision(line(paid=0, why="CO-16:15000"), status="4")), [open_claim()])
    assert all(one.why for claim in plan.claims for one in claim.lines)
    assert "never written off by itself" in only(plan).lines[0].why[0]


def test_the_plan_survives_json() -> None:
    plan = plan_posting(remit(decision(), provider=[("WO", 100)]), [open_claim()])
    assert msgspec.json.decode(msgspec.json.encode(plan), type=PostingPlan) == plan
    assert plan.remit.claims[0].first_service == DAY


def test_a_line_the_payer_left_out_stays_open_and_the_claim_is_not_called_paid() -> None:
    ours = open_claim(open_line(), open_line("L2", "20610", 18000))
    claim = only(plan_posting(remit(decision()), [ours]))
    assert claim.posts and claim.undecided == ("L2",) and claim.state_after == states.PART_PAID
    assert "stay open" in claim.why[-1]


def test_a_claim_the_payer_split_in_two_is_paid_when_both_halves_are_in() -> None:
    ours = open_claim(open_line(), open_line("L2", "20610", 18000))
    halves = decision(), decision(line("20610", 18000, 9000, "CO-45:9000", control_number="L2"), payer_control_number="ICN2")
    plan = plan_posting(remit(*halves), [ours])
    assert [claim.posts for claim in plan.claims] == [True, True]
    assert {claim.state_after for claim in plan.claims} == {states.PAID}


def test_a_negative_contractual_amount_is_kept_as_it_is() -> None:
    plan = plan_posting(remit(decision(line(paid=15500, why="CO-94:-500"))), [open_claim()])
    assert accounts(plan) == {"cash": 15500, "contractual": -500, "insurance_ar": -15000}


def test_a_hospitals_outlier_payment_lessens_the_write_off() -> None:
    plan = plan_posting(remit(decision(line(paid=12000, why="CO-45:5000 CO-70:-2000"))), [open_claim()])
    assert accounts(plan) == {"cash": 12000, "contractual": 3000, "insurance_ar": -15000}


def test_what_medicaid_leaves_of_a_qualified_beneficiarys_share_is_nobodys() -> None:
    plan, claim = secondary(848, "OA-23:13152 CO-303:1000")
    assert accounts(plan) == {"cash": 848, "contractual": 1000, "insurance_ar": -1848} and not claim.denials


def test_a_name_cut_short_is_still_the_same_name() -> None:
    ours = open_claim(patient_last="Featherstonehaugh-Cholmondeley")
    assert only(plan_posting(remit(decision(member_id="CORRECTED", patient_last="FEATHERSTONEHAUGH")), [ours])).posts


def test_two_zero_payments_with_the_same_trace_are_two_payments() -> None:
    one = remit(decision(line(paid=0, why="CO-16:15000")), trace="0")
    other = remit(decision(line(paid=0, why="CO-16:15000"), patient_control_number="C2"), trace="0")
    assert one.key != other.key and one.key == msgspec.json.decode(msgspec.json.encode(one), type=type(one)).key


def test_a_thousand_claims_find_theirs_among_ten_thousand_open_ones() -> None:
    ours = [open_claim(open_line(f"L{n}"), patient_control_number=f"C{n}", member_id=f"M{n}") for n in range(10_000)]
    answer = remit(
        *(decision(line(control_number=f"L{n}"), patient_control_number=f"C{n}", member_id=f"M{n}") for n in range(1000))
    )
    assert plan_posting(answer, ours).lines_untouched == 1000


def test_a_remittance_written_to_the_wire_and_read_back_posts_the_same() -> None:
    from datetime import datetime

    from claimwright.x12.envelope import Envelope
    from claimwright.x12.remittance import read_835, write_835

    sent = remit(
        decision(line(remarks=("N19",)), payer_control_number="ICN1"),
        decision(line(control_number="L2", paid=0, why="CO-97:15000"), patient_control_number="C2", status="4"),
        provider=[("WO", 1000), ("L6", -125)],
    )
    envelope = Envelope(sender_id="P1", receiver_id="R1", interchange=1, group=1, created=datetime(2026, 11, 14, 8, 0))
    (read,) = read_835(write_835([sent], envelope))
    ours = [open_claim(), open_claim(open_line("L2"), patient_control_number="C2")]
    before, after = plan_posting(sent, ours), plan_posting(read, ours)
    assert after.status == "posted"
    assert [(e.kind, [(x.account, x.amount, x.line) for x in e.entries]) for e in events(after, PAID)] == [
        (e.kind, [(x.account, x.amount, x.line) for x in e.entries]) for e in events(before, PAID)
    ]


def test_a_stranger_that_looks_like_a_decided_claim_is_held_with_that_claim_beside_it() -> None:
    stranger = decision(patient_control_number="0", payer_control_number="Z")
    plan = plan_posting(remit(decision(), stranger), [open_claim()])
    assert [claim.posts for claim in plan.claims] == [True, False]
    assert "it would be C1, which is decided elsewhere" in plan.held[0].held_reason and plan.held[0].candidates == ("C1",)


def test_a_stranger_that_looks_like_a_claim_denied_before_in_its_payment_still_waits_when_planned_again() -> None:
    refused = line(paid=0, why="PR-31:15000")
    said = remit(
        decision(refused, status="4"), decision(refused, status="4", patient_control_number="0", payer_control_number="Z")
    )
    first = plan_posting(said, [open_claim()])
    assert [claim.posts for claim in first.claims] == [True, False]
    again = only(plan_posting(said, [open_claim()], done=[0]))
    assert not again.posts and again.held_reason == first.held[0].held_reason
