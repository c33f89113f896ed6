"""Money that is worked: lines paid below the contract, credit balances looked into, refunds. Amounts in cents."""

from datetime import date

from django.db import models

from claimwright.office.records.billing import LedgerEvent, Remit
from claimwright.office.records.claims import ClaimLine, ClaimRecord
from claimwright.office.records.exchange import File
from claimwright.office.records.patients import Guarantor
from claimwright.office.records.practice import ContractRecord, PayerRecord, Practice, User


def contract_words(payer_id: int, on: date) -> str:
    """The contract with a payer that was in force on a day, as a worklist and a letter name it; empty without one."""
    return words_on(contracts_of(payer_id), on)


def contracts_of(payer_id: int) -> list[ContractRecord]:
    """All contracts with a payer, the latest first."""
    return list(ContractRecord.objects.filter(payer=payer_id).order_by("-start"))


def words_on(held: list[ContractRecord], on: date) -> str:
    """Of a payer's contracts the one in force on a day."""
    row = next((one for one in held if one.start <= on and (one.end is None or one.end >= on)), None)
    return f"contract {row.content.get('contract_id', row.pk)}, from {row.start.isoformat()}" if row else ""


class UnderpaidLine(models.Model):
    """A line on which the payer allowed less than its contract: what was found first, and what is short now."""

    line = models.OneToOneField(ClaimLine, on_delete=models.CASCADE, related_name="underpaid")
    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="underpaid_lines")
    remit = models.ForeignKey(Remit, on_delete=models.PROTECT, null=True)  # that fell short first
    found_on = models.DateField()
    expected = models.BigIntegerField()
    allowed = models.BigIntegerField(null=True)  # by the last decision; empty while the payer has taken it back
    found_short = models.BigIntegerField()  # when it was found; what has come in since is the difference to `short`
    short = models.BigIntegerField()
    why = models.CharField(max_length=300)
    status = models.CharField(max_length=10, default="open")  # open, disputed, accepted, recovered
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    worked_on = models.DateField(null=True, blank=True)
    worked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    letter = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["status", "claim"], name="underpaid_status")]

    @property
    def came_in(self) -> int:
        """What was paid after all, in cents."""
        return self.found_short - self.short


class CreditReview(models.Model):
    """What a person found about a credit balance: when it was identified, whether it is looked into. The latest counts."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="credit_reviews")
    heap = models.CharField(max_length=60)  # which credit balance: reports.credits.Credit.heap
    since = models.DateField()  # of the balance it is about: a heap that becomes a credit again is another one
    identified_on = models.DateField()
    investigated_from = models.DateField(null=True, blank=True)
    concluded_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]


class Refund(models.Model):
    """Money to give back: proposed by one person, approved by another, then issued. Each step that moves money is an event."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=80)
    heap = models.CharField(max_length=60)
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, null=True)
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, null=True, related_name="refunds")
    line_control_number = models.CharField(max_length=30, blank=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    since = models.DateField()
    return_by = models.DateField(null=True, blank=True)  # the law's last day, as it stood when proposed
    status = models.CharField(max_length=10, default="proposed")  # proposed, approved, issued, declined, cancelled
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_on = models.DateField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True, blank=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(null=True, blank=True)
    method = models.CharField(max_length=12, blank=True)  # check, card, recoupment
    reference = models.CharField(max_length=40, blank=True)  # the check's number, the card's reference, the payer's letter
    said = models.CharField(max_length=200, blank=True)  # why it was declined or cancelled
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    approval = models.OneToOneField(LedgerEvent, on_delete=models.PROTECT, null=True, related_name="refund_approved")
    payout = models.OneToOneField(LedgerEvent, on_delete=models.PROTECT, null=True, related_name="refund_issued")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="refund_once")]
        indexes = [models.Index(fields=["practice", "status"], name="refund_status")]
