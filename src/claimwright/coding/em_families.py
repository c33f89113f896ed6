"""Which family of visits a note is of (office, hospital, emergency, home, nursing facility), and its code by level or time."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

import msgspec

from claimwright.coding.case import Case
from claimwright.coding.lines import OWN_REPORT
from claimwright.coding.model import EMLevel, Evidence
from claimwright.coding.tables import cue, rows

TITLES = (
    ("telehealth", cue("families.telehealth")),
    ("emergency", cue("families.emergency")),
    ("nursing", cue("families.nursing")),
    ("home", cue("families.home")),
    ("inpatient", cue("families.inpatient")),
)
INITIAL, DISCHARGE, SAME_DAY = cue("families.initial"), cue("families.discharge"), cue("families.same_day")
CONSULT, REPORT, MEDICARE = cue("families.consult"), cue("families.report"), cue("families.medicare")
NEW = cue("families.new")
OPERATION, REPORTED = cue("families.operation"), cue("families.procedure_report")
AUDIO, AT_HOME = cue("families.audio"), cue("families.at_home")
CONSULTATION = re.compile(r"\bconsult(?:ation)?(?: note| report| h&p)?\b(?! (?:pending|requested|ordered))", re.I)
FOLLOWING = cue("acute.following")
NOT_YET = cue("acute.not_yet")
TITLE = 240  # characters in which a note says what it is
LEVELS = ("", "", "straightforward", "low", "moderate", "high")


class Family(msgspec.Struct, frozen=True):
    """A family of visits: a code and least minutes for each level of decision making."""

    name: str
    codes: tuple[str, ...]
    minutes: tuple[int, ...]
    cites: str


@lru_cache(maxsize=1)
def families() -> dict[str, Family]:
    """The table of families by name."""
    return {
        name: Family(name, tuple(codes.split()), () if minutes == "-" else tuple(map(int, minutes.split())), cites)
        for name, codes, minutes, cites in rows("families")
    }


def code_of(family: str, level: int) -> str:
    """The code of a level 2..5 of decision making."""
    return families()[family].codes[level - 2]


def level_by_time(family: str, minutes: int) -> int:
    """The level 2..5 that total minutes reach (met or exceeded), 0 if too short or if time does not decide."""
    least = families()[family].minutes
    return max((level for level, need in enumerate(least, 2) if minutes >= need), default=0)


def tells_a_visit(case: Case) -> bool:
    """Whether any document is a visit's note: reports of laboratory, radiology, an operation or a procedure alone are none."""
    return any(
        document.kind not in ("laboratory", "radiology")
        and not (case.spots.somewhere(OPERATION) and OPERATION.search(_opening(document.text)))
        and not _procedure_alone(case, number)
        for number, document in enumerate(case.reading.note.documents)
    )


REPORT_TITLE = re.compile(r"\b(?:report|study|laboratory|procedure)\b", re.I)
VISITED = frozenset(("cc", "hpi", "ros", "exam", "plan", "assessment"))


def _procedure_alone(case: Case, number: int) -> bool:
    """A procedure's report without history, examination or plan: its own evaluation is in its payment (NCCI chapter 1, D)."""
    note = case.reading.note
    if OWN_REPORT.match(note.documents[number].text) and REPORT_TITLE.search(_opening(note.documents[number].text)):
        return True
    if not any(note.sentences[one].document == number for one in note.within("procedure")):
        return False
    told = {sentence.section for sentence in note.sentences if sentence.document == number} & VISITED
    opening = _opening(note.documents[number].text)
    titled = REPORTED.search(opening)
    return not told or (bool(titled) and told <= {"assessment", "plan"})


def setting_of(case: Case) -> str:
    """Where the visit took place: as the encounter has it; an office visit's note may call itself otherwise in its title."""
    if case.visit.setting != "office":
        return case.visit.setting
    if not case.setting:
        called = [(name, words) for name, words in TITLES if case.spots.somewhere(words)]
        title = title_of(case) if called else ""
        case.setting = next((name for name, words in called if words.search(title)), "office")
    return case.setting


def title_of(case: Case) -> str:
    documents = case.reading.note.documents
    return _opening(documents[0].text) if documents else ""


def _opening(text: str) -> str:
    """The first two lines that say something: what a document calls itself."""
    return "\n".join(islice((line for line in text[:TITLE].splitlines() if line.strip()), 2))


def family_of(case: Case, setting: str) -> str:
    """The family, or "discharge" and "nursing discharge", whose codes go by time alone."""
    new = case.visit.new_patient or says_new(case)
    if setting in ("office", "telehealth"):
        return "office new" if new else "office established"
    if setting == "home":
        return "home new" if new else "home established"
    if setting == "emergency":
        return "emergency"
    return _stay(case, "nursing" if setting == "nursing" else "hospital")


def _stay(case: Case, place: str) -> str:
    title = title_of(case)
    if place == "hospital" and first(case, SAME_DAY):
        return "hospital same day"
    if DISCHARGE.search(title) or _leaves(case):
        return "discharge" if place == "hospital" else "nursing discharge"
    titled = CONSULTATION.search(title) and not FOLLOWING.search(title)
    if place == "hospital" and (titled or first(case, CONSULT)) and not is_medicare(case):
        return "consultation hospital"
    if FOLLOWING.search(title) and not INITIAL.search(title.partition("\n")[0]):
        return f"{place} subsequent"
    begun = INITIAL.search(title) or first(case, INITIAL, "other", "cc", "hpi", "assessment", "plan")
    return f"{place} initial" if begun else f"{place} subsequent"


def _leaves(case: Case) -> bool:
    """Whether the patient is discharged by this visit, rather than to be discharged later."""
    said = case.search(DISCHARGE, "cc", "assessment", "plan")
    return any(not NOT_YET.search(case.text(sentence)) for _, sentence, _, _ in said)


def first(case: Case, words: re.Pattern[str], *sections: str) -> Evidence | None:
    """Where a wording first stands."""
    return next((evidence for *_, evidence in case.search(words, *sections)), None)


def says_new(case: Case) -> bool:
    """Whether the note itself calls the patient new to the practice."""
    return first(case, NEW, "cc", "hpi", "other", "assessment") is not None


def is_medicare(case: Case) -> bool:
    """Whether Medicare is known to cover the patient, or the note names it as what does."""
    return case.visit.medicare or first(case, MEDICARE) is not None


def modifiers_of(case: Case, setting: str) -> tuple[list[str], list[str]]:
    """Modifiers of how the visit was held, with their rules: 95 by video, 93 by telephone alone."""
    if setting != "telehealth":
        return [], []
    place = "10 (the patient at home)" if first(case, AT_HOME) else "02 (the patient elsewhere than at home)"
    where = f"place of service {place}; Medicare Claims Processing Manual 12, 190"
    if first(case, AUDIO):
        return ["93"], ["modifier 93: telehealth by telephone alone", where]
    return ["95"], ["modifier 95: live audio and video telehealth", where]


def consultation(case: Case, family: str, level: EMLevel) -> tuple[str, Evidence] | None:
    """The consultation code where request and report are written: for payers that take it (Medicare does not)."""
    asked = first(case, CONSULT, "cc", "hpi", "other", "assessment")
    if not family.startswith("office") or asked is None or first(case, REPORT) is None or is_medicare(case):
        return None
    return code_of("consultation office", level.level), asked
