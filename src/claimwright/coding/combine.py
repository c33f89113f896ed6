"""Combination codes and what must go with them: diabetes, heart and kidney, lungs, weight, organisms."""

from __future__ import annotations

import re

from claimwright.codesets import icd10cm
from claimwright.coding.assertion import standing
from claimwright.coding.candidates import THRESHOLD, Candidate
from claimwright.coding.case import Case
from claimwright.coding.lexicon import lexicon
from claimwright.coding.longterm import drugs, tobacco
from claimwright.coding.tables import cue

WITH = "ICD-10-CM OCG I.A.15 (“with”)"
DIABETES = "ICD-10-CM OCG I.C.4.a"
HEART = "ICD-10-CM OCG I.C.9.a"
SPECIFIC = "ICD-10-CM OCG I.B.2 (highest specificity)"
# complication elsewhere in the classification -> suffix of the diabetes code, and whether its own code stays
COMPLICATIONS: tuple[tuple[tuple[str, ...], str, bool], ...] = (
    (("N18",), ".22", True),
    (("G62.9", "G60.9"), ".42", False),
    (("I73.9",), ".51", False),
    (("K31.84",), ".43", True),
    (("L97.4", "L97.5"), ".621", True),
    (("L97.9", "L97.1", "L97.2", "L97.3"), ".622", True),
    (("H26.9",), ".36", False),
    (("R73.9",), ".65", False),
    (("E16.2",), ".649", False),
    (("R80.9",), ".29", False),
    (("H35.30",), "", True),
)
HYPERGLYCEMIA_TYPES = ("E08", "E09", "E10", "E11", "E13")


def combine(case: Case) -> None:
    """All combination rules, in the order they build on each other."""
    for rule in (
        _superseded,
        _specific,
        diabetes,
        heart_and_kidney,
        lungs,
        back_and_leg,
        weight,
        kidney_anemia,
        organisms,
        drugs,
        tobacco,
    ):
        rule(case)


# --- the most specific that the note supports


def _superseded(case: Case) -> None:
    """Of two codes of one category, the one that the other refines or that the classification calls unspecified goes."""
    main = case.main()
    for candidate in main:
        for other in main:
            if other is candidate or candidate.dropped or other.dropped or not _same(candidate.code, other.code, 3):
                continue
            if candidate.code.startswith(SEVERAL) and not _same(candidate.code, other.code, 5):
                continue
            if _gives_way(candidate, other):
                candidate.rules.append(SPECIFIC)
                other.evidence = list(dict.fromkeys([*other.evidence, *candidate.evidence]))
                case.drop(candidate, f"{other.code} says it more exactly")


SEVERAL = (
    "Z",
    "S",
    "T",
    "M54",
    "M25",
    "M79",
    "L0",
    "D22",
    "C44",
)  # categories whose codes stand for different things side by side


def _gives_way(candidate: Candidate, other: Candidate) -> bool:
    """Whether the other says the same thing more exactly: refined, not unspecified, or with the side this one lacks."""
    if other.code in _refined(candidate.code) or (vague(candidate.code) and not vague(other.code)):
        return True
    alike = {m.template for m in candidate.mentions} & {m.template for m in other.mentions}
    return bool(alike) and icd10cm.laterality(candidate.code) == "U" and icd10cm.laterality(other.code) in ("R", "L", "B")


def _refined(code: str) -> set[str]:
    """Every code that the refinement table leads to."""
    table, found, ahead = lexicon().refinements, set[str](), [code]
    while ahead:
        for _, to in table.get(ahead.pop(), []):
            if to not in found:
                found.add(to)
                ahead.append(to)
    return found - {code}


KIN = (("F32", "F33"), ("D50", "D64"), ("J02", "J03"), ("E66",), ("N30", "N39.0"))
SAME_CATEGORY_ONLY = ("R05", "R10", "R31")
SUPPORTS = frozenset(
    {
        "hpi",
        "cc",
        "assessment",
        "plan",
        "procedure",
        "impression",
        "pmh",
        "findings",
        "preprocedure",
        "exam",
        "indication",
        "other",
    }
)


