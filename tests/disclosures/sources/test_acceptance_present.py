"""The present-day shape: right answers for the same five accounts, on each database."""

from pathlib import Path

import pytest

from cases.enums import IdentifierKind
from disclosures.datamap.demo_service import FIVE_ACCOUNTS, Shape, make_service
from disclosures.exceptions import CollectionFailed
from disclosures.sources.base import Account, Window
from disclosures.sources.run import Run
from tests.disclosures.conftest import Service
from tests.disclosures.sources import acceptance, servers


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory):
    """The service of the present day on PostgreSQL."""
    with servers.postgres() as (_, address):
        yield _made(address, tmp_path_factory)


@pytest.fixture(scope="module")
def on_mariadb(tmp_path_factory):
    """The service of the present day on MariaDB."""
    with servers.mariadb() as (_, address):
        yield _made(address, tmp_path_factory)


def _made(address: str, folders) -> Service:
    parquet: Path = folders.mktemp("service") / "downloads.parquet"
    world = make_service(servers.driven(address), parquet, shape=Shape.PRESENT)
    addresses = {"service": address, "downloads": str(parquet)}
    return Service(world, addresses, Shape.PRESENT)


SERVICES = [
    "present",
    pytest.param("on_postgres", marks=pytest.mark.postgres),
    pytest.param("on_mariadb", marks=pytest.mark.mariadb),
]


@pytest.fixture(params=SERVICES)
def asked(request):
    """The service, once on each database."""
    return request.getfixturevalue(request.param)


@pytest.mark.feature("C1", part=True)
def test_all_nine_answers_equal_what_was_put_in(asked, tmp_path):
    acceptance.check_exhibits(asked, asked.datamap, tmp_path)


@pytest.mark.feature("T2", part=True)
def test_look_alikes_never_match_and_other_capitals_do(asked):
    acceptance.check_identifiers(asked, asked.datamap)


@pytest.mark.feature("C6", part=True)
def test_a_window_is_half_open_in_every_part(asked, tmp_path):
    acceptance.check_windows(asked, asked.datamap, tmp_path)


@pytest.mark.feature("C3", part=True)
def test_the_same_source_gives_the_same_bytes(present, tmp_path, asked):
    with Run(present.datamap, present.addresses) as run:
        (found,) = run.resolve(IdentifierKind.USERNAME, "novamoth")
    digests = []
    for each, name in ((present, "first"), (asked, "again")):
        (tmp_path / name).mkdir()
        with Run(each.datamap, each.addresses, may_write=True) as run:
            _, pulled = acceptance.collect(run, each.datamap, found, tmp_path / name)
        digests.append({code: p.sha256 for code, p in pulled.items()})

    assert digests[0] == digests[1]


def test_each_of_the_five_has_log_ins_that_were_confirmed_and_one_that_was_not(present):
    with Run(present.datamap, present.addresses) as run:
        for person in FIVE_ACCOUNTS:
            unique = [
                u["status"]
                for u in present.world.rows["user_unique_logins"]
                if u["user_id"] == person.id
            ]
            assert run.resolve(IdentifierKind.USERNAME, person.username)
            assert set(unique) == {"confirmed", "pending"}


def test_the_map_of_spring_2023_fails_on_the_present_shape_and_the_other_way_round(
    service, present, tmp_path
):
    person = FIVE_ACCOUNTS[0]
    for datamap, asked, codes in (
        (service.datamap, present, {"3a", "3b"}),
        (present.datamap, service, {"3b", "3c"}),
    ):
        refused = set()
        with Run(datamap, asked.addresses) as run:
            for part in datamap.parts:
                if part.source != "service":
                    continue
                try:
                    run.pull(
                        part,
                        account=Account(person.id, person.username),
                        window=Window(),
                        out=tmp_path / "x.csv",
                    )
                except CollectionFailed:
                    refused.add(part.code)
        assert refused == codes
