"""Which claims and lines a decision is about, how sure that is, and what a person is told before matching by hand."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest
from remit_samples import DAY, PAID, decision, line, open_claim, open_line, remit, reversal

from claimwright.ledger.balances import balances, entries_of
from claimwright.remits.holding import NEXT_STEP, Hold
from claimwright.remits.matching import OpenClaim, Shelf, by_hand, match_claim, rank
from claimwright.remits.model import RemitLine
from claimwright.remits.plan import PostingPlan, plan_posting
from claimwright.remits.post import events
from claimwright.remits.rules import PostingRules, default_rules

UNNUMBERED: dict[str, Any] = {"patient_control_number": "0", "payer_control_number": "Z"}
TWO = open_claim(open_line(), open_line("L2", "20610", 18000, modifiers=()))


def paid(procedure: str, charge: int, **more: Any) -> RemitLine:
    """A line paid half, half over the fee."""
    facts = {"control_number": "", "modifiers": ()} | more
    return line(procedure, charge, charge - charge // 2, f"CO-45:{charge // 2}", **facts)


def by_claim(plan: PostingPlan) -> dict[tuple[str | int, ...], int]:
    return balances([e for e in entries_of(events(plan, PAID)) if e.account == "cash"], by=("claim", "line"))


# --- without our control number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said, by",
    [
        (decision(line(control_number=""), **UNNUMBERED), "member, date, codes and charge"),
        (decision(line(control_number="", modifiers=("59",)), **UNNUMBERED), "member, date, codes and charge"),
        (decision(line("99212", control_number=""), **UNNUMBERED), "member, date and charges, codes changed"),
    ],
)
def test_a_claim_is_found_by_what_it_says_with_a_score_and_reasons(said: Any, by: str) -> None:
    (claim,) = plan_posting(remit(said), [open_claim()]).claims
    assert claim.posts and claim.matched_by == by
    assert 0.9 <= claim.likeness.score <= 1 and "The member id is the same." in claim.likeness.reasons


@pytest.mark.parametrize(
    "changed",
    [
        {"member_id": "M9"},
        {"member_id": ""},
        {"first_service": date(2026, 1, 5), "lines": (line(control_number="", first_service=date(2026, 1, 5)),)},
        {"charge": 14000, "lines": (line(charge=14000, paid=6392, control_number=""),)},
    ],
)
def test_what_does_not_agree_is_not_certain(changed: dict[str, Any]) -> None:
    import msgspec

    said = msgspec.structs.replace(decision(line(control_number=""), **UNNUMBERED), **changed)
    (claim,) = plan_posting(remit(said, paid=said.paid), [open_claim()]).claims
    assert not claim.posts and claim.next_step


def test_likely_claims_come_likeliest_first() -> None:
    ours = [
        open_claim(open_line(procedure="99214", charge=21000), patient_control_number="FAR"),
        open_claim(open_line(procedure="99213", charge=15100), patient_control_number="NEAR"),
    ]
    ranked = rank(decision(line(control_number=""), **UNNUMBERED), Shelf(ours))
    assert [claim.patient_control_number for _, claim in ranked] == ["NEAR", "FAR"]
    assert ranked[0][0].score > ranked[1][0].score and "we charged $151.00" in ranked[0][0].against[0]


def test_a_downcoded_claim_beside_another_of_that_day_waits() -> None:
    ours = [open_claim(), open_claim(open_line("L9", "87804", 4000), patient_control_number="C9")]
    assert not match_claim(decision(line("99212", control_number=""), **UNNUMBERED), Shelf(ours)).claim


# --- lines split and laid together ----------------------------------------------------------------------------------


def test_a_line_split_without_its_number_is_one_line_again() -> None:
    said = decision(paid("99213", 10000), paid("99213", 5000))
    plan = plan_posting(remit(said), [open_claim()])
    assert by_claim(plan) == {("C1", "L1"): 7500}


@pytest.mark.parametrize("number", ["", "L1"])
def test_lines_of_one_code_laid_together_are_shared_by_charge(number: str) -> None:
    ours = open_claim(open_line(procedure="97110", charge=6001), open_line("L2", "97110", 4000))
    plan = plan_posting(remit(decision(paid("97110", 10001, control_number=number))), [ours])
    assert by_claim(plan) == {("C1", "L1"): 3001, ("C1", "L2"): 2000}
    assert "laid several lines together" in plan.claims[0].lines[0].matched_by


def test_a_panel_under_a_new_code_stands_for_all_that_is_left() -> None:
    plan = plan_posting(remit(decision(paid("80053", 33000))), [TWO])
    assert sum(by_claim(plan).values()) == 16500 and len(by_claim(plan)) == 2


@pytest.mark.parametrize(
    "qualifier, code, ours",
    [
        ("NU", "0450", {"revenue_code": "0450", "procedure": ""}),
        ("NU", "450", {"revenue_code": "0450", "procedure": "99283"}),
        ("N4", "00002-8715-01", {"drug": "00002871501", "procedure": "J1885"}),
        *((qualifier, "ABC12", {"procedure": "ABC12"}) for qualifier in ("AD", "ER", "HP", "IV", "WK", "HC")),
    ],
)
def test_every_kind_of_code_finds_its_line(qualifier: str, code: str, ours: dict[str, Any]) -> None:
    claim = open_claim(open_line(**ours), open_line("L2", "20610", 15000))
    plan = plan_posting(remit(decision(paid(code, 15000, qualifier=qualifier))), [claim])
    assert by_claim(plan) == {("C1", "L1"): 7500}


# --- one CLP for two claims, two CLPs for one -----------------------------------------------------------------------

SECOND = open_claim(open_line("L5", "20610", 18000, modifiers=()), patient_control_number="C5")


@pytest.mark.parametrize("numbers", [("L1", "L5"), ("", "")])
@pytest.mark.parametrize("clp", ["C1", "0"])
def test_two_claims_in_one_clp_are_posted_each_to_its_own(numbers: tuple[str, str], clp: str) -> None:
    said = decision(
        paid("99213", 15000, control_number=numbers[0]), paid("20610", 18000, control_number=numbers[1]),
        patient_control_number=clp, payer_control_number="Z",
    )  # fmt: skip
    plan = plan_posting(remit(said), [open_claim(), SECOND])
    assert [claim.posts for claim in plan.claims] == [True, True] and plan.lines_posted == 2
    assert by_claim(plan) == {("C1", "L1"): 7500, ("C5", "L5"): 9000}
    posted = events(plan, PAID)
    assert len({event.key for event in posted}) == 2
    decided = [open_claim(open_line(open=0), already_posted=posted[:1])]
    decided.append(open_claim(open_line("L5", "20610", 18000, open=0), patient_control_number="C5", already_posted=posted[1:]))
    undone = events(plan_posting(remit(reversal(said, payer_control_number="Z"), trace="EFT2"), decided), PAID)
    assert balances(entries_of([*posted, *undone]), by=("account", "line")) == {}


def test_two_claims_of_different_members_are_never_laid_together() -> None:
    import msgspec

    said = decision(paid("99213", 15000, control_number="L1"), paid("20610", 18000, control_number="L5"))
    plan = plan_posting(remit(said), [open_claim(), msgspec.structs.replace(SECOND, member_id="M9")])
    assert [claim.posts for claim in plan.claims] == [False]


def test_one_claim_in_two_clps_without_our_numbers_is_found_by_its_lines() -> None:
    halves = [decision(paid("99213", 15000), **UNNUMBERED), decision(paid("20610", 18000), **UNNUMBERED)]
    plan = plan_posting(remit(*halves), [TWO])
    assert by_claim(plan) == {("C1", "L1"): 7500, ("C1", "L2"): 9000}


@pytest.mark.parametrize("copy_first", [True, False])
def test_a_copy_under_no_number_of_ours_waits_where_the_claims_own_decision_waits(copy_first: bool) -> None:
    recoded = paid("99213", 15000), paid("29999", 17000)  # nobody can say what the second stands for
    own, copy = decision(*recoded), decision(paid("99213", 15000), paid("20610", 18000), **UNNUMBERED)
    assert plan_posting(remit(copy), [TWO]).lines_posted == 2
    plan = plan_posting(remit(*((copy, own) if copy_first else (own, copy))), [TWO])
    assert plan.lines_posted == 0 and len(plan.held) == 2
    assert "it would be C1, whose own decision in this payment waits" in plan.held[1 - copy_first].held_reason


# --- by hand --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said, refused",
    [
        ({"member_id": "M9", "patient_last": "NOBODY"}, "Neither the member id nor the last name"),
        ({"member_id": "", "patient_last": "NOBODY"}, "Neither the member id nor the last name"),
        ({"member_id": "M9"}, ""),
        ({"patient_last": "NOBODY"}, ""),
        ({"member_id": "", "patient_last": "", "patient_control_number": "X"}, "names neither member nor patient"),
        ({"member_id": "", "patient_last": ""}, ""),
    ],
)
def test_a_person_is_told_what_differs_and_refused_where_nobody_agrees(said: dict[str, Any], refused: str) -> None:
    told = by_hand(open_claim(), decision(**said))
    assert (refused in told.refused) if refused else not told.refused
    assert bool(told.differences) and not {"M9", "NOBODY", "LOPEZ", "M1"} & set(
        " ".join(told.differences).replace(".", "").split()
    )


# --- holding and rules ----------------------------------------------------------------------------------------------


def test_every_reason_to_hold_has_its_next_step() -> None:
    assert set(NEXT_STEP) == set(get_args(Hold)) and all(step.endswith(".") and len(step) <= 300 for step in NEXT_STEP.values())


def held(plan: PostingPlan) -> tuple[str | None, str]:
    (claim,) = plan.held
    return claim.hold, claim.next_step


def test_what_the_rules_hold_and_what_is_negative_waits() -> None:
    pending = decision(line(paid=0, why="CO-133:15000"))
    assert held(plan_posting(remit(pending), [open_claim()]))[0] == "rule"
    odd = decision(line(paid=15500, why="CO-97:-500"))
    hold, step = held(plan_posting(remit(odd), [open_claim()]))
    assert hold == "negative denial" and "takes back" in step


def test_a_fee_of_nothing_is_a_denial_under_another_name() -> None:
    said = decision(line(paid=0, why="CO-45:15000"))
    (claim,) = plan_posting(remit(said), [open_claim()]).claims
    assert [(one.reason, one.amount) for one in claim.denials] == [("45", 15000)] and claim.lines[0].contractual == 0
    capitated = decision(line(paid=0, why="CO-24:15000"))
    assert plan_posting(remit(capitated), [open_claim()]).claims[0].lines[0].contractual == 15000


PLB = [
    "WO",
    "L6",
    "FB",
    "J1",
    "72",
    "CS",
    "50",
    "51",
    "90",
    "AH",
    "AM",
    "AP",
    "B2",
    "B3",
    "BD",
    "BN",
    "C5",
    "CR",
    "CT",
    "CV",
    "CW",
    "DM",
    "E3",
    "FC",
    "GO",
    "HM",
    "IP",
    "IR",
    "IS",
    "L3",
    "LE",
    "LS",
    "OA",
    "OB",
    "PI",
    "PL",
    "RA",
    "RE",
    "SL",
    "TL",
    "WU",
]


def test_every_provider_adjustment_has_an_account_and_interest_stands_apart() -> None:
    plan = plan_posting(remit(decision(), provider=[(reason, 100 + at) for at, reason in enumerate(PLB)]), [open_claim()])
    assert not plan.provider_held and {one.adjustment.reason for one in plan.provider if one.account == "interest"} == {
        "L6",
        "CR",
    }
    assert set(default_rules().provider_adjustments) == set(PLB)
    assert all(rule.source and rule.words for rule in default_rules().provider_adjustments.values())
    assert all(rule.source and rule.words for rule in default_rules().adjustments.values())
    sums = balances(entries_of(events(plan, PAID)))
    assert sums["cash",] == plan.remit.paid


def test_a_take_back_that_names_a_claim_of_ours_stands_under_it() -> None:
    import msgspec

    made = remit(provider=[("WO", 7392)], paid=-7392)
    named = msgspec.structs.replace(made.provider_adjustments[0], reference="C1")
    plan = plan_posting(msgspec.structs.replace(made, provider_adjustments=(named,)), [open_claim()])
    assert plan.provider[0].claim == "C1" and {entry.claim for entry in entries_of(events(plan, PAID))} == {"C1"}


def test_a_capitation_payment_without_claims_posts() -> None:
    plan = plan_posting(remit(provider=[("CT", -500000)]), [])
    assert plan.status == "posted"
    assert balances(entries_of(events(plan, PAID))) == {("cash",): 500000, ("capitation",): -500000}


@pytest.mark.parametrize(
    "text, wrong",
    [("give | CO | 45 | x | y", "line 1"), ("deny | CO | 45 | x |", "source"), ("\nplb petty | | WO | x | y", "line 2")],
)
def test_posting_rules_that_cannot_be_read_name_their_line(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        PostingRules().with_text(text)


def test_the_narrower_rule_wins_then_the_later() -> None:
    rules = PostingRules().with_text("hold | CO | * | all | ours\ndeny | * | 45 | fee | ours\nwrite off | CO | 45 | fee | ours")
    assert (rules.verdict("CO", "45"), rules.verdict("PI", "45"), rules.verdict("CO", "97")) == ("write off", "write off", "hold")
    assert rules.verdict("OA", "45") == "deny"


def test_payers_folders_have_rules_of_their_own() -> None:
    from claimwright.payers.posting import read_posting, rules_for

    assert rules_for("X", {"MC"}).verdict("CO", "45") == "write off whole"
    assert rules_for("X", {"MB"}).rule("CO", "253").source.startswith("2 USC")
    assert rules_for("X", {"MC", "12"}) == default_rules() == rules_for("X", set())
    with pytest.raises(ValueError, match="whose remittances"):
        read_posting("x", "deny | CO | 45 | a | b")


def claims_on(day: date, count: int) -> list[OpenClaim]:
    return [open_claim(open_line(f"L{n}", first_service=day), patient_control_number=f"C{n}") for n in range(count)]


def test_many_claims_alike_are_shown_but_a_few() -> None:
    found = match_claim(decision(line(control_number=""), **UNNUMBERED), Shelf(claims_on(DAY, 40)))
    assert found.claim is None and found.hold == "several claims" and len(found.candidates) >= 8
