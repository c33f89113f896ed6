"""The demo's payers, plans and contracts: invented, except the Medicare Part B amounts of 2026."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.coverage.model import Plan
from claimwright.effective import Period
from claimwright.office.demo.practice import LOCALITY
from claimwright.parties import Address, Payer
from claimwright.pricing.model import Contract

YEAR = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))
SINCE = Period(start=date(2026, 1, 1))


def _payer(payer_id: str, name: str, line1: str, city: str, state: str, zip_code: str, phone: str) -> Payer:
    return Payer(name=name, payer_id=payer_id, address=Address(line1=line1, city=city, state=state, zip=zip_code), phone=phone)


NORTHLAKE = _payer("NLM01", "Northlake Mutual", "PO Box 1180", "Columbus", "OH", "432160118", "6145550191")
HARBOR = _payer("HHP02", "Harbor Health Plan", "PO Box 77", "Dayton", "OH", "454010077", "6145550192")
MEDICARE = _payer("MEDB3", "Medicare Part B Ohio", "PO Box 6300", "Nashville", "TN", "372026300", "6145550193")
OLD_ORCHARD = _payer("OOL04", "Old Orchard Life", "PO Box 42", "Des Moines", "IA", "503010042", "6145550194")
MEDICAID = _payer("MCD05", "Buckeye State Medicaid", "PO Box 1461", "Columbus", "OH", "432161461", "6145550195")
SUMMIT = _payer("SRI06", "Summit Ridge Insurance", "PO Box 9020", "Hartford", "CT", "061029020", "6145550196")
PAYERS = (NORTHLAKE, HARBOR, MEDICARE, OLD_ORCHARD, MEDICAID, SUMMIT)

GOLD, SILVER, BRONZE = "NLM-GOLD", "NLM-SILVER", "NLM-BRONZE"
HMO, PART_B, PLAN_G, STATE, CHOICE = "HHP-HMO", "MEDB", "OOL-G", "MCD", "SRI-CHOICE"

# Preventive services that Medicare does not pay as commercial plans do (Social Security Act 1862(a)(7)).
_PREVENTIVE_VISITS = frozenset(
    {"99385", "99386", "99387", "99395", "99396", "99397", "90715", "92551"},
)
_ALL_KINDS = frozenset({"office", "specialist", "imaging", "procedure", "drug", "telehealth", "lab"})

PLANS = (
    Plan(
        plan_id=GOLD,
        name="Northlake PPO Gold",
        kind="PPO",
        payer=NORTHLAKE,
        period=YEAR,
        filing_indicator="12",
        deductible=500_00,
        family_deductible=1_000_00,
        out_of_pocket_max=4_000_00,
        coinsurance=Decimal("0.20"),
        timely_filing_days=180,
        member_id_pattern=r"NLM\d{9}",
    ),
    Plan(
        plan_id=SILVER,
        name="Northlake PPO Silver",
        kind="PPO",
        payer=NORTHLAKE,
        period=YEAR,
        filing_indicator="12",
        deductible=2_000_00,
        family_deductible=4_000_00,
        out_of_pocket_max=7_500_00,
        coinsurance=Decimal("0.30"),
        copays={"office": 35_00, "telehealth": 20_00, "specialist": 60_00},
        deductible_applies=frozenset({"imaging", "procedure", "lab", "drug"}),
        timely_filing_days=180,
        member_id_pattern=r"NLM\d{9}",
    ),
    Plan(
        plan_id=BRONZE,
        name="Northlake High Deductible",
        kind="PPO",
        payer=NORTHLAKE,
        period=YEAR,
        filing_indicator="12",
        deductible=3_500_00,
        family_deductible=7_000_00,
        out_of_pocket_max=7_000_00,
        coinsurance=Decimal("0.20"),
        timely_filing_days=180,
        member_id_pattern=r"NLM\d{9}",
    ),
    Plan(
        plan_id=HMO,
        name="Harbor HMO",
        kind="HMO",
        payer=HARBOR,
        period=YEAR,
        filing_indicator="HM",
        out_of_pocket_max=5_000_00,
        copays={"office": 20_00, "telehealth": 10_00, "specialist": 45_00, "imaging": 30_00, "procedure": 40_00},
        deductible_applies=frozenset(),
        referral_required=frozenset({"specialist"}),
        authorization_required=frozenset({"20610", "11200", "94060", "58300"}),
        timely_filing_days=90,
        member_id_pattern=r"H\d{8}",
    ),
    Plan(
        plan_id=PART_B,
        name="Medicare Part B",
        kind="MEDICARE_B",
        payer=MEDICARE,
        period=YEAR,
        filing_indicator="MB",
        deductible=283_00,  # CMS, 2026 Part B deductible (Federal Register, November 2025)
        coinsurance=Decimal("0.20"),
        deductible_applies=_ALL_KINDS - {"lab"},  # laboratory tests are paid in full (42 CFR 410.160, 410.152)
        not_covered=_PREVENTIVE_VISITS,
        timely_filing_days=365,  # one calendar year (42 CFR 424.44)
        crossover_to=PLAN_G,
    ),
    Plan(
        plan_id=PLAN_G,
        name="Old Orchard Medigap Plan G",
        kind="MEDIGAP",
        payer=OLD_ORCHARD,
        period=YEAR,
        filing_indicator="CI",
        secondary_rule="medigap",
        timely_filing_days=450,
        member_id_pattern=r"OOL\d{7}",
    ),
    Plan(
        plan_id=STATE,
        name="Buckeye State Medicaid",
        kind="MEDICAID",
        payer=MEDICAID,
        period=YEAR,
        filing_indicator="MC",
        deductible_applies=frozenset(),
        not_covered=frozenset({"11200"}),
        timely_filing_days=365,
        member_id_pattern=r"\d{12}",
    ),
    Plan(
        plan_id=CHOICE,
        name="Summit Ridge Choice PPO",
        kind="PPO",
        payer=SUMMIT,
        period=YEAR,
        filing_indicator="12",
        deductible=1_000_00,
        family_deductible=2_000_00,
        out_of_pocket_max=5_000_00,
        coinsurance=Decimal("0.20"),
        timely_filing_days=180,
        member_id_pattern=r"SR\d{8}",
    ),
)

_BY_ID = {one.plan_id: one for one in PLANS}


def plan(plan_id: str) -> Plan:
    """The plan with this id. Raises KeyError."""
    return _BY_ID[plan_id]


def _percent(payer: Payer, percent: str, **more: int) -> Contract:
    return Contract(
        contract_id=f"{payer.payer_id}-2026",
        payer_id=payer.payer_id,
        period=SINCE,
        percent_of_medicare=Decimal(percent),
        percent_of_charge=Decimal("0.60"),
        fees=more,
        locality=LOCALITY,
    )


def _harbor() -> Contract:
    fees = {"99213": 88_00, "99214": 124_00, "99203": 108_00, "99204": 163_00, "99396": 128_00, "20610": 72_00, "94060": 44_50}
    return Contract(
        contract_id="HHP02-2026",
        payer_id=HARBOR.payer_id,
        period=SINCE,
        percent_of_medicare=Decimal("1.02"),
        percent_of_charge=Decimal("0.55"),
        fees=fees,
        locality=LOCALITY,
    )


def _medicare() -> Contract:
    return Contract(
        contract_id="MEDB3-2026",
        payer_id=MEDICARE.payer_id,
        period=SINCE,
        percent_of_medicare=Decimal(1),
        locality=LOCALITY,
    )


def _summit(fees: dict[str, int]) -> Contract:
    return Contract(
        contract_id="SRI06-2026",
        payer_id=SUMMIT.payer_id,
        period=SINCE,
        percent_of_medicare=Decimal("1.12"),
        percent_of_charge=Decimal("0.60"),
        fees=fees,
        locality=LOCALITY,
    )


CONTRACTS = (
    _percent(NORTHLAKE, "1.18"),
    _harbor(),
    _medicare(),
    Contract(
        contract_id="OOL04-2026",
        payer_id=OLD_ORCHARD.payer_id,
        period=SINCE,
        percent_of_medicare=Decimal(1),
        locality=LOCALITY,
    ),
    _percent(MEDICAID, "0.78"),
    _summit({"20610": 88_00, "93000": 24_00, "96127": 8_00}),
)

# What Summit Ridge really applies: last year's fee for joint injections and electrocardiograms, an underpayment on each.
PAYER_CONTRACTS = (*CONTRACTS[:-1], _summit({"20610": 71_50, "93000": 16_75, "96127": 8_00}))
