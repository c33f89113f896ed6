"""Money that is not the practice's, so that its pages have work: Medicare pays a claim again by check, and a patient gets back
what lay unused."""

from __future__ import annotations

from datetime import date, timedelta

from claimwright.money import dollars
from claimwright.office.demo.backoffice import BackOffice
from claimwright.office.records.content import unpack
from claimwright.office.records.credits import heaps, laws
from claimwright.office.records.models import Refund, Remit, RemitClaimRow
from claimwright.office.workflow import paper_remittance, posting, receiving, refunds
from claimwright.remits.model import RemitClaim

PAID_AGAIN_AFTER, UNUSED_FOR, PROPOSED_BEFORE = 28, 45, 7  # days; the last: before the story's end
CHECK = "20267714"


def give_back(back: BackOffice, day: date) -> None:
    """Once each: key in Medicare's second payment of a claim, and propose to refund the oldest unused patient payment."""
    if "paid again" not in back.steps and (row := _paid_once(back, day)):
        back.steps.once("paid again", lambda: _paid_again(back, row, day))
    late = day >= back.story.today - timedelta(days=PROPOSED_BEFORE)  # so that no visit takes the money up meanwhile
    if late and "refund proposed" not in back.steps and (heap := _unused(back, day)):
        back.steps.once("refund proposed", lambda: _proposed(back, heap, day))


def _paid_once(back: BackOffice, day: date) -> RemitClaimRow | None:
    """The first claim that a payer under Medicare's law paid so long ago."""
    medicare = [payer for payer, law in laws(back.practice).items() if law == "medicare"]
    paid = RemitClaimRow.objects.filter(
        remit__practice=back.practice, remit__payer__payer_id__in=medicare, status="posted", clp_status="1", paid__gt=0
    )
    return paid.filter(remit__paid_on__lte=day - timedelta(days=PAID_AGAIN_AFTER)).order_by("remit__paid_on", "pk").first()


def _paid_again(back: BackOffice, row: RemitClaimRow, day: date) -> Remit:
    """The check is keyed in and posted, and the bank has it: nothing is open, so it stands as owed back to Medicare."""
    who, payer = back.who("biller", day), row.remit.payer
    assert payer is not None
    said = unpack(row.content, RemitClaim)
    remit = paper_remittance.key_in_remittance(
        **who, payer_id=payer.pk, trace=CHECK, paid=row.paid, paid_on=day, claims=[said], method="CHK"
    )
    bank = f"date,amount,trace,sender\n{day},{dollars(row.paid).replace(',', '')},{CHECK},{payer.name}\n"
    receiving.receive_file(**who, name=f"check-{CHECK}.bank.csv", content=bank.encode())
    return posting.post_remittance(**who, remit_id=remit.pk)


def _unused(back: BackOffice, day: date) -> str:
    """The oldest payment of a patient that nothing took up for so long."""
    found = [
        (credit.since, heap)
        for heap, credit in heaps(back.practice).items()
        if credit.owed_to == "patient" and not credit.line and credit.since <= day - timedelta(days=UNUSED_FOR)
    ]
    return min(found)[1] if found else ""


def _proposed(back: BackOffice, heap: str, day: date) -> Refund:
    amount = heaps(back.practice)[heap].amount
    return refunds.propose_refund(
        **back.who("biller", day), heap=heap, amount=amount, reason="paid ahead, and no visit took it up", key="unused"
    )
