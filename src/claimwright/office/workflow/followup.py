"""What was refused or never answered is worked until it is paid, billed, or let go by a person with a reason."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from claimwright.claims.states import APPEALED
from claimwright.denials.classify import SHORT_DAYS, classify
from claimwright.denials.letter import appeal_letter, appeal_pdf
from claimwright.ledger.events import Owed, transfer_event, write_off_event
from claimwright.money import Cents, dollars
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.ledger import append, open_lines
from claimwright.office.records.models import ClaimRecord, Denial, File, LedgerEvent, Practice, User
from claimwright.office.workflow.claims import correct_claim
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import keep_file
from claimwright.office.workflow.settling import apply_held_money, settle
from claimwright.office.workflow.trail import books, changed, event_number, find, must_follow, tell, touched
from claimwright.remits.decide import PlannedDenial

ACTIONS = ("correct", "appeal", "write off", "bill patient", "call")
UNWINNABLE = {"18": "a duplicate", "B13": "a duplicate"}


@transaction.atomic
def work_denial(*, practice: Practice, by: User | None, today: date, denial_id: int, action: str, note: str = "") -> Denial:
    """Do one thing about a denial: correct and send again, appeal, write off, bill the patient, or note a call."""
    books(practice)
    related = ("claim__patient__guarantor", "claim__payer", "claim__encounter", "line")
    denial = find(Denial, practice, denial_id, *related, path="claim__practice")
    if action not in ACTIONS:
        raise Refused(f"A denial is worked by: {', '.join(ACTIONS)}.")
    if denial.status not in ("open", "appealed"):
        raise Refused(f"This denial is {denial.status} already.")
    if action != "correct" and not note.strip():
        raise Refused("Say why, for whoever reads this later.")
    _DO[action](practice, by, today, denial, note)
    denial.refresh_from_db()
    touched(practice, by, denial.claim.patient, f"denial worked: {action}")
    return denial


def _correct(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> None:
    reason = note or f"denied {denial.group}-{denial.reason}"
    correct_claim(practice=practice, by=by, today=today, claim_id=denial.claim_id, reason=reason)


def _appeal(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> None:
    if denial.reason in UNWINNABLE:
        raise Refused(f"An appeal cannot win: the payer says it is {UNWINNABLE[denial.reason]}. Find the first claim instead.")
    if today > appeal_by(denial):
        raise Refused(f"The deadline to appeal was {appeal_by(denial)}.")
    claim = denial.claim
    if claim.state != APPEALED:
        must_follow(claim, APPEALED)
    changed(denial, status="appealed", worked_on=today, note=note[:300], owner=by)
    letter = _letter(practice, by, today, denial, note)
    text = f"Appealed {denial.group}-{denial.reason}, ${dollars(denial.amount)}: {note}"
    tell(claim, today=today, kind="appealed", text=text, key=f"appeal:{denial.pk}", state=APPEALED, by=by, file=letter)


def appeal_by(denial: Denial) -> date:
    """The payer's last day to appeal; a denial's own deadline may be nearer, where our habit is to call first."""
    return denial.denied_on + timedelta(days=denial.claim.payer.appeal_days)


def _letter(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> File:
    """The appeal on paper, with the payer's own acceptance as proof where it has one."""
    claim = denial.claim
    refused = PlannedDenial(
        group=denial.group,
        reason=denial.reason,
        amount=denial.amount,
        line=denial.line.control_number if denial.line else "",
        remarks=tuple(denial.remarks.split()),
    )
    content = claim_of(claim)
    work = classify(refused, denied_on=denial.denied_on, claim=content, appeal_days=claim.payer.appeal_days)
    if not work.appealable:
        raise Refused(f"This is not appealed. {work.why_not}".strip())
    accepted = claim.events.filter(kind="277ca").exclude(state="rejected").first()
    letter = appeal_letter(
        work,
        content,
        written_on=today,
        denied_on=denial.denied_on,
        signer=(by.get_full_name() if by else "") or practice.name,
        argument=f"{note.strip()[:1].upper()}{note.strip()[1:].rstrip('.')}.",
        received_on=accepted.on if accepted else None,
    )
    name = f"appeal-{denial.pk}.pdf"
    return keep_file(practice, direction="out", kind="pdf", name=name, content=appeal_pdf(letter), today=today)


