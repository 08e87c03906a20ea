"""The tables of the stand-in service, in the shape published for the spring of 2023.

Made by SQLAlchemy Core, so that SQLite, PostgreSQL, MySQL and MariaDB get the same.
"""

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

metadata = MetaData()


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
ip_addresses = Table(
    "ip_addresses",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("ip_address", _ADDRESS, nullable=False, unique=True),
)
user_events = Table(
    "user_events",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("source_id", _KEY, ForeignKey("users.id"), nullable=False, index=True),
    Column("tag", _words(60), nullable=False),
    Column("time", _MOMENT, nullable=False),
    Column("ip_address_string", _words(45)),
    Column("additional", _DETAILS),
    Column("ip_address_id", _KEY, ForeignKey("ip_addresses.id")),
)
projects = Table(
    "projects",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("name", _words(100), nullable=False, unique=True),
    Column("normalized_name", _words(100), nullable=False, unique=True),
    Column("created", _MOMENT, nullable=False),
)
# No key to users or projects: the journal outlives both.
journals = Table(
    "journals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", _words(100)),
    Column("version", _words(50)),
    Column("action", _words(200), nullable=False),
    Column("submitted_date", _MOMENT, nullable=False),
    Column("submitted_by", _words(50), index=True),
    Column("submitted_from", _words(45)),
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
