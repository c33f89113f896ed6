"""837P, 837I and 837D into claims, one at a time: a claim that cannot be read does not lose its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import msgspec

from claimwright.claims.model import Claim, Diagnosis, Drug, Frequency, LineAdjudication, OtherPayer, Responsibility, ServiceLine
from claimwright.findings import Finding
from claimwright.parties import Insured, Payer, Provider, Struct
from claimwright.x12.claim_parts import code_in_full
from claimwright.x12.located import Place, Section, part, sections, value
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import (
    UnreadableError,
    address,
    adjustments,
    amount,
    dated,
    dates,
    person,
    provider,
    quantity,
    reference,
    unreadable,
)

CLAIMS = frozenset({"837P", "837I", "837D"})
_FORMS = {"837P": "professional", "837I": "institutional", "837D": "dental"}


class ReadClaim(Struct):
    """One claim as read, or why it could not be."""

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


class _Context:
    """What holds for the claims that follow: header, billing provider, subscriber, patient."""

    def __init__(self) -> None:
        self.header: dict[str, Section] = {}
        self.levels: dict[str, list[Section]] = {"2000A": [], "2000B": [], "2000C": []}
        self.level = ""

    def take(self, section: Section) -> None:
        loop = section.loop
        if loop.endswith("+"):
            _rejoin(section, self.levels.get(self.level, []))
            return
        if loop in self.levels:
            self.level = loop
            for name in list(self.levels):
                if name >= loop:
                    self.levels[name] = []
        if loop in ("HEADER", "1000A", "1000B"):
            self.header[loop] = section
        elif self.level:
            self.levels[self.level].append(section)

    def find(self, loop: str) -> Section:
        level = {"2010A": "2000A", "2010B": "2000B", "2010C": "2000C"}.get(loop[:5], loop)
        return next((one for one in self.levels[level] if one.loop == loop), Section(loop, 0))


def read_claims(source: Source) -> Iterator[ReadClaim]:
    """Every claim of the file."""
    context, gathered = _Context(), list[Section]()
    for place, section in sections(source, CLAIMS):
        loop = section.loop
        if gathered and (loop == "2300" or loop[:4] in ("2000", "SE", "HEAD")):
            yield _read(place, context, gathered)
            gathered = []
        if loop == "HEADER":
            context = _Context()
        if loop.endswith("+") and gathered:
            _rejoin(section, gathered)
        elif loop == "2300" or gathered:
            gathered.append(section)
        elif loop != "SE":
            context.take(section)


def _rejoin(section: Section, earlier: list[Section]) -> None:
    """Give segments that came late, out of order, back to their loop."""
    name = section.loop.rstrip("+")
    home = next((one for one in reversed(earlier) if one.loop == name), None)
    if home is not None:
        home.segments += section.segments


def _read(place: Place, context: _Context, gathered: list[Section]) -> ReadClaim:
    control = value(gathered[0].first("CLM"), 1)
    findings: list[Finding] = []
    claim: Claim | None = None
    where = {"transaction": place.transaction, "version": place.version, "claim": control}
    try:
        claim = _Reader(place, context, gathered).claim()
    except UnreadableError as error:
        at = next((one for one in gathered if one.first(error.segment)), gathered[0])
        line = at.line + next((i for i, one in enumerate(at.segments) if one[0] == error.segment), 0)
        findings.append(unreadable(error, line=line, loop=at.loop, **where))
    submitter = context.header.get("1000A", Section("1000A", 0)).first("NM1")
    return ReadClaim(
        claim=claim,
        patient_control_number=control,
        findings=tuple(findings),
        transaction=place.transaction,
        version=place.version,
        batch=value(context.header.get("HEADER", Section("", 0)).first("BHT"), 3),
        first_line=gathered[0].line,
        interchange=value(place.interchange, 13),
        group=value(place.group, 6),
        set_control=value(place.set, 2),
        submitter_name=value(submitter, 3),
        submitter_id=value(submitter, 9),
        receiver_id=value(context.header.get("1000B", Section("1000B", 0)).first("NM1"), 9),
    )


class _Reader:
    """Builds one claim from its sections."""

    def __init__(self, place: Place, context: _Context, gathered: list[Section]) -> None:
        self.form = _FORMS[place.transaction]
        self.separator = place.tokens.delimiters.component
        self.context = context
        self.head = gathered[0]
        self.sections = gathered

    def parts(self, segment: Segment, at: int) -> list[str]:
        """The components of an element, padded."""
        return (value(segment, at).split(self.separator) + [""] * 12)[:12]

    def claim(self) -> Claim:
        head, clm = self.head, self.head.first("CLM")
        if not value(clm, 1):
            raise UnreadableError("CLM", "CLM01", "CLM01 (patient control number) is missing.")
        facility, _, frequency, *_ = self.parts(clm, 5)
        diagnoses, cause = self._diagnoses(), self.parts(clm, 11)
        institutional = self.form == "institutional"
        by_loop = {one.loop: one for one in reversed(self.sections)}
        roles = self._roles(by_loop)
        billing = self._billing()
        clia = reference(head, "X4")
        if clia:
            if "service_facility" in roles:
                roles["service_facility"] = msgspec.structs.replace(roles["service_facility"], clia=clia)
            else:
                billing = msgspec.structs.replace(billing, clia=clia)
        admission = head.first("CL1")
        return Claim(
            patient_control_number=value(clm, 1),
            charge=amount(clm, 2),
            place_of_service="" if institutional else facility,
            bill_type=facility if institutional else "",
            frequency=cast(Frequency, frequency or "1"),
            form=cast(Any, self.form),
            diagnoses=diagnoses,
            billing=billing,
            pay_to=address(self.context.find("2010AB")),
            lines=tuple(self._lines(facility)),
            other_payers=tuple(self._other_payers()),
            signature_on_file=value(clm, 6) != "N",
            accept_assignment=cast(Any, value(clm, 7) or "A"),
            assignment_of_benefits=value(clm, 8) == "Y",
            release_of_information=cast(Any, value(clm, 9) or "Y"),
            related_cause=cause[0],
            accident_state=cause[3],
            accident_date=dated(head, "439"),
            onset=dated(head, "431"),
            admitted=dated(head, "435"),
            discharged=dated(head, "096"),
            admission_type=value(admission, 1),
            admission_source=value(admission, 2),
            discharge_status=value(admission, 3),
            patient_paid=amount(head.first("AMT", "F5"), 2, 0),
            payer_control_number=reference(head, "F8"),
            prior_authorization=reference(head, "G1"),
            referral_number=reference(head, "9F"),
            note=value(head.first("NTE"), 2),
            **roles,
            **self._parties(),
        )

    def _billing(self) -> Provider:
        return provider(self.context.find("2010AA"), value(self.context.find("2000A").first("PRV"), 3))

    def _parties(self) -> dict[str, Any]:
        """Payer, insured and patient, from the levels above the claim."""
        level, subscriber, payer = (self.context.find(loop) for loop in ("2000B", "2010BA", "2010BB"))
        policy, name = level.first("SBR"), payer.first("NM1")
        dependent = bool(self.context.levels["2000C"])
        relationship = value(self.context.find("2000C").first("PAT"), 1) if dependent else "18"
        insured = person(subscriber)
        return {
            "payer": Payer(name=value(name, 3), payer_id=value(name, 9), address=address(payer)),
            "insured": Insured(
                person=insured,
                member_id=value(subscriber.first("NM1"), 9),
                relationship=relationship,
                group_number=value(policy, 3),
                group_name=value(policy, 4),
            ),
            "patient": person(self.context.find("2010CA")) if dependent else insured,
            "responsibility": cast(Responsibility, value(policy, 1) or "P"),
            "filing_indicator": value(policy, 9),
            "insurance_type": value(policy, 5),
        }

    def _roles(self, by_loop: dict[str, Section]) -> dict[str, Any]:
        """The providers of the claim, by the entity code of their NM1."""
        names = {"82": "rendering", "DN": "referring", "DQ": "supervising", "77": "service_facility", "71": "attending"}
        found: dict[str, Any] = {}
        for loop, section in sorted(by_loop.items()):
            role = names.get(value(section.first("NM1"), 1)) if loop.startswith("2310") else None
            if role and role not in found:
                found[role] = provider(section)
        return found

    def _diagnoses(self) -> tuple[Diagnosis, ...]:
        """HI in their order: the principal or first-listed code, then the others; an admitting diagnosis is not among them."""
        found = []
        for segment in self.head.all("HI"):
            for at in range(1, len(segment)):
                qualifier, code, *rest = self.parts(segment, at)
                if qualifier in ("ABK", "BK", "ABF", "BF") and code:
                    full = code_in_full(code)
                    found.append(Diagnosis(code=full, present_on_admission=rest[6]))
        return tuple(found)

    # Lines ---------------------------------------------------------------------------------------------------------

    def _lines(self, facility: str) -> Iterator[ServiceLine]:
        groups: list[list[Section]] = []
        for section in self.sections:
            if section.loop == "2400":
                groups.append([section])
            elif groups:
                groups[-1].append(section)
        for place, group in enumerate(groups, 1):
            yield self._line(place, group, facility)

    def _line(self, place: int, group: list[Section], facility: str) -> ServiceLine:
        head = group[0]
        service = head.first("SV1") or head.first("SV2") or head.first("SV3")
        if not service:
            raise UnreadableError("LX", "", f"Service line {place} has no service segment.")
        shift = 1 if service[0] == "SV2" else 0
        _, procedure, *rest = self.parts(service, 1 + shift)
        day = head.first("DTP", "472") or self.head.first("DTP", "472", "434")
        first, last = dates(value(day, 3))
        if first is None:
            raise UnreadableError("DTP", "DTP03", f"Service line {place} has no readable date of service.")
        dental = service[0] == "SV3"
        units = quantity(value(service, 6 if dental else 4 + shift), Decimal(1))
        pointers = [int(one) for one in self.parts(service, 11 if dental else 7) if one.isdecimal()] if not shift else []
        rendering = next((provider(one) for one in group if one.loop in ("2420A", "2420C") and _is(one, "82")), None)
        ordering = next((provider(one) for one in group if _is(one, "DK")), None)
        place_of_service = value(service, 3 if dental else 5) if not shift else ""
        number = value(head.first("LX"), 1)
        return ServiceLine(
            number=int(number) if number.isdecimal() and len(number) < 7 else place,
            procedure=procedure,
            modifiers=tuple(one for one in rest[:4] if one),
            description=rest[4],
            charge=amount(service, 2 + shift),
            unit_basis="MJ" if not dental and value(service, 3 + shift) == "MJ" else "UN",
            units=units if units is not None else Decimal(1),
            pointers=tuple(pointers),
            first_service=first,
            last_service=last,
            place_of_service="" if place_of_service == facility else place_of_service,
            emergency=not shift and not dental and value(service, 9) == "Y",
            revenue_code=value(service, 1) if shift else "",
            control_number=reference(head, "6R"),
            clia=reference(head, "X4"),
            drug=next((self._drug(one) for one in group if one.loop == "2410"), None),
            rendering=rendering,
            ordering=ordering,
            adjudications=tuple(self._adjudication(one) for one in group if one.loop == "2430"),
        )

    def _drug(self, section: Section) -> Drug | None:
        item, counted = section.first("LIN"), section.first("CTP")
        if not value(item, 3):
            return None
        unit = part(value(counted, 5), 1, self.separator)
        return Drug(ndc=value(item, 3), quantity=quantity(value(counted, 4)) or Decimal(0), unit=cast(Any, unit or "UN"))

    def _adjudication(self, section: Section) -> LineAdjudication:
        decided = section.first("SVD")
        _, procedure, *rest = self.parts(decided, 3)
        units = quantity(value(decided, 5), Decimal(1))
        bundled = value(decided, 6)
        remaining = section.first("AMT", "EAF")
        return LineAdjudication(
            payer_id=value(decided, 1),
            paid=amount(decided, 2),
            procedure=procedure,
            modifiers=tuple(one for one in rest[:4] if one),
            units=units if units is not None else Decimal(1),
            adjustments=adjustments(section),
            paid_on=dated(section, "573"),
            remaining_patient=amount(remaining, 2) if remaining else None,
            bundled_into=int(bundled) if bundled.isdecimal() and len(bundled) < 7 else 0,
        )

    # Other payers --------------------------------------------------------------------------------------------------

    def _other_payers(self) -> Iterator[OtherPayer]:
        groups: list[list[Section]] = []
        for section in self.sections:
            if section.loop == "2320":
                groups.append([section])
            elif groups and section.loop.startswith("2330"):
                groups[-1].append(section)
        for group in groups:
            yield self._other_payer(group)

    def _other_payer(self, group: list[Section]) -> OtherPayer:
        head = group[0]
        holder = next((one for one in group if one.loop == "2330A"), Section("2330A", 0))
        payer = next((one for one in group if one.loop == "2330B"), Section("2330B", 0))
        policy, name, rules = head.first("SBR"), payer.first("NM1"), head.first("OI")
        paid, remaining = head.first("AMT", "D"), head.first("AMT", "EAF")
        payer_id = value(name, 9)
        return OtherPayer(
            payer=Payer(name=value(name, 3), payer_id=payer_id, address=address(payer)),
            insured=Insured(
                person=person(holder),
                member_id=value(holder.first("NM1"), 9),
                relationship=value(policy, 2),
                group_number=value(policy, 3),
                group_name=value(policy, 4),
            ),
            responsibility=cast(Responsibility, value(policy, 1)),
            filing_indicator=value(policy, 9),
            insurance_type=value(policy, 5),
            paid=amount(paid, 2) if paid else None,
            adjustments=adjustments(head),
            remaining_patient=amount(remaining, 2) if remaining else None,
            payer_control_number=reference(payer, "F8"),
            paid_on=dated(payer, "573") or self._decided_by_line(payer_id),
            assignment_of_benefits=value(rules, 3) == "Y",
            release_of_information=value(rules, 6) or "Y",
        )

    def _decided_by_line(self, payer_id: str) -> Any:
        """The latest day on which this payer decided a line, where it gave none for the claim."""
        days = [
            dated(one, "573")
            for one in self.sections
            if one.loop == "2430" and value(one.first("SVD"), 1) == payer_id and dated(one, "573")
        ]
        return max((day for day in days if day), default=None)


def _is(section: Section, entity: str) -> bool:
    return section.loop.startswith("2420") and value(section.first("NM1"), 1) == entity
