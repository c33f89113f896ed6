"""What hangs on a decision that was taken out of the books: denials, claims to the next payer, letters and bills that have left.

What can be taken back is; what cannot is said, and stays on the worklist until a person has seen to it.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from claimwright.claims.model import Claim
from claimwright.claims.states import HELD
from claimwright.money import dollars
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, Denial, Practice, Remit, RemitClaimRow, Statement, User
from claimwright.office.workflow.claims import UNSENT
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.history import NEVER_LEFT
from claimwright.office.workflow.secondary import carry_over, decision_on
from claimwright.office.workflow.trail import books, changed, event_number, find, tell, touched

_OURS = ("primary payment", "the decision of")
"""How the words begin that are taken away again when what was undone is posted as it was."""
TAKEN_BACK = "taken back"
"""A denial whose decision was undone; posting it again opens the denial as it was."""


def worked_as(denial: Denial) -> str:
    """How a denial stood before a payment, or an undoing, settled it: appealed, corrected or open."""
    if denial.claim.events.filter(key=f"appeal:{denial.pk}").exists():
        return "appealed"
    corrected = denial.worked_on is not None and denial.claim.replaced_by.exclude(NEVER_LEFT).exists()
    return "corrected" if corrected else "open"


def take_back_denials(claim: ClaimRecord, remit: Remit) -> list[str]:
    """The denials of an undone decision closed, those that it had settled open again; what of the work on them has left."""
    said = []
    for denial in claim.denials.filter(remit=remit).select_related("claim"):
        named = f"{denial.group}-{denial.reason}"
        if denial.status in ("written off", "billed"):
            what = "was written off" if denial.status == "written off" else "was billed to the patient"
            said.append(f"${dollars(denial.amount)} {what} for {named} and stands: take that back on the account")
        elif denial.status == "open" and denial.worked_on is None:
            denial.delete()  # it comes again with the posting
        elif denial.status != TAKEN_BACK:
            if denial.status == "appealed":
                said.append(f"the appeal of {named} is with the payer")
            elif denial.status == "corrected":
                numbers = claim.replaced_by.exclude(NEVER_LEFT).values_list("patient_control_number", flat=True)
                said.append(f"claim {', '.join(numbers)} corrects it for {named}")
            changed(denial, status=TAKEN_BACK)
    settled = Denial.objects.filter(claim__encounter=claim.encounter_id, status__in=("won", "lost")).exclude(remit=remit)
    for denial in settled.select_related("claim", "remit"):
        later = RemitClaimRow.objects.filter(status="posted", claim__encounter=claim.encounter_id)
        if not later.filter(remit__paid_on__gte=denial.remit.paid_on).exclude(remit=denial.remit).exists():
            changed(denial, status=worked_as(denial))
    return said


def recheck(claim: ClaimRecord, today: date, by: User | None = None) -> None:
    """After a decision was posted once more, or taken back by the payer: nothing is left to do that no longer needs doing."""
    if claim.follow_up and claim.primary_claim_id is None and decision_on(claim) is not None:
        changed(claim, follow_up="")
    recheck_secondaries(claim, today, by)


def recheck_secondaries(primary: ClaimRecord, today: date, by: User | None = None) -> list[str]:
    """Whether the claims to the next payer still say what the books hold; in words, where they do not.

    One that has left is to be voided or corrected by a person; one that has not is held.
    """
    standing = decision_on(primary) is not None
    said = []
    rows = primary.secondaries.exclude(frequency="8").exclude(NEVER_LEFT).select_related("payer", "coverage__plan__payer")
    for claim in rows:
        if claim.replaced_by.exclude(NEVER_LEFT).exists():
            continue
        words = _stale(claim, primary, standing=standing)
        if words:
            said.append(f"claim {claim.patient_control_number} to {claim.payer.name}: {words}")
        ours = claim.follow_up.startswith(_OURS)
        if claim.follow_up.startswith(words) if words else not ours:
            continue
        own = "" if ours else claim.follow_up
        changed(claim, follow_up="; ".join(one for one in (words, own) if one)[:300])
        number = event_number(claim, "primary undone", "primary again")
        kind, text = ("primary undone", words) if words else ("primary again", "What it carries stands in the books again")
        state = HELD if words and claim.state in UNSENT else ""
        tell(claim, today=today, kind=kind, text=text, key=f"primary:{number}", state=state, by=by)
    return said


def _stale(claim: ClaimRecord, primary: ClaimRecord, *, standing: bool) -> str:
    """What is to be done about a claim to the next payer, where what it carries of the earlier one's decision is no more so."""
    if claim.state in UNSENT:
        again = "post that again and check this claim, or void it"
        return "" if standing else f"{_OURS[1]} {primary.payer.name} that it carries was undone: {again}"
    if not standing:
        return f"{_OURS[0]} undone: void or correct"
    try:
        same = _carried(claim_of(claim)) == _carried(carry_over(claim.patient_control_number, primary, claim.coverage))
    except Refused:  # what stands now cannot be carried as it is
        same = False
    return "" if same else f"{_OURS[0]} changed: void or correct"


def _carried(claim: Claim) -> object:
    """What a claim says an earlier payer decided, without the day."""
    lines = [[(one.payer_id, one.paid, one.procedure, one.adjustments) for one in line.adjudications] for line in claim.lines]
    return [(one.payer.payer_id, one.paid, one.adjustments) for one in claim.other_payers], lines


def billed_since(claim: ClaimRecord, since: date) -> list[str]:
    """Statements with the claim's visit that a guarantor has had since a day."""
    rows = Statement.objects.filter(guarantor=claim.patient.guarantor_id, issued_on__gte=since).order_by("issued_on")
    number = claim.encounter.number
    return [
        f"statement {row.number} has billed the patient's share"
        for row in rows
        if any(visit["visit"] == number for visit in row.content["visits"])
    ]


@transaction.atomic
def seen_to(*, practice: Practice, by: User | None, today: date, claim_id: int, note: str) -> ClaimRecord:
    """A person has done what an undone posting left to do about a claim, and says what."""
    books(practice)
    claim = find(ClaimRecord, practice, claim_id, "patient")
    if not claim.follow_up:
        raise Refused("Nothing is left to do about this claim.")
    if not note.strip():
        raise Refused("Say what was done.")
    text = f"{note.strip()} (was to do: {claim.follow_up})"
    tell(claim, today=today, kind="seen to", text=text, key=f"seen-to:{event_number(claim, 'seen to')}", by=by)
    changed(claim, follow_up="")
    touched(practice, by, claim.patient, "follow-up seen to")
    return claim
