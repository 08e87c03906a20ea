"""The test database: migrated once for all workers and runs, emptied after commits.

Migrations take longer than most parts of the suite. SQLite's file is kept migrated
under ``var/tests``, by a digest over everything that migrations read; on PostgreSQL the
first worker's database is the template of the others'.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from django.db import connection, connections

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
MADE_BY = (
    "apps.py",
    "keys.py",
    "settings.py",
    "enums.py",
    "enums/**/*.py",
    "models/**/*.py",
    "migrations/**/*.py",
)
A_DAY = 24 * 60 * 60
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


@dataclass
class Migrated:
    """What is migrated already: a file, or a database's name; nothing at first."""

    lock: IO[str] | None
    place: Path  # of the file, or of the note that there is such a database
    is_there: bool

    def release(self) -> None:
        """Let the next worker have it."""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def digest() -> str:
    """Over everything that the migrated database stands on.

    Beside the migrations these are the models, whose permissions Django writes, what
    they take their choices from, and the keys that some columns are sealed with.
    """
    found = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for name in sorted(name for name in os.environ if name.startswith("CANDOR_")):
        found.update(f"{name}={os.environ[name]}\0".encode())
    sources = [
        *(ROOT / name for name in ("requirements.txt", "tests/conftest.py")),
        Path(__file__),
    ]
    for app in ("cases", "compliance", "disclosures"):
        for made_by in MADE_BY:
            sources += sorted((ROOT / app).glob(made_by))
    for source in sources:
        found.update(f"{source.relative_to(ROOT)}\0".encode() + source.read_bytes())
    return found.hexdigest()[:24]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migrated]:
    """What another worker or run has migrated; whoever else asks waits for it."""
    if connection.vendor == "sqlite":
        KEPT.mkdir(parents=True, exist_ok=True)
        for old in KEPT.iterdir():
            if old.stat().st_mtime < time.time() - A_DAY:
                old.unlink(missing_ok=True)
        place = KEPT / f"{digest()}.sqlite3"
    else:
        place = tmp_path_factory.getbasetemp().parent / "migrated"
    lock = place.with_suffix(".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    one = WORKERS == 1 and connection.vendor != "sqlite"
    found = Migrated(lock, place, place.exists() and not one)
    yield found
    found.release()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory, django_db_modify_db_settings_parallel_suffix, migrated
):
    """A file, not SQLite's memory: a live server's threads connect for themselves."""
    options = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        name = tmp_path_factory.mktemp("database") / "test.sqlite3"
        options["NAME"] = str(name)
        if migrated.is_there:
            shutil.copyfile(migrated.place, name)
    elif migrated.is_there:
        options["TEMPLATE"] = migrated.place.read_text().splitlines()[0]


@pytest.fixture(scope="session")
def django_db_keepdb(migrated) -> bool:
    """Have Django take the copied file as it is."""
    return migrated.is_there and connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, migrated):
    """Let the tables be emptied after a test that commits, the trail included."""
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            _keep_file(migrated)
        elif WORKERS > 1:
            _keep_template(migrated)
    migrated.release()
    # On the classes: under a browser's event loop Django uses another connection.
    operations, wrapper = type(connection.ops), type(connections["default"])
    flush = operations.execute_sql_flush

    def flush_with_triggers_off(self, statements):
        with triggers_off():
            flush(self, statements)
        # Whichever test comes next, with whatever worker, finds what migrations made.
        connection.creation.deserialize_db_from_string(migrations)

    operations.execute_sql_flush = flush_with_triggers_off
    # Kept where a test of this run commits; otherwise nothing is ever emptied.
    migrations = getattr(connection, "_test_serialized_contents", "[]")
    # Django would put them back before each such test as well: it finds nothing to do.
    wrapper._test_serialized_contents = connection._test_serialized_contents = "[]"
    yield
    operations.execute_sql_flush = flush


def _keep_file(migrated: Migrated) -> None:
    if migrated.is_there:
        return
    connection.ensure_connection()
    half = migrated.place.with_suffix(f".{os.getpid()}")
    with closing(sqlite3.connect(half)) as copy:
        connection.connection.backup(copy)
    half.replace(migrated.place)


def _keep_template(migrated: Migrated) -> None:
    """Keep a template for the other workers; the last of them drops it."""
    name = connection.settings_dict["NAME"]
    if migrated.is_there:
        template, *others = migrated.place.read_text().splitlines()
    else:
        template, others = f"{name}_template", []
    quoted = connection.ops.quote_name
    connection.close()
    with connection.creation._nodb_cursor() as cursor:
        if not migrated.is_there:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted(template)}")
            cursor.execute(
                f"CREATE DATABASE {quoted(template)} TEMPLATE {quoted(name)}"
            )
        others.append(name)
        if len(others) == WORKERS:
            cursor.execute(f"DROP DATABASE {quoted(template)}")
    migrated.place.write_text("\n".join([template, *others]))


@contextmanager
def triggers_off() -> Iterator[None]:
    """Lift the triggers that keep the trail append-only; set them as they were."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            rows = cursor.fetchall()
            off = [f"DROP TRIGGER {name}" for name, _ in rows]
            on = [sql for _, sql in rows]
        else:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname,"
                " CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END"
                " FROM pg_trigger WHERE NOT tgisinternal"
            )
            rows = cursor.fetchall()
            off = [f"ALTER TABLE {t} DISABLE TRIGGER {name}" for t, name, _ in rows]
            on = [
                f"ALTER TABLE {t} {enable} TRIGGER {name}" for t, name, enable in rows
            ]
        for statement in off:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement)
