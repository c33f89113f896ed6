"""From hits to mentions: a condition, where on the body, which side, and whether the note asserts it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

import msgspec

from claimwright.coding.assertion import Scope, scope_of, standing
from claimwright.coding.describe import is_symptom, past
from claimwright.coding.homonyms import homonym
from claimwright.coding.joined_sites import AFTER as AFTER
from claimwright.coding.joined_sites import code_at, longest, narrowest, sites_of
from claimwright.coding.lexicon import Hit, Hits, Lexicon, Spoken, lexicon, scan
from claimwright.coding.marks import KIN, SIGNS, TOLD_OF, called_after, crossed_out, minus, of_kin, of_others, quoted, warned
from claimwright.coding.model import Assertion, Evidence
from claimwright.coding.note import Note, Sentence
from claimwright.coding.operated import OPERATIONS, operated_away
from claimwright.coding.spread import METASTASES, places_of
from claimwright.coding.surfaces import face_of_another, of_parts
from claimwright.coding.tables import word_list
from claimwright.coding.words import normal

SIDE_REACH = 4
GENERIC = frozenset(word_list("generic"))
WITHOUT_SITE = frozenset(("", *word_list("without site")))


SUBJECT = frozenset(map(normal, word_list("subject")))
PATIENT = frozenset(("patient", "pt", "he", "she"))
FIRST, WEIGHT = attrgetter("first"), attrgetter("weight")
TITLE = 7  # words of a sentence that may be a title as a whole
ASIDE = frozenset(("assessment", "plan", "impression"))


class Mention(msgspec.Struct, gc=False):
    """A condition as one sentence puts it. `template` may hold a side slot and #."""

    template: str
    term: str
    sentence: int
    first: int
    last: int
    assertion: Assertion
    evidence: Evidence
    side: str = ""
    site: str = ""
    head: str = ""
    own: bool = True
    place: tuple[int, int] = (-1, -1)  # words of the site, where one was joined
    coded: tuple[str, str, list[str]] | None = None  # template and assertion when its codes were worked out, and the codes


class Scopes(dict[int, Scope]):
    """The scopes of sentences by their number, worked out when they are first asked for."""

    def __init__(self, note: Note, spoken: list[list[Spoken]], terms: dict[int, list[Hit]]) -> None:
        """A note, the triggers of its sentences and the conditions in them."""
        self.note, self.spoken, self.terms = note, spoken, terms

    def __missing__(self, number: int) -> Scope:
        """That of a sentence."""
        found = self[number] = scope_of(self.spoken[number], self.note.sentences[number], self.terms.get(number, ()))
        return found


class Reading(msgspec.Struct):
    """A note with everything found in it."""

    note: Note
    hits: Hits
    scopes: Scopes
    mentions: list[Mention]
    sides: dict[str, Counter[str]] | None = None  # see `sides_of`
    # worked out once when candidates are gathered, after which no mention changes:
    item_sides: dict[int, str] = {}  # problem -> the side its first sentence that names but one names
    code_sides: dict[str, set[str]] | None = None  # template -> the sides of its mentions
    asserted: dict[int, list[Hit]] = {}  # sentence -> its qualifying words that stand
    pictured: set[str] | None = None  # qualifying words of findings and history
    titled: bool | None = None  # see `places.titled`
    unnamed: dict[int, str] = {}  # problem -> how its title names no disease of the patient's, or nothing
    begun: dict[int, str] = {}  # document -> 7th character for injuries of which no more is told

    def sentence(self, mention: Mention) -> Sentence:
        """Where the mention stands."""
        return self.note.sentences[mention.sentence]

    def text(self, sentence: Sentence) -> str:
        """The characters of a sentence."""
        return sentence.source[sentence.start : sentence.end]


def find(note: Note, year: int | None = None) -> Reading:
    """Read a note's mentions. `year`: of the visit, where it is known; operations of well before are told as past."""
    table = lexicon()
    hits, spoken = scan(note)
    reading = Reading(note=note, hits=hits, scopes=Scopes(note, spoken, hits["term"]), mentions=[])
    for number in sorted(hits["term"].keys() | hits["head"].keys()):
        reading.mentions += _in_sentence(reading, number, table)
    for mention in reading.mentions:
        if mention.assertion in ("affirmed", "historical") and _operated(mention, reading.sentence(mention), year):
            mention.assertion = "historical" if past(mention.template) else "resolved"
    _adopt_sites(reading)
    return reading


