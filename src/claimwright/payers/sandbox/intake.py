"""Claims at the payer's door: accepted with a number of its own, or rejected with the reason (277CA)."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from claimwright.claims.model import Claim
from claimwright.parties import Struct
from claimwright.payers.sandbox.habits import behaviours, chance
from claimwright.payers.sandbox.members import BAD_FORM, UNKNOWN, WRONG_BIRTH, WRONG_NAME, insured_member, key_of, plans_of
from claimwright.payers.sandbox.model import Book, Member
from claimwright.payers.sandbox.state import State, Taken, Work


class Verdict(Struct):
    """What the 277CA says of one claim: STC category, status and entity."""

    accepted: bool
    category: str
    status: str
    entity: str = ""
    number: str = ""
    message: str = ""
    silent: bool = False  # the payer says nothing at all


_MISMATCH = {
    UNKNOWN: ("A3", "33", "IL", "Subscriber and member id not found."),
    BAD_FORM: ("A7", "164", "IL", "The member id is not in this payer's form."),
    WRONG_BIRTH: ("A7", "158", "QC", "The patient's birth date is not the one on file."),
    WRONG_NAME: ("A7", "125", "QC", "The patient's name is not the one on file."),
}


def take_in(book: Book, state: State, claim: Claim, submitter: str, received: date) -> Verdict:
    """Screen one claim; an accepted one is remembered and waits for its payment run."""
    if behaviours(book, claim, "silence") and claim.patient_control_number not in state.ignored:
        state.ignored.append(claim.patient_control_number)
        return Verdict(accepted=False, category="", status="", silent=True)
    member = insured_member(book, claim)
    refused = _refused(book, state, claim, member)
    if refused or isinstance(member, str):
        return refused or _rejected("A3", "33", "IL", "Not found.")
    original = _original(state, claim, member)
    number = claim_number(book, state, claim, received)
    state.claims[number] = Taken(
        number=number,
        claim=claim,
        plan_id=member.plan_id,
        member=key_of(member),
        received=received,
        submitter=submitter,
        replaces=original.number if original else "",
    )
    if original:
        state.claims[original.number] = msgspec.structs.replace(original, withdrawn=True)
    state.add_work(Work(due=decided_on(book, claim, received), do="decide", number=number))
    return Verdict(accepted=True, category="A2", status="20", number=number, message="Accepted for processing.")


def _refused(book: Book, state: State, claim: Claim, member: Member | str) -> Verdict | None:
    if not plans_of(book, claim.payer.payer_id):
        return _rejected("A3", "116", "PR", "This payer does not insure the member.")
    if not book.any_provider and claim.billing.npi not in book.provider_npis:
        return _rejected("A3", "562", "85", "The billing provider is not enrolled.")
    if isinstance(member, str):
        return _rejected(*_MISMATCH[member])
    if claim.frequency != "1" and _original(state, claim, member) is None:
        return _rejected("A7", "464", "PR", "The payer claim number that is to be replaced or voided is not known.")
    if claim.frequency == "1" and _sent_before(state, claim, member):
        return _rejected("A3", "54", "", "The same claim was already received.")
    return None


def _rejected(category: str, status: str, entity: str, message: str) -> Verdict:
    return Verdict(accepted=False, category=category, status=status, entity=entity, message=message)


def _original(state: State, claim: Claim, member: Member) -> Taken | None:
    """The standing claim that a frequency 7 or 8 claim names."""
    if claim.frequency == "1":
        return None
    found = state.claims.get(claim.payer_control_number)
    return found if found and found.member == key_of(member) and not found.withdrawn else None


def _sent_before(state: State, claim: Claim, member: Member) -> bool:
    """The same patient control number for the same member, still waiting or already paid."""
    return any(
        one.claim.patient_control_number == claim.patient_control_number
        and not one.withdrawn
        and not (one.determination and one.determination.denied)
        for one in state.of_member(key_of(member))
    )


def claim_number(book: Book, state: State, claim: Claim, received: date) -> str:
    """The payer's own number of a claim, never given twice."""
    if not book.by_content:
        return f"{received:%Y%j}{state.next_control():06d}"
    about = (claim.billing.npi, claim.payer.payer_id, claim.patient_control_number, claim.frequency, claim.responsibility)
    attempt = 0
    while True:
        number = f"{received:%y%j}{chance(book.seed, 'number', *about, str(attempt)) % 10**12:012d}"
        if number not in state.claims:
            return number
        attempt += 1


def decided_on(book: Book, claim: Claim, received: date) -> date:
    """When the claim is paid: with a payment run after a week, later when pended, on any workday when interest is due."""
    if found := behaviours(book, claim, "interest"):
        late = received + timedelta(days=found[0].days or 32)
        return late + timedelta(days=7 - late.weekday() if late.weekday() > 4 else 0)
    days = book.pace.days
    if pended := behaviours(book, claim, "pend"):
        days = pended[0].days or 28
    elif book.pace.spread:
        days += chance(book.seed, "day", claim.billing.npi, claim.patient_control_number) % (book.pace.spread + 1)
    return payment_day(book, claim.payer.payer_id, received + timedelta(days=days))


def payment_day(book: Book, payer_id: str, earliest: date) -> date:
    """Each payer pays on its own weekday, so that one payment holds several claims."""
    position = next((n for n, payer in enumerate(book.payers) if payer.payer_id == payer_id), 0)
    return earliest + timedelta(days=(position % 5 - earliest.weekday()) % 7)