def _specific(case: Case) -> None:
    """An unspecified code gives way to a specific one of its kind that the note affirms elsewhere."""
    for candidate in list(case.main()):
        if candidate.code[0] in "ZVWXY" or not vague(candidate.code):
            continue
        better = [other for other in case.known() if _refines(case, candidate, other)]
        if len({other.code for other in better}) == 1 or (better and len({other.code[:5] for other in better}) == 1):
            best = max(better, key=lambda other: other.score)
            where = f"the note is more specific elsewhere: “{best.evidence[0].text}”"
            case.replace(candidate, best.code, where, SPECIFIC, because=[best])


def _refines(case: Case, candidate: Candidate, other: Candidate) -> bool:
    if other is candidate or vague(other.code) or other.code[0] in "Z":
        return False
    if (
        other.score >= candidate.score
        and other.item == candidate.item
        and other.item >= 0
        and not _same(candidate.code, other.code, 4)
    ):
        return False
    if not any(case.mention_at(m).section in SUPPORTS and m.assertion == "affirmed" for m in other.mentions):
        return False
    if candidate.code[0] == "R" and not candidate.code.startswith(SAME_CATEGORY_ONLY):
        return False
    if candidate.code.startswith("M54.5"):
        return False  # low back pain beside sciatica or neck pain is a combination, or another pain
    if candidate.code[0] in "ST":
        return _same(candidate.code, other.code, 3)
    return _same(candidate.code, other.code, 3) or any(
        candidate.code.startswith(kin) and other.code.startswith(kin) for kin in KIN if len(kin) > 1
    )


def _same(one: str, other: str, count: int) -> bool:
    return one.replace(".", "")[:count] == other.replace(".", "")[:count]


def vague(code: str) -> bool:
    """Whether the classification itself calls the code unspecified."""
    from claimwright.coding.describe import description

    return "unspecified" in description(code).lower() or code in ("M54.9", "D64.9")


# --- diabetes


def diabetes(case: Case) -> None:
    """Diabetes with its complications; the link is assumed unless the record denies it (I.A.15, I.C.4.a)."""
    found = case.main(*HYPERGLYCEMIA_TYPES)
    if not found:
        return
    kinds = sorted({c.code[:3] for c in found}, key=lambda kind: (kind == "E11", kind))
    kind = (
        kinds[0]
        if len(kinds) > 1 and any(m.term != "diabetes" for c in found for m in c.mentions if c.code.startswith(kinds[0]))
        else found[0].code[:3]
    )
    for candidate in found:
        if not candidate.code.startswith(kind) and candidate.code[3:] == ".9":
            case.drop(candidate, f"the note says which type: {kind}")
    base = min(case.main(kind), key=lambda c: c.order)
    for prefixes, suffix, keeps in COMPLICATIONS:
        for other in _exact(case.known(*prefixes)) if suffix else ():
            if other.score < _needed(prefixes):
                continue
            code = _complication(kind, suffix, other)
            why = "diabetes and this complication are coded together"
            order = min(base.order, other.order if other.main else base.order)
            put = case.put(code, base, why, WITH, DIABETES, after=0.0002, because=[other])
            put.order = order + 0.0002
            if keeps and not other.main:
                case.lift(other, base.order + 0.0004, "present with the diabetes that was assessed", WITH)
            elif keeps:
                other.order = max(other.order, put.order + 0.0001)
            else:
                case.drop(other, f"part of {code}")
    specific = [c for c in case.main(kind) if not c.code.endswith(".9")]
    for candidate in case.main(f"{kind}.9") if specific else ():
        case.drop(candidate, "a complication or hyperglycemia is coded instead (I.C.4.a)")
    _broader_complications(case, kind)


def _exact(found: list[Candidate]) -> list[Candidate]:
    """Without the unspecified where something of its category is specific."""
    held = [c for c in found if not any(o is not c and _same(c.code, o.code, 3) and _gives_way(c, o) for o in found)]
    return sorted(held or found, key=lambda c: not c.main)


def _needed(prefixes: tuple[str, ...]) -> float:
    """Kidney disease anywhere in the record counts; signs only where they are assessed."""
    return 0.15 if prefixes == ("N18",) else THRESHOLD if prefixes[0][0] in "RE" else 0.3


def _complication(kind: str, suffix: str, other: Candidate) -> str:
    told = " ".join(mention.term for mention in other.mentions)
    if suffix == ".42" and "peripheral" not in told and "poly" not in told:
        return f"{kind}.40"
    return kind + suffix


