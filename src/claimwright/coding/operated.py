"""Diseases that an operation took away: "status post basal cell carcinoma removal", "gallstones, CCY 2009"."""

from __future__ import annotations

import re

from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.words import normal

AGO = 3  # years after which a disease that was operated on is told as past, whatever the wording
OPERATED = re.compile(
    r"\W+(?:\w+\W+){0,2}?(?:surger(?:y|ies)|sx|removal|removed|repair(?:ed)?|excision|resection|ablation|extraction|release"
    r"|decompression"
    r"|(?P<organ>gb out|gallbladder (?:out|removed)|ccy|cholecystectomy|tah|tlh|tvh|hysterectomy|appy|appendectomy"
    r"|tonsillectomy))\b"
    r"(?:\W+(?:\w+\W+){0,2}?(?:(?P<year>(?:19|20)\d\d)\b|['’](?P<short>\d\d)\b|(?P<ago>years|yrs|y|months) ago))?",
    re.I,
)
OPERATIONS = frozenset(
    map(
        normal,
        (
            *("surgery", "sx", "removal", "removed", "repair", "repaired", "excision", "resection", "ablation", "extraction"),
            *("release", "decompression", "out", "ccy", "cholecystectomy", "tah", "tlh", "tvh", "hysterectomy", "appy"),
            *("appendectomy", "tonsillectomy"),
        ),
    )
)
CURED = {
    "g": ("K80", "K81", "K82"),
    "c": ("K80", "K81", "K82"),
    "t": ("D25", "N80", "N92", "J35", "J03"),
    "h": ("D25", "N80", "N92"),
    "a": ("K35", "K36", "K37"),
}
SINCE = re.compile(r"\b(?:status post|s/p|history of|hx of|post|prior|previous)\W+(?:\w+\W+){0,3}$", re.I)


def operated_away(code: str, sentence: Sentence, named: Evidence, year: int | None) -> bool:
    """Whether an operation on the disease `named` is told of before the visit. `year`: of the visit, if known."""
    after = OPERATED.match(sentence.source, named.end, sentence.end)
    if after is None or (after["organ"] and not code.startswith(CURED[after["organ"][0].lower()])):
        return False
    removed = "removed" in after[0].lower() and not after["organ"]
    if removed and code.startswith("H2"):
        return True  # of cataracts only those that are gone are told so
    if _long_ago(after, year):
        return True
    return not removed and bool(SINCE.search(sentence.source[sentence.start : named.start]))


def _long_ago(after: re.Match[str], year: int | None) -> bool:
    if after["ago"]:
        return True
    told = after["year"] or after["short"]
    if not told:
        return False
    if year is None:
        return True
    when = int(told) if after["year"] else year - (year - int(told)) % 100
    return when <= year - AGO
