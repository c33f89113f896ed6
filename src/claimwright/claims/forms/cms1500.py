"""The CMS-1500 (02/12): every box from the Claim that the 837P is written from (P25).

Content follows the NUCC 1500 Claim Form Reference Instruction Manual (02/12); positions are the form's 10-pitch grid,
so that the same page prints on plain paper or, data only, on the red preprinted form.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from claimwright.claims.forms.cms1500_layout import place
from claimwright.claims.model import Claim, OtherPayer, ServiceLine
from claimwright.money import Cents
from claimwright.parties import Address, Person, Provider
from claimwright.typeset import pdf

LINES_A_PAGE: Final = 6
DIAGNOSES: Final = 12
NAME_WIDTH: Final = 28
ON_FILE: Final = "SIGNATURE ON FILE"

_COVERAGE: Final = {"MA": "medicare", "MB": "medicare", "16": "medicare", "MC": "medicaid", "CH": "tricare", "VA": "champva"}
_RELATIONSHIP: Final = {"18": "self", "01": "spouse", "19": "child"}


def boxes(claim: Claim, page: int = 1, *, signed_on: date | None = None) -> dict[str, str]:
    """The form's boxes by their number ("2", "24A.1", "33a"), empty ones left out. Check boxes hold an X ("6.self")."""
    lines = _page(claim, page)
    filled = {
        **_carrier(claim),
        **_patient_and_insured(claim),
        **_other_insurance(claim),
        **_condition(claim),
        **_providers(claim, lines),
        **_diagnoses(claim),
        **_references(claim, lines),
        **_totals(claim, lines, first=page == 1),
        **_places(claim, signed_on),
    }
    for row, line in enumerate(lines, 1):
        filled.update({f"{box}.{row}": text for box, text in _service(claim, line).items()})
    return {box: text.upper() for box, text in filled.items() if text}


