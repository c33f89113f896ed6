"""Whether this payer covers this patient on this day, and in which order payers pay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, PROFESSIONAL, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.effective import age_on

FILING = frozenset(
    {"11", "12", "13", "14", "15", "16", "17", "AM", "BL", "CH", "CI", "DS"}
    | {"FI", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC", "ZZ"}
)
MSP_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
ORDER = {code: place for place, code in enumerate("PSTABCDEFGH", 1)}
"""The order in which payers pay (SBR01). U stands for an unknown place: after all that are known."""
_WORDS = "primary secondary tertiary fourth fifth sixth seventh eighth ninth tenth eleventh"
WORD = dict(zip(ORDER, _WORDS.split(), strict=True))
MEDICARE = frozenset({"MA", "MB"})


def place_of(responsibility: str) -> int:
    """A payer's place in the order; what is no code of the guide has none that is known."""
    return ORDER.get(responsibility, len(ORDER) + 1)


@edit("COV-DATES", DENY, cites="CARC 26 and 27", element="DTP*472", forms=ANY_FORM, needs="coverage")
def outside_coverage(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every day of service lies inside the patient's coverage."""
    if context.coverage is None:
        return
    period = context.coverage.period
    for line in claim.lines:
        if not (period.covers(line.first_service) and period.covers(line.through)):
            side = "before the coverage began" if line.first_service < period.start else "after the coverage ended"
            yield on_line(
                line,
                f"The service of {line.first_service} is {side}.",
                "Verify eligibility; bill the coverage of that day or the patient.",
            )


@edit("COV-PAYER", REJECT, cites="CARC 109", element="2010BB NM109", forms=ANY_FORM, needs="coverage")
def other_payer(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim goes to the payer of the coverage it bills."""
    if context.coverage and context.coverage.plan.payer.payer_id != claim.payer.payer_id:
        yield on_claim(
            f"The claim goes to payer {claim.payer.payer_id}, the coverage belongs to {context.coverage.plan.payer.payer_id}.",
            "Rebuild the claim from the right coverage.",
        )


@edit(
    "COV-PAYER-ID",
    REJECT,
    cites="837 TR3, 2010BB NM103 and NM109; claim status A7, 153",
    element="2010BB NM109",
    forms=ANY_FORM,
    needs="head in doubt",
)
def payer_unnamed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim names its payer, and the payer's number by which the clearinghouse finds the way."""
    if not claim.payer.payer_id.strip() or not claim.payer.name.strip():
        yield on_claim("The payer's name or number is missing.", "Choose the payer from the directory, with its number.")


@edit("COV-FILING", REJECT, cites="837 TR3, SBR09", element="SBR09", forms=ANY_FORM, needs="filing in doubt")
def filing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim filing indicator is a code of the guide."""
    if claim.filing_indicator not in FILING:
        yield on_claim(
            f"Claim filing indicator {claim.filing_indicator!r} is not a code of the guide.", "Set the plan's filing indicator."
        )


@edit("COV-FILING-PLAN", WARN, cites="837 TR3, SBR09", element="SBR09", forms=ANY_FORM, needs="coverage")
def filing_differs(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim filing indicator is the plan's."""
    if context.coverage and claim.filing_indicator != context.coverage.plan.filing_indicator:
        yield on_claim(
            f"The claim says {claim.filing_indicator}, the plan is filed as {context.coverage.plan.filing_indicator}.",
            "Rebuild the claim, or correct the plan.",
        )


@edit("COV-ORDER", REJECT, cites="837 TR3, SBR01; CARC 22", element="SBR01", forms=ANY_FORM, needs="coverage")
def order_differs(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim's place in the order of payers is that of the coverage."""
    if context.coverage and place_of(claim.responsibility) != context.coverage.order:
        own = WORD.get(claim.responsibility, "for a payer of unknown place")
        yield on_claim(
            f"The claim is {own}, the coverage is number {context.coverage.order} in the registration.",
            "Check which insurance pays first, and rebuild the claim.",
        )


@edit("COV-EARLIER-PAYER", REJECT, cites="837 TR3, 2320; MA04", element="2320 SBR01", forms=ANY_FORM, needs="later payer")
def earlier_payer_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A secondary claim names the primary payer, a tertiary claim both earlier ones, and so on."""
    if claim.responsibility not in ORDER:
        return
    named = {other.responsibility for other in claim.other_payers}
    for responsibility, place in ORDER.items():
        if place < ORDER[claim.responsibility] and responsibility not in named:
            yield on_claim(
                f"The claim is {WORD[claim.responsibility]} but does not name the {WORD[responsibility]} payer.",
                "Add the earlier payer and its decision.",
            )


@edit(
    "COV-SAME-ORDER",
    REJECT,
    cites="837 TR3, SBR01: each payer has its own place",
    element="2320 SBR01",
    forms=ANY_FORM,
    needs="other payer",
)
def same_place(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No two payers on the claim have the same place in the order."""
    places = [claim.responsibility, *(other.responsibility for other in claim.other_payers)]
    for place in sorted({one for one in places if one in ORDER and places.count(one) > 1}):
        yield on_claim(f"Two payers on the claim are {WORD[place]}.", "Put the payers in order: primary, secondary, tertiary.")


@edit(
    "COV-MSP-TYPE",
    REJECT,
    cites="837 TR3, SBR05; Medicare Secondary Payer Manual 3, 20",
    element="SBR05",
    forms=ANY_FORM,
    needs="later payer, filed MA/filed MB",
)
def msp_type(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """When Medicare is not first, the claim says why another payer is; a facility's by a value code."""
    own = claim.institutional
    said = {one.code for one in own.value_codes} if own else {claim.insurance_type}
    if claim.filing_indicator in MEDICARE and claim.responsibility != "P" and not MSP_TYPES & said:
        yield on_claim(
            "Medicare is second, but the claim does not say why (working aged, disabled, end-stage renal, accident ...).",
            "Set the insurance type (a facility: the value code), e.g. 12 working aged, 43 disabled, 13 end-stage renal disease,"
            " 15 workers' compensation.",
        )


@edit(
    "COV-MSP-AGE",
    WARN,
    since=date(1987, 1, 1),
    cites="42 CFR 411.172 and 411.206",
    element="SBR05",
    forms=ANY_FORM,
    needs="filed MA/filed MB",
)
def msp_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Working aged (12) is for 65 and over, disabled (43) for under 65."""
    if claim.filing_indicator not in MEDICARE or claim.patient.birth is None:
        return
    over = age_on(claim.patient.birth, claim.first_service) >= 65
    if (claim.insurance_type == "12" and not over) or (claim.insurance_type == "43" and over):
        yield on_claim(
            f"Insurance type {claim.insurance_type} does not fit the patient's age (12 from 65 on, 43 under 65).",
            "Ask the patient about the employer's plan, and correct the type.",
        )


@edit(
    "COV-MEDICAID-LAST",
    DENY,
    since=date(1986, 5, 12),
    cites="42 CFR 433.139: Medicaid is the payer of last resort",
    element="SBR01",
    forms=ANY_FORM,
    needs="other payer, filed MC",
)
def medicaid_last(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicaid pays after every other insurance."""
    if claim.filing_indicator == "MC" and any(
        place_of(other.responsibility) > place_of(claim.responsibility) for other in claim.other_payers
    ):
        yield on_claim("Medicaid is billed before another insurance.", "Bill the other insurance first, then Medicaid.")


@edit("COV-NOT-COVERED", DENY, cites="The plan's list of services not covered; CARC 204", element="SV101-2", needs="coverage")
def not_covered(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The plan covers the service."""
    for line in claim.lines:
        if context.coverage and line.procedure in context.coverage.plan.not_covered and not {"GY", "GX"} & set(line.modifiers):
            yield on_line(
                line,
                f"The plan does not cover {line.procedure}.",
                "Bill the patient if the practice told them before, or take the line off.",
            )


@edit(
    "COV-WORK",
    DENY,
    since=date(1966, 7, 1),
    cites="CARC 19; 42 CFR 411.40",
    element="CLM11",
    forms=ANY_FORM,
    needs="related cause",
)
def work_injury(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A work injury is billed to workers' compensation first."""
    if claim.related_cause == "EM" and claim.filing_indicator != "WC" and not claim.other_payers:
        yield on_claim(
            "The claim says the injury comes from work, but goes to a health plan.",
            "Bill workers' compensation, or take the work cause off if it is wrong.",
        )


@edit("COV-ACCIDENT", REJECT, cites="837 TR3, CLM11 and DTP*439", element="DTP*439", forms=ANY_FORM, needs="related cause")
def accident_details(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An accident has a date, a car accident also a state."""
    if claim.related_cause and claim.accident_date is None:
        yield on_claim(
            "The claim comes from an accident but has no accident date.", "Ask the patient for the date of the accident."
        )
    if claim.related_cause == "AA" and not claim.accident_state:
        yield on_claim(
            "A car accident needs the state in which it happened.", "Ask the patient for the state.", element="CLM11-4"
        )


@edit(
    "COV-INJURY",
    ADVISE,
    cites="CARC 20, 21 and 227: payers ask whether another insurer is liable",
    element="CLM11",
    needs="injury",
)
def injury_without_cause(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A new injury says whether it comes from a car, from work or from another accident."""
    new = [one.code for one in claim.diagnoses if one.code[:1] == "S" and icd10cm.plain(one.code)[6:] in {"A", "B"}]
    if new and not claim.related_cause and not any(icd10cm.is_external_cause(one.code) for one in claim.diagnoses):
        yield on_claim(
            f"{new[0]} is a new injury and the claim does not say how it happened; the payer may ask the patient first.",
            "Add the related cause or an external cause code if the note has it.",
        )


@edit(
    "COV-SIGNATURE",
    WARN,
    cites="837 TR3, CLM09 and CLM10; 45 CFR 164.506",
    element="CLM10",
    forms=ANY_FORM,
    needs="head in doubt",
)
def signature(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient's signature is on file."""
    if not claim.signature_on_file:
        yield on_claim(
            "No patient signature is on file.", "Have the patient sign at the next visit, and mark it in the registration."
        )


@edit("COV-MEMBER", DENY, cites="837 TR3, 2010BA NM109; CARC 31", element="2010BA NM109", forms=ANY_FORM, needs="coverage")
def other_member(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The member id on the claim is that of the coverage it bills."""
    held = context.coverage.insured.member_id if context.coverage else ""
    if held and claim.insured.member_id and held != claim.insured.member_id:
        yield on_claim("The claim's member id is not the one in the registration.", "Rebuild the claim from the coverage.")


@edit(
    "COV-CAR",
    WARN,
    since=date(1980, 12, 5),
    cites="42 CFR 411.50; CARC 20, 21: no-fault and liability insurance pay before",
    element="CLM11",
    forms=ANY_FORM,
    needs="related cause, filed MA/filed MB/filed 16/filed MC",
)
def car_accident(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A car accident is billed to the car's insurance before Medicare or Medicaid."""
    first = claim.responsibility == "P" and claim.filing_indicator in MEDICARE | {"16", "MC"}
    if claim.related_cause == "AA" and first and not claim.other_payers:
        yield on_claim(
            "The claim says a car accident, and names no car insurance.", "Bill that first, or say that there is none."
        )


OF_THE_CASE = {"WC": ("EM", "work"), "AM": ("AA", "a car accident")}
"""Insurers of work and cars: the related cause that their claims have, and in words."""


@edit(
    "COV-CASE",
    REJECT,
    cites="837 TR3, CLM11-1 and DTP*439; IAIABC companion guide, 837P 2300; claim status A7, 208",
    element="CLM11",
    forms=PROFESSIONAL | {"dental"},
    needs="filed WC/filed AM",
)
def cause_of_the_case(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A claim to the insurer of work or of a car says that it comes from there, and since when."""
    cause, words = OF_THE_CASE.get(claim.filing_indicator, ("", ""))
    if cause and claim.related_cause != cause:
        yield on_claim(
            f"The claim goes to the insurer of {words} and does not say that it comes from there.",
            f"Set the related cause ({cause}) and the date of the accident, or bill the health plan.",
        )


@edit(
    "COV-CASE-NUMBER",
    REJECT,
    cites="837 TR3, 2010BA and 2010CA REF*Y4: property and casualty claim number; IAIABC companion guide, 837P",
    element="2010BA REF*Y4",
    forms=ANY_FORM,
    needs="filed WC/filed AM",
)
def number_of_the_case(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A claim to the insurer of work or of a car names that insurer's claim number."""
    if claim.filing_indicator in OF_THE_CASE and not claim.property_casualty_number.strip():
        yield on_claim(
            "The insurer's claim number of the accident is missing.",
            "Ask the employer or the insurer for it; write UNKNOWN where none has been given yet.",
        )


COVERAGE = (
    cause_of_the_case,
    number_of_the_case,
    other_member,
    car_accident,
    outside_coverage,
    other_payer,
    payer_unnamed,
    filing,
    filing_differs,
    order_differs,
    earlier_payer_missing,
    same_place,
    msp_type,
    msp_age,
    medicaid_last,
    not_covered,
    work_injury,
    accident_details,
    injury_without_cause,
    signature,
)
