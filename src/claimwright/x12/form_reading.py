"""What only facilities' claims (837I) and dental claims (837D) say, from slots to types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from claimwright.claims.model import (
    Dental,
    DentalLine,
    Diagnosis,
    Institutional,
    Occurrence,
    OccurrenceSpan,
    Procedure,
    ServiceLine,
    Tooth,
    ToothStatus,
    ValueCode,
)
from claimwright.parties import Provider
from claimwright.x12.branches import Located, Slots
from claimwright.x12.claim_parts import code_in_full
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment
from claimwright.x12.values import UnreadableError, amount, date8, dates, day, provider_of, quantity

_NONE: Segment = []
_T = TypeVar("_T")


def provider_with(loops: Sequence[Located], within: str, entity: str) -> Provider | None:
    """The provider with this entity code (NM101) in a loop whose name begins so, if there is one."""
    for loop, _, slots in loops:
        if loop.startswith(within) and value(slots.get("NM1", _NONE), 1) == entity:
            return provider_of(slots["NM1"], value(slots.get("PRV", _NONE), 3), "", None, _NONE)
    return None


# Facilities ------------------------------------------------------------------------------------------------------------


def institutional(head: Slots, loops: Sequence[Located], lines: Sequence[ServiceLine], component: str) -> Institutional:
    """The UB-04's own part of a claim. Without a readable statement period (DTP*434) it is that of the lines."""
    begins, ends = dates(value(head.get("DTP*434", _NONE), 3))
    if begins is None and not lines:
        raise UnreadableError("DTP", "DTP03", "The statement period (DTP*434) is not readable.", head.get("DTP*434"))
    codes = _codes(head.get("HI", ()), component)
    hour = value(head.get("DTP*435", _NONE), 3)[8:12]
    discharge, due = head.get("DTP*096", _NONE), head.get("AMT*F3")
    main = _each(codes, _dated(Procedure), "BBR", "BR", "CAH")
    return Institutional(
        statement_from=begins or min(line.first_service for line in lines),
        statement_through=ends or begins or max(line.through for line in lines),
        admission_hour=hour,
        discharge_hour=value(discharge, 3) if value(discharge, 2) == "TM" else "",
        medical_record_number=value(head.get("REF*EA", _NONE), 2),
        patient_due=amount(due, 2) if due else None,
        admitting_diagnosis=next(iter(_each(codes, _diagnosis, "ABJ", "BJ")), ""),
        reasons_for_visit=_each(codes, _diagnosis, "APR", "PR"),
        external_causes=_each(codes, _present, "ABN", "BN"),
        drg=next(iter(_each(codes, _code, "DR")), ""),
        principal_procedure=main[0] if main else None,
        other_procedures=_each(codes, _dated(Procedure), "BBQ", "BQ"),
        occurrence_spans=_each(codes, _span, "BI"),
        occurrences=_each(codes, _dated(Occurrence), "BH"),
        value_codes=_each(codes, _value_code, "BE"),
        condition_codes=_each(codes, _code, "BG"),
        treatment_codes=_each(codes, _code, "TC"),
        operating=provider_with(loops, "2310", "72"),
        other_operating=provider_with(loops, "2310", "ZZ"),
    )


def _codes(rows: Sequence[Segment], component: str) -> list[list[str]]:
    """The composites of every HI, those with a code, each with nine components."""
    found = [(composite.split(component) + [""] * 9)[:9] for row in rows for composite in row[1:]]
    return [one for one in found if one[1]]


def _each(codes: list[list[str]], read: Callable[[list[str]], _T], *qualifiers: str) -> tuple[_T, ...]:
    return tuple(read(one) for one in codes if one[0] in qualifiers)


def _code(parts: list[str]) -> str:
    return parts[1]


def _diagnosis(parts: list[str]) -> str:
    return code_in_full(parts[1])


def _present(parts: list[str]) -> Diagnosis:
    return Diagnosis(code=code_in_full(parts[1]), present_on_admission=parts[8])


def _dated(kind: Callable[..., _T]) -> Callable[[list[str]], _T]:
    return lambda parts: kind(code=parts[1], on=date8(parts[3]))


def _span(parts: list[str]) -> OccurrenceSpan:
    first, last = dates(parts[3])
    return OccurrenceSpan(code=parts[1], first=first, last=last or first)


def _value_code(parts: list[str]) -> ValueCode:
    return ValueCode(code=parts[1], amount=amount(["HI", *parts], 5, 0))


def facility_line(service: Segment) -> dict[str, Any]:
    """What only a revenue line (SV2) says."""
    return {
        "unit_basis": "DA" if value(service, 4) == "DA" else "UN",
        "non_covered": amount(service, 7) if value(service, 7) else 0,
    }


# Dental ----------------------------------------------------------------------------------------------------------------


def dental(head: Slots, loops: Sequence[Located]) -> Dental | None:
    """The dental part of a claim; None where it says nothing that only a dental claim says."""
    months = head.get("DN1", _NONE)
    total, left = quantity(value(months, 1)), quantity(value(months, 2))
    said = Dental(
        predetermination=value(head.get("CLM", _NONE), 19) == "PB",
        predetermination_number=value(head.get("REF*G3", _NONE), 2),
        orthodontic=total is not None or left is not None or value(months, 4) == "Y",
        orthodontic_months=total,
        orthodontic_months_left=left,
        appliance_placed=day(head.get("DTP*452", _NONE), 3),
        tooth_status=tuple(ToothStatus(tooth=value(one, 1), status=cast(Any, value(one, 2))) for one in head.get("DN2", ())),
        assistant_surgeon=provider_with(loops, "2310", "DD"),
    )
    return said if said != Dental() else None


def dental_line(head: Slots, loops: Sequence[Located], component: str) -> DentalLine | None:
    """The dental part of a line; None where it says nothing that only a dental line says."""
    service = head.get("SV3", _NONE)
    said = DentalLine(
        oral_cavity=_parts(value(service, 4), component),
        teeth=tuple(Tooth(number=value(one, 2), surfaces=_parts(value(one, 3), component)) for one in head.get("TOO", ())),
        prosthesis=cast(Any, value(service, 5)),
        prior_placement=day(head.get("DTP*441", _NONE), 3),
        appliance_placed=day(head.get("DTP*452", _NONE), 3),
        appliance_replaced=day(head.get("DTP*446", _NONE), 3),
        treatment_began=day(head.get("DTP*196", _NONE), 3),
        treatment_completed=day(head.get("DTP*198", _NONE), 3),
        predetermination_number=value(head.get("REF*G3", _NONE), 2),
        assistant_surgeon=provider_with(loops, "2420", "DD"),
    )
    return said if said != DentalLine() else None


def _parts(composite: str, component: str) -> tuple[str, ...]:
    return tuple(one for one in composite.split(component) if one)
