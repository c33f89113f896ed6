"""What the levels above a claim and its own head (2300) say, from segments to fields: parties, CLM, HI and single elements.

Segments that are not there are given empty. Both ways to read a claim, by loops and straight, end here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.x12.claim_parts import code_in_full
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment
from claimwright.x12.values import UnreadableError, amount, day, padded

_DIAGNOSES = frozenset({"ABK", "BK", "ABF", "BF"})
_NOBODY = Person(last="", first="")
# What each claim begins as. To replace some of many fields is several times as quick as to name them all.
BLANK = Claim(
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
    "DTP*484": ("last_menstrual_period", 3, day),
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


def payer_of(name: Segment, home: Address | None) -> Payer:
    """From the payer's NM1 and address."""
    return Payer(name=value(name, 3), payer_id=value(name, 9), address=home)


def with_parties(
    billed: Claim, policy: Segment, holder: Person, name: Segment, payer: Payer, patient: Person, relationship: str
) -> Claim:
    """A claim that says who bills, now with all its parties: from SBR and the subscriber's NM1."""
    policy = padded(policy, 9)
    insured = Insured(
        person=holder,
        member_id=value(name, 9),
        relationship=relationship,
        group_number=policy[3],
        group_name=policy[4],
    )
    return replace(
        billed,
        payer=payer,
        insured=insured,
        patient=patient,
        responsibility=policy[1] or "P",
        filing_indicator=policy[9],
        insurance_type=policy[5],
    )


class Head:
    """What CLM says. Raises UnreadableError where it has no control number or charge."""

    __slots__ = ("charge", "facility", "frequency", "row")

    def __init__(self, row: Segment, component: str) -> None:
        self.row = clm = padded(row, 11)
        if not clm[1]:
            raise UnreadableError("CLM", "CLM01", "CLM01 (patient control number) is missing.", row or None)
        self.facility, self.frequency = _facility(clm[5], component)
        self.charge = amount(clm, 2)

    def claim(
        self, named: Claim, diagnoses: tuple[Diagnosis, ...], lines: tuple[ServiceLine, ...], more: dict[str, Any]
    ) -> Claim:
        """The claim; `named` has its parties, `more` what fewer claims say."""
        clm = self.row
        return replace(
            named,
            patient_control_number=clm[1],
            charge=self.charge,
            place_of_service=self.facility,
            frequency=self.frequency,
            signature_on_file=clm[6] != "N",
            accept_assignment=clm[7] or "A",
            assignment_of_benefits=clm[8] == "Y",
            release_of_information=clm[9] or "Y",
            diagnoses=diagnoses,
            lines=lines,
            **more,
        )

    def cause(self, component: str) -> dict[str, Any]:
        """What the services are related to, where it is said."""
        if not self.row[11]:
            return {}
        cause = [*self.row[11].split(component), "", "", ""]
        return {"related_cause": cause[0], "accident_state": cause[3]}


@lru_cache(maxsize=1024)
def _facility(composite: str, component: str) -> tuple[str, str]:
    """Place of service, or type of bill, and frequency (CLM05)."""
    place, _, frequency, *_ = [*composite.split(component), "", ""]
    return place, frequency or "1"


def give_clia(more: dict[str, Any], billing: Provider, clia: str) -> None:
    """The laboratory's number (REF*X4) belongs to where the service was, or to who bills."""
    if clia:
        role = "service_facility" if "service_facility" in more else "billing"
        more[role] = replace(more.get(role, billing), clia=clia)


def diagnoses_in(rows: Sequence[Segment], component: str) -> tuple[Diagnosis, ...]:
    """HI in their order: the principal or first-listed code, then the others; an admitting diagnosis is not among them."""
    found = [_diagnosis(composite, component) for row in rows for composite in row[1:]]
    return tuple([one for one in found if one is not None])


@lru_cache(maxsize=4096)
def _diagnosis(composite: str, component: str) -> Diagnosis | None:
    parts = composite.split(component)
    if len(parts) < 2 or not parts[1] or parts[0] not in _DIAGNOSES:
        return None
    return Diagnosis(code=code_in_full(parts[1]), present_on_admission=parts[8] if len(parts) > 8 else "")
