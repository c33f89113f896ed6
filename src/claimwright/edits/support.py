"""What a visit's note says for a modifier that opens payment: the sentence that supports it, or nothing.

A sentence that denies something supports nothing. What is found is shown to the biller, who decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import icd10cm
from claimwright.codesets.tables import Tables

LONGEST = 160  # characters of a sentence that are shown

_DENIED = re.compile(
    r"\b(?:no|not|none|neither|nor|denie[sd]|deny|without|declin\w+|never|nothing|cannot|unable|if|should)\b|n't\b", re.I
)
_SEPARATE_VISIT = re.compile(
    r"separately[ -]identifiable|\bseparate(?:ly)?\b[^.]*\b(?:evaluat|visit|problem|complaint|issue|address|manag)\w*"
    r"|\b(?:unrelated|distinct|apart|beyond|in addition)\b[^.]*\b(?:procedure|injection|removal|excision)\b",
    re.I,
)
_SURGERY_DECIDED = re.compile(
    r"\bdeci(?:ded|sion)\b[^.]*\b(?:surg|operat|proceed|repair|excis|replace|fixation)\w*"
    r"|\bconsent\w*\b[^.]*\b(?:surg|operat|repair|excis|replace|fixation)\w*",
    re.I,
)
_SEPARATE_SITE = re.compile(
    r"\b(?:separate|different|distinct|another|second)\s+(?:\w+\s+)?(?:site|lesion|incision|area)s?\b", re.I
)
_SEPARATE_SESSION = re.compile(r"\b(?:separate|different|second|later)\s+(?:\w+\s+)?(?:session|encounter|visit)\b", re.I)
_VIDEO = re.compile(r"\b(?:video|audio[ -]?visual|audio[ -]video|two-way audio and video)\b", re.I)
_SOUND = re.compile(r"\b(?:audio[ -]only|telephone|by phone|phone (?:call|visit|encounter))\b", re.I)
_KIT = re.compile(r"\b(?:rapid|dipstick|test kit|in[ -]office|point[ -]of[ -]care|waived)\b", re.I)
_ACTIVE = re.compile(r"\b(?:active|corrective)\s+(?:\w+\s+)?treatment\b", re.I)
_THERAPY = {
    "GP": re.compile(r"\bphysical therap\w+|\bPT plan of care\b", re.I),
    "GO": re.compile(r"\boccupational therap\w+|\bOT plan of care\b", re.I),
    "GN": re.compile(r"\bspeech[ -](?:language|therap)\w*|\bSLP plan of care\b", re.I),
}
_WORK = re.compile(
    r"\b(?:continu|start|stop|increas|decreas|refill|adjust|chang|titrat|order|prescrib|discuss|counsel|monitor|refer|recheck"
    r"|controlled|stable|worse|worsen|improv|uncontrolled|treated|managed|reviewed)\w*",
    re.I,
)
_COMMON = frozenset(
    re.findall(
        "[a-z-]+",
        "unspecified disease disorder other essential primary secondary without chronic acute complications specified right left "
        "bilateral encounter initial subsequent sequela general examination findings abnormal normal adult elsewhere classified "
        "symptoms signs condition conditions illness organism related history personal current long-term status region site "
        "upper lower multiple single mild moderate severe",
    )
)
"""Words of descriptions that name no illness by themselves."""


def sentences(note: str) -> Iterator[str]:
    """The note's sentences, on one line each."""
    for part in re.split(r"(?<=[.!?])\s+|\n+", note):
        if said := " ".join(part.split()):
            yield said


def said(note: str, words: re.Pattern[str]) -> str:
    """The first sentence that holds the words and denies nothing; empty when there is none."""
    for sentence in sentences(note):
        if words.search(sentence) and not _DENIED.search(sentence):
            return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1].rstrip() + "…"
    return ""


def separate_visit(claim: Claim, visit: ServiceLine, note: str, tables: Tables) -> str:
    """The words for a visit beyond the procedure's own work (25): it says so, or works on a problem of the visit alone."""
    if found := said(note, _SEPARATE_VISIT):
        return found
    elsewhere = {
        pointer for line in claim.lines if line is not visit and not _is_visit(line, tables) for pointer in line.pointers
    }
    own = (one for one in visit.pointers if one not in elsewhere and 1 <= one <= len(claim.diagnoses))
    return next(filter(None, (_worked_on(claim.diagnoses[one - 1].code, note) for one in own)), "")


def _is_visit(line: ServiceLine, tables: Tables) -> bool:
    known = tables.known_procedure(line.procedure)
    return known is not None and known.is_visit


def _worked_on(code: str, note: str) -> str:
    """A sentence that names a diagnosis and does something about it."""
    node = icd10cm.node_of(code)
    names = [word for word in re.findall(r"[a-z]{5,}", node.description.lower()) if word not in _COMMON] if node else []
    if not names:
        return ""
    named = re.compile(rf"(?=.*\b(?:{'|'.join(names)})\b)(?=.*{_WORK.pattern})", re.I)
    return said(note, named)


def surgery_decided(note: str) -> str:
    """The words for the decision to operate (57)."""
    return said(note, _SURGERY_DECIDED)


def distinct(note: str) -> tuple[str, str]:
    """XS or XE with the words for another site or session, of which the note must name only one kind; else two empty texts."""
    found = [(modifier, words) for modifier, pattern in (("XS", _SEPARATE_SITE), ("XE", _SEPARATE_SESSION))
             if (words := said(note, pattern))]  # fmt: skip
    return found[0] if len(found) == 1 else ("", "")


def remote(note: str) -> tuple[str, str]:
    """95 or 93 with the words for video or sound only; two empty texts when the note says neither or both."""
    found = [(modifier, words) for modifier, pattern in (("95", _VIDEO), ("93", _SOUND)) if (words := said(note, pattern))]
    return found[0] if len(found) == 1 else ("", "")


def therapy(note: str) -> tuple[str, str]:
    """GP, GO or GN with the words for the one discipline the note names; else two empty texts."""
    found = [(modifier, words) for modifier, pattern in _THERAPY.items() if (words := said(note, pattern))]
    return found[0] if len(found) == 1 else ("", "")


def waived_kit(note: str) -> str:
    """The words for a test run by kit in the office (QW)."""
    return said(note, _KIT)


def active_treatment(note: str) -> str:
    """The words for active, not maintenance, treatment (AT)."""
    return said(note, _ACTIVE)


def side(note: str, name: str) -> str:
    """The sentence that names a side."""
    return said(note, re.compile(rf"\b{name}\b", re.I))
