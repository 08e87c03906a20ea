"""Whether the role that reads a source could write there, as its catalogue says.

Nothing is ever written to find out. PostgreSQL is asked by ``has_table_privilege`` and
its fellows for every role that this one can act as; MySQL and MariaDB by
``SHOW GRANTS``, where any right that isn't known to read only counts; SQLite has its
file open with ``mode=ro``. A superuser, an owner, or a role that may make roles could
write, and so could one whose rights can't be read.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True)
class Writable:
    """What a role could write to: these tables, or ``everything``."""

    tables: tuple[str, ...] = ()
    everything: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.everything or bool(self.tables)


_EVERYTHING = Writable(everything=True)


def writable(connection: Connection, words: Collection[str]) -> Writable:
    """What the role could write to, of the tables whose name is among ``words``.

    ``words`` are in lower case: all that a table could be called by in some queries.
    """
    match connection.dialect.name:
        case "sqlite":
            found = connection.exec_driver_sql("PRAGMA query_only").scalar_one()
            return Writable() if found else _EVERYTHING
        case "postgresql":
            return _postgresql(connection, words)
        case _:
            return _mysql(connection, words)


# Every role that this one can act as, itself among them.
_MINE = """
WITH mine AS (
  SELECT oid, rolname, rolsuper, rolcreaterole FROM pg_catalog.pg_roles
  WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')
     OR pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
)
"""
_RULES = """
SELECT pg_catalog.bool_or(rolsuper OR rolcreaterole OR rolname IN (
  'pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program'
)) FROM mine
"""
_TABLES = """
SELECT n.nspname || '.' || c.relname
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE pg_catalog.lower(c.relname::text) = ANY (%(words)s)
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND EXISTS (
    SELECT 1 FROM mine
    WHERE mine.oid IN (c.relowner, n.nspowner)
       OR pg_catalog.has_table_privilege(
            mine.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
       OR pg_catalog.has_any_column_privilege(mine.oid, c.oid, 'INSERT, UPDATE')
       OR pg_catalog.has_schema_privilege(mine.oid, n.oid, 'CREATE')
       OR pg_catalog.has_database_privilege(
            mine.oid, pg_catalog.current_database(), 'CREATE')
  )
ORDER BY 1
"""


def _postgresql(connection: Connection, words: Collection[str]) -> Writable:
    if connection.exec_driver_sql(_MINE + _RULES).scalar_one():
        return _EVERYTHING
    given = {"words": sorted(words)}
    rows = connection.exec_driver_sql(_MINE + _TABLES, given).scalars()
    return Writable(tuple(rows))


# Rights that change nothing; temporary tables are nobody's records.
_READS = frozenset(
    (
        *("USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "LOCK TABLES"),
        "CREATE TEMPORARY TABLES",
    )
)
_NAME = r"(?:`(?:[^`]|``)*`|\*)"
_ON_TABLES = re.compile(
    rf"GRANT (?P<rights>.+?) ON (?:TABLE )?(?P<base>{_NAME})\.(?P<table>{_NAME}) TO .*"
)
_ON_ROUTINES = re.compile(r"GRANT .+? ON (?:PROCEDURE|FUNCTION|PACKAGE(?: BODY)?) .*")
_ROLE = re.compile(r"GRANT (?P<role>`(?:[^`]|``)*`(?:@`(?:[^`]|``)*`)?) TO .*")
_KNOWN = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
"""


def _mysql(connection: Connection, words: Collection[str]) -> Writable:
    named = [
        (str(base), str(table))
        for base, table in connection.exec_driver_sql(_KNOWN)
        if str(table).lower() in words
    ]
    found: set[str] = set()
    for line in _grants(connection):
        if _ON_ROUTINES.fullmatch(line):
            continue  # a query of a map calls none that writes: the transaction reads
        grant = _ON_TABLES.fullmatch(line)
        if grant is None:
            return _EVERYTHING
        if not _rights(grant["rights"]) - _READS:
            continue
        if grant["base"] == "*":
            return _EVERYTHING
        found |= {
            f"{base}.{table}" for base, table in named if _is_on(grant, base, table)
        }
    return Writable(tuple(sorted(found)))


def _grants(connection: Connection) -> Iterable[str]:
    """The grants of the role and of every role it was given; "" where one is hidden."""
    asked, waiting = set[str](), [""]
    while waiting:
        role = waiting.pop()
        asked.add(role)
        # The role's name is as the server quoted it.
        statement = f"SHOW GRANTS FOR {role}" if role else "SHOW GRANTS"
        try:
            lines = connection.exec_driver_sql(statement.replace("%", "%%")).scalars()
            told = [str(line) for line in lines]
        except DBAPIError:
            yield ""
            continue
        for line in told:
            given = _ROLE.fullmatch(line)
            if line.startswith("SET DEFAULT ROLE "):
                continue  # of the roles that are given in lines of their own
            if given is None:
                yield line
            elif given["role"] not in asked:
                waiting.append(given["role"])


def _rights(text: str) -> set[str]:
    """The rights of a grant, those on single columns too."""
    return {one.strip() for one in re.sub(r"\([^)]*\)", "", text).split(",")}


def _is_on(grant: re.Match[str], base: str, table: str) -> bool:
    on_base = _plain(grant["base"])
    if grant["table"] != "*":
        return (on_base, _plain(grant["table"])) == (base, table)
    pattern = "".join(_LIKE.get(one, re.escape(one)) for one in _pieces(on_base))
    return re.fullmatch(pattern, base, re.IGNORECASE) is not None


# A grant on a database takes wildcards, which a backslash makes plain.
_LIKE = {"%": ".*", "_": ".", r"\_": "_", r"\%": "%"}


def _pieces(text: str) -> list[str]:
    return re.findall(r"\\[_%]|.", text, re.DOTALL)


def _plain(quoted: str) -> str:
    return quoted[1:-1].replace("``", "`")
