"""The nine answers for the five accounts, on each database a service may stand on."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pymysql
import pytest

from cases.enums import IdentifierKind
from disclosures.datamap.demo_service import make_service
from disclosures.sources.run import Run
from tests.disclosures.conftest import Service
from tests.disclosures.sources import acceptance

SCHEMA = "candor_test_service"


def _server(variable: str) -> str:
    address = os.environ.get(variable, "")
    assert address, f"Set {variable}: these tests don't pass without a server."
    return address


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory):
    """The service on PostgreSQL, in a schema of its own."""
    address = _server("CANDOR_TEST_POSTGRES_URL").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    url = f"{address}?options=-csearch_path%3D{SCHEMA}"
    yield _made(
        url, url.replace("postgresql://", "postgresql+psycopg://"), tmp_path_factory
    )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory):
    """The service on MariaDB, in a database of its own."""
    parts = urlsplit(_server("CANDOR_TEST_MARIADB_URL"))
    login = {"user": parts.username, "password": parts.password or ""}
    place = {"host": parts.hostname, "port": parts.port or 3306}
    server = pymysql.connect(**login, **place)
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCHEMA}")
        cursor.execute(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4")
    url = f"mysql://{parts.netloc}/{SCHEMA}"
    maker = url.replace("mysql://", "mysql+pymysql://") + "?charset=utf8mb4"
    yield _made(url, maker, tmp_path_factory)
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {SCHEMA}")
    server.close()


def _made(url: str, maker: str, folders) -> Service:
    parquet: Path = folders.mktemp("service") / "downloads.parquet"
    world = make_service(maker, parquet)
    return Service(world, {"service": url, "downloads": str(parquet)})


SERVICES = [
    "service",
    pytest.param("on_postgres", marks=pytest.mark.postgres),
    pytest.param("on_mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture(params=SERVICES)
def asked(request):
    """The service, once on each database."""
    return request.getfixturevalue(request.param)


@pytest.mark.feature("C1", part=True)
def test_all_nine_answers_equal_what_was_put_in(asked, shipped, tmp_path):
    acceptance.check_exhibits(asked, shipped, tmp_path)


@pytest.mark.feature("T2", part=True)
def test_look_alikes_never_match_and_other_capitals_do(asked, shipped):
    acceptance.check_identifiers(asked, shipped)


@pytest.mark.feature("C6", part=True)
def test_a_window_is_half_open_in_every_part(asked, shipped, tmp_path):
    acceptance.check_windows(asked, shipped, tmp_path)


@pytest.mark.feature("C3", part=True)
def test_the_same_source_gives_the_same_bytes(
    request, service, shipped, tmp_path, asked
):
    account = Run(shipped, service.addresses)
    with account as run:
        (found,) = run.resolve(IdentifierKind.USERNAME, "novamoth")
    digests = []
    for each, name in ((service, "first"), (asked, "again")):
        (tmp_path / name).mkdir()
        with Run(shipped, each.addresses) as run:
            _, pulled = acceptance.collect(run, shipped, found, tmp_path / name)
        digests.append({code: p.sha256 for code, p in pulled.items()})

    assert digests[0] == digests[1]
