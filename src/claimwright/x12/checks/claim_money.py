"""The balances of a claim (SNIP 3): lines add up to the charge, and what other payers decided adds up too."""

from __future__ import annotations

from collections.abc import Iterable

from claimwright.money import Cents, dollars
from claimwright.x12.checks.claim_loops import ClaimLoops, ServiceLine
from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import RawSection, line_of
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment
from claimwright.x12.values import known_cents


def money(segment: Segment, place: int) -> Cents | None:
    """An amount, or None where it is none (which another check has said)."""
    text = segment[place] if place < len(segment) else ""
    try:
        return known_cents(text) if text else None
    except ValueError:
        return None


def adjusted(adjustments: Iterable[Segment]) -> Cents | None:
    """The sum of all amounts of CAS segments."""
    total = 0
    for segment in adjustments:
        for place in range(3, len(segment) + 1, 3):
            amount = money(segment, place)
            if amount is None and (value(segment, place) or value(segment, place - 1)):
                return None
            total += amount or 0
    return total


def check_money(report: Report, claim: ClaimLoops) -> None:
    """Every balance of one claim."""
    head, lines = claim.head, claim.lines
    charge = money(head.first("CLM"), 2)
    charges = [money(one.service, one.sites.charge_at) for one in lines]
    off = sum([int(one) for one in charges if one is not None]) - charge if charge is not None and None not in charges else 0
    if off and lines:
        said = f"CLM02 is {dollars(charge or 0)}, but the lines add up to {dollars((charge or 0) + off)}."
        fix = "Correct CLM02 or the line that is wrong."
        report.add(3, "claim-balance", said, line=line_of(head, "CLM"), loop="2300", segment="CLM", element="CLM02", fix=fix)
    if not claim.decided and not claim.others:
        return
    unbalanced: set[str] = set()
    for line, charged in zip(lines, charges, strict=True):
        if line.decided:
            unbalanced |= _line(report, line, charged, off)
    if charge is not None and claim.payers:
        _payers(report, claim, charge, unbalanced, off)


def _line(report: Report, line: ServiceLine, charge: Cents | None, off: Cents) -> set[str]:
    """A line's charge is what each payer paid and adjusted (X222, 1.4.4.1). Payers for whom it is not, or is not known: named.

    A line that is off by what the claim is off by is the reason for that, which has been told.
    """
    unbalanced: set[str] = set()
    by_payer: dict[str, list[RawSection]] = {}
    for section in line.decided:
        by_payer.setdefault(value(section.first("SVD"), 1), []).append(section)
    for payer, sections in by_payer.items():
        amounts = [money(one.first("SVD"), 2) for one in sections] + [adjusted(one.all("CAS")) for one in sections]
        bundled = any(value(one.first("SVD"), 6) for one in sections)
        if charge is None or None in amounts:
            unbalanced.add(payer)
            continue
        total = sum(one or 0 for one in amounts)
        if not bundled and total != charge:
            unbalanced.add(payer)
            if off and charge - total == off:
                continue
            said = f"The payer's payment and adjustments add up to {dollars(total)}; the line's charge is {dollars(charge)}."
            report.add(3, "line-balance", said, line=sections[0].line, loop="2430", segment="SVD", element="SVD02")
    return unbalanced


def _payers(report: Report, claim: ClaimLoops, charge: Cents, unbalanced: set[str], off: Cents) -> None:
    """What a payer paid on the claim is what it paid on the lines less its claim adjustments (X222, 1.4.4.2)."""
    by_payer: dict[str, list[RawSection]] = {}
    for section in (section for line in claim.lines for section in line.decided):
        by_payer.setdefault(value(section.first("SVD"), 1), []).append(section)
    if not by_payer.keys() <= set(claim.payers):
        return  # whose decision a line holds is not known, which is told elsewhere
    for section, payer in ((other.section, other.number) for other in claim.others):
        by_line = by_payer.get(payer, []) if payer is not None else []
        told = section.first("AMT", "D")
        if not told and payer and by_line:
            _undecided(report, section)
        paid, taken = money(told, 2), adjusted(section.all("CAS"))
        amounts = [money(one.first("SVD"), 2) for one in by_line]
        if paid is None or taken is None or payer is None or payer in unbalanced or None in amounts or (off and not by_line):
            continue
        expected = (sum(one or 0 for one in amounts) if by_line else charge) - taken
        if expected != paid:
            said = f"AMT*D is {dollars(paid)}; the payer's lines and adjustments make {dollars(expected)}."
            report.add(3, "payer-balance", said, line=line_of(section, "AMT"), loop="2320", segment="AMT", element="AMT02")


def _undecided(report: Report, section: RawSection) -> None:
    """A payer that decided lines has said what it paid on the claim (X222, 2320 AMT*D)."""
    said = "The payer has decided lines (SVD), but what it paid on the claim (AMT*D) is missing."
    fix = "Add AMT*D with the payment."
    report.add(3, "payer-paid-missing", said, line=section.line, loop="2320", segment="AMT", fix=fix)
