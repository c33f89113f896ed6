"""Services reviews: what is asked and decided comes back as it was sent, and the check knows a request from its answer."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from x12_samples import REVIEW_ANSWERS, REVIEW_REQUESTS, WRITTEN
from x12_strategies import ENVELOPE, addresses, births, cents, code, days, modifiers, npis, sexes, taxonomies, units, words

from claimwright.coverage.model import Rejection
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.x12.check import check
from claimwright.x12.grammar import grammar
from claimwright.x12.review_model import (
    Attachment,
    Decision,
    Delivery,
    ReviewAnswer,
    ReviewDiagnosis,
    ReviewProvider,
    ReviewRequest,
    ReviewService,
    ServiceDecision,
    Transport,
)
from claimwright.x12.services_review import read_278_request, read_278_response, write_278_request, write_278_response

ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=12)
maybe = st.just("") | ids
phones = st.just("") | code(r"[2-9][0-9]{9}")
names = {"last": words(), "first": words(0, 20), "middle": words(0, 10), "suffix": words(0, 5), "address": st.none() | addresses}
people = st.builds(Person, **names) | st.builds(Person, **names, birth=births, sex=sexes)
reaching = {"address": st.none() | addresses, "phone": phones, "taxonomy": taxonomies}
tax_numbers = st.just("") | code(r"[1-9][0-9]{8}")
doctors = st.builds(Provider, npi=npis, name=words(), first=words(0, 20), person=st.just(True), ein=tax_numbers, **reaching)
places = st.builds(Provider, npi=npis, name=words(), ein=tax_numbers, **reaching)
unnumbered = st.builds(Provider, npi=st.just(""), name=words(), ein=code(r"[1-9][0-9]{8}"), **reaching)
involved = st.builds(ReviewProvider, role=st.sampled_from(["SJ", "72", "DK", "FA"]), provider=doctors | places)
whole = st.integers(1, 400).map(Decimal)
deliveries = st.none() | st.builds(
    Delivery, of=st.sampled_from(["VS", "DY"]), quantity=whole, unit=st.sampled_from(["", "WK"]), every=st.none() | whole,
    period=st.just("35"),
    periods=st.none() | st.integers(1, 99), pattern=st.sampled_from(["", "A"]), time=st.sampled_from(["", "D"]),
)  # fmt: skip
papers = st.lists(
    st.builds(
        Attachment,
        report_type=st.sampled_from(["OB", "03"]),
        transmission=st.sampled_from(["EL", "FX"]),
        control_number=maybe,
        description=words(0),
    ),
    max_size=2,
).map(tuple)
spans = st.none() | days


dental_codes, procedure_codes = (
    st.integers(1, 9999).map(lambda number: f"D{number:04d}"),
    st.integers(100, 99999).map(lambda number: f"{number:05d}"),
)
revenue_codes = st.integers(100, 999).map(lambda number: f"0{number}")
teeth = st.lists(st.integers(1, 32).map(str), max_size=3)
holders = {
    relationship: st.builds(Insured, person=people, member_id=ids, relationship=st.just(relationship), group_number=maybe)
    for relationship in ("18", "01", "19", "G8")
}
diagnoses = st.lists(
    st.builds(
        ReviewDiagnosis,
        code=st.integers(1000, 99999).map(lambda number: f"M{str(number)[:2]}.{str(number)[2:]}"),
        qualifier=st.sampled_from(["ABF", "ABJ", "APR"]),
        on=spans,
    ),
    max_size=12,
)
askers, answerers = (st.builds(Payer, name=words(), payer_id=ids, phone=phone) for phone in (st.just(""), phones))
requesters = doctors | places | unnumbered
transports = st.lists(
    st.builds(Transport, role=st.sampled_from(["PW", "45"]), name=words(0), address=st.none() | addresses), max_size=2
)


@st.composite
def services(draw: st.DrawFn) -> dict[str, object]:
    kind = draw(st.sampled_from(["professional", "institutional", "dental"]))
    procedure = draw(dental_codes if kind == "dental" else procedure_codes)
    own: dict[str, object] = {}
    if kind == "professional":
        own["pointers"] = tuple(draw(st.lists(st.integers(1, 12), max_size=4, unique=True)))
    elif kind == "institutional":
        own["revenue_code"] = draw(revenue_codes)
    else:
        own["teeth"] = tuple(draw(teeth))
    review = draw(st.booleans())
    if review:
        own |= {"category": "HS", "certification_type": draw(st.sampled_from(["I", "R"])), "service_type": draw(maybe)}
        own["place_of_service"] = draw(st.sampled_from(["", "11"]))
    return own | {
        "kind": kind,
        "procedure": procedure,
        "qualifier": "AD" if kind == "dental" else "HC",
        "modifiers": draw(modifiers),
        "units": draw(whole if kind == "dental" else st.none() | units),
        "charge": draw(st.none() | cents),
        "first_service": draw(spans),
        "trace": draw(maybe),
        "previous_authorization": draw(maybe),
        "delivery": draw(deliveries),
        "attachments": draw(papers),
        "message": draw(words(0, 80)),
        "providers": tuple(draw(st.lists(involved, max_size=2))),
    }


@st.composite
def reviews(draw: st.DrawFn, asking: bool) -> dict[str, object]:
    relationship = draw(st.sampled_from(["18", "01", "19", "G8"]))
    holder = draw(holders[relationship])
    requester = draw(requesters)
    cause = draw(st.sampled_from(["", "AA"]))
    return {
        "umo": draw(askers if asking else answerers),
        "requester": requester if asking else msgspec.structs.replace(requester, address=None, phone=""),
        "insured": holder,
        "patient": holder.person if relationship == "18" else draw(people),
        "trace": draw(ids),
        "reference": draw(ids),
        "category": draw(st.sampled_from(["AR", "HS", "SC", "IN"])),
        "certification_type": draw(st.sampled_from(["I", "R", "S", "3", "4"])),
        "service_type": draw(maybe),
        "place_of_service": draw(st.sampled_from(["", "11", "21"])),
        "related_cause": cause,
        "accident_state": "TX" if cause else "",
        "level_of_service": draw(st.sampled_from(["", "E", "U"])),
        "release_of_information": draw(st.sampled_from(["", "Y"])),
        "delay_reason": draw(st.sampled_from(["", "15"])),
        "previous_authorization": draw(maybe),
        "administrative_reference": draw(maybe),
        "accident_date": draw(spans),
        "onset": draw(spans),
        "first_service": draw(spans),
        "admitted": draw(spans),
        "discharged": draw(spans),
        "diagnoses": tuple(draw(diagnoses)),
        "delivery": draw(deliveries),
        "admission_type": draw(st.sampled_from(["", "1"])),
        "patient_status": draw(st.sampled_from(["", "01"])),
        "certifications": (("CR1", "", "", "I"), ("CR6", "1", "20261101", "", "", "", "", "N", "I"))
        if draw(st.booleans())
        else (),
        "attachments": draw(papers),
        "message": draw(words(0, 80)),
        "providers": tuple(draw(st.lists(involved, max_size=3))),
        "transports": tuple(draw(transports)),
    }


decisions = st.none() | st.builds(
    Decision,
    action=st.sampled_from(["A1", "A3", "A6", "CT"]),
    certification_number=maybe,
    reasons=st.lists(st.sampled_from(["0L", "0M", "0U"]), max_size=3).map(tuple),
    second_opinion=st.sampled_from([None, True, False]),
)
decided = {"decision": decisions, "issued": spans, "expires": spans, "effective": spans}


def refused(*loops: str) -> st.SearchStrategy[tuple[Rejection, ...]]:
    """At most one a loop, in the loops' order."""
    one = st.builds(
        Rejection, reason=st.sampled_from(["33", "42", "72"]), follow_up=st.sampled_from(["", "C"]), loop=st.sampled_from(loops)
    )
    return st.lists(one, max_size=3, unique_by=lambda each: each.loop).map(
        lambda found: tuple(sorted(found, key=lambda each: loops.index(each.loop)))
    )


