"""Remittances, deposits, the ledger, denials, statements, patient payments. Amounts in cents."""

from django.db import models

from claimwright.office.records.claims import ClaimLine, ClaimRecord
from claimwright.office.records.exchange import File
from claimwright.office.records.patients import Guarantor, Patient
from claimwright.office.records.practice import PayerRecord, Practice, User


class Remit(models.Model):
    """One payment (835 transaction set). `key` names it whichever file brings it.

    `content` is a Remittance as JSON without its claims: these are in rows of their own.
    """

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="remits", db_index=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True)
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, null=True)
    key = models.CharField(max_length=120)
    trace = models.CharField(max_length=50)
    paid = models.BigIntegerField()
    paid_on = models.DateField()
    method = models.CharField(max_length=3)
    status = models.CharField(max_length=8, default="new")  # new, posted, parked, partly
    reason = models.CharField(max_length=300, blank=True)
    lines_posted = models.PositiveIntegerField(default=0)
    lines_untouched = models.PositiveIntegerField(default=0)  # posted without a person's help
    keyed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # from paper, not from an 835
    content = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["practice", "trace"], name="remit_trace")]
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="remit_once")]


class RemitClaimRow(models.Model):
    """One CLP of a remittance: posted to a claim, or parked with its reason."""

    remit = models.ForeignKey(Remit, on_delete=models.CASCADE, related_name="claims", db_index=False)
    position = models.PositiveIntegerField()
    claim = models.ForeignKey(ClaimRecord, on_delete=models.PROTECT, null=True, related_name="remit_rows")
    patient_control_number = models.CharField(max_length=38)
    payer_control_number = models.CharField(max_length=50, blank=True)
    clp_status = models.CharField(max_length=2)
    charge = models.BigIntegerField()
    paid = models.BigIntegerField()
    patient_share = models.BigIntegerField()
    status = models.CharField(max_length=8, default="new")  # new, posted, parked, aside
    reason = models.CharField(max_length=300, blank=True)
    hold = models.CharField(max_length=20, blank=True)  # the kind of reason: remits.holding.Hold
    next_step = models.CharField(max_length=300, blank=True)
    matched_by = models.CharField(max_length=40, blank=True)
    score = models.DecimalField(max_digits=4, decimal_places=3, null=True)  # how like the claim it is, 0 to 1
    owed_back = models.BooleanField(default=False)  # a person says the payer gets its money back
    said = models.CharField(max_length=200, blank=True)  # why a person matched it, owes it back or put it aside
    content = models.JSONField()  # RemitClaim

    class Meta:
        indexes = [models.Index(fields=["patient_control_number"], name="remit_claim_number")]
        constraints = [models.UniqueConstraint(fields=["remit", "position"], name="remit_claim_once")]


class RemitClaimPart(models.Model):
    """What one posted CLP says of each of the claims that the payer laid together in it; its row names the first."""

    row = models.ForeignKey(RemitClaimRow, on_delete=models.CASCADE, related_name="parts")
    part = models.PositiveIntegerField()
    claim = models.ForeignKey(ClaimRecord, on_delete=models.PROTECT, related_name="remit_parts")
    content = models.JSONField()  # RemitClaim: the claim's own lines and amounts

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "part"], name="remit_claim_part_once")]


class Deposit(models.Model):
    """One line of the bank file, reconciled with a remittance by its trace number."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="deposits")
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True)
    trace = models.CharField(max_length=50)
    on = models.DateField()
    amount = models.BigIntegerField()
    sender = models.CharField(max_length=60)
    remit = models.OneToOneField(Remit, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit")
    aside = models.BooleanField(default=False)  # no payer's remittance belongs to it
    said = models.CharField(max_length=200, blank=True)  # why a person joined it by hand, or what money it is
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "trace", "amount"], name="deposit_once")]


class LedgerEvent(models.Model):
    """A business event, posted whole, once. Append-only: the database refuses update and delete."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="ledger_events", db_index=False)
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=20)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    remit = models.ForeignKey(Remit, on_delete=models.PROTECT, null=True, related_name="ledger_events")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    memo = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "on"], name="ledger_event_day")]
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="ledger_event_once")]


class PeriodClose(models.Model):
    """The books are closed through a day: nothing more is dated up to it. The latest that was not opened again counts."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="period_closes")
    through = models.DateField()
    closed_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    note = models.CharField(max_length=200, blank=True)
    reopened_on = models.DateField(null=True, blank=True)
    reopened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reopened_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "through"], condition=models.Q(reopened_on=None), name="period_closed_once"
            )
        ]


class PostingRulesText(models.Model):
    """One version of the practice's own posting rules, for one payer or for all; the latest is in force."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="posting_rules")
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, null=True, related_name="posting_rules")
    text = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    made_on = models.DateField()

    class Meta:
        ordering = ["-pk"]


class LedgerEntry(models.Model):
    """One side of an event; debit positive."""

    event = models.ForeignKey(LedgerEvent, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=16)
    amount = models.BigIntegerField()
    claim = models.ForeignKey(ClaimRecord, on_delete=models.PROTECT, null=True, related_name="entries")
    encounter = models.ForeignKey("records.Encounter", on_delete=models.PROTECT, null=True, related_name="entries")
    line_control_number = models.CharField(max_length=30, blank=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True)
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, null=True, db_index=False)
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, null=True, db_index=False)
    memo = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["guarantor", "account"], name="ledger_guarantors", condition=~models.Q(guarantor=None)),
            models.Index(fields=["account", "payer"], name="ledger_payers"),
            models.Index(fields=["line_control_number", "account"]),
        ]


class Denial(models.Model):
    """A line (or claim) the payer did not pay for a reason we can work."""

    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="denials")
    line = models.ForeignKey(ClaimLine, on_delete=models.CASCADE, null=True)
    remit = models.ForeignKey(Remit, on_delete=models.PROTECT, db_index=False)
    group = models.CharField(max_length=2)
    reason = models.CharField(max_length=5)
    remarks = models.CharField(max_length=40, blank=True)
    amount = models.BigIntegerField()
    category = models.CharField(max_length=20)  # front desk, coding, authorization, payer, ...
    words = models.CharField(max_length=300)
    next_step = models.CharField(max_length=300)
    action = models.CharField(max_length=12)  # correct, appeal, bill patient, write off, call
    deadline = models.DateField()
    # open, corrected, appealed, won, lost, written off, billed, taken back (its posting was undone)
    status = models.CharField(max_length=12, default="open")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    denied_on = models.DateField()
    worked_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remit", "claim", "line", "group", "reason"], name="denial_once")]


class Statement(models.Model):
    """One bill to one guarantor. `content` is a statements.model.StatementContent as JSON."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="statements")
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(max_length=20)
    issued_on = models.DateField()
    due_on = models.DateField()
    balance = models.BigIntegerField()
    content = models.JSONField()
    pdf = models.ForeignKey(File, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="statement_number_once"),
            models.UniqueConstraint(fields=["guarantor", "issued_on"], name="statement_once_a_day"),
        ]


class PatientPayment(models.Model):
    """Money from a guarantor."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="patient_payments")
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, related_name="payments")
    key = models.CharField(max_length=80)
    on = models.DateField()
    amount = models.BigIntegerField()
    method = models.CharField(max_length=10)  # card, check, cash
    reference = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="patient_payment_once")]
