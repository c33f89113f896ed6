"""What the national register of providers (NPPES) and the practice's payer directory say of those whom a claim names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import RegisteredProvider, Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim
from claimwright.parties import Provider

NPI_BEGAN = date(2008, 5, 23)


def _named(claim: Claim) -> list[tuple[str, Provider]]:
    """Everyone with an NPI, once, and as what the claim names them."""
    said = [
        ("billing", claim.billing),
        ("rendering", claim.rendering),
        ("referring", claim.referring),
        ("supervising", claim.supervising),
    ]
    for line in claim.lines:
        said += [("rendering", line.rendering), ("referring", line.referring)]
        said += [("ordering", line.ordering), ("supervising", line.supervising)]
    return list(dict.fromkeys((who, one) for who, one in said if one is not None and one.npi))


def _registered(claim: Claim, tables: Tables) -> Iterator[tuple[str, Provider, RegisteredProvider]]:
    """Those of them that are in the register."""
    for who, one in _named(claim):
        found = tables.registered(one.npi)
        if found is not None:
            yield who, one, found


@edit(
    "PRV-NPI-ENDED",
    REJECT,
    since=NPI_BEGAN,
    cites="45 CFR 162.408 and 162.410, NPPES; claim status A7, 562; CARC 207",
    element="NM109",
    forms=ANY_FORM,
    needs="register",
)
def ended(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No NPI on the claim was deactivated before the service."""
    for who, _, found in _registered(claim, tables):
        if found.period.end is not None and found.period.end <= claim.first_service:
            said = f"The {who} provider's NPI was deactivated on {found.period.end}, by the national register."
            yield on_claim(said, "Use the NPI that is in force, or have this one reactivated in NPPES before the claim goes out.")


@edit(
    "PRV-NPI-KIND",
    DENY,
    since=NPI_BEGAN,
    cites="45 CFR 162.410, NPPES: entity types 1 and 2; 837 TR3, NM102; CARC 16, N290",
    element="NM102",
    forms=ANY_FORM,
    needs="register",
)
def other_kind(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The NPI of a person stands with a person, that of an organization with an organization."""
    for who, one, found in _registered(claim, tables):
        if found.person is not None and found.person is not one.person:
            sent, held = ("a person" if person else "an organization" for person in (one.person, found.person))
            said = f"The {who} provider is sent as {sent}; the national register has the NPI as that of {held}."
            yield on_claim(said, f"Correct the {who} provider's NPI, or whether a person or an organization is meant.")


@edit(
    "PRV-NPI-TAXONOMY",
    WARN,
    since=NPI_BEGAN,
    cites="45 CFR 162.410(a)(4), NPPES: changes are told within 30 days; CARC 16, N255, N288",
    element="PRV03",
    forms=ANY_FORM,
    needs="register",
)
def other_taxonomy(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A taxonomy that is sent is among those that the provider has registered."""
    for who, one, found in _registered(claim, tables):
        if one.taxonomy and found.taxonomies and one.taxonomy not in found.taxonomies:
            said = f"The {who} provider is sent with a taxonomy that is not among those registered for the NPI."
            yield on_claim(said, "Send a registered taxonomy, or add this one in NPPES and with the payer.")


@edit(
    "PRV-NPI-NOT-FOUND",
    WARN,
    since=NPI_BEGAN,
    cites="45 CFR 162.408, NPPES; claim status A7, 562; CARC 207",
    element="NM109",
    forms=ANY_FORM,
    needs="whole register",
)
def not_registered(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Where the whole register is held, it has every NPI on the claim."""
    if "whole register" not in tables.holds:
        return
    for who, one in _named(claim):
        if tables.registered(one.npi) is None:
            said = f"The {who} provider's NPI is not in the national register that was imported."
            yield on_claim(
                said, "Check the number's digits; a number given out since then is right, and the register is to be renewed."
            )


@edit(
    "COV-PAYER-DIRECTORY",
    WARN,
    cites="The practice's payer directory; claim status A7, 153",
    element="2010BB NM109",
    forms=ANY_FORM,
    needs="payers",
)
def not_listed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The payer is in the practice's directory, and takes claims under this number."""
    payer, found = claim.payer.payer_id, tables.listed_payer(claim.payer.payer_id)
    if "payers" not in tables.holds:
        return
    if found is None:
        yield on_claim(
            f"The payer directory has no payer {payer}.", "Use the payer's number from the directory, or add the payer to it."
        )
    elif not found.period.covers(context.today):
        span = f"from {found.period.start} to {found.period.end or 'now'}"
        yield on_claim(
            f"The payer directory has payer {payer} {span} only.", "Use the number in force today, or renew the directory."
        )


REGISTERED = (ended, other_kind, other_taxonomy, not_registered, not_listed)
