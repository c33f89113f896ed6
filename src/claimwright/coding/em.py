"""The level of a visit: problems, data and risk by the 2021/2023 table, two of three; or total time."""

from __future__ import annotations

from claimwright.coding.case import Case
from claimwright.coding.em_data import data
from claimwright.coding.em_families import level_by_time
from claimwright.coding.em_problems import problems
from claimwright.coding.em_risk import risk
from claimwright.coding.em_table import from_elements
from claimwright.coding.model import EMLevel, Evidence
from claimwright.coding.tables import cue

GUIDE = "CPT E/M guidelines 2021/2023, levels of medical decision making: two of three elements"
TIME_GUIDE = "CPT E/M guidelines 2021/2023: total time on the date of the encounter"
TIME, NOT_TOTAL = cue("em.time"), cue("em.not_total")
ACUTE = ("emergency", "hospital", "consultation hospital")  # families of hospital care, whose notes tell more of treatment
UNTIMED = frozenset({"procedure", "sh", "pmh", "ros"})


def level_of(case: Case, treated: set[str], billed: set[str], family: str = "office established") -> EMLevel:
    """Level of the visit; what a procedure of the same day already treats (`treated`) does not count."""
    acute = family.startswith(ACUTE)
    weighed = data(case, billed, acute=acute)
    tests = sum(name.startswith("test") for name, _ in weighed.facts) if acute else 0
    columns = problems(case, treated, tests), weighed, risk(case, acute=acute, emergency=family == "emergency")
    level = from_elements(*(column.level for column in columns))
    minutes, words = total_minutes(case)
    facts = [fact for column in columns for fact in column.facts]
    timed = level_by_time(family, minutes) if minutes else 0
    by_time = minutes if timed > level else 0
    if words is not None and (by_time or (timed == 5 and minutes)):
        level = timed
        by_time = minutes
        facts.append(("time", words))
    told = [column.words() for column in columns]
    return EMLevel(level=level, problems=told[0], data=told[1], risk=told[2], by_time=by_time, facts=tuple(facts))


def total_minutes(case: Case) -> tuple[int, Evidence | None]:
    """The total time on the date of the visit, as the note states it."""
    for _, sentence, found, words in case.search(TIME):
        if not NOT_TOTAL.search(case.text(sentence)) and sentence.section not in UNTIMED:
            return int(found.group(1) or found.group(2)), words
    return 0, None
