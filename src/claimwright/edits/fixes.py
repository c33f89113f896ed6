"""Safe fixes: for a finding, at most one change of the claim that mends it. A fix is offered, never applied by itself.

What would open payment (25, 57, XS, 95, QW ...) is only offered when the visit's note supports it, and says with which words.
Whatever a fix proposes is scrubbed before it is offered: its finding must be gone and no new reason to hold the claim be there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

import msgspec

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import Edit
from claimwright.edits.scrub import scrub
from claimwright.findings import Finding
from claimwright.money import dollars
from claimwright.parties import Struct

Source = Literal["codes", "patient", "coverage", "claim"]
"""Where a fix belongs: the coder's codes, the registration, the coverage, or the claim itself (it is only built anew)."""
replace = msgspec.structs.replace


class Draft(Struct):
    """A change as its maker proposes it."""

    words: str
    claim: Claim
    support: str = ""


class Fix(Struct):
    """A change that mends one finding: what is done, why it may be, and the claim after it."""

    edit: str
    line: int
    words: str
    claim: Claim
    source: Source
    support: str = ""  # the note's own words, where the change opens payment


Make = Callable[[Claim, Finding, Context, Tables], "Draft | None"]


class Maker(Struct):
    """How an edit's findings are mended. `opens`: the change opens payment, so that the note must support it."""

    make: Make
    source: Source
    opens: bool


_MAKERS: dict[str, Maker] = {}


@cache
def makers() -> dict[str, Maker]:
    """How findings are mended, by edit."""
    from claimwright.edits import fix_diagnoses, fix_doses, fix_lines  # noqa: F401  they import this module, and list theirs

    return _MAKERS


def mends(*edits: str, source: Source = "codes", opens: bool = False) -> Callable[[Make], Make]:
    """List a maker for the edits whose findings it mends."""

    def attach(make: Make) -> Make:
        _MAKERS.update({edit: Maker(make, source, opens) for edit in edits})
        return make

    return attach


def offers(
    claim: Claim, findings: Sequence[Finding], context: Context, tables: Tables, own: Sequence[Edit] = ()
) -> list[tuple[Finding, Fix]]:
    """The findings that can be mended by one safe change, each with that change. `own`: as for `scrub`."""
    offered = ((finding, propose(claim, finding, context, tables, own, findings)) for finding in findings)
    return [(finding, fix) for finding, fix in offered if fix is not None]


def propose(
    claim: Claim,
    finding: Finding,
    context: Context,
    tables: Tables,
    own: Sequence[Edit] = (),
    before: Sequence[Finding] | None = None,
) -> Fix | None:
    """The safe change that mends a finding; None where there is none. `before`: the claim's findings, if they are at hand."""
    maker = makers().get(finding.edit or finding.code)
    draft = maker.make(claim, finding, context, tables) if maker and claim.lines else None
    if maker is None or draft is None or (maker.opens and not draft.support):
        return None
    return checked(draft, claim, finding, maker.source, context, tables, own, before)


def checked(
    draft: Draft,
    claim: Claim,
    finding: Finding,
    source: Source,
    context: Context,
    tables: Tables,
    own: Sequence[Edit] = (),
    before: Sequence[Finding] | None = None,
) -> Fix | None:
    """The change, if it mends the finding and nothing new holds the claim; it says so if it changes the charge."""
    edit = finding.edit or finding.code
    before = scrub(claim, context, tables, own) if before is None else before
    if draft.claim == claim or not mended(edit, before, scrub(draft.claim, context, tables, own)):
        return None
    more = draft.claim.charge - claim.charge
    words = f"{draft.words}; the charge becomes {dollars(draft.claim.charge)}" if more else draft.words
    return Fix(edit=edit, line=finding.line, words=words, claim=draft.claim, source=source, support=draft.support)


def mended(edit: str, before: Sequence[Finding], after: Sequence[Finding]) -> bool:
    """Whether the edit finds less than before, and nothing new holds the claim."""
    count = [sum((one.edit or one.code) == edit for one in found) for found in (before, after)]
    stops = [Counter(one.edit or one.code for one in found if one.stops) for found in (before, after)]
    return count[1] < count[0] and not stops[1] - stops[0]


def line_of(claim: Claim, finding: Finding) -> ServiceLine | None:
    """The finding's line, where its number is one line's alone."""
    found = [line for line in claim.lines if line.number == finding.line]
    return found[0] if len(found) == 1 else None


def with_line(claim: Claim, line: ServiceLine, **changes: object) -> Claim:
    """The claim with one line changed."""
    return replace(claim, lines=tuple(replace(one, **changes) if one is line else one for one in claim.lines))


def appended(claim: Claim, line: ServiceLine, modifier: str, words: str) -> Draft | None:
    """A modifier put behind those of a line that has room for it."""
    if modifier in line.modifiers or len(line.modifiers) > 3:
        return None
    changed = with_line(claim, line, modifiers=(*line.modifiers, modifier))
    return Draft(words=f"Append {modifier} to {line.procedure}", claim=changed, support=words)


def without(claim: Claim, line: ServiceLine, wrong: set[str] | frozenset[str]) -> Draft | None:
    """Modifiers taken off a line."""
    off = [one for one in line.modifiers if one in wrong]
    left = tuple(one for one in line.modifiers if one not in wrong)
    return (
        Draft(words=f"Take {' '.join(off)} off {line.procedure}", claim=with_line(claim, line, modifiers=left)) if off else None
    )
