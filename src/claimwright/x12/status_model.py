"""What is asked and told of a claim's standing (276 and 277, 005010X212). Amounts in whole cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.money import Cents
from claimwright.parties import Payer, Person, Provider, Struct


class Receiver(Struct):
    """Who asks and gets the answer: the practice, its billing service or clearinghouse, by the number the payer gave it."""

    name: str
    identifier: str  # NM109 with 46, the electronic transmitter's number
    first: str = ""
    middle: str = ""
    person: bool = False


class StatusCode(Struct):
    """One status: category and code (X12 lists 507 and 508), and the entity that it speaks of."""

    category: str  # A acknowledged, P pending, F finalized, R more information wanted, D and E not answered
    code: str
    entity: str = ""
    code_list: str = ""  # RX where the code is NCPDP's


class Status(Struct):
    """One STC: up to three codes, and the money and dates that go with them."""

    codes: tuple[StatusCode, ...]
    effective: date | None = None
    charge: Cents | None = None
    paid: Cents | None = None
    finalized: date | None = None  # adjudication was finished
    paid_on: date | None = None
    check_number: str = ""  # or the transfer's trace number


class LineInquiry(Struct):
    """One service line asked about."""

    procedure: str
    charge: Cents | None = None
    units: Decimal | None = None
    first_service: date | None = None
    last_service: date | None = None
    qualifier: str = "HC"  # SVC01-1: HC HCPCS and CPT, AD dental, NU revenue code, N4 drug ...
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    control_number: str = ""  # of the line, REF FJ


class LineStatus(LineInquiry):
    """What is said of one service line."""

    statuses: tuple[Status, ...] = ()
    paid: Cents | None = None


class AskedClaim(Struct):
    """What names a claim, in the question and in the answer."""

    payer: Payer
    receiver: Receiver
    trace: str  # TRN02: the asker's own number, which the answer gives back
    provider: Provider | None = None  # None in answers that stop at the receiver
    other_provider: Provider | None = None  # the provider's second identity, in the same loop
    subscriber: Person | None = None
    member_id: str = ""
    dependent: Person | None = None  # None: the subscriber is the patient
    reference: str = ""  # BHT03
    payer_control_number: str = ""
    bill_type: str = ""
    patient_control_number: str = ""
    prescription_number: str = ""
    clearinghouse_number: str = ""
    first_service: date | None = None
    last_service: date | None = None

    @property
    def patient(self) -> Person | None:
        """The dependent, or the subscriber."""
        return self.dependent or self.subscriber


class StatusInquiry(AskedClaim):
    """A 276: where does this claim stand?"""

    charge: Cents | None = None
    group_number: str = ""
    location: str = ""  # REF LU: the payer's application or location
    lines: tuple[LineInquiry, ...] = ()


class StatusAnswer(AskedClaim):
    """A 277: the payer's word on one claim, or, when `level` is receiver or provider, on all that was asked there."""

    statuses: tuple[Status, ...] = ()
    level: Literal["claim", "provider", "receiver"] = "claim"
    voucher: str = ""
    lines: tuple[LineStatus, ...] = ()

    @property
    def category(self) -> str:
        """The first status's category; empty where there is none."""
        return next((code.category for one in self.statuses for code in one.codes), "")

    @property
    def charge(self) -> Cents | None:
        """What was billed, as the payer has it."""
        return next((one.charge for one in self.statuses if one.charge is not None), None)

    @property
    def paid(self) -> Cents | None:
        """What was paid."""
        return next((one.paid for one in self.statuses if one.paid is not None), None)


REFERENCES = (
    ("1K", "payer_control_number"), ("BLT", "bill_type"), ("LU", "location"), ("6P", "group_number"),
    ("EJ", "patient_control_number"), ("XZ", "prescription_number"), ("VV", "voucher"), ("D9", "clearinghouse_number"),
)  # fmt: skip
