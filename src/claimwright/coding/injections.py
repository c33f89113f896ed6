"""Drugs given, with units from the dose, and contraceptive devices put in."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache

from claimwright.coding.acts import (
    CONDITION,
    DONE,
    ELSEWHERE,
    HERE,
    NEVER,
    PERFORMED,
    PROCEDURE_LABELS,
    Act,
    happened,
    hits_of,
    other_day,
    performed,
    unread,
)
from claimwright.coding.case import Case
from claimwright.coding.describe import in_starter_set, label
from claimwright.coding.doses import DOSE, bare, dose_of, total
from claimwright.coding.em_families import is_medicare
from claimwright.coding.infusions import CLOCK, CONCURRENT, MUSCLE, VEIN, minutes_of, route_of
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, listed, rows

GIVEN = cue("injections.given")

HANDED = re.compile(
    r"\b(?:given|administered|injected)\b[^.]*\b(?:in (?:the )?(?:office|clinic)|today|left|right|deltoid|glute\w*|here)\b", re.I
)
PRESCRIBED = cue("injections.prescribed")
NEBULIZED = re.compile(r"nebuliz|\bneb\b|duoneb", re.I)


DrugRow = tuple[int, list[str], re.Pattern[str], str, str, str]


@lru_cache(maxsize=1)
def _drug_rows() -> dict[str, list[DrugRow]]:
    """The numbered rows of the table by their codes."""
    held: dict[str, list[DrugRow]] = {}
    for number, (codes, names, amount, measure, way, *_) in enumerate(rows("jcodes")):
        words = sorted(listed(names), key=len, reverse=True)
        pattern = re.compile(r"\b(?:" + "|".join(re.escape(w) for w in words) + r")\b", re.I)
        held.setdefault(codes, []).append((number, listed(codes), pattern, amount, measure, way))
    return held


@lru_cache(maxsize=1)
def _usual() -> dict[str, Decimal]:
    """The doses of brands that are sold in one."""
    told = [one.rpartition(" ") for row in rows("jcodes") if len(row) > 5 for one in listed(row[5])]
    return {name: Decimal(dose) for name, _, dose in told}


TIMES = re.compile(r"(?:[^.;\n]|\.(?=\d)){0,40}?\bx ?([2-4])\b", re.I)  # treatments one after another


def _beyond(codes: list[str]) -> str:
    """A code that the starter set does not hold at all is taken as it is; one that is not in force is not."""
    return "" if any(in_starter_set(one) for one in codes) else codes[0]


def drugs(case: Case) -> list[Act]:
    """Drugs given here, in billing units: the dose over what a unit stands for, rounded up."""
    acts: dict[str, Act] = {}
    taken: list[tuple[int, int]] = []
    wasted: list[Act] = []
    named = sorted(row for codes in case.keys("given") for row in _drug_rows()[codes])
    for _, codes, pattern, amount, measure, way in named:
        code = next((one for one in codes if label(one, case.visit.on)), "") or _beyond(codes)
        for at, sentence, found, words in case.search(pattern):
            spot = (at, found.start())
            if not code or code in acts or spot in taken or not _given(case, at, sentence, found, way):
                continue
            dose = bare(case.text(sentence), found, measure) or dose_of(case.text(sentence), found, measure)
            if dose is None:
                dose = dose_of(_near(case, at), None, measure) if way != "neb" else None
            if measure == "units" and (summed := total(case, sentence)):
                dose = summed
            if dose is None:
                dose = _usual().get(found.group().lower())
            if dose is None and measure != "dose":
                continue
            if way == "neb" and dose is not None and (times := TIMES.match(case.text(sentence), found.end())):
                dose *= int(times.group(1))
            taken.append(spot)
            if dose is not None and EACH_SIDE.search(case.text(sentence)):
                dose *= 2
            units = 1 if measure == "dose" or dose is None else max(1, math.ceil(dose / Decimal(amount)))
            why = f"{found.group()} given" + (
                f", {dose.normalize():f} {measure} at {amount} {measure} a unit" if dose is not None else ""
            )
            acts[code] = Act(
                code,
                [words],
                why,
                ("*",),
                units=units,
                rules=[DONE, f"{code}: units from the dose, rounded up"],
                kind=f"drug {way}",
            )
            _routed(case, acts[code], at, sentence, found, way)
            wasted.extend(_waste(case, acts[code], at, Decimal(amount) if measure != "dose" else Decimal(1), measure))
    if "J7620" in acts:
        acts.pop("J7613", None)
    return [*acts.values(), *wasted]


# a dose told of each of two joints
EACH_SIDE = re.compile(
    r"\b(?:both|bilateral\w*|b/?l|bilat)\b.*\b(?:each|per (?:knee|shoulder|hip|side|joint)|into each|apiece)\b"
    r"|\beach (?:knee|shoulder|hip|side)\b",
    re.I,
)

WASTED = re.compile(DOSE + r"[^.;]{0,30}\b(?:discarded|wasted|waste)\b|\b(?:discarded|wasted)[^.;]{0,20}?" + DOSE, re.I)
NO_WASTE = re.compile(r"\b(?:no|without|zero) (?:drug )?(?:waste|wastage|discarded)|\bnone (?:was )?(?:discarded|wasted)\b", re.I)
WASTE_RULE = "modifiers JW and JZ: discarded amount of a single-dose vial, or none; Medicare Claims Processing Manual 17, 40"


def _waste(case: Case, act: Act, at: int, amount: Decimal, measure: str) -> list[Act]:
    """What Medicare's patient left of a single-dose vial is a line of its own (JW); that nothing was left is said with JZ."""
    text = _near(case, at)
    if not (NO_WASTE.search(text) or WASTED.search(text)) and case.may(NO_WASTE):
        text = " ".join(case.text(s) for _, s in case.sentences("procedure"))  # told below the drug
    if not is_medicare(case):
        if NO_WASTE.search(text):
            act.rules.append("JZ where Medicare pays: nothing of the vial was discarded")
        return []
    if NO_WASTE.search(text):
        act.modifiers.append("JZ")
        act.rules.append(WASTE_RULE)
        return []
    found = WASTED.search(text)
    dose = dose_of(found.group(), None, measure) if found else None
    if dose is None:
        return []
    units = max(1, math.ceil(dose / amount))
    why = f"{dose.normalize():f} {measure} of the vial discarded"
    return [
        Act(act.code, list(act.evidence), why, act.prefixes, ["JW"], units=units, rules=[DONE, WASTE_RULE], kind="drug waste")
    ]


