"""From mentions to candidate codes: sides, refinements and 7th characters filled in, each with where it stood and its score."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import msgspec

from claimwright.codesets import icd10cm
from claimwright.coding.assertion import standing
from claimwright.coding.describe import billable, is_symptom, of_side, past
from claimwright.coding.describe import chronic as chronic
from claimwright.coding.encounters import SEQUELA, complete
from claimwright.coding.lexicon import Hit, lexicon
from claimwright.coding.mentions import AFTER, GENERIC, Mention, Reading, sides_of
from claimwright.coding.model import Evidence, Visit
from claimwright.coding.note import Sentence
from claimwright.coding.passing import in_passing
from claimwright.coding.places import place_of, weight_of
from claimwright.coding.tables import cue, listed, rows

SLOT = re.compile(r"\{([^}]*)\}")
SIDES = ("right", "left", "both", "")
THRESHOLD = 0.5
RESULT = 0.28
PASSING = 0.45


class Candidate(msgspec.Struct, gc=False):
    """A code on its way: what speaks for it, where, and what the rules did to it."""

    code: str
    mentions: list[Mention]
    score: float
    order: float  # where the physician put it
    reason: str
    rules: list[str] = []
    evidence: list[Evidence] = []
    dropped: str = ""  # why it is not coded after all
    item: int = -1
    place: str = ""  # of its best mention; empty where a rule put it there

    @property
    def main(self) -> bool:
        """Whether it is to be coded as things stand."""
        return not self.dropped and self.score >= THRESHOLD


def gather(reading: Reading, visit: Visit) -> list[Candidate]:
    """All affirmed mentions as candidates, one a code, best place first."""
    decided = _decided(reading)
    passing = set[int]() if decided else in_passing(reading)
    found: dict[str, Candidate] = {}
    weights: dict[int, float] = {}  # by the mention's identity
    for mention in reading.mentions:
        if not affirmed(mention, reading):
            continue
        sentence = reading.sentence(mention)
        where = place_of(reading, mention)
        if where == "talk" and not is_symptom(mention.template):
            continue
        weight, place = weight_of(reading, mention, decided, where)
        if id(mention) in passing:
            weight, place = min(weight, PASSING), "told in passing"
        weights[id(mention)] = weight
        if reading.note.documents[sentence.document].kind == "laboratory":
            weight, place, where = min(weight, RESULT), "results", "results"  # a result alone is no diagnosis (OCG III.B)
        for code in codes_of(mention, reading, visit):
            candidate = found.get(code)
            if candidate is None:
                reason = f"{place}: the note names “{mention.term}”"
                found[code] = Candidate(
                    code=code, mentions=[mention], score=weight, order=_order(mention, sentence), reason=reason
                )
                found[code].item = sentence.item if weight >= THRESHOLD else -1
                found[code].place = where
                continue
            candidate.mentions.append(mention)
            if weight > candidate.score:
                candidate.score, candidate.order = weight, _order(mention, sentence)
                candidate.item = sentence.item if weight >= THRESHOLD else -1
                candidate.reason, candidate.place = f"{place}: the note names “{mention.term}”", where
            elif weight >= THRESHOLD:
                candidate.order = min(candidate.order, _order(mention, sentence))
            else:
                candidate.score = min(0.98, candidate.score + 0.01)
    for candidate in found.values():
        ranked = candidate.mentions
        if len(ranked) > 1:
            ranked = sorted(ranked, key=lambda mention: -weights[id(mention)])
        candidate.evidence = [mention.evidence for mention in ranked[:3]]
    return sorted(found.values(), key=lambda candidate: candidate.order)


def _decided(reading: Reading) -> bool:
    """Whether the note comes to a judgement: something named in an assessment, or as the title of a plan."""
    return any(
        reading.sentence(m).section == "assessment" or (reading.sentence(m).section == "plan" and reading.sentence(m).statement)
        for m in reading.mentions
        if m.assertion in ("affirmed", "uncertain")
    )


FUTURE = cue("candidates.future")
IN_DAYS = re.compile(
    r"[ :~]*(?:@|at|in|after)? ?\d{1,2}(?: ?(?:-|to) ?\d{1,2})? ?(?:d|days?|wks?|weeks?)\b(?! (?:ago|post|s/p|old|after|out))",
    re.I,
)  # "suture removal 7 d"


def _later(mention: Mention, reading: Reading) -> bool:
    """A reason for a visit that is planned, not this one: "suture removal in ten days"."""
    if not mention.template.startswith("Z") or mention.template.startswith(
        ("Z00.11", "Z79", "Z80", "Z82", "Z83", "Z85", "Z86", "Z87")
    ):
        return False
    sentence = reading.sentence(mention)
    after = reading.note.documents[sentence.document].text[mention.evidence.end : sentence.end]
    return (
        bool(FUTURE.match(after))
        or (mention.template.startswith("Z48.0") and bool(IN_DAYS.match(after)))
        or standing(mention.first, mention.last, reading.scopes[mention.sentence], sentence.section, planned=True) == "planned"
    )


def affirmed(mention: Mention, reading: Reading) -> bool:
    """Asserted of this patient, now. A lasting disease in a problem's name is current even as "history of"."""
    if mention.assertion == "affirmed":
        return not _later(mention, reading)
    if mention.assertion == "hypothetical":
        return mention.template.startswith(HISTORIES) and _own_history(mention)
    if mention.assertion in ("resolved", "historical") and mention.template.startswith(HISTORIES):
        return True  # a history stays one: "history of basal cell carcinoma, no recurrence"
    if mention.assertion == "historical" and mention.template.startswith(STAYS):
        return True  # what was put in is there: "status post drug-eluting stent"
    if mention.assertion != "historical":
        return False
    if chronic(mention.template) or past(mention.template):
        return True
    sentence = reading.sentence(mention)
    if mention.template[0] in "ST" and (SEQUELA.search(reading.text(sentence)) or _set(mention, sentence)):
        return True
    return mention.template.startswith("Z") and sentence.statement


