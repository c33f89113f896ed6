"""What a receiver answers to a file: TA1, 999 and 277CA, and what refuses what."""

from __future__ import annotations

import io
import logging
import random
from datetime import date, datetime
from itertools import count
from pathlib import Path

import pytest
from x12_faults import cases
from x12_samples import CLAIMS, ENVELOPE, PAYER, PRACTICE, WRITTEN

from claimwright.codesets.reference import claim_status, claim_status_category
from claimwright.findings import Finding
from claimwright.x12.acknowledge import MOST_ERRORS, acknowledge, acknowledgements, functional_file, receive, ta1_file
from claimwright.x12.acknowledgement import ClaimAck, ClaimAcks, read_277ca, read_999, read_ta1, write_999
from claimwright.x12.check import check
from claimwright.x12.claim_verdicts import Tally, claim_answers, claim_file
from claimwright.x12.functional import element_number
from claimwright.x12.grammar import segment_shapes
from claimwright.x12.located import value
from claimwright.x12.professional import write_837p
from claimwright.x12.tokens import Tokens
from claimwright.x12.verdicts import _table, answers_to

TODAY = date(2026, 11, 16)
RECEIVED = datetime(2026, 11, 16, 18, 0)
CORPUS = Path(__file__).parents[3].parent / "shared" / "data" / "x12"
GOOD = WRITTEN["837P"]


def reply(route, numbers=count(1)):  # the numbers go on, as a receiver's do
    number = next(numbers)
    return route.reply(number, number, RECEIVED)


def answer(data: bytes, **options) -> dict[str, bytes]:
    """Every answer to a file, as it is written."""
    receipt = receive(data, TODAY, **options)
    written = {
        "TA1": ta1_file(receipt, reply),
        "999": functional_file(receipt, reply),
        "277CA": b"".join(claim_file(data, receipt, reply)),
    }
    return {kind: content for kind, content in written.items() if content}


def rows(data: bytes, name: str) -> list[str]:
    return ["*".join(row) for row in Tokens(data) if row[0] == name]


def claims(data: bytes, **options) -> dict[str, ClaimAck]:
    acks = claim_answers(data, receive(data, TODAY, **options))
    return {one.patient_control_number: one for one in acks if isinstance(one, ClaimAck)}


def changed(old: bytes, new: bytes, data: bytes = GOOD) -> bytes:
    assert old in data, "the sample no longer holds what this case changes"
    return data.replace(old, new, 1)


@pytest.fixture
def two_sets(monkeypatch):
    monkeypatch.setattr("claimwright.x12.claim_writing.CLAIMS_A_SET", 2)
    return write_837p(CLAIMS, ENVELOPE, PRACTICE, PAYER, "B")


# TA1 -----------------------------------------------------------------------------------------------------------------


def test_a_good_file_is_accepted_and_asks_for_no_ta1():
    ta1, ack = acknowledge(GOOD, TODAY)
    assert ta1 is None
    assert (ack.code, ack.included, ack.accepted, ack.group_control, ack.functional_id) == ("A", 1, 1, "17", "HC")
    assert ack.sets[0].accepted and ack.sets[0].set_control == "0001" and not ack.sets[0].errors