def page_count(claim: Claim) -> int:
    """Six lines a page."""
    return max(1, -(-len(claim.lines) // LINES_A_PAGE))


def cms1500_pdf(claim: Claim, *, data_only: bool = False, signed_on: date | None = None) -> bytes:
    """The claim on as many pages as it needs; `data_only` for the red preprinted form."""
    pages = []
    for page in range(1, page_count(claim) + 1):
        placed = []
        for box, text in boxes(claim, page, signed_on=signed_on).items():
            line, column, width, right = place(box)
            placed.append({"line": line, "column": column, "text": text[:width].rjust(width) if right else text[:width]})
        pages.append(placed)
    return pdf("claims/forms/cms1500.typ", {"pages": pages, "drawn": not data_only})


def _page(claim: Claim, page: int) -> Sequence[ServiceLine]:
    return claim.lines[(page - 1) * LINES_A_PAGE : page * LINES_A_PAGE]


def _carrier(claim: Claim) -> dict[str, str]:
    address = claim.payer.address
    return {
        "carrier.1": claim.payer.name,
        "carrier.2": address.line1 if address else "",
        "carrier.3": address.line2 if address else "",
        "carrier.4": _city_line(address),
    }


def _patient_and_insured(claim: Claim) -> dict[str, str]:
    insured = claim.insured
    kind = _COVERAGE.get(claim.filing_indicator, "group" if insured.group_number else "other")
    medicare_first = kind == "medicare" and claim.responsibility == "P"
    return {
        f"1.{kind}": "X",
        "1a": insured.member_id,
        "2": _name(claim.patient),
        **_birth("3", claim.patient),
        "4": _name(insured.person),
        **_address("5", claim.patient),
        f"6.{_RELATIONSHIP.get(insured.relationship, 'other')}": "X",
        **_address("7", insured.person),
        # Medicare asks for NONE where nothing pays before it (Claims Processing Manual 26, 10.2, item 11).
        "11": "NONE" if medicare_first else insured.group_number,
        **({} if medicare_first else _birth("11a", insured.person)),
        "11c": "" if medicare_first else insured.group_name or claim.payer.name,
        "12": ON_FILE if claim.signature_on_file else "",
        "13": ON_FILE if claim.assignment_of_benefits else "",
    }


def _other_insurance(claim: Claim) -> dict[str, str]:
    if not claim.other_payers:
        medicare = _COVERAGE.get(claim.filing_indicator) == "medicare"
        return {} if medicare else {"11d.no": "X"}
    other: OtherPayer = claim.other_payers[0]
    return {
        "9": _name(other.insured.person),
        "9a": other.insured.group_number or other.insured.member_id,
        "9d": other.insured.group_name or other.payer.name,
        "11d.yes": "X",
    }


def _condition(claim: Claim) -> dict[str, str]:
    filled = {
        f"10a.{_yes(claim.related_cause == 'EM')}": "X",
        f"10b.{_yes(claim.related_cause == 'AA')}": "X",
        f"10c.{_yes(claim.related_cause == 'OA')}": "X",
        "10b.state": claim.accident_state if claim.related_cause == "AA" else "",
    }
    if claim.onset:
        filled |= {**_date("14", claim.onset), "14.qualifier": "431"}  # 431: onset of current symptoms or illness
    elif claim.last_menstrual_period:
        filled |= {**_date("14", claim.last_menstrual_period), "14.qualifier": "484"}
    if claim.accident_date:
        filled |= {**_date("15", claim.accident_date), "15.qualifier": "439"}  # 439: accident
    if claim.admitted:
        filled |= _date("18.from", claim.admitted)
    if claim.discharged:
        filled |= _date("18.to", claim.discharged)
    return filled


def _providers(claim: Claim, lines: Sequence[ServiceLine]) -> dict[str, str]:
    """Box 17 holds one provider: referring, else ordering, else supervising (NUCC, item 17)."""
    ordering = next((line.ordering for line in lines if line.ordering), None)
    for qualifier, provider in (("DN", claim.referring), ("DK", ordering), ("DQ", claim.supervising)):
        if provider:
            return {"17.qualifier": qualifier, "17": _natural_name(provider), "17b": provider.npi}
    return {}


def _diagnoses(claim: Claim) -> dict[str, str]:
    codes = {f"21{'ABCDEFGHIJKL'[place]}": d.code.replace(".", "") for place, d in enumerate(claim.diagnoses[:DIAGNOSES])}
    return {"21.indicator": "0", **codes}  # 0: ICD-10-CM


def _references(claim: Claim, lines: Sequence[ServiceLine]) -> dict[str, str]:
    """Box 23 holds one number: the authorization, else the referral, else the laboratory's CLIA (NUCC, item 23)."""
    clia = next((line.clia for line in lines if line.clia), "")
    corrected = claim.frequency in ("7", "8")
    return {
        "19": claim.note,
        "20.no": "X",
        "22.code": claim.frequency if corrected else "",
        "22.reference": claim.payer_control_number if corrected else "",
        "23": claim.prior_authorization or claim.referral_number or clia,
    }


def _service(claim: Claim, line: ServiceLine) -> dict[str, str]:
    rendering = line.rendering or claim.rendering or claim.billing
    shaded = f"N4{line.drug.ndc}   {line.drug.unit}{line.drug.quantity.normalize():f}" if line.drug else ""
    if not shaded and line.description:
        shaded = f"ZZ{line.description}"
    return {
        "24.shaded": shaded,
        "24A.from": f"{line.first_service:%m %d %y}",
        "24A.to": f"{line.through:%m %d %y}",
        "24B": line.place_of_service or claim.place_of_service,
        "24C": "Y" if line.emergency else "",
        "24D": line.procedure,
        **{f"24D.modifier{place}": modifier for place, modifier in enumerate(line.modifiers[:4], 1)},
        "24E": "".join("ABCDEFGHIJKL"[pointer - 1] for pointer in line.pointers[:4] if 0 < pointer <= DIAGNOSES),
        "24F": _amount(line.charge),
        "24G": f"{line.units.normalize():f}",
        "24J": rendering.npi,
    }


def _totals(claim: Claim, lines: Sequence[ServiceLine], *, first: bool) -> dict[str, str]:
    """Each page stands for itself, so its total is of its own lines; what was paid is told once, on the first."""
    paid = claim.patient_paid + sum(other.paid or 0 for other in claim.other_payers)
    return {
        "25": claim.billing.ein.replace("-", ""),
        "25.ein": "X" if claim.billing.ein else "",
        "26": claim.patient_control_number,
        f"27.{_yes(claim.accept_assignment == 'A')}": "X",
        "28": _amount(sum(line.charge for line in lines)),
        "29": _amount(paid) if first and paid else "",
    }


def _places(claim: Claim, signed_on: date | None) -> dict[str, str]:
    where = claim.service_facility or claim.billing
    billing = claim.billing
    rendering = claim.rendering or billing
    return {
        "31.1": _natural_name(rendering),
        "31.2": ON_FILE if claim.signature_on_file else "",
        "31.date": f"{signed_on:%m %d %y}" if signed_on else "",
        "32.1": _natural_name(where),
        "32.2": where.address.line1 if where.address else "",
        "32.3": _city_line(where.address),
        "32a": where.npi,
        "33.area": billing.phone[:3],
        "33.phone": f"{billing.phone[3:6]}-{billing.phone[6:]}" if len(billing.phone) == 10 else billing.phone[3:],
        "33.1": _natural_name(billing),
        "33.2": billing.address.line1 if billing.address else "",
        "33.3": _city_line(billing.address),
        "33a": billing.npi,
        "33b": f"ZZ{billing.taxonomy}" if billing.taxonomy else "",
    }


def _name(person: Person) -> str:
    """Last, first, middle initial in the form's 28 columns. Too long: the initial goes, then the end of the last name."""
    last = f"{person.last} {person.suffix}".strip()
    whole = ", ".join(part for part in (last, person.first, person.middle[:1]) if part)
    if len(whole) <= NAME_WIDTH:
        return whole
    first = person.first[: NAME_WIDTH // 2 - 2]
    return f"{last[: NAME_WIDTH - 2 - len(first)]}, {first}" if first else last


def _natural_name(provider: Provider) -> str:
    return " ".join(part for part in (provider.first, provider.middle[:1], provider.name) if part)


def _birth(box: str, person: Person) -> dict[str, str]:
    sex = {f"{box}.{'male' if person.sex == 'M' else 'female'}": "X"} if person.sex in ("M", "F") else {}
    return {**(_date(box, person.birth) if person.birth else {}), **sex}


def _date(box: str, on: date) -> dict[str, str]:
    return {f"{box}.month": f"{on:%m}", f"{box}.day": f"{on:%d}", f"{box}.year": f"{on:%Y}"}


def _address(box: str, person: Person) -> dict[str, str]:
    address = person.address
    if address is None:
        return {}
    street = f"{address.line1} {address.line2}".strip()
    phone = {f"{box}.area": person.phone[:3], f"{box}.phone": person.phone[3:]} if person.phone else {}
    return {box: street, f"{box}.city": address.city, f"{box}.state": address.state, f"{box}.zip": _zip(address), **phone}


def _city_line(address: Address | None) -> str:
    return f"{address.city} {address.state} {_zip(address)}" if address else ""


def _zip(address: Address) -> str:
    return f"{address.zip[:5]}-{address.zip[5:]}" if len(address.zip) == 9 else address.zip


def _amount(amount: Cents) -> str:
    """Dollars, a blank where the form has its line, cents."""
    return f"{amount // 100} {amount % 100:02d}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"
