"""Vaccines given today, with their administration."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from claimwright.coding.acts import DONE, HISTORIES, Act, happened, unread
from claimwright.coding.case import Case
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, listed, rows


@lru_cache(maxsize=1)
def _vaccine_rows() -> list[tuple[str, str, int, str, int, int]]:
    held = []
    for code, phrases, components, kind, ages in rows("vaccines"):
        low, _, high = ages.partition("-")
        held.append((code, phrases, int(components), kind, int(low), int(high or 130)))
    return held


@cache
def _wording(phrases: str) -> re.Pattern[str]:
    """The phrases of a row, as one pattern."""
    words = sorted(listed(phrases), key=len, reverse=True)
    spelled = "|".join(re.escape(word).replace(r"\.\.\.", r"[^.;\n]{0,40}?") for word in words)
    return re.compile(rf"(?<![\w-])(?:{spelled})(?![\w-])", re.I)


SHOT = cue("vaccines.shot")
GIVEN_TODAY = cue("vaccines.given_today")
HAD, NOT_GIVEN, TESTED = cue("vaccines.had"), cue("vaccines.not_given"), cue("vaccines.tested")


def vaccines(case: Case) -> list[Act]:
    """Products given today with their administration: by counselling and component for children, by injection else."""
    products: dict[str, Act] = {}
    components = 0
    spots: list[tuple[int, int, int]] = []
    named = case.keys("vaccine")
    for code, phrases, count, kind, low, high in _vaccine_rows() if named else ():
        if code not in named:
            continue
        if case.age is not None and not low <= case.age <= high:
            continue
        for at, sentence, found, words in case.search(_wording(phrases)):
            if code in products or any(at == a and found.start() < e and s < found.end() for a, s, e in spots):
                continue
            if not _shot_given(case, at, sentence, found):
                continue
            if kind == "flu" and any(act.kind == "flu" for act in products.values()):
                spots.append((at, found.start(), found.end()))
                continue
            spots.append((at, _led(case.text(sentence), found.start()), _glossed(case.text(sentence), found.end())))
            components += count
            products[code] = Act(code, [words], "vaccine given today", ("Z23",), rules=[DONE], kind=kind)
    if not products:
        return []
    return [*_vaccine_administration(case, list(products.values()), components), *products.values()]


def _after(sentence: Sentence, end: int) -> str:
    """What follows a vaccine on its line, over a question's end: "PCV20 today? deferred"."""
    start = sentence.start + end
    return sentence.source[start : start + 40].replace("? ", " ").partition("\n")[0]


GLOSS = re.compile(r"\s*\([^()]{0,120}\)")


LED = re.compile(r"(?:^|[,;+&/.:()]|\band\b)[^,;+&/.:()]{0,40}\($", re.I)


def _led(text: str, start: int) -> int:
    """The start of what a product's name explains: "MenACWY (Menveo)", where the brand decides."""
    found = LED.search(text, max(0, start - 60), start)
    return found.start() if found else start


def _glossed(text: str, end: int) -> int:
    """The end of what explains a product's name: "ProQuad (measles, mumps, rubella, varicella)"."""
    found = GLOSS.match(text, end)
    return found.end() if found else end


def _shot_given(case: Case, at: int, sentence: Sentence, found: re.Match[str]) -> bool:
    text = case.text(sentence)
    if unread(case, sentence) or (sentence.section in ("hpi", "cc") and not GIVEN_TODAY.search(text)):
        return False
    near_before, near_after = text[max(0, found.start() - 60) : found.start()], _after(sentence, found.end())
    if HAD.search(near_before) or NOT_GIVEN.match(near_after) or _on_another_day(case, near_after):
        return False
    first = sum(1 for start, _ in sentence.places if start < sentence.start + found.start())
    ignored = ("hypothetical", "planned") if re.search(r"order", text[: found.start()], re.I) else ("hypothetical",)
    if not happened(first, first, case.reading.scopes[at], ignored) or TESTED.search(text):
        return False
    lead = _lead(case, at)
    if HAD.search(lead) or re.search(r"\bto be\b", lead, re.I):
        return False
    heading = bool(re.search(r"given|administered|today", f"{sentence.heading} / {lead}", re.I))
    listed_shots = sentence.section == "immunization" and (
        heading or any(SHOT.search(case.text(s)) for s in case.reading.note.sentences[at : at + 3])
    )
    return (
        heading
        or listed_shots
        or _counselled_now(sentence, text)
        or (
            bool(SHOT.search(text))
            and (sentence.section not in ("hpi", "cc", "exam", "vitals", *HISTORIES) or bool(GIVEN_TODAY.search(text)))
        )
    )


GIVEN_ON = re.compile(
    r"[^.;\n]{0,12}?\b(?:given|received|done|had|got)?\W{0,2}(?:on |in )?(\d{1,2})/(\d{1,2})\b(?!/\d)(?<!exp)", re.I
)


