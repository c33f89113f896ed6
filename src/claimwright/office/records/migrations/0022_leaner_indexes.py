"""Where rows are many, an index leaves out rows that nobody looks for by it, and goes where another begins with the same column
or no query asks by it. Payments are found by their trace number."""

import django.db.models.deletion
from django.db import migrations, models

NOT_READ = {"ClaimRecord": ("coverage",), "Encounter": ("practice",), "Remit": ("practice",)}


def _each(apps):
    for name, fields in NOT_READ.items():
        model = apps.get_model("records", name)
        yield from ((model, model._meta.get_field(field)) for field in fields)


def drop(apps, schema_editor):
    """By statement: Django would make SQLite's tables anew for it."""
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


def _key(to, **more):
    return models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to, **more)


class Migration(migrations.Migration):
    dependencies = [("records", "0021_cases")]
    operations = [
        migrations.RunPython(drop, add),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("claimrecord", "coverage", _key("records.coveragerecord")),
                migrations.AlterField("encounter", "practice", _key("records.practice", related_name="encounters")),
                migrations.AlterField("remit", "practice", _key("records.practice", related_name="remits")),
            ]
        ),
        migrations.RemoveIndex("ledgerentry", "ledger_guarantors"),
        migrations.AddIndex(
            "ledgerentry",
            models.Index(fields=["guarantor", "account"], name="ledger_guarantors", condition=~models.Q(guarantor=None)),
        ),
        migrations.AddIndex("remit", models.Index(fields=["practice", "trace"], name="remit_trace")),
    ]
