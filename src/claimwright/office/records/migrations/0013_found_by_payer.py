"""What a payer says is found by the payer's number, and by the day, however many claims a practice has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0012_money_worked")]
    operations = [
        migrations.AddIndex(
            model_name="claimrecord", index=models.Index(fields=["payer", "first_service"], name="claim_payers_day")
        ),
        migrations.AddIndex(
            model_name="claimrecord", index=models.Index(fields=["payer", "payer_control_number"], name="claim_payers_number")
        ),
    ]
