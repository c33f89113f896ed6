"""Who referred, where an authorization is a referral."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0016_sums_by_statement")]
    operations = [
        migrations.AlterField("authorization", "procedure", models.CharField(blank=True, max_length=5)),
        migrations.AddField("authorization", "referred_by", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("authorization", "referring_npi", models.CharField(blank=True, default="", max_length=10)),
    ]
