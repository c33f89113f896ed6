"""On PostgreSQL the sums of what one statement adds are taken together: an event that comes whole never touches the totals."""

from django.db import migrations

TOTAL, ENTRY = "records_ledgertotal", "records_ledgerentry"
ADD = (
    f"INSERT INTO {TOTAL} (event_id, total) SELECT event_id, SUM(amount)::bigint FROM added GROUP BY event_id "
    f"HAVING SUM(amount) <> 0 ON CONFLICT (event_id) DO UPDATE SET total = {TOTAL}.total + excluded.total; "
    f"DELETE FROM {TOTAL} WHERE total = 0;"
)
ADD_ONE = (
    f"INSERT INTO {TOTAL} (event_id, total) VALUES (NEW.event_id, NEW.amount) "
    f"ON CONFLICT (event_id) DO UPDATE SET total = {TOTAL}.total + excluded.total; "
    f"DELETE FROM {TOTAL} WHERE event_id = NEW.event_id AND total = 0;"
)


def _trigger(schema_editor, does, each):
    if schema_editor.connection.vendor == "postgresql":
        run = schema_editor.execute
        run(f"DROP TRIGGER {ENTRY}_sums ON {ENTRY}")
        run(f"CREATE OR REPLACE FUNCTION ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} RETURN NULL; END $$")
        run(f"CREATE TRIGGER {ENTRY}_sums AFTER INSERT ON {ENTRY} {each} EXECUTE FUNCTION ledger_sums()")


def by_statement(apps, schema_editor):
    _trigger(schema_editor, ADD, "REFERENCING NEW TABLE AS added FOR EACH STATEMENT")


def by_row(apps, schema_editor):
    _trigger(schema_editor, ADD_ONE, "FOR EACH ROW")


class Migration(migrations.Migration):
    dependencies = [("records", "0015_follow_up")]
    operations = [migrations.RunPython(by_statement, by_row)]
