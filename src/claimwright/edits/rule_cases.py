"""A claim in one line, for the cases of a rule: `payer SBX01, age 45, dx E11.9 I10, line 99213 25 x1 $120.00 dx12 @11`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.edits.rules import Case
from claimwright.money import cents
from claimwright.parties import Address, Insured, Payer, Person, Provider

CASE_FIX = "Write parts with commas between, such as: payer SBX01, age 45, sex F, dx E11.9, place 11, line 99213 25 x1 $120.00"

# The word in the case -> the claim's field
_FIELDS = {
    "filing": "filing_indicator",
    "responsibility": "responsibility",
    "form": "form",
    "frequency": "frequency",
    "place": "place_of_service",
    "type": "bill_type",
    "authorization": "prior_authorization",
    "referral": "referral_number",
    "control": "payer_control_number",
    "cause": "related_cause",
    "note": "note",
}
_PROVIDERS = ("rendering", "referring", "supervising", "billing")
_OTHERS = ("payer", "member", "group", "relationship", "age", "sex", "dx", "on", "late", "state")


class CaseError(ValueError):
    """What of a case cannot be read."""


def case(at: int, found: bool, text: str) -> Case:
    """The case of a line; what it does not say is that of a plain office visit. `late`: days until the claim is judged;
    `earlier 30 99213`: a service so many days before.
    """
    said: dict[str, list[str]] = {}
    lines: list[list[str]] = []
    before: list[list[str]] = []
    for part in text.split(","):
        word, *rest = part.split()
        if word == "line" and rest:
            lines.append(rest)
        elif word == "earlier" and len(rest) > 1:
            before.append(rest)
        elif rest and word in (*_FIELDS, *_PROVIDERS, *_OTHERS):
            said[word] = rest
        else:
            raise CaseError(f"“{part.strip()}” is no part of a case.")
    if not lines:
        raise CaseError("The case has no line.")
    try:
        on = date.fromisoformat(said.get("on", ["2026-06-15"])[0])
        late = timedelta(int(said.get("late", ["10"])[0]))
        of, history = _claim(said, lines, on), tuple(_earlier(said, rest, on) for rest in before)
        return Case(found=found, claim=of, today=on + late, text=text, line=at, history=history)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise CaseError(str(error) if isinstance(error, CaseError) else "A number or day of the case cannot be read.") from None


def _earlier(said: dict[str, list[str]], rest: list[str], on: date) -> Claim:
    """The same patient's claim to the same payer, so many days before."""
    days, *line = rest
    made = _claim(said, [line], on - timedelta(int(days)))
    return msgspec.structs.replace(made, patient_control_number=f"BEFORE{days}", patient=_claim(said, [line], on).patient)


def _claim(said: dict[str, list[str]], lines: list[list[str]], on: date) -> Claim:
    birth = date(on.year - int(said.get("age", ["45"])[0]), 1, 1)
    person: dict[str, Any] = {"last": "CASE", "first": "A", "birth": birth, "sex": said.get("sex", ["F"])[0]}
    services = tuple(_line(number, parts, on) for number, parts in enumerate(lines, 1))
    given: dict[str, Any] = {
        "place_of_service": "11",
        "billing": Provider(npi="1234567893", name="PRACTICE", address=_at(said.get("state", ["OH"])[0])),
    }
    given |= {_FIELDS[word]: " ".join(rest) for word, rest in said.items() if word in _FIELDS}
    given |= {
        word: Provider(npi=npi, name="CASE", taxonomy="".join(rest))
        for word in _PROVIDERS
        for npi, *rest in [said.get(word, [""])]
        if npi
    }
    return Claim(
        patient_control_number="CASE",
        charge=sum(line.charge for line in services),
        payer=Payer(name="PAYER", payer_id=said.get("payer", ["PAYER"])[0]),
        patient=Person(**person),
        insured=Insured(
            person=Person(**person),
            member_id=said.get("member", ["M1"])[0],
            relationship=said.get("relationship", ["18"])[0],
            group_number=said.get("group", [""])[0],
        ),
        diagnoses=tuple(Diagnosis(code=code) for code in said.get("dx", ["Z00.00"])),
        lines=services,
        **given,
    )


def _at(state: str) -> Address:
    return Address(line1="1 CASE", city="CASE", state=state, zip="")


def _line(number: int, parts: list[str], on: date) -> ServiceLine:
    procedure, *others = parts
    modifiers: list[str] = []
    values: dict[str, Any] = {"charge": 10000}
    for one in others:
        if one[0] == "x":
            values["units"] = Decimal(one[1:])
        elif one[0] == "$":
            values["charge"] = cents(one[1:])
        elif one[0] == "@":
            values["place_of_service"] = one[1:]
        elif one.startswith("dx"):
            values["pointers"] = tuple(int(digit) for digit in one[2:])
        elif re.fullmatch(r"[A-Z0-9]{2}", one):
            modifiers.append(one)
        else:
            raise CaseError(f"“{one}” is no part of a line.")
    return ServiceLine(number=number, procedure=procedure, modifiers=tuple(modifiers), first_service=on, **values)
