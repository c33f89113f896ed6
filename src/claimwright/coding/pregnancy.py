"""Pregnancy: chapter 15 first, the trimester, the weeks, and the diseases it makes its own (Guidelines I.C.15, I.C.21.c.11)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.assertion import standing
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import billable, description
from claimwright.coding.model import Evidence
from claimwright.coding.tables import listed, rows

PRIORITY = "ICD-10-CM OCG I.C.15.a.1 (chapter 15 has priority)"
TRIMESTER = "ICD-10-CM OCG I.C.15.a.3 (trimester)"
WEEKS = "ICD-10-CM OCG I.C.21.c.11 (Z3A weeks of gestation)"
INCIDENTAL = "ICD-10-CM OCG I.C.15.a.1 (pregnancy incidental to the visit)"
TOLD = re.compile(
    r"\b(\d{1,2})(?:\s*(?:and|\+|w|w\s*)?\s*\d(?:/7)?(?:\s*d(?:ays?)?)?)?[- ]*(?:weeks?|wks?)\b|\b(\d{1,2})w\d?d?\b", re.I
)
PREGNANT = re.compile(
    r"\b(?:pregnan\w+|gestation\w*|gravid\w*|prenatal|IUP|obstetric"
    r"|G\d{1,2}[ ,]?P\d{1,4}\b[^.;]{0,30}?\b\d{1,2}(?:w\d?d?| ?weeks?))\b",
    re.I,
)
# PREGNANT has one of these; a pattern that begins with one letter is several times quicker than one of both cases
WORDED, PARITY = re.compile(r"pregnan|gestation|gravid|prenatal|IUP|obstetric", re.I), (re.compile(r"G\d"), re.compile(r"g\d"))
NOT_NOW = re.compile(
    r"\b(?:not pregnant|no pregnancy|negative pregnancy|pregnancy test|denies pregnancy|postpartum|prior pregnanc\w+"
    r"|previous pregnanc\w+|history of (?:\w+ )?pregnanc\w+|avoid pregnancy|plan\w* (?:a )?pregnancy|pregnancy prevention"
    r"|history of gestational|prior gestational|ectopic pregnancy ruled out|when pregnant|during (?:her )?pregnancies)\b",
    re.I,
)
GRAVIDA = re.compile(r"\bG ?(\d{1,2}) ?,?P ?\d|\bgravida (\d{1,2})\b", re.I)
INCIDENT = re.compile(r"\bpregnancy (?:is )?incidental\b|\bincidental(?:ly)? pregnan\w+|\bpregnant state,? incidental\b", re.I)
ABORTIVE = ("O00", "O01", "O02", "O03", "O04", "O07", "O08", "Z33.2", "Z39", "Z32", "O90", "O91", "O92", "F53")


@lru_cache(maxsize=1)
def _turned() -> list[tuple[tuple[str, ...], str, bool]]:
    return [(tuple(listed(codes)), stem, keeps == "keeps") for codes, stem, keeps in rows("pregnancy")]


def pregnant(case: Case) -> None:
    """Codes of the pregnancy with its trimester and weeks."""
    words = _told(case)
    own = [c for c in case.main("O", "Z34", "Z33.1") if not c.code.startswith(("O00", "O08"))]
    if words is None and not own:
        return
    weeks, at = weeks_of(case, SAID_IN, has_own=bool(own), alone=words is not None)
    incidental = next((found for *_, found in case.search(INCIDENT)), None)
    if words is not None and incidental is not None:
        case.add("Z33.1", [incidental], 0.9, 8_000.0, "the provider calls the pregnancy incidental", INCIDENTAL)
        return
    if words is not None and case.visit.sex != "M":
        _turn(case, weeks)
        _elderly(case)
    for candidate in case.main("Z34.9"):  # of the first or another pregnancy, as gravidity tells
        told = next((found for *_, found, _ in case.search(GRAVIDA)), None)
        if told is not None:
            digit = "0" if (told[1] or told[2]) == "1" else "8"
            case.replace(candidate, candidate.code[:4] + digit + candidate.code[5:], f"the note says {told.group(0)}", PRIORITY)
    for candidate in case.main("O", "Z34"):
        _trimester(case, candidate, weeks)
    coded = [c for c in case.main("O", "Z34") if not c.code.startswith(ABORTIVE)]
    if weeks is not None and at is not None and coded:
        case.add(week_code(weeks), [at], 0.86, 8_500.0, f"{weeks} weeks of gestation", WEEKS)


SAID_IN = ("assessment", "hpi", "cc", "other", "exam", "impression")
BEFORE_IT = re.compile(r"\b(?:no|not|never|denies|if|wife|sister)\b[^.;]{0,25}$", re.I)
BEHIND_IT = re.compile(
    r"\W*(?:test )?(?:is |was |were |has been |have been )?(?:all )?(?:excluded|ruled out|negative|denied|unlikely)\b", re.I
)


def _told(case: Case) -> Evidence | None:
    """Words that say the patient is pregnant now."""
    if not case.may(WORDED) and not any(letter.search(one.text) for one in case.reading.note.documents for letter in PARITY):
        return None
    for _, sentence, _, words in case.search(PREGNANT, "assessment", "cc", "hpi", "impression", "other"):
        text = case.text(sentence)
        before, after = text[: words.start - sentence.start], text[words.end - sentence.start :]
        if not (NOT_NOW.search(text) or BEFORE_IT.search(before) or BEHIND_IT.match(after)):
            return words
    return None


def week_code(weeks: int) -> str:
    """Z3A of the completed weeks."""
    return "Z3A.01" if weeks < 8 else "Z3A.49" if weeks > 42 else f"Z3A.{weeks:02}"


ALONE = re.compile(r"\W*(?:now |at |currently )?[\dw+/]+(?: ?d)?[- ]*(?:weeks?|wks?)?(?: today| now)?\W*", re.I)


def weeks_of(case: Case, sections: tuple[str, ...], *, has_own: bool, alone: bool = False) -> tuple[int | None, Evidence | None]:
    """The completed weeks that a sentence of some sections tells; `has_own`: the record speaks of a pregnancy elsewhere.

    `alone`: it says that the patient is pregnant, so that a sentence of nothing else tells the weeks: "28 weeks."
    """
    for _, sentence, found, words in case.search(TOLD, *sections):
        weeks = int(found.group(1) or found.group(2))
        text = case.text(sentence)
        if (
            3 <= weeks <= 43
            and (has_own or PREGNANT.search(text) or (alone and ALONE.fullmatch(text)))
            and not re.search(r"\bin\s*$|\bago\b|\bevery\b|\bnext\b|\bscreen|\bplan|\bschedul|\bwill\b", text, re.I)
        ):
            return weeks, words
    return None, None


def _turn(case: Case, weeks: int | None) -> None:
    """Diseases that complicate the pregnancy take its code first (I.C.15.a.1, I.C.15.c)."""
    for codes, stem, keeps in _turned():
        for candidate in case.main(*codes):
            if case.main(stem[:5]):
                continue
            code = f"{stem}{_digit(weeks)}"
            if not billable(code, case.visit.on):
                code = stem
            why = "a disease in pregnancy is coded with chapter 15 first"
            put = case.put(code, candidate, why, PRIORITY, after=-0.0001)
            put.order = candidate.order - 0.0001
            if not keeps:
                case.drop(candidate, f"{code} says it")
            else:
                candidate.rules.append(PRIORITY)


ELDERLY = re.compile(
    r"\b(?:advanced maternal age|elderly (?:gravida|mother)"
    r"|(?<!left )(?<!leaving )(?<!out )(?<!signed )(?<!home )AMA)\b(?! form)",
    re.I,
)
FIRST = re.compile(r"\b(?:primigravid\w*|primip\w*|nullip\w*|first pregnancy)\b", re.I)
MANY = re.compile(r"\b(?:multigravid\w*|multip(?:arous|ara|\b)|(?:second|third|fourth) pregnancy)", re.I)
AGED = "ICD-10-CM O09.5 (expected to be 35 or more at delivery; first or later pregnancy as the record tells)"


def _elderly(case: Case) -> None:
    """Advanced maternal age by the number of pregnancies, which may stand elsewhere."""
    if case.main("O09.5"):
        return
    for number, sentence, _, words in case.search(ELDERLY, "assessment", "impression"):
        if standing_at(case, number, words) != "affirmed":
            continue
        told = next((int(found[1] or found[2]) for *_, found, _ in case.search(GRAVIDA)), 0)
        first = next(case.search(FIRST), None) is not None
        if told > 1 or (not told and next(case.search(MANY), None) is not None):
            code = "O09.529"
        elif told == 1 or first:
            code = "O09.519"
        else:
            return
        case.add(code, [words], 0.86, float(number), "advanced maternal age", AGED).item = sentence.item
        return


def standing_at(case: Case, number: int, words: Evidence) -> str:
    """What the sentence says of some of its words."""
    sentence = case.reading.note.sentences[number]
    at = [index for index, (start, end) in enumerate(sentence.places) if start < words.end and words.start < end]
    return standing(at[0], at[-1], case.reading.scopes[number], sentence.section) if at else "affirmed"


NAMED = re.compile(r"\b(first|second|third|1st|2nd|3rd) trimester\b", re.I)
ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}


def _digit(weeks: int | None) -> str:
    return "9" if weeks is None else "1" if weeks < 14 else "2" if weeks < 28 else "3"


def _trimester(case: Case, candidate: Candidate, weeks: int | None) -> None:
    """The code of the trimester in the place of the unspecified one."""
    if "unspecified trimester" not in description(candidate.code, case.visit.on).lower():
        return
    number, why = "", ""
    if weeks is not None:
        number = ("first", "second", "third")[int(_digit(weeks)) - 1]
        why = f"{weeks} weeks lie in the {number} trimester"
    else:
        told = next((found for m in candidate.mentions if (found := NAMED.search(case.text(case.mention_at(m))))), None)
        if told is None:
            return
        number = ORDINALS.get(told.group(1).lower(), told.group(1).lower())
        why = f"the note says {number} trimester"
    at = 6 if len(candidate.code) == 8 else len(candidate.code) - 1  # a 7th character, the fetus, stands behind it
    for digit in "12345678":
        code = candidate.code[:at] + digit + candidate.code[at + 1 :]
        if billable(code, case.visit.on) and f"{number} trimester" in description(code, case.visit.on).lower():
            case.replace(candidate, code, why, TRIMESTER)
            return
