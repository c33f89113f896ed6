"""Services that go by their minutes: counseling, psychotherapy, therapy by the eight-minute rule, care of a month."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from claimwright.coding.acts import (
    DONE,
    HISTORIES,
    NEVER,
    NUMBERS,
    Act,
    hits_of,
    number,
    performed,
    services,
    unread,
    words_of,
)
from claimwright.coding.case import Case
from claimwright.coding.em_families import is_medicare
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue, rows

MINUTES = re.compile(r"\b(\d{1,3}|" + "|".join(NUMBERS[1:]) + r")[- ]?min(?:ute)?s?\b", re.I)
HOURS = re.compile(r"\b(\d|one|two|three|four)(?:\.(\d))? hours?\b", re.I)
NEAR = 4  # sentences in which the minutes of a service may follow
EIGHT = "Medicare Claims Processing Manual 5, 20.2: the day's timed minutes together, a unit for each 15 and for 8 more"
MOVED = "CPT chiropractic manipulation: one to two regions 98940, three to four 98941, five 98942"
REGION_COUNT = re.compile(r"\b(\d|one|two|three|four|five) (?:spinal )?regions?\b", re.I)
REGIONS = ("cervical", "thoracic", "lumbar", "sacral", "pelvic")
TALKED, MEDICAL = cue("timed.talked"), cue("timed.medical_beside")


class Timed(msgspec.Struct, frozen=True):
    """Codes by least minutes; beyond `after`, an add-on for each `every` minutes."""

    steps: tuple[tuple[int, str], ...]
    add_on: str
    after: int
    every: int
    medicare: str
    cites: str
    diagnoses: tuple[str, ...]  # without one of these nothing is counseled


@lru_cache(maxsize=1)
def table() -> dict[str, Timed]:
    """Timed services by the code of the table of services."""
    held = {}
    for key, steps, add_on, medicare, diagnoses, cites in rows("timed"):
        code, _, span = add_on.partition(" ")
        after, _, every = span.partition("+")
        ladder = tuple((int(step.split("=")[0]), step.split("=")[1]) for step in steps.split())
        held[key] = Timed(ladder, code, int(after or 0), int(every or 0), medicare, cites, tuple(diagnoses.split()))
    return held


def counseling(case: Case) -> list[Act]:
    """Counseling and care that a table of minutes decides; the minutes must be written with it."""
    acts: list[Act] = []
    told = case.keys("service")
    for key, timed in table().items():
        if key not in told:
            continue
        named = hits_of(case, "service", key)
        if timed.diagnoses and not case.known(*timed.diagnoses):
            continue
        for at, sentence, hit in named:
            if (sentence.section in HISTORIES and unread(case, sentence)) or (
                key == "99497" and not (performed(case, at, hit) or _talked(case.text(sentence)) or _talked_below(case, at))
            ):
                continue
            minutes, words = minutes_near(case, at, words_of(case, sentence, hit))
            found = _of_minutes(case, timed, minutes, words)
            if found:
                acts.extend(found)
                break
    return acts


LATER = re.compile(r"\b(?:declin\w+|will|next|planned|offered|schedul\w+|not)\b", re.I)


def _talked(text: str) -> bool:
    """A talk is done where its minutes are written: "advance care planning discussed for 20 minutes"."""
    return bool(MINUTES.search(text)) and not LATER.search(text)


def _talked_below(case: Case, at: int) -> bool:
    """A problem's title whose own sentences tell the talk and its minutes: "Advance care planning: voluntary ... 18 minutes"."""
    sentences = case.reading.note.sentences
    held = [case.text(sentences[one]) for one in case.reading.note.of_item(sentences[at].item)] if sentences[at].statement else []
    return any(MINUTES.search(text) for text in held) and not any(LATER.search(text) for text in held)


def minutes_near(case: Case, at: int, words: Evidence) -> tuple[int, list[Evidence]]:
    """The minutes in the sentence of a service or, where they are said of talking, soon after it."""
    sentences = case.reading.note.sentences
    for index in range(at, min(at + 2 * NEAR, len(sentences))):
        sentence, text = sentences[index], case.text(sentences[index])
        if index >= at + NEAR and not (sentence.item == sentences[at].item >= 0 and sentences[at].statement):
            break
        found = MINUTES.search(text)
        if found and (index == at or TALKED.search(text)):
            start = sentence.start + found.start()
            spot = case.reading.note.evidence(sentence.document, start, sentence.start + found.end())
            return number(found.group(1)), [words, spot]
    return 0, [words]


