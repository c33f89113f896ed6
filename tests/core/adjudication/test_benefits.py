"""A year of benefits: families, tiers, limits, payers in a row; nothing is lost, and what is taken back leaves no trace."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_adjudicate import GOLD, ON, OPEN, PART_B, SECOND, assert_balanced, cas, claim, decide, plan, prices
from typer.testing import CliRunner

from claimwright.adjudication.plans import read_plan
from claimwright.adjudication.reading import NotReadableError
from claimwright.claims.model import Adjustment, Claim, LineAdjudication, OtherPayer
from claimwright.cli.main import app
from claimwright.coverage.benefits import benefits_of
from claimwright.coverage.model import Accumulators, Limit, Plan, Tier
from claimwright.parties import Address, Payer
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p

NOTHING = Accumulators()


@pytest.mark.parametrize(
    ("aggregate", "own", "family", "deductible"),
    [
        (False, 0, 0, 5000),  # embedded: the member's own 50.00
        (False, 5000, 5000, 0),  # the member's is met
        (False, 0, 7000, 1000),  # the family's 80.00 ends it
        (True, 5000, 5000, 3000),  # aggregate: the member's own does not count
        (True, 0, 8000, 0),
    ],
)
def test_a_familys_deductible_counts_for_each_or_as_a_whole(aggregate: bool, own: int, family: int, deductible: int) -> None:
    terms = plan(deductible=5000, family_deductible=8000, aggregate=aggregate, coinsurance=Decimal(0))
    found = decide(claim("20610 300.00"), terms, prices("200.00"), Accumulators(deductible=own, family_deductible=family))
    assert cas(found).get("PR-1", 0) == deductible


def test_a_familys_out_of_pocket_maximum_ends_every_members() -> None:
    terms = plan(OPEN, out_of_pocket_max=10000, family_out_of_pocket_max=15000)
    found = decide(claim("20610 300.00"), terms, prices("200.00"), Accumulators(out_of_pocket=2000, family_out_of_pocket=14000))
    assert (found.patient_share, found.accumulators.family_out_of_pocket) == (1000, 15000)


NETWORK = plan(
    tiers=(
        Tier(name="preferred", npis=frozenset({"1234567893"}), coinsurance=Decimal("0.1")),
        Tier(name="outside", coinsurance=Decimal("0.4"), balance_billed=True),
    ),
    deductible=0,
)


def test_the_first_tier_that_names_the_provider_holds() -> None:
    assert cas(decide(claim("20610 300.00"), NETWORK, prices("200.00"))) == {"CO-45": 10000, "PR-2": 2000}


def test_outside_the_network_the_rest_of_the_charge_is_the_patients() -> None:
    outside = msgspec.structs.replace(NETWORK, tiers=NETWORK.tiers[1:])
    found = decide(claim("20610 300.00"), outside, prices("200.00"))
    assert cas(found) == {"PR-45": 10000, "PR-2": 8000}
    assert found.accumulators.apart["outside:out_of_pocket"] == 8000, "what is billed above the allowed counts toward no maximum"


BOTH = plan(
    OPEN,
    deductible=10000,
    family_deductible=15000,
    coinsurance=Decimal("0.2"),
    out_of_pocket_max=40000,
    tiers=(
        Tier(name="preferred", npis=frozenset({"1234567893"}), coinsurance=Decimal("0.1")),
        Tier(name="outside", coinsurance=Decimal("0.4"), deductible=20000),
    ),
)


def test_outside_the_network_a_year_of_its_own_is_used() -> None:
    inside = decide(claim("20610 300.00"), BOTH, prices("200.00"))
    assert inside.patient_share == 10000 + 1000, "the preferred share the plan's own deductible"
    assert (inside.accumulators.deductible, inside.accumulators.apart) == (10000, {})
    outsiders = msgspec.structs.replace(BOTH, tiers=BOTH.tiers[1:])
    first = decide(claim("20610 300.00"), outsiders, prices("150.00"), inside.accumulators)
    assert first.patient_share == 15000, "all of it is deductible outside, though the network's is met"
    assert first.accumulators.apart["outside:deductible"] == first.accumulators.apart["outside:family_deductible"] == 15000
    second = decide(claim("20610 300.00"), outsiders, prices("150.00"), first.accumulators)
    assert second.patient_share == 6000, "the plan's family deductible holds for the tier that says none of its own: 150 is met"
    assert (second.accumulators - first.accumulators).deductible == 0


def test_a_plan_may_say_that_all_tiers_share_one_year() -> None:
    text = """
    deductible = 100
    coinsurance = 20
    [[tier]]
    name = "outside"
    coinsurance = 40
    accumulators = "%s"
    """
    for word, owes in (("shared", 100_00 - 60_00 + 64_00), ("separate", 100_00 + 40_00)):
        terms = read_plan(text % word, "p.toml")
        found = decide(claim("20610 300.00"), terms, prices("200.00"), Accumulators(deductible=6000))
        assert found.patient_share == owes, word


def test_the_payers_answer_tells_what_is_left_outside_the_network() -> None:
    used = Accumulators(deductible=4000, apart={"outside:deductible": 5000, "outside:family_deductible": 5000})
    told = {(b.information, b.coverage_level, b.period, b.in_network): b.amount for b in benefits_of(BOTH, used)}
    assert (told["C", "IND", "29", "Y"], told["C", "IND", "29", "N"], told["C", "FAM", "29", "N"]) == (6000, 15000, 10000)


@pytest.mark.parametrize(
    ("npis", "billed", "owes"), [({"1234567893"}, False, 0), ({"1234567893"}, True, 9000), ((), False, 3600)]
)
def test_preventive_care_is_free_within_the_network_only(npis: Any, billed: bool, owes: int) -> None:
    tier = Tier(name="T", npis=frozenset(npis), coinsurance=Decimal("0.4"), balance_billed=billed)
    found = decide(claim("99396 144.00"), plan(OPEN, tiers=(tier,)), prices("90.00"))
    assert found.patient_share == owes


def test_a_tier_that_is_not_covered_pays_nothing() -> None:
    closed = plan(tiers=(Tier(name="outside", covered=False),))
    assert cas(decide(claim("20610 300.00"), closed, prices("200.00"))) == {"PR-242": 30000}


THERAPY = plan(OPEN, limits=(Limit(name="therapy", procedures=frozenset({"97110", "97140"}), visits=2),))


def test_visits_are_counted_by_the_day_and_the_last_one_refuses_the_next() -> None:
    used, told = NOTHING, []
    for day in range(3):
        one = claim("97110 90.00", "97140 50.00", "99213 150.00")
        moved = tuple(msgspec.structs.replace(line, first_service=ON + timedelta(days=day)) for line in one.lines)
        found = decide(msgspec.structs.replace(one, lines=moved), THERAPY, prices("60.00", "40.00", "90.00"), used)
        told.append([line.denied for line in found.lines])
        used = found.accumulators
    assert told == [[False, False, False], [False, False, False], [True, True, False]]
    assert cas(found) == {"PR-119": 9000}


def test_a_yearly_amount_is_paid_up_to_the_cent() -> None:
    terms = plan(OPEN, limits=(Limit(name="drugs", kinds=frozenset({"procedure"}), amount=10000),))
    first = decide(claim("20610 300.00"), terms, prices("100.00"))
    assert cas(first) == {"CO-45": 20000, "PR-2": 2000}
    second = decide(claim("20610 300.00"), terms, prices("100.00"), first.accumulators)
    assert cas(second) == {"CO-45": 20000, "PR-119": 6000, "PR-2": 2000}
    assert second.paid == 2000
    third = decide(claim("20610 300.00"), terms, prices("100.00"), second.accumulators)
    assert cas(third) == {"PR-119": 30000}


def after(paid: str, patient: str, charge: str = "200.00", reason: str = "2") -> Claim:
    """A claim that another payer decided."""
    one = claim(f"20610 {charge}")
    paid_cents, left = int(Decimal(paid) * 100), int(Decimal(patient) * 100)
    line = one.lines[0]
    adjustments = (
        Adjustment(group="CO", reason="45", amount=line.charge - paid_cents - left),
        Adjustment(group="PR", reason=reason, amount=left),
    )
    decided = LineAdjudication(
        payer_id="S", paid=paid_cents, procedure="20610", adjustments=tuple(a for a in adjustments if a.amount)
    )
    other = OtherPayer(payer=SECOND, insured=one.insured, responsibility="P", filing_indicator="CI", paid=paid_cents, paid_on=ON)
    moved = msgspec.structs.replace(line, adjudications=(decided,))
    return msgspec.structs.replace(one, lines=(moved,), other_payers=(other,), responsibility="S")


@pytest.mark.parametrize(
    ("rule", "allowed", "paid", "patient", "pays", "owes"),
    [
        ("standard", "100.00", "70.00", "30.00", "30.00", "0.00"),
        ("carve_out", "100.00", "70.00", "30.00", "10.00", "20.00"),  # 80.00 benefit less 70.00
        ("carve_out", "100.00", "90.00", "30.00", "0.00", "30.00"),
        # 42 CFR 411.33: least of 30.00 left, own benefit 80.00, the higher allowed 100.00 less 70.00
        ("msp", "100.00", "70.00", "30.00", "30.00", "0.00"),
        ("msp", "100.00", "110.00", "40.00", "40.00", "0.00"),  # the other's allowed 150.00 is the higher
        ("msp", "60.00", "50.00", "80.00", "48.00", "0.00"),  # own benefit is the least; the rest is nobody's
    ],
)
def test_what_the_second_payer_adds(rule: str, allowed: str, paid: str, patient: str, pays: str, owes: str) -> None:
    found = decide(after(paid, patient), plan(OPEN, secondary_rule=rule), prices(allowed))
    assert (found.paid, found.patient_share) == (int(Decimal(pays) * 100), int(Decimal(owes) * 100))


def test_medicare_behind_another_payer_follows_its_own_rule() -> None:
    found = decide(after("60.00", "60.00"), plan(PART_B, deductible=0), prices("100.00"))
    assert (found.paid, cas(found)) == (5880, {"OA-23": 14000, "CO-253": 120})


def test_what_another_payer_paid_counts_toward_medicares_deductible() -> None:
    found = decide(after("88.00", "22.00"), PART_B, prices("100.00"))
    assert (found.paid, found.patient_share, found.accumulators.deductible) == (0, 1200, 10000)


def test_medicaid_pays_up_to_its_price_and_nobody_owes_the_rest() -> None:
    found = decide(after("50.00", "40.00"), plan(OPEN, kind="MEDICAID"), prices("60.00"))
    assert (found.paid, found.patient_share, cas(found)["CO-45"]) == (1000, 0, 3000)


amounts = st.integers(0, 60000)
services = st.lists(
    st.tuples(st.sampled_from(["99213", "20610", "80053", "97110", "90686"]), st.integers(100, 60000), st.integers(0, 70000)),
    min_size=1,
    max_size=4,
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    tier = Tier(name="all", coinsurance=Decimal(draw(st.integers(0, 100))) / 100, balance_billed=draw(st.booleans()))
    return plan(
        PART_B if draw(st.booleans()) else GOLD,
        deductible=draw(amounts),
        family_deductible=draw(amounts),
        aggregate=draw(st.booleans()),
        out_of_pocket_max=draw(amounts),
        family_out_of_pocket_max=draw(amounts),
        coinsurance=Decimal(draw(st.integers(0, 100))) / 100,
        copays=draw(st.dictionaries(st.sampled_from(["office", "procedure", "lab"]), st.integers(0, 9000))),
        secondary_rule=draw(st.sampled_from(["standard", "carve_out", "medigap", "msp"])),
        limits=draw(st.sampled_from([(), THERAPY.limits, (Limit(name="most", kinds=frozenset({"procedure"}), amount=9000),)])),
        tiers=draw(st.sampled_from([(), (tier,)])),
    )


def bill(found: list[tuple[str, int, int]], day: int) -> tuple[Claim, list[Any]]:
    one = claim(*(f"{code} {Decimal(charge) / 100}" for code, charge, _ in found))
    moved = tuple(msgspec.structs.replace(line, first_service=ON + timedelta(days=day)) for line in one.lines)
    worth = prices(*(str(Decimal(allowed) / 100) for _, _, allowed in found))
    return msgspec.structs.replace(one, lines=moved), worth


@settings(max_examples=60, deadline=None)
@given(terms=plans(), history=st.lists(st.tuples(services, st.integers(0, 3)), min_size=1, max_size=6), data=st.data())
def test_any_history_and_then_its_reversals_leave_nothing(terms: Plan, history: list[Any], data: st.DataObject) -> None:
    """Every line balances, no maximum is passed, and taking all back in any order gives an untouched year."""
    used, parts = NOTHING, []
    for found, day in history:
        one, worth = bill(found, day)
        decided = decide(one, terms, worth, used)
        for line in decided.lines:
            assert min(line.paid, 0) == 0
        parts.append(decided.accumulators - used)
        used = decided.accumulators
    if terms.out_of_pocket_max:
        assert max(used.out_of_pocket, used.apart.get("all:out_of_pocket", 0)) <= terms.out_of_pocket_max
    for part in data.draw(st.permutations(parts)):
        used -= part
    assert used == NOTHING


@settings(max_examples=60, deadline=None)
@given(terms=plans(), paid=amounts, patient=amounts, reason=st.sampled_from(["1", "2", "3"]), allowed=amounts)
def test_a_later_payer_never_pays_or_asks_more_than_was_left(
    terms: Plan, paid: int, patient: int, reason: str, allowed: int
) -> None:
    one = after(str(Decimal(paid) / 100), str(Decimal(patient) / 100), str(Decimal(paid + patient) / 100 + 1), reason)
    found = decide(one, terms, prices(str(Decimal(allowed) / 100)))
    assert_balanced(one, found)
    assert 0 <= found.paid <= patient
    assert 0 <= found.paid + found.patient_share <= patient


# Plans as text, and the command -----------------------------------------------------------------------------------------

PLANS = Path(__file__).parents[3] / "docs" / "howto" / "plans"


def test_the_plans_of_the_handbook_say_what_they_say() -> None:
    gold = read_plan((PLANS / "gold-ppo.toml").read_text(), "gold-ppo.toml")
    assert (gold.deductible, gold.coinsurance, gold.copays["office"], gold.limits[0].visits) == (50000, Decimal("0.2"), 3000, 20)
    assert gold.tiers[1].balance_billed and not gold.tiers[1].npis
    assert read_plan((PLANS / "medicare-part-b.toml").read_text(), "b").kind == "MEDICARE_B"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("deductible = -5", "deductible"),
        ("coinsurance = 101", "coinsurance"),
        ("copays = { dentist = 5 }", "copays"),
        ("deductibel = 5", "deductibel"),
        ('[[limit]]\nname = "x"\nvisits = 3', "limit 1.procedures"),
        ('[[limit]]\nname = "x"\nprocedures = ["97110"]', "limit 1.visits"),
        ('kind = "PPX"', "kind"),
        ("through = 5", "through"),
        ("deductible = 1.234", "deductible"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused_by_key(text: str, key: str) -> None:
    with pytest.raises(NotReadableError, match=f"mine.toml: {key}: "):
        read_plan(text, "mine.toml")


def written(*found: Claim) -> bytes:
    sent = Envelope(sender_id="ELM", receiver_id="F", interchange=1, group=1, created=datetime(2026, 11, 2, 9))
    home = Address(line1="1 Elm St", city="Columbus", state="OH", zip="432010001")
    whole = []
    for one in found:
        billing = msgspec.structs.replace(one.billing, ein="311234567", address=home)
        person = msgspec.structs.replace(one.patient, sex="F", address=home)
        insured = msgspec.structs.replace(one.insured, person=person)
        payer = Payer(name="First", payer_id="F", address=home)
        whole.append(
            msgspec.structs.replace(one, billing=billing, patient=person, insured=insured, payer=payer, filing_indicator="12")
        )
    submitter = msgspec.structs.replace(whole[0].billing, phone="6145550100")
    return write_837p(whole, sent, submitter, whole[0].payer, "B1")


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(app, ["adjudicate", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_command_counts_the_year_over_the_file_and_a_void_gives_back(tmp_path: Path) -> None:
    numbered = [msgspec.structs.replace(claim("20610 400.00"), patient_control_number=f"A{n}") for n in range(3)]
    void = msgspec.structs.replace(numbered[1], frequency="8", payer_control_number="X1")
    file = tmp_path / "week.837"
    file.write_bytes(written(*numbered, void))
    (tmp_path / "plan.toml").write_text("deductible = 150\ncoinsurance = 20")
    result = run(file, "--plan", tmp_path / "plan.toml", "--json")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row.get("voided", False) for row in rows] == [False, False, False, True]
    for row in rows[:3]:
        assert row["charge"] == row["paid"] + sum(one["amount"] for one in row["adjustments"])
        assert row["patient"] == row["deductible"] + row["coinsurance"] + row["copay"]
        assert row["why"] and row["source"]
    assert sum(row["deductible"] for row in rows[:3]) == 15000 == rows[2]["used"]["deductible"]
    assert rows[3]["used"]["deductible"] == 15000 - rows[1]["deductible"]


def test_a_replacement_with_another_policy_number_gives_back_to_the_old_one(tmp_path: Path) -> None:
    first, again = claim("20610 400.00"), claim("20610 400.00", frequency="7", payer_control_number="X1")
    wrong = msgspec.structs.replace(first, insured=msgspec.structs.replace(first.insured, member_id="WRONG"))
    later = msgspec.structs.replace(wrong, patient_control_number="A2")
    (tmp_path / "week.837").write_bytes(written(wrong, again, later))
    (tmp_path / "plan.toml").write_text("deductible = 20\nout_of_pocket_max = 20")
    result = run(tmp_path / "week.837", "--plan", tmp_path / "plan.toml", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["patient"], row["used"]["deductible"]) for row in rows] == [(2000, 2000)] * 3


def test_a_medicare_plan_decides_by_medicares_coverage_however_the_claim_is_filed(tmp_path: Path) -> None:
    (tmp_path / "week.837").write_bytes(written(claim("99396 210.00", "99213-25 150.00")))
    (tmp_path / "plan.toml").write_text('kind = "MEDICARE_B"')
    result = run(tmp_path / "week.837", "--plan", tmp_path / "plan.toml", "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["denied"], row["adjustments"][0]["group"]) for row in rows] == [(True, "PR"), (False, "CO")]


def test_the_command_says_what_it_could_not_do(tmp_path: Path) -> None:
    file, terms = tmp_path / "one.837", tmp_path / "plan.toml"
    file.write_bytes(written(claim("X9999 40.00")))
    terms.write_text('name = "Anything"')
    shown = run(file, "--plan", terms)
    assert shown.exit_code == 1
    assert "1 line without a price" in shown.output
    assert "not priced, so the charge counts" in shown.output and "stands." in shown.output
    assert run(tmp_path / "none.837", "--plan", terms).exit_code == 2
    assert run(file, "--plan", terms, "--locality", "ZZ-9").exit_code == 2
    (tmp_path / "old.837").write_bytes(file.read_bytes().replace(b"005010X222A1", b"004010X098A1"))
    assert run(tmp_path / "old.837", "--plan", terms).exit_code == 2
    assert run(file, "--plan", tmp_path / "none.toml").exit_code == 2
    terms.write_text("deductible = many")
    assert run(file, "--plan", terms).exit_code == 2
    assert run(terms, "--plan", terms).exit_code == 2


def test_a_day_before_the_plan_nothing_is_paid() -> None:
    early = claim("99213 150.00")
    moved = tuple(msgspec.structs.replace(line, first_service=date(2025, 12, 31)) for line in early.lines)
    assert cas(decide(msgspec.structs.replace(early, lines=moved), GOLD, prices("90.00"), received=ON)) == {"PR-26": 15000}
