"""Where a wording can occur at all: one pass over a note finds the letters that each pattern needs, so few are searched."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate, chain, islice
from typing import Any

import ahocorasick

from claimwright.coding.note import Note

MOST = 48  # strings an exact part may spell before it is given up
Strings = frozenset[str]
_known: dict[str, int] = {}  # every string some pattern needs, in order of arrival
_built: list[tuple[int, ahocorasick.Automaton]] = []


class _Needs:
    """What patterns need, by their identity (to hash a pattern is to hash all of it), and which patterns need a string."""

    def __init__(self) -> None:
        self.held: dict[int, tuple[re.Pattern[str], Strings]] = {}  # the pattern is held, so that its id stays its own
        self.wanted: defaultdict[str, list[int]] = defaultdict(list)
        self.nowhere: dict[int, Any] = {}  # the answers of a note that has none of the strings

    def add(self, pattern: re.Pattern[str], strings: Strings, nowhere: Any) -> Strings:
        """Know what a pattern needs."""
        self.held[id(pattern)] = pattern, strings
        for one in strings:
            _known.setdefault(one, len(_known))
            self.wanted[one].append(id(pattern))
        if strings:
            self.nowhere[id(pattern)] = nowhere
        return strings

    def answers(self, found: Iterable[str]) -> dict[int, Any]:
        """Of all patterns that nothing found can open."""
        held = self.nowhere.copy()
        for string in found:
            for one in self.wanted.get(string, ()):
                held.pop(one, None)
        return held


_whole, _parts = _Needs(), _Needs()  # what a sentence holds, and what a text of sentences that were joined holds


def needed(pattern: re.Pattern[str]) -> Strings:
    """Strings (lower case) of which one occurs in whatever the pattern matches; empty if there is no such set."""
    held = _whole.held.get(id(pattern))
    return held[1] if held else _whole.add(pattern, _read_pattern(pattern), [])


def _read_pattern(pattern: re.Pattern[str]) -> Strings:
    from re import _parser  # type: ignore[attr-defined]  # the standard library's own reading of a pattern

    strings = _required(list(_parser.parse(pattern.pattern, pattern.flags)))
    return frozenset(one for one in strings if not any(other != one and other in one for other in strings))


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


def _worth(strings: Strings) -> tuple[int, int, int]:
    least = min(len(one.strip()) for one in strings)
    return min(8, least), -len(strings), least


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


def needed_words(pattern: re.Pattern[str]) -> Strings:
    """The same as parts without blanks, of which one occurs also where sentences were joined into one text."""
    held = _parts.held.get(id(pattern))
    if held:
        return held[1]
    parts = frozenset(max(one.split(), key=len, default="") for one in needed(pattern))
    return _parts.add(pattern, parts if all(len(one) > 1 for one in parts) else frozenset(), frozenset())


EVERYWHERE = -1  # a place of a document whose places do not hold, since a letter of it grew in lower case


class Spots:
    """The sentences of a note in which each needed string stands."""

    def __init__(self, note: Note) -> None:
        self._documents, self._sentences = note.documents, note.sentences
        self._count = 0
        self._held, self._automaton = _automaton()
        self._found: dict[str, list[int]] = {}  # where each string ends, the documents one after another
        self._begins = [0, *accumulate(len(document.text) + 1 for document in note.documents)]
        self._starts = [self._begins[sentence.document] + sentence.start for sentence in note.sentences]
        self._answers: dict[int, list[int] | None] = {}
        self._joined: dict[int, frozenset[int] | None] = {}

    def of(self, pattern: re.Pattern[str]) -> list[int] | None:
        """Numbers of the sentences that may hold a match; none at all means that every sentence may."""
        key = id(pattern)
        if key not in self._answers:
            strings = needed(pattern)
            if self._count < len(_known):
                self._read()
            if key not in self._answers:
                self._answers[key] = (self._among(strings) if self._starts else []) if strings else None
        return self._answers[key]

    def may(self, pattern: re.Pattern[str], numbers: Collection[int] | None = None) -> bool:
        """Whether a text made of sentences of the note, of these or of whichever, may hold a match."""
        key = id(pattern)
        if key not in self._joined:
            strings = needed_words(pattern)
            if self._count < len(_known):
                self._read()
            if key not in self._joined:
                self._joined[key] = frozenset(self._among(strings)) if strings else None
        held = self._joined[key]
        return held is None or (bool(held) if numbers is None else not held.isdisjoint(numbers))

    def text(self, numbers: Iterable[int]) -> str:
        """The sentences of some numbers with a blank between."""
        told = map(self._sentences.__getitem__, numbers)
        return " ".join([one.source[one.start : one.end] for one in told])

    def told(self, numbers: Collection[int]) -> Told:
        """Sentences as one text, which is put together when a wording may stand in it."""
        return Told(self, numbers)

    def _among(self, strings: Strings) -> list[int]:
        found, starts = self._found, self._starts
        places = [place for one in found.keys() & strings for place in found[one]]
        if EVERYWHERE in places:
            return list(range(len(starts)))
        return sorted({max(0, bisect_right(starts, place) - 1) for place in places})

    def _read(self) -> None:
        """One pass over the documents for all strings known when the note came; those that came since one by one."""
        done = self._count or self._held
        late = list(islice(_known, done, None)) if len(_known) > done else []
        found = defaultdict(list, self._found)
        for begin, document in zip(self._begins, self._documents, strict=False):
            text = document.text.lower()
            shifted = len(text) != len(document.text)
            ends = chain(self._automaton.iter(text) if self._held > self._count else (), _ends(text, late))
            for end, string in ends:
                found[string].append(EVERYWHERE if shifted else begin + end)
        self._found, self._count = dict(found), len(_known)
        self._answers = _whole.answers(found) | self._answers
        self._joined = _parts.answers(found) | self._joined


def spots_of(note: Note) -> Spots:
    """Those of a note, made when first asked for."""
    if note.spots is None:
        note.spots = Spots(note)
    return note.spots


class Told:
    """Sentences as one text, put together when it is first needed."""

    def __init__(self, spots: Spots, numbers: Collection[int]) -> None:
        """Of the note of the spots, by their numbers, in order."""
        self._spots, self._numbers = spots, numbers
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The sentences with a blank between."""
        if self._text is None:
            self._text = self._spots.text(self._numbers)
        return self._text

    def search(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first place of a wording."""
        return pattern.search(self.text) if self._spots.may(pattern, self._numbers) else None


def _ends(text: str, strings: list[str]) -> Iterator[tuple[int, str]]:
    """Where each of a few strings ends in a text, as an automaton would tell."""
    for string in strings:
        at = text.find(string)
        while at >= 0:
            yield at + len(string) - 1, string
            at = text.find(string, at + 1)


def _automaton() -> tuple[int, ahocorasick.Automaton]:
    """Of all strings known, and their number; made anew for the next note when a pattern brought more."""
    if not _built or _built[0][0] != len(_known):
        automaton = ahocorasick.Automaton()
        for string in _known:
            automaton.add_word(string, string)
        automaton.make_automaton()
        _built[:] = [(len(_known), automaton)]
    return _built[0]
