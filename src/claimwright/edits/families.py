"""The families of edits, in the order they run."""

from __future__ import annotations

from claimwright.edits.age_and_sex import AGE_AND_SEX
from claimwright.edits.anesthesia import ANESTHESIA
from claimwright.edits.articles import ARTICLES
from claimwright.edits.authorization import AUTHORIZATION
from claimwright.edits.contradictions import CONTRADICTIONS
from claimwright.edits.coordination import COORDINATION
from claimwright.edits.coverage import COVERAGE
from claimwright.edits.dates import DATES
from claimwright.edits.decisions import DECISIONS
from claimwright.edits.dental import DENTALS
from claimwright.edits.dental_fit import DENTAL_FIT
from claimwright.edits.diagnoses import DIAGNOSES
from claimwright.edits.distinct import DISTINCTION
from claimwright.edits.doses import DOSES
from claimwright.edits.drugs import DRUGS
from claimwright.edits.duplicates import DUPLICATES
from claimwright.edits.facility import FACILITIES
from claimwright.edits.facility_codes import FACILITY_CODES
from claimwright.edits.facility_diagnoses import FACILITY_DIAGNOSES
from claimwright.edits.facility_lines import FACILITY_LINES
from claimwright.edits.frequency import FREQUENCY
from claimwright.edits.identity import IDENTITY
from claimwright.edits.laboratory import LABORATORY
from claimwright.edits.lines import LINES
from claimwright.edits.medicare import MEDICARE_EDITS
from claimwright.edits.modifiers import MODIFIERS
from claimwright.edits.ncci import NCCI
from claimwright.edits.necessity import NECESSITY
from claimwright.edits.notes import NOTES
from claimwright.edits.ordering import ORDERING
from claimwright.edits.outpatient import OUTPATIENT
from claimwright.edits.place import PLACE
from claimwright.edits.procedures import PROCEDURES
from claimwright.edits.providers import PROVIDERS
from claimwright.edits.registered import REGISTERED
from claimwright.edits.registry import Edit
from claimwright.edits.resubmission import RESUBMISSION
from claimwright.edits.rides import RIDES
from claimwright.edits.scope import SCOPE
from claimwright.edits.sides import SIDE_MODIFIERS
from claimwright.edits.surgeons import SURGEONS
from claimwright.edits.surgery import SURGERY
from claimwright.edits.visit_modifiers import VISIT_MODIFIERS
from claimwright.edits.visits import VISITS
from claimwright.edits.waste import WASTE

FAMILIES: tuple[tuple[Edit, ...], ...] = (
    IDENTITY,
    COVERAGE,
    DATES,
    PROVIDERS,
    LABORATORY,
    REGISTERED,
    ORDERING,
    SCOPE,
    RIDES,
    DIAGNOSES,
    CONTRADICTIONS,
    NOTES,
    PROCEDURES,
    VISITS,
    AGE_AND_SEX,
    DRUGS,
    WASTE,
    DOSES,
    MODIFIERS,
    VISIT_MODIFIERS,
    SIDE_MODIFIERS,
    DISTINCTION,
    SURGERY,
    DECISIONS,
    SURGEONS,
    ANESTHESIA,
    MEDICARE_EDITS,
    NCCI,
    LINES,
    PLACE,
    FACILITIES,
    FACILITY_DIAGNOSES,
    FACILITY_CODES,
    FACILITY_LINES,
    OUTPATIENT,
    DENTALS,
    DENTAL_FIT,
    DUPLICATES,
    AUTHORIZATION,
    NECESSITY,
    FREQUENCY,
    ARTICLES,
    RESUBMISSION,
    COORDINATION,
)
