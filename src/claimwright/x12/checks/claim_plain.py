"""Plain 837 claims: held as they came, and let go where it is plain that no rule of claims can find anything.

Never milder than those rules, which alone know what is wrong: what is rare (two other payers, two of HI) is no plain claim, and
a plain one that is not surely without flaw is judged by them as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from claimwright.x12.checks.claim_loops import sites_of
from claimwright.x12.checks.claim_money import adjusted, money
from claimwright.x12.checks.diagnoses import ICD10_BEGAN, icd10_flaw
from claimwright.x12.checks.rules import RawSection
from claimwright.x12.checks.situations import Watch, arises, is_met
from claimwright.x12.stretches import Course, Part
from claimwright.x12.tokens import Segment
from claimwright.x12.values import date8

_PAYERS = ("2320", "2330B")  # another payer, and its name
_MOST = 1000  # stretches of one claim
_SEVERAL_DAYS = frozenset({"DTP*434", "DTP*472"})  # of the claim, which are judged with other days than the first


class OtherAt(NamedTuple):
    """Where another payer's turn, payment (-1: nowhere), adjustments and name stand in a stretch."""

    policy: int
    paid: int
    adjustments: tuple[int, ...]
    name: int

    @classmethod
    def of(cls, payer: Part, named: Part) -> OtherAt:
        """From its two loops."""
        where = payer.where
        paid = payer.begin + where["AMT*D"][0] if "AMT*D" in where else -1
        adjustments = tuple([payer.begin + at for at in where.get("CAS", ())])
        return cls(payer.begin + where["SBR"][0], paid, adjustments, named.begin + named.where["NM1"][0])


class DecidedAt(NamedTuple):
    """Where another payer's decision of a line, and what it took off, stand in a stretch."""

    service: int
    adjustments: tuple[int, ...]

    @classmethod
    def of(cls, part: Part) -> DecidedAt:
        """From its loop."""
        return cls(part.begin + part.where["SVD"][0], tuple([part.begin + at for at in part.where.get("CAS", ())]))


class Plan:
    """Where the rules look in the stretches of one course (-1: nowhere)."""

    __slots__ = ("admitted", "birth", "charge_at", "claim", "control", "course", "dated", "decided", "diagnoses", "discharged",
                 "name", "number", "other", "plain", "pointers_at", "policy", "served", "service", "watched")  # fmt: skip

    def __init__(self, course: Course, transaction: str) -> None:
        self.course = course
        parts = {part.loop: part for part in reversed(course.sections)}

        def at(loop: str, name: str) -> int:
            part = parts.get(loop)
            return part.begin + part.where[name][0] if part is not None and name in part.where else -1

        self.policy, self.name = at("2000B", "SBR"), at("2010BA", "NM1")
        self.birth = at("2010CA" if course.begins == "2000C" else "2010BA", "DMG")
        self.claim, self.diagnoses = at("2300", "CLM"), at("2300", "HI")
        head = parts.get("2300")
        self.admitted, self.discharged = at("2300", "DTP*435"), at("2300", "DTP*096")
        dated = [head.begin + place for place in head.where.get("DTP", ())] if head else []
        self.dated = tuple([place for place in dated if place != self.discharged])
        self.number, self.served, self.control = at("2400", "LX"), at("2400", "DTP*472"), at("2400", "REF*6R")
        self.service, self.charge_at, self.pointers_at = -1, 0, 0
        if line := parts.get("2400"):
            sites = sites_of(transaction, line.loop, line.where)
            self.charge_at, self.pointers_at = sites.charge_at, sites.pointers_at
            self.service = line.begin + sites.service if sites.service >= 0 else -1
        first = next((place for place, part in enumerate(course.sections) if part.loop in ("2300", "2400")), len(course.sections))
        self.watched: tuple[tuple[Watch, int, Part], ...] = tuple([
            (watch, part.begin + place, part)
            for part in course.sections[first:]
            for watch, places in sites_of(transaction, part.loop, part.where).watched
            for place in places
        ])  # fmt: skip
        self.other = OtherAt.of(parts["2320"], parts["2330B"]) if parts.keys() >= {*_PAYERS} else None
        loops = [part.loop for part in course.sections]
        self.decided = tuple([DecidedAt.of(part) for part in course.sections if part.loop == "2430"])  # by line adjudication
        others = [loops.count(loop) for loop in _PAYERS]
        self.plain = others in ([0, 0], [1, 1]) and self._is_plain(parts)

    def _is_plain(self, parts: dict[str, Part]) -> bool:
        """Whether all is there that the rules ask of every claim, and nothing of which they ask more."""
        begins, head = self.course.begins, parts.get("2300")
        whole = min(self.number, self.served, self.service) >= 0
        if begins == "2400":
            return whole
        if begins == "2000B" and min(self.policy, self.name) < 0:
            return False
        if head is None:
            return begins == "2000B" and "2400" not in parts
        if begins == "2000B" and not {"N3", "N4"} <= parts["2010BA"].where.keys():
            return False
        plain = self.birth >= 0 and _SEVERAL_DAYS.isdisjoint(head.where) and len(head.where.get("HI", ())) == 1
        return plain and whole and begins in ("2000B", "2000C")


