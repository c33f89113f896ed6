"""What is known of the texts of a rule's segments: what was looked at closely and found flawless is not looked at again.

A text that has been seen, or that the rule's pattern matches, has no flaw. Everything else is taken apart, element by element,
by the checks that alone know what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from claimwright.x12.checks.external import flaws_of, is_judged, looked_at
from claimwright.x12.checks.patterns import pattern
from claimwright.x12.grammar import Rule
from claimwright.x12.stretches import Course
from claimwright.x12.tokens import Delimiters, Segment

_WORTH = 40  # segments of a rule, before its pattern is worth compiling
_REMEMBERED = 1000  # texts of a rule


def _never(text: str) -> re.Match[str] | None:
    return None


class Known:
    """The texts of one rule."""

    __slots__ = ("_met", "coded", "codes", "good", "judged", "marks", "match", "rule")

    def __init__(self, rule: Rule, marks: Delimiters, judges: bool) -> None:
        self.rule, self.marks, self._met = rule, marks, 0
        self.judged = judges and is_judged(rule)  # codes in it are judged too, which no pattern can
        kinds = rule.elements[7].codes if rule.id == "NM1" and len(rule.elements) > 7 else None  # NM108: only an NPI is judged
        self.coded = self.judged and (not kinds or "XX" in kinds)  # a text that matches may hold such a code
        self.match: Callable[[str], re.Match[str] | None] = _never  # of a text not seen before, which needs no closer look then
        self.good: set[str] = set()
        self.codes: set[tuple[str, ...]] = {()}  # what its judge found good

    def flawless(self, text: str) -> bool:
        """Whether a text matches the pattern, which is made when the rule has come often enough."""
        self._met += 1
        if self._met == _WORTH:
            found = pattern(self.rule, self.marks)
            self.match = found.match if found else _never
        return self.match(text) is not None

    def has_good_codes(self, segment: Segment) -> bool:
        """Whether a segment whose text matches has no flaw in its codes either, which are remembered then."""
        codes = looked_at(segment)
        if codes in self.codes:
            return True
        if any(True for _ in flaws_of(segment, self.rule.loop.id, self.marks)):
            return False
        if codes is not None and len(self.codes) < _REMEMBERED:
            self.codes.add(codes)
        return True

    def keep(self, text: str, segment: Segment) -> None:
        """Remember a text as good, if there is room: what comes often has come early."""
        if len(self.good) < _REMEMBERED:
            self.good.add(text)
        codes = looked_at(segment) if self.judged and len(self.codes) < _REMEMBERED else None
        if codes is not None:
            self.codes.add(codes)


class Texts:
    """What is known under one set of delimiters; `judges`: whether outside codes (SNIP 5) are judged."""

    def __init__(self, marks: Delimiters, judges: bool) -> None:
        self.marks, self.judges = marks, judges
        self._rules: dict[Rule, Known] = {}
        self._courses: dict[Course, tuple[tuple[Known, ...], tuple[set[str], ...]]] = {}

    def of(self, course: Course) -> tuple[tuple[Known, ...], tuple[set[str], ...]]:
        """What is known of each segment of a course, and its texts that are good."""
        found = self._courses.get(course)
        if found is None:
            if len(self._courses) >= _COURSES:
                self._courses.clear()
            for rule in course.rules:
                if rule not in self._rules:
                    self._rules[rule] = Known(rule, self.marks, self.judges)
            known = tuple([self._rules[rule] for rule in course.rules])
            found = self._courses[course] = known, tuple([one.good for one in known])
        return found


_COURSES = 4096
texts = lru_cache(maxsize=32)(Texts)
"""Shared by all sets with the same delimiters."""