def begins(sentence: Sentence, first: int) -> bool:
    """Whether a sentence, or its part after a comma, begins with the words, or with the patient: "She has eczema"."""
    if first <= 1:
        return True
    start = next((one + 1 for one in reversed(sentence.commas) if one < first), 0)
    lead = sentence.words[start:first]
    return len(lead) <= 4 and SUBJECT.issuperset(lead) and (not start or not PATIENT.isdisjoint(lead))


def _in_sentence(reading: Reading, number: int, table: Lexicon) -> list[Mention]:
    hits, sentence = reading.hits, reading.note.sentences[number]
    words = sentence.words
    heads = longest(hits["head"].get(number, ()))
    sites = of_parts(longest(hits["site"].get(number, ())), words) if heads else []
    if heads and "ca" in words:  # calcium, but for "thyroid ca"
        ends = {site.last for site in sites}
        heads = [head for head in heads if words[head.first] != "ca" or head.first - 1 in ends]
    found: list[_Named] = []
    for hit in hits["term"].get(number, ()):
        if homonym(sentence, hit) if hit.first == hit.last else face_of_another(hit, words):
            continue
        entry = hit.entry
        placeless = 2 if entry.key in WITHOUT_SITE else 0  # gives way to the same condition with its place
        found.append(_Named(entry.words * 2 + entry.own - placeless, hit.first, hit.last, entry.key, entry.own))
    for head in heads:
        where = (places_of if head.entry.key == METASTASES else sites_of)(head, sites, words, sentence.commas)
        if where == [] and len(sites) == 1 and sentence.statement:
            where = sites
        for site in narrowest(where or [], sites, words, table):
            code = code_at(table, head.entry.key, site.entry.key)
            if code:
                first, last = min(head.first, site.first), max(head.last, site.last)
                weight = (head.entry.words + site.entry.words) * 2 + 1
                found.append(_Named(weight, first, last, code, True, head.entry.key, head, site))
        for one in found:
            if not one.head and one.first <= head.first and head.last <= one.last:
                one.head = head.entry.key
        if not any(one.first <= head.last and head.first <= one.last for one in found):
            found.append(_Named(head.entry.words * 2, head.first, head.last, "", True, head.entry.key))
    return [_mention(reading, number, one) for one in _without_overlap(found, heads)]


class _Named(msgspec.Struct, gc=False):
    """A condition that words [first, last] may name; of those that overlap the weightiest does."""

    weight: int
    first: int
    last: int
    template: str
    own: bool
    head: str = ""
    core: Hit | None = None  # the condition and the site of one composed of them
    site: Hit | None = None


def _claimed(named: _Named, heads: list[Hit]) -> tuple[int, int]:
    """The words that a condition composed with a site claims for itself: its head alone."""
    for head in heads:
        if head.entry.key == named.head and named.first <= head.first and head.last <= named.last:
            return head.first, head.last
    return named.first, named.last


def _without_overlap(found: list[_Named], heads: list[Hit]) -> list[_Named]:
    if len(found) < 2:
        return found
    kept: list[tuple[int, int, _Named]] = []
    for one in sorted(found, key=WEIGHT, reverse=True):
        first, last = _claimed(one, heads) if one.site else (one.first, one.last)
        for begin, end, other in kept:
            if begin <= last and first <= end and not _of_two_sites(one, other):
                break
        else:
            kept.append((first, last, one))
    return sorted([one for *_, one in kept], key=FIRST)


def _of_two_sites(one: _Named, other: _Named) -> bool:
    """The same condition named once for two places."""
    if not one.site or one.head != other.head:
        return False
    if other.site is None:  # "liver and lung metastases", where the second is a term of its own
        return one.head == METASTASES and not other.first <= one.site.first <= other.last
    return one.site.entry.key != other.site.entry.key