def _on_another_day(case: Case, after: str) -> bool:
    """Whether the words right behind a vaccine tell of a day that is not the visit's: "Flu shot given 10/5"."""
    found = GIVEN_ON.match(after)
    if found is None or re.search(r"\b(?:exp|lot|VIS)\b", found.group(), re.I):
        return False
    return (int(found[1]), int(found[2])) != (case.visit.on.month, case.visit.on.day)


DOSE_OF = re.compile(r"#\s?\d\b")


def _counselled_now(sentence: Sentence, text: str) -> bool:
    """Whether a list of doses goes on with the counseling on them: "MMR #1, PCV20 #4 - counseled mom on each component"."""
    end = sentence.source.find("\n", sentence.end)
    line = sentence.source[sentence.start : end if end >= 0 else len(sentence.source)]
    return bool(DOSE_OF.search(text)) and bool(COUNSELLED_EACH.search(line))


COUNSELLED_EACH = re.compile(r"\bcounsel\w+\b[^.\n]{0,60}\b(?:components?|each|all|vaccines?)\b", re.I)


def _lead(case: Case, at: int) -> str:
    """The words before a colon that open the list a sentence is: "Vaccines given today: ..."."""
    if at == 0:
        return ""
    before, sentence = case.reading.note.sentences[at - 1 : at + 1]
    between = case.reading.note.documents[sentence.document].text[before.end : sentence.start + 1]
    return case.text(before) if before.document == sentence.document and between.strip() == ":" else ""


COUNSELLED = cue("vaccines.counselled")


def _tells_of(sentence: Sentence, evidence: list[Evidence]) -> bool:
    """Whether a vaccine given is named in the sentence or just before it."""
    near = range(sentence.start - 90, sentence.end)
    return any(words.document == sentence.document and words.start in near for words in evidence)


def _vaccine_administration(case: Case, products: list[Act], components: int) -> list[Act]:
    antibodies = [act for act in products if act.kind == "antibody"]
    if antibodies:
        vaccines_alone = [act for act in products if act.kind != "antibody"]
        why, words = "RSV antibody injected", antibodies[0].evidence[0]
        more = _vaccine_administration(case, vaccines_alone, components - len(antibodies)) if vaccines_alone else []
        return [Act("96381", [words], why, ("Z29.11", "Z23"), kind="admin", rules=[DONE]), *more]
    evidence = [act.evidence[0] for act in products]
    counselled = [
        words
        for _, s, _, words in case.search(COUNSELLED)
        if (re.search(r"vaccin|immuniz|component|\bshots?\b|\bVIS\b", case.text(s), re.I) or _tells_of(s, evidence))
        and not re.search(r"by the nurse", case.text(s), re.I)
    ]
    if case.age is not None and case.age <= 18 and counselled:
        first = Act(
            "90460",
            [*evidence, counselled[0]],
            "given with counselling by the physician, age 18 or under",
            ("Z23",),
            units=len(products),
        )
        first.rules = ["90460 each vaccine's first component, 90461 each further component, with physician counselling"]
        further = components - len(products)
        more = (
            [Act("90461", evidence, "further components", ("Z23",), units=further, rules=list(first.rules), kind="admin")]
            if further
            else []
        )
        first.kind = "admin"
        return [first, *more]
    covid = [act for act in products if act.kind == "covid"]
    medicare = any(True for _ in case.search(re.compile(r"\bmedicare\b", re.I)))
    acts: list[Act] = [Act("90480", [act.evidence[0]], "COVID-19 vaccine given", ("Z23",), kind="admin") for act in covid]
    rest = [act for act in products if act.kind != "covid"]
    if medicare:
        for kind, code in (("flu", "G0008"), ("pneumo", "G0009"), ("hepb", "G0010")):
            for act in [one for one in rest if one.kind == kind][:1]:
                acts.append(
                    Act(
                        code,
                        [act.evidence[0]],
                        "Medicare has its own code for giving this vaccine",
                        ("Z23",),
                        kind="admin",
                        rules=["Medicare Claims Processing Manual 18, 10"],
                    )
                )
                rest.remove(act)
    rule = "90471 first injection, 90472 each further; 90473, 90474 by mouth or nose"
    swallowed = [act for act in rest if act.kind == "oral" or act.code == "90660"]
    rest = [act for act in rest if act not in swallowed]
    for place, act in enumerate(swallowed):
        code = "90474" if rest or place else "90473"
        acts.append(Act(code, act.evidence[:1], "vaccine by mouth or nose", ("Z23",), rules=[rule], kind="admin"))
    if rest:
        acts.append(Act("90471", [rest[0].evidence[0]], "first vaccine injection", ("Z23",), rules=[rule], kind="admin"))
    if len(rest) > 1:
        acts.append(
            Act(
                "90472",
                [act.evidence[0] for act in rest[1:]],
                "further vaccine injections",
                ("Z23",),
                units=len(rest) - 1,
                rules=[rule],
                kind="admin",
            )
        )
    return acts
