"""What a 277CA (005010X214) says of a batch and its claims. Amounts in whole cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.money import Cents
from claimwright.parties import Payer, Provider, Struct

Status = tuple[str, str, str]  # claim status category, claim status, entity
UNKNOWN = "UNKNOWN"  # where the guide asks for an id or a name that the claim itself does not have


class LineAck(Struct):
    """What a 277CA says of one service line: why it is refused."""

    statuses: tuple[Status, ...]
    procedure: str
    charge: Cents = 0
    qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    units: Decimal | None = None
    control_number: str = ""  # the claim's REF*6R
    first_service: date | None = None
    last_service: date | None = None


class ClaimAck(Struct):
    """What a 277CA says of one claim."""

    patient_control_number: str
    accepted: bool
    category: str  # claim status category: A1, A2 taken; A3, A6, A7, A8 refused
    status: str  # claim status code
    entity: str = ""
    payer_control_number: str = ""
    charge: Cents = 0
    first_service: date | None = None
    last_service: date | None = None
    message: str = ""
    patient_last: str = ""
    patient_first: str = ""
    member_id: str = ""
    decided_on: date | None = None
    also: tuple[Status, ...] = ()  # further statuses of the whole claim
    intermediary_trace: str = ""  # the number that a clearinghouse on the way gave it (REF*D9)
    bill_type: str = ""  # of an institutional claim, with its frequency
    lines: tuple[LineAck, ...] = ()


class ClaimAcks(Struct):
    """A 277CA: a payer's word on each claim of one batch and billing provider."""

    batch: str  # BHT03 of the 837
    payer: Payer
    provider: Provider
    acks: tuple[ClaimAck, ...] = ()
    submitter_name: str = ""
    submitter_id: str = ""
    reference: str = ""  # TRN02 of the payer
    received: date | None = None
    processed: date | None = None
    source: str = "PR"  # who answers: PR the payer, AY a clearinghouse
