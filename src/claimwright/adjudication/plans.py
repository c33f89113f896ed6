"""A plan's benefits written as TOML (docs/howto/adjudicate.md shows every key). Amounts in dollars there, in cents here."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from claimwright.adjudication.reading import Terms
from claimwright.coverage.model import Limit, Plan, PlanKind, Tier
from claimwright.money import Cents
from claimwright.parties import Payer

ANY_PAYER: Final = "*"
KINDS: Final[tuple[PlanKind, ...]] = ("PPO", "HMO", "MEDICARE_B", "MEDIGAP", "MEDICAID", "SELF_PAY")
SERVICE_KINDS: Final = (
    "office", "specialist", "preventive", "lab", "imaging", "procedure", "drug", "telehealth", "immunization",
)  # fmt: skip
_RULES: Final[tuple[Literal["standard", "carve_out", "medigap", "msp"], ...]] = ("standard", "carve_out", "medigap", "msp")
_FILING: Final = {"PPO": "12", "HMO": "HM", "MEDICARE_B": "MB", "MEDIGAP": "CI", "MEDICAID": "MC", "SELF_PAY": "09"}
_DEDUCTIBLE_APPLIES: Final = ("office", "specialist", "lab", "imaging", "procedure", "drug", "telehealth")


def read_plan(text: str, file: str) -> Plan:
    """The plan of a file. Raises NotReadableError naming file and key."""
    terms = Terms.of(text, file)
    found = plan_in(terms)
    terms.done()
    return found


def plan_in(terms: Terms) -> Plan:
    """The plan of a table; what else stands in it is the caller's to ask for."""
    kind = terms.choice("kind", KINDS, "PPO")
    plan_id = terms.text("id", "PLAN")
    payer_id = terms.text("payer", ANY_PAYER)
    return Plan(
        plan_id=plan_id,
        name=terms.text("name", plan_id),
        kind=kind,
        payer=Payer(name=terms.text("payer_name", payer_id), payer_id=payer_id),
        period=terms.period(),
        filing_indicator=terms.text("filing_indicator", _FILING[kind]),
        deductible=terms.money("deductible", 0),
        family_deductible=terms.money("family_deductible", 0),
        aggregate=terms.choice("family", ("embedded", "aggregate"), "embedded") == "aggregate",
        out_of_pocket_max=terms.money("out_of_pocket_max", 0),
        family_out_of_pocket_max=terms.money("family_out_of_pocket_max", 0),
        coinsurance=_part(terms, "coinsurance", Decimal(0)),
        copays=_by_kind(terms, "copays"),
        deductible_applies=_kinds(terms, "deductible_applies", _DEDUCTIBLE_APPLIES),
        preventive_free=terms.flag("preventive_free", True),
        referral_required=_kinds(terms, "referral_required"),
        authorization_required=frozenset(terms.words("authorization_required")),
        not_covered=frozenset(terms.words("not_covered")),
        timely_filing_days=terms.days("timely_filing_days", 365, least=1),
        secondary_rule=terms.choice("secondary_rule", _RULES, "medigap" if kind == "MEDIGAP" else "standard"),
        crossover_to=terms.text("crossover_to", ""),
        limits=tuple(_limit(one) for one in terms.tables("limit")),
        tiers=tuple(_tier(one) for one in terms.tables("tier")),
    )


def _limit(terms: Terms) -> Limit:
    found = Limit(
        name=terms.text("name"),
        kinds=_kinds(terms, "kinds"),
        procedures=frozenset(terms.words("procedures")),
        visits=terms.whole("visits", 0),
        amount=terms.money("amount", 0),
    )
    if not found.visits and not found.amount:
        raise terms.wrong("visits", "a limit says visits or an amount")
    if not found.kinds and not found.procedures:
        raise terms.wrong("procedures", "a limit names kinds of services or procedures")
    terms.done()
    return found


def _tier(terms: Terms) -> Tier:
    found = Tier(
        name=terms.text("name"),
        npis=frozenset(terms.words("npis")),
        covered=terms.flag("covered", True),
        coinsurance=_part(terms, "coinsurance", Decimal(0)),
        copays=_by_kind(terms, "copays"),
        balance_billed=terms.flag("balance_billed"),
        accumulators=terms.choice("accumulators", ("shared", "separate", ""), ""),
        deductible=_own(terms, "deductible"),
        family_deductible=_own(terms, "family_deductible"),
        out_of_pocket_max=_own(terms, "out_of_pocket_max"),
        family_out_of_pocket_max=_own(terms, "family_out_of_pocket_max"),
    )
    terms.done()
    return found


def _own(terms: Terms, key: str) -> Cents | None:
    return terms.money(key) if terms.has(key) else None


def _part(terms: Terms, key: str, default: Decimal) -> Decimal:
    rate = terms.rate(key, default)
    if rate > 1:
        raise terms.wrong(key, "the patient's part is at most 100 percent")
    return rate


def _kinds(terms: Terms, key: str, default: tuple[str, ...] = ()) -> frozenset[str]:
    found = terms.words(key, default)
    _known_kinds(terms, key, found)
    return frozenset(found)


def _by_kind(terms: Terms, key: str) -> dict[str, int]:
    found = terms.amounts(key)
    _known_kinds(terms, key, tuple(found))
    return found


def _known_kinds(terms: Terms, key: str, found: tuple[str, ...]) -> None:
    for kind in found:
        if kind not in SERVICE_KINDS:
            raise terms.wrong(key, f"{kind!r} is no kind of service; they are {', '.join(SERVICE_KINDS)}")
