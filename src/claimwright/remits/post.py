"""A posting plan as ledger events: one a claim, one a provider adjustment, keyed by the payment so that replay is harmless."""

from __future__ import annotations

import re
from datetime import date

import msgspec

from claimwright.ledger.events import reversal_of
from claimwright.ledger.model import Account, Entry, Event
from claimwright.money import Cents
from claimwright.remits.decide import PlannedLine
from claimwright.remits.planned import PlannedClaim, PlannedProviderAdjustment, PostingPlan

_PLACE = re.compile(r"(\d+)(?::part\d+)?(?::again\d+)?")


def claim_key(remit_key: str, position: int, part: int = 0) -> str:
    """The unique key of one CLP's posting; the parts of one that stands for several claims have keys of their own."""
    return f"remit:{remit_key}:{position}" + (f":part{part}" if part else "")


def place_in(event_key: str, remit_key: str) -> int:
    """The position in this payment of the CLP that posted an event; -1 for one of another payment."""
    ours = f"remit:{remit_key}:"
    found = _PLACE.fullmatch(event_key, len(ours)) if event_key.startswith(ours) else None
    return int(found[1]) if found else -1


def provider_key(remit_key: str, position: int) -> str:
    """The unique key of one PLB's posting."""
    return f"plb:{remit_key}:{position}"


def events(plan: PostingPlan, on: date, key: str = "") -> tuple[Event, ...]:
    """Everything that the plan posts. Held claims, held adjustments and decisions that move no money make no event.

    `key`: what the payment is kept under, where another with its trace number came before.
    """
    if plan.held_reason:
        return ()
    payer, key = plan.remit.payer.payer_id, key or plan.remit.key
    made = [claim_event(claim, key, on, payer) for claim in plan.posted]
    made += [provider_event(one, plan, on, key) for one in plan.provider if not one.held_reason]
    return tuple(event for event in made if event is not None)


def claim_event(claim: PlannedClaim, remit_key: str, on: date, payer: str = "") -> Event | None:
    """One claim's decision, or None when it moves nothing. `payer`: who paid, for money that is no claim's."""
    if claim.held_reason:
        return None
    key = claim_key(remit_key, claim.position, claim.part)
    if claim.undoes is not None:
        return reversal_of(claim.undoes, key=key, on=on, memo="the payer took its decision back", kind="reversal")
    if claim.credit:
        return _owed_back(claim, key, on, payer)
    entries = tuple(entry for line in claim.lines for entry in _entries(line, claim) if entry.amount)
    return Event(key=key, kind="remittance", on=on, entries=entries, memo=f"matched by {claim.matched_by}") if entries else None


def _owed_back(claim: PlannedClaim, key: str, on: date, payer: str) -> Event:
    """Paid twice, or not ours: the money came, and is the payer's."""
    match = claim.match
    came = Entry(
        account="cash",
        amount=claim.credit,
        claim=match.charged_under or match.patient_control_number if match else "",
        patient=match.patient if match else 0,
        guarantor=match.guarantor if match else 0,
        payer=match.payer_id if match else payer,
    )
    owed = msgspec.structs.replace(came, account="payer_balance", amount=-claim.credit)
    return Event(key=key, kind="remittance", on=on, entries=(came, owed), memo="owed back to the payer")


def _entries(line: PlannedLine, claim: PlannedClaim) -> list[Entry]:
    match = claim.match
    assert match is not None, "remits: a claim posts only when it is matched"

    def entry(account: Account, amount: Cents, payer: str) -> Entry:
        return Entry(
            account=account,
            amount=amount,
            claim=match.charged_under or match.patient_control_number,
            line=line.line,
            patient=match.patient,
            guarantor=match.guarantor,
            payer=payer,
        )

    return [
        entry("insurance_ar", -line.moved, match.payer_id),
        entry("cash", line.paid, match.payer_id),
        entry("contractual", line.contractual, match.payer_id),
        entry("patient_ar", line.patient, ""),
        entry("insurance_ar", line.to_next_payer, match.next_payer_id or claim.forwarded_to or match.payer_id),
    ]


def provider_event(one: PlannedProviderAdjustment, plan: PostingPlan, on: date, key: str = "") -> Event | None:
    """A PLB amount: it lowers (or raises) the cash that came, against what the payer is owed or the interest it paid."""
    if one.held_reason or one.account is None or not one.adjustment.amount:
        return None
    payer, amount = plan.remit.payer.payer_id, one.adjustment.amount
    memo = f"PLB {one.adjustment.reason}"
    entries = (
        Entry(account="cash", amount=-amount, payer=payer, claim=one.claim, memo=memo),
        Entry(account=one.account, amount=amount, payer=payer, claim=one.claim, memo=memo),
    )
    key = provider_key(key or plan.remit.key, one.position)
    return Event(key=key, kind="provider_adjustment", on=on, entries=entries, memo=memo)
