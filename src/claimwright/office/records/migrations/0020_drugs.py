from django.db import migrations, models

TEXT = {"blank": True, "default": ""}


class Migration(migrations.Migration):
    dependencies = [("records", "0019_keys_by_statement")]
    operations = [
        migrations.AddField("codedecision", "ndc", models.CharField(max_length=15, **TEXT), preserve_default=False),
        migrations.AddField("codedecision", "ndc_quantity", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
        migrations.AddField("codedecision", "ndc_unit", models.CharField(max_length=2, **TEXT), preserve_default=False),
    ]
