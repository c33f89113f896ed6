"""Diagnoses that follow from the visit itself: vaccines, pregnancy tests, causes of injury, the symptom behind a suspicion."""

from __future__ import annotations

import re

from claimwright.coding.acts import Act, surgical
from claimwright.coding.candidates import THRESHOLD, Candidate, codes_of
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom, past

UNCERTAIN = "ICD-10-CM OCG IV.H (outpatient: uncertain diagnoses are not coded, the sign or symptom is)"
VACCINE = re.compile(r"^(?:90(?:6[1-9]\d|7[0-5]\d)|9130\d|9131\d|9132\d)$")


def vaccination(case: Case, acts: list[Act]) -> None:
    """Z23 if a vaccine was given, and only then (I.C.21.c.2)."""
    given = [act for act in acts if act.prefixes == ("Z23",)]
    if given:
        evidence = [act.evidence[0] for act in given][:3]
        case.add("Z23", evidence, 0.93, 5_000.0, "a vaccine was given", "ICD-10-CM OCG I.C.21.c.2")
        _vaccine_titles(case, given)
        return
    held = case.find("Z23")
    if held:
        case.drop(held, "no vaccine was given in this visit")


# what vaccines of the office prevent
PREVENTED = (
    *("J09", "J10", "J11", "U07.1", "J12.1", "J13", "J18", "J21.0", "B97.4", "B01", "B02", "B05", "B06", "B15", "B16", "B26"),
    *("A33", "A35", "A36", "A37", "A39", "A80", "A82", "A83.0", "A01.0", "A95"),
)


def _vaccine_titles(case: Case, given: list[Act]) -> None:
    """A disease that only names the vaccine under it, and for which no drug is given: "4. Flu - high dose given IM"."""
    for candidate in case.main(*PREVENTED):
        numbers = {m.sentence for m in candidate.mentions}
        if candidate.item >= 0:
            numbers.update(case.reading.note.of_item(candidate.item))
        told = [case.reading.note.sentences[number] for number in numbers]
        shots = [words for act in given for words in act.evidence]
        if any(s.document == words.document and s.start <= words.start < s.end for s in told for words in shots) and not any(
            number in case.reading.hits["drug"] for number in numbers
        ):
            case.drop(candidate, "the vaccine was given, not the disease found")


def pregnancy(case: Case, acts: list[Act]) -> None:
    """The result of a pregnancy test done here (Z32)."""
    test = next((act for act in acts if act.code == "81025"), None)
    if test is None or case.visit.setting in ("emergency", "inpatient"):  # there a step before films and drugs
        return
    if any(surgical(act) and act.code not in DEVICES for act in acts):
        return  # asked before it is done
    words = test.evidence[0]
    document = case.reading.note.documents[words.document].text
    after = document[words.end : words.end + 110].lower()
    if re.search(r"\bpositive\b|\bpos\b", after) and not re.search(r"\bnegative\b", after[: max(0, after.find("positive"))]):
        case.add("Z32.01", [words], 0.86, 6_000.0, "pregnancy test positive", "ICD-10-CM Z32.01")
    elif any(c.code[0] not in "RZVWXYNEO" or c.code.startswith("N1") for c in case.main()):
        return  # asked before a film or a drug for another disease
    elif re.search(r"\bnegative\b|\bneg\b", after):
        case.add("Z32.02", [words], 0.72, 6_000.0, "pregnancy test negative", "ICD-10-CM Z32.02")
        wrong = case.find("Z32.01")
        if wrong:
            case.drop(wrong, "the test was negative")


# device put in or taken out -> its own reason, which the chapter of Z codes holds
DEVICES = {"58300": "Z30.430", "58301": "Z30.432", "11981": "Z30.017", "11982": "Z30.46", "11983": "Z30.46"}


