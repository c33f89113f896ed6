"""Run every edit over a claim. A claim with a reject or deny finding may not leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from traceback import extract_tb

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.facts import facts_of
from claimwright.edits.registry import ADVISE, DENY, REJECT, WARN, Edit, all_edits, in_force, to_run
from claimwright.findings import Finding

__all__ = ["FAILED", "Context", "may_leave", "scrub"]

FAILED = "EDIT-FAILED"
"""The finding that an edit broke down on a claim, which is our fault: the claim was not judged by it."""

_WORST_FIRST = {severity: place for place, severity in enumerate((REJECT, DENY, WARN, ADVISE))}


def scrub(claim: Claim, context: Context, tables: Tables, own: Sequence[Edit] = ()) -> list[Finding]:
    """All that is wrong with a claim, worst first, then by line. Findings hold no name, birth date or member id.

    `own`: the practice's or the payer's rules, run beside the built-in edits. An edit that breaks down becomes a finding of the
    claim (FAILED); the others judge it all the same.
    """
    if not claim.lines:
        return [_no_lines(claim)]
    on = claim.first_service
    edits: Sequence[Edit] = ()
    try:
        edits = to_run(claim.form, on, facts_of(claim, context, tables))
        if own:
            edits = (*edits, *(edit for edit in own if edit.applies(claim.form, on)))
        found = [edit.finding(problem, claim) for edit in edits for problem in edit.check(claim, context, tables)]
    except Exception:  # whatever it is: one claim's trouble must not end a file
        edits = edits or (*in_force(claim.form, on), *(edit for edit in own if edit.applies(claim.form, on)))
        found = [finding for edit in edits for finding in _apart(edit, claim, context, tables)]
    if len(found) < 2:
        return found
    return sorted(found, key=lambda finding: (_WORST_FIRST[finding.severity], finding.line))


def may_leave(findings: list[Finding]) -> bool:
    """Whether a claim with these findings may be sent."""
    return not any(finding.stops for finding in findings)


def _apart(edit: Edit, claim: Claim, context: Context, tables: Tables) -> Iterator[Finding]:
    """One edit's findings; what it broke down on is told by its kind and its place in the code, for its text may hold PHI."""
    try:
        yield from edit.run(claim, context, tables)
    except Exception as error:
        at = extract_tb(error.__traceback__)[-1]
        place = f"{PurePath(at.filename).name} {at.lineno}"
        yield Finding(
            code=FAILED,
            edit=FAILED,
            severity=WARN,
            message=f"Edit {edit.id} broke down on this claim ({type(error).__name__}, {place}).",
            fix=f"Judge by hand what {edit.id} asks, and report the fault; every other edit has judged the claim.",
            citation="A fault of claimwright, not of the claim",
            claim=claim.patient_control_number,
        )


def _no_lines(claim: Claim) -> Finding:
    """Without a line there is no date of service, so no other edit can run."""
    edit = next(one for one in all_edits() if one.id == "CLM-LINES")
    return Finding(
        code=edit.id,
        edit=edit.id,
        severity=edit.severity,
        message="The claim has no service line: there is nothing to pay.",
        fix="Add the services of the encounter, or drop the claim.",
        citation=edit.citation,
        claim=claim.patient_control_number,
        element=edit.element,
    )
