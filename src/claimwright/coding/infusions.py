"""How drugs were given: pushed, infused, injected; one initial service a visit by CPT's order, all others beside it.

CPT 96360-96425 and its guidelines on hydration, injection and infusion; Medicare Claims Processing Manual 12, 30.5.
"""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, NEVER, Act, hits_of, number, performed, words_of
from claimwright.coding.case import Case
from claimwright.coding.em_families import setting_of
from claimwright.coding.model import Evidence
from claimwright.coding.timed import HOURS, MINUTES, minutes_near

RULE = (
    "CPT 96360-96425: one initial service a visit (chemotherapy before therapy before hydration, infusion before push), "
    "others as sequential; an infusion lasts 16 minutes or more, hydration 31; each further hour from 31 minutes of it"
)
UNDER_SKIN = "96372: injection of a therapeutic drug under the skin or into a muscle"
CLOCK = re.compile(
    r"\b(\d{1,2}):?(\d\d)\s*(am|pm)?\s*(?:-|–|to|until|till|through)\s*(\d{1,2}):?(\d\d)(?!\d|\s*(?:mg|mcg|ml|units?)\b)", re.I
)
MUSCLE = re.compile(
    r"(?i:\b(?:intramuscular\w*|subcutaneous(?:ly)?|subq|sub-q|subcut|gluteus|glutes?|gluteal|ventrogluteal|delt|deltoid|vastus|shot)\b)|\b(?:IM|SC|SQ|im|sq|subQ)\b"
)
VEIN = re.compile(r"\b(?:IV|IVP|IVPB|intravenous\w*|infus\w+|piggyback)\b", re.I)
PUSH = re.compile(r"\b(?:push(?:ed)?|IVP|bolus)\b", re.I)
DRIP = re.compile(r"\b(?:infus\w+|IVPB|piggyback|drip)\b", re.I)
CONCURRENT = re.compile(r"\bconcurrent\w*|\bsimultaneous\w*", re.I)
FLUIDS = ("J7030", "J7040", "J7050", "J7120")
# kind of service -> initial code, each further drug, each further hour; in the order in which one is the initial service
ORDER = {
    "chemo infusion": ("96413", "96417", "96415"),
    "chemo push": ("96409", "96411", ""),
    "infusion": ("96365", "96367", "96366"),
    "push": ("96374", "96375", ""),
    "hydration": ("96360", "96361", "96361"),
}
WHY = {
    "chemo infusion": "chemotherapy or complex biologic infused",
    "chemo push": "chemotherapy pushed into a vein",
    "infusion": "drug infused",
    "push": "drug pushed into a vein",
    "hydration": "hydration",
}
INJECTED = {
    "chemo": ("96401", "chemotherapy or complex biologic injected"),
    "hormone": ("96402", "hormonal antineoplastic injected"),
    "": ("96372", "injection into muscle or under the skin"),
}


def minutes_of(text: str) -> int:
    """How long, by the clock or as it is told; 0 where it is not."""
    found = CLOCK.search(text)
    if found:
        start, end = int(found[1]) * 60 + int(found[2]), int(found[4]) * 60 + int(found[5])
        return (end - start) % (12 * 60)
    told, hours = MINUTES.search(text), HOURS.search(text)
    if hours:
        return number(hours.group(1)) * 60 + int(hours.group(2) or 0) * 6
    return number(told.group(1)) if told else 60 if re.search(r"\bover (?:an|1) h(?:ou)?r\b", text, re.I) else 0


def route_of(text: str, way: str) -> tuple[str, int]:
    """The way into the body that words tell (im, push, infusion, untimed or nothing), with its minutes."""
    minutes = minutes_of(text)
    if PUSH.search(text):
        return "push", minutes
    if VEIN.search(text) or (way in ("iv", "chemo") and minutes):
        if minutes:
            return ("infusion" if minutes > 15 else "push"), minutes
        return ("untimed" if DRIP.search(text) or way in ("iv", "chemo") else "push"), 0
    return ("im" if MUSCLE.search(text) else ""), 0


