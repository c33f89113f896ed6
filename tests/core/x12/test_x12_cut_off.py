"""A file that breaks off loses nothing silently, and what may be incomplete is never taken for whole."""

from __future__ import annotations

import pytest
from x12_samples import WRITTEN

from claimwright.findings import Finding
from claimwright.x12.acknowledgement import read_277ca, read_999
from claimwright.x12.claim_reading import ReadClaim
from claimwright.x12.claim_status import read_276, read_277
from claimwright.x12.eligibility import read_270, read_271
from claimwright.x12.linking import SentSet, answers
from claimwright.x12.professional import read_837
from claimwright.x12.remittance import ReadRemittance, read_835, read_remittances
from claimwright.x12.services_review import read_278_request, read_278_response
from claimwright.x12.show import show

CLAIMS, PAYMENTS = WRITTEN["837P"].replace(b"\n", b""), WRITTEN["835"].replace(b"\n", b"")


def without_end(data: bytes, *names: bytes) -> bytes:
    """The file without these segments."""
    return b"~".join(row for row in data.split(b"~") if row.split(b"*")[0] not in names)


def told(one: ReadClaim | ReadRemittance) -> list[str]:
    return [finding.code for finding in one.findings]


@pytest.mark.parametrize("names", [(b"SE",), (b"SE", b"GE"), (b"SE", b"GE", b"IEA")], ids=["by GE", "by IEA", "by the end"])
def test_the_claim_that_a_set_breaks_off_in_is_given_with_its_segments_but_not_as_a_claim(names):
    whole, cut = list(read_837(CLAIMS)), list(read_837(without_end(CLAIMS, *names)))
    assert cut[:-1] == whole[:-1]
    last = cut[-1]
    assert last.claim is None and told(last) == ["cut-off"] and last.findings[0].stops
    assert last.patient_control_number == whole[-1].patient_control_number == last.findings[0].claim
    assert (last.rows, last.loops, last.set_control) == (whole[-1].rows, whole[-1].loops, whole[-1].set_control)


@pytest.mark.parametrize("by", [b"ST", b"GS", b"ISA"])
def test_a_set_broken_off_by_the_next_loses_no_claim_of_either(by):
    start = CLAIMS.index(by + b"*")
    read = list(read_837(CLAIMS[: CLAIMS.index(b"SE*")] + CLAIMS[start:]))
    whole = len(list(read_837(CLAIMS)))
    assert [one.claim is None for one in read] == [False] * (whole - 1) + [True] + [False] * whole


def test_wherever_a_file_of_claims_is_cut_something_says_so_and_no_claim_is_made_up():
    whole = [one.claim for one in read_837(CLAIMS)]
    for at in range(CLAIMS.index(b"BHT*"), CLAIMS.index(b"SE*"), 7):
        read = list(read_837(CLAIMS[:at]))
        assert told(read[-1]) == ["cut-off"] and read[-1].claim is None
        assert [one.claim for one in read[:-1]] == whole[: len(read) - 1]


@pytest.mark.parametrize("end", [b"~SE*", b"~GE*", b"~IEA*"])
def test_a_set_whose_end_is_there_is_whole_though_the_rest_of_the_file_is_not(end):
    whole = list(read_837(CLAIMS))
    assert list(read_837(CLAIMS[: CLAIMS.index(end) + len(end) + 1])) == whole


@pytest.mark.parametrize("names", [(b"SE",), (b"SE", b"GE"), (b"SE", b"GE", b"IEA")], ids=["by GE", "by IEA", "by the end"])
def test_a_payment_whose_set_breaks_off_is_told_and_cannot_be_posted(names):
    data = without_end(PAYMENTS, *names)
    read = list(read_remittances(data))
    assert all(one.remittance is None and "cut-off" in told(one) for one in read) and read
    assert list(read_835(data)) == []


def test_a_payment_before_the_cut_one_is_kept():
    start, end = PAYMENTS.index(b"ST*"), PAYMENTS.index(b"SE*")
    read = list(read_remittances(PAYMENTS[:end] + PAYMENTS[end : PAYMENTS.index(b"~", end) + 1] + PAYMENTS[start : end - 40]))
    whole = list(read_835(PAYMENTS))
    assert [one.remittance for one in read] == [whole[0], None]
    assert told(read[0]) == [] and "cut-off" in told(read[1])


