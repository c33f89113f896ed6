"""What the payer finds beyond the plan: duplicates, authorizations, the order of payers, code pairs and units."""

from __future__ import annotations

from collections.abc import Iterable

from claimwright.adjudication.model import Refusal
from claimwright.adjudication.secondary import decided_before
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.coverage.model import Authorization, Plan
from claimwright.payers.sandbox.bundling import code_refusals
from claimwright.payers.sandbox.habits import behaviours
from claimwright.payers.sandbox.lowering import bundled_into
from claimwright.payers.sandbox.members import key_of
from claimwright.payers.sandbox.model import Behaviour, Book, Member
from claimwright.payers.sandbox.policy import policy_refusals
from claimwright.payers.sandbox.state import State, Taken


def claim_refusal(taken: Taken, member: Member) -> Refusal | None:
    """Another payer should have been first."""
    if member.order > 1 and not decided_before(taken.claim):
        return Refusal(
            group="CO", reason="22", why="Another payer comes first; send its decision with the claim.", remarks=("MA04",)
        )
    return None


def line_refusals(book: Book, state: State, taken: Taken, member: Member, plan: Plan, tables: Tables) -> dict[int, Refusal]:
    """Refused lines by number. An earlier reason beats a later one."""
    refused: dict[int, Refusal] = {}
    of_member = [other for other in state.of_member(taken.member) if other.number != taken.number and other.determination]
    others = tuple(other.claim for other in of_member if not other.withdrawn)
    if "policy" in book.checks:
        refused |= policy_refusals(taken.claim, others, tables)
    if "codes" in book.checks:
        refused |= code_refusals(taken.claim, others, tables)
    if "authorization" in book.checks:
        refused |= _authorizations(state, taken.claim, member, plan)
    if "duplicates" in book.checks:
        refused |= _duplicates(taken, of_member)
    return refused if _denied_before(taken, of_member) else refused | ordered_denials(book, taken.claim)


def ordered_denials(book: Book, claim: Claim) -> dict[int, Refusal]:
    """Lines that the payer denies on purpose."""
    refused: dict[int, Refusal] = {}
    for behaviour in behaviours(book, claim, "deny"):
        refused |= denial_of(behaviour, claim)
    for number, code in bundled_into(book, claim).items():
        why = f"Part of {code} of the same day."
        refused[number] = Refusal(group="CO", reason="97", why=why, remarks=("M15",))
    return refused


def _denied_before(taken: Taken, of_member: Iterable[Taken]) -> bool:
    """Whether the same claim was decided before: nothing is denied on purpose twice."""
    control = taken.claim.patient_control_number
    return any(other.claim.patient_control_number == control for other in of_member)


def denial_of(behaviour: Behaviour, claim: Claim) -> dict[int, Refusal]:
    """A behaviour's denial, on its procedure's lines or on all."""
    refusal = Refusal(
        group=behaviour.group or "CO",
        reason=behaviour.reason or "50",
        why="The payer's own decision.",
        remarks=(behaviour.remark,) if behaviour.remark else (),
    )
    return {line.number: refusal for line in claim.lines if behaviour.touches(line.procedure, line.number)}


def authorization_for(state: State, claim: Claim, line: ServiceLine, member: Member) -> Authorization | None:
    """The authorization that the claim names, if it holds for this procedure and day."""
    known = (*member.authorizations, *state.certified.get(key_of(member), ()))
    named = (one for one in known if one.number == claim.prior_authorization)
    return next((one for one in named if one.procedure == line.procedure and one.period.covers(line.first_service)), None)


def units_used(state: State, authorization: Authorization) -> int:
    """How many units of an authorization were paid so far."""
    return state.authorized.get(f"{authorization.number}:{authorization.procedure}", 0)


def _authorizations(state: State, claim: Claim, member: Member, plan: Plan) -> dict[int, Refusal]:
    refused = {}
    for line in claim.lines:
        if line.procedure not in plan.authorization_required:
            continue
        found = authorization_for(state, claim, line, member)
        if found is None:
            why = f"{line.procedure} needs the plan's authorization first, and none was found."
            refused[line.number] = Refusal(group="CO", reason="197", why=why, remarks=("M62",))
        elif units_used(state, found) + line.units > found.units:
            why = f"The authorization holds {found.units} units, and they are used."
            refused[line.number] = Refusal(group="CO", reason="198", why=why)
    return refused


def _duplicates(taken: Taken, of_member: Iterable[Taken]) -> dict[int, Refusal]:
    """Lines already decided on another claim of this member, and not denied there."""
    decided = set()
    for other in of_member:
        if other.determination and not other.withdrawn and other.number != taken.replaces:
            denied = {line.number for line in other.determination.lines if line.denied}
            decided |= {_service(line) for line in other.claim.lines if line.number not in denied}
    refusal = Refusal(group="OA", reason="18", why="The same service was already decided on another claim.", remarks=("N522",))
    repeated = {"76", "77", "91", "59", "XE", "XP", "XS", "XU"}
    return {
        line.number: refusal
        for line in taken.claim.lines
        if _service(line) in decided and not repeated & set(line.modifiers) and taken.claim.frequency == "1"
    }


def _service(line: ServiceLine) -> tuple[object, ...]:
    return (line.first_service, line.procedure, frozenset(line.modifiers), line.charge)
