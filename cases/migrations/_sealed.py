"""Seal what older rows hold in clear, by SQL: the models already speak of sealed text."""

from django.db import migrations

from cases import keys


def seal_columns(table, *columns):
    """The operation that seals these columns; there is no way back, it would seal twice."""

    def seal(apps, schema_editor):
        connection = schema_editor.connection
        name = connection.ops.quote_name
        with connection.cursor() as cursor:
            for column in columns:
                # Names of our own migrations, never from outside.
                cursor.execute(f"SELECT id, {name(column)} FROM {name(table)}")  # noqa: S608 - own names
                for pk, text in cursor.fetchall():
                    if text:
                        sealed = keys.close(text, keys.Purpose.TARGET)
                        change = f"UPDATE {name(table)} SET {name(column)} = %s WHERE id = %s"  # noqa: S608 - own names
                        cursor.execute(change, [sealed, pk])

    return migrations.RunPython(seal)