# Questions, answers and acknowledgements ------------------------------------------------------------------------------

READERS = {
    "270": read_270, "271": read_271, "276": read_276, "277": read_277, "277CA": read_277ca, "278": read_278_request,
    "278R": read_278_response, "999": read_999,
}  # fmt: skip


def read_all(kind: str, data: bytes) -> tuple[list[object], list[Finding]]:
    """What a file gives, and what its reader says of it."""
    findings: list[Finding] = []
    return list(READERS[kind](data, findings)), findings


def of(kind: str) -> bytes:
    return WRITTEN[kind].replace(b"\n", b"")


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("names", [(b"SE",), (b"SE", b"GE"), (b"SE", b"GE", b"IEA")], ids=["by GE", "by IEA", "by the end"])
def test_a_set_whose_last_loop_is_whole_is_read_to_its_end_though_se_is_missing(kind, names):
    whole, said = read_all(kind, of(kind))
    assert whole and not said
    cut, said = read_all(kind, without_end(of(kind), *names))
    assert cut == whole
    assert {one.code for one in said} == {"cut-off"} and len(said) == of(kind).count(b"~SE*")
    assert all(one.severity == "error" and one.line > 3 and "again" in one.fix for one in said)


@pytest.mark.parametrize("kind", READERS)
def test_a_set_broken_off_by_the_next_is_told_and_the_next_is_read(kind):
    data = of(kind)
    start = data.index(b"ST*")
    one = data[: data.index(b"~", data.index(b"SE*")) + 1] + data[data.index(b"GE*") :]  # its first set alone
    first, _ = read_all(kind, one)
    both, said = read_all(kind, data[: data.index(b"SE*")] + one[start:])
    assert both == first * 2
    assert [finding.line for finding in said] == [data[: data.index(b"SE*")].count(b"~") + 1]


@pytest.mark.parametrize("kind", READERS)
def test_wherever_such_a_file_is_cut_it_is_told_once_and_what_came_before_is_kept(kind):
    data = of(kind)
    whole, _ = read_all(kind, data)
    for at in range(data.index(b"~", data.index(b"~ST*") + 1) + 2, data.index(b"~SE*"), 5):
        given, said = read_all(kind, data[:at])
        assert [one.code for one in said] == ["cut-off"], at
        assert given[:-1] == whole[: len(given[:-1])] or kind == "277CA"  # there claims are gathered by provider
        torn = data[:at].rpartition(b"~")[2]
        assert not torn or "was not read" in said[0].message or read_all(kind, data[: at - len(torn)])[0] == given


def test_a_claims_answer_that_is_torn_is_not_read_and_those_before_it_are():
    data = of("277CA")
    whole = [ack for one in read_all("277CA", data)[0] for ack in one.acks]
    last = data.rindex(b"~HL*")
    torn = data[: data.index(b"~STC*", last) + 12]
    given, said = read_all("277CA", torn)
    assert [ack for one in given for ack in one.acks] == whole[:-1]
    assert "2200D is not whole and was not read" in said[0].message


def test_an_answer_that_breaks_off_before_it_says_anything_is_no_refusal():
    benefits, review = of("271"), of("278R")
    assert read_all("271", benefits[: benefits.index(b"~EB*") + 1])[0] == []
    given, said = read_all("278R", review[: review.index(b"~HCR*") + 1])
    assert given == [] and len(said) == 1


def test_a_999_without_its_result_accepts_no_set_that_it_does_not_name():
    data = of("999")
    [ack], said = read_all("999", data[: data.index(b"~AK2*") + 1])
    sent = SentSet(
        interchange="1", functional_id=ack.functional_id, group=ack.group_control, version="", set_id="837", control="1",
        first=1, last=9,
    )  # fmt: skip
    assert (ack.code, ack.sets, len(said)) == ("", (), 1)
    assert list(answers([ack], [sent])) == []


@pytest.mark.parametrize("kind", READERS)
def test_show_ends_with_where_a_set_breaks_off(kind):
    data = of(kind)
    rows = list(show(data[: data.rindex(b"~SE*") + 1]))
    assert rows[-1]["kind"] == "cut off" and rows[-1]["line"] == data[: data.rindex(b"~SE*") + 1].count(b"~")
    assert [row for row in rows if row["kind"] != "cut off"] == [row for row in show(data) if row["kind"] != "segment"]