@st.composite
def requests(draw: st.DrawFn) -> ReviewRequest:
    asked = tuple(ReviewService(**one) for one in draw(st.lists(services(), max_size=3)))
    return ReviewRequest(**draw(reviews(True)), purpose=draw(st.sampled_from(["13", "01"])), services=asked)


@st.composite
def answers(draw: st.DrawFn) -> ReviewAnswer:
    told = draw(reviews(False))
    above = ["2000A", "2010A", "2010B", "2010C", *(["2010D"] if told["insured"].relationship != "18" else []), "2000E"]  # type: ignore[attr-defined]
    lines = []
    for one in draw(st.lists(services(), max_size=3)):
        loops = ("2000F", "2010FA") if one["providers"] else ("2000F",)
        lines.append(
            ServiceDecision(**one, **{name: draw(how) for name, how in decided.items()}, rejections=draw(refused(*loops)))
        )
    return ReviewAnswer(
        **told,
        **{name: draw(how) for name, how in decided.items()},
        rejections=draw(refused(*above, *(["2010EA"] if told["providers"] else []))),
        final=draw(st.booleans()),
        payer_trace=draw(maybe),
        services=tuple(lines),
    )


relaxed = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@relaxed
@given(st.lists(requests(), min_size=1, max_size=2))
def test_every_request_is_read_as_it_was_written(asked: list[ReviewRequest]) -> None:
    content = write_278_request(asked, ENVELOPE)
    assert list(read_278_request(content)) == asked
    assert list(read_278_response(content)) == []


