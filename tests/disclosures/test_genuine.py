"""A finding of doubt or forgery stops a packet at every step, and a run midway."""

import pytest

from cases.enums import Finding, Role
from cases.exceptions import IllegalTransition
from disclosures import assembly, collection, workflow, worklist
from disclosures.enums import PacketStatus
from disclosures.models import TargetAccount
from tests import factories as make
from tests.disclosures import packets
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

FORGED = (
    "The paper was found forged, so nothing may be collected on it. An analyst or "
    "counsel closes the request; only counsel finds otherwise."
)
UNCHECKED = (
    "The papers, the agency or the officer changed after the paper was checked. An "
    "intake clerk, an analyst or counsel checks it again."
)


def test_no_packet_is_ordered_on_a_paper_that_is_forged():
    found = packets.case()
    make.check(found, outcome=Finding.FORGED)
    analyst = make.analyst()
    said = refusal(lambda: assembly.request(found.pk, actor=analyst), IllegalTransition)
    assert said == FORGED


def test_a_finding_after_the_order_stops_the_run_before_it_reads_anything():
    packet = packets.ordered()
    make.check(packet.case, outcome=Finding.FORGED)
    packets.collected(packet)
    after = packets.fresh(packet)
    assert (after.status, after.failure) == (PacketStatus.FAILED, FORGED)
    assert TargetAccount.objects.count() == 0
    assert set(packet.exhibits.values_list("path", flat=True)) == {""}


def test_a_finding_during_the_run_stops_it_before_the_next_part(monkeypatch):
    packet = packets.ordered()
    write = collection._write

    def then_find(exhibit, *more):
        write(exhibit, *more)
        if exhibit.number == 1:
            make.check(packet.case, outcome=Finding.DOUBTFUL)

    monkeypatch.setattr(collection, "_write", then_find)
    packets.collected(packet)
    after = packets.fresh(packet)
    assert (after.status, after.failure.split(".")[0]) == (
        PacketStatus.FAILED,
        "The paper was found doubtful",
    )
    assert list(packet.exhibits.outstanding().values_list("number", flat=True)) == [
        *(2, 3, 4, 5)
    ]


@pytest.mark.parametrize("status", [PacketStatus.SEALED, PacketStatus.COLLECTED])
def test_nothing_goes_on_while_the_paper_is_in_doubt(status):
    packet = packets.examined(packets.in_status(status))
    custodian, officer = packets.custodian(), packets.officer()
    waiting = worklist.tasks_for(custodian) + worklist.tasks_for(officer)
    assert len(waiting) == 1
    make.stored_paper(packet.case)
    assert worklist.tasks_for(custodian) + worklist.tasks_for(officer) == []
    act = {
        PacketStatus.SEALED: lambda: packets.release(packet, officer),
        PacketStatus.COLLECTED: lambda: packets.certify(packet, custodian),
    }[status]
    assert refusal(act, IllegalTransition) == UNCHECKED
    make.check(packet.case)
    act()


def test_a_failed_packet_is_resumed_once_the_paper_was_checked_again():
    packet = packets.failed()
    make.stored_paper(packet.case)
    analyst = make.person(Role.ANALYST)
    said = refusal(lambda: assembly.resume(packet.pk, actor=analyst), IllegalTransition)
    assert said == UNCHECKED
    make.check(packet.case)
    assembly.resume(packet.pk, actor=analyst)
    workflow.require_covered(packet.pk)