def _mention(reading: Reading, number: int, named: _Named) -> Mention:
    sentence, scope = reading.note.sentences[number], reading.scopes[number]
    first, last, template, core, site = named.first, named.last, named.template, named.core, named.site
    start, end = sentence.span(first, last)
    evidence = reading.note.evidence(sentence.document, start, end)
    at = (core.first, core.last) if core else (first, last)
    sign = is_symptom(template) or template.startswith(FOUND)
    telling = scope.placed and sentence.section in ASIDE and not template.startswith("Z")
    aside = bool(telling) and not _titled(reading, number, named, sign)
    stood = standing(*at, scope, sentence.section, symptom=sign, aside=aside)
    if stood == "affirmed" and at[1] < last:
        stood = standing(first, last, scope, sentence.section, symptom=sign, aside=aside)
    if stood == "affirmed" and crossed_out(sentence.source, start, end):
        stood = "negated"
    if stood == "affirmed" and core and crossed_out(sentence.source, *sentence.span(*at)):
        stood = "negated"  # "wrist pain, (-) fracture" reaches back to the wrist
    if stood == "affirmed":
        stood = _marked(reading, number, first, last, (start, end), sign)
    if stood in ("family", "hypothetical") and template.startswith("Z20") and first < EXPOSED:
        stood = "affirmed"  # "exposure to strep (roommate)": of whom the patient may have it
    if site and any(one.trigger.category == "family" and first < one.first < last for one in scope.placed):
        stood = "family"  # "melanoma of her brother's back"
    mention = Mention(
        template=template,
        term=" ".join(evidence.text.split()).lower(),
        sentence=number,
        first=first,
        last=last,
        assertion=stood,
        evidence=evidence,
        head=named.head,
        own=named.own,
    )
    if site:
        mention.site, mention.place = site.entry.key, (site.first, site.last)
    if sides := reading.hits["side"].get(number):
        mention.side = "both" if len(sides) > 1 and _compared(mention, sentence) else _side(mention, sides, sentence.words)
    return mention


def _titled(reading: Reading, number: int, named: _Named, sign: bool) -> bool:
    """Whether a condition stands where problems are named: in a short title, or first in a sentence that tells of no other."""
    sentence = reading.note.sentences[number]
    if sentence.statement and len(sentence.words) <= TITLE:
        return True
    heads = sentence.statement or not sentence.told or (sign and named.last in sentence.commas)
    return (heads or _follows_label(reading, number)) and begins(sentence, named.first)


def _marked(reading: Reading, number: int, first: int, last: int, place: tuple[int, int], sign: bool) -> Assertion:
    """What signs, quotation marks and the words at either end of a sentence make of what is else affirmed."""
    sentence = reading.note.sentences[number]
    if sign:
        if sentence.source[place[0] - 1 : place[0]] in SIGNS and minus(sentence, place[0]):
            return "negated"
    elif quoted(sentence, *place):
        return "hypothetical"
    if of_others(sentence, last, place[1]):
        return "family"
    if called_after(sentence, *place):
        return "hypothetical"
    if first and sentence.raw[first - 1] == "Ms":  # "Ms. Crohn"
        return "hypothetical"
    if sentence.words[-1] in TOLD_OF and warned(sentence, reading.hits["drug"].get(number, ()), first):
        return "hypothetical"
    return "family" if sentence.raw[0] in KIN and of_kin(sentence) else "affirmed"


EXPOSED = 5  # words before those of a contact, of which there are some: "Contact with and exposure to"
FOUND = ("D69.6", "E04.1", "K76.89", "K86.89", "N28.89", "N63")  # what one finds, whatever it turns out to be
REPORT = 8  # words of a label such as "CT abdomen and pelvis with contrast:"


def _follows_label(reading: Reading, number: int) -> bool:
    """Whether a sentence comes right behind a label that names no condition, and so is the title itself: "CT chest: ..."."""
    title, sentence = reading.note.sentences[number - 1], reading.note.sentences[number]
    if not title.statement or title.item != sentence.item or len(title.words) > REPORT:
        return False
    if not sentence.source[title.end : sentence.start].strip():  # neither colon nor dash
        return False
    return not any(number - 1 in reading.hits[kind] for kind in ("term", "head"))


COMPARED = re.compile(r"[\s,(]*(?:OD|OS|R|L|[Rr]ight|[Ll]eft) ?(?:>+|worse than) ?(?:than )?(?:OD|OS|R|L|[Rr]ight|[Ll]eft)\b")


def _compared(mention: Mention, sentence: Sentence) -> bool:
    """Whether the sides are weighed against each other right behind the disease: "nuclear cataract OD > OS"."""
    return COMPARED.match(sentence.source, mention.evidence.end, sentence.end) is not None