def administration(case: Case, acts: list[Act]) -> list[Act]:
    """How the day's drugs and fluids were given; a hospital bills its own nurses, the physician none of it."""
    if setting_of(case) in ("inpatient", "emergency"):
        return []
    return [*_injected(acts), *_into_veins(case, acts)]


def _injected(acts: list[Act]) -> list[Act]:
    """One injection for each drug given under the skin or into a muscle."""
    found = []
    numbed = any(act.code.startswith("6461") for act in acts)  # chemodenervation holds its needles
    for kind, (code, why) in INJECTED.items():
        given = [act for act in acts if act.route == "im" and act.drug == kind and not (act.code == "J0585" and numbed)]
        if given:
            words = [one for act in given for one in act.evidence]
            found.append(Act(code, words, why, ("*",), units=len(given), rules=[DONE, UNDER_SKIN], kind="admin"))
    return found


def _into_veins(case: Case, acts: list[Act]) -> list[Act]:
    """The initial service, then each further drug and hour."""
    given: list[tuple[str, int, list[Evidence]]] = []
    beside: list[Evidence] = []
    for act in acts:
        if act.route not in ("push", "infusion") or act.code in FLUIDS or "JW" in act.modifiers:
            continue
        if act.route == "infusion" and act.beside:
            beside = list(act.evidence)
            continue
        given.append((f"{'chemo ' if act.drug == 'chemo' else ''}{act.route}", act.minutes, list(act.evidence)))
    given.extend(_unnamed(case, {kind.rpartition(" ")[2] for kind, _, _ in given}, acts))
    given.extend(_hydration(case, acts))
    given.sort(key=lambda one: (list(ORDER).index(one[0]), -one[1]))
    counted: dict[str, tuple[int, str, list[Evidence]]] = {}
    for place, (kind, minutes, words) in enumerate(given):
        first, sequential, further = ORDER[kind]
        for code, count in ((sequential if place else first, 1), (further, (minutes - 31) // 60 if further else 0)):
            if count > 0:
                held = counted.get(code, (0, "", []))
                counted[code] = (held[0] + count, f"{WHY[kind]}, {minutes} minutes" if minutes else WHY[kind], [*held[2], *words])
    if beside and given:
        counted["96368"] = (1, "drug infused at the same time as another", beside)
    return [
        Act(code, words, why, ("*",), units=units, rules=[DONE, RULE], kind="admin")
        for code, (units, why, words) in counted.items()
    ]


def _unnamed(case: Case, known: set[str], acts: list[Act]) -> list[tuple[str, int, list[Evidence]]]:
    """An infusion or push whose drug the table does not hold."""
    found: list[tuple[str, int, list[Evidence]]] = []
    spots = {(words.document, words.start) for act in acts if act.route for words in act.evidence}
    for key, kind in (("96365", "infusion"), ("96374", "push")):
        for at, sentence, hit in hits_of(case, "service", key):
            held = any(document == sentence.document and sentence.start <= start < sentence.end for document, start in spots)
            if kind in known or held or sentence.section in NEVER or not performed(case, at, hit):
                continue
            words = [words_of(case, sentence, hit)]
            minutes = minutes_of(case.text(sentence)) or minutes_near(case, at, words[0])[0]
            if kind == "push" or minutes > 15:
                found.append((kind, minutes, words))
                break
    return found


HYDRATED = re.compile(r"\b(?:given|infus\w+|administered|received|bolus|hydrat\w+|ran)\b", re.I)


def _hydration(case: Case, acts: list[Act]) -> list[tuple[str, int, list[Evidence]]]:
    """Fluids alone, at least 31 minutes of them."""
    for act in acts:
        if act.code in FLUIDS and act.minutes > 30:
            return [("hydration", act.minutes, list(act.evidence))]
    for at, sentence, hit in hits_of(case, "service", "96360"):
        if sentence.section in NEVER or not performed(case, at, hit):
            continue
        minutes, words = minutes_near(case, at, words_of(case, sentence, hit))
        minutes = minutes_of(case.text(sentence)) or minutes
        if minutes > 30:
            return [("hydration", minutes, words)]
    return []
