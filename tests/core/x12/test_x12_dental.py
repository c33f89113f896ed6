"""Dental claims: what is written is read back, is without finding, and says what the dental form says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_facility_samples import BRACES, DENTAL_CLAIMS, DENTISTS, PLANNED, RESTORED, SECOND_DENTAL
from x12_facility_strategies import dental_claims
from x12_samples import ENVELOPE, PAYER, WRITTEN
from x12_strategies import RECEIVER, SUBMITTER

from claimwright.claims.model import Dental, Tooth
from claimwright.x12.check import check
from claimwright.x12.dental import write_837d
from claimwright.x12.professional import read_837
from claimwright.x12.sniff import kind

few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def rows(*claims):
    return write_837d(claims, ENVELOPE, DENTISTS, PAYER, "B1").decode().replace("\n", "").split("~")


def read(text):
    return next(read_837(text.encode())).claim


def written(claim):
    return write_837d([claim], ENVELOPE, DENTISTS, PAYER, "B1").decode()


@few
@given(st.lists(dental_claims(), min_size=1, max_size=2))
def test_dental_claims_of_any_shape_come_back_as_they_were_sent_and_keep_to_the_guide(sent):
    wire = write_837d(sent, ENVELOPE, SUBMITTER, RECEIVER, "BATCH1")
    got = list(read_837(wire))
    assert [one.claim for one in got] == sent
    assert {one.batch for one in got} == {"BATCH1"}
    assert [(one.code, one.element) for one in check(wire, snip=(1, 2))] == []
    assert kind(wire) == "837D"


def test_the_samples_come_back_as_they_were_sent():
    assert [one.claim for one in read_837(WRITTEN["837D"])] == list(DENTAL_CLAIMS)


def test_teeth_and_surfaces_follow_their_service():
    found = rows(RESTORED)
    at = found.index("SV3*AD:D2392*270****1*****1")
    assert found[at + 1] == "TOO*JP*3*M:O"
    assert read(written(RESTORED)).lines[1].dental.teeth == (Tooth(number="3", surfaces=("M", "O")),)


def test_a_crown_that_replaces_another_says_when_that_was_placed():
    found = rows(RESTORED)
    assert "SV3*AD:D2740*1350***R*1*****1" in found
    assert "DTP*441*D8*20120601" in found


def test_areas_of_the_mouth_are_one_element():
    assert "SV3*AD:D4341*150**10:20**1*****1" in rows(RESTORED)


def test_missing_teeth_name_the_numbering_that_they_use():
    assert [row for row in rows(RESTORED) if row.startswith("DN2")] == ["DN2*1*M****JP", "DN2*32*E****JP"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        (Dental(orthodontic=True, orthodontic_months=Decimal(24), orthodontic_months_left=Decimal(6)), "DN1*24*6"),
        (Dental(orthodontic=True, orthodontic_months_left=Decimal(6)), "DN1**6"),
        (Dental(orthodontic=True), "DN1****Y"),
        (Dental(), None),
    ],
)
def test_orthodontic_treatment_is_told_by_its_months_or_else_by_yes(said, row):
    wire = rows(msgspec.structs.replace(BRACES, dental=said))
    assert [one for one in wire if one.startswith("DN1")] == ([row] if row else [])


def test_a_predetermination_is_asked_for_without_days_of_service():
    wire = written(PLANNED)
    assert "**********PB~" in wire
    assert "DTP*472" not in wire
    assert read(wire).lines[0].first_service == ENVELOPE.created.date()


def test_a_claim_that_is_no_predetermination_needs_its_days():
    got = next(read_837(written(BRACES).replace("DTP*472*D8*20261109~\n", "").encode()))
    assert got.claim is None
    assert [one.code for one in got.findings] == ["unreadable"]


def test_a_day_of_the_claim_is_the_day_of_lines_that_have_none():
    assert [line.first_service for line in read(written(RESTORED)).lines] == [
        date(2026, 11, 9),
        date(2026, 11, 9),
        date(2026, 11, 12),
        date(2026, 11, 9),
    ]


def test_what_an_earlier_payer_decided_is_dental_too():
    assert "SVD*SBX02*40*AD:D0120**1" in rows(SECOND_DENTAL)


def test_paperwork_is_what_dentists_send():
    def codes(paper):
        wire = written(RESTORED).replace("AMT*F5", f"{paper}~AMT*F5").replace("SE*", "SE*9", 1).encode()
        return {one.code for one in check(wire) if one.segment == "PWK"}

    assert codes("PWK*P6*EL***AC*A1") == set()
    assert codes("PWK*77*EL***AC*A1") == {"code-invalid"}
