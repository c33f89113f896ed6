"""The sandbox payer denies what payers deny by policy, from the tables alone: right, wrong, and what opens it."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from sandbox_office import MEMBERS, ON, PRACTICE, Office, Visit, claims_of

from claimwright.claims.model import Claim, Diagnosis
from claimwright.codesets.tables import Pair, starter
from claimwright.coverage.model import Accumulators
from claimwright.payers.sandbox.members import family_of, use, used_by
from claimwright.payers.sandbox.payer import State, answer
from claimwright.payers.sandbox.policy import policy_refusals


def of(claim: Claim, *codes: str, **more: object) -> Claim:
    return msgspec.structs.replace(claim, diagnoses=tuple(Diagnosis(code=code) for code in codes), **more)


def denied(claim: Claim, *before: Claim) -> dict[int, str]:
    """Lines with the reason and the remark."""
    found = policy_refusals(claim, before, starter())
    return {line: " ".join((refusal.reason, *refusal.remarks)) for line, refusal in found.items()}


@pytest.mark.parametrize(
    ("services", "codes", "expected"),
    [
        (("99213 150.00",), ("I10",), {}),
        (("99213-22 150.00",), ("I10",), {1: "4 N519"}),
        (("99213-52 150.00",), ("I10",), {1: "4 N519"}),
        (("99213-79 150.00",), ("I10",), {1: "4 N519"}),
        (("99396-52 150.00",), ("Z00.00",), {}),  # a check-up may be reduced
        (("20610-79 150.00",), ("M17.11",), {}),
        (("69210 150.00",), ("H61.22",), {}),
        (("69210 150.00",), ("J06.9",), {1: "11"}),
        (("69210-GA 150.00",), ("J06.9",), {}),  # the patient was told
        (("99213 150.00",), ("Z68.36", "E66.812"), {1: "16 MA63"}),
        (("99213 150.00",), ("E66.812", "Z68.36"), {}),
        (("99213 150.00",), ("J06",), {1: "146 M76"}),
        (("99213 150.00",), ("Z00.129",), {1: "9"}),
        (("99213 150.00",), ("N40.1",), {1: "10"}),
        (("99393 150.00",), ("I10",), {1: "6 N129"}),
    ],
)
def test_a_line_is_denied_by_policy(
    visit: Visit, services: tuple[str, ...], codes: tuple[str, ...], expected: dict[int, str]
) -> None:
    assert denied(of(visit(*services), *codes)) == expected


def test_a_code_is_judged_on_its_day(visit: Visit) -> None:
    for on, expected in ((date(2026, 9, 30), {}), (date(2026, 10, 1), {1: "146 M76"})):  # M72.2 is divided in FY2027
        assert denied(of(visit("99213 150.00", on=on), "M72.2")) == expected


@pytest.mark.parametrize(
    ("days", "service", "expected"),
    [
        (0, "99213 150.00", {}),
        (1, "99213 150.00", {1: "97 N525"}),
        (10, "99213 150.00", {1: "97 N525"}),
        (11, "99213 150.00", {}),
        (8, "99213-24 150.00", {}),
        (8, "20610 150.00", {1: "97 N525"}),
        (8, "20610-79 150.00", {}),
        (8, "93000 40.00", {}),
    ],
)
def test_the_days_included_in_a_procedure_are_not_paid_again(
    visit: Visit, days: int, service: str, expected: dict[int, str]
) -> None:
    done = visit("17110 180.00", control="P0", on=ON - timedelta(days=days))
    assert denied(of(visit(service), "M17.11"), done) == expected
    elsewhere = msgspec.structs.replace(done, billing=msgspec.structs.replace(PRACTICE, npi="1000000004"))
    assert denied(of(visit(service), "M17.11"), elsewhere) == {}


def test_a_new_patient_was_not_seen_for_three_years(visit: Visit) -> None:
    new = of(visit("99203 195.00"), "J30.1")
    assert denied(new) == {}
    assert denied(new, visit("99213 150.00", on=ON - timedelta(days=30))) == {1: "B16"}
    assert denied(new, visit("99213 150.00", on=ON - timedelta(days=3 * 365))) == {}


def test_what_is_denied_is_told_in_the_remittance(visit: Visit) -> None:
    office = Office()
    office.send(of(visit("99213-22 150.00", "93000 40.00"), "R07.89"))
    (claim,) = claims_of(office.wait(20))
    assert [line.remarks for line in claim.lines] == [("N519",), ()]
    assert claim.lines[0].paid == 0 < claim.lines[1].allowed


def test_the_payer_judges_by_the_tables_it_is_given(visit: Visit) -> None:
    """Imported tables know pairs that the starter set does not."""
    pair = Pair(column1="85025", column2="81025", indicator="0", rationale="test")
    more = msgspec.structs.replace(starter(), pairs={("85025", "81025"): pair})
    office = Office()
    claim = of(visit("85025 18.00", "81025 18.00"), "Z32.02")
    batch = office.batch(claim)
    for tables, expected in ((None, [False, False]), (more, [False, True])):
        _, state = answer(office.book, State(), [batch], ON, tables)
        _, state = answer(office.book, state, [], ON + timedelta(days=20), tables)
        (taken,) = state.claims.values()
        assert taken.determination
        assert [line.denied for line in taken.determination.lines] == expected


def test_what_a_family_used_outside_the_network_counts_for_each_of_it() -> None:
    one, other = (m for m in MEMBERS if family_of(m) == family_of(MEMBERS[0]))
    state = State()
    outside = {"out:deductible": 40_00, "out:family_deductible": 40_00}
    use(state, one, used_by(state, one) + Accumulators(apart=outside))
    assert used_by(state, one).apart == outside
    assert used_by(state, other).apart == {"out:family_deductible": 40_00}
    use(state, other, used_by(state, other) - Accumulators(apart={"out:family_deductible": 40_00}))
    assert used_by(state, one).apart == {"out:deductible": 40_00}
