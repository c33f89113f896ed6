"""What a payer's claim system denies by policy: codes of the day, age and sex, modifiers, reasons for a service, included days.

Written from the payers' published rules and the tables alone, without the practice's own edits: what an edit misses is denied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from claimwright.adjudication.model import Refusal
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import icd10cm
from claimwright.codesets.diagnosis_limits import ages_of, names_its_age, sex_of
from claimwright.codesets.procedure_limits import limits_on
from claimwright.codesets.tables import Tables
from claimwright.effective import age_on

# CPT, definitions of the modifiers: what belongs to procedures or sets services apart is not for a visit.
_NOT_ON_VISITS: Final = frozenset({"22", "53", "58", "59", "76", "77", "78", "79", "XE", "XP", "XS", "XU"})
_NOT_ON_OFFICE_VISITS: Final = _NOT_ON_VISITS | {"52"}
_INCLUDED: Final = {"010": timedelta(days=10), "090": timedelta(days=90)}  # global days of the fee schedule
_VISIT_APART: Final = frozenset({"24", "25", "57"})
_PROCEDURE_APART: Final = frozenset({"58", "78", "79"})
_NEW: Final = re.compile(r"9920[2-5]|9938[1-7]|9934[1-5]")  # CPT: visits of new patients
_THREE_YEARS: Final = timedelta(days=3 * 365)
_NOTICE: Final = frozenset({"GA", "GX", "GY", "GZ"})
Check = Callable[[Claim, ServiceLine, Sequence[Claim], Tables], Refusal | None]


def policy_refusals(claim: Claim, others: Sequence[Claim], tables: Tables) -> dict[int, Refusal]:
    """Refused lines by number, each by the first policy it breaks. `others`: what the member was decided before."""
    if refusal := _first_diagnosis(claim):
        return {line.number: refusal for line in claim.lines}
    found = ((line.number, check(claim, line, others, tables)) for line in claim.lines for check in reversed(_CHECKS))
    return {number: refusal for number, refusal in found if refusal}


def _first_diagnosis(claim: Claim) -> Refusal | None:
    """Manifestations, external causes and body mass index never come first (Official Guidelines I.A.13, I.B.14, I.C.20)."""
    code = claim.diagnoses[0].code if claim.diagnoses else ""
    if not (icd10cm.is_manifestation(code) or icd10cm.is_external_cause(code) or code.startswith("Z68")):
        return None
    why = f"{code} cannot be the first diagnosis."
    return Refusal(group="CO", reason="16", why=why, remarks=("MA63",))


def _codes_of_the_day(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    if tables.known_procedure(line.procedure) and tables.procedure(line.procedure, line.first_service) is None:
        why = f"{line.procedure} was not in force on {line.first_service}."
        return Refusal(group="CO", reason="181", why=why, remarks=("M51",))
    for code in _pointed(claim, line):
        known = tables.diagnosis(code, line.first_service)
        if known is None or not known.billable:
            why = f"{code} was not a complete code on {line.first_service}."
            return Refusal(group="CO", reason="146", why=why, remarks=("M76",))
    return None


def _age_and_sex(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    birth, sex = claim.patient.birth, claim.patient.sex
    age = age_on(birth, line.first_service) if birth else None
    told = "KX" in line.modifiers or (claim.institutional is not None and "45" in claim.institutional.condition_codes)
    for limit in limits_on(line.procedure, line.first_service):
        if birth and limit.by == "definition" and not limit.of_age(birth, line.first_service):
            return Refusal(group="CO", reason="6", why=f"{line.procedure} is for another age.", remarks=("N129",))
        if limit.sex and sex not in (limit.sex, "U") and not told:
            return Refusal(group="CO", reason="7", why=f"{line.procedure} is for the other sex.")
    for code in _pointed(claim, line):
        ages = ages_of(code) if claim.form == "institutional" or names_its_age(code) else None
        if ages and age is not None and not ages[0] <= age <= ages[1]:
            return Refusal(group="CO", reason="9", why=f"{code} is for another age.")
        if sex_of(code) and sex not in (sex_of(code), "U") and not told:
            return Refusal(group="CO", reason="10", why=f"{code} is for the other sex.")
    return None


def _modifiers(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    known = tables.procedure(line.procedure, line.first_service)
    if known is None or not known.is_visit:
        return None
    wrong = sorted((_NOT_ON_OFFICE_VISITS if known.service_kind == "office" else _NOT_ON_VISITS) & set(line.modifiers))
    why = f"Modifier {wrong[0]} does not go with a visit." if wrong else ""
    return Refusal(group="CO", reason="4", why=why, remarks=("N519",)) if wrong else None


def _reason_for_it(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    """The coverage rules by diagnosis, and the coverage articles where they were imported (42 CFR 411.15(k))."""
    codes = [icd10cm.plain(code) for code in _pointed(claim, line)]
    if not codes or _NOTICE & set(line.modifiers):
        return None
    for rule in tables.necessity:
        if line.procedure not in rule.procedures or not rule.period.covers(line.first_service):
            continue
        if rule.filing and claim.filing_indicator not in rule.filing:
            continue
        listed = [code.startswith(tuple(map(icd10cm.plain, rule.diagnoses))) for code in codes]
        if all(listed) if rule.sense == "not" else not any(listed):
            return Refusal(group="CO", reason="11", why=f"The diagnoses do not support {line.procedure}: {rule.why}.")
    return None


def _new_patient(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    if not _NEW.fullmatch(line.procedure):
        return None
    for other in others:
        since = line.first_service - other.first_service
        if other.billing.npi == claim.billing.npi and timedelta(0) < since < _THREE_YEARS:
            return Refusal(group="CO", reason="B16", why="The practice saw this patient within three years.")
    return None


def _included_days(claim: Claim, line: ServiceLine, others: Sequence[Claim], tables: Tables) -> Refusal | None:
    """Care within the days included in an earlier procedure of the same practice (Claims Processing Manual 12, 40.1)."""
    known = tables.procedure(line.procedure, line.first_service)
    surgical = known is not None and known.service_kind == "procedure" and known.global_days in ("000", "010", "090")
    apart = _VISIT_APART if known and known.is_visit else _PROCEDURE_APART
    if known is None or not (known.is_visit or surgical) or apart & set(line.modifiers):
        return None
    for other in others:
        for done in other.lines if other.billing.npi == claim.billing.npi else ():
            before = tables.procedure(done.procedure, done.first_service)
            days = _INCLUDED.get(before.global_days) if before else None
            if days and timedelta(0) < line.first_service - done.first_service <= days:
                why = f"Included in {done.procedure} of {done.first_service}."
                return Refusal(group="CO", reason="97", why=why, remarks=("N525",))
    return None


def _pointed(claim: Claim, line: ServiceLine) -> list[str]:
    """The diagnoses that a line points to."""
    return [claim.diagnoses[place - 1].code for place in line.pointers if 1 <= place <= len(claim.diagnoses)]


_CHECKS: Final[tuple[Check, ...]] = (_codes_of_the_day, _age_and_sex, _modifiers, _new_patient, _included_days, _reason_for_it)
