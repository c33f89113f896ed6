"""Rows of people, providers, plans and contracts as the core's types."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from claimwright.charges.model import ChargeMasterRow
from claimwright.coverage.model import Authorization, Coverage, Plan
from claimwright.effective import Period, as_of
from claimwright.office.records import patients, visits
from claimwright.office.records.content import unpack
from claimwright.office.records.practice import (
    ContractRecord,
    Location,
    PayerRecord,
    PlanRecord,
    Practice,
    PriceRow,
    ProviderRecord,
)
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.pricing.model import Contract


def address_of(row: Any) -> Address | None:
    """The address of any row that has one."""
    if not row.line1:
        return None
    return Address(line1=row.line1, line2=getattr(row, "line2", ""), city=row.city, state=row.state, zip=row.zip)


def address_fields(address: Address | None, prefix: str = "") -> dict[str, str]:
    """An address as columns; the second line is left to rows that have it."""
    if address is None:
        return {}
    return {f"{prefix}{name}": getattr(address, name) for name in ("line1", "city", "state", "zip")}


def person_of(row: patients.PersonFields) -> Person:
    """A patient or guarantor as a person."""
    return Person(
        last=row.last,
        first=row.first,
        middle=row.middle,
        birth=row.birth,
        sex=row.sex,  # type: ignore[arg-type]
        address=address_of(row),
        phone=row.phone,
    )


def person_fields(person: Person) -> dict[str, Any]:
    """A person as the columns of PersonFields."""
    line2 = {"line2": person.address.line2} if person.address else {}
    return {
        "last": person.last,
        "first": person.first,
        "middle": person.middle,
        "birth": person.birth,
        "sex": person.sex,
        "phone": person.phone,
        **address_fields(person.address),
        **line2,
    }


def insured_of(row: patients.CoverageRecord) -> Insured:
    """The subscriber of a coverage."""
    same_home = row.subscriber_line1 == row.patient.line1 and row.subscriber_zip == row.patient.zip
    subscriber = Person(
        last=row.subscriber_last,
        first=row.subscriber_first,
        birth=row.subscriber_birth,
        sex=row.subscriber_sex,  # type: ignore[arg-type]
        address=Address(
            line1=row.subscriber_line1,
            line2=row.patient.line2 if same_home else "",  # the card holds no second line: who lives together shares it
            city=row.subscriber_city,
            state=row.subscriber_state,
            zip=row.subscriber_zip,
        ),
    )
    return Insured(person=subscriber, member_id=row.member_id, relationship=row.relationship, group_number=row.group_number)


def insured_fields(insured: Insured) -> dict[str, Any]:
    """A subscriber as the columns of CoverageRecord."""
    person = insured.person
    return {
        "member_id": insured.member_id,
        "group_number": insured.group_number,
        "relationship": insured.relationship,
        "subscriber_last": person.last,
        "subscriber_first": person.first,
        "subscriber_birth": person.birth,
        "subscriber_sex": person.sex,
        **address_fields(person.address, "subscriber_"),
    }


def plan_of(row: PlanRecord) -> Plan:
    """A plan year."""
    return unpack(row.content, Plan)


def coverage_of(row: patients.CoverageRecord) -> Coverage:
    """A patient's coverage."""
    return Coverage(
        plan=plan_of(row.plan),
        insured=insured_of(row),
        order=row.order,
        period=Period(row.start, row.end),
        referral_number=row.referral_number,
    )


def authorization_of(row: patients.Authorization) -> Authorization:
    """A prior authorization as granted: the edits count what the patient's claims used of it."""
    return Authorization(
        plan_id=row.plan.plan_id,
        number=row.number,
        procedure=row.procedure,
        units=row.units,
        period=Period(row.start, row.end),
    )


def payer_of(row: PayerRecord) -> Payer:
    """A payer as the claim names it."""
    return Payer(name=row.name, payer_id=row.payer_id, address=address_of(row))


def billing_provider(practice: Practice) -> Provider:
    """The practice as billing provider and submitter."""
    return Provider(
        npi=practice.npi,
        name=practice.name,
        taxonomy=practice.taxonomy,
        ein=practice.ein,
        address=address_of(practice),
        phone=practice.phone,
    )


def provider_of(row: ProviderRecord) -> Provider:
    """A person who renders, orders or refers."""
    return Provider(npi=row.npi, name=row.last, first=row.first, person=True, taxonomy=row.taxonomy)


def facility_of(row: Location) -> Provider:
    """A location as service facility."""
    return Provider(npi=row.npi, name=row.name, address=address_of(row), clia=row.clia)


def enrolments(practice: Practice) -> dict[str, Period]:
    """When each rendering provider is enrolled, by NPI."""
    return {row.npi: Period(row.enrolled_from, row.enrolled_to) for row in practice.providers.all()}


def charge_master(practice: Practice, procedures: Collection[str]) -> list[ChargeMasterRow]:
    """The practice's own prices for some procedures."""
    rows = PriceRow.objects.filter(practice=practice, procedure__in=set(procedures))
    return [
        ChargeMasterRow(procedure=procedure, modifier=modifier, price=price, period=Period(start, end))
        for procedure, modifier, price, start, end in rows.values_list("procedure", "modifier", "price", "start", "end")
    ]


def contract_for(payer: PayerRecord, plan_id: str, on: date) -> Contract | None:
    """The terms in force with a payer on a date of service: the plan's own before the payer's general ones."""
    contracts = [unpack(row.content, Contract) for row in ContractRecord.objects.filter(payer=payer)]
    own = as_of([c for c in contracts if c.plan_id == plan_id], on)
    return own or as_of([c for c in contracts if not c.plan_id], on)


def coverages_on(patient: patients.Patient, on: date) -> list[patients.CoverageRecord]:
    """The insurance in force on a date, primary first."""
    return [row for row in _insurance(patient) if Period(row.start, row.end).covers(on)]


def billable_coverages(patient: patients.Patient, on: date) -> list[patients.CoverageRecord]:
    """The insurance to bill for a date. Where all of it had ended, the last one stands, for the scrubber to hold the claim:
    a lapsed card is asked about, not silently billed to the patient."""
    rows = _insurance(patient)
    in_force = [row for row in rows if Period(row.start, row.end).covers(on)]
    return in_force or sorted((row for row in rows if row.order == 1), key=lambda row: row.start)[-1:]


def _insurance(patient: patients.Patient) -> list[patients.CoverageRecord]:
    rows = patient.coverages.select_related("plan__payer").order_by("order", "pk")
    return [row for row in rows if row.plan.kind != "SELF_PAY"]


def visit_texts(encounter: visits.Encounter) -> str:
    """Everything written about a visit."""
    return "\n\n".join(document.text for document in encounter.documents.all())
