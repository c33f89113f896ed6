"""Indexes that no query needs are dropped where rows are many: another begins with the same column, or nobody asks by it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOT_READ = {
    "ClaimEvent": ("by", "claim", "file"),
    "ClaimRecord": ("payer", "practice"),
    "Denial": ("remit",),
    "LedgerEntry": ("guarantor", "payer"),
    "LedgerEvent": ("by", "practice"),
    "RemitClaimRow": ("remit",),
    "UnderpaidLine": ("letter", "worked_by"),
}


def _each(apps):
    for name, fields in NOT_READ.items():
        model = apps.get_model("records", name)
        yield from ((model, model._meta.get_field(field)) for field in fields)


def drop(apps, schema_editor):
    """By statement: Django would make SQLite's tables anew for it, and lose the ledger's triggers."""
    connection = schema_editor.connection
    for model, field in _each(apps):
        named = {index.name for index in model._meta.indexes}
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        for name, one in found.items():
            own = one["index"] and not (one["unique"] or one["primary_key"] or name in named)
            if own and one["columns"] == [field.column]:
                schema_editor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")


def add(apps, schema_editor):
    for model, field in _each(apps):
        schema_editor.execute(schema_editor._create_index_sql(model, fields=[field]))


class Migration(migrations.Migration):
    dependencies = [("records", "0017_referrals")]
    operations = [
        migrations.RunPython(drop, add),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="claimevent",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="claimevent",
                    name="claim",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="records.claimrecord",
                    ),
                ),
                migrations.AlterField(
                    model_name="claimevent",
                    name="file",
                    field=models.ForeignKey(
                        blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="records.file"
                    ),
                ),
                migrations.AlterField(
                    model_name="claimrecord",
                    name="payer",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="records.payerrecord",
                    ),
                ),
                migrations.AlterField(
                    model_name="claimrecord",
                    name="practice",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="records.practice"
                    ),
                ),
                migrations.AlterField(
                    model_name="denial",
                    name="remit",
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="records.remit"),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="guarantor",
                    field=models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="records.guarantor"
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerentry",
                    name="payer",
                    field=models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="records.payerrecord"
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerevent",
                    name="by",
                    field=models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AlterField(
                    model_name="ledgerevent",
                    name="practice",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_events",
                        to="records.practice",
                    ),
                ),
                migrations.AlterField(
                    model_name="remitclaimrow",
                    name="remit",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="records.remit"
                    ),
                ),
                migrations.AlterField(
                    model_name="underpaidline",
                    name="letter",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.file",
                    ),
                ),
                migrations.AlterField(
                    model_name="underpaidline",
                    name="worked_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ]
        ),
        migrations.RemoveIndex(model_name="ledgerentry", name="records_led_account_2a6d71_idx"),
        migrations.AddIndex("ledgerentry", models.Index(fields=["guarantor", "account"], name="ledger_guarantors")),
        migrations.AddIndex("ledgerentry", models.Index(fields=["account", "payer"], name="ledger_payers")),
    ]
