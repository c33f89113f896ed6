"""The database itself refuses an event whose entries do not sum to zero.

Neither SQLite nor PostgreSQL checks a sum at the end of a transaction, but both check foreign keys there. So each entry adds
to its event's total, in a table whose totals must by then be in a table that holds nothing but zero.
"""

from django.db import migrations

ZERO, TOTAL, ENTRY = "records_ledgerzero", "records_ledgertotal", "records_ledgerentry"
ADD = (
    f"INSERT INTO {TOTAL} (event_id, total) VALUES (NEW.event_id, NEW.amount) "
    f"ON CONFLICT (event_id) DO UPDATE SET total = {TOTAL}.total + excluded.total; "
    f"DELETE FROM {TOTAL} WHERE event_id = NEW.event_id AND total = 0;"
)


def enforce(apps, schema_editor):
    run = schema_editor.execute
    run(f"CREATE TABLE {ZERO} (value BIGINT PRIMARY KEY CHECK (value = 0))")
    run(f"INSERT INTO {ZERO} VALUES (0)")
    run(
        f"CREATE TABLE {TOTAL} (event_id BIGINT PRIMARY KEY, "
        f"total BIGINT NOT NULL REFERENCES {ZERO} (value) DEFERRABLE INITIALLY DEFERRED)"
    )
    if schema_editor.connection.vendor == "sqlite":
        run(f"CREATE TRIGGER {ENTRY}_sums AFTER INSERT ON {ENTRY} BEGIN {ADD} END")
        return
    run(f"CREATE FUNCTION ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ADD} RETURN NULL; END $$")
    run(f"CREATE TRIGGER {ENTRY}_sums AFTER INSERT ON {ENTRY} FOR EACH ROW EXECUTE FUNCTION ledger_sums()")


def forget(apps, schema_editor):
    run = schema_editor.execute
    if schema_editor.connection.vendor == "sqlite":
        run(f"DROP TRIGGER {ENTRY}_sums")
    else:
        run(f"DROP TRIGGER {ENTRY}_sums ON {ENTRY}")
        run("DROP FUNCTION ledger_sums()")
    run(f"DROP TABLE {TOTAL}")
    run(f"DROP TABLE {ZERO}")


class Migration(migrations.Migration):
    dependencies = [("records", "0009_posting_rules_and_periods")]
    operations = [migrations.RunPython(enforce, forget)]
