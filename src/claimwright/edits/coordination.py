"""Claims to a later payer: the earlier payer's decision is there and adds up to the cent."""

from __future__ import annotations

from collections.abc import Iterator

from claimwright.claims.model import Adjustment, Claim, LineAdjudication, OtherPayer, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.coverage import WORD, place_of
from claimwright.edits.registry import ADVISE, ANY_FORM, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.money import Cents, dollars


def decided(claim: Claim) -> Iterator[OtherPayer]:
    """Earlier payers that have decided."""
    for other in claim.other_payers:
        if other.paid is not None and place_of(other.responsibility) < place_of(claim.responsibility):
            yield other


def line_decisions(claim: Claim, other: OtherPayer) -> Iterator[tuple[ServiceLine, list[LineAdjudication]]]:
    """What an earlier payer decided on each line."""
    for line in claim.lines:
        found = [one for one in line.adjudications if one.payer_id == other.payer.payer_id]
        if found:
            yield line, found


def total(adjustments: tuple[Adjustment, ...]) -> Cents:
    """The sum of adjustments in cents."""
    return sum(one.amount for one in adjustments)


@edit("COB-DECISION", REJECT, cites="837 TR3, 2320 AMT*D; MA04, N4", element="AMT*D", forms=ANY_FORM, needs="other payer")
def not_decided(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A later payer gets the claim only with the earlier payer's decision."""
    for other in claim.other_payers:
        if place_of(other.responsibility) < place_of(claim.responsibility) and other.paid is None:
            yield on_claim(
                f"The {WORD[other.responsibility]} payer's decision is not on the claim.",
                "Wait for the remittance and post it, then rebuild.",
            )


@edit(
    "COB-CLAIM-BALANCE",
    REJECT,
    cites="837 TR3, 1.4.4: charge = paid + all adjustments; status 672",
    element="AMT*D",
    forms=ANY_FORM,
    needs="other payer",
)
def claim_balance(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """For each earlier payer the charge is what it paid and what it adjusted, on the claim and its lines."""
    for other in decided(claim):
        lines = sum(total(one.adjustments) for _, found in line_decisions(claim, other) for one in found)
        explained = (other.paid or 0) + total(other.adjustments) + lines
        if explained != claim.charge:
            yield on_claim(
                f"The {WORD[other.responsibility]} payer's payment and adjustments make {dollars(explained)}, "
                f"the charge is {dollars(claim.charge)}.",
                "Copy every amount from the earlier payer's remittance.",
            )


@edit(
    "COB-LINE-BALANCE",
    REJECT,
    cites="837 TR3, 1.4.4: line charge = paid + line adjustments; status 672",
    element="SVD02",
    forms=ANY_FORM,
    needs="other payer",
)
def line_balance(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """For each earlier payer a line's charge is what it paid and what it adjusted there."""
    for other in decided(claim):
        for line, found in line_decisions(claim, other):
            explained = sum(one.paid + total(one.adjustments) for one in found)
            if explained != line.charge:
                yield on_line(
                    line,
                    f"The {WORD[other.responsibility]} payer's amounts make {dollars(explained)}, not {dollars(line.charge)}.",
                    "Copy paid amount and adjustments of the line from the remittance.",
                )


@edit(
    "COB-LINE-MISSING",
    WARN,
    cites="837 TR3, 2430: needed when the earlier payer decided by line; N479",
    element="SVD",
    forms=ANY_FORM,
    needs="other payer",
)
def line_decision_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """If an earlier payer decided by line, every line has its decision."""
    for other in decided(claim):
        known = [line.number for line, _ in line_decisions(claim, other)]
        for line in claim.lines:
            if known and line.number not in known:
                yield on_line(
                    line,
                    f"The {WORD[other.responsibility]} payer's decision on this line is missing.",
                    "Add it from the remittance.",
                )


@edit("COB-GROUP", REJECT, cites="837 TR3, CAS01; X12 code source 139", element="CAS01", forms=ANY_FORM, needs="other payer")
def adjustment_codes(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Adjustments have a group code and a reason code of the list."""
    for other in claim.other_payers:
        found = [
            *other.adjustments,
            *(one for _, made in line_decisions(claim, other) for each in made for one in each.adjustments),
        ]
        for one in found:
            if reference.group(one.group) is None or one.group == "CR":
                yield on_claim(f"{one.group!r} is not an adjustment group of this version.", "Use CO, PR, OA or PI.")
            elif not one.reason or len(one.reason) > 5:
                yield on_claim("An adjustment has no reason code.", "Copy the reason from the remittance.", "CAS02")


@edit("COB-PAID-DATE", REJECT, cites="837 TR3, DTP*573; status 516", element="DTP*573", forms=ANY_FORM, needs="other payer")
def paid_date(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The earlier payer's decision has a date, after the service and not in the future."""
    for other in decided(claim):
        dates = [other.paid_on, *(one.paid_on for _, made in line_decisions(claim, other) for one in made)]
        known = [one for one in dates if one]
        if not known or min(known) < claim.first_service or max(known) > context.today:
            yield on_claim(
                f"The date of the {WORD[other.responsibility]} payer's decision is missing, before the service or in the future.",
                "Copy the payment date from the remittance.",
            )


@edit("COB-NOTHING-LEFT", ADVISE, cites="837 TR3, AMT*EAF; CARC 23", element="AMT*EAF", forms=ANY_FORM, needs="other payer")
def nothing_left(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A later payer is asked only where the patient still owes."""
    for other in decided(claim):
        lines = [adjustment for _, made in line_decisions(claim, other) for one in made for adjustment in one.adjustments]
        if not any(one.group == "PR" and one.amount > 0 for one in (*other.adjustments, *lines)):
            yield on_claim(
                f"The {WORD[other.responsibility]} payer left nothing to the patient.",
                "Expect no payment; skip the claim unless asked for.",
            )


@edit(
    "COB-CROSSOVER",
    WARN,
    cites="CMS Coordination of Benefits Agreement; MA18, N89",
    element="SBR01",
    forms=ANY_FORM,
    needs="other payer",
)
def crosses_over(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare forwards the claim to the supplemental insurer itself when the remittance says so."""
    plan = context.coverage.plan if context.coverage else None
    medicare_first = any(other.filing_indicator == "MB" and other.responsibility == "P" for other in claim.other_payers)
    if plan and plan.kind == "MEDIGAP" and medicare_first and claim.responsibility == "S":
        yield on_claim(
            "Medicare usually forwards claims to a Medigap plan by itself.",
            "Send it only if Medicare's remittance has no MA18 or status 19.",
        )


COORDINATION = (
    not_decided,
    claim_balance,
    line_balance,
    line_decision_missing,
    adjustment_codes,
    paid_date,
    nothing_left,
    crosses_over,
)
