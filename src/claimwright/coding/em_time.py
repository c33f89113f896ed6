"""Visits that go by time alone or stand for a level: critical care, discharge, newborn, transitional care; and what time adds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.coding.acts import Act, number
from claimwright.coding.case import Case
from claimwright.coding.em_families import first, is_medicare, level_by_time, title_of
from claimwright.coding.model import EMLevel, Evidence
from claimwright.coding.postop import NOT_GLOBAL, within_global
from claimwright.coding.tables import cue
from claimwright.coding.visits import problems_of

CRITICAL_TIME = cue("time.critical_minutes")
DISCHARGE_TIME = cue("time.discharge_minutes")
NEWBORN_SAME_DAY, NEWBORN_FIRST = cue("time.newborn_same_day"), cue("time.newborn_first")
TRANSITION, CONTACT = cue("time.transition"), cue("time.contact")
DAYS_SINCE = cue("time.days_since_discharge")
MORE_THAN_30 = cue("acute.longer")
GLOBAL = cue("time.global")
LONGITUDINAL = cue("time.longitudinal")
MANUAL_CRITICAL = "CPT critical care: 99291 for 30 to 74 minutes, 99292 each further 30; Claims Processing Manual 12, 30.6.12"
MANUAL_DISCHARGE = "CPT hospital discharge day: 99238 up to 30 minutes, 99239 more; Claims Processing Manual 12, 30.6.9.2"
NURSING_DISCHARGE = "CPT nursing facility discharge: 99315 up to 30 minutes, 99316 more; Claims Processing Manual 12, 30.6.13"
BARE_TIME, SURGEON, OPERATED = cue("time.bare"), cue("time.surgeon"), cue("time.operated")
LINE = re.compile(r"[^\n]*\b(?:discharg|d/?c\b|spent|total time)[^\n]*\bmin[^\n]*", re.I)
HIGH = re.compile(r"\bhigh[- ]complexity\b|\bhigh complexity (?:medical decision|MDM)", re.I)
STATED = re.compile(r"\b(?:moderate|high)(?: to high)?[- ]complexity\b", re.I)
TRANSITIONAL = (
    "CPT transitional care: contact within two business days; 99496 high complexity within 7 days, 99495 moderate within 14; "
    "Medicare Claims Processing Manual 12, 30.6"
)
NEWBORN = "CPT newborn care: 99460 first day, 99462 later day, 99463 admitted and discharged on one date"
CRITICAL = re.compile(r"\bcrit(?:ical)? care|\bCC time|\bCCT\b", re.I)  # of which few notes tell
POSTOPERATIVE = re.compile(r"\b(?:POD|post-?op(?:erative)? day|PPD|postpartum day) ?#?\d", re.I)
ROUNDING = re.compile(r"\b(?:ortho|gyn|ob|ent|cts|ct surgery|trauma|spine|podiatry)\b", re.I)
AFTERCARE = "CPT surgical package: follow-up within the global period is 99024, not paid; Claims Processing Manual 12, 40"
CARE = "HCPCS G2211: the continuing focal point for all care, or for one serious or complex condition; MPFS final rule CY 2024"
# family -> minutes of its highest level, CPT prolonged code, Medicare's own code with the minutes at which it begins
PROLONGED = {
    "office new": (60, "99417", "G2212", 89),
    "office established": (40, "99417", "G2212", 69),
    "home new": (75, "99417", "G0318", 141),
    "home established": (60, "99417", "G0318", 112),
    "hospital initial": (75, "99418", "G0316", 105),
    "hospital subsequent": (50, "99418", "G0316", 80),
    "hospital same day": (85, "99418", "G0316", 125),
    "nursing initial": (50, "99418", "G0317", 95),
    "nursing subsequent": (45, "99418", "G0317", 85),
}


def instead(case: Case, setting: str, family: str, level: EMLevel) -> list[Act]:
    """What stands in the place of a visit by level; nothing if the level decides."""
    return (
        critical_care(case, setting)
        or newborn(case, setting, family)
        or discharge_day(case, family)
        or transitional(case, setting, level)
        or aftercare(case)
    )


def critical_care(case: Case, setting: str) -> list[Act]:
    """99291 once 30 minutes of critical care are written, 99292 each further half hour; Medicare asks the half hour whole."""
    if setting in ("telehealth", "home") or not case.may(CRITICAL):
        return []
    for _, sentence, found, words in case.search(CRITICAL_TIME):
        minutes = number(found.group(1) or found.group(2))
        if minutes < 30 or sentence.section in ("pmh", "fh", "instructions"):
            continue
        further = (minutes - 74) // 30 if is_medicare(case) else max(0, -(-(minutes - 74) // 30))
        acts = [Act("99291", [words], f"critical care, {minutes} minutes", ("*",), rules=[MANUAL_CRITICAL], kind="visit")]
        if further > 0:
            why = "critical care, each further 30 minutes"
            acts.append(Act("99292", [words], why, ("*",), units=further, rules=[MANUAL_CRITICAL], kind="visit"))
        return acts
    return []


def discharge_day(case: Case, family: str) -> list[Act]:
    """99238 or 99239 from hospital, 99315 or 99316 from a nursing facility; more than 30 minutes must be written."""
    if family not in ("discharge", "nursing discharge"):
        return []
    if family == "discharge" and _after_own_operation(case):
        return []
    minutes, words = 0, case.reading.note.evidence(0, 0, 0)
    for told, found, evidence in _discharge_times(case):
        minutes, words = number(found.group(1) or found.group(2)), evidence
        if minutes == 30 and MORE_THAN_30.search(told):
            minutes = 31
        break
    short, long = ("99238", "99239") if family == "discharge" else ("99315", "99316")
    told = f"{minutes} minutes" if minutes else "more than 30 minutes are not written"
    rule = MANUAL_DISCHARGE if family == "discharge" else NURSING_DISCHARGE
    evidence_of = [words] if words.end else _title(case)
    return [Act(long if minutes > 30 else short, evidence_of, f"discharge day, {told}", ("*",), rules=[rule], kind="visit")]


def _discharge_times(case: Case) -> Iterator[tuple[str, re.Match[str], Evidence]]:
    """The minutes of the discharge with the words around them: of a sentence, else of a line that its colon divides."""
    for _, sentence, found, evidence in case.search(DISCHARGE_TIME):
        yield case.text(sentence), found, evidence
    for place, document in enumerate(case.reading.note.documents):
        for line in LINE.finditer(document.text):
            if told := DISCHARGE_TIME.search(line.group()):
                start = line.start()
                yield line.group(), told, case.reading.note.evidence(place, start + told.start(), start + told.end())
        for bare in BARE_TIME.finditer(document.text):
            yield bare.group(), bare, case.reading.note.evidence(place, bare.start(2), bare.end())


def _after_own_operation(case: Case) -> bool:
    """The surgeon's own discharge after the operation of the stay: part of its payment (CPT surgical package)."""
    if not SURGEON.search(title_of(case)):
        return False
    return any(OPERATED.search(document.text) for document in case.reading.note.documents)


