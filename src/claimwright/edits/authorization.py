"""Prior authorization and referral, where the plan asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.coverage.model import Authorization
from claimwright.edits.context import Context
from claimwright.edits.identity import filler
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line


def asked(claim: Claim, context: Context) -> Iterator[ServiceLine]:
    """Lines the plan wants authorized."""
    for line in claim.lines:
        if context.coverage and line.procedure in context.coverage.plan.authorization_required and not line.emergency:
            yield line


def granted(line: ServiceLine, context: Context) -> list[Authorization]:
    """The authorizations for a line's procedure by the plan billed."""
    plan = context.coverage.plan.plan_id if context.coverage else ""
    return [one for one in context.authorizations if one.procedure == line.procedure and one.plan_id == plan]


@edit(
    "AUTH-MISSING",
    DENY,
    cites="The plan's list of services to authorize; CARC 197",
    element="REF*G1",
    forms=ANY_FORM,
    needs="coverage",
)
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


@edit(
    "AUTH-OTHER",
    DENY,
    cites="CARC 284: the authorization does not apply to the service",
    element="REF*G1",
    forms=ANY_FORM,
    needs="coverage",
)
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


@edit(
    "AUTH-UNKNOWN",
    WARN,
    cites="CARC 15: the authorization number is missing, wrong or not for the service",
    element="REF*G1",
    forms=ANY_FORM,
    needs="coverage",
)
def unheard_of(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Where the plan granted the service under a number, the claim carries that one."""
    if not claim.prior_authorization or any(one.number == claim.prior_authorization for one in context.authorizations):
        return
    for line in asked(claim, context):
        held = next((one.number for one in granted(line, context) if one.period.covers(line.first_service)), "")
        if held:
            yield on_line(
                line,
                f"The claim's authorization for {line.procedure} is not the one that was granted.",
                f"Put authorization {held} on the claim, or record the new one.",
            )


@edit(
    "AUTH-FILLER",
    REJECT,
    cites="837 TR3, REF*G1 and REF*9F: only where there is one; CARC 15, claim status A7, 252",
    element="REF*G1",
    forms=ANY_FORM,
    needs="head in doubt",
)
def no_number(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An authorization or referral number is the payer's, not a word or a row of digits in its place."""
    if filler(claim.prior_authorization or claim.referral_number):
        yield on_claim(
            "What stands as the authorization or referral number is none.", "Enter the payer's number, or leave it out."
        )


@edit("AUTH-UNITS", DENY, cites="CARC 198: authorization exceeded", element="SV104", forms=ANY_FORM, needs="coverage")
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
    """Lines billed under an authorization: this claim's and those that stand beside it."""
    for one in (claim, *standing(claim, context)):
        if one.prior_authorization == authorization.number:
            yield from (line for line in one.lines if line.procedure == authorization.procedure)


def standing(claim: Claim, context: Context) -> list[Claim]:
    """The claims that use up what was granted before this one: earlier ones as last corrected, none that was voided or that
    this one replaces, and of those that leave with it the ones whose services come first."""
    turn = (claim.first_service, claim.patient_control_number)
    sooner = [one for one in context.batch if one.lines and (one.first_service, one.patient_control_number) < turn]
    kept: dict[tuple[str, str], Claim] = {}
    for one in sorted((*context.history, *sooner), key=lambda one: one.frequency):
        of = (one.patient_control_number, one.payer.payer_id)
        if one.frequency == "8":
            kept.pop(of, None)
        else:
            kept[of] = one
    ours = {claim.patient_control_number, *(one.patient_control_number for one in context.corrects)}
    return [one for (number, _), one in kept.items() if number not in ours]


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


@edit(
    "AUTH-LAST", ADVISE, cites="The authorization's units; CARC 198 next time", element="REF*G1", forms=ANY_FORM, needs="coverage"
)
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


def referrals(claim: Claim, context: Context) -> list[Authorization]:
    """What is known of the referral on a claim: what the plan billed granted under its number, for no procedure by name."""
    plan = context.coverage.plan.plan_id if context.coverage else ""
    return [
        one for one in context.authorizations if not one.procedure and one.plan_id == plan and one.number == claim.referral_number
    ]


def _visits(claim: Claim, context: Context) -> int:
    """The days of service billed under a claim's referral, its own included."""
    under = [one for one in standing(claim, context) if one.referral_number == claim.referral_number]
    return len({line.first_service for one in (claim, *under) for line in one.lines})


@edit(
    "REF-VISITS",
    DENY,
    cites="The referral's visits; CARC 198, 288: beyond what was referred",
    element="REF*9F",
    forms=ANY_FORM,
    needs="coverage, referral",
)
def too_many_visits(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The visits billed under a referral, with those of earlier claims, are no more than were referred."""
    for one in referrals(claim, context):
        used = _visits(claim, context)
        if used > one.units:
            yield on_claim(
                f"Referral {one.number} is for {one.units} visits; this claim makes {used}.",
                "Get a new referral, or have this one extended.",
            )


@edit(
    "REF-PERIOD",
    DENY,
    cites="The referral's first and last day; CARC 288",
    element="REF*9F",
    forms=ANY_FORM,
    needs="coverage, referral",
)
def outside_the_referral(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The services lie within the days of the referral."""
    for one in referrals(claim, context):
        for line in claim.lines:
            if not one.period.covers(line.first_service):
                held = f"{one.period.start} to {one.period.end or 'now'}"
                said = f"Referral {one.number} holds from {held}, not on {line.first_service}."
                yield on_line(line, said, "Get a referral for that day, or have this one extended.")


@edit(
    "REF-LAST",
    ADVISE,
    cites="The referral's visits; CARC 198, 288 next time",
    element="REF*9F",
    forms=ANY_FORM,
    needs="coverage, referral",
)
def last_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """With this claim a referral of several visits is used up."""
    for one in referrals(claim, context):
        if one.units > 1 and _visits(claim, context) == one.units:
            yield on_claim(f"Referral {one.number} has no visit left after this claim.", "Ask for another before the next visit.")


AUTHORIZATION = (
    missing, of_something_else, unheard_of, no_number, too_many_units, used_up, referral_missing, another_referral,
    referring_missing, too_many_visits, outside_the_referral, last_visit,
)  # fmt: skip
