"""The office-visit level: problems, data and risk by the 2021/2023 table, two of three; or total time."""

from __future__ import annotations

from claimwright.coding.case import Case
from claimwright.coding.em_data import data
from claimwright.coding.em_problems import problems
from claimwright.coding.em_risk import risk
from claimwright.coding.em_table import from_elements, from_time
from claimwright.coding.model import EMLevel, Evidence
from claimwright.coding.tables import cue

GUIDE = "CPT E/M guidelines 2021/2023, levels of medical decision making: two of three elements"
TIME_GUIDE = "CPT E/M guidelines 2021/2023: total time on the date of the encounter"
TIME, NOT_TOTAL = cue("em.time"), cue("em.not_total")


def level_of(case: Case, treated: set[str], billed: set[str]) -> EMLevel:
    """Level of the visit; what a procedure of the same day already treats (`treated`) does not count."""
    columns = problems(case, treated), data(case, billed), risk(case)
    level = from_elements(*(column.level for column in columns))
    minutes, words = _minutes(case)
    facts = [fact for column in columns for fact in column.facts]
    timed = from_time(minutes, case.visit.new_patient) if minutes else 0
    by_time = minutes if timed > level else 0
    if by_time and words is not None:
        level = timed
        facts.append(("time", words))
    told = [column.words() for column in columns]
    return EMLevel(level=level, problems=told[0], data=told[1], risk=told[2], by_time=by_time, facts=tuple(facts))


def _minutes(case: Case) -> tuple[int, Evidence | None]:
    for _, sentence, found, words in case.search(TIME):
        if not NOT_TOTAL.search(case.text(sentence)) and sentence.section not in ("procedure", "hpi", "sh"):
            return int(found.group(1) or found.group(2)), words
    return 0, None
