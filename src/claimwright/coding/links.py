"""Whether the record breaks the link that the classification presumes between two diseases (Guidelines I.A.15)."""

from __future__ import annotations

import re

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.mentions import Mention

BETWEEN = r"(?:due|secondary|related|caused|because|attributed|attributable|a|result|of|to|by|from|the|her|his)"
OTHER_CAUSE = re.compile(
    r"^[^.;]{0,40}?\b(?:due to|secondary to|caused by|because of|related to|attributed to|attributable to|induced by)\s+([^.;]+)",
    re.I,
)


# what sets off a disease one has: no other cause of it
SETTING_OFF = re.compile(
    r"\b(?:salt|sodium|diet\w*|indiscretion|non-?(?:adheren|complian)\w*|missed|running out|volume|fluids?|infection|pneumonia"
    r"|a-?fib|af|atrial|rvr|anemia|nsaids?|holidays?|uncontrolled (?:htn|hypertension|bp))\b",
    re.I,
)
DUE = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:due to|secondary to|caused by|because of|from|in|of|related to|associated with)\b[^.;,]*$", re.I
)


def due_to(case: Case, effect: Mention, cause: Mention) -> bool:
    """Whether the words between two mentions of a sentence make the second the cause of the first."""
    if effect.sentence != cause.sentence or effect.evidence.end > cause.evidence.start:
        return False
    text = case.reading.note.documents[effect.evidence.document].text
    return bool(DUE.match(text[effect.evidence.end : cause.evidence.start]))


def unlinked(case: Case, other: Candidate, disease: str, beside: str = "") -> bool:
    """Whether the record says that `other` does not come from the disease (its first letters), or comes from something else.

    `beside`: another cause that leaves the link as it is.
    """
    denied = re.compile(rf"\b(?:not|unrelated|rather than|instead of|independent)\s+(?:{BETWEEN}\s+){{0,4}}{disease}", re.I)
    for mention in other.mentions:
        sentence = case.mention_at(mention)
        if denied.search(case.text(sentence)):
            return True
        text = case.reading.note.documents[sentence.document].text
        cause = OTHER_CAUSE.search(text[mention.evidence.end : sentence.end])
        if (
            cause
            and not SETTING_OFF.search(cause[1])
            and not re.search(f"{disease}|{beside}" if beside else disease, cause[1], re.I)
        ):
            return True
    return False