def _of_minutes(case: Case, timed: Timed, minutes: int, words: list[Evidence]) -> list[Act]:
    code = next((code for least, code in reversed(timed.steps) if minutes >= least), "")
    if not code:
        return []
    if timed.medicare and is_medicare(case):
        code = dict(pair.split("=") for pair in timed.medicare.split()).get(code, code)
    prefixes = timed.diagnoses or ("*",)
    acts = [Act(code, words, f"{minutes} minutes", prefixes, rules=[timed.cites], kind="counselling")]
    further = -(-(minutes - timed.after) // timed.every) if timed.add_on and minutes > timed.after else 0
    if further > 0:
        acts.append(
            Act(
                timed.add_on,
                words,
                f"beyond {timed.after} minutes",
                prefixes,
                units=further,
                rules=[timed.cites],
                kind="counselling",
            )
        )
    return acts


def psychotherapy(case: Case) -> list[Act]:
    """By its minutes; beside a visit of the same day by the add-on codes, where medical work is told apart from it."""
    for at, sentence, hit in hits_of(case, "service", "90832"):
        if sentence.section in NEVER:
            continue
        minutes, words = minutes_near(case, at, words_of(case, sentence, hit))
        if not minutes:
            minutes, words = _of_session(case, words)
        step = next((index for index, least in ((2, 53), (1, 38), (0, 16)) if minutes >= least), None)
        if step is None:
            continue
        told = " ".join(case.text(s) for _, s in case.sentences("assessment", "plan", "hpi", "other"))
        prescribes = any(case.reading.note.sentences[one].section in ("assessment", "plan") for one, _ in case.hits("drug"))
        beside = prescribes or cue("timed.medical_beside").search(told)
        code = (("90833", "90836", "90838") if beside else ("90832", "90834", "90837"))[step]
        rule = (
            "CPT psychotherapy: 16 to 37, 38 to 52, 53 minutes and more; add-on codes beside a visit with medical decision making"
        )
        return [Act(code, words, f"psychotherapy, {minutes} minutes", ("F", "Z63"), rules=[rule], kind="counselling")]
    return []


def _of_session(case: Case, words: list[Evidence]) -> tuple[int, list[Evidence]]:
    """The minutes that stand with the session's start and end rather than with what was done in it."""
    for _, sentence, found, spot in case.search(MINUTES):
        if SESSION.search(case.text(sentence)) and sentence.section not in NEVER:
            return number(found.group(1)), [*words, spot]
    return 0, words


SESSION = re.compile(r"\b(?:session|start(?:ed)?|stop|duration|length of|face[- ]to[- ]face|psychotherapy|therapy)\b", re.I)


def therapy(case: Case) -> list[Act]:
    """Timed therapy: units from all minutes of the day together, each service its full quarters first."""
    minutes: dict[str, int] = {}
    words: dict[str, list[Evidence]] = {}
    for key in ("97110", "97112", "97116", "97140", "97530", "97535", "97035", "97032"):
        for _, sentence, hit in hits_of(case, "service", key):
            if sentence.section in NEVER:
                continue
            after = case.text(sentence)[sentence.places[hit.last][1] - sentence.start :]
            before = case.text(sentence)[: sentence.places[hit.first][0] - sentence.start]
            found = MINUTES.search(after) or MINUTES.search(before)
            if found and key not in minutes:
                minutes[key] = number(found.group(1))
                words[key] = [words_of(case, sentence, hit)]
    acts = []
    for key, count in eight_minutes(minutes).items():
        service, why = services()[key], f"{services()[key].label or 'therapy'}, {minutes[key]} minutes"
        if count:
            acts.append(Act(key, words[key], why, service.prefixes, ["GP"], units=count, rules=[DONE, EIGHT], kind="therapy"))
    return acts


def eight_minutes(minutes: dict[str, int]) -> dict[str, int]:
    """Units of each timed service: full quarters, then by the largest rest until the day's total is reached."""
    total = (sum(minutes.values()) + 7) // 15
    units = {code: spent // 15 for code, spent in minutes.items()}
    rest = sorted(minutes, key=lambda code: (-(minutes[code] % 15), -minutes[code]))
    for code in rest:
        if sum(units.values()) < total and minutes[code] % 15:
            units[code] += 1
    return units


def manipulation(case: Case) -> list[Act]:
    """Chiropractic manipulation by the number of spinal regions; AT for active treatment where Medicare is named."""
    for at, sentence, hit in hits_of(case, "service", "98940"):
        if not performed(case, at, hit):
            continue
        text = " ".join(case.text(s) for s in case.reading.note.sentences[at : at + 2]).lower()
        told = REGION_COUNT.search(text)
        regions = number(told.group(1)) if told else sum(region in text for region in REGIONS)
        code = "98942" if regions >= 5 else "98941" if regions >= 3 else "98940"
        modifiers = ["AT"] if is_medicare(case) else []
        prefixes, why = services()["98940"].prefixes, f"{max(1, regions)} spinal region(s)"
        words = [words_of(case, sentence, hit)]
        return [Act(code, words, why, prefixes, modifiers, rules=[DONE, MOVED], kind="procedure")]
    return []
