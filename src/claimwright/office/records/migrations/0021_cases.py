from django.db import migrations, models

TEXT = {"blank": True, "default": ""}
NUMBER = models.CharField(max_length=30, help_text="the claim number that an insurer of work or a car gave", **TEXT)


class Migration(migrations.Migration):
    dependencies = [("records", "0020_drugs")]
    operations = [
        migrations.AddField("coveragerecord", "case_number", NUMBER, preserve_default=False),
        migrations.AddField("coveragerecord", "accident_on", models.DateField(blank=True, null=True)),
        migrations.AddField("coveragerecord", "accident_state", models.CharField(max_length=2, **TEXT), preserve_default=False),
    ]
