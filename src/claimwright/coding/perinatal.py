"""The first 28 days: diseases by the codes of chapter 16, prematurity by weight and weeks, what was ruled out (I.C.16)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import billable, is_symptom
from claimwright.coding.model import Evidence
from claimwright.coding.tables import listed, patterns

CHAPTER = "ICD-10-CM OCG I.C.16.a.1 (a newborn's disease is coded with chapter 16)"
RULED_OUT = "ICD-10-CM OCG I.C.16.b (suspected in a newborn and not found: Z05, unless a sign of it is coded)"
MEASURED = "ICD-10-CM OCG I.C.16.d, P07 note (prematurity by birth weight, then by completed weeks)"
LAST = 28  # days after which a disease is no longer a newborn's
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
AGE = re.compile(
    r"\b(\d{1,3})[- ]?(d|w|m|y)(?:ays?|eeks?|k|ks|onths?|o|os|ears?|r)?(?:[- ]old\b|[- ]?/o\b)"
    r"|\b(?:day of life|DOL)\s*#?\s*(\d{1,3})\b",
    re.I,
)
NOW = re.compile(
    r"\b(?<!former )(?<!ex )(?:newborn|neonat\w+|nursery|NICU|infants? of (?:\w+ ){0,2}?diabetic|IDM"
    r"|birth ?weight|photo-?therapy|bili-?(?:lights?|blankets?)"
    r"|born (?:today|yesterday|this (?:morning|admission))|(?:pre)?term (?:male|female|infant))\b",
    re.I,
)
GESTATIONAL = re.compile(r"(?<!no )(?<!not )\b(?:gestational diabetes|GDM)\b", re.I)
EXCLUDED = re.compile(
    r"\b(?:observ\w+|evaluat\w+|monitor\w*|watched|rule[- ]?out|r/o|suspected|suspicion|concern|work-?up|possible)\b[^.;]{0,60}"
    r"\b(?:ruled out|not found|excluded|(?:was|were|is|are|cultures?) negative|unremarkable|not (?:confirmed|present))\b"
    r"|\b(?:ruled out|excluded)\b",
    re.I,
)
WEEKS = re.compile(r"\b(\d\d)(?:\s*(?:\+|and|&)?\s*\d/7|\+\d)?[- ]*(?:w(?:ee)?ks?\b|weekers?\b|w\b|w\d)", re.I)
PRETERM = re.compile(r"\b(?:pre-?term|premature)\b(?! (?:labor|rupture|contractions|deliver|birth))", re.I)
CORRECTED = re.compile(r"\b(?:corrected|CGA|PMA|post-?menstrual|now|at|mother|in)\b[^.;]{0,12}$", re.I)
AT_BIRTH = re.compile(
    r"\b(?:birth ?weight|BW|born weighing|weighed)\b\D{0,20}(?:(?P<amount>\d[\d.,]{0,5})\s*(?P<unit>kg|kilo\w*|g|gms?|grams?)\b"
    r"|(?P<pounds>\d{1,2})\s*(?:lbs?|pounds?)\W*(?:(?P<ounces>\d{1,2})\s*(?:oz|ounces?))?)",
    re.I,
)
GRAMS = re.compile(r"(?<!today )(?<!now )\b(\d[\d,]{2,4})\s*(?:g|gms?|grams?)\b(?!\s*/)", re.I)
# below these grams: the last digit of P05.0, P05.1 and, from its 4th on, of P07.1, before of P07.0
STEPS = (500, 750, 1000, 1250, 1500, 1750, 2000, 2500)
GRAVE = 3  # of those are extremely low
EXTREME = 28  # weeks below which the newborn is extremely immature


def perinatal(case: Case) -> None:
    """What is found in a newborn by the codes of its age."""
    if case.age != 0 or not _newborn(case):
        return
    for codes, code, words in _turned():
        for candidate in case.main(*codes):
            if words is None or any(words.search(case.text(case.mention_at(m))) for m in candidate.mentions):
                case.replace(candidate, code, "a disease of the newborn", CHAPTER)
    for mother in case.main("P70.1"):
        if next(case.search(GESTATIONAL), None) is not None:
            case.replace(mother, "P70.0", "the mother's diabetes came with the pregnancy", CHAPTER)
    if case.main("P70.0", "P70.1"):
        for candidate in case.main("P70.3", "P70.4"):
            case.drop(candidate, "part of what the mother's diabetes did")
    _measured(case)
    if case.main("P07"):
        for jaundice in case.main("P59.9"):
            case.replace(jaundice, "P59.0", "jaundice of a preterm newborn", CHAPTER)
    _ruled_out(case)


def _newborn(case: Case) -> bool:
    """Whether the patient is in the first 28 days, as an age that is told or else the words for it say."""
    for _, _, found, _ in case.search(AGE):
        return int(found[1] or found[3]) * DAYS[(found[2] or "d").lower()] <= LAST
    return bool(case.main("Z38", "Z00.11", "P")) or next(case.search(NOW), None) is not None


@lru_cache(maxsize=1)
def _turned() -> list[tuple[tuple[str, ...], str, re.Pattern[str] | None]]:
    return [(codes, code, words) for found, codes, code, words in _table() if found != "ruled out"]


@lru_cache(maxsize=1)
def _table() -> list[tuple[str, tuple[str, ...], str, re.Pattern[str] | None]]:
    found = []
    for codes, told in patterns("perinatal"):
        code, _, words = told.partition(" | ")
        found.append((codes, tuple(listed(codes)), code, re.compile(words, re.I) if words else None))
    return found


# --- prematurity


def _measured(case: Case) -> None:
    """Where prematurity or a low weight is diagnosed, its codes by the weight and the weeks that the record tells."""
    small = case.main("P07.0", "P07.1", "P05.0", "P05.1")
    early = case.main("P07.3", "P07.2") or _preterm(case)
    for candidate in [c for c in early if c.code in ("P07.30", "P07.20")]:
        weeks, _ = _weeks(case, candidate)
        if weeks:
            case.replace(candidate, week_code(weeks), f"{weeks} completed weeks", MEASURED)
    if not early and not small:
        return
    grams, words = _grams(case, [*early, *small])
    if words is None or not grams:
        return
    light = [c for c in small if c.code.startswith("P05")]
    first = (light or small or case.main("P07.3", "P07.2"))[0]
    code = weight_code(grams, first.code[:5] if light else "P07")
    if billable(code, case.visit.on):
        for vague in [c for c in small if c.code in ("P07.00", "P07.10", "P05.00", "P05.10") and c.code != code]:
            case.drop(vague, f"{code} says it more exactly")
        case.add(
            code,
            [words],
            max(first.score, 0.86),
            min(c.order for c in [*early, *small]) - 0.0001,
            f"{grams} g at birth",
            MEASURED,
        )


def _preterm(case: Case) -> list[Candidate]:
    """The bare word with the weeks: "Late preterm, 35+4 weeks"."""
    for number, sentence, _, words in case.search(PRETERM, "assessment", "impression"):
        if sentence.statement and WEEKS.search(case.text(sentence)):
            return [case.add("P07.30", [words], 0.85, float(number), "born before 37 weeks", MEASURED)]
    return []


def week_code(weeks: int) -> str:
    """P07.2 and P07.3 by completed weeks."""
    if weeks < EXTREME:
        return "P07.21" if weeks < 23 else f"P07.2{weeks - 21}"
    return f"P07.3{weeks - 27}"


def weight_code(grams: int, stem: str) -> str:
    """P05.0, P05.1 or P07 by the weight at birth; nothing where it is not low and the stem P07."""
    step = next((number for number, below in enumerate(STEPS, 1) if grams < below), 9)
    if stem != "P07":
        return f"{stem}{step}"
    return "" if step > len(STEPS) else f"P07.{0 if step <= GRAVE else 1}{step}"


def _weeks(case: Case, candidate: Candidate) -> tuple[int, Evidence | None]:
    """The completed weeks at birth below 37: of the diagnosis' own sentence, else of any."""
    own = {m.sentence for m in candidate.mentions}
    told = [
        (number not in own, int(found[1]), words)
        for number, sentence, found, words in case.search(WEEKS)
        if 20 <= int(found[1]) < 37 and not CORRECTED.search(case.text(sentence)[: found.start()])
    ]
    if not told:
        return 0, None
    _, weeks, words = min(told, key=lambda one: one[0])
    return weeks, words