def test_a_ta1_comes_when_the_sender_asks_for_one():
    ta1, ack = acknowledge(changed(b"*000000905*0*T*", b"*000000905*1*T*"), TODAY)
    assert ta1 is not None and ta1.accepted and ta1.note == "000" and ta1.interchange == "000000905"
    assert ta1.received == datetime(2026, 11, 16, 9, 30)
    assert ack.code == "A"


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        (b"IEA*1*000000905", b"IEA*1*000000906", "001"),
        (b"IEA*1*", b"IEA*2*", "021"),
        (b"IEA*1*000000905~", b"", "023"),
        (b"GE*1*17~\nIEA*1*000000905~", b"", "023"),
        (b"*00501*", b"*ABCDE*", "017"),
        (b"*000000905*0*T*", b"*00000A905*0*T*", "018"),
        (b"*000000905*0*T*", b"*000000905*2*T*", "019"),
        (b"*000000905*0*T*", b"*000000905*0*X*", "020"),
        (b"ISA*00*", b"ISA*07*", "010"),
        (b"*ZZ*LAKESIDE       *", b"*XX*LAKESIDE       *", "005"),
        (b"*ZZ*LAKESIDE       *", b"*ZZ*               *", "006"),
        (b"*ZZ*SANDBOX        *", b"*99*SANDBOX        *", "007"),
        (b"*ZZ*SANDBOX        *", b"*ZZ*               *", "008"),
        (b"*261116*0930*^", b"*261332*0930*^", "014"),
        (b"*261116*0930*^", b"*261116*2560*^", "015"),
        (b"GS*HC*", b"GS*QQ*", "024"),
        (b"*20261116*093000*17*X*", b"*20261316*093000*17*X*", "024"),
    ],
)  # fmt: skip
def test_a_broken_envelope_gets_a_ta1_with_its_note_and_nothing_else(old, new, note):
    written = answer(changed(old, new))
    assert set(written) == {"TA1"}
    (ack,) = read_ta1(written["TA1"])
    assert (ack.accepted, ack.code, ack.note) == (False, "R", note)


def test_a_second_interchange_of_the_same_number_is_refused_and_the_first_taken():
    written = answer(GOOD + GOOD)
    assert [(one.code, one.note) for one in read_ta1(written["TA1"])] == [("R", "025")]
    assert len(list(read_999(written["999"]))) == 1


def test_one_broken_interchange_does_not_refuse_the_others():
    other = GOOD.replace(b"000000905", b"000000906").replace(b"*17*X*", b"*18*X*").replace(b"GE*1*17", b"GE*1*18")
    written = answer(changed(b"IEA*1*000000905", b"IEA*7*000000905") + other)
    assert [(one.interchange, one.note) for one in read_ta1(written["TA1"])] == [("000000905", "021")]
    assert [one.group_control for one in read_999(written["999"])] == ["18"]


def test_answers_go_to_each_sender_in_an_interchange_of_its_own():
    other = (
        GOOD.replace(b"LAKESIDE       ", b"HILLSIDE       ")
        .replace(b"000000905", b"000000906")
        .replace(b"GS*HC*LAKESIDE", b"GS*HC*HILLSIDE")
    )
    written = answer(GOOD + other)
    for kind in ("999", "277CA"):
        assert [value(row, 8).strip() for row in Tokens(written[kind]) if row[0] == "ISA"] == ["LAKESIDE", "HILLSIDE"]
        assert [value(row, 3).strip() for row in Tokens(written[kind]) if row[0] == "GS"] == ["LAKESIDE", "HILLSIDE"]


def test_no_x12_at_all_is_refused():
    ta1, ack = acknowledge(b"hello", TODAY)
    assert ta1 is not None and not ta1.accepted
    assert ack.code == "R"


@pytest.mark.parametrize("kind", ["999", "TA1"])
def test_an_acknowledgement_is_never_acknowledged(kind):
    assert answer(WRITTEN[kind].replace(b"*0*T*", b"*1*T*")).keys() <= {"TA1"}
    assert answer(WRITTEN[kind]) == {}


# 999 -----------------------------------------------------------------------------------------------------------------


def test_a_set_in_error_is_refused_and_the_other_accepted(two_sets):
    data = two_sets.replace(b"CLM*PCN0003*150***11:B:7", b"CLM*PCN0003*150***11:B")
    _, ack = acknowledge(data, TODAY)
    assert (ack.code, ack.included, ack.received, ack.accepted) == ("P", 2, 2, 1)
    good, bad = ack.sets
    assert good.accepted and not bad.accepted and bad.code == "R" and bad.reasons == ("I5",)
    error = bad.errors[0]
    assert (error.code, error.segment, error.element, error.claim, error.loop) == ("IK4:1", "CLM", "CLM05-3", "PCN0003", "2300")
    parts = data.replace(b"\n", b"").split(b"~")
    start = max(place for place, row in enumerate(parts) if row.startswith(b"ST*"))
    assert parts[start + error.line - 1].startswith(b"CLM*PCN0003"), "IK302 counts segments from ST"


