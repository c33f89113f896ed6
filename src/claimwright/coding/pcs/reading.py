"""The note as the builder of codes reads it: phrases with their places, what was done, and where else to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from claimwright.coding.acts import NEVER, happened
from claimwright.coding.case import Case
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence

SIDES = {
    "right": 0, "rt": 0, "left": 1, "lt": 1, "bilateral": 2, "bilaterally": 2, "both": 2, "r": 0, "l": 1,
}  # fmt: skip
PAST = re.compile(
    r"\b(?:years? ago|months? ago|weeks? ago|history of|h/o|status[- ]post|s/p|previous(?:ly)?|prior|in the past|in (?:19|20)\d\d"
    r"|since (?:19|20)\d\d|as a child|remote|last (?:year|month)|had undergone|had been|has had|antecedents?|background)\b",
    re.I,
)
PARTICIPLES = (
    "done|made|placed|inserted|obtained|started|initiated|given|taken|completed|removed|treated|resected|excised|drained|repaired"
    "|extracted|created|intubated|transfused|used|practiced|conducted|applied|administered|accomplished|performed"
    "|ventilated|carried out"
)
SEEN = r"shows?|showed|reveal\w*|demonstrat\w+|confirmed|evidenced|observed|detected|identified|visualized|found|objectified"
DONE = re.compile(
    rf"\b(?:underwent|undergone|performed|carried out|(?:is|are|was|were|been) (?:\w+ly )?(?:{PARTICIPLES})"
    r"|taken to the (?:operating room|or|cath lab|endoscopy)|treated (?:with|by)|requir(?:ed|ing)|received"
    r"|intubated|transfused|cardioverted|extubated|delivered|ended in|by means of|consisted of|proceeded|intervened|operated"
    r"|gave birth|had an?|placement"
    rf"|without complications?|{SEEN})\b",
    re.I,
)
SHOWN = re.compile(rf"\b(?:{SEEN}|ruled out|reported|normal|abnormal|negative|unremarkable|compatible|consistent)\b", re.I)
DATED = re.compile(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\b")
LONGEST_STAY = timedelta(days=90)
TITLE_ONLY = re.compile(r"descri|techni|detail|narrative|in detail|finding", re.I)
READ_WITH = frozenset({"procedure", "findings", "preprocedure", "indication", "assessment", "impression", "consent", "other"})
DECISIVE = frozenset({"procedure"})


class Place(msgspec.Struct, frozen=True):
    """Words [first, last] of a sentence."""

    sentence: int
    first: int
    last: int


class Pages:
    """The sentences of a case as lines of stems, searched by phrase."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.sentences: list[Sentence] = case.reading.note.sentences
        self.lines = [f" {' '.join(sentence.words)} " for sentence in self.sentences]
        self.whole = "¶".join(self.lines)
        self._held: dict[str, bool] = {}

    def find(self, number: int, phrase: str) -> Iterator[Place]:
        """Where a phrase stands in a sentence."""
        if not self.holds(phrase):
            return
        line, wanted = self.lines[number], f" {phrase} "
        at = line.find(wanted)
        while at >= 0:
            first = line.count(" ", 0, at)
            yield Place(number, first, first + phrase.count(" "))
            at = line.find(wanted, at + 1)

    def holds(self, phrase: str) -> bool:
        """Whether a phrase stands anywhere in the case: asked once, so that most phrases cost no search of the lines."""
        if phrase not in self._held:
            self._held[phrase] = f" {phrase} " in self.whole
        return self._held[phrase]

    def evidence(self, place: Place) -> Evidence:
        """The words of a place."""
        sentence = self.sentences[place.sentence]
        return self.case.reading.note.evidence(sentence.document, sentence.places[place.first][0], sentence.places[place.last][1])

    def affirmed(self, place: Place) -> bool:
        """Not denied, planned, hypothetical or another's."""
        return happened(place.first, place.last, self.case.reading.scopes[place.sentence])

    def done(self, place: Place, *, shown: bool = False) -> bool:
        """Whether the record shows it done in this stay; `shown`: a finding that it showed is enough."""
        sentence = self.sentences[place.sentence]
        if sentence.section in NEVER or not self.affirmed(place):
            return False
        text = self.case.text(sentence)
        if sentence.section in DECISIVE:
            return not re.search(r"\b(?:aborted|abandoned|not performed|cancelled|canceled)\b", text, re.I)
        if PAST.search(text) or self._long_ago(text):
            return False
        return bool(DONE.search(text)) or (shown and (bool(SHOWN.search(text)) or self._heads(place)))

    def _long_ago(self, text: str) -> bool:
        """Whether a sentence bears a date of an earlier stay."""
        found = DATED.search(text)
        if not found:
            return False
        month, day, year = (int(part) for part in found.groups())
        try:
            return self.case.visit.on - date(year, month, day) > LONGEST_STAY
        except ValueError:
            return False

    def _heads(self, place: Place) -> bool:
        """A label with what was found behind it: "Chest x-ray: clear"."""
        sentence = self.sentences[place.sentence]
        text = self.case.reading.note.documents[sentence.document].text
        return bool(re.match(r"\s*:", text[sentence.places[place.last][1] : sentence.places[place.last][1] + 2]))

    def titled(self, number: int) -> bool:
        """Whether a sentence names procedures rather than describes them."""
        sentence = self.sentences[number]
        return sentence.section in DECISIVE and not TITLE_ONLY.search(sentence.heading or "")

    def around(self, number: int) -> list[int]:
        """Other sentences that speak of the same operation, nearest first."""
        here = self.sentences[number]
        same = [at for at, one in enumerate(self.sentences) if one.document == here.document and at != number]
        if here.section in DECISIVE:
            near = [at for at in same if self.sentences[at].section in READ_WITH]
        else:
            near = [at for at in same if abs(at - number) <= 1 and self.sentences[at].section == here.section]
        return sorted(near, key=lambda at: (abs(at - number), at))

    def side(self, place: Place, *, wide: bool = True) -> tuple[int, Place] | None:
        """Right 0, left 1, both 2: the nearest in the sentence, else the only one told around it."""
        found = self._sides(place.sentence)
        if found:
            return min(found, key=lambda one: (_distance(one[1], place), one[0] != 2))
        if not wide:
            return None
        around = [one for at in self.around(place.sentence) for one in self._sides(at)]
        told = {side for side, _ in around}
        return around[0] if len(told) == 1 else None

    def _sides(self, number: int) -> list[tuple[int, Place]]:
        sentence = self.sentences[number]
        text = self.case.reading.note.documents[sentence.document].text
        found = []
        for at, word in enumerate(sentence.words):
            start, end = sentence.places[at]
            if word in SIDES and (len(word) > 1 or text[start:end].isupper()):
                found.append((SIDES[word], Place(number, at, at)))
        return found


def _distance(a: Place, b: Place) -> int:
    return max(a.first - b.last, b.first - a.last, 0)
