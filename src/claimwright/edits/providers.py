"""Who billed, who treated, and whether they may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.identity import elsewhere
from claimwright.edits.laboratory import is_test
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.identifiers import ein_valid, npi_valid, taxonomy_valid
from claimwright.parties import Provider

ZIP9 = re.compile(r"\d{9}")
BOX = re.compile(r"\s*(p\.?\s*o\.?\s*box|post office box|lock ?box)\b", re.IGNORECASE)
FACILITIES = frozenset({"21", "22", "23", "24", "26", "31", "51", "61"})
_SURGERY_CENTERS = ("261QA1903", "261QE0800", "261QL0400")  # ambulatory surgery, endoscopy, lithotripsy
_HOSPITALS = ("27", "28")
_OWN_PLACE = {"24": _SURGERY_CENTERS, "26": ("2865", "261QM11"), "31": ("31",)}
"""Taxonomies of those who bill for a place that is their own; of other facilities, the hospitals'."""
_NOBODY_TREATS = ("25", "29", "33", "34", "261QB0400", *_SURGERY_CENTERS)
"""Taxonomies of agencies, laboratories, suppliers, transportation and facilities, which bill with no rendering provider."""
_CLINICIANS = ("251S",)  # community mental health: the therapist is named
_OF_A_PERSON = re.compile(r"992\d\d|99[34]\d\d|980(0\d|1[0-6])|908\d\d|0[01]\d{3}")
"""Visits, psychotherapy and anesthesia: somebody did them, whoever bills."""
_OF_A_SUPPLIER = re.compile(r"A0\d{3}|[EKL]\d{4}|S02(09|15)|T10(19|2[0-2])|T200[1-7]|T2049")
"""Ambulances and rides, equipment, prostheses and aides at home: nobody renders them, whoever bills."""


def rendering_of(claim: Claim, line: ServiceLine) -> Provider:
    """Who rendered a line: its own provider, the claim's, or the billing provider."""
    return line.rendering or claim.rendering or claim.billing


def one_specialty(one: Provider, other: Provider) -> bool:
    """Whether two of a practice count as one physician: not where both are known to be of different specialties.

    Nurse practitioners and physician assistants are of the specialty that they work with (CPT, Evaluation and Management).
    """
    known = one.person and other.person and one.taxonomy and other.taxonomy and one.npi != other.npi
    beside = one.taxonomy.startswith("363") or other.taxonomy.startswith("363")
    return not known or beside or one.taxonomy == other.taxonomy


def nobody_renders(claim: Claim, line: ServiceLine) -> bool:
    """Whether a line has no rendering provider to name: a supplier's, or of an organization at which nobody treats."""
    if _OF_A_SUPPLIER.fullmatch(line.procedure):
        return True
    taxonomy = claim.billing.taxonomy
    supplier = taxonomy.startswith(_NOBODY_TREATS) and not taxonomy.startswith(_CLINICIANS)
    return supplier and "26" not in line.modifiers and not _OF_A_PERSON.fullmatch(line.procedure)


def own_place(claim: Claim) -> bool:
    """Whether the billing provider is itself the facility of the claim's place of service."""
    return claim.billing.taxonomy.startswith(_OWN_PLACE.get(claim.place_of_service, _HOSPITALS))


