"""Drugs that did harm: adverse effect, poisoning, underdosing (Guidelines I.C.19.e.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from claimwright.coding.assertion import standing
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Hit
from claimwright.coding.model import Evidence
from claimwright.coding.tables import rows

ADVERSE = "ICD-10-CM OCG I.C.19.e.5.a (adverse effect: the reaction, then the drug)"
POISONING = "ICD-10-CM OCG I.C.19.e.5.b (poisoning: the drug first)"
UNDERDOSING = "ICD-10-CM OCG I.C.19.e.5.c (underdosing after the disease)"
DUE = re.compile(
    r"\b(?:due to|secondary to|caused by|induced by|from|side effect of|reaction to|because of|adverse effect of|attributed to)"
    r"\s+(?:\w+\s+){0,2}?(?:nsaids?|medications?|drugs?|her|his|the)?\W{0,3}$",
    re.I,
)
# "from" a drug that gives way to another is no cause: "switch from lisinopril to losartan"
EXCHANGED = re.compile(
    r"\b(?:switch\w*|chang(?:ed|ing)|(?P<noun>change)|transition\w*|convert\w*|conversion|(?:cross[- ]?)?taper\w*"
    r"|step(?:ped|ping)?|wean\w*|mov(?:e|ed|ing)|rotat\w+|replac\w+)(?:[ -]\w+){0,3}[ ]$",
    re.I,
)
TO_ANOTHER = re.compile(
    r"\W*(?:\d[\w.,/]*\W*(?:m[cg]g?|units?|g|ml)?\W*(?:(?:po|daily|nightly|[bt]id|qd|qhs|weekly)\W+)*)?(?:to|->?>?|→)\W*$", re.I
)
ITS_EFFECT = re.compile(
    r"\W*(?:an? |known )?(?:adverse|side)[- ]effects? (?:of|from|to)\W+(?:the |her |his )?$", re.I
)  # behind a title
OVERDOSE = re.compile(
    r"\b(?:overdos\w*|poison\w*|took too (?:much|many)|ingested too"
    r"|(?:suicid\w+|intentional\w*|accidental\w*|massive|toxic)\b[^.;]{0,25}\bingest\w+)\b",
    re.I,
)
INTENT = (("2", r"\b(?:intentional\w*|suicid\w*|self[- ]harm)"), ("3", r"\bassault\w*"), ("4", r"\bundetermined"))
NOT_TAKING = re.compile(
    r"\b(?:not (?:been )?taking|(?:patient|pt|he|she|they) (?:has |had )?stopped(?: taking)?|ran out of|skipp\w+|underdos\w*"
    r"|non-?(?:adheren|complian)\w+ (?:with|to)|missed (?:\w+ )?doses of|forg[eo]t\w* to take|has not taken"
    r"|(?:took|taking|takes) less(?: than prescribed)?(?: of)?)"
    r"\s+(?:\w+\s+){0,3}?$",
    re.I,
)
LESS = re.compile(
    r"\W+(?:(?:dose|doses|therapy|medication)\W+)?"
    r"(?:under-?dos\w+|non-?(?:adheren\w+|complian\w+)|rationing|rationed|ran out|skipped|missed)\b",
    re.I,
)
STOPPED = re.compile(r"\b(?:stopp(?:ed|ing)|quit(?:ting)?|discontinu(?:ed|ing)|tak(?:en|ing) less)\s+(?:\w+\s+){0,3}?$", re.I)
OWN_ACCORD = re.compile(r"\b(?:on (?:his|her|their) own|intentional\w*|without telling|self-?(?:stopped|discontinued))\b", re.I)
# why less was taken -> the code that says so beside the drug's
REASONS = (
    ("Z91.120", "because of the cost", re.compile(r"\b(?:cost|afford\w*|financial|money|insurance|expens\w+)\b", re.I)),
    ("Z91.138", "unintentionally", re.compile(r"\b(?:forg[eo]t\w*|unintentional\w*|lost track|by mistake)\b", re.I)),
    (
        "Z91.128",
        "of the patient's own will",
        re.compile(
            r"\b(?:on (?:his|her|their) own|intentional\w*|felt (?:better|well|fine)|side effects?|afraid"
            r"|(?:did|does) not (?:like|want|believe))\b",
            re.I,
        ),
    ),
    ("Z91.148", "noncompliance, its reason not told", re.compile(r"\bnon-?(?:adheren|complian)", re.I)),
)
# what a drug does, as it is coded when the provider names the drug as its cause
REACTIONS = {"R21": "L27.0", "R05.9": "R05.8", "K59.00": "K59.03", "E11.9": "E09.9", "L50.9": "L50.0"}


KIND = re.compile(r"nsaids?$|opioids?$|opiates?$", re.I)


def _left_out(before: str, after: str) -> bool:
    """Whether the patient took less of a drug than prescribed, or stopped it of the own accord."""
    if NOT_TAKING.search(before) or LESS.match(after):
        return True
    return bool(STOPPED.search(before) and OWN_ACCORD.search(before + after))


@lru_cache(maxsize=1)
def _groups() -> dict[str, str]:
    """Drug -> the first five characters of its code in the table of drugs and chemicals (T36-T50)."""
    return {name.strip(): code for code, names in rows("drug_codes") for name in names.split(";")}


TOLD_IN = ("assessment", "impression", "cc")


def drug_effects(case: Case) -> None:
    """Each drug that the assessment names as cause of a reaction, as taken in excess, or as not taken."""
    sentences = case.reading.note.sentences
    assessed = [(number, hit) for number, hit in case.hits("drug") if sentences[number].section in TOLD_IN]
    harmful = _of_harm(case) if assessed else ()
    for number, hit in assessed:
        if number not in harmful and not _says(case, number, hit):
            continue
        sentence, stem = sentences[number], _groups().get(hit.entry.key)
        if stem is None:
            continue
        start, end = sentence.span(hit.first, hit.last)
        text = case.reading.note.documents[sentence.document].text
        before, after = text[sentence.start : start], text[end : sentence.end]
        words = case.reading.note.evidence(sentence.document, start, end)
        aside = sentence.told and not sentence.statement
        scope = case.reading.scopes[number]
        stood = standing(hit.first, hit.last, scope, sentence.section, aside=aside)
        if stood not in ("affirmed", "historical") and not (stood == "hypothetical" and ITS_EFFECT.match(before)):
            if _left_out(before, after):
                _underdosing(case, stem, number, words)
            continue
        if OVERDOSE.search(before[-60:]) or OVERDOSE.match(after.lstrip()[:12]):
            _poisoning(case, stem, case.text(sentence), words)
        elif _left_out(before, after):
            _underdosing(case, stem, number, words)
        elif (due := DUE.search(before)) and not _exchanged(due, case, number, hit):
            _adverse(case, stem, number, hit, words)
        elif INDUCED.match(after) or _says(case, number, hit):
            _adverse(case, stem, number, hit, words, behind=True)
    _exact(case)
    _steroid_diabetes(case)


def _exchanged(due: re.Match[str], case: Case, number: int, hit: Hit) -> bool:
    """Whether the "from" before a drug tells of the one given before, or of the one given after it."""
    at = due[0].lower().rfind("from ")
    if at < 0:
        return False
    sentence = case.reading.note.sentences[number]
    text, (start, end) = sentence.source, sentence.span(hit.first, hit.last)
    found = EXCHANGED.search(due.string[: due.start() + at])
    if found and (not found["noun"] or " to " in text[end : sentence.end]):  # not "mental status change from oxycodone"
        return True
    others = [sentence.span(one.first, one.last) for one in case.reading.hits["drug"].get(number, ()) if one is not hit]
    return any(
        (last <= start and TO_ANOTHER.match(text[last:start])) or (end <= first and TO_ANOTHER.match(text[end:first]))
        for first, last in others
    )


def _exact(case: Case) -> None:
    """A kind of drug gives way to the drug, and an attempt on one's life to the poisoning it was."""
    for stem, exact in (("T39.395", ("T39.31", "T39.39")), ("T40.2X", ("T40.1", "T40.3", "T40.4"))):
        for general in case.main(stem):  # "NSAID (naproxen)", "opioid overdose (heroin)"
            if KIND.match(general.evidence[0].text) and any(c is not general for c in case.main(*exact)):
                case.drop(general, "the note says which")
    if any(c.code[6:7] == "2" for c in case.main(*POISONINGS)):
        for attempt in case.main("T14.91"):
            case.drop(attempt, "the poisoning says by what means")


