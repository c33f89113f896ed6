"""Find diagnosis codes by words, as a coder would: first what the reader would code for them, then what the books call so.

Three are asked: the reader (lexicon and rules), the dictionary of official terms with the Alphabetic Index, and the search over
titles and an imported Index. Each answers the question as asked, as spelled right and as the books say it; an answer weighs as
much as it explains of the words. Who has the extra `embed` may ask also what is near in meaning (`coding/embedding`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from claimwright.codesets import alphabetic, icd10cm, procedures
from claimwright.codesets.icd10cm import IcdCode
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.words import readings, words
from claimwright.coding import dictionary
from claimwright.coding.candidates import in_force
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest
from claimwright.parties import Struct

if TYPE_CHECKING:
    from claimwright.coding.embedding import Near

READER, TERMS, TITLES, OTHERS, NEAR, IN_PLACE = 3.0, 2.0, 1.0, 0.5, 2.0, 4.0
"""How much each one's answer weighs; of the terms, those for what has no code of its own weigh least."""
_SAID = "ASSESSMENT:\n1. "
_LONGEST = 200  # characters of a question that are read
_OTHERWISE = 0.9  # what an answer weighs that is to other words than those asked
_READINGS = 4  # ways to say the question that are read
_MOST = 8  # titles that are weighed
_FAR = 0.2  # likeness of what has nothing to do with the words
_LATER = frozenset({"subsequent", "sequela"})
_ENDS = re.compile(r"[.;!?](?=\s)|\n")
_SIDES = frozenset({"right", "left", "bilateral", "both", "r", "l"})


class Found(Struct):
    """A code that may be billed that day, and how the words lead to it."""

    code: IcdCode
    why: str


class Place(NamedTuple):
    """Where the words that are looked up stand in a record."""

    text: str
    start: int
    end: int

    def sentence(self) -> Place:
        """Its sentence, or its line."""
        ends = [one.end() for one in _ENDS.finditer(self.text)]
        start = max((one for one in ends if one <= self.start), default=0)
        end = min((one for one in ends if one >= self.end), default=len(self.text))
        return Place(self.text[start:end], self.start - start, self.end - start)


class _Answer(NamedTuple):
    code: str
    why: str
    worth: float


def search(
    text: str,
    on: date,
    finder: alphabetic.Finder | None = None,
    limit: int = 12,
    near: Callable[[str], Sequence[Near]] | None = None,
    place: Place | None = None,
) -> list[Found]:
    """Diagnoses in force on a date of service, best first, by words or by the start of a code.

    With `near` by meaning too; words of a record (`place`) are first what their sentence makes of them.
    """
    text = " ".join(text[:_LONGEST].split())
    if icd10cm.is_start(text):
        return [Found(code=code, why="") for code in icd10cm.search(text, on, limit)]
    scores: dict[str, float] = defaultdict(float)
    whys: dict[str, str] = {}
    meant = _meant(near(text), on) if near is not None and text else ()
    told = _told(place.sentence(), on) if place is not None else ()
    for answer in (*told, *_answers(text, on, finder), *meant):
        code = icd10cm.plain(answer.code)
        scores[code] += answer.worth
        whys[code] = whys.get(code) or answer.why
    known = ((icd10cm.lookup(code, on), whys[code]) for code in sorted(scores, key=lambda code: -scores[code]))
    return [Found(code=code, why=why) for code, why in known if code is not None and code.billable][:limit]


def _answers(text: str, on: date, finder: alphabetic.Finder | None) -> Iterator[_Answer]:
    for place, (code, path) in enumerate(alphabetic.diagnoses(text, on, finder, _MOST)):
        yield _Answer(code.code, path, TITLES / (1 + place))
    for said in _ways(text):
        weight = 1.0 if said == text else _OTHERWISE
        for answer in (*_read(said, on), *_terms(said, on)):
            yield answer._replace(worth=answer.worth * weight)


