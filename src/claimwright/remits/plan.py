"""A payer's remittance as a posting plan: what is certain posts, the rest is held with its reason.

Rules that never bend: a denial is never written off (P03); what no claim matches waits (P04); a remittance posts once (P02);
the patient's share waits while another payer must still decide (P17); a reversal undoes exactly what was posted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from claimwright.claims import states
from claimwright.ledger.model import Account, Event
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.remits.balance import claim_faults, payment_fault
from claimwright.remits.decide import PlannedDenial, PlannedLine, decide_line, lines_from_claim, spread_claim_level
from claimwright.remits.matching import ClaimMatch, LineMatch, OpenClaim, OpenLine, Shelf, match_claim, match_lines
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance
from claimwright.remits.rules import FORWARDED_REMARKS, PROVIDER_ADJUSTMENT_WORDS, PostingRules

__all__ = [
    "OpenClaim",
    "OpenLine",
    "PlannedClaim",
    "PlannedDenial",
    "PlannedLine",
    "PlannedProviderAdjustment",
    "PostingPlan",
    "PostingRules",
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


class PlannedClaim(Struct):
    """What one CLP does: posts to a claim, undoes an earlier posting, or is held."""

    position: int  # 0-based place in the remittance
    remit_claim: RemitClaim
    match: OpenClaim | None = None
    matched_by: str = ""
    lines: tuple[PlannedLine, ...] = ()
    undoes: Event | None = None  # for a reversal: the posting it takes back
    state_after: str = ""  # a state of claims.states; empty when nothing changes
    held_reason: str = ""
    candidates: tuple[str, ...] = ()  # patient control numbers a person may choose from
    crossover: bool = False  # the payer forwarded it: never send the secondary claim again (P08)
    forwarded_to: str = ""  # the payer it went to, when named
    secondary_due: bool = False  # a claim to the next payer must go out
    undecided: tuple[str, ...] = ()  # line control numbers still open that the payer has not decided
    why: tuple[str, ...] = ()

    @property
    def denials(self) -> tuple[PlannedDenial, ...]:
        """Everything refused on the claim."""
        return tuple(denial for line in self.lines for denial in line.denials)

    @property
    def posts(self) -> bool:
        """Whether it goes into the books."""
        return not self.held_reason

    @property
    def untouched(self) -> bool:
        """Posted without a person's help."""
        return self.posts and self.matched_by != BY_HAND

    @property
    def to_next_payer(self) -> Cents:
        """The patient's share that waits for the next payer."""
        return sum(line.to_next_payer for line in self.lines)


class PlannedProviderAdjustment(Struct):
    """What one PLB amount does."""

    position: int
    adjustment: ProviderAdjustment
    account: Account | None
    why: str
    held_reason: str = ""


class PostingPlan(Struct):
    """All of a remittance: posted, or held with a reason, claim by claim."""

    remit: Remittance
    claims: tuple[PlannedClaim, ...]
    provider: tuple[PlannedProviderAdjustment, ...]
    held_reason: str = ""  # the whole remittance is held

    @property
    def held(self) -> tuple[PlannedClaim, ...]:
        """The claims for the queue."""
        return tuple(claim for claim in self.claims if not claim.posts)

    @property
    def provider_held(self) -> tuple[PlannedProviderAdjustment, ...]:
        """The provider adjustments for the queue."""
        return tuple(adjustment for adjustment in self.provider if adjustment.held_reason)

    @property
    def posted(self) -> tuple[PlannedClaim, ...]:
        """The claims that go into the books."""
        return tuple(claim for claim in self.claims if claim.posts)

    @property
    def lines_posted(self) -> int:
        """How many lines post."""
        return sum(len(claim.remit_claim.lines) or len(claim.lines) for claim in self.posted)

    @property
    def lines_untouched(self) -> int:
        """How many of them no person touched."""
        return sum(len(claim.remit_claim.lines) or len(claim.lines) for claim in self.posted if claim.untouched)

    @property
    def status(self) -> str:
        """posted, partly, or parked."""
        if self.held_reason or (not self.posted and (self.held or self.provider_held)):
            return "parked"
        return "partly" if self.held or self.provider_held else "posted"


BY_HAND = "chosen by a person"