POISONINGS = (*(f"T{number}" for number in range(36, 66)), "T71")


def _of_harm(case: Case) -> Collection[int]:
    """Numbers of the sentences that may tell of a drug's harm, or that it was left out."""
    numbers = set[int]()
    for wording in (OVERDOSE, NOT_TAKING, LESS, STOPPED, DUE, INDUCED):
        found = case.spots.of(wording)
        if found is None:
            return range(len(case.reading.note.sentences))
        numbers.update(found)
    return numbers


def _code(stem: str, intent: str) -> str:
    """T36.0X + 5 + A: the sixth character says how it came, the seventh is the encounter's."""
    return f"{stem}{intent}A"


def _poisoning(case: Case, stem: str, text: str, words: Evidence) -> None:
    intent = next((digit for digit, told in INTENT if re.search(told, text, re.I)), "1")
    code = _code(stem, intent)
    why = "taken wrongly or in excess" + ("" if intent != "1" else "; accidental where no intent is documented")
    case.add(code, [words], 0.9, -0.4, why, POISONING)


INDUCED = re.compile(r"[- ](?:induced|associated|related)\b", re.I)
BY_DRUGS = ("G72.0", "G62.0", "L27", "K59.03", "N14.1", "D70.1", "D59.2", "G24.0", "G25.71", "K71", "I95.2", "D68.32")


