"""What ``benchmarks/collection.py`` stands on: two databases with the same records.

PostgreSQL is the server of ``DATABASE_URL`` where that names one, with a database of
its own there; else one of our own is started from the installed programs, and stopped.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import duckdb
import psycopg

_NAME = "candor_bench_collection"
_DEBIAN = Path("/usr/lib/postgresql")  # where Debian has them, off the PATH
# One account's records are as many as its key says.
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/"
_MAKE_POSTGRES = """
    INSERT INTO journal
    SELECT n, 'k-{size}', timestamptz '2023-03-01' + n * interval '1.000137 s',
        ('192.0.2.' || n % 256)::inet, '{agent}' || n % 120,
        CASE n % 20 WHEN 0 THEN 'renamed to "a, b"' ELSE 'login' END
    FROM generate_series(1, {size}) AS n
"""
_MAKE_SQLITE = """
    INSERT INTO journal
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {size})
    SELECT n, 'k-{size}',
        strftime('%Y-%m-%dT%H:%M:%f+00:00', '2023-03-01', (n * 1.000137) || ' seconds'),
        '192.0.2.' || n % 256, '{agent}' || n % 120,
        CASE n % 20 WHEN 0 THEN 'renamed to "a, b"' ELSE 'login' END
    FROM s
"""
_MAKE_DUCKDB = """
    CREATE TABLE journal AS
    SELECT n AS id, 'k-{size}' AS account,
        timestamptz '2023-03-01 00:00:00+00' + n * interval '1 second' AS at,
        '192.0.2.' || n % 256 AS address, '{agent}' || n % 120 AS agent,
        'login' AS action
    FROM range(1, {size} + 1) AS s(n)
"""


class NoServerError(Exception):
    """There is no PostgreSQL to be measured; the sentence says what is missing."""


@contextlib.contextmanager
def postgres(named: str, sizes: list[int]) -> Iterator[str]:
    """The address of a PostgreSQL database with the records, on the server named.

    Raises:
        NoServerError: none is named, and none can be started.
    """
    with contextlib.ExitStack() as stack:
        if named.startswith("postgres"):
            server = named.replace("+psycopg", "")
        else:
            server = stack.enter_context(_started())
        address = urlsplit(server)._replace(path=f"/{_NAME}").geturl()
        try:
            with psycopg.connect(server, autocommit=True) as owner:
                owner.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
                owner.execute(f"CREATE DATABASE {_NAME}")
        except psycopg.Error as error:
            raise NoServerError(
                "DATABASE_URL names a PostgreSQL that can't be reached, or whose role "
                f"may not create a database ({type(error).__name__})."
            ) from None
        with psycopg.connect(address, autocommit=True) as owner:
            owner.execute(
                "CREATE TABLE journal (id bigint, account text, at timestamptz,"
                " address inet, agent text, action text)"
            )
            for size in sizes:
                owner.execute(_MAKE_POSTGRES.format(size=size, agent=_AGENT).encode())
            owner.execute("CREATE INDEX ON journal (account, at, id)")
            owner.execute("VACUUM ANALYZE journal")
        yield address


def sqlite(folder: Path, sizes: list[int]) -> Path:
    """An SQLite file with the same records."""
    path = folder / "service.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE journal (id INTEGER, account TEXT, at TEXT, address TEXT,"
            " agent TEXT, action TEXT)"
        )
        for size in sizes:
            connection.execute(_MAKE_SQLITE.format(size=size, agent=_AGENT))
        connection.execute("CREATE INDEX journal_by ON journal (account, at, id)")
    return path


def parquet(folder: Path, size: int) -> Path:
    """A Parquet file with as many of the same records."""
    path = folder / "journal.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute(_MAKE_DUCKDB.format(size=size, agent=_AGENT))
        connection.table("journal").write_parquet(str(path))
    return path


@contextlib.contextmanager
def _started() -> Iterator[str]:
    """A server of our own, reached by a socket in a folder of its own and no port."""
    found = [
        shutil.which("initdb"),
        *sorted(map(str, _DEBIAN.glob("*/bin/initdb")), reverse=True),
    ]
    initdb = next(filter(None, found), None)
    if not initdb:
        raise NoServerError(
            "PostgreSQL isn't measured: set DATABASE_URL=postgresql://… to a server "
            "where the role may create a database, or install postgresql."
        )
    # It refuses to run as root, and the path of its socket has to be short.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        shutil.chown(folder, user or os.geteuid())
        data = f"{folder}/data"
        options = f"-k {folder} -c listen_addresses='' -c shared_buffers=256MB"
        control = [str(Path(initdb).with_name("pg_ctl")), "-s", "-w", "-D", data]

        def run(*arguments: str) -> None:
            # The server keeps what it inherits open: no pipe, or its end never comes.
            null = subprocess.DEVNULL
            subprocess.run(
                arguments, check=True, user=user, cwd="/", stdout=null, stderr=null
            )

        try:
            run(initdb, "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", data)
            run(*control, "-o", options, "-l", f"{folder}/log", "start")
        except (subprocess.CalledProcessError, LookupError, OSError) as error:
            raise NoServerError(
                f"PostgreSQL can't be started ({error}): set DATABASE_URL=postgresql://…"
                " to a server where the role may create a database."
            ) from None
        try:
            yield f"postgresql://postgres@/postgres?host={quote(folder, safe='')}"
        finally:
            run(*control, "-m", "immediate", "stop")
