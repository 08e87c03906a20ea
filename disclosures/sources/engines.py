"""What differs between databases: how each is opened to read only, and how it says no.

Read-only is asked of the database, not promised by us: SQLite opens the file with
``mode=ro`` and ``query_only``, PostgreSQL and MySQL or MariaDB begin a read-only
transaction. All of them hold one snapshot for the whole run, think in UTC, and break a
statement off after its time.
"""

import logging
import sqlite3
import time
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from psycopg.types.string import TextLoader
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from disclosures.sources import cells
from disclosures.sources.base import Limits, QueryFailed

_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
# Values that the driver would turn into objects which lose something: JSON null becomes
# SQL's, a time after 9999 an error. They are taken as PostgreSQL writes them.
_AS_TEXT = (
    "json",
    "jsonb",
    "timestamp",
    "timestamptz",
    "date",
    "inet",
    "cidr",
    "interval",
)
# At its last detail SQLAlchemy logs each row that it reads: those are people's records.
logging.getLogger("sqlalchemy.engine.Engine").addFilter(
    lambda record: record.levelno > logging.DEBUG
)
_STEPS = 5_000  # of SQLite's machine, between two looks at the clock


class Deadline:
    """When the statement that runs now has to be done."""

    def __init__(self) -> None:
        self.at = float("inf")

    def start(self, seconds: float) -> None:
        """Give the next statement this long."""
        self.at = time.monotonic() + seconds

    def has_passed(self) -> bool:
        """Whether it is over."""
        return time.monotonic() > self.at


def open_engine(address: str, limits: Limits, deadline: Deadline) -> Engine:
    """An engine that reads only; it connects when it is first used.

    Raises:
        QueryFailed: the address isn't one that can be read.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, limits, deadline)
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        match url.get_backend_name():
            case "postgresql":
                return _postgresql(url, limits)
            case "mysql" | "mariadb":
                return _mysql(url, limits)
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass  # the message would carry the address, password included
    raise QueryFailed("The address of a source isn't a database address that is known.")


def _sqlite(url: URL, limits: Limits, deadline: Deadline) -> Engine:
    path = quote(str(Path(url.database or "").absolute()))

    def connect() -> sqlite3.Connection:
        found = sqlite3.connect(
            f"file:{path}?mode=ro",
            uri=True,
            timeout=limits.connect_seconds,
            isolation_level=None,  # SQLAlchemy's begin is ours, below
            check_same_thread=False,
        )
        found.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        found.create_function("candor_within", 4, _within, deterministic=True)
        found.execute("PRAGMA query_only = 1")
        found.set_progress_handler(deadline.has_passed, _STEPS)
        return found

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True
    )
    event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN")
    )
    return engine


def _within(text: object, zone: str, since: str, until: str) -> bool:
    """Whether a time of any shape lies in a window, whose ends may be open ("")."""
    found = None if text is None else cells.moment(str(text), ZoneInfo(zone))
    if found is None:
        return False
    begins = not since or _end(since) <= found
    return begins and (not until or found < _end(until))


_end = lru_cache(datetime.fromisoformat)


def _postgresql(url: URL, limits: Limits) -> Engine:
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={
            "connect_timeout": limits.connect_seconds,
            "keepalives_idle": limits.connect_seconds,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "client_encoding": "UTF8",
        },
    ).execution_options(postgresql_readonly=True)

    def keep_text(connection: Any, _record: object) -> None:
        for name in _AS_TEXT:
            connection.adapters.register_loader(name, TextLoader)

    event.listen(engine, "connect", keep_text)
    return engine


def _mysql(url: URL, limits: Limits) -> Engine:
    seconds = limits.statement_seconds
    return create_engine(
        url.update_query_dict({"charset": "utf8mb4"}),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={
            "connect_timeout": limits.connect_seconds,
            "read_timeout": seconds + limits.connect_seconds,
        },
    )


def begin(connection: Connection, limits: Limits) -> None:
    """Begin the run's one transaction: read-only, one snapshot, in UTC, with an end."""
    milliseconds = limits.statement_seconds * 1000
    match connection.dialect.name:
        case "postgresql":
            statements = [
                f"SET LOCAL statement_timeout = {milliseconds}",
                "SET LOCAL TimeZone = 'UTC'",
                "SET LOCAL DateStyle = 'ISO, YMD'",
                "SET LOCAL IntervalStyle = 'iso_8601'",
                "SET LOCAL standard_conforming_strings = on",
            ]
        case "mysql" | "mariadb":
            is_mariadb = getattr(connection.dialect, "is_mariadb", False)
            statements = [
                f"SET SESSION max_statement_time = {limits.statement_seconds}"
                if is_mariadb
                else f"SET SESSION max_execution_time = {milliseconds}",
                "SET SESSION time_zone = '+00:00'",
                "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            ]
        case _:
            statements = []
    for statement in statements:
        connection.exec_driver_sql(statement)


def reader(connection: Connection) -> str:
    """As whom the source is read."""
    match connection.dialect.name:
        case "sqlite":
            return "the file, opened to read only"
        case "postgresql":
            role = connection.exec_driver_sql("SELECT CURRENT_USER").scalar_one()
        case _:
            role = connection.exec_driver_sql("SELECT CURRENT_USER()").scalar_one()
    return f"role {role}, in a read-only transaction"


_UNAVAILABLE = {
    *("53300", "57P01", "57P02", "57P03", "40001", "40P01"),  # PostgreSQL
    *("1040", "1205", "1213", "2002", "2003", "2006", "2013", "2055"),  # MariaDB
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR"),
}
_TIMED_OUT = {"57014", "1969", "3024", "SQLITE_INTERRUPT"}
_WORDS = {
    "42703": "it names a column that the source doesn't have",
    "1054": "it names a column that the source doesn't have",
    "42P01": "it names a table that the source doesn't have",
    "1146": "it names a table that the source doesn't have",
    "42501": "the role may not read one of its tables",
    "1142": "the role may not read one of its tables",
    "1143": "the role may not read one of its columns",
    "42601": "the database can't read its SQL",
    "1064": "the database can't read its SQL",
    "25006": "it tried to write",
    "1792": "it tried to write",
    "SQLITE_READONLY": "it tried to write",
    "SQLITE_ERROR": "the database can't read its SQL, or lacks a table or column",
    "SQLITE_NOTADB": "the file isn't a database",
    "SQLITE_CORRUPT": "the file is damaged",
}


def code_of(error: DBAPIError) -> str:
    """The database's own code for an error: SQLSTATE, number or name."""
    cause = error.orig
    arguments = getattr(cause, "args", ())
    if arguments and isinstance(arguments[0], int):  # MySQL's numbers say the most
        return str(arguments[0])
    for attribute in ("sqlstate", "sqlite_errorname"):
        if found := getattr(cause, attribute, None):
            return str(found)
    return ""


def is_unavailable(error: DBAPIError, code: str) -> bool:
    """Whether the source was out of reach, so that another try may help."""
    dropped = (
        code.startswith("08") or code in _UNAVAILABLE or error.connection_invalidated
    )
    # A driver that never reached a server has no code of the server's to show.
    return dropped or (not code and type(error.orig).__name__ == "OperationalError")


def is_timed_out(code: str) -> bool:
    """Whether the database broke the statement off for its time."""
    return code in _TIMED_OUT


def words_of(code: str) -> str:
    """What a code means for the person who wrote the map; empty where we don't know."""
    return _WORDS.get(code, "")
