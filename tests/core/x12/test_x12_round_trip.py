"""What is written is read back as it was."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_strategies import (
    ENVELOPE,
    RECEIVER,
    SUBMITTER,
    answers,
    claim_acks,
    claims,
    functional_acks,
    inquiries,
    interchange_acks,
    remittances,
)

from claimwright.x12.acknowledgement import read_277ca, read_999, read_ta1, write_277ca, write_999, write_ta1
from claimwright.x12.eligibility import read_270, read_271, write_270, write_271
from claimwright.x12.professional import read_837, write_837p
from claimwright.x12.remittance import read_835, write_835
from claimwright.x12.sniff import kind

few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@few
@given(st.lists(claims(), min_size=1, max_size=3))
def test_claims_come_back_as_they_were_sent(sent):
    written = write_837p(sent, ENVELOPE, SUBMITTER, RECEIVER, "BATCH1")
    got = list(read_837(written))
    assert [one.claim for one in got] == sent
    assert {one.batch for one in got} == {"BATCH1"}
    assert kind(written) == "837P"


@few
@given(st.lists(remittances, min_size=1, max_size=2))
def test_payments_come_back_as_they_were_sent(sent):
    written = write_835(sent, ENVELOPE)
    assert list(read_835(written)) == sent
    assert kind(written) == "835"


@few
@given(st.lists(inquiries(), min_size=1, max_size=3))
def test_inquiries_come_back_as_they_were_sent(sent):
    written = write_270(sent, ENVELOPE)
    assert list(read_270(written)) == sent
    assert kind(written) == "270"


@few
@given(st.lists(answers(), min_size=1, max_size=2))
def test_eligibility_answers_come_back_as_they_were_sent(sent):
    written = write_271(sent, ENVELOPE)
    assert list(read_271(written)) == sent
    assert kind(written) == "271"


@few
@given(st.lists(functional_acks, min_size=1, max_size=2))
def test_functional_acknowledgements_come_back_as_they_were_sent(sent):
    written = write_999(sent, ENVELOPE)
    assert [_without_words(one) for one in read_999(written)] == sent
    assert kind(written) == "999"


def _without_words(ack):
    """The reader adds words to each code; the wire has none."""
    sets = tuple(
        msgspec.structs.replace(one, errors=tuple(msgspec.structs.replace(error, message="") for error in one.errors))
        for one in ack.sets
    )
    return msgspec.structs.replace(ack, sets=sets)


@few
@given(interchange_acks)
def test_interchange_acknowledgements_come_back_as_they_were_sent(sent):
    written = write_ta1(sent, ENVELOPE)
    assert list(read_ta1(written)) == [sent]
    assert kind(written) == "TA1"


@few
@given(st.lists(claim_acks, min_size=1, max_size=2))
def test_claim_acknowledgements_come_back_as_they_were_sent(sent):
    written = write_277ca(sent, ENVELOPE)
    assert list(read_277ca(written)) == sent
    assert kind(written) == "277CA"