@relaxed
@given(st.lists(answers(), min_size=1, max_size=2))
def test_every_answer_is_read_as_it_was_written(told: list[ReviewAnswer]) -> None:
    content = write_278_response(told, ENVELOPE)
    assert list(read_278_response(content)) == told
    assert list(read_278_request(content)) == []


def test_the_samples_come_back_but_for_what_a_review_does_not_carry() -> None:
    for kind, read, sent in (("278", read_278_request, REVIEW_REQUESTS), ("278R", read_278_response, REVIEW_ANSWERS)):
        for found, one in zip(read(WRITTEN[kind]), sent, strict=True):
            assert found.services == one.services and found.diagnoses == one.diagnoses
            assert (found.trace, found.reference, found.insured, found.patient) == (
                one.trace,
                one.reference,
                one.insured,
                one.patient,
            )


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("278", "HL*5*4*SS*0", "HL*5*3*SS*0", ("hl-parent", "HL02")),
        ("278", "UM*HS*I*2", "UM*XX*I*2", ("code-invalid", "UM01")),
        ("278", "UM*HS*I*2", "UM*HS*Q*2", ("code-invalid", "UM02")),
        ("278", "BHT*0007*13", "BHT*0007*99", ("code-invalid", "BHT02")),
        ("278", "NM1*X3*2*SANDBOX HEALTH*****PI*SBX01~\n", "", ("loop-missing", "")),
        ("278", "UM*HS*I*2*21:B**E~\n", "", ("segment-missing", "")),
        ("278", "BHT*0007*13*ASK1*20261116*0930~\n", "", ("segment-unexpected", "")),
        ("278", "TRN*1*REVIEW1*9124531959", "TRN*2*REVIEW1*9124531959", ("code-invalid", "TRN01")),
        ("278R", "HCR*A6*AUTH778**N", "HCR*B6*AUTH778**N", ("code-invalid", "HCR01")),
        ("278R", "AAA*N**67*C", "AAA*N**ZZ*C", ("code-invalid", "AAA03")),
        ("278R", "DTP*036*D8*20270228", "DTP*036*D8*20270230", ("date-invalid", "DTP03")),
        ("278", "DTP*AAH*D8*20261207", "AAA*N**67*C", ("segment-unexpected", "")),
    ],
)
def test_one_fault_is_one_finding(kind: str, old: str, new: str, expected: tuple[str, str]) -> None:
    content = WRITTEN[kind].replace(old.encode(), new.encode(), 1)
    assert content != WRITTEN[kind]
    findings = [(one.code, one.element) for one in check(content) if one.code != "count-wrong"]
    assert findings == [expected]


