"""A payer's remittance as a posting plan: what is certain posts, the rest is held with its reason and the next step.

Rules that never bend: a denial is never written off (P03); what no claim matches waits (P04); a remittance posts once (P02);
the patient's share waits while another payer must still decide (P17); a reversal undoes exactly what was posted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from claimwright.claims import states
from claimwright.ledger.model import Event
from claimwright.money import dollars
from claimwright.remits.balance import claim_faults, payment_fault
from claimwright.remits.decide import PlannedDenial, PlannedLine, decide_line
from claimwright.remits.holding import Hold
from claimwright.remits.lines import LineMatch, match_lines
from claimwright.remits.matching import ClaimMatch, OpenClaim, OpenLine, Shelf, match_claim
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance
from claimwright.remits.pairing import laid_together, paid_before, taken_back
from claimwright.remits.planned import BY_HAND, PlannedClaim, PlannedProviderAdjustment, PostingPlan
from claimwright.remits.rules import FORWARDED_REMARKS, PostingRules, default_rules, provider_words
from claimwright.remits.running import Running, numbered
from claimwright.remits.sharing import lines_from_claim, spread_claim_level

__all__ = [
    "BY_HAND",
    "NOT_A_DECISION",
    "OpenClaim",
    "OpenLine",
    "PlannedClaim",
    "PlannedDenial",
    "PlannedLine",
    "PlannedProviderAdjustment",
    "PostingPlan",
    "PostingRules",
    "forwarded",
    "plan_posting",
]

FORWARDED = frozenset({"19", "20", "21", "23"})
NOT_A_DECISION = {
    "5": "the payer is still working on it (status 5)",
    "10": "the payer has received it but not processed it (status 10)",
    "13": "the payer has suspended it (status 13)",
    "15": "the payer has suspended it, waiting for an investigation (status 15)",
    "16": "the payer has suspended it, waiting for information (status 16)",
    "17": "the payer has suspended it, waiting for a review (status 17)",
    "23": "the payer says the claim is not its own and has forwarded it (status 23)",
    "25": "it is a predetermination, not a payment (status 25)",
    "27": "the payer is reviewing it (status 27)",
}
DECISIONS = frozenset({"1", "2", "3", "4", "19", "20", "21", "22"})
"""Claim statuses (CLP02) that decide; with NOT_A_DECISION all that payers send."""
_HOLD_OF_STATUS: dict[str, Hold] = {"23": "not theirs", "25": "predetermination"}


def plan_posting(
    remit: Remittance,
    open_claims: Sequence[OpenClaim],
    rules: PostingRules | None = None,
    *,
    posted_keys: Collection[str] = (),
    chosen: Mapping[int, str] | None = None,
    owed_back: Collection[int] = (),
    done: Collection[int] = (),
    key: str = "",
) -> PostingPlan:
    """Match a payer's decision to what is open, and say what to post, what to hold and why. Amounts in cents.

    `posted_keys`: keys of remittances already in the books. For a remittance that was partly posted: `done` are the positions
    that were posted then (left out now), `chosen` the claims that a person picked, by position, `owed_back` the positions
    whose money a person says the payer gets back. `key`: what the payment is kept under, as in `post.events`.
    """
    rules = rules or default_rules()
    chosen = chosen or {}
    hold: Hold = "already posted" if remit.key in posted_keys else "unbalanced payment"
    whole = "This payment is already in the books." if hold == "already posted" else payment_fault(remit)
    books = Running(open_claims, key or remit.key)
    planned: dict[int, list[PlannedClaim]] = {}
    for position in _surest_first(remit.claims, books.shelf):
        if position in done:
            books.remember(remit.claims[position])
            continue
        by_hand = chosen.get(position, "")
        parts = _plan_claim(position, remit.claims[position], books, rules, by_hand, owed_back=position in owed_back)
        if whole:
            parts = [_held(part, f"The whole remittance is held: {whole}", hold) for part in parts]
        for part in parts:
            if part.posts:
                books.take(part)
            elif numbered(part.matched_by) and part.match and not part.remit_claim.reversal:
                books.waiting.add(part.match.patient_control_number)
        planned[position] = parts
    claims = _with_states([part for position in sorted(planned) for part in planned[position]])
    provider = tuple(
        _plan_provider(position, adjustment, rules, books.shelf, whole, hold)
        for position, adjustment in enumerate(remit.provider_adjustments)
    )
    return PostingPlan(remit=remit, claims=claims, provider=provider, held_reason=whole, hold=hold if whole else None)


def _surest_first(claims: Sequence[RemitClaim], shelf: Shelf) -> list[int]:
    """Reversals, then what bears a number of ours, then what only looks like a claim of ours."""

    def place(position: int) -> tuple[bool, bool, int]:
        claim = claims[position]
        return not claim.reversal, not shelf.exactly(claim.patient_control_number), position

    return sorted(range(len(claims)), key=place)


def _sure(planned: PlannedClaim) -> bool:
    return numbered(planned.matched_by) or planned.matched_by == BY_HAND


def _plan_claim(
    position: int, remit_claim: RemitClaim, books: Running, rules: PostingRules, by_hand: str, *, owed_back: bool
) -> list[PlannedClaim]:
    found = match_claim(remit_claim, books.shelf)
    parts: list[tuple[RemitClaim, ClaimMatch]] = []
    if by_hand:
        picked = next(iter(books.shelf.exactly(by_hand)), None)
        found = ClaimMatch(claim=picked, matched_by=BY_HAND, doubt="" if picked else "the chosen claim is not open")
    elif not owed_back:
        parts = laid_together(remit_claim, found, books.shelf)
    planned = [
        PlannedClaim(
            position=position,
            part=part,
            remit_claim=said,
            match=match.claim,
            matched_by=match.matched_by,
            candidates=match.candidates,
            likeness=match.likeness,
        )
        for part, (said, match) in enumerate(parts or [(remit_claim, found)])
    ]
    hold, reason = _not_certain(remit_claim, found if not parts else parts[0][1], owed_back)
    if not reason and not owed_back and (reason := _waits_already(planned, books)):
        hold = "decided before"
    if reason:
        return [_held(part, reason, hold) for part in planned]
    if owed_back:
        return [_owed_back(part) for part in planned]
    made = [_decide(part, books, rules) for part in planned]
    stopped = next((part for part in made if not part.posts), None)
    if stopped is not None and len(made) > 1:  # one CLP posts whole or not at all
        made = [_held(part, stopped.held_reason, stopped.hold or "no line") for part in made]
    return made


def _not_certain(remit_claim: RemitClaim, found: ClaimMatch, owed_back: bool) -> tuple[Hold, str]:
    """Why a decision cannot be posted whatever it says, if it cannot."""
    if remit_claim.status in NOT_A_DECISION:
        hold = _HOLD_OF_STATUS.get(remit_claim.status, "no decision")
        return hold, f"Nothing to post: {NOT_A_DECISION[remit_claim.status]}."
    if remit_claim.status not in DECISIONS and found.matched_by != BY_HAND and not owed_back:
        said = f"Claim status {remit_claim.status!r} (CLP02) is none" if remit_claim.status else "It has no claim status (CLP02)"
        return "unknown status", f"{said}: whether the payer has decided is not known."
    if not owed_back and (found.claim is None or found.doubt):
        return found.hold, f"{found.doubt[:1].upper()}{found.doubt[1:]}."
    faults = () if remit_claim.reversal else claim_faults(remit_claim)
    return "unbalanced claim", "It does not add up: " + " ".join(faults) if faults else ""


def _waits_already(planned: Sequence[PlannedClaim], books: Running) -> str:
    """Why a likeness proves nothing: the claim's own decision, by its number, waits in the same payment; this may repeat it."""
    for part in planned:
        if part.match and part.match.patient_control_number in books.waiting and not _sure(part):
            number = part.match.patient_control_number
            return f"By {part.matched_by} it would be {number}, whose own decision in this payment waits."
    return ""