def _says(case: Case, number: int, hit: Hit) -> bool:
    """Whether a disease that drugs cause is named with the drug in its name: "statin myopathy"."""
    return any(m.sentence == number and m.first <= hit.first <= m.last for c in case.main(*BY_DRUGS) for m in c.mentions)


def _adverse(case: Case, stem: str, number: int, hit: Hit, words: Evidence, *, behind: bool = False) -> None:
    harmed = [c for c in case.main() if c.code[0] not in "ZVWXY"]
    if behind:  # "chemo-induced nausea"
        near = [c for c in harmed if any(m.sentence == number and m.last >= hit.first for m in c.mentions)]
        if near and not any(c.code.startswith(stem) for c in case.main("T")):
            order = near[0].order + 0.0002
            case.add(_code(stem, "5"), [words], 0.85, order, "the drug that caused the reaction", ADVERSE)
        return
    near = [c for c in harmed if any(m.sentence == number and m.last < hit.first for m in c.mentions)]
    if any(c.code.startswith("T4") for c in near):
        return
    if near:
        reaction = min(near, key=lambda c: hit.first - max(m.last for m in c.mentions if m.sentence == number))
    else:  # "Nausea - adverse effect of tamoxifen": the title says what the drug did
        titles = [m.sentence for c in harmed for m in c.mentions if m.sentence == number - 1 and case.mention_at(m).statement]
        item = case.reading.note.sentences[number].item
        near = [c for c in harmed if titles and c.item == item >= 0 and any(m.sentence == number - 1 for m in c.mentions)]
        if not near:
            return
        reaction = near[-1]
    if reaction.code in REACTIONS:
        why = f"a reaction to {hit.entry.key} taken as prescribed"
        reaction = case.replace(reaction, REACTIONS[reaction.code], why, ADVERSE)
    case.add(_code(stem, "5"), [words], 0.85, reaction.order + 0.0002, "the drug that caused the reaction", ADVERSE)


def _underdosing(case: Case, stem: str, number: int, words: Evidence) -> None:
    near = case.reading.note.sentences[number : number + 2]
    item = near[0].item
    text = " ".join(case.text(one) for one in near if one.item == item)
    problems = [c for c in case.main() if c.code[0] not in "ZVWXY"]
    disease: list[Candidate] = [c for c in problems if c.item == item] or problems  # a list has each in a line of its own
    if not disease:
        return
    after = max(c.order for c in disease)
    case.add(_code(stem, "6"), [words], 0.7, after + 0.0003, "taken less than prescribed", UNDERDOSING)
    for code, why, told in REASONS:
        if told.search(text):
            case.add(code, [words], 0.7, after + 0.0004, why, UNDERDOSING)
            return


def _steroid_diabetes(case: Case) -> None:
    """Diabetes that steroids brought: the drug as adverse effect after it (E09 use additional code)."""
    for candidate in case.main("E09"):
        for mention in candidate.mentions:
            if "steroid" in mention.term and not case.main("T38.0"):
                order = candidate.order + 0.0002
                case.add(
                    "T38.0X5A", [mention.evidence], 0.85, order, "the drug that caused it", "ICD-10-CM E09 use additional code"
                )
