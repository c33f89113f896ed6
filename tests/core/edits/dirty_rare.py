"""Mistakes that few claims can hold: advice, other tables than the starter set, years gone by, and what one payer asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dirty_around import CLIA, alone, lone_visit, part_b, payers
from dirty_claims import (
    MISTAKES,
    PRO,
    Spoilt,
    add,
    authorized,
    before,
    dx,
    facility,
    has,
    mistake,
    more,
    on_first,
    with_lines,
)
from edit_bench import moved, replace
from edit_cases_around import SUPPLIERS
from edit_cases_claims import HOSPITAL_PAIRS, ONE_A_LINE
from edit_cases_forms import FULL
from edit_cases_registered import CLINIC, ENDED, PERSON

from claimwright.claims.model import Claim, Diagnosis
from claimwright.codesets.tables import Tables, starter
from claimwright.edits.procedures import OWN_CODES
from claimwright.edits.scrub import Context
from claimwright.effective import Period
from claimwright.identifiers import npi_with_check_digit

MBI = "1EG4TE5MK73"
EMERGENCY_OF_COVID = date(2021, 5, 3)


def by(tables: Tables, kind: str, stands_for: str, edits: str, change: Callable[[Claim], Claim | None], forms: str = PRO) -> None:
    """A mistake that only these tables can tell."""
    add(kind, stands_for, edits, change, forms)
    MISTAKES[-1] = MISTAKES[-1]._replace(tables=tables)


def second_to_medicare(claim: Claim, why: str) -> Claim:
    insured = replace(claim.insured, member_id=MBI)
    return replace(claim, filing_indicator="MB", insurance_type=why, insured=insured)


def aged(claim: Claim, low: int, high: int) -> bool:
    birth = claim.patient.birth
    return birth is not None and low * 366 <= (claim.first_service - birth).days < high * 365


# Who pays, and who did it ----------------------------------------------------------------------------------------------

add(
    "working aged at forty",
    "CARC 22",
    "COV-MSP-AGE",
    lambda c: second_to_medicare(c, "12") if c.other_payers and aged(c, 19, 64) else None,
    PRO,
)
add(
    "Medicaid before the insurance",
    "CARC 22",
    "COV-MEDICAID-LAST",
    lambda c: (
        replace(
            c,
            responsibility="P",
            filing_indicator="MC",
            other_payers=tuple(replace(one, responsibility="S") for one in c.other_payers),
        )
        if c.other_payers
        else None
    ),
    PRO,
)
add(
    "injury of no cause", "CARC 227", "COV-INJURY", lambda c: dx(c, "S93.401A") if lone_visit(c) and not c.related_cause else None
)
add(
    "physician with a clinic's taxonomy",
    "N288",
    "PRV-TAXONOMY-KIND",
    lambda c: replace(c, rendering=replace(c.rendering, taxonomy="261QP2300X")) if lone_visit(c) else None,
)
add(
    "nothing left for the second payer",
    "CARC 23",
    "COB-NOTHING-LEFT",
    lambda c: (
        replace(
            with_lines(c, *(_all_paid(line) for line in c.lines)),
            other_payers=tuple(replace(one, remaining_patient=0) for one in c.other_payers),
        )
        if c.other_payers
        else None
    ),
    PRO,
)


def _all_paid(line: Any) -> Any:
    """The line with what was left to the patient written off."""
    decided = line.adjudications[0]
    off = tuple(replace(one, group="CO", reason="45") for one in decided.adjustments[1:])
    whole = (replace(decided.adjustments[0], amount=decided.adjustments[0].amount + sum(one.amount for one in off)),)
    return replace(line, adjudications=(replace(decided, adjustments=whole, remaining_patient=0),))


@mistake("MA18", "COB-CROSSOVER")
def sent_to_medigap_beside_medicare(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not claim.other_payers or context.coverage is None:
        return None
    first = replace(claim.other_payers[0], filing_indicator="MB")
    plan = replace(context.coverage.plan, kind="MEDIGAP")
    return replace(claim, other_payers=(first,)), replace(context, coverage=replace(context.coverage, plan=plan))


@mistake("M47", "FRQ-UNKNOWN")
def correction_of_other_days(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.form != PRO or claim.responsibility != "P":
        return None
    again = replace(claim, frequency="7", payer_control_number="P1")
    return again, replace(context, history=(before(claim, 9, claim.lines[0].procedure),))


def referred(claim: Claim, context: Context, period: Period, units: int) -> Spoilt:
    """The claim under a referral of so many visits."""
    if context.coverage is None or claim.responsibility != "P" or not lone_visit(claim) or claim.rendering is None:
        return None
    spoilt, around = authorized(claim, context, number="R1", procedure="", units=units, period=period)
    plan = replace(around.coverage.plan, authorization_required=frozenset())
    asked = replace(spoilt, prior_authorization="", referral_number="R1", referring=claim.rendering)
    return asked, replace(around, coverage=replace(around.coverage, plan=plan))


@mistake("CARC 288", "REF-PERIOD")
def visit_before_the_referral(claim: Claim, context: Context, rng: Random) -> Spoilt:
    later = Period(claim.first_service + timedelta(days=1), claim.first_service + timedelta(days=60))
    return referred(claim, context, later, 5)


@mistake("CARC 198", "REF-LAST")
def last_visit_of_the_referral(claim: Claim, context: Context, rng: Random) -> Spoilt:
    span = Period(claim.first_service - timedelta(days=60), claim.first_service + timedelta(days=60))
    found = referred(claim, context, span, 2)
    if found is None:
        return None
    asked, around = found
    last = replace(before(claim, 20, claim.lines[0].procedure), referral_number="R1", referring=claim.rendering)
    return asked, replace(around, history=(last,))


# Codes, modifiers and surgery ------------------------------------------------------------------------------------------

by(
    FULL,
    "drug code that is none",
    "CARC 181",
    "PX-UNKNOWN",
    lambda c: more(c, "J9998") if lone_visit(c) and c.filing_indicator not in OWN_CODES else None,
)
add("code of no table", "M51", "PX-UNCHECKED", lambda c: more(c, "0999U") if lone_visit(c) else None)
add("modifier that is none", "CARC 4", "MOD-UNKNOWN", lambda c: on_first(c, modifiers=("88",)) if alone(c, "17110") else None)
by(
    starter(),
    "modifier of no table",
    "CARC 4",
    "MOD-UNCHECKED",
    lambda c: on_first(c, modifiers=("U7",)) if alone(c, "17110") else None,
)
add(
    "test that may be waived, unsaid",
    "CARC B23",
    "MOD-QW-POSSIBLE",
    lambda c: more(c, "83036", clia=CLIA) if lone_visit(c) and not part_b(c) else None,
)
add(
    "informing modifier first",
    "CARC 4",
    "MOD-ORDER",
    lambda c: on_first(c, modifiers=("KX", "59")) if alone(c, "17110") else None,
)
add(
    "more work, not said why",
    "CARC 252",
    "SUR-MORE-WORK",
    lambda c: on_first(c, modifiers=("22",)) if alone(c, "10060") else None,
)
by(
    SUPPLIERS,
    "oximetry beside a visit",
    "CARC 234",
    "PX-BUNDLED-BESIDE",
    lambda c: more(c, "94760") if part_b(c) and lone_visit(c) else None,
)
for edit, code, modifier in (
    ("SUR-ASSISTANT", "10060", "80"),
    ("SUR-ASSISTANT-WHY", "11730", "80"),
    ("SUR-COSURGEONS", "10060", "62"),
    ("SUR-COSURGEONS-WHY", "25600", "62"),
    ("SUR-TEAM", "10060", "66"),
    ("SUR-TEAM-WHY", "11730", "66"),
):
    by(
        FULL,
        f"{modifier} on {code}, by {edit}",
        "CARC 54",
        edit,
        lambda c, code=code, modifier=modifier: (
            on_first(c, procedure=code, modifiers=(modifier,)) if alone(c, "10060", "11730") else None
        ),
    )
by(
    FULL,
    "X-ray for what the article rules out",
    "N115",
    "NEC-ARTICLE",
    lambda c: dx(more(c, "71046"), "I10") if part_b(c) and lone_visit(c) else None,
)

by(
    ONE_A_LINE,
    "X-ray twice on a line",
    "CARC 151",
    "MUE-LINE",
    lambda c: more(c, "71046", units=Decimal(2)) if lone_visit(c) else None,
)
add(
    "nails within a wound, told apart by nothing",
    "CARC 236",
    "NCCI-MODIFIER",
    lambda c: more(on_first(c, procedure="11042"), "11720") if alone(c, "17110") else None,
)

# Medicare --------------------------------------------------------------------------------------------------------------

payers(
    "no notice signed",
    "CARC 50",
    "MCR-NO-NOTICE",
    lambda c: on_first(c, modifiers=("GZ",)) if part_b(c) and lone_visit(c) else None,
)
payers(
    "waste of a vial not told",
    "MA130",
    "DRUG-WASTE-SAID",
    lambda c: second_to_medicare(c, "") if alone(c, "96372") is False and has(c, "J0696") and not c.other_payers else None,
)
add(
    "telehealth of the emergency at 02",
    "CARC 5",
    "MCR-TELEHEALTH-PLACE",
    lambda c: moved(replace(c, place_of_service="02"), EMERGENCY_OF_COVID) if part_b(c) and lone_visit(c) else None,
)
payers(
    "physician assists as an assistant",
    "CARC 4",
    "MEDICARE/ASSISTANT-PHYSICIAN",
    lambda c: on_first(c, procedure="25600", modifiers=("RT", "AS")) if part_b(c) and has(c, "20610") else None,
)
payers(
    "nurse practitioner assists as a physician",
    "CARC 4",
    "MEDICARE/ASSISTANT-OTHER",
    lambda c: (
        on_first(replace(c, rendering=replace(c.rendering, taxonomy="363LF0000X")), procedure="25600", modifiers=("RT", "80"))
        if part_b(c) and has(c, "20610")
        else None
    ),
)


@mistake("CARC 29", "MEDICARE/LATE-SECOND")
def medicare_second_after_a_year(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not claim.other_payers:
        return None
    return second_to_medicare(claim, "12"), replace(context, today=claim.first_service + timedelta(days=400))


payers(
    "therapy of 2024 past the threshold",
    "CARC 119",
    "MEDICARE/THERAPY-KX-CHARGES",
    lambda c: moved(on_first(c, charge=2_600_000), date(2024, 5, 2)) if part_b(c) and has(c, "97110") else None,
)
payers(
    "vaccine of the state billed",
    "CARC 204",
    "MEDICAID/VACCINE-FREE",
    lambda c: more(c, "90710") if c.filing_indicator == "MC" and lone_visit(c) and aged(c, 1, 17) else None,
)
payers(
    "patient teaching without end",
    "CARC 119",
    "BUCKEYE/TEACHING-ONCE",
    lambda c: (
        on_first(replace(c, payer=replace(c.payer, payer_id="MCD05")), procedure="98960", units=Decimal(13))
        if lone_visit(c) and c.filing_indicator == "MC"
        else None
    ),
)

# Facilities ------------------------------------------------------------------------------------------------------------


def of_stay(claim: Claim, code: str, **changes: Any) -> Claim:
    patient = replace(claim.patient, **changes)
    person = replace(claim, patient=patient, insured=replace(claim.insured, person=patient))
    return replace(person, diagnoses=(Diagnosis(code=code, present_on_admission="Y"),))


facility("stay of a newborn of fifty", "CARC 9", "UB-AGE", lambda c: of_stay(c, "Z38.00"), True)
facility("stay for an illness of the office", "CARC 150", "UB-QUESTIONABLE", lambda c: of_stay(c, "E11.9"), True)
facility("eye of an open side", "CARC 16", "UB-UNSPECIFIED", lambda c: of_stay(c, "H20.019"), True)


def _years_ago(claim: Claim, on: date) -> Claim:
    """The stay on other days."""
    shift = on - claim.first_service
    held = claim.institutional
    done = held.principal_procedure and replace(held.principal_procedure, on=held.principal_procedure.on + shift)
    said = replace(
        held,
        statement_from=held.statement_from + shift,
        statement_through=held.statement_through + shift,
        principal_procedure=done,
    )
    there = replace(moved(claim, on), admitted=on, institutional=said)
    return there


facility(
    "prostate of a woman",
    "CARC 10",
    "UB-SEX",
    lambda c: of_stay(_years_ago(c, date(2024, 3, 4)), "N40.0", sex="F"),
    True,
)


def visit_by_opps(kind: str, stands_for: str, edits: str, change: Callable[[Claim], Claim]) -> None:
    """A mistake on an emergency room's bill to Medicare, told by status indicators."""
    by(
        FULL,
        kind,
        stands_for,
        edits,
        lambda c: change(replace(c, filing_indicator="MA")) if c.bill_type == "13" else None,
        "institutional",
    )


