"""The nine answers for the five accounts, on each database a service may stand on."""

from pathlib import Path

import pytest

from cases.enums import IdentifierKind
from disclosures.datamap.demo_service import make_service
from disclosures.sources.run import Run
from tests.disclosures.conftest import Service
from tests.disclosures.sources import acceptance, servers


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory):
    """The service on PostgreSQL."""
    with servers.postgres() as (_, address):
        yield _made(address, tmp_path_factory)


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory):
    """The service on MariaDB."""
    with servers.mariadb() as (_, address):
        yield _made(address, tmp_path_factory)


def _made(address: str, folders) -> Service:
    parquet: Path = folders.mktemp("service") / "downloads.parquet"
    world = make_service(servers.driven(address), parquet)
    return Service(world, {"service": address, "downloads": str(parquet)})


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
        with Run(shipped, each.addresses, may_write=True) as run:
            _, pulled = acceptance.collect(run, shipped, found, tmp_path / name)
        digests.append({code: p.sha256 for code, p in pulled.items()})

    assert digests[0] == digests[1]