def newborn(case: Case, setting: str, family: str) -> list[Act]:
    """Care of a normal newborn in the hospital."""
    born = case.main("Z38")
    if setting != "inpatient" or not born or any(c.code[0] == "P" for c in problems_of(case)) or family == "discharge":
        return []
    evidence = born[0].evidence[:1]
    if first(case, NEWBORN_SAME_DAY):
        code, why = "99463", "normal newborn, admitted and discharged on one date"
    elif family == "hospital initial" or first(case, NEWBORN_FIRST):
        code, why = "99460", "normal newborn, first day"
    else:
        code, why = "99462", "normal newborn, later day"
    return [Act(code, evidence, why, ("Z38",), rules=[NEWBORN], kind="visit")]


def transitional(case: Case, setting: str, level: EMLevel) -> list[Act]:
    """99495 or 99496, only where the contact within two business days and the days since discharge are written."""
    called = first(case, TRANSITION)
    if called is None or setting not in ("office", "home", "telehealth") or (level.level < 4 and first(case, STATED) is None):
        return []
    left = next(_dated(case, LEFT_ON), None)
    spoken = next(((on, words) for on, words in _dated(case, CALLED_ON) if left and 0 <= business_days(left[0], on) <= 2), None)
    contact = first(case, CONTACT) or (spoken[1] if spoken else None)
    if contact is None:
        return []
    told = [(number(found.group(1) or found.group(2)), words) for *_, found, words in case.search(DAYS_SINCE)]
    for days, words in told or ([((case.visit.on - left[0]).days, left[1])] if left else []):
        high = level.level == 5 or first(case, HIGH) is not None
        code = "99496" if high and days <= 7 else "99495" if days <= 14 else ""
        if code:
            why = f"transitional care, {days} days after discharge, contact within two business days"
            return [Act(code, [called, contact, words], why, ("*",), rules=[TRANSITIONAL], kind="visit")]
    return []


