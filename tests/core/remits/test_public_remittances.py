"""The public sample remittances: each is read, balanced or told where not, planned, and agrees with oxedi's figures."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from remit_samples import remit

from claimwright.claims.model import Adjustment
from claimwright.ledger.balances import balances, check, entries_of
from claimwright.remits.balance import claim_faults, payment_fault
from claimwright.remits.explain import _as_if_open, _chosen, explain
from claimwright.remits.holding import NEXT_STEP
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.remits.plan import plan_posting
from claimwright.remits.post import events
from claimwright.x12.envelope import Envelope
from claimwright.x12.remittance import read_remittances, write_835

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "x12"
pytestmark = pytest.mark.filterwarnings("error::UserWarning")


def files() -> list[Path]:
    if not SAMPLES.exists():
        return []
    return sorted(path for path in SAMPLES.rglob("*") if path.is_file() and b"ST*835*" in path.read_bytes())


def payments(path: Path) -> list[Remittance]:
    return [one.remittance for one in read_remittances(path.read_bytes()) if one.remittance is not None]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not here")
def test_there_are_ten_public_files_with_an_835() -> None:
    assert len(files()) == 10


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_public_remittance_balances_or_says_which_segment_does_not(path: Path) -> None:
    read = payments(path)
    assert read
    for one in read:
        told = explain(one)
        assert told.balanced or "BPR02" in told.fault
        for claim, said in zip(one.claims, told.claims, strict=True):
            assert said.balanced or all("SVC" in fault or "CLP" in fault for fault in said.faults)
            assert not said.held_reason or said.next_step in NEXT_STEP.values()
            assert all(line.why or said.held_reason or claim.reversal for line in said.lines)


# What does not add up in the public files, by trace number: the payment's segment, and for each claim the segments named.
UNBALANCED = {
    "0012524879": ("", [["SVC 1 (187.50)", "CLP03", "CLP04"]]),
    "TRACE0001": ("BPR02", [["SVC 1 (99213)", "CLP03", "CLP04"], ["CLP03"]]),
    "": ("BPR02", [["CLP03"]]),
    "0000010305": ("", [["CLP04"], []]),  # two payments of one file: the first does not add up
    "822070000341871": ("", [["CLP04"]]),
}


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not here")
def test_of_eleven_public_payments_two_do_not_add_up_and_six_claims() -> None:
    found: dict[str, tuple[str, list[list[str]]]] = {}
    for one in (one for path in files() for one in payments(path)):
        named = [[re.match(r"SVC \d+ \(.*?\)|\w+", fault)[0] for fault in claim_faults(claim)] for claim in one.claims]
        fault, before = payment_fault(one)[:5], found.get(one.trace, ("", []))
        if fault or any(named) or one.trace in found:
            found[one.trace] = (before[0] or fault, [*before[1], *named])
    assert found == UNBALANCED


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_public_remittance_has_a_posting_plan_that_posts_only_what_adds_up(path: Path) -> None:
    """As if each of its claims were open with us, by the numbers and charges that it tells."""
    for one in payments(path):
        plan = plan_posting(one, _as_if_open(one), chosen=_chosen(one))
        assert len(plan.claims) == len(one.claims) and len(plan.provider) == len(one.provider_adjustments)
        assert bool(plan.held_reason) is bool(payment_fault(one))
        assert all(claim.posts or (claim.held_reason and claim.next_step) for claim in plan.claims)
        assert all(claim.posts is not bool(claim_faults(claim.remit_claim)) for claim in plan.claims if not plan.held_reason)
        posted = events(plan, one.paid_on)
        assert check(posted) == []
        held = sum(claim.remit_claim.paid for claim in plan.held) - sum(one.adjustment.amount for one in plan.provider_held)
        assert balances(entries_of(posted)).get(("cash",), 0) == (0 if plan.held_reason else one.paid - held)


def oxedis(path: Path) -> dict[str, list[dict[str, str]]]:
    """oxedi's tables, from their text."""
    tables = pytest.importorskip("oxedi").parse_file(str(path)).tables
    found = {}
    for name in ("payments", "claims", "services", "adjustments", "provider_adjustments"):
        _, head, *rows = tables[name].render().strip().splitlines()
        columns = [column.split(":")[0] for column in head.split(" | ")]
        found[name] = [dict(zip(columns, row.replace("∅", "").split(" | "), strict=True)) for row in rows]
    return found


