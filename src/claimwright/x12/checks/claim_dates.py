"""The days of a claim (SNIP 4): services after birth, not in the future, within the statement; accident before treatment."""

from __future__ import annotations

from datetime import date

from claimwright.x12.checks.claim_loops import ClaimLoops
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import line_of
from claimwright.x12.located import Section, value


def check_dates(report: Report, claim: ClaimLoops, birth: date | None, unborn: bool) -> bool:
    """Every order of days that cannot be otherwise; one finding a claim for each cause.

    `unborn`: that the patient's birth is too late was told of another claim. Gives whether it has been told now.
    """
    days, today = claim.days(), report.today
    if days and ((birth and min(days) < birth) or (today and max(days) > today)):
        unborn = _impossible(report, claim, birth, unborn)
    if claim.dated:
        _among_themselves(report, claim, max(days, default=None))
    if report.transaction == "837D":
        _dated(report, claim)
    return unborn


def _impossible(report: Report, claim: ClaimLoops, birth: date | None, unborn: bool) -> bool:
    """The first service that is before birth or in the future; whether the birth is too late for it."""
    for section, place, on in claim.served():
        if birth and on < birth:
            if not unborn:
                _add(report, "service-before-birth", "The service is before the patient's birth.", section, place)
            return True
        if report.today and on > report.today:
            _add(report, "service-in-future", "The day of service is in the future.", section, place)
            break
    return unborn


def _among_themselves(report: Report, claim: ClaimLoops, last: date | None) -> None:
    """The claim's own dates, with each other and with the days of service."""
    _statement(report, claim)
    head = claim.head
    admitted, discharged = claim.day("435"), claim.day("096")
    if admitted and discharged and discharged < admitted:
        _add(report, "dates-order", "The discharge is before the admission.", head, claim.place("096"))
    for code, what in (("439", "accident"), ("431", "onset of the illness")):
        before = claim.day(code)
        if before and last and before > last:
            said = f"The {what} is after the services."
            _add(report, "dates-order", said, head, claim.place(code), severity=WARNING)


def _statement(report: Report, claim: ClaimLoops) -> None:
    """An institutional line's day lies within the statement's; payers refuse others, though the guide does not say so."""
    starts, ends = claim.statement()
    if starts is None:
        return
    for section, place, on in claim.served():
        if not starts <= on <= (ends or starts):
            said = "The line's day of service is not within the statement's days (DTP*434)."
            _add(report, "dates-order", said, section, place, severity=WARNING)
            return


def _dated(report: Report, claim: ClaimLoops) -> None:
    """A dental claim or its lines say when it was done."""
    lines = [one.section for one in claim.lines]
    dated = any(section.first("DTP", "472") for section in (claim.head, *lines))
    if lines and not dated and value(claim.head.first("CLM"), 19) != "PB":
        said = "No day of service: neither the claim nor its lines have a DTP*472."  # X224, 2300 and 2400 DTP
        report.add(4, "service-date-missing", said, line=lines[0].line, loop="2400", segment="DTP", fix="Add DTP*472.")


def _add(report: Report, code: str, said: str, section: Section, place: int, severity: str = "error") -> None:
    line = line_of(section, "DTP", place)
    report.add(
        4, code, said, line=line, loop=section.loop.rstrip("+"), segment="DTP", element="DTP03", fix="Correct the date.",
        severity=severity,
    )  # fmt: skip
