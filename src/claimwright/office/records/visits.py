"""The visit: appointment, encounter, documents, codes, charges, estimate."""

from django.db import models

from claimwright.office.records.patients import Patient
from claimwright.office.records.practice import Location, Practice, ProviderRecord, User


class Encounter(models.Model):
    """One visit, from scheduled to zero balance."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="encounters", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    provider = models.ForeignKey(ProviderRecord, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    date = models.DateField()
    setting = models.CharField(max_length=12, default="office")  # office, telehealth
    reason = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="scheduled")  # scheduled, to code, query, coded, billed, closed, cancelled
    new_patient = models.BooleanField(default=False)
    number = models.CharField(max_length=20)
    reading = models.JSONField(null=True, blank=True)  # what the reader saw and did not code: {"read": [...], "queries": [...]}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "number"], name="encounter_number_once")]
        indexes = [models.Index(fields=["practice", "state", "date"])]


class Appointment(models.Model):
    encounter = models.OneToOneField(Encounter, on_delete=models.CASCADE, related_name="appointment")
    start = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=20)
    status = models.CharField(max_length=12, default="booked")  # booked, checked in, done, no show, cancelled


class DocumentRecord(models.Model):
    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    text = models.TextField()
    signed_by = models.ForeignKey(ProviderRecord, on_delete=models.PROTECT, null=True)
    signed_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]


class CodeSuggestion(models.Model):
    """What the reader suggested, kept as it was. `content` is a coding.model.Suggestion as JSON."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="suggestions")
    rank = models.PositiveSmallIntegerField()
    system = models.CharField(max_length=12)
    code = models.CharField(max_length=10)
    content = models.JSONField()
    decision = models.CharField(max_length=10, default="open")  # open, accepted, rejected, replaced

    class Meta:
        ordering = ["rank"]


class CodeDecision(models.Model):
    """What the coder decided: the codes on the encounter, in order. Diagnoses and services share the table."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="codes")
    position = models.PositiveSmallIntegerField()
    system = models.CharField(max_length=12)
    code = models.CharField(max_length=10)
    modifiers = models.CharField(max_length=12, blank=True)  # space-separated
    units = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    diagnosis_codes = models.CharField(max_length=60, blank=True)  # services: space-separated, most important first
    ndc = models.CharField(max_length=15, blank=True)  # a drug's package: eleven digits, or as written where it has others
    ndc_quantity = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    ndc_unit = models.CharField(max_length=2, blank=True)  # F2, GR, ME, ML, UN (837 CTP05)
    suggestion = models.ForeignKey(CodeSuggestion, on_delete=models.SET_NULL, null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position"]


class CodingChoice(models.Model):
    """One choice of a coder, kept for good: what was suggested and what became of it. `evidence` as in coding.model.Evidence."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="choices")
    suggestion = models.ForeignKey(CodeSuggestion, on_delete=models.SET_NULL, null=True)
    choice = models.CharField(max_length=10)  # accepted, rejected, replaced, added, removed
    system = models.CharField(max_length=12)
    code = models.CharField(max_length=10)
    modifiers = models.CharField(max_length=12, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    position = models.PositiveSmallIntegerField(default=0)  # among the encounter's codes; 0 where it is not one
    instead_of = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    evidence = models.JSONField(default=list)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class AuditSample(models.Model):
    """A manager's draw of coded charts for a second coder."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="audit_samples")
    start = models.DateField()
    end = models.DateField()
    per_coder = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    drawn_on = models.DateField()

    class Meta:
        ordering = ["-id"]


class AuditChart(models.Model):
    """One chart of a sample: the first coder's codes as they were at the draw, and the second's, coded blind."""

    sample = models.ForeignKey(AuditSample, on_delete=models.CASCADE, related_name="charts")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="audits")
    coder = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first = models.JSONField()  # [code, ...] in the order of the claim
    auditor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    second = models.JSONField(null=True)
    done_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sample", "encounter"], name="audited_once")]


class PhysicianQuery(models.Model):
    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="queries")
    topic = models.CharField(max_length=80)
    question = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    document = models.ForeignKey(DocumentRecord, on_delete=models.SET_NULL, null=True, related_name="+")  # the addendum
    answered_on = models.DateField(null=True, blank=True)


class Charge(models.Model):
    """A priced service of an encounter; `amount` in cents for all units."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="charges")
    position = models.PositiveSmallIntegerField()
    procedure = models.CharField(max_length=5)
    modifiers = models.CharField(max_length=12, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=3, default=1)
    diagnosis_codes = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    control_number = models.CharField(max_length=30, unique=True)

    class Meta:
        ordering = ["position"]


class Estimate(models.Model):
    """What the patient was told before the visit. `content`: lines with amount and reason, plus the earlier balance."""

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="estimates")
    made_on = models.DateField()
    patient_owes = models.BigIntegerField()
    earlier_balance = models.BigIntegerField()
    content = models.JSONField()
