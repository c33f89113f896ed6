"""Which code of a family explains most of the words said about a mention, and whether any of them stay unexplained (I.B.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from claimwright.codesets import icd10cm
from claimwright.codesets.tabular import Node
from claimwright.coding.assertion import standing
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import billable, description, is_symptom
from claimwright.coding.dictionary.stems import TOKEN
from claimwright.coding.dictionary.synonyms import ROOTS, content
from claimwright.coding.mentions import Mention
from claimwright.coding.specific import SPECIFIC
from claimwright.coding.tables import word_list

APART = re.compile(r"\b(?:without|not)\b[^,;]*", re.I)  # of a title: what is not there
UNSAID = re.compile(r"\b(?:without|no|not|non|denies|w/o|neg(?:ative)?)\b[^,;.]*", re.I)
ASIDE = re.compile(  # what is done, or was
    r"(?:\b(?:on|taking|takes|continu\w*|start\w*|treat\w*|manag\w*|refer\w*|follow\w*|monitor\w*"
    r"|status post|after|history|for)|s/p)\b[^,;.]*",
    re.I,
)
END = re.compile(r"[;:](?=\s|$)|\.(?=\s|$)|\s[-\u2013\u2014]\s")  # what stands behind tells of something else
PLACES = frozenset({"", "statement", "opening", "plan title", "preprocedure", "impression", "assessment"})
MOST_IMPLIED = 1  # words of a title that need not be said, for every code of the family with those said has them
SILENT = frozenset(word for phrase in word_list("kin silent") for word in content(phrase))
SIDES = frozenset(content("right left bilateral"))
SITES = SIDES | frozenset(
    content("eye ear arm leg foot hand knee hip shoulder elbow wrist ankle finger toe thigh heel upper lower")
)
# stones and sickle cells share their words with the colic and the crisis beside them, hypertension "chronic" with the kidney's
SHARED = ("N20", "D57", "O10")
BEYOND = tuple("VWXYZ")  # circumstances are told in other words than theirs


class Kin(msgspec.Struct, frozen=True, gc=False):
    """A code of a family, by the roots of its title."""

    code: str
    has: frozenset[str]
    lacks: frozenset[str]  # what the title says is not there


def nearest(case: Case) -> None:
    """Give a code way to the one of its family whose title says more of what the note says, and nothing it does not."""
    for candidate in case.main():
        said = _said(case, candidate) if not candidate.code.startswith(SHARED) else ()
        if not said:
            continue
        if any(other is not candidate and other.code[:3] == candidate.code[:3] for other in case.main()):
            continue  # the words may be the other's: "acute and chronic cystitis"
        best = _best(candidate, said)
        if best and billable(best, case.visit.on):
            case.replace(candidate, best, "its title says more of the words of the note", SPECIFIC)


def unexplained(case: Case, candidate: Candidate) -> bool:
    """Whether words beside a mention are in the titles of the code's family, and not in its own."""
    said = _said(case, candidate)
    return bool(said - kin_of(candidate.code).has - SIDES)


def _said(case: Case, candidate: Candidate) -> frozenset[str]:
    """The telling words about a candidate that its family's titles have, where it lacks some; else nothing."""
    code = candidate.code
    if code.startswith(BEYOND) or is_symptom(code) or candidate.place not in PLACES or not candidate.mentions:
        return frozenset()
    kin = code[:3], _seventh(code)
    telling = _told.get(kin)
    if telling is not None and telling <= kin_of(code).has:
        return frozenset()
    titles = [m for m in candidate.mentions if case.mention_at(m).statement and m.evidence in candidate.evidence]
    if telling is None:  # whether any word can be telling is asked first: to tell titles apart takes longer
        asked = {ROOTS[one[0]] for mention in titles for one in _clause(case, mention)[1]} - SIDES - kin_of(code).has
        if not asked or asked.isdisjoint(_spoken(code[:3])):
            return frozenset()
        telling = _told[kin] = vocabulary(*kin)
        if telling <= kin_of(code).has:
            return frozenset()
    said = frozenset[str]()
    for mention in titles:
        if telling.isdisjoint(map(ROOTS.__getitem__, case.mention_at(mention).words)):
            continue
        clause, found = _clause(case, mention)
        if words := [one for one in found if ROOTS[one[0]] in telling]:
            said |= _beside(case, candidate, mention, clause, words)
    return said if said - kin_of(code).has else frozenset()


_told: dict[tuple[str, str], frozenset[str]] = {}  # the vocabularies of families that were asked for; there are some thousands


