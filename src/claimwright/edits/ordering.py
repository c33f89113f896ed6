"""Who referred, ordered, supervised: persons, enrolled with the payer, and not the one who is supervised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from claimwright.claims.model import Claim
from claimwright.codesets.numbers import numbers
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.identifiers import npi_valid
from claimwright.parties import Provider

EQUIPMENT = re.compile(r"[EKL]\d{4}")
"""Durable medical equipment, prosthetics and orthotics (HCPCS Level II, sections E, K, L)."""


def asking(claim: Claim) -> Iterator[tuple[str, Provider]]:
    """Whoever sent the patient or asked for a service: the word, the provider; each once."""
    found = [("referring", claim.referring), ("supervising", claim.supervising)]
    for line in claim.lines:
        found += [("ordering", line.ordering), ("referring", line.referring), ("supervising", line.supervising)]
    yield from dict.fromkeys((who, one) for who, one in found if one is not None)


@edit(
    "PRV-ORDERING-PERSON",
    REJECT,
    cites="837P TR3, 2310A, 2310D and 2420E NM102: a person; 42 CFR 424.507; N264, N285",
    element="2310A NM102",
    needs="asked by",
)
def ordered_by_organization(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Who refers, orders or supervises is a person, not an organization."""
    for who, provider in asking(claim):
        practice = npi_valid(provider.npi) and provider.npi == claim.billing.npi and not claim.billing.person
        if practice or not provider.person:
            yield on_claim(f"The {who} provider is an organization.", f"Name the person who was {who}, with that person's NPI.")


@edit(
    "PRV-ORDERING-ENROLLED",
    DENY,
    since=date(2014, 1, 6),
    cites="42 CFR 424.507: enrolled or validly opted out; CARC 183, 184, N264, N265",
    element="2310A NM109",
    needs="enrolments, asked by",
)
def ordered_by_stranger(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Who refers or orders was enrolled with the payer on the day of service."""
    for who, provider in asking(claim):
        period = context.provider_enrolments.get(provider.npi) if who != "supervising" else None
        if period and not period.covers(claim.first_service):
            yield on_claim(
                f"The {who} provider was not enrolled with the payer on {claim.first_service}.",
                "Ask for the enrollment date, or for the order of a provider who is enrolled.",
            )


@edit(
    "PRV-ORDERING-EQUIPMENT",
    DENY,
    since=date(2014, 1, 6),
    cites="42 CFR 424.507 and 410.38; CARC 183, 184",
    element="2420E NM109",
    needs="filed MB, equipment",
)
def equipment_not_ordered(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Equipment, prosthetics and orthotics for Medicare name who ordered them."""
    for line in claim.lines:
        asked = claim.filing_indicator == "MB" and EQUIPMENT.fullmatch(line.procedure)
        if asked and not (line.ordering or line.referring or claim.referring):
            yield on_line(line, f"{line.procedure} needs the provider who ordered it.", "Add the ordering provider with NPI.")


@edit(
    "PRV-SUPERVISING-SELF",
    WARN,
    cites="837P TR3, 2310D: needed when the rendering provider was supervised; N297",
    element="2310D NM109",
    needs="asked by",
)
def supervised_by_self(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Nobody supervises their own service."""
    for line in claim.lines:
        supervisor = line.supervising or claim.supervising
        if supervisor and supervisor.npi and supervisor.npi == rendering_of(claim, line).npi:
            yield on_line(line, "The supervising provider is the one who rendered.", "Take off one, or name who was supervised.")
            return


@edit(
    "PRV-RENDERING-GROUP",
    REJECT,
    cites="837P TR3, 2310B: only when not the billing provider; N290",
    element="2310B NM109",
    needs="rendering in doubt",
)
def rendered_by_group(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The rendering provider of an organization's claim is not the organization itself."""
    rendering = claim.rendering
    if rendering and not claim.billing.person and rendering.npi and rendering.npi == claim.billing.npi:
        yield on_claim(
            "The practice is named as who treated the patient.", "Name the person who treated, with that person's NPI."
        )


@lru_cache(maxsize=4_096)
def in_no_list(code: str) -> bool:
    """Whether a taxonomy has the shape of one (else PRV-TAXONOMY speaks) and is in no version of the list."""
    return re.fullmatch(r"[0-9A-Z]{9}X", code) is not None and not numbers("taxonomy").has(code)


@edit(
    "PRV-TAXONOMY-LIST",
    REJECT,
    cites="NUCC provider taxonomy code set; N255, N288",
    element="PRV03",
    forms=ANY_FORM,
    needs="billing in doubt/rendering in doubt",
)
def taxonomy_unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A taxonomy is a code of the list."""
    for who, provider in (("billing", claim.billing), ("rendering", claim.rendering)):
        code = provider.taxonomy if provider else ""
        if code and in_no_list(code) and tables.taxonomy(code, claim.first_service) is None:
            yield on_claim(
                f"The {who} provider's taxonomy {code} is not in the list.", "Correct it by the provider's enrollment."
            )


ORDERING = (
    ordered_by_organization,
    ordered_by_stranger,
    equipment_not_ordered,
    supervised_by_self,
    rendered_by_group,
    taxonomy_unknown,
)