SET = re.compile(r"\b(?:ORIF|CRPP|IMN|pinning|fixation|nailing|(?:open|closed) reduction)\b(?:\W+\w+){0,4}\W*$", re.I)


def _set(mention: Mention, sentence: Sentence) -> bool:
    """A fracture that was operated on is no history as long as it is what the visit is for: "6 wks s/p ORIF Colles fracture"."""
    if sentence.section != "assessment" or mention.template[-1] != "#":
        return False
    return SET.search(sentence.source[sentence.start : mention.evidence.start]) is not None


STAYS = ("Z95.0", "Z95.1", "Z95.2", "Z95.5", "Z95.81")
HISTORIES = ("Z80", "Z81", "Z82", "Z83", "Z84", "Z85", "Z86", "Z87")


def _own_history(mention: Mention) -> bool:
    """A history that the words themselves tell, as reason for a screening: "screening for colon cancer, family history of it"."""
    return mention.term.startswith(("family history", "history", "personal history", "former", "fh"))


def _order(mention: Mention, sentence: Sentence) -> float:
    return mention.sentence + mention.first / 1000 + (10_000 if sentence.section not in ("assessment", "preprocedure") else 0)


def codes_of(mention: Mention, reading: Reading, visit: Visit) -> list[str]:
    """The complete codes of a mention: refined, with side and 7th character; worked out once."""
    held = mention.coded
    if held is None or held[0] != mention.template or held[1] != mention.assertion:
        held = mention.coded = (mention.template, mention.assertion, _codes_of(mention, reading, visit))
    return held[2]


