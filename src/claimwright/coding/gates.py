"""Where a wording can occur at all: one pass over a note finds what each pattern needs, so few are searched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import Any

import ahocorasick

from claimwright.coding.note import Note

MOST = 48  # strings an exact part may spell before it is given up
SHORT = 200  # characters; in less a pattern is sought sooner than read
Strings = frozenset[str]
# letters that match others when case is ignored, though lower case does not make them the same
ODD = "\u0130\u0131\u017f\u212a"
_known: list[str] = []  # every string some pattern needs, in order of arrival
_numbers: dict[str, int] = {}  # where it stands among them


# what patterns need, by their identity (to hash a pattern is to hash all of it); they are held so that it stays their own
_Needs = dict[int, tuple[re.Pattern[str], Strings]]
_whole: _Needs = {}  # in a sentence
_parts: _Needs = {}  # in a text of sentences that were joined
_asked_for: set[int] = set()  # those that a longer note asked for
# by their identity, below zero for joined text: the bit of each pattern, none if it needs nothing; and its strings by number
_bits: dict[int, int] = {}
_numbered: dict[int, frozenset[int]] = {}
_needing: list[int] = []  # the bits of the patterns that need each string


def _add(needs: _Needs, pattern: re.Pattern[str], strings: Strings) -> Strings:
    needs[id(pattern)] = pattern, strings
    key = id(pattern) if needs is _whole else -id(pattern)
    bit = _bits[key] = 1 << len(_bits) if strings else 0
    for one in strings:
        if one not in _numbers:
            _numbers[one] = len(_known)
            _known.append(one)
            _needing.append(0)
        _needing[_numbers[one]] |= bit
    _numbered[key] = frozenset(map(_numbers.__getitem__, strings))
    return strings


def needed(pattern: re.Pattern[str]) -> Strings:
    """Strings (lower case) of which one occurs in whatever the pattern matches; empty if there is no such set."""
    held = _whole.get(id(pattern))
    return held[1] if held else _add(_whole, pattern, _read_pattern(pattern))


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
    return max((one for one in sets if one and all(map(_tells, one))), key=_worth, default=frozenset())


def _tells(string: str) -> bool:
    """Whether few texts hold a string: any do a plain letter."""
    return len(string) > 1 or not string.isascii()


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
    held = _parts.get(id(pattern))
    if held:
        return held[1]
    parts = frozenset(max(one.split(), key=len, default="") for one in needed(pattern))
    return _add(_parts, pattern, parts if all(map(_tells, parts)) else frozenset())


class _Finder:
    """Finds all needed strings that were known when it was made."""

    def __init__(self) -> None:
        self.known, self.notes = len(_known), 0
        self.automaton = ahocorasick.Automaton()
        for number, string in enumerate(_known):
            self.automaton.add_word(string, number)
        self.automaton.make_automaton()

    def find(self, text: str) -> Iterable[tuple[int, int]]:
        """The last character of each string that stands in a text, and the number of the string, in order."""
        return self.automaton.iter(text) if self.known else ()


_newest: list[_Finder] = []


def _finder() -> _Finder:
    """For the next note; made anew, which takes time for each string, when those that came late cost its notes as much."""
    last = _newest[0] if _newest else None
    if last is None or (len(_known) - last.known) * last.notes >= max(1, len(_known)):
        _newest[:] = [_Finder()]
    _newest[0].notes += 1
    return _newest[0]


NOWHERE: list[int] = []


class Spots:
    """The sentences of a note in which each needed string stands: at least those."""

    def __init__(self, note: Note) -> None:
        self._sentences = note.sentences
        self.odd = any(letter in one.text for one in note.documents if not one.text.isascii() for letter in ODD)
        texts = [one.text.lower() for one in note.documents]
        self._small = "\n".join(texts)
        self._short = len(self._small) < SHORT
        self._offsets = list(accumulate([len(text) + 1 for text in texts], initial=0))  # of each document in it
        self._found: defaultdict[int, list[int]] = defaultdict(list)
        self._answers: dict[int, list[int] | None] = {}
        self._joined: dict[int, set[int] | None] = {}
        finder = _finder()
        self._count = finder.known  # strings looked for
        self._place(finder.find(self._small))
        self._learned = -1  # how many patterns there were when these were found:
        self._open = self._shut = 0  # the bits of those of whose strings any stands in the note, and of the others
        self._look()

    def _place(self, found: Iterable[tuple[int, int]]) -> None:
        """Note in which sentence each string stands that was found, or before which."""
        ends = [self._offsets[one.document] + one.end for one in self._sentences]
        ends.append(len(self._small))
        number, held = 0, self._found
        for last, string in found:
            while last >= ends[number]:
                number += 1
            held[string].append(number)
        self._present = set(held)

    def _closed(self, key: int) -> bool:
        """Whether the note has none of the strings that a pattern needs: asked of most, so worked out for all at once."""
        if self._learned != len(_bits):
            self._look()
        return not self._open & _bits[key]

    def _needed(self, pattern: re.Pattern[str], key: int) -> Strings:
        """What a pattern needs, if it is read: it is when a second longer note asks, as to seek it in the first is quicker."""
        if key in _whole:
            return _whole[key][1]
        if self._short:
            return frozenset()
        if key not in _asked_for:
            _asked_for.add(key)
            return frozenset()
        return needed(pattern)

    def somewhere(self, pattern: re.Pattern[str]) -> bool:
        """Whether a document may hold a match, be it outside of any sentence."""
        if _bits.get(id(pattern), 0) & self._shut:
            return False
        return self.odd or not self._needed(pattern, id(pattern)) or not self._closed(id(pattern))

    def of(self, pattern: re.Pattern[str]) -> list[int] | None:
        """Numbers of the sentences that may hold a match; none at all means that every sentence may."""
        key = id(pattern)
        if _bits.get(key, 0) & self._shut:
            return NOWHERE
        if key not in self._answers:
            strings = self._needed(pattern, key)
            if self.odd or not strings:
                self._answers[key] = None
            else:
                self._answers[key] = [] if self._closed(key) else sorted(self._among(key))
        return self._answers[key]

    def may(self, pattern: re.Pattern[str], numbers: Collection[int]) -> bool:
        """Whether a text made of sentences of the note, each once or more, may hold a match."""
        key = id(pattern)
        if _bits.get(-key, 0) & self._shut:
            return False
        if key not in self._joined:
            strings = needed_words(pattern) if key in _parts or self._needed(pattern, key) else frozenset()
            if self.odd or not strings:
                self._joined[key] = None
            else:
                self._joined[key] = set() if self._closed(-key) else self._among(-key)
        held = self._joined[key]
        return held is None or not held.isdisjoint(numbers)

    def has(self, pattern: re.Pattern[str], number: int) -> bool:
        """Whether a wording stands in a sentence."""
        numbers = self.of(pattern)
        if numbers is not None and number not in numbers:
            return False
        quick = quicker(pattern)
        one = self._sentences[number]
        if quick is None or self.odd:
            return pattern.search(one.source[one.start : one.end]) is not None
        at = self._offsets[one.document]
        return quick.search(self._small[at + one.start : at + one.end]) is not None

    def told(self, numbers: Collection[int]) -> Told:
        """Sentences as one text, which is put together when a wording may stand in it."""
        return Told(self, numbers)

    def text(self, numbers: Iterable[int]) -> str:
        """The sentences of some numbers with a blank between."""
        told = map(self._sentences.__getitem__, numbers)
        return " ".join([one.source[one.start : one.end] for one in told])

    def small(self, numbers: Iterable[int]) -> str:
        """The same in small letters."""
        small, offsets = self._small, self._offsets
        told = [(offsets[one.document], one) for one in map(self._sentences.__getitem__, numbers)]
        return " ".join([small[at + one.start : at + one.end] for at, one in told])

    def _look(self) -> None:
        """Look for the strings that came since, one by one, and for the patterns that need any of those in the note."""
        for number, one in enumerate(_known[self._count :], self._count):
            if one in self._small:
                self._place((begun + len(one) - 1, number) for begun in _all(one, self._small))
        self._count = len(_known)
        self._learned = len(_bits)
        self._open = reduce(or_, map(_needing.__getitem__, self._found), 0)
        self._shut = 0 if self.odd else ((1 << self._learned) - 1) & ~self._open

    def _among(self, key: int) -> set[int]:
        """The sentences in which any of the strings stands that a pattern needs."""
        numbers = set().union(*map(self._found.__getitem__, self._present & _numbered[key]))
        numbers.discard(len(self._sentences))  # behind the last
        return numbers


def _all(string: str, text: str) -> Iterator[int]:
    """Where a string begins in a text, those that overlap too."""
    at = text.find(string)
    while at >= 0:
        yield at
        at = text.find(string, at + 1)


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
        self._small: str | None = None

    @property
    def text(self) -> str:
        """The sentences with a blank between."""
        if self._text is None:
            self._text = self._spots.text(self._numbers)
        return self._text

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether a wording stands in it."""
        if not self._spots.may(pattern, self._numbers):
            return False
        quick = quicker(pattern)
        if quick is None or self._spots.odd:
            return pattern.search(self.text) is not None
        if self._small is None:
            self._small = self._spots.small(self._numbers)
        return quick.search(self._small) is not None


_quicker: dict[int, tuple[re.Pattern[str], re.Pattern[str] | None]] = {}
_asked: defaultdict[int, int] = defaultdict(int)
OFTEN = 50  # searches of a pattern after which the quicker one is worth making
LETTERS = re.compile(r"\\.|\(\?P[<=]\w+|[A-Z]+", re.S)  # the names of groups stay, as do signs behind a stroke


def quicker(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """The same for text in small letters, several times quicker than one that ignores case; None if it does not, or not yet."""
    held = _quicker.get(id(pattern))
    if held is None:
        found = None
        _asked[id(pattern)] += 1
        if _asked[id(pattern)] < OFTEN:
            return None
        if pattern.flags & re.IGNORECASE and all(one.isascii() or one.lower() == one.upper() for one in pattern.pattern):
            small = LETTERS.sub(lambda one: one.group() if one.group()[0] in "\\(" else one.group().lower(), pattern.pattern)
            found = re.compile(small, pattern.flags & ~re.IGNORECASE)
        held = _quicker[id(pattern)] = pattern, found
    return held[1]
