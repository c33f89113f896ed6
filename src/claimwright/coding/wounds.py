"""Wounds closed: the code follows from the kind of closure, the site's group and the summed length."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from claimwright.coding.acts import DONE, Act, hits_of, performed, words_of
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Hit
from claimwright.coding.model import Evidence
from claimwright.coding.tables import cue, word_list

RULE = "CPT repair: lengths of the same kind of closure and group of sites are summed"
FACE = frozenset({"face", "forehead", "cheek", "nose", "lip", "ear", "eyelid"})
EXTREME = frozenset(
    {
        "hand",
        "thumb",
        "finger",
        "index finger",
        "middle finger",
        "ring finger",
        "little finger",
        "foot",
        "toe",
        "great toe",
        "neck",
        "perineum",
    }
)
# upper edge in centimetres -> code
SIMPLE_BODY = ((2.5, "12001"), (7.5, "12002"), (12.5, "12004"), (20.0, "12005"), (30.0, "12006"), (9e9, "12007"))
SIMPLE_FACE = ((2.5, "12011"), (5.0, "12013"), (7.5, "12014"), (12.5, "12015"), (20.0, "12016"), (30.0, "12017"), (9e9, "12018"))
LAYERED_BODY = ((2.5, "12031"), (7.5, "12032"), (12.5, "12034"), (20.0, "12035"), (30.0, "12036"), (9e9, "12037"))
LAYERED_HANDS = ((2.5, "12041"), (7.5, "12042"), (12.5, "12044"), (20.0, "12045"), (30.0, "12046"), (9e9, "12047"))
LAYERED_FACE = ((2.5, "12051"), (5.0, "12052"), (7.5, "12053"), (12.5, "12054"), (20.0, "12055"), (30.0, "12056"), (9e9, "12057"))
LIDS = frozenset({"eyelid", "nose", "ear", "lip"})
COMPLEX_FACE = frozenset({"forehead", "cheek", "face", "neck", "axilla", "perineum", "hand", "foot"}) | EXTREME
COMPLEX_LIMBS = frozenset(word_list("complex limbs"))
COMPLEX = cue("wounds.complex")
AFTER_EXCISION = "CPT excision: intermediate and complex closures are reported beside it; NCCI policy manual, chapter 3"
WOUNDS = ("S01", "S11", "S21", "S31", "S41", "S51", "S61", "S71", "S81", "S91")
LENGTH = re.compile(r"\b(\d{1,2}(?:\.\d+)?)\s*-?\s*(cm|centimet\w+|mm|millimet\w+|inch(?:es)?)\b", re.I)
LAYERED = cue("wounds.layered")
DENIED = re.compile(r"\b(?:no|not|without|single)\b[^.;]{0,30}$", re.I)
STRIPS = re.compile(r"\bsteri-?strips?|butterfly|adhesive strips?\b", re.I)
CLOSED = cue("wounds.closed")


def code_for(length: float, site: str, layered: bool) -> str:
    """The repair code of a length in centimetres."""
    if layered:
        table = LAYERED_FACE if site in FACE else LAYERED_HANDS if site in EXTREME else LAYERED_BODY
    else:
        table = SIMPLE_FACE if site in FACE else SIMPLE_BODY
    return next(code for edge, code in table if length <= edge)


def centimeters(found: re.Match[str]) -> Decimal:
    """A measured length in centimeters."""
    unit = found.group(2).lower()
    scale = "0.1" if unit.startswith("m") else "2.54" if unit.startswith("i") else "1"
    return Decimal(found.group(1)) * Decimal(scale)


def complex_codes(length: float, site: str) -> list[tuple[str, int]]:
    """A complex repair: the code of up to 7.5 cm and the add-on for each further 5; nothing up to 1 cm."""
    if length <= 1:
        return []
    group = "1315" if site in LIDS else "1313" if site in COMPLEX_FACE else "1312" if site in COMPLEX_LIMBS else "1310"
    first = {"1310": ("13100", "13101", "13102"), "1312": ("13120", "13121", "13122"), "1313": ("13131", "13132", "13133")}
    small, large, further = first.get(group, ("13151", "13152", "13153"))
    codes = [(small if length <= 2.5 else large, 1)]
    return [*codes, (further, -(-int((length - 7.5) * 10) // 50))] if length > 7.5 else codes


def closure_after_excision(case: Case, site: str) -> list[Act]:
    """A layered or complex closure after an excision is a service of its own; a simple one is not."""
    complicated = next((words for _, s, _, words in case.search(COMPLEX, "procedure", "other", "plan")), None)
    if complicated is None and not _layered(case):
        return []
    for _, sentence, found, words in case.search(LENGTH, "procedure", "other", "plan"):
        text = case.text(sentence)
        near = text[max(0, found.start() - 60) : found.end() + 40]
        if re.search(r"clos|repair|incision|defect|suture|final length", near, re.I):
            length = float(centimeters(found))
            prefixes = ("D22", "D23", "L72", "D17", "C44", "C43", "D04", "L82", "D48", "D49")
            if complicated is None:
                why = f"layered closure of {length:g} cm after excision"
                code = code_for(length, site, True)
                return [Act(code, [words], why, prefixes, rules=[DONE, RULE, AFTER_EXCISION], kind="procedure")]
            why = f"complex closure of {length:g} cm after excision"
            return [
                Act(code, [words, complicated], why, prefixes, units=units, rules=[DONE, RULE, AFTER_EXCISION], kind="procedure")
                for code, units in complex_codes(length, site)
            ]
    return []


def repairs(case: Case) -> list[Act]:
    """One repair a kind and group of sites, from the procedure's own words; the more complicated first."""
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "12001") if performed(case, at, h)]
    wounds = case.known(*WOUNDS)
    closed = [(at, s, h) for at, s, h in done if CLOSED.search(case.text(s)) or h.entry.words >= 2]
    if not closed or not wounds:
        return []
    texts = [(s, case.text(s)) for _, s in case.sentences() if s.section in ("procedure", "assessment", "plan", "other", "exam")]
    if not any(CLOSED.search(text) for _, text in texts):
        return []
    if re.search(
        r"suture removal|sutures? (?:were )?removed|removal of sutures",
        " ".join(t for s, t in texts if s.section in ("procedure", "cc")),
        re.I,
    ):
        return []
    first = words_of(case, closed[0][1], closed[0][2])
    site = next((m.site for c in wounds for m in c.mentions if m.site), "")
    found = _closures(case, site)
    if not found:
        return [Act("12001", [first], "wound closed, but its length is not written", ("S",), score=0.4)]
    acts: list[Act] = []
    for kind, held in sorted(found.items(), key=lambda one: KINDS.index(one[0][0])):
        length, place = round(sum(one.length for one in held), 1), ", ".join(dict.fromkeys(one.site or "body" for one in held))
        why = f"{SAID[kind[0]]} closure of {length:g} cm, {place}"
        evidence = [first, *(one.words for one in held)]
        codes = (
            complex_codes(length, held[0].site)
            if kind[0] == "complex"
            else [(code_for(length, held[0].site, kind[0] == "layered"), 1)]
        )
        apart, rules = ["59"] * bool(acts), [DONE, RULE, *([OTHERS] if acts else [])]
        acts.extend(
            Act(code, list(evidence), why, WOUNDS, list(apart), units=units, rules=rules, site=held[0].site, kind="procedure")
            for code, units in codes
        )
    return acts


