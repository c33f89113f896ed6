"""What the checker says of files as wholes, by level, claim and version; the faults one by one are in test_x12_faults.py."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from x12_samples import CLAIMS, ENVELOPE, PAYER, PRACTICE, WRITTEN

from claimwright.x12.check import check
from claimwright.x12.professional import read_837, write_837p

TODAY = date(2026, 11, 16)


def findings(data: bytes, **options):
    return [one for one in check(data, today=TODAY, **options) if one.severity != "info"]


def recounted(data: bytes) -> bytes:
    """The same file with right SE counts, so that taking a segment away is one fault."""
    rows, out, start = data.split(b"~"), [], 0
    for place, row in enumerate(rows):
        if row.startswith(b"ST*"):
            start = place
        if row.startswith(b"SE*"):
            row = b"*".join([b"SE", str(place - start + 1).encode(), row.split(b"*")[2]])
        out.append(row)
    return b"~".join(out)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_good_file_gives_nothing(kind):
    assert findings(WRITTEN[kind]) == []


def test_the_finding_names_the_claim_and_its_neighbours_stay_good():
    bad = WRITTEN["837P"].replace(b"CLM*PCN0002*210.5", b"CLM*PCN0002*21O.5")
    assert {one.claim for one in findings(bad)} == {"PCN0002"}
    read = {one.patient_control_number: one for one in read_837(bad)}
    assert read["PCN0002"].claim is None and "CLM02" in read["PCN0002"].findings[0].message
    assert (read["PCN0001"].claim, read["PCN0003"].claim) == (CLAIMS[0], CLAIMS[2])


@pytest.mark.parametrize(
    ("kind", "missing", "claim"),
    [
        ("837P", b"HI*ABK:M1711*ABF:I10", "PCN0001"),  # a level follows
        ("837P", b"SV1*HC:20610:RT*180*UN*1***1", "PCN0001"),
        ("837I", b"CL1*1*1*01", "OPT0002"),
        ("835", b"NM1*QC*1*LOPEZ*MARIA****MI*SBX100200300", "PCN0001"),  # another claim follows
        ("837P", b"BHT*0019*00*BATCH7*20261116*0930*CH", ""),
        ("835", b"TRN*1*EFT20261115001*1741111111", ""),
    ],
)
def test_what_is_missing_is_said_of_the_claim_that_misses_it(kind, missing, claim):
    bad = recounted(WRITTEN[kind].replace(b"\n", b"").replace(missing + b"~", b"", 1))
    assert {(one.code, one.claim) for one in findings(bad)} == {("segment-missing", claim)}


def test_only_the_levels_asked_for_are_checked():
    bad = WRITTEN["837P"].replace(b"XX*1245319599", b"XX*1245319590").replace(b"*330*", b"*331*")
    assert {one.code for one in findings(bad)} == {"npi-invalid", "claim-balance"}
    assert {one.code for one in findings(bad, snip={3})} == {"claim-balance"}
    assert findings(bad, snip={1, 2}) == []


def test_a_version_that_is_not_checked_is_said_honestly():
    old = WRITTEN["837P"].replace(b"005010X222A1", b"004010X098A1")
    assert [one.code for one in check(old)] == ["version-superseded"]
    other = WRITTEN["837P"].replace(b"005010X222A1", b"006020X323")
    assert [(one.code, one.severity) for one in check(other)] == [("version-not-checked", "info")]


def test_what_a_declared_separator_does_not_divide_is_one_finding():
    data = WRITTEN["837P"].replace(b"*0*T*:~", b"*0*T*>~")
    assert [one.code for one in findings(data)] == ["component-separator"]


@pytest.mark.parametrize("data", [b"", b"hello", b"ISA", bytes(range(256)) * 20, b"ISA*00*" * 300])
def test_what_is_no_x12_is_told_and_not_raised(data):
    assert findings(data)


def test_a_cut_file_is_one_finding_wherever_it_is_cut():
    rows = WRITTEN["837P"].split(b"\n")
    for place in range(4, len(rows) - 4):
        found = findings(b"\n".join(rows[:place]) + b"\n")
        assert [one.code for one in found] == ["se-missing"], (place, [one.message for one in found])


def test_half_a_segment_at_the_end_is_no_further_error():
    data = WRITTEN["837P"].replace(b"\n", b"")
    for place in range(data.index(b"CLM*PCN0003"), data.index(b"SE*")):
        errors = [one for one in findings(data[:place]) if one.severity == "error"]
        assert [one.code for one in errors] == ["se-missing"], (data[:place][-20:], [one.message for one in errors])


def test_no_patient_has_more_claims_than_the_guide_allows():
    numbered = enumerate([claim for claim in CLAIMS[:2] for _ in range(101)])
    many = [msgspec.structs.replace(claim, patient_control_number=f"P{n}") for n, claim in numbered]
    data = write_837p(many, ENVELOPE, PRACTICE, PAYER, "B")
    assert findings(data) == []
    assert [one.claim for one in read_837(data)] == many


def test_more_than_one_set_is_made_of_many_claims(monkeypatch):
    monkeypatch.setattr("claimwright.x12.claim_writing.CLAIMS_A_SET", 2)
    data = write_837p(CLAIMS, ENVELOPE, PRACTICE, PAYER, "B")
    assert data.count(b"ST*837*") == 2
    assert findings(data) == []
    assert [one.claim for one in read_837(data)] == list(CLAIMS)


def test_a_refused_subscriber_needs_no_answer_for_the_dependent():
    refused = WRITTEN["271"].replace(b"AAA*N**15*C~\n", b"").replace(b"HL*4*3*23*0", b"AAA*N**75*C~\nHL*4*3*23*0")
    refused = recounted(refused.replace(b"\n", b""))
    rows = refused.split(b"~")
    place = next(i for i, row in enumerate(rows) if row.startswith(b"AAA"))
    demographics = rows.pop(place - 1)  # DMG follows AAA
    assert demographics.startswith(b"DMG")
    rows.insert(place, demographics)
    assert findings(b"~".join(rows)) == []