def _near(case: Case, at: int) -> str:
    return " ".join(case.text(s) for s in case.reading.note.sentences[at : at + 2])


# "here for scheduled Lupron 22.5 mg IM, given in the right gluteus"
GIVEN_AFTER = re.compile(
    r"(?<!be )\b(?:given|administered|injected|infused) (?:today|here|by me"
    r"|in(?:to)? (?:the )?(?:right|left|glut\w*|deltoid|arm|thigh|abdomen|office|clinic))\b"
    r"|\b(?:IM|SC|SQ|subq|subcut)\b[^.;]{0,20}\b(?:glut\w*|delt\w*|thigh|arm|abd\w*)\b",
    re.I,
)
CHANGED = re.compile(
    r"\b(?:increas|decreas|reduc|continu|resum|restart|titrat|taper|refill|prescrib)\w*\s+(?:\w+\s+){0,2}$|\bon\s+$", re.I
)
PUT_IN = re.compile(r"\b(?:IM|IV|SC|SQ|given (?:today|here|in)|administered|injected|infused|inject\w*|infusions?)\b")


def _given(case: Case, at: int, sentence: Sentence, found: re.Match[str], way: str) -> bool:
    text = case.text(sentence)
    if unread(case, sentence) or (sentence.section in ("hpi", "cc", "exam", "vitals") and not case.has(HANDED, at)):
        return False
    if not _told_given(case, at, sentence, found, way):
        return False
    first = sum(1 for start, _ in sentence.places if start < sentence.start + found.start())
    planned = ("planned",) if case.may(GIVEN_AFTER, at) and GIVEN_AFTER.search(text, found.end()) else ()
    if not happened(first, first, case.reading.scopes[at], planned):
        return False
    if other_day(case, at) or CONDITION.match(text[found.end() :]):
        return False
    # the longest of the wordings last, for few come so far
    return not (case.may(ELSEWHERE, at) and ELSEWHERE.search(text[: found.start()]))


def _told_given(case: Case, at: int, sentence: Sentence, found: re.Match[str], way: str) -> bool:
    """Whether the sentence says so of the drug, rather than that it is prescribed or swallowed."""
    text = case.text(sentence)

    def says(pattern: re.Pattern[str]) -> bool:
        return case.has(pattern, at) or (bool(sentence.heading) and pattern.search(sentence.heading) is not None)

    if (way == "told" or SWALLOWED.match(text, found.end())) and not (says(MUSCLE) or says(VEIN)):
        return False
    injected = way in ("any", "joint", "im") and INJECTED_TODAY.search(_labeled(sentence)) is not None
    given, in_vein = way != "neb" and (injected or says(GIVEN)), case.has(VEIN, at)
    reported = sentence.section == "procedure" or sentence.label in PROCEDURE_LABELS
    if not (given or in_vein or way == "neb" or reported):
        return False
    if CHANGED.search(text[: found.start()]) and not PUT_IN.search(text[found.end() :]):
        return False
    if way == "neb":
        return says(NEBULIZED) and (says(PERFORMED) or says(HERE) or sentence.section == "procedure")
    if reported:
        return given or not case.has(PRESCRIBED, at)
    if not given and not (in_vein and (says(PERFORMED) or minutes_of(text))):
        return False
    if (
        sentence.section in ("assessment", "plan")
        and (in_vein or way in ("chemo", "hormone"))
        and not (DONE_NOW.search(_labeled(sentence)) or CLOCK.search(text))
    ):
        return False
    told = injected or sentence.section not in ("assessment", "plan", "other") or case.has(AT_HAND, at)
    return told or not case.has(PRESCRIBED, at)


