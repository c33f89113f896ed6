"""Procedures and tests done in the office, from the table of services and the rules of each family."""

from __future__ import annotations

import re

from claimwright.coding.acts import (
    COUNT,
    DONE,
    HERE,
    PERFORMED,
    Act,
    Service,
    digit_near,
    hits_of,
    lesions,
    number,
    performed,
    place_modifier,
    services,
    side_modifier,
    side_near,
    words_of,
)
from claimwright.coding.case import Case
from claimwright.coding.describe import waived
from claimwright.coding.lexicon import Hit
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue

QW = "CLIA-waived test: modifier QW (CMS list of waived tests)"
RESULT = re.compile(
    r"\b(?:positive|negative|pass(?:ed)?|refer|20/\d+|d[bB]|normal|abnormal|neg|pos|\d+(?:\.\d+)?|trace|large|small|moderate|unremarkable)\b|[+]"
)
INTERPRETED = cue("procedures.interpreted")
SENT_OUT = re.compile(r"\b(?:sent (?:to|out)|send[- ]out|reference lab\w*|outside lab\w*|state lab\w*|will be sent)\b", re.I)
SIDED = {"sided procedure", "digit procedure"}
PLAIN = {"procedure", "office test", *SIDED}
# a more complete service contains the smaller one (NCCI policy manual, chapter 1)
CONTAINS = {
    "94060": ("94010",),
    "81001": ("81003", "81002"),
    "81002": ("81003",),
    "87651": ("87880",),
    "87502": ("87804",),
    "87428": ("87811", "87804"),
    "10080": ("10060",),
    "10061": ("10060",),
    "11750": ("11730",),
    "11983": ("11981", "11982"),
    "11721": ("11720",),
    "83036": (),
    "85018": (),
    "99177": ("99173",),
}


def from_table(case: Case) -> list[Act]:
    """Services that one phrase and its standing decide."""
    acts: dict[str, Act] = {}
    for at, sentence, hit in hits_of(case, "service"):
        service = services()[hit.entry.key]
        if service.kind not in PLAIN or service.code in acts or _inside_longer(case, at, hit):
            continue
        tested = service.kind == "office test"
        if not performed(case, at, hit, here=tested) and not (
            (_rapid(case, sentence, hit) or not tested) and performed(case, at, hit)
        ):
            continue
        if service.kind == "office test" and (SENT_OUT.search(case.text(sentence)) or not _has_result(case, at, sentence)):
            continue
        if service.kind == "procedure" and service.code == "36415" and not _drawn_here(case, sentence):
            continue
        act = Act(
            service.code, [words_of(case, sentence, hit)], "done in this visit", service.prefixes, rules=[DONE], kind=service.kind
        )
        if service.kind in SIDED:
            act.side = side_near(case, at, hit.first, hit.last)
            act.modifiers = place_modifier(act.side, digit_near(case, at) if _on_a_digit(case, service) else "")
        acts[service.code] = act
    for larger, smaller in CONTAINS.items():
        if larger in acts:
            for code in smaller:
                acts.pop(code, None)
    for act in acts.values():
        mark_waived(case, act)
    return list(acts.values())


def _on_a_digit(case: Case, service: Service) -> bool:
    return service.kind == "digit procedure" or (service.code == "20550" and bool(case.main("M65.3")))


def mark_waived(case: Case, act: Act) -> None:
    """QW on a waived test."""
    if waived(act.code, case.visit.on):
        act.modifiers.append("QW")
        act.rules.append(QW)


def _inside_longer(case: Case, at: int, hit: Hit) -> bool:
    """Part of a longer phrase of another service: 'hemoglobin' in 'hemoglobin A1c'."""
    return any(
        other.entry.kind in ("service", "term")
        and other is not hit
        and other.entry.key != hit.entry.key
        and other.first <= hit.first
        and hit.last <= other.last
        and other.last - other.first > hit.last - hit.first
        for other in case.reading.hits[at]
        if other.entry.kind == "service"
    )


def _rapid(case: Case, sentence: Sentence, hit: Hit) -> bool:
    return "rapid" in case.text(sentence).lower() or bool(HERE.search(sentence.heading))


def _has_result(case: Case, at: int, sentence: Sentence) -> bool:
    """A result stands in the sentence, or the sentence after it."""
    if RESULT.search(case.text(sentence)) or PERFORMED.search(case.text(sentence)):
        return True
    following = case.reading.note.sentences[at + 1 : at + 2]
    return any(RESULT.search(case.text(other)) for other in following)


def _drawn_here(case: Case, sentence: Sentence) -> bool:
    text = case.text(sentence)
    return bool(HERE.search(text) or HERE.search(sentence.heading) or re.search(r"venipuncture|drawn", text, re.I))