def test_the_claims_of_a_refused_set_are_in_no_277ca_and_those_of_the_other_are(two_sets):
    data = two_sets.replace(b"CLM*PCN0003*150***11:B:7", b"CLM*PCN0003*150***11:B")
    assert set(claims(data)) == {"PCN0001", "PCN0002"}


@pytest.mark.parametrize(
    ("old", "new", "code", "reasons"),
    [
        (b"SE*", b"SE*9", "R", ("4",)),
        (b"*0001~\nGE", b"*0009~\nGE", "R", ("3",)),
        (b"ST*837*0001*", b"ST*837*001*", "R", ("7",)),
        (b"CLM*PCN0001*330*", b"CLM*PCN0001*33O*", "R", ("5",)),
        (b"SBR*P*18*G7700******CI", b"SBR*P*18*G7700******CX", "R", ("I5",)),
        (b"HL*2*1*22*0", b"HL*3*1*22*0", "R", ("I5",)),
        (b"SV1*HC:99213:25*150*UN*1***1:2", b"SV1*HC:99213:25*150*UN*1*11*2*1:2", "E", ("I5",)),
    ],
)
def test_a_set_is_refused_with_the_reason(old, new, code, reasons):
    _, (ack,) = acknowledgements(changed(old, new), TODAY, snip=(1, 2, 3, 4, 5))
    assert (ack.sets[0].code, ack.sets[0].reasons) == (code, reasons)
    assert ack.code == code and ack.accepted == (code == "E")


@pytest.mark.parametrize(
    ("old", "new", "reasons"),
    [
        (b"GE*1*17", b"GE*2*17", ("5",)),
        (b"GE*1*17", b"GE*1*18", ("4",)),
        (b"GE*1*17~\n", b"", ("3",)),
        (b"GS*HC*", b"GS*HP*", ("1",)),
    ],
)
def test_a_broken_group_is_refused_with_the_reason_and_no_claim_is_answered(old, new, reasons):
    written = answer(changed(old, new))
    (ack,) = read_999(written["999"])
    assert (ack.code, ack.accepted, ack.reasons) == ("R", 0, reasons) and "277CA" not in written


@pytest.mark.parametrize(("version", "reason"), [(b"004010X098A1", "I6"), (b"005010X999", "I6")])
def test_a_version_that_cannot_be_checked_is_not_accepted(version, reason):
    (ack,) = read_999(answer(GOOD.replace(b"005010X222A1", version))["999"])
    assert ack.code == "R" and ack.reasons == ("2",) and ack.sets[0].reasons == (reason,)


@pytest.mark.parametrize("kind", ["835", "270", "271", "277CA"])
def test_other_transactions_get_a_999_and_no_277ca(kind):
    written = answer(WRITTEN[kind])
    assert set(written) == {"999"}
    assert [one.code for one in read_999(written["999"])] == ["A"]


def test_what_is_wrong_with_an_835_beyond_its_form_is_counted_as_untold():
    row = next(one for one in Tokens(WRITTEN["835"]) if one[0] == "BPR")
    receipt = receive(changed("*".join(row[:3]).encode(), b"BPR*I*1", WRITTEN["835"]), TODAY)
    assert receipt.unsaid > 0 and [ack.code for _, ack in receipt.groups()] == ["A"]


def test_an_element_in_error_is_named_by_place_number_and_claim():
    written = answer(changed(b"SBR*P*18*G7700******CI", b"SBR*P*18*G7700******CX"))["999"]
    assert rows(written, "IK4") == ["IK4*9*1032*7*CX"] and rows(written, "CTX") == []
    written = answer(changed(b"CLM*PCN0001*330***11:B:1", b"CLM*PCN0001*330***11:B"))["999"]
    assert rows(written, "IK4") == ["IK4*5:3*1325*1"]
    assert rows(written, "CTX") == ["CTX*CLM01:PCN0001"]
    assert rows(written, "IK3")[0].endswith("*2300*8")


