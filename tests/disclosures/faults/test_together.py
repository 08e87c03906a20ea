"""Two workers at once on one packet: one result, whoever was first."""

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from cases import queue
from disclosures import assembly, leftovers
from disclosures.enums import PacketStatus
from tests.disclosures import packets
from tests.disclosures.faults import processes
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(small, tmp_path):
    """The test's site, for other processes."""
    return processes.site(tmp_path)


def work(packet):
    """A worker in a thread of its own."""
    return lambda: assembly.assemble(packet.pk)


@pytest.mark.feature("C3", part=True)
@pytest.mark.usefixtures("small")
def test_of_threads_that_collect_and_seal_at_once_one_does_it():
    packet = packets.ordered(packets.case())
    assert together(*[work(packet)] * 4) == [None] * 4
    assert packets.fresh(packet).status == PacketStatus.COLLECTED
    assert packets.fresh(packet).token == 1

    packets.certify(packet)
    assert together(*[work(packet)] * 3) == [None] * 3
    processes.check_sealed(packet)
    assert packets.fresh(packet).token == 2


def two_processes(site):
    """Two processes that want the same packet, at both of its steps."""
    packet = packets.ordered(packets.case())
    workers = [site.worker(packet), site.worker(packet)]
    assert [one.wait(120) for one in workers] == [0, 0]
    assert packets.fresh(packet).status == PacketStatus.COLLECTED

    packets.certify(packet)
    workers = [site.worker(packet), site.worker(packet)]
    assert [one.wait(120) for one in workers] == [0, 0]
    processes.check_sealed(packet)


@pytest.mark.feature("C3", part=True)
def test_of_two_processes_at_once_one_does_it(site):
    two_processes(site)


@pytest.mark.postgres
@pytest.mark.feature("C3", part=True)
def test_of_two_processes_at_once_one_does_it_on_postgresql(site):
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL server."
    two_processes(site)


@pytest.mark.feature("C3", part=True)
def test_a_worker_that_was_thought_dead_can_t_seal_any_more(site):
    packet = packets.certified(packets.collected(packets.ordered(packets.case())))
    slow = site.worker(packet)
    processes.wait_for(settings.WORK_DIR, "*/.drawing-*")
    # Its heartbeat is behind: by this clock the lease is over, and another takes it.
    assembly.assemble(packet.pk, at=timezone.now() + queue.LEASE * 2)
    assert slow.wait(120) == 0

    packet = packets.fresh(packet)
    assert packet.folder.endswith(f"-{packet.token}")
    processes.check_sealed(packet)
    assert leftovers.clear() == []


@pytest.mark.feature("C3", part=True)
def test_a_packet_replaced_while_it_is_drawn_is_not_sealed(site):
    packet = packets.certified(packets.collected(packets.ordered(packets.case())))
    slow = site.worker(packet)
    processes.wait_for(settings.WORK_DIR, "*/.drawing-*")
    newer = packets.ordered(packets.demand(packet.case))
    assert slow.wait(120) == 0

    packet = packets.fresh(packet)
    assert (packet.status, packet.sealed_at, packet.failure) == (
        *(PacketStatus.SUPERSEDED, None),
        "",
    )
    leftovers.clear()
    assert list((settings.FILES_DIR / "packets").iterdir()) == []
    assert packets.collected(newer).status == PacketStatus.COLLECTED
