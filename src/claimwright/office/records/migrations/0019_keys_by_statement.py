"""On PostgreSQL what entries name is looked for once a statement. As foreign keys, six of each entry were looked up, and locked,
one by one: a quarter of all that a posting costs the server. Nothing else changes: an entry names only what there is, and what an
entry names is not deleted. On SQLite, where a foreign key costs next to nothing, they stay as they were.
"""

from django.db import migrations

ENTRY = "records_ledgerentry"
NAMED = {
    "event_id": "records_ledgerevent",
    "claim_id": "records_claimrecord",
    "encounter_id": "records_encounter",
    "patient_id": "records_patient",
    "guarantor_id": "records_guarantor",
    "payer_id": "records_payerrecord",
}
# A subselect for each, not a join: a plan is made once, and a join's would one day read the whole of a large table.
MISSING = " ".join(
    f"IF EXISTS (SELECT FROM (SELECT DISTINCT {column} AS named FROM added) one WHERE named IS NOT NULL "
    f"AND (SELECT id FROM {table} WHERE id = named) IS NULL) "
    f"THEN RAISE foreign_key_violation USING MESSAGE = 'a ledger entry names what is not in {table}'; END IF;"
    for column, table in NAMED.items()
)
# Whoever deletes waits for the entries that are being written, and then looks; the next entries wait for who deletes.
STANDING = (
    f"LOCK TABLE {ENTRY} IN SHARE MODE; "
    f"EXECUTE 'SELECT EXISTS (SELECT FROM {ENTRY} entry JOIN gone ON gone.id = entry.' || TG_ARGV[0] || ')' INTO named; "
    "IF named THEN RAISE foreign_key_violation USING MESSAGE = 'ledger entries name what is to be deleted'; END IF;"
)


def by_statement(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, ENTRY)
    for name, one in found.items():
        if one["foreign_key"]:
            run(f"ALTER TABLE {ENTRY} DROP CONSTRAINT {name}")
    run(f"CREATE FUNCTION ledger_names() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {MISSING} RETURN NULL; END $$")
    run(
        f"CREATE TRIGGER {ENTRY}_names AFTER INSERT ON {ENTRY} REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_names()"
    )
    run(
        "CREATE FUNCTION ledger_named() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ DECLARE named boolean; BEGIN {STANDING} RETURN NULL; END $$"
    )
    run(
        "CREATE FUNCTION ledger_named_as() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE foreign_key_violation USING MESSAGE = 'ledger entries may name it by this number'; END $$"
    )
    for column, table in NAMED.items():
        run(
            f"CREATE TRIGGER {table}_named AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone "
            f"FOR EACH STATEMENT EXECUTE FUNCTION ledger_named('{column}')"
        )
        run(
            f"CREATE TRIGGER {table}_named_as BEFORE UPDATE OF id ON {table} FOR EACH ROW "
            "WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION ledger_named_as()"
        )


def by_row(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    run = schema_editor.execute
    run(f"DROP TRIGGER {ENTRY}_names ON {ENTRY}")
    for column, table in NAMED.items():
        run(f"DROP TRIGGER {table}_named ON {table}")
        run(f"DROP TRIGGER {table}_named_as ON {table}")
        run(
            f"ALTER TABLE {ENTRY} ADD CONSTRAINT {ENTRY}_{column}_fk FOREIGN KEY ({column}) REFERENCES {table} (id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    for name in ("ledger_names", "ledger_named", "ledger_named_as"):
        run(f"DROP FUNCTION {name}()")


class Migration(migrations.Migration):
    dependencies = [("records", "0018_fewer_indexes")]
    operations = [migrations.RunPython(by_statement, by_row)]
