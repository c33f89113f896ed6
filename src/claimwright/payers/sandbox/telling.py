"""How a decision is told in the 835: in one claim or several, with lines as they came, merged, split or none. In cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

import msgspec

from claimwright.claims.model import Adjustment, Claim
from claimwright.parties import Struct
from claimwright.payers.sandbox.habits import behaviours
from claimwright.payers.sandbox.model import Book
from claimwright.remits.model import RemitClaim, RemitLine

_replace = msgspec.structs.replace


class Part(Struct):
    """One CLP loop of a decision: as it was decided, which of the claim's lines it holds, and as it is told."""

    decided: RemitClaim
    places: tuple[int, ...]  # in the claim's lines
    told: RemitClaim
    number: int = 1


def parts_of(book: Book, claim: Claim, remitted: RemitClaim) -> tuple[Part, ...]:
    """The claim's loops, in order; what they tell together is what was decided."""
    places = tuple(range(len(remitted.lines)))
    if len(places) > 1 and behaviours(book, claim, "split_claim"):
        middle = len(places) // 2
        first, second = _portion(remitted, places[:middle]), _portion(remitted, places[middle:])
        portions = [(first, places[:middle]), (_replace(second, interest=0), places[middle:])]
    else:
        portions = [(remitted, places)]
    return tuple(
        Part(decided=one, places=held, told=_told(book, claim, one), number=number)
        for number, (one, held) in enumerate(portions, 1)
    )


def told_later(book: Book, claim: Claim) -> int:
    """After how many days the second part of a split claim is told; 0: with the first."""
    found = behaviours(book, claim, "split_claim") if len(claim.lines) > 1 else []
    return found[0].days if found else 0


def _portion(remitted: RemitClaim, places: Sequence[int]) -> RemitClaim:
    lines = tuple(remitted.lines[place] for place in places)
    return _replace(
        remitted,
        lines=lines,
        charge=sum(line.charge for line in lines),
        paid=sum(line.paid for line in lines),
        patient_share=sum(a.amount for line in lines for a in line.adjustments if a.group == "PR"),
    )


def _told(book: Book, claim: Claim, decided: RemitClaim) -> RemitClaim:
    told = decided
    for do, change in _CHANGES:
        if behaviours(book, claim, do):
            told = change(told)
    return told


def _merged_lines(told: RemitClaim) -> RemitClaim:
    """Two lines of a day become one, under the first one's code and number: two of the same code, else the first two."""
    lines = [(place, line) for place, line in enumerate(told.lines)]
    days = [pair for pair in pairwise(lines) if pair[0][1].first_service == pair[1][1].first_service]
    chosen = next((pair for pair in days if pair[0][1].procedure == pair[1][1].procedure), None) or next(iter(days), None)
    if chosen is None:
        return told
    (place, first), (_, second) = chosen
    allowed = None if first.allowed is None and second.allowed is None else (first.allowed or 0) + (second.allowed or 0)
    merged = _replace(
        first,
        charge=first.charge + second.charge,
        paid=first.paid + second.paid,
        units=first.units + second.units,
        allowed=allowed,
        adjustments=together((*first.adjustments, *second.adjustments)),
        remarks=tuple(dict.fromkeys((*first.remarks, *second.remarks))),
    )
    return _replace(told, lines=(*told.lines[:place], merged, *told.lines[place + 2 :]))


def _split_lines(told: RemitClaim) -> RemitClaim:
    """A line of several units becomes two, both with its number."""
    lines: list[RemitLine] = []
    for line in told.lines:
        half = line.units // 2
        if half < 1 or line.charge <= 0:
            lines.append(line)
            continue
        part = half / line.units
        adjustments = tuple(_replace(a, amount=_of(a.amount, part)) for a in line.adjustments)
        charge = _of(line.charge, part)
        first = _replace(
            line,
            units=half,
            charge=charge,
            paid=charge - sum(a.amount for a in adjustments),
            allowed=None if line.allowed is None else _of(line.allowed, part),
            adjustments=tuple(a for a in adjustments if a.amount),
        )
        rest = zip(line.adjustments, adjustments, strict=True)
        left = tuple(_replace(whole, amount=whole.amount - taken.amount) for whole, taken in rest)
        second = _replace(
            line,
            units=line.units - half,
            charge=line.charge - charge,
            paid=line.paid - first.paid,
            allowed=None if line.allowed is None or first.allowed is None else line.allowed - first.allowed,
            adjustments=tuple(a for a in left if a.amount),
        )
        lines += [first, second]
    return _replace(told, lines=tuple(lines))


def _of(amount: int, part: Decimal) -> int:
    return int(amount * part)  # cut; the second line has the rest


def _claim_level(told: RemitClaim) -> RemitClaim:
    """No lines: all that was not paid is told of the claim as a whole."""
    return _replace(told, lines=(), adjustments=together(a for line in told.lines for a in line.adjustments))


def _claim_level_share(told: RemitClaim) -> RemitClaim:
    """The patient's part is told of the claim, not of its lines (835 guide, 1.10.2.1.2)."""
    lines = tuple(
        _replace(
            line,
            paid=line.paid + sum(a.amount for a in line.adjustments if a.group == "PR"),
            adjustments=tuple(a for a in line.adjustments if a.group != "PR"),
        )
        for line in told.lines
    )
    own = together(a for line in told.lines for a in line.adjustments if a.group == "PR")
    return _replace(told, lines=lines, adjustments=own)


def _without_modifiers(told: RemitClaim) -> RemitClaim:
    return _replace(told, lines=tuple(_replace(line, modifiers=()) for line in told.lines))


def _without_numbers(told: RemitClaim) -> RemitClaim:
    return _replace(told, lines=tuple(_replace(line, control_number="") for line in told.lines))


def together(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """One adjustment for each reason."""
    sums: dict[tuple[str, str], int] = {}
    for one in adjustments:
        sums[one.group, one.reason] = sums.get((one.group, one.reason), 0) + one.amount
    return tuple(Adjustment(group=group, reason=reason, amount=amount) for (group, reason), amount in sums.items() if amount)


_CHANGES: tuple[tuple[str, Callable[[RemitClaim], RemitClaim]], ...] = (
    ("merge_lines", _merged_lines),
    ("split_lines", _split_lines),
    ("drop_modifiers", _without_modifiers),
    ("omit_line_numbers", _without_numbers),
    ("claim_level", _claim_level),
    ("claim_level_share", _claim_level_share),
)