def _codes_of(mention: Mention, reading: Reading, visit: Visit) -> list[str]:
    gone = past(mention.template) if mention.assertion == "historical" else ""
    if mention.own and not gone and (code := _by_itself(mention.template, visit.on)):
        return [code]
    template = gone or _dated(refine(mention, reading), visit.on)
    slot = SLOT.search(template) if "{" in template else None
    if slot:
        values = slot.group(1).split("/")
        side = mention.side or side_elsewhere(mention, reading)
        value = values[SIDES.index(side)]
        picked = [value] if value != "-" else ([values[0], values[1]] if side == "both" else [values[3]])
        codes = [template[: slot.start()] + one + template[slot.end() :] for one in picked if one != "-"]
    else:
        codes = [template]
        if not mention.own and (side := mention.side or side_elsewhere(mention, reading)):
            codes = [of_side(template, side, visit.on)]
    codes = [complete(code, mention, reading) for code in codes]
    if all(billable(code, visit.on) for code in codes):
        return codes
    side = mention.side or ("" if slot else side_elsewhere(mention, reading))
    return [in_force(code, side, visit.on) for code in codes]


@lru_cache(maxsize=20_000)
def _by_itself(template: str, on: date) -> str:
    """The code of a template to which no word of the note adds anything; else nothing."""
    if template in lexicon().refinements:
        return ""
    code = _dated(template, on)
    return code if "{" not in code and not code.endswith("#") and billable(code, on) else ""


@lru_cache(maxsize=1)
def _moved() -> dict[str, list[tuple[date, str]]]:
    held: dict[str, list[tuple[date, str]]] = {}
    for old, since, new in rows("dated"):
        held.setdefault(old, []).append((date.fromisoformat(since), new))
    return held


def _dated(template: str, on: date) -> str:
    """The template in force on the date, where an addendum moved a term to other codes."""
    moved = _moved().get(template)
    return next((new for since, new in moved if on >= since), template) if moved else template


@lru_cache(maxsize=20_000)
def in_force(code: str, side: str, on: date) -> str:
    """The code as the date has it: a shorter one before it was split, the fitting child since."""
    if billable(code, on):
        return code
    for length in range(len(code) - 1, 2, -1):
        if billable(code[:length].rstrip("."), on):
            return code[:length].rstrip(".")
    below = [child for child in icd10cm.children(code, on) if child.billable]
    wanted = [child for child in below if side and side in child.description.lower()]
    vague = [child for child in below if "unspecified" in child.description.lower()]
    return next((child.code for child in (*wanted, *vague)), code)


def refine(mention: Mention, reading: Reading) -> str:
    """Follow the refinement table as far as the words of the sentence and of the problem carry."""
    table, template = lexicon().refinements, mention.template
    if template not in table:
        return template
    near, far = _qualifiers(mention, reading)
    for _ in range(4 if far else 0):
        told = ((words, to) for words, to in table.get(template, ()) if not words.isdisjoint(far))
        refined = next((to for words, to in told if not words.isdisjoint(near) or (words - GENERIC) & far), template)
        if refined == template:
            break
        template = refined
    return template


def _qualifiers(mention: Mention, reading: Reading) -> tuple[set[str], set[str]]:
    """Qualifying words close to the mention, and with them those anywhere in its problem."""
    sentence, told = reading.sentence(mention), _asserted(reading, mention.sentence)
    first, last = mention.first - 4, mention.last + AFTER
    near = {hit.entry.key for hit in told if first <= hit.first and hit.last <= last}
    far = {hit.entry.key for hit in told}
    if sentence.item >= 0 and sentence.statement:
        for number in range(mention.sentence + 1, len(reading.note.sentences)):
            if reading.note.sentences[number].item != sentence.item:
                break
            far.update(hit.entry.key for hit in _asserted(reading, number))
    if mention.template.startswith(SEEN_IN_PICTURES):
        if reading.pictured is None:
            seen = reading.note.within("results", "findings", "impression", "hpi")
            reading.pictured = {hit.entry.key for number in seen for hit in _asserted(reading, number)}
        far |= reading.pictured
    return near, far


# where exactly, a picture that the provider had read may say (Coding Clinic, first quarter 2013: site of a fracture)
SEEN_IN_PICTURES = ("S92.3", "S62.6", "N20.0")