def _decide(planned: PlannedClaim, books: Running, rules: PostingRules) -> PlannedClaim:
    assert planned.match is not None, "remits: what is decided is matched"
    if planned.remit_claim.reversal:
        return _plan_reversal(planned, planned.match, books)
    return _plan_decision(planned, planned.match, books, rules)


def _owed_back(planned: PlannedClaim) -> PlannedClaim:
    """Money that a person says is not ours to keep."""
    paid = planned.remit_claim.paid
    if paid <= 0:
        return _held(planned, f"It pays ${dollars(paid)}: there is nothing to owe back.", "other amount")
    why = f"${dollars(paid)} is owed back to the payer: a person has said so."
    return msgspec.structs.replace(planned, credit=paid, matched_by=BY_HAND, why=(why,))


def _plan_reversal(planned: PlannedClaim, claim: OpenClaim, books: Running) -> PlannedClaim:
    taken = planned.remit_claim.paid
    posted = books.posted_before(claim.patient_control_number, planned.position)
    event = taken_back(planned.remit_claim, posted)
    if event is not None:
        why = f"Takes back what was posted on {event.on:%Y-%m-%d}, entry by entry: ${dollars(-taken)} of payment."
        return msgspec.structs.replace(planned, undoes=event, why=(why,))
    if not posted and taken == 0:
        return msgspec.structs.replace(planned, why=("Takes back a decision that had moved no money.",))
    if not posted:
        return _held(planned, f"It takes back ${dollars(-taken)}, but nothing is posted on this claim.", "waits for original")
    return _held(planned, f"It takes back ${dollars(-taken)}, which no payment posted on this claim comes to.", "other amount")


