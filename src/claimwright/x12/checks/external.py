"""Codes and numbers that other bodies keep (SNIP 5), where one segment is enough.

Where our list is complete, a code that it lacks is an error; where it may be older than the code (RARC of June 2024,
taxonomy 25.1, modifiers of January 2026) it is a warning that says so. Procedures are judged by form and by the ranges in which
codes exist at all: the lists themselves are their owners'. Nothing here depends on any other segment, nor on a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from claimwright.codesets import reference
from claimwright.codesets.numbers import numbers
from claimwright.codesets.trips import of_a_trip
from claimwright.identifiers import ein_valid, npi_valid, taxonomy_valid
from claimwright.x12.checks.diagnoses import ICD10
from claimwright.x12.checks.report import ERROR, WARNING, Report
from claimwright.x12.grammar import Rule
from claimwright.x12.located import value
from claimwright.x12.tokens import Delimiters, Segment

_CARC = re.compile(r"[1-9]\d{0,2}|[ABDPWY]\d{1,2}")
_RARC = re.compile(r"[MN][1-9]\d{0,3}|MA\d{2,3}")
_STATUS = re.compile(r"\d{1,2}|[1-8]\d\d")  # X12 external list 508 has come to the eight hundreds
_ZIP = re.compile(r"\d{5}(\d{4})?")
_PROVINCES = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])
# The forces and the islands (USPS Publication 28).
_POSTAL = frozenset(["AA", "AE", "AP", "AS", "FM", "GU", "MH", "MP", "PW", "UM"])
_NDC = re.compile(r"\d{11}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_DIGITS = re.compile(r"\d+")
_CLIA = re.compile(r"\d{2}D\d{7}")  # 42 CFR 493; CMS CLIA number: two digits, D, seven digits
_CONTROL = re.compile(r"[0-9A-Z]{2}")  # NUBC condition, occurrence and value codes
# CPT category I by section, II (F), III (T), laboratory (U, M) and administrative (A); HCPCS Level II by its letters.
_PROCEDURE = re.compile(r"(?!00000)(0[01]\d{3}|[1-69]\d{4}|[78]\d{4})|\d{4}[AFMTU]|[ABCDEGHJKLMPQRSTUV]\d{4}")
_DENTAL = re.compile(r"D\d{4}")
_TEETH = frozenset(
    [*map(str, range(1, 33)), *map(str, range(51, 83)), *"ABCDEFGHIJKLMNOPQRST", *(f"{one}S" for one in "ABCDEFGHIJKLMNOPQRST")]
)  # the universal system with supernumerary teeth (ANSI/ADA 3950)


class Flaw(NamedTuple):
    """What is wrong with one element, `-n` for a component."""

    code: str
    element: str
    message: str
    fix: str = ""
    severity: str = ERROR


Judge = Callable[[Segment, str, Delimiters], Iterable[Flaw]]


def check_segment(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    """Judge one segment by itself."""
    for flaw in flaws_of(segment, loop, marks):
        report.add(
            5, flaw.code, flaw.message, line=line, loop=loop, segment=segment[0], element=flaw.element, fix=flaw.fix,
            severity=flaw.severity,
        )  # fmt: skip


def flaws_of(segment: Segment, loop: str, marks: Delimiters) -> Iterable[Flaw]:
    """What is wrong with the codes in a segment."""
    name = segment[0]
    judge = _JUDGES.get(name)
    if judge is None:
        return ()
    if name not in _LOOKED_AT or len(segment) > _LONG or sum(map(len, segment)) > _LONG * 10:
        return judge(segment, loop, marks)
    return _flaws(name, loop, marks, *segment[_LOOKED_AT[name]])


@lru_cache(maxsize=8192)  # the same towns, services and reasons come again and again, with other names and amounts
def _flaws(name: str, loop: str, marks: Delimiters, *given: str) -> tuple[Flaw, ...]:
    """What is wrong with a segment that has these elements where its judge looks."""
    segment = [name, *[""] * _LONG]
    for place, text in zip(range(_LONG)[_LOOKED_AT[name]], given, strict=False):
        segment[place] = text
    return tuple(_JUDGES[name](segment, loop, marks))


def looked_at(segment: Segment) -> tuple[str, ...] | None:
    """What alone the verdict on a segment rests on, nothing where it is not judged; None where that is not known."""
    name = segment[0]
    if name == "NM1":
        return (segment[9],) if len(segment) > 9 and segment[8] == "XX" else ()
    places = _LOOKED_AT.get(name)
    return tuple(segment[places]) if places else None


def is_judged(rule: Rule) -> bool:
    """Whether segments of a rule that fit it may hold a code to judge."""
    if rule.id == "REF":
        return not rule.qualifiers or not rule.qualifiers.isdisjoint(_NUMBERS)
    if rule.id == "HI" and rule.loop.id == "2300":  # its diagnoses and procedures are judged on the claim's day
        coded = [one.parts[0].codes for one in rule.elements if one.used]
        return not all(codes and _CONDITIONS.keys().isdisjoint({code[:2] for code in codes}) for codes in coded)
    return rule.id in _JUDGES


def _parts(segment: Segment, place: int, marks: Delimiters, least: int = 2) -> list[str]:
    """An element's components, as many as are needed at least."""
    found = value(segment, place).split(marks.component)
    return found + [""] * (least - len(found))


