"""Claims, payments and answers as hypothesis makes them: everything that travels on the wire, in any combination."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from claimwright.claims.model import Adjustment, Claim, Diagnosis, Drug, LineAdjudication, OtherPayer, ServiceLine
from claimwright.coverage.model import Benefit, EligibilityAnswer, EligibilityInquiry, Rejection
from claimwright.effective import Period
from claimwright.findings import Finding
from claimwright.identifiers import npi_with_check_digit
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.x12.acknowledgement import ClaimAck, ClaimAcks, FunctionalAck, SetAck, Ta1
from claimwright.x12.envelope import Envelope

ENVELOPE = Envelope(sender_id="SENDER", receiver_id="RECEIVER", interchange=7, group=7, created=datetime(2026, 11, 16, 9, 30))
SUBMITTER = Provider(npi="1234567893", name="LAKESIDE FAMILY PRACTICE", phone="5125550100")
RECEIVER = Payer(name="SANDBOX PAYER", payer_id="SBX01")
ASCII = st.characters(codec="ascii")


def words(low: int = 1, high: int = 30) -> st.SearchStrategy[str]:
    """Text as it may stand in a name or a note: delimiters included, nothing blank at the ends."""
    alphabet = st.characters(min_codepoint=32, max_codepoint=126)
    return st.text(alphabet, min_size=low, max_size=high).map(str.strip).filter(lambda text: len(text) >= low)


def code(pattern: str) -> st.SearchStrategy[str]:
    """Text of a pattern, in ASCII: of other scripts' digits, which \\d matches too, next to nothing would pass a filter."""
    return st.from_regex(pattern, fullmatch=True, alphabet=ASCII)


npis = st.integers(100000000, 299999999).map(lambda number: npi_with_check_digit(str(number)))
cents = st.integers(0, 99_999_999)
signed = st.integers(-9_999_999, 9_999_999)
days = st.dates(date(2016, 1, 1), date(2026, 12, 31))
births = st.dates(date(1920, 1, 1), date(2015, 12, 31))
units = st.integers(1, 99_999).map(lambda thousandths: Decimal(thousandths) / 1000)
ids = code(r"[A-Z0-9]{2,20}")
addresses = st.builds(
    Address, line1=words(), line2=words(0), city=words(2, 20), state=code("[A-Z]{2}"), zip=code(r"\d{5}(\d{4})?")
)
payers = st.builds(Payer, name=words(), payer_id=ids, address=st.none() | addresses)
sexes = st.sampled_from(["F", "M", "U"])
people = st.builds(
    Person, last=words(), first=words(0, 20), middle=words(0, 10), suffix=words(0, 5), birth=births, sex=sexes, address=addresses
)
organizations = st.builds(Provider, npi=npis, name=words(), person=st.just(False))
doctors = st.builds(Provider, npi=npis, name=words(), first=words(0, 20), person=st.just(True))
taxonomies = st.sampled_from(["", "207Q00000X", "208D00000X"])
rendering = st.builds(Provider, npi=npis, name=words(), first=words(0, 20), person=st.just(True), taxonomy=taxonomies)
billing = st.builds(
    Provider, npi=npis, name=words(), taxonomy=taxonomies, ein=code(r"[1-9]\d{8}"), address=addresses, phone=code(r"[2-9]\d{9}")
)
facilities = st.builds(Provider, npi=npis, name=words(), address=addresses, clia=st.sampled_from(["", "45D0123456"]))
places = st.builds(Provider, npi=npis, name=words(), address=addresses)
groups = st.sampled_from(["CO", "PR", "OA", "PI", "CR"])
counted = st.none() | st.integers(1, 9).map(Decimal)


@st.composite
def adjustments(draw: st.DrawFn, most: int = 8) -> tuple[Adjustment, ...]:
    """Any number of reasons, kept together by group as CAS keeps them."""
    made = draw(
        st.lists(
            st.builds(Adjustment, group=groups, reason=code(r"[1-9]\d{0,2}"), amount=signed, quantity=counted), max_size=most
        )
    )
    order = list(dict.fromkeys(one.group for one in made))
    return tuple(sorted(made, key=lambda one: order.index(one.group)))


def insured(relationship: str, person: st.SearchStrategy[Person] = people) -> st.SearchStrategy[Insured]:
    number = st.builds(Insured, person=person, member_id=ids, relationship=st.just(relationship), group_number=ids)
    name = st.builds(Insured, person=person, member_id=ids, relationship=st.just(relationship), group_name=words(0))
    return number | name


policy_holders = st.builds(Person, last=words(), first=words(0, 20), address=st.none() | addresses)
modifiers = st.lists(code(r"[A-Z0-9]{2}"), max_size=4).map(tuple)


