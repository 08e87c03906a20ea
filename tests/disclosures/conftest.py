"""The stand-in service, made once, and what its generator put into it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from disclosures.datamap import schema
from disclosures.datamap.demo_service import make_service
from disclosures.datamap.demo_service.activity import World
from tests.disclosures import packets


@dataclass
class Service:
    """A stand-in service: what it holds, and where it is read from."""

    world: World
    addresses: dict[str, str]


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Service:
    folder = tmp_path_factory.mktemp("service")
    parquet = folder / "downloads.parquet"
    world = make_service(folder / "service.sqlite3", parquet)
    return Service(
        world,
        {
            "service": f"sqlite:///{folder / 'service.sqlite3'}",
            "downloads": f"file://{parquet}",
        },
    )


@pytest.fixture(scope="session")
def shipped() -> schema.DataMap:
    return schema.parse(Path("disclosures/datamap/examples/pypi-2023.toml").read_text())


@pytest.fixture
def small(tmp_path, settings) -> packets.Service:
    """The small service of ``packets``, as the site's source."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = packets.small_service(folder)
    settings.SOURCE_URLS = made.urls
    return made
