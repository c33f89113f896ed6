"""Codes that say what a patient takes or smokes, where they go with what was assessed (Z79, F17)."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.mentions import Mention
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, rows

DRUGS = "ICD-10-CM OCG I.C.4.a.3"
STOPPED = cue("longterm.stopped")
FORMERLY = re.compile(r"\b(?:used to (?:be on|take|use)|(?:was|were) (?:previously|once|formerly) on) (?:\w+ )?$", re.I)
# said of a drug that is not taken yet; of more or less of it they say that it is
_CHANGED = (
    r"(?!\d|increas|decreas|adjust|chang|titrat|uptitrat|(?:more|less|extra|additional|lower|higher|fewer|units?)\b|stop|reduc"
    r"|skip|miss|resum|restart|continu|pump)"
)
_BEGIN = r"(?:start|add|begin|initiat|try|need|requir|go(?:ing)? on|switch)(?:ing|ting|ning|e)?"
NOT_YET = re.compile(
    r"(?:\b(?:offer(?:ed|s)?|refus\w+|not (?:yet )?(?:ready|willing|interested|amenable|agreeable)"
    r"|hesitant|reluctant|resistant|unwilling"
    rf"|discuss\w*(?: \w+){{0,2}}? {_BEGIN}"
    r"|(?:will|may|might|could)(?: \w+){0,2}? (?:need|require)|would(?: \w+){0,2}? benefit from"
    rf"|(?:if|once|when|should|unless)\b[^.;]{{0,60}}?\b(?:will|would|may|might|can|then|plan to|to)(?: \w+)? {_BEGIN})"
    rf"(?:\W+{_CHANGED}\w+){{0,3}}?\W+)$",
    re.I,
)
WILL_BEGIN = re.compile(rf"\b(?:will|would|may|might|can|plan to)(?: \w+)? {_BEGIN}\W+(?:\w+\W+){{0,2}}$", re.I)
LATER = re.compile(
    r"\W+(?:\w+\W+){0,3}?(?:if|when|once|should|unless|soon|eventually|later|(?:at )?next (?:visit|time)|in the future)\b", re.I
)
REFUSED = re.compile(
    r"\W{1,3}(?:(?:but|and|which|patient|pt|he|she|they|was|were|has|have)\W+){0,3}"
    r"(?:declin(?:ed|es|ing)|refus(?:ed|es|ing)|not interested|(?:wants?|prefers?|wish(?:es)?) to (?:wait|think|hold off))"
    r"(?=\W*$| *[.;,)]| (?:it|for now|today|at this time|again|due|because|by|about|until|on it)\b)",
    re.I,
)
ON_IT = re.compile(r"\b(?:on|continu\w+|takes|taking|uses|using|with) (?:\w+ )?$", re.I)
AGREED = re.compile(
    r"\W+(?:suppl|refill|dos(?:e|ing)|pens?\b|pump|syringe|needle|increas|decreas|adjust|titrat|chang|adheren|complian|renew|rx)"
    r"|[^.]{0,60}?\b(?<!not )(?:agree[sd]?|accept(?:s|ed)|willing|amenable|prescribed|start(?:ed)? (?:today|now)|rx)\b",
    re.I,
)


OF_THE_STAY = re.compile(
    r"\bin-?house\b|\b(?:inpatient|inpt) only\b"
    r"|\bwhile (?:inpt|inpatient|in ?house|here|admitted|hospitali[sz]ed|in (?:the )?hospital)\b"
    r"|\b(?:ISS|SSI|sliding scale|correction(?:al)? (?:scale|insulin)|insulin (?:drip|gtt|infusion))\b"
    r"(?!.{0,40}\bhome (?:dose|insulin))",
    re.I,
)


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    return {row[0]: row[2] for row in rows("drugs")}


def drug_class(name: str) -> str:
    """What kind of drug a name is (table drugs)."""
    return _classes().get(name, "")


def taken(case: Case, *classes: str) -> list[tuple[str, int, int]]:
    """Drugs of a class that the patient takes: (name, sentence, hit's first word)."""
    found = []
    for number, hits in case.reading.hits["drug"].items():
        sentence = case.reading.note.sentences[number]
        if sentence.section in ("allergies", "fh", "instructions", "psh"):
            continue
        if case.visit.setting == "inpatient" and "insulin" in classes and OF_THE_STAY.search(case.text(sentence)):
            continue
        for hit in hits:
            if drug_class(hit.entry.key) in classes:
                start = sentence.places[max(0, hit.first - 4)][0]
                before = case.reading.note.documents[sentence.document].text[start : sentence.places[hit.first][0]]
                if (
                    not STOPPED.search(before)
                    and not FORMERLY.search(sentence.source, sentence.start, sentence.places[hit.first][0])
                    and not _not_yet(sentence, *sentence.places[hit.first])
                ):
                    found.append((hit.entry.key, number, hit.first))
    return found


def _not_yet(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a drug is offered and refused, or to be begun one day: "may need insulin", "discussed apixaban, declined"."""
    source, since = sentence.source, max(sentence.start, start - 110)
    if REFUSED.match(source, end, sentence.end) and not ON_IT.search(source, since, start):
        return True
    if LATER.match(source, end, sentence.end) and WILL_BEGIN.search(source, since, start):
        return True
    return NOT_YET.search(source, since, start) is not None and not AGREED.match(source, end, sentence.end)


def drugs(case: Case) -> None:
    """How diabetes is controlled, and blood thinners with what they are for (Z79 notes, I.C.4.a.3)."""
    base = case.main("E08", "E09", "E11", "E13")
    kinds = [("insulin", "Z79.4"), ("oral diabetes", "Z79.84"), ("injected diabetes", "Z79.85")]
    place = 0.0
    for kind, code in kinds if base else ():
        for_type_one = [taken(case, kind)]
        if for_type_one[0]:
            name, number, first = for_type_one[0][0]
            last = max(c.order for c in case.main("E08", "E09", "E11", "E13", "N18"))
            place += 0.0001
            order = last + 0.0005 + place
            case.add(code, [_drug_evidence(case, number, first)], 0.8, order, f"the diabetes is treated with {name}", DRUGS)
    if case.main("E10"):
        for candidate in case.main("Z79.4"):
            case.drop(candidate, "type 1 diabetes implies insulin")
    _immune(case)
    reasons = case.main("I48", "I26", "I82", "Z86.71", "Z95.2", "Z51.81", "D68", "R79.1")
    thinner = [one for one in taken(case, "anticoagulant") if not _begun(case, one[1], one[2])] if reasons else []
    if case.visit.setting == "emergency":  # what its plan names may begin there
        thinner = [one for one in thinner if case.reading.note.sentences[one[1]].section not in ("assessment", "plan")]
    if thinner:
        name, number, first = thinner[0]
        case.add(
            "Z79.01",
            [_drug_evidence(case, number, first)],
            0.74,
            max(c.order for c in reasons) + 0.0005,
            f"long-term anticoagulant: {name}",
            "ICD-10-CM Z79 use with the reason",
        )


ANTIPLATELET = ("clopidogrel", "ticagrelor")


DAILY = re.compile(r"\W*(?:\(?(?:81|325|162)\b|[^.;,]{0,12}\b(?:daily|long[- ]term|lifelong|indefinitely)\b)", re.I)


def antiplatelets(case: Case) -> None:
    """Aspirin and other antiplatelets that go on for the arteries' disease (Z79.82, Z79.02)."""
    base = case.main("I25", "Z95.5", "Z95.1", "I70", "I73.9", "I65", "Z86.73", "I69")
    if not base or case.visit.setting != "office":
        return
    after = max(c.order for c in base) + 0.0007
    for name, number, first in taken(case, "antiplatelet", "otc"):
        if (name != "aspirin" and name not in ANTIPLATELET) or _begun(case, number, first):
            continue
        sentence = case.reading.note.sentences[number]
        if sentence.section not in ("hpi", "meds", "assessment", "plan", "cc", "other"):
            continue
        if name == "aspirin" and not DAILY.match(sentence.source, sentence.places[first][1], sentence.end):
            continue
        code, place = ("Z79.82", 0.0002) if name == "aspirin" else ("Z79.02", 0.0001)
        case.add(code, [_drug_evidence(case, number, first)], 0.74, after + place, f"long-term {name}", "ICD-10-CM Z79")


REACTS = re.compile(
    r"\b(?:avoid\w*|d/t|due to|because|given (?!for|to|at)|so\b|therefore|instead|in place of|alternative|in view of|not used"
    r"|since)",
    re.I,
)


def allergies(case: Case) -> None:
    """An allergy for which today's drug was chosen (I.C.21.c.3)."""
    for candidate in case.known("Z88", "Z91.04"):
        places = [case.mention_at(m) for m in candidate.mentions if m.assertion in ("affirmed", "historical", "hypothetical")]
        if not candidate.main and any(s.section in ("assessment", "plan") and REACTS.search(case.text(s)) for s in places):
            case.lift(candidate, 8_000.0, "the allergy decided which drug was given", "ICD-10-CM OCG I.C.21.c.3 (status)")


BIOLOGICS = frozenset(
    (
        "adalimumab",
        "etanercept",
        "infliximab",
        "secukinumab",
        "ustekinumab",
        "vedolizumab",
        "tocilizumab",
        "abatacept",
        "golimumab",
        "certolizumab",
        "ixekizumab",
        "guselkumab",
        "risankizumab",
    )
)
BEGUN = re.compile(
    r"\b(?:start\w*|begin\w*|initiat\w*|consider\w*|discuss\w*|add\w*|switch\w*|if|fail\w*|candidate|plan\w*)\b[^.;]*$", re.I
)


def _immune(case: Case) -> None:
    """Methotrexate and biologics for a disease of joints, skin or bowel (Z79.6)."""
    base = case.main("M05", "M06", "M08", "L40", "M45", "L73.2", "K50", "K51")
    for name, number, first in taken(case, "rx", "monitored") if base else ():
        code = "Z79.620" if name in BIOLOGICS else "Z79.631" if name == "methotrexate" else ""
        if not code or (name in BIOLOGICS and _to_come(case, number, first)):
            continue
        order = max(c.order for c in base) + 0.0005
        case.add(code, [_drug_evidence(case, number, first)], 0.74, order, f"long-term {name}", "ICD-10-CM Z79.6-")


NEWLY = re.compile(
    r"(?:\bstart\w*|\bbegan|\bbegun|\binitiat\w*|\bnew|\bbridged? to|\bheparin\b[^.;]{0,12}(?:→|->|to))\W+(?:on )?$", re.I
)
SINCE = re.compile(r"[^.;]{0,25}?\b(?:started|begun|began|initiated)\b(?! in (?:19|20)\d\d)", re.I)


def _begun(case: Case, number: int, first: int) -> bool:
    """Whether a drug was begun in this very encounter, and so is not yet of long use."""
    sentence = case.reading.note.sentences[number]
    start, end = sentence.places[first]
    before = NEWLY.search(sentence.source, max(sentence.start, start - 40), start)
    return before is not None or SINCE.match(sentence.source, end, sentence.end) is not None


def _to_come(case: Case, number: int, first: int) -> bool:
    """Whether a drug is only begun or thought of."""
    sentence = case.reading.note.sentences[number]
    at = sentence.places[first][0]
    return bool(BEGUN.search(sentence.source, max(sentence.start, at - 50), at))


def _drug_evidence(case: Case, number: int, first: int) -> Evidence:
    sentence = case.reading.note.sentences[number]
    start, end = sentence.places[first]
    return case.reading.note.evidence(sentence.document, start, end)


# the tabular list asks for tobacco beside them: hypertension, coronary and cerebral vessels, the lungs, the mouth and larynx
WITH_TOBACCO = (
    *("I10", "I11", "I12", "I13", "I20", "I21", "I22", "I24", "I25", "I6", "J4", "J84", "J96.1"),
    *("C00", "C01", "C02", "C03", "C04", "C05", "C06", "C09", "C10", "C13", "C14", "C32", "C33", "C34"),
)


CIGARETTES = re.compile(
    r"\b(?:smok\w+|smokes) [^.;\n]{0,15}?(?:cigarettes?|cigs?|packs?|ppd)\b|\b\d(?:[/.]\d)? ?(?:-? ?packs?|ppd|pk)\b"
    r"|\bcigarettes? (?:per|a|/) ?day",
    re.I,
)


def tobacco(case: Case) -> None:
    """A smoker's dependence, or that he smoked, goes with lung and heart disease (J44, I10 use additional code)."""
    smoking = [c for c in case.known("F17.2") if not c.main and c.score >= 0.15]
    base = case.main(*WITH_TOBACCO) if smoking or case.known("Z87.891") else []
    smoked = [c for c in case.known("Z87.891") if not c.main]
    told, why = (smoked, "smoked before the disease") if smoked else (smoking, "tobacco use goes with the disease")
    if told and base and not case.main("F17"):  # of a former smoker the years tell how much he smoked
        after = max(c.order for c in base) + 0.0006
        case.lift(told[0], after, why, "ICD-10-CM I10, I25, J44 use additional code")
    for candidate in case.main("F17.200"):
        if any(s.section not in ("fh", "allergies") for _, s, _, _ in case.search(CIGARETTES)):
            case.replace(candidate, "F17.210", "the note tells of cigarettes", "ICD-10-CM F17.21-")
    for candidate in case.main("Z72.0"):
        if case.main("F17"):
            case.drop(candidate, "dependence is coded instead (Z72.0 Excludes1)")


DNR = re.compile(r"\b(?:DNR(?:[/ ]?(?:DNI|CC))?|do not resuscitate|no code)\b")
NOT_SO = re.compile(
    r"\b(?:full code|declin\w*|discuss\w*|revers\w*|revok\w*|rescind\w*|not (?:a )?DNR|no DNR|if|consider\w*)\b", re.I
)
IN_FORCE = "ICD-10-CM Z66 (do not resuscitate, in force in the stay)"


def no_resuscitation(case: Case) -> None:
    """An order against resuscitation that is in force in the stay, wherever the record tells it."""
    if case.visit.setting != "inpatient":
        return
    for _, sentence, _, words in case.search(DNR):
        if not NOT_SO.search(case.text(sentence)):
            case.add("Z66", [words], 0.85, 8_500.0, "ordered in this stay", IN_FORCE)
            return


MADE = ("Z95.0", "Z95.1", "Z95.2", "Z95.5", "Z96.6", "Z90.49", "Z90.710")
JUST = re.compile(r"\b(?:s/p|status post|post|now)\W+(?:\w+\W+){0,4}$", re.I)
AFTER = re.compile(r"(?:s/p|status post)\b", re.I)
BEFORE = re.compile(r"\b(?:prior|previous|old|remote|history|hx|(?:19|20)\d\d|years? ago)\b", re.I)


def _of_this_stay(case: Case) -> None:
    """What a list of diagnoses at discharge tells behind the disease it was for was put in now: "CAD s/p DES to LAD"."""
    for candidate in case.main(*MADE) if case.visit.setting == "inpatient" else ():
        if any(_just_made(case, candidate, mention) for mention in candidate.mentions):
            case.drop(candidate, "done in this stay, so no status yet")


def _just_made(case: Case, candidate: Candidate, made: Mention) -> bool:
    sentence = case.mention_at(made)
    diseases = [c for c in case.main() if c is not candidate and c.code[0] not in "VWXYZ"]
    led = any(m.sentence == made.sentence and m.first < made.first for c in diseases for m in c.mentions)
    before = sentence.source[sentence.start : made.evidence.start]
    just = JUST.search(before) or AFTER.match(made.evidence.text)
    return led and sentence.section == "assessment" and just is not None and not BEFORE.search(case.text(sentence))


def _now(case: Case, mention: Mention) -> bool:
    """Whether a status is told as one of today: not "used to be on an insulin pump"."""
    return not FORMERLY.search(case.mention_at(mention).source, case.mention_at(mention).start, mention.evidence.start)


NAMED = 0.2  # as little as a history without a heading weighs
# what stays with the patient -> the disease it is coded beside, where another sentence than the assessment names it
STATUS = (
    ("Z99.81", ("J44", "J96.1", "J84", "I50", "I27")),
    ("Z96.41", ("E10", "E11", "E13", "E08", "E09")),
    ("Z99.2", ("N18.6", "I12.0", "I13.2", "I13.11")),
    ("I25.2", ("I25.1", "I25.5", "I25.7", "I25.8", "I50")),
    ("Z95.1", ("I25",)),
    ("Z95.2", ("Z51.81", "Z79.01")),
    ("Z95.5", ("I25",)),
    ("Z79.82", ("I25", "I63", "Z86.73")),
)


def statuses(case: Case) -> None:
    """Devices, bypasses and dialysis go with the disease that was assessed (I.C.21.c.3)."""
    for code, diseases in STATUS if case.known(*(code for code, _ in STATUS)) else ():
        for candidate in case.known(code):
            base = case.main(*diseases)
            least = NAMED / 4 if code in MADE else NAMED  # what was put in is there, however long ago
            if base and not candidate.main and candidate.score >= least and any(_now(case, m) for m in candidate.mentions):
                after = max(c.order for c in base) + 0.0006
                case.lift(candidate, after, "a status that goes with the disease", "ICD-10-CM OCG I.C.21.c.3 (status)")
    _of_this_stay(case)