def test_a_wrong_value_is_told_only_where_it_is_a_code():
    name = answer(changed(b"NM1*IL*1*LOPEZ*MARIA****MI*", b"NM1*IL*1*" + b"L" * 61 + b"*MARIA****MI*"))["999"]
    assert rows(name, "IK4") == ["IK4*3*1035*5"]
    birth = answer(changed(b"DMG*D8*19800504*F", b"DMG*D8*19801504*F"))["999"]
    assert rows(birth, "IK4") == ["IK4*2*1251*8"]
    assert b"L" * 10 not in name and b"19801504" not in birth


def test_too_many_elements_are_told_at_the_first_that_is_too_many():
    written = answer(changed(b"SBR*P*18*G7700******CI", b"SBR*P*18*G7700******CI*X"))["999"]
    assert rows(written, "IK4") == ["IK4*10**3"]


def test_a_999_tells_no_more_errors_of_a_set_than_help():
    bad = GOOD.replace(b"REF*6R*", b"REF*6X*")
    many = bad.replace(b"LX*1~", b"LX*1~\n" + b"REF*6X*1~\n" * (MOST_ERRORS + 100), 1)
    (ack,) = read_999(answer(many)["999"])
    assert ack.code == "R" and 0 < len(ack.sets[0].errors) <= MOST_ERRORS


def test_the_answer_is_itself_a_good_file_that_reads_back():
    data = GOOD.replace(b"SBR*P*18*G7700******CI", b"SBR*P*18*G7700******CX").replace(b"PAT*19", b"PAT*99")
    _, ack = acknowledge(data, TODAY)
    written = write_999([ack], ENVELOPE)
    assert [one for one in check(written) if one.severity == "error"] == []
    read = next(iter(read_999(written)))
    assert [(e.code, e.segment, e.line, e.element) for e in read.sets[0].errors] == [
        (e.code, e.segment, e.line, e.element) for e in ack.sets[0].errors
    ]
    assert (read.code, read.accepted, read.sets[0].copies) == ("R", 0, ack.sets[0].copies)


def test_a_situational_trigger_is_read_into_the_words():
    written = WRITTEN["999"]
    first = rows(written, "IK3")[0].encode()
    trigger = first + b"~\nCTX*SITUATIONAL TRIGGER*CLM*43**5:3*C023:1325"
    read = read_999(changed(first, trigger, written))
    errors = [error.message for ack in read for one in ack.sets for error in one.errors]
    assert sum("CLM05-3 asks for it" in message for message in errors) == 1


# 277CA ---------------------------------------------------------------------------------------------------------------


def test_good_claims_are_taken_with_totals_by_provider_and_batch():
    written = answer(GOOD)["277CA"]
    batches = list(read_277ca(written))
    assert {one.patient_control_number for batch in batches for one in batch.acks} == {
        one.patient_control_number for one in CLAIMS
    }
    assert all(
        (one.accepted, one.category, one.status, one.entity) == (True, "A1", "19", "PR")
        for batch in batches
        for one in batch.acks
    )
    assert {batch.batch for batch in batches} == {"BATCH7"} and batches[0].submitter_name
    total = f"{sum(one.charge for one in CLAIMS) / 100:g}"
    assert rows(written, "QTY")[0] == f"QTY*90*{len(CLAIMS)}" and rows(written, "AMT")[0] == f"AMT*YU*{total}"
    for batch in batches:
        assert batch.provider.npi and batch.payer.payer_id


