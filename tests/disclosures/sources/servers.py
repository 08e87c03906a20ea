"""The servers that tests may use: a database of their own, made and taken away again.

An ordinary role is enough: on PostgreSQL one that may create databases, on MariaDB one
that owns the database of the address, whose tables of these tests' names are dropped.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pymysql
import sqlalchemy

from disclosures.datamap.demo_service import tables

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # two at once don't share a name
NAME = f"candor_test_sources{_WORKER}"
READER = f"candor_test_reader{_WORKER}"


def _address(variable: str) -> str:
    address = os.environ.get(variable, "")
    assert address, f"Set {variable}: these tests don't pass without a server."
    return address


@contextmanager
def postgres() -> Iterator[tuple[psycopg.Connection, str]]:
    """A connection to an empty database, and its address."""
    server = _address("CANDOR_TEST_POSTGRES_URL").replace("+psycopg", "")
    address = urlsplit(server)._replace(path=f"/{NAME}").geturl()
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {NAME}")
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                yield connection, address
        finally:
            owner.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


@contextmanager
def postgres_reader() -> Iterator[tuple[psycopg.Connection, str]]:
    """The owner's connection to an empty database, and its address for a new role.

    The role may log in and nothing else; it is dropped with all it was given.
    """
    with postgres() as (owner, address):
        for name in (READER, f"{READER}s"):
            owner.execute(f"DROP ROLE IF EXISTS {name}")
        owner.execute(f"CREATE ROLE {READER} LOGIN NOINHERIT PASSWORD '{READER}'")
        owner.execute(f"CREATE ROLE {READER}s")
        parts = urlsplit(address)
        place = f"{READER}:{READER}@{parts.hostname}:{parts.port or 5432}"
        try:
            yield owner, parts._replace(netloc=place).geturl()
        finally:
            for name in (READER, f"{READER}s"):
                owner.execute(f"GRANT {name} TO CURRENT_USER")
                owner.execute(f"DROP OWNED BY {name}")
                owner.execute(f"DROP ROLE {name}")


def mariadb_reader() -> str:
    """The same database as a role sees it that may only read."""
    return _address("CANDOR_TEST_MARIADB_READER_URL")


@contextmanager
def mariadb() -> Iterator[tuple[pymysql.cursors.Cursor, str]]:
    """A cursor on the database of the address, without these tests' tables."""
    address = _address("CANDOR_TEST_MARIADB_URL")
    parts = urlsplit(address)
    connection = pymysql.connect(
        user=parts.username,
        password=parts.password or "",
        host=parts.hostname,
        port=parts.port or 3306,
        database=parts.path.strip("/"),
        charset="utf8mb4",
        autocommit=True,
    )
    try:
        with connection.cursor() as cursor:
            _empty(cursor, address)
            yield cursor, address
            _empty(cursor, address)
    finally:
        connection.close()


def _empty(cursor: pymysql.cursors.Cursor, address: str) -> None:
    engine = sqlalchemy.create_engine(driven(address))
    tables.present.drop_all(engine)  # those of the earlier shape among them
    engine.dispose()
    cursor.execute("DROP TABLE IF EXISTS t")
    cursor.execute("DROP SEQUENCE IF EXISTS s")


def driven(address: str) -> str:
    """The address as SQLAlchemy wants it, with the driver and the whole of Unicode."""
    if address.startswith("postgresql"):
        return address.replace("postgresql://", "postgresql+psycopg://")
    return address.replace("mysql://", "mysql+pymysql://") + "?charset=utf8mb4"
