"""The stand-in service, made once, and what its generator put into it."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from disclosures.datamap import schema
from disclosures.datamap.demo_service import Shape, make_service
from disclosures.datamap.demo_service.activity import World
from tests.disclosures import packets, pulling

assert pulling.MAP  # imported so that every status of a packet can be made


@dataclass
class Service:
    """A stand-in service: what it holds, and where it is read from."""

    world: World
    addresses: dict[str, str]
    shape: Shape = Shape.SPRING_2023

    @property
    def datamap(self) -> schema.DataMap:
        """The shipped map of its shape."""
        return shipped_map(self.shape)


def shipped_map(shape: Shape) -> schema.DataMap:
    """The data map that is shipped for a shape of the service."""
    path = Path(f"disclosures/datamap/examples/pypi-{shape}.toml")
    return schema.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Service:
    return _made(tmp_path_factory.mktemp("service"), Shape.SPRING_2023)


@pytest.fixture(scope="session")
def present(tmp_path_factory) -> Service:
    return _made(tmp_path_factory.mktemp("present"), Shape.PRESENT)


def _made(folder: Path, shape: Shape) -> Service:
    parquet = folder / "downloads.parquet"
    world = make_service(folder / "service.sqlite3", parquet, shape=shape)
    return Service(
        world,
        {
            "service": f"sqlite:///{folder / 'service.sqlite3'}",
            "downloads": f"file://{parquet}",
        },
        shape,
    )


@pytest.fixture(scope="session")
def shipped() -> schema.DataMap:
    return shipped_map(Shape.SPRING_2023)


@pytest.fixture
def small(tmp_path, settings) -> packets.Service:
    """The small service of ``packets``, as the site's source."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = packets.small_service(folder)
    settings.SOURCE_URLS = made.urls
    return made
