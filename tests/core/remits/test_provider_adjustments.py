"""What stands beside the claims of a payment (PLB): any code, any sign; the payment is always what the books say came."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remit_samples import PAID, decision, line, open_claim, open_line, remit, reversal

from claimwright.ledger.balances import balances, check, entries_of
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.remits.plan import plan_posting
from claimwright.remits.post import events
from claimwright.remits.rules import default_rules
from claimwright.x12.envelope import Envelope
from claimwright.x12.remittance import read_remittances, write_835

ENVELOPE = Envelope(sender_id="P1", receiver_id="RIVER", interchange=1, group=1, created=datetime(2026, 11, 14, 8, 0))
ACCOUNTS = {reason: rule.account for reason, rule in default_rules().provider_adjustments.items()}

# What a business office expects of the codes most seen: amount as in PLB, and what it does to cash and account (debit positive).
EXAMPLES = [
    ("WO", 5_00, "payer_balance", 5_00),  # taken back: less came, and we owe the payer less
    ("WO", -5_00, "payer_balance", -5_00),  # an earlier taking undone
    ("L6", -1_25, "interest", -1_25),  # interest paid: income
    ("L6", 1_25, "interest", 1_25),  # interest taken back with its payment
    ("FB", -80_00, "payer_balance", -80_00),  # what could not be taken stays owed
    ("FB", 80_00, "payer_balance", 80_00),  # and is taken later
    ("72", -30_00, "payer_balance", -30_00),  # our refund arrived, beside WO of the same amount
    ("CS", 2_00, "payer_balance", 2_00),
    ("J1", 3_00, "payer_balance", 3_00),
    ("AP", -100_00, "payer_balance", -100_00),  # an advance is owed until it is taken
    ("B2", -7_00, "other_income", -7_00),
    ("BD", -7_00, "other_income", -7_00),
    ("LS", -9_00, "other_income", -9_00),
    ("50", 4_00, "payer_charges", 4_00),
    ("51", 4_00, "payer_charges", 4_00),
    ("LE", 60_00, "withheld", 60_00),  # a levy pays a debt of ours: it is not lost
    ("IR", 60_00, "withheld", 60_00),
    ("CT", -50_00, "capitation", -50_00),
]


def through_the_file(said: Remittance) -> Remittance:
    """Written as an 835 and read back."""
    (read,) = read_remittances(write_835([said], ENVELOPE))
    assert read.remittance is not None, read.findings
    return read.remittance


@pytest.mark.parametrize("reason, amount, account, moved", EXAMPLES, ids=lambda value: str(value))
def test_a_code_goes_to_its_account_with_its_sign(reason: str, amount: int, account: str, moved: int) -> None:
    first = decision(line(paid=100_00, charge=150_00, why="CO-45:5000"))
    plan = plan_posting(through_the_file(remit(first, provider=[(reason, amount)])), [open_claim(open_line(charge=150_00))])
    found = balances(entries_of(events(plan, PAID)))
    assert found[account,] == moved and found["cash",] == 100_00 - amount == plan.remit.paid


def test_interest_taken_back_with_its_payment_leaves_nothing() -> None:
    first = decision(interest=1_25)
    paid = through_the_file(remit(first, provider=[("L6", -1_25)]))
    back = through_the_file(remit(reversal(first, interest=-1_25), provider=[("L6", 1_25), ("FB", -75_17)], trace="E2", paid=0))
    assert (paid.claims[0].interest, back.claims[0].interest) == (1_25, -1_25)
    assert paid.balanced and back.balanced
    posted = events(plan_posting(paid, [open_claim()]), PAID)
    claims = [event for event in posted if event.kind == "remittance"]
    decided = open_claim(open_line(open=0, patient_open=18_48), already_posted=tuple(claims))
    undone = events(plan_posting(back, [decided]), PAID)
    assert balances(entries_of([*posted, *undone])) == {("cash",): 75_17, ("payer_balance",): -75_17}, "carried forward"


amounts = st.integers(-500_00, 500_00).filter(bool)


@st.composite
def payments(draw: st.DrawFn) -> Remittance:
    """Payments of a few claims with any PLB amounts; what would be less than nothing is carried forward."""
    claims: list[RemitClaim] = []
    for number in range(draw(st.integers(0, 3))):
        paid = draw(st.integers(0, 150_00))
        interest = draw(st.integers(-9_00, 9_00))
        one = line(paid=paid, why=f"CO-45:{150_00 - paid}", control_number=f"L{number}")
        claims.append(decision(one, patient_control_number=f"C{number}", payer_control_number=f"I{number}", interest=interest))
    provider = draw(st.lists(st.tuples(st.sampled_from(sorted(ACCOUNTS)), amounts), max_size=6))
    paid = sum(one.paid for one in claims) - sum(amount for _, amount in provider)
    if paid < 0 or not (claims or provider):
        provider.append(("FB", paid or -1))
    return remit(*claims, provider=provider)


@settings(max_examples=80, deadline=None)
@given(said=payments())
def test_the_payment_is_its_claims_less_its_adjustments_in_file_and_books(said: Remittance) -> None:
    read = through_the_file(said)
    assert (read.paid, read.balanced) == (said.paid, True)
    assert read.paid == sum(one.paid for one in read.claims) - sum(one.amount for one in read.provider_adjustments)
    known = [
        open_claim(
            open_line(control_number=f"L{n}"), patient_control_number=f"C{n}", payer_control_number=f"I{n}", member_id=f"M{n}"
        )
        for n in range(3)
    ]
    claims = tuple(msgspec.structs.replace(one, member_id=f"M{one.patient_control_number[1:]}") for one in read.claims)
    plan = plan_posting(msgspec.structs.replace(read, claims=claims), known)
    assert not plan.provider_held
    posted = events(plan, PAID)
    assert check(posted) == []
    unposted = sum(one.remit_claim.paid for one in plan.held)
    assert balances(entries_of(posted)).get(("cash",), 0) == read.paid - unposted
    wanted = Counter[str]()
    for one in read.provider_adjustments:
        wanted[ACCOUNTS[one.reason]] += one.amount
    beside = Counter[str]()
    for event in posted:
        if event.kind == "provider_adjustment":
            beside.update({entry.account: entry.amount for entry in event.entries if entry.account != "cash"})
    assert {account: amount for account, amount in beside.items() if amount} == {a: n for a, n in wanted.items() if n}


def test_every_code_is_in_the_handbook_with_its_account() -> None:
    told = (Path(__file__).parents[3] / "docs" / "howto" / "remittances.md").read_text()
    for account in set(ACCOUNTS.values()):
        (row,) = [row for row in told.splitlines() if row.startswith(f"| `{account}` |")]
        assert {reason for reason, of in ACCOUNTS.items() if of == account} == set(row.split("|")[2].split()), account