def _grams(case: Case, found: list[Candidate]) -> tuple[int, Evidence | None]:
    """The weight at birth: by its name anywhere, or bare in the sentence of the diagnosis."""
    own = {m.sentence for c in found for m in c.mentions}
    for _, _, told, words in case.search(AT_BIRTH):
        if told["pounds"]:
            return round((int(told["pounds"]) * 16 + int(told["ounces"] or 0)) * 28.3495), words
        amount = float(told["amount"].rstrip(".,").replace(",", ""))
        return round(amount * 1000 if told["unit"][0] in "kK" else amount), words
    for number, _, told, words in case.search(GRAMS):
        if number in own:
            return int(told[1].replace(",", "")), words
    return 0, None


# --- ruled out


def _ruled_out(case: Case) -> None:
    """A disease the newborn was watched for and does not have, where no sign of it is coded (I.C.16.b)."""
    if case.main("Z05") or any(is_symptom(c.code) or c.code.startswith(SICK) for c in case.main()):
        return
    for _, sentence, _, words in case.search(EXCLUDED, "assessment", "impression", "plan"):
        text = case.text(sentence)
        for found, _, code, what in _table():
            if found == "ruled out" and what is not None and re.search(rf"\b(?:{what.pattern})\b", text, re.I):
                case.add(code, [words], 0.8, 50.0, "watched for, and ruled out", RULED_OUT)
                return


SICK = ("P22.8", "P22.9", "P28", "P36", "P39", "P81", "P90", "P92", "A4", "P80", "P29")
