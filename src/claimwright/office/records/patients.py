"""Patients, guarantors, coverages: separate parties, as in the 837."""

from django.db import models

from claimwright.office.records.practice import Location, PlanRecord, Practice, ProviderRecord


class PersonFields(models.Model):
    last = models.CharField(max_length=60)
    first = models.CharField(max_length=35)
    middle = models.CharField(max_length=25, blank=True)
    birth = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, default="U")
    line1 = models.CharField(max_length=55, blank=True)
    line2 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip = models.CharField(max_length=9, blank=True)
    phone = models.CharField(max_length=10, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.last}, {self.first}"


class Guarantor(PersonFields):
    """Who pays what insurance does not."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="guarantors")
    email = models.EmailField(blank=True)


class Patient(PersonFields):
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="patients")
    mrn = models.CharField(max_length=12)
    guarantor = models.ForeignKey(Guarantor, on_delete=models.PROTECT, related_name="patients")
    primary_provider = models.ForeignKey(ProviderRecord, on_delete=models.PROTECT, null=True, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    history = models.TextField(blank=True, help_text="medical history as told at registration")
    therapies = models.TextField(blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "mrn"], name="mrn_once")]
        indexes = [models.Index(fields=["practice", "last", "first"])]


class CoverageRecord(models.Model):
    """A patient's coverage by a plan, with its subscriber."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="coverages")
    plan = models.ForeignKey(PlanRecord, on_delete=models.PROTECT)
    order = models.PositiveSmallIntegerField(default=1)
    member_id = models.CharField(max_length=30)
    group_number = models.CharField(max_length=30, blank=True)
    relationship = models.CharField(max_length=2, default="18")
    subscriber_last = models.CharField(max_length=60)
    subscriber_first = models.CharField(max_length=35)
    subscriber_birth = models.DateField()
    subscriber_sex = models.CharField(max_length=1)
    subscriber_line1 = models.CharField(max_length=55)
    subscriber_city = models.CharField(max_length=30)
    subscriber_state = models.CharField(max_length=2)
    subscriber_zip = models.CharField(max_length=9)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    referral_number = models.CharField(max_length=30, blank=True)
    case_number = models.CharField(max_length=30, blank=True, help_text="the claim number that an insurer of work or a car gave")
    accident_on = models.DateField(null=True, blank=True)
    accident_state = models.CharField(max_length=2, blank=True)
    assignment_of_benefits = models.BooleanField(default=True, help_text="the payer may pay the practice")
    release_of_information = models.CharField(max_length=1, default="Y", help_text="Y signed, I by law alone")

    class Meta:
        ordering = ["order"]


class EligibilityCheck(models.Model):
    """One 270 and its 271. `answer` is a coverage.model.EligibilityAnswer as JSON."""

    coverage = models.ForeignKey(CoverageRecord, on_delete=models.CASCADE, related_name="checks")
    encounter = models.ForeignKey("records.Encounter", on_delete=models.SET_NULL, null=True, related_name="checks")
    trace = models.CharField(max_length=30, unique=True)
    file = models.ForeignKey("records.File", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, default="asked")  # asked, active, inactive, rejected
    answer = models.JSONField(null=True, blank=True)
    message = models.CharField(max_length=200, blank=True)


class Authorization(models.Model):
    """A payer's prior authorization, or without a procedure a referral, whose units are visits.

    Units are counted down as claims are sent.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="authorizations")
    plan = models.ForeignKey(PlanRecord, on_delete=models.PROTECT)
    number = models.CharField(max_length=30)
    procedure = models.CharField(max_length=5, blank=True)
    referred_by = models.CharField(max_length=80, blank=True, default="")
    referring_npi = models.CharField(max_length=10, blank=True, default="")
    units = models.PositiveIntegerField()
    used = models.PositiveIntegerField(default=0)
    start = models.DateField()
    end = models.DateField()

    @property
    def left(self) -> int:
        """Units that claims have not used."""
        return max(self.units - self.used, 0)


class AuthorizationRequest(models.Model):
    """One 278 and its answer. `content` is an x12.review_model.ReviewRequest as JSON, `answer` a ReviewAnswer."""

    coverage = models.ForeignKey(CoverageRecord, on_delete=models.CASCADE, related_name="authorization_requests")
    encounter = models.ForeignKey("records.Encounter", on_delete=models.SET_NULL, null=True, related_name="+")
    trace = models.CharField(max_length=50, unique=True)
    file = models.ForeignKey("records.File", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, default="asked")  # asked, certified, in part, in review, denied, not needed, ...
    procedures = models.CharField(max_length=120)  # space-separated
    start = models.DateField()
    end = models.DateField()
    message = models.CharField(max_length=300, blank=True)
    content = models.JSONField()
    answer = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
