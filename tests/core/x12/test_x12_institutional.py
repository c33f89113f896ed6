"""Facilities' claims: what is written is read back, is without finding, and says what the UB-04 says."""

from __future__ import annotations

import io
import logging
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_facility_samples import EMERGENCY, FACILITY_CLAIMS, HOSPITAL, IN, OUT, SECOND_PAYER, STAY
from x12_facility_strategies import facility_claims
from x12_samples import ENVELOPE, PAYER, WRITTEN
from x12_strategies import RECEIVER, SUBMITTER

from claimwright.claims.model import Occurrence, Procedure
from claimwright.x12.check import check
from claimwright.x12.dental import write_837d
from claimwright.x12.institutional import write_837i
from claimwright.x12.professional import read_837
from claimwright.x12.sniff import kind

few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def rows(*claims):
    return write_837i(claims, ENVELOPE, HOSPITAL, PAYER, "B1").decode().replace("\n", "").split("~")


def read(text):
    return next(read_837(text.encode())).claim


def written(claim):
    return write_837i([claim], ENVELOPE, HOSPITAL, PAYER, "B1").decode()


@few
@given(st.lists(facility_claims(), min_size=1, max_size=2))
def test_facility_claims_of_any_shape_come_back_as_they_were_sent_and_keep_to_the_guide(sent):
    wire = write_837i(sent, ENVELOPE, SUBMITTER, RECEIVER, "BATCH1")
    got = list(read_837(wire))
    assert [one.claim for one in got] == sent
    assert {one.batch for one in got} == {"BATCH1"}
    assert [(one.code, one.element) for one in check(wire, snip=(1, 2))] == []
    assert kind(wire) == "837I"


def test_the_samples_come_back_as_they_were_sent():
    assert [one.claim for one in read_837(WRITTEN["837I"])] == list(FACILITY_CLAIMS)


def test_pyx12_accepts_facility_claims_of_every_shape(tmp_path):
    params = pytest.importorskip("pyx12.params").params
    document = pytest.importorskip("pyx12.x12n_document").x12n_document
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    path, errors = tmp_path / "written.x12", io.StringIO()
    path.write_bytes(WRITTEN["837I"])
    assert document(params(), str(path), io.StringIO(), None, fd_json=errors), errors.getvalue()


def test_x12sdk_reads_facility_claims(tmp_path):
    reader = pytest.importorskip("x12sdk.io").X12ModelReader
    # Its models know A3 alone, no billing note and, in 2420A, no operating physician (but the attending one): left out here.
    stay = msgspec.structs.replace(
        STAY, note="", lines=tuple(msgspec.structs.replace(line, operating=None, other_operating=None) for line in STAY.lines)
    )
    path = tmp_path / "written.x12"
    path.write_text("~".join(rows(stay, EMERGENCY, SECOND_PAYER)).replace("X223A2", "X223A3"))
    with reader(str(path)) as read:
        (model,) = read.models()
    levels = [level for billing in model.loop_2000a for level in billing.loop_2000b]
    patients = [patient for level in levels for patient in level.loop_2000c or []]
    claims = [claim for level in [*levels, *patients] for claim in level.loop_2300 or []]
    assert {one.clm_segment.patient_control_number for one in claims} == {"INP0001", "OPT0002", "OPT0003"}


def test_the_statement_is_a_period_even_of_one_day():
    assert "DTP*434*RD8*20261109-20261109" in rows(EMERGENCY)


def test_a_line_has_its_days_only_where_they_are_not_those_of_the_statement():
    assert [row for row in rows(STAY) if row.startswith("DTP*472")] == ["DTP*472*D8*20261102"]
    assert not any(row.startswith("DTP*472") for row in rows(EMERGENCY))
    first, _, third, _ = read(written(STAY)).lines
    assert (first.first_service, first.through, third.through) == (IN, OUT, IN)