SEVERAL = cue("wounds.several")
KINDS = ("complex", "layered", "simple")
SAID = {"complex": "complex", "layered": "layered (intermediate)", "simple": "single-layer (simple)"}
OTHERS = "CPT repair: the more complicated first, repairs of another kind or group of sites with modifier 59"


class Closure(NamedTuple):
    """A wound as it was closed."""

    length: float  # centimeters
    site: str
    side: str
    words: Evidence
    at: int


def _closures(case: Case, site: str) -> dict[tuple[str, str], list[Closure]]:
    """The wounds closed, by kind of closure and group of sites; of one site and side one, unless several are told of."""
    measured = _measured(case, site)
    sided = {(one.length, one.site) for one in measured if one.side}
    measured = [one for one in measured if one.side or (one.length, one.site) not in sided]  # told again: "total length 6.2 cm"
    several = any(True for _ in case.search(SEVERAL, "procedure", "exam", "assessment"))
    if not several:  # one length of one group of sites is one wound, told where it was found and where it was closed
        measured = list({(one.length, _group("simple", one.site), one.side): one for one in measured}.values())
    places = {(one.site, one.side) for one in measured}
    if len(places) == 1 or (len(places) > 1 and not all(one.site for one in measured)):
        measured = measured if several else measured[:1]
        measured = [one._replace(site=site or one.site) for one in measured]
    elif not several:
        measured = list({(one.site, one.side): one for one in reversed(measured)}.values())[::-1]
    complicated, layered = _closed_so(case, COMPLEX, measured), _closed_so(case, LAYERED, measured)
    found: dict[tuple[str, str], list[Closure]] = {}
    for one in measured:
        kind = next((kind for kind, told in (("complex", complicated), ("layered", layered)) if one in told), "simple")
        found.setdefault((kind, _group(kind, one.site)), []).append(one)
    return found