def _told(place: Place, on: date) -> Iterator[_Answer]:
    """What words say where they stand: the knee's effusion, of the effusions, in "Right knee: large effusion"."""
    note = Document(kind="progress", text=f"{_SAID}{place.text.strip()}\n")
    shift = len(_SAID) - (len(place.text) - len(place.text.lstrip()))
    found = suggest([note], Visit(on=on)).diagnoses
    spans = [(one.code, proof.start - shift, proof.end - shift) for one in found if one.suggested for proof in one.evidence]
    terms = sorted(dictionary.find(place.text, on), key=lambda one: -one.score)
    spans += [(icd10cm.full(one.code, place.text), one.start, one.end) for one in terms]
    # what rests on the chosen words alone says no more than they do anywhere
    codes = [code for code, start, end in spans if start <= place.start and end >= place.end and (start, end) != place[1:]]
    for rank, code in enumerate(dict.fromkeys(codes)):
        yield _Answer(code, "as its sentence says", IN_PLACE / (1 + rank))


def services(text: str, on: date, limit: int = 8) -> list[Procedure]:
    """Services by words or by the start of a code. A word of the diagnoses is no misspelt service: effusion, not infusion."""
    text = " ".join(text[:_LONGEST].split())
    if icd10cm.is_start(text):
        return [one for one in procedures.search(text, on, limit) if one.code.startswith(text.upper())]
    said = [word for word in text.split() if procedures.knows(word) or not icd10cm.knows(word)]
    return procedures.search(" ".join(said), on, limit) if said else []


def _meant(near: Sequence[Near], on: date) -> Iterator[_Answer]:
    for place, one in enumerate(near):
        why = f"near in meaning: {one.term} ({one.likeness:.2f})"
        yield _Answer(in_force(one.code, "", on), why, NEAR * max(0.0, one.likeness - _FAR) / (1 - _FAR) / (1 + place))


def _ways(text: str) -> list[str]:
    """The question as asked, spelled as the books do, and with the words of the classification for what people say."""
    spelled = icd10cm.spelled(text)
    ways = [text, *([spelled] if words(spelled) != words(text) else [])]
    return [*ways, *(" ".join(reading) for reading in readings(words(spelled)) if list(reading) != words(spelled))][:_READINGS]


def _read(said: str, on: date) -> Iterator[_Answer]:
    """What the reader codes for a problem that is assessed in these words."""
    found = suggest([Document(kind="progress", text=f"{_SAID}{said[:1].upper()}{said[1:]}\n")], Visit(on=on)).diagnoses
    for one in found:
        if one.suggested:
            spans = [(proof.start - len(_SAID), proof.end - len(_SAID)) for proof in one.evidence]
            yield _Answer(_in_encounter(one.code, said), "as a note would be coded", READER * _explained(said, spans))


def _in_encounter(code: str, said: str) -> str:
    """An injury's code for the encounter that was asked for; the reader reads a first one."""
    node = icd10cm.node_of(code) if _LATER & set(words(said)) else None
    return icd10cm.full(node.code, said) if node is not None and node.sevenths else code


def _terms(said: str, on: date) -> Iterator[_Answer]:
    """The official terms that the words name, those that fit best first."""
    found = [(one, _explained(said, [(one.start, one.end)])) for one in dictionary.find(said, on)]
    named: dict[str, int] = {}
    for one, share in sorted(found, key=lambda fit: -fit[0].score * fit[1]):
        if one.code not in named:
            named[one.code] = len(named)
            worth = (OTHERS if one.source[0] == "o" else TERMS) * share / (1 + named[one.code])
            yield _Answer(icd10cm.full(one.code, said), dictionary.SOURCES[one.source[0]], worth)


def _explained(said: str, spans: Collection[tuple[int, int]]) -> float:
    """The square of the share of the words, sides apart, that stand in some span."""
    asked = [word for word in words(said) if word not in _SIDES]
    held = {word for start, end in spans for word in words(said[max(start, 0) : end])}
    return (sum(word in held for word in asked) / len(asked)) ** 2 if asked else 0.0
