"""Plain professional claims, read straight from their stretches: each comes with its own subscriber, as most claims do.

Where the segments stand is worked out once for a course; only other payers and what is beneath a line are laid in slots. What
they mean is said where it is said of all claims (claim_head, line_reading, values). A claim that comes otherwise, or cannot be
read, is left to the reader by branches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.parties import Payer, Provider
from claimwright.x12.branches import Laid, Located, Plan, Slots, slots_of
from claimwright.x12.claim_head import CLAIM_FIELDS, ROLES, Head, diagnoses_in, give_clia, payer_of, with_parties
from claimwright.x12.line_reading import LineReader, address_in, other_payer, professional_service, provider_in
from claimwright.x12.located import value
from claimwright.x12.stretches import Stretch
from claimwright.x12.tokens import Delimiters, Segment
from claimwright.x12.values import address_of, person_of

Pick = Callable[[Sequence[Segment]], Any]
"""Takes segments from those of a stretch by their places; -1 is the last one, which is empty, for one that is not there."""

_LEVELS = frozenset({"2000B", "2010BA", "2010BB", "2000C", "2010CA"})
_PLAIN = ("2300", "2310", "2320", "2330", "2400", "2410", "2420", "2430")
_PERSON = ("NM1", "DMG", "N3", "N4")
_NONE: Segment = []
_MOST = 1000  # stretches of one claim


class Places:
    """Where the segments of a plain stretch stand."""

    __slots__ = ("begins", "beneath", "casualty", "claim", "clia", "diagnoses", "fields", "follows", "line", "lined", "loops",
                 "others", "own_loops", "patient", "payer", "providers", "said", "subscriber")  # fmt: skip

    def __init__(self, loops: Sequence[Laid]) -> None:
        first = {loop: dict(ones) for _, loop, _, ones, _ in reversed(loops)}
        head = first.get("2300", {})
        self.begins = loops[0][1]
        self.follows = "2400" if "2400" in first else "2000C"  # what goes on with it
        self.subscriber = _pick(first, ("2000B", "SBR"), *_of("2010BA", *_PERSON))
        self.payer = next((_Repeated(loops, at) for at, laid in enumerate(loops) if laid[1] == "2010BB"), None)
        self.patient = _pick(first, ("2000C", "PAT"), *_of("2010CA", *_PERSON))
        self.line = _pick(first, *_of("2400", "LX", "SV1", "DTP*472", "REF*6R", "REF*X4"))
        self.casualty = first.get("2010BA" if self.begins == "2000B" else "2010CA", {}).get("REF*Y4", -1)
        self.claim, self.clia = head.get("CLM", -1), head.get("REF*X4", -1)
        self.said = head.get("DTP*472", head.get("DTP*434", -1))
        self.fields = [(place, *CLAIM_FIELDS[slot]) for slot, place in head.items() if slot in CLAIM_FIELDS]
        self.diagnoses = [place for _, _, _, _, several in loops for slot, places in several if slot == "HI" for place in places]
        self.providers = [_Repeated(loops, at) for at, laid in enumerate(loops) if laid[1].startswith("2310")]
        self.loops = [(loop, at) for _, loop, at, _, _ in loops if loop not in _LEVELS]
        self.own_loops = tuple([(loop, at - self.claim) for loop, at in self.loops])  # from the claim's first segment
        self.lined = next((laid for laid in loops if laid[1] == "2400"), None)
        self.beneath = [laid for laid in loops if laid[1] > "2400"]
        self.others: list[list[Laid]] = []
        for laid in loops:
            if laid[1] == "2320":
                self.others.append([laid])
            elif laid[1][:4] == "2330":
                self.others[-1].append(laid)


class Held(msgspec.Struct, frozen=True, gc=False):
    """A plain stretch as it came."""

    places: Places
    plan: Plan
    stretch: Stretch


def places_of(plan: Plan) -> Places | None:
    """The places of a plan whose stretches are plain, worked out once."""
    if plan.noted is None:
        plan.noted = (Places(plan.loops) if _is_plain(plan) else None,)
    found: Places | None = plan.noted[0]
    return found


def goes_on(held: Sequence[Held], places: Places) -> bool:
    """Whether a stretch goes on with what is held."""
    return 0 < len(held) < _MOST and places.begins == held[-1].places.follows


def claim_of(held: Sequence[Held], billed: Claim, marks: Delimiters) -> Claim:
    """The claim that is held; `billed` says who bills. Raises UnreadableError."""
    at, stretch, own = held[0].places, held[0].stretch, held
    segments, separator, component = [*stretch.segments, _NONE], marks.element, marks.component
    policy, name, birth, street, place = at.subscriber(segments)
    patient = holder = person_of(name, birth, address_of(street, place))
    payer = _payer(separator, at.payer.slots, *stretch.rows[at.payer.rows]) if at.payer is not None else payer_of(_NONE, None)
    relationship = "18"
    if at.claim < 0:
        own = held[1:]
        at, stretch = own[0].places, own[0].stretch
        segments = [*stretch.segments, _NONE]
        level, who, birth, street, place = at.patient(segments)
        patient, relationship = person_of(who, birth, address_of(street, place)), value(level, 1)
    named = with_parties(billed, policy, holder, name, payer, patient, relationship)
    head = Head(segments[at.claim], component)
    more = head.cause(component)
    for one in at.providers:
        role, provider = _provider(separator, one.slots, *stretch.rows[one.rows])
        if role and role not in more:
            more[role] = provider
    reader = LineReader(component, head.facility, segments[at.said])
    lines: list[ServiceLine] = []
    decided: list[Located] = []
    for number, held_line in enumerate(own, 1):
        line, rows = held_line.places, segments if number == 1 else [*held_line.stretch.segments, _NONE]
        if line.beneath and line.lined:
            below = _located(line.beneath, rows)
            lines.append(reader.line(number, slots_of(line.lined, rows), below))
            decided += below
        else:
            lx, service, dated, control, clia = line.line(rows)
            lines.append(reader.stated(number, professional_service(service), lx, dated, control, clia))
    if at.others:
        more["other_payers"] = tuple([other_payer(_located(loops, segments), decided) for loops in at.others])
    for place, field, element, read in at.fields:
        more[field] = read(segments[place], element)
    if at.casualty >= 0:
        more["property_casualty_number"] = value(segments[at.casualty], 2)
    if at.clia >= 0:
        give_clia(more, billed.billing, value(segments[at.clia], 2))
    diagnoses = _diagnoses(separator, component, *[stretch.rows[place] for place in at.diagnoses])
    return head.claim(named, diagnoses, tuple(lines), more)


def _is_plain(plan: Plan) -> bool:
    """Whether a stretch is a subscriber's, with a claim or without, a patient's with a claim, or a line."""
    slots = {loop: {slot for slot, _ in ones} for _, loop, _, ones, _ in reversed(plan.loops)}
    if not all(loop in _LEVELS or loop[:4] in _PLAIN for loop in slots):
        return False
    begins, line = plan.loops[0][1], slots.get("2400")
    if line is None:
        return begins == "2000B" and "2300" not in slots
    return "SV1" in line and line.isdisjoint({"SV2", "SV3", "NTE"}) and (begins == "2400") is ("2300" not in slots)


class _Repeated:
    """A loop that comes again and again as it is: the rows that it has, and in which of its slots each is."""

    __slots__ = ("rows", "slots")

    def __init__(self, loops: Sequence[Laid], at: int) -> None:
        _, _, begin, ones, _ = loops[at]
        self.slots = tuple([(slot, place - begin) for slot, place in ones])
        self.rows = slice(begin, loops[at + 1][2] if at + 1 < len(loops) else None)


def _slots(separator: str, slots: tuple[tuple[str, int], ...], rows: tuple[str, ...]) -> Slots:
    return {slot: rows[place].split(separator) for slot, place in slots}


@lru_cache(maxsize=1024)
def _provider(separator: str, slots: tuple[tuple[str, int], ...], *rows: str) -> tuple[str | None, Provider]:
    """Who a 2310 loop names, and the role in the claim: a practice has few doctors, and sends them on with every claim."""
    said = _slots(separator, slots, rows)
    return ROLES.get(value(said.get("NM1", _NONE), 1)), provider_in(said)


@lru_cache(maxsize=1024)
def _diagnoses(separator: str, component: str, *rows: str) -> tuple[Diagnosis, ...]:
    """The diagnoses of a claim's HI."""
    return diagnoses_in([row.split(separator) for row in rows], component)


@lru_cache(maxsize=1024)
def _payer(separator: str, slots: tuple[tuple[str, int], ...], *rows: str) -> Payer:
    """The payer that a 2010BB loop names."""
    said = _slots(separator, slots, rows)
    return payer_of(said.get("NM1", _NONE), address_in(said))


def _located(loops: Sequence[Laid], segments: Sequence[Segment]) -> list[Located]:
    """Loops in slots; where in the file they stand is not asked here."""
    return [(laid[1], 0, slots_of(laid, segments)) for laid in loops]


def _of(loop: str, *slots: str) -> list[tuple[str, str]]:
    return [(loop, slot) for slot in slots]


def _pick(first: dict[str, dict[str, int]], *wanted: tuple[str, str]) -> Pick:
    """What takes the segments of these loops and slots."""
    return itemgetter(*[first.get(loop, {}).get(slot, -1) for loop, slot in wanted])
