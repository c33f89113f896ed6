"""What is truly the patient's: statements, payments, write-offs, and undoing what was posted wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Substr
from msgspec.structs import replace

from claimwright.ledger.events import (
    Owed,
    Receivable,
    allocate,
    patient_payment_event,
    reversal_of,
    transfer_event,
    write_off_event,
)
from claimwright.money import Cents, dollars
from claimwright.office.records.content import pack, unpack
from claimwright.office.records.convert import address_of, person_of
from claimwright.office.records.ledger import append, balance, event_of, open_lines
from claimwright.office.records.models import (
    ClaimRecord,
    Denial,
    Encounter,
    Guarantor,
    LedgerEvent,
    PatientPayment,
    Practice,
    Refund,
    Statement,
    User,
)
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import keep_file
from claimwright.office.workflow.patientlines import patient_lines
from claimwright.office.workflow.settling import apply_held_money, settle
from claimwright.office.workflow.trail import books, changed, find, tell, touched
from claimwright.office.workflow.undone import TAKEN_BACK
from claimwright.parties import Address
from claimwright.statements.build import build
from claimwright.statements.model import Sender, StatementContent, StatementPayment
from claimwright.statements.pdf import statement_pdf

METHODS = ("card", "check", "cash")
LARGEST: Cents = 1_000_000_00  # more than this from one patient is a slip of the hand


@transaction.atomic
def issue_statements(
    *, practice: Practice, by: User | None, today: date, guarantor_ids: Sequence[int] | None = None
) -> list[Statement]:
    """One statement for each guarantor who owes: none for nothing, none twice a day, none for what a plan still decides."""
    books(practice)
    guarantors = Guarantor.objects.filter(practice=practice)
    if guarantor_ids is not None:
        guarantors = guarantors.filter(pk__in=guarantor_ids)
        if guarantors.count() < len(set(guarantor_ids)):
            raise Refused("Some of these guarantors are not in this practice.")
    issued = []
    for guarantor in guarantors.order_by("pk"):
        if balance("patient_ar", guarantor=guarantor) <= 0:
            continue
        if guarantor.statements.filter(issued_on=today).exists():
            continue
        statement = _issue(practice, guarantor, today)
        if statement is not None:
            issued.append(statement)
            for patient in guarantor.patients.all():
                touched(practice, by, patient, f"statement {statement.number}")
    return issued


def _issue(practice: Practice, guarantor: Guarantor, today: date) -> Statement | None:
    since = guarantor.statements.order_by("-issued_on").values_list("issued_on", flat=True).first()
    undone = LedgerEvent.objects.filter(practice=practice, kind="patient_payment", undone_by__isnull=False)
    undone = undone.annotate(payment=Substr("key", len("payment:") + 1)).values("payment")
    payments = guarantor.payments.filter(on__lte=today).exclude(key__in=undone)
    if since:
        payments = payments.filter(on__gt=since)
    content = build(
        guarantor=person_of(guarantor),
        sender=Sender(name=practice.name, address=address_of(practice) or _NOWHERE, phone=practice.phone),
        number="",
        lines=patient_lines(guarantor),
        today=today,
        payments=[
            StatementPayment(on=row.on, amount=row.amount, words=f"Thank you ({row.method})")
            for row in payments.order_by("on", "pk")
        ],
        unapplied=-balance("unapplied", guarantor=guarantor),
    )
    if content is None:
        return None
    number = f"S{next_number(practice, 'statement'):06d}"
    content = replace(content, number=number)  # numbered once it is known that there is one: no number is lost
    file = keep_file(
        practice,
        direction="out",
        kind="pdf",
        name=f"statement-{number}.pdf",
        content=statement_pdf(content),
        today=today,
    )
    return Statement.objects.create(
        practice=practice,
        guarantor=guarantor,
        number=number,
        issued_on=today,
        due_on=content.due_on,
        balance=content.balance,
        content=pack(content),
        pdf=file,
    )


_NOWHERE = Address(line1="", city="", state="", zip="")


def content_of_statement(row: Statement) -> StatementContent:
    """A statement as it was sent."""
    return unpack(row.content, StatementContent)


@transaction.atomic
def take_payment(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    guarantor_id: int,
    amount: Cents,
    method: str,
    key: str,
    reference: str = "",
) -> PatientPayment:
    """Money from a guarantor: to the oldest visit first, the rest is held for them. The same key again changes nothing."""
    books(practice)
    guarantor = find(Guarantor, practice, guarantor_id)
    if known := PatientPayment.objects.filter(practice=practice, key=key).first():
        if (known.guarantor_id, known.amount) != (guarantor.pk, amount):
            raise Refused("This payment key was used for another payment.")
        return known
    if not 0 < amount <= LARGEST:
        raise Refused(f"A payment is more than nothing and at most ${dollars(LARGEST)}.")
    if method not in METHODS:
        raise Refused(f"A payment is by {', '.join(METHODS)}.")
    payment = PatientPayment.objects.create(
        practice=practice,
        guarantor=guarantor,
        key=key,
        on=today,
        amount=amount,
        method=method,
        reference=reference[:40],
        by=by,
    )
    owed = [line for line in open_lines("patient_ar", guarantor=guarantor) if line.amount > 0]
    shares, _ = allocate(amount, owed)
    event = patient_payment_event(
        key=f"payment:{key}", on=today, amount=amount, guarantor=guarantor.pk, shares=shares, memo=f"{method} payment"
    )
    append(practice, [event], by=by)
    settle(_visits(practice, shares), today)
    for patient in guarantor.patients.all():
        touched(practice, by, patient, "payment taken")
    return payment


def _visits(practice: Practice, shares: Sequence[Owed]) -> list[Encounter]:
    numbers = {share.line for share in shares}
    return list(Encounter.objects.filter(practice=practice, charges__control_number__in=numbers).distinct())


@transaction.atomic
def write_off(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    claim_id: int,
    amount: Cents,
    reason: str,
    receivable: Receivable = "insurance_ar",
) -> LedgerEvent:
    """Let go of money that will not be collected, with the reason in words."""
    books(practice)
    claim, shares = _from_claim(practice, claim_id, amount, reason, receivable)
    number = LedgerEvent.objects.filter(practice=practice, key__startswith=f"write-off:{claim.pk}:").count() + 1
    event = write_off_event(key=f"write-off:{claim.pk}:{number}", on=today, shares=shares, receivable=receivable, memo=reason)
    row = append(practice, [event], by=by)[0]
    text = f"${dollars(amount)} written off: {reason}"
    tell(claim, today=today, kind="written off", text=text, key=f"write-off:{number}", by=by)
    touched(practice, by, claim.patient, "written off")
    settle([claim.encounter], today)
    return row


@transaction.atomic
def bill_patient(
    *, practice: Practice, by: User | None, today: date, claim_id: int, amount: Cents | None = None, reason: str
) -> LedgerEvent:
    """Move what a payer will not pay to the patient: never by itself (P17), always by a person with a reason."""
    books(practice)
    if amount is None:
        claim = find(ClaimRecord, practice, claim_id)
        lines = open_lines("insurance_ar", encounter=claim.encounter)
        amount = sum(line.amount for line in lines if line.amount > 0)
    claim, shares = _from_claim(practice, claim_id, amount, reason, "insurance_ar")
    number = LedgerEvent.objects.filter(practice=practice, key__startswith=f"bill-patient:{claim.pk}:").count() + 1
    event = transfer_event(
        key=f"bill-patient:{claim.pk}:{number}",
        on=today,
        shares=shares,
        source="insurance_ar",
        target="patient_ar",
        memo=reason,
    )
    row = append(practice, [event], by=by)[0]
    text = f"${dollars(amount)} moved to the patient: {reason}"
    tell(claim, today=today, kind="billed", text=text, key=f"bill-patient:{number}", by=by)
    touched(practice, by, claim.patient, "moved to the patient")
    if claim.encounter.state == "coded":
        changed(claim.encounter, state="billed")
    apply_held_money(practice, claim.patient.guarantor, today)
    settle([claim.encounter], today)
    return row


def _from_claim(
    practice: Practice, claim_id: int, amount: Cents, reason: str, receivable: Receivable
) -> tuple[ClaimRecord, tuple[Owed, ...]]:
    """What is open on the claim's visit, up to an amount. Raises Refused when that is less, or there is no reason."""
    claim = find(ClaimRecord, practice, claim_id, "patient__guarantor", "encounter")
    if not reason.strip():
        raise Refused("Say why.")
    owed = [line for line in open_lines(receivable, encounter=claim.encounter) if line.amount > 0]
    shares, rest = allocate(amount, owed)
    if amount <= 0 or rest:
        raise Refused(f"${dollars(sum(line.amount for line in owed))} is open on this visit; it cannot be more than that.")
    return claim, shares