def _asserted(reading: Reading, number: int) -> list[Hit]:
    """The qualifying words of a sentence that it asserts; asked for by each mention in it, worked out once."""
    held = reading.asserted.get(number)
    if held is None:
        held = [hit for hit in reading.hits["word"].get(number, ()) if _stands(hit, reading, number)]
        reading.asserted[number] = held
    return held


def _stands(hit: Hit, reading: Reading, number: int) -> bool:
    sentence = reading.note.sentences[number]
    if hit.first and sentence.words[hit.first - 1] in ("without", "no", "not", "non"):
        return False
    if hit.entry.key in BOUTS and _bygone_bout(sentence, *sentence.span(hit.first, hit.last)):
        return False
    return standing(hit.first, hit.last, reading.scopes[number], sentence.section) in ("affirmed", "historical")


BOUTS = frozenset(("exacerbation", "flare"))
COUNTED = re.compile(
    r"\b(?:last|prior|previous|past|most recent)\s+(?:\w+\s+)?$|\b(?:\d+|one|two|three|four|several|no)\s+(?:\w+\s+)?$", re.I
)
SINCE_WHEN = re.compile(
    r"s?\W{0,2}(?:in|this|over|during|since|per|/|within|last|past)\b[^.;,]{0,25}\b(?:y(?:ea)?rs?|mo(?:nth)?s?|visit|(?:19|20)\d\d"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sept?\w*|oct\w*|nov\w*|dec\w*|spring|summer|fall|winter)",
    re.I,
)


def _bygone_bout(sentence: Sentence, start: int, end: int) -> bool:
    """Whether bouts are counted over a time, or the last one is dated: "2 exacerbations this year", "last flare in May"."""
    counted = COUNTED.search(sentence.source, sentence.start, start)
    return counted is not None and SINCE_WHEN.match(sentence.source, end, sentence.end) is not None


def side_elsewhere(mention: Mention, reading: Reading) -> str:
    """The side said elsewhere: in the same problem, of the same condition, or of the same site; never a guess between two."""
    item = reading.sentence(mention).item
    if item >= 0 and (side := _side_of_item(item, reading)) and not _of_spread(mention, side, reading):
        return side
    if reading.code_sides is None:
        reading.code_sides = {}
        for one in reading.mentions:
            if one.side and one.assertion in ("affirmed", "uncertain"):
                reading.code_sides.setdefault(one.template, set()).add(one.side)
    same = reading.code_sides.get(mention.template, ())
    if len(same) == 1:
        return next(iter(same))
    sites = [mention.site] if mention.site else _sites_of_code(mention.template)
    counted = {side for site in sites for side in sides_of(reading).get(site, ())}
    return counted.pop() if len(counted) == 1 else ""


SPREAD = ("C77", "C78", "C79")


def _of_spread(mention: Mention, side: str, reading: Reading) -> bool:
    """Whether a side beside a cancer is of where it has spread: "renal cell carcinoma metastatic to the left lung"."""
    if not mention.template.startswith("C") or mention.template.startswith(SPREAD):
        return False
    return any(
        one.sentence == mention.sentence and one.side == side and one.template.startswith(SPREAD) and "{" in one.template
        for one in reading.mentions
    )


def _side_of_item(item: int, reading: Reading) -> str:
    held = reading.item_sides.get(item)
    if held is None:
        held = ""
        for number in reading.note.of_item(item):
            sides = {hit.entry.key for hit in reading.hits["side"].get(number, ())}
            if len(sides) == 1:
                held = sides.pop()
                break
        reading.item_sides[item] = held
    return held


@lru_cache(maxsize=1)
def _slots() -> tuple[tuple[str, list[str]], ...]:
    return tuple((prefix, listed(sites)) for prefix, sites in rows("slots"))


@lru_cache(maxsize=20_000)
def _sites_of_code(template: str) -> list[str]:
    return next((sites for prefix, sites in _slots() if template.startswith(prefix)), [])
