"""What a problem's title says that no row of our own tables knows: the official terms, where they cover the title."""

from __future__ import annotations

import re

from claimwright.codesets import icd10cm
from claimwright.coding import dictionary
from claimwright.coding.assertion import standing
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue, word_list

LEAST = 0.66  # of the words that say something
SILENT = frozenset(word_list("silent"))
DONE = cue("titles.done")
UNFIT = frozenset("VWXYZ")  # causes and circumstances need more than a title's words
BEHAVIOR = ("D37", "D38", "D39", "D40", "D41", "D42", "D43", "D44", "D48", "D49")
WORD = re.compile(r"[A-Za-z]{2,}")
# "Laryngomalacia, gaining well", "Hydrocele on ultrasound": what stands before what is said of it
LEAD = re.compile(
    r".+?(?=,|;|\(|/|[.]?$|\s(?:on|for|with|w/|s/p|per|by|since|x|after|found|seen|dx'?d|diagnosed|noted|confirmed|f/u)\b)", re.I
)


def read_titles(reading: Reading) -> None:
    """Add a mention for each title without one whose words, or those before its first comma, an official term covers."""
    told = {mention.sentence for mention in reading.mentions}
    for number, sentence in enumerate(reading.note.sentences):
        if sentence.statement and sentence.section in ("assessment", "impression") and number not in told:
            text = sentence.source[sentence.start : sentence.end]
            lead = LEAD.match(text)
            found = _named(reading, number, sentence, text)
            if found is None and lead and lead.end() < len(text):
                found = _named(reading, number, sentence, lead[0])
            if found is not None:
                reading.mentions.append(found)
    reading.mentions.sort(key=lambda mention: (mention.sentence, mention.first))


def _named(reading: Reading, number: int, sentence: Sentence, text: str) -> Mention | None:
    telling = [word for word in WORD.findall(text.lower()) if word not in SILENT]
    if not telling or DONE.search(text):
        return None
    fitting = [c for c in dictionary.find(text) if c.code[0] not in UNFIT and c.source[0] not in "de" and c.code != "R69"]
    if not re.search(r"neoplasm|tumou?r", text, re.I):
        fitting = [c for c in fitting if not c.code.startswith(BEHAVIOR)]  # an adenoma's behavior is known
    best = max(fitting, key=lambda c: c.score, default=None)
    if best is None:
        return None
    covered = [word for word in WORD.findall(text[best.start : best.end].lower()) if word not in SILENT]
    if len(covered) - best.gap < LEAST * len(telling) or (len(telling) > 1 and best.words < 2):
        return None
    start, end = sentence.start + best.start, sentence.start + best.end
    places = [index for index, (a, b) in enumerate(sentence.places) if a < end and start < b]
    if not places:
        return None
    evidence = reading.note.evidence(sentence.document, start, end)
    return Mention(
        template=best.code + ("#" if _open_ended(best.code) else ""),
        term=" ".join(evidence.text.split()).lower(),
        sentence=number,
        first=places[0],
        last=places[-1],
        assertion=standing(places[0], places[-1], reading.scopes[number], sentence.section),
        evidence=evidence,
        own=False,
    )


def _open_ended(code: str) -> bool:
    """Whether the code still lacks its 7th character."""
    padded = code.replace(".", "").ljust(6, "X")
    return bool(icd10cm.sevenths(code) or icd10cm.sevenths(f"{padded[:3]}.{padded[3:]}"))