@transaction.atomic
def undo_event(*, practice: Practice, by: User | None, today: date, event_id: int, reason: str) -> LedgerEvent:
    """Take back a posted event by its exact opposite; nothing is changed, both stay to be read (C072)."""
    books(practice)
    row = find(LedgerEvent, practice, event_id)
    if not reason.strip():
        raise Refused("Say why.")
    if LedgerEvent.objects.filter(undoes=row).exists():
        raise Refused("This was taken back already.")
    if row.undoes_id is not None:
        raise Refused("This takes something back itself; post what was undone again instead.")
    if row.kind == "charge":
        raise Refused("Charges follow the codes: correct the codes and capture the charges again.")
    if Refund.objects.filter(Q(approval=row) | Q(payout=row)).exists():
        raise Refused("This is a step of a refund: cancel the refund on its own page.")
    if row.kind in ("remittance", "reversal"):
        raise Refused("This is a payer's decision: undo it on its remittance, so that all that followed from it is taken back.")
    event = event_of(row)
    key = f"undo:{row.key}"
    opposite = reversal_of(event, key=key, on=today, memo=reason)
    undone = append(practice, [opposite], by=by, remit=row.remit, undoes={key: row.key})[0]
    for guarantor in {entry.guarantor for entry in event.entries if entry.account == "unapplied"}:
        if balance("unapplied", guarantor=guarantor) > 0:
            raise Refused("Some of this money was used since, for a visit or a refund: take that back first.")
    _work_again(row)
    visits = Encounter.objects.filter(entries__event=row).distinct().select_related("patient")
    for encounter in visits:
        touched(practice, by, encounter.patient, f"undone: {row.kind}")
    settle(visits, today)
    return undone


def _work_again(row: LedgerEvent) -> None:
    """A denial that was written off or billed, and now is not, waits for someone again, if its decision still stands."""
    what, _, rest = row.key.partition(":")
    if what == "denial":
        denial = Denial.objects.filter(pk=int(rest.partition(":")[0]), status__in=["written off", "billed"]).first()
        if denial is not None:
            rows = denial.remit.claims.filter(Q(claim=denial.claim_id) | Q(parts__claim=denial.claim_id), status="posted")
            changed(denial, status="open" if rows.exists() else TAKEN_BACK)
