"""What every test stands on: no network, own folders, empty tables, no broker."""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as site
from django.db import connection
from playwright.sync_api import expect

from compliance.environment import audit_store
from tests.buckets import LocalS3
from tests.database import django_db_keepdb as django_db_keepdb
from tests.database import (
    django_db_modify_db_settings as django_db_modify_db_settings,
)
from tests.database import django_db_setup as django_db_setup
from tests.database import migrated as migrated
from tests.remembered import whose_patches as whose_patches

# Playwright's synchronous calls keep an event loop in the thread that Django works in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

HOME = {"127.0.0.1", "::1", "localhost", ""}


def pytest_configure(config):
    """Settle what the environment would settle on a site, before anything reads it."""
    expect.set_options(timeout=20_000)  # two suites may share two cores
    site.SECRET_KEY = "tests only"
    site.SITE_KEYS = ["tests only and long enough to pass for a key"]
    site.AUDIT_KEYS = ["tests only and long enough to sign the trail with"]
    site.SECOND_FACTOR_REQUIRED = False
    site.DEMO = True
    site.VAR_DIR = Path(tempfile.mkdtemp(prefix="candor-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(site.VAR_DIR))
    demo = site.VAR_DIR / "demo"
    site.SOURCE_URLS = {
        "service": f"sqlite:///{demo / 'service.sqlite3'}",
        "downloads": f"file://{demo / 'file_downloads.parquet'}",
    }
    site.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
    site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    site.CELERY_BROKER_URL = "memory://"
    site.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    site.SESSION_COOKIE_SECURE = site.CSRF_COOKIE_SECURE = False
    site.SECURE_SSL_REDIRECT = False
    site.STORAGES = {
        **site.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        },
    }


SERVERS = ("postgres", "mariadb", "redis")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items, config):
    """Have tests that commit find the rows that migrations made, such as the roles.

    Another database collects neither what is SQLite's own, nor what asks no database
    and no server, nor what a browser looks at: the round on SQLite settles those.
    """
    if connection.vendor != "sqlite":
        others = [one for one in items if not _is_of_another_database(one)]
        config.hook.pytest_deselected(items=others)
        items[:] = [one for one in items if one not in set(others)]
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and marker.kwargs.get("transaction")
        if commits or {"live_server", "transactional_db"} & set(item.fixturenames):
            own = {**(marker.kwargs if marker else {})}
            own |= {"transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**own), append=False)


def pytest_collection_finish():
    """Leave what was collected out of every later search for garbage: 10% of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure():
    """Let the libraries go as they would have."""
    gc.unfreeze()


def _is_of_another_database(item):
    if item.get_closest_marker("sqlite") or "browser" in item.fixturenames:
        return False
    if any(item.get_closest_marker(server) for server in SERVERS):
        return True
    fixtures = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
    return bool(item.get_closest_marker("django_db") or fixtures)


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.sqlite),
        pytest.param("postgresql", marks=pytest.mark.postgres),
    ]
)
def either_database(request):
    """A race on the database of the run, which for its twin has to be PostgreSQL."""
    assert connection.vendor == request.param, "Set DATABASE_URL to such a server."


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    settings.WORK_DIR = tmp_path / "work"
    audit = audit_store(str(tmp_path / "audit"))
    settings.STORAGES = {**settings.STORAGES, "audit": audit}


@pytest.fixture(scope="session")
def s3() -> Iterator[LocalS3]:
    """A local S3; ``settings.S3`` has to be led there."""
    server = LocalS3()
    yield server
    server.close()


@pytest.fixture(params=["folder", "bucket"])
def either_store(request, settings):
    """The checkpoints' store: a directory, as everywhere else, or a bucket."""
    if request.param == "bucket":
        server = request.getfixturevalue("s3")
        settings.S3 = server.settings
        audit = audit_store(f"s3://{server.bucket()}/site")
        settings.STORAGES = {**settings.STORAGES, "audit": audit}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(call):
        def guarded(self, address):
            if isinstance(address, tuple) and address[0] not in HOME:
                raise RuntimeError(f"A test may not talk to {address[0]}.")
            return call(self, address)

        return guarded

    monkeypatch.setattr(socket.socket, "connect", checked(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", checked(connect_ex))


# ----------------------------------------------------------------------- browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, which finds no host but this one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("No Chromium here; on Debian: apt-get install chromium")
    arguments = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture
def root() -> Path:
    """Where the repository lies."""
    return Path(__file__).resolve().parent.parent
