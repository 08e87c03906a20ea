"""The broker may lose a message, double it or be dead: the row is the work order."""

import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from cases import queue
from cases.enums import TaskName
from cases.models import Event
from disclosures import tasks
from disclosures.enums import PacketStatus
from disclosures.models import Packet
from tests import factories as make
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


class Broker:
    """The broker of the tests' own memory, read as a worker would read it."""

    def __init__(self, app):
        self.app = app
        self.connection = app.connection_for_read()
        self.queue = self.connection.SimpleQueue(app.conf.task_default_queue)
        self.queue.clear()

    def lose(self):
        """Throw away all that waits; what it was."""
        return [(name, kwargs) for name, kwargs, _ in self._taken()]

    def deliver(self, *, times=1):
        """Hand each waiting message to its task, so many times; what they were."""
        taken = list(self._taken())
        for name, kwargs, _ in taken:
            for _time in range(times):
                self.app.tasks[name](**kwargs)
        return [(name, kwargs) for name, kwargs, _ in taken]

    def bodies(self):
        """All that waits, as the broker has it; then it is gone."""
        return [body for _, _, body in self._taken()]

    def _taken(self):
        while self.queue.qsize():
            message = self.queue.get(timeout=1)
            message.ack()
            arguments, kwargs, _ = message.payload
            assert arguments == []
            headers = {key: str(value) for key, value in message.headers.items()}
            body = json.dumps([message.payload, headers])
            yield message.headers["task"], kwargs, body


@pytest.fixture
def broker():
    found = Broker(current_app._get_current_object())
    yield found
    found.queue.clear()
    found.connection.release()


@pytest.fixture
def dead_broker():
    """Nothing listens where the messages should go; all else is as a site has it."""
    app = current_app._get_current_object()
    before = app.conf.broker_write_url, app.conf.broker_transport_options
    app.conf.broker_transport_options = _options_with_redis()
    _point(app, "redis://127.0.0.1:1/0")
    yield
    _point(app, before[0])
    app.conf.broker_transport_options = before[1]


def _options_with_redis():
    asked = "import json; from compliance import settings as site;"
    asked += "print(json.dumps(site.CELERY_BROKER_TRANSPORT_OPTIONS))"
    told = {"REDIS_URL": "redis://127.0.0.1:1/0", "CANDOR_DEMO": "1"}
    with tempfile.TemporaryDirectory() as folder:
        site = subprocess.run(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", asked],
            env=told
            | {"CANDOR_VAR_DIR": folder, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        )
    return json.loads(site.stdout)


def _point(app, url):
    app.conf.broker_write_url = url
    app.amqp._producer_pool = None
    app._pool = None


def later(seconds=16):
    """Long enough for the sweep to send a hint again."""
    Packet.objects.update(hinted_at=timezone.now() - timedelta(seconds=seconds))


ASSEMBLE, SWEEP, CLEAR, _REMIND, _SEAL, _DRAW = (task.value for task in TaskName)


def test_a_message_carries_the_packets_id_and_nothing_else(
    broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        packet = packets.ordered(packets.case("alice"))

    (body,) = broker.bodies()
    assert json.loads(body)[0][1] == {"packet_id": packet.pk}
    for word in ("alice", "acct-", packet.case.number, "whitlock", "2023R00417"):
        assert word not in body.casefold()
    for task in (tasks.assemble, tasks.sweep, tasks.clear, tasks.remind):
        assert set(inspect.signature(task.run).parameters) <= {"packet_id"}


@pytest.mark.feature("C3", part=True)
def test_lost_hints_are_sent_again_by_the_sweep_at_each_step(
    broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        packet = packets.ordered()
    assert broker.lose() == [(ASSEMBLE, {"packet_id": packet.pk})]
    tasks.sweep()
    assert broker.deliver() == [(ASSEMBLE, {"packet_id": packet.pk})]
    assert packets.fresh(packet).status == PacketStatus.COLLECTED

    tasks.sweep()
    assert broker.lose() == []  # it waits for a person
    with django_capture_on_commit_callbacks(execute=True):
        packets.certify(packet)
    assert len(broker.lose()) == 1
    tasks.sweep()
    assert broker.lose() == []  # a moment ago it had a hint
    later()
    tasks.sweep()
    tasks.sweep()
    assert broker.lose() == [(ASSEMBLE, {"packet_id": packet.pk})]


@pytest.mark.feature("C3", part=True)
def test_a_doubled_message_is_harmless(broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        packet = packets.ordered()
    broker.deliver(times=3)

    packet = packets.fresh(packet)
    assert (packet.status, packet.token) == (PacketStatus.COLLECTED, 1)
    kinds = [kind for kind, _ in packets.trail(packet.case)]
    assert kinds.count("packet.collected") == 1
    rows = list(packet.exhibits.values())
    tasks.assemble(packet_id=packet.pk)
    assert list(packet.exhibits.values()) == rows


@pytest.mark.usefixtures("dead_broker")
def test_a_dead_broker_stops_no_order_and_the_sweep_brings_it_later(
    broker, django_capture_on_commit_callbacks
):
    found, by = packets.case(), make.analyst()
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True) as sent:
        packet = packets.ordered(found, by=by)
    assert len(sent) == 1
    assert time.monotonic() - began < 3  # nobody waits for what isn't there
    assert packets.fresh(packet).status == PacketStatus.QUEUED
    since = Event.objects.latest("pk").pk

    tasks.sweep()  # still dead
    assert Event.objects.latest("pk").pk == since
    _point(current_app._get_current_object(), broker.app.conf.broker_url)
    later()
    tasks.sweep()

    assert broker.deliver() == [(ASSEMBLE, {"packet_id": packet.pk})]
    assert packets.fresh(packet).status == PacketStatus.COLLECTED


def test_a_packet_that_somebody_is_at_gets_no_hint_until_the_lease_is_over(broker):
    packet = packets.collecting()
    tasks.sweep()
    assert broker.lose() == []

    Packet.objects.update(lease_until=timezone.now())
    tasks.sweep()
    assert broker.lose() == [(ASSEMBLE, {"packet_id": packet.pk})]


def test_a_packet_that_waits_for_another_try_gets_its_hint_in_time(broker, settings):
    packet = packets.ordered()
    settings.SOURCE_URLS = {"service": "postgresql://u:p@127.0.0.1:1/x"}
    tasks.assemble(packet_id=packet.pk)
    tasks.sweep()
    assert broker.lose() == []

    Packet.objects.update(lease_until=timezone.now())
    tasks.sweep()
    assert broker.lose() == [(ASSEMBLE, {"packet_id": packet.pk})]


def test_an_order_that_is_taken_back_sends_nothing(
    broker, django_capture_on_commit_callbacks
):
    found, by = packets.case(), make.counsel()
    with (
        pytest.raises(Exception, match="may not"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        packets.ordered(found, by=by)

    assert broker.lose() == []


def test_clearing_is_a_task_of_its_own():
    assert current_app.tasks[CLEAR].run() is None
    assert current_app.tasks[SWEEP].run() is None
    assert timedelta(seconds=16) > queue.HINT_AGAIN_AFTER