def contraception(case: Case, acts: list[Act]) -> None:
    """The repeat contraceptive injection is its own reason (Z30.42), and so is a device put in or taken out."""
    for general in case.main("Z30.9"):
        pills = next((words for _, s, _, words in case.search(PILLS, "assessment", "plan") if s.item == general.item), None)
        if pills is not None:
            begun = any(
                STARTED.search(case.text(case.reading.note.sentences[at])) for at in case.reading.note.of_item(general.item)
            )
            code, why = ("Z30.011", "pills prescribed first") if begun else ("Z30.41", "pills continued")
            case.replace(general, code, why, "ICD-10-CM OCG I.C.21.c.12")
    both = {"58300", "58301"} <= {act.code for act in acts}
    for act in acts:
        if both and act.code == "58300" and not case.main("N92", "N93", "N80", "T83"):
            for held in case.main("Z30.430", "Z30.432"):
                case.drop(held, "Z30.433 is removal and reinsertion in one")
            case.add("Z30.433", act.evidence, 0.85, -0.5, "device removed and put in anew", "ICD-10-CM OCG I.C.21.c.12")
        elif act.code in DEVICES and not case.main("Z30", "N92", "N93", "N80", "T83"):
            case.add(DEVICES[act.code], act.evidence, 0.8, -0.5, "contraceptive device", "ICD-10-CM OCG I.C.21.c.12")
    given = next((act for act in acts if act.code == "J1050"), None)
    if given is not None and not case.main("Z30", "N92", "N93", "N80"):
        case.add("Z30.42", given.evidence, 0.8, -0.5, "contraceptive injection given", "ICD-10-CM OCG I.C.21.c.12")


PILLS = re.compile(
    r"\b(?:oral contracepti\w+|OCPs?|birth control pills?|norethindrone|ethinyl estradiol|drospirenone"
    r"|norgestimate|desogestrel)\b",
    re.I,
)
STARTED = re.compile(r"\b(?:start\w*|initiat\w+|begin|new prescription|desires)\b", re.I)
IMMUNE = ("J9271", "J9299", "J9022", "J9173", "J9228")
TREATED = "ICD-10-CM OCG I.C.2.e.2 (an encounter to give chemotherapy or immunotherapy: Z51.1- first, then the neoplasm)"


def antineoplastic(case: Case, acts: list[Act]) -> None:
    """Chemotherapy or immunotherapy that was given today for a neoplasm is the reason for the encounter."""
    given = [act for act in acts if act.drug == "chemo" and act.code.startswith("J9") and act.route in ("push", "infusion")]
    if not given or not case.main("C", "D0", "D4"):
        return
    for code, order, of_kind in (
        ("Z51.11", -2.0, [act for act in given if act.code not in IMMUNE]),
        ("Z51.12", -1.9, [act for act in given if act.code in IMMUNE]),
    ):
        if of_kind:
            case.add(code, [act.evidence[0] for act in of_kind], 0.9, order, "given today for the neoplasm", TREATED)


SERVED = {
    "99188": ("Z29.3", "fluoride put on the teeth"),
    "54150": ("Z41.2", "circumcision of a healthy boy"),
    "55250": ("Z30.2", "sterilized"),
    "J2790": ("Z29.13", "Rho(D) immune globulin given"),
}
COTESTED = re.compile(r"\b(?:HPV[- ](?:DNA )?co-?test\w*|co-?test\w*|pap(?: smear| test)? ?(?:\+|and|&|with|w/?) ?HPV)\b", re.I)
TAKEN = re.compile(r"\b(?:collected|obtained|sent|done|performed|taken|today|submitted)\b", re.I)
SCREENED = "ICD-10-CM OCG I.C.21.c.5 (a screening is coded beside the examination it is not part of)"


def prophylaxis(case: Case, acts: list[Act]) -> None:
    """What was done to a healthy patient has its own reason: fluoride, circumcision, the HPV test beside a smear."""
    for act in acts:
        code, why = SERVED.get(act.code, ("", ""))
        if code and not case.main("N47"):
            case.add(code, act.evidence[:1], 0.85, 5_500.0, f"{why} in this encounter", f"ICD-10-CM {code}")
    if case.main("Z01.41") and (case.age is None or case.age >= 25):
        for _, sentence, _, words in case.search(COTESTED, "exam", "plan", "assessment", "procedure", "other", "orders", "hpi"):
            if TAKEN.search(case.text(sentence)):
                case.add("Z11.51", [words], 0.8, 5_600.0, "screened for HPV beside the smear", SCREENED)
                return


