"""What an edit may know beyond the claim itself."""

from __future__ import annotations

from datetime import date

from claimwright.claims.model import Claim
from claimwright.coverage.model import Authorization, Coverage
from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Struct


class Context(Struct):
    """The day, the patient's earlier claims, the coverage billed, and the claims that would leave together."""

    today: date
    history: tuple[Claim, ...] = ()
    coverage: Coverage | None = None
    authorizations: tuple[Authorization, ...] = ()
    provider_enrolments: dict[str, Period] = {}  # by NPI: when the payer lets the provider bill
    batch: tuple[Claim, ...] = ()  # the other claims that leave with it, never itself
    before: int | None = None  # how many of the batch stand before it in the file; None: not known, as if all
    note: str = ""
    usual_charges: dict[str, Cents] = {}  # by procedure, for one unit: the practice's charge master
    corrects: tuple[Claim, ...] = ()  # the claims that this one replaces: known, and no duplicates of it
