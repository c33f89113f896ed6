"""Prior authorization and referral, where the plan asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.coverage.model import Authorization
from claimwright.edits.context import Context
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, WARN, Problem, edit, on_claim, on_line


def asked(claim: Claim, context: Context) -> Iterator[ServiceLine]:
    """Lines the plan wants authorized."""
    for line in claim.lines:
        if context.coverage and line.procedure in context.coverage.plan.authorization_required and not line.emergency:
            yield line


def granted(line: ServiceLine, context: Context) -> list[Authorization]:
    """The authorizations for a line's procedure by the plan billed."""
    plan = context.coverage.plan.plan_id if context.coverage else ""
    return [one for one in context.authorizations if one.procedure == line.procedure and one.plan_id == plan]


@edit("AUTH-MISSING", DENY, cites="The plan's list of services to authorize; CARC 197", element="REF*G1", needs="coverage")
def missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service the plan wants authorized carries the number."""
    for line in asked(claim, context):
        if not claim.prior_authorization:
            held = next((one.number for one in granted(line, context) if one.period.covers(line.first_service)), "")
            yield on_line(
                line,
                f"The plan wants {line.procedure} authorized beforehand, and the claim has no authorization number.",
                f"Put authorization {held} on the claim." if held else "Ask the payer for an authorization, also after the fact.",
            )


@edit("AUTH-OTHER", DENY, cites="CARC 284: the authorization does not apply to the service", element="REF*G1", needs="coverage")
def of_something_else(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The authorization on the claim is for this service and day."""
    for line in asked(claim, context):
        known_ones = [one for one in context.authorizations if one.number == claim.prior_authorization]
        fits = any(one.procedure == line.procedure and one.period.covers(line.first_service) for one in known_ones)
        if known_ones and not fits:
            yield on_line(
                line,
                f"Authorization {claim.prior_authorization} is for another service or does not cover {line.first_service}.",
                "Find the authorization for this service and day, or have it extended.",
            )


@edit("AUTH-UNITS", DENY, cites="CARC 198: authorization exceeded", element="SV104", needs="coverage")
def too_many_units(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The units billed, with those of earlier claims, stay within the authorization."""
    for line in asked(claim, context):
        for one in granted(line, context):
            if one.number != claim.prior_authorization:
                continue
            used = sum((done.units for done in _under(one, claim, context)), Decimal(0))
            if used > one.units:
                yield on_line(
                    line,
                    f"Authorization {one.number} allows {one.units} units of {line.procedure}; {used} are billed.",
                    "Have the authorization extended, or correct the units.",
                )


def _under(authorization: Authorization, claim: Claim, context: Context) -> Iterator[ServiceLine]:
    """Lines billed under an authorization: this claim's and those of earlier claims it does not replace."""
    others = [
        one for one in context.history if one.patient_control_number != claim.patient_control_number and one.frequency == "1"
    ]
    for one in (claim, *others):
        if one.prior_authorization == authorization.number:
            yield from (line for line in one.lines if line.procedure == authorization.procedure)


@edit("REF-MISSING", DENY, cites="The plan's referral rule; CARC 288", element="REF*9F", needs="coverage")
def referral_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that the plan wants referred carries the referral number."""
    if context.coverage is None or claim.referral_number:
        return
    for line in claim.lines:
        found = tables.known_procedure(line.procedure)
        if found and found.service_kind in context.coverage.plan.referral_required and not line.emergency:
            held = context.coverage.referral_number
            yield on_line(
                line,
                f"The plan pays {line.procedure} only with a referral, and the claim has no referral number.",
                f"Put referral {held} on the claim." if held else "Get the referral from the primary care provider.",
            )


@edit("REF-PROVIDER", WARN, cites="837P TR3, 2310A: needed with a referral", element="2310A NM109", needs="referral")
def referring_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A claim with a referral number names who referred."""
    if claim.referral_number and claim.referring is None:
        yield on_claim("The claim has a referral number but not the provider who referred.", "Add the referring provider.")


@edit("AUTH-LAST", ADVISE, cites="The authorization's units; CARC 198 next time", element="REF*G1", needs="coverage")
def used_up(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """With this claim an authorization of several units is used up: the next visit needs another."""
    for line in asked(claim, context):
        for one in granted(line, context):
            if one.number == claim.prior_authorization and one.units > 1:
                used = sum((done.units for done in _under(one, claim, context)), Decimal(0))
                if used == one.units:
                    said = f"Authorization {one.number} has no unit of {line.procedure} left after this claim."
                    yield on_line(line, said, "Ask for an extension before the next visit.")


@edit(
    "REF-OTHER",
    DENY,
    cites="The plan's referral rule; CARC 288, N286",
    element="REF*9F",
    forms=ANY_FORM,
    needs="coverage, referral",
)
def another_referral(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The referral number on the claim is the one that the coverage holds."""
    held = context.coverage.referral_number if context.coverage else ""
    if held and claim.referral_number and held != claim.referral_number:
        yield on_claim(
            "The claim's referral is not the one of the coverage.", f"Put referral {held} on the claim, or record the new one."
        )


AUTHORIZATION = (
    missing, of_something_else, too_many_units, used_up, referral_missing, another_referral, referring_missing,
)  # fmt: skip
