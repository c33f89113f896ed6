"""837P, 837I and 837D into claims, one at a time: a claim that cannot be read does not lose its neighbours.

How a segment becomes a field: `branches` lays each segment in the slot of its loop ("REF*G1" of 2300), and CLAIM_FIELDS
(claim_head) says which element of which slot is which field. What takes more than that is a function: the parties and the
diagnoses in claim_head, the lines and other payers in line_reading. Claims that have nothing else are read straight
(plain_reading), by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from claimwright.claims.model import Claim, ServiceLine
from claimwright.findings import Finding
from claimwright.parties import Struct
from claimwright.x12.branches import Branch, Branches, Grown, Layout, Located, Slots
from claimwright.x12.claim_head import BLANK, CLAIM_FIELDS, ROLES, Head, diagnoses_in, give_clia, payer_of, with_parties
from claimwright.x12.form_reading import dental, institutional
from claimwright.x12.line_reading import LineReader, address_in, other_payer, person_in, provider_in
from claimwright.x12.located import Place, cut_off, value
from claimwright.x12.plain_reading import Held, claim_of, goes_on, places_of
from claimwright.x12.stretches import Stretch, stretches
from claimwright.x12.tokens import Delimiters, Segment, Source, Tokens
from claimwright.x12.values import UnreadableError, padded, unreadable

LAYOUT = Layout(
    transactions=frozenset({"837P", "837I", "837D"}),
    branches=frozenset({"HEADER", "1000A", "1000B", "2000A", "2000B", "2000C", "2300"}),
    by_qualifier=frozenset({"REF", "DTP", "AMT"}),
    many=frozenset({"HI", "CAS", "DN2", "TOO"}),
)
_FORMS = {"837P": "professional", "837I": "institutional", "837D": "dental"}
_NONE: Segment = []
_NO_LEVEL = Branch("", 0, {})


class ReadClaim(Struct, gc=False):
    """One claim as read, or why it could not be.

    Nothing read is thrown away: `rows` are the claim's segments as text, from its CLM to its end in the file's order,
    and `segments` gives them with their loops, those also that the claim has no field for.
    """

    claim: Claim | None
    patient_control_number: str
    findings: tuple[Finding, ...] = ()
    transaction: str = ""
    version: str = ""
    batch: str = ""  # BHT03
    first_line: int = 0  # segment numbers in the file
    interchange: str = ""
    group: str = ""
    set_control: str = ""
    submitter_name: str = ""
    submitter_id: str = ""
    receiver_id: str = ""
    rows: tuple[str, ...] = ()
    loops: tuple[tuple[str, int], ...] = ()  # each loop of the claim and where in the rows it begins
    delimiters: Delimiters = Delimiters()

    @property
    def segments(self) -> Iterator[tuple[str, Segment]]:
        """Each segment of the claim with the loop that it came in."""
        ends = [start for _, start in self.loops[1:]] + [len(self.rows)]
        for (loop, start), end in zip(self.loops, ends, strict=True):
            for row in self.rows[start:end]:
                yield loop, row.split(self.delimiters.element)


def read_claims(source: Source) -> Iterator[ReadClaim]:
    """Every claim of the file."""
    tokens = Tokens(source)
    reader = ClaimReader(tokens)
    for stretch in stretches(tokens):
        yield from reader.take(stretch)
    yield from reader.end()


class ClaimReader:
    """Reads the claims of one file, stretch by stretch."""

    def __init__(self, tokens: Tokens) -> None:
        self.branches = Branches(tokens, LAYOUT)
        self.context: _Context | None = None
        self.held: list[Held] = []  # a plain claim as it came

    def take(self, stretch: Stretch) -> Sequence[ReadClaim]:
        """The claims that are whole with the next stretch."""
        branches, held = self.branches, self.held
        plan = branches.plan_of(stretch)
        places = places_of(plan) if plan is not None else None
        if plan is None or places is None or not (places.begins == "2000B" or goes_on(held, places)):
            found = self._let_go() if held else ()
            whole = branches.lay(plan, stretch)
            return [*found, *self._read(whole)] if whole else found
        found = self._turn() if places.begins == "2000B" else ()
        self.held.append(Held(places, plan, stretch))
        branches.state = plan.state
        return found

    def end(self) -> Sequence[ReadClaim]:
        """The claims that are left at the end of the file."""
        return [*self._let_go(), *self._read(self.branches.end())]

    def _turn(self) -> Sequence[ReadClaim]:
        """Another subscriber begins: what was held is a whole claim, or else what the branches were in is whole."""
        context, held = self.context, self.held
        if held and context is not None and held[-1].places.follows == "2400":
            try:
                found = context.straight(held)
            except UnreadableError:
                pass
            else:
                self.held = []
                return (found,)
        return [*self._let_go(), *self._read(self.branches.turn())]

    def _let_go(self) -> Sequence[ReadClaim]:
        """Go on by branches after all."""
        held, self.held = self.held, []
        return [claim for one in held for claim in self._read(self.branches.lay(one.plan, one.stretch))]

    def _read(self, whole: Iterable[Grown]) -> Sequence[ReadClaim]:
        found, context = [], self.context
        for place, branch in whole:
            loop = branch.loop
            if loop == "HEADER" and (context is None or context.header is not branch):
                context = self.context = _Context(place, branch)
            elif context is not None and loop != "2300":
                context.take(branch)
            if context is not None and (loop == "2300" or (branch.cut and loop != "SE")):
                found.append(context.read(branch))
        return found


class _Context:
    """What holds for the claims that follow: header, billing provider, subscriber, patient."""

    def __init__(self, place: Place, header: Branch) -> None:
        self.header = header
        self.delimiters = place.delimiters
        self.form = _FORMS[place.transaction]
        self.where = {"transaction": place.transaction, "version": place.version}
        self.told = ReadClaim(
            claim=None,
            patient_control_number="",
            transaction=place.transaction,
            version=place.version,
            batch=value(header.find("HEADER").get("BHT", _NONE), 3),
            interchange=value(place.interchange, 13),
            group=value(place.group, 6),
            set_control=value(place.set, 2),
            delimiters=place.delimiters,
        )
        self.levels: dict[str, Branch] = {}
        self.billed = self._billed()
        self.named: Claim | None = None  # with the parties of all levels, worked out when the next claim needs them

    def take(self, branch: Branch) -> None:
        """Note a level, which ends those below it; or one given again because more of it came late."""
        loop = branch.loop
        if loop.startswith("1000"):
            self._name(branch)
        elif self.levels.get(loop) is not branch:
            for below in [one for one in self.levels if one >= loop]:
                del self.levels[below]
            self.levels[loop] = branch
        if loop == "2000A":
            self.billed = self._billed()
        self.named = None

    def _name(self, branch: Branch) -> None:
        """Submitter or receiver; not another name that stands out of its order."""
        name = padded(branch.find(branch.loop).get("NM1", _NONE), 9)
        if self.levels and name[1] not in ("41", "40"):
            return
        if branch.loop == "1000A":
            self.told = replace(self.told, submitter_name=name[3], submitter_id=name[9])
        else:
            self.told = replace(self.told, receiver_id=name[9])

    def read(self, branch: Branch) -> ReadClaim:
        """One claim, or the finding that says why it is none: one that its set breaks off in may lack anything."""
        first = branch.line
        control = value(branch.loops[0][2].get("CLM", _NONE), 1)
        claim: Claim | None = None
        findings: tuple[Finding, ...] = ()
        try:
            if branch.cut:
                last = first + len(branch.rows) - 1
                findings = (cut_off(line=last, claim=control, what="this claim was not read", **self.where),)
            else:
                claim = self._claim(branch)
        except UnreadableError as error:
            line, loop = branch.place_of(error.segment, error.row, self.delimiters.element)
            findings = (unreadable(error, line=line, loop=loop, claim=control, **self.where),)
        return replace(
            self.told,
            claim=claim,
            patient_control_number=control,
            findings=findings,
            first_line=first,
            rows=tuple(branch.rows),
            loops=tuple([(loop, line - first) for loop, line, _ in branch.loops]),
        )

    def straight(self, held: Sequence[Held]) -> ReadClaim:
        """One plain claim. Raises UnreadableError."""
        claim = claim_of(held, self.billed, self.delimiters)
        own = held if held[0].places.claim >= 0 else held[1:]
        places, stretch = own[0].places, own[0].stretch
        first = stretch.line + places.claim
        rows, loops = stretch.rows[places.claim :], places.own_loops
        for one in own[1:]:
            start = len(rows)
            rows += one.stretch.rows
            loops += tuple([(loop, start + at) for loop, at in one.places.loops])
        return replace(
            self.told,
            claim=claim,
            patient_control_number=claim.patient_control_number,
            first_line=first,
            rows=tuple(rows),
            loops=loops,
        )

    # The parties, from the levels above the claim --------------------------------------------------------------------

    def _billed(self) -> Claim:
        """A claim that says who bills, and nothing else yet."""
        level = self.levels.get("2000A", _NO_LEVEL)
        taxonomy = value(level.find("2000A").get("PRV", _NONE), 3)
        billing, pay_to = provider_in(level.find("2010AA"), taxonomy), address_in(level.find("2010AB"))
        return replace(BLANK, form=self.form, billing=billing, pay_to=pay_to)

    def _named(self) -> Claim:
        """A claim with all its parties, and nothing else yet."""
        upper, lower = self.levels.get("2000B", _NO_LEVEL), self.levels.get("2000C")
        subscriber, payer = upper.find("2010BA"), upper.find("2010BB")
        holder = person_in(subscriber)
        named = with_parties(
            self.billed,
            upper.find("2000B").get("SBR", _NONE),
            holder,
            subscriber.get("NM1", _NONE),
            payer_of(payer.get("NM1", _NONE), address_in(payer)),
            person_in(lower.find("2010CA")) if lower else holder,
            value(lower.find("2000C").get("PAT", _NONE), 1) if lower else "18",
        )
        number = (lower.find("2010CA") if lower else subscriber).get("REF*Y4")
        return replace(named, property_casualty_number=value(number, 2)) if number else named

    # The claim -------------------------------------------------------------------------------------------------------

    def _claim(self, branch: Branch) -> Claim:
        slots = branch.loops[0][2]
        component = self.delimiters.component
        head = Head(slots.get("CLM", _NONE), component)
        if self.named is None:
            self.named = self._named()
        more = head.cause(component)  # what fewer claims say
        if "CL1" in slots:
            _, more["admission_type"], more["admission_source"], more["discharge_status"], *_ = padded(slots["CL1"], 3)
        lines = self._below(branch, LineReader(component, head.facility, self._said(slots)), more)
        if self.form == "institutional":
            more["bill_type"], head.facility = head.facility, ""
            more["institutional"] = institutional(slots, branch.loops, lines, component)
        elif self.form == "dental":
            more["dental"] = dental(slots, branch.loops)
        for slot, row in slots.items():
            if slot in CLAIM_FIELDS:
                field, place, read = CLAIM_FIELDS[slot]
                more[field] = read(row, place)
        if "REF*X4" in slots:
            give_clia(more, self.named.billing, value(slots["REF*X4"], 2))
        return head.claim(self.named, diagnoses_in(slots.get("HI", ()), component), lines, more)

    def _said(self, head: Slots) -> Segment:
        """The claim's own days; what a predetermination asks about has none yet but that of the request (BHT04)."""
        if self.form == "dental" and value(head["CLM"], 19) == "PB" and "DTP*472" not in head:
            return ["DTP", "472", "D8", value(self.header.find("HEADER").get("BHT", _NONE), 4)]
        said: Segment = head.get("DTP*472") or head.get("DTP*434") or _NONE
        return said

    def _below(self, branch: Branch, reader: LineReader, more: dict[str, Any]) -> tuple[ServiceLine, ...]:
        """The loops beneath 2300: the lines; other payers and providers as fields of the claim."""
        lines: list[tuple[Slots, list[Located]]] = []
        others: list[list[Located]] = []
        beneath: list[Located] = []  # the latest line
        for located in branch.loops:
            loop, _, slots = located
            kind = loop[:4]
            if kind == "2400":
                beneath = []
                lines.append((slots, beneath))
            elif kind == "2310":
                role = ROLES.get(value(slots.get("NM1", _NONE), 1))
                if role and role not in more:
                    more[role] = provider_in(slots)
            elif kind == "2320":
                others.append([located])
            elif kind == "2330" and others:
                others[-1].append(located)
            else:
                beneath.append(located)
        found = tuple([reader.line(at, head, below) for at, (head, below) in enumerate(lines, 1)])
        if others:
            more["other_payers"] = tuple([other_payer(loops, branch.loops) for loops in others])
        return found