class Held(msgspec.Struct, frozen=True, gc=False):
    """A stretch as it came; `line` is its first segment's number in the file."""

    plan: Plan
    line: int
    segments: list[Segment]

    def sections(self) -> Iterator[RawSection]:
        """Its sections, for the rules."""
        for part in self.plan.course.sections:
            yield self.section(part)

    def section(self, part: Part) -> RawSection:
        """One of its sections."""
        return RawSection(part.loop, self.line + part.begin, self.segments[part.begin : part.end], part.where)


def plan_of(course: Course, transaction: str) -> Plan:
    """What is to be known of a course, worked out once."""
    if course.noted is None:
        course.noted = Plan(course, transaction)
    found: Plan = course.noted
    return found


def goes_on(held: Sequence[Held], begins: str) -> bool:
    """Whether a stretch that begins so goes on with what is held: a subscriber, perhaps a patient, a claim, and its lines."""
    if not held or len(held) >= _MOST:
        return not held and begins == "2000B"
    return begins == ("2000C" if held[-1].plan.number < 0 else "2400")


def number_of(held: Sequence[Held]) -> str:
    """The control number of the claim that is held, empty where none is."""
    one = held[1] if held[0].plan.claim < 0 and len(held) > 1 else held[0]
    return one.segments[one.plan.claim][1][:38] if one.plan.claim >= 0 else ""


def flawless(held: Sequence[Held], separator: str, today: date | None) -> bool:
    """Whether surely no rule finds anything in a plain claim, its subscriber and its patient."""
    own = held if held[0].plan.claim >= 0 else held[1:]
    head, rows, place, total, paid, decided = own[0].plan, own[0].segments, 0, 0, 0, False
    days: list[date] = []
    pointed: list[str] = []
    controls: list[str] = []
    try:
        for one in own:
            place, plan, segments = place + 1, one.plan, one.segments
            service, at = segments[plan.service], plan.pointers_at
            day, charge = date8(segments[plan.served][3]), money(service, plan.charge_at)
            if day is None or charge is None or segments[plan.number][1] != str(place):
                return False
            if plan.watched and not _situations_met(one, separator):
                return False
            days.append(day)
            total += charge
            if 0 < at < len(service) and service[at] != "1":
                pointed.append(service[at])
            if plan.control >= 0:
                controls.append(segments[plan.control][2])
            if plan.decided:
                decided, by_line = True, _decided(plan, segments, charge, own[0])
                if by_line is None:
                    return False
                paid += by_line
        birth, on = date8(rows[head.birth][2]), min(days)
        if birth is None or birth > on or money(rows[head.claim], 2) != total or not _parties(held[0], own[0], own is not held):
            return False
        if not all([(day := date8(rows[at][3])) is not None and day <= on for at in head.dated]):
            return False
        if head.discharged >= 0 and not _stay_in_order(head, rows):
            return False
        if head.other is not None and not _other_paid(head.other, rows, paid if decided else total, decided):
            return False
    except IndexError:
        return False
    if (today and max(days) > today) or (len(controls) > 1 and len(set(controls)) < len(controls)):
        return False
    count = _diagnoses(rows[head.diagnoses], on, separator)
    return count > 0 and (not pointed or all([_within(one, count, separator) for one in pointed]))


