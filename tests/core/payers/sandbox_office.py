"""A small book and a practice that talks to the sandbox payer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.coverage.model import Accumulators, Authorization, EligibilityAnswer, EligibilityInquiry, Plan
from claimwright.effective import Period
from claimwright.identifiers import npi_with_check_digit
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.payers.sandbox.model import Behaviour, Book, Member
from claimwright.payers.sandbox.payer import State, answer
from claimwright.pricing.model import Contract
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.x12.acknowledgement import ClaimAck, read_277ca
from claimwright.x12.eligibility import read_271, write_270
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p
from claimwright.x12.remittance import read_835

ON = date(2026, 11, 2)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
HOME = Address(line1="1 Elm St", city="Columbus", state="OH", zip="432010001")
PRACTICE = Provider(
    npi=npi_with_check_digit("123456789"),
    name="Elm Street Family Practice",
    ein="311234567",
    taxonomy="207Q00000X",
    address=HOME,
    phone="6145550100",
)
DOCTOR = Provider(npi=npi_with_check_digit("198765432"), name="Chen", first="Amy", person=True, taxonomy="207Q00000X")
NORTH = Payer(name="Northlake Mutual", address=HOME, payer_id="NL01")
MEDICARE = Payer(name="Medicare Part B", address=HOME, payer_id="MEDB")
GAP = Payer(name="Old Orchard Life", address=HOME, payer_id="OOL")
PLANS = (
    Plan(
        plan_id="GOLD",
        name="PPO Gold",
        kind="PPO",
        payer=NORTH,
        period=YEAR,
        filing_indicator="12",
        deductible=50000,
        coinsurance=Decimal("0.2"),
        authorization_required=frozenset({"11200"}),
        timely_filing_days=90,
        member_id_pattern=r"NL\d{6}",
    ),
    Plan(
        plan_id="PARTB",
        name="Medicare Part B",
        kind="MEDICARE_B",
        payer=MEDICARE,
        period=YEAR,
        filing_indicator="MB",
        deductible=28300,
        coinsurance=Decimal("0.2"),
        deductible_applies=frozenset({"office", "procedure", "imaging"}),
        crossover_to="GAP-G",
    ),
    Plan(
        plan_id="GAP-G",
        name="Medigap G",
        kind="MEDIGAP",
        payer=GAP,
        period=YEAR,
        filing_indicator="CI",
        secondary_rule="medigap",
    ),
)


def _contract(payer: Payer, **fees: int) -> Contract:
    return Contract(contract_id=payer.payer_id, payer_id=payer.payer_id, period=YEAR, percent_of_medicare=Decimal(1), fees=fees)


CONTRACTS = (_contract(NORTH, **{"99213": 9240, "20610": 6610}), _contract(MEDICARE), _contract(GAP))
MARIA = Person(last="Lopez", first="María", birth=date(1970, 3, 4), sex="F", address=HOME)
ANA = Person(last="Lopez", first="Ana", birth=date(2015, 6, 7), sex="F", address=HOME)
GRACE = Person(last="Okafor", first="Grace", birth=date(1950, 2, 2), sex="F", address=HOME)
TED = Person(last="Ray", first="Ted", birth=date(1980, 5, 5), sex="M", address=HOME)


def _member(person: Person, plan_id: str, member_id: str, **more: object) -> Member:
    insured = Insured(person=person, member_id=member_id)
    given = {"insured": insured, "patient": person, "plan_id": plan_id, "order": 1, "period": YEAR} | more
    return Member(**given)  # type: ignore[arg-type]


MEMBERS = (
    _member(MARIA, "GOLD", "NL000001", used=Accumulators(deductible=35000, family_deductible=35000)),
    _member(ANA, "GOLD", "NL000001", insured=Insured(person=MARIA, member_id="NL000001", relationship="19")),
    _member(
        TED,
        "GOLD",
        "NL000002",
        period=Period(date(2026, 1, 1), date(2026, 9, 30)),
        authorizations=(Authorization(plan_id="GOLD", number="AU1", procedure="11200", units=1, period=YEAR),),
    ),
    _member(GRACE, "PARTB", "1EG4TE5MK73", used=Accumulators(deductible=28300)),
    _member(GRACE, "GAP-G", "G55", order=2),
)


class Office:
    """The practice's side: it writes files, hands them over, reads the answers."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.book = Book(
            payers=(NORTH, MEDICARE, GAP),
            plans=PLANS,
            contracts=CONTRACTS,
            provider_npis=frozenset({PRACTICE.npi}),
            members=MEMBERS,
            behaviours=behaviours,
        )
        self.state = State()
        self.controls = 0
        self.files: list[tuple[str, bytes]] = []

    def envelope(self, payer: Payer, on: date) -> Envelope:
        self.controls += 1
        return Envelope(
            sender_id="ELMST", receiver_id=payer.payer_id, interchange=self.controls, group=self.controls,
            created=datetime(on.year, on.month, on.day, 17),
        )  # fmt: skip

    def batch(self, *claims: Claim, on: date = ON) -> tuple[str, bytes]:
        payer = claims[0].payer
        envelope = self.envelope(payer, on)
        return "batch.837", write_837p(claims, envelope, PRACTICE, payer, f"B{self.controls}")

    def hand_over(self, *files: tuple[str, bytes], on: date = ON) -> list[tuple[str, bytes]]:
        """Through JSON each time, as the office keeps it."""
        state = msgspec.json.decode(msgspec.json.encode(self.state), type=State)
        out, after = answer(self.book, state, list(files), on)
        assert msgspec.json.encode(state) == msgspec.json.encode(self.state), "the state given must not change"
        self.state = after
        self.files += out
        return out

    def send(self, *claims: Claim, on: date = ON) -> list[ClaimAck]:
        out = self.hand_over(self.batch(*claims, on=on), on=on)
        return [ack for name, content in out if name.endswith("277CA") for one in read_277ca(content) for ack in one.acks]

    def wait(self, days: int, since: date = ON) -> list[Remittance]:
        """Look every day, as an office does."""
        found = []
        for day in range(1, days + 1):
            found += remittances(self.hand_over(on=since + timedelta(days=day)))
        return found

    def ask(self, person: Person, member_id: str, on: date = ON, insured: Insured | None = None) -> EligibilityAnswer:
        inquiry = EligibilityInquiry(
            payer=NORTH,
            provider=PRACTICE,
            insured=insured or Insured(person=person, member_id=member_id),
            patient=person,
            on=on,
            trace=f"T{self.controls}",
        )
        out = self.hand_over(("ask.270", write_270([inquiry], self.envelope(NORTH, on))), on=on)
        return next(read_271(out[0][1]))