def ecg(case: Case) -> list[Act]:
    """93000 needs tracing, interpretation and report, here."""
    found = [(at, s, h) for at, s, h in hits_of(case, "service", "93000") if performed(case, at, h)]
    done = [
        (at, s, h)
        for at, s, h in found
        if HERE.search(case.text(s)) or HERE.search(s.heading) or s.section == "procedure" or _has_title(case, at)
    ]
    if not done:
        return []
    _, sentence, hit = done[0]
    texts = " ".join(case.text(s) for _, s in case.sentences() if s.section not in ("fh", "pmh", "instructions"))
    read_by = INTERPRETED.search(texts)
    service = services()["93000"]
    if not read_by:
        return [
            Act(
                "93005",
                [words_of(case, sentence, hit)],
                "tracing without an interpretation in the record",
                service.prefixes,
                score=0.45,
            )
        ]
    return [
        Act(
            "93000",
            [words_of(case, sentence, hit)],
            "electrocardiogram with interpretation, done here",
            service.prefixes,
            rules=[DONE],
            kind="test",
        )
    ]


def _has_title(case: Case, at: int) -> bool:
    return at > 0 and bool(HERE.search(case.reading.note.sentences[at].heading))


def screening(case: Case) -> list[Act]:
    """Scored questionnaires and screening tests of hearing and sight."""
    acts: dict[str, Act] = {}
    for at, sentence, hit in hits_of(case, "service"):
        service = services()[hit.entry.key]
        if service.kind not in ("screening", "screening test") or sentence.section in ("pmh", "fh", "sh", "instructions"):
            continue
        text = case.text(sentence)
        if not performed(case, at, hit) or re.search(r"\brepeat\b|\bnext\b|\blast\b|\bwas \d+\b(?!\))", text, re.I):
            continue
        if service.kind == "screening" and not re.search(r"\d|passed|no concern|normal|negative|low risk", text, re.I):
            continue
        if service.kind == "screening" and not re.search(
            r"\b(?:score[ds]?|complet\w+|filled|administered|recorded|total|today|passed|=|result)\b|:\s*\d|\b\d+\s*(?:/|of|point)|\b(?:phq|gad)-?[79]\s+\d",
            text,
            re.I,
        ):
            continue
        if service.kind == "screening test" and not (
            case.known("Z00.12", "Z02") or "screen" in (text + sentence.heading).lower()
        ):
            continue
        if service.kind == "screening test" and not re.search(
            r"\b(?:pass\w*|20/\d+|\d+ ?d[bB]|hz|audiomet\w+|snellen|chart|pure[- ]tone)\b", text, re.I
        ):
            continue
        if service.code in acts:
            if hit.entry.words and service.code == "96127" and _other_instrument(case, acts["96127"], sentence, hit):
                acts["96127"].units += 1
            continue
        acts[service.code] = Act(
            service.code,
            [words_of(case, sentence, hit)],
            "scored and recorded in this visit",
            service.prefixes,
            rules=[DONE],
            kind="screening",
        )
    for code in ("92551", "99173"):
        if code in acts and case.age is not None and case.age > 21:
            acts.pop(code)
    return list(acts.values())


def _other_instrument(case: Case, act: Act, sentence: Sentence, hit: Hit) -> bool:
    word = words_of(case, sentence, hit)
    same = {evidence.text.lower()[:3] for evidence in act.evidence}
    if word.text.lower()[:3] in same:
        return False
    act.evidence.append(word)
    return True


def cerumen(case: Case) -> list[Act]:
    """Impacted wax: 69210 with instruments, 69209 by flushing alone; one side each."""
    took = re.compile(r"\b(?:remov\w+|taken out|extract\w+|curett\w*|disimpact\w+|irrigat\w+|lavage|flush\w*)\b", re.I)
    tools = re.compile(r"\b(?:curett\w*|forceps|suction\w*|instrument\w*|alligator|loop|spoon|hook)\b", re.I)
    for at, sentence, hit in hits_of(case, "service", "69210"):
        text = case.text(sentence)
        near = " ".join(
            case.text(s)
            for _, s in case.sentences()
            if s.document == sentence.document and s.section in ("procedure", "assessment", "plan")
        )
        if not took.search(text) or not performed(case, at, hit) or not case.known("H61.2"):
            continue
        side = side_near(case, at, hit.first, hit.last)
        with_tools = tools.search(near)
        code = "69210" if with_tools else "69209"
        why = "impacted wax removed with instruments" if with_tools else "impacted wax flushed out, no instrument documented"
        modifiers = side_modifier(side)
        return [Act(code, [words_of(case, sentence, hit)], why, ("H61.2",), modifiers, rules=[DONE], side=side, kind="procedure")]
    return []


