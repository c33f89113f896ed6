"""Whatever is sent and whatever goes wrong on purpose, no cent is lost between payer, bank and remittance."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sandbox_office import ANA, GRACE, MARIA, MEDICARE, ON, Office, Visit, claims_of, remittances

from claimwright.parties import Insured
from claimwright.payers.sandbox.model import Behaviour

SERVICES = st.sampled_from(["99213-25 150.00", "20610-RT 180.00", "80053 25.00", "71046 62.00", "99214 225.00", "11200 175.00"])
WHO: list[dict[str, Any]] = [
    {},
    {"who": ANA, "insured": Insured(person=MARIA, member_id="NL000001", relationship="19")},
    {"who": GRACE, "member_id": "1EG4TE5MK73", "payer": MEDICARE, "filing_indicator": "MB"},
]
SENT = st.lists(
    st.tuples(st.lists(SERVICES, min_size=1, max_size=3, unique=True), st.sampled_from(WHO), st.integers(0, 20)),
    min_size=1,
    max_size=4,
)
DO = st.sampled_from(["underpay", "deny", "reverse", "recoup", "interest", "change_modifier", "twice", "pend", "unknown_claim"])
DOINGS = st.lists(st.tuples(DO, st.sampled_from(["NL000001", "1EG4TE5MK73"]), st.integers(0, 20)), max_size=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=SENT, doings=DOINGS)
def test_no_cent_is_lost(visit: Visit, sent: list[Any], doings: list[Any]) -> None:
    office = Office(*(Behaviour(member_id=who, on=ON - timedelta(days=age), do=do) for do, who, age in doings))
    for number, (services, who, age) in enumerate(sent):
        office.send(visit(*services, control=f"P{number}", on=ON - timedelta(days=age), **who))
    office.hand_over(on=ON + timedelta(days=120))
    paid = {one.trace: one for one in remittances(office.files)}
    assert all(one.balanced and one.paid >= 0 for one in paid.values())
    assert all(claim.balanced for claim in claims_of(list(paid.values())))
    # Balances moved forward are taken out later, or still stand.
    forward = sum(p.amount for one in paid.values() for p in one.provider_adjustments if p.reason == "FB")
    assert -forward == sum(amount for _, amount in office.state.forward.values())
    # The bank has each payment once.
    rows = [
        row for name, content in office.files if name.endswith("csv") for row in csv.DictReader(io.StringIO(content.decode()))
    ]
    deposits = {row["trace"]: round(float(row["amount"]) * 100) for row in rows}
    assert len(deposits) == len(rows)
    assert deposits == {trace: one.paid for trace, one in paid.items() if one.paid}
    # No member has used more of the deductible than the plan asks.
    assert all(used.deductible <= 50000 for used in office.state.members.values())