def _closed_so(case: Case, words: re.Pattern[str], measured: list[Closure]) -> list[Closure]:
    """The wounds that words of how a wound was closed are said of: of the sentence, of the site, else of the wound before."""
    found: list[Closure] = []
    for at, sentence, told, spot in case.search(words, "procedure", "assessment", "plan", "other", "exam"):
        if DENIED.search(case.text(sentence)[: told.start()]):
            continue
        near = [one for one in measured if one.at == at]
        if near:
            found.append(min(near, key=lambda one: min(abs(one.words.start - spot.end), abs(spot.start - one.words.end))))
            continue
        named = {hit.entry.key for hit in case.reading.hits["site"].get(at, ())}
        before = [one for one in measured if one.at < at and case.reading.note.sentences[one.at].section == sentence.section]
        found.extend([one for one in measured if one.site in named] or before[-1:] or measured)
    return found


def _group(kind: str, site: str) -> str:
    """The sites whose lengths are summed."""
    if kind == "complex":
        return complex_codes(2, site)[0][0]
    return code_for(1, site, kind == "layered")


APART = re.compile(r"[,;]|\band\b")
MEASURED = re.compile(r"lacerat|\blacs?\b|stapl|wound|cut|length|repair|clos|measur|long")


def _measured(case: Case, site: str) -> list[Closure]:
    """The measured lengths: in the procedure if they are there, else with the wounds."""
    ranked: dict[int, list[Closure]] = {}
    for at, sentence, found, words in case.search(LENGTH, "procedure", "assessment", "plan", "exam", "hpi", "other"):
        text = case.text(sentence).lower()
        if STRIPS.search(text) and not CLOSED.search(text):
            continue  # strips alone are no repair (CPT repair guidelines)
        near = text[max(0, found.start() - 15) : found.end() + 12]
        if not MEASURED.search(text) or re.search(r"depth|[cm]m deep\b|apart|margin|needle", near):
            continue
        rank = 3 if sentence.section == "procedure" else 2 if re.search(r"lacerat|\blacs?\b|length", text) else 1
        place = _nearest(case, at, "site", words)
        if place in ("", "skin"):  # what is sewn there: "5-0 nylon skin", of the wound that the note is about
            others = any(hit.entry.key != "skin" for hit in case.reading.hits["site"].get(at, ()))
            place = "" if others else site
        ranked.setdefault(rank, []).append(
            Closure(float(centimeters(found)), place, _nearest(case, at, "side", words), words, at)
        )
    return ranked[max(ranked)] if ranked else []


def _nearest(case: Case, at: int, kind: str, words: Evidence) -> str:
    """The site or side that stands nearest in the sentence, first without a comma between."""
    sentence = case.reading.note.sentences[at]

    def distance(hit: Hit) -> tuple[bool, int]:
        start, end = sentence.span(hit.first, hit.last)
        apart = bool(APART.search(sentence.source, min(end, words.end), max(start, words.start)))
        return apart, min(abs(start - words.end), abs(words.start - end))

    return min(case.reading.hits[kind].get(at, ()), key=distance).entry.key if case.reading.hits[kind].get(at) else ""


def _layered(case: Case) -> bool:
    for _, sentence, found, _ in case.search(LAYERED, "procedure", "assessment", "plan", "other"):
        if not DENIED.search(case.text(sentence)[: found.start()]):
            return True
    return False
