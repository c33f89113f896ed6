"""Joints and bursae injected or aspirated: by size and side, with ultrasound or without."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act, hits_of, performed, side_modifier, side_near, title_of, words_of
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Hit
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue

MAJOR = frozenset({"knee", "shoulder", "hip"})
MEDIUM = frozenset({"wrist", "elbow", "ankle"})
SMALL = frozenset(
    {
        "finger",
        "thumb",
        "index finger",
        "middle finger",
        "ring finger",
        "little finger",
        "toe",
        "great toe",
        "cmc",
        "hand",
        "foot",
    }
)
JOINT_RULE = "20600 small, 20605 medium, 20610 large joint or bursa; one more digit with ultrasound"
ULTRASOUND = cue("injections.ultrasound")
JOINT_WORDS = cue("injections.joint_words")
NEEDLE = cue("joints.needle")
MEASURED = re.compile(r"\d ?(?:mg|ml|cc)\b", re.I)  # what an examination does not measure
# joints by words that name them without the part of the body
NAMED = (
    ("shoulder", re.compile(r"\b(?:gleno-?humeral|subacromial|GH joint|AC joint|acromioclavicular)\b", re.I)),
    ("hip", re.compile(r"\btroch(?:anteric)?\b", re.I)),
    ("elbow", re.compile(r"\bolecranon\b", re.I)),
    ("knee", re.compile(r"\b(?:pes anserin\w*|prepatellar|suprapatellar)\b", re.I)),
)
AT_ONCE = cue("injections.at_once")
STEROID, NOT_A_JOINT = cue("injections.steroid"), cue("injections.not_a_joint")


def joint(case: Case) -> list[Act]:
    """Injection or aspiration of a joint or bursa, by the size of the joint and the side."""
    best: tuple[int, Sentence, str, str, Evidence] | None = None
    for at, sentence, hit in hits_of(case, "service", "20610"):
        if sentence.section in ("assessment", "plan") and not best and case.has(AT_ONCE, at):
            best = _agreed(case, at, sentence, hit)
            continue
        text = case.text(sentence)
        if not performed(case, at, hit) or (sentence.section == "exam" and not MEASURED.search(text)) or not NEEDLE.search(text):
            continue
        title = title_of(case, at)
        site = _joint_site(case, at) or _joint_site(case, title)
        told = JOINT_WORDS.search(text) or JOINT_WORDS.search(case.text(case.reading.note.sentences[title]))
        steroid = STEROID.search(text)
        if NOT_A_JOINT.search(text):
            continue
        if not (site and told) and not (steroid and sentence.section == "procedure"):
            continue
        site = site or _document_site(case, sentence.document)
        if not site or (best and sentence.section != "procedure"):
            continue
        candidate = (at, sentence, site, side_near(case, at, hit.first, hit.last), words_of(case, sentence, hit))
        if best is None or (sentence.section == "procedure" and best[1].section != "procedure"):
            best = candidate
    return [_joint_act(case, *best)] if best else []


def _agreed(case: Case, at: int, sentence: Sentence, hit: Hit) -> tuple[int, Sentence, str, str, Evidence] | None:
    """An injection that the plan says is given today: the joint stands in its sentence or in the one before."""
    for near in (at, at - 1):
        site = _joint_site(case, near) if near >= 0 else ""
        if site and JOINT_WORDS.search(case.text(case.reading.note.sentences[near])):
            return at, sentence, site, side_near(case, near, hit.first, hit.last), words_of(case, sentence, hit)
    return None


def _joint_site(case: Case, at: int) -> str:
    sites = [hit.entry.key for hit in case.reading.hits["site"].get(at, ()) if hit.entry.key in MAJOR | MEDIUM | SMALL]
    order = [*(s for s in sites if s in ("cmc",)), *(s for s in sites if s in MAJOR | MEDIUM), *sites]
    text = case.text(case.reading.note.sentences[at])
    return order[0] if order else next((site for site, words in NAMED if words.search(text)), "")


def _document_site(case: Case, document: int) -> str:
    counted: dict[str, int] = {}
    for at, sentence in case.sentences():
        if sentence.document == document and sentence.section in ("procedure", "assessment", "plan", "indication", "other"):
            site = _joint_site(case, at)
            if site:
                counted[site] = counted.get(site, 0) + 1
    return max(counted, key=lambda site: counted[site]) if counted else ""


def _joint_act(case: Case, at: int, sentence: Sentence, site: str, side: str, words: Evidence) -> Act:
    guided = any(
        not re.search(r"\b(?:no|not|without)\b", case.text(s), re.I)
        for _, s, _, _ in case.search(ULTRASOUND)
        if s.section not in ("hpi", "pmh")
    )
    size = "20610" if site in MAJOR else "20605" if site in MEDIUM else "20600"
    code = {"20610": "20611", "20605": "20606", "20600": "20604"}[size] if guided else size
    why = f"{site} injected or aspirated" + (" with ultrasound guidance" if guided else "")
    prefixes = ("M17", "M16", "M75", "M70", "M19", "M18", "M25", "M10", "M06", "M71", "M11")
    return Act(
        code,
        [words],
        why,
        prefixes,
        side_modifier(side),
        rules=[DONE, JOINT_RULE],
        side=side,
        site=site,
        kind="procedure",
        score=0.92,
    )