@st.composite
def lines(draw: st.DrawFn, number: int, payer_ids: list[tuple[str, date | None]], diagnoses: int) -> ServiceLine:
    first = draw(days)
    drug = draw(
        st.none()
        | st.builds(
            Drug, ndc=code(r"\d{11}"), quantity=units, unit=st.sampled_from(["ML", "UN", "GR"]), prescription=st.just("") | ids
        )
    )
    decided = tuple(
        LineAdjudication(
            payer_id=payer_id,
            paid=draw(cents),
            procedure=draw(code(r"\d{5}")),
            modifiers=draw(modifiers),
            units=draw(units),
            adjustments=draw(adjustments()),
            paid_on=paid_on,
            remaining_patient=draw(st.none() | cents),
            bundled_into=draw(st.sampled_from([0, 0, 1])),
        )
        for payer_id, paid_on in payer_ids
        if paid_on
    )
    return ServiceLine(
        number=number,
        procedure=draw(code(r"\d{5}")),
        modifiers=draw(modifiers),
        charge=draw(cents),
        first_service=first,
        last_service=draw(st.none() | st.dates(first, date(2027, 1, 31)).filter(lambda last: last != first)),
        control_number=draw(st.just("") | ids),
        units=draw(units),
        unit_basis=draw(st.sampled_from(["UN", "MJ"])),
        pointers=tuple(draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4, unique=True))),
        place_of_service=draw(st.sampled_from(["", "22"])),
        rendering=draw(st.none() | rendering),
        ordering=draw(st.none() | doctors),
        referring=draw(st.none() | doctors),
        supervising=draw(st.none() | doctors),
        service_facility=draw(st.none() | places),
        drug=drug,
        description=draw(st.just("") | words()),
        emergency=draw(st.booleans()),
        clia=draw(st.sampled_from(["", "45D0123456"])),
        adjudications=decided,
    )


@st.composite
def other_payers(draw: st.DrawFn, turn: str) -> OtherPayer:
    paid_on = draw(st.none() | days)
    return OtherPayer(
        payer=draw(payers),
        insured=draw(insured(draw(st.sampled_from(["18", "01", "19", "G8"])), policy_holders)),
        responsibility=turn,
        filing_indicator=draw(st.sampled_from(["CI", "MB", "BL"])),
        insurance_type=draw(st.sampled_from(["", "12", "47"])),
        paid=draw(cents) if paid_on else None,
        adjustments=draw(adjustments()) if paid_on else (),
        remaining_patient=draw(st.none() | cents),
        payer_control_number=draw(st.just("") | ids),
        paid_on=paid_on,
        assignment_of_benefits=draw(st.booleans()),
        release_of_information=draw(st.sampled_from(["Y", "I"])),
    )


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """A professional claim of any shape."""
    relationship = draw(st.sampled_from(["18", "18", "01", "19", "G8"]))
    holder = draw(insured(relationship))
    others = tuple(draw(other_payers(turn)) for turn in draw(st.sampled_from(["", "P", "PT"])))
    count = draw(st.integers(1, 12))
    decided = list({one.payer.payer_id: (one.payer.payer_id, one.paid_on) for one in others}.values())
    if len(decided) < len(others):
        others, decided = others[:1], decided[:1] and [(others[0].payer.payer_id, others[0].paid_on)]
    service = tuple(draw(lines(number, decided, count)) for number in range(1, draw(st.integers(1, 3)) + 1))
    cause = draw(st.sampled_from(["", "", "AA", "EM"]))
    return Claim(
        patient_control_number=draw(ids),
        charge=sum(line.charge for line in service),
        place_of_service=draw(st.sampled_from(["11", "10", "21"])),
        billing=draw(billing),
        payer=draw(payers),
        insured=holder,
        patient=holder.person if relationship == "18" else draw(people),
        diagnoses=tuple(Diagnosis(code=draw(code(r"[A-Z]\d{2}(\.[0-9A-Z]{1,4})?"))) for _ in range(count)),
        lines=service,
        filing_indicator=draw(st.sampled_from(["CI", "MB", "MC"])),
        responsibility=draw(st.sampled_from(["P", "S"])),
        insurance_type=draw(st.sampled_from(["", "12"])),
        frequency=draw(st.sampled_from(["1", "7", "8"])),
        payer_control_number=draw(st.just("") | ids),
        pay_to=draw(st.none() | addresses),
        rendering=draw(st.none() | rendering),
        referring=draw(st.none() | doctors),
        supervising=draw(st.none() | doctors),
        service_facility=draw(st.none() | facilities),
        prior_authorization=draw(st.just("") | ids),
        referral_number=draw(st.just("") | ids),
        accept_assignment=draw(st.sampled_from(["A", "B", "C"])),
        assignment_of_benefits=draw(st.booleans()),
        release_of_information=draw(st.sampled_from(["Y", "I"])),
        signature_on_file=draw(st.booleans()),
        related_cause=cause,
        accident_date=draw(days) if cause else None,
        accident_state="TX" if cause == "AA" else "",
        property_casualty_number=draw(st.just("") | words(1, 30)),
        onset=draw(st.none() | days),
        last_menstrual_period=draw(st.none() | days),
        admitted=draw(st.none() | days),
        discharged=draw(st.none() | days),
        patient_paid=draw(cents),
        note=draw(st.just("") | words(1, 80)),
        other_payers=others,
    )


