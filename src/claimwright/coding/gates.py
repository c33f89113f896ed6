"""Where a wording can occur at all: one pass over a note finds the letters that each pattern needs, so few are searched."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

import ahocorasick

from claimwright.coding.note import Note

MOST = 48  # strings an exact part may spell before it is given up
Strings = frozenset[str]
_known: dict[str, int] = {}  # every string some pattern needs, in order of arrival
_built: list[tuple[int, ahocorasick.Automaton]] = []


# by the pattern's identity, since to hash a pattern is to hash all of it; the pattern is held, so that its id stays its own
_needs: dict[int, tuple[re.Pattern[str], Strings]] = {}


def needed(pattern: re.Pattern[str]) -> Strings:
    """Strings (lower case) of which one occurs in whatever the pattern matches; empty if there is no such set."""
    held = _needs.get(id(pattern))
    if held is None:
        held = _needs[id(pattern)] = pattern, _read_pattern(pattern)
    return held[1]


def _read_pattern(pattern: re.Pattern[str]) -> Strings:
    from re import _parser  # type: ignore[attr-defined]  # the standard library's own reading of a pattern

    strings = _required(list(_parser.parse(pattern.pattern, pattern.flags)))
    found = frozenset(one for one in strings if not any(other != one and other in one for other in strings))
    for one in found:
        _known.setdefault(one, len(_known))
    return found


def _required(items: list[Any]) -> Strings:
    """The best set of the parts that stand one after another: longest shortest string."""
    sets: list[Strings] = []
    run: Strings = frozenset([""])
    for operation, value in items:
        spelled = _spelled(str(operation), value)
        joined = frozenset(a + b for a in run for b in spelled) if spelled and len(run) * len(spelled) <= MOST else frozenset()
        if joined:
            run = joined
            continue
        sets.append(run)
        run = spelled or frozenset([""])
        sets.append(_inside(str(operation), value))
    sets.append(run)
    return max((one for one in sets if one and min(map(len, one)) > 1), key=_worth, default=frozenset())


def _worth(strings: Strings) -> tuple[int, int]:
    return min(5, min(map(len, strings))), -len(strings)


def _inside(operation: str, value: Any) -> Strings:
    """What a part needs that cannot be spelled out."""
    if operation == "BRANCH":
        parts = [_required(list(one)) for one in value[1]]
        return frozenset().union(*parts) if all(parts) else frozenset()
    if operation == "SUBPATTERN":
        return _required(list(value[-1]))
    if operation in ("MAX_REPEAT", "MIN_REPEAT") and value[0] >= 1:
        return _required(list(value[-1]))
    return frozenset()


def _spelled(operation: str, value: Any) -> Strings:
    """All strings a part can match, if they are few; nothing if they are not."""
    if operation in ("AT", "ASSERT", "ASSERT_NOT"):
        return frozenset([""])
    if operation == "LITERAL":
        return frozenset([chr(value).lower()])
    if operation == "IN" and all(str(kind) == "LITERAL" for kind, _ in value) and len(value) <= 4:
        return frozenset(chr(one).lower() for _, one in value)
    if operation == "BRANCH":
        parts = [_sequence(list(one)) for one in value[1]]
        return frozenset().union(*parts) if all(parts) else frozenset()
    if operation == "SUBPATTERN":
        return _sequence(list(value[-1]))
    if operation in ("MAX_REPEAT", "MIN_REPEAT") and value[0] == 0 and value[1] == 1:
        inner = _sequence(list(value[-1]))
        return inner | {""} if inner else frozenset()
    return frozenset()


def _sequence(items: list[Any]) -> Strings:
    run: Strings = frozenset([""])
    for operation, value in items:
        spelled = _spelled(str(operation), value)
        run = frozenset(a + b for a in run for b in spelled)
        if not spelled or len(run) > MOST:
            return frozenset()
    return run


class Spots:
    """The sentences of a note in which each needed string stands."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._count = 0
        self._found: dict[str, set[int]] = {}
        self._answers: dict[int, list[int] | None] = {}

    def of(self, pattern: re.Pattern[str]) -> list[int] | None:
        """Numbers of the sentences that may hold a match; none at all means that every sentence may."""
        key = id(pattern)
        if key not in self._answers:
            strings = needed(pattern)
            if strings and self._count < len(_known):
                self._read()
            self._answers[key] = self._among(strings) if strings else None
        return self._answers[key]

    def _among(self, strings: Strings) -> list[int]:
        found = self._found
        if found.keys().isdisjoint(strings):
            return []
        return sorted(set().union(*(found[one] for one in strings if one in found)))

    def _read(self) -> None:
        """One pass over the documents for all strings known so far."""
        self._count = len(_known)
        self._found = {}
        automaton = _automaton()
        starts = [(sentence.document, sentence.start) for sentence in self._note.sentences]
        for index, document in enumerate(self._note.documents):
            text = document.text.lower()
            shifted = len(text) != len(document.text)  # a letter grew in lower case: places do not hold
            for end, string in automaton.iter(text) if starts else ():
                held = self._found.setdefault(string, set())
                if shifted:
                    held.update(range(len(starts)))
                else:
                    held.add(max(0, bisect_right(starts, (index, end)) - 1))


def _automaton() -> ahocorasick.Automaton:
    """Of all strings known; made anew when a pattern brought more."""
    if not _built or _built[0][0] != len(_known):
        automaton = ahocorasick.Automaton()
        for string in _known:
            automaton.add_word(string, string)
        automaton.make_automaton()
        _built[:] = [(len(_known), automaton)]
    return _built[0][1]
