"""Refunds in two steps: set aside on approval, paid out on issue, each balanced on every line."""

from datetime import date

import pytest

from claimwright.ledger.balances import balances
from claimwright.ledger.events import Owed
from claimwright.ledger.refunds import pay_out_event, set_aside_event

DAY = date(2026, 11, 2)


def test_an_overpaid_line_gives_its_money_to_the_refund_and_the_payout_takes_the_cash() -> None:
    share = Owed(line="L1", amount=800, claim="C1", payer="P1")
    aside = set_aside_event(key="a", on=DAY, amount=1000, payer="P1", shares=[share], memo="paid twice")
    assert not balances(aside.entries, by=("line",)), "each line sums to zero"
    assert balances(aside.entries) == {("insurance_ar",): 800, ("payer_balance",): 200, ("refunds_due",): -1000}
    paid = pay_out_event(key="b", on=DAY, amount=1000, payer="P1", memo="check 7")
    assert balances([*aside.entries, *paid.entries]) == {("insurance_ar",): 800, ("payer_balance",): 200, ("cash",): -1000}


def test_a_recoupment_is_owed_to_the_payer_until_it_takes_it() -> None:
    event = pay_out_event(key="b", on=DAY, amount=500, payer="P1", recoup=True, memo="letter")
    assert balances(event.entries, by=("account", "payer")) == {("refunds_due", "P1"): 500, ("payer_balance", "P1"): -500}


@pytest.mark.parametrize("amount", [0, -1, 799])
def test_a_refund_is_positive_and_covers_its_shares(amount: int) -> None:
    with pytest.raises(ValueError, match="covers its shares"):
        set_aside_event(key="a", on=DAY, amount=amount, guarantor=1, shares=[Owed(line="L1", amount=800)], memo="x")


def test_a_patient_takes_nothing_back_by_recoupment() -> None:
    with pytest.raises(ValueError, match="only a payer"):
        pay_out_event(key="b", on=DAY, amount=1, guarantor=1, recoup=True, memo="x")
