"""The 277CA that a received 837 is answered with: every claim of the accepted sets, taken or refused by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import msgspec

from claimwright.parties import Payer, Provider
from claimwright.x12.acknowledge import Again, Blame, Receipt, wound_back
from claimwright.x12.claim_acknowledgement import Answers, ClaimAck, ClaimAcks, LineAck, Status, stream_277ca, survey
from claimwright.x12.envelope import Envelope
from claimwright.x12.located import Place, Section, sections, value
from claimwright.x12.outline import Route
from claimwright.x12.tokens import Segment
from claimwright.x12.values import UnreadableError, amount, dates, quantity
from claimwright.x12.verdicts import statuses

_CLAIMS = frozenset({"837P", "837I", "837D"})
_LEVELS = ("HEADER", "2000A", "2000B", "2000C")  # each with the loops under it, up to the claim
_PARTIES = {"2000A": "85", "2000B": "IL", "2000C": "QC"}  # whom a level without a name is about
_MOST = 9  # statuses told of one claim or line


class Tally(msgspec.Struct):
    """How many claims a 277CA takes and refuses."""

    accepted: int = 0
    rejected: int = 0


def claim_file(
    source: Again, receipt: Receipt, envelope: Callable[[Route], Envelope], *, answering: str = "PR", tally: Tally | None = None
) -> Iterator[bytes]:
    """The 277CA in pieces: one interchange for each sender of claims, a set in it for each batch. Nothing where no set of
    claims was accepted. Reads the file twice more for each sender; holds one claim at a time."""
    routes = receipt.accepted_sets()
    for route in dict.fromkeys(routes.values()):
        lines = {line for line, one in routes.items() if one == route}

        def answers(lines: set[int] = lines) -> Answers:
            return claim_answers(source, receipt, lines, answering=answering)

        surveyed = survey(answers())
        if surveyed.batches:  # no number is spent on a file that says nothing
            if tally is not None:
                tally.accepted += surveyed.whole.taken
                tally.rejected += surveyed.whole.refused
            yield from stream_277ca(answers, envelope(route), surveyed)


def claim_answers(source: Again, receipt: Receipt, lines: set[int] | None = None, *, answering: str = "PR") -> Answers:
    """Each billing provider's batch, followed by its claims. `lines` (of STs) chooses sets among the accepted ones."""
    chosen = set(receipt.accepted_sets()) if lines is None else lines
    judge = _Judge(receipt.blames, answering)
    inside = False
    for place, section in sections(wound_back(source), _CLAIMS):
        if section.loop == "HEADER":
            inside = section.line in chosen
            judge.begin(section.line)
        if inside:
            yield from judge.take(place, section)


