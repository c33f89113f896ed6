"""Whether the kind of provider who rendered a service is paid for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.scopes import Scope, scope_of
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line

FOR_A_DENIAL = frozenset({"GX", "GY"})
"""Billed as never covered, for another payer's sake."""
REPORTED = 1  # cents: what is charged where a quality code is only reported
NURSES = ("3675", "367H")
"""Nurse anesthetists and anesthesiologist assistants."""
PHYSICIANS = ("20",)
ADVANCED = ("363A", "363L", "364S")
"""Physician assistants, nurse practitioners and clinical nurse specialists."""
OF_PHYSICIANS, OF_NURSES = frozenset({"AA", "AD", "QK", "QY"}), frozenset({"QX", "QZ"})


def beyond_scope(claim: Claim) -> Iterator[tuple[ServiceLine, Scope]]:
    """Lines that are none of the rendering person's kind."""
    for line in claim.lines:
        provider = rendering_of(claim, line)
        scope = scope_of(provider.taxonomy) if provider.person and provider.taxonomy else None
        if scope is None or line.charge <= REPORTED or not FOR_A_DENIAL.isdisjoint(line.modifiers):
            continue
        if scope.leaves_out(line.procedure, line.modifiers, line.first_service):
            yield line, scope


@edit(
    "SCP-MEDICARE",
    DENY,
    cites="42 CFR 410, subpart B: whose services Medicare covers; CARC 170, 172 or 8, N95",
    element="2310B PRV03",
    needs="filed MB, limited scope/rendering in doubt",
)
def not_theirs_for_medicare(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare pays chiropractors, therapists, psychologists, dietitians and others for the services of their kind only."""
    for line, scope in beyond_scope(claim):
        if claim.filing_indicator == "MB":
            yield on_line(
                line,
                f"Medicare does not pay {scope.who} for {line.procedure} ({scope.cites}).",
                "Correct who rendered it or the code; GY bills it for a denial where it is not covered.",
            )


@edit(
    "SCP-CODE",
    WARN,
    cites="CPT, Evaluation and Management: by physicians and others who may report it; payers' rules; CARC 8, 170",
    element="2310B PRV03",
    needs="limited scope/rendering in doubt",
)
def not_theirs_by_definition(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Few payers pay therapists, psychologists or counselors for medical visits, or others for surgery beyond their license."""
    for line, scope in beyond_scope(claim):
        if claim.filing_indicator != "MB" and scope.for_all:
            yield on_line(
                line,
                f"{line.procedure} is seldom paid to {scope.who}.",
                "Use that profession's own code, or correct who rendered.",
            )


@edit(
    "SCP-ANESTHESIA",
    DENY,
    since=date(1998, 1, 1),
    cites="Claims Processing Manual 12, 50.K and 140.3.3: AA, AD, QK, QY are the physician's, QX and QZ the nurse's; CARC 4",
    element="SV101-3",
    needs="-AA/-AD/-QK/-QY/-QX/-QZ",
)
def modifier_of_another(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Whose anesthesia it was, by the modifier, is whose the claim says."""
    for line in claim.lines:
        taxonomy = rendering_of(claim, line).taxonomy
        nurse = taxonomy.startswith(NURSES)
        wrong = OF_PHYSICIANS if nurse else OF_NURSES if taxonomy.startswith(PHYSICIANS) else frozenset()
        for one in sorted(wrong & set(line.modifiers)):
            said = "a physician's, a nurse anesthetist or assistant" if nurse else "a nurse anesthetist's, a physician"
            fix = "QX (directed) or QZ (alone)" if nurse else "AA (alone), QK or QY (directing), AD (supervising)"
            yield on_line(line, f"Modifier {one} is {said} rendered.", f"Use {fix}, or correct who rendered.")


@edit(
    "SCP-ASSISTANT",
    DENY,
    since=date(1998, 1, 1),
    cites="Claims Processing Manual 12, 20.4.3, 110.2 and 120.1: AS for others than physicians; CARC 4",
    element="SV101-3",
    needs="filed MB, -80/-81/-82/-AS",
)
def assistant_of_another(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A physician assists Medicare's surgery with 80, 81 or 82, an assistant or nurse practitioner with AS."""
    for line in claim.lines if claim.filing_indicator == "MB" else ():
        taxonomy, said = rendering_of(claim, line).taxonomy, set(line.modifiers)
        if taxonomy.startswith(ADVANCED) and {"80", "81", "82"} & said and "AS" not in said:
            yield on_line(line, "A physician's modifier of assistance, by another than a physician.", "Use AS.")
        elif taxonomy.startswith(PHYSICIANS) and "AS" in said:
            yield on_line(line, "AS is for assistance by another than a physician.", "Use 80, 81 or 82.")


SCOPE = (not_theirs_for_medicare, not_theirs_by_definition, modifier_of_another, assistant_of_another)
