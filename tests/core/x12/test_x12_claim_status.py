"""Where a claim stands: what is asked and told comes back as it was sent, and other people's programs take the files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_samples import STATUS_ANSWERS, STATUS_INQUIRIES, WRITTEN
from x12_strategies import ENVELOPE, births, cents, code, days, doctors, modifiers, organizations, sexes, units, words

from claimwright.parties import Payer, Person, Provider
from claimwright.x12.check import check
from claimwright.x12.claim_status import (
    LineInquiry,
    LineStatus,
    Receiver,
    Status,
    StatusAnswer,
    StatusCode,
    StatusInquiry,
    read_276,
    read_277,
    write_276,
    write_277,
)

ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=12)
names = {"last": words(), "first": words(0, 20), "middle": words(0, 10), "suffix": words(0, 5)}
named = st.builds(Person, **names)
born = st.builds(Person, **names, birth=births, sex=sexes)
by_tax_number = st.builds(Provider, npi=st.just(""), name=words(), ein=code(r"[1-9][0-9]{8}"))
providers = organizations | doctors | by_tax_number
receivers = st.builds(Receiver, name=words(), identifier=ids) | st.builds(
    Receiver, name=words(), identifier=ids, first=words(), middle=words(0, 5), person=st.just(True)
)
maybe = st.just("") | ids


@st.composite
def claims(draw: st.DrawFn, asking: bool) -> dict[str, object]:
    own = draw(st.booleans())
    first = draw(st.none() | days)
    last = draw(st.none() | st.dates(min_value=first)) if first else None
    return {
        "payer": draw(
            st.builds(Payer, name=words(), payer_id=ids, phone=st.just("") if asking else st.just("") | code(r"[2-9][0-9]{9}"))
        ),
        "receiver": draw(receivers),
        "provider": draw(providers),
        "other_provider": draw(st.none() | providers),
        "subscriber": draw(born if asking and own else named),
        "member_id": draw(ids),
        "dependent": None if own else draw(born if asking else named),
        "trace": draw(ids),
        "reference": draw(ids),
        "payer_control_number": draw(maybe),
        "bill_type": draw(maybe),
        "patient_control_number": draw(maybe),
        "prescription_number": draw(maybe),
        "clearinghouse_number": draw(maybe),
        "first_service": first,
        "last_service": last if last != first else None,
    }


line = {
    "procedure": ids,
    "qualifier": st.sampled_from(["HC", "AD", "NU"]),
    "modifiers": modifiers,
    "charge": cents,
    "units": st.none() | units,
    "revenue_code": maybe,
    "control_number": maybe,
    "first_service": st.none() | days,
}
codes = st.builds(
    StatusCode, category=st.sampled_from(["A1", "P3", "F2", "E0"]), code=code(r"[1-9][0-9]{0,2}"),
    entity=st.sampled_from(["", "QC", "1P"]), code_list=st.sampled_from(["", "RX"]),
)  # fmt: skip
statuses = st.builds(
    Status,
    codes=st.lists(codes, min_size=1, max_size=3).map(tuple),
    effective=days,
    charge=st.none() | cents,
    paid=st.none() | cents,
    finalized=st.none() | days,
    paid_on=st.none() | days,
    check_number=maybe,
)
several = st.lists(statuses, min_size=1, max_size=3).map(tuple)


@st.composite
def inquiries(draw: st.DrawFn) -> StatusInquiry:
    lines = draw(st.lists(st.builds(LineInquiry, **line), max_size=3))
    charge = draw(st.none() | cents)
    return StatusInquiry(**draw(claims(True)), group_number=draw(maybe), location=draw(maybe), charge=charge, lines=tuple(lines))


@st.composite
def answers(draw: st.DrawFn) -> StatusAnswer:
    told = draw(claims(False))
    level = draw(st.sampled_from(["claim", "claim", "claim", "provider", "receiver"]))
    if level != "claim":
        kept = ("payer", "receiver", "trace", "reference", *(("provider", "other_provider") if level == "provider" else ()))
        return StatusAnswer(**{name: told[name] for name in kept}, level=level, statuses=draw(several))
    lines = draw(st.lists(st.builds(LineStatus, **line, paid=st.none() | cents, statuses=several), max_size=2))
    return StatusAnswer(**told, statuses=draw(several), voucher=draw(maybe), lines=tuple(lines))


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], derandomize=True
)
@given(st.lists(inquiries(), min_size=1, max_size=4))
def test_every_inquiry_is_read_as_it_was_written(asked: list[StatusInquiry]) -> None:
    assert list(read_276(write_276(asked, ENVELOPE))) == asked


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow], derandomize=True
)
@given(st.lists(answers(), min_size=1, max_size=4))
def test_every_answer_is_read_as_it_was_written(told: list[StatusAnswer]) -> None:
    assert list(read_277(write_277(told, ENVELOPE))) == told


def test_levels_are_shared_by_neighbours_and_their_numbers_follow_from_them() -> None:
    first, child = STATUS_INQUIRIES
    twice = msgspec.structs.replace(first, trace="STATUS3")
    rows = write_276([first, twice, child], ENVELOPE).decode().split("~\n")
    assert [row for row in rows if row.startswith("HL")] == [
        "HL*1**20*1", "HL*2*1*21*1", "HL*3*2*19*1", "HL*4*3*22*0", "HL*5*3*22*1", "HL*6*5*23",
    ]  # fmt: skip
    assert [row for row in rows if row.startswith(("TRN", "ST*", "SE"))][1:4] == [
        "TRN*1*STATUS1",
        "TRN*1*STATUS3",
        "TRN*1*STATUS2",
    ]
    assert sum(row.startswith("ST*") for row in rows) == 1


def test_an_answer_knows_its_money_and_the_inquiry_it_answers() -> None:
    paid, unknown = read_277(WRITTEN["277"])
    assert [one.trace for one in (paid, unknown)] == [one.trace for one in STATUS_INQUIRIES]
    assert (paid.category, paid.charge, paid.paid) == ("F1", 33000, 680)
    assert (unknown.category, unknown.charge, unknown.paid) == ("A4", None, None)
    assert unknown.dependent is not None and unknown.patient is unknown.dependent
    assert [one.statuses for one in (paid, unknown)] == [one.statuses for one in STATUS_ANSWERS]


def test_an_amount_that_is_none_is_left_out_and_the_check_says_so() -> None:
    content = WRITTEN["276"].replace(b"AMT*T3*330", b"AMT*T3*33O")
    assert [one.charge for one in read_276(content)] == [None, 21050]
    assert [one.element for one in check(content)] == ["AMT02"]


def test_what_is_asked_under_a_level_that_is_missing_is_found_by_the_check() -> None:
    content = WRITTEN["276"].replace(b"HL*3*2*19*1~\nNM1*1P*2*LAKESIDE FAMILY PRACTICE*****XX*1234567893~\n", b"")
    assert any(one.line for one in check(content) if one.severity == "error")


@pytest.mark.parametrize("kind", ["276", "277"])
def test_x12sdk_reads_both_as_we_meant_them(kind: str, tmp_path: Path) -> None:
    """pyx12 cannot be asked: it has no X212 276, and its X212 277 is not in its index and cannot be walked.

    Its elements are compared with our table's in test_x12_tables.
    """
    reader = pytest.importorskip("x12sdk.io").X12ModelReader
    path = tmp_path / kind
    path.write_text(WRITTEN[kind].decode().replace("\n", ""))
    with reader(str(path)) as read:
        (model,) = read.models()
    (provider,) = model.loop_2000a[0].loop_2000b[0].loop_2000c
    own, family = provider.loop_2000d
    (dependent,) = family.loop_2000e
    assert own.loop_2200d[0].trn_segment.reference_identification_1 == "STATUS1"
    assert dependent.loop_2200e[0].trn_segment.reference_identification_1 == "STATUS2"
    assert len(own.loop_2200d[0].ref_segment) == 2


def test_a_level_that_asks_nothing_or_is_told_nothing_is_found() -> None:
    start, end = (WRITTEN["276"].index(mark) for mark in (b"TRN*1*STATUS1", b"HL*5"))
    asked = WRITTEN["276"][:start] + WRITTEN["276"][end:]
    assert [one.code for one in check(asked) if one.code != "count-wrong"] == ["inquiry-missing"]
    start, end = (WRITTEN["277"].index(mark) for mark in (b"TRN*2*STATUS1", b"HL*5"))
    told = WRITTEN["277"][:start] + WRITTEN["277"][end:]
    found = [(one.code, one.severity) for one in check(told) if one.code != "count-wrong"]
    assert found == [("answer-missing", "warning")]
