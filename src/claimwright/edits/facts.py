"""What a claim has. Most claims have no modifier, no history, no drug: the edits of what is not there need not run.

An edit says what it needs, `needs="visit, -24/-25"`: each part must be there, of alternatives one. A need is no judgment: where
it is missing the edit could find nothing, which a test holds against every claim it can make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from itertools import compress

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import icd10cm, reference
from claimwright.codesets.diagnosis_limits import ages_of, sex_of
from claimwright.codesets.drug_units import drug_units
from claimwright.codesets.procedure_limits import limits_of
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.scopes import scope_of
from claimwright.codesets.sites import site_elsewhere
from claimwright.codesets.tables import Tables
from claimwright.codesets.unlisted import is_unlisted
from claimwright.edits import anesthesia, drugs, medicare, modifiers, notes, ordering, place, procedures, rides, visits, waste
from claimwright.edits.context import Context
from claimwright.edits.contradictions import DRUG_EFFECT, FOR_A_TUMOR, contradictable
from claimwright.edits.coverage import FILING
from claimwright.edits.diagnoses import FIRST_ONLY, coded_on, starts
from claimwright.edits.doubts import doubts
from claimwright.edits.facility_codes import other_codes
from claimwright.edits.facility_doubts import of_facility
from claimwright.edits.ncci import pairs_of

Facts = frozenset[str]
NOTHING: Facts = frozenset()
REMEMBERED = 32_768  # codes on their days


def facts_of(claim: Claim, context: Context, tables: Tables) -> Facts:
    """What a claim with at least one line has and what is known beside it."""
    known, lines, codes = _known(tables), claim.lines, claim.diagnoses
    on = claim.first_service
    found: list[Facts | str] = [_of_head(claim.filing_indicator, claim.responsibility, claim.frequency, claim.place_of_service)]
    found.append(tables.holds)
    found += doubts(claim, context, on)
    for line in lines:
        found.append(known.line(line.procedure, line.modifiers, line.first_service))
        if line.drug or line.place_of_service or line.ordering or line.referring or line.supervising or line.unit_basis == "MJ":
            found += _of_line(line)
    if claim.rendering is not None and known.of_group(claim.rendering.taxonomy, on):
        found.append("taxonomy of a group")
    if scope_of((claim.rendering or claim.billing).taxonomy) is not None:
        found.append("limited scope")
    coded = on
    if claim.form == "institutional":
        coded = coded_on(claim)
        found += of_facility(claim)
        if any(["diagnosis in doubt" in known.diagnosis(code, coded) for _, code in other_codes(claim)]):
            found.append("other diagnosis in doubt")
        found += [f"opps {tables.outpatient_status(line.procedure, line.first_service)}" for line in lines]
    for one in codes:
        found.append(known.diagnosis(one.code, coded))
    if len(lines) > 1:
        found.append("two lines")
        if next(pairs_of(claim, tables), None) is not None:
            found.append("pair")
        if len({line.procedure for line in lines}) < len(lines):
            found.append("several units")
    found += compress(_SAID, (
        len(codes) > 1, not claim.patient_is_subscriber, claim.other_payers, claim.related_cause, claim.accident_date,
        claim.onset, claim.last_menstrual_period, claim.admitted, claim.discharged, claim.referral_number,
        claim.payer_control_number, claim.referring or claim.supervising,
        context.history, context.corrects, context.coverage, context.provider_enrolments, context.usual_charges, context.batch,
    ))  # fmt: skip
    return _together(*found)


# What facts_of asks in this order of the claim and of what is known beside it.
_SAID = (
    "two diagnoses", "dependent", "other payer", "related cause", "accident",
    "onset", "last menstrual period", "admitted", "discharged", "referral",
    "payer control number", "asked by",
    "history", "corrects", "coverage", "enrolments", "usual charges", "batch",
)  # fmt: skip


@lru_cache(8192)  # most claims of a practice are made of the same few parts
def _together(*found: Facts | str) -> Facts:
    return _same(frozenset().union(*[{one} if isinstance(one, str) else one for one in found]))


@lru_cache(REMEMBERED)
def _same(facts: Facts) -> Facts:
    """Equal facts as one object, which is told from others at a glance."""
    return facts


def _of_line(line: ServiceLine) -> Iterator[Facts | str]:
    """What a line brings that few lines have."""
    if line.unit_basis == "MJ":
        yield "minutes"
    if line.drug:
        yield "ndc"
    if line.ordering or line.referring or line.supervising:
        yield "asked by"
    if line.place_of_service:
        yield _of_place(line.place_of_service)


@lru_cache(4096)
def _of_head(filing: str, responsibility: str, frequency: str, place_of_service: str) -> Facts:
    found = {f"filed {filing}"} if filing in FILING else {f"filed {filing}", "filing in doubt"}
    if responsibility != "P":
        found.add("later payer")
    if frequency != "1":
        found.add("not original")
    return frozenset(found | _of_place(place_of_service))


@lru_cache(1024)
def _of_place(code: str) -> Facts:
    return frozenset({f"at {code}"} if reference.place_of_service(code) else {f"at {code}", "place in doubt"})


class _Known:
    """What codes bring to a claim by one set of tables, remembered by code and day."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.line: Callable[[str, tuple[str, ...], date], Facts] = lru_cache(REMEMBERED)(self._line)
        self.diagnosis: Callable[[str, date], Facts] = lru_cache(REMEMBERED)(self._diagnosis)
        self.of_group: Callable[[str, date], bool] = lru_cache(1024)(self._of_group)
        self.ruled = _ruled(tables)

    def _line(self, code: str, of_line: tuple[str, ...], on: date) -> Facts:
        """What a procedure and its modifiers bring."""
        tables, found = self.tables, {f"-{one}" for one in of_line}
        if of_line:
            found.add("modifier")
            found.update(["two modifiers"] if len(of_line) > 1 else [])
            found.update(["modifier in doubt"] if self._in_doubt(of_line, on) else [])
            found.update(["digit"] if not notes.DIGITS.keys().isdisjoint(of_line) else [])
            found.update(["site elsewhere"] if any(site_elsewhere(code, one) for one in of_line) else [])
        ever, now = tables.known_procedure(code), tables.procedure(code, on)
        if ever is None or now is None or not procedures.SHAPE.fullmatch(code):
            found.add("code in doubt")
        for one in (ever, now):
            found |= _of_procedure(one) if one else NOTHING
        found |= self.ruled.get(code, NOTHING)
        if tables.add_on(code, on):
            found.add("add-on")
        return _same(frozenset(found | _of_number(code)))

    def _in_doubt(self, of_line: tuple[str, ...], on: date) -> bool:
        """Whether modifiers are not all in the table and in force, each once, four at most."""
        if len(of_line) > 4 or len(set(of_line)) < len(of_line) or not all(modifiers.TWO.fullmatch(one) for one in of_line):
            return True
        held = [self.tables.known_modifier(one) for one in of_line]
        return not all(one is not None and one.period.covers(on) for one in held)

    def _of_group(self, taxonomy: str, on: date) -> bool:
        """Whether a taxonomy is of organizations."""
        found = self.tables.taxonomy(taxonomy, on)
        return found is not None and not found.person

    def _diagnosis(self, code: str, on: date) -> Facts:
        """What a diagnosis brings."""
        held = self.tables.diagnosis(code, on)
        seventh = icd10cm.needs_seventh(code)
        facts = {
            "diagnosis in doubt": held is None or not held.billable or seventh or not self.tables.known_diagnosis(code),
            "diagnosis of an age": ages_of(code) is not None,
            "diagnosis of a sex": bool(sex_of(code)),
            "manifestation": icd10cm.is_manifestation(code),
            "external cause": icd10cm.is_external_cause(code),
            "side open": icd10cm.laterality(code) == "U",
            "sequela": icd10cm.plain(code)[6:] == "S",
            "contradictable": contradictable(code),
            "effect of a drug": DRUG_EFFECT.match(icd10cm.plain(code)) is not None,
            "treatment of a tumor": starts(code, FOR_A_TUMOR),
            "first only": starts(code, FIRST_ONLY),
            "body mass": starts(code, ("Z68",)),
            "injury": starts(code, ("S", "T", "M80", "M84")),
            "pregnancy": starts(code, ("O",)),
            "code first": notes.causes(code) is not None,
            "use additional": bool(notes.additions(code)),
            "added only": starts(code, notes.ADDED_ONLY),
        }
        return _same(frozenset(fact for fact, value in facts.items() if value))


