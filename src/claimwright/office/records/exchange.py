"""Files that came and went, control numbers, and the outbox."""

from django.db import models

from claimwright.office.records.practice import Practice


class File(models.Model):
    """A file in or out, kept whole. The same content arrives once."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="files")
    direction = models.CharField(max_length=3)  # in, out
    kind = models.CharField(max_length=8)  # 270, 271, 276, 277, 278, 837P, TA1, 999, 277CA, 835, bank, pdf
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    created_on = models.DateField()
    status = models.CharField(max_length=10, default="new")  # new, written (out), read, parked
    reason = models.CharField(max_length=300, blank=True)
    control_number = models.CharField(max_length=20, blank=True)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "direction", "digest"], name="file_once")]


class ControlNumber(models.Model):
    """The last number used of each kind (ISA, GS, ST, BHT, claim, line, statement, trace)."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "kind"], name="counter_once")]


class Job(models.Model):
    """A row of the outbox, written with the change that needs it. `key` makes asking twice harmless."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=8, default="due")  # due, done, failed
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="job_once")]
        indexes = [models.Index(fields=["status", "id"])]


class DoneStep(models.Model):
    """A step of a scripted run, written in the transaction of what it did, so that a run begun again goes on where it stopped."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    key = models.CharField(max_length=120)
    made = models.BigIntegerField(null=True)  # the primary key of what the step made

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "key"], name="step_once")]
