"""One mistake in a clean claim: what payers reject and deny, each with the edit that must find it.

A mistake is a line of a table: its name, what the payer says to it, the edits that may find it, and how it is made.
`None` from the maker: the mistake cannot be made in this claim.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from clean_claims import clean
from edit_bench import OTHER_DOCTOR, covered, replace

from claimwright.claims.model import Adjustment, Claim, Diagnosis, Drug, Occurrence, Procedure, ServiceLine, Tooth, ValueCode
from claimwright.codesets.tables import Tables, starter
from claimwright.coverage.model import Authorization
from claimwright.edits.scrub import Context, scrub
from claimwright.effective import Period
from claimwright.findings import Finding
from claimwright.parties import Address, Provider
from claimwright.payers.edits import edits_for

Spoilt = tuple[Claim, Context] | None
Make = Callable[[Claim, Context, Random], Spoilt]


class Mistake(NamedTuple):
    """One kind of mistake."""

    kind: str
    stands_for: str  # CARC, RARC, claim status or the guide's rule that the payer answers with
    edits: frozenset[str]
    make: Make
    tables: Tables | None = None  # those that tell it, where it takes others than the ones that are asked


MISTAKES: list[Mistake] = []


def mistake(stands_for: str, *edits: str) -> Callable[[Make], Make]:
    """List a maker as a mistake; its name is the kind."""

    def attach(make: Make) -> Make:
        MISTAKES.append(Mistake(make.__name__.replace("_", " "), stands_for, frozenset(edits), make))
        return make

    return attach


def add(
    kind: str,
    stands_for: str,
    edits: str,
    change: Callable[[Claim], Claim | None],
    forms: str = "professional institutional dental",
) -> None:
    """List a mistake that is a change of the claim alone."""

    def make(claim: Claim, context: Context, rng: Random) -> Spoilt:
        changed = change(claim) if claim.form in forms else None
        return (changed, context) if changed is not None and changed != claim else None

    MISTAKES.append(Mistake(kind, stands_for, frozenset(edits.split()), make))


# Small tools ---------------------------------------------------------------------------------------------------------

PRO = "professional"


def on_first(claim: Claim, **changes: Any) -> Claim:
    return with_lines(claim, replace(claim.lines[0], **changes), *claim.lines[1:])


def on_last(claim: Claim, **changes: Any) -> Claim:
    return with_lines(claim, *claim.lines[:-1], replace(claim.lines[-1], **changes))


def with_lines(claim: Claim, *services: ServiceLine) -> Claim:
    return replace(claim, lines=services, charge=sum(line.charge for line in services))


def more(claim: Claim, procedure: str, *modifiers: str, **changes: Any) -> Claim:
    """The claim with one line more, like its last."""
    last = claim.lines[-1]
    values = {"drug": None, "adjudications": (), "units": Decimal(1), "clia": "", **changes}
    added = replace(
        last, number=last.number + 1, control_number=f"L{last.number + 1}", procedure=procedure, modifiers=modifiers, **values
    )
    return with_lines(claim, *claim.lines, added)


def who(claim: Claim, **changes: Any) -> Claim:
    """The patient changed; the subscriber too if it is the patient."""
    patient = replace(claim.patient, **changes)
    same = claim.insured.relationship == "18"
    return replace(claim, patient=patient, insured=replace(claim.insured, person=patient) if same else claim.insured)


def has(claim: Claim, *starts: str) -> bool:
    return any(line.procedure.startswith(starts) for line in claim.lines)


def visit(claim: Claim) -> bool:
    return claim.lines[0].procedure.startswith(("9920", "9921"))


def dx(claim: Claim, *codes: str) -> Claim:
    lines = tuple(replace(line, pointers=(1,) if line.pointers else ()) for line in claim.lines)
    present = claim.diagnoses[0].present_on_admission if claim.diagnoses else ""
    return replace(claim, diagnoses=tuple(Diagnosis(code=code, present_on_admission=present) for code in codes), lines=lines)


def own(claim: Claim, **changes: Any) -> Claim | None:
    return replace(claim, institutional=replace(claim.institutional, **changes)) if claim.institutional else None


def bad_npi(provider: Provider) -> Provider:
    return replace(provider, npi=provider.npi[:9] + str((int(provider.npi[9]) + 1) % 10))


def office(claim: Claim) -> bool:
    return claim.form == PRO and claim.place_of_service == "11"


# Identity ------------------------------------------------------------------------------------------------------------

add("no patient control number", "837 TR3 CLM01", "ID-CONTROL-NUMBER", lambda c: replace(c, patient_control_number=""))
add("control number too long", "837 TR3 CLM01", "ID-CONTROL-NUMBER", lambda c: replace(c, patient_control_number="A" * 21))
add("patient without first name", "A7*125*QC", "ID-NAME", lambda c: who(c, first=""))
add("digit in the last name", "CARC 31", "ID-NAME-CHARACTERS", lambda c: who(c, last=c.patient.last + "3"))
add("no birth date", "A7*158", "ID-BIRTH-DATE", lambda c: who(c, birth=None), PRO)
add("born after the service", "CARC 14", "ID-BIRTH-AFTER-SERVICE", lambda c: who(c, birth=c.last_service + timedelta(days=9)))
add("birth year of the century before", "CARC 14", "ID-BIRTH-AFTER-SERVICE", lambda c: who(c, birth=date(1890, 1, 1)))
add("sex not known", "A7*157", "ID-SEX", lambda c: who(c, sex="U"))
add("no address", "A7*126", "ID-ADDRESS", lambda c: who(c, address=None))
add("no city", "A7*126", "ID-ADDRESS", lambda c: who(c, address=Address(line1="1 Oak", city="", state="OH", zip="43004")))
add(
    "state that is none",
    "A7*126",
    "ID-STATE",
    lambda c: who(c, address=Address(line1="1 Oak", city="Dayton", state="OX", zip="45402")),
)
add(
    "ZIP of four digits",
    "A7*126",
    "ID-ZIP",
    lambda c: who(c, address=Address(line1="1 Oak", city="Dayton", state="OH", zip="4540")),
)
add(
    "ZIP of another state",
    "A7*126",
    "ID-ZIP-STATE",
    lambda c: who(c, address=Address(line1="1 Oak", city="Dayton", state="OH", zip="90210")),
)
add("no member id", "A7*164", "ID-MEMBER-ID", lambda c: replace(c, insured=replace(c.insured, member_id="")))
add(
    "Medicare number mistyped",
    "CARC 31",
    "ID-MBI",
    lambda c: replace(c, insured=replace(c.insured, member_id="0EG4TE5MK7")) if c.filing_indicator == "MB" else None,
)
add(
    "relationship not in the list",
    "A7*21",
    "ID-RELATIONSHIP",
    lambda c: replace(c, insured=replace(c.insured, relationship="77")),
)
add(
    "child said to be the subscriber",
    "A7*21",
    "ID-SELF-DIFFERS",
    lambda c: replace(c, insured=replace(c.insured, relationship="18")) if c.insured.relationship == "19" else None,
)
add(
    "dependent of a Medicare patient",
    "CARC 31",
    "ID-MEDICARE-SELF",
    lambda c: replace(c, insured=replace(c.insured, relationship="01")) if c.filing_indicator == "MB" else None,
)


@mistake("CARC 31", "ID-MEMBER-PATTERN")
def member_id_of_another_form(claim: Claim, context: Context, rng: Random) -> Spoilt:
    plan = context.coverage and replace(context.coverage.plan, member_id_pattern=r"[A-Z]{3}\d{9}")
    return (claim, replace(context, coverage=replace(context.coverage, plan=plan))) if context.coverage else None


# Coverage ------------------------------------------------------------------------------------------------------------


def plan_says(edit: str, stands_for: str, kind: str, **changes: Any) -> None:
    def make(claim: Claim, context: Context, rng: Random) -> Spoilt:
        if context.coverage is None or claim.responsibility != "P" or claim.frequency != "1":
            return None
        said = {name: value(claim) if callable(value) else value for name, value in changes.items()}
        return claim, replace(context, coverage=replace(context.coverage, plan=replace(context.coverage.plan, **said)))

    MISTAKES.append(Mistake(kind, stands_for, frozenset({edit}), make))


plan_says("COV-NOT-COVERED", "CARC 204", "service the plan leaves out", not_covered=lambda c: frozenset({c.lines[0].procedure}))
plan_says(
    "AUTH-MISSING", "CARC 197", "authorization not asked for", authorization_required=lambda c: frozenset({c.lines[0].procedure})
)
plan_says("DT-TIMELY", "CARC 29", "filed too late", timely_filing_days=10)
plan_says("DT-TIMELY-SOON", "CARC 29 tomorrow", "filed at the last moment", timely_filing_days=20)


@mistake("CARC 27", "COV-DATES")
def coverage_ended(claim: Claim, context: Context, rng: Random) -> Spoilt:
    ended = Period(date(2020, 1, 1), claim.first_service - timedelta(days=1))
    return (claim, replace(context, coverage=replace(context.coverage, period=ended))) if context.coverage else None


@mistake("CARC 26", "COV-DATES")
def coverage_not_begun(claim: Claim, context: Context, rng: Random) -> Spoilt:
    later = Period(claim.first_service + timedelta(days=1))
    return (claim, replace(context, coverage=replace(context.coverage, period=later))) if context.coverage else None


@mistake("CARC 109", "COV-PAYER")
def sent_to_another_payer(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return (replace(claim, payer=replace(claim.payer, payer_id="XX999")), context) if context.coverage else None


@mistake("A7*480", "COV-FILING-PLAN")
def filing_indicator_of_another_plan(claim: Claim, context: Context, rng: Random) -> Spoilt:
    plain = context.coverage and claim.filing_indicator != "MB"
    return (replace(claim, filing_indicator="HM" if claim.filing_indicator != "HM" else "CI"), context) if plain else None


@mistake("CARC 22", "COV-ORDER")
def primary_billed_as_second_coverage(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return (
        (claim, replace(context, coverage=replace(context.coverage, order=2)))
        if context.coverage and claim.responsibility == "P"
        else None
    )


add("filing indicator not in the list", "A7*480", "COV-FILING", lambda c: replace(c, filing_indicator="Q1"), PRO)
add(
    "secondary without the primary payer",
    "MA04",
    "COV-EARLIER-PAYER",
    lambda c: replace(c, other_payers=()) if c.responsibility == "S" else None,
)
add(
    "two payers in one place",
    "A7*480",
    "COV-SAME-ORDER",
    lambda c: replace(c, other_payers=(replace(c.other_payers[0], responsibility="S"),)) if c.other_payers else None,
)
add(
    "Medicare second without its reason",
    "MSP Manual 3",
    "COV-MSP-TYPE",
    lambda c: replace(c, filing_indicator="MB", insured=replace(c.insured, member_id="1EG4TE5MK73")) if c.other_payers else None,
)
add("accident without its day", "A7*208", "COV-ACCIDENT", lambda c: replace(c, related_cause="OA", accident_date=None), PRO)
add(
    "car accident without its state",
    "A7*208",
    "COV-ACCIDENT",
    lambda c: replace(c, related_cause="AA", accident_date=c.first_service),
    PRO,
)
add(
    "work injury sent to the health plan",
    "CARC 19",
    "COV-WORK",
    lambda c: None if c.other_payers else replace(c, related_cause="EM", accident_date=c.first_service),
    PRO,
)
add("no signature on file", "MA75", "COV-SIGNATURE", lambda c: replace(c, signature_on_file=False))


# Dates ---------------------------------------------------------------------------------------------------------------

add(
    "last day before the first",
    "A7*187",
    "DT-ORDER",
    lambda c: on_first(c, last_service=c.first_service - timedelta(days=2)),
    PRO,
)
add(
    "a line over five weeks", "CARC 267", "DT-SPAN", lambda c: on_first(c, last_service=c.first_service + timedelta(days=36)), PRO
)
add(
    "accident after the service",
    "A7*208",
    "DT-ACCIDENT",
    lambda c: replace(c, related_cause="OA", accident_date=c.last_service + timedelta(days=2)),
    PRO,
)
add(
    "illness that began after the visit",
    "A7*431",
    "DT-ONSET",
    lambda c: replace(c, onset=c.last_service + timedelta(days=2)),
    PRO,
)
add(
    "inpatient visit without admission",
    "MA40",
    "DT-ADMISSION",
    lambda c: (
        on_first(replace(c, place_of_service="21", service_facility=c.service_facility or OTHER_DOCTOR), procedure="99232")
        if visit(c) and len(c.lines) == 1
        else None
    ),
    PRO,
)


@mistake("CARC 110", "DT-FUTURE")
def billed_before_it_was_done(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return claim, replace(context, today=claim.first_service - timedelta(days=1))


# Providers -----------------------------------------------------------------------------------------------------------

add("billing NPI mistyped", "A7*562*85", "PRV-BILLING-NPI", lambda c: replace(c, billing=bad_npi(c.billing)))
add("no tax id", "A7*128*85", "PRV-TAX-ID", lambda c: replace(c, billing=replace(c.billing, ein="")))
add("tax id of eight digits", "A7*128*85", "PRV-TAX-ID", lambda c: replace(c, billing=replace(c.billing, ein="31415926")))
add(
    "post office box as the practice's address",
    "A7*126*85",
    "PRV-ADDRESS",
    lambda c: replace(
        c, billing=replace(c.billing, address=Address(line1="PO Box 7", city="Columbus", state="OH", zip="430041234"))
    ),
)
add(
    "practice's ZIP of five digits",
    "A7*500*85",
    "PRV-ZIP9",
    lambda c: replace(c, billing=replace(c.billing, address=Address(line1="1 Elm", city="Columbus", state="OH", zip="43004"))),
)
add("nobody treated", "N290", "PRV-RENDERING", lambda c: replace(c, rendering=None), PRO)
add(
    "rendering NPI mistyped",
    "A7*562*82",
    "PRV-RENDERING-NPI",
    lambda c: c.rendering and replace(c, rendering=bad_npi(c.rendering)),
    PRO,
)
add("referring NPI mistyped", "N286", "PRV-OTHER-NPI", lambda c: replace(c, referring=bad_npi(OTHER_DOCTOR)), PRO)
add(
    "taxonomy of nine characters",
    "N255",
    "PRV-TAXONOMY",
    lambda c: replace(c, rendering=replace(c.rendering, taxonomy="207Q0000X")) if c.rendering else None,
)
add(
    "HMO claim without taxonomy",
    "N255",
    "PRV-TAXONOMY-MISSING",
    lambda c: (
        replace(c, rendering=replace(c.rendering, taxonomy=""), billing=replace(c.billing, taxonomy=""))
        if c.filing_indicator == "HM" and c.rendering
        else None
    ),
)
add(
    "laboratory test without CLIA number",
    "MA120",
    "PRV-CLIA",
    lambda c: with_lines(c, *(replace(line, clia="") for line in c.lines)) if any(line.clia for line in c.lines) else None,
)
add(
    "CLIA number of nine characters",
    "MA120",
    "PRV-CLIA-SHAPE",
    lambda c: (
        with_lines(c, *(replace(line, clia=line.clia[:9]) for line in c.lines)) if any(line.clia for line in c.lines) else None
    ),
)
add(
    "emergency room not named",
    "MA114",
    "PRV-FACILITY",
    lambda c: replace(c, service_facility=None) if c.place_of_service == "23" else None,
)


@mistake("CARC B7", "PRV-ENROLLED")
def provider_not_enrolled_yet(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.rendering is None:
        return None
    later = {claim.rendering.npi: Period(claim.last_service + timedelta(days=1))}
    return claim, replace(context, provider_enrolments=later)


# Diagnoses -----------------------------------------------------------------------------------------------------------

add("no diagnosis", "MA63", "DX-MISSING", lambda c: replace(c, diagnoses=()), PRO)
add(
    "thirteen diagnoses",
    "837P TR3 HI",
    "DX-COUNT",
    lambda c: replace(c, diagnoses=(*c.diagnoses, *(Diagnosis(code=f"M25.{n}") for n in range(511, 525)))),
    PRO,
)
add(
    "diagnosis that does not exist",
    "M76",
    "DX-UNKNOWN",
    lambda c: dx(c, "J06.X", *(d.code for d in c.diagnoses[1:])) if c.diagnoses else None,
)
add(
    "diagnosis not yet in force",
    "CARC 146",
    "DX-DATE",
    lambda c: (
        replace(
            dx(c, "I42.01"),
            lines=tuple(replace(line, first_service=date(2026, 9, 30), pointers=line.pointers and (1,)) for line in c.lines),
        )
        if c.diagnoses and c.form == PRO
        else None
    ),
)
add("diagnosis of too few characters", "M81", "DX-SPECIFIC", lambda c: dx(c, "E11") if c.diagnoses else None)
add("injury without its seventh character", "M81", "DX-SEVENTH", lambda c: dx(c, "S93.401") if c.diagnoses else None)
add(
    "child's examination code for an adult",
    "CARC 9",
    "DX-AGE",
    lambda c: dx(c, "Z00.129") if any(d.code == "Z00.00" for d in c.diagnoses) else None,
)
add(
    "prostate diagnosis of a woman",
    "CARC 10",
    "DX-SEX",
    lambda c: dx(c, "N40.0") if c.patient.sex == "F" and c.diagnoses and c.bill_type != "11" else None,
)
add(
    "pregnancy of a man",
    "CARC 10",
    "DX-SEX",
    lambda c: dx(c, "Z34.90") if c.patient.sex == "M" and c.diagnoses and c.bill_type != "11" else None,
)
add(
    "manifestation first",
    "MA63",
    "DX-MANIFESTATION-FIRST UB-PRINCIPAL",
    lambda c: dx(c, "F02.80", "G30.9") if c.diagnoses else None,
)
add(
    "external cause first",
    "MA63",
    "DX-EXTERNAL-CAUSE-FIRST UB-PRINCIPAL",
    lambda c: dx(c, "W54.0XXA", "S61.451A") if c.diagnoses else None,
)
add("diagnoses that exclude each other", "CARC 11", "DX-EXCLUDES1", lambda c: dx(c, "E11.9", "E10.9") if c.diagnoses else None)
add(
    "the same diagnosis twice",
    "A7*255",
    "DX-REPEATED",
    lambda c: replace(c, diagnoses=(*c.diagnoses, c.diagnoses[0])) if c.diagnoses else None,
)
add(
    "right knee treated, left knee diagnosed",
    "CARC 4",
    "DX-SIDE-MODIFIER",
    lambda c: dx(c, "M17.12") if any(line.modifiers == ("RT",) for line in c.lines) else None,
)
add("body mass index alone", "CARC 11", "DX-BMI", lambda c: dx(c, "Z68.32") if c.diagnoses and c.form == PRO else None)


# Procedures ----------------------------------------------------------------------------------------------------------

add("procedure code of four digits", "M51", "PX-SHAPE", lambda c: on_first(c, procedure="9921"), PRO)
add(
    "deleted telephone code",
    "CARC 181",
    "PX-DATE",
    lambda c: on_first(c, procedure="99442", modifiers=()) if len(c.lines) == 1 and visit(c) else None,
    PRO,
)
add(
    "preventive visit of another age",
    "CARC 6",
    "PX-AGE",
    lambda c: on_first(c, procedure="99391") if has(c, "99395", "99396") else None,
)
add("intrauterine device in a man", "CARC 7", "PX-SEX", lambda c: who(c, sex="M") if has(c, "58300") else None)
add("add-on without its primary", "CARC 107", "PX-ADD-ON", lambda c: more(c, "96361"), PRO)
add(
    "unlisted procedure not described",
    "CARC 189",
    "PX-UNLISTED",
    lambda c: on_first(c, procedure="17999", modifiers=()) if has(c, "17110") else None,
)
add(
    "consultation for Medicare",
    "CARC 181",
    "MEDICARE/CONSULTATION",
    lambda c: on_first(c, procedure="99243") if c.filing_indicator == "MB" and visit(c) and c.place_of_service == "11" else None,
)
add(
    "well visit for Medicare without GY",
    "CARC 204",
    "PX-MEDICARE-NOT-COVERED",
    lambda c: (
        dx(on_first(c, procedure="99397"), "Z00.00")
        if c.filing_indicator == "MB" and visit(c) and c.place_of_service == "11"
        else None
    ),
)
add(
    "complexity add-on beside modifier 25",
    "CARC 97",
    "PX-G2211",
    lambda c: (
        more(on_first(c, modifiers=("25",)), "G2211") if visit(c) and c.place_of_service == "11" and has(c, "20610") else None
    ),
    PRO,
)


def before(claim: Claim, days: int, procedure: str) -> Claim:
    """An earlier claim of the same patient by the same practice."""
    line = replace(
        claim.lines[0],
        procedure=procedure,
        modifiers=(),
        first_service=claim.first_service - timedelta(days=days),
        adjudications=(),
    )
    done = replace(
        claim,
        patient_control_number="A0001",
        lines=(replace(line, number=1),),
        charge=line.charge,
        responsibility="P",
        other_payers=(),
    )
    return done


def after(stands_for: str, edit: str, kind: str, days: int, procedure: str, fits: Callable[[Claim], bool]) -> None:
    def make(claim: Claim, context: Context, rng: Random) -> Spoilt:
        return (claim, replace(context, history=(before(claim, days, procedure),))) if claim.form == PRO and fits(claim) else None

    MISTAKES.append(Mistake(kind, stands_for, frozenset({edit}), make))


after("CARC B16", "PX-NEW-PATIENT", "new patient seen last year", 300, "99213", lambda c: has(c, "99203", "99204"))
after(
    "CARC 97",
    "PX-GLOBAL",
    "visit within the days of a drainage",
    5,
    "10060",
    lambda c: has(c, "99212", "99214", "99215") and len(c.lines) == 1,
)
after("CARC 97", "SUR-GLOBAL", "second drainage within the days of the first", 5, "10060", lambda c: has(c, "10060"))
after("CARC 119", "NEC-LIMIT", "wellness visit too soon", 200, "G0439", lambda c: has(c, "G0439"))
add(
    "two visits on one day",
    "CARC B14",
    "PX-TWO-VISITS",
    lambda c: (
        more(c, "99214", charge=15_000)
        if has(c, "99213") and not any("25" in line.modifiers for line in c.lines) and c.place_of_service == "11"
        else None
    ),
)


# Drugs and vaccines --------------------------------------------------------------------------------------------------

add(
    "vaccine without giving it",
    "CARC 16",
    "IMM-ADMINISTRATION",
    lambda c: with_lines(c, replace(c.lines[1], number=1)) if has(c, "90715", "90662") else None,
)
add(
    "vaccine given, product not billed",
    "CARC 107",
    "IMM-PRODUCT",
    lambda c: with_lines(c, c.lines[0]) if has(c, "90715", "90662") else None,
)
add(
    "flu shot to Medicare by the wrong code",
    "CARC 181",
    "IMM-MEDICARE",
    lambda c: on_first(c, procedure="90471") if has(c, "G0008") else None,
)
add(
    "drug without its injection",
    "CARC 16",
    "DRUG-ADMINISTRATION",
    lambda c: with_lines(c, replace(c.lines[1], number=1)) if has(c, "J0696") else None,
)
add(
    "Medicaid drug without NDC",
    "M119",
    "DRUG-NDC",
    lambda c: replace(on_last(c, drug=None), filing_indicator="MC") if has(c, "J") and c.responsibility == "P" else None,
)
add(
    "NDC of ten digits",
    "M119",
    "DRUG-NDC-SHAPE",
    lambda c: on_last(c, drug=Drug(ndc="0009028003", quantity=Decimal(1), unit="ML")) if has(c, "J") else None,
)
add(
    "NDC without quantity",
    "M119",
    "DRUG-NDC-SHAPE",
    lambda c: on_last(c, drug=Drug(ndc="00009028003", quantity=Decimal(0), unit="ML")) if has(c, "J") else None,
)
add("waste without the dose", "CARC 4", "DRUG-WASTE-ALONE", lambda c: on_last(c, modifiers=("JW",)) if has(c, "J") else None)


# Modifiers -----------------------------------------------------------------------------------------------------------

add("modifier of one character", "CARC 4", "MOD-SHAPE", lambda c: on_last(c, modifiers=("2",)), PRO)
add("modifier twice", "CARC 4", "MOD-SHAPE", lambda c: on_last(c, modifiers=("GC", "GC")), PRO)
add("modifier that has ended", "CARC 182", "MOD-DATE", lambda c: on_last(c, modifiers=("CS",)), PRO)
add("both sides and one side", "N519", "MOD-AGAINST", lambda c: on_last(c, modifiers=("50", "RT")), PRO)
add(
    "visit beside an injection without 25",
    "CARC 97",
    "MOD-25 NCCI-MODIFIER",
    lambda c: on_first(c, modifiers=()) if "25" in c.lines[0].modifiers and has(c, "20610") else None,
)
add(
    "visit beside wax removal without 25",
    "CARC 97",
    "MOD-25 NCCI-MODIFIER",
    lambda c: on_first(c, modifiers=()) if "25" in c.lines[0].modifiers and has(c, "69210") else None,
)
add(
    "25 on the procedure",
    "CARC 4",
    "MOD-25-ON-PROCEDURE",
    lambda c: on_last(c, modifiers=("25", *c.lines[-1].modifiers)) if has(c, "20610", "17110") else None,
)
add(
    "25 with nothing beside",
    "CARC 4",
    "MOD-25-ALONE",
    lambda c: on_first(c, modifiers=("25",)) if len(c.lines) == 1 and visit(c) and c.place_of_service == "11" else None,
)
add(
    "59 on a visit",
    "CARC 4",
    "MOD-59-ON-VISIT",
    lambda c: on_first(c, modifiers=("59",)) if visit(c) and c.place_of_service == "11" else None,
)
add(
    "knee without its side",
    "CARC 4",
    "MOD-SIDE",
    lambda c: on_first(c, modifiers=()) if c.lines[0].procedure in ("73562", "20610") else None,
)
add("both lungs as two sides", "CARC 4", "MOD-50", lambda c: on_last(c, modifiers=("50",)) if has(c, "71046") else None)
add(
    "both sides in two units",
    "CARC 151",
    "MOD-50-UNITS",
    lambda c: on_first(c, modifiers=("50",), units=Decimal(2)) if c.lines[0].procedure == "20610" else None,
)
add(
    "professional part of a tracing read whole",
    "CARC 4",
    "MOD-COMPONENT",
    lambda c: on_last(c, modifiers=("26",)) if has(c, "93000") else None,
)
add(
    "video visit without its modifier",
    "CARC 4",
    "MOD-TELEHEALTH",
    lambda c: on_first(c, modifiers=()) if c.place_of_service in ("02", "10") and c.filing_indicator != "MB" else None,
)
add(
    "video modifier at the office",
    "CARC 5",
    "MOD-TELEHEALTH-PLACE",
    lambda c: on_first(c, modifiers=("95",)) if visit(c) and office(c) and len(c.lines) == 1 else None,
)
add(
    "waived test mark on one that is not",
    "CARC 4",
    "MOD-QW-WRONG",
    lambda c: on_last(c, procedure="84484", modifiers=("QW",)) if has(c, "85025") else None,
)
add(
    "24 on a procedure",
    "CARC 4",
    "MOD-25-ON-PROCEDURE",
    lambda c: on_first(c, modifiers=("24",)) if c.lines[0].procedure in ("17110", "10060") else None,
)


# Surgery, anesthesia, Medicare's own ---------------------------------------------------------------------------------

add(
    "79 on a visit",
    "CARC 4",
    "SUR-ON-VISIT",
    lambda c: on_first(c, modifiers=("79",)) if visit(c) and len(c.lines) == 1 and office(c) else None,
)
add(
    "repeat by the same physician as 77",
    "CARC 4",
    "SUR-REPEAT-WHO",
    lambda c: more(c, "71046", "77") if has(c, "71046") else None,
)
add("repeat of nothing", "CARC 4", "SUR-REPEAT-ALONE", lambda c: on_last(c, modifiers=("76",)) if has(c, "71046") else None)
add(
    "care shared of a procedure that has none",
    "CARC 4",
    "SUR-PARTS",
    lambda c: on_first(c, modifiers=("RT", "55")) if c.lines[0].procedure == "20610" else None,
)
add(
    "facility's stop on a physician's claim",
    "CARC 4",
    "SUR-STOPPED",
    lambda c: on_first(c, modifiers=("73",)) if has(c, "17110") else None,
)
add(
    "reduced visit",
    "CARC 4",
    "SUR-STOPPED-VISIT",
    lambda c: on_first(c, modifiers=("52",)) if visit(c) and office(c) and len(c.lines) == 1 else None,
)
add(
    "more work at a visit",
    "CARC 4",
    "SUR-MORE-WORK-VISIT",
    lambda c: on_first(c, modifiers=("22",)) if visit(c) and office(c) and len(c.lines) == 1 else None,
)
add("assistant at an X-ray", "CARC 54", "SUR-TWO-SURGEONS", lambda c: on_last(c, modifiers=("80",)) if has(c, "71046") else None)
add("anesthesia by nobody", "CARC 4", "ANE-WHO", lambda c: on_first(c, modifiers=("P2",)) if has(c, "00400") else None)
add(
    "anesthesia in units",
    "A7*476",
    "ANE-MINUTES",
    lambda c: on_first(c, unit_basis="UN", units=Decimal(4)) if has(c, "00400") else None,
)
add("anesthesia of two days", "CARC 151", "ANE-LONG", lambda c: on_first(c, units=Decimal(2880)) if has(c, "00400") else None)
add(
    "two anesthesias of a session",
    "CARC 97",
    "ANE-TWICE",
    lambda c: more(c, "00300", "AA", units=Decimal(30)) if has(c, "00400") else None,
)
add("minutes on a visit", "A7*476", "ANE-MINUTES-ELSEWHERE", lambda c: on_first(c, unit_basis="MJ") if visit(c) else None)
add(
    "health status on a visit",
    "CARC 4",
    "ANE-ELSEWHERE",
    lambda c: on_first(c, modifiers=("P3",)) if visit(c) and office(c) else None,
)
add(
    "therapy without its plan",
    "CARC 4",
    "MCR-THERAPY-PLAN",
    lambda c: on_first(c, modifiers=()) if c.filing_indicator == "MB" and has(c, "97110") else None,
)
add("two plans of therapy", "N519", "MCR-THERAPY-ONE", lambda c: on_first(c, modifiers=("GP", "GO")) if has(c, "97110") else None)
add(
    "assistant of another discipline",
    "N519",
    "MCR-ASSISTANT",
    lambda c: on_first(c, modifiers=("GP", "CO")) if has(c, "97110") else None,
)
add(
    "maintenance at the chiropractor",
    "CARC 50",
    "MCR-CHIROPRACTIC",
    lambda c: on_first(c, modifiers=()) if has(c, "98940") else None,
)
add(
    "Medicare notice to another payer",
    "CARC 4",
    "MCR-WAIVER-OTHER",
    lambda c: (
        on_first(c, modifiers=("GA",)) if visit(c) and office(c) and len(c.lines) == 1 and c.filing_indicator != "MB" else None
    ),
)
add(
    "voluntary and required notice",
    "N519",
    "MCR-WAIVER-AGAINST",
    lambda c: on_first(c, modifiers=("GX", "GA")) if c.filing_indicator == "MB" and visit(c) else None,
)


# NCCI, units, necessity ----------------------------------------------------------------------------------------------

add(
    "pair that is never paid together",
    "CARC 236",
    "NCCI-NEVER",
    lambda c: more(c, "80048", clia="36D7104822") if has(c, "80053") else None,
)
add(
    "more X-rays than a day holds",
    "CARC 151",
    "MUE-DAY-CLINICAL MUE-DAY MUE-LINE",
    lambda c: on_last(c, units=Decimal(20)) if has(c, "71046") else None,
)
add(
    "two visits in units",
    "CARC 151",
    "MUE-DAY MUE-LINE MUE-DAY-CLINICAL",
    lambda c: on_first(c, units=Decimal(3)) if has(c, "99214", "99213") else None,
)
add("heart tracing for a check-up", "CARC 50", "NEC-NOT-SUPPORTED", lambda c: dx(c, "Z00.00") if has(c, "93000") else None)
add("knee injection for a cold", "CARC 11", "NEC-NOT-SUPPORTED", lambda c: dx(c, "J06.9") if has(c, "20610") else None)
add("wax removal without wax", "CARC 11", "NEC-REQUIRED", lambda c: dx(c, "H92.01") if has(c, "69210") else None)


# Lines and money -----------------------------------------------------------------------------------------------------

add(
    "fifty-one lines",
    "837P TR3 2400",
    "CLM-LINES",
    lambda c: with_lines(c, *(replace(c.lines[0], number=n, control_number=f"L{n}", units=Decimal(n)) for n in range(1, 52))),
    PRO,
)
add(
    "lines numbered from two",
    "837 TR3 LX01",
    "CLM-LINE-NUMBERS",
    lambda c: with_lines(c, *(replace(line, number=line.number + 1) for line in c.lines)),
)
add(
    "two lines of one control number",
    "837 TR3 REF*6R",
    "CLM-CONTROL-NUMBERS",
    lambda c: with_lines(c, *(replace(line, control_number="L1") for line in c.lines)) if len(c.lines) > 1 else None,
)
add("a cent off the total", "A7*178", "CLM-BALANCE", lambda c: replace(c, charge=c.charge + 1))
add("patient paid more than the charge", "A7*183", "CLM-PATIENT-PAID", lambda c: replace(c, patient_paid=c.charge + 1))
add("negative charge", "M79", "LN-CHARGE", lambda c: on_first(c, charge=-c.lines[0].charge))
add("no charge", "M79", "LN-ZERO", lambda c: on_first(c, charge=0) if visit(c) else None, PRO)
add("no units", "M53", "LN-UNITS", lambda c: on_first(c, units=Decimal(0)))
add("half a visit", "M53", "LN-UNITS-WHOLE", lambda c: on_first(c, units=Decimal("0.5")) if visit(c) else None)
add("line that points nowhere", "A7*477", "LN-POINTER", lambda c: on_first(c, pointers=()), PRO)
add("line that points past the diagnoses", "A7*477", "LN-POINTER", lambda c: on_first(c, pointers=(len(c.diagnoses) + 1,)), PRO)
add("pointer twice", "A7*477", "LN-POINTER", lambda c: on_first(c, pointers=(1, 1)), PRO)


@mistake("CARC 45 on all of it", "LN-CHARGE-UNUSUAL")
def charge_with_a_digit_too_many(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.other_payers:
        return None
    usual = {line.procedure: int(line.charge / line.units) for line in claim.lines if line.procedure}
    line = claim.lines[0]
    return (on_first(claim, charge=line.charge * 10), replace(context, usual_charges=usual)) if line.procedure in usual else None


# Place, duplicates, authorization, resubmission ----------------------------------------------------------------------

add("place of service not in the list", "M77", "POS-VALID", lambda c: replace(c, place_of_service="29"), PRO)
add(
    "office visit in an inpatient hospital",
    "CARC 5",
    "POS-SERVICE",
    lambda c: (
        replace(c, place_of_service="21", admitted=c.first_service, service_facility=OTHER_DOCTOR)
        if visit(c) and len(c.lines) == 1 and office(c)
        else None
    ),
)
add(
    "injection by video",
    "CARC 5",
    "POS-REMOTE",
    lambda c: replace(c, place_of_service="10") if c.lines[0].procedure in ("20610", "17110") else None,
)
add(
    "a line twice",
    "CARC 18",
    "DUP-LINE",
    lambda c: (
        more(c, c.lines[-1].procedure, *c.lines[-1].modifiers, drug=c.lines[-1].drug, clia=c.lines[-1].clia)
        if not c.other_payers and "25" not in c.lines[-1].modifiers and not has(c, "00400")
        else None
    ),
    PRO,
)
add(
    "correction without the payer's number",
    "M47",
    "FRQ-CONTROL-NUMBER",
    lambda c: replace(c, frequency="7", payer_control_number=""),
)
add("void without the payer's number", "M47", "FRQ-CONTROL-NUMBER", lambda c: replace(c, frequency="8", payer_control_number=""))
add(
    "first claim with the payer's number",
    "A7*464",
    "FRQ-ORIGINAL",
    lambda c: replace(c, frequency="1", payer_control_number="P1"),
)
add("referral that nobody made", "N286", "REF-PROVIDER", lambda c: replace(c, referral_number="R1", referring=None), PRO)


@mistake("CARC 18", "DUP-BATCH")
def sent_twice_in_a_batch(claim: Claim, context: Context, rng: Random) -> Spoilt:
    plain = claim.form == PRO and claim.frequency == "1" and not any({"25"} & set(line.modifiers) for line in claim.lines)
    return (claim, replace(context, batch=(replace(claim, patient_control_number="B1"),))) if plain else None


@mistake("CARC 18", "DUP-HISTORY")
def billed_before(claim: Claim, context: Context, rng: Random) -> Spoilt:
    plain = claim.form == PRO and claim.frequency == "1" and not any("25" in line.modifiers for line in claim.lines)
    return (claim, replace(context, history=(replace(claim, patient_control_number="B1"),))) if plain else None


@mistake("837 TR3 CLM01", "DUP-CONTROL-NUMBER")
def control_number_of_another_claim(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return claim, replace(context, batch=(replace(claim, charge=claim.charge + 5),))


@mistake("CARC 288", "REF-MISSING")
def referral_not_asked_for(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None or not visit(claim) or not office(claim):
        return None
    plan = replace(context.coverage.plan, referral_required=frozenset({"office"}))
    return claim, replace(context, coverage=replace(context.coverage, plan=plan))


def authorized(claim: Claim, context: Context, **changes: Any) -> tuple[Claim, Context]:
    code = claim.lines[0].procedure
    span = Period(claim.first_service - timedelta(days=5), claim.first_service + timedelta(days=5))
    one = Authorization(plan_id=covered().plan.plan_id, number="AU1", procedure=code, units=1, period=span)
    assert context.coverage
    plan = replace(context.coverage.plan, authorization_required=frozenset({code}))
    around = replace(context, coverage=replace(context.coverage, plan=plan), authorizations=(replace(one, **changes),))
    return replace(claim, prior_authorization="AU1"), around


@mistake("CARC 284", "AUTH-OTHER")
def authorization_for_another_day(claim: Claim, context: Context, rng: Random) -> Spoilt:
    later = Period(claim.first_service + timedelta(days=1), claim.first_service + timedelta(days=9))
    return authorized(claim, context, period=later) if context.coverage and claim.responsibility == "P" else None


@mistake("CARC 198", "AUTH-UNITS")
def more_units_than_authorized(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None or claim.responsibility != "P":
        return None
    spoilt, around = authorized(claim, context)
    return on_first(spoilt, units=Decimal(2)), around


# Other payers --------------------------------------------------------------------------------------------------------


def cob(kind: str, stands_for: str, edit: str, change: Callable[[Claim], Claim]) -> None:
    add(kind, stands_for, edit, lambda c: change(c) if c.other_payers else None, PRO)


def first_payer(claim: Claim, **changes: Any) -> Claim:
    return replace(claim, other_payers=(replace(claim.other_payers[0], **changes),))


def decided(claim: Claim, **changes: Any) -> Claim:
    return on_first(claim, adjudications=(replace(claim.lines[0].adjudications[0], **changes),))


cob("second payer before the first decided", "MA04", "COB-DECISION", lambda c: first_payer(c, paid=None))
cob(
    "a cent off the first payer's payment",
    "A7*672",
    "COB-CLAIM-BALANCE COB-LINE-BALANCE",
    lambda c: first_payer(c, paid=c.other_payers[0].paid + 1),
)
cob(
    "a cent off the first payer's line",
    "A7*672",
    "COB-LINE-BALANCE COB-CLAIM-BALANCE",
    lambda c: decided(c, paid=c.lines[0].adjudications[0].paid + 1),
)
cob(
    "adjustment of no group",
    "A7*673",
    "COB-GROUP",
    lambda c: decided(
        c, adjustments=(Adjustment(group="XX", reason="45", amount=c.lines[0].charge - c.lines[0].adjudications[0].paid),)
    ),
)
cob(
    "first payer decided in the future",
    "A7*516",
    "COB-PAID-DATE",
    lambda c: replace(
        first_payer(c, paid_on=date(2030, 1, 1)),
        lines=tuple(replace(line, adjudications=(replace(line.adjudications[0], paid_on=date(2030, 1, 1)),)) for line in c.lines),
    ),
)
cob(
    "a line that the first payer did not decide",
    "N479",
    "COB-LINE-MISSING COB-CLAIM-BALANCE",
    lambda c: on_last(c, adjudications=()) if len(c.lines) > 1 else c,
)


# Facilities ----------------------------------------------------------------------------------------------------------


def facility(kind: str, stands_for: str, edit: str, change: Callable[[Claim], Claim | None], stay: bool | None = None) -> None:
    def fits(claim: Claim) -> Claim | None:
        return change(claim) if stay is None or claim.bill_type == ("11" if stay else "13") else None

    add(kind, stands_for, edit, fits, "institutional")


facility("bill type of one digit", "MA30", "UB-BILL-TYPE", lambda c: replace(c, bill_type="1"))
facility(
    "statement ends before it begins",
    "MA31",
    "UB-PERIOD",
    lambda c: own(c, statement_through=c.institutional.statement_from - timedelta(days=1)),
)
facility(
    "service outside the statement",
    "MA31",
    "UB-LINE-PERIOD",
    lambda c: on_last(c, first_service=c.institutional.statement_through + timedelta(days=1)),
)
facility("no attending physician", "N253", "UB-ATTENDING", lambda c: replace(c, attending=None))
facility("stay without its first day", "MA40", "UB-ADMISSION", lambda c: replace(c, admitted=None), True)
facility("type of admission not in the list", "MA41", "UB-ADMISSION-TYPE", lambda c: replace(c, admission_type="7"))
facility("newborn of fifty", "CARC 9", "UB-NEWBORN", lambda c: replace(c, admission_type="4"), True)
facility("no hour of admission", "N46", "UB-HOUR", lambda c: own(c, admission_hour=""), True)
facility("no discharge status", "MA43", "UB-DISCHARGE", lambda c: replace(c, discharge_status=""), True)
facility("still a patient after the whole stay", "MA43", "UB-DISCHARGE", lambda c: replace(c, discharge_status="30"), True)
facility("no admitting diagnosis", "MA65", "UB-ADMITTING", lambda c: own(c, admitting_diagnosis=""), True)
facility("no reason for the visit", "MA64", "UB-REASON", lambda c: own(c, reasons_for_visit=()), False)
facility(
    "nothing said of what was present",
    "N434",
    "UB-PRESENT",
    lambda c: replace(c, diagnoses=tuple(replace(d, present_on_admission="") for d in c.diagnoses)),
    True,
)
facility(
    "one diagnosis silent of when it began",
    "N434",
    "UB-PRESENT",
    lambda c: replace(c, diagnoses=(*c.diagnoses, Diagnosis(code="D62"))),
    True,
)
facility(
    "present on admission as in version 4010",
    "N434",
    "UB-PRESENT",
    lambda c: replace(c, diagnoses=(*c.diagnoses, Diagnosis(code="Z79.4", present_on_admission="1"))),
    True,
)
facility("revenue code of three digits", "M50", "UB-REVENUE", lambda c: on_last(c, revenue_code="250"))
facility("paper total as a line", "M50", "UB-TOTAL-LINE", lambda c: on_last(c, revenue_code="0001"))
facility("emergency room without its code", "M20", "UB-REVENUE-CODE", lambda c: on_first(c, procedure=""), False)
facility("room of an outpatient", "M50", "UB-ROOM", lambda c: on_first(c, revenue_code="0120"), False)
facility("a day of room too many", "M53", "UB-ROOM-DAYS", lambda c: on_first(c, units=c.lines[0].units + 1), True)
facility("condition code of three characters", "M44", "UB-CODES", lambda c: own(c, condition_codes=("C10",)))
facility("occurrence without its day", "M45", "UB-CODES", lambda c: own(c, occurrences=(Occurrence(code="11"),)))
facility("negative value code", "M49", "UB-CODES", lambda c: own(c, value_codes=(ValueCode(code="80", amount=-1),)))
facility(
    "CPT code as the stay's procedure",
    "MA66",
    "UB-PROCEDURE",
    lambda c: own(c, principal_procedure=Procedure(code="44970", on=c.first_service)),
    True,
)
facility(
    "operation after the discharge",
    "MA66",
    "UB-PROCEDURE-DAY",
    lambda c: own(c, principal_procedure=Procedure(code="0DTJ4ZZ", on=c.institutional.statement_through + timedelta(days=1))),
    True,
)
facility("operation by nobody", "N261", "UB-OPERATING", lambda c: own(c, operating=None), True)
facility("more not covered than charged", "M79", "UB-NON-COVERED", lambda c: on_first(c, non_covered=c.lines[0].charge + 1))


# Dental --------------------------------------------------------------------------------------------------------------


def dental(kind: str, stands_for: str, edit: str, change: Callable[[Claim], Claim]) -> None:
    add(kind, stands_for, edit, change, "dental")


def tooth(claim: Claim, **changes: Any) -> Claim:
    line = claim.lines[0]
    assert line.dental
    return on_first(claim, dental=replace(line.dental, teeth=(replace(line.dental.teeth[0], **changes),)))


dental("medical code on a dental claim", "M51", "DEN-CODE", lambda c: on_first(c, procedure="99213"))
dental("tooth that nobody has", "N37", "DEN-TOOTH", lambda c: tooth(c, number="44"))
dental(
    "biting edge of a molar", "N75", "DEN-SURFACE", lambda c: tooth(c, surfaces=("I",) * len(c.lines[0].dental.teeth[0].surfaces))
)
dental("fewer surfaces than the code says", "N75", "DEN-SURFACE-COUNT", lambda c: on_first(c, procedure="D2394"))
dental(
    "area of the mouth that is none",
    "N346",
    "DEN-AREA",
    lambda c: on_first(c, dental=replace(c.lines[0].dental, oral_cavity=("50",))),
)
dental(
    "scaling without its quadrant",
    "N346",
    "DEN-QUADRANT",
    lambda c: on_first(c, procedure="D4341", dental=replace(c.lines[0].dental, teeth=())),
)
dental(
    "crown replaced, first one forgotten",
    "N41",
    "DEN-PROSTHESIS",
    lambda c: on_first(c, procedure="D2740", dental=replace(c.lines[0].dental, prosthesis="R", teeth=(Tooth(number="3"),))),
)
dental(
    "braces without their months",
    "N41",
    "DEN-BRACES",
    lambda c: on_first(c, procedure="D8080", dental=replace(c.lines[0].dental, teeth=())),
)


class Case(NamedTuple):
    """A clean claim and the same with one mistake."""

    kind: str  # of the claim
    mistake: Mistake
    clean: Claim
    clean_context: Context
    claim: Claim
    context: Context


def found_in(claim: Claim, context: Context, tables: Tables | None = None) -> list[Finding]:
    """All findings on a claim, those of its payer's own edits too; by the starter set unless other tables are given."""
    return scrub(claim, context, tables or starter(), edits_for(claim, context))


def case(number: int, seed: int) -> Case:
    """The case of a number: its mistake in turn, in the next clean claim that it can be made in."""
    chosen, rng = MISTAKES[number % len(MISTAKES)], Random(f"{seed} {number}")
    while True:
        kind, claim, context = clean(rng)
        spoilt = chosen.make(claim, context, rng)
        if spoilt is not None and spoilt != (claim, context):
            return Case(kind, chosen, claim, context, *spoilt)


import dirty_around  # noqa: E402, F401  lists more mistakes with the tools above
import dirty_codes  # noqa: E402, F401
import dirty_limits  # noqa: E402, F401
import dirty_rare  # noqa: E402, F401
import dirty_rejections  # noqa: E402, F401