def test_the_admission_has_its_hour_where_it_is_known():
    assert "DTP*435*DT*202611020630" in rows(STAY)
    part = msgspec.structs.replace(STAY.institutional, admission_hour="")
    assert "DTP*435*D8*20261102" in rows(msgspec.structs.replace(STAY, institutional=part))


def test_each_kind_of_code_has_its_segment_in_the_guides_order():
    kinds = [row.split("*")[1].partition(":")[0] for row in rows(STAY) if row.startswith("HI*")]
    assert kinds == ["ABK", "ABJ", "DR", "ABF", "BBR", "BBQ", "BI", "BH", "BE", "BG"]


def test_twelve_codes_fill_a_segment_and_a_thirteenth_begins_another():
    many = tuple(Occurrence(code=f"{n:02d}", on=IN) for n in range(13))
    part = msgspec.structs.replace(STAY.institutional, occurrences=many)
    found = [row.count("*") for row in rows(msgspec.structs.replace(STAY, institutional=part)) if row.startswith("HI*BH")]
    assert found == [12, 1]


def test_a_claim_without_its_facility_part_is_stated_for_its_days_of_service():
    bare = msgspec.structs.replace(EMERGENCY, institutional=None)
    assert "DTP*434*RD8*20261109-20261109" in rows(bare)
    assert read(written(bare)).institutional.statement_from == date(2026, 11, 9)


def test_a_decided_line_names_its_revenue_code():
    assert "SVD*SBXMA*160*HC:99284*0450*1" in rows(SECOND_PAYER)


def test_a_revenue_line_without_procedure_has_none_on_the_wire_either():
    assert "SV2*0120**4500*DA*3" in rows(STAY)
    assert read(written(STAY)).lines[0].procedure == ""


def test_hours_codes_and_amounts_are_read_from_old_classifications_too():
    old = written(STAY).replace("HI*BBR:0SRC0J9", "HI*BR:8154").replace("HI*ABJ:M1711", "HI*BJ:71516")
    part = read(old).institutional
    assert part.principal_procedure == Procedure(code="8154", on=IN)
    assert part.admitting_diagnosis == "715.16"


def test_a_code_without_its_day_is_kept_and_the_claim_too():
    part = read(written(STAY).replace("HI*BH:11:D8:20260901", "HI*BH:11")).institutional
    assert part.occurrences == (Occurrence(code="11"),)


def test_a_value_code_with_no_amount_to_read_is_said():
    got = next(read_837(written(STAY).replace("BE:01:::1500", "BE:01:::MUCH").encode()))
    assert got.claim is None
    assert [one.segment for one in got.findings] == ["HI"]


def test_the_attending_and_operating_physicians_are_told_apart():
    claim = read(written(STAY))
    assert (claim.attending.npi, claim.institutional.operating.npi) == ("1245319599", "1245319599")
    assert claim.institutional.other_operating.npi == claim.rendering.npi == claim.referring.npi == "1932102084"
    assert claim.lines[2].operating.name == "RIVERA"


CORPUS = Path(__file__).parents[4] / "shared" / "data" / "x12"
PUBLIC = {
    "LinuxForHealth__x12/out-of-network-repriced-claim.837i": write_837i,
    "LinuxForHealth__x12/ppo-repriced-claim.837i": write_837i,
    "LinuxForHealth__x12/two-claims-single-provider.837i": write_837i,
    "imsweb__x12-parser/x223-test.txt": write_837i,
    "moov-io__x12/sample.txt": write_837d,
}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public sample files (../shared/data/x12) are absent")
@pytest.mark.parametrize("name", PUBLIC)
def test_claims_of_others_come_back_as_they_were_read(name):
    claims = [one.claim for one in read_837((CORPUS / name).read_bytes())]
    assert claims and None not in claims
    assert [one.claim for one in read_837(PUBLIC[name](claims, ENVELOPE, SUBMITTER, RECEIVER, "B1"))] == claims
