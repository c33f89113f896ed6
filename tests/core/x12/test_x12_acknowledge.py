"""What a receiver answers to a file."""

from __future__ import annotations

from datetime import date

from x12_samples import CLAIMS, ENVELOPE, PAYER, PRACTICE, WRITTEN

from claimwright.x12.acknowledge import acknowledge, acknowledgements
from claimwright.x12.acknowledgement import read_999, write_999
from claimwright.x12.check import check
from claimwright.x12.professional import write_837p

TODAY = date(2026, 11, 16)


def test_a_good_file_is_accepted_and_asks_for_no_ta1():
    ta1, ack = acknowledge(WRITTEN["837P"], TODAY)
    assert ta1 is None
    assert (ack.code, ack.included, ack.accepted, ack.group_control, ack.functional_id) == ("A", 1, 1, "17", "HC")
    assert ack.sets[0].accepted and ack.sets[0].set_control == "0001" and not ack.sets[0].errors


def test_a_ta1_comes_when_the_sender_asks_for_one():
    ta1, ack = acknowledge(WRITTEN["837P"].replace(b"*000000905*0*T*", b"*000000905*1*T*"), TODAY)
    assert ta1 is not None and ta1.accepted and ta1.note == "000" and ta1.interchange == "000000905"
    assert ack.code == "A"


def test_a_broken_envelope_gets_a_ta1_and_no_999():
    ta1, groups = acknowledgements(WRITTEN["837P"].replace(b"IEA*1*000000905", b"IEA*1*000000906"), TODAY)
    assert ta1 is not None and not ta1.accepted and (ta1.code, ta1.note) == ("R", "001")
    assert groups == []


def test_a_set_in_error_is_refused_and_the_other_accepted(monkeypatch):
    monkeypatch.setattr("claimwright.x12.claim_writing.CLAIMS_A_SET", 2)
    data = write_837p(CLAIMS, ENVELOPE, PRACTICE, PAYER, "B").replace(b"CLM*PCN0003*150***11:B:7", b"CLM*PCN0003*150***11:B")
    _, ack = acknowledge(data, TODAY)
    assert (ack.code, ack.included, ack.received, ack.accepted) == ("P", 2, 2, 1)
    good, bad = ack.sets
    assert good.accepted and not bad.accepted and bad.code == "R" and bad.reasons == ("I5",)
    error = bad.errors[0]
    assert (error.code, error.segment, error.element, error.claim, error.loop) == ("IK4:1", "CLM", "CLM05-3", "PCN0003", "2300")
    rows = data.replace(b"\n", b"").split(b"~")
    start = max(place for place, row in enumerate(rows) if row.startswith(b"ST*"))
    assert rows[start + error.line - 1].startswith(b"CLM*PCN0003"), "IK302 counts segments from ST"


def test_the_answer_is_itself_a_good_file_that_reads_back():
    data = WRITTEN["837P"].replace(b"SBR*P*18*G7700******CI", b"SBR*P*18*G7700******CX").replace(b"PAT*19", b"PAT*99")
    _, ack = acknowledge(data, TODAY)
    written = write_999([ack], ENVELOPE)
    assert [one for one in check(written) if one.severity == "error"] == []
    read = next(iter(read_999(written)))
    assert [(e.code, e.segment, e.line, e.element) for e in read.sets[0].errors] == [
        (e.code, e.segment, e.line, e.element) for e in ack.sets[0].errors
    ]
    assert (read.code, read.accepted) == ("R", 0)


def test_no_x12_at_all_is_refused():
    ta1, ack = acknowledge(b"hello", TODAY)
    assert ta1 is not None and not ta1.accepted
    assert ack.code == "R"