@pytest.mark.parametrize(
    ("old", "new", "claim", "status"),
    [
        (b"CLM*PCN0001*330*", b"CLM*PCN0001*331*", "PCN0001", ("A8", "400", "")),
        (b"HI*ABK:M1711*ABF:I10", b"HI*ABK:M1711*ABF:1I0", "PCN0001", ("A7", "255", "")),
        (b"CLM*PCN0001*330***11:B:1", b"CLM*PCN0001*330***11:B:7", "PCN0001", ("A6", "464", "")),
        (b"CLM*PCN0001*330***11:B:1", b"CLM*PCN0001*330***97:B:1", "PCN0001", ("A7", "249", "")),
        (b"SV1*HC:99213:25*150*UN*1***1:2", b"SV1*HC:99213:25*150*UN*1***1:3", "PCN0001", ("A8", "477", "")),
        (b"SV1*HC:99213:25*150*UN*1***1:2", b"SV1*HC:9921:25*150*UN*1***1:2", "PCN0001", ("A7", "454", "")),
    ],
)
def test_a_claim_is_refused_by_its_own_finding_and_no_other(old, new, claim, status):
    acks = claims(changed(old, new))
    assert len(acks) == len(CLAIMS)
    refused = {number: one for number, one in acks.items() if not one.accepted}
    assert set(refused) == {claim}
    one = refused[claim]
    assert (one.category, one.status, one.entity) == status and one.message


def test_what_is_wrong_with_the_billing_provider_refuses_all_its_claims():
    data = changed(b"NM1*85*2*LAKESIDE FAMILY PRACTICE*****XX*1234567893", b"NM1*85*2*LAKESIDE FAMILY PRACTICE*****XX*1234567890")
    acks = claims(data)
    refused = [one for one in acks.values() if not one.accepted]
    assert refused and {(one.category, one.status, one.entity) for one in refused} == {("A7", "562", "85")}
    levels = GOOD.count(b"*20*1~")
    assert len(refused) == len(acks) if levels == 1 else len(refused) < len(acks)


def test_a_line_to_blame_is_named_with_its_reason():
    acks = claims(changed(b"SV1*HC:99213:25*150*UN*1***1:2", b"SV1*HC:9921:25*150*UN*1***1:2"))
    (line,) = acks["PCN0001"].lines
    assert (line.qualifier, line.procedure, line.modifiers, line.charge) == ("HC", "9921", ("25",), 150_00)
    assert line.statuses == (("A7", "454", ""),) and line.control_number
    written = answer(changed(b"SV1*HC:99213:25*150*UN*1***1:2", b"SV1*HC:9921:25*150*UN*1***1:2"))["277CA"]
    (read,) = [one for batch in read_277ca(written) for ack in batch.acks for one in ack.lines]
    assert read == line


def test_a_taken_claim_has_no_lines_and_keeps_what_it_was_sent_with():
    acks = claims(GOOD)
    first = CLAIMS[0]
    one = acks[first.patient_control_number]
    assert one.lines == () and one.charge == first.charge and one.first_service == first.first_service
    assert one.member_id == first.insured.member_id and one.patient_last == first.patient.last.upper()


def test_totals_are_told_before_the_claims_and_counted_for_the_operator():
    tally = Tally()
    data = changed(b"CLM*PCN0001*330*", b"CLM*PCN0001*331*")
    b"".join(claim_file(data, receive(data, TODAY), reply, tally=tally))
    assert (tally.accepted, tally.rejected) == (len(CLAIMS) - 1, 1)


def test_answers_hold_for_a_stream_as_for_bytes():
    stream = io.BytesIO(GOOD)
    receipt = receive(stream, TODAY)
    alike = lambda route: route.reply(5, 5, RECEIVED)  # noqa: E731
    written = b"".join(claim_file(GOOD, receive(GOOD, TODAY), alike))
    assert b"".join(claim_file(stream, receipt, alike)) == written


def test_neighbours_of_one_batch_share_a_set_with_totals_that_add_up():
    written = answer(GOOD)["277CA"]
    assert len(rows(written, "ST")) == 1
    assert [one.code for one in check(written, today=TODAY)] == []