@st.composite
def remit_lines(draw: st.DrawFn) -> RemitLine:
    first = draw(st.none() | days)
    return RemitLine(
        procedure=draw(code(r"[A-Z0-9]\d{4}")),
        qualifier=draw(st.sampled_from(["HC", "NU", "N4", "AD", "ER", "HP", "IV", "WK"])),
        charge=draw(signed),
        paid=draw(signed),
        modifiers=draw(modifiers),
        revenue_code=draw(st.sampled_from(["", "0450"])),
        units=draw(units | st.just(Decimal(0))),
        submitted_procedure=draw(st.sampled_from(["", "99214"])),
        first_service=first,
        last_service=draw(st.none() | st.dates(first, date(2027, 1, 31)).filter(lambda d: d != first)) if first else None,
        control_number=draw(st.just("") | ids),
        allowed=draw(st.none() | signed),
        adjustments=draw(adjustments(20)),
        remarks=tuple(draw(st.lists(code(r"N[1-9]\d{0,2}"), max_size=4))),
    )


remit_claims = st.builds(
    RemitClaim,
    patient_control_number=ids,
    status=st.sampled_from(["1", "2", "4", "19", "22"]),
    charge=signed,
    paid=signed,
    patient_share=signed,
    filing_indicator=st.sampled_from(["12", "MB"]),
    payer_control_number=ids,
    place_of_service=st.sampled_from(["", "11"]),
    frequency=st.sampled_from(["", "1", "7"]),
    patient_last=words(),
    patient_first=words(0),
    member_id=st.just("") | ids,
    rendering_npi=st.just("") | npis,
    crossover_payer=st.none() | st.builds(Payer, name=words(), payer_id=ids),
    first_service=st.none() | days,
    last_service=st.none() | days,
    received=st.none() | days,
    adjustments=adjustments(),
    remarks=st.lists(code(r"MA\d{2}"), max_size=5).map(tuple),
    lines=st.lists(remit_lines(), max_size=3).map(tuple),
    interest=cents,
)
remittances = st.builds(
    Remittance,
    payer=payers,
    payee_name=words(),
    payee_npi=npis,
    payee_ein=st.just("") | code(r"[1-9]\d{8}"),
    trace=ids,
    paid=signed,
    paid_on=days,
    method=st.just("ACH"),
    originator=code(r"1\d{9}"),
    produced_on=st.none() | days,
    sender_routing=st.just("011000015"),
    sender_account=ids,
    receiver_routing=st.just("021000021"),
    receiver_account=ids,
    claims=st.lists(remit_claims, max_size=4).map(tuple),
    provider_adjustments=st.lists(
        st.builds(
            ProviderAdjustment,
            npi=npis,
            fiscal_period_end=days,
            reason=st.sampled_from(["WO", "L6", "FB", "72"]),
            amount=signed,
            reference=st.just("") | words(1, 40),
        ),
        max_size=9,
    ).map(tuple),
)

simple_payers = st.builds(Payer, name=words(), payer_id=ids)
asking = st.builds(Provider, npi=npis, name=words(), taxonomy=taxonomies)


@st.composite
def members(draw: st.DrawFn) -> dict[str, object]:
    relationship = draw(st.sampled_from(["18", "01", "19", "G8"]))
    holder = draw(
        st.builds(
            Insured,
            person=people,
            member_id=ids,
            relationship=st.just(relationship),
            group_number=ids,
            group_name=st.just("") | words(),
        )
    )
    patient = holder.person if relationship == "18" else draw(people)
    return {"payer": draw(simple_payers), "provider": draw(asking), "insured": holder, "patient": patient, "on": draw(days)}


@st.composite
def inquiries(draw: st.DrawFn) -> EligibilityInquiry:
    types = tuple(draw(st.lists(st.sampled_from(["30", "98", "5", "UC"]), min_size=1, max_size=4, unique=True)))
    return EligibilityInquiry(**draw(members()), trace=draw(ids), service_types=types)


