"""The database refuses every change of the trail, whoever asks.

On SQLite ``INSERT OR REPLACE`` deletes without firing a delete trigger, so an insert
with an id in use is refused as well (scale.md 3.3).
"""

from django.db import migrations

SQLITE = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON cases_event
       BEGIN SELECT RAISE(ABORT, 'cases_event is append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON cases_event
       BEGIN SELECT RAISE(ABORT, 'cases_event is append-only'); END""",
    """CREATE TRIGGER event_no_replace BEFORE INSERT ON cases_event
       WHEN EXISTS (SELECT 1 FROM cases_event WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'cases_event is append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       RAISE EXCEPTION 'cases_event is append-only (% refused)', TG_OP
       USING ERRCODE = 'insufficient_privilege'; END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON cases_event
       FOR EACH ROW EXECUTE FUNCTION event_refuse()""",
    """CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON cases_event
       FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()""",
    "ALTER TABLE cases_event ENABLE ALWAYS TRIGGER event_no_change",
    "ALTER TABLE cases_event ENABLE ALWAYS TRIGGER event_no_truncate",
)


def close_the_trail(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
    # A database without these triggers isn't supported: KeyError stops the migration.
    for statement in statements[schema_editor.connection.vendor]:
        # None: a text with percent signs, and none of them a placeholder.
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_roles")]

    operations = [migrations.RunPython(close_the_trail, elidable=False)]
