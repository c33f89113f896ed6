"""A file that breaks off loses nothing silently, and what may be incomplete is never taken for whole."""

from __future__ import annotations

import pytest
from x12_samples import WRITTEN

from claimwright.x12.claim_reading import ReadClaim
from claimwright.x12.professional import read_837
from claimwright.x12.remittance import ReadRemittance, read_835, read_remittances

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
