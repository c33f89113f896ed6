"""Drugs and vaccines: product and administration belong together, and the NDC where it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import pointed, starts
from claimwright.edits.others import others
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line

GIVING_VACCINE = frozenset({"90460", "90471", "90473", "90480", "G0008", "G0009", "G0010"})
FURTHER = frozenset({"90461", "90472", "90474"})
GIVING_DRUG = re.compile(
    r"963[67]\d|64[4-5]\d\d|20(526|55[0-3]|6[01]\d)|119(00|8[1-3])|5830[01]|94640|9640\d|9641\d|6232\d|J7.*|11976"
)
VACCINE = re.compile(r"90(47[6-9]|4[89]\d|[56]\d\d|7[0-5]\d)|913\d\d|Q203[4-9]")
GIVEN = re.compile(r"9636[5-9]|9637[0-57]|9640[1-9]|9641[0-7]|9642[05]")
"""Injections and infusions of a drug; hydration (96360) needs none."""
PRODUCT = re.compile(r"J\d|Q\d|C9|S0[01]|A9[56]|9028|903[0-9]\d")
FOR_A_VACCINE = ("Z23", "Z00", "Z02", "Z20", "Z29", "O", "S", "T", "W")
"""To prevent, at an examination, after an exposure, in pregnancy, for a wound or a bite."""
OF_PART_D = re.compile(r"905(87|89)|906(19|2[013567]|32|49|5[01]|75|7[89]|83|9[016])|907(0[027]|1[03-7]|3[3468]|50)")
"""Vaccines that only Part D pays for prevention: zoster, RSV, tetanus, hepatitis A, HPV, measles, meningitis, travel ..."""
HURT_OR_EXPOSED = ("S", "T", "W", "Z20")
NO_PAYMENT = frozenset({"GA", "GX", "GY", "GZ"})
MEDICARE_ADMINISTRATION = {
    "G0008": "9065 9066 90672 90673 9068 Q203",
    "G0009": "90670 90671 90677 90684 90732",
    "G0010": "9073 9074 90759",
}


def is_vaccine(code: str) -> bool:
    """Whether a code is a vaccine itself, not its administration."""
    return VACCINE.fullmatch(code) is not None and code not in GIVING_VACCINE


def is_drug(code: str) -> bool:
    """Whether a code is a drug, a biological or a vaccine: what has a package with an NDC."""
    return re.match(r"J\d|Q5\d|C9\d", code) is not None or is_vaccine(code)


@edit(
    "IMM-ADMINISTRATION",
    WARN,
    since=date(2011, 1, 1),
    cites="CPT instruction at 90460-90474: report product and administration",
    element="SV101-2",
    needs="vaccine",
)
def vaccine_without_administration(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A vaccine goes with its administration, else that work is not paid."""
    given = {line.procedure for line in claim.lines}
    for line in claim.lines:
        if is_vaccine(line.procedure) and not given & GIVING_VACCINE:
            yield on_line(
                line, f"{line.procedure} is billed without giving it.", "Add the administration (90471, 90460, G0008 ...)."
            )


