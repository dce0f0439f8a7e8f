"""Let the database itself refuse to change what was frozen.

Triggers, since a check constraint sees neither the old row nor another table. A later migration that makes SQLite
rebuild one of these tables drops its triggers: run `guard` again then (tests/exports/test_submissions.py would tell).
"""

from django.db import migrations

# table, moment, when the row is frozen (SQL over OLD or NEW)
OF_FROZEN = "(SELECT frozen_at FROM exports_submission WHERE id = {row}.submission_id) IS NOT NULL"
ROW_COLUMNS = 'submission_id, organisation_id, case_id, "table", position, cells'
SUBMISSION_COLUMNS = (
    "organisation_id, form, body_id, year, seq, senders, has_annex, has_answers, created_at, created_by_id,"
    " frozen_at, frozen_by_id, replaces_id"
)
GUARDS = {
    "exports_row_stays": (
        "exports_formrow",
        f"UPDATE OF {ROW_COLUMNS}",
        OF_FROZEN.format(row="OLD"),
    ),
    "exports_row_not_added": ("exports_formrow", "INSERT", OF_FROZEN.format(row="NEW")),
    "exports_submission_stays": (
        "exports_submission",
        f"UPDATE OF {SUBMISSION_COLUMNS}",
        "OLD.frozen_at IS NOT NULL",
    ),
    "exports_file_stays": ("exports_submissionfile", "UPDATE", "OLD.id IS NOT NULL"),
}
MESSAGE = "A frozen submission stays as it is."


def guard(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, (table, event, condition) in GUARDS.items():
        if vendor == "postgresql":
            # PostgreSQL allows no subquery in a trigger's WHEN, so the function asks the question itself.
            schema_editor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
                f" BEGIN IF {condition} THEN RAISE EXCEPTION '{MESSAGE}'"
                " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
                params=None,
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                params=None,
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
                params=None,
            )


def unguard(apps, schema_editor):
    for name, (table, _event, _condition) in GUARDS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}", params=None)
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
