"""The demo practice as data: no database, no clock; `build(seed, patients, today)` in `cast.py` makes it."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Literal

from claimwright.charges.model import ChargeMasterRow
from claimwright.claims.model import Drug
from claimwright.coding.model import Document
from claimwright.coverage.model import Authorization, Plan
from claimwright.effective import Period
from claimwright.parties import Address, Insured, Payer, Person, Provider, Struct
from claimwright.payers.sandbox.model import Behaviour, Member
from claimwright.pricing.model import Contract


class StoryLocation(Struct):
    name: str
    npi: str
    address: Address
    clia: str = ""
    locality: str = "00"


class StoryProvider(Struct):
    provider: Provider
    credential: str
    enrolled: Period


class StoryCoverage(Struct):
    plan_id: str
    insured: Insured
    order: int
    period: Period
    referral_number: str = ""


class StoryPatient(Struct):
    person: Person
    mrn: str
    guarantor: Person
    guarantor_key: str  # same key, same guarantor
    coverages: tuple[StoryCoverage, ...]
    authorizations: tuple[Authorization, ...] = ()
    history: str = ""
    therapies: str = ""
    email: str = ""
    provider: int = 0
    location: int = 0


class StoryService(Struct):
    """A service as the scripted coder enters it."""

    procedure: str
    diagnosis_codes: tuple[str, ...]
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    drug: Drug | None = None


class StoryVisit(Struct):
    """One visit. `stop` leaves it waiting there, so that each workbench has work."""

    patient: int
    provider: int
    location: int
    on: date
    start: time
    reason: str
    documents: tuple[Document, ...] = ()
    diagnoses: tuple[str, ...] = ()
    services: tuple[StoryService, ...] = ()
    setting: Literal["office", "telehealth"] = "office"
    new_patient: bool = False
    stop: Literal["", "scheduled", "to code", "query", "held"] = ""
    trouble: tuple[str, ...] = ()  # names from trouble.py
    query: str = ""  # the question the coder asks
    query_answer: str = ""
    sent_on: date | None = None  # when the batch goes, if later than usual (late filing)
    note: str = ""  # key of the note behind the documents
    corrected_diagnoses: tuple[str, ...] = ()  # what the biller changes after the hold or the denial; empty: unchanged
    corrected_services: tuple[StoryService, ...] = ()
    corrected_member_id: str = ""  # what the front desk finds on the card after the rejection


class Login(Struct):
    username: str
    first: str
    last: str
    role: str


class Story(Struct):
    """Everything the demo needs."""

    practice: Provider  # billing provider, with address and EIN
    submitter_id: str
    locations: tuple[StoryLocation, ...]
    providers: tuple[StoryProvider, ...]
    payers: tuple[Payer, ...]
    plans: tuple[Plan, ...]
    contracts: tuple[Contract, ...]  # as the practice signed them
    payer_contracts: tuple[Contract, ...]  # as the payers apply them
    charge_master: tuple[ChargeMasterRow, ...]
    labels: dict[str, str]  # our own words for each procedure code
    patients: tuple[StoryPatient, ...]
    visits: tuple[StoryVisit, ...]
    members: tuple[Member, ...]
    behaviours: tuple[Behaviour, ...]
    logins: tuple[Login, ...]
    today: date
