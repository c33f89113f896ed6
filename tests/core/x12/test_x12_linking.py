"""Acknowledgements brought back to what they answer: interchange, set, claim, line."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from x12_samples import CLAIMS, ENVELOPE, PAYER, PRACTICE, WRITTEN

from claimwright.x12.acknowledge import functional_file, receive, ta1_file
from claimwright.x12.acknowledgement import ClaimAck, ClaimAcks, FunctionalAck, Ta1, read_277ca, read_999, read_ta1
from claimwright.x12.claim_verdicts import claim_file
from claimwright.x12.linking import answers, sent_sets
from claimwright.x12.professional import write_837p
from claimwright.x12.tokens import Tokens

TODAY = date(2026, 11, 16)
RECEIVED = datetime(2026, 11, 16, 18, 0)


def answered(data: bytes):
    """What comes back for a file, linked to it."""
    receipt = receive(data, TODAY)
    reply = lambda route: route.reply(5, 5, RECEIVED)  # noqa: E731
    acks = [
        *read_ta1(ta1_file(receipt, reply)),
        *read_999(functional_file(receipt, reply)),
        *read_277ca(b"".join(claim_file(data, receipt, reply))),
    ]
    return list(answers(acks, sent_sets(data)))


def lines(data: bytes) -> list[list[str]]:
    return [[], *Tokens(data)]


@pytest.fixture
def two_sets(monkeypatch):
    monkeypatch.setattr("claimwright.x12.claim_writing.CLAIMS_A_SET", 2)
    return write_837p(CLAIMS, ENVELOPE, PRACTICE, PAYER, "B")


def test_a_sent_file_is_known_by_its_sets_and_claims():
    (only,) = sent_sets(WRITTEN["837P"])
    rows = lines(WRITTEN["837P"])
    assert (only.interchange, only.functional_id, only.group, only.control) == ("000000905", "HC", "17", "0001")
    assert (only.batch, only.version, only.set_id) == ("BATCH7", "005010X222A1", "837")
    assert [one.patient_control_number for one in only.claims] == [one.patient_control_number for one in CLAIMS]
    assert all(rows[one.first][:2] == ["CLM", one.patient_control_number] for one in only.claims)
    assert all(rows[one.last + 1][0] in ("CLM", "HL", "SE") for one in only.claims)


def test_a_999_speaks_of_each_set_and_its_errors_of_the_files_lines(two_sets):
    data = two_sets.replace(b"CLM*PCN0003*150***11:B:7", b"CLM*PCN0003*150***11:B")
    told = [one for one in answered(data) if one.set and one.ack.__class__.__name__ == "SetAck"]
    assert [(one.set.control, one.accepted) for one in told] == [("0001", True), ("0002", False)]
    (error,) = told[1].findings
    assert (error.code, error.element, error.claim) == ("IK4:1", "CLM05-3", "PCN0003")
    assert lines(data)[error.line][:2] == ["CLM", "PCN0003"]
    assert {one.patient_control_number for one in told[0].claims}.isdisjoint(one.patient_control_number for one in told[1].claims)


def test_an_error_outside_a_claim_is_of_no_claim():
    data = WRITTEN["837P"].replace(b"NM1*41*2*", b"NM1*41*3*")
    (told,) = answered(data)
    assert not told.accepted and {one.claim for one in told.findings} == {""}
    assert lines(data)[told.findings[0].line][:2] == ["NM1", "41"]


def test_a_277ca_speaks_of_each_claim_in_words():
    data = WRITTEN["837P"].replace(b"CLM*PCN0001*330*", b"CLM*PCN0001*331*")
    told = {one.ack.patient_control_number: one for one in answered(data) if isinstance(one.ack, ClaimAck)}
    assert set(told) == {one.patient_control_number for one in CLAIMS}
    refused = told["PCN0001"]
    assert not refused.accepted and all(one.accepted for number, one in told.items() if number != "PCN0001")
    (finding,) = refused.findings
    assert finding.code == "A8:400" and "balance" in finding.message and finding.claim == "PCN0001"
    assert lines(data)[finding.line][:2] == ["CLM", "PCN0001"]
    assert refused.claims[0].first == finding.line


def test_a_refused_interchange_is_refused_with_all_its_claims():
    (told,) = answered(WRITTEN["837P"].replace(b"IEA*1*000000905", b"IEA*1*000000906"))
    assert isinstance(told.ack, Ta1) and not told.accepted and len(told.claims) == len(CLAIMS)
    assert told.findings[0].code == "TA1:001" and "ISA and IEA" in told.findings[0].message


def test_a_refused_group_refuses_the_sets_that_it_does_not_name():
    (told,) = answered(WRITTEN["837P"].replace(b"GE*1*17", b"GE*2*17"))
    assert isinstance(told.ack, FunctionalAck) and not told.accepted and told.set is not None


def test_what_answers_nothing_of_ours_says_so():
    sent = sent_sets(WRITTEN["837P"])
    claim = ClaimAck(patient_control_number="?", accepted=True, category="A1", status="19")
    strange = [
        Ta1(interchange="000000777", accepted=True),
        FunctionalAck(group_control="99", functional_id="HC", version="", code="A", included=1, received=1, accepted=1),
        ClaimAcks(batch="X", payer=PAYER, provider=PRACTICE, acks=(claim,)),
    ]
    assert [(one.set, one.claims) for one in answers(strange, sent)] == [(None, ())] * 3


def test_control_numbers_are_one_with_and_without_leading_zeros():
    told = list(answers([Ta1(interchange="905", accepted=True)], sent_sets(WRITTEN["837P"])))
    assert told[0].set is not None