def remittances(files: list[tuple[str, bytes]]) -> list[Remittance]:
    return [one for name, content in files if name.endswith(".835") for one in read_835(content)]


def claims_of(paid: list[Remittance]) -> list[RemitClaim]:
    return [claim for one in paid for claim in one.claims]


Visit = Callable[..., Claim]


@pytest.fixture
def visit() -> Visit:
    """A claim of services as "99213-25 150.00"; what differs by keyword."""

    def make(
        *services: str, control: str = "P1", who: Person = MARIA, member_id: str = "NL000001", on: date = ON, **more: object
    ) -> Claim:
        lines = []
        for number, service in enumerate(services, start=1):
            code, charge, *units = service.split()
            procedure, *modifiers = code.split("-")
            lines.append(
                ServiceLine(
                    number=number,
                    procedure=procedure,
                    modifiers=tuple(modifiers),
                    charge=int(Decimal(charge) * 100),
                    units=Decimal(units[0][1:]) if units else Decimal(1),
                    first_service=on,
                    control_number=f"{control}L{number}",
                )
            )
        given: dict[str, object] = {
            "patient_control_number": control,
            "charge": sum(line.charge for line in lines),
            "place_of_service": "11",
            "billing": PRACTICE,
            "rendering": DOCTOR,
            "payer": NORTH,
            "insured": Insured(person=who, member_id=member_id),
            "patient": who,
            "diagnoses": (Diagnosis(code="M17.11"),),
            "lines": tuple(lines),
            "filing_indicator": "12",
        }
        return Claim(**(given | more))  # type: ignore[arg-type]

    return make