def plan_posting(
    remit: Remittance,
    open_claims: Sequence[OpenClaim],
    rules: PostingRules | None = None,
    *,
    posted_keys: Collection[str] = (),
    chosen: Mapping[int, str] | None = None,
    done: Collection[int] = (),
) -> PostingPlan:
    """Match a payer's decision to what is open, and say what to post, what to hold and why. Amounts in cents.

    `posted_keys`: keys of remittances already in the books. For a remittance that was partly posted: `done` are the positions
    that were posted then (left out now), `chosen` the claims that a person picked, by position.
    """
    rules = rules or PostingRules()
    chosen = chosen or {}
    whole = "This payment is already in the books." if remit.key in posted_keys else payment_fault(remit)
    books = _Books(open_claims)
    planned: dict[int, PlannedClaim] = {}
    for position in _reversals_first(remit.claims):
        if position in done:
            continue
        claim = _plan_claim(position, remit.claims[position], books, rules, chosen.get(position, ""))
        if whole:
            claim = _held(claim, f"The whole remittance is held: {whole}")
        elif claim.posts:
            books.take(claim)
        planned[position] = claim
    claims = _with_states([planned[position] for position in sorted(planned)])
    provider = tuple(
        _plan_provider(position, adjustment, rules, whole) for position, adjustment in enumerate(remit.provider_adjustments)
    )
    return PostingPlan(remit=remit, claims=claims, provider=provider, held_reason=whole)


class _Books:
    """What is open while the plan grows: an earlier CLP of the same remittance changes it for a later one."""

    def __init__(self, open_claims: Sequence[OpenClaim]) -> None:
        self.shelf = Shelf(open_claims)
        self.open: dict[tuple[str, str], Cents] = {}
        self.patient: dict[tuple[str, str], Cents] = {}
        self.posted: dict[str, list[Event]] = {}
        self.decided: set[str] = set()
        for claim in open_claims:
            self.posted[claim.patient_control_number] = list(claim.already_posted)
            for line in claim.lines:
                self.open[claim.patient_control_number, line.control_number] = line.open_amount
                self.patient[claim.patient_control_number, line.control_number] = line.patient_open

    def take(self, claim: PlannedClaim) -> None:
        """Remember what a planned claim will have changed."""
        if claim.match is None:
            return
        number = claim.match.patient_control_number
        for line in claim.lines:
            self._move(claim.match, line.line, -line.moved, line.patient)
            self.decided.add(number)
        if claim.undoes is not None:
            self.posted[number].remove(claim.undoes)
            for entry in claim.undoes.entries:
                if entry.account == "insurance_ar" and entry.payer == claim.match.payer_id:
                    self._move(claim.match, entry.line, -entry.amount, 0)
                elif entry.account == "patient_ar":
                    self._move(claim.match, entry.line, 0, -entry.amount)

    def _move(self, claim: OpenClaim, line: str, insurance: Cents, patient: Cents) -> None:
        """On the claim and on the others that bill the same charges: a correction comes with the reversal of its original."""
        for number in (claim.patient_control_number, *claim.same_charges):
            if (number, line) in self.open:
                self.open[number, line] += insurance
                self.patient[number, line] += patient


def _reversals_first(claims: Sequence[RemitClaim]) -> list[int]:
    return sorted(range(len(claims)), key=lambda position: (not claims[position].reversal, position))


def _plan_claim(position: int, remit_claim: RemitClaim, books: _Books, rules: PostingRules, by_hand: str) -> PlannedClaim:
    found = match_claim(remit_claim, books.shelf)
    if by_hand:
        picked = next(iter(books.shelf.exactly(by_hand)), None)
        found = ClaimMatch(claim=picked, matched_by=BY_HAND, doubt="" if picked else "the chosen claim is not open")
    planned = PlannedClaim(
        position=position, remit_claim=remit_claim, match=found.claim, matched_by=found.matched_by, candidates=found.candidates
    )
    if remit_claim.status in NOT_A_DECISION:
        return _held(planned, f"Nothing to post: {NOT_A_DECISION[remit_claim.status]}.")
    if found.claim is None or found.doubt:
        return _held(planned, f"{found.doubt[:1].upper()}{found.doubt[1:]}.")
    if remit_claim.reversal:
        return _plan_reversal(planned, found.claim, books)
    faults = claim_faults(remit_claim)
    if faults:
        return _held(planned, "It does not add up: " + " ".join(faults))
    return _plan_decision(planned, found.claim, books, rules)