def _plan_decision(planned: PlannedClaim, claim: OpenClaim, books: Running, rules: PostingRules) -> PlannedClaim:
    remit_claim, number = planned.remit_claim, claim.patient_control_number
    if remit_claim.lines:
        matches, fault = match_lines(claim, spread_claim_level(remit_claim))
    else:
        matches, fault = _whole_claim(claim, remit_claim)
    if fault:
        return _held(planned, f"{fault[:1].upper()}{fault[1:]}.", "no line")
    crossover = forwarded(remit_claim)
    forwarded_to = remit_claim.crossover_payer.payer_id if remit_claim.crossover_payer else ""
    next_payer = claim.next_payer_id or forwarded_to
    coordinated = _coordinated(remit_claim, claim)
    lines = tuple(
        decide_line(
            match,
            rules,
            open_before=books.open[number, match.line.control_number],
            patient_open=books.patient[number, match.line.control_number],
            coordinated=coordinated,
            waits=bool(next_payer) or crossover,
        )
        for match in matches
    )
    planned = msgspec.structs.replace(planned, lines=lines)
    if stopped := _stopped(planned, claim, books, coordinated):
        return stopped
    waits = planned.to_next_payer > 0
    undecided = _undecided(claim, lines, books)
    return msgspec.structs.replace(
        planned,
        crossover=crossover,
        forwarded_to=next_payer if crossover else "",
        secondary_due=waits and not crossover,
        undecided=undecided,
        why=_why_claim(waits, crossover, undecided),
    )


def _undecided(claim: OpenClaim, lines: Sequence[PlannedLine], books: Running) -> tuple[str, ...]:
    """The lines that are open and that this decision does not name."""
    decided = {line.line for line in lines}
    number = claim.patient_control_number
    return tuple(
        line.control_number
        for line in claim.lines
        if line.control_number not in decided and books.open[number, line.control_number] > 0
    )


def _why_claim(waits: bool, crossover: bool, undecided: Sequence[str]) -> tuple[str, ...]:
    said = []
    if crossover:
        said.append("The payer forwarded the claim to the next payer: it is not sent again.")
    elif waits:
        said.append("A claim to the next payer is due for the patient's share.")
    if undecided:
        said.append(f"{len(undecided)} of the claim's lines are not in this remittance and stay open.")
    return tuple(said)


def _whole_claim(claim: OpenClaim, remit_claim: RemitClaim) -> tuple[tuple[LineMatch, ...], str]:
    """A claim decided without lines: certain only when its charge is the whole claim's."""
    if remit_claim.charge != sum(line.charge for line in claim.lines):
        return (), "the remittance has no lines and its charge is not our claim's"
    made = lines_from_claim(remit_claim, [(line.control_number, line.charge) for line in claim.lines])
    by = "the whole claim, shared over its lines by charge"
    return tuple(LineMatch(line=ours, decided=(line,), matched_by=by) for ours, line in zip(claim.lines, made, strict=True)), ""


def forwarded(remit_claim: RemitClaim) -> bool:
    """Whether the payer has sent the claim on to the next payer itself."""
    remarks = {*remit_claim.remarks, *(remark for line in remit_claim.lines for remark in line.remarks)}
    return remit_claim.status in FORWARDED or remit_claim.crossover_payer is not None or bool(remarks & FORWARDED_REMARKS)


def _coordinated(remit_claim: RemitClaim, claim: OpenClaim) -> bool:
    """Whether an earlier payer has already decided on these charges."""
    return remit_claim.status in {"2", "3", "20", "21"} or claim.responsibility != "P"