MEDICARE = re.compile(r"\bmedicare\b", re.I)


def depression_screen(case: Case, acts: list[Act]) -> None:
    """A Medicare yearly depression screening has its own code and reason (G0444, Z13.31)."""
    scored = next((act for act in acts if act.code == "96127"), None)
    screened = case.find("Z13.31")
    if scored is None or screened is None or next(case.search(MEDICARE), None) is None or case.main("F32", "F33"):
        return
    scored.code, scored.prefixes, scored.units = "G0444", ("Z13.31",), 1
    scored.reason = "yearly depression screening of a Medicare patient"
    case.lift(screened, 7_000.0, "screened for depression", "ICD-10-CM OCG I.C.21.c.5")


CHECKED = {"93279": "Z45.018", "93280": "Z45.018", "93281": "Z45.018", "93282": "Z45.02", "93283": "Z45.02", "93284": "Z45.02"}
DEVICE_CLINIC = re.compile(
    r"\bdevice (?:clinic|check|visit|interrogation)\b|\b(?:pacemaker|PPM|ICD) (?:clinic|check|interrogation)\b", re.I
)


def device_checks(case: Case, acts: list[Act]) -> None:
    """A pacemaker or defibrillator that was checked: Z45.0 in the place of its presence (Z95.0, Z95.81 Excludes1)."""
    for act in acts:
        code = CHECKED.get(act.code)
        if code is None:
            continue
        alone = any(words.start < 120 for *_, words in case.search(DEVICE_CLINIC))
        case.add(
            code, act.evidence[:1], 0.82, -0.4 if alone else 6_500.0, "its device was checked", "ICD-10-CM Z95 Excludes1 (Z45.0)"
        )
        for present in case.known("Z95.0", "Z95.81"):
            case.drop(present, f"{code}: checked in this visit")
        return


PAIN_CLINIC = re.compile(
    r"\bpain (?:medicine|management|clinic|center|mgmt|med)\b|\bmedication management\b[^.\n]{0,20}\bpain\b", re.I
)
CHRONIC_PAIN = re.compile(r"\bchronic (?!pain syndrome)(?:[\w/,-]+ ){0,5}?(?:pain|LBP|cervicalgia)\b", re.I)
PAIN = "ICD-10-CM OCG I.C.6.b.1.b (pain control as the reason: G89 first, then what causes the pain)"


def pain_management(case: Case, acts: list[Act]) -> None:
    """A visit to a pain clinic for the drugs of chronic pain has the pain first (I.C.6.b.1); an injection treats its cause."""
    clinic = next((words for _, s, _, words in case.search(PAIN_CLINIC) if words.start < 250), None)
    if clinic is None or case.main("G89") or any(act.code.startswith(("2", "6")) for act in acts):
        return
    told = next((words for _, _, _, words in case.search(CHRONIC_PAIN, "assessment")), None)
    if told is not None and case.main("M", "G", "S", "T"):
        case.add("G89.29", [clinic, told], 0.8, -0.5, "pain management is the reason for the visit", PAIN)


OVER = re.compile(r"\bfollow[- ]?up\b|\brecheck\b", re.I)


def follow_up(case: Case) -> None:
    """A visit to check that a treated disease is gone: Z09 with the history (I.C.21.c.8)."""
    if case.main():
        return
    for mention in case.reading.mentions:
        sentence = case.mention_at(mention)
        code = past(mention.template)
        if mention.assertion == "resolved" and sentence.statement and code and OVER.search(case.text(sentence)):
            rule = "ICD-10-CM OCG I.C.21.c.8 (follow-up after completed treatment)"
            case.add("Z09", [mention.evidence], 0.8, 0.0, "checked after treatment, and it is gone", rule)
            case.add(code, [mention.evidence], 0.75, 0.1, "the disease that was treated", rule)
            return


