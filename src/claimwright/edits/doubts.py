"""What is not as it nearly always is: facts by which the edits of a claim's plain parts need not run on a claim in order.

Each is milder than the edits that need it: where one of them finds something, there is doubt; where there is doubt, they judge.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from claimwright.claims.model import Claim
from claimwright.codesets import reference
from claimwright.edits.context import Context
from claimwright.edits.dates import MEDICARE_DAYS, SOON
from claimwright.edits.identity import OLDEST, ZIP, elsewhere, filler
from claimwright.edits.ordering import in_no_list
from claimwright.edits.providers import BOX, ZIP9
from claimwright.identifiers import ein_valid, npi_valid, taxonomy_valid
from claimwright.parties import Person, Provider

_NAME = re.compile(r"[A-Za-zÀ-ÿ'.\-,][A-Za-zÀ-ÿ '.\-,]*")


def doubts(claim: Claim, context: Context, on: date) -> list[str]:
    """The facts of a claim that its head, lines, people or providers bring by not being plain. `on`: its first day of service."""
    today, found = context.today, ["head in doubt"] if _odd(claim) else []
    for place, line in enumerate(claim.lines, 1):
        if line.number != place:
            found.append("line numbers")
        if line.charge <= 0:
            found.append("no charge")
        if line.units != 1:
            found += ["not one unit", "several units"] if line.units > 1 else ["not one unit"]
        if line.last_service is not None:
            found.append("last day")
        if (line.last_service or line.first_service) > today:
            found.append("future")
        if line.pointers != (1,) or not claim.diagnoses:
            found.append("pointers")
        if line.rendering is not None:
            found.append("rendering in doubt")
        if line.ordering is not None:
            found.append("other provider")
    if context.coverage is not None or (today - on).days >= MEDICARE_DAYS - SOON:
        found.append("old")
    _of_people(claim, on, found)
    _of_providers(claim, found)
    return found


def _odd(claim: Claim) -> bool:
    """Whether what the claim says of itself is anything but in order."""
    return (
        not 0 < len(claim.patient_control_number) <= 20
        or claim.charge != (claim.lines[0].charge if len(claim.lines) == 1 else sum([line.charge for line in claim.lines]))
        or not 0 <= claim.patient_paid <= claim.charge
        or not 0 < len(claim.diagnoses) <= 12
        or claim.patient.sex == "U"
        or not claim.insured.member_id.strip()
        or filler(claim.insured.member_id)
        or filler(claim.prior_authorization or claim.referral_number)
        or not claim.payer.payer_id.strip()
        or not claim.payer.name.strip()
        or not claim.signature_on_file
    )


def _of_people(claim: Claim, on: date, found: list[str]) -> None:
    patient, subscriber = claim.patient, claim.insured.person
    _of_person(patient, found)
    if patient is not subscriber and patient != subscriber:
        found.append("two people")
        _of_person(subscriber, found)
    if patient.birth is None or patient.birth > on or on.year - patient.birth.year > OLDEST:
        found.append("birth in doubt")


def _of_person(person: Person, found: list[str]) -> None:
    name = person.last + person.first
    plain = person.last and person.first and name.isascii() and name.isalpha()  # nearly every name; quicker than the pattern
    if not plain and not (_NAME.fullmatch(person.last) and _NAME.fullmatch(person.first)):
        found.append("name in doubt")
    home = person.address
    if home is None or not (home.line1 and home.city) or _nowhere(home.state, home.zip):
        found.append("address in doubt")


def _of_providers(claim: Claim, found: list[str]) -> None:
    billing, rendering = claim.billing, claim.rendering
    if _in_doubt(billing):
        found.append("billing in doubt")
    if rendering is not None and (
        rendering.npi == billing.npi or not rendering.name.strip() or _badly_numbered(rendering.npi, rendering.taxonomy)
    ):
        found.append("rendering in doubt")
    if rendering is None and not billing.person:
        found.append("not rendered")
    if claim.referring or claim.supervising or claim.service_facility:
        found.append("other provider")


@lru_cache(4096)
def _nowhere(state: str, code: str) -> bool:
    return reference.state(state) is None or ZIP.fullmatch(code) is None or bool(elsewhere(state, code))


@lru_cache(1024)
def _badly_numbered(npi: str, taxonomy: str) -> bool:
    return not npi_valid(npi) or bool(taxonomy and (not taxonomy_valid(taxonomy) or in_no_list(taxonomy)))


@lru_cache(1024)
def _in_doubt(billing: Provider) -> bool:
    home = billing.address
    if home is None or not (home.line1 and home.city and home.state) or BOX.match(home.line1) or not ZIP9.fullmatch(home.zip):
        return True
    if _nowhere(home.state, home.zip) or not billing.name.strip():
        return True
    return not ein_valid(billing.ein) or _badly_numbered(billing.npi, billing.taxonomy)
