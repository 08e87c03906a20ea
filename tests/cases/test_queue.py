"""Work orders: one holder at a time, and a result only from the latest."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from cases import queue, scope
from cases.enums import TaskName
from cases.exceptions import ClaimLost
from disclosures.models import Packet
from tests import factories as make
from tests.races import together

READY = Packet.objects.workable
NOW = make.AT
LATER = NOW + queue.LEASE


def work_order():
    """A packet as it stands when it was just ordered."""
    case = make.in_production()
    sign_off = case.sign_offs.get()
    return Packet.objects.create(
        case=case,
        number=1,
        revision=case.revisions.get(digest=scope.digest(case)),
        sign_off=sign_off,
        approved_by=sign_off.counsel,
        ordered_by=case.opened_by,
        ordered_by_name="Ana",
        ordered_at=NOW,
        bates_prefix="PIF",
    )


def claim(order, at=NOW, seconds=3600):
    return queue.claim(READY(), order.pk, at=at, seconds=seconds)


def lease(order):
    order.refresh_from_db()
    return order.token, order.attempts, order.lease_until, order.deadline_at


def holds(held):
    try:
        with transaction.atomic():
            queue.hold(held)
    except ClaimLost:
        return False
    return True


@pytest.fixture
def broker(monkeypatch):
    """What was sent, and a switch that takes the broker away."""
    state = SimpleNamespace(sent=[], error=None)

    def send_task(name, kwargs, retry):
        if state.error:
            raise state.error
        state.sent.append((name, kwargs))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return state


# ------------------------------------------------------------------------- claims


@pytest.mark.django_db
def test_a_claim_raises_the_token_and_takes_a_lease():
    order = work_order()
    held = claim(order)
    hour = NOW + timedelta(hours=1)
    assert held == queue.Claim(Packet, order.pk, 1, 1, hour)
    assert lease(order) == (1, 1, LATER, hour)
    assert holds(held)


@pytest.mark.django_db
def test_a_lease_ends_with_the_step_s_own_time():
    order = work_order()
    claim(order, seconds=5)
    assert order.lease_until is None
    end = NOW + timedelta(seconds=5)
    assert lease(order) == (1, 1, end, end)


@pytest.mark.django_db
def test_what_is_held_isn_t_given_twice_before_the_lease_ends():
    order = work_order()
    first = claim(order)
    assert claim(order) is None
    assert claim(order, at=LATER - timedelta(microseconds=1)) is None
    second = claim(order, at=LATER)
    assert (second.token, second.attempt) == (2, 2)
    assert (holds(first), holds(second)) == (False, True)


@pytest.mark.django_db
def test_what_has_no_work_left_isn_t_claimed():
    order = work_order()
    assert (
        queue.claim(READY().exclude(pk=order.pk), order.pk, at=NOW, seconds=5) is None
    )
    assert queue.claim(READY(), 0, at=NOW, seconds=5) is None
    assert lease(order) == (0, 0, None, None)


@pytest.mark.django_db
def test_a_lost_claim_can_t_write_release_or_finish():
    order = work_order()
    lost = claim(order)
    kept = claim(order, at=LATER)
    before = lease(order)
    with pytest.raises(ClaimLost) as caught, transaction.atomic():
        queue.hold(lost)
    assert str(caught.value) == f"Work order {order.pk} was taken over."
    queue.release(lost)
    queue.release(lost, retry_at=NOW)
    queue.done(lost)
    assert queue.extend(lost) is False
    assert lease(order) == before
    assert holds(kept)


@pytest.mark.django_db
def test_a_released_order_can_be_claimed_at_once_or_when_its_time_has_come():
    order = work_order()
    queue.release(claim(order))
    again = claim(order)
    assert again.attempt == 2
    soon = NOW + timedelta(minutes=2)
    queue.release(again, retry_at=soon)
    assert claim(order, at=soon - timedelta(seconds=1)) is None
    assert claim(order, at=soon).attempt == 3


@pytest.mark.django_db
def test_a_finished_step_starts_the_next_one_afresh():
    order = work_order()
    queue.release(claim(order))
    queue.done(claim(order))
    assert lease(order) == (2, 0, None, None)
    assert claim(order).attempt == 1


@pytest.mark.django_db(transaction=True)
def test_a_hold_outside_a_transaction_is_an_error():
    held = claim(work_order())
    with pytest.raises(transaction.TransactionManagementError):
        queue.hold(held)


# --------------------------------------------------------------------- heartbeat


@pytest.mark.django_db
def test_a_beat_lengthens_the_lease_up_to_the_deadline_and_then_no_more():
    order = work_order()
    held = claim(order, at=timezone.now(), seconds=3600)
    first = lease(order)[2]
    assert queue.extend(held) is True
    assert first < lease(order)[2] <= timezone.now() + queue.LEASE
    short = claim(order, at=held.deadline_at, seconds=1)
    Packet.objects.update(lease_until=None)
    old = queue.Claim(Packet, order.pk, short.token, 1, timezone.now())
    assert queue.extend(old) is False
    assert lease(order)[2] == old.deadline_at


@pytest.mark.django_db(transaction=True)
def test_the_heart_beats_in_a_thread_of_its_own_while_the_work_goes_on(monkeypatch):
    monkeypatch.setattr(queue, "LEASE", timedelta(milliseconds=300))
    order = work_order()
    held = claim(order, at=timezone.now(), seconds=3600)
    start = lease(order)[2]
    waited = threading.Event()
    with queue.heartbeat(held):
        for _ in range(100):
            waited.wait(0.05)
            if lease(order)[2] > start + timedelta(milliseconds=400):
                break
    beaten = lease(order)[2]
    assert beaten > start + timedelta(milliseconds=400)
    waited.wait(0.3)
    assert lease(order)[2] == beaten


@pytest.mark.django_db(transaction=True)
def test_the_heart_stops_when_the_claim_is_lost(monkeypatch):
    monkeypatch.setattr(queue, "LEASE", timedelta(milliseconds=150))
    order = work_order()
    held = claim(order, at=timezone.now(), seconds=3600)
    with queue.heartbeat(held):
        Packet.objects.filter(pk=order.pk).update(token=99, lease_until=None)
        threading.Event().wait(0.3)
        names = [thread.name for thread in threading.enumerate()]
    assert "lease" not in names
    assert lease(order)[2] is None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_for_a_moment_stops_no_heart():
    held = claim(work_order(), at=timezone.now())
    with connection.execute_wrapper(_away):
        assert queue.extend(held) is True


def _away(execute, sql, params, many, context):
    raise queue.Error("The database is restarting.")


# -------------------------------------------------------------------------- hints


@pytest.mark.django_db
def test_a_hint_is_sent_after_the_commit_and_only_with_ids(
    broker, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=7)
        assert broker.sent == []
    assert broker.sent == [("disclosures.assemble", {"packet_id": 7})]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_taken_back_sends_no_hint(broker):
    with transaction.atomic():
        queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=7)
        transaction.set_rollback(True)
    assert broker.sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("gone"), ConnectionError("gone")])
def test_a_dead_broker_fails_no_act(broker, error):
    broker.error = error
    with transaction.atomic():
        order = work_order()
        queue.hint_after_commit(TaskName.ASSEMBLE, packet_id=order.pk)
    assert Packet.objects.count() == 1


def sweep(at):
    return queue.sweep(READY(), TaskName.ASSEMBLE, "packet_id", at=at)


@pytest.mark.django_db
def test_the_sweep_sends_a_hint_for_each_row_that_is_ready(broker):
    free, held, finished = work_order(), work_order(), work_order()
    claim(held)
    Packet.objects.filter(pk=finished.pk).update(status="collected")
    assert sweep(NOW) == 1
    assert broker.sent == [("disclosures.assemble", {"packet_id": free.pk})]
    free.refresh_from_db()
    assert free.hinted_at == NOW


@pytest.mark.django_db
def test_the_sweep_asks_again_after_a_while_and_when_a_lease_has_run_out(broker):
    order = work_order()
    assert sweep(NOW) == 1
    assert sweep(NOW + timedelta(seconds=1)) == 0
    assert sweep(NOW + queue.HINT_AGAIN_AFTER) == 1
    later = NOW + timedelta(hours=1)
    claim(order, at=later)
    assert sweep(later) == 0
    assert sweep(later + queue.LEASE) == 1
    assert len(broker.sent) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("gone"), ConnectionError("gone")])
def test_the_sweep_survives_a_dead_broker_and_sends_when_it_is_back(broker, error):
    orders = [work_order(), work_order()]
    broker.error = error
    assert sweep(NOW) == 0
    broker.error = None
    assert sweep(NOW + queue.HINT_AGAIN_AFTER) == 2
    assert sorted(kwargs["packet_id"] for _, kwargs in broker.sent) == [
        order.pk for order in orders
    ]


# -------------------------------------------------------------------------- races


def one_worker_of_many_gets_it():
    order = work_order()
    for round_ in range(3):
        at = NOW + round_ * queue.LEASE
        found = together(*[lambda at=at: claim(order, at=at)] * 4)
        held = [one for one in found if one is not None]
        assert [type(one) for one in held] == [queue.Claim]
        assert held[0].token == round_ + 1
    assert lease(order)[:2] == (3, 3)


def the_old_holder_waits_for_the_new_one_and_then_writes_nothing():
    order = work_order()
    old = claim(order)
    written = []

    def write_late():
        with transaction.atomic():
            queue.hold(old)
            written.append("old")

    def late():
        try:
            write_late()
        except ClaimLost:
            written.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        new = claim(order, at=LATER)
        thread = threading.Thread(target=late)
        thread.start()
        thread.join(0.3)
        assert written == []
        queue.hold(new)
        written.append("new")
    thread.join(60)
    assert written == ["new", "refused"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_both_hold():
    one_worker_of_many_gets_it()


@pytest.mark.django_db(transaction=True)
def test_a_lost_claim_waits_and_writes_nothing():
    the_old_holder_waits_for_the_new_one_and_then_writes_nothing()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_both_hold_on_postgresql():
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL server."
    one_worker_of_many_gets_it()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lost_claim_waits_and_writes_nothing_on_postgresql():
    assert connection.vendor == "postgresql", "Set DATABASE_URL to a PostgreSQL server."
    the_old_holder_waits_for_the_new_one_and_then_writes_nothing()
