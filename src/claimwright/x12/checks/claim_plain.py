"""Plain 837 claims: held as they came, and let go where it is plain that no rule of claims can find anything.

Never milder than those rules, which alone know what is wrong: what is rare (another payer, dates of the claim's own) is no
plain claim, and a plain one that is not surely without flaw is judged by them as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from claimwright.x12.checks.claim_loops import sites_of
from claimwright.x12.checks.claim_money import money
from claimwright.x12.checks.diagnoses import ICD10_BEGAN, icd10_flaw
from claimwright.x12.checks.rules import RawSection
from claimwright.x12.checks.situations import Watch, arises
from claimwright.x12.stretches import Course, Part
from claimwright.x12.tokens import Segment
from claimwright.x12.values import date8

_DECIDED = frozenset({"2320", "2330B", "2430"})  # by other payers
_MOST = 1000  # stretches of one claim


class Plan:
    """Where the rules look in the stretches of one course (-1: nowhere)."""

    __slots__ = ("birth", "charge_at", "claim", "control", "course", "diagnoses", "name", "number", "plain", "pointers_at",
                 "policy", "served", "service", "watched")  # fmt: skip

    def __init__(self, course: Course, transaction: str) -> None:
        self.course = course
        parts = {part.loop: part for part in reversed(course.sections)}

        def at(loop: str, name: str) -> int:
            part = parts.get(loop)
            return part.begin + part.where[name][0] if part is not None and name in part.where else -1

        self.policy, self.name = at("2000B", "SBR"), at("2010BA", "NM1")
        self.birth = at("2010CA" if course.begins == "2000C" else "2010BA", "DMG")
        self.claim, self.diagnoses = at("2300", "CLM"), at("2300", "HI")
        self.number, self.served, self.control = at("2400", "LX"), at("2400", "DTP*472"), at("2400", "REF*6R")
        self.service, self.charge_at, self.pointers_at = -1, 0, 0
        if line := parts.get("2400"):
            sites = sites_of(transaction, line.loop, line.where)
            self.charge_at, self.pointers_at = sites.charge_at, sites.pointers_at
            self.service = line.begin + sites.service if sites.service >= 0 else -1
        first = next((place for place, part in enumerate(course.sections) if part.loop in ("2300", "2400")), len(course.sections))
        self.watched: tuple[tuple[Watch, int], ...] = tuple([
            (watch, part.begin + place)
            for part in course.sections[first:]
            for watch, places in sites_of(transaction, part.loop, part.where).watched
            for place in places
        ])  # fmt: skip
        self.plain = _DECIDED.isdisjoint(parts) and self._is_plain(parts)

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
        plain = self.birth >= 0 and "DTP" not in head.where and len(head.where.get("HI", ())) == 1
        return plain and whole and begins in ("2000B", "2000C")


class Held(NamedTuple):
    """A stretch as it came; `line` is its first segment's number in the file."""

    plan: Plan
    line: int
    segments: list[Segment]

    def sections(self) -> Iterator[RawSection]:
        """Its sections, for the rules."""
        for loop, begin, end, where in self.plan.course.sections:
            yield RawSection(loop, self.line + begin, self.segments[begin:end], where)


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
    head, _, rows = own[0]
    days, pointed, controls, total = list[date](), set[str](), list[str](), 0
    try:
        for place, (plan, _, segments) in enumerate(own, 1):
            service, at = segments[plan.service], plan.pointers_at
            day, charge = date8(segments[plan.served][3]), money(service, plan.charge_at)
            if day is None or charge is None or segments[plan.number][1] != str(place):
                return False
            for watch, watched in plan.watched:
                if arises(watch, segments[watched], separator):
                    return False
            days.append(day)
            total += charge
            pointed.add(service[at] if at < len(service) else "")
            if plan.control >= 0:
                controls.append(segments[plan.control][2])
        birth, charge, on = date8(rows[head.birth][2]), money(rows[head.claim], 2), min(days)
        good = birth is not None and birth <= on and total == charge and _parties(held[0], dependent=own is not held)
    except IndexError:
        return False
    if not good or (today and max(days) > today) or len(set(controls)) < len(controls):
        return False
    count = _diagnoses(rows[head.diagnoses], on, separator)
    return count > 0 and all(one == "1" or _within(one, count, separator) for one in pointed)


def _parties(subscriber: Held, dependent: bool) -> bool:
    """Whether the claim goes to the first payer, and the subscriber is the patient unless there is another."""
    plan, _, segments = subscriber
    policy, name = segments[plan.policy], segments[plan.name]
    if policy[1] != "P" or dependent is (policy[2] == "18"):
        return False
    return dependent or name[2] != "1" or bool(name[9])


def _diagnoses(segment: Segment, on: date, separator: str) -> int:
    """How many diagnoses there are, which all are codes on the day; 0 where anything is doubtful."""
    codes = set[str]()
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


_NUMBERS = tuple(str(number) for number in range(1, 13))
