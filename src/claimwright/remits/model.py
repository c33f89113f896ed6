"""A payer's decision as the 835 tells it. Amounts in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zlib import crc32

from claimwright.claims.model import Adjustment
from claimwright.money import Cents
from claimwright.parties import Payer, Struct


class RemitLine(Struct, gc=False):
    """One SVC loop."""

    procedure: str
    charge: Cents
    paid: Cents
    qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    units: Decimal = Decimal(1)
    submitted_procedure: str = ""  # SVC06, when the payer changed the code
    submitted_modifiers: tuple[str, ...] = ()
    first_service: date | None = None
    last_service: date | None = None
    control_number: str = ""  # REF*6R
    allowed: Cents | None = None  # AMT*B6
    adjustments: tuple[Adjustment, ...] = ()
    remarks: tuple[str, ...] = ()  # RARC
    rejects: tuple[str, ...] = ()  # NCPDP reject codes (LQ*RX)
    amounts: tuple[tuple[str, Cents], ...] = ()  # AMT beside B6, by qualifier
    references: tuple[tuple[str, str], ...] = ()  # REF beside 6R, by qualifier

    @property
    def balanced(self) -> bool:
        """Charge less adjustments is paid (835 guide, 1.10.2.1.1)."""
        return self.charge - sum(a.amount for a in self.adjustments) == self.paid


class RemitClaim(Struct, gc=False):
    """One CLP loop."""

    patient_control_number: str
    status: str  # CLP02: 1 primary, 2 secondary, 3 tertiary, 4 denied, 19/20/21 forwarded, 22 reversal, 23, 25
    charge: Cents
    paid: Cents
    patient_share: Cents = 0
    filing_indicator: str = ""
    payer_control_number: str = ""
    place_of_service: str = ""
    frequency: str = ""
    patient_last: str = ""
    patient_first: str = ""
    member_id: str = ""
    rendering_npi: str = ""
    rendering_name: str = ""
    crossover_payer: Payer | None = None  # NM1*TT
    first_service: date | None = None
    last_service: date | None = None
    received: date | None = None
    adjustments: tuple[Adjustment, ...] = ()  # claim level
    remarks: tuple[str, ...] = ()  # MOA/MIA
    lines: tuple[RemitLine, ...] = ()
    interest: Cents = 0  # AMT*I
    drg: str = ""  # CLP11
    corrected_member_id: str = ""  # NM1*74: the id that the payer has for the member
    inpatient: tuple[str, ...] = ()  # MIA as it came; its remarks are among `remarks`
    outpatient: tuple[str, ...] = ()  # MOA as it came; its remarks are among `remarks`
    amounts: tuple[tuple[str, Cents], ...] = ()  # AMT beside I, by qualifier
    references: tuple[tuple[str, str], ...] = ()  # REF, by qualifier

    @property
    def reversal(self) -> bool:
        """Takes back an earlier decision."""
        return self.status == "22"

    @property
    def balanced(self) -> bool:
        """Charge less all adjustments is paid, and the lines add up to the claim (835 guide, 1.10.2.1.2)."""
        adjusted = sum(a.amount for a in self.adjustments) + sum(a.amount for line in self.lines for a in line.adjustments)
        lines_agree = not self.lines or (
            sum(line.paid for line in self.lines) == self.paid + sum(a.amount for a in self.adjustments)
            and all(line.balanced for line in self.lines)
        )
        return self.charge - adjusted == self.paid and lines_agree


class ProviderAdjustment(Struct, gc=False):
    """One PLB amount: positive lowers the payment, negative raises it."""

    npi: str
    fiscal_period_end: date | None
    reason: str  # WO, L6, FB, 72, J1 ...
    amount: Cents
    reference: str = ""


class Remittance(Struct, gc=False):
    """One 835 transaction set: one payment."""

    payer: Payer
    payee_name: str
    payee_npi: str
    trace: str  # TRN02: check or EFT number
    paid: Cents  # BPR02
    paid_on: date  # BPR16
    method: str = "ACH"  # ACH, CHK, NON, FWT, BOP
    handling: str = "I"  # BPR01
    originator: str = ""  # TRN03
    produced_on: date | None = None  # DTM*405
    payee_ein: str = ""
    sender_routing: str = ""  # the banks of an EFT (BPR06-BPR15)
    sender_account: str = ""
    receiver_routing: str = ""
    receiver_account: str = ""
    delivery: tuple[str, ...] = ()  # RDM: how the paper remittance travels
    claims: tuple[RemitClaim, ...] = ()
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()

    @property
    def key(self) -> str:
        """Names the payment, whichever file brings it (TRN02 with TRN03, and the amount).

        Payers often give all their zero payments the same trace number: there the day and the claims are part of the name.
        """
        key = f"{self.payer.payer_id}:{self.originator}:{self.trace}:{self.paid}"
        if self.paid:
            return key
        claims = "|".join(f"{c.patient_control_number} {c.status} {c.charge} {c.paid}" for c in self.claims)
        return f"{key}:{self.paid_on:%Y%m%d}:{crc32(claims.encode()):08x}"

    def says_the_same(self, other: Remittance) -> bool:
        """Whether another remittance of this payment says the same of its claims and provider adjustments."""
        return (self.claims, self.provider_adjustments) == (other.claims, other.provider_adjustments)

    @property
    def mark(self) -> str:
        """A short mark of what it says, to tell two remittances with one trace number apart."""
        return f"{crc32(repr((self.claims, self.provider_adjustments)).encode()):08x}"

    @property
    def balanced(self) -> bool:
        """Payment is the claims' payments less the provider-level adjustments (835 guide, 1.10.2.1.3)."""
        return self.paid == sum(c.paid for c in self.claims) - sum(p.amount for p in self.provider_adjustments)
