"""kill -9 at every step of a worker: another one finishes, nothing is there twice."""

import pytest
from django.conf import settings

from disclosures import leftovers
from tests.disclosures import packets
from tests.disclosures.faults import processes

pytestmark = pytest.mark.django_db(transaction=True)

COLLECTING = [
    "after:cases.queue.claim",
    "after:disclosures.workflow.move_packet#1",  # begun, before anything is resolved
    "after:disclosures.collection._resolve_targets",
    "before:disclosures.collection._write#1",  # a file is there, and no row names it
    "after:disclosures.collection._write#1",
    "before:disclosures.workflow.move_exhibit#3",  # inside the row's own transaction
    "before:disclosures.collection._write#5",
    "after:disclosures.collection.run",
    "before:cases.audit.record#3",  # collected, inside the last transaction
    "after:disclosures.assembly._collect",  # committed; the lease isn't given back
]
SEALING = [
    "after:cases.queue.claim",
    "after:disclosures.facts.packet_facts",
    "after:cases.sandbox.run",  # drawn
    "before:disclosures.packet.seal._zip",  # half sealed, under its working name
    "after:disclosures.packet.seal.seal",  # on disk, and no row names it
    "before:disclosures.workflow.move_packet#2",  # inside the sealing transaction
    "after:disclosures.assembly._write_seal",  # committed; the lease isn't given back
]


@pytest.fixture
def site(small, tmp_path):
    """The test's site, for other processes."""
    return processes.site(tmp_path)


@pytest.mark.feature("C3", part=True)
@pytest.mark.parametrize("point", COLLECTING)
def test_a_worker_killed_while_it_collects_is_followed_by_another(site, point):
    packet = packets.ordered(packets.case("alice", "nobody"))
    undisturbed = packets.collected(packets.ordered(packets.case("alice", "nobody")))
    wanted = processes.answers(undisturbed)

    assert processes.died(site.worker(packet, point))
    processes.after_the_lease(packet)

    folder = settings.FILES_DIR / leftovers.COLLECTED
    for path in folder.glob(f"{undisturbed.pk}-*"):
        path.unlink()  # the other packet's, of no matter here
    processes.check_collected(packet, wanted)


@pytest.mark.feature("C3", part=True)
@pytest.mark.feature("P3", part=True)
@pytest.mark.parametrize("point", SEALING)
def test_a_worker_killed_while_it_seals_is_followed_by_another(site, point):
    packet = packets.certified(packets.collected(packets.ordered(packets.case())))

    assert processes.died(site.worker(packet, point))
    processes.after_the_lease(packet)

    processes.check_sealed(packet)


@pytest.mark.feature("C3")
def test_a_worker_killed_in_the_middle_of_drawing_changes_no_byte_of_the_result(site):
    packet = packets.certified(packets.collected(packets.ordered(packets.case())))
    undisturbed = processes.seal_and_undo(packet)
    worker = site.worker(packet)
    work = processes.wait_for(settings.WORK_DIR, "*/.drawing-*")
    worker.kill()
    assert processes.died(worker)

    processes.after_the_lease(packet)

    processes.check_sealed(packet)
    assert not work.exists()
    assert packets.fresh(packet).files == undisturbed
