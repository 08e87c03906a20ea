"""The tables of the stand-in service, in two shapes.

One is what was published for the spring of 2023. In the present one, after
law-and-practice 1.3, the journal has lost its addresses (25 May 2023), events name
theirs by key only (11 June 2023), addresses have a hash and a place beside them, and
each address that somebody signs in from is confirmed and kept (29 July 2025). Made by
SQLAlchemy Core, so that SQLite, PostgreSQL, MySQL and MariaDB get the same.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import JSON, TypeEngine


class Shape(StrEnum):
    """How the service's tables look, and until when its story is told."""

    SPRING_2023 = "2023"
    PRESENT = "2026"


metadata = MetaData()
present = MetaData()


def metadata_of(shape: Shape) -> MetaData:
    """The tables of a shape."""
    return present if shape is Shape.PRESENT else metadata


def _words(length: int) -> TypeEngine[str]:
    # MySQL's usual collations hold "é" to be "e": names are told apart exactly.
    exact = mysql.VARCHAR(length, collation="utf8mb4_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


_KEY = _words(36).with_variant(postgresql.UUID(as_uuid=False), "postgresql")
_MOMENT = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
_DETAILS = JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
_ADDRESS = String(45).with_variant(postgresql.INET(), "postgresql")

users = Table(
    "users",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("username", _words(50), nullable=False, unique=True),
    Column("name", _words(100), nullable=False),
    Column("date_joined", _MOMENT),
    Column("last_login", _MOMENT),
)
user_emails = Table(
    "user_emails",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", _KEY, ForeignKey("users.id"), nullable=False, index=True),
    Column("email", _words(254), nullable=False, unique=True),
)
projects = Table(
    "projects",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _words(100), nullable=False, unique=True),
    Column("normalized_name", _words(100), nullable=False, unique=True),
    Column("created", _MOMENT, nullable=False),
)
roles = Table(
    "roles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", _KEY, ForeignKey("users.id"), nullable=False, index=True),
    Column("project_id", _KEY, ForeignKey("projects.id"), nullable=False),
    Column("role_name", _words(20), nullable=False),
)
releases = Table(
    "releases",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("project_id", _KEY, ForeignKey("projects.id"), nullable=False),
    Column("version", _words(50), nullable=False),
    Column("created", _MOMENT, nullable=False),
    Column("uploader_id", _KEY, ForeignKey("users.id"), index=True),
)
release_files = Table(
    "release_files",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("release_id", _KEY, ForeignKey("releases.id"), nullable=False, index=True),
    Column("filename", _words(200), nullable=False, unique=True),
    Column("upload_time", _MOMENT, nullable=False),
    Column("size", BigInteger, nullable=False),
)


def _ip_addresses(where: MetaData, *more: Column[Any]) -> Table:
    return Table(
        "ip_addresses",
        where,
        Column("id", _KEY, primary_key=True),
        Column("ip_address", _ADDRESS, nullable=False, unique=True),
        *more,
    )


def _user_events(where: MetaData, *more: Column[Any]) -> Table:
    return Table(
        "user_events",
        where,
        Column("id", _KEY, primary_key=True),
        Column("source_id", _KEY, ForeignKey("users.id"), nullable=False, index=True),
        Column("tag", _words(60), nullable=False),
        Column("time", _MOMENT, nullable=False),
        Column("additional", _DETAILS),
        Column("ip_address_id", _KEY, ForeignKey("ip_addresses.id")),
        *more,
    )


def _journals(where: MetaData, *more: Column[Any]) -> Table:
    # No key to users or projects: the journal outlives both.
    return Table(
        "journals",
        where,
        Column("id", Integer, primary_key=True),
        Column("name", _words(100)),
        Column("version", _words(50)),
        Column("action", _words(200), nullable=False),
        Column("submitted_date", _MOMENT, nullable=False),
        Column("submitted_by", _words(50), index=True),
        *more,
    )


for _table in metadata.sorted_tables:  # those that are alike in both
    _table.to_metadata(present)

_ip_addresses(metadata)
_user_events(metadata, Column("ip_address_string", _words(45)))
_journals(metadata, Column("submitted_from", _words(45)))

_ip_addresses(
    present,
    Column("hashed_ip_address", _words(64), unique=True),
    Column("geoip_info", _DETAILS),
)
_user_events(present)
_journals(present)
Table(
    "user_unique_logins",
    present,
    Column("id", _KEY, primary_key=True),
    Column("user_id", _KEY, ForeignKey("users.id"), nullable=False, index=True),
    Column("ip_address_id", _KEY, ForeignKey("ip_addresses.id"), nullable=False),
    Column("created", _MOMENT, nullable=False),
    Column("last_used", _MOMENT),
    Column("device_information", _DETAILS),
    Column("status", _words(20), nullable=False),
    Column("expires", _MOMENT),
)
