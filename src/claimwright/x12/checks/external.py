"""Codes and numbers that other bodies keep (SNIP 5), where one segment is enough: NPI, states, ZIP, taxonomy, CARC, RARC."""

from __future__ import annotations

import re
from collections.abc import Callable

from claimwright.codesets import reference
from claimwright.identifiers import npi_valid, taxonomy_valid
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.located import value
from claimwright.x12.tokens import Delimiters, Segment

# The shapes of the lists (X12 external code source 139 and 411): the starter tables are not complete, so shape alone is an error.
_CARC = re.compile(r"[1-9]\d{0,2}|[ABDPWY]\d{1,2}")
_RARC = re.compile(r"[MN][1-9]\d{0,3}|MA\d{2,3}")
_STATUS_CATEGORY = re.compile(r"[A-Z]\d{1,2}")
_STATUS = re.compile(r"\d{1,3}")
_ZIP = re.compile(r"\d{5}(\d{4})?")
_PROVINCES = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])
_PROCEDURE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]")
_DENTAL = re.compile(r"D\d{4}")
_NDC = re.compile(r"\d{11}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")


def check_segment(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    """Judge one segment by itself."""
    judge = _JUDGES.get(segment[0])
    if judge is not None:
        judge(segment, line, loop, report, marks)


def _add(
    report: Report, code: str, said: str, line: int, loop: str, segment: str, element: str, fix: str = "", severity: str = "error"
) -> None:  # fmt: skip
    report.add(5, code, said, line=line, loop=loop, segment=segment, element=element, fix=fix, severity=severity)


def _npi(number: str, element: str, segment: str, line: int, loop: str, report: Report) -> None:
    if number and not npi_valid(number):
        said = f"{element} is not an NPI: it must have ten digits with a right check digit."
        _add(report, "npi-invalid", said, line, loop, segment, element)


def _nm1(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    if value(segment, 8) == "XX":
        _npi(value(segment, 9), "NM109", "NM1", line, loop, report)


def _n1(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    if value(segment, 3) == "XX":
        _npi(value(segment, 4), "N104", "N1", line, loop, report)


def _n4(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    state, code, country = value(segment, 2), value(segment, 3), value(segment, 4)
    if country not in ("", "US"):
        return
    if state and reference.state(state) is None and state not in _PROVINCES:
        _add(report, "state-invalid", "N402 is not a state or territory.", line, loop, "N4", "N402")
    elif code and state not in _PROVINCES and not _ZIP.fullmatch(code):
        said = "N403 is not a ZIP code: five or nine digits, without a dash."
        _add(report, "zip-invalid", said, line, loop, "N4", "N403")


def _prv(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    if value(segment, 2) == "PXC" and value(segment, 3) and not taxonomy_valid(value(segment, 3)):
        said = "PRV03 does not have the form of a provider taxonomy code."
        _add(report, "taxonomy-invalid", said, line, loop, "PRV", "PRV03")


def _cas(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    for place in range(2, len(segment), 3):
        code = segment[place]
        if code and not _CARC.fullmatch(code):
            said = f"CAS{place:02d} is not a claim adjustment reason code."
            _add(report, "carc-invalid", said, line, loop, "CAS", f"CAS{place:02d}")


def _lq(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    if value(segment, 1) == "HE" and not _RARC.fullmatch(value(segment, 2)):
        _add(report, "rarc-invalid", "LQ02 is not a remittance advice remark code.", line, loop, "LQ", "LQ02")


def _remarks(places: tuple[int, ...]) -> Callable[[Segment, int, str, Report, Delimiters], None]:
    def judge(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
        for place in places:
            code = value(segment, place)
            if code and not _RARC.fullmatch(code):
                element = f"{segment[0]}{place:02d}"
                said = f"{element} is not a remittance advice remark code."
                _add(report, "rarc-invalid", said, line, loop, segment[0], element)

    return judge


def _clm(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    facility, qualifier, *_ = [*value(segment, 5).split(marks.component), "", ""]
    if qualifier == "B" and facility and reference.place_of_service(facility) is None:
        said = "CLM05-1 is not a place of service."
        _add(report, "place-of-service-invalid", said, line, loop, "CLM", "CLM05-1")
    state = (value(segment, 11).split(marks.component) + [""] * 4)[3]
    if state and reference.state(state) is None:
        _add(report, "state-invalid", "CLM11-4 is not a state or territory.", line, loop, "CLM", "CLM11-4")


def _procedure(place: int) -> Callable[[Segment, int, str, Report, Delimiters], None]:
    def judge(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
        parts = value(segment, place).split(marks.component)
        qualifier, code = parts[0], parts[1] if len(parts) > 1 else ""
        element = f"{segment[0]}{place:02d}"
        shape = {"HC": _PROCEDURE, "AD": _DENTAL, "N4": _NDC}.get(qualifier)
        if shape and code and not shape.fullmatch(code):
            what = {"HC": "HCPCS or CPT code", "AD": "dental procedure code", "N4": "NDC of eleven digits"}[qualifier]
            _add(report, "procedure-invalid", f"{element}-2 is not a {what}.", line, loop, segment[0], f"{element}-2")
        for at, modifier in enumerate(parts[2:6], 3):
            if modifier and len(modifier) == 2 and not _MODIFIER.fullmatch(modifier):
                said = f"{element}-{at} is not a modifier."
                _add(report, "modifier-invalid", said, line, loop, segment[0], f"{element}-{at}")

    return judge


def _sv1(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    _procedure(1)(segment, line, loop, report, marks)
    place = value(segment, 5)
    if place and reference.place_of_service(place) is None:
        _add(report, "place-of-service-invalid", "SV105 is not a place of service.", line, loop, "SV1", "SV105")


def _lin(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    if value(segment, 2) == "N4" and not _NDC.fullmatch(value(segment, 3)):
        said = "LIN03 is not an NDC of eleven digits."
        _add(report, "ndc-invalid", said, line, loop, "LIN", "LIN03", fix="Write it 5-4-2, without dashes.")


def _stc(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    for place in (1, 10, 11):
        category, status, *_ = [*value(segment, place).split(marks.component), "", ""]
        if category and not _STATUS_CATEGORY.fullmatch(category):
            said = f"STC{place:02d}-1 is not a claim status category."
            _add(report, "status-invalid", said, line, loop, "STC", f"STC{place:02d}-1")
        elif status and not _STATUS.fullmatch(status):
            said = f"STC{place:02d}-2 is not a claim status code."
            _add(report, "status-invalid", said, line, loop, "STC", f"STC{place:02d}-2")


def _plb(segment: Segment, line: int, loop: str, report: Report, marks: Delimiters) -> None:
    number = value(segment, 1)
    if number and not npi_valid(number):
        said = "PLB01 is not an NPI; payers that know the provider by NPI must send it."
        _add(report, "npi-invalid", said, line, loop, "PLB", "PLB01", severity=WARNING)


_JUDGES = {
    "NM1": _nm1, "N1": _n1, "N4": _n4, "PRV": _prv, "CAS": _cas, "LQ": _lq, "MOA": _remarks((3, 4, 5, 6, 7)),
    "MIA": _remarks((5, 20, 21, 22, 23)), "CLM": _clm, "SV1": _sv1, "SV2": _procedure(2), "SV3": _procedure(1),
    "SVC": _procedure(1), "SVD": _procedure(3), "LIN": _lin, "STC": _stc, "PLB": _plb,
}  # fmt: skip