def _plan_reversal(planned: PlannedClaim, claim: OpenClaim, books: _Books) -> PlannedClaim:
    taken = planned.remit_claim.paid
    posted = books.posted[claim.patient_control_number]
    for event in reversed(posted):
        if sum(entry.amount for entry in event.entries if entry.account == "cash") == -taken:
            why = f"Takes back what was posted on {event.on:%Y-%m-%d}, entry by entry: {dollars(-taken)} of payment."
            return msgspec.structs.replace(planned, undoes=event, why=(why,))
    if not posted and taken == 0:
        return msgspec.structs.replace(planned, why=("Takes back a decision that had moved no money.",))
    if not posted:
        return _held(planned, f"It takes back {dollars(-taken)}, but nothing is posted on this claim.")
    return _held(planned, f"It takes back {dollars(-taken)}, which no payment posted on this claim comes to.")


def _plan_decision(planned: PlannedClaim, claim: OpenClaim, books: _Books, rules: PostingRules) -> PlannedClaim:
    remit_claim, number = planned.remit_claim, claim.patient_control_number
    if remit_claim.lines:
        matches, fault = match_lines(claim, spread_claim_level(remit_claim))
    else:
        matches, fault = _whole_claim(claim, remit_claim)
    if fault:
        return _held(planned, f"{fault[:1].upper()}{fault[1:]}.")
    crossover = _forwarded(remit_claim)
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
    doubt = _decided_before(claim, lines, books, coordinated, planned.matched_by)
    if doubt:
        return _held(planned, doubt)
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


def _undecided(claim: OpenClaim, lines: Sequence[PlannedLine], books: _Books) -> tuple[str, ...]:
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


def _forwarded(remit_claim: RemitClaim) -> bool:
    remarks = {*remit_claim.remarks, *(remark for line in remit_claim.lines for remark in line.remarks)}
    return remit_claim.status in FORWARDED or remit_claim.crossover_payer is not None or bool(remarks & FORWARDED_REMARKS)


def _coordinated(remit_claim: RemitClaim, claim: OpenClaim) -> bool:
    """Whether an earlier payer has already decided on these charges."""
    return remit_claim.status in {"2", "3", "20", "21"} or claim.responsibility != "P"


def _decided_before(claim: OpenClaim, lines: Sequence[PlannedLine], books: _Books, coordinated: bool, matched_by: str) -> str:
    """A second decision without a reversal, or more than is open, is not certain."""
    moves = any(line.moved for line in lines)
    over = [line for line in lines if line.left_open < 0 and line.moved > 0]
    before = books.posted[claim.patient_control_number]
    known = matched_by.endswith("control number") or matched_by == BY_HAND
    whose = "This claim" if known else f"By {matched_by} it would be {claim.patient_control_number}, which"
    if over and before:
        return (
            f"{whose} was decided and posted on {before[-1].on:%Y-%m-%d}; this decision does not take that back first. "
            "It may be a duplicate or an additional payment."
        )
    if moves and over and claim.patient_control_number in books.decided:
        return f"{whose} is decided elsewhere in this remittance; together that is more than what is open."
    if over and not coordinated:
        line = over[0]
        return f"It decides on {dollars(line.moved)} of {line.procedure}, but only {dollars(line.open_before)} is open."
    return ""


def _with_states(claims: Sequence[PlannedClaim]) -> tuple[PlannedClaim, ...]:
    """Where each posted claim stands after the remittance; a reversal leaves that to its correction, if there is one."""
    decided = {line.line for claim in claims if claim.posts for line in claim.lines}
    corrected = {c.match.patient_control_number for c in claims if c.posts and c.match and not c.remit_claim.reversal}
    done = []
    for claim in claims:
        if not claim.posts or claim.match is None:
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


def _plan_provider(position: int, adjustment: ProviderAdjustment, rules: PostingRules, whole: str) -> PlannedProviderAdjustment:
    account = rules.provider_adjustments.get(adjustment.reason)
    words = PROVIDER_ADJUSTMENT_WORDS.get(adjustment.reason, "a reason we do not know")
    effect = "lowers" if adjustment.amount > 0 else "raises"
    why = f"PLB {adjustment.reason}, {words}: {effect} the payment by {dollars(abs(adjustment.amount))}."
    held = f"The whole remittance is held: {whole}" if whole else ""
    if account is None and not held:
        held = f"PLB {adjustment.reason} ({words}) has no account in the posting rules: say where the money belongs."
    return PlannedProviderAdjustment(position=position, adjustment=adjustment, account=account, why=why, held_reason=held)


def _held(claim: PlannedClaim, reason: str) -> PlannedClaim:
    return msgspec.structs.replace(claim, held_reason=reason, state_after="", secondary_due=False)