@edit(
    "IMM-PRODUCT",
    WARN,
    since=date(2011, 1, 1),
    cites="CPT instruction at 90460-90474: report product and administration",
    element="SV101-2",
    needs="giving a vaccine",
)
def administration_without_vaccine(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Giving a vaccine goes with the vaccine, also where the state supplied it free."""
    if not any(is_vaccine(line.procedure) for line in claim.lines):
        for line in claim.lines:
            if line.procedure in GIVING_VACCINE:
                yield on_line(
                    line,
                    f"{line.procedure} is billed without the vaccine.",
                    "Add the vaccine; with modifier SL and no charge if the state supplied it.",
                )


@edit(
    "IMM-MEDICARE",
    DENY,
    cites="Claims Processing Manual 18, 10.2.1",
    element="SV101-2",
    needs="filed MB, vaccine, giving a vaccine",
)
def medicare_administration(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Giving flu, pneumonia and hepatitis B vaccines to a Medicare patient has its own codes."""
    given = {line.procedure for line in claim.lines}
    if claim.filing_indicator != "MB" or "90471" not in given:
        return
    for code, beginnings in MEDICARE_ADMINISTRATION.items():
        if code not in given and any(is_vaccine(one) and one.startswith(tuple(beginnings.split())) for one in given):
            yield on_claim(
                f"Medicare pays giving this vaccine as {code}, not 90471.", f"Replace 90471 by {code} with diagnosis Z23."
            )


@edit(
    "IMM-PART-D",
    DENY,
    since=date(2006, 1, 1),
    cites="Medicare Benefit Policy Manual 15, 50.4.4.2; 42 CFR 410.57; Social Security Act 1861(s)(10) and 1860D-2(e); CARC 96",
    element="SV101-2",
    needs="filed MB, vaccine",
)
def vaccine_of_part_d(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare Part B pays no other vaccines than flu, pneumonia, hepatitis B and COVID-19, but for an injury or exposure."""
    for line in claim.lines if claim.filing_indicator == "MB" else ():
        asked = OF_PART_D.fullmatch(line.procedure) and not NO_PAYMENT & set(line.modifiers)
        if asked and not any(starts(code, HURT_OR_EXPOSED) for code in pointed(claim, line.pointers)):
            yield on_line(
                line,
                f"Part B does not pay {line.procedure} without an injury or exposure; Part D does.",
                "Bill the patient's drug plan, or add GY for a denial; link the injury or exposure if that was the reason.",
            )


@edit(
    "DRUG-ADMINISTRATION", WARN, cites="Claims Processing Manual 17, 20; 42 CFR 410.26", element="SV101-2", needs="drug, J code"
)
def drug_without_administration(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An injected drug goes with the injection."""
    if any(GIVING_DRUG.match(line.procedure) for line in claim.lines if not line.procedure.startswith("J")):
        return
    for line in claim.lines:
        found = tables.known_procedure(line.procedure)
        if found and found.service_kind == "drug" and re.match(r"J[0-3]|J9", line.procedure):
            yield on_line(
                line, f"{line.procedure} is billed without the injection.", "Add how it was given, e.g. 96372 or 20610."
            )


@edit(
    "DRUG-PRODUCT",
    ADVISE,
    cites="CPT 96365-96425: the substance is specified; Claims Processing Manual 17, 10",
    element="SV101-2",
    needs="giving a drug",
)
def administration_without_drug(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An injection or infusion goes with the drug that was given, unless it cost the practice nothing."""
    known = [*claim.lines, *(done for _, done in others(claim, context))]
    days = {line.first_service for line in known if PRODUCT.match(line.procedure)}
    for line in claim.lines:
        if GIVEN.fullmatch(line.procedure) and line.first_service not in days:
            yield on_line(
                line,
                f"{line.procedure} is billed without a drug that day.",
                "Add the drug that was given; if the patient or a pharmacy brought it, name it on the line or send it so.",
            )


@edit(
    "IMM-REASON",
    WARN,
    since=date(2015, 10, 1),
    cites="ICD-10-CM Official Guidelines I.C.21.c.2 (Z23); CARC 11",
    element="SV107",
    needs="giving a vaccine",
)
def vaccine_for_an_illness(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Giving a vaccine points to Z23, or to the exposure, wound or bite after which it was given."""
    for line in claim.lines:
        codes = pointed(claim, line.pointers) if line.procedure in GIVING_VACCINE and line.procedure[0] != "G" else []
        if codes and not any(starts(code, FOR_A_VACCINE) for code in codes):
            yield on_line(
                line,
                f"{line.procedure} points to {', '.join(codes)}; most payers pay a vaccine for Z23 alone.",
                "Link Z23, or the exposure or injury that was the reason; the illness stays with its visit.",
            )


@edit(
    "DRUG-NDC",
    REJECT,
    since=date(2008, 1, 1),
    cites="Deficit Reduction Act 2005, 6002; 42 CFR 447.520; M119",
    element="LIN03",
    needs="filed MC, J code",
)
def ndc_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicaid asks for the NDC of every drug a physician gives."""
    for line in claim.lines:
        if claim.filing_indicator == "MC" and re.match(r"J[0-9]", line.procedure) and line.drug is None:
            yield on_line(
                line, f"{line.procedure} is a drug and Medicaid needs its NDC.", "Add NDC, quantity and unit from the vial."
            )


@edit("DRUG-NDC-SHAPE", REJECT, cites="837 TR3, LIN03: 5-4-2 digits; CTP04", element="LIN03", forms=ANY_FORM, needs="ndc")
def ndc_shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An NDC has eleven digits, and its quantity is more than zero."""
    for line in claim.lines:
        if line.drug and not re.fullmatch(r"\d{11}", line.drug.ndc):
            yield on_line(line, "The NDC does not have eleven digits.", "Fill each part with zeros to 5-4-2 digits, no dashes.")
        if line.drug and line.drug.quantity <= 0:
            yield on_line(line, "The drug's quantity is not more than zero.", "Enter the quantity given.", "CTP04")


DRUGS = (
    vaccine_without_administration,
    administration_without_vaccine,
    medicare_administration,
    vaccine_of_part_d,
    drug_without_administration,
    administration_without_drug,
    vaccine_for_an_illness,
    ndc_missing,
    ndc_shape,
)
