"""What the sandbox payer remembers between two calls; JSON-able with msgspec."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from datetime import date
from typing import ClassVar, Literal

import msgspec

from claimwright.adjudication.model import Determination
from claimwright.claims.model import Claim
from claimwright.coverage.model import Accumulators, Authorization
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.x12.review_model import ReviewRequest


class Taken(Struct):
    """A claim that the payer took in."""

    number: str  # its own claim control number
    claim: Claim
    plan_id: str
    member: str  # member key
    received: date
    submitter: str  # who gets the remittance
    replaces: str = ""  # number of the claim that this one replaces (7) or voids (8)
    determination: Determination | None = None
    used: Accumulators = Accumulators()  # what its decision added to the member's year
    remitted: RemitClaim | None = None
    paid_on: date | None = None
    trace: str = ""  # of the payment that told its decision
    interest: Cents = 0  # paid besides for being late, whether or not the claim's own loop told it
    recouped: Cents = 0  # taken back out of another payment, while the decision stands
    interest_recouped: Cents = 0  # the interest that went with it
    withdrawn: bool = False  # replaced or voided: its decision no longer stands


class Work(Struct):
    """Something that falls due."""

    due: date
    do: Literal["decide", "correct", "void", "recoup", "rest", "again", "deliver", "review"]
    number: str = ""
    remittance: Remittance | None = None
    submitter: str = ""


class Reviewed(Struct):
    """A request for services that was pended."""

    request: ReviewRequest
    posted: tuple[str, str, str]  # who asked, who answers, usage
    trace: str


class State(msgspec.Struct):
    """Everything so far. `answer` never changes the state it is given: it returns the next one.

    A caller with more than memory holds gives mappings of its own and says how claims and work are found in them.
    """

    in_order: ClassVar[bool] = False  # whether a day's work comes payment by payment

    interchanges: list[str] = []  # sender:control of every file read
    control: int = 0  # last control number used
    claims: MutableMapping[str, Taken] = {}  # by payer claim number
    members: MutableMapping[str, Accumulators] = {}  # by member key
    families: MutableMapping[str, Cents] = {}  # deductible used by the family of a policy
    family_spent: MutableMapping[str, Cents] = {}  # the same, out of pocket
    family_apart: MutableMapping[str, dict[str, Cents]] = {}  # both, of tiers that count for themselves
    authorized: MutableMapping[str, int] = {}  # units used of an authorization, by its number and procedure
    certified: MutableMapping[str, list[Authorization]] = {}  # what services reviews granted, by member key
    reviews: MutableMapping[str, Reviewed] = {}  # those still pended, by the payer's number
    forward: MutableMapping[str, tuple[str, Cents]] = {}  # payer:npi -> trace and amount that the next payment must still recover
    ignored: list[str] = []  # patient control numbers of claims that got no word; a second try is heard
    work: list[Work] = []

    def copied(self) -> State:
        """The same, to change; what it holds is immutable."""
        return State(
            interchanges=list(self.interchanges),
            control=self.control,
            claims=dict(self.claims),
            members=dict(self.members),
            families=dict(self.families),
            family_spent=dict(self.family_spent),
            family_apart=dict(self.family_apart),
            authorized=dict(self.authorized),
            certified={key: list(held) for key, held in self.certified.items()},
            reviews=dict(self.reviews),
            forward=dict(self.forward),
            ignored=list(self.ignored),
            work=list(self.work),
        )

    def next_control(self) -> int:
        """A number never used before."""
        self.control += 1
        return self.control

    def of_member(self, member: str) -> Iterator[Taken]:
        """The member's claims, the oldest first."""
        return (taken for taken in self.claims.values() if taken.member == member)

    def add_work(self, work: Work) -> None:
        """Remember what is to be done."""
        self.work.append(work)

    def next_day(self, today: date) -> date | None:
        """The first day up to today on which payments or claims fall due."""
        return min((work.due for work in self.work if work.due <= today and work.do != "review"), default=None)

    def take_work(self, on: date) -> Iterator[Work]:
        """A day's work, no longer to be done."""
        found = [work for work in self.work if work.due == on and work.do != "review"]
        self.work = [work for work in self.work if work.due != on or work.do == "review"]
        yield from found

    def waits(self, number: str, do: str = "decide") -> bool:
        """Whether a claim is still to be decided, or something else to be done to it."""
        return any(work.number == number and work.do == do for work in self.work)