def _write_off(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> None:
    shares = _open(denial)
    event = write_off_event(key=_key(denial, "write-off"), on=today, shares=shares, receivable="insurance_ar", memo=note)
    append(practice, [event], by=by)
    text = f"${dollars(_total(shares))} written off ({denial.group}-{denial.reason}): {note}"
    _done(by, today, denial, "written off", note, text)


def _bill_patient(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> None:
    if denial.group == "CO":
        raise Refused("The payer says this is the practice's (CO): the contract forbids billing it to the patient.")
    shares = _open(denial)
    event = transfer_event(
        key=_key(denial, "patient"), on=today, shares=shares, source="insurance_ar", target="patient_ar", memo=note
    )
    append(practice, [event], by=by)
    text = f"${dollars(_total(shares))} moved to the patient ({denial.group}-{denial.reason}): {note}"
    _done(by, today, denial, "billed", note, text)
    apply_held_money(practice, denial.claim.patient.guarantor, today)


def _key(denial: Denial, what: str) -> str:
    """A fresh key each time: what was undone may be done again."""
    prefix = f"denial:{denial.pk}:{what}:"
    return f"{prefix}{LedgerEvent.objects.filter(key__startswith=prefix).count() + 1}"


def _call(practice: Practice, by: User | None, today: date, denial: Denial, note: str) -> None:
    again = min(appeal_by(denial), today + timedelta(days=SHORT_DAYS)) if denial.action == "call" else denial.deadline
    changed(denial, worked_on=today, note=note[:300], owner=by, deadline=max(again, denial.deadline))
    number = denial.claim.events.filter(kind="call").count() + 1
    text = f"Called {denial.claim.payer.name}: {note}"
    tell(denial.claim, today=today, kind="call", text=text, key=f"call:{denial.pk}:{number}", by=by)


_DO = {"correct": _correct, "appeal": _appeal, "write off": _write_off, "bill patient": _bill_patient, "call": _call}


def _open(denial: Denial) -> list[Owed]:
    """What is still open with the payer on the denied line, at most what was denied."""
    lines = [denial.line.control_number] if denial.line else [line.control_number for line in denial.claim.lines.all()]
    left: Cents = denial.amount
    shares = []
    for owed in open_lines("insurance_ar", line_control_number__in=lines):
        taken = min(left, owed.amount)
        if taken > 0:
            left -= taken
            shares.append(
                Owed(
                    line=owed.line,
                    amount=taken,
                    claim=denial.claim.patient_control_number,
                    patient=owed.patient,
                    guarantor=owed.guarantor,
                    payer=owed.payer,
                    on=owed.on,
                )
            )
    if not shares:
        raise Refused("Nothing is open on this line any more.")
    return shares


def _total(shares: list[Owed]) -> Cents:
    return sum(share.amount for share in shares)


def _done(by: User | None, today: date, denial: Denial, status: str, note: str, text: str) -> None:
    changed(denial, status=status, worked_on=today, note=note[:300], owner=by)
    key = f"denial:{denial.pk}:{status}:{event_number(denial.claim, status)}"
    tell(denial.claim, today=today, kind=status, text=text, key=key, by=by)
    settle([denial.claim.encounter], today)


@transaction.atomic
def assign_denial(*, practice: Practice, by: User | None, today: date, denial_id: int, owner_id: int | None) -> Denial:
    """Give a denial to someone of the practice, or to nobody."""
    denial = find(Denial, practice, denial_id, "claim__patient", path="claim__practice")
    owner = User.objects.filter(pk=owner_id, membership__practice=practice).first() if owner_id else None
    if owner_id and owner is None:
        raise Refused("There is no such person in this practice.")
    changed(denial, owner=owner)
    return denial


def overdue_claims(practice: Practice, today: date) -> list[ClaimRecord]:
    """Sent claims without an answer for longer than their payer takes, longest first (C056)."""
    waiting = ClaimRecord.objects.filter(practice=practice, state__in=["sent", "accepted", "pending"], sent_on__isnull=False)
    rows = waiting.select_related("payer", "patient").order_by("sent_on", "pk")
    return [row for row in rows if row.sent_on and row.sent_on + timedelta(days=row.payer.answer_days) < today]