def _broader_complications(case: Case, kind: str) -> None:
    for narrow, wide in ((".42", ".40"), (".22", ".21"), (".22", ".29"), (".21", ".29")):
        if case.main(kind + narrow):
            for candidate in case.main(kind + wide):
                case.drop(candidate, f"{kind}{narrow} says it more exactly")


# --- hypertension, heart, kidney


def heart_and_kidney(case: Case) -> None:
    """Hypertension with heart failure or chronic kidney disease takes one code (I.C.9.a.1-3)."""
    pressure = case.main("I10", "I11", "I12", "I13")
    if not pressure:
        return
    failure = [c for c in case.known("I50") if c.score >= 0.15]
    failure = _exact(failure)
    kidney = _exact([c for c in case.known("N18") if c.score >= 0.15])
    if not failure and not kidney:
        return
    last_stage = any(c.code in ("N18.5", "N18.6") for c in kidney)
    if failure and kidney:
        code = "I13.2" if last_stage else "I13.0"
    elif failure:
        code = "I11.0"
    else:
        code = "I12.0" if last_stage else "I12.9"
    base = pressure[0]
    partners = [*failure[:1], *kidney[:1]]
    lead = min([base.order, *(c.order for c in partners if c.main)])
    why = "hypertension with " + " and ".join(
        word for word, there in (("heart failure", failure), ("chronic kidney disease", kidney)) if there
    )
    put = case.replace(
        base, code, f"{why} takes one combination code, and the kind or stage is coded after it", HEART, WITH, because=partners
    )
    put.order = lead
    for candidate in pressure:
        if candidate is not put and candidate.main:
            case.drop(candidate, f"part of {code}")
    for place, partner in enumerate(partners, 1):
        if not partner.main:
            case.lift(partner, 0, f"kind or stage that goes with {code}", HEART)
        partner.order = lead + place / 10_000 if partner.order < lead + 1 or not partner.item >= 0 else partner.order
        partner.rules.append(HEART)


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
CHILD_BMI = re.compile(r"\bBMI\b[^.\n]{0,30}?\b(\d{1,2})(?:st|nd|rd|th)\s+percentile", re.I)


def weight(case: Case) -> None:
    """The body mass index goes with a diagnosis of weight, never alone (I.B.14)."""
    base = case.main("E66", "R63.4", "R63.5", "R63.6", "E44", "E46")
    if not base:
        return
    vague_ones = [c for c in case.main("E66.9") if case.main("E66.8", "E66.01")]
    for candidate in vague_ones:
        case.drop(candidate, "the class of obesity is documented")
    adult = case.age is None or case.age >= 20
    for _, _, found, evidence in case.search(BMI if adult else CHILD_BMI):
        code = bmi_code(float(found.group(1))) if adult else child_bmi_code(int(found.group(1)))
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


def bmi_code(value: float) -> str:
    """Z68 for an adult (20 years and older)."""
    if value < 20:
        return "Z68.1"
    if value >= 70:
        return "Z68.45"
    if value >= 40:
        return f"Z68.4{1 + sum(value >= edge for edge in (45, 50, 60))}"
    return f"Z68.{int(value)}"


def child_bmi_code(percentile: int) -> str:
    """Z68.5 for 2 to 19 years."""
    return "Z68.51" if percentile < 5 else "Z68.52" if percentile < 85 else "Z68.53" if percentile < 95 else "Z68.54"


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


ORGANISMS = (
    (re.compile(r"\be\.?\s?coli\b|\bescherichia\b", re.I), ("N30", "N39.0", "N10"), "B96.20"),
    (re.compile(r"\bmrsa\b", re.I), ("L02", "L03", "L08"), "B95.62"),
    (re.compile(r"\bbacterial vaginosis\b|\bBV\b"), ("N76.0",), "B96.89"),
)


def organisms(case: Case) -> None:
    """The organism of an infection follows it, where the note confirms it (I.C.1.b)."""
    for pattern, prefixes, code in ORGANISMS:
        infection = case.main(*prefixes)
        if not infection:
            continue
        for number, sentence, found, evidence in case.search(pattern, "assessment", "impression"):
            words = [i for i, (start, _) in enumerate(sentence.places) if start >= sentence.start + found.start()]
            if (
                words
                and standing(words[0], words[0], case.reading.placed[number], sentence.section) == "affirmed"
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