def _ruled(tables: Tables) -> dict[str, set[str]]:
    """What procedures bring by the rules of necessity and frequency that speak of them."""
    found: dict[str, set[str]] = {}
    for need in tables.necessity:
        for code in need.procedures:
            found.setdefault(code, set()).add(f"necessity {need.sense}")
    for rule in tables.frequency:
        facts = {"covered so often": True, "covered units": rule.units, "covered at an age": rule.ages}
        for code in rule.procedures:
            found.setdefault(code, set()).update(fact for fact, value in facts.items() if value)
    return found


def _of_procedure(one: Procedure) -> Facts:
    """What a known procedure brings by its indicators."""
    facts = {
        one.service_kind: True,
        f"status {one.status}": one.status in {"I", "N", "B", "P", "T"},
        "visit": one.is_visit,
        "unlisted": one.unlisted,
        "sided": one.bilateral in {"1", "3"},
        "two parts": one.pc_tc == "1",
        "technical only": one.pc_tc == "3",
        "whole test": one.pc_tc == "4",
        "hospital's part": one.pc_tc in {"3", "5", "7"},
        "facility only": one.facility_only,
        "waived": one.waived,
    }
    return frozenset(fact for fact, value in facts.items() if value)


@lru_cache(REMEMBERED)
def _of_number(code: str) -> Facts:
    """What a procedure's number brings, whatever the tables know of it."""
    facts = {
        "procedure of an age": any(limit.ages and limit.by == "definition" for limit in limits_of(code)),
        "vaccine of an age": any(limit.by == "license" for limit in limits_of(code)),
        "procedure of a sex": any(limit.sex for limit in limits_of(code)),
        "anesthesia": anesthesia.CODE.fullmatch(code),
        "therapy": medicare.ALWAYS_THERAPY.fullmatch(code),
        "chiropractic": code.startswith("9894"),
        "equipment": ordering.EQUIPMENT.fullmatch(code),
        "single dose": code in waste.SINGLE_DOSE,
        "dosed": code in drug_units(),
        "J code": code.startswith("J"),
        "laboratory": code.startswith("8"),
        "ride": rides.RIDE.fullmatch(code),
        "vaccine": drugs.is_vaccine(code),
        "giving a vaccine": code in drugs.GIVING_VACCINE,
        "giving a drug": drugs.GIVEN.fullmatch(code),
        "dental code": code.startswith("D"),
        "Medicare's visit": code in visits.OF_MEDICARE,
        "kit": code in modifiers.KITS,
        "new patient": visits.NEW_PATIENT.fullmatch(code),
        "visit of a place": any(codes.fullmatch(code) for codes, _, _ in place.ONLY_AT),
        "hospital's code": place.OF_HOSPITALS_ONLY.fullmatch(code) or place.DEVICE_OR_DRUG.fullmatch(code),
        "G2211": code == "G2211",
        "unlisted": is_unlisted(code),
        "foot care": procedures.FOOT_CARE.fullmatch(code),
    }
    return frozenset(fact for fact, value in facts.items() if value)


_latest: list[_Known] = []


def _known(tables: Tables) -> _Known:
    """What is remembered of the tables asked last: a run asks the same ones."""
    if not _latest or _latest[0].tables is not tables:
        _latest[:] = [_Known(tables)]
    return _latest[0]
