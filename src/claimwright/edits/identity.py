"""Who the patient and the subscriber are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from claimwright.claims.model import Claim
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ANY_FORM, REJECT, WARN, Problem, edit, on_claim
from claimwright.effective import age_on
from claimwright.identifiers import mbi_valid
from claimwright.parties import Address, Person

STRANGE = re.compile(r"[^A-Za-zÀ-ÿ '.\-,]")
ZIP = re.compile(r"\d{5}(\d{4})?")
RELATIONSHIPS = frozenset({"18", "01", "19", "20", "21", "39", "40", "53", "G8"})
FILLERS = frozenset(
    {"UNKNOWN", "UNK", "NONE", "NO", "NOID", "NA", "N/A", "TBA", "TBD", "PENDING", "MISSING", "SAME", "SELF", "SELFPAY"}
    | {"PATIENT", "TEST", "MEDICARE", "MEDICAID", "INSURED"}
)
COUNTED = ("0123456789", "1234567890", "9876543210")
ELSE_NUMBERED = frozenset({"WC", "AM", "LM"})
"""Insurers of work, cars and liability know the case by its claim number, and take any member id."""
YOUNGEST_SPOUSE = 14
OLDEST = 124  # the oldest age the Medicare Code Editor takes


def people(claim: Claim) -> Iterator[tuple[str, Person]]:
    """The patient, and the subscriber where that is someone else, each with a word for messages."""
    yield "patient", claim.patient
    if not claim.patient_is_subscriber:
        yield "subscriber", claim.insured.person


def addresses(claim: Claim) -> Iterator[tuple[str, Address]]:
    """The addresses of people on the claim."""
    for who, person in people(claim):
        if person.address is not None:
            yield who, person.address


@lru_cache(maxsize=4096)
def elsewhere(code: str, zip_code: str) -> str:
    """The name of a state in which a ZIP code does not lie; nothing where it does, or either is none."""
    state = reference.state(code)
    return state.text if state and re.match(r"\d{5}", zip_code) and not state.has_zip(zip_code) else ""


@edit("ID-CONTROL-NUMBER", REJECT, cites="837 TR3, CLM01", element="CLM01", forms=ANY_FORM, needs="head in doubt")
def control_number(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient control number is there and at most 20 characters, so that the answer can be matched."""
    if not claim.patient_control_number or len(claim.patient_control_number) > 20:
        yield on_claim("The patient control number is missing or longer than 20 characters.", "Give the claim a control number.")


