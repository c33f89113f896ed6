"""The balances of a claim (SNIP 3): lines add up to the charge, and what other payers decided adds up too."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from claimwright.money import Cents, cents, dollars
from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import line_of
from claimwright.x12.located import Section, value
from claimwright.x12.tokens import Segment

_cents = lru_cache(maxsize=4096)(cents)


def money(segment: Segment, place: int) -> Cents | None:
    """An amount, or None where it is none (which another check has said)."""
    text = segment[place] if place < len(segment) else ""
    try:
        return _cents(text) if text else None
    except ValueError:
        return None


def adjusted(section: Section) -> Cents | None:
    """The sum of all CAS amounts of a section."""
    total = 0
    for segment in section.all("CAS"):
        for place in range(3, len(segment) + 1, 3):
            amount = money(segment, place)
            if amount is None and (value(segment, place) or value(segment, place - 1)):
                return None
            total += amount or 0
    return total


def check_money(report: Report, claim: list[Section], separator: str) -> None:
    """Every balance of one claim."""
    head = claim[0]
    charge = money(head.first("CLM"), 2)
    lines: list[list[Section]] = []
    for section in claim:
        if section.loop == "2400":
            lines.append([section])
        elif section.loop == "2430" and lines:
            lines[-1].append(section)
    charges = [_line_charge(group[0]) for group in lines]
    if charge is not None and lines and None not in charges:
        total = sum(one or 0 for one in charges)
        if total != charge:
            said = f"CLM02 is {dollars(charge)}, but the lines add up to {dollars(total)}."
            fix = "Correct CLM02 or the line that is wrong."
            report.add(3, "claim-balance", said, line=line_of(head, "CLM"), loop="2300", segment="CLM", element="CLM02", fix=fix)
    off = sum(one or 0 for one in charges) - charge if charge is not None and None not in charges else 0
    unbalanced = _lines(report, lines, charges, off)
    if charge is not None:
        _payers(report, claim, lines, charge, unbalanced, off)


def _line_charge(line: Section) -> Cents | None:
    for name, place in (("SV1", 2), ("SV2", 3), ("SV3", 2)):
        if line.first(name):
            return money(line.first(name), place)
    return None


def _lines(report: Report, lines: list[list[Section]], charges: list[Cents | None], off: Cents) -> set[str]:
    """A line's charge is what each payer paid and adjusted (X222, 1.4.4.1). Payers with a line that is not: named.

    A line that is off by what the claim is off by is the reason for that, which has been told.
    """
    unbalanced: set[str] = set()
    for (_, *decided), charge in zip(lines, charges, strict=True):
        by_payer: dict[str, list[Section]] = {}
        for section in decided:
            by_payer.setdefault(value(section.first("SVD"), 1), []).append(section)
        for payer, sections in by_payer.items():
            paid = [money(one.first("SVD"), 2) for one in sections]
            taken = [adjusted(one) for one in sections]
            bundled = any(value(one.first("SVD"), 6) for one in sections)
            if charge is None or None in paid or None in taken:
                unbalanced.add(payer)
            elif not bundled and sum(one or 0 for one in [*paid, *taken]) != charge:
                unbalanced.add(payer)
                total = sum(one or 0 for one in [*paid, *taken])
                if off and charge - total == off:
                    continue
                said = f"The payer's payment and adjustments add up to {dollars(total)}; the line's charge is {dollars(charge)}."
                report.add(3, "line-balance", said, line=sections[0].line, loop="2430", segment="SVD", element="SVD02")
    return unbalanced


def _payers(
    report: Report, claim: list[Section], lines: list[list[Section]], charge: Cents, unbalanced: set[str], off: Cents
) -> None:
    """What a payer paid on the claim is what it paid on the lines less its claim adjustments (X222, 1.4.4.2)."""
    payers = {value(one.first("NM1"), 9) for one in claim if one.loop == "2330B"}
    if not payers:
        return
    if any(value(one.first("SVD"), 1) not in payers for _, *decided in lines for one in decided):
        return  # whose decision a line holds is not known, which is told elsewhere
    for place, section in enumerate(claim):
        if section.loop == "2320" and not section.first("AMT", "D"):
            _undecided(report, claim, place, lines)
        paid = money(section.first("AMT", "D"), 2) if section.loop == "2320" else None
        taken = adjusted(section) if paid is not None else None
        if paid is None or taken is None:
            continue
        name = next((one for one in islice(claim, place + 1, None) if one.loop in ("2330B", "2320")), None)
        if name is None or name.loop != "2330B":
            continue
        payer = value(name.first("NM1"), 9)
        by_line = [one for _, *decided in lines for one in decided if value(one.first("SVD"), 1) == payer]
        amounts = [money(one.first("SVD"), 2) for one in by_line]
        if payer in unbalanced or None in amounts or (off and not by_line):
            continue
        expected = (sum(one or 0 for one in amounts) if by_line else charge) - taken
        if expected != paid:
            said = f"AMT*D is {dollars(paid)}; the payer's lines and adjustments make {dollars(expected)}."
            report.add(3, "payer-balance", said, line=line_of(section, "AMT"), loop="2320", segment="AMT", element="AMT02")


def _undecided(report: Report, claim: list[Section], place: int, lines: list[list[Section]]) -> None:
    """A payer that decided lines has said what it paid on the claim (X222, 2320 AMT*D)."""
    name = next((one for one in claim[place + 1 :] if one.loop in ("2330B", "2320")), None)
    payer = value(name.first("NM1"), 9) if name is not None and name.loop == "2330B" else ""
    if payer and any(value(one.first("SVD"), 1) == payer for _, *decided in lines for one in decided):
        said = "The payer has decided lines (SVD), but what it paid on the claim (AMT*D) is missing."
        line = claim[place].line
        report.add(3, "payer-paid-missing", said, line=line, loop="2320", segment="AMT", fix="Add AMT*D with the payment.")