# People and places -----------------------------------------------------------------------------------------------------


def _npi(number: str, element: str) -> Iterable[Flaw]:
    if not number or npi_valid(number):
        return ()
    said = f"{element} is not an NPI: it must have ten digits with a right check digit."
    return (Flaw("npi-invalid", element, said, "Look the provider up in NPPES and correct the number."),)


def _nm1(segment: Segment, loop: str, marks: Delimiters) -> Iterable[Flaw]:
    return _npi(segment[9], "NM109") if len(segment) > 9 and segment[8] == "XX" else ()


def _n1(segment: Segment, loop: str, marks: Delimiters) -> Iterable[Flaw]:
    return _npi(segment[4], "N104") if len(segment) > 4 and segment[3] == "XX" else ()


def _plb(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    number = value(segment, 1)
    if number and not npi_valid(number):
        said = "PLB01 is not an NPI; payers that know the provider by NPI must send it."
        yield Flaw("npi-invalid", "PLB01", said, severity=WARNING)


def _n4(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    state, code, country = value(segment, 2), value(segment, 3), value(segment, 4)
    if country and not numbers("country").has(country):
        yield Flaw("country-invalid", "N404", "N404 is not a country code (ISO 3166, two letters).", "Leave it empty for the US.")
    if country not in ("", "US"):
        return
    known = reference.state(state)
    if state and known is None and state not in _PROVINCES and state not in _POSTAL:
        yield Flaw("state-invalid", "N402", "N402 is not a state or territory.", "Use the two letters of the post office.")
    elif code and state not in _PROVINCES and not _ZIP.fullmatch(code):
        said = "N403 is not a ZIP code: five or nine digits, without a dash."
        yield Flaw("zip-invalid", "N403", said)
    elif code and known is not None and not known.has_zip(code):
        said = "N403 does not lie in the state of N402."
        yield Flaw("zip-state", "N403", said, "Correct the ZIP code or the state.", WARNING)
    elif code and loop == "2010AA" and len(code) == 5:
        said = "N403 of the billing provider should have nine digits."
        yield Flaw("zip-short", "N403", said, "Add the last four digits; many payers reject without.", WARNING)


def _per(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    for place in (4, 6, 8):
        number = value(segment, place)
        if number and value(segment, place - 1) in ("TE", "FX") and not (_DIGITS.fullmatch(number) and len(number) >= 10):
            said = f"PER{place:02d} is not a telephone number: ten digits without signs."
            yield Flaw("phone-invalid", f"PER{place:02d}", said, severity=WARNING)


def _ref(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    qualifier, number = value(segment, 1), value(segment, 2)
    if qualifier == "EI" and loop == "2010AA" and not (_DIGITS.fullmatch(number) and len(number) == 9) and number:
        severity = WARNING if ein_valid(number) else ERROR  # the guide's own examples have the dash
        said = "REF*EI is not an employer number: nine digits, without a dash."
        yield Flaw("ein-invalid", "REF02", said, severity=severity)
    elif qualifier == "X4" and loop in ("2300", "2400") and number and not _CLIA.fullmatch(number):
        said = "REF*X4 is not a CLIA number: two digits, D, seven digits."
        yield Flaw("clia-invalid", "REF02", said)


def _prv(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    code, listed = value(segment, 3), numbers("taxonomy")
    if value(segment, 2) != "PXC" or not code:
        return
    if not taxonomy_valid(code):
        yield Flaw("taxonomy-invalid", "PRV03", "PRV03 does not have the form of a provider taxonomy code.")
    elif not listed.has(code):
        said = f"PRV03 is not in the taxonomy list, version {listed.version}."
        yield Flaw("taxonomy-unknown", "PRV03", said, "Use the code that the provider has in NPPES.", WARNING)


# Services --------------------------------------------------------------------------------------------------------------


def _clm(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    facility, qualifier = _parts(segment, 5, marks)[:2]
    if qualifier == "B" and facility and reference.place_of_service(facility) is None:
        yield Flaw("place-of-service-invalid", "CLM05-1", "CLM05-1 is not a place of service.")
    elif qualifier == "A" and facility and not re.fullmatch(r"[1-8][1-9]", facility):
        yield Flaw("bill-type-invalid", "CLM05-1", "CLM05-1 is not the start of a bill type: facility and care, two digits.")
    state = _parts(segment, 11, marks, 4)[3]
    if state and reference.state(state) is None and state not in _PROVINCES and state not in _POSTAL:
        yield Flaw("state-invalid", "CLM11-4", "CLM11-4 is not a state or territory.")


def _cl1(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    admission, source, discharge = (value(segment, place) for place in (1, 2, 3))
    if admission and admission not in ("1", "2", "3", "4", "5", "9"):
        yield Flaw("admission-type-invalid", "CL101", "CL101 is not a type of admission (1 to 5, or 9).")
    if source and not re.fullmatch(r"[1-9A-G]", source):
        yield Flaw("admission-source-invalid", "CL102", "CL102 is not a point of origin.")
    if discharge and not numbers("discharge status").has(discharge):
        yield Flaw("discharge-status-invalid", "CL103", "CL103 is not a patient's discharge status.")


_CONDITIONS = {"BG": "condition", "BH": "occurrence", "BI": "occurrence", "BE": "value"}


def _hi(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    told_of = ("BE", "BG", "BH", "BI") if loop == "2300" else ("AB",) if loop[:4] in ("2100", "2110") else ()
    for place, composite in enumerate(segment[1:], 1):
        if composite[:2] not in told_of:
            continue
        qualifier, code = _parts(segment, place, marks)[:2]
        what = _CONDITIONS.get(qualifier)
        if what and code and not _CONTROL.fullmatch(code):
            yield Flaw(f"{what}-code-invalid", f"HI{place:02d}-2", f"HI{place:02d}-2 is not a {what} code: two characters.")
        elif qualifier in ("ABK", "ABF", "ABJ") and code and not ICD10.fullmatch(code):
            said = f"HI{place:02d}-2 does not have the form of an ICD-10-CM code."
            yield Flaw("diagnosis-invalid", f"HI{place:02d}-2", said)


_SHAPES = {
    "HC": (_PROCEDURE, "HCPCS or CPT code"),
    "AD": (_DENTAL, "dental procedure code"),
    "N4": (_NDC, "NDC of eleven digits"),
}


def _procedure(place: int) -> Judge:
    """A procedure with its modifiers, in this element."""

    def judge(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
        qualifier, code, *rest = _parts(segment, place, marks)
        element = f"{segment[0]}{place:02d}"
        shape, what = _SHAPES.get(qualifier, (None, ""))
        if shape and code and not shape.fullmatch(code):
            yield Flaw("procedure-invalid", f"{element}-2", f"{element}-2 is not a {what}.")
        if qualifier in ("HC", "AD"):
            yield from _modifiers(element, code, rest[:4])

    return judge


def _modifiers(element: str, procedure: str, given: list[str]) -> Iterator[Flaw]:
    listed = numbers("modifier")
    for at, one in enumerate(given, 3):
        name = f"{element}-{at}"
        if one and not _MODIFIER.fullmatch(one):
            yield Flaw("modifier-invalid", name, f"{name} is not a modifier.")
        elif one and one in given[: at - 3]:
            yield Flaw("modifier-repeated", name, f"{name} repeats a modifier.", "Leave it out.", WARNING)
        elif one and not listed.has(one) and not of_a_trip(procedure, one):
            said = f"{name} is not in the list of modifiers of January 2026."
            yield Flaw("modifier-unknown", name, said, "Check it with the payer.", WARNING)


def _sv1(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    yield from _procedure(1)(segment, loop, marks)
    place = value(segment, 5)
    if place and reference.place_of_service(place) is None:
        yield Flaw("place-of-service-invalid", "SV105", "SV105 is not a place of service.")


def _sv2(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    yield from _procedure(2)(segment, loop, marks)
    yield from _revenue(value(segment, 1), "SV201")


def _svc(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    if loop[:4] == "2220":
        return  # a status repeats the code that was sent, right or wrong
    yield from _procedure(1)(segment, loop, marks)
    qualifier, code = _parts(segment, 1, marks)[:2]
    yield from _revenue(code, "SVC01-2") if qualifier == "NU" else ()
    yield from _revenue(value(segment, 4), "SVC04")


def _revenue(code: str, element: str) -> Iterator[Flaw]:
    listed = numbers("revenue")
    if code and not (_DIGITS.fullmatch(code) and len(code) in (3, 4)):
        yield Flaw("revenue-code-invalid", element, f"{element} is not a revenue code: four digits.")
    elif code and not listed.has(code.rjust(4, "0")):
        said = f"{element} is not in the list of revenue codes ({listed.version})."
        yield Flaw("revenue-code-unknown", element, said, severity=WARNING)


def _lin(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    if value(segment, 2) == "N4" and not _NDC.fullmatch(value(segment, 3)):
        yield Flaw("ndc-invalid", "LIN03", "LIN03 is not an NDC of eleven digits.", "Write it 5-4-2, without dashes.")


def _too(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    tooth = value(segment, 2)
    if value(segment, 1) == "JP" and tooth and tooth.lstrip("0") not in _TEETH:
        yield Flaw("tooth-invalid", "TOO02", "TOO02 is not a tooth: 1 to 32, A to T, or one of their supernumeraries.")


def _service_types(place: int) -> Judge:
    def judge(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
        given = value(segment, place)
        codes = given.split(marks.repetition) if marks.repetition else [given]
        element = f"{segment[0]}{place:02d}"
        if given and not all(numbers("service type").has(code) for code in codes):
            yield Flaw("service-type-invalid", element, f"{element} holds what is no service type.")
        if segment[0] in ("EQ", "EB"):
            yield from _procedure(2 if segment[0] == "EQ" else 13)(segment, loop, marks)

    return judge


# Adjustments and statuses ----------------------------------------------------------------------------------------------


def _cas(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    listed = numbers("carc")
    for place in range(2, len(segment), 3):
        code, element = segment[place], f"CAS{place:02d}"
        if code and not _CARC.fullmatch(code):
            yield Flaw("carc-invalid", element, f"{element} is not a claim adjustment reason code.")
        elif code and not listed.has(code):
            said = f"{element} is not in the list of claim adjustment reason codes ({listed.version})."
            yield Flaw("carc-invalid", element, said)


def _remark(code: str, element: str) -> Iterator[Flaw]:
    if code and not _RARC.fullmatch(code):
        yield Flaw("rarc-invalid", element, f"{element} is not a remittance advice remark code.")
    elif code and not numbers("rarc").has(code):
        said = f"{element} is not in the list of remark codes of June 2024; it may be newer."
        yield Flaw("rarc-unknown", element, said, severity=WARNING)


def _lq(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    if value(segment, 1) == "HE":
        yield from _remark(value(segment, 2), "LQ02")


def _remarks(places: tuple[int, ...]) -> Judge:
    def judge(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
        for place in places:
            yield from _remark(value(segment, place), f"{segment[0]}{place:02d}")

    return judge


def _stc(segment: Segment, loop: str, marks: Delimiters) -> Iterator[Flaw]:
    for place in (1, 10, 11):
        category, status, entity = _parts(segment, place, marks, 3)[:3]
        element = f"STC{place:02d}"
        if category and not numbers("claim status category").has(category):
            yield Flaw("status-invalid", f"{element}-1", f"{element}-1 is not a claim status category.")
        elif status and not _STATUS.fullmatch(status):
            yield Flaw("status-invalid", f"{element}-2", f"{element}-2 is not a claim status code.")
        elif entity and not numbers("entity").has(entity):
            said = f"{element}-3 is not an entity code that the guides use."
            yield Flaw("entity-invalid", f"{element}-3", said, severity=WARNING)


_JUDGES: dict[str, Judge] = {
    "NM1": _nm1, "N1": _n1, "N4": _n4, "PER": _per, "REF": _ref, "PRV": _prv, "PLB": _plb, "CLM": _clm, "CL1": _cl1, "HI": _hi,
    "SV1": _sv1, "SV2": _sv2, "SV3": _procedure(1), "SVC": _svc, "SVD": _procedure(3), "LIN": _lin, "TOO": _too,
    "EQ": _service_types(1), "EB": _service_types(3), "UM": _service_types(3), "CAS": _cas, "LQ": _lq, "STC": _stc,
    "MOA": _remarks((3, 4, 5, 6, 7)), "MIA": _remarks((5, 20, 21, 22, 23)),
}  # fmt: skip
# Where the judges of the most common segments look: the same elements are judged once.
_LOOKED_AT: dict[str, slice] = {
    "N4": slice(2, 5), "CLM": slice(5, 12, 6), "SV1": slice(1, 6, 4), "SV2": slice(1, 3), "SV3": slice(1, 2),
    "SVC": slice(1, 5, 3), "SVD": slice(3, 4), "CAS": slice(2, 18, 3), "PRV": slice(2, 4), "LIN": slice(2, 4),
}  # fmt: skip
_LONG = 20  # elements; what is longer, and that by far, is no segment to remember
_NUMBERS = frozenset({"EI", "X4"})  # the REF that are judged
JUDGED = frozenset(_JUDGES)  # the segments that `check_segment` has anything to say of