def _stay_in_order(head: Plan, rows: list[Segment]) -> bool:
    """Whether the patient was discharged on a day, and not before the admission."""
    discharged = date8(rows[head.discharged][3])
    admitted = date8(rows[head.admitted][3]) if head.admitted >= 0 else discharged
    return discharged is not None and admitted is not None and admitted <= discharged


def _situations_met(held: Held, separator: str) -> bool:
    """Whether what its situations require is there."""
    for watch, place, part in held.plan.watched:
        segment = held.segments[place]
        for situation, _ in arises(watch, segment, separator):
            if not is_met(situation, segment, held.section(part), separator):
                return False
    return True


def _parties(subscriber: Held, head: Held, dependent: bool) -> bool:
    """Whether the payers have their turns, and the subscriber is the patient unless there is another."""
    plan, segments = subscriber.plan, subscriber.segments
    policy, name, other = segments[plan.policy], segments[plan.name], head.plan.other
    if dependent is (policy[2] == "18"):
        return False
    if policy[1] != "P" or other is not None:
        turn = head.segments[other.policy][1] if other is not None else ""
        if (policy[1], turn) not in _TURNS or (len(policy) > 9 and policy[9] == "MB" and policy[1] != "P"):
            return False
    return dependent or name[2] != "1" or bool(name[9])


def _decided(plan: Plan, segments: list[Segment], charge: int, head: Held) -> int | None:
    """What the other payer paid of a line, where that and what it took off make the charge; None where anything is doubtful."""
    if head.plan.other is None:
        return None
    payer, total, paid = head.segments[head.plan.other.name][9], 0, 0
    for place, adjustments in plan.decided:
        service = segments[place]
        amount, taken = money(service, 2), adjusted(segments[at] for at in adjustments)
        if service[1] != payer or amount is None or taken is None:
            return None
        paid += amount
        total += amount + taken
    return paid if payer and total == charge else None


def _other_paid(other: OtherAt, rows: list[Segment], decided: int, by_line: bool) -> bool:
    """Whether what the other payer paid of the claim is what was decided less what it took off."""
    paid, taken = money(rows[other.paid], 2) if other.paid >= 0 else None, adjusted(rows[at] for at in other.adjustments)
    if taken is None or not rows[other.name][9]:
        return False
    return not by_line if other.paid < 0 else paid == decided - taken


def _diagnoses(segment: Segment, on: date, separator: str) -> int:
    """How many diagnoses there are, which all are codes on the day; 0 where anything is doubtful."""
    codes: set[str] = set()
    for composite in segment[1:]:
        qualifier, _, code = composite.partition(separator)
        if qualifier not in ("ABK", "ABF") or on < ICD10_BEGAN or not code or icd10_flaw(code, on) is not None:
            return 0
        codes.add(code)
    return len(codes) if len(codes) == len(segment) - 1 else 0


@lru_cache(maxsize=4096)
def _within(pointers: str, count: int, separator: str) -> bool:
    """Whether pointers, if there are any, name different diagnoses of so many."""
    given = pointers.split(separator)
    return not pointers or (len(set(given)) == len(given) and all(one in _NUMBERS[:count] for one in given))


_TURNS = frozenset({("P", "S"), ("P", "T"), ("S", "P")})  # the claim's payer, and the other
_NUMBERS = tuple(str(number) for number in range(1, 13))
