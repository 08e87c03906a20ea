"""Tables that the database lets grow and never change, whoever asks.

A later migration that alters such a table on SQLite has Django write the table anew,
without its triggers: it ends with ``append_only`` for that table again. An insert with
an id in use is refused as well, since ``INSERT OR REPLACE`` deletes without firing a
delete trigger (scale.md 3.3).
"""

from django.db import migrations

SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS {name}_no_update BEFORE UPDATE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS {name}_no_delete BEFORE DELETE ON {table}
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER IF NOT EXISTS {name}_no_replace BEFORE INSERT ON {table}
       WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
       BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '{table} is append-only (% refused)', TG_OP
       USING ERRCODE = 'insufficient_privilege'; END $$""",
    "DROP TRIGGER IF EXISTS {name}_no_change ON {table}",
    "DROP TRIGGER IF EXISTS {name}_no_truncate ON {table}",
    """CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {table}
       FOR EACH ROW EXECUTE FUNCTION {name}_refuse()""",
    """CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table}
       FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()""",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_no_change",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_no_truncate",
)


def append_only(table, name, key="id"):
    """The operation that closes a table; harmless where it is closed already."""

    def close(apps, schema_editor):
        statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
        # A database without such triggers isn't supported: KeyError stops it.
        for statement in statements[schema_editor.connection.vendor]:
            # None: a text with percent signs, and none of them a placeholder.
            schema_editor.execute(
                statement.format(table=table, name=name, key=key), params=None
            )

    return migrations.RunPython(close, migrations.RunPython.noop)


LINKED_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS {name}_link BEFORE INSERT ON {table}
       WHEN NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM {table})
         OR NEW.before IS NOT coalesce(
            (SELECT hash FROM {table} ORDER BY position DESC LIMIT 1), '{start}')
       BEGIN SELECT RAISE(ABORT, '{table}: a link follows the last one'); END""",
)
LINKED_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION {name}_link() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE last record;
       BEGIN
         SELECT position, hash INTO last FROM {table} ORDER BY position DESC LIMIT 1;
         IF NEW.position <> coalesce(last.position, 0) + 1
            OR NEW.before <> coalesce(last.hash, '{start}') THEN
           RAISE EXCEPTION '{table}: a link follows the last one'
             USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
    "DROP TRIGGER IF EXISTS {name}_link ON {table}",
    """CREATE TRIGGER {name}_link BEFORE INSERT ON {table}
       FOR EACH ROW EXECUTE FUNCTION {name}_link()""",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_link",
)


def linked(table, name):
    """The operation that lets only the next link of a chain into its table."""

    def close(apps, schema_editor):
        ways = {"sqlite": LINKED_SQLITE, "postgresql": LINKED_POSTGRESQL}
        said = {"table": table, "name": name, "start": "0" * 64}
        for statement in ways[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(**said), params=None)

    return migrations.RunPython(close, migrations.RunPython.noop)
