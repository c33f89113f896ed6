"""What is written is read back as it was."""

from __future__ import annotations

import tracemalloc

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_samples import WRITTEN
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


def test_every_segment_of_a_claim_is_kept_with_its_loop_also_those_without_a_field():
    extra = b"PWK*OZ*BM***AC*DMN0012~\nK3*SOMETHING A STATE ASKS FOR~\nNTE*"
    read = list(read_837(WRITTEN["837P"].replace(b"NTE*", extra, 1)))
    segments = [one for claim in read for one in claim.segments]
    assert ("2300", ["PWK", "OZ", "BM", "", "", "AC", "DMN0012"]) in segments
    assert ("2300", ["K3", "SOMETHING A STATE ASKS FOR"]) in segments
    for claim in read:
        kept = list(claim.segments)
        assert kept[0][1][:2] == ["CLM", claim.patient_control_number]
        assert [one[0] for one in kept].count("2400") >= len(claim.claim.lines)
        assert [claim.delimiters.element.join(one) for _, one in kept] == list(claim.rows)


def test_late_segments_rejoin_their_loop_and_their_neighbours_stay():
    rows = WRITTEN["837P"].decode().split("~\n")
    late = next(i for i, row in enumerate(rows) if row.startswith("AMT*F5*"))
    end = next(i for i in range(late, len(rows)) if rows[i].startswith(("HL*", "CLM*", "SE*")) and i > late)
    moved = [*rows[:late], *rows[late + 1 : end], rows[late], *rows[end:]]
    assert [one.claim for one in read_837("~\n".join(moved).encode())] == [one.claim for one in read_837(WRITTEN["837P"])]


def test_a_claim_that_cannot_be_read_names_its_very_line_and_loop_and_leaves_the_others():
    rows = WRITTEN["837P"].decode().split("~\n")
    spots = [i for i, row in enumerate(rows) if row.startswith("SV1*")]
    parts = rows[spots[1]].split("*")
    rows[spots[1]] = "*".join([*parts[:2], "12,50", *parts[3:]])
    good, bad = list(read_837(WRITTEN["837P"])), list(read_837("~\n".join(rows).encode()))
    (finding,) = [one for read in bad for one in read.findings]
    assert (finding.line, finding.loop, finding.segment, finding.element) == (spots[1] + 1, "2400", "SV1", "SV102")
    assert [new.claim == old.claim for new, old in zip(bad, good, strict=True)].count(False) == 1


def test_claims_are_read_from_a_long_file_in_little_memory():
    plain = WRITTEN["837P"].replace(b"\n", b"")
    start, end = plain.index(b"HL*1*"), plain.index(b"SE*")

    def long_file():
        yield plain[:start]
        for _ in range(1500):
            yield plain[start:end]
        yield plain[end:]

    tracemalloc.start()
    count = sum(read.claim is not None for read in read_837(long_file()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1500 * plain.count(b"CLM*")
    assert peak < 16_000_000


def test_a_note_of_a_line_describes_it_where_its_procedure_does_not():
    written = WRITTEN["837P"]
    head, service, rest = written.partition(b"~\nSV1*HC:")
    composite, element, charged = rest.partition(b"*")
    noted = charged.partition(b"~\nREF*6R*")
    code = composite.split(b":")[0]
    for described, note, told in (
        (code, b"NTE*ADD*Left wrist, by hand", "Left wrist, by hand"),
        (code, b"NTE*TPO*Corrected by others", ""),
        (code + b":::::Right wrist", b"NTE*ADD*Left wrist", "Right wrist"),
    ):
        changed = noted[0] + noted[1] + noted[2].replace(b"~\n", b"~\n" + note + b"~\n", 1)
        lines = [one.claim.lines[0] for one in read_837(head + service + described + element + changed)]
        assert lines[0].description == told, note
