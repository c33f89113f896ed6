"""Diseases told in passing where no heading says what was assessed: a line that names the diagnosis outweighs them (OCG IV.J).

"Melanoma can look different, so ABCDE sheet given. / Actinic keratosis. Cryo x4": the second line is the diagnosis.
"""

from __future__ import annotations

from claimwright.coding.describe import chronic, is_symptom
from claimwright.coding.lines import STATEMENT_WORDS
from claimwright.coding.mentions import Mention, Reading, begins
from claimwright.coding.note import Sentence

TALE = frozenset(("other", "hpi"))  # where a note without headings tells its story and its judgement alike
EARLY = 2  # sentences that say who the patient is, with his lasting diseases


def in_passing(reading: Reading) -> set[int]:
    """The identities of mentions in the midst of a story, if the note has a line that names a diagnosis."""
    affirmed = [one for one in reading.mentions if one.assertion == "affirmed"]
    if not any(_names(one, reading.sentence(one)) for one in affirmed):
        return set()
    return {id(one) for one in affirmed if _passes(one, reading)}


def _names(mention: Mention, sentence: Sentence) -> bool:
    """Whether a line begins with a diagnosis and says little else."""
    if mention.first > 1 or sentence.section not in TALE or is_symptom(mention.template) or len(sentence.words) > STATEMENT_WORDS:
        return False
    return sentence.source[: sentence.start].rstrip(" \t*-•#0123456789.)").endswith("\n")


def _passes(mention: Mention, reading: Reading) -> bool:
    sentence = reading.sentence(mention)
    if sentence.section not in TALE or begins(sentence, mention.first) or mention.template[0] in "ZSTVWXY":
        return False
    lasting = chronic(mention.template)
    return not (lasting and (mention.sentence < EARLY or mention.sentence in reading.hits["drug"]))
