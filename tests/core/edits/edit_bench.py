"""A clean claim and short ways to spoil it. `scrubbed` runs every edit and returns the ids found."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.codesets.tables import Tables, starter
from claimwright.coverage.model import Coverage, Plan
from claimwright.edits.scrub import Context, scrub
from claimwright.effective import Period
from claimwright.findings import Finding
from claimwright.identifiers import npi_with_check_digit
from claimwright.parties import Address, Insured, Payer, Person, Provider

replace = msgspec.structs.replace
DAY = date(2026, 11, 2)
TODAY = date(2026, 11, 16)
HOME = Address(line1="12 Oak Lane", city="Columbus", state="OH", zip="43004")
PATIENT = Person(last="Quillfeather", first="Maribel", birth=date(1971, 3, 9), sex="F", address=HOME)
PRACTICE = Provider(
    npi=npi_with_check_digit("123456789"),
    name="Elm Street Family Medicine",
    ein="314159265",
    taxonomy="261QP2300X",
    address=Address(line1="1 Elm Street", city="Columbus", state="OH", zip="430041234"),
)
DOCTOR = Provider(npi=npi_with_check_digit("198765432"), name="Roe", first="Jane", person=True, taxonomy="207Q00000X")
OTHER_DOCTOR = Provider(npi=npi_with_check_digit("187654321"), name="Poe", first="Ann", person=True, taxonomy="207R00000X")
SURGEON = replace(OTHER_DOCTOR, taxonomy="208600000X")
NURSE_PRACTITIONER = replace(OTHER_DOCTOR, taxonomy="363LF0000X")
PAYER = Payer(name="Northern Mutual", payer_id="NM001")
MEMBER = "ZQX448812"
PLAN = Plan(
    plan_id="ppo",
    name="PPO",
    kind="PPO",
    payer=PAYER,
    period=Period(date(2020, 1, 1)),
    filing_indicator="CI",
    timely_filing_days=180,
)


def lines(text: str, on: date = DAY) -> tuple[ServiceLine, ...]:
    """Lines from "99213-25 20610-RT*2@1,2": code, modifiers, units after *, pointers after @."""
    made = []
    for number, word in enumerate(text.split(), 1):
        found = re.fullmatch(r"([^-*@]+)((?:-\w+)*)(?:\*([\d.]+))?(?:@([\d,]+))?", word)
        assert found, word
        code, modifiers, units, pointers = found.groups()
        made.append(
            ServiceLine(
                number=number,
                procedure=code,
                charge=10_000,
                first_service=on,
                control_number=f"L{number}",
                modifiers=tuple(modifiers.split("-")[1:]),
                units=Decimal(units or 1),
                pointers=tuple(int(one) for one in pointers.split(",")) if pointers else (1,),
            )
        )
    return tuple(made)


def person(**changes: Any) -> Person:
    return replace(PATIENT, **changes)


def claim(**changes: Any) -> Claim:
    """A clean claim with changes. Short: do (lines), dx, on, age, sex, filing, member, line (changes of the last line)."""
    on = changes.pop("on", DAY)
    patient = changes.pop("patient", PATIENT)
    if "age" in changes:
        patient = replace(patient, birth=on - timedelta(days=int(changes.pop("age") * 365.25) + 40))
    if "sex" in changes:
        patient = replace(patient, sex=changes.pop("sex"))
    insured = changes.pop("insured", Insured(person=patient, member_id=changes.pop("member", MEMBER)))
    services = changes.pop("lines", lines(changes.pop("do", "99213"), on))
    if "line" in changes:
        services = (*services[:-1], replace(services[-1], **changes.pop("line")))
    made = Claim(
        patient_control_number="A100",
        charge=sum(line.charge for line in services),
        place_of_service="11",
        billing=PRACTICE,
        rendering=DOCTOR,
        payer=PAYER,
        insured=insured,
        patient=patient,
        diagnoses=tuple(Diagnosis(code=code) for code in changes.pop("dx", "J06.9").split()),
        lines=services,
        filing_indicator=changes.pop("filing", "CI"),
    )
    return replace(made, **changes)


def medicare(**changes: Any) -> Claim:
    """The clean claim for a Medicare patient of 70."""
    patient = {} if "age" in changes else {"patient": replace(PATIENT, birth=date(1951, 3, 9))}
    return claim(**{"filing": "MB", "member": "1EG4TE5MK73", **patient, **changes})


def earlier(number: str = "A001", days: int = 30, **changes: Any) -> Claim:
    """Another claim of the same patient, days before."""
    return claim(**{"patient_control_number": number, "on": DAY - timedelta(days=days), **changes})


def covered(period: Period = PLAN.period, order: int = 1, **changes: Any) -> Coverage:
    """The patient's coverage by the plan, with changes to the plan."""
    return Coverage(plan=replace(PLAN, **changes), insured=Insured(person=PATIENT, member_id=MEMBER), order=order, period=period)


def context(**changes: Any) -> Context:
    return Context(**{"today": TODAY, **changes})


def findings(of: Claim, beside: Context | None = None, tables: Tables | None = None) -> list[Finding]:
    return scrub(of, beside or context(), tables or starter())


def scrubbed(of: Claim, beside: Context | None = None, tables: Tables | None = None) -> set[str]:
    """The ids of the edits that found something."""
    return {finding.edit for finding in findings(of, beside, tables)}


def moved(of: Claim, to: date) -> Claim:
    """The claim with its services moved so that the first is on a day."""
    shift = to - of.first_service
    shifted = tuple(
        replace(line, first_service=line.first_service + shift, last_service=line.last_service and line.last_service + shift)
        for line in of.lines
    )
    return replace(of, lines=shifted)
