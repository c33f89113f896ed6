"""Combination codes and what must go with them: diabetes, heart and kidney, lungs, weight, organisms."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from claimwright.coding.assertion import standing
from claimwright.coding.both_sides import both_sides
from claimwright.coding.case import Case
from claimwright.coding.circulation import heart_and_kidney, stroke_scale, stroke_sequelae
from claimwright.coding.deliveries import delivery
from claimwright.coding.dementia import dementia
from claimwright.coding.describe import billable
from claimwright.coding.diabetes import diabetes
from claimwright.coding.effects import drug_effects
from claimwright.coding.eye import eye_stages
from claimwright.coding.injuries import fragile
from claimwright.coding.longterm import allergies, antiplatelets, drugs, no_resuscitation, statuses, tobacco
from claimwright.coding.neoplasms import neoplasms
from claimwright.coding.pairs import combine_pairs
from claimwright.coding.pregnancy import pregnant
from claimwright.coding.sepsis import systemic_infection
from claimwright.coding.specific import most_specific, superseded
from claimwright.coding.tables import cue, listed, rows

WITH = "ICD-10-CM OCG I.A.15 (“with”)"


def catheter_infection(case: Case) -> None:
    """An infection due to a urethral catheter: the complication first, then the infection (T83.5 note, OCG I.C.19.g)."""
    for candidate in case.main("T83.511"):
        if not case.main("N30", "N39.0", "N10", "N12"):
            case.put("N39.0", candidate, "the infection that the catheter caused", "ICD-10-CM T83.5 note")


# --- lungs


def lungs(case: Case) -> None:
    """COPD with infection or exacerbation; asthma and bronchitis words that COPD contains (J44 notes)."""
    copd = case.main("J44")
    if copd:
        infection = case.main("J20", "J18", "J12", "J15", "J13", "J14", "J22")
        if infection:
            put = case.put(
                "J44.0",
                copd[0],
                "COPD with a lower respiratory infection",
                "ICD-10-CM J44.0 note",
                after=-0.0001,
                because=infection,
            )
            infection[0].order = max(infection[0].order, put.order + 0.0001)
        if len(case.main("J44")) > 1:
            for candidate in case.main("J44.9"):
                case.drop(candidate, "the exacerbation or infection is coded instead")
        for other in case.main("J41", "J42", "J40"):
            case.drop(other, "chronic bronchitis with obstruction is COPD (J44)")
        if case.main("J43"):
            for candidate in case.main("J44.9"):
                case.drop(candidate, "emphysema with COPD is coded as emphysema (J43 note)")
    for candidate in case.main("J45.909"):
        if any(c.code != candidate.code for c in case.main("J45")):
            case.drop(candidate, "the kind of asthma is known")
    if case.main("J10", "J11") and case.main("J06.9"):
        for candidate in case.main("J06.9", "J00", "J02.9"):
            case.drop(candidate, "part of influenza")


def back_and_leg(case: Case) -> None:
    """Low back pain with sciatica is one code with the side of the leg (M54.4)."""
    legs, backs = case.main("M54.3"), case.main("M54.50", "M54.9")
    if legs and backs:
        code = legs[0].code.replace("M54.3", "M54.4")
        put = case.replace(legs[0], code, "low back pain with sciatica is one code", "ICD-10-CM M54.3 Excludes1", because=backs)
        put.order = min(legs[0].order, backs[0].order)
    if case.main("M54.4", "M54.16", "M54.17", "M51.26"):
        for back in case.main("M54.50", "M54.9", "M54.3"):
            case.drop(back, "part of the more exact diagnosis")


# --- weight

BMI = cue("combine.bmi")
CHILD_BMI = re.compile(r"\bBMI\b[^.\n]{0,30}?\b(\d{1,2})(?:st|nd|rd|th)\s*(?:percentile|%-?t?ile)", re.I)


def weight(case: Case) -> None:
    """The body mass index goes with a diagnosis of weight, never alone (I.B.14)."""
    base = case.main("E66", "R63.4", "R63.5", "R63.6", "E40", "E41", "E42", "E43", "E44", "E45", "E46", "R64")
    if not base:
        return
    vague_ones = [c for c in case.main("E66.9") if case.main("E66.8", "E66.01")]
    for candidate in vague_ones:
        case.drop(candidate, "the class of obesity is documented")
    adult = case.age is None or case.age >= 20
    for _, _, found, evidence in case.search(BMI if adult else CHILD_BMI):
        code = bmi_code(float(found.group(1)), case.visit.on) if adult else child_bmi_code(int(found.group(1)))
        order = max(c.order for c in base if c.main or c is base[0]) + 0.0003
        case.add(
            code,
            [evidence],
            0.85,
            order,
            "body mass index that goes with the diagnosis of weight",
            "ICD-10-CM OCG I.B.14",
            "E66 use additional code",
        )
        return


def bmi_code(value: float, on: date) -> str:
    """Z68 for an adult (20 years and older); below 20 it was split in October 2026."""
    if value < 20:
        return "Z68.1" if billable("Z68.1", on) else "Z68.18" if value < 18.5 else "Z68.19"
    if value >= 70:
        return "Z68.45"
    if value >= 40:
        return f"Z68.4{1 + sum(value >= edge for edge in (45, 50, 60))}"
    return f"Z68.{int(value)}"


def child_bmi_code(percentile: int) -> str:
    """Z68.5 for 2 to 19 years."""
    return "Z68.51" if percentile < 5 else "Z68.52" if percentile < 85 else "Z68.53" if percentile < 95 else "Z68.54"


LUTS = ("R33.8", "R35.0", "R35.1", "R39.11", "R39.12", "R39.14", "R39.15", "R39.16", "N39.41")


SAID = (
    ("retention", "R33.8"),
    ("frequency", "R35.0"),
    ("nocturia", "R35.1"),
    ("hesitancy", "R39.11"),
    ("weak", "R39.12"),
    ("incomplete", "R39.14"),
    ("urgency", "R39.15"),
)


def childbed(case: Case) -> None:
    """The visit after a birth is none of the stay of the birth."""
    if case.main("Z37"):
        for candidate in case.main("Z39.2"):
            case.drop(candidate, "the visit after the birth is to come")


def prostate(case: Case) -> None:
    """The urinary symptoms of an enlarged prostate that its problem names follow it (N40.1 use additional code)."""
    enlarged = next(iter(case.main("N40.1", "N40.3")), None)
    if enlarged is None:
        return
    told = [(m, c) for c in case.known(*LUTS) for m in c.mentions if m.assertion == "affirmed"]
    own = [(m, c) for m, c in told if case.mention_at(m).section == "assessment" and case.mention_at(m).item == enlarged.item]
    named = " ".join(m.term for m in enlarged.mentions if m.assertion == "affirmed")
    for words, code in SAID:  # "BPH with nocturia" is the name of one code
        if words in named and not any(c.code == code for _, c in own):
            case.put(code, enlarged, "a symptom of the enlarged prostate", "ICD-10-CM N40.1 use additional code", after=0.0002)
    for mention, candidate in own:
        place = enlarged.order + 0.0002 + (mention.sentence - enlarged.order // 1) * 0.00002 + mention.first * 0.0000001
        case.lift(candidate, place, "a symptom of the enlarged prostate", "ICD-10-CM N40.1 use additional code")


def kidney_anemia(case: Case) -> None:
    """Anemia with chronic kidney disease is D63.1, after the kidney disease (D63.1 note)."""
    anemia = case.main("D64.9", "D63.1")
    kidney = case.main("N18")
    if anemia and kidney and anemia[0].code == "D64.9":
        anemia = [
            case.replace(
                anemia[0], "D63.1", "anemia with chronic kidney disease", WITH, "ICD-10-CM D63.1 code first", because=kidney[:1]
            )
        ]
    if anemia and kidney:
        anemia[0].order = max(anemia[0].order, kidney[0].order + 0.0001)


@lru_cache(maxsize=1)
def _organisms() -> list[tuple[re.Pattern[str], tuple[str, ...], str]]:
    return [
        (re.compile(rf"\b(?:{'|'.join(listed(words))})\b", re.I), tuple(listed(of)), code)
        for words, of, code in rows("organisms")
    ]


@lru_cache(maxsize=1)
def _infections() -> tuple[str, ...]:
    """The codes of which any organism may be told."""
    return tuple({one for _, prefixes, _ in _organisms() for one in prefixes})


def organisms(case: Case) -> None:
    """The organism of an infection follows it, where the note confirms it (I.C.1.b)."""
    infected = case.main(*_infections())
    for pattern, prefixes, code in _organisms() if infected else ():
        infection = [one for one in infected if one.code.startswith(prefixes)]
        if not infection:
            continue
        for number, sentence, found, evidence in case.search(pattern, "assessment", "impression"):
            words = [i for i, (start, _) in enumerate(sentence.places) if start >= sentence.start + found.start()]
            if (
                words
                and standing(words[0], words[0], case.reading.scopes[number], sentence.section) == "affirmed"
                and "history" not in case.text(sentence).lower()
                and not re.search(r"\bif\b|again", case.text(sentence))
            ):
                case.add(
                    code,
                    [evidence],
                    infection[0].score - 0.1,
                    infection[0].order + 0.0002,
                    "organism of the infection",
                    "ICD-10-CM OCG I.C.1.b",
                )
                break


# the rules in the order they build on each other; one that begins with letters or categories is for a case with codes of them
RULES: tuple[tuple[Callable[[Case], None], frozenset[str]], ...] = tuple(
    (rule, frozenset(starts.split()))
    for rule, starts in (
        (fragile, "M80 S22 S32 S42 S52 S72 S82 S92"),
        (combine_pairs, ""),
        (superseded, ""),
        (most_specific, ""),
        (both_sides, ""),
        (eye_stages, "H40"),
        (systemic_infection, "A40 A41 R65"),
        (combine_pairs, ""),
        (dementia, "F01 F02 F03"),
        (diabetes, "E08 E09 E10 E11 E13"),
        (heart_and_kidney, "I10 I11 I12 I13"),
        (stroke_sequelae, "I63 Z86"),
        (stroke_scale, "I63"),
        (lungs, "J10 J11 J44 J45"),
        (back_and_leg, "M54"),
        (neoplasms, "C D61 D63 D64 D70 G62 Z08 Z51 Z85"),
        (drug_effects, ""),
        (pregnant, ""),
        (delivery, ""),
        (childbed, "Z37"),
        (weight, "E40 E41 E42 E43 E44 E45 E46 E66 R63 R64"),
        (kidney_anemia, "D63 D64"),
        (prostate, "N40"),
        (organisms, ""),
        (catheter_infection, "T83"),
        (drugs, "D68 E08 E09 E10 E11 E13 I26 I48 I82 K50 K51 L40 L73 M05 M06 M08 M45 R79 Z51 Z86 Z95"),
        (tobacco, "F17 Z87"),
        (statuses, "I25 Z79 Z90 Z95 Z96 Z99"),
        (antiplatelets, "I25 I65 I69 I70 I73 Z86 Z95"),
        (allergies, "Z88 Z91"),
        (no_resuscitation, ""),
    )
)


def combine(case: Case) -> None:
    """All combination rules; those without a code that they are for are passed by."""
    starts, read = set[str](), 0
    for rule, needed in RULES:
        for candidate in case.candidates[read:]:
            starts.update((candidate.code[0], candidate.code[:3]))
        read = len(case.candidates)  # which only grow
        if not needed or not needed.isdisjoint(starts):
            rule(case)