def test_an_answer_that_gives_the_number_back_as_its_own_is_still_linked() -> None:
    content = WRITTEN["278R"].replace(b"TRN*1*UM991*9SBX010000~\n", b"").replace(b"TRN*2*REVIEW1*", b"TRN*1*REVIEW1*")
    assert [(one.trace, one.payer_trace) for one in read_278_response(content)] == [("REVIEW1", ""), ("REVIEW2", "")]


def test_a_certified_answer_is_told_from_a_refused_one() -> None:
    certified, refused_ = REVIEW_ANSWERS
    assert certified.certified and not refused_.certified
    assert Decision(action="A2").certified and not Decision(action="A4").certified
    assert date(2027, 2, 28) == certified.expires


RELATIONS = set("04 05 07 09 10 15 17 20 21 22 23 24 29 32 33 34 36 39 40 41 43 53".split())  # noqa: SIM905
# What X094 (4010) lists and X217 does not, and why: all else that pyx12 lists for the same elements must be ours too.
CHANGED = {
    ("BHT", 1): {"0078"},  # 0007 since 5010
    ("DTP", 1): {"456"},  # the surgery's date is the event's, AAH
    ("HL", 3): {"19"},  # the provider's level gave way to the patient event's, EV
    ("INS", 2): RELATIONS,  # 01, 19 and G8 remain
    ("NM1", 1): {"ABG"},
    ("NM1", 8): {"ZZ"},  # members have MI
    ("PRV", 2): {"ZZ"},  # PXC since 5010
    ("REF", 1): {"1W", "A6"},
}


def test_our_codes_are_those_of_pyx12s_older_review_but_for_what_the_guide_changed() -> None:
    """x12sdk has no 278 and pyx12 has it in 4010 only, so no program can be asked to take the files of this version."""
    maps = Path(pytest.importorskip("pyx12").__file__).parent / "map"
    theirs: dict[tuple[str, int], set[str]] = {}
    for name in ("278.4010.X094.A1.xml", "278.4010.X094.27.A1.xml"):
        for segment in ElementTree.parse(maps / name).getroot().iter("segment"):
            for element in segment.findall("element"):
                listed = {code.text or "" for code in element.iter("code")}
                theirs.setdefault((segment.get("xid") or "", int(element.findtext("seq") or 0)), set()).update(listed)
    ours: dict[tuple[str, int], set[str]] = {}
    for rule in (rule for loop in grammar("278").loops.values() for rule in loop.rules):
        for place, element in enumerate(rule.elements, 1):
            if element.codes:
                ours.setdefault((rule.id, place), set()).update(element.codes)
    assert {place: theirs[place] - codes for place, codes in ours.items() if theirs.get(place, set()) - codes} == CHANGED


def test_an_event_without_a_decision_and_a_certification_without_a_number_are_told() -> None:
    undecided = msgspec.structs.replace(REVIEW_ANSWERS[0], decision=None, services=())
    unnumbered_ = msgspec.structs.replace(REVIEW_ANSWERS[0], decision=Decision(action="A1"), services=())
    refused_ = msgspec.structs.replace(REVIEW_ANSWERS[1], rejections=(Rejection(reason="42", follow_up="R", loop="2000A"),))
    content = write_278_response([undecided, unnumbered_, refused_], ENVELOPE)
    assert [(one.code, one.severity) for one in check(content)] == [
        ("answer-missing", "warning"),
        ("certification-number-missing", "warning"),
    ]
