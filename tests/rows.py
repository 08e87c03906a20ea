"""Every row of the database as it lies there, to be compared and put back."""

from collections import Counter
from functools import cache
from typing import Any

from django.db import connection

# By table, its rows as the database gives them: SQLite's as tuples, else as JSON.
Held = dict[str, list[Any]]

# What migrations wrote and verbs only read: so many rows that counting is enough.
COUNTED = {"auth_permission", "auth_group_permissions", "django_content_type"}
# What nothing that is made depends on.
APART = {"django_migrations", "django_session", "usersessions_usersession"}

_CLOCKS = {"date_joined", "last_login"}


@cache
def _tables() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.table_names(cursor)
    return sorted(set(found) - APART)


@cache
def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return [one.name for one in found]


def held() -> Held:
    """The rows of each table that has any; of some their number."""
    quoted = connection.ops.quote_name
    counts = [_sql("(SELECT count(*) FROM", quoted(one), ")") for one in _tables()]
    with connection.cursor() as cursor:
        cursor.execute(_sql("SELECT", ", ".join(counts)))
        sizes = dict(zip(_tables(), cursor.fetchone(), strict=True))
        return {
            table: [size] if table in COUNTED else _rows(cursor, table)
            for table, size in sizes.items()
            if size
        }


def _rows(cursor: Any, table: str) -> list[Any]:
    name = connection.ops.quote_name(table)
    if connection.vendor == "sqlite":
        # The plus takes a column's type from it, and with it Django's conversion.
        columns = ", ".join(f'+"{column}"' for column in _columns(table))
        cursor.execute(_sql("SELECT", columns, "FROM", name, "ORDER BY rowid"))
        return list(cursor.fetchall())
    cursor.execute(_sql("SELECT row_to_json(t)::text FROM", name, "t ORDER BY ctid"))
    return [row for (row,) in cursor.fetchall()]


def key(rows: Held) -> Any:
    """What a state is told from another by; when somebody joined is no difference."""
    return tuple(
        (table, tuple(_lasting(table, row) for row in found))
        for table, found in rows.items()
    )


def _lasting(table: str, row: Any) -> Any:
    if table != "auth_user" or not isinstance(row, tuple):
        return row
    named = zip(_columns(table), row, strict=True)
    return tuple(one for name, one in named if name not in _CLOCKS)


def added(before: Held, after: Held) -> Held | None:
    """The rows that were added, in their order; None if any was changed or lost."""
    found: Held = {}
    for table in before.keys() | after.keys():
        had, has = Counter(before.get(table, [])), Counter(after.get(table, []))
        if had - has or (table in COUNTED and had != has):
            return None
        new = [row for row in after.get(table, []) if row not in had]
        if new and table not in COUNTED:
            found[table] = new
    return found


def add(rows: Held) -> None:
    """Put rows back as they lay there."""
    with connection.cursor() as cursor:
        for table, found in rows.items():
            name = connection.ops.quote_name(table)
            if connection.vendor == "sqlite":
                marks = ", ".join(["%s"] * len(found[0]))
                order = _sql("INSERT INTO", name, "VALUES (", marks, ")")
                cursor.executemany(order, found)
            else:
                row = f"json_populate_record(NULL::{name}, o.x::json)"
                source = "unnest(%s::text[]) WITH ORDINALITY AS o (x, n)"
                order = _sql("INSERT INTO", name, "SELECT r.* FROM", source)
                order += f" CROSS JOIN LATERAL {row} AS r ORDER BY o.n"
                cursor.execute(order, [found])


def _sql(*words: str) -> str:
    return " ".join(words)
