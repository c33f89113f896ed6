"""A payer's own rules (SNIP 7): read from its folder, asked about each claim, told with the claim and its line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app
from claimwright.payers.rules import known, read_rules, rules_of
from claimwright.x12.acknowledge import receive
from claimwright.x12.check import check
from claimwright.x12.checks.payer import ClaimSections, PayerFlaw
from claimwright.x12.claim_verdicts import claim_answers

TODAY = date(2026, 11, 16)
GOOD = WRITTEN["837P"]


def found(data: bytes, today: date | None = TODAY, **options):
    rules = rules_of("sandbox")
    return [one for one in check(data, today=today, payer_rules=rules, **options) if one.severity != "info"]


def test_the_sandbox_has_rules_and_a_stranger_has_none():
    assert "sandbox" in known()
    with pytest.raises(KeyError):
        rules_of("nobody")


def test_a_claim_that_keeps_the_rules_has_no_finding_and_without_a_payer_nothing_is_asked():
    assert found(GOOD) == []
    bad = GOOD.replace(b"PRV*BI*PXC*207Q00000X~\n", b"")
    assert not any(one.snip == 7 for one in check(bad, today=TODAY))


def test_a_member_number_in_the_wrong_form_is_told_at_its_place_for_each_of_its_claims():
    bad = GOOD.replace(b"SBX100200300", b"100200300X")
    findings = found(bad)
    assert findings and {(one.code, one.element, one.loop, one.snip) for one in findings} == {
        ("member-id-form", "NM109", "2010BA", 7)
    }
    assert "PCN0001" in {one.claim for one in findings}
    rows = bad.replace(b"\n", b"").split(b"~")
    assert all(rows[one.line - 1].startswith(b"NM1*IL*") for one in findings)
    assert not any("100200300" in one.message + one.fix for one in findings)


def test_a_missing_taxonomy_is_told_once_a_claim_of_that_provider():
    findings = found(GOOD.replace(b"PRV*BI*PXC*207Q00000X~\n", b""))
    assert {one.code for one in findings} >= {"billing-taxonomy-missing"}
    claims = [one.claim for one in findings if one.code == "billing-taxonomy-missing"]
    assert len(claims) == len(set(claims))


def test_filing_is_counted_in_days_to_today():
    last = date(2026, 11, 2)
    assert not [one for one in found(GOOD, last + timedelta(days=365)) if one.claim == "PCN0001" and one.code == "filed-late"]
    assert [one for one in found(GOOD, last + timedelta(days=366)) if one.claim == "PCN0001" and one.code == "filed-late"]
    assert not [one for one in found(GOOD, None) if one.code == "filed-late"]


def test_rules_may_be_any_function_of_the_claim():
    def no_cash(claim: ClaimSections):
        for section, segment, line in claim.find("2300", "CLM"):
            yield PayerFlaw("no-claims-today", "We take none today.", line, section.loop, segment[0])

    findings = [one for one in check(GOOD, today=TODAY, snip={1}, payer_rules=no_cash)]
    assert {one.code for one in findings} == {"no-claims-today"} and len(findings) == GOOD.count(b"CLM*")


def test_a_claim_refused_by_its_payer_is_refused_in_the_277ca_and_no_other():
    bad = GOOD.replace(b"SBX100200300", b"100200300X", 1)
    receipt = receive(bad, TODAY, payer_rules=rules_of("sandbox"))
    acks = [one for one in claim_answers(bad, receipt) if hasattr(one, "patient_control_number")]
    refused = [one for one in acks if not one.accepted]
    assert refused and len(refused) < len(acks)
    assert {(one.category, one.status, one.entity) for one in refused} == {("A7", "164", "IL")}


@pytest.mark.parametrize(
    ("must", "text", "holds"),
    [
        ("like [A-Z]\\d", "A1", True), ("like [A-Z]\\d", "AA", False), ("like [A-Z]\\d", "", True), ("one of A B", "B", True),
        ("one of A B", "C", False), ("none of A B", "A", False), ("none of A B", "C", True), ("given", "x", True),
    ],
)  # fmt: skip
def test_each_word_of_a_rule(must, text, holds, monkeypatch):
    rules = read_rules(f"some-code | 837P | 2300 CLM:06 | {must} | said | fix")
    data = GOOD.replace(b"***11:B:1*Y*", f"***11:B:1*{text}*".encode(), 1)
    assert data != GOOD or text == "Y"
    from claimwright.payers.rules import _judge

    findings = [
        one for one in check(data, snip={7}, payer_rules=lambda claim: _judge(rules, claim)) if one.claim == "PCN0001"
    ]  # fmt: skip
    assert (not findings) is holds


@pytest.mark.parametrize(
    "line", ["a | 837P | 2300 CLM:06 | given", "a | 837P | nowhere | given | b | c", "a | 837P | 2300 CLM:06 | like ( | b | c"]
)
def test_a_line_that_cannot_be_read_is_named(line):
    with pytest.raises(ValueError, match="line 2"):
        read_rules(f"# a comment\n{line}")


def test_the_commands_take_a_payer(tmp_path):
    path = tmp_path / "week.837"
    path.write_bytes(GOOD.replace(b"SBX100200300", b"100200300X", 1))
    run = CliRunner()
    assert run.invoke(app, ["check", str(path)]).exit_code == 0
    result = run.invoke(app, ["check", str(path), "--payer", "sandbox"])
    assert result.exit_code == 1 and "member-id-form" in result.stdout
    result = run.invoke(app, ["check", str(path), "--payer", "sandbox", "--snip", "7"])
    assert result.exit_code == 1 and "member-id-form" in result.stdout
    result = run.invoke(app, ["check", str(path), "--payer", "nobody"])
    assert result.exit_code == 2 and "sandbox" in result.stderr
    assert run.invoke(app, ["check", str(path), "--snip", "7"]).exit_code == 2
    result = run.invoke(app, ["ack", str(path), "--out", str(tmp_path / "out"), "--payer", "sandbox"])
    assert result.exit_code == 1 and "rejected" in result.stdout