benefits = st.builds(
    Benefit,
    information=st.sampled_from(["1", "6", "A", "B", "C", "G", "I"]),
    service_types=st.lists(st.sampled_from(["30", "98", "5"]), max_size=3, unique=True).map(tuple),
    coverage_level=st.sampled_from(["", "IND", "FAM"]),
    insurance_type=st.sampled_from(["", "MB", "C1"]),
    period=st.sampled_from(["", "23", "29"]),
    amount=st.none() | cents,
    percent=st.none() | st.integers(0, 100).map(lambda percent: Decimal(percent) / 100),
    in_network=st.sampled_from(["", "Y", "N", "W"]),
    authorization=st.sampled_from(["", "Y", "N"]),
    message=st.just("") | words(1, 100),
)


@st.composite
def answers(draw: st.DrawFn) -> EligibilityAnswer:
    member = draw(members())
    found = tuple(draw(st.lists(benefits, max_size=5)))
    name = draw(st.just("") | words())
    if found and name:
        found = (Benefit(information="1", plan_name=name), *found)
    own = "2100C" if member["insured"].relationship == "18" else "2100D"  # type: ignore[attr-defined]
    refusals = st.builds(
        Rejection, reason=st.sampled_from(["72", "75", "42"]), follow_up=st.sampled_from(["C", "N"]), loop=st.just(own)
    )
    begins = draw(st.none() | days)
    return EligibilityAnswer(
        **member,
        trace=draw(ids),
        benefits=found,
        plan_name=name if found else "",
        rejections=() if found else tuple(draw(st.lists(refusals, max_size=3))),
        plan_period=Period(start=begins, end=draw(st.none() | days)) if begins else None,
    )


def _finding(code_: str, segment: str, line: int, element: str, claim: str) -> Finding:
    return Finding(
        code=code_, severity="error", message="", segment=segment, line=line, loop="2300", element=element, claim=claim
    )


@st.composite
def errors(draw: st.DrawFn) -> Finding:
    segment, claim = draw(st.sampled_from(["CLM", "NM1", "N3"])), draw(st.just("") | ids)
    if draw(st.booleans()):
        return _finding(draw(st.sampled_from(["IK3:3", "IK3:2", "IK3:7"])), segment, draw(st.integers(1, 9999)), "", claim)
    element = f"{segment}{draw(st.integers(1, 12)):02d}" + draw(st.sampled_from(["", "-2"]))
    return _finding(draw(st.sampled_from(["IK4:1", "IK4:7", "IK4:I12"])), segment, draw(st.integers(1, 9999)), element, claim)


set_acks = st.builds(
    SetAck,
    group=st.just("17"),
    set_control=code(r"\d{4,9}"),
    accepted=st.just(False),
    code=st.just("R"),
    errors=st.lists(errors(), max_size=5).map(tuple),
    version=st.just("005010X222A1"),
    reasons=st.lists(st.sampled_from(["5", "I5"]), max_size=2).map(tuple),
) | st.builds(SetAck, group=st.just("17"), set_control=code(r"\d{4,9}"), accepted=st.just(True), version=st.just("005010X222A1"))
functional_acks = st.builds(
    FunctionalAck,
    group_control=st.just("17"),
    functional_id=st.just("HC"),
    version=st.just("005010X222A1"),
    code=st.sampled_from(["A", "P", "R", "E"]),
    included=st.integers(1, 99),
    received=st.integers(1, 99),
    accepted=st.integers(0, 99),
    sets=st.lists(set_acks, max_size=4).map(tuple),
)
interchange_acks = st.builds(
    Ta1,
    interchange=code(r"\d{9}"),
    accepted=st.just(False),
    code=st.just("R"),
    note=st.sampled_from(["001", "022"]),
    received=st.just(datetime(2026, 11, 15, 8, 0)),
)
accepted_claims = st.builds(
    ClaimAck,
    patient_control_number=ids,
    accepted=st.just(True),
    category=st.sampled_from(["A1", "A2"]),
    status=st.just("20"),
    entity=st.sampled_from(["", "PR"]),
    payer_control_number=ids,
    charge=cents,
    first_service=days,
    patient_last=words(),
    patient_first=words(0),
    member_id=ids,
    decided_on=days,
)
refused_claims = st.builds(
    ClaimAck,
    patient_control_number=ids,
    accepted=st.just(False),
    category=st.sampled_from(["A3", "A6", "A7", "A8"]),
    status=st.sampled_from(["562", "164"]),
    entity=st.sampled_from(["85", "IL"]),
    charge=cents,
    first_service=days,
    message=st.just("") | words(1, 80),
    patient_last=words(),
    patient_first=words(0),
    member_id=ids,
    decided_on=days,
    also=st.just(()) | st.just((("A7", "21", ""),)),
)
claim_acks = st.builds(
    ClaimAcks,
    batch=ids,
    payer=simple_payers,
    provider=organizations,
    acks=st.lists(accepted_claims | refused_claims, max_size=4).map(tuple),
    submitter_name=words(),
    submitter_id=ids,
    reference=ids,
    received=days,
    processed=days,
)
