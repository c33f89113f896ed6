"""X-rays taken here: body part, number of views, side."""

from __future__ import annotations

import re
from functools import lru_cache

from claimwright.coding.acts import (
    DONE,
    ELSEWHERE,
    HERE,
    HISTORIES,
    THIS_DAY,
    Act,
    digit_near,
    document_side,
    number,
    place_modifier,
    unread,
)
from claimwright.coding.case import Case
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, listed, rows

RAY = cue("imaging.ray")
PICTURE = cue("imaging.picture")
VIEWS = cue("imaging.views")
NAMED_VIEWS = re.compile(
    r"\b(?:AP|PA|lateral|lat|Lat|Lateral|Sunrise|obl|Oblique|oblique|mortise|sunrise"
    r"|scapular Y|axillary|frontal|odontoid|merchant|notch)\b"
)
STORY = frozenset(("cc", "hpi"))
READ = frozenset(("results", "assessment", "plan", "procedure", "other", "exam", "findings", "vitals"))
AGAIN = re.compile(r"x|radio|cxr|kub", re.I)
KUB = re.compile(r"\bKUB\b")  # one view by its name
SHORT = {"lat": "lateral", "obl": "oblique"}
TITLED_VIEWS = re.compile(NAMED_VIEWS.pattern, re.I)
TAKEN = cue("imaging.taken")
NOT_TAKEN = cue("imaging.not_taken")
SURE = re.compile(r"\b(?:taken|obtained|today|office|clinic|performed)\b", re.I)
RULE = "radiology: part, number of views, side (RT/LT)"


@lru_cache(maxsize=1)
def _parts() -> list[tuple[str, re.Pattern[str], list[tuple[int, str]], bool]]:
    held = []
    for part, words, codes, sided in rows("xrays"):
        pattern = re.compile(r"\b(?:" + "|".join(re.escape(w) for w in listed(words)) + r")\b", re.I)
        ladder = [(int(step.split("=")[0]), step.split("=")[1]) for step in codes.split()]
        held.append((part, pattern, ladder, sided == "yes"))
    return held


def xrays(case: Case) -> list[Act]:
    """Every X-ray the note says was taken here."""
    acts: dict[str, Act] = {}
    used: set[int] = set()  # sentences; a further picture in one is called so again
    for at, sentence, found, words in case.search(RAY):
        if sentence.section in STORY:
            if not case.has(THIS_DAY, at):
                continue  # a note without headings tells of its own films behind the story
        elif sentence.section not in READ and (sentence.section not in HISTORIES or unread(case, sentence)):
            continue
        text = case.text(sentence)
        if at in used and not AGAIN.match(found.group()):
            continue
        report = sentence.section == "findings"
        if not report and not (case.has(TAKEN, at) or (sentence.heading and HERE.search(sentence.heading))):
            continue
        if case.has(NOT_TAKEN, at) or (
            case.has(ELSEWHERE, at) and not re.search(r"\btoday\b|in[- ]office|in the office", text, re.I)
        ):
            continue
        if report and not _taken_here_elsewhere(case):
            continue
        if not report and found.group().lower() == "imaging" and not PICTURE.search(text + " " + sentence.heading):
            continue
        for part, pattern, ladder, sided in _parts():
            if part in acts or not case.has(pattern, at) or _shadowed(part, text):
                continue
            views = _views(text) or _views_elsewhere(case, pattern)
            code = next((code for least, code in reversed(ladder) if (views or 2) >= least), ladder[0][1])
            side = _side(case, sentence, text, pattern) if sided else ""
            why = f"X-ray, {part}, " + (f"{views} views" if views else "number of views not written") + ", taken here"
            act = Act(
                code,
                [words],
                why,
                _diagnoses(part),
                place_modifier(side, digit_near(case, at) if part in ("finger", "toe") else ""),
                rules=[DONE, RULE],
            )
            act.side, act.site, act.kind = side, part, "imaging"
            counted = bool(views) or len(ladder) == 1  # the code follows from the number of views, which must be written
            act.score = (0.9 if views else 0.62) if counted and SURE.search(text) else 0.85 if views else 0.42
            acts[part] = act
            used.add(at)
            break
    return list(acts.values())


