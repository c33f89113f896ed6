"""What a practice lets post by itself, as data: which reasons are agreed write-offs, which the patient's, where PLB goes.

Everything that is not named here stays open as a denial to work: silence never writes off and never bills the patient.
"""

from __future__ import annotations

from typing import Final

import msgspec

from claimwright.ledger.model import Account
from claimwright.parties import Struct

# CARC of group CO (or PI) by which the contract or the law lowers the fee. A denial is never one of them.
CONTRACTUAL: Final = frozenset(
    {
        "24",  # paid by capitation
        "42",  # over the fee schedule, before 45 replaced it
        "44",  # prompt-pay discount
        "45",  # over the fee schedule
        "59",  # multiple or concurrent procedure rule
        "90",  # ingredient cost
        "94",  # processed above the charge
        "102",  # major medical
        "103",  # provider promotional discount
        "104",  # managed care withholding
        "105",  # tax withholding
        "131",  # negotiated discount
        "139",  # contracted funding
        "144",  # incentive
        "161",  # provider performance bonus
        "209",  # regulatory: may not be collected from anyone
        "237",  # legislated or regulatory penalty
        "245",  # performance programme
        "246",  # reporting code, no fee
        "253",  # federal sequestration
        "P12",  # workers' compensation fee schedule
        "P23",  # workers' compensation contract
    }
)

# Of these, the one that payers put in group OA: the agreed fee is above the charge, so the amount is negative.
CONTRACTUAL_IN_OTHER: Final = frozenset({"94"})

# Those of them that lower the payment, not the fee: the allowed amount is the agreed one all the same.
PAYMENT_ONLY: Final = frozenset({"44", "104", "105", "144", "161", "237", "245", "253"})

# CARC of group PR that are the patient's by the plan's own terms. Other PR reasons (27, 31, 96, 204 ...) are checked first.
PATIENT: Final = frozenset(
    {
        "1",  # deductible
        "2",  # coinsurance
        "3",  # copay
        "66",  # blood deductible
        "122",  # psychiatric reduction
        "241",  # low-income subsidy copay
        "247",  # deductible, professional part
        "248",  # coinsurance, professional part
    }
)

# What an earlier payer paid or adjusted: already in the books from its own remittance (835 guide 1.10.2.4).
PRIOR_PAYER: Final = frozenset({"23"})

# Remarks by which a payer says it forwarded the claim to the next payer.
FORWARDED_REMARKS: Final = frozenset({"MA07", "MA18", "N89"})

# PLB03-1 and where its money goes; a reason that is not here is parked for a person.
PROVIDER_ADJUSTMENTS: Final[dict[str, Account]] = {
    "WO": "payer_balance",  # overpayment recovery
    "WU": "payer_balance",  # recovery without a reference
    "FB": "payer_balance",  # balance forward
    "72": "payer_balance",  # refund acknowledged
    "B3": "payer_balance",  # recovery allowance
    "C5": "payer_balance",  # temporary allowance
    "CS": "payer_balance",  # adjustment
    "J1": "payer_balance",  # non-reimbursable
    "OB": "payer_balance",  # offset for affiliated providers
    "RA": "payer_balance",  # retroactive adjustment
    "TL": "payer_balance",  # third-party liability
    "L6": "interest",
    "CR": "interest",  # capitation interest
}

PROVIDER_ADJUSTMENT_WORDS: Final[dict[str, str]] = {
    "50": "late charge",
    "51": "interest penalty",
    "72": "refund received by the payer",
    "90": "early payment allowance",
    "AH": "origination fee",
    "AM": "applied to a debt",
    "AP": "advance of benefits",
    "B2": "rebate",
    "B3": "recovery allowance",
    "BD": "bad debt",
    "BN": "bonus",
    "C5": "temporary allowance",
    "CR": "capitation interest",
    "CS": "adjustment",
    "CT": "capitation payment",
    "CV": "capital pass-through",
    "CW": "nurse anesthetist pass-through",
    "DM": "direct medical education pass-through",
    "E3": "withholding",
    "FB": "balance carried to or from another remittance",
    "FC": "fund allocation",
    "GO": "graduate medical education pass-through",
    "HM": "hemophilia clotting factor supplement",
    "IP": "incentive payment",
    "IR": "tax withholding (IRS)",
    "IS": "interim settlement",
    "J1": "not reimbursable",
    "L3": "penalty",
    "L6": "interest the payer owes for paying late",
    "LE": "levy",
    "LS": "lump sum",
    "OA": "organ acquisition pass-through",
    "OB": "offset for an affiliated provider",
    "PI": "periodic interim payment",
    "PL": "final payment",
    "RA": "retroactive adjustment",
    "RE": "return on equity",
    "SL": "student loan repayment",
    "TL": "third-party liability",
    "WO": "overpayment taken back",
    "WU": "recovery",
}


class PostingRules(Struct):
    """One practice's rules with one payer."""

    contractual: frozenset[str] = CONTRACTUAL
    patient: frozenset[str] = PATIENT
    provider_adjustments: dict[str, Account] = msgspec.field(default_factory=lambda: dict(PROVIDER_ADJUSTMENTS))