def skin(case: Case) -> list[Act]:
    """Lesions destroyed or tags removed, by kind and count."""
    acts: list[Act] = []
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "17110") if performed(case, at, h)]
    if done:
        _, sentence, hit = done[0]
        words = [words_of(case, sentence, hit)]
        if case.known("L57.0") and any(c.score >= 0.3 for c in case.known("L57.0")):
            count = lesions(case, r"actinic keratos[ie]s|keratos[ie]s|premalignant lesions?|lesions?|spots?|AKs?")
            acts.extend(_keratoses(count, words))
        if any(c.score >= 0.3 for c in case.known("B07", "B08.1", "A63.0")) or (
            not acts and any(c.score >= 0.5 for c in case.known("L82.0"))
        ):
            count = lesions(case, r"warts?|verrucae?|lesions?|molluscum|papules?|keratos[ie]s")
            code = "17111" if count > 14 else "17110"
            why = f"{count} benign lesion{'s' if count > 1 else ''} destroyed"
            acts.append(
                Act(
                    code,
                    words,
                    why,
                    ("B07", "B08.1", "A63", "L82"),
                    rules=[DONE, "17110 once for up to 14 lesions"],
                    kind="procedure",
                )
            )
    tags = [(at, s, h) for at, s, h in hits_of(case, "service", "11200") if performed(case, at, h)]
    if tags:
        _, sentence, hit = tags[0]
        count = lesions(case, r"skin tags?|tags?|acrochordons?|lesions?")
        words = [words_of(case, sentence, hit)]
        acts.append(
            Act("11200", words, f"{count} skin tags removed", ("L91.8",), rules=[DONE, "11200 up to 15"], kind="procedure")
        )
        if count > 15:
            further = -(-(count - 15) // 10)
            acts.append(Act("11201", words, "each further ten", ("L91.8",), units=further, rules=[DONE], kind="procedure"))
    return acts


def _keratoses(count: int, words: list) -> list[Act]:  # type: ignore[type-arg]
    rule = "17000 first, 17003 each of the second to fourteenth, 17004 for 15 or more"
    if count > 14:
        return [Act("17004", words, f"{count} premalignant lesions destroyed", ("L57.0",), rules=[DONE, rule], kind="procedure")]
    acts = [Act("17000", words, "first premalignant lesion destroyed", ("L57.0",), rules=[DONE, rule], kind="procedure")]
    if count > 1:
        acts.append(
            Act("17003", words, f"{count - 1} further lesions", ("L57.0",), units=count - 1, rules=[DONE, rule], kind="procedure")
        )
    return acts


MINUTES = re.compile(r"\b(\d{1,2}|" + "|".join(COUNT.strip("()").split("|")[1:]) + r")[- ]?min(?:ute)?s?\b", re.I)


def tobacco(case: Case) -> list[Act]:
    """99406 for more than 3 up to 10 minutes, 99407 for more; the minutes must be written."""
    if not case.known("F17.2", "Z72.0"):
        return []
    for at, sentence, hit in hits_of(case, "service", "99406"):
        if sentence.section in ("pmh", "sh", "fh"):
            continue
        near = [case.text(s) for s in case.reading.note.sentences[at : at + 4]]
        for text in near:
            found = MINUTES.search(text)
            if found and re.search(r"counsel|cessation|tobacco|smok|quit|discuss|nicotine|spent", text, re.I):
                minutes = number(found.group(1))
                if minutes > 3 or minutes == 3:
                    code = "99407" if minutes > 10 else "99406"
                    rule = "99406 3 to 10 minutes, 99407 more than 10"
                    return [
                        Act(
                            code,
                            [words_of(case, sentence, hit)],
                            f"{minutes} minutes of tobacco counselling",
                            ("F17", "Z72.0"),
                            rules=[rule],
                            kind="counselling",
                        )
                    ]
    return []


def planning(case: Case) -> list[Act]:
    """Advance care planning (at least 16 minutes) and the Medicare depression screening."""
    acts = []
    for at, sentence, hit in hits_of(case, "service", "99497"):
        found = MINUTES.search(case.text(sentence))
        if found and number(found.group(1)) >= 16 and performed(case, at, hit):
            acts.append(
                Act(
                    "99497",
                    [words_of(case, sentence, hit)],
                    "advance care planning with its minutes",
                    ("Z71.89", "Z00"),
                    rules=["99497 needs at least 16 minutes"],
                    kind="counselling",
                )
            )
            break
    return acts


def trigger_points(case: Case) -> list[Act]:
    """20552 for one or two muscles, 20553 for three or more."""
    for at, sentence, hit in hits_of(case, "service", "20552"):
        if performed(case, at, hit):
            count = lesions(case, r"muscles?|trigger points?")
            code = "20553" if count >= 3 else "20552"
            return [
                Act(
                    code,
                    [words_of(case, sentence, hit)],
                    f"{count} muscle(s) injected",
                    ("M79", "M62", "M54"),
                    rules=[DONE],
                    kind="procedure",
                )
            ]
    return []
