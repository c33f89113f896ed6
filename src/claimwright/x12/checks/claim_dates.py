"""The days of a claim (SNIP 4): services after birth, not in the future, within the statement; accident before treatment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import line_of
from claimwright.x12.located import Section, value
from claimwright.x12.values import date8, dates


def service_days(head: Section, lines: Sequence[Section]) -> date | None:
    """The day by which a claim's codes are judged.

    An institutional claim goes by the end of its statement (Claims Processing Manual 23, 10.2), others by their first service.
    """
    starts, ends = dates(value(head.first("DTP", "434"), 3))
    if starts:
        return ends or starts
    return min((on for one in lines if (on := _day(one, "472"))), default=_day(head, "472"))


def check_dates(
    report: Report, claim: Sequence[Section], lines: Sequence[Section], patients: Sequence[Section], unborn: bool
) -> bool:
    """Every order of days that cannot be otherwise; one finding a claim for each cause.

    `unborn`: that the patient's birth is too late was told of another claim. Gives whether it has been told now.
    """
    head = claim[0]
    birth = next((date8(value(one.first("DMG"), 2)) for one in patients if one.first("DMG")), None)
    days = [(section, _place(section, "472"), on) for section in (head, *lines) if (on := _day(section, "472"))]
    for section, place, on in days:
        if birth and on < birth:
            if not unborn:
                _add(report, "service-before-birth", "The service is before the patient's birth.", section, place)
            unborn = True
            break
        if report.today and on > report.today:
            _add(report, "service-in-future", "The day of service is in the future.", section, place)
            break
    first = min((on for _, _, on in days), default=_day(head, "434"))
    _statement(report, head, days)
    admitted, discharged = _day(head, "435"), _day(head, "096")
    if admitted and discharged and discharged < admitted:
        _add(report, "dates-order", "The discharge is before the admission.", head, _place(head, "096"))
    last = max((on for _, _, on in days), default=None)
    for code, what in (("439", "accident"), ("431", "onset of the illness")):
        on = _day(head, code)
        if on and last and first and on > last:
            said = f"The {what} is after the services."
            _add(report, "dates-order", said, head, _place(head, code), severity=WARNING)
    dated = any(section.first("DTP", "472") for section in (head, *lines))
    if report.transaction == "837D" and lines and not dated and value(head.first("CLM"), 19) != "PB":
        said = "No day of service: neither the claim nor its lines have a DTP*472."  # X224, 2300 and 2400 DTP
        report.add(4, "service-date-missing", said, line=lines[0].line, loop="2400", segment="DTP", fix="Add DTP*472.")
    return unborn


def _statement(report: Report, head: Section, days: Sequence[tuple[Section, int, date]]) -> None:
    """An institutional line's day lies within the statement's; payers refuse others, though the guide does not say so."""
    starts, ends = dates(value(head.first("DTP", "434"), 3))
    if starts is None:
        return
    for section, place, on in days:
        if not starts <= on <= (ends or starts):
            said = "The line's day of service is not within the statement's days (DTP*434)."
            _add(report, "dates-order", said, section, place, severity=WARNING)
            return


def _day(section: Section, qualifier: str) -> date | None:
    found = section.first("DTP", qualifier)
    return date8(found[3][:8]) if len(found) > 3 else None


def _place(section: Section, qualifier: str) -> int:
    """Which of the section's DTP it is."""
    return next((at for at, one in enumerate(section.all("DTP")) if value(one, 1) == qualifier), 0)


def _add(report: Report, code: str, said: str, section: Section, place: int, severity: str = "error") -> None:
    line = line_of(section, "DTP", place)
    report.add(
        4, code, said, line=line, loop=section.loop.rstrip("+"), segment="DTP", element="DTP03", fix="Correct the date.",
        severity=severity,
    )  # fmt: skip
