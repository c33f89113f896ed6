"""The practice: who works here, where, for whom, and on what terms."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Practice(models.Model):
    name = models.CharField(max_length=80)
    npi = models.CharField(max_length=10)
    ein = models.CharField(max_length=9)
    taxonomy = models.CharField(max_length=10)
    line1 = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=9)
    phone = models.CharField(max_length=10)
    submitter_id = models.CharField(max_length=15)
    two_person_posting = models.BooleanField(
        default=False, help_text="who keys a paper remittance in may not be the one who posts it"
    )
    underpaid_tolerance = models.PositiveIntegerField(default=0, help_text="cents a line may fall short of the contract")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Who logs in. What they may do is their membership's role."""


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", "Front desk"
    CODER = "coder", "Coder"
    BILLER = "biller", "Biller"
    MANAGER = "manager", "Manager"
    ADMINISTRATOR = "administrator", "Administrator"


class Membership(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)


class Location(models.Model):
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=60)
    npi = models.CharField(max_length=10)
    line1 = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip = models.CharField(max_length=9)
    clia = models.CharField(max_length=10, blank=True)
    locality = models.CharField(max_length=8, default="00")

    def __str__(self) -> str:
        return self.name


class ProviderRecord(models.Model):
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="providers")
    npi = models.CharField(max_length=10)
    last = models.CharField(max_length=60)
    first = models.CharField(max_length=35)
    credential = models.CharField(max_length=10, blank=True)
    taxonomy = models.CharField(max_length=10)
    enrolled_from = models.DateField()
    enrolled_to = models.DateField(null=True, blank=True)
    accept_assignment = models.CharField(max_length=1, default="A", help_text="A accepts, B for laboratory only, C does not")

    def __str__(self) -> str:
        return f"{self.first} {self.last}, {self.credential}"


class PayerRecord(models.Model):
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="payers")
    payer_id = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    line1 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=9, blank=True)
    receiver_id = models.CharField(max_length=15)
    answer_days = models.PositiveSmallIntegerField(
        default=21, help_text="after so many days without an answer a claim is overdue"
    )
    appeal_days = models.PositiveSmallIntegerField(default=180)
    underpaid_tolerance = models.PositiveIntegerField(
        null=True, blank=True, help_text="cents a line may fall short of the contract; empty: as the practice says"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "payer_id"], name="payer_once")]

    def __str__(self) -> str:
        return self.name


class PlanRecord(models.Model):
    """A plan year; `content` is a coverage.model.Plan as JSON."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="plans")
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, related_name="plans")
    plan_id = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    content = models.JSONField()

    def __str__(self) -> str:
        return self.name


class PracticeRules(models.Model):
    """One version of the practice's own claim rules; the latest is in force, the earlier ones stay to be compared."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=120, blank=True, help_text="why it was changed")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    made_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "version"], name="rules_version_once")]
        ordering = ["-version"]


class LanguageModelSetting(models.Model):
    """One decision about the language model: on or off, where, by whom, when. The latest counts; all are its audit trail."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="language_model")
    on = models.BooleanField()
    endpoint = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=80, blank=True)
    key_name = models.CharField(max_length=31, blank=True, help_text="where the key is found; never the key")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]


class ContractRecord(models.Model):
    """Terms with a payer; `content` is a pricing.model.Contract as JSON."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="contracts")
    payer = models.ForeignKey(PayerRecord, on_delete=models.PROTECT, related_name="contracts")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    content = models.JSONField()


class PriceRow(models.Model):
    """The charge master: the practice's own price, dated."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="prices")
    procedure = models.CharField(max_length=5)
    modifier = models.CharField(max_length=2, blank=True)
    label = models.CharField(max_length=80)
    price = models.BigIntegerField(help_text="cents")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)


class ApiToken(models.Model):
    """A hashed bearer token of one user."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class IdempotencyKey(models.Model):
    """The answer already given to a write; the same key gets it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]


class AccessLog(models.Model):
    """Who looked at or changed a patient's record, when and through what (45 CFR 164.312(b))."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="accesses")
    at = models.DateTimeField(auto_now_add=True)
    what = models.CharField(max_length=60)