@edit("ID-NAME", REJECT, cites="837 TR3, 2010BA and 2010CA NM1", element="NM103", forms=ANY_FORM, needs="name in doubt")
def names(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Patient and subscriber each have a last and a first name."""
    for who, person in people(claim):
        if not person.last.strip() or not person.first.strip():
            yield on_claim(f"The {who}'s last or first name is missing.", "Complete the name in the registration.")


@edit(
    "ID-NAME-CHARACTERS",
    WARN,
    cites="837 TR3, appendix B basic and extended character set",
    element="NM103",
    forms=ANY_FORM,
    needs="name in doubt",
)
def name_characters(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A name has letters, spaces, hyphens, apostrophes and periods only; payers match it with their records."""
    for who, person in people(claim):
        if STRANGE.search(person.last + person.first):
            yield on_claim(
                f"The {who}'s name has a digit or sign that a payer will not match.", "Write the name as on the insurance card."
            )


@edit("ID-BIRTH-DATE", REJECT, cites="837 TR3, DMG02", element="DMG02", forms=ANY_FORM, needs="birth in doubt")
def birth_date(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient's birth date is known."""
    if claim.patient.birth is None:
        yield on_claim("The patient's birth date is missing.", "Enter the birth date in the registration.")


@edit("ID-BIRTH-AFTER-SERVICE", REJECT, cites="CARC 14; 837 TR3, DMG02", element="DMG02", forms=ANY_FORM, needs="birth in doubt")
def birth_after_service(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient was born before the service, and not more than 124 years before."""
    birth = claim.patient.birth
    if birth and (birth > claim.first_service or age_on(birth, claim.first_service) > OLDEST):
        yield on_claim(
            "The patient's birth date is after the service or more than 124 years before it.",
            "Check the birth date and the date of service.",
        )


@edit("ID-SEX", WARN, cites="837 TR3, DMG03", element="DMG03", forms=ANY_FORM, needs="head in doubt")
def sex_unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient's sex is known; unknown is allowed, but codes cannot be checked against it and some payers refuse it."""
    if claim.patient.sex == "U":
        yield on_claim("The patient's sex is unknown.", "Enter it in the registration if the patient has told it.")


@edit(
    "ID-ADDRESS",
    REJECT,
    cites="837 TR3, 2010BA N3 and N4; 2010CA N3 and N4",
    element="N301",
    forms=ANY_FORM,
    needs="address in doubt",
)
def address_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient has an address; the subscriber's is needed only when the subscriber is the patient."""
    address = claim.patient.address
    if address is None or not (address.line1 and address.city and address.state and address.zip):
        yield on_claim("The patient's address is missing or not complete.", "Complete street, city, state and ZIP code.")


@edit("ID-STATE", REJECT, cites="US Postal Service Publication 28", element="N402", forms=ANY_FORM, needs="address in doubt")
def state_unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A state is a postal abbreviation."""
    for who, address in addresses(claim):
        if address.state and reference.state(address.state) is None:
            yield on_claim(f"The {who}'s state is not a postal abbreviation.", "Write the state with its two letters.")


@edit("ID-ZIP", REJECT, cites="837 TR3, N403", element="N403", forms=ANY_FORM, needs="address in doubt")
def zip_shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A ZIP code has five or nine digits."""
    for who, address in addresses(claim):
        if address.zip and not ZIP.fullmatch(address.zip):
            yield on_claim(f"The {who}'s ZIP code does not have five or nine digits.", "Correct the ZIP code.")


@edit("ID-ZIP-STATE", WARN, cites="US Postal Service Publication 28", element="N403", forms=ANY_FORM, needs="address in doubt")
def zip_in_state(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A ZIP code lies in its state."""
    for who, address in addresses(claim):
        state = elsewhere(address.state, address.zip)
        if state:
            yield on_claim(f"The {who}'s ZIP code is not used in {state}.", "Check state and ZIP code.")


@edit("ID-MEMBER-ID", REJECT, cites="837 TR3, 2010BA NM109", element="NM109", forms=ANY_FORM, needs="head in doubt")
def member_id(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The subscriber's member id is there."""
    if not claim.insured.member_id.strip():
        yield on_claim("The member id is missing.", "Copy the member id from the insurance card.")


def filler(member_id: str) -> bool:
    """Whether something was only put where the member id belongs: a word, one sign over and over, or counted digits."""
    said = member_id.strip().upper()
    if not said:
        return False
    if said.isdigit():
        return len(said) < 3 or said == said[0] * len(said) or (len(said) > 4 and any(said in digits for digits in COUNTED))
    return len(said) == 1 or said in FILLERS or (len(said) > 1 and said == said[0] * len(said))


@edit(
    "ID-MEMBER-FILLER",
    REJECT,
    cites="837 TR3, 2010BA NM109: the payer's own number of the member; CARC 31, claim status A7, 164",
    element="NM109",
    forms=ANY_FORM,
    needs="head in doubt",
)
def member_id_filler(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The member id is the payer's number of the member, not a word or a row of digits in its place."""
    if claim.insured.member_id.strip() and filler(claim.insured.member_id) and claim.filing_indicator not in ELSE_NUMBERED:
        yield on_claim(
            "What stands as the member id is none: a word, one sign repeated, or digits counted up or down.",
            "Copy the member id from the insurance card, or ask the payer (270) with name and birth date.",
        )


@edit("ID-MEMBER-PATTERN", REJECT, cites="The plan's own member id format", element="NM109", forms=ANY_FORM, needs="coverage")
def member_pattern(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The member id has the form the plan uses."""
    pattern = context.coverage.plan.member_id_pattern if context.coverage else ""
    if pattern and claim.insured.member_id and not re.fullmatch(pattern, claim.insured.member_id):
        yield on_claim(
            "The member id does not have the form this plan uses; the payer will not know the patient.",
            "Compare the member id with the insurance card, and verify eligibility again.",
        )


@edit("ID-MBI", REJECT, since=date(2020, 1, 1), cites="CMS, New Medicare Card: MBI only from January 1, 2020", element="NM109",
      forms=ANY_FORM, needs="filed MA/filed MB")  # fmt: skip
def mbi(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Original Medicare is billed with a Medicare Beneficiary Identifier."""
    if claim.filing_indicator in {"MA", "MB"} and claim.insured.member_id and not mbi_valid(claim.insured.member_id):
        yield on_claim(
            "The member id is not a Medicare Beneficiary Identifier (11 characters, set letters and digits by place).",
            "Copy the number from the red, white and blue card, or look it up in the Medicare contractor's portal.",
        )


@edit("ID-RELATIONSHIP", REJECT, cites="837 TR3, SBR02 and PAT01", element="SBR02", forms=ANY_FORM, needs="dependent")
def relationship(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient's relationship to the subscriber is a code of the guide."""
    if claim.insured.relationship not in RELATIONSHIPS:
        yield on_claim(
            f"Relationship {claim.insured.relationship!r} is not a code of the guide.", "Choose self, spouse, child or other."
        )


@edit(
    "ID-RELATIVE-AGE",
    WARN,
    cites="837 TR3, SBR02 and DMG02: a child is younger than the subscriber, a spouse of age; CARC 31, 32",
    element="PAT01",
    forms=ANY_FORM,
    needs="dependent",
)
def relative_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A child is younger than the parent, and a spouse is no child."""
    born, holder, relation = claim.patient.birth, claim.insured.person.birth, claim.insured.relationship
    if relation == "19" and born and holder and born <= holder:
        yield on_claim(
            "The patient is said to be the subscriber's child, and is older.", "Correct the relationship or a birth date."
        )
    if relation == "01" and born and age_on(born, claim.first_service) < YOUNGEST_SPOUSE:
        yield on_claim("The patient is said to be a spouse and is a child.", "Correct the relationship or the birth date.")


@edit("ID-SELF-DIFFERS", REJECT, cites="837 TR3, SBR02: 18 only when the patient is the subscriber", element="SBR02",
      forms=ANY_FORM, needs="two people")  # fmt: skip
def self_differs(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """When the patient is the subscriber, both are the same person."""
    patient, subscriber = claim.patient, claim.insured.person
    births_differ = patient.birth and subscriber.birth and patient.birth != subscriber.birth
    if claim.patient_is_subscriber and (births_differ or patient.last.upper() != subscriber.last.upper()):
        yield on_claim(
            "The relationship says self, but the subscriber has another name or birth date than the patient.",
            "Correct the relationship, or the subscriber's name and birth date.",
        )


@edit(
    "ID-MEDICARE-SELF",
    REJECT,
    cites="837 TR3, SBR02; every Medicare beneficiary is a subscriber",
    element="SBR02",
    forms=ANY_FORM,
    needs="dependent, filed MA/filed MB",
)
def medicare_self(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Original Medicare has no dependents."""
    if claim.filing_indicator in {"MA", "MB"} and not claim.patient_is_subscriber:
        yield on_claim("Medicare has no dependents, but the patient is not the subscriber.", "Set the relationship to self.")


IDENTITY = (
    control_number,
    names,
    name_characters,
    birth_date,
    birth_after_service,
    sex_unknown,
    address_missing,
    state_unknown,
    zip_shape,
    zip_in_state,
    member_id,
    member_id_filler,
    member_pattern,
    mbi,
    relationship,
    relative_age,
    self_differs,
    medicare_self,
)
