"""Claims as sent, with their states and everything that happened to them."""

from django.db import models

from claimwright.office.records.exchange import File
from claimwright.office.records.patients import CoverageRecord, Patient
from claimwright.office.records.practice import PayerRecord, Practice, User
from claimwright.office.records.visits import Encounter


class ClaimRecord(models.Model):
    """One claim to one payer. `content` is the claims.model.Claim as JSON, exactly what forms and files are made from."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="claims", db_index=False)
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="claims")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(CoverageRecord, on_delete=models.PROTECT, db_index=False)
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, related_name="claims", db_index=False)
    patient_control_number = models.CharField(max_length=20)
    responsibility = models.CharField(max_length=1, default="P")
    frequency = models.CharField(max_length=1, default="1")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    primary_claim = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="secondaries")
    state = models.CharField(max_length=10, default="draft")
    first_service = models.DateField()
    charge = models.BigIntegerField()
    payer_control_number = models.CharField(max_length=50, blank=True)
    built_on = models.DateField()
    sent_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    clean_first_time = models.BooleanField(null=True)  # passed its first scrub
    underpaid = models.BigIntegerField(default=0)  # cents the payer allowed below the contract
    forwarded = models.BooleanField(default=False)  # the payer itself sent it on to the next payer
    follow_up = models.CharField(max_length=300, blank=True)  # what is left to do since something it rests on was undone
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "patient_control_number"], name="claim_once")]
        indexes = [
            models.Index(fields=["practice", "state", "first_service"]),
            models.Index(fields=["payer", "first_service"], name="claim_payers_day"),
            models.Index(fields=["payer", "payer_control_number"], name="claim_payers_number"),
            models.Index(fields=["practice"], condition=~models.Q(follow_up=""), name="claim_follow_up"),
        ]


class ClaimLine(models.Model):
    """A line, so that money can point at it."""

    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    control_number = models.CharField(max_length=30)
    procedure = models.CharField(max_length=5)
    modifiers = models.CharField(max_length=12, blank=True)
    charge = models.BigIntegerField()
    units = models.DecimalField(max_digits=8, decimal_places=3)
    expected_allowed = models.BigIntegerField(null=True)
    price_working = models.JSONField(default=list)  # how the expected amount was reached, in sentences
    price_source = models.CharField(max_length=160, blank=True)  # the contract or table it came from
    allowed = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["control_number"])]


class ClaimEvent(models.Model):
    """One thing that happened, in plain words."""

    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="events", db_index=False)
    on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(
        max_length=20
    )  # built, scrubbed, held, sent, ta1, 999, 277ca, remittance, posted, denied, corrected, ...
    state = models.CharField(max_length=10)  # after the event
    text = models.CharField(max_length=300)
    edits = models.TextField(blank=True)  # ids of the edits that stopped it, worst first
    charge = models.BigIntegerField(null=True)  # cents, of the claim as it was stopped
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    key = models.CharField(max_length=120)  # replay-safe

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["claim", "key"], name="claim_event_once")]


class ClaimFinding(models.Model):
    """What the last scrub found. `content` is a Finding as JSON."""

    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="findings")
    edit = models.CharField(max_length=60)
    severity = models.CharField(max_length=8)
    line = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=400)
    fix = models.CharField(max_length=400, blank=True)
    citation = models.CharField(max_length=200, blank=True)


class ClaimInquiry(models.Model):
    """One claim of a 276, and what the 277 said of it. `answer` is an x12.claim_status.StatusAnswer as JSON."""

    claim = models.ForeignKey(ClaimRecord, on_delete=models.CASCADE, related_name="inquiries")
    trace = models.CharField(max_length=50, unique=True)
    batch = models.CharField(max_length=20, blank=True)  # BHT03 of the question; answers to all of it give it back
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="inquiries")
    asked_on = models.DateField(null=True, blank=True)  # empty: the payer told it unasked
    answered_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, default="asked")  # asked, received, pending, wanted, rejected, unknown, ...
    message = models.CharField(max_length=300, blank=True)
    answer = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["batch"])]
