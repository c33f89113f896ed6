"""Claims told as text: the estimate, the payer's 835 and the second payer's, compared word by word."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from claimwright.adjudication.estimate import estimate
from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.coverage.model import Accumulators, Plan
from claimwright.effective import Period
from claimwright.identifiers import npi_with_check_digit
from claimwright.money import Cents, cents, dollars
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.payers.sandbox.model import Book, Member
from claimwright.payers.sandbox.payer import State, answer
from claimwright.pricing.model import Contract
from claimwright.pricing.price import price
from claimwright.remits.model import RemitClaim
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p
from claimwright.x12.remittance import read_835

HERE = Path(__file__).parent
GIVEN = ("also", "also prices", "prices", "visit")
KINDS = {"PPO": "PPO", "HMO": "HMO", "Medicare": "MEDICARE_B", "Medigap": "MEDIGAP", "Medicaid": "MEDICAID"}
FILING = {"PPO": "12", "HMO": "HM", "MEDICARE_B": "MB", "MEDIGAP": "CI", "MEDICAID": "MC"}
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
HOME = Address(line1="1 Elm St", city="Columbus", state="OH", zip="432010001")
PRACTICE = Provider(
    npi=npi_with_check_digit("123456789"), name="Elm Street Family Practice", ein="311234567", address=HOME, phone="6145550100"
)


class Journey:
    """One file: what is given, and what must come out."""

    def __init__(self, text: str) -> None:
        rows = [re.split(r"\s{2,}", row.strip(), maxsplit=1) for row in text.splitlines() if row.strip() and row[0] != "#"]
        (self.name, terms), *rest = rows
        said = {step.split(" 2026")[0]: words for step, words in rest}
        self.on = date.fromisoformat(next(step.split()[1] for step, _ in rest if step.startswith("visit")))
        self.expected = {step: words for step, words in said.items() if step not in GIVEN}
        self.plan = plan_of(terms, "one")
        self.second = plan_of(said["also"], "two") if "also" in said else None
        self.contracts = [contract_of(said["prices"], self.plan)]
        if self.second:
            self.contracts.append(contract_of(said.get("also prices", said["prices"]), self.second))
        first, last = self.name.split()
        self.person = Person(last=last, first=first, birth=date(1965, 3, 4), sex="F", address=HOME)
        self.claim = self._claim(said["visit"])

    def _claim(self, services: str) -> Claim:
        services, _, codes = services.partition("  dx ")
        diagnoses = tuple(Diagnosis(code=code) for code in (codes or "M17.11").split())
        lines = []
        for number, service in enumerate(services.split(", "), start=1):
            code, charge, *units = service.split()
            procedure, *modifiers = code.split("-")
            lines.append(
                ServiceLine(
                    number=number,
                    procedure=procedure,
                    modifiers=tuple(modifiers),
                    charge=cents(charge.lstrip("$")),
                    units=Decimal(units[0].lstrip("x")) if units else Decimal(1),
                    first_service=self.on,
                    control_number=f"L{number}",
                    pointers=tuple(range(1, len(diagnoses) + 1)),
                )
            )
        return Claim(
            patient_control_number="J1",
            charge=sum(line.charge for line in lines),
            place_of_service="11",
            billing=PRACTICE,
            payer=self.plan.payer,
            insured=Insured(person=self.person, member_id="M1"),
            patient=self.person,
            diagnoses=diagnoses,
            lines=tuple(lines),
            filing_indicator=self.plan.filing_indicator,
        )

    def told(self) -> dict[str, str]:
        """What the engine says of each step."""
        worth = price(self.claim, self.contracts[0])
        more = {"secondary": self.second, "secondary_prices": price(self.claim, self.contracts[1])} if self.second else {}
        before = estimate(self.claim, self.plan, worth, Accumulators(), **more)  # type: ignore[arg-type]
        allowed = " + ".join(f"${dollars(line.allowed)}" for line in before.lines)
        steps = {"estimate": f"allowed {allowed}, patient owes ${dollars(before.patient_owes)}"}
        decided = self._remitted()
        assert decided[-1].patient_share == before.patient_owes, "the estimate is the decision, told beforehand"
        assert sum(claim.paid for claim in decided) == sum(line.plan_pays for line in before.lines)
        return steps | dict(zip(("payer 835", "second 835"), map(remitted_words, decided), strict=False))

    def _remitted(self) -> list[RemitClaim]:
        """Through the wire: an 837P to the sandbox payer, and the 835s that come back."""
        plans = [plan for plan in (self.plan, self.second) if plan]
        members = tuple(
            Member(
                insured=Insured(person=self.person, member_id=f"M{n}"),
                patient=self.person,
                plan_id=plan.plan_id,
                order=n,
                period=YEAR,
            )
            for n, plan in enumerate(plans, start=1)
        )
        book = Book(
            payers=tuple(plan.payer for plan in plans),
            plans=(crossing(self.plan, self.second), *plans[1:]),
            contracts=tuple(self.contracts),
            provider_npis=frozenset({PRACTICE.npi}),
            members=members,
        )
        sent = Envelope(sender_id="ELMST", receiver_id="PAYER1", interchange=1, group=1, created=datetime(2026, 11, 2))
        file = write_837p([self.claim], sent, PRACTICE, self.plan.payer, "B1")
        _, state = answer(book, State(), [("batch.837", file)], self.on)
        out, _ = answer(book, state, [], self.on + timedelta(days=40))
        return [claim for name, content in out if name.endswith(".835") for one in read_835(content) for claim in one.claims]


def crossing(plan: Plan, second: Plan | None) -> Plan:
    """The first payer forwards to the second by itself, so that both decisions come from one claim."""
    return msgspec.structs.replace(plan, crossover_to=second.plan_id if second else "")


def plan_of(terms: str, name: str) -> Plan:
    """A plan from its clauses."""
    kind, *clauses = terms.split(", ")
    given: dict[str, object] = {"copays": {}, "secondary_rule": "medigap" if kind == "Medigap" else "standard"}
    applies = {"office", "specialist", "imaging", "procedure", "drug", "telehealth", "lab"}
    for clause in clauses:
        words = clause.split()
        match words:
            case ["deductible", "left", amount]:
                given["deductible"] = cents(amount[1:])
            case ["coinsurance", rate]:
                given["coinsurance"] = Decimal(rate.rstrip("%")) / 100
            case ["copay", service, amount]:
                given["copays"] = {**given["copays"], service: cents(amount[1:])}  # type: ignore[dict-item]
            case ["out-of-pocket", "left", amount]:
                given["out_of_pocket_max"] = cents(amount[1:])
            case ["pays", service, *_]:
                applies.discard(service)
            case ["needs", "authorization", code]:
                given["authorization_required"] = frozenset({code})
            case ["does", "not", "cover", code]:
                given["not_covered"] = frozenset({code})
            case ["rule", rule]:
                given["secondary_rule"] = rule
            case _:
                raise ValueError(f"the journey's clause is not understood: {clause}")
    return Plan(
        plan_id=name,
        name=terms,
        kind=KINDS[kind],  # type: ignore[arg-type]
        payer=Payer(name=f"Payer {name}", payer_id=f"P{name}", address=HOME),
        period=YEAR,
        filing_indicator=FILING[KINDS[kind]],
        deductible_applies=frozenset(applies),
        **given,  # type: ignore[arg-type]
    )


def contract_of(terms: str, plan: Plan) -> Contract:
    """ "115% of Medicare, 99213 $92.40"."""
    percent = re.search(r"([\d.]+)% of Medicare", terms)
    fees = {code: cents(amount) for code, amount in re.findall(r"(\w{5}) \$([\d.]+)", terms)}
    rate = Decimal(percent[1]) / 100 if percent else None
    return Contract(contract_id="C", payer_id=plan.payer.payer_id, period=YEAR, percent_of_medicare=rate, fees=fees)


def remitted_words(claim: RemitClaim) -> str:
    """An 835 claim as the text tells it: paid, then each reason over all lines."""
    reasons: dict[str, Cents] = {}
    for line in claim.lines:
        for one in line.adjustments:
            key = f"{one.group}-{one.reason}"
            reasons[key] = reasons.get(key, 0) + one.amount
    return ", ".join([f"paid ${dollars(claim.paid)}", *(f"{key} ${dollars(amount)}" for key, amount in sorted(reasons.items()))])


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_journey(path: Path) -> None:
    journey = Journey(path.read_text(encoding="utf-8"))
    assert journey.told() == journey.expected