class _Judge:
    """Walks the sets, gathers a claim, and knows which findings are about it."""

    def __init__(self, blames: list[Blame], answering: str) -> None:
        self.blames, self.next = blames, 0
        self.answering = answering
        self.begin(0)

    def begin(self, line: int) -> None:
        """A set begins: what was found before it is no longer of interest."""
        while self.next < len(self.blames) and self.blames[self.next].line < line:
            self.next += 1
        self.level = "HEADER"
        self.above: dict[str, list[tuple[Blame, Section]]] = {level: [] for level in _LEVELS}
        self.names: dict[str, Section] = {}
        self.claim: list[Section] = []
        self.own: list[tuple[Blame, Section]] = []
        self.told: Section | None = None  # the billing provider whose batch was announced

    def take(self, place: Place, section: Section) -> Iterator[ClaimAcks | ClaimAck]:
        """The next section of an accepted set."""
        loop = section.loop.rstrip("+")
        if self.claim and (loop == "2300" or loop in _LEVELS or loop in ("SE", "TRAILER")):
            yield from self._answer(place)
        if loop in _LEVELS:
            self._enter(loop)
        if loop == "2300" or self.claim:
            self.claim.append(section)
        elif loop != "SE":
            self.names[loop] = section
        found = self._found(section)
        if self.claim:
            self.own += found
        else:
            self.above[self.level] += found

    def _enter(self, level: str) -> None:
        """A level begins: what was said of the one before it, and of those under it, is over."""
        self.level = level
        for lower in _LEVELS[_LEVELS.index(level) :]:
            self.above[lower] = []
            for loop in [one for one in self.names if one[:5] in (lower, lower.replace("2000", "2010"))]:
                del self.names[loop]

    def _found(self, section: Section) -> list[tuple[Blame, Section]]:
        found, end = [], section.line + len(section.segments)
        while self.next < len(self.blames) and self.blames[self.next].line < end:
            found.append((self.blames[self.next], section))
            self.next += 1
        return found

    def _name(self, loop: str) -> Segment:
        return self.names[loop].first("NM1") if loop in self.names else []

    def _header(self) -> Segment:
        return self.names["HEADER"].first("BHT") if "HEADER" in self.names else []

    # One claim -----------------------------------------------------------------------------------------------------

    def _answer(self, place: Place) -> Iterator[ClaimAcks | ClaimAck]:
        billing = self.names.get("2010AA", Section("2010AA", 0))
        if self.told is not billing:
            self.told = billing
            yield self._batch(billing)
        yield self._verdict(place.tokens.delimiters.component, place.transaction == "837I")
        self.claim, self.own = [], []

    def _batch(self, billing: Section) -> ClaimAcks:
        submitter, receiver, name = self._name("1000A"), self._name("1000B"), billing.first("NM1")
        header = self._header()
        return ClaimAcks(
            batch=value(header, 3),
            payer=Payer(name=value(receiver, 3), payer_id=value(receiver, 9)),
            provider=Provider(
                npi=value(name, 9) if value(name, 8) == "XX" else "",
                ein=value(billing.first("REF", "EI"), 2),
                name=value(name, 3),
                first=value(name, 4),
                middle=value(name, 5),
                person=value(name, 2) == "1",
            ),
            submitter_name=value(submitter, 3),
            submitter_id=value(submitter, 9),
            source=self.answering,
        )

    def _verdict(self, separator: str, institutional: bool) -> ClaimAck:
        head = self.claim[0]
        clm = head.first("CLM")
        control = value(clm, 1)
        blames = [one for level in _LEVELS for one in self.above[level] if one[0].claim in ("", control[:38])] + self.own
        told = _statuses(blames) or [("A1", "19", self.answering)]
        patient = self._name("2010CA") or self._name("2010BA")
        facility, _, frequency, *_ = [*value(clm, 5).split(separator), "", "", ""]
        first, last = self._days()
        return ClaimAck(
            patient_control_number=control,
            accepted=not blames,
            category=told[0][0],
            status=told[0][1],
            entity=told[0][2],
            also=tuple(told[1:]),
            charge=_cents(clm, 2),
            first_service=first,
            last_service=last,
            message=blames[0][0].message.replace("\u2212", "-") if blames else "",  # X12 knows no other minus
            patient_last=value(patient, 3),
            patient_first=value(patient, 4),
            member_id=value(self._name("2010BA"), 9) or value(patient, 9),
            intermediary_trace=value(head.first("REF", "D9"), 2),
            bill_type=f"{facility}{frequency}" if institutional else "",
            lines=tuple(self._lines(separator)),
        )

    def _days(self) -> tuple[date | None, date | None]:
        """The first and last day of service: of the claim where it says so, else of its lines."""
        head = self.claim[0]
        if own := value(head.first("DTP", "434", "472"), 3):
            return _in_order(dates(own))
        days = [
            one for section in self.claim if section.loop == "2400" for one in dates(value(section.first("DTP", "472"), 3)) if one
        ]
        if not days:
            # X214 asks for a date; a predetermination has none, nor has a claim refused for want of one: the day it was written.
            return dates(value(self._header(), 4))
        return min(days), max(days) if max(days) != min(days) else None

    def _lines(self, separator: str) -> Iterator[LineAck]:
        """The lines that findings stand in."""
        line: Section | None = None
        blamed: dict[int, tuple[Section, list[tuple[Blame, Section]]]] = {}
        by_section: dict[int, Section] = {}
        for section in self.claim:
            line = section if section.loop == "2400" else line
            if line is not None:
                by_section[section.line] = line
        for blame, section in self.own:
            if (home := by_section.get(section.line)) is not None:
                blamed.setdefault(home.line, (home, []))[1].append((blame, section))
        for home, blames in blamed.values():
            if (one := _line(home, separator, _statuses(blames))) is not None:
                yield one


def _statuses(blames: list[tuple[Blame, Section]]) -> list[Status]:
    """Every status once, in the order of the file."""
    found: dict[Status, None] = {}
    for blame, section in blames:
        party = value(section.first("NM1"), 1) or _PARTIES.get(section.loop, "")
        found.update(dict.fromkeys(statuses(blame.answers, party)))
    return list(found)[:_MOST]


def _line(section: Section, separator: str, told: list[Status]) -> LineAck | None:
    """One service line, named by its procedure or its revenue code; None where it has neither."""
    service = section.first("SV1") or section.first("SV2") or section.first("SV3")
    shift = 1 if service and service[0] == "SV2" else 0
    qualifier, procedure, *modifiers = [*value(service, 1 + shift).split(separator), ""][:6]
    revenue = value(service, 1) if shift else ""
    if not procedure and not revenue:
        return None
    first, last = _in_order(dates(value(section.first("DTP", "472"), 3)))
    counted = value(service, 6 if service[0] == "SV3" else 4 + shift)
    return LineAck(
        statuses=tuple(told),
        qualifier=qualifier if procedure else "NU",
        procedure=procedure or revenue,
        modifiers=tuple(one for one in modifiers if len(one) == 2),
        charge=_cents(service, 2 + shift),
        revenue_code=revenue if procedure else "",
        units=quantity(counted),
        control_number=value(section.first("REF", "6R"), 2),
        first_service=first,
        last_service=last,
    )


def _in_order(days: tuple[date | None, date | None]) -> tuple[date | None, date | None]:
    """A period that was sent the wrong way round, as it must have been meant."""
    first, last = days
    return (last, first) if first and last and last < first else days


def _cents(segment: Segment, place: int) -> int:
    try:
        return amount(segment, place, 0)
    except UnreadableError:
        return 0
