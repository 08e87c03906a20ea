"""One packet is drawn for all tests that only read it, in a child as on a site."""

import pytest

from cases import sandbox
from disclosures.packet import assemble
from tests.disclosures.packet import given

assemble.make_ready()


@pytest.fixture
def draw(tmp_path):
    """Draw a packet in a child: the PDF's path and what the drawing told."""

    def drawn(facts, name="packet.pdf", seconds=120):
        out = tmp_path / name
        told = sandbox.run(assemble.render, facts, out, seconds=seconds, megabytes=2000)
        return out, told

    return drawn


@pytest.fixture(scope="session")
def packet(tmp_path_factory):
    """The facts, the PDF and what the drawing told, drawn once."""
    folder = tmp_path_factory.mktemp("packet")
    facts = given.facts(folder / "csv")
    told = sandbox.run(
        assemble.render, facts, folder / "packet.pdf", seconds=120, megabytes=2000
    )
    return facts, folder / "packet.pdf", told
