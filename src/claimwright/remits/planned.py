"""What a posting plan is made of. Amounts in cents."""

from __future__ import annotations

from claimwright.ledger.model import Account, Event
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.remits.decide import PlannedDenial, PlannedLine
from claimwright.remits.holding import NEXT_STEP, Hold
from claimwright.remits.likeness import Likeness
from claimwright.remits.matching import OpenClaim
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance

BY_HAND = "chosen by a person"


class PlannedClaim(Struct, gc=False):
    """What one CLP does: posts to a claim, undoes an earlier posting, is owed back to the payer, or is held.

    A CLP that a payer laid together from several claims makes one of these for each, in parts.
    """

    position: int  # 0-based place in the remittance
    remit_claim: RemitClaim
    part: int = 0
    match: OpenClaim | None = None
    matched_by: str = ""
    likeness: Likeness = Likeness()  # how sure the match is, and why
    lines: tuple[PlannedLine, ...] = ()
    undoes: Event | None = None  # for a reversal: the posting it takes back
    credit: Cents = 0  # paid twice, or not ours: held for the payer until it takes it back or is refunded
    state_after: str = ""  # a state of claims.states; empty when nothing changes
    held_reason: str = ""
    hold: Hold | None = None  # the kind of reason
    candidates: tuple[str, ...] = ()  # patient control numbers a person may choose from, likeliest first
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
    def next_step(self) -> str:
        """What a person does next, where it is held."""
        return NEXT_STEP[self.hold] if self.held_reason and self.hold else ""

    @property
    def untouched(self) -> bool:
        """Posted without a person's help."""
        return self.posts and self.matched_by != BY_HAND

    @property
    def to_next_payer(self) -> Cents:
        """The patient's share that waits for the next payer."""
        return sum(line.to_next_payer for line in self.lines)


class PlannedProviderAdjustment(Struct, gc=False):
    """What one PLB amount does."""

    position: int
    adjustment: ProviderAdjustment
    account: Account | None
    why: str
    claim: str = ""  # the claim it names, if it is one of ours: patient control number
    held_reason: str = ""
    hold: Hold | None = None

    @property
    def next_step(self) -> str:
        """What a person does next, where it is held."""
        return NEXT_STEP[self.hold] if self.held_reason and self.hold else ""


class PostingPlan(Struct, gc=False):
    """All of a remittance: posted, or held with a reason, claim by claim."""

    remit: Remittance
    claims: tuple[PlannedClaim, ...]
    provider: tuple[PlannedProviderAdjustment, ...]
    held_reason: str = ""  # the whole remittance is held
    hold: Hold | None = None

    @property
    def next_step(self) -> str:
        """What a person does next, where the whole is held."""
        return NEXT_STEP[self.hold] if self.held_reason and self.hold else ""

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
