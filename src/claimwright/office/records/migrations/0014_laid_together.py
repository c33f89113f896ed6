"""What a payer laid together in one decision is kept for each of the claims that it is about."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0013_found_by_payer")]
    operations = [
        migrations.CreateModel(
            name="RemitClaimPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remit_parts", to="records.claimrecord"
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="records.remitclaimrow"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("row", "part"), name="remit_claim_part_once")]},
        ),
    ]