NEWBORN_DAYS = re.compile(r"\b(\d{1,2})[- ](day|wk|week)s?\b", re.I)


def newborn(case: Case) -> None:
    """The newborn examination goes by days: under 8, or 8 to 28 (Z00.110, Z00.111)."""
    for candidate in case.main("Z00.110"):
        for mention in candidate.mentions:
            told = NEWBORN_DAYS.search(case.text(case.mention_at(mention)))
            if told and int(told.group(1)) * (7 if told.group(2)[0] in "wW" else 1) >= 8:
                case.replace(candidate, "Z00.111", "8 to 28 days old", "ICD-10-CM Z00.11-")
                return


WEIGHED = re.compile(r"decision[- ]making|\bmdm\b|\bcourse\b|differential", re.I)


def suspicions(case: Case) -> None:
    """Where only a suspicion is assessed, the symptom it stands for is coded (IV.H)."""
    uncertain: dict[int, list[str]] = {}
    for mention in case.reading.mentions:
        sentence = case.mention_at(mention)
        if sentence.section == "assessment" and mention.assertion == "uncertain" and sentence.item >= 0:
            uncertain.setdefault(sentence.item, []).append(mention.term)
    if uncertain:
        _symptoms_of(case, uncertain)
    if all(c.code[0] in "VWXY" for c in case.main()):
        told = _complaint(case)
        if told is not None:
            case.lift(told, 0.0, "no diagnosis is assessed; the complaint is the reason for the visit", "ICD-10-CM OCG IV.D")


def _symptoms_of(case: Case, uncertain: dict[int, list[str]]) -> None:
    items = {c.item for c in case.main() if c.item >= 0}
    named = {case.mention_at(c.mentions[0]).heading for c in case.main() if c.item >= 0 and c.mentions}
    if any(not WEIGHED.search(heading) for heading in named):  # the diagnoses stand apart from what was weighed before them
        weighed = {s.item for _, s in case.sentences("assessment") if WEIGHED.search(s.heading)}
        uncertain = {item: terms for item, terms in uncertain.items() if item not in weighed}
    for item, terms in sorted(uncertain.items()):
        if item in items:
            continue
        symptom = _symptom_behind(case, item)
        if symptom is not None:
            why = f"“{terms[0]}” is only suspected, so the symptom is coded"
            case.lift(symptom, 100.0 + item, why, UNCERTAIN)
            symptom.item = item


def _symptom_behind(case: Case, item: int) -> Candidate | None:
    """A symptom of the same problem, else of the complaint."""
    same = [
        c for c in case.known() if is_symptom(c.code) and not c.main and any(case.mention_at(m).item == item for m in c.mentions)
    ]
    return same[0] if same else (None if any(is_symptom(c.code) for c in case.main()) else _complaint(case))


def _complaint(case: Case) -> Candidate | None:
    for section in ("cc", "hpi", "ros"):
        found = [
            c
            for c in case.known()
            if any(case.mention_at(m).section == section and m.assertion == "affirmed" for m in c.mentions)
        ]
        symptoms = [c for c in found if is_symptom(c.code)] or [c for c in found if section == "cc" and c.code[0] not in "ZVWXY"]
        if symptoms:
            first = min(symptoms, key=lambda c: min(m.sentence for m in c.mentions))
            return first
    return None


def uncertain_codes(case: Case) -> dict[str, str]:
    """Codes that the note only suspects, with the term, to show why they are not coded."""
    held: dict[str, str] = {}
    for mention in case.reading.mentions:
        if mention.assertion == "uncertain" and case.mention_at(mention).section in ("assessment", "plan"):
            for code in codes_of(mention, case.reading, case.visit):
                held.setdefault(code, mention.term)
    affirmed = {c.code for c in case.candidates if c.score >= THRESHOLD} if held else ()
    return {code: term for code, term in held.items() if code not in affirmed}