LEFT_ON, CALLED_ON = cue("time.left_on"), cue("time.called_on")


def _dated(case: Case, words: re.Pattern[str]) -> Iterator[tuple[date, Evidence]]:
    """Days of the last year that a wording tells as month and day."""
    for *_, found, evidence in case.search(words):
        month, day, on = int(found.group(1)), int(found.group(2)), case.visit.on
        try:
            told = date(on.year, month, day)
            yield (told if told <= on else date(on.year - 1, month, day)), evidence
        except ValueError:
            continue


def business_days(start: date, end: date) -> int:
    """Weekdays after the first day up to the last; holidays are not known."""
    return sum((start + timedelta(one)).weekday() < 5 for one in range(1, (end - start).days + 1)) if end >= start else -1


def aftercare(case: Case) -> list[Act]:
    """99024 where the note says that the visit lies within the global period of the surgery."""
    words = first(case, GLOBAL) or within_global(case)
    if words is not None and NOT_GLOBAL.search(case.reading.note.documents[words.document].text):
        return []
    return (
        [Act("99024", [words], "follow-up within the global period", ("Z48", "Z47", "Z09", "*"), rules=[AFTERCARE], kind="visit")]
        if words
        else []
    )


def rounds_after_own_operation(case: Case) -> bool:
    """The surgeon's visit on a day after the operation: part of its payment (CPT surgical package)."""
    title = title_of(case) if case.visit.setting == "inpatient" else ""
    return bool(POSTOPERATIVE.search(title)) and bool(SURGEON.search(title) or ROUNDING.search(title))


def prolonged(case: Case, family: str, level: EMLevel) -> list[Act]:
    """Each further quarter of an hour beyond the highest level, when time decided the level."""
    if family not in PROLONGED or not level.by_time or level_by_time(family, level.by_time) < 5:
        return []
    most, code, medicare, begins = PROLONGED[family]
    minutes = level.by_time
    words = next(words for name, words in level.facts if name == "time")
    if is_medicare(case):
        code, units = medicare, 1 + (minutes - begins) // 15 if minutes >= begins else 0
        rule = f"HCPCS {code}: from {begins} minutes, each 15 (Medicare Claims Processing Manual 12, 30.6.15)"
    else:
        units, rule = (minutes - most) // 15, f"CPT {code}: each full 15 minutes beyond the {most} of the highest level"
    return (
        [Act(code, [words], f"{minutes} minutes of total time", ("*",), units=units, rules=[rule], kind="visit add-on")]
        if units > 0
        else []
    )


def continuing(case: Case, family: str, modifiers: list[str]) -> list[Act]:
    """G2211 for Medicare where the note tells of the continuing relation; not beside 25."""
    words = first(case, LONGITUDINAL) if family.startswith("office") and "25" not in modifiers else None
    if words is None or not is_medicare(case):
        return []
    return [Act("G2211", [words], "continuing care of all or of a serious condition", ("*",), rules=[CARE], kind="visit add-on")]


def _title(case: Case) -> list[Evidence]:
    sentences = case.reading.note.sentences
    return [case.reading.note.evidence(one.document, one.start, one.end) for one in sentences[:1]]
