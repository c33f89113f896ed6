"""Payers' own edits: each proved by its own cases, asked only of claims to that payer, and no edit a second time."""

import pytest
from edit_bench import claim, context, earlier, replace

from claimwright.codesets.tables import starter
from claimwright.edits.registry import all_edits
from claimwright.edits.rules_text import prove, read_rules
from claimwright.edits.scrub import scrub
from claimwright.parties import Payer
from claimwright.payers.edits import PayerEdits, all_payer_edits, edits_for, known, rules_of


def test_the_payers_with_edits_are_the_folders_that_hold_a_text():
    assert known() == ["medicaid", "medicare", "sandbox"]
    with pytest.raises(KeyError):
        rules_of("nobody")


@pytest.mark.parametrize("payer", known())
def test_every_rule_comes_out_as_its_own_cases_say(payer):
    rules = rules_of(payer)
    assert [finding.message for finding in prove(rules, starter())] == []
    assert rules.asked, "a payer's edits say whose claims they are"


def test_every_rule_has_a_source_and_a_name_that_no_edit_has():
    taken = {edit.id for edit in all_edits()}
    for edit in all_payer_edits():
        assert edit.citation and edit.summary.endswith(".") and edit.id not in taken
        assert edit.id.partition("/")[0].isupper() and len(edit.id) <= 60
    assert len({edit.id for edit in all_payer_edits()}) == len(all_payer_edits())


@pytest.mark.parametrize("payer", known())
def test_choosing_by_procedure_loses_no_finding(payer):
    """What `edits_for` leaves out would have found nothing."""
    for rule in rules_of(payer).rules:
        for one in rule.cases:
            around = context(today=one.today, history=one.history)
            asked = edits_for(one.claim, around)
            every = {finding.edit for finding in scrub(one.claim, around, starter(), all_payer_edits())}
            assert every == {finding.edit for finding in scrub(one.claim, around, starter(), asked)}


def test_a_finding_says_whose_rule_it_is():
    of = claim(do="99243", filing="MB", member="1EG4TE5MK73")
    found = scrub(of, context(), starter(), edits_for(of, context()))
    assert "MEDICARE/CONSULTATION" in {finding.edit for finding in found}
    assert not any(finding.edit == "PX-MEDICARE-INVALID" for finding in found)


def test_another_payers_claim_is_not_asked():
    of = claim(do="99243")
    assert edits_for(of, context()) == ()


def test_history_counts_only_what_went_to_the_same_payer():
    medicare = {"filing": "MB", "member": "1EG4TE5MK73", "dx": "Z00.00"}
    of, welcome = claim(do="G0439", **medicare), earlier(days=100, do="G0402", **medicare)
    elsewhere = replace(welcome, payer=replace(welcome.payer, payer_id="ELSE1"))
    for history, found in ((welcome, True), (elsewhere, False)):
        around = context(history=(history,))
        ids = {finding.edit for finding in scrub(of, around, starter(), edits_for(of, around))}
        assert ("MEDICARE/WELLNESS-AFTER-WELCOME" in ids) is found


ONE_FILE = """\
rules HARBOR version 1
  when payer is HHP02
  and  form is professional

rule ONE-LINE
  each line
  when modifier is U7
  and  any procedure is 99213
  then deny "No."
  fix  "Take U7 off."
  finds  payer HHP02, line 71046 U7, line 99213
  passes line 71046 U7, line 99213
"""


def test_a_payer_is_one_text():
    rules, findings = read_rules(ONE_FILE)
    assert findings == [] and prove(rules, starter()) == []
    payer = PayerEdits(rules)
    of = claim(do="71046-U7 99213", payer=Payer(name="Harbor", payer_id="HHP02"))
    assert payer.is_asked(of, context()) and not payer.is_asked(claim(), context())
    assert [edit.id for edit in payer.of(of)] == ["HARBOR/ONE-LINE"]
    assert payer.of(claim(do="99213")) == ()


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("  when procedure is 99213", "is of a line"),
        ("  if payer is HHP02", "conditions of all the rules"),
        ("  when payer HHP02", "no condition"),
    ],
)
def test_a_heading_that_asks_something_else_is_refused(heading, said):
    rules, findings = read_rules(ONE_FILE.replace("  when payer is HHP02", heading))
    assert rules is None and said in findings[0].message and findings[0].line == 2


def test_a_heading_asks_whose_claims_they_are_and_nothing_else():
    rules, _ = read_rules(ONE_FILE.replace("when payer is HHP02", "when age at least 65"))
    with pytest.raises(ValueError, match="age"):
        PayerEdits(rules)
