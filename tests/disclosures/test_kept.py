"""Exhibits at rest: no record lies in the clear, in the database or in the store."""

from pathlib import Path

import pytest
from django.conf import settings

from cases.exceptions import KeyGone
from cases.models import CaseKey
from disclosures import facts, kept, leftovers, reading
from disclosures.enums import PacketStatus
from disclosures.packet import contents
from tests import factories as make
from tests.disclosures import packets, stored
from tests.disclosures.test_dump import dump

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

# What the small service keeps of alice, and nothing else does.
RECORDS = ("192.0.2.1", "192.0.2.2", "acct-alice", "2022-06-01T12:00:00")


def in_the_store() -> list[str]:
    """Files below the store and the work folder that hold a record."""
    roots = (Path(settings.FILES_DIR), Path(settings.WORK_DIR))
    return [
        path.name
        for root in roots
        for path in root.rglob("*")
        if path.is_file() and any(one.encode() in path.read_bytes() for one in RECORDS)
    ]


@pytest.mark.feature("S1")
@pytest.mark.parametrize("status", [PacketStatus.COLLECTED, PacketStatus.CERTIFIED])
def test_a_dump_and_the_store_hold_no_record(status):
    packet = packets.in_status(status)
    exhibit = packet.exhibits.get(part_code="2a")
    reading.open_exhibit(exhibit.pk, actor=make.analyst())
    facts.draft_facts(packet, contents.UNSIGNED)

    text = stored.plain(exhibit).decode()
    assert [one for one in RECORDS if one in text] == [
        "192.0.2.1",
        "192.0.2.2",
        "2022-06-01T12:00:00",
    ]
    assert in_the_store() == []
    everything = dump()
    assert [one for one in RECORDS if one in everything] == []
    assert list(Path(settings.WORK_DIR).iterdir()) == []


@pytest.mark.feature("S1", part=True)
def test_without_the_case_s_key_an_exhibit_is_unreadable_and_no_break(small):
    packet = packets.collected()
    CaseKey.objects.filter(case=packet.case).delete()
    exhibit = packet.exhibits.get(part_code="2a")
    with pytest.raises(KeyGone, match="key of this request is gone"):
        reading.open_exhibit(exhibit.pk, actor=make.analyst())
    with pytest.raises(KeyGone):
        packets.certify(packet)
    assert packet.case.custody_breaks.count() == 0
    assert packets.fresh(packet).status == PacketStatus.COLLECTED


def test_size_and_hashes_are_those_of_the_plain_file(tmp_path):
    exhibit = packets.collected().exhibits.get(part_code="2a")
    plain = kept.copy(exhibit, tmp_path)
    assert plain == tmp_path / exhibit.file_name
    assert plain.read_bytes() == stored.plain(exhibit)
    assert plain.stat().st_size == exhibit.size < stored.path(exhibit).stat().st_size


def test_an_answer_without_a_file_leaves_none(tmp_path):
    exhibit = packets.collected().exhibits.get(part_code="1b")
    assert kept.copy(exhibit, tmp_path) is None
    assert list(tmp_path.glob("*.csv")) == []


def test_a_private_folder_is_its_owner_s_alone_and_goes_whatever_happens():
    packet = packets.collecting()
    held = packets._claim_of(packet)
    folders = []

    def work(fault):
        with leftovers.private(held) as folder:
            folders.append(folder)
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "pulled.csv").write_text("192.0.2.1")
            if fault:
                raise fault

    work(None)
    with pytest.raises(KeyboardInterrupt):
        work(KeyboardInterrupt())
    assert [folder.exists() for folder in folders] == [False, False]


def test_what_a_killed_worker_left_plain_goes_with_the_next_claim_or_sweep():
    packet = packets.collecting()
    held = packets._claim_of(packet)
    root = Path(settings.WORK_DIR)
    root.mkdir(exist_ok=True)
    older = root / f"{packet.pk}-{held.token - 1}-ab12"
    another = root / f"{packet.pk + 1}-{held.token - 1}-ab12"
    for one in (older, another):
        one.mkdir()
        (one / "pulled.csv").write_text("192.0.2.1")
    with leftovers.private(held):
        assert not older.exists()
    assert another.exists()

    older.mkdir()
    assert leftovers.clear() == [f"work/{older.name}"]
    assert [path.name for path in root.iterdir()] == [another.name]
