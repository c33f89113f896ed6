"""What belongs together: a reversal and the posting it takes back, a payment and the one it repeats, one CLP and two claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.remits.decide import PlannedLine
from claimwright.remits.likeness import Likeness, key
from claimwright.remits.lines import match_lines
from claimwright.remits.matching import ClaimMatch, OpenClaim, OpenLine, Shelf, combinations_of
from claimwright.remits.model import RemitClaim, RemitLine
from claimwright.remits.sharing import spread_claim_level

LAID_TOGETHER = "lines of several claims"
_MOST = 12
"""Of so many claims of one person and day at most are those looked for that a payer laid together."""


def by_line(event: Event, account: str = "cash") -> dict[str, Cents]:
    """What an event moved on an account, line by line."""
    found: Counter[str] = Counter()
    for entry in event.entries:
        if entry.account == account:
            found[entry.line] += entry.amount
    return {line: amount for line, amount in found.items() if amount}


def taken_back(reversal: RemitClaim, posted: Sequence[Event]) -> Event | None:
    """The posting that a reversal takes back: the latest that agrees line by line, else the latest with the same payment."""
    same = [event for event in posted if sum(by_line(event).values()) == -reversal.paid]
    if reversal.lines and all(line.control_number for line in reversal.lines):
        amounts: Counter[str] = Counter()
        for line in spread_claim_level(reversal):
            amounts[key(line.control_number)] -= line.paid
        wanted = {line: amount for line, amount in amounts.items() if amount}
        exact = [event for event in same if {key(line): amount for line, amount in by_line(event).items()} == wanted]
        same = exact or same
    return same[-1] if same else None


def paid_before(lines: Sequence[PlannedLine], posted: Sequence[Event], *, coordinated: bool) -> Event | None:
    """The posting that already says what this decision says: the same paid, and written off, on each line."""
    paid = {line.line: line.paid for line in lines if line.paid}
    written_off = {line.line: line.contractual for line in lines if line.contractual}
    for event in reversed(posted):
        if by_line(event) == paid and (coordinated or by_line(event, "contractual") == written_off):
            return event
    return None


def laid_together(remit_claim: RemitClaim, found: ClaimMatch, shelf: Shelf) -> list[tuple[RemitClaim, ClaimMatch]]:
    """One CLP that stands for two or three of our claims, as one decision for each; nothing where it does not."""
    whole = found.claim is not None and found.claim.charge == abs(remit_claim.charge)
    if whole or not remit_claim.lines or not remit_claim.member_id:
        return []
    lines = spread_claim_level(remit_claim)
    owners = _owners(lines, shelf) or _coming_to(remit_claim, found, shelf)
    if len(owners) < 2 or any(key(owner.member_id) != key(remit_claim.member_id) for owner in owners):
        return []
    matches, fault = match_lines(_together(owners), lines)
    if fault:
        return []
    decided = {match.line.control_number: match.decided for match in matches}
    made: list[tuple[RemitClaim, ClaimMatch]] = []
    for owner in owners:
        own = [one for line in owner.lines for one in _numbered(decided.get(line.control_number, ()), line)]
        if not own:
            return []
        made.append((_part(remit_claim, own, first=not made), _match(owner, owners)))
    return made


def _owners(lines: Sequence[RemitLine], shelf: Shelf) -> list[OpenClaim]:
    """The claims whose line control numbers these are, if each is one claim's."""
    owners: dict[str, OpenClaim] = {}
    for line in lines:
        of_line = shelf.by_line.get(key(line.control_number), []) if line.control_number else []
        if len(of_line) != 1:
            return []
        owners[of_line[0].patient_control_number] = of_line[0]
    return list(owners.values())


def _coming_to(remit_claim: RemitClaim, found: ClaimMatch, shelf: Shelf) -> list[OpenClaim]:
    """The only two or three claims of the member and days whose charges come to the CLP's."""
    member = key(remit_claim.member_id)
    pool = [claim for claim in shelf.on_days_of(remit_claim) if key(claim.member_id) == member]
    if found.claim is not None and found.claim not in pool:
        pool.append(found.claim)
    if len(pool) > _MOST:
        return []
    fits = list(combinations_of(pool, abs(remit_claim.charge)))
    if found.claim is not None:
        fits = [some for some in fits if found.claim in some]
    return list(fits[0]) if len(fits) == 1 else []


def _together(owners: Sequence[OpenClaim]) -> OpenClaim:
    lines: tuple[OpenLine, ...] = tuple(line for owner in owners for line in owner.lines)
    return msgspec.structs.replace(owners[0], lines=lines, charge=sum(owner.charge for owner in owners))


def _numbered(decided: Sequence[RemitLine], line: OpenLine) -> list[RemitLine]:
    return [msgspec.structs.replace(one, control_number=line.control_number) for one in decided]


def _part(remit_claim: RemitClaim, lines: Sequence[RemitLine], *, first: bool) -> RemitClaim:
    return msgspec.structs.replace(
        remit_claim,
        lines=tuple(lines),
        adjustments=(),
        charge=sum(line.charge for line in lines),
        paid=sum(line.paid for line in lines),
        patient_share=sum(a.amount for line in lines for a in line.adjustments if a.group == "PR"),
        interest=remit_claim.interest if first else 0,
    )


def _match(owner: OpenClaim, owners: Sequence[OpenClaim]) -> ClaimMatch:
    names = tuple(one.patient_control_number for one in owners)
    why = f"The member is the same, and its lines are those of {len(owners)} claims together."
    return ClaimMatch(
        claim=owner, matched_by=LAID_TOGETHER, candidates=names, likeness=Likeness(score=0.95, reasons=(why,), certain=True)
    )
