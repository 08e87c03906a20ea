"""A release and the switch at the same moment: whichever is first, nothing slips by."""

import threading

import pytest
from django.db import connection, transaction

from cases.exceptions import IllegalTransition
from disclosures import freezing, produced
from disclosures.enums import PacketStatus
from disclosures.models import Delivery, Freeze
from tests import factories as make
from tests.disclosures import packets
from tests.races import split, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("small", "either_database"),
]

WHY = "A forged order is about."


def around():
    """A sealed packet, who would release it, and who would stop it."""
    return packets.sealed_undrawn(), packets.officer(), make.counsel()


def throw(by):
    return freezing.throw(actor=by, reason=WHY)


@pytest.mark.feature("S7", part=True)
def test_a_release_that_began_before_the_switch_is_refused_after_it():
    packet, officer, counsel = (
        packets.sealed_undrawn(),
        packets.officer(),
        make.counsel(),
    )
    thrown, found = threading.Event(), []

    def release():
        thrown.wait(10)
        try:
            found.append(packets.release(packet, officer))
        except IllegalTransition as refusal:
            found.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=release)
    thread.start()
    with transaction.atomic():
        throw(counsel)
        thrown.set()
        thread.join(0.5)  # it asks its gates, and waits for the lock behind them
        assert found == []
    thread.join(30)
    assert "has stopped all releases" in str(found[0])
    assert not Delivery.objects.exists()
    assert packets.fresh(packet).status == PacketStatus.SEALED


@pytest.mark.feature("S7", part=True)
def test_the_switch_returns_only_when_the_release_before_it_is_over(monkeypatch):
    packet, officer, counsel = (
        packets.sealed_undrawn(),
        packets.officer(),
        make.counsel(),
    )
    inside, go_on, order = threading.Event(), threading.Event(), []
    freeze = produced.freeze

    def slow(*args, **named):  # the release is past its lock
        inside.set()
        go_on.wait(10)
        return freeze(*args, **named)

    monkeypatch.setattr(produced, "freeze", slow)

    def release():
        packets.release(packet, officer)
        order.append("released")
        connection.close()

    def stop():
        throw(counsel)
        order.append("stopped")
        connection.close()

    threads = [threading.Thread(target=one) for one in (release, stop)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    threads[1].join(0.5)
    assert order == []
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert sorted(order) == ["released", "stopped"]
    assert (Delivery.objects.count(), Freeze.objects.count()) == (1, 1)


@pytest.mark.feature("S7", part=True)
def test_both_at_once_leave_a_release_or_a_refusal():
    packet, officer, counsel = (
        packets.sealed_undrawn(),
        packets.officer(),
        make.counsel(),
    )
    done, refused = split(
        together(lambda: packets.release(packet, officer), lambda: throw(counsel))
    )
    assert Freeze.objects.get() in done
    assert Delivery.objects.count() == len(done) - 1 == 1 - len(refused)
    state = PacketStatus.SEALED if refused else PacketStatus.RELEASED
    assert packets.fresh(packet).status == state
