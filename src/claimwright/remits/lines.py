"""Which of a claim's lines each line of a decision is about: one for one, several for one, or one for several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from claimwright.parties import Struct
from claimwright.remits.likeness import key, same_service, submitted
from claimwright.remits.matching import OpenClaim, OpenLine
from claimwright.remits.model import RemitLine
from claimwright.remits.sharing import share_line

_MOST = 6
"""Of so many equal lines at most are those looked for that one line of the payer stands for."""


class LineMatch(Struct, gc=False):
    """One of our lines and the remittance lines that decide on it (several when the payer split it)."""

    line: OpenLine
    decided: tuple[RemitLine, ...]
    matched_by: str


def match_lines(claim: OpenClaim, decided: Sequence[RemitLine]) -> tuple[tuple[LineMatch, ...], str]:
    """Every remittance line to its line, or a sentence that says which one has none."""
    found = _Found(claim)
    left = [line for line in decided if not found.by_control_number(line)]
    found.unmerge()
    for remit_line in [line for line in left if not found.by_code(line)]:
        found.waiting.append(remit_line)
    for remit_line in found.rest():
        what = submitted(remit_line) or remit_line.revenue_code
        return (), f"the line {what} of the remittance is none of the claim's lines, or could be several"
    matches = []
    for line in claim.lines:
        group = found.groups.get(line.control_number)
        if group is None:
            continue
        if abs(sum(one.charge for one in group)) != line.charge:
            return (), f"the charge of line {line.number or line.procedure} is not what we billed"
        matches.append(LineMatch(line=line, decided=tuple(group), matched_by=found.how[line.control_number]))
    return tuple(matches), ""


class _Found:
    """Lines as they find theirs, strictest comparison first."""

    def __init__(self, claim: OpenClaim) -> None:
        self.lines = claim.lines
        self.known = {key(line.control_number): line for line in claim.lines if line.control_number}
        self.groups: dict[str, list[RemitLine]] = {}
        self.how: dict[str, str] = {}
        self.waiting: list[RemitLine] = []

    @property
    def free(self) -> list[OpenLine]:
        return [line for line in self.lines if line.control_number not in self.groups]

    def take(self, line: OpenLine, decided: Sequence[RemitLine], how: str) -> None:
        self.groups.setdefault(line.control_number, []).extend(decided)
        self.how[line.control_number] = how

    def by_control_number(self, remit_line: RemitLine) -> bool:
        line = self.known.get(key(remit_line.control_number)) if remit_line.control_number else None
        if line is None:
            return False
        modifiers = remit_line.submitted_modifiers if remit_line.submitted_procedure else remit_line.modifiers
        changed = not same_service(remit_line, line) or set(modifiers) != set(line.modifiers)
        how = "line control number, though the payer changed the code or modifiers" if changed else "line control number"
        self.take(line, [remit_line], how)
        return True

    def unmerge(self) -> None:
        """A line under the number of one of ours that is charged like that one and others together stands for all of them."""
        for line in self.lines:
            group = self.groups.get(line.control_number, [])
            if len(group) != 1 or abs(group[0].charge) <= line.charge:
                continue
            others = _coming_to(abs(group[0].charge) - line.charge, [one for one in self.free if _like(one, line)])
            if others:
                del self.groups[line.control_number]
                self.share(group[0], [line, *others])

    def by_code(self, remit_line: RemitLine) -> bool:
        """The one free line that agrees."""
        free = self.free
        fits = [one for one in free if one.charge == abs(remit_line.charge) and _same_day(remit_line, one)]
        same_code = [one for one in fits if same_service(remit_line, one)]
        modifiers = remit_line.submitted_modifiers if remit_line.submitted_procedure else remit_line.modifiers
        exact = [one for one in same_code if set(one.modifiers) == set(modifiers)]
        if len(exact) == 1:
            self.take(exact[0], [remit_line], "code, modifiers, date and charge")
        elif exact and len({one.open_amount for one in exact}) == 1:
            self.take(exact[0], [remit_line], "code, modifiers, date and charge (the first of equal lines)")
        elif len(same_code) == 1:
            self.take(same_code[0], [remit_line], "code, date and charge, though the payer changed or dropped a modifier")
        else:
            return False
        return True

    def rest(self) -> list[RemitLine]:
        """What is still without a line after looking for lines split, laid together or recoded."""
        for remit_line in list(self.waiting):
            if remit_line in self.waiting and not self._split(remit_line):
                self._merged(remit_line)
        if len(self.waiting) == 1:
            self._recoded(self.waiting[0])
        return self.waiting

    def _split(self, remit_line: RemitLine) -> bool:
        """Several of the payer's lines of one code that together are one of ours."""
        pieces = [one for one in self.waiting if submitted(one) == submitted(remit_line)]
        whole = [one for one in self.free if same_service(remit_line, one) and _same_day(remit_line, one)]
        whole = [one for one in whole if one.charge == abs(sum(piece.charge for piece in pieces))]
        if len(pieces) < 2 or len(whole) != 1:
            return False
        self.take(whole[0], pieces, "code and date; the payer split the line")
        self.waiting = [one for one in self.waiting if not any(one is piece for piece in pieces)]
        return True

    def _merged(self, remit_line: RemitLine) -> None:
        """One of the payer's lines that is several of ours of the same code."""
        same = [one for one in self.free if same_service(remit_line, one) and _same_day(remit_line, one)]
        if parts := _coming_to(abs(remit_line.charge), same):
            self.waiting = [one for one in self.waiting if one is not remit_line]
            self.share(remit_line, parts)

    def _recoded(self, remit_line: RemitLine) -> None:
        """The only line left, under a code that is none of ours: one of our lines, or all that are left laid together."""
        free = [one for one in self.free if _same_day(remit_line, one)]
        fits = [one for one in free if one.charge == abs(remit_line.charge)]
        if len(fits) == 1 and len(self.free) == 1:
            self.waiting = []
            self.take(fits[0], [remit_line], "date and charge of the only line left, though the payer changed the code")
        elif len(free) == len(self.free) > 1 and sum(one.charge for one in free) == abs(remit_line.charge):
            self.waiting = []
            self.share(remit_line, free)

    def share(self, remit_line: RemitLine, lines: Sequence[OpenLine]) -> None:
        parts = share_line(remit_line, [(one.control_number, one.charge) for one in lines])
        for line, part in zip(lines, parts, strict=True):
            self.take(line, [part], "the payer laid several lines together; shared by charge")


def _coming_to(amount: int, lines: Sequence[OpenLine]) -> list[OpenLine]:
    """The lines whose charges come to an amount, where there is no other choice but among equal ones; else none."""
    found: list[tuple[OpenLine, ...]] = []
    for count in range(1, min(len(lines), _MOST) + 1):
        found += [some for some in combinations(lines[:_MOST], count) if sum(one.charge for one in some) == amount]
    alike = {tuple((one.charge, one.open_amount) for one in some) for some in found}
    return list(found[0]) if len(alike) == 1 else []


def _same_day(remit_line: RemitLine, line: OpenLine) -> bool:
    return remit_line.first_service in (None, line.first_service)


def _like(one: OpenLine, other: OpenLine) -> bool:
    return (one.procedure, one.revenue_code, one.first_service) == (other.procedure, other.revenue_code, other.first_service)
