"""Corrections and voids of claims the payer already has."""

from __future__ import annotations

from collections.abc import Iterator

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.identity import filler
from claimwright.edits.registry import ANY_FORM, PROFESSIONAL, REJECT, WARN, Problem, edit, on_claim

TAKEN = frozenset({"1", "7", "8"})
"""What payers take of practices and dentists; the other frequencies are a facility's (interim bills, late charges)."""


@edit(
    "FRQ-CODE",
    REJECT,
    cites="837P and 837D TR3, CLM05-3: original, replacement, void; claim status A7, 535",
    element="CLM05-3",
    forms=PROFESSIONAL | {"dental"},
    needs="not original",
)
def no_such_frequency(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A practice's claim is an original (1), a replacement (7) or a void (8)."""
    if claim.frequency not in TAKEN:
        yield on_claim(
            f"Frequency {claim.frequency!r} is not taken on a practice's claim.",
            "Use 1 for a first claim, 7 to replace one that the payer has, 8 to cancel it.",
        )


@edit(
    "FRQ-MEDICARE",
    REJECT,
    cites="CMS 837P edits, 2300 CLM05-3 must be 1; Claims Processing Manual 34, 10; claim status A7, 535; MA130",
    element="CLM05-3",
    needs="not original, filed MB",
)
def medicare_takes_originals(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare Part B takes no replacement and no void: what it decided it opens again, what it could not process comes new."""
    if claim.filing_indicator == "MB" and claim.frequency in {"7", "8"}:
        yield on_claim(
            f"Medicare Part B takes no {'replacement' if claim.frequency == '7' else 'void'} (frequency {claim.frequency}).",
            "Ask the contractor to reopen it; if it came back as not processable (MA130), send it as a new one (frequency 1).",
        )


@edit(
    "FRQ-CONTROL-NUMBER",
    REJECT,
    cites="837 TR3, REF*F8: needed with frequency 7 and 8; M47, status 464",
    element="REF*F8",
    forms=ANY_FORM,
    needs="not original",
)
def control_number_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A correction or void names the payer's control number of the first claim."""
    if claim.frequency in {"7", "8"} and (not claim.payer_control_number.strip() or filler(claim.payer_control_number)):
        what = "correction" if claim.frequency == "7" else "void"
        yield on_claim(
            f"The {what} does not name the payer's control number of the claim it replaces.",
            "Copy the control number from the first claim's 277CA or remittance.",
        )


@edit(
    "FRQ-ORIGINAL", REJECT, cites="837 TR3, CLM05-3 and REF*F8", element="CLM05-3", forms=ANY_FORM, needs="payer control number"
)
def original_with_control_number(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A first claim has no payer control number: with one it is a correction."""
    if claim.frequency == "1" and claim.payer_control_number:
        yield on_claim(
            "The claim carries a payer control number but says it is an original.", "Set frequency 7, or take the number off."
        )


@edit(
    "FRQ-UNKNOWN",
    WARN,
    cites="837 TR3, REF*F8: the payer must know the claim it corrects",
    element="REF*F8",
    forms=ANY_FORM,
    needs="not original, history/corrects",
)
def corrects_nothing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A correction follows a claim for the same days."""
    earlier = context.history + context.corrects
    if claim.frequency == "1" or not earlier:
        return
    days = {line.first_service for line in claim.lines}
    if not any(days & {line.first_service for line in other.lines} for other in earlier):
        yield on_claim("No earlier claim has a service of these days.", "Check which claim this one corrects.")


RESUBMISSION = (
    no_such_frequency,
    medicare_takes_originals,
    control_number_missing,
    original_with_control_number,
    corrects_nothing,
)
