"""A payer's own rules for the claims it is sent (SNIP 7), as data: `rules.txt` in the payer's folder, a line a rule.

    code | transactions | where | what must hold | what is said | how to mend it

`where` is a loop, a segment with its qualifier, an element: `2010BA NM1*IL:09`; a component is `2300 CLM:05-1`.
What must hold: `given`; `like PATTERN` (a regular expression, where something is given); `one of A B`; `none of A B`;
`within N days` (of a day or period, counted to today; not judged without a today).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache, partial
from importlib import resources

from claimwright.parties import Struct
from claimwright.x12.checks.payer import ClaimSections, PayerFlaw, PayerRules
from claimwright.x12.located import part, value
from claimwright.x12.values import dates

_WHERE = re.compile(r"(\d{4}[A-Z]{0,2}) ([A-Z][A-Z0-9]{1,2})(?:\*([A-Z0-9,]+))?:(\d\d)(?:-(\d+))?")


class Rule(Struct):
    """One line of a payer's rules."""

    code: str
    transactions: tuple[str, ...]
    loop: str
    segment: str
    qualifiers: tuple[str, ...]
    place: int
    component: int
    must: str
    said: str
    fix: str

    @property
    def element(self) -> str:
        """The element's name, as findings have it."""
        return f"{self.segment}{self.place:02d}{f'-{self.component}' if self.component else ''}"


def known() -> list[str]:
    """The payers that have rules, by the names of their folders."""
    home = resources.files("claimwright.payers")
    return sorted(one.name for one in home.iterdir() if one.is_dir() and one.joinpath("rules.txt").is_file())


@cache
def rules_of(payer: str) -> PayerRules:
    """The rules of one payer. Raises KeyError where it has none, ValueError where a line cannot be read."""
    if payer not in known():
        raise KeyError(payer)
    text = resources.files("claimwright.payers").joinpath(payer, "rules.txt").read_text("utf-8")
    return partial(_judge, read_rules(text))


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a text. Raises ValueError, naming the line, where one cannot be read."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [one.strip() for one in line.split(" | ")]
        where = _WHERE.fullmatch(cells[2]) if len(cells) == 6 else None
        if where is None or not _known(cells[3]):
            raise ValueError(f"line {number} of the payer's rules cannot be read")
        loop, segment, qualifiers, place, component = where.groups()
        found.append(
            Rule(
                code=cells[0], transactions=tuple(cells[1].split()), loop=loop, segment=segment,
                qualifiers=tuple(qualifiers.split(",")) if qualifiers else (), place=int(place),
                component=int(component or 0), must=cells[3], said=cells[4], fix=cells[5],
            )
        )  # fmt: skip
    return tuple(found)


def _judge(rules: tuple[Rule, ...], claim: ClaimSections) -> Iterator[PayerFlaw]:
    """What is wrong with a claim by these rules."""
    for rule in rules:
        if claim.transaction in rule.transactions:
            yield from _broken(rule, claim)


def _broken(rule: Rule, claim: ClaimSections) -> Iterator[PayerFlaw]:
    found = list(claim.find(rule.loop, rule.segment, *rule.qualifiers))
    if not found and rule.must == "given":
        found = [(section, [], line) for section, _, line in claim.find(rule.loop)]
    verb = next(one for one in _VERBS if rule.must.startswith(one))
    words = rule.must[len(verb) :].strip()
    for _, segment, line in found:
        text = value(segment, rule.place)
        if rule.component:
            text = part(text, rule.component, claim.marks.component)
        if not _VERBS[verb](text, words, claim.today):
            yield PayerFlaw(rule.code, rule.said, line, rule.loop, rule.segment, rule.element, rule.fix)


def _within(text: str, words: str, today: date | None) -> bool:
    first, last = dates(text)
    on = last or first
    return today is None or on is None or today - on <= timedelta(days=int(words.split()[0]))


_VERBS: dict[str, Callable[[str, str, date | None], bool]] = {
    "given": lambda text, words, today: bool(text),
    "like": lambda text, words, today: not text or re.fullmatch(words, text) is not None,
    "one of": lambda text, words, today: not text or text in words.split(),
    "none of": lambda text, words, today: text not in words.split(),
    "within": _within,
}


def _known(must: str) -> bool:
    verb = next((one for one in _VERBS if must.startswith(one)), "")
    if verb == "like":
        try:
            re.compile(must[4:].strip())
        except re.error:
            return False
    if verb == "within":
        return re.fullmatch(r"within \d{1,5} days", must) is not None
    return bool(verb)
