"""Whom the payer insures: finding a member, and what is used of the plan year."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from claimwright.coverage.model import Accumulators, Plan
from claimwright.parties import Person
from claimwright.payers.sandbox.model import Book, Member
from claimwright.payers.sandbox.state import State

# AAA03 reasons when nobody is found (271), which also say what a claim got wrong.
UNKNOWN, BAD_FORM, WRONG_NAME, WRONG_BIRTH = "75", "72", "73", "71"


def plans_of(book: Book, payer_id: str) -> dict[str, Plan]:
    """The payer's plans by id."""
    return {plan.plan_id: plan for plan in book.plans if plan.payer.payer_id == payer_id}


def find_member(book: Book, payer_id: str, member_id: str, person: Person, on: date) -> Member | str:
    """The member with this id, birth date and name, or the reason (AAA03) why there is none."""
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
    held = (m for m in book.members if m.plan_id == plan_id and m.patient.birth == person.birth and m.period.covers(on))
    return next((m for m in held if _name(m.patient) == _name(person)), None)


def key_of(member: Member) -> str:
    """Names a member of a plan in the state."""
    return f"{family_of(member)}:{member.patient.birth}:{_plain(member.patient.first)}"


def family_of(member: Member) -> str:
    """Names the policy that a family shares."""
    return f"{member.plan_id}:{member.insured.member_id}"


def used_by(state: State, member: Member) -> Accumulators:
    """What the member, and the family, used of the year so far."""
    own = state.members.get(key_of(member), member.used)
    family = max(state.families.get(family_of(member), 0), member.used.family_deductible, own.deductible)
    return Accumulators(deductible=own.deductible, family_deductible=family, out_of_pocket=own.out_of_pocket)


def use(state: State, member: Member, used: Accumulators) -> None:
    """Set where the member's year stands."""
    state.members[key_of(member)] = Accumulators(deductible=used.deductible, out_of_pocket=used.out_of_pocket)
    state.families[family_of(member)] = used.family_deductible


def difference(after: Accumulators, before: Accumulators) -> Accumulators:
    """What one decision added."""
    return Accumulators(
        deductible=after.deductible - before.deductible,
        family_deductible=after.family_deductible - before.family_deductible,
        out_of_pocket=after.out_of_pocket - before.out_of_pocket,
    )


def _name(person: Person) -> tuple[str, str]:
    return _plain(person.last), _plain(person.first)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z]", "", letters.upper())
