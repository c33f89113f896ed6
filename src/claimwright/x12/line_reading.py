"""Service lines of an 837 (loop 2400 and those beneath it) and other payers (2320, 2330), from slots to types."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from claimwright.claims.model import Drug, LineAdjudication, OtherPayer, ServiceLine
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.x12.branches import Located, Slots
from claimwright.x12.form_reading import dental_line, facility_line
from claimwright.x12.located import part, value
from claimwright.x12.tokens import Segment
from claimwright.x12.values import (
    UnreadableError,
    address_of,
    adjustments_of,
    amount,
    dates,
    day,
    padded,
    person_of,
    provider_of,
    quantity,
)

_NONE: Segment = []
_ONE = Decimal(1)
_ROLES = {
    "82": "rendering", "DK": "ordering", "DN": "referring", "DQ": "supervising", "77": "service_facility", "72": "operating",
    "ZZ": "other_operating",
}  # fmt: skip
_USUAL = frozenset({"HC", "AD"})  # what a procedure is coded in unless it is said: HCPCS, on dental claims CDT


def address_in(slots: Slots) -> Address | None:
    """N3 and N4 of a loop."""
    if "N4" in slots or "N3" in slots:
        return address_of(slots.get("N3", _NONE), slots.get("N4", _NONE))
    return None


def person_in(slots: Slots) -> Person:
    """The person of a loop: NM1, DMG, N3, N4."""
    return person_of(slots.get("NM1", _NONE), slots.get("DMG", _NONE), address_in(slots))


def provider_in(slots: Slots, taxonomy: str = "") -> Provider:
    """The provider of a loop: NM1, PRV, REF*EI, N3, N4, PER."""
    get = slots.get
    if not taxonomy and "PRV" in slots:
        taxonomy = value(slots["PRV"], 3)
    ein = value(slots["REF*EI"], 2) if "REF*EI" in slots else ""
    return provider_of(get("NM1", _NONE), taxonomy, ein, address_in(slots), get("PER", _NONE))


@lru_cache(maxsize=4096)
def procedure(composite: str, component: str) -> tuple[str, tuple[str, ...], str, str]:
    """Code, modifiers, description and, where it is not the usual one, qualifier of a procedure (C003)."""
    parts = [*composite.split(component), "", ""]
    qualifier = parts[0] if parts[1] and parts[0] not in _USUAL else ""
    return parts[1], tuple(one for one in parts[2:6] if one), parts[6] if len(parts) > 6 else "", qualifier


@lru_cache(maxsize=1024)
def _pointers(composite: str, component: str) -> tuple[int, ...]:
    return tuple(int(one) for one in composite.split(component)[:12] if one.isdecimal() and len(one) < 7)


@lru_cache(maxsize=1024)
def _units(text: str) -> Decimal:
    found = quantity(text, _ONE)
    return _ONE if found is None else found


Service = tuple[Segment, int, str, str, str, str, str, str]
"""What was done: the segment, where in it the charge is, procedure, basis, units, place, pointers, emergency."""


def professional_service(row: Segment) -> Service:
    """What an SV1 says."""
    if len(row) < 10:
        row = padded(row, 9)
    return row, 2, row[1], row[3], row[4], row[5], row[7], row[9]


def _service(place: int, head: Slots) -> Service:
    if "SV1" in head:
        return professional_service(head["SV1"])
    if "SV3" in head:
        row = padded(head["SV3"], 11)
        return row, 2, row[1], "UN", row[6], row[3], row[11], ""
    if "SV2" in head:
        row = padded(head["SV2"], 5)
        return row, 3, row[2], row[4], row[5], "", "", ""
    raise UnreadableError("LX", "", f"Service line {place} has no service segment.", head.get("LX"))


class LineReader:
    """Reads the lines of one claim: what they share is given once."""

    def __init__(self, component: str, facility: str, said: Segment) -> None:
        self.component, self.facility, self.said = component, facility, said  # DTP of the claim, if it gives its days

    def line(self, place: int, head: Slots, below: Sequence[Located]) -> ServiceLine:
        """One line from its 2400 and the loops beneath it; `place` counts from 1."""
        lx, dated, control, clia = [head.get(slot, _NONE) for slot in ("LX", "DTP*472", "REF*6R", "REF*X4")]
        line = self.stated(place, _service(place, head), lx, dated, control, clia)
        if "NTE" in head and not line.description and value(head["NTE"], 1) != "TPO":
            line = replace(line, description=value(head["NTE"], 2))  # payers read what SV101-7 has no room for there
        if below or "SV1" not in head or "SV2" in head:
            return replace(line, **self._more(head, below))
        return line

    def stated(self, place: int, service: Service, lx: Segment, dated: Segment, control: Segment, clia: Segment) -> ServiceLine:
        """What every line says: its service, LX, DTP*472, REF*6R and REF*X4."""
        row, charged, composite, basis, units, place_of_service, pointers, emergency = service
        code, modifiers, description, qualifier = procedure(composite, self.component)
        charge = amount(row, charged)
        said = dated or self.said
        first, last = dates(said[3]) if len(said) > 3 else (None, None)
        if first is None:
            message = f"Service line {place} has no readable date of service."
            raise UnreadableError("DTP", "DTP03", message, said or lx)
        number = lx[1] if len(lx) > 1 else ""
        return ServiceLine(
            number=int(number) if number.isdecimal() and len(number) < 7 else place,
            procedure=code,
            charge=charge,
            first_service=first,
            control_number=control[2] if len(control) > 2 else "",
            modifiers=modifiers,
            units=_units(units),
            unit_basis="MJ" if basis == "MJ" else "UN",
            pointers=_pointers(pointers, self.component),
            last_service=last,
            place_of_service="" if place_of_service == self.facility else place_of_service,
            description=description,
            emergency=emergency == "Y",
            procedure_qualifier=qualifier,
            clia=clia[2] if len(clia) > 2 else "",
        )

    def _more(self, head: Slots, below: Sequence[Located]) -> dict[str, Any]:
        """What only some lines say: those of facilities and dentists, and in the loops beneath."""
        found = self._below(below) if below else {}
        if "SV2" in head:
            found |= facility_line(head["SV2"])
            if "SV1" not in head and "SV3" not in head:
                found["revenue_code"] = value(head["SV2"], 1)
        elif "SV3" in head:
            found["dental"] = dental_line(head, below, self.component)
        return found

    def _below(self, below: Sequence[Located]) -> dict[str, Any]:
        """The drug, the providers and what earlier payers decided."""
        found: dict[str, Any] = {}
        decided = []
        for loop, _, slots in below:
            if loop == "2410":
                found.setdefault("drug", self._drug(slots))
            elif loop == "2430":
                decided.append(self._adjudication(slots))
            elif loop.startswith("2420"):
                role = _ROLES.get(value(slots.get("NM1", _NONE), 1))
                if role:
                    found.setdefault(role, provider_in(slots))
        found["adjudications"] = tuple(decided)
        return found

    def _drug(self, slots: Slots) -> Drug | None:
        item, counted = slots.get("LIN", _NONE), slots.get("CTP", _NONE)
        if not value(item, 3):
            return None
        unit = part(value(counted, 5), 1, self.component)
        return Drug(
            ndc=value(item, 3),
            quantity=quantity(value(counted, 4)) or Decimal(0),
            unit=unit or "UN",
            prescription=value(slots.get("REF*XZ", _NONE), 2),
        )

    def _adjudication(self, slots: Slots) -> LineAdjudication:
        decided = slots.get("SVD", _NONE)
        code, modifiers, *_ = procedure(value(decided, 3), self.component)
        bundled = value(decided, 6)
        remaining = slots.get("AMT*EAF")
        return LineAdjudication(
            payer_id=value(decided, 1),
            paid=amount(decided, 2),
            procedure=code,
            modifiers=modifiers,
            units=_units(value(decided, 5)),
            adjustments=adjustments_of(slots.get("CAS", ())),
            paid_on=day(slots.get("DTP*573", _NONE), 3),
            remaining_patient=amount(remaining, 2) if remaining else None,
            bundled_into=int(bundled) if bundled.isdecimal() and len(bundled) < 7 else 0,
            revenue_code=value(decided, 4),
        )


def other_payer(loops: Sequence[Located], claim: Sequence[Located]) -> OtherPayer:
    """An other payer from its 2320 and 2330 loops; `claim` is every loop of the claim."""
    head = loops[0][2]
    holder: Slots = next((slots for loop, _, slots in loops if loop == "2330A"), {})
    payer: Slots = next((slots for loop, _, slots in loops if loop == "2330B"), {})
    policy, rules = padded(head.get("SBR", _NONE), 9), padded(head.get("OI", _NONE), 6)
    name = padded(payer.get("NM1", _NONE), 9)
    paid, remaining = head.get("AMT*D"), head.get("AMT*EAF")
    return OtherPayer(
        payer=Payer(name=name[3], payer_id=name[9], address=address_in(payer)),
        insured=Insured(
            person=person_in(holder),
            member_id=value(holder.get("NM1", _NONE), 9),
            relationship=policy[2],
            group_number=policy[3],
            group_name=policy[4],
        ),
        responsibility=policy[1],
        filing_indicator=policy[9],
        insurance_type=policy[5],
        paid=amount(paid, 2) if paid else None,
        adjustments=adjustments_of(head.get("CAS", ())),
        remaining_patient=amount(remaining, 2) if remaining else None,
        payer_control_number=value(payer.get("REF*F8", _NONE), 2),
        paid_on=day(payer.get("DTP*573", _NONE), 3) or _decided_by_line(name[9], claim),
        assignment_of_benefits=rules[3] == "Y",
        release_of_information=rules[6] or "Y",
    )


def _decided_by_line(payer_id: str, claim: Sequence[Located]) -> Any:
    """The latest day on which this payer decided a line, where it gave none for the claim."""
    decided = [slots for loop, _, slots in claim if loop == "2430" and value(slots.get("SVD", _NONE), 1) == payer_id]
    days = [day(slots.get("DTP*573", _NONE), 3) for slots in decided]
    return max((one for one in days if one), default=None)
