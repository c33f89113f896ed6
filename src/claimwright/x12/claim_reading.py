"""837P, 837I and 837D into claims, one at a time: a claim that cannot be read does not lose its neighbours.

How a segment becomes a field: `branches` lays each segment in the slot of its loop ("REF*G1" of 2300), and CLAIM_FIELDS
says which element of which slot is which field. What takes more than that is a function: the lines and other payers
in line_reading, the parties and diagnoses here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.findings import Finding
from claimwright.parties import Insured, Payer, Person, Provider, Struct
from claimwright.x12.branches import Branch, Branches, Grown, Layout, Located, Slots
from claimwright.x12.claim_parts import code_in_full
from claimwright.x12.form_reading import dental, institutional
from claimwright.x12.line_reading import LineReader, address_in, other_payer, person_in, provider_in
from claimwright.x12.located import Place, value
from claimwright.x12.stretches import Stretch, stretches
from claimwright.x12.tokens import Delimiters, Segment, Source, Tokens
from claimwright.x12.values import UnreadableError, amount, cut_off, day, padded, unreadable

LAYOUT = Layout(
    transactions=frozenset({"837P", "837I", "837D"}),
    branches=frozenset({"HEADER", "1000A", "1000B", "2000A", "2000B", "2000C", "2300"}),
    by_qualifier=frozenset({"REF", "DTP", "AMT"}),
    many=frozenset({"HI", "CAS", "DN2", "TOO"}),
)
_FORMS = {"837P": "professional", "837I": "institutional", "837D": "dental"}
_DIAGNOSES = frozenset({"ABK", "BK", "ABF", "BF"})
_NONE: Segment = []
_NO_LEVEL = Branch("", 0, {})
_NOBODY = Person(last="", first="")
# What each claim begins as. To replace some of many fields is several times as quick as to name them all.
_BLANK = Claim(
    patient_control_number="",
    charge=0,
    place_of_service="",
    billing=Provider(npi="", name=""),
    payer=Payer(name="", payer_id=""),
    insured=Insured(person=_NOBODY, member_id=""),
    patient=_NOBODY,
    diagnoses=(),
    lines=(),
)

# Which slot of loop 2300 is which field of the claim: the element and how it is read.
CLAIM_FIELDS: dict[str, tuple[str, int, Callable[[Segment, int], Any]]] = {
    "DTP*431": ("onset", 3, day),
    "DTP*439": ("accident_date", 3, day),
    "DTP*435": ("admitted", 3, day),
    "DTP*096": ("discharged", 3, day),
    "AMT*F5": ("patient_paid", 2, lambda row, place: amount(row, place, 0)),
    "REF*F8": ("payer_control_number", 2, value),
    "REF*G1": ("prior_authorization", 2, value),
    "REF*9F": ("referral_number", 2, value),
    "REF*LU": ("accident_state", 2, value),
    "NTE": ("note", 2, value),
}
# The entity code of an NM1 in a 2310 loop, and the role that it has in the claim.
ROLES = {"82": "rendering", "DN": "referring", "DQ": "supervising", "77": "service_facility", "71": "attending"}


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

    def take(self, stretch: Stretch) -> Sequence[ReadClaim]:
        """The claims that are whole with the next stretch."""
        whole = self.branches.take(stretch)
        return self._read(whole) if whole else ()

    def end(self) -> Sequence[ReadClaim]:
        """The claims that are left at the end of the file."""
        return self._read(self.branches.end())

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

    # The parties, from the levels above the claim --------------------------------------------------------------------

    def _billed(self) -> Claim:
        """A claim that says who bills, and nothing else yet."""
        level = self.levels.get("2000A", _NO_LEVEL)
        taxonomy = value(level.find("2000A").get("PRV", _NONE), 3)
        billing, pay_to = provider_in(level.find("2010AA"), taxonomy), address_in(level.find("2010AB"))
        return replace(_BLANK, form=self.form, billing=billing, pay_to=pay_to)

    def _named(self) -> Claim:
        """A claim with all its parties, and nothing else yet."""
        upper, lower = self.levels.get("2000B", _NO_LEVEL), self.levels.get("2000C")
        subscriber, named = upper.find("2010BA"), upper.find("2010BB")
        policy, payer = padded(upper.find("2000B").get("SBR", _NONE), 9), padded(named.get("NM1", _NONE), 9)
        holder = person_in(subscriber)
        insured = Insured(
            person=holder,
            member_id=value(subscriber.get("NM1", _NONE), 9),
            relationship=value(lower.find("2000C").get("PAT", _NONE), 1) if lower else "18",
            group_number=policy[3],
            group_name=policy[4],
        )
        return replace(
            self.billed,
            payer=Payer(name=payer[3], payer_id=payer[9], address=address_in(named)),
            insured=insured,
            patient=person_in(lower.find("2010CA")) if lower else holder,
            responsibility=policy[1] or "P",
            filing_indicator=policy[9],
            insurance_type=policy[5],
        )

    # The claim -------------------------------------------------------------------------------------------------------

    def _claim(self, branch: Branch) -> Claim:
        head = branch.loops[0][2]
        clm = padded(head.get("CLM", _NONE), 11)
        if not clm[1]:
            raise UnreadableError("CLM", "CLM01", "CLM01 (patient control number) is missing.", head.get("CLM"))
        if self.named is None:
            self.named = self._named()
        component = self.delimiters.component
        facility, frequency = _facility(clm[5], component)
        charge = amount(clm, 2)
        more: dict[str, Any] = {}  # what fewer claims say
        if clm[11]:
            cause = [*clm[11].split(component), "", "", ""]
            more["related_cause"], more["accident_state"] = cause[0], cause[3]
        if "CL1" in head:
            _, more["admission_type"], more["admission_source"], more["discharge_status"], *_ = padded(head["CL1"], 3)
        lines = self._below(branch, LineReader(component, facility, self._dated(head)), more)
        if self.form == "institutional":
            more["bill_type"], facility = facility, ""
            more["institutional"] = institutional(head, branch.loops, lines, component)
        elif self.form == "dental":
            more["dental"] = dental(head, branch.loops)
        for slot, row in head.items():
            if slot in CLAIM_FIELDS:
                field, place, read = CLAIM_FIELDS[slot]
                more[field] = read(row, place)
        if "REF*X4" in head:
            _give_clia(more, self.named.billing, value(head["REF*X4"], 2))
        claim = replace(
            self.named,
            patient_control_number=clm[1],
            charge=charge,
            place_of_service=facility,
            frequency=frequency,
            signature_on_file=clm[6] != "N",
            accept_assignment=clm[7] or "A",
            assignment_of_benefits=clm[8] == "Y",
            release_of_information=clm[9] or "Y",
            diagnoses=_diagnoses(head.get("HI", ()), component),
            lines=lines,
        )
        return replace(claim, **more) if more else claim

    def _dated(self, head: Slots) -> Slots:
        """The claim for its lines; what a predetermination asks about has no day yet but that of the request (BHT04)."""
        if self.form != "dental" or value(head["CLM"], 19) != "PB" or "DTP*472" in head:
            return head
        return {**head, "DTP*472": ["DTP", "472", "D8", value(self.header.find("HEADER").get("BHT", _NONE), 4)]}

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


@lru_cache(maxsize=1024)
def _facility(composite: str, component: str) -> tuple[str, str]:
    """Place of service, or type of bill, and frequency (CLM05)."""
    place, _, frequency, *_ = [*composite.split(component), "", ""]
    return place, frequency or "1"


def _give_clia(more: dict[str, Any], billing: Provider, clia: str) -> None:
    """The laboratory's number belongs to where the service was, or to who bills."""
    if clia:
        role = "service_facility" if "service_facility" in more else "billing"
        more[role] = replace(more.get(role, billing), clia=clia)


def _diagnoses(rows: Sequence[Segment], component: str) -> tuple[Diagnosis, ...]:
    """HI in their order: the principal or first-listed code, then the others; an admitting diagnosis is not among them."""
    found = []
    for row in rows:
        for composite in row[1:]:
            one = _diagnosis(composite, component)
            if one is not None:
                found.append(one)
    return tuple(found)


@lru_cache(maxsize=4096)
def _diagnosis(composite: str, component: str) -> Diagnosis | None:
    parts = composite.split(component)
    if len(parts) < 2 or not parts[1] or parts[0] not in _DIAGNOSES:
        return None
    return Diagnosis(code=code_in_full(parts[1]), present_on_admission=parts[8] if len(parts) > 8 else "")
