"""Whom the payer insures: finding a member, and what is used of the plan year."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from itertools import accumulate

import msgspec

from claimwright.claims.model import Claim
from claimwright.coverage.model import Accumulators, Plan
from claimwright.parties import Insured, Payer, Person
from claimwright.payers.sandbox.habits import chance
from claimwright.payers.sandbox.model import ANY, Book, Member
from claimwright.payers.sandbox.state import State

# AAA03 reasons when nobody is found (271), which also say what a claim got wrong.
UNKNOWN, BAD_FORM, WRONG_NAME, WRONG_BIRTH = "75", "72", "73", "71"


def plans_of(book: Book, payer_id: str) -> dict[str, Plan]:
    """The payer's plans by id."""
    return {plan.plan_id: plan for plan in book.plans if plan.payer.payer_id in (payer_id, ANY)}


def payer_of(book: Book, named: Payer) -> Payer:
    """The payer that a claim names, as the book knows it; one that answers for any payer tells where it can be asked."""
    known = next((payer for payer in book.payers if payer.payer_id == named.payer_id), None)
    if known:
        return known
    house = next((payer for payer in book.payers if payer.payer_id == ANY), None)
    if house is None:
        return named
    return msgspec.structs.replace(named, address=named.address or house.address, phone=named.phone or house.phone)


def insured_member(book: Book, claim: Claim) -> Member | str:
    """Whom a claim is for."""
    insured = claim.insured
    if not book.any_member:
        return find_member(book, claim.payer.payer_id, insured.member_id, claim.patient, claim.first_service)
    order = 1 if claim.responsibility in "PU" else 2
    return anybody(book, claim.payer.payer_id, insured, claim.patient, claim.first_service, claim.filing_indicator, order)


def anybody(
    book: Book, payer_id: str, insured: Insured, patient: Person, on: date, filing: str = "", order: int = 1
) -> Member | str:
    """A member of the plan that takes this kind of policy, else of one of the others by chance."""
    plans = plans_of(book, payer_id)
    if not plans or not insured.member_id:
        return UNKNOWN
    plan_id = next((plan_id for plan_id in plans if filing in book.filings.get(plan_id, ())), "") or _any_plan(
        book, [plan_id for plan_id in plans if plan_id not in book.filings] or list(plans), insured.member_id
    )
    period = plans[plan_id].period
    return Member(insured=insured, patient=patient, plan_id=plan_id, order=order, period=period, year=on.year)


def _any_plan(book: Book, plan_ids: list[str], member_id: str) -> str:
    parts = [book.shares.get(plan_id, 1) for plan_id in plan_ids]
    drawn = chance(book.seed, "plan", member_id.upper()) % sum(parts)
    ends = accumulate(parts)
    return next(plan_id for plan_id, end in zip(plan_ids, ends, strict=True) if drawn < end)


def find_member(
    book: Book, payer_id: str, member_id: str, person: Person, on: date, insured: Insured | None = None
) -> Member | str:
    """The member with this id, birth date and name, or the reason (AAA03) why there is none."""
    if book.any_member:
        found = insured or Insured(person=person, member_id=member_id)
        return anybody(book, payer_id, msgspec.structs.replace(found, member_id=member_id), person, on)
    plans = plans_of(book, payer_id)
    same_id = [m for m in book.members if m.plan_id in plans and m.insured.member_id.upper() == member_id.strip().upper()]
    if not same_id:
        patterns = [plan.member_id_pattern for plan in plans.values() if plan.member_id_pattern]
        fits = not patterns or any(re.fullmatch(pattern, member_id.strip()) for pattern in patterns)
        return UNKNOWN if fits else BAD_FORM
    same_birth = [m for m in same_id if m.patient.birth == person.birth]
    if not same_birth:
        return WRONG_BIRTH
    same_name = [m for m in same_birth if _name(m.patient) == _name(person)]
    if not same_name:
        return WRONG_NAME
    held = [m for m in same_name if m.period.covers(on)]
    return max(held or same_name, key=lambda m: m.period.start)


def member_of_plan(book: Book, plan_id: str, person: Person, on: date) -> Member | None:
    """The same person under another plan: whom a claim crosses over to."""
    if book.any_member:
        return None
    held = (m for m in book.members if m.plan_id == plan_id and m.patient.birth == person.birth and m.period.covers(on))
    return next((m for m in held if _name(m.patient) == _name(person)), None)


def key_of(member: Member) -> str:
    """Names a member of a plan in the state."""
    return f"{family_of(member)}:{member.patient.birth}:{_plain(member.patient.first)}"


def family_of(member: Member) -> str:
    """Names the policy that a family shares."""
    policy = f"{member.plan_id}:{member.insured.member_id}"
    return f"{policy}:{member.year}" if member.year else policy


def used_by(state: State, member: Member) -> Accumulators:
    """What the member, and the family, used of the year so far."""
    own = state.members.get(key_of(member), member.used)
    family = max(state.families.get(family_of(member), 0), member.used.family_deductible, own.deductible)
    spent = max(state.family_spent.get(family_of(member), 0), member.used.family_out_of_pocket, own.out_of_pocket)
    apart = own.apart | state.family_apart.get(family_of(member), {})
    return msgspec.structs.replace(own, family_deductible=family, family_out_of_pocket=spent, apart=apart)


def use(state: State, member: Member, used: Accumulators) -> None:
    """Set where the member's year stands."""
    of_family = used.apart_of_family
    own = {name: amount for name, amount in used.apart.items() if name not in of_family}
    state.members[key_of(member)] = msgspec.structs.replace(used, family_deductible=0, family_out_of_pocket=0, apart=own)
    if of_family or family_of(member) in state.family_apart:
        state.family_apart[family_of(member)] = of_family
    state.families[family_of(member)] = used.family_deductible
    state.family_spent[family_of(member)] = used.family_out_of_pocket


def _name(person: Person) -> tuple[str, str]:
    return _plain(person.last), _plain(person.first)


@lru_cache(4096)
def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z]", "", letters.upper())