@edit(
    "PRV-BILLING-NPI",
    REJECT,
    since=date(2008, 5, 23),
    cites="45 CFR 162.410; CARC 207",
    element="2010AA NM109",
    forms=ANY_FORM,
    needs="billing in doubt",
)
def billing_npi(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The billing provider's NPI has ten digits and its check digit."""
    if not npi_valid(claim.billing.npi):
        yield on_claim("The billing provider's NPI is missing or its check digit is wrong.", "Correct the practice's NPI.")


@edit(
    "PRV-TAX-ID",
    REJECT,
    cites="837 TR3, 2010AA REF*EI; 26 CFR 301.7701-12",
    element="2010AA REF02",
    forms=ANY_FORM,
    needs="billing in doubt",
)
def tax_id(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The billing provider has a tax id of nine digits."""
    if not ein_valid(claim.billing.ein):
        yield on_claim("The billing provider's tax id is missing or does not have nine digits.", "Correct the practice's tax id.")


@edit(
    "PRV-ADDRESS",
    REJECT,
    cites="837 TR3, 2010AA N3: a street address, no post office box",
    element="2010AA N301",
    forms=ANY_FORM,
    needs="billing in doubt",
)
def billing_address(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The billing provider has a street address."""
    address = claim.billing.address
    if address is None or not (address.line1 and address.city and address.state and address.zip):
        yield on_claim("The billing provider's address is missing or not complete.", "Complete the practice's address.")
    elif BOX.match(address.line1):
        yield on_claim(
            "The billing provider's address is a post office box.", "Use the street address; a box goes into the pay-to address."
        )


@edit(
    "PRV-STATE",
    REJECT,
    cites="837 TR3, 2010AA N402; US Postal Service Publication 28; claim status A7, 500",
    element="2010AA N402",
    forms=ANY_FORM,
    needs="billing in doubt",
)
def billing_state(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The billing provider's state is a postal abbreviation, and its ZIP code lies there."""
    address = claim.billing.address
    if address and address.state and (reference.state(address.state) is None or elsewhere(address.state, address.zip)):
        yield on_claim(
            "The billing provider's state is none, or its ZIP code lies in another.",
            "Correct state and ZIP code of the practice.",
        )


@edit(
    "PRV-NAME",
    REJECT,
    cites="837 TR3, NM103 of 2010AA, 2310 and 2420; claim status A7, 125; N289, N256",
    element="NM103",
    forms=ANY_FORM,
    needs="billing in doubt/rendering in doubt/other provider",
)
def provider_unnamed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every provider on the claim has a name beside the number."""
    named = [("billing", claim.billing), ("rendering", claim.rendering), ("referring", claim.referring)]
    named += [("supervising", claim.supervising), ("ordering", next((one.ordering for one in claim.lines if one.ordering), None))]
    for who, provider in named:
        if provider is not None and not provider.name.strip():
            yield on_claim(f"The {who} provider has no name.", f"Add the {who} provider's name as the NPI registry has it.")


@edit(
    "PRV-ZIP9",
    WARN,
    cites="837 TR3, 2010AA N403: nine digits for the billing provider",
    element="2010AA N403",
    forms=ANY_FORM,
    needs="billing in doubt",
)
def billing_zip(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The billing provider's ZIP code has nine digits."""
    address = claim.billing.address
    if address and address.zip and not ZIP9.fullmatch(address.zip):
        yield on_claim("The billing provider's ZIP code does not have nine digits.", "Write ZIP+4 of the practice's address.")


@edit(
    "PRV-RENDERING",
    REJECT,
    cites="837 TR3, 2310B: needed when not the billing provider",
    element="2310B NM109",
    needs="not rendered",
)
def rendering_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """When an organization bills, the claim names the person who treated, if a person did."""
    if claim.billing.person or claim.rendering:
        return
    for line in claim.lines:
        if line.rendering is None and not is_test(line, tables) and not nobody_renders(claim, line):
            yield on_line(line, "The claim does not say who treated the patient.", "Add the rendering provider.")
            return


@edit(
    "PRV-RENDERING-NPI",
    REJECT,
    since=date(2008, 5, 23),
    cites="45 CFR 162.410; CARC 207",
    element="2310B NM109",
    forms=ANY_FORM,
    needs="rendering in doubt",
)
def rendering_npi(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The rendering provider's NPI has ten digits and its check digit."""
    if claim.rendering and not npi_valid(claim.rendering.npi):
        yield on_claim("The rendering provider's NPI is missing or its check digit is wrong.", "Correct the provider's NPI.")
    for line in claim.lines:
        if line.rendering and not npi_valid(line.rendering.npi):
            yield on_line(
                line, "The line's rendering provider has an NPI with a wrong check digit.", "Correct the provider's NPI."
            )


@edit(
    "PRV-OTHER-NPI",
    REJECT,
    since=date(2008, 5, 23),
    cites="45 CFR 162.410; N286, N265",
    element="2310 NM109",
    forms=ANY_FORM,
    needs="other provider",
)
def other_npis(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Referring, ordering and supervising providers and the place of service have right NPIs."""
    others = [("referring provider", claim.referring), ("supervising provider", claim.supervising)]
    others += [("ordering provider", line.ordering) for line in claim.lines]
    for who, provider in dict.fromkeys([one for one in others if one[1] is not None]):
        if provider and not npi_valid(provider.npi):
            yield on_claim(f"The {who}'s NPI is missing or its check digit is wrong.", f"Correct the {who}'s NPI.")
    if claim.service_facility and claim.service_facility.npi and not npi_valid(claim.service_facility.npi):
        yield on_claim("The service location's NPI has a wrong check digit.", "Correct the location's NPI.")


@edit(
    "PRV-TAXONOMY",
    REJECT,
    cites="NUCC provider taxonomy; N255, N288",
    element="PRV03",
    forms=ANY_FORM,
    needs="billing in doubt/rendering in doubt",
)
def taxonomy_shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A taxonomy has ten characters and ends in X."""
    for who, provider in (("billing", claim.billing), ("rendering", claim.rendering)):
        if provider and provider.taxonomy and not taxonomy_valid(provider.taxonomy):
            yield on_claim(f"The {who} provider's taxonomy {provider.taxonomy} is not one.", "Correct the taxonomy code.")


@edit(
    "PRV-TAXONOMY-MISSING",
    WARN,
    cites="837 TR3, 2000A and 2310B PRV; payers that pay by specialty",
    element="PRV03",
    needs="filed MC/filed HM",
)
def taxonomy_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The provider's taxonomy is there for payers that pay by it (Medicaid, HMO)."""
    if claim.filing_indicator in {"MC", "HM"} and not (claim.billing.taxonomy or (claim.rendering and claim.rendering.taxonomy)):
        yield on_claim("No taxonomy is on the claim, and this payer decides by it.", "Add the provider's taxonomy.")


@edit(
    "PRV-TAXONOMY-KIND",
    ADVISE,
    cites="NUCC provider taxonomy: sections for individuals and for groups",
    element="2310B PRV03",
    needs="taxonomy of a group",
)
def taxonomy_kind(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A person does not carry the taxonomy of an organization."""
    provider = claim.rendering
    found = tables.taxonomy(provider.taxonomy, claim.first_service) if provider and provider.person else None
    if found and not found.person:
        yield on_claim(
            f"The rendering provider carries the taxonomy of an organization ({found.text.lower()}).",
            "Use the person's taxonomy.",
        )


@edit(
    "PRV-ENROLLED",
    DENY,
    since=date(2006, 6, 20),
    cites="42 CFR 424.505; CARC B7",
    element="2310B NM109",
    forms=ANY_FORM,
    needs="enrolments",
)
def enrolled(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The payer had the provider enrolled on the day of service."""
    for line in claim.lines:
        period = context.provider_enrolments.get(rendering_of(claim, line).npi)
        if period and not period.covers(line.first_service):
            yield on_line(
                line,
                f"The rendering provider was not enrolled with the payer on {line.first_service}.",
                "Ask the payer for the enrollment date; hold the claim until it covers the service, or bill who supervised.",
            )


@edit(
    "PRV-FACILITY",
    REJECT,
    cites="837 TR3, 2310C; MA114",
    element="2310C NM109",
    needs="at 21/at 22/at 23/at 24/at 26/at 31/at 51/at 61",
)
def facility_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Services in a hospital or other facility name it, unless it bills for itself."""
    if claim.place_of_service in FACILITIES and claim.service_facility is None and not own_place(claim):
        yield on_claim(
            f"Place of service {claim.place_of_service} is a facility and the claim does not name it.",
            "Add the service location.",
        )


@edit(
    "PRV-FACILITY-ADDRESS",
    REJECT,
    cites="837P TR3, 2310C N3 and N4: where it was done, no post office box; MA114, claim status A7, 126",
    element="2310C N301",
    needs="other provider",
)
def facility_address(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The service location has its street address."""
    if claim.service_facility is None:
        return
    home = claim.service_facility.address
    if home is None or not (home.line1 and home.city and home.state and home.zip) or BOX.match(home.line1):
        yield on_claim(
            "The service location's street address is missing or not complete.", "Complete street, city, state and ZIP code."
        )


PROVIDERS = (
    billing_npi,
    tax_id,
    billing_address,
    billing_state,
    provider_unnamed,
    billing_zip,
    rendering_missing,
    rendering_npi,
    other_npis,
    taxonomy_shape,
    taxonomy_missing,
    taxonomy_kind,
    enrolled,
    facility_missing,
    facility_address,
)
