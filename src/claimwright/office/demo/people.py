"""The demo's families: patients, guarantors, coverages as registered, and members as the payers know them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec

from claimwright.coverage.model import Accumulators
from claimwright.effective import Period, age_on
from claimwright.office.demo import names
from claimwright.office.demo.households import HOUSEHOLDS, Household, Role, plan_of
from claimwright.office.demo.plans import BRONZE, CHOICE, GOLD, HMO, PART_B, PLAN_G, SILVER, STATE, plan
from claimwright.office.demo.practice import CITY, HOME_OF_PROVIDER, PROVIDERS, ZIP
from claimwright.office.demo.practice import STATE as HOME_STATE
from claimwright.office.demo.story import StoryCoverage, StoryPatient
from claimwright.parties import Address, Insured, Person, Sex
from claimwright.payers.sandbox.model import Member

_MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"  # no S L O I B Z (CMS, Understanding the MBI format)
_MBI_PLACES = "1ax0ax0aa00"  # 1: digit from 1; 0: digit; a: letter; x: either


@dataclass
class Draft:
    """A patient while the story is being made."""

    patient: StoryPatient
    members: list[Member]
    notes: list[str] = field(default_factory=list)
    spoken_for: bool = False  # by a trouble that touches every visit of the patient

    @property
    def plan_kind(self) -> str:
        """Of the first coverage."""
        return plan(self.plan_id).kind if self.patient.coverages else "SELF_PAY"

    @property
    def plan_id(self) -> str:
        """Of the first coverage; empty for a patient who pays alone."""
        return self.patient.coverages[0].plan_id if self.patient.coverages else ""

    @property
    def member_id(self) -> str:
        """As the first payer knows it."""
        return self.members[0].insured.member_id if self.members else ""


class People:
    """Makes households until there are enough patients. The same random numbers make the same people."""

    def __init__(self, chance: random.Random, today: date, year: Period) -> None:
        self.chance = chance
        self.year = year
        self.today = today
        self.drafts: list[Draft] = []
        self._ids: set[str] = set()
        self._named: set[tuple[str, str]] = set()
        self._households = 0

    def make(self, patients: int) -> list[Draft]:
        """At least so many patients: the last household is kept whole."""
        while len(self.drafts) < patients:
            self._household(HOUSEHOLDS[self._households % len(HOUSEHOLDS)], first=self._households < len(HOUSEHOLDS))
            self._households += 1
        return self.drafts

    def _household(self, household: Household, first: bool) -> None:
        last = self.chance.choice(names.LAST)
        address = self._address()
        phone = f"{self.chance.choice(names.AREA_CODES)}55501{self.chance.randrange(100):02d}"
        people = [self._person(last, role, address, phone, first) for role in household.roles]
        cards = {policy: self._card(plan_of(policy), people[holder]) for policy, holder in household.policies}
        provider = self.chance.randrange(len(PROVIDERS))
        number = self._households + 1
        for place, (role, person) in enumerate(zip(household.roles, people, strict=True)):
            if not role.patient:
                continue
            guarantor = people[role.guarantor]
            coverages, members = [], []
            for order, policy in enumerate(self._in_order(role, household, people), 1):
                plan_id = plan_of(policy)
                relationship = "18" if household.holder(policy) == place else role.relationship
                insured = msgspec.structs.replace(cards[policy], relationship=relationship)
                period = Period(start=max(self.year.start, person.birth or self.year.start))
                coverages.append(StoryCoverage(plan_id=plan_id, insured=insured, order=order, period=period))
                members.append(self._member(plan_id, insured, person, order, period))
            self.drafts.append(
                Draft(
                    patient=StoryPatient(
                        person=person,
                        mrn=f"MF{10000 + len(self.drafts) * 7 + 31}",
                        guarantor=guarantor,
                        guarantor_key=f"G{number:05d}-{role.guarantor}",
                        coverages=tuple(coverages),
                        email=f"{guarantor.first}.{guarantor.last}{number}@example.com".lower(),
                        provider=provider,
                        location=HOME_OF_PROVIDER[provider],
                    ),
                    members=members,
                )
            )

    def _in_order(self, role: Role, household: Household, people: list[Person]) -> list[str]:
        """A child's plans by the birthday rule: the parent whose birthday is earlier in the year first (NAIC model, 120)."""
        if role.relationship != "19":
            return list(role.covered_by)

        def birthday(policy: str) -> tuple[int, int]:
            born = people[household.holder(policy)].birth
            assert born is not None
            return born.month, born.day

        return sorted(role.covered_by, key=birthday)

    def _person(self, last: str, role: Role, address: Address, phone: str, first_round: bool) -> Person:
        sex: Sex = role.sex if role.sex != "U" else self.chance.choice(("F", "M"))
        pool = names.FEMALE if sex == "F" else names.MALE
        given = self.chance.choice(pool)
        while (given, last) in self._named:
            given = f"{self.chance.choice(pool)}"
            if self.chance.random() < 0.2:  # thousands of people: allow a double name
                given = f"{given} {self.chance.choice(pool)}"
        self._named.add((given, last))
        months = role.months if first_round and role.months else ()
        age = self.chance.randint(*(months or (role.youngest * 12, role.oldest * 12)))
        birth = _back(self.today, age, self.chance.randint(1, 28))
        middle = self.chance.choice("ABCDEFGHJKLMNPRST") if self.chance.random() < 0.4 else ""
        return Person(last=last, first=given, middle=middle, birth=birth, sex=sex, address=address, phone=phone)

    def _address(self) -> Address:
        line1 = f"{self.chance.randrange(11, 989)} {self.chance.choice(names.STREETS)}"
        line2 = f"Apt {self.chance.randrange(1, 30)}" if self.chance.random() < 0.25 else ""
        return Address(line1=line1, line2=line2, city=CITY, state=HOME_STATE, zip=ZIP)

    def _card(self, plan_id: str, holder: Person) -> Insured:
        """The subscriber's own card."""
        if plan_id in (GOLD, SILVER, BRONZE, CHOICE, HMO):
            employer = self.chance.choice(names.EMPLOYERS)
            group = f"{self.chance.randrange(100000, 999999)}"
            return Insured(person=holder, member_id=self._member_id(plan_id), group_number=group, group_name=employer)
        return Insured(person=holder, member_id=self._member_id(plan_id))

    def _member_id(self, plan_id: str) -> str:
        while True:
            made = self._one_id(plan_id)
            if made not in self._ids:
                self._ids.add(made)
                return made

    def _one_id(self, plan_id: str) -> str:
        def digits(many: int) -> str:
            return "".join(self.chance.choice("0123456789") for _ in range(many))

        if plan_id == PART_B:
            return "".join(self._mbi_place(place) for place in _MBI_PLACES)
        prefix, many = {HMO: ("H", 8), CHOICE: ("SR", 8), PLAN_G: ("OOL", 7), STATE: ("", 12)}.get(plan_id, ("NLM", 9))
        return prefix + digits(many)

    def _mbi_place(self, place: str) -> str:
        letters, digits = _MBI_LETTERS, "0123456789"
        return self.chance.choice({"1": digits[1:], "0": digits, "a": letters, "x": letters + digits}[place])

    def _member(self, plan_id: str, insured: Insured, person: Person, order: int, period: Period) -> Member:
        terms = plan(plan_id)
        used = Accumulators()
        if terms.deductible:
            part = self.chance.choice((0, 20, 45, 70, 90, 100, 100))
            met = terms.deductible * part // 10000 * 100
            out = met + self.chance.randrange(0, 40) * 1000 if part == 100 and terms.out_of_pocket_max else met
            used = Accumulators(deductible=met, family_deductible=met, out_of_pocket=out)
        elif terms.out_of_pocket_max:
            used = Accumulators(out_of_pocket=self.chance.randrange(0, 30) * 1000)
        return Member(insured=insured, patient=person, plan_id=plan_id, order=order, period=period, used=used)


def _back(today: date, months: int, day: int) -> date:
    total = today.year * 12 + today.month - 1 - months
    born = date(total // 12, total % 12 + 1, day)
    return born if born <= today - timedelta(days=30) else today - timedelta(days=45)


def age(draft: Draft, on: date) -> int:
    """The patient's age on a day."""
    assert draft.patient.person.birth is not None
    return age_on(draft.patient.person.birth, on)
