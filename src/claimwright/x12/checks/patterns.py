"""A rule as one regular expression: a segment that it matches has no flaw and need not be taken apart.

Never milder than `check_elements`, which stays the one place that says what is wrong: whatever is rare or doubtful (the
29th of February, a blank at the front, a letter beyond ASCII) is not matched, and so is looked at element by element.
"""

from __future__ import annotations

import re
from itertools import combinations

from claimwright.x12.grammar import Element, Rule, Shape
from claimwright.x12.tokens import Delimiters

_DATE = (
    "(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])"
    "|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
)  # fmt: skip
_TIME = "(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9](?:[0-9]{1,2}|)|)"
_NEVER = "(?!)"
_SEPARATORS = ":><|"  # what a sender may divide a composite by that has declared another separator


def pattern(rule: Rule, marks: Delimiters) -> re.Pattern[str] | None:
    """The pattern of the raw text of a flawless segment, or None where the delimiters are too odd for one."""
    signs = [mark for mark in marks[:3] if mark]
    if len(signs) < 2 or len(set(signs)) < len(signs) or not all(_is_plain(mark) for mark in signs):
        return None
    return re.compile(_Pattern(marks).segment(rule))


def _is_plain(mark: str) -> bool:
    return len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in " .-"


def _text(without: str, low: int, high: int) -> str:
    """Printable ASCII that does not begin with a blank."""
    allowed = "".join(re.escape(chr(one)) for one in range(33, 127) if chr(one) not in without)
    return f"[{allowed}]" + (f"[ {allowed}]{{{low - 1},{high - 1}}}" if high > 1 else "")


class _Pattern:
    """Writes patterns for one set of delimiters."""

    def __init__(self, marks: Delimiters) -> None:
        self.marks = "".join(marks[:3])
        self.element, self.component, self.repetition = (re.escape(mark) for mark in marks[:3])
        self.periods = 0

    def segment(self, rule: Rule) -> str:
        """Elements nested in each other, so that a segment may end after any that is not required."""
        conditions: dict[int, str] = {}
        reached = max((place for place, one in enumerate(rule.elements, 1) if one.required), default=0)
        for kind, places in rule.relations:
            conditions[min(places)] = conditions.get(min(places), "") + self._condition(kind, places, rule.elements)
            reached = max(reached, min(places) if kind == "R" else 0)
        said = ""
        for place in range(len(rule.elements), 0, -1):
            one = rule.elements[place - 1]
            if said or one.used or place <= reached:
                said = self.element + conditions.get(place, "") + self._field(one) + said
                said = said if place <= reached else f"(?:{said}|)"
        return f"{re.escape(rule.id)}{said}(?<!{self.element})\\Z"

    def _field(self, element: Element) -> str:
        if not element.used:
            return ""
        said = self._composite(element) if element.shape.parts else self._simple(element, self.element, self.marks)
        if element.shape.repeats and self.repetition:
            said = f"{said}(?:{self.repetition}{said})*"
        return said if element.required else f"(?:{said}|)"

    def _composite(self, element: Element) -> str:
        reached = max((place for place, part in enumerate(element.parts, 1) if part.required), default=1)
        said = ""
        for place in range(len(element.parts), 0, -1):
            part = element.parts[place - 1]
            if not (said or part.used or place <= reached):
                continue
            # A lone first component might be divided by a separator other than the declared one.
            without = self.marks + _SEPARATORS if place == 1 and reached == 1 else self.marks
            value = self._simple(part, self.component, without) if part.used else ""
            value = value if part.required or not part.used else f"(?:{value}|)"
            said = (self.component if place > 1 else "") + value + said
            said = said if place <= reached else f"(?:{said}|)"
        return f"(?=[^{self.element}]){said}(?<!{self.component})"

    def _simple(self, element: Element, separator: str, without: str) -> str:
        if element.codes:
            codes = sorted(code for code in element.codes if not set(code) & set(without))
            return f"(?:{'|'.join(map(re.escape, codes))})" if codes else _NEVER
        return self._typed(element.shape, separator, without)

    def _typed(self, shape: Shape, separator: str, without: str) -> str:
        kind, low, high = shape.kind, shape.low, shape.high
        if kind == "R":  # lengths count digits only
            return f"-?[0-9]{{{low},{high - 4}}}(?:\\.[0-9]{{1,4}}|)" if high - 4 >= low else f"-?[0-9]{{{low},{high}}}"
        if kind[0] == "N":
            return f"-?[0-9]{{{low},{high}}}"
        if kind == "DT":
            return _DATE
        if kind == "TM":
            return _TIME
        if kind == "DQ":  # the element before says which
            forms = (("D8", _DATE), ("RD8", self._period()), ("TM", _TIME), ("DT", _DATE + _TIME))
            return f"(?:{'|'.join(f'(?<={separator}{name}{separator}){form}' for name, form in forms)})"
        return _text(without, low, high)

    def _period(self) -> str:
        """Two dates of which the second is not before the first: alike, or greater where they first differ."""
        self.periods += 1
        one, begun = f"a{self.periods}", f"b{self.periods}"
        later = "|".join(f"{digit}[0-9]*-(?P={begun})[{digit + 1}-9]" for digit in range(9))
        return f"(?=(?P<{one}>[0-9]{{8}})-(?P={one})|(?P<{begun}>[0-9]*)(?:{later})){_DATE}-{_DATE}"

    def _condition(self, kind: str, places: tuple[int, ...], elements: tuple[Element, ...]) -> str:
        """What the standard asks of elements together, seen from the first of them."""
        start = min(places)

        def there(place: int, mark: str) -> str:
            one = elements[place - 1]
            if one.required or not one.used:
                return "" if one.required is (mark == "=") else _NEVER
            before = f"(?:[^{self.element}]*{self.element}){{{place - start}}}" if place > start else ""
            return f"(?{mark}{before}[^{self.element}])"

        def all_of(given: tuple[int, ...], mark: str = "=") -> str:
            return "".join(there(place, mark) for place in given)

        first, rest = places[0], places[1:]
        if kind == "P":
            either = [all_of(places), all_of(places, "!")]
        elif kind == "R":
            either = [there(place, "=") for place in places]
        elif kind == "E":
            return "".join(f"(?:{there(one, '!')}|{there(other, '!')})" for one, other in combinations(places, 2))
        else:
            either = [there(first, "!"), *([all_of(rest)] if kind == "C" else [there(place, "=") for place in rest])]
        either = [one for one in either if _NEVER not in one]
        return "" if "" in either else f"(?:{'|'.join(either)})" if either else _NEVER
