"""A later data map never reaches a case whose scope was frozen with an older one."""

import json

import pytest
from django.conf import settings

from disclosures import facts
from disclosures.packet import contents, seal
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

OLD = packets.MAP
# Another answer to everything: fewer columns, a cap, other words, a part more.
_EDITS = (
    ('version = "1"', 'version = "2"'),
    ('title = "Account events"', 'title = "Events, reshaped"'),
    ("events.address, events.kind FROM", "events.kind FROM"),
    (
        '  { name = "address", title = "Address", type = "address", description = "From'
        ' where." },\n  { name = "kind"',
        '  { name = "kind"',
    ),
    ("part_2a.address, part_2a.id", "part_2a.id AS address, part_2a.id"),
    ('sql = "SELECT events', 'most_rows = 1\nsql = "SELECT events'),
    ("Names never change.", "Names change daily."),
    ('code = "1b"\ntitle = "Postal', 'code = "1c"\ntitle = "Postal'),
)
NEW = OLD
for _old, _new in _EDITS:
    assert NEW.count(_old) == 1, _old
    NEW = NEW.replace(_old, _new)


def answer(one):
    return one["title"], one["response"], one["query_sha256"]


def manifest(packet):
    folder = settings.FILES_DIR / packet.folder
    (path,) = folder.rglob("manifest.json")
    return json.loads(path.read_text())


def manifest_now(packet, folder):
    """The bytes of the manifest, were the packet sealed as its rows stand now."""
    folder.mkdir()
    said = facts.packet_facts(packets.fresh(packet), folder)
    pdf = folder / "packet.pdf"
    pdf.write_bytes(make.pdf(len(said.exhibits)))
    ranges = {one.number: ("A-1", "A-1", 1) for one in said.exhibits}
    rendered = contents.Rendered(len(said.exhibits), 1, ranges, {})
    files = {one.file_name: one.path for one in said.exhibits if one.path}
    made = seal.seal(said, rendered, pdf, files, folder / "out")
    return (made.folder / "manifest.json").read_bytes()


@pytest.mark.feature("D4")
def test_a_later_map_leaves_the_old_cases_manifest_unchanged(tmp_path):
    packet = packets.certified()
    approved = packets.case("bob", "alice")
    before = manifest_now(packet, tmp_path / "before")
    said = facts.packet_facts(packet)

    packets.unsigned(text=NEW)

    assert facts.packet_facts(packets.fresh(packet)) == said
    assert manifest_now(packet, tmp_path / "after") == before
    # Signed before and ordered after: answered by the map that counsel saw.
    later = packets.ordered(approved)
    sealed = packets.sealed_undrawn(packets.certified(packets.collected(later)))
    assert facts.packet_facts(sealed).map_version == "1"
    assert manifest(sealed)["data_map"] == json.loads(before)["data_map"]
    alice = {
        one["part"]: answer(one)
        for one in manifest(sealed)["exhibits"]
        if one["target"] == 2
    }
    assert alice == {one["part"]: answer(one) for one in json.loads(before)["exhibits"]}


@pytest.mark.feature("D4", part=True)
def test_a_case_submitted_under_the_later_map_is_answered_by_it():
    packets.case(text=OLD)
    packet = packets.collected(packets.ordered(packets.case(text=NEW)))

    assert [
        (one.part_code, one.part_title, one.rows, one.in_all)
        for one in packet.exhibits.all()
    ] == [
        ("1a", "Account names", 1, 1),
        ("1c", "Postal addresses", 0, 0),
        ("2a", "Events, reshaped", 1, 2),
        ("3a", "Log-ins", 1, 1),
        ("3b", "Durations", 0, 0),
    ]
