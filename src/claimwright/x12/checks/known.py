"""What is known of the texts of a rule's segments: what was looked at closely and found flawless is not looked at again.

A text that has been seen, or that the rule's pattern matches, has no flaw. Everything else is taken apart, element by element,
by the checks that alone know what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from claimwright.x12.checks.external import JUDGED
from claimwright.x12.checks.patterns import pattern
from claimwright.x12.grammar import Rule
from claimwright.x12.stretches import Course
from claimwright.x12.tokens import Delimiters

_WORTH = 40  # segments of a rule, before its pattern is worth compiling
_REMEMBERED = 1000  # texts of a rule


def _never(text: str) -> re.Match[str] | None:
    return None


class Known:
    """The texts of one rule."""

    __slots__ = ("_met", "good", "judged", "marks", "match", "rule")

    def __init__(self, rule: Rule, marks: Delimiters, judges: bool) -> None:
        self.rule, self.marks, self._met = rule, marks, 0
        self.judged = judges and rule.id in JUDGED  # codes in it are judged too, which no pattern can
        self.match: Callable[[str], re.Match[str] | None] = _never
        self.good: set[str] = set()

    def passes(self, text: str) -> bool:
        """Whether a text not seen before needs no closer look."""
        return not self.judged and self.match(text) is not None

    def flawless(self, text: str) -> bool:
        """Whether a text matches the pattern, which is made when the rule has come often enough."""
        self._met += 1
        if self._met == _WORTH:
            found = pattern(self.rule, self.marks)
            self.match = found.match if found else _never
        return self.match(text) is not None

    def keep(self, text: str) -> None:
        """Remember a text as good, if there is room: what comes often has come early."""
        if len(self.good) < _REMEMBERED:
            self.good.add(text)


class Texts:
    """What is known under one set of delimiters; `judges`: whether outside codes (SNIP 5) are judged."""

    def __init__(self, marks: Delimiters, judges: bool) -> None:
        self.marks, self.judges = marks, judges
        self._rules: dict[Rule, Known] = {}
        self._courses: dict[Course, tuple[Known, ...]] = {}

    def of(self, course: Course) -> tuple[Known, ...]:
        """What is known of each segment of a course."""
        found = self._courses.get(course)
        if found is None:
            if len(self._courses) >= _COURSES:
                self._courses.clear()
            for rule in course.rules:
                if rule not in self._rules:
                    self._rules[rule] = Known(rule, self.marks, self.judges)
            found = self._courses[course] = tuple([self._rules[rule] for rule in course.rules])
        return found


_COURSES = 4096
texts = lru_cache(maxsize=32)(Texts)
"""Shared by all sets with the same delimiters."""