def _side(mention: Mention, sides: Sequence[Hit], words: list[str]) -> str:
    """The nearest side in the sentence; one inside or just before beats one after."""
    best, distance = "", SIDE_REACH + 1.0
    for side in sides:
        if mention.place[0] >= 0 and 0 <= mention.place[0] - side.last - 1 <= 1:
            return side.entry.key  # right before the site itself
        if mention.place[0] <= side.first and side.last <= mention.place[1]:
            return side.entry.key  # within it: "back of the left hand"
        if mention.first <= side.first and side.last <= mention.last:
            gap = 0.0
        elif side.last < mention.first:
            gap = mention.first - side.last - 1
        else:
            between = words[mention.last + 1 : side.first]
            if mention.template.startswith("C") and "to" in between[-3:]:
                continue  # of where it has spread: "renal cell carcinoma to the left lung"
            gap = side.first - mention.last - 0.5 + (2 if "and" in between else 0)
            if (
                side.last + 1 < len(words)
                and words[side.last] == "left"
                and words[side.last + 1] in ("the", "ama", "work", "untreated")
            ):
                continue
        if gap < distance:
            best, distance = side.entry.key, gap
    return best


def _operated(mention: Mention, sentence: Sentence, year: int | None) -> bool:
    """What was operated on is over: "status post basal cell carcinoma removal"."""
    if mention.template.startswith("Z") or OPERATIONS.isdisjoint(sentence.words[mention.last + 1 :]):
        return False
    return operated_away(mention.template, sentence, mention.evidence, year)


SIDE_SECTIONS = frozenset(
    {"cc", "hpi", "assessment", "plan", "procedure", "findings", "impression", "indication", "preprocedure", "other"}
)


def sides_of(reading: Reading) -> dict[str, Counter[str]]:
    """Which side each site is said to be on, where the note tells the story or the judgement; else what a picture shows."""
    if reading.sides is None:
        reading.sides = _note_sides(reading)
    return reading.sides


def _note_sides(reading: Reading) -> dict[str, Counter[str]]:
    told: dict[str, Counter[str]] = {}
    seen: dict[str, Counter[str]] = {}
    for number, sides in reading.hits["side"].items():
        section = reading.note.sentences[number].section
        if section in SIDE_SECTIONS:
            _sides_in(reading, number, sides, told)
        elif section in ("results", "exam"):
            _sides_in(reading, number, sides, seen)
    return told | {site: counted for site, counted in seen.items() if site not in told}


def _sides_in(reading: Reading, number: int, sides: list[Hit], counted: dict[str, Counter[str]]) -> None:
    section = reading.note.sentences[number].section
    for site in reading.hits["site"].get(number, ()):
        near = [s for s in sides if 0 <= site.first - s.last - 1 <= 2 or 0 <= s.first - site.last - 1 <= 1]
        if near and standing(site.first, site.last, reading.scopes[number], section) == "affirmed":
            if site.entry.key not in counted:
                counted[site.entry.key] = Counter()
            counted[site.entry.key][near[0].entry.key] += 1


LIMBS = frozenset(("leg", "arm", "head", "trunk"))


def _adopt_part(mention: Mention, reading: Reading) -> None:
    """ "Right leg contusion" is of the thigh where that is the one part of the leg the note speaks of on that side."""
    table = lexicon()
    parts = [
        site
        for site, sides in sides_of(reading).items()
        if table.broader.get(site) == mention.site and (not mention.side or mention.side in sides)
    ]
    code = table.sited.get(mention.head, {}).get(parts[0], "") if len(parts) == 1 else ""
    if code:
        mention.template, mention.site = code, parts[0]


def _adopt_sites(reading: Reading) -> None:
    """A condition named without its place takes the place the note gives it elsewhere: 'laceration', 'osteoarthritis'."""
    placed: dict[str, Mention] = {}
    for mention in reading.mentions:
        section = reading.sentence(mention).section
        if not mention.site or mention.assertion != "affirmed" or section in ("pmh", "meds", "ros", "sh"):
            continue
        if mention.template[0] != "M" or section not in ("results", "hpi", "exam"):  # joints ache in many places over the years
            placed.setdefault(mention.head, mention)
    for mention in reading.mentions:
        other = placed.get(mention.head)
        if other is not None and mention.head and not mention.site and mention.template in WITHOUT_SITE:
            mention.template, mention.site = other.template, other.site
            mention.side = mention.side or other.side
        elif mention.site in LIMBS and mention.assertion == "affirmed":
            _adopt_part(mention, reading)
    reading.mentions = [mention for mention in reading.mentions if mention.template]