def ladder_of(text: str) -> tuple[str, str, bool]:
    """The part a report's title names, the code by its views (empty where neither is told), and whether it has sides."""
    for part, pattern, ladder, sided in _parts():
        if pattern.search(text) and not _shadowed(part, text):
            views = _views(text) or len({word.lower() for word in TITLED_VIEWS.findall(text)})
            code = next((code for least, code in reversed(ladder) if views >= least), "") if views else ""
            return part, code or (ladder[0][1] if len(ladder) == 1 else ""), sided
    return "", "", False


def _shadowed(part: str, text: str) -> bool:
    """The chest words of a rib film, the neck of a femur: the more exact part wins."""
    return part == "toe" and "foot" in text.lower()


def _taken_here_elsewhere(case: Case) -> bool:
    return any(
        TAKEN.search(case.text(s)) and not NOT_TAKEN.search(case.text(s))
        for _, s, _, _ in case.search(RAY, "results", "assessment", "plan", "exam", "other")
    )


def _views(text: str) -> int:
    found = VIEWS.search(text)
    if found:
        return number(found.group(1) or found.group(2) or found.group(3))
    named = {SHORT.get(word.lower(), word.lower()) for word in NAMED_VIEWS.findall(text)}
    return len(named) if len(named) >= 2 else 1 if KUB.search(text) else 0


def _views_elsewhere(case: Case, pattern: re.Pattern[str]) -> int:
    return max(
        (_views(case.text(s)) for _, s, _, _ in case.search(RAY) if pattern.search(case.text(s))),
        default=0,
    )


def _side(case: Case, sentence: Sentence, text: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(text)
    near = text[max(0, found.start() - 25) : found.end() + 12].lower() if found else ""
    for word in ("bilateral", "both", "right", "left"):
        if re.search(rf"\b{word}\b", near):
            return {"bilateral": "both"}.get(word, word)
    return document_side(case, sentence.document)


def _diagnoses(part: str) -> tuple[str, ...]:
    limb = {
        "ankle": ("S93", "S82", "S90", "M25.57", "M19.07", "S99", "M25"),
        "foot": ("S92", "S90", "S93", "M79.67", "M72", "S99", "M77"),
        "toe": ("S92", "S90", "M79.67"),
        "knee": ("S83", "S80", "M17", "M25.56", "M25.46", "M22", "M23", "S89"),
        "hip": ("M16", "M25.55", "S70", "S72", "M70"),
        "shoulder": ("M75", "M25.51", "S43", "S40", "M19.01", "S46", "S49"),
        "elbow": ("S53", "S50", "M25.52", "M77", "S52"),
        "wrist": ("S62", "S52", "S63", "S60", "M25.53", "S69", "M65"),
        "hand": ("S62", "S60", "S63", "M79.64", "M18", "S61", "S69"),
        "finger": ("S62", "S60", "S63", "S61", "M79.64", "M65"),
        "forearm": ("S52", "S50", "S51"),
        "clavicle": ("S42", "S40"),
        "humerus": ("S42", "S40"),
        "lower leg": ("S82", "S80", "S81"),
        "chest": ("J", "R05", "R06", "R07", "I50", "R50", "U07"),
        "ribs": ("S22", "S20", "R07.81"),
        "cervical spine": ("S13", "S16", "M54.2", "M54.12", "M47", "M50"),
        "lumbar spine": ("S33", "S39", "M54", "M51", "M47", "M48"),
        "thoracic spine": ("S23", "S29", "M54.6"),
        "abdomen": ("R10", "K59", "N20"),
        "sinus": ("J01", "J32"),
    }
    return limb.get(part, ("S", "M"))