def _stopped(planned: PlannedClaim, claim: OpenClaim, books: Running, coordinated: bool) -> PlannedClaim | None:
    """What a decision becomes that may not post as it is: held, or owed back where it is paid twice."""
    lines = planned.lines
    if held := [words for line in lines for words in line.holds]:
        return _held(planned, f"The posting rules hold it: {', '.join(dict.fromkeys(held))}.", "rule")
    if negative := next((denial for denial in planned.denials if denial.amount < 0), None):
        said = f"{negative.group}-{negative.reason} −${dollars(-negative.amount)}"
        return _held(planned, f"A refused amount is negative ({said}), in a decision that takes nothing back.", "negative denial")
    over = [line for line in lines if line.left_open < 0 and line.moved > 0]
    before = books.posted[claim.patient_control_number]
    by_number = numbered(planned.matched_by)
    whose = "This claim" if _sure(planned) else ""
    whose = whose or f"By {planned.matched_by} it would be {claim.patient_control_number}, which"
    if over and before:
        repeated = paid_before(lines, before, coordinated=coordinated)
        if repeated is not None and by_number:
            return _paid_twice(planned, repeated)
        reason = (
            f"{whose} was decided and posted on {before[-1].on:%Y-%m-%d}; this decision does not take that back first. "
            "It may be a duplicate or an additional payment."
        )
        return _held(planned, reason, "decided before")
    if any(line.moved for line in lines) and over and claim.patient_control_number in books.decided:
        reason = f"{whose} is decided elsewhere in this remittance; together that is more than what is open."
        return _held(planned, reason, "decided before")
    repeats = not _sure(planned) and not any(line.moved for line in lines)
    if repeats and claim.patient_control_number in books.decided:
        reason = f"{whose} is decided elsewhere in this remittance; this moves nothing and bears another number."
        return _held(planned, reason, "decided before")
    if over and not coordinated:
        line = over[0]
        reason = f"It decides on ${dollars(line.moved)} of {line.procedure}, but only ${dollars(line.open_before)} is open."
        return _held(planned, reason, "more than open")
    return None


def _paid_twice(planned: PlannedClaim, repeated: Event) -> PlannedClaim:
    """The same decision under another trace number: its money is the payer's until it takes it back or is refunded."""
    paid = planned.remit_claim.paid
    why = f"The payer has paid this before, posted on {repeated.on:%Y-%m-%d}"
    why += f": ${dollars(paid)} is held as a credit owed back to it." if paid else "; nothing moves."
    return msgspec.structs.replace(planned, credit=paid, lines=(), why=(why,))


def _with_states(claims: Sequence[PlannedClaim]) -> tuple[PlannedClaim, ...]:
    """Where each posted claim stands after the remittance; a reversal leaves that to its correction, if there is one."""
    decided = {line.line for claim in claims if claim.posts for line in claim.lines}
    corrected = {c.match.patient_control_number for c in claims if c.posts and c.match and not c.remit_claim.reversal}
    done = []
    for claim in claims:
        if not claim.posts or claim.match is None or (not claim.lines and not claim.remit_claim.reversal):
            done.append(claim)
            continue
        superseded = claim.remit_claim.reversal and claim.match.patient_control_number in corrected
        claim = msgspec.structs.replace(claim, undecided=tuple(line for line in claim.undecided if line not in decided))
        done.append(msgspec.structs.replace(claim, state_after="" if superseded else _state(claim)))
    return tuple(done)


def _state(claim: PlannedClaim) -> str:
    if claim.remit_claim.reversal:
        return states.DENIED  # nothing is paid any more: it needs work until the payer decides again
    accepted = any(line.moved for line in claim.lines)
    if not claim.denials:
        return states.PART_PAID if claim.undecided else states.PAID
    return states.PART_PAID if accepted else states.DENIED


def _plan_provider(
    position: int, adjustment: ProviderAdjustment, rules: PostingRules, shelf: Shelf, whole: str, hold: Hold
) -> PlannedProviderAdjustment:
    rule = rules.provider_adjustments.get(adjustment.reason)
    words = rule.words if rule else provider_words(adjustment.reason)
    effect = "lowers" if adjustment.amount > 0 else "raises"
    why = f"PLB {adjustment.reason}, {words}: {effect} the payment by ${dollars(abs(adjustment.amount))}."
    held = f"The whole remittance is held: {whole}" if whole else ""
    if rule is None and not held:
        hold = "unknown adjustment"
        held = f"PLB {adjustment.reason} ({words}) has no account in the posting rules: say where the money belongs."
    named = shelf.named(adjustment.reference)
    return PlannedProviderAdjustment(
        position=position,
        adjustment=adjustment,
        account=rule.account if rule else None,
        why=why,
        claim=named.charged_under or named.patient_control_number if named else "",
        held_reason=held,
        hold=hold if held else None,
    )


def _held(claim: PlannedClaim, reason: str, hold: Hold) -> PlannedClaim:
    return msgspec.structs.replace(claim, held_reason=reason, hold=hold, state_after="", secondary_due=False, credit=0)
