"""Facilities' and dental claims as hypothesis makes them: everything that travels on the wire, in any combination."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from hypothesis import strategies as st
from x12_strategies import ENVELOPE, claims, code, counted, days, doctors, ids, rendering, units
from x12_strategies import cents as amounts

from claimwright.claims.model import (
    Claim,
    Dental,
    DentalLine,
    Diagnosis,
    Institutional,
    LineAdjudication,
    Occurrence,
    OccurrenceSpan,
    Procedure,
    ServiceLine,
    Tooth,
    ToothStatus,
    ValueCode,
)

icd10cm = code(r"[A-Z]\d{2}(\.[0-9A-Z]{1,4})?")
hours = code(r"(0\d|1\d|2[0-3])[0-5]\d")
nubc = code(r"[A-Z0-9]{2}")
diagnoses = st.builds(Diagnosis, code=icd10cm, present_on_admission=st.sampled_from(["", "Y", "N", "U", "W"]))
procedures = st.builds(Procedure, code=code(r"[0-9A-HJ-NP-Z]{7}"), on=days)
plain_doctors = doctors  # without a taxonomy, where the guide has no place for one


def some(strategy: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=most).map(tuple)


@st.composite
def periods(draw: st.DrawFn) -> tuple[date, date]:
    first = draw(days)
    return first, draw(st.just(first) | st.dates(first, date(2027, 1, 31)))


@st.composite
def spans(draw: st.DrawFn) -> OccurrenceSpan:
    first, last = draw(periods())
    return OccurrenceSpan(code=draw(nubc), first=first, last=last)


@st.composite
def facility_parts(draw: st.DrawFn, statement: tuple[date, date], admitted: bool) -> Institutional:
    return Institutional(
        statement_from=statement[0],
        statement_through=statement[1],
        admission_hour=draw(st.just("") | hours) if admitted else "",
        discharge_hour=draw(st.just("") | hours),
        medical_record_number=draw(st.just("") | ids),
        patient_due=draw(st.none() | amounts),
        admitting_diagnosis=draw(st.just("") | icd10cm),
        reasons_for_visit=draw(some(icd10cm, 3)),
        external_causes=draw(some(diagnoses, 12)),
        drg=draw(st.just("") | code(r"\d{3}")),
        principal_procedure=draw(st.none() | procedures),
        other_procedures=draw(some(procedures, 14)),
        occurrence_spans=draw(some(spans(), 3)),
        occurrences=draw(some(st.builds(Occurrence, code=nubc, on=days), 14)),
        value_codes=draw(some(st.builds(ValueCode, code=nubc, amount=amounts), 14)),
        condition_codes=draw(some(nubc, 14)),
        treatment_codes=draw(some(ids, 3)),
        operating=draw(st.none() | plain_doctors),
        other_operating=draw(st.none() | plain_doctors),
    )


def _decided(line: ServiceLine, revenue: str) -> tuple[LineAdjudication, ...]:
    return tuple(msgspec.structs.replace(one, revenue_code=revenue) for one in line.adjudications)


@st.composite
def facility_claims(draw: st.DrawFn) -> Claim:
    """An institutional claim of any shape: what a professional one has that has no place here is taken away."""
    base = draw(claims())
    statement = draw(periods())
    lines = []
    for line in base.lines:
        same = draw(st.booleans())
        first, last = (statement[0], statement[1]) if same else (line.first_service, line.last_service)
        revenue, coded = draw(code(r"\d{4}")), draw(st.booleans())
        lines.append(
            msgspec.structs.replace(
                line,
                first_service=first,
                last_service=None if last == first else last,
                pointers=(),
                revenue_code=revenue,
                procedure=line.procedure if coded else "",
                procedure_qualifier=draw(st.sampled_from(["", "", "HP", "IV"])) if coded else "",
                modifiers=line.modifiers if coded else (),
                description=line.description if coded else "",
                unit_basis=draw(st.sampled_from(["UN", "DA"])),
                non_covered=draw(st.just(0) | amounts),
                rendering=draw(st.none() | plain_doctors),
                operating=draw(st.none() | plain_doctors),
                other_operating=draw(st.none() | plain_doctors),
                ordering=None,
                supervising=None,
                service_facility=None,
                emergency=False,
                place_of_service="",
                clia="",
                adjudications=_decided(line, revenue),
            )
        )
    admitted = draw(st.none() | days)
    return msgspec.structs.replace(
        base,
        form="institutional",
        place_of_service="",
        bill_type=draw(st.sampled_from(["11", "13", "21"])),
        diagnoses=draw(st.lists(diagnoses, min_size=1, max_size=25).map(tuple)),
        lines=tuple(lines),
        insurance_type="",
        other_payers=tuple(msgspec.structs.replace(one, insurance_type="") for one in base.other_payers),
        signature_on_file=True,
        related_cause="",
        last_menstrual_period=None,
        accident_date=None,
        accident_state=draw(st.sampled_from(["", "TX"])),
        onset=None,
        admitted=admitted,
        discharged=None,
        admission_type=draw(st.sampled_from(["1", "3"])),
        admission_source=draw(st.sampled_from(["1", "4"])),
        discharge_status=draw(st.sampled_from(["01", "30"])),
        patient_paid=0,
        supervising=None,
        attending=draw(st.none() | rendering),
        rendering=draw(st.none() | plain_doctors),
        service_facility=_without_clia(base.service_facility),
        institutional=draw(facility_parts(statement, admitted is not None)),
    )


def _without_clia(provider: object) -> object:
    return provider and msgspec.structs.replace(provider, clia="")


teeth = st.builds(
    Tooth,
    number=st.sampled_from(["1", "14", "32", "A", "T"]),
    surfaces=st.lists(st.sampled_from("BDFILMO"), max_size=5, unique=True).map(tuple),
)
dental_lines = st.builds(
    DentalLine,
    oral_cavity=st.lists(st.sampled_from(["00", "01", "02", "10", "20", "30", "40"]), max_size=5).map(tuple),
    teeth=st.lists(teeth, max_size=4).map(tuple),
    prosthesis=st.sampled_from(["", "I", "R"]),
    prior_placement=st.none() | days,
    appliance_placed=st.none() | days,
    appliance_replaced=st.none() | days,
    treatment_began=st.none() | days,
    treatment_completed=st.none() | days,
    predetermination_number=st.just("") | ids,
    assistant_surgeon=st.none() | rendering,
)


@st.composite
def dental_parts(draw: st.DrawFn, predetermination: bool) -> Dental:
    months, left = draw(counted), draw(counted)
    return Dental(
        predetermination=predetermination,
        predetermination_number=draw(st.just("") | ids),
        orthodontic=True if months is not None or left is not None else draw(st.booleans()),
        orthodontic_months=months,
        orthodontic_months_left=left,
        appliance_placed=draw(st.none() | days),
        tooth_status=draw(
            some(st.builds(ToothStatus, tooth=st.sampled_from(["1", "32", "A"]), status=st.sampled_from(["E", "M"])), 4)
        ),
        assistant_surgeon=draw(st.none() | rendering),
    )


@st.composite
def dental_claims(draw: st.DrawFn) -> Claim:
    """A dental claim of any shape; a predetermination's lines have the day of the request."""
    base = draw(claims())
    predetermination, coded = draw(st.booleans()), draw(st.booleans())
    today = ENVELOPE.created.date()
    lines = tuple(
        msgspec.structs.replace(
            line,
            procedure="D" + draw(code(r"\d{4}")),
            first_service=today if predetermination else line.first_service,
            last_service=None if predetermination else line.last_service,
            pointers=tuple(dict.fromkeys((one - 1) % 4 + 1 for one in line.pointers)) if coded else (),
            units=draw(units | st.just(Decimal(1))),
            unit_basis="UN",
            ordering=None,
            referring=None,
            drug=None,
            emergency=False,
            clia="",
            dental=draw(st.none() | dental_lines.filter(lambda one: one != DentalLine())),
        )
        for line in base.lines
    )
    return msgspec.structs.replace(
        base,
        form="dental",
        diagnoses=base.diagnoses[:4] if coded else (),  # a dental claim has no more
        lines=lines,
        insurance_type="",
        accept_assignment=draw(st.sampled_from(["A", "C"])),
        onset=None,
        last_menstrual_period=None,
        admitted=None,
        discharged=None,
        referring=draw(st.none() | rendering),
        service_facility=_without_clia(base.service_facility),
        dental=draw(st.none() | dental_parts(predetermination)) if not predetermination else draw(dental_parts(True)),
    )