def cents(text: str) -> int:
    return int(Decimal(text.strip() or "0") * 100)


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_a_public_remittance_has_oxedis_figures(path: Path) -> None:
    theirs = oxedis(path)
    paid = [row for row in theirs["payments"] if row["payment_method"].strip()]  # oxedi has a row for an 837's set too
    ours = payments(path)
    claims = [claim for one in ours for claim in one.claims]
    lines = [line for claim in claims for line in claim.lines]
    casts = [a for claim in claims for a in (*claim.adjustments, *(a for line in claim.lines for a in line.adjustments))]
    assert [one.paid for one in ours] == [cents(row["total_payment_amount"]) for row in paid]
    assert [one.trace for one in ours] == [row["trace_number"].strip() for row in paid]
    assert [(one.patient_control_number, one.status, one.charge, one.paid, one.patient_share) for one in claims] == [
        (
            row["claim_id"],
            row["claim_status"],
            *map(cents, (row["charge_amount"], row["payment_amount"], row["patient_responsibility"])),
        )
        for row in theirs["claims"]
    ]
    assert [(one.charge, one.paid) for one in lines] == [
        (cents(row["charge_amount"]), cents(row["payment_amount"])) for row in theirs["services"]
    ]
    assert sorted((a.group, a.reason, a.amount) for a in casts) == sorted(
        (row["group_code"], row["reason_code"].strip(), cents(row["amount"])) for row in theirs["adjustments"]
    )
    assert [(one.reason, one.amount) for payment in ours for one in payment.provider_adjustments] == [
        (row["reason_code"].strip(), cents(row["amount"])) for row in theirs["provider_adjustments"]
    ]


ENVELOPE = Envelope(sender_id="P1", receiver_id="R1", interchange=1, group=1, created=datetime(2026, 11, 14, 8, 0))


def back(made: Remittance) -> Remittance:
    (read,) = [one.remittance for one in read_remittances(write_835([made], ENVELOPE))]
    assert read is not None
    return read


def test_every_legal_segment_of_a_claim_comes_back_as_it_was_sent() -> None:
    said = RemitLine(
        procedure="00002871501", qualifier="N4", charge=10000, paid=4000, submitted_procedure="J1885",
        submitted_modifiers=("JW",), rejects=("75",), remarks=("N130",), amounts=(("KH", 100),),
        references=(("LU", "11"), ("1S", "APG7")), allowed=4000,
        adjustments=(Adjustment(group="CO", reason="45", amount=6500), Adjustment(group="CO", reason="94", amount=-500)),
    )  # fmt: skip
    claim = RemitClaim(
        patient_control_number="C1", status="1", charge=10000, paid=4000, payer_control_number="I1", filing_indicator="MA",
        patient_last="LOPEZ", corrected_member_id="M2", drg="470", lines=(said,), amounts=(("F5", 500),),
        inpatient=("3", "", "", "", "MA07"), remarks=("MA07",), references=(("1L", "GROUP1"), ("EA", "MRN1")),
    )  # fmt: skip
    made = remit(claim, delivery=("OL", "", "PORTAL"))
    read = back(made)
    assert read.claims == made.claims and read.delivery == made.delivery


def test_six_provider_adjustments_of_two_providers_come_back() -> None:
    made = remit(provider=[("WO", 100), ("L6", -20), ("CT", -5000), ("IR", 300), ("FB", 7), ("ZZ", 1)])
    other = ProviderAdjustment(npi="1234567893", fiscal_period_end=None, reason="72", amount=-1, reference="C 1")
    several = (*made.provider_adjustments, other)
    assert [(one.reason, one.amount) for one in several][-1] == ("72", -1)
    assert back(made).provider_adjustments == made.provider_adjustments


BASE = write_835([remit(RemitClaim(patient_control_number="C1", status="1", charge=100, paid=100))], ENVELOPE).decode()


@pytest.mark.parametrize(
    "before, after, claims, said",
    [
        ("LX*1~", "", 1, "outside of a header number"),
        ("LX*1~", "SVC*HC:99213*1*1~LX*1~", 1, "stands before any claim (CLP)"),
        ("LX*1~", "LX*1~SVC*HC:99213*1*1~", 1, "stands before any claim (CLP)"),
        ("TRN*", "TRX*", 1, "no trace number (TRN02)"),
        ("CLP*C1*1*1*1", "CLP*C1*1*1*lots", 0, "CLP04 is not an amount"),
        ("DTM*", "DTP*", 1, ""),
    ],
)
def test_what_is_wrong_inside_ends_no_file(before: str, after: str, claims: int, said: str) -> None:
    (read,) = list(read_remittances(BASE.replace("\n", "").replace(before, after).encode()))
    assert read.remittance is not None and len(read.remittance.claims) == claims
    assert said in " ".join(finding.message for finding in read.findings)
    assert bool(payment_fault(read.remittance)) is (claims == 0)
    assert all(not claim_faults(claim) for claim in read.remittance.claims)
