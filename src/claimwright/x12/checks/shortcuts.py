"""Shortcuts through a grammar: what was looked at closely and found flawless need not be looked at closely again.

A shortcut is learned from a segment that fitted, and is taken by any other of the same kind in the same state whose
whole text matches the rule's pattern. Everything else goes the long way, which alone knows what is wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from claimwright.x12.checks.external import JUDGED
from claimwright.x12.checks.patterns import pattern
from claimwright.x12.grammar import QUALIFIER_AT, Loop, Rule
from claimwright.x12.located import walker
from claimwright.x12.tokens import Delimiters, Segment
from claimwright.x12.walk import FITS, State, Step

_WORTH = 40  # segments of a rule, before it is worth compiling


class Shortcut:
    """Where a segment goes that matches: leave `pops` loops, enter `loop` if there is one, then it is `rule`."""

    __slots__ = ("judged", "loop", "match", "moves", "pops", "rule", "section", "then")

    def __init__(self, match: Callable[[str], re.Match[str] | None], step: Step, rule: Rule, then: Turns) -> None:
        self.match, self.rule, self.then = match, rule, then
        self.pops = step.pops
        self.loop: Loop | None = step.pushes[-1] if step.pushes else None
        self.moves = bool(step.pops or step.pushes)
        self.section = section_name(step)
        self.judged: set[str] | None = set() if rule.id in JUDGED else None  # texts whose outside codes are good


Cut = Callable[[str], str]


class Turns(dict[str, "Shortcut | tuple[Cut, dict[str, Shortcut]]"]):
    """The shortcuts of one state, by the first three characters; where a qualifier decides, how to cut it out, and by that."""

    __slots__ = ("state",)

    def __init__(self, state: State) -> None:
        self.state = state


NOWHERE = Turns(State((Loop("", "", False, 0, ()),), 0))


class Shortcuts:
    """The shortcuts of one table under one set of delimiters."""

    def __init__(self, table: str, marks: Delimiters) -> None:
        self.walker, self.marks = walker(table), marks
        self._turns: dict[State, Turns] = {}
        self._patterns: dict[Rule, re.Pattern[str] | None] = {}
        self._met = Counter[Rule]()

    def after(self, state: State) -> Turns:
        """The shortcuts known in a state."""
        found = self._turns.get(state)
        if found is None:
            found = self._turns[state] = Turns(state)
        return found

    def learn(self, state: State, segment: Segment, text: str, step: Step) -> None:
        """Note where a flawless segment went, once its kind has come often enough."""
        rule = step.rule
        if rule is None or step.trouble != FITS:
            return
        self._met[rule] += 1
        if self._met[rule] < _WORTH:
            return
        if rule not in self._patterns:
            self._patterns[rule] = pattern(rule, self.marks)
        found = self._patterns[rule]
        if found is None or not found.match(text):
            return
        shortcut, turns = Shortcut(found.match, step, rule, self.after(step.state)), self.after(state)
        key, qualifiers = text[:3], self.walker.known[rule.id]
        if not qualifiers:
            turns[key] = shortcut
            return
        fork = turns.setdefault(key, (_cutter(rule.id, self.marks), {}))
        if isinstance(fork, tuple) and self.walker.key(segment, self.marks.component)[1]:
            cut, ways = fork
            ways[cut(text)] = shortcut


@lru_cache(maxsize=32)
def shortcuts(table: str, marks: Delimiters) -> Shortcuts:
    """The shortcuts of a table, shared by all sets with these delimiters."""
    return Shortcuts(table, marks)


def section_name(step: Step) -> str:
    """The section that begins with this step: the loop entered, or with a plus one that is gone on with."""
    return step.pushes[-1].id if step.pushes else step.state.loop.id + "+"


def _cutter(name: str, marks: Delimiters) -> Cut:
    """What cuts a text so that its qualifier decides what is left."""
    mark = marks.component if name == "HI" else marks.element
    place = QUALIFIER_AT.get(name, 1)

    def later(text: str) -> str:
        elements = text.split(mark, place + 1)
        return elements[place] if len(elements) > place else ""

    def first(text: str) -> str:
        end = text.find(mark, 4)
        return text[:end] if end > 0 else text

    return first if place == 1 else later