visit_by_opps("inpatient surgery on a visit", "CARC 96", "UB-INPATIENT-ONLY", lambda c: more(c, "33533", revenue_code="0360"))
visit_by_opps("equipment on a visit", "CARC 109", "UB-OTHER-CODE", lambda c: more(c, "E0100", revenue_code="0290"))
visit_by_opps("what is never paid on a visit", "CARC 96", "UB-NEVER-PAID", lambda c: more(c, "90281", revenue_code="0636"))
visit_by_opps(
    "nothing but a blood draw", "CARC 97", "UB-ONLY-PACKAGED", lambda c: on_first(c, procedure="36415", revenue_code="0300")
)
by(
    HOSPITAL_PAIRS,
    "hospital's visit with a wound closed",
    "CARC 236",
    "NCCI-VISIT",
    lambda c: more(c, "12001", revenue_code="0450") if c.bill_type == "13" else None,
    "institutional",
)
facility("stay for what caused an injury", "MA63", "UB-PRINCIPAL", lambda c: of_stay(c, "W54.0XXA"), True)


# By the national register and the payer directory ---------------------------------------------------------------------

GONE, A_CLINIC, SOMEBODY, NOBODY = (npi_with_check_digit(f"13456789{number}") for number in range(1, 5))
LONG_ENDED = replace(ENDED, period=Period(date(2007, 5, 1), date(2010, 1, 1)))
REGISTER = replace(starter(), providers={GONE: LONG_ENDED, A_CLINIC: CLINIC, SOMEBODY: PERSON}, holds=frozenset({"register"}))


def treated_by(kind: str, stands_for: str, edits: str, tables: Tables = REGISTER, **changes: Any) -> None:
    """A mistake in who treated, told by the register."""
    by(tables, kind, stands_for, edits, lambda c: c.rendering and replace(c, rendering=replace(c.rendering, **changes)), PRO)


treated_by("number of a doctor deactivated", "A7*562", "PRV-NPI-ENDED", npi=GONE)
treated_by("number of a clinic for its doctor", "N290", "PRV-NPI-KIND", npi=A_CLINIC)
treated_by("taxonomy that nobody registered", "N255", "PRV-NPI-TAXONOMY", npi=SOMEBODY, taxonomy="204D00000X")
treated_by(
    "number of nobody",
    "A7*562",
    "PRV-NPI-NOT-FOUND",
    replace(REGISTER, holds=frozenset({"register", "whole register"})),
    npi=NOBODY,
)
by(
    replace(starter(), holds=frozenset({"payers"})),
    "payer of no directory",
    "A7*153",
    "COV-PAYER-DIRECTORY",
    lambda c: replace(c, payer=replace(c.payer, payer_id="ZZ999")),
)
