"""Blocks of a long schedule: drawn by whoever is free, bound when the last is there."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from cases import queue
from cases.exceptions import ClaimLost
from disclosures import assembly, drawing, leftovers, production, tasks
from disclosures.enums import PacketStatus
from disclosures.models import BlockOrder, Packet
from disclosures.packet.schedule import plan
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small", "tiny_blocks")]


@pytest.fixture
def tiny_blocks(monkeypatch):
    """Each row is a block, and two are many."""
    monkeypatch.setattr(plan, "BLOCK_ROWS", 1)
    monkeypatch.setattr(plan, "_SHARED", 0)
    monkeypatch.setattr(plan, "_OVERHEAD", 0)


def stored():
    return sorted(
        path.name for path in (Path(settings.FILES_DIR) / leftovers.BLOCKS).glob("*")
    )


def waiting():
    """A packet that waits for its blocks."""
    packet = packets.certified()
    assembly.assemble(packet.pk)
    packet = packets.fresh(packet)
    assert packet.status == PacketStatus.SEALING
    return packet


def blocks(packet):
    return list(packet.blocks.order_by("number"))


@pytest.mark.feature("C3", part=True)
def test_a_packet_waits_for_its_blocks_and_is_sealed_after_the_last():
    packet = waiting()
    ordered = blocks(packet)
    assert len(ordered) > 1
    assert (packet.lease_until, packet.attempts) == (None, 0)
    assert not Packet.objects.workable().exists()
    assembly.assemble(packet.pk)  # a doubled hint
    assert blocks(packet) == ordered
    assert len(stored()) == len(ordered)
    for path in (Path(settings.FILES_DIR) / leftovers.BLOCKS).iterdir():
        assert b"192.0.2" not in path.read_bytes()  # closed by the case's key

    for block in reversed(ordered):
        assert not Packet.objects.workable().exists()
        tasks.draw(block_id=block.pk)
        tasks.draw(block_id=block.pk)
    assert [one.drawn_at is None for one in blocks(packet)] == [False] * len(ordered)
    assert Packet.objects.workable().get() == packet
    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (PacketStatus.SEALED, "")
    assert production.findings(packet) == []
    assert (blocks(packet), stored()) == ([], [])
    assert list(Path(settings.WORK_DIR).glob("*")) == []


@pytest.mark.feature("C3", part=True)
def test_a_worker_that_is_killed_at_a_block_is_followed_by_another():
    packet = waiting()
    first = blocks(packet)[0]
    at = timezone.now()
    killed = queue.claim(BlockOrder.objects.waiting(), first.pk, at=at, seconds=900)
    left = Path(settings.WORK_DIR) / f"{packet.pk}-{packet.token}-block-{first.pk}-1-x"
    left.mkdir(parents=True)
    drawing.draw(first.pk)  # somebody is at it
    assert BlockOrder.objects.get(pk=first.pk).drawn_at is None

    BlockOrder.objects.update(lease_until=at - timedelta(seconds=1))
    drawing.draw(first.pk)
    drawn = BlockOrder.objects.get(pk=first.pk)
    assert (drawn.token, drawn.drawn_at is None, left.exists()) == (2, False, False)
    with pytest.raises(ClaimLost):
        drawing._finish(drawn, killed, "blocks/x", "x" * 64)
    assert BlockOrder.objects.get(pk=first.pk).part_path == drawn.part_path
    assert not Packet.objects.workable().exists()


@pytest.mark.feature("C3", part=True)
@pytest.mark.parametrize("kind", ["rows", "part"])
def test_a_block_whose_file_was_changed_fails_the_packet_which_goes_on_when_resumed(
    kind,
):
    packet = waiting()
    if kind == "part":
        for block in blocks(packet):
            drawing.draw(block.pk)
    name = next(name for name in stored() if f"-{kind}" in name)
    path = Path(settings.FILES_DIR) / leftovers.BLOCKS / name
    path.write_bytes(path.read_bytes()[:-1])
    for block in blocks(packet):
        drawing.draw(block.pk)
    assembly.assemble(packet.pk)

    packet = packets.fresh(packet)
    assert packet.status == PacketStatus.FAILED
    assert packet.failure == "A part of the schedules was changed or lost."
    assert (blocks(packet), stored()) == ([], [])
    assembly.resume(packet.pk, actor=packet.ordered_by)
    assembly.assemble(packet.pk)
    assert {one.drawn_at for one in blocks(packet)} == {None}
    assert BlockOrder.objects.waiting().count() == len(blocks(packet)) > 1


def test_blocks_drawn_by_other_versions_are_drawn_again(monkeypatch):
    packet = waiting()
    for block in blocks(packet):
        drawing.draw(block.pk)
    BlockOrder.objects.update(made_with={"uharfbuzz": "0.1"})
    assembly.assemble(packet.pk)
    assert {one.drawn_at for one in blocks(packet)} == {None}


def test_blocks_of_a_packet_that_nobody_seals_any_more_are_cleared_away():
    packet = waiting()
    assert leftovers.clear() == []
    Packet.objects.filter(pk=packet.pk).update(status=PacketStatus.SUPERSEDED)
    assert not BlockOrder.objects.waiting().exists()
    names = [f"{leftovers.BLOCKS}/{name}" for name in stored()]
    assert leftovers.clear() == names
    assert not BlockOrder.objects.exists()


def test_a_block_that_ends_too_often_says_so_on_the_packet():
    packet = waiting()
    first, *others = blocks(packet)
    BlockOrder.objects.filter(pk=first.pk).update(attempts=queue.MAX_ATTEMPTS)
    for block in [first, *others]:
        drawing.draw(block.pk)
    assembly.assemble(packet.pk)
    packet = packets.fresh(packet)
    assert (packet.status, packet.failure) == (
        PacketStatus.FAILED,
        "Stopped after 5 attempts that did not finish.",
    )