def _clause(case: Case, mention: Mention) -> tuple[tuple[int, int], list[re.Match[str]]]:
    """Where the clause of a mention begins and ends, and the words beside it that say something."""
    sentence, own = case.mention_at(mention), mention.evidence
    start, end = sentence.start, sentence.end
    if end - start <= len(own.text) + 1:
        return (start, end), []
    for border in END.finditer(sentence.source, start, end):
        if border.end() <= own.start:
            start = border.end()
        elif border.start() >= own.end:
            end = border.start()
            break
    found = TOKEN.finditer(sentence.source, start, end)  # its own words led to its code
    beside = [one for one in found if one.end() <= own.start or one.start() >= own.end]
    return (start, end), [one for one in beside if (root := ROOTS[one[0]]) and root not in SILENT and not root.isdigit()]


def _beside(
    case: Case, candidate: Candidate, mention: Mention, clause: tuple[int, int], found: list[re.Match[str]]
) -> frozenset[str]:
    """The telling words beside a mention in its clause, those of other diagnoses, of treatment and what is denied left out."""
    sentence = case.mention_at(mention)
    text, (start, end) = sentence.source, clause
    others = [m for c in case.main() if c.code[:3] != candidate.code[:3] for m in c.mentions if m.sentence == mention.sentence]
    taken = [(m.evidence.start, m.evidence.end) for m in others]
    taken += [one.span() for pattern in (UNSAID, ASIDE) for one in pattern.finditer(text, start, end)]
    scope, said = case.reading.scopes[mention.sentence], set[str]()
    for one in found:
        if any(one.start() < y and x < one.end() for x, y in taken):
            continue
        places = [number for number, (x, y) in enumerate(sentence.places) if x < one.end() and one.start() < y]
        if places and standing(places[0], places[-1], scope, sentence.section) in ("affirmed", "historical"):
            said.add(ROOTS[one[0]])
    return frozenset(said)


def _best(candidate: Candidate, said: frozenset[str]) -> str:
    """The code of the family whose title has all the words and says nothing else, if one is better than all others."""
    own, members = kin_of(candidate.code), family(candidate.code[:3], _seventh(candidate.code))
    ranked = []
    for one in members:
        more = (one.has & said) - own.has
        if not more - SITES or said - one.has or own.has - one.has or one.lacks & said:
            continue
        beyond = one.has - own.has - said
        if beyond and (len(beyond) > MOST_IMPLIED or not all(beyond <= other.has for other in members if more <= other.has)):
            continue
        ranked.append((-len(more), len(one.has ^ own.has), "unspecified" not in description(one.code).lower(), one.code))
    ranked.sort()
    if not ranked or (len(ranked) > 1 and ranked[0][:3] == ranked[1][:3]):
        return ""
    return ranked[0][-1]


def _seventh(code: str) -> str:
    """The 7th character that a code has beyond its entry in the tabular list."""
    node = icd10cm.node_of(code) if len(code) == 8 else None
    return code[7] if node is not None and node.code != icd10cm.plain(code) else ""


@lru_cache(maxsize=20_000)
def kin_of(code: str) -> Kin:
    """A code as one of its family."""
    return _kin(code, description(code))


def _kin(code: str, title: str) -> Kin:
    small = title.lower()
    parts = APART.findall(title) if "not" in small or "without" in small else ()
    said = APART.sub(" ", title) if parts else title
    there = frozenset(content(said)) - SILENT
    lacking = frozenset(word for part in parts for word in content(part)) - SILENT
    return Kin(code, frozenset(one for one in there if not one.isdigit()), lacking - there)


@lru_cache(maxsize=1_000)
def family(category: str, seventh: str) -> tuple[Kin, ...]:
    """The complete codes of a category, of those of injuries the ones of an encounter."""
    found = []
    for node in _leaves(category):
        code = node.code.ljust(6, "X") + seventh if seventh in node.sevenths else node.code
        found.append(_kin(icd10cm.dotted(code), node.description))
    return tuple(found)


def _leaves(category: str) -> Iterator[Node]:
    """The entries of a category that none is below."""
    ahead = [category]
    while ahead:
        node = icd10cm.node_of(ahead.pop())
        if node is not None:
            ahead.extend(node.children)
            if not node.children:
                yield node


@lru_cache(maxsize=1_000)
def _spoken(category: str) -> frozenset[str]:
    """The roots of all words in the titles of a category."""
    words = set(TOKEN.findall(" ".join(node.description for node in _leaves(category))))
    return frozenset(map(ROOTS.__getitem__, words))


def vocabulary(category: str, seventh: str) -> frozenset[str]:
    """The words by which the titles of a family differ."""
    members = family(category, seventh)
    if not members:
        return frozenset()
    return frozenset().union(*(one.has for one in members)) - frozenset.intersection(*(one.has for one in members))