def test_a_batch_is_announced_before_its_claims():
    acks = list(claim_answers(GOOD, receive(GOOD, TODAY)))
    assert isinstance(acks[0], ClaimAcks) and sum(isinstance(one, ClaimAck) for one in acks) == len(CLAIMS)


# The tables ------------------------------------------------------------------------------------------------------------


def test_every_status_of_the_table_is_known_and_every_code_of_a_999_is_the_guides():
    for answers in _table().values():
        for one in answers:
            if "*" in one:
                category, status, *_ = one.split("*")
                assert claim_status_category(category) is not None, one
                assert claim_status(status) is not None or status in ("244", "460", "461", "463"), one
            else:
                kind, _, code = one.partition(":")
                assert kind in ("TA1", "AK9", "IK3", "IK4", "IK5") and code, one


def test_a_finding_that_no_line_knows_is_answered_by_its_place():
    def said(code: str, snip: int, segment: str = "", element: str = "", loop: str = ""):
        finding = Finding(code=code, severity="error", message="", snip=snip, segment=segment, element=element, loop=loop)
        return answers_to(finding)

    assert said("new-missing", 2, "CLM", "CLM05-3") == ("IK4:1",)
    assert said("new-wrong", 2, "CLM") == ("IK3:8",)
    assert said("new-wrong", 5, "HI", "HI03-2") == ("A7*255",)
    assert said("new-missing", 4, "NM1", "NM109", "2010BA") == ("A6*164*IL",)
    assert said("new-wrong", 4) == ("A7*21",)


def test_element_numbers_are_those_of_pyx12s_maps():
    pytest.importorskip("pyx12")
    import xml.etree.ElementTree as ElementTree

    import pyx12

    told: dict[tuple[str, int, int], set[str]] = {}
    for path in sorted((Path(pyx12.__file__).parent / "map").glob("*.[45]010*.xml")):
        for segment in ElementTree.parse(path).getroot().iter("segment"):
            places = [one for one in segment if one.tag in ("element", "composite")]
            for place, one in enumerate(places, 1):
                parts = one.findall("element") if one.tag == "composite" else []
                for component, simple in enumerate(parts or [one], 1 if parts else 0):
                    told.setdefault((segment.get("xid") or "", place, component), set()).add(simple.findtext("data_ele") or "")
    wrong = []
    for name, shape in segment_shapes().items():
        for place, element in enumerate(shape.elements, 1):
            for component in range(1, len(element.parts) + 1) if element.parts else (0,):
                ours, theirs = element_number(name, place, component), told.get((name, place, component))
                if ours and theirs and ours not in theirs and any(one.isdigit() for one in theirs):
                    wrong.append((name, place, component, ours, theirs))
    assert wrong == []


# As others see it -------------------------------------------------------------------------------------------------------


def pyx12_accepts(data: bytes) -> bool:
    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    return bool(x12n_document(params(), io.StringIO(data.decode()), io.StringIO(), None, fd_json=io.StringIO()))


def in_order(data: bytes) -> None:
    """Every answer passes our own check with no finding, and pyx12's maps, interchange by interchange."""
    for kind, written in answer(data).items():
        assert [(kind, one.code, one.element, one.message) for one in check(written, today=TODAY)] == []
        if kind == "TA1":
            continue
        for piece in written.split(b"\nISA"):
            whole = piece if piece.startswith(b"ISA") else b"ISA" + piece
            assert pyx12_accepts(whole + b"\n"), (kind, whole[:4000])


def test_answers_to_faulty_files_are_in_order():
    pytest.importorskip("pyx12")
    sample = random.Random(1).sample(range(400), 50)
    for place, fault in enumerate(cases(400, with_public=False)):
        if place in sample:
            in_order(fault.data)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public sample files (../shared/data/x12) are absent")
def test_answers_to_public_files_are_in_order():
    pytest.importorskip("pyx12")
    files = sorted(path for folder in CORPUS.iterdir() if folder.is_dir() for path in folder.iterdir())
    for path in files[::8]:
        in_order(path.read_bytes())
