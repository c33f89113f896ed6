"""What is left to do about a claim since something that it rests on was undone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0014_laid_together")]
    operations = [
        migrations.AddField(
            model_name="claimrecord", name="follow_up", field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="claimrecord",
            index=models.Index(condition=~models.Q(follow_up=""), fields=["practice"], name="claim_follow_up"),
        ),
    ]
