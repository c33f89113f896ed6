"""Recordings of sleep and of the brain that their own reports tell."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act
from claimwright.coding.case import Case
from claimwright.coding.em_families import title_of

SLEEP = re.compile(r"\b(?:polysomno\w+|PSG|sleep (?:study|apnea test\w*|test)|HSAT|HST)\b", re.I)
BRAIN = re.compile(r"\b(?:EEG|electroencephalogra\w+)\b", re.I)
REPORTED = re.compile(r"\b(?:report|interpretation|study|test)\b", re.I)
AT_HOME = re.compile(r"\b(?:home|HSAT|HST|watch-?pat|unattended|type (?:3|III|4|IV))\b", re.I)
ARTERIAL, TITRATED = re.compile(r"\b(?:watch-?pat|PAT)\b", re.I), re.compile(r"\bsplit[- ]?night\b|\btitrat(?:ion|ed)\b", re.I)
DROWSY, LONG = re.compile(r"\bdrows\w*", re.I), re.compile(r"\b(\d{2,3}) ?-?min", re.I)
STUDIED = "CPT 95800-95811, 95812-95819: by what was recorded"


def recordings(case: Case) -> list[Act]:
    """A sleep study or a tracing of the brain that its own report tells."""
    title = title_of(case)
    if not REPORTED.search(title) or not case.reading.note.documents:
        return []
    text = case.reading.note.documents[0].text
    found = SLEEP.search(title)
    if found is not None:
        titrated = TITRATED.search(text) is not None
        code = ("95800" if ARTERIAL.search(text) else "95806") if AT_HOME.search(text) else "95811" if titrated else "95810"
        prefixes: tuple[str, ...] = ("G47", "R06", "R40", "R53")
        why = "sleep recorded and read"
    else:
        found = BRAIN.search(title)
        if found is None:
            return []
        long = LONG.search(text)
        minutes = int(long.group(1)) if long else 0
        code = (
            "95813"
            if minutes > 60
            else "95812"
            if minutes > 40
            else "95816"
            if DROWSY.search(text) and "sleep" not in text
            else "95819"
        )
        prefixes, why = ("G40", "R56", "R55", "G93", "R41", "R40"), "tracing of the brain recorded and read"
    words = case.reading.note.evidence(0, text.find(found.group()), text.find(found.group()) + len(found.group()))
    return [Act(code, [words], why, prefixes, rules=[DONE, STUDIED], kind="study", score=0.8)]
