"""Who, when and whether: the standing of a mention in its sentence, in the manner of ConText, with rules as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from claimwright.coding.model import Assertion
from claimwright.coding.tables import listed, rows
from claimwright.coding.words import normal

if TYPE_CHECKING:
    from claimwright.coding.lexicon import Hit
    from claimwright.coding.note import Sentence

# of several triggers in reach the first of these wins: "no family history of" is negated, "risk of recurrent" hypothetical
ORDER: tuple[Assertion, ...] = ("negated", "family", "hypothetical", "uncertain", "resolved", "historical", "planned")
SET = re.compile(r"\{(\w+)\}")
SECTION: dict[str, Assertion] = {
    "fh": "family",
    "psh": "historical",
    "pmh": "historical",
    "instructions": "hypothetical",
    "negatives": "negated",
    "doubts": "uncertain",
}


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """What a phrase does to the words before or after it."""

    category: str
    direction: str
    reach: int


class Turn(msgspec.Struct, frozen=True, gc=False):
    """What the triggers of one phrase do together."""

    acting: tuple[Trigger, ...]  # all but blocks, which only block
    behind: tuple[Trigger, ...]  # those that act even inside a longer phrase
    blocks: bool
    undoes: bool
    opens: bool  # they act at the beginning alone, and hide nothing elsewhere


def turn_of(group: tuple[Trigger, ...]) -> Turn:
    """The triggers of a phrase, sorted by what they do."""
    acting = tuple(one for one in group if one.direction != "block")
    behind = tuple(one for one in group if one.direction in ("behind", "ahead"))
    undoes = any(one.direction == "undoes" for one in group)
    opens = all(one.direction in OPENINGS for one in group)
    return Turn(acting, behind, blocks=len(acting) < len(group), undoes=undoes, opens=opens)


class Placed(msgspec.Struct, frozen=True, gc=False):
    """A trigger at its words [first, last]."""

    trigger: Trigger
    first: int
    last: int


class Scope(msgspec.Struct, frozen=True, gc=False):
    """What speaks about the words of a sentence: its triggers in order, and apart those that act and those that end a scope."""

    placed: Sequence[Placed] = ()
    acting: Sequence[Placed] = ()  # reach words beside them
    ends: Sequence[Placed] = ()
    commas: Sequence[int] = ()  # words that a comma follows at once
    words: list[str] = []

    @property
    def last(self) -> int:
        """The number of the last word."""
        return len(self.words) - 1


@lru_cache(maxsize=1)
def triggers() -> dict[str, tuple[Trigger, ...]]:
    """Every phrase, normalised, with what it does."""
    held: dict[str, tuple[Trigger, ...]] = {}
    sets: dict[str, list[str]] = {}
    for category, *where, phrases in rows("assertion"):
        if category == "set":
            sets[where[0]] = [normal(phrase) for phrase in listed(phrases)]
            continue
        trigger = Trigger(category, where[0], int(where[1]))
        alone = (trigger,)
        for phrase in listed(phrases):
            for key in _spelled(phrase, sets):
                known = held.setdefault(key, alone)
                if known is not alone and trigger not in known:
                    held[key] = (*known, trigger)
    held.pop("", None)
    return held


HARM = r"\b(?:risks|risk of|side[- ]effects?|adverse (?:effects?|events?|reactions?)|(?:possible|potential) complications)\b"
TALK = (
    r"\b(?:review|discuss|explain|counsel|warn|inform|advis|educat|told|disclos|went over|talked|aware|understand|consent"
    r"|outlin|caution|taught)"
)
# a label under which harm that may come is explained, not harm that came
RISKS = re.compile(rf"^\W*risks (?:of|from|with)\b|{TALK}[^:.;]*{HARM}|{HARM}[^:.;]*{TALK}", re.I)
EXPLAINED = Trigger("hypothetical", "label", 40)


@lru_cache(maxsize=2_000)
def governs(label: str) -> bool:
    """Whether a label decides over what stands behind its colon: "Rule out: stroke", "Risks of tamoxifen reviewed: DVT"."""
    return RISKS.search(label) is not None or any(one.direction in AHEAD for one in triggers().get(normal(label), ()))


def _spelled(phrase: str, sets: dict[str, list[str]]) -> Iterator[str]:
    """The phrase, normalised, with every choice of its sets: "in her {kin}" is "in her mother", "in her father" and so on."""
    parts = [sets[part] if index % 2 else [normal(part)] for index, part in enumerate(SET.split(phrase))]
    return map(" ".join, product(*(part for part in parts if part != [""])))


def settle(found: list[tuple[int, int, int, Turn]]) -> list[Placed]:
    """Phrases with their length (negative) and first and last word: one inside a longer one says nothing of its own.

    Nor does one that a block as long touches; blocks only block.
    """
    if len(found) == 1:  # as of most sentences
        _, first, last, turn = found[0]
        return [] if turn.opens and first else [Placed(trigger, first, last) for trigger in turn.acting]
    taken: list[tuple[int, int, bool]] = []
    held: list[Placed] = []
    for _, first, last, turn in sorted(found):
        if turn.opens and first:
            continue
        acting, inside = turn.acting, False
        for begin, end, blocks in taken:
            if first <= end and begin <= last:
                if blocks:
                    acting, inside = (), True
                    break
                if begin <= first and last <= end:
                    acting, inside = turn.behind, True
        if not inside:
            taken.append((first, last, turn.blocks))
        for trigger in acting:
            held.append(Placed(trigger, first, last))
    if len(held) > 1:
        held.sort(key=FIRST)
    return held


FIRST = attrgetter("first")
# directions that reach words beside the trigger: an "opening" as the first words of its sentence ("Gone for years: migraines"),
# a "label" if these are all that stands before a colon ("Wife: gout, asthma")
ACTING = frozenset(("forward", "clause", "backward", "final", "undoes", "opening", "label"))
JOINING = frozenset(("and", "or", "nor"))
SILENT = Scope()


def scope_of(found: list[tuple[int, int, int, Turn]], sentence: Sentence, terms: Sequence[Hit]) -> Scope:
    """The scope of a sentence, by the phrases found in it as `settle` wants them.

    `terms`: conditions in it, in which no word ends a scope: "no COPD with emphysema, pneumonia, or stroke".
    """
    placed = settle(found) if found else []
    if not placed:
        return SILENT
    acting: list[Placed] = []
    ends: list[Placed] = []
    feared = predicated = False
    for one in placed:
        trigger = one.trigger
        direction = trigger.direction
        feared = feared or trigger.category == "hypothetical"
        if direction in ACTING:
            if direction not in OPENINGS or _opens(one, direction, sentence):
                acting.append(one)
                predicated = predicated or (trigger.reach == 1 and trigger == PREDICATED)
        elif direction == "end" and not (terms and any(term.first < one.first and one.last < term.last for term in terms)):
            ends.append(one)
    if feared and (last := _explained(sentence)) > 0:
        acting.append(Placed(EXPLAINED, 0, last))
    if predicated and terms:
        said = {one.last + 1: one.first for one in acting if one.trigger == PREDICATED and one.last not in sentence.commas}
        turned = {said[term.first] for term in terms if term.first in said}
        acting = [one for one in acting if one.first not in turned or one.trigger.direction not in TURNED]
    return Scope(placed, acting, ends, sentence.commas, sentence.words)


def _explained(sentence: Sentence) -> int:
    """The last word of a label that tells of risks explained, -1 without one."""
    colon = sentence.source.find(":", sentence.start, min(sentence.end, sentence.start + 2 * LABEL))
    if colon < 0 or not RISKS.search(sentence.source, sentence.start, colon):
        return -1
    return sum(start < colon for start, _ in sentence.places) - 1


# "rash is unlikely shingles" speaks of the shingles alone, "shingles is unlikely" of what is before it
PREDICATED = Trigger("negated", "clause", 1)
TURNED = frozenset(("backward", "final"))
OPENINGS = frozenset(("opening", "label"))
AHEAD = OPENINGS | {"forward", "clause"}


def _opens(one: Placed, direction: str, sentence: Sentence) -> bool:
    """Whether the first words of a sentence, for a label all of those before its colon, are those of a trigger."""
    if one.first:
        return False
    return direction == "opening" or normal(label_of(sentence)) == " ".join(sentence.words[: one.last + 1])


def label_of(sentence: Sentence) -> str:
    """What stands before a colon at the beginning of a sentence."""
    colon = sentence.source.find(":", sentence.start, min(sentence.end, sentence.start + LABEL))
    return sentence.source[sentence.start : colon] if colon >= 0 else ""


LABEL = 45  # characters of a label at most


def standing(
    first: int,
    last: int,
    scope: Scope,
    section: str,
    *,
    planned: bool = False,
    symptom: bool = False,
    aside: bool = False,
) -> Assertion:
    """The assertion of words [first, last]. `planned` looks for plans too, which matter to procedures alone.

    A doubt that stands before a comma does not reach a `symptom` after it: "suspected pneumonia, cough". What is told `aside`,
    under the title of another problem or in the midst of a longer sentence, is affirmed only if no word of doubt at all is near.
    """
    if not scope.placed:
        return SECTION.get(section, "affirmed")
    seen: set[str] = set()
    for one in scope.acting:
        trigger = one.trigger
        if one.first <= last and first <= one.last:
            if one.first < first and trigger.direction == "forward" and trigger.category == "negated":
                seen.add("negated")  # "no history of stroke", where "history of stroke" is the term
            if one.first == first and last < one.last and trigger.direction == "backward" and trigger.category == "negated":
                seen.add("negated")  # "mono spot negative" tells of mono
            continue  # part of the term itself: "rule out sepsis" inside a title
        if (one.last < first) != (trigger.direction in AHEAD):
            continue  # it speaks to the other side
        if symptom and trigger.category == "uncertain" and (trigger.reach == 1 or _apart(one, first, last, scope)):
            continue
        if _reaches(one, first, last, scope):
            seen.add(trigger.category)
    for category in ORDER if seen else ():
        if category in seen and (category != "planned" or planned):
            return category
    if aside and any(_clouds(one, first, last) for one in scope.placed):
        return "uncertain"
    return SECTION.get(section, "affirmed")


def _apart(one: Placed, first: int, last: int, scope: Scope) -> bool:
    """A doubt of something else: before the mention and a comma between, or behind a doubt that follows it: "rash c/w A vs B"."""
    if one.last < first:
        opens = one.trigger.direction in OPENINGS or (one.first == 0 and one.trigger.reach >= LISTING)
        in_list = opens or "or" in scope.words[last + 1 :]  # "concern for stroke, ataxia, or gout"
        return not in_list and not _one_clause(one.last, first, scope)
    between = (other.trigger for other in scope.acting if last < other.first < one.first)
    return any(trigger.category == "uncertain" and trigger.direction == "forward" for trigger in between)


LISTING = 20  # reach of a doubt that opens a list, such as "differential includes"


def _clouds(one: Placed, first: int, last: int) -> bool:
    """Whether a word of doubt anywhere near keeps what is only told in passing from being stated."""
    trigger = one.trigger
    if trigger.direction == "behind":
        return last < one.first <= last + trigger.reach
    return trigger.direction == "ahead" and one.last < first <= one.last + trigger.reach


def _reaches(one: Placed, first: int, last: int, scope: Scope) -> bool:
    trigger = one.trigger
    if trigger.direction in AHEAD:
        if first <= one.last or _ended(one.last + 1, first, scope, trigger.category):
            return False
        if first > one.last + trigger.reach:
            return _enumerated(one, first, scope)
        return (
            trigger.direction != "clause"
            or _one_clause(one.last, first, scope)
            or _listed(one.last, first, scope)
            or _enumerated(one, first, scope)
        )
    if trigger.direction == "undoes":
        return last < one.first and trigger.reach > 0
    if trigger.direction == "final" and not closes(last, one, scope):
        return False
    return (
        last < one.first <= last + trigger.reach
        and not _ended(last, one.first, scope, trigger.category)
        and (trigger.reach >= WHOLE or _one_clause(last, one.first, scope) or (trigger.reach > 1 and _apposed(last, one, scope)))
    )


WHOLE = 30  # of a trigger that speaks of a whole list before it: "croup, asthma, pneumonia all ruled out"


def _one_clause(after: int, before: int, scope: Scope) -> bool:
    """No comma between, unless it is a list that "and" or "or" joins: "sprain, fracture ruled out" says nothing of the sprain."""
    commas = [at for at in scope.commas if after <= at < before]
    return not commas or not JOINING.isdisjoint(scope.words[commas[-1] : before])


def _listed(after: int, before: int, scope: Scope) -> bool:
    """A list that "or" joins at its end: "without neuropathy, retinopathy, or nephropathy"."""
    steps = [after, *(at for at in scope.commas if at >= after)]
    join = next((at for at in range(before + 1, len(scope.words)) if scope.words[at] in JOINING), None)
    if join is None:
        return False
    within = [step for step in steps if step < join]
    return all(b - a <= 4 for a, b in pairwise([*within, join])) and before - within[-1] <= join - within[-1]


ITEM = 7  # words of a part of a list, at most
OPENING = ("negated", "uncertain", "hypothetical")


def _enumerated(one: Placed, before: int, scope: Scope) -> bool:
    """A list of short parts behind what can govern one: "DDx includes asthma, pneumonia, ..., or heart failure"."""
    if one.trigger.category not in OPENING or before > one.last + LONGEST:
        return False
    if one.trigger.direction == "clause" and (one.first or one.trigger.category != "negated"):
        return False  # only what opens the sentence: "Without fever, cough, rash"
    if one.trigger.direction == "forward" and one.trigger.reach < 6:
        return False
    joins = (at for at in range(one.last + 1, before) if scope.words[at] in JOINING)
    steps = [one.last, *sorted({*joins, *(at for at in scope.commas if one.last < at < before)}), before]
    return len(steps) > 2 and all(b - a <= ITEM for a, b in pairwise(steps))


LONGEST = 40  # words of a list


def _apposed(last: int, one: Placed, scope: Scope) -> bool:
    """A word that stands alone behind the comma speaks of what is before it: "pneumonia, resolved"."""
    telling = one.trigger.category == ("negated" if one.last > one.first else "resolved")
    if telling and one.trigger.reach > 2 and one.first == last + 1 and last in scope.commas:
        return True  # "pneumonia, resolved on film"; "stroke, ruled out by MRI"
    if one.last != scope.last and one.last not in scope.commas:
        return False
    commas = [at for at in scope.commas if last <= at < one.first]
    return bool(commas) and commas[-1] == one.first - 1 and (len(commas) == 1 or one.trigger.category == "resolved")


# what does not end a scope: a clause within a condition or about another, the patient as subject within any but another's
PASSED = {
    "hypothetical": ("clause", "self", "treatment"),
    "family": ("clause", "cause", "treatment"),
    "resolved": ("self", "treatment"),  # "C diff treated with vancomycin, no recurrence"
}


def _ended(after: int, before: int, scope: Scope, category: str) -> bool:
    """Whether a new clause begins between; not right behind the phrase itself: "likely has", "father was diagnosed with"."""
    if not scope.ends:
        return False
    passed = PASSED.get(category, ("self",))
    return any(after < one.first and one.last < before and one.trigger.category not in passed for one in scope.ends)


def closes(last: int, one: Placed, scope: Scope) -> bool:
    """The last words, or right behind the mention and before a comma or "though": "thyroiditis suspected, titers sent"."""
    if one.last == scope.last:
        return True
    if one.first != last + 1:
        return False
    return one.last in scope.commas or any(
        other.trigger.category == "end" and other.first == one.last + 1 for other in scope.placed
    )
