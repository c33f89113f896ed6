"""The diagnoses of a facility's claim: with what the patient came, what was there at admission, what may be principal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets import mce
from claimwright.codesets.icd10cm import BEGAN
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import MOST_NAMED, coded_on
from claimwright.edits.facility import FACILITY, UNPLANNED, inpatient
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_claim

MCE = "CMS Definitions of Medicare Code Edits"
NOT_ADMITTING = re.compile(r"[VWXY]")
PRESENT = frozenset({"Y", "N", "U", "W"})
NO_PRESENCE = ("282NC0060", "282NC2000", "282E", "283Q", "283X", "281P", "284300000")
"""Taxonomies of hospitals that need not say it: critical access, children's, long-term, psychiatric, rehabilitation ..."""


@edit(
    "UB-ADMITTING",
    REJECT,
    cites="NUBC form locator 69; 837I TR3, HI*ABJ; MA65",
    element="HI01-2",
    forms=FACILITY,
    needs="admitting in doubt",
)
def admitting_diagnosis(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay says with what the patient came."""
    own = claim.institutional
    if inpatient(claim) and own and not own.admitting_diagnosis:
        yield on_claim("The admitting diagnosis is missing.", "Enter it as the admitting physician put it.")
    elif own and NOT_ADMITTING.match(own.admitting_diagnosis):
        yield on_claim("How it happened is no admitting diagnosis.", "Enter the injury.")


@edit(
    "UB-REASON",
    REJECT,
    cites="NUBC form locator 70; 837I TR3, HI*APR; MA64",
    element="HI01-2",
    forms=FACILITY,
    needs="no stay, unplanned",
)
def reason_for_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An unplanned outpatient visit says why the patient came."""
    own = claim.institutional
    unplanned = any(line.revenue_code[:3] in UNPLANNED for line in claim.lines)
    if (
        own
        and claim.bill_type in {"13", "85"}
        and claim.admission_type in {"1", "2", "5"}
        and unplanned
        and not own.reasons_for_visit
    ):
        yield on_claim("The patient's reason for the visit is missing.", "Enter its diagnosis, a symptom too.")


@edit(
    "UB-PRESENT",
    DENY,
    since=date(2011, 1, 1),
    cites="Deficit Reduction Act 2005, 5001(c); ICD-10-CM Official Guidelines appendix I; NUBC form locator 67; N434",
    element="HI01-9",
    forms=FACILITY,
    needs="hospital stay/presence said",
)
def present_on_admission(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every diagnosis of a hospital stay says whether it was there at admission, unless it is exempt."""
    given = [one.present_on_admission for one in claim.diagnoses]
    for one in claim.diagnoses:
        if one.present_on_admission and one.present_on_admission not in PRESENT:
            said = f"{one.code} was present on admission {one.present_on_admission!r}, which is not in the list."
            yield on_claim(said, "Use Y, N, U or W; leave it empty where the code is exempt (1 ended with version 4010).")
    if claim.bill_type != "11" or (not any(given) and claim.billing.taxonomy.startswith(NO_PRESENCE)):
        return
    on = coded_on(claim)
    silent = [one.code for one in claim.diagnoses if not one.present_on_admission and tables.needs_presence(one.code, on)]
    if silent:
        codes = ", ".join(silent[:MOST_NAMED]) + (" and others" if len(silent) > MOST_NAMED else "")
        does = "do" if len(silent) > 1 else "does"
        yield on_claim(
            f"{codes} {does} not say whether it was present on admission.", "Add Y, N, U or W: none of them is exempt."
        )


PRINCIPAL = (
    ("unacceptable", "says a circumstance, not why the patient was admitted", "Put the illness or injury first."),
    ("external", "says how it happened, not what", "Put the injury first."),
    ("manifestation", "shows another disease", "Put the disease before it."),
)


@edit(
    "UB-PRINCIPAL",
    REJECT,
    since=BEGAN,
    cites=f"{MCE}, unacceptable principal diagnosis; MA63",
    element="HI01-2",
    forms=FACILITY,
    needs="stay",
)
def principal(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The principal diagnosis of a stay is an illness or injury that can be one."""
    if inpatient(claim) and claim.diagnoses:
        code = claim.diagnoses[0].code
        held = mce.lists_of(code)
        for name, why, fix in PRINCIPAL:
            if name in held:
                yield on_claim(f"{code} {why}.", fix)
        if "needs-secondary" in held and len(claim.diagnoses) == 1:
            yield on_claim(f"{code} is only principal beside another diagnosis.", "Add what the patient was treated for.")


@edit(
    "UB-QUESTIONABLE",
    WARN,
    since=BEGAN,
    cites=f"{MCE}, questionable admission; CARC 150",
    element="HI01-2",
    forms=FACILITY,
    needs="stay",
)
def questionable(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Some diagnoses alone are seldom a reason for a stay."""
    if inpatient(claim) and claim.diagnoses and "questionable" in mce.lists_of(claim.diagnoses[0].code):
        yield on_claim(f"{claim.diagnoses[0].code} is seldom a reason to be admitted.", "Check that the stay was needed.")


@edit(
    "UB-UNSPECIFIED",
    DENY,
    since=mce.UNSPECIFIED_FROM,
    cites=f"{MCE}, unspecified code; CARC 16",
    element="HI01-2",
    forms=FACILITY,
    needs="stay",
)
def unspecified(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay's diagnosis names the side where the record can."""
    for one in claim.diagnoses if inpatient(claim) else ():
        if "unspecified" in mce.lists_of(one.code):
            yield on_claim(f"{one.code} leaves the side open.", "Name the side; else say in the claim note why it is unknown.")


FACILITY_DIAGNOSES = (
    admitting_diagnosis, reason_for_visit, present_on_admission, principal, questionable, unspecified,
)  # fmt: skip