INJECTED_TODAY = re.compile(
    r"\b(?:inject\w*|inj|block|aspirat\w*)\b[^\n]{0,120}?\b(?:today|done|performed|given|tolerated|prep\w*|approach|sterile|consent)\b"
    r"[^\n]*?\d ?(?:mg|ml|cc)\b",
    re.I,
)


def _labeled(sentence: Sentence) -> str:
    """The sentence with what opens its line: "Procedure: ..."."""
    return sentence.source[sentence.source.rfind("\n", 0, sentence.start) + 1 : sentence.end]


SWALLOWED = re.compile(
    r"[^.;,\n]{0,25}\b(?:po|p\.o\.|odt|orally|oral|by mouth|tab\w*|caps\w*|sublingual\w*|SL|chew\w*|elixir|syrup|suspension)\b",
    re.I,
)
AT_HAND = re.compile(
    r"\b(?:given|administered|injected|infused|today|intramuscular\w*|deltoid|glut\w*|by (?:MA|RN|LPN|nurse|staff|me))\b"
    r"|\bIM\b(?!.*\b(?:monthly|weekly|every|q ?\d|daily|home))",
    re.I,
)
DONE_NOW = re.compile(
    r"\b(?:given|gave|administered|infused|injected|received|tolerated|push(?:ed)?|ran|today|procedure|treatment)\b", re.I
)


INTO_JOINT = ("20600", "20604", "20605", "20606", "20610", "20611", "20550", "20551", "20526", "20552", "20553")


def _routed(case: Case, act: Act, at: int, sentence: Sentence, found: re.Match[str], way: str) -> None:
    """How the drug went in: its own clause tells it, else the sentence, the heading, or what the section says of all."""
    text = case.text(sentence)
    starts = [sentence.places[hit.first][0] - sentence.start for hit in case.reading.hits["given"].get(at, ())]
    end = min((start for start in starts if start >= found.end()), default=len(text))
    only = not any(start < found.start() or start >= found.end() for start in starts)
    told = text if only else text[found.start() : end]
    act.drug = way if way in ("chemo", "hormone") else ""
    act.route, act.minutes = route_of(told, way)
    act.beside = bool(CONCURRENT.search(told))
    if not act.route:
        act.route, act.minutes = route_of(sentence.heading, "")
    if not act.route and way in ("im", "hormone"):
        section = " ".join(
            case.text(s) for s in case.reading.note.sentences if s.document == sentence.document and s.section == sentence.section
        )
        act.route = "im" if sentence.section == "procedure" or MUSCLE.search(section) else ""


# insertion -> devices by name: the device is supplied with it (HCPCS J codes, one each)
DEVICES = {
    "58300": (("J7298", "mirena"), ("J7297", "liletta"), ("J7300", "paragard"), ("J7301", "skyla"), ("J7296", "kyleena")),
    "11981": (("J7307", "nexplanon"),),
    "11983": (("J7307", "nexplanon"),),
}
DEVICE = re.compile(r"\b(?:mirena|liletta|paragard|skyla|kyleena|nexplanon)\b", re.I)
SUPPLIED_BY_PATIENT = re.compile(r"\b(?:patient|she) (?:brought|supplied|provided)|specialty pharmacy\b", re.I)


def devices(case: Case) -> list[Act]:
    """The contraceptive device put in today, unless the patient brought it."""
    found = [(s, match, words) for _, s, match, words in case.search(DEVICE) if s.section not in NEVER]
    if not found or any(SUPPLIED_BY_PATIENT.search(case.text(s)) for s, _, _ in found):
        return []
    for insertion, names in DEVICES.items():
        if not any(performed(case, at, hit) for at, _, hit in hits_of(case, "service", insertion)):
            continue
        for code, name in names:
            words = next((words for _, match, words in found if match.group().lower() == name), None)
            if words is not None:
                return [Act(code, [words], f"{name} supplied", ("Z30",), rules=[DONE], kind="device")]
    return []
